"""A sweep: many editions of the same notebooks, each in a folder of its own, and their comparison.

```
<out>/<edition>/notebooks, results, headlines, exhibits   what the notebooks wrote
<out>/<edition>/edition.json                              parameters, key and the hash of every file
<out>/comparison.csv, comparison.html                     all headlines of all editions
```
An edition appears under its name when it is complete. One that is there already, whole and from the same inputs, is
not made again, so a sweep that was stopped goes on where it was.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from helpers.evidence import load
from helpers.schedule.comparison import write_comparison
from helpers.schedule.edition_task import Outcome, code_digest, home_prefix, pack_project
from helpers.schedule.executors import run_dask, run_local
from helpers.schedule.plan import Item, SweepPlan, read_plan

EDITION = "edition.json"
Say = Callable[[str, int, int], None]


class SweepRefused(Exception):
    """The sweep cannot start; the message says what to mend."""


@dataclass
class Swept:
    """What came of a sweep: editions made now, those that were there already, and failures by name."""

    folder: Path
    made: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def sweep(
    path: Path,
    out: Path,
    executor: str = "local",
    workers: int = 0,
    address: str = "",
    say: Say = lambda name, done, total: None,
) -> Swept:
    """Make every edition of the plan in `path` below `out` and compare them.

    `say(name, done, total)` is called after each edition. Raises PlanError, NoDask and SweepRefused; an edition that
    fails does not end the sweep.
    """
    plan = read_plan(path, load())
    out = out.resolve()
    _refuse_foreign(out)
    out.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(out / ".lock", timeout=0):
            return _sweep(plan, out, executor, workers, address, say)
    except Timeout:
        raise SweepRefused(f"another sweep is writing to {out}") from None


def _sweep(plan: SweepPlan, out: Path, executor: str, workers: int, address: str, say: Say) -> Swept:
    archive = pack_project()
    inputs = hashlib.sha256(archive + code_digest().encode() + repr(plan.pages).encode()).hexdigest()
    swept = Swept(out)
    left = []
    for item in plan.items:
        if is_whole(out / item.name, item.key(inputs)):
            swept.kept.append(item.name)
        else:
            left.append(item)
    done, total = len(swept.kept), len(plan.items)
    by_name = {item.name: item for item in left}
    for outcome in _outcomes(left, plan, archive, executor, workers, address):
        if outcome.failed:
            swept.failed[outcome.name] = outcome.failed
        else:
            write_edition(out / outcome.name, by_name[outcome.name], outcome, inputs)
            swept.made.append(outcome.name)
        done += 1
        say(outcome.name, done, total)
    _clear(out, plan)
    write_comparison(out, plan.items, swept.failed)
    return swept


def _outcomes(
    items: list[Item], plan: SweepPlan, archive: bytes, executor: str, workers: int, address: str
) -> Iterator[Outcome]:
    if not items:
        return
    try:
        if executor == "dask":
            yield from run_dask(items, plan.pages, archive, workers, address)
        else:
            yield from run_local(items, plan.pages, archive, workers)
    finally:
        for left in Path(tempfile.gettempdir()).glob(f"{home_prefix(archive)}*"):
            shutil.rmtree(left, ignore_errors=True)


def write_edition(folder: Path, item: Item, outcome: Outcome, inputs: str) -> None:
    """Write the files of one edition beside its place and rename them in."""
    making = folder.parent / f".{folder.name}.making"
    shutil.rmtree(making, ignore_errors=True)
    for name, content in outcome.files.items():
        path = making / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    described = {
        "name": item.name,
        "key": item.key(inputs),
        "asked": item.asked,
        "parameters": item.parameters,
        "files": {
            name: hashlib.sha256(content).hexdigest() for name, content in sorted(outcome.files.items())
        },
    }
    text = json.dumps(described, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (making / EDITION).write_text(text, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    making.rename(folder)


def is_whole(folder: Path, key: str) -> bool:
    """Whether an edition is there, was made from the same inputs, and every file of it is as it was written."""
    try:
        described: Mapping = json.loads((folder / EDITION).read_text(encoding="utf-8"))
        return described["key"] == key and all(
            hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected
            for name, expected in described["files"].items()
        )
    except (OSError, ValueError, KeyError):
        return False


def _clear(out: Path, plan: SweepPlan) -> None:
    """Remove editions of an earlier plan, and what was left half made."""
    names = {item.name for item in plan.items}
    for folder in out.iterdir():
        is_ours = folder.is_dir() and (folder.name.endswith(".making") or (folder / EDITION).is_file())
        if is_ours and folder.name not in names:
            shutil.rmtree(folder)


def _refuse_foreign(out: Path) -> None:
    if (
        out.is_dir()
        and any(out.iterdir())
        and not (out / ".lock").exists()
        and not (out / "comparison.csv").exists()
    ):
        raise SweepRefused(f"{out} holds files that are not a sweep's; give an empty folder")
