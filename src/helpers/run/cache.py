"""Outcomes of notebooks, kept under the key of everything they depend on.

An outcome is the executed notebook, its results, headlines and exhibits. It is written beside its place and renamed
in, so a killed run leaves none half written; what a killed run had finished is found again by the next one.
"""

import json
import os
import shutil
from pathlib import Path

from helpers.cards import Card
from helpers.fingerprint import digest
from helpers.paths import build_dir
from helpers.run.keys import Parts, key_of

KEPT = 12
_INDEX = "outcome.json"
_TIMES = "seconds.json"


def files_of(card: Card, run: Path) -> list[str]:
    """The files that this notebook wrote into a run, relative to it."""
    listed = run / "written" / f"{card.page}.json"
    exhibits = json.loads(listed.read_text(encoding="utf-8")) if listed.is_file() else []
    names = [
        f"notebooks/{card.file}",
        f"headlines/{card.page}.json",
        f"written/{card.page}.json",
        *(f"exhibits/{name}" for name in exhibits),
        *(f"results/{card.page}/{path.name}" for path in sorted((run / "results" / card.page).glob("*"))),
    ]
    return [name for name in names if (run / name).is_file()]


def result_digests(card: Card, run: Path) -> Parts:
    """The digest of each result of a notebook, for those that read it."""
    return {name: digest(run / name) for name in files_of(card, run) if name.startswith("results/")}


def keep(card: Card, parts: Parts, run: Path) -> None:
    """Keep the outcome of a notebook that has just ended well."""
    folder = _folder(card)
    place = folder / key_of(parts)
    making = folder / f".{place.name}.{os.getpid()}"
    shutil.rmtree(making, ignore_errors=True)
    files = {}
    for name in files_of(card, run):
        target = making / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(run / name, target)
        files[name] = digest(target)
    (making / _INDEX).write_text(json.dumps({"parts": parts, "files": files}), encoding="utf-8")
    shutil.rmtree(place, ignore_errors=True)
    making.rename(place)
    _prune(folder)


def restore(card: Card, parts: Parts, run: Path) -> bool:
    """Copy a kept outcome into the run; False when there is none or it is no longer whole."""
    place = _folder(card) / key_of(parts)
    try:
        files = json.loads((place / _INDEX).read_text(encoding="utf-8"))["files"]
        if any(digest(place / name) != expected for name, expected in files.items()):
            return False
    except (FileNotFoundError, ValueError, KeyError):
        return False
    for name in files:
        (run / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place / name, run / name)
    os.utime(place)
    return True


def nearest_parts(card: Card, parts: Parts) -> Parts | None:
    """The parts of the kept outcome that differs least, the newest of equals: what to name as changed."""
    kept = [
        json.loads((path / _INDEX).read_text(encoding="utf-8"))["parts"]
        for path in sorted(_outcomes(_folder(card)), key=lambda path: -path.stat().st_mtime_ns)
    ]
    return min(kept, key=lambda before: len(dict(parts.items() ^ before.items())), default=None)


def keep_times(card: Card, ended: list[float]) -> None:
    """Remember how many seconds after its start each code cell of a notebook ended, to say what is left next time."""
    (_folder(card) / _TIMES).write_text(json.dumps([round(second, 3) for second in ended]), encoding="utf-8")


def seconds_left(card: Card, done: int) -> float | None:
    """How long the notebook still ran after that many cells when it last ran; None when that is not known."""
    try:
        ended = json.loads((_folder(card) / _TIMES).read_text(encoding="utf-8"))
        return ended[-1] - ended[done - 1]
    except (OSError, ValueError, IndexError):
        return None


def _folder(card: Card) -> Path:
    return build_dir() / "cache" / card.page


def _outcomes(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*") if not path.name.startswith(".") and (path / _INDEX).is_file()]


def _prune(folder: Path) -> None:
    """Forget all but the newest outcomes, and what a killed run left unfinished."""
    old = sorted(_outcomes(folder), key=lambda path: path.stat().st_mtime_ns)[:-KEPT]
    for path in [*old, *(path for path in folder.glob(".*") if _is_abandoned(path))]:
        shutil.rmtree(path, ignore_errors=True)


def _is_abandoned(making: Path) -> bool:
    """Whether the process whose number ends the name of an unfinished outcome is gone."""
    try:
        os.kill(int(making.suffix[1:]), 0)
    except (ValueError, ProcessLookupError):
        return True
    except PermissionError:
        return False
    return False
