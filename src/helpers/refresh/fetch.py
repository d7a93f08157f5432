"""One polite request: conditional, in time, within a size, to the hosts allowed, tried again where that is safe."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from helpers.refresh.catalogue import Feed

AGENT = "china-ai-compute-briefing/0.1"
ATTEMPTS = 4
MOST_REDIRECTS = 4
LONGEST_WAIT_SECONDS = 60
_AGAIN = (429, 500, 502, 503, 504)


class FetchFailed(Exception):
    """Nothing was brought. `kind`: offline, slow, refused, gone, too-large, redirect, truncated, busy or contact."""

    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind = kind


class _TryAgain(FetchFailed):
    """A failure that may pass; `after` is what the server asked for, in seconds."""

    def __init__(self, kind: str, message: str, after: float = 0):
        super().__init__(kind, message)
        self.after = after


@dataclass(frozen=True)
class Fetched:
    """An answer, whole. etag and last_modified are what the next request sends back."""

    body: bytes
    url: str
    content_type: str
    charset: str
    etag: str
    last_modified: str


def fetch(
    feed: Feed,
    etag: str = "",
    last_modified: str = "",
    sleep: Callable[[float], None] = time.sleep,
    attempts: int = ATTEMPTS,
) -> Fetched | None:
    """The body of a feed; None when it has not changed since the etag or date given. Raises FetchFailed.

    A rate limit, a server's fault, a broken connection and silence are tried again with growing pauses, or after the
    pause that the server names; everything else fails at once, and so does a pause longer than a minute.
    """
    headers = {"User-Agent": _agent(feed), "Accept": "*/*"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified

    def wait(state: RetryCallState) -> float:
        asked = getattr(state.outcome.exception(), "after", 0)
        return max(asked, 2.0 ** (state.attempt_number - 1))

    for attempt in Retrying(
        stop=stop_after_attempt(attempts),
        wait=wait,
        retry=retry_if_exception_type(_TryAgain),
        sleep=sleep,
        reraise=True,
    ):
        with attempt:
            return _once(feed, headers)
    raise AssertionError("unreachable")


def _agent(feed: Feed) -> str:
    contact = os.environ.get("BRIEFING_CONTACT", "").strip()
    if feed.contact and not contact:
        raise FetchFailed(
            "contact",
            f"{feed.publisher} asks automated readers to name a contact: set BRIEFING_CONTACT to an e-mail address",
        )
    return f"{AGENT} ({contact})" if contact else AGENT


def _once(feed: Feed, headers: dict[str, str]) -> Fetched | None:
    until = time.monotonic() + feed.seconds
    timeout = httpx.Timeout(min(feed.seconds, 30), connect=min(feed.seconds, 10))
    try:
        with httpx.Client(timeout=timeout, follow_redirects=False, headers=headers) as client:
            url = feed.url
            for _ in range(MOST_REDIRECTS + 1):
                with client.stream("GET", url) as answer:
                    if answer.status_code == 304:
                        return None
                    if answer.has_redirect_location:
                        url = _redirected(feed, url, answer.headers["location"])
                        continue
                    _refuse(feed, answer)
                    return _read(feed, answer, until)
    except httpx.ConnectTimeout:
        raise _TryAgain("offline", f"{feed.host} does not answer") from None
    except httpx.TimeoutException:
        raise _TryAgain("slow", f"{feed.host} went silent; nothing was kept") from None
    except httpx.ConnectError as error:
        message = f"{feed.host} cannot be reached ({error}); is this machine offline?"
        # A negative number is the resolver's: no name, no network, and asking again in a second changes nothing.
        raise (FetchFailed if "[Errno -" in str(error) else _TryAgain)("offline", message) from None
    except (httpx.RemoteProtocolError, httpx.ReadError) as error:
        raise _TryAgain(
            "truncated", f"{feed.host} broke off in the middle ({error}); nothing was kept"
        ) from None
    except httpx.HTTPError as error:
        raise FetchFailed("refused", f"{feed.host}: {error}") from None
    raise FetchFailed("redirect", f"{feed.url} redirects more than {MOST_REDIRECTS} times")


def _redirected(feed: Feed, url: str, location: str) -> str:
    """The next address, if it is one of the feed's hosts and does not give up TLS."""
    target = urljoin(url, location)
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https"):
        raise FetchFailed("redirect", f"{url} redirects to a {parts.scheme} address")
    if parts.hostname not in (feed.host, *feed.hosts):
        raise FetchFailed(
            "redirect",
            f"{url} redirects to {parts.hostname}; only {', '.join((feed.host, *feed.hosts))} is allowed",
        )
    if parts.scheme != "https" and urlsplit(url).scheme == "https":
        raise FetchFailed("redirect", f"{url} redirects to an address without TLS")
    return target


def _refuse(feed: Feed, answer: httpx.Response) -> None:
    status = answer.status_code
    if status in _AGAIN:
        kind = "busy" if status in (429, 503) else "refused"
        pause = _asked_pause(answer.headers.get("retry-after", ""))
        if pause > LONGEST_WAIT_SECONDS:
            raise FetchFailed(
                kind, f"{feed.host} answers {status} and asks for a pause of {pause:,.0f} s; look again then"
            )
        raise _TryAgain(kind, f"{feed.host} answers {status}", pause)
    if status in (404, 410):
        raise FetchFailed("gone", f"{feed.url} is not there any more ({status}); has it moved?")
    if status != 200:
        raise FetchFailed("refused", f"{feed.host} answers {status}")


def _asked_pause(text: str) -> float:
    """`Retry-After` as seconds: a number, or a date against the server's own clock as far as we can tell."""
    if text.isdigit():
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0)
    except (TypeError, ValueError):
        return 0


def _read(feed: Feed, answer: httpx.Response, until: float) -> Fetched:
    """The body, as long as it keeps to the size and the time."""
    announced = answer.headers.get("content-length", "")
    limit = f"{feed.name}: more than {feed.most_bytes:,} bytes"
    if announced.isdigit() and int(announced) > feed.most_bytes:
        raise FetchFailed("too-large", f"{limit} ({int(announced):,} announced)")
    parts, size = [], 0
    for part in answer.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > feed.most_bytes:
            raise FetchFailed("too-large", limit)
        if time.monotonic() > until:
            raise _TryAgain("slow", f"{feed.host} took longer than {feed.seconds:g} s; nothing was kept")
    return Fetched(
        body=b"".join(parts),
        url=str(answer.url),
        content_type=answer.headers.get("content-type", ""),
        charset=answer.charset_encoding or "",
        etag=answer.headers.get("etag", ""),
        last_modified=answer.headers.get("last-modified", ""),
    )
