"""The unattended run: whatever fails, the published edition is whole, the log says what, and the code says where."""

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from evidence_folder import write_evidence
from helpers import edition
from helpers.cli.app import app
from helpers.edition.manifest import verify, write_manifest
from helpers.edition.swap import building_folder, swap_in
from helpers.refresh.refresh import Outcome
from helpers.run import NotebookFailed
from helpers.schedule import message, publishing, unattended
from helpers.schedule.log import RunLog, cut_off, read_log
from helpers.schedule.stages import EXIT_CODES, MEANING

CARD = SimpleNamespace(file="01_chips.ipynb", page="chips")


@pytest.fixture
def project(tmp_path, monkeypatch):
    write_evidence(tmp_path / "data")
    (tmp_path / "data" / "refresh.yml").write_text("feeds: {}\n")
    describe(tmp_path, [])
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    for name in (message.WEBHOOK, message.COMMAND, publishing.PUBLISH):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    publish_text(tmp_path / "_site", "old")
    return tmp_path


def describe(project, series):
    path = project / "data" / "datapackage.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"freshness": series}))


def publish_text(site, text):
    building = building_folder(site)
    building.mkdir()
    (building / "index.html").write_text(text)
    write_manifest(building, building / "run", {}, "2026-01-01")
    swap_in(building, site)


def builder(*outcomes):
    """A build that does each of these in turn: an exception to raise, or a text to publish."""
    left = list(outcomes)

    def build(given, out, renderer, say, **more):
        site = (out or Path(os.environ["BRIEFING_ROOT"]) / "_site").resolve()
        outcome = left.pop(0)
        say("evidence")
        say("notebooks")
        if isinstance(outcome, NotebookFailed):
            raise outcome
        say("pages")
        if isinstance(outcome, BaseException):
            raise outcome
        say("publish")
        publish_text(site, outcome)
        return edition.Edition(site, "2026-01-01", {}, "smalldocs")

    return build


def run(monkeypatch, *outcomes, **plan):
    monkeypatch.setattr(edition, "build", builder(*outcomes))
    report = unattended.run_scheduled(unattended.Plan(**plan))
    return report, read_log(report.log)


def shown(project):
    assert verify(project / "_site") == []
    return (project / "_site" / "index.html").read_text()


def events(lines):
    return [(line["event"], line.get("stage", "")) for line in lines]


def test_a_good_run_publishes_and_logs_every_stage(project, monkeypatch):
    report, lines = run(monkeypatch, "new")
    assert report.code == 0 and shown(project) == "new"
    done = [stage for event, stage in events(lines) if event == "done"]
    assert done == ["refresh", "evidence", "freshness", "notebooks", "verify", "publish", "changes"]
    assert lines[0]["event"] == "begin"
    assert (lines[-1]["event"], lines[-1]["code"], lines[-1]["is_new"]) == ("end", 0, True)
    assert all(line["time"].endswith("+00:00") for line in lines)


def test_a_source_that_is_down_is_told_and_does_not_stop_the_run(project, monkeypatch):
    down = [Outcome("epoch", "failed", "epoch.ai cannot be reached")]
    monkeypatch.setattr(unattended, "refresh", lambda feeds, today: down)
    report, _ = run(monkeypatch, "new")
    assert (
        report.code == 0 and report.notes == ["epoch: epoch.ai cannot be reached"] and shown(project) == "new"
    )
    report, lines = run(monkeypatch, "newer", strict=True)
    assert report.code == EXIT_CODES["refresh"] and shown(project) == "new"
    assert ("failed", "refresh") in events(lines)


def test_proposals_wait_and_change_no_evidence(project, monkeypatch):
    path = project / "build" / "proposals" / "epoch-2026-11-22.csv"
    monkeypatch.setattr(unattended, "refresh", lambda feeds, today: [Outcome("epoch", "new", "3 rows", path)])
    before = (project / "data" / "facts.csv").read_bytes()
    report, _ = run(monkeypatch, "new")
    assert "1 proposals wait for a decision" in report.notes
    assert (project / "data" / "facts.csv").read_bytes() == before


def test_bad_evidence_stops_before_the_build(project, monkeypatch):
    path = project / "data" / "facts.csv"
    path.write_text(path.read_text().replace(",USD,", ",bananas,"))
    report, lines = run(monkeypatch)
    assert report.code == EXIT_CODES["evidence"] and "bananas" in report.message
    assert shown(project) == "old" and ("start", "notebooks") not in events(lines)


def test_stale_evidence_stops_unless_told_otherwise(project, monkeypatch):
    series = dict(
        name="s", title="Sales", table="facts", where={"metric": "revenue"}, warn_days=1, error_days=2
    )
    describe(project, [series])
    report, _ = run(monkeypatch)
    assert report.code == EXIT_CODES["freshness"] and "Sales: newest 2025-05-01" in report.message
    report, _ = run(monkeypatch, "new", stale_ok=True)
    assert report.code == 0 and any("too old" in note for note in report.notes) and shown(project) == "new"


