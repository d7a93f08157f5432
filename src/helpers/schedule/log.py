"""The log of an unattended run: one JSON object a line, each on the disk before the next thing happens.

A run without an `end` line was cut off (killed, power lost); the next run says so. What cannot be written to the
disk, because it is full or gone, goes to the standard error, which systemd and cron keep.
"""

import json
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from helpers.paths import build_dir


def log_dir() -> Path:
    """Where the logs of unattended runs are kept."""
    return build_dir() / "log"


class RunLog:
    """One file, named by the moment the run began (UTC)."""

    def __init__(self, folder: Path | None = None):
        folder = folder or log_dir()
        self.run = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        self.path = folder / f"{self.run}.jsonl"
        self._file = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("ab", buffering=0)
        except OSError as error:
            print(f"no log on the disk ({error})", file=sys.stderr)

    def write(self, event: str, stage: str = "", **told: Any) -> None:
        """Add a line: time, event (begin, start, done, retry, failed, note or end), stage, and what is told."""
        line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event}
        line |= {"stage": stage} if stage else {}
        text = json.dumps(line | told, ensure_ascii=False, default=str) + "\n"
        try:
            if self._file is None or self._file.write(text.encode()) < len(text.encode()):
                raise OSError("the disk is full")
            os.fsync(self._file.fileno())
        except OSError:
            with suppress(OSError):  # nowhere left to say it, and still no reason to stop
                sys.stderr.write(text)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def read_log(path: Path) -> list[dict[str, Any]]:
    """The lines of a log; a last line that was cut off is left out."""
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(text))
        except ValueError:
            break
    return lines


def cut_off(folder: Path | None = None, before: str = "") -> str | None:
    """The last run before `before`, when it began and never ended; None when it ended or there is none."""
    earlier = [
        path for path in sorted((folder or log_dir()).glob("*.jsonl")) if not before or path.stem < before
    ]
    if not earlier:
        return None
    lines = read_log(earlier[-1])
    return None if lines and lines[-1]["event"] == "end" else earlier[-1].stem
