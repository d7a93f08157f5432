"""What is handed to schedulers is pinned, asks for no more than it needs, and names commands that exist."""

import importlib.util
import logging
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import yaml
from typer.testing import CliRunner

from evidence_folder import write_evidence
from helpers.cli.app import app

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCHEDULE = ROOT / "docs" / "schedule"


def options_of(command):
    words = shlex.split(command)
    return words[words.index("run-scheduled") + 1 :]


def is_accepted(words):
    """The command line takes these words (a dry run is refused only for wrong ones)."""
    done = CliRunner().invoke(app, ["run-scheduled", *words, "--no-refresh", "--dry-run", "--stale-ok"])
    return done.exit_code == 0, done.output


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_pin_every_action_and_grant_little(path):
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        assert set(job.get("permissions", {})) <= {"pages", "id-token"}
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"]), step["uses"]
            assert "${{" not in step.get("run", ""), (
                "an expression in a shell line can be made to run something"
            )


def test_only_the_deploying_job_may_write_pages_and_it_runs_nothing_of_ours():
    jobs = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text())["jobs"]
    assert "permissions" not in jobs["build"]
    assert [step.get("run") for step in jobs["deploy"]["steps"]] == [None]


def test_commands_in_workflow_service_and_crontab_are_accepted(tmp_path, monkeypatch):
    write_evidence(tmp_path / "data")
    (tmp_path / "data" / "refresh.yml").write_text("feeds: {}\n")
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    workflow = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text())
    lines = [
        step["run"] for step in workflow["jobs"]["build"]["steps"] if "run-scheduled" in step.get("run", "")
    ]
    lines += re.findall(r"ExecStart=(.+)", (SCHEDULE / "briefing.service").read_text())
    lines += re.findall(r"&& (\.venv/bin/briefing .+)", (SCHEDULE / "crontab").read_text())
    assert len(lines) == 3
    for line in lines:
        accepted, said = is_accepted(options_of(line))
        assert accepted, (line, said)


def test_cron_line_has_five_fields_and_a_real_command():
    line = next(line for line in (SCHEDULE / "crontab").read_text().splitlines() if not line.startswith("#"))
    fields = line.split()
    assert all(re.fullmatch(r"[\d*/,-]+", field) for field in fields[:5]) and fields[5] == "cd"


@pytest.mark.parametrize("settings", ["BRIEFING_WEBHOOK=https://hook.example/s3\n", None])
def test_cron_line_runs_with_its_settings_and_without(tmp_path, settings):
    """Run by sh, as cron does: the settings reach the command, and a missing file does not keep it from running."""
    line = next(line for line in (SCHEDULE / "crontab").read_text().splitlines() if not line.startswith("#"))
    (tmp_path / "briefing" / ".venv" / "bin").mkdir(parents=True)
    command = tmp_path / "briefing" / ".venv" / "bin" / "briefing"
    command.write_text(f'#!/bin/sh\necho "$1 $BRIEFING_WEBHOOK" > {tmp_path}/called\nexit 22\n')
    command.chmod(0o755)
    if settings:
        (tmp_path / "briefing.env").write_text(settings)
    done = subprocess.run(
        ["sh", "-c", line.split(maxsplit=5)[5].replace("/srv", str(tmp_path))],
        env={"PATH": "/usr/bin:/bin"},
        check=False,
    )
    address = settings.strip().partition("=")[2] if settings else ""
    assert done.returncode == 22 and (tmp_path / "called").read_text() == f"run-scheduled {address}\n"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_accepts_the_units(tmp_path):
    """With a command that exists on this machine in place of the installed one."""
    for name in ("briefing.service", "briefing.timer"):
        text = (SCHEDULE / name).read_text().replace("/srv/briefing/.venv/bin/briefing", shutil.which("true"))
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and not done.stderr.strip(), done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_reads_the_timer(tmp_path):
    done = subprocess.run(
        ["systemd-analyze", "calendar", "*-*-* 03:00:00"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and "OnCalendar=*-*-* 03:00:00" in (SCHEDULE / "briefing.timer").read_text()


@pytest.fixture
def prefect_flow(monkeypatch, tmp_path):
    """The flow with a stand-in for Prefect, which keeps what a task is given, and for the command of the briefing."""

    def decorator(**options):
        def keep(function):
            function.options = options
            return function

        return keep

    prefect, logs = ModuleType("prefect"), ModuleType("prefect.logging")
    prefect.flow = prefect.task = decorator
    logs.get_run_logger = lambda: logging.getLogger("flow")
    monkeypatch.setitem(sys.modules, "prefect", prefect)
    monkeypatch.setitem(sys.modules, "prefect.logging", logs)
    spec = importlib.util.spec_from_file_location("prefect_flow", SCHEDULE / "prefect_flow.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.BRIEFING = tmp_path / "briefing"
    return module


@pytest.mark.parametrize(("code", "is_tried_again"), [(0, None), (20, True), (29, True), (24, False), (30, False)])
def test_the_flow_runs_the_command_and_tries_again_only_what_may_pass(prefect_flow, caplog, code, is_tried_again):
    prefect_flow.BRIEFING.write_text(f'#!/bin/sh\necho "given: $*"\nexit {code}\n')
    prefect_flow.BRIEFING.chmod(0o755)
    caplog.set_level("INFO")
    failed = None
    try:
        prefect_flow.briefing("/srv/www/briefing", dry_run=True)
    except RuntimeError as error:
        failed = str(error)
    ((_, _, said),) = caplog.record_tuples
    words = options_of(said.removeprefix("given: "))
    assert words == ["--publish-to", "/srv/www/briefing", "--dry-run"] and is_accepted(words)[0]
    assert (failed is None) == (is_tried_again is None)
    if failed:
        may_retry = prefect_flow.run.options["retry_condition_fn"]
        assert f"exit code {code}" in failed
        assert may_retry(None, None, SimpleNamespace(message=failed)) is is_tried_again
