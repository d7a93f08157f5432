"""A build that is killed, told to stop, short of room or not alone: the published site stays whole all the while.

More or fewer moments of a kill: BRIEFING_KILL_COUNT=5 (the slow marker kills at fifty).
"""

import json
import os
import random
import signal
import threading
import time
from hashlib import sha256
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

from faults import kill_after, needs_own_disk, on_a_full_disk, start
from helpers.edition.manifest import verify
from project_copy import briefing as command
from project_copy import copy_project

pytestmark = pytest.mark.build
BUILD = ("build", "--as-of", "2024-08-01", "-p", "draws=256", "--editions", "none")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("project"))
    done = command(folder, *BUILD)
    assert done.returncode == 0, done.stderr
    return folder


def edit(project: Path) -> None:
    """Change a word of one page, so that the next build makes another edition from the same notebooks."""
    edit.count = getattr(edit, "count", 0) + 1
    with (project / "report" / "methods.qmd").open("a", encoding="utf-8") as page:
        page.write(f"\nThis is remark {edit.count}.\n")


def left_over(project: Path) -> list[str]:
    """What a build may not leave: a half-made site, an outcome half written."""
    return [str(path) for path in (*project.glob("._site*"), *(project / "build" / "cache").glob("*/.*"))]


class Reader(threading.Thread):
    """Reads the site again and again through one folder handle: every page must be of the manifest beside it."""

    def __init__(self, site: Path):
        super().__init__(daemon=True)
        self.site, self.mixes, self.editions, self.ended = site, [], set(), threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                handle = os.open(self.site, os.O_RDONLY)
            except FileNotFoundError:
                self.mixes.append("no site at all")
                return
            try:
                text = self._read(handle, "manifest.json")
                files = json.loads(text)["files"]
                pages = [name for name in files if "/" not in name and name.endswith(".html")]
                wrong = [
                    name for name in pages if sha256(self._read(handle, name)).hexdigest() != files[name]
                ]
                self.mixes += wrong
                self.editions.add(sha256(text).hexdigest())
            except FileNotFoundError:
                if os.fstat(handle).st_ino == self.site.stat().st_ino:
                    self.mixes.append("a page is missing")
            finally:
                os.close(handle)
            time.sleep(0.05)

    def _read(self, handle: int, name: str) -> bytes:
        part = os.open(name, os.O_RDONLY, dir_fd=handle)
        with os.fdopen(part, "rb") as file:
            return file.read()


def kill_at(project: Path, moments: int) -> None:
    site = project / "_site"
    edit(project)
    begun = time.monotonic()
    assert start(project, BUILD).wait(timeout=600) == 0
    usual = time.monotonic() - begun
    reader, chance = Reader(site), random.Random(moments)
    reader.start()
    for _ in range(moments):
        edit(project)
        kill_after(project, BUILD, chance.uniform(0.2, 1.1) * usual)
    edit(project)
    assert start(project, BUILD).wait(timeout=600) == 0
    reader.ended.set()
    reader.join()
    assert reader.mixes == [] and len(reader.editions) >= 2
    assert verify(site) == [] and f"This is remark {edit.count}." in (site / "methods.html").read_text()
    assert left_over(project) == []


def test_killed_at_a_few_moments(project):
    kill_at(project, 3)


@pytest.mark.slow
def test_killed_at_many_moments(project):
    kill_at(project, int(os.environ.get("BRIEFING_KILL_COUNT", "50")))


def test_told_to_stop_while_notebooks_run(project):
    """Ctrl-C reaches the whole group: nothing runs on, nothing is published, nothing is held."""
    before = (project / "_site" / "manifest.json").read_bytes()
    build = start(project, (*BUILD, "--force"))
    tree = psutil.Process(build.pid)
    until = time.monotonic() + 120
    while len(tree.children(recursive=True)) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    family = tree.children(recursive=True)
    assert len(family) >= 2, "the warm process and a kernel"
    os.killpg(build.pid, signal.SIGINT)
    assert build.wait(timeout=60) != 0
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive
    assert (project / "_site" / "manifest.json").read_bytes() == before and left_over(project) == []
    with FileLock(project / "build" / "runs" / "site.lock", timeout=0):
        pass


def test_a_second_build_leaves_with_a_word(project):
    before = (project / "_site" / "manifest.json").read_bytes()
    edit(project)
    with FileLock(project / "build" / "runs" / "site.lock"):
        done = command(project, *BUILD, seconds=120)
    assert done.returncode == 1 and "another build is making" in done.stderr
    assert (project / "_site" / "manifest.json").read_bytes() == before


@needs_own_disk
def test_no_room_on_the_disk(project, tmp_path):
    """The run of before gives its room to the one of now, so that it is the new site that does not fit."""
    edit(project)
    assert command(project, *BUILD).returncode == 0
    edit(project)
    found = on_a_full_disk(project, tmp_path, BUILD, left=2_000_000)
    assert (found.full, found.whole) == (1, 0) and "no room is left on the disk" in found.said, found.said
    assert "at the step 'pages'" in " ".join(found.said.split()) and "._site.building" not in found.kept
    assert (found.again, found.sound) == (0, 0), found.said_again


def test_progress_for_a_program(project):
    edit(project)
    done = command(project, *BUILD, "--json")
    assert done.returncode == 0 and done.stderr == ""
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert next(event["stage"] for event in events if event["event"] == "stage") == "evidence"
    assert events[-1]["event"] == "done" and events[-1]["site"] == str(project / "_site")
    assert {row["page"]: row["ran"] for row in events[-1]["notebooks"]} == dict.fromkeys(
        ("chips", "capacity", "policy", "market"), False
    )
    again = command(project, *BUILD, "--json")
    assert json.loads(again.stdout)["is_new"] is False