def test_a_lost_kernel_is_tried_again_once(project, monkeypatch):
    lost = NotebookFailed(CARD, "the kernel died (killed, or out of memory)", "", Path("kept"))
    report, lines = run(monkeypatch, lost, "new")
    assert report.code == 0 and ("retry", "notebooks") in events(lines) and shown(project) == "new"
    report, lines = run(monkeypatch, lost, lost, "newer")
    assert report.code == EXIT_CODES["notebooks"] and shown(project) == "new"


def test_an_error_in_a_cell_is_not_tried_again(project, monkeypatch):
    report, lines = run(monkeypatch, NotebookFailed(CARD, "ValueError: no", "x = 1", Path("kept")), "new")
    assert report.code == EXIT_CODES["notebooks"] and "ValueError" in report.message
    assert ("retry", "notebooks") not in events(lines) and shown(project) == "old"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(28, "No space left on device"), "pages"),
        (edition.BuildFailed("the new site is not sound"), "pages"),
        (KeyboardInterrupt(), "interrupted"),
    ],
)
def test_what_fails_after_the_notebooks_leaves_the_old_site(project, monkeypatch, error, code):
    report, lines = run(monkeypatch, error)
    assert report.code == EXIT_CODES[code] and shown(project) == "old"
    assert lines[-1]["event"] == "end" and lines[-1]["code"] == EXIT_CODES[code]


def test_no_fault_leaves_a_run_without_an_end(project, monkeypatch):
    """Not even one that nobody thought of: the code and the log say that it was the run itself."""
    monkeypatch.setattr(unattended, "freshness", lambda *_: (_ for _ in ()).throw(RuntimeError("odd")))
    report, lines = run(monkeypatch)
    assert report.code == EXIT_CODES["freshness"] and "odd" in report.message and shown(project) == "old"
    monkeypatch.undo()
    monkeypatch.setenv("BRIEFING_ROOT", str(project))
    monkeypatch.setattr(unattended, "set_aside", lambda *_: 1 / 0)
    report, lines = run(monkeypatch)
    assert report.code == EXIT_CODES["unexpected"] and "ZeroDivisionError" in report.message
    assert (lines[-1]["event"], lines[-1]["code"]) == ("end", EXIT_CODES["unexpected"])
    monkeypatch.setattr(message, "send", lambda *_: 1 / 0)
    report, lines = run(monkeypatch)
    assert lines[-1]["event"] == "end" and "the word was not sent: ZeroDivisionError" in report.notes


def test_no_room_for_the_comparison_does_not_stop_the_build(project, monkeypatch):
    (project / "_site" / "results").mkdir()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publishing.shutil, "copytree", full)
    report, _ = run(monkeypatch, "new")
    assert report.code == 0 and any("cannot be set aside" in note for note in report.notes)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_log_that_does_not_fit_on_the_disk_goes_to_the_standard_error(project, capsys):
    log = RunLog()
    log.close()
    with Path("/dev/full").open("ab", buffering=0) as log._file:
        log.write("note", "pages", message="said all the same")
    assert '"message": "said all the same"' in capsys.readouterr().err
    log = RunLog(project / "data" / "facts.csv" / "no folder")
    log.write("begin")
    log.close()
    assert "no log on the disk" in (said := capsys.readouterr().err) and '"event": "begin"' in said


def test_a_site_that_is_not_whole_is_noticed(project, monkeypatch):
    real = builder("new")

    def build(*args, **more):
        made = real(*args, **more)
        (made.site / "index.html").write_text("altered")
        return made

    monkeypatch.setattr(edition, "build", build)
    report = unattended.run_scheduled(unattended.Plan(publish_to=project / "public"))
    assert report.code == EXIT_CODES["verify"] and not (project / "public").exists()


def test_publishing_to_a_folder_is_one_rename_and_never_over_something_else(project, monkeypatch, tmp_path):
    report, _ = run(monkeypatch, "new", publish_to=project / "public")
    assert report.code == 0 and verify(project / "public") == []
    (project / "mine").mkdir()
    (project / "mine" / "thesis.txt").write_text("years of work")
    report, _ = run(monkeypatch, "newer", publish_to=project / "mine")
    assert report.code == EXIT_CODES["publish"] and (project / "mine" / "thesis.txt").exists()


def test_the_publishing_command_gets_the_site_and_is_tried_again(project, monkeypatch):
    script = project / "publish.sh"
    script.write_text(f'#!/bin/sh\necho "$1" >> {project}/calls\n[ $(wc -l < {project}/calls) -ge 2 ]\n')
    script.chmod(0o755)
    report, lines = run(monkeypatch, "new", publish=str(script))
    assert report.code == 0 and ("retry", "publish") in events(lines)
    assert (project / "calls").read_text().splitlines() == [str(project / "_site")] * 2
    script.write_text("#!/bin/sh\necho https://token@host >&2\nexit 3\n")
    report, lines = run(monkeypatch, "newer", publish=str(script))
    assert report.code == EXIT_CODES["publish"] and "token" not in report.log.read_text()


