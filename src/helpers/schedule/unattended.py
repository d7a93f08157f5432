"""Refresh, check, freshness, build, verify, publish, changes: one command at three in the morning.

Fresh evidence is only proposed; what is built is what an analyst has accepted. At every moment what is published is
a whole edition: the one before, or the new one.
"""

import json
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from helpers import edition, pages
from helpers.edition.changes import compare
from helpers.edition.manifest import MANIFEST
from helpers.edition.manifest import verify as verify_site
from helpers.edition.record import NoEdition, read_record
from helpers.edition.swap import building_folder, swap_in
from helpers.evidence import checks, load
from helpers.paths import build_dir, data_dir, project_root
from helpers.refresh import catalogue
from helpers.refresh.freshness import freshness, in_words
from helpers.refresh.refresh import refresh
from helpers.run import NotebookFailed, ParameterError
from helpers.schedule import message
from helpers.schedule.log import RunLog, cut_off
from helpers.schedule.stages import StageFailed, one_line, run_stage

PUBLISH = "BRIEFING_PUBLISH"


@dataclass
class Plan:
    """What an unattended run is asked to do.

    publish_to: a folder that gets the verified site by one rename; publish: a command that is given the site's path;
    strict: a feed that fails ends the run; stale_ok: go on past an error age; wait_seconds: for another run to end.
    """

    out: Path | None = None
    publish_to: Path | None = None
    publish: str = ""
    notify: str = ""
    sources: list[str] = field(default_factory=list)
    look: bool = True
    strict: bool = False
    stale_ok: bool = False
    force: bool = False
    renderer: str = "auto"
    editions: str = "default"
    wait_seconds: float = 0

    @property
    def site(self) -> Path:
        """Where the site is built."""
        return (self.out or project_root() / "_site").resolve()


@dataclass
class Report:
    """What a run came to. code: 0, or that of the stage that failed; stage and message say which and why."""

    run: str
    log: Path
    code: int = 0
    stage: str = ""
    message: str = ""
    is_new: bool = False
    as_of: str = ""
    proposals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)

    def for_message(self) -> dict[str, Any]:
        """The report as the hook gets it: no path of the machine but those below the project."""
        return {
            "run": self.run, "code": self.code, "stage": self.stage, "message": self.message, "is_new": self.is_new,
            "as_of": self.as_of, "proposals": [Path(name).name for name in self.proposals], "notes": self.notes,
            "changes": self.changes,
        }  # fmt: skip


def run_scheduled(plan: Plan) -> Report:
    """Do the whole run, write its log, send its word, and give the report; never raises for a stage that failed."""
    log = RunLog()
    report = Report(run=log.run, log=log.path)
    log.write("begin", pid=os.getpid(), site=str(plan.site))
    try:
        with _stoppable(), _alone(plan):
            _stages(plan, log, report)
    except StageFailed as failed:
        report.code, report.stage, report.message = failed.code, failed.stage, str(failed)
    except KeyboardInterrupt:
        stopped = StageFailed("interrupted", "told to stop")
        report.code, report.stage, report.message = stopped.code, stopped.stage, str(stopped)
    try:
        if reached := message.send(report.for_message(), plan.notify):
            log.write("note", message=f"sent to {', '.join(reached)}")
    except message.NotSent as error:
        _note(report, log, f"the word was not sent: {error}")
    log.write("end", code=report.code, stage=report.stage, message=report.message, is_new=report.is_new)
    log.close()
    return report


def _stages(plan: Plan, log: RunLog, report: Report) -> None:
    if earlier := cut_off(before=log.run):
        _note(report, log, f"the run {earlier} was cut off before it ended")
    if plan.look:
        _refresh(plan, log, report)
    run_stage(log, "evidence", _check)
    run_stage(log, "freshness", lambda: _ages(plan, report, log))
    before = _kept_before(plan.site)
    made = _build(plan, log)
    report.is_new, report.as_of = made.is_new, made.as_of
    run_stage(log, "verify", lambda: _verify(plan.site))
    if made.is_new or plan.publish_to:
        run_stage(
            log,
            "publish",
            lambda: _publish(plan),
            again=lambda error: isinstance(error, _CommandFailed),
            times=2,
        )
    report.changes = run_stage(
        log, "changes", lambda: _changes(before, plan.site, log), tell=lambda found: found
    )


def _refresh(plan: Plan, log: RunLog, report: Report) -> None:
    """Propose what is new. A feed that fails is noted, and ends the run only when the plan is strict."""

    def look() -> list:
        return refresh(catalogue.choose(catalogue.read_feeds(), plan.sources), date.today())

    def told(outcomes: list) -> dict[str, Any]:
        return {"feeds": {outcome.feed: outcome.state for outcome in outcomes}}

    outcomes = run_stage(log, "refresh", look, tell=told)
    report.proposals = [str(outcome.proposal) for outcome in outcomes if outcome.proposal]
    bad = [
        f"{outcome.feed}: {outcome.message}" for outcome in outcomes if outcome.state in ("failed", "moved")
    ]
    for line in bad:
        _note(report, log, line)
    if report.proposals:
        _note(report, log, f"{len(report.proposals)} proposals wait for a decision")
    if bad and plan.strict:
        log.write("failed", "refresh", message=bad[0])
        raise StageFailed("refresh", bad[0])


