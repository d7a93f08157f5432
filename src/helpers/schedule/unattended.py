"""Refresh, check, freshness, build, verify, publish, changes: one command at three in the morning.

Fresh evidence is only proposed; what is built is what an analyst has accepted. At every moment what is published is
a whole edition: the one before, or the new one.
"""

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from helpers import edition
from helpers.edition.manifest import verify as verify_site
from helpers.evidence import checks, load
from helpers.paths import data_dir, project_root
from helpers.refresh import catalogue
from helpers.refresh.freshness import freshness, in_words
from helpers.refresh.refresh import refresh
from helpers.run import NotebookFailed
from helpers.schedule import message
from helpers.schedule.log import RunLog, cut_off
from helpers.schedule.publishing import CommandFailed, publish, report_changes, set_aside
from helpers.schedule.stages import StageFailed, alone, one_line, run_stage, stoppable


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
        with stoppable(), alone(plan.wait_seconds):
            _stages(plan, log, report)
    except StageFailed as failed:
        report.code, report.stage, report.message = failed.code, failed.stage, str(failed)
    except KeyboardInterrupt:
        stopped = StageFailed("interrupted", "told to stop")
        report.code, report.stage, report.message = stopped.code, stopped.stage, str(stopped)
    except Exception as error:
        fault = StageFailed("unexpected", f"{type(error).__name__}: {one_line(error)}")
        log.write("failed", fault.stage, message=str(fault))
        report.code, report.stage, report.message = fault.code, fault.stage, str(fault)
    try:
        if reached := message.send(report.for_message(), plan.notify):
            log.write("note", message=f"sent to {', '.join(reached)}")
    except message.NotSent as error:
        _note(report, log, f"the word was not sent: {error}")
    except Exception as error:  # a run that is done does not fail because nobody could be told
        _note(report, log, f"the word was not sent: {type(error).__name__}")
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
    before = _before(plan, report, log)
    made = _build(plan, log)
    report.is_new, report.as_of = made.is_new, made.as_of
    run_stage(log, "verify", lambda: _verify(plan.site))
    if made.is_new or plan.publish_to:
        run_stage(
            log,
            "publish",
            lambda: publish(plan.site, plan.publish_to, plan.publish),
            again=lambda error: isinstance(error, CommandFailed),
            times=2,
        )
    report.changes = run_stage(
        log,
        "changes",
        lambda: report_changes(before, plan.site, log.path.with_suffix(".changes.json")),
        tell=lambda found: found,
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
        except NotebookFailed:
            raise
        except Exception as error:
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


def _before(plan: Plan, report: Report, log: RunLog) -> Path | None:
    try:
        return set_aside(plan.site)
    except OSError as error:
        _note(report, log, f"no change report: the site before cannot be set aside ({one_line(error)})")
        return None


def _note(report: Report, log: RunLog, text: str) -> None:
    report.notes.append(text)
    log.write("note", message=text)
