"""Put a finished folder in the place of an old one so that a reader sees one or the other, never a mix."""

import ctypes
import ctypes.util
import os
import shutil
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def building_folder(out: Path) -> Path:
    """Where a site is made before it is swapped in: beside `out`, so on the same file system."""
    return out.parent / f".{out.name}.building"


def swap_in(new: Path, out: Path) -> None:
    """Make `new` the folder `out` and remove what was there.

    Linux exchanges the two names in one step (renameat2). Elsewhere the old folder is renamed away first, which
    leaves a moment without a site but never half a site. Every file is on the disk before the names change, so that a
    power cut leaves no file of the new site empty.
    """
    _settle(new)
    if not out.exists():
        new.rename(out)
        return
    if not _exchange(new, out):
        aside = out.parent / f".{out.name}.old"
        shutil.rmtree(aside, ignore_errors=True)
        out.rename(aside)
        new.rename(out)
        shutil.rmtree(aside)
        return
    shutil.rmtree(new)


def _settle(folder: Path) -> None:
    """Have files and folders written out."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_symlink():
            continue
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exchange(first: Path, second: Path) -> bool:
    try:
        renameat2 = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return renameat2(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0
