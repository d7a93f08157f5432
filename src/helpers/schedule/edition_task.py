"""One edition of a sweep, made in whatever process this runs in: the same code on this machine and on a cluster.

The project travels as one archive, so that a worker needs no shared disk and an edit made while a sweep runs changes
nothing in it. A process unpacks it once, and starts one warm process from which all its kernels are forked.
"""

import atexit
import hashlib
import io
import os
import shutil
import tarfile
import tempfile
import threading
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from helpers.fingerprint import digest, files_below
from helpers.paths import data_dir, notebooks_dir, project_root
from helpers.run import NotebookFailed, execute
from helpers.run.provisioner import warm_kernels
from helpers.schedule.plan import chosen_deck

KEPT = ("notebooks", "results", "headlines", "exhibits")
_turn = threading.Lock()
_homes: dict[str, Path] = {}
_open = ExitStack()


class Outcome(NamedTuple):
    """What came of one edition: its files by name, or why it failed."""

    name: str
    files: dict[str, bytes]
    failed: str = ""
    may_pass: bool = False


def pack_project() -> bytes:
    """Evidence and notebooks as one archive, the same bytes for the same content."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        around = [project_root() / name for name in ("requirements.txt", "constraints.txt", "_quarto.yml")]
        inside = [path for folder in (data_dir(), notebooks_dir()) for path in files_below(folder)]
        for path in [*inside, *around]:
            if path.is_file():
                entry = tarfile.TarInfo(path.relative_to(project_root()).as_posix())
                content = path.read_bytes()
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


@lru_cache(maxsize=1)
def code_digest() -> str:
    """The digest of the package's source as this process found it when it first asked."""
    package = Path(__file__).parents[1]
    told = hashlib.sha256()
    for path in files_below(package, (".py",)):
        told.update(f"{path.relative_to(package).as_posix()} {digest(path)}\n".encode())
    return told.hexdigest()


def make_edition(
    archive: bytes, code: str, name: str, pages: tuple[str, ...], parameters: dict[str, dict[str, Any]]
) -> Outcome:
    """Run the notebooks of one edition and return what they wrote; a failure comes back as an outcome, not raised.

    `code` is what `code_digest` gave where the sweep began: a worker with another version of the package refuses.
    """
    with _turn:
        if code != code_digest():
            return Outcome(name, {}, "this worker has another version of the package than the sweep")
        home = _home(archive)
        before = os.environ.get("BRIEFING_ROOT")
        os.environ["BRIEFING_ROOT"] = str(home)
        run = Path(tempfile.mkdtemp(prefix="run-", dir=home))
        try:
            _open_kernels()
            execute(chosen_deck(pages), parameters, run, workers=1)
            return Outcome(name, _written(run))
        except NotebookFailed as failed:
            why = f"{failed.card.file}: {failed.cause.splitlines()[0]}"
            return Outcome(name, {}, why, may_pass=not failed.cell)
        except Exception as error:
            return Outcome(name, {}, f"{type(error).__name__}: {' '.join(str(error).split())}"[:300])
        finally:
            shutil.rmtree(run, ignore_errors=True)
            if before is None:
                os.environ.pop("BRIEFING_ROOT", None)
            else:
                os.environ["BRIEFING_ROOT"] = before


def home_prefix(archive: bytes) -> str:
    """How the folders begin in which the workers of a sweep unpack its project; the sweep removes those left over."""
    return f"briefing-sweep-{hashlib.sha256(archive).hexdigest()[:16]}-"


def _home(archive: bytes) -> Path:
    """The project unpacked for this process, removed when it ends."""
    key = hashlib.sha256(archive).hexdigest()
    if key not in _homes:
        home = Path(tempfile.mkdtemp(prefix=f"{home_prefix(archive)}{os.getpid()}-"))
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            packed.extractall(home, filter="data")
        _homes[key] = home
    return _homes[key]


def _open_kernels() -> None:
    """The warm process of this process; it ends with it."""
    if not _homes.get("kernels"):
        kernels = _open.enter_context(warm_kernels())
        if kernels:
            kernels.start()
        atexit.register(_open.close)
        _homes["kernels"] = Path()


def _written(run: Path) -> dict[str, bytes]:
    return {
        path.relative_to(run).as_posix(): path.read_bytes()
        for folder in KEPT
        for path in files_below(run / folder)
    }
