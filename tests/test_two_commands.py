"""`make briefing` sets up once, in any folder, and goes on without Quarto; the environment is the pinned one."""

import os
import re
import shutil
import stat
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Stands in for Python: `-m venv` makes the folder, `-m pip` fails for quarto-cli, and every call is kept in a log.
PYTHON = """#!/bin/sh
echo "$@" >> "$LOG"
if [ "$2" = venv ]; then
  mkdir -p "$3/bin"
  cp "$0" "$3/bin/python"
  printf '#!/bin/sh\\necho "briefing $@" >> "$LOG"\\n' > "$3/bin/briefing"
  chmod +x "$3/bin/briefing"
fi
case "$*" in *quarto-cli*) exit 1 ;; esac
"""

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="no make is installed")


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "a folder with spaces"
    folder.mkdir()
    for name in ("Makefile", "requirements.txt", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    fake = tmp_path / "python"
    fake.write_text(PYTHON, encoding="utf-8")
    fake.chmod(fake.stat().st_mode | stat.S_IEXEC)
    return folder


def make(project, *arguments):
    environment = {
        key: value for key, value in os.environ.items() if key not in ("HOME", "MAKEFLAGS", "MAKELEVEL")
    }
    environment["LOG"] = str(project.parent / "log")
    command = ["make", f"PYTHON={project.parent / 'python'}", *arguments]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    log = project.parent / "log"
    calls = log.read_text(encoding="utf-8").splitlines()
    log.unlink()
    return done.stdout, calls


@needs_make
def test_set_up_is_done_once_in_a_folder_with_spaces_and_without_quarto(project):
    said, calls = make(project, "briefing")
    assert calls[0] == "-m venv .venv"
    assert calls[-1] == "briefing build"
    assert "install -c constraints.txt -r .venv/requirements.txt" in calls[1]
    assert [line for line in said.splitlines() if "quarto-cli cannot be installed" in line]
    assert make(project, "briefing")[1] == ["briefing build"]
    os.utime(project / "constraints.txt", (4e9, 4e9))
    assert any("install -c" in call for call in make(project, "briefing")[1]), "a new pin is installed"


@needs_make
def test_the_file_that_pip_reads_names_all_but_quarto(project):
    make(project, "briefing")
    wanted = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line[:1].isalpha()]
    read = (project / ".venv" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in read if line[:1].isalpha()] == [
        line for line in wanted if not line.startswith("quarto-cli")
    ]
    assert "-e ." in read


def test_every_requirement_is_pinned_to_the_version_that_is_installed():
    pins = dict(
        line.split("==")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
        if "==" in line
    )
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    names = [re.match(r"[A-Za-z0-9-]+", line)[0] for line in lines if line[:1].isalpha()]
    loose = {name for name in names if name.lower() not in {pin.lower() for pin in pins}} - {"quarto-cli"}
    assert not loose, "pip would take whatever is newest"
    for name, pinned in pins.items():
        try:
            assert version(name) == pinned, name
        except PackageNotFoundError:
            continue  # needed on another system or Python only