def test_a_second_run_leaves_with_a_clear_word(project, monkeypatch):
    (project / "build").mkdir(exist_ok=True)
    with FileLock(project / "build" / "scheduled.lock"):
        report, _ = run(monkeypatch)
    assert report.code == EXIT_CODES["lock"] and "another" in report.message and shown(project) == "old"


def test_the_word_goes_to_command_and_webhook_and_the_address_is_nowhere(project, monkeypatch):
    got = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    secret = f"http://127.0.0.1:{server.server_port}/hook/s3cr3t"
    monkeypatch.setenv(message.WEBHOOK, secret)
    script = (
        "import os, sys; open(sys.argv[1], 'w').write(sys.stdin.read() + str(os.environ.get(sys.argv[2])))"
    )
    command = shlex.join([sys.executable, "-c", script, str(project / "told"), message.WEBHOOK])
    report, _ = run(monkeypatch, "new", notify=command)
    server.shutdown()
    assert report.code == 0 and got[0]["code"] == 0 and got[0]["as_of"] == "2026-01-01"
    told = (project / "told").read_text()
    assert '"code": 0' in told and told.endswith("None")
    monkeypatch.setenv(message.WEBHOOK, secret.replace(str(server.server_port), "1"))
    report, _ = run(monkeypatch, "newer")
    assert report.code == 0 and any("was not sent" in note for note in report.notes)
    for path in (project / "build").rglob("*"):
        assert not path.is_file() or b"s3cr3t" not in path.read_bytes(), path


def test_a_run_that_was_cut_off_is_named_by_the_next(project, monkeypatch):
    log = RunLog()
    log.write("begin")
    log._file.write(b'{"time": "2026')
    log.close()
    assert cut_off() == log.run
    report, _ = run(monkeypatch, "new")
    assert report.notes == [f"the run {log.run} was cut off before it ended"]
    assert run(monkeypatch, "newer")[0].notes == []


def test_killed_in_the_middle_the_old_site_stands_and_the_next_run_goes_on(project, monkeypatch):
    """SIGKILL, as a power cut would: no handler runs."""
    script = (
        "import time; from helpers import edition; from helpers.schedule import unattended\n"
        "def build(given, out, renderer, say, **more):\n"
        "    say('notebooks'); print('here', flush=True); time.sleep(60)\n"
        "edition.build = build\nunattended.run_scheduled(unattended.Plan())\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "here\n"
    process.kill()
    process.wait()
    assert shown(project) == "old"
    report, _ = run(monkeypatch, "new")
    assert report.code == 0 and "was cut off" in report.notes[0] and shown(project) == "new"


def test_told_to_stop_ends_with_a_log_line_and_a_code(project):
    script = (
        "import sys, time; from helpers import edition; from helpers.schedule import unattended\n"
        "def build(given, out, renderer, say, **more):\n    print('here', flush=True); time.sleep(60)\n"
        "edition.build = build\nsys.exit(unattended.run_scheduled(unattended.Plan()).code)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == EXIT_CODES["interrupted"]
    log = sorted((project / "build" / "log").glob("*.jsonl"))[-1]
    assert read_log(log)[-1]["stage"] == "interrupted"


def test_a_dry_run_fetches_builds_and_writes_nothing(project, monkeypatch):
    def forbidden(*args, **more):
        raise AssertionError("a dry run did something")

    monkeypatch.setattr(edition, "build", forbidden)
    monkeypatch.setattr(unattended, "refresh", forbidden)
    before = sorted(path for path in project.rglob("*"))
    done = CliRunner().invoke(app, ["run-scheduled", "--dry-run"])
    assert done.exit_code == 0 and "evidence   sound" in done.output and "nobody is told" in done.output
    assert sorted(path for path in project.rglob("*")) == before


def test_the_command_ends_with_the_code_of_the_stage(project, monkeypatch):
    monkeypatch.setattr(edition, "build", builder(OSError(28, "No space left on device")))
    done = CliRunner().invoke(app, ["run-scheduled", "--no-refresh"])
    assert done.exit_code == 25 and "stopped pages: [Errno 28]" in done.output
    assert CliRunner().invoke(app, ["run-scheduled", "--source", "nothing"]).exit_code == 2


def test_every_exit_code_is_explained():
    text = (Path(__file__).parents[1] / "docs" / "schedule" / "README.md").read_text()
    assert set(EXIT_CODES) == set(MEANING) and len(set(EXIT_CODES.values())) == len(EXIT_CODES)
    for stage, code in EXIT_CODES.items():
        assert f"| {code} | {stage} | {MEANING[stage]} |" in text
