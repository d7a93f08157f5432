"""What a build depended on, remembered so that the next one can see in milliseconds that nothing has changed.

Standard library only: this runs before pandas, papermill or the command-line library is imported.
A record is compared by size and modification time first and by SHA-256 where those differ, so a file that was
touched or checked out again without a change of content does not count as changed.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

from helpers.paths import build_dir, data_dir, notebooks_dir, project_root, report_dir

SKIPPED = ("__pycache__", ".ipynb_checkpoints", ".pytest_cache")
_CODE = (".py", ".j2", ".json")  # the template of a notebook to mail is code too
_ALONE = ("requirements.txt", "constraints.txt", "_quarto.yml", "CITATION.cff")


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files_below(folder: Path, suffixes: tuple[str, ...] = ()) -> list[Path]:
    """Every file below a folder in a fixed order, without caches; only those suffixes where some are given."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        found += [Path(parent, name) for name in sorted(names) if not suffixes or name.endswith(suffixes)]
    return found


def inputs() -> dict[str, tuple[Path, list[Path]]]:
    """Everything in the project that an edition is made from: by kind, a folder and the files in it."""
    root = project_root()
    return {
        "evidence": (data_dir(), files_below(data_dir())),
        "code": (root / "src", files_below(root / "src", _CODE)),
        "notebooks": (notebooks_dir(), files_below(notebooks_dir(), (".ipynb", ".yml"))),
        "pages": (report_dir(), files_below(report_dir())),
        "environment": (root, list(filter(Path.is_file, (root / name for name in _ALONE)))),
    }


def input_files() -> list[Path]:
    """The files of `inputs`, whatever their kind."""
    return [path for _, files in inputs().values() for path in files]


def signatures() -> dict[str, list]:
    """Size, modification time and SHA-256 of every input, by path: to be taken before a build reads them."""
    return {str(path): _signature(path) for path in input_files()}


def stamps() -> dict[str, tuple[int, int]]:
    """Size and modification time of every input, by path: equal before and after means that nobody edited one."""
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in input_files()}


def remember(arguments: list[str], site: Path, inputs: dict[str, list]) -> None:
    """Record a finished build: its command line, the `signatures` it started from and the site it published."""
    record = {
        "arguments": arguments,
        "site": str(site),
        "quarto": _quarto(),
        "inputs": inputs,
        "published": {str(path): _signature(path) for path in files_below(site)},
    }
    path = _record_path(arguments)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record), encoding="utf-8")


def unchanged_site(arguments: list[str]) -> Path | None:
    """The site that this very command made before, if it is whole and nothing that it was made from has changed."""
    try:
        record = json.loads(_record_path(arguments).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if record["arguments"] != arguments or record["quarto"] != _quarto():
        return None
    site = Path(record["site"])
    same = _same(record["inputs"], input_files()) and _same(record["published"], files_below(site))
    return site if same else None


def _quarto() -> list | None:
    """Where Quarto is and when it was put there: an update stays at the same path."""
    path = shutil.which("quarto")
    return [path, Path(path).stat().st_mtime_ns] if path else None


def _record_path(arguments: list[str]) -> Path:
    asked = json.dumps([arguments, os.getcwd()])  # noqa: PTH109 (a relative --out depends on it)
    return build_dir() / "built" / f"{hashlib.sha256(asked.encode()).hexdigest()[:16]}.json"


def _signature(path: Path) -> list:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, digest(path)]


def _same(recorded: dict[str, list], present: list[Path]) -> bool:
    if len(recorded) != len(present):
        return False
    for path in present:
        before = recorded.get(str(path))
        if before is None:
            return False
        status = path.stat()
        if [status.st_size, status.st_mtime_ns] != before[:2] and digest(path) != before[2]:
            return False
    return True
