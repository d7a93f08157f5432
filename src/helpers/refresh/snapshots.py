"""Snapshots: what a feed published on a day, kept whole, dated and unchanged.

```
build/snapshots/<feed>/2026-11-22/body            the bytes as they came
build/snapshots/<feed>/2026-11-22/snapshot.json   address, access date, licence, checksum, validators
build/snapshots/<feed>/checked.json               the last look, also one that found nothing new
```
"""

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from helpers.paths import build_dir
from helpers.refresh.catalogue import Feed
from helpers.refresh.edit import replace_whole
from helpers.refresh.fetch import Fetched

BODY, DESCRIPTION, CHECKED = "body", "snapshot.json", "checked.json"


@dataclass(frozen=True)
class Snapshot:
    """One kept answer. `label` is the access date, with a number after it when a day has several."""

    feed: str
    label: str
    accessed: str
    url: str
    licence: str
    publisher: str
    sha256: str
    size_bytes: int
    charset: str = ""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return snapshots_dir(self.feed) / self.label

    def body(self) -> bytes:
        """The bytes as they came; ValueError when they are no longer those that were kept."""
        body = (self.folder / BODY).read_bytes()
        if hashlib.sha256(body).hexdigest() != self.sha256:
            raise ValueError(f"{self.folder / BODY} is not what was kept: its checksum differs")
        return body


def snapshots_dir(feed: str) -> Path:
    """The folder of a feed's snapshots."""
    return build_dir() / "snapshots" / feed


def newest(feed: str) -> Snapshot | None:
    """The last snapshot of a feed, if there is one."""
    kept = all_of(feed)
    return kept[-1] if kept else None


def all_of(feed: str) -> list[Snapshot]:
    """Every snapshot of a feed, oldest first."""
    folders = [
        path.parent
        for path in snapshots_dir(feed).glob(f"*/{DESCRIPTION}")
        if not path.parent.name.startswith(".")
    ]
    return [
        Snapshot(**json.loads((folder / DESCRIPTION).read_text(encoding="utf-8")))
        for folder in sorted(folders, key=lambda folder: _order(folder.name))
    ]


def keep(feed: Feed, fetched: Fetched, today: date) -> tuple[Snapshot, bool]:
    """Keep an answer and give its snapshot, and whether it is a new one: the same bytes are not kept twice.

    The folder appears under its name only when it is complete and on the disk.
    """
    checksum = hashlib.sha256(fetched.body).hexdigest()
    before = newest(feed.name)
    if before and before.sha256 == checksum:
        return before, False
    home = snapshots_dir(feed.name)
    home.mkdir(parents=True, exist_ok=True)
    for left in home.glob(".*.partial"):
        shutil.rmtree(left, ignore_errors=True)
    snapshot = Snapshot(
        feed=feed.name,
        label=_free_label(home, today),
        accessed=today.isoformat(),
        url=fetched.url,
        licence=feed.licence,
        publisher=feed.publisher,
        sha256=checksum,
        size_bytes=len(fetched.body),
        charset=fetched.charset,
        content_type=fetched.content_type,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
    )
    partial = Path(tempfile.mkdtemp(prefix=".", suffix=".partial", dir=home))
    try:
        _write(partial / BODY, fetched.body)
        text = json.dumps(asdict(snapshot), indent=1, ensure_ascii=False) + "\n"
        _write(partial / DESCRIPTION, text.encode())
        partial.chmod(0o755)
        partial.rename(snapshot.folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return snapshot, True


def note_look(feed: str, today: date, found: str) -> None:
    """Remember when a feed was last looked at and what came of it."""
    snapshots_dir(feed).mkdir(parents=True, exist_ok=True)
    text = json.dumps({"looked": today.isoformat(), "found": found}, ensure_ascii=False) + "\n"
    replace_whole(snapshots_dir(feed) / CHECKED, text)


def _write(path: Path, content: bytes) -> None:
    """A file that is on the disk when this returns, and that nobody edits by mistake."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o444)


def _free_label(home: Path, today: date) -> str:
    number = 1
    while (home / _label(today, number)).exists():
        number += 1
    return _label(today, number)


def _label(today: date, number: int) -> str:
    return today.isoformat() if number == 1 else f"{today.isoformat()}.{number}"


def _order(label: str) -> tuple[str, int]:
    day, _, number = label.partition(".")
    return day, int(number or 1)