def _check() -> None:
    if faults := checks.check(data_dir()):
        raise StageFailed("evidence", f"{len(faults)} faults, the first: {faults[0]}")


def _ages(plan: Plan, report: Report, log: RunLog) -> None:
    ages = freshness(load(), date.today())
    for age in ages:
        if age.state == "warn":
            _note(report, log, f"getting old: {in_words(age)}")
    old = [in_words(age) for age in ages if age.state == "error"]
    if old and not plan.stale_ok:
        raise StageFailed("freshness", "; ".join(old))
    for line in old:
        _note(report, log, f"too old, and built all the same: {line}")


def _build(plan: Plan, log: RunLog) -> edition.Edition:
    """Build; a kernel that was lost is tried again once. The stage that failed is the one the build was in."""
    reached = ["notebooks"]

    def say(name: str) -> None:
        reached[0] = {"evidence": "evidence", "notebooks": "notebooks", "publish": "publish"}.get(
            name, "pages"
        )
        log.write("note", reached[0], message=f"build: {name}")

    def work() -> edition.Edition:
        try:
            return edition.build(
                {},
                plan.out,
                plan.renderer,
                say,
                force=plan.force,
                wait_seconds=plan.wait_seconds,
                editions=plan.editions,
            )
        except (ParameterError, pages.RenderFailed, edition.BuildFailed, OSError) as error:
            raise StageFailed(reached[0], one_line(error)) from error

    def lost_kernel(error: Exception) -> bool:
        return isinstance(error, NotebookFailed) and not error.cell

    def told(made: edition.Edition) -> dict[str, Any]:
        ran = [outcome.card.page for outcome in made.outcomes if outcome.ran]
        return {"is_new": made.is_new, "as_of": made.as_of, "ran": ran}

    return run_stage(log, "notebooks", work, tell=told, again=lost_kernel, times=1)


def _verify(site: Path) -> None:
    if faults := verify_site(site):
        raise StageFailed("verify", f"{len(faults)} files, the first: {faults[0]}")


class _CommandFailed(Exception):
    """The publishing command ended with another code than 0."""


def _publish(plan: Plan) -> None:
    """Put the verified site where readers are: into a folder by one rename, or by a command."""
    if plan.publish_to:
        target = plan.publish_to.resolve()
        if target.exists() and any(target.iterdir()) and not (target / MANIFEST).is_file():
            raise StageFailed("publish", f"{target} holds files that are not an edition of this briefing")
        target.parent.mkdir(parents=True, exist_ok=True)
        building = building_folder(target)
        shutil.rmtree(building, ignore_errors=True)
        try:
            shutil.copytree(plan.site, building)
            if faults := verify_site(building):
                raise StageFailed("publish", f"the copy is not whole: {faults[0]}")
            swap_in(building, target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    command = plan.publish or os.environ.get(PUBLISH, "")
    if command:
        # Its output goes to ours, not into the log: such commands print addresses with tokens in them.
        done = subprocess.run([*shlex.split(command), str(plan.site)], timeout=1800, check=False)
        if done.returncode:
            raise _CommandFailed(f"{shlex.split(command)[0]} ended with {done.returncode}")


def _kept_before(site: Path) -> Path | None:
    """What the comparison needs of the site that is about to be replaced, set aside; None where there is no site."""
    aside = build_dir() / "before"
    shutil.rmtree(aside, ignore_errors=True)
    if not (site / MANIFEST).is_file():
        return None
    for name in ("results", "exhibits", "data"):
        if (site / name).is_dir():
            shutil.copytree(site / name, aside / name)
    return aside


def _changes(before: Path | None, site: Path, log: RunLog) -> dict[str, Any]:
    """The change report, written beside the log; its summary is what the log and the word carry."""
    if before is None:
        return {"first": True}
    try:
        found = compare(read_record(before), read_record(site))
    except NoEdition as error:
        return {"unknown": one_line(error)}
    path = log.path.with_suffix(".changes.json")
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    return {"summary": found["summary"], "evidence": found["evidence"], "report": path.name}


def _note(report: Report, log: RunLog, text: str) -> None:
    report.notes.append(text)
    log.write("note", message=text)


@contextmanager
def _alone(plan: Plan) -> Iterator[None]:
    """One run at a time: a second one waits as long as it was told to, then leaves."""
    build_dir().mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(build_dir() / "scheduled.lock", timeout=plan.wait_seconds):
            yield
    except Timeout:
        raise StageFailed("lock", "another unattended run is under way") from None


@contextmanager
def _stoppable() -> Iterator[None]:
    """A request to end (SIGTERM) is taken like Ctrl-C, so that kernels and half-made folders are cleared away."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread: its owner decides
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
