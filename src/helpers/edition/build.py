"""From evidence to a published site: check, run, stage, render, finish, verify, swap. All or nothing."""

import errno
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from helpers import pages
from helpers.edition.editions import DEFAULT, NONE, EditionError, has_all, keep_editions, wanted_dates
from helpers.edition.manifest import describe_inputs, is_current, write_manifest
from helpers.edition.record import write_record
from helpers.edition.swap import building_folder, swap_in
from helpers.evidence import load
from helpers.evidence.checks import Fault, check
from helpers.fingerprint import digest, files_below
from helpers.kept import kept, prune
from helpers.models.claims import LedgerError
from helpers.modules import code_digest
from helpers.paths import build_dir, data_dir, project_root
from helpers.run import execute, read_cards, resolve
from helpers.run.execute import Outcome, Progress
from helpers.run.verdicts import judge_claims

Say = Callable[[str], None]


class BuildFailed(Exception):
    """The edition could not be made; the published one is untouched. The message says what to mend."""


@dataclass(frozen=True)
class Edition:
    """A published site: its folder, knowledge date, parameters by page and the renderer that made it.

    `outcomes` says of each notebook whether it ran and why; `is_new` is False when nothing had changed since the last
    build, so that nothing was run.
    """

    site: Path
    as_of: str
    parameters: dict[str, dict[str, Any]]
    renderer: str
    outcomes: tuple[Outcome, ...] = ()
    is_new: bool = True


def build(
    given: Mapping[str, Any],
    out: Path | None = None,
    renderer: str = "auto",
    say: Say = lambda stage: None,
    progress: Progress | None = None,
    force: bool = False,
    wait_seconds: float = 0,
    editions: str = DEFAULT,
    remake_editions: bool = False,
) -> Edition:
    """Make one edition and swap it in at `out` (by default `_site`), with the kept editions beside it.

    `given` holds parameters as text or typed values (see `helpers.run.resolve`), `editions` the past ones to keep
    (see `helpers.edition.editions`). Raises ParameterError, NotebookFailed, `pages.RenderFailed` or BuildFailed; in
    every case what was published before stays.
    """
    out = (out or project_root() / "_site").resolve()
    _refuse_dangerous(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    run = build_dir() / "runs" / _slug(out)
    run.parent.mkdir(parents=True, exist_ok=True)
    steps = ["start"]

    def told(step: str) -> None:
        steps.append(step)
        say(step)

    try:
        with FileLock(f"{run}.lock", timeout=wait_seconds):
            return _build(given, out, run, renderer, told, progress, force, editions, remake_editions)
    except (EditionError, LedgerError) as error:
        raise BuildFailed(str(error)) from error
    except Timeout:
        raise BuildFailed(f"another build is making {out}; wait for it or give another --out") from None
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise BuildFailed(
            f"no room is left on the disk at the step {steps[-1]!r} ({error}); the published site is unchanged"
        ) from error


def _build(
    given: Mapping[str, Any],
    out: Path,
    run: Path,
    renderer: str,
    say: Say,
    progress: Progress | None,
    force: bool,
    editions: str,
    remake_editions: bool,
) -> Edition:
    deck = read_cards()
    say("evidence")
    if faults := _faults():
        raise BuildFailed(
            f"the evidence has {len(faults)} faults; `briefing check` lists them, the first is\n{faults[0]}"
        )
    full = load()
    parameters = resolve(deck, given, full)
    as_of = parameters[deck.cards[0].page]["as_of"]
    is_standard = parameters == resolve(deck, {}, full)
    past = wanted_dates(editions, as_of, is_standard)
    keeps_itself = is_standard and editions != NONE
    renderer = pages.choose_renderer(renderer)
    inputs = describe_inputs(parameters, renderer)
    is_complete = has_all(out, [*past, as_of] if keeps_itself else past) and not remake_editions
    if not force and is_complete and is_current(out, inputs):
        return Edition(out, as_of, parameters, renderer, is_new=False)
    say("notebooks")
    outcomes = execute(deck, parameters, run, progress, force)
    say("pages")
    evidence = load(as_of=as_of)
    judge_claims(run, evidence)
    building = building_folder(out)
    shutil.rmtree(building, ignore_errors=True)
    try:
        pages.make_site(run, evidence, deck, parameters, building, renderer, inputs)
        write_record(building, run, as_of, parameters, outcomes)
        write_manifest(building, run, inputs, as_of)
        say("editions")
        added = keep_editions(building, out, past, keeps_itself, renderer, remake_editions)
        if faults := [fault for folder in (building, *added) for fault in pages.check_site(folder)]:
            raise BuildFailed("the new site is not sound:\n" + "\n".join(faults[:20]))
        say("publish")
        swap_in(building, out)
        prune()
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return Edition(out, as_of, parameters, renderer, tuple(outcomes))


def _faults() -> list[Fault]:
    """What `check` finds in the evidence, looked for again once the evidence or the code has changed."""
    folder = data_dir()
    files = [part for path in files_below(folder) for part in (str(path.relative_to(folder)), digest(path))]
    found = kept(
        ("faults of the evidence", code_digest("helpers.evidence.checks"), *files),
        lambda: json.dumps(check(folder), default=int).encode(),
    )
    return [Fault(*fault) for fault in json.loads(found)]


def _refuse_dangerous(out: Path) -> None:
    """A site replaces the folder whole, so never one that holds something else."""
    if out.exists() and not out.is_dir():
        raise BuildFailed(f"{out} is a file; --out names a folder")
    foreign = out.exists() and any(out.iterdir()) and not (out / "manifest.json").is_file()
    if foreign and out != project_root() / "_site":
        raise BuildFailed(f"{out} holds files that are not an edition of this briefing; give an empty folder")
    if out == project_root() or out in project_root().parents:
        raise BuildFailed(f"{out} holds the project itself; give another --out")


def _slug(out: Path) -> str:
    """A run folder of its own for each place a site is made."""
    if out == project_root() / "_site":
        return "site"
    import hashlib

    return f"{out.name}-{hashlib.sha256(str(out).encode()).hexdigest()[:8]}"
