"""The unattended run with its real build: a published edition survives a power cut at any moment."""

import os
import subprocess
import time

import pytest

from helpers.edition.manifest import verify
from helpers.schedule.log import read_log
from project_copy import COMMAND, briefing, copy_project, environment

# More moments, in seconds after the start: BRIEFING_KILLS="1.5 4 8 12".
MOMENTS = [float(text) for text in os.environ.get("BRIEFING_KILLS", "4").split()]
RUN = ("run-scheduled", "--no-refresh", "--stale-ok", "--editions", "none")


@pytest.mark.slow
def test_a_power_cut_leaves_a_whole_edition_and_the_next_run_finishes(tmp_path):
    project = copy_project(tmp_path)
    first = briefing(project, *RUN)
    assert first.returncode == 0, first.stderr
    manifest = (project / "_site" / "manifest.json").read_bytes()
    facts = project / "data" / "facts.csv"
    lines = facts.read_text().splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if line.startswith("b-nvda-rev-fy2027-q2,"))
    lines[place] = lines[place].replace("96200000000", "96300000000")
    facts.write_text("".join(lines))
    for seconds in MOMENTS:
        process = subprocess.Popen(
            [*COMMAND, *RUN], env=environment(project), cwd=project, stdout=-3, stderr=-3
        )
        time.sleep(seconds)
        process.kill()
        process.wait()
        assert verify(project / "_site") == []
    last = briefing(project, *RUN)
    assert last.returncode == 0, last.stderr
    assert verify(project / "_site") == [] and (project / "_site" / "manifest.json").read_bytes() != manifest
    logs = sorted((project / "build" / "log").glob("*.jsonl"))
    assert read_log(logs[-1])[-1]["code"] == 0
    assert any("was cut off" in line.get("message", "") for path in logs for line in read_log(path))
    changes = [line for line in read_log(logs[-1]) if line["event"] == "done" and line["stage"] == "changes"]
    assert changes and "summary" in changes[0]
