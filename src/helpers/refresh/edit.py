"""The one writer of `data/` beside an editor: what `briefing check` would refuse is not written, and a file is
replaced whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock

from helpers.evidence.checks import check
from helpers.evidence.faults import Fault
from helpers.paths import build_dir


class EditRefused(Exception):
    """The edit would bring `faults`, as `check` words them; nothing was written."""

    def __init__(self, faults: list[Fault]):
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def write_checked(folder: Path, files: Mapping[str, str]) -> None:
    """Replace files of an evidence folder (name below it to new text), if no fault comes with them.

    Faults that the folder had before are not held against the edit. Raises EditRefused.
    """
    if faults := new_faults(folder, files):
        raise EditRefused(faults)
    for name, text in files.items():
        replace_whole(folder / name, text)


def new_faults(folder: Path, files: Mapping[str, str]) -> list[Fault]:
    """The faults that the folder would have with these files and does not have now."""
    with tempfile.TemporaryDirectory(prefix="briefing-edit-") as place:
        copy = Path(place) / "data"
        shutil.copytree(folder, copy)
        for name, text in files.items():
            (copy / name).write_text(text, encoding="utf-8", newline="")
        after = check(copy)
    if not after:
        return []
    before = {_without_row(fault) for fault in check(folder)}
    return [fault for fault in after if _without_row(fault) not in before]


def replace_whole(path: Path, text: str) -> None:
    """Write a file so that a reader, or a power cut, finds the old text or the new one."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def editing() -> FileLock:
    """Held from reading a table to replacing it, so that two edits do not lose each other's rows."""
    build_dir().mkdir(parents=True, exist_ok=True)
    return FileLock(build_dir() / "edit.lock", timeout=60)


def _without_row(fault: Fault) -> tuple:
    return fault._replace(row=0)
