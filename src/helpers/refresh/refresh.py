"""Bring what is new from the feeds: look, keep, compare, propose. Nothing here touches `data/`."""

import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from helpers.refresh import snapshots
from helpers.refresh.catalogue import Feed
from helpers.refresh.fetch import FetchFailed, fetch
from helpers.refresh.proposals import propose
from helpers.refresh.shapes import ShapeError, moved, read_rows
from helpers.refresh.snapshots import Snapshot


class Outcome(NamedTuple):
    """What came of one feed. state: new, unchanged, failed or moved (columns that the mapping needs are gone)."""

    feed: str
    state: str
    message: str
    proposal: Path | None = None
    snapshot: str = ""


def refresh(
    feeds: Iterable[Feed],
    today: date,
    sleep: Callable[[float], None] = time.sleep,
    say: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Look at every feed and propose what is new; one that fails does not keep the others from being looked at.

    `say` is called after each feed. `today` is the access date that is written down.
    """
    outcomes = []
    for feed in feeds:
        home = snapshots.snapshots_dir(feed.name)
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / ".lock", timeout=600):
            outcome = _one(feed, today, sleep)
            snapshots.note_look(feed.name, today, outcome.state)
        say(outcome)
        outcomes.append(outcome)
    return outcomes


def _one(feed: Feed, today: date, sleep: Callable[[float], None]) -> Outcome:
    before = snapshots.newest(feed.name)
    try:
        fetched = fetch(feed, before.etag if before else "", before.last_modified if before else "", sleep)
        if fetched is None:
            return Outcome(
                feed.name, "unchanged", f"not changed since {before.accessed}", snapshot=before.label
            )
        rows = read_rows(feed, fetched.body, fetched.charset, fetched.content_type)
    except (FetchFailed, ShapeError) as error:
        return Outcome(feed.name, "failed", str(error))
    kept, is_new = snapshots.keep(feed, fetched, today)
    if not is_new:
        return Outcome(feed.name, "unchanged", f"the same bytes as on {kept.accessed}", snapshot=kept.label)
    proposal = propose(feed, kept, rows, _rows(feed, before))
    gone = [name for name, what in moved(feed, rows) if what.startswith("needed")]
    if gone:
        return Outcome(feed.name, "moved", f"columns are gone: {', '.join(gone)}", proposal, kept.label)
    return Outcome(feed.name, "new", f"{len(rows):,} rows, {kept.size_bytes:,} bytes", proposal, kept.label)


def _rows(feed: Feed, snapshot: Snapshot | None) -> list | None:
    """The rows of an earlier snapshot; None when there is none or it can no longer be read as rows."""
    if snapshot is None:
        return None
    try:
        return read_rows(feed, snapshot.body(), snapshot.charset, snapshot.content_type)
    except ShapeError:
        return None
