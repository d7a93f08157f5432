"""The unattended run with its real build and real faults.

What is published is whole at every moment, and the log says what happened.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from faults import kill_after, needs_own_disk, on_a_full_disk
from helpers.edition.manifest import verify
from helpers.schedule.log import read_log
from helpers.schedule.stages import EXIT_CODES
from project_copy import COMMAND, briefing, copy_project, environment

# More moments of the power cut, in seconds after the log was begun: BRIEFING_KILLS="0 1.5 4 8".
MOMENTS = [float(text) for text in os.environ.get("BRIEFING_KILLS", "1.5").split()]
RUN = ("run-scheduled", "--no-refresh", "--stale-ok", "--editions", "none")
PAST = 600
DOWN = """
feeds:
  down: {title: t, publisher: p, url: "http://127.0.0.1:9/x", licence: CC0, format: csv, key: [a], columns: [b]}
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A project with its first published edition."""
    project = copy_project(tmp_path_factory.mktemp("published"))
    (project / "data" / "refresh.yml").write_text(DOWN)
    first = briefing(project, *RUN)
    assert first.returncode == 0, first.stderr
    assert verify(project / "_site") == []
    return project


@pytest.fixture
def project(published, tmp_path):
    """A copy of it that a test may spoil."""
    return Path(shutil.copytree(published, tmp_path / "project"))


def edit(project, before="96200000000", after="96300000000"):
    """Change NVIDIA's revenue of the last quarter, so that a notebook has to run."""
    facts = project / "data" / "facts.csv"
    lines = facts.read_text().splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if line.startswith("b-nvda-rev-fy2027-q2,"))
    assert before in lines[place]
    lines[place] = lines[place].replace(before, after)
    facts.write_text("".join(lines))


def logs(project):
    return sorted((project / "build" / "log").glob("*.jsonl"))


def last_log(project):
    return read_log(logs(project)[-1])


def manifest(project):
    return (project / "_site" / "manifest.json").read_bytes()


def test_a_source_that_is_down_and_bad_evidence_leave_the_edition(project):
    before = manifest(project)
    words = [word for word in RUN if word != "--no-refresh"]
    down = briefing(project, *words)
    assert down.returncode == 0 and "down: 127.0.0.1 cannot be reached" in down.stderr, down.stderr
    assert briefing(project, *words, "--strict").returncode == EXIT_CODES["refresh"]
    edit(project, "96200000000", "plenty")
    bad = briefing(project, *RUN)
    assert bad.returncode == EXIT_CODES["evidence"] and "found 'plenty'" in bad.stderr
    assert (last_log(project)[-1]["event"], last_log(project)[-1]["stage"]) == ("end", "evidence")
    assert verify(project / "_site") == [] and manifest(project) == before


def test_a_power_cut_leaves_a_whole_edition_and_the_next_run_finishes(project):
    before = manifest(project)
    edit(project)
    for seconds in MOMENTS:
        seen = logs(project)
        kill_after(project, RUN, seconds, begun=lambda seen=seen: logs(project) != seen)
    last = briefing(project, *RUN)
    assert last.returncode == 0, last.stderr
    assert verify(project / "_site") == [] and manifest(project) != before
    assert last_log(project)[-1]["code"] == 0
    assert any("was cut off" in line.get("message", "") for path in logs(project) for line in read_log(path))
    changes = [line for line in last_log(project) if line["event"] == "done" and line["stage"] == "changes"]
    assert changes and "summary" in changes[0]


def test_a_killed_kernel_is_replaced_and_the_run_ends_well(project):
    edit(project)
    process = subprocess.Popen([*COMMAND, *RUN], env=environment(project), cwd=project, stdout=-3, stderr=-1)
    kernel, until = None, time.monotonic() + PAST
    while kernel is None and process.poll() is None and time.monotonic() < until:
        kernel = next(iter(kernels_of(process.pid)), None)
        time.sleep(0.05)
    if kernel is None:
        process.kill()
        pytest.fail("no kernel was seen")
    kernel.kill()
    _, said = process.communicate(timeout=PAST)
    lines = last_log(project)
    assert process.returncode == 0, said.decode()
    assert [line["stage"] for line in lines if line["event"] == "retry"] == ["notebooks"]
    assert "kernel" in next(line["message"] for line in lines if line["event"] == "retry")
    assert verify(project / "_site") == []


def kernels_of(pid):
    """Kernels are children of the warm process, which is a child of the run."""
    try:
        warm = [child for child in psutil.Process(pid).children() if "helpers.run.warm" in child.cmdline()]
        return [kernel for child in warm for kernel in child.children()]
    except psutil.NoSuchProcess:
        return []


@needs_own_disk
@pytest.mark.parametrize("left", [3_000_000, 200_000], ids=["little", "nothing"])
def test_a_full_disk_leaves_the_edition_and_the_next_run_finishes(project, tmp_path, left):
    edit(project)
    found = on_a_full_disk(project, tmp_path, RUN, left)
    assert found.full in {EXIT_CODES[stage] for stage in ("notebooks", "pages", "publish")}, found
    assert "No space left on device" in found.said
    assert (found.whole, found.again, found.sound) == (0, 0, 0), found.said_again
