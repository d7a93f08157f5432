"""The stages of an unattended run: each with its exit code, so that a scheduler knows what failed without reading.

And what holds around all of them: one run at a time, and a request to end is heard.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from helpers.paths import build_dir
from helpers.schedule.log import RunLog

Result = TypeVar("Result")

# The exit code when a stage fails. 0: published, or nothing had changed. 2: wrong options (the command line's own).
EXIT_CODES = {
    "lock": 20,
    "refresh": 21,
    "evidence": 22,
    "freshness": 23,
    "notebooks": 24,
    "pages": 25,
    "verify": 26,
    "publish": 27,
    "changes": 28,
    "interrupted": 29,
    "unexpected": 30,
}
MEANING = {
    "lock": "another run is under way",
    "refresh": "a feed could not be read (only with --strict)",
    "evidence": "`briefing check` finds faults",
    "freshness": "a watched series is older than its error age (not with --stale-ok)",
    "notebooks": "a notebook failed",
    "pages": "the pages could not be made, or are not sound",
    "verify": "the new site is not what its manifest says",
    "publish": "the new site could not be put in place",
    "changes": "the change report could not be made; the new site is published",
    "interrupted": "the run was told to stop",
    "unexpected": "a fault of the run itself; the log has its cause",
}


class StageFailed(Exception):
    """A stage failed; nothing after it ran. What was published before stays, unless the stage is `changes`."""

    def __init__(self, stage: str, message: str):
        super().__init__(message)
        self.stage = stage

    @property
    def code(self) -> int:
        """The exit code."""
        return EXIT_CODES[self.stage]


def run_stage(
    log: RunLog,
    stage: str,
    work: Callable[[], Result],
    tell: Callable[[Result], dict[str, Any]] = lambda result: {},
    again: Callable[[Exception], bool] = lambda error: False,
    times: int = 1,
    sleep: Callable[[float], None] = time.sleep,
) -> Result:
    """Do one stage and log it; what `again` says may pass is tried up to `times` more.

    Raises StageFailed with the cause in one line; the log holds the time it took and what `tell` makes of its result.
    """
    log.write("start", stage)
    began = time.monotonic()
    for attempt in range(times + 1):
        try:
            result = work()
            break
        except StageFailed as error:
            log.write("failed", error.stage, message=str(error), seconds=_since(began))
            raise
        except Exception as error:
            if attempt < times and again(error):
                log.write("retry", stage, message=one_line(error))
                sleep(2.0**attempt)
                continue
            log.write("failed", stage, message=one_line(error), seconds=_since(began))
            raise StageFailed(stage, one_line(error)) from error
    log.write("done", stage, seconds=_since(began), **tell(result))
    return result


def one_line(error: BaseException) -> str:
    """The cause in one line of bounded length."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 500 else text[:499] + "…"


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)


@contextmanager
def alone(wait_seconds: float) -> Iterator[None]:
    """One run at a time: a second one waits as long as it was told to, then leaves."""
    build_dir().mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(build_dir() / "scheduled.lock", timeout=wait_seconds):
            yield
    except Timeout:
        raise StageFailed("lock", "another unattended run is under way") from None


@contextmanager
def stoppable() -> Iterator[None]:
    """A request to end (SIGTERM) is taken like Ctrl-C, so that kernels and half-made folders are cleared away."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread: its owner decides
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
