"""Equal inputs give equal bytes, whoever builds them, wherever and whenever."""

import os
import shutil
import subprocess

import pytest

from helpers.fingerprint import digest, files_below
from project_copy import COMMAND, copy_project, environment

pytestmark = [pytest.mark.build, pytest.mark.slow]
BUILD = ("build", "--as-of", "2024-08-01", "-p", "draws=256", "--editions", "none")
HERE = {"TZ": "America/New_York", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1", "USER": "ada", "LOGNAME": "ada"}
THERE = {"TZ": "Asia/Shanghai", "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "PYTHONHASHSEED": "77"}
# As if on a processor of another age.
OLDER = {"OPENBLAS_CORETYPE": "Sandybridge", "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"}


def build(folder, before=(), **settings):
    folder.mkdir(parents=True)
    project = copy_project(folder)
    home = folder / "home"
    home.mkdir()
    done = subprocess.run(
        [*before, *COMMAND, *BUILD],
        env=environment(project) | {"HOME": str(home)} | settings,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    run = project / "build" / "runs" / "site"
    parts = {
        "site": project / "_site",
        **{name: run / name for name in ("results", "headlines", "notebooks")},
    }
    return {
        f"{part}/{path.relative_to(place).as_posix()}": digest(path)
        for part, place in parts.items()
        for path in files_below(place)
    }


def elsewhere() -> list[str]:
    """One processor and another clock, where the machine has the tools."""
    one = ["taskset", "-c", str(min(os.sched_getaffinity(0)))] if shutil.which("taskset") else []
    late = ["faketime", "-f", "+400d"] if shutil.which("faketime") else []
    return [*one, *late]


def test_two_builds_have_the_same_bytes(tmp_path):
    first = build(tmp_path / "one", **HERE)
    second = build(tmp_path / "a longer folder" / "two", elsewhere(), **THERE, **OLDER, USER="bob", LOGNAME="bob")
    assert len(first) > 200
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
