"""The guide works as written: its commands run in order in a clone, its files are edited, its outputs appear."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from helpers import lab
from helpers.cli.app import app
from helpers.edition.manifest import verify
from helpers.paths import notebooks_dir
from project_copy import ROOT, copy_project, environment

GUIDE = ROOT / "docs" / "guide.md"
TOOLS = Path(sys.executable).parent


class Block(NamedTuple):
    """A fenced block: `sh` is run, `text` is what the last run says, a named `csv` or `yaml` is an edit."""

    kind: str
    more: str
    body: str


def blocks():
    found = re.findall(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", GUIDE.read_text(), flags=re.M | re.S)
    return [Block(*block) for block in found]


def clone(folder):
    """A committed copy with this environment as its `.venv`, as after the first `make`."""
    project = copy_project(folder)
    (project / ".venv" / "bin").mkdir(parents=True)
    for tool in TOOLS.iterdir():
        (project / ".venv" / "bin" / tool.name).symlink_to(tool)
    (project / ".venv" / ".ready").touch()
    for words in (
        "init -q",
        "config user.email a@example.org",
        "config user.name A",
        "add .",
        "commit -qm first",
    ):
        subprocess.run(["git", *words.split()], cwd=project, check=True)
    return project


def run(project, command):
    around = environment(project) | {
        "PATH": f"{project / '.venv' / 'bin'}:{os.environ['PATH']}",
        "COLUMNS": "200",
    }
    return subprocess.run(
        ["bash", "-c", command],
        cwd=project,
        env=around,
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )


@pytest.mark.slow
def test_every_step_of_the_guide_does_what_it_says(tmp_path):
    project, said = clone(tmp_path), ""
    (project / "report" / "editions.yml").write_text("keep: []\n")  # the past editions are another test's
    for block in blocks():
        if block.kind == "sh":
            done = run(
                project,
                block.body.replace("make briefing", "briefing build").replace(". .venv/bin/activate", ":"),
            )
            said = done.stdout + done.stderr
            assert (done.returncode != 0) == (block.more == "fails"), block.body + said
        elif block.kind == "text":
            for line in block.body.splitlines():
                assert line in said, f"{line!r} is not in\n{said}"
        elif block.kind == "csv":
            with (project / block.more).open("a") as file:
                file.write(block.body)
        elif block.kind == "yaml":
            (project / block.more).write_text(block.body)
        if block.body.startswith("briefing moves"):
            assert "Since the published edition" in (project / "build/moves/changes.html").read_text()
            assert verify(project / "build" / "moves") == []
        if block.body.startswith("briefing build"):
            page = (project / "_site" / "changes.html").read_text()
            assert "9.1 bn" in said_of(project) and "Since the edition of" in page
    changed = subprocess.run(
        ["git", "status", "--short", "data", "notebooks"], cwd=project, capture_output=True, text=True
    )
    assert changed.stdout == "", "the practice is taken out again"


def said_of(project):
    return (project / "_site" / "market.html").read_text()


def test_the_python_of_the_guide_runs_and_names_what_there_is():
    shown = "".join(block.body for block in blocks() if block.kind == "python")
    space = {}
    for line in filter(None, shown.splitlines()):
        exec(line if "check()" not in line else "check", space)
    for name in re.findall(r"`(\d\d_\w+)`", GUIDE.read_text()):
        assert (notebooks_dir() / f"{name}.ipynb").is_file()
    used = set(re.findall(r"^(\w+)\(", shown, flags=re.M))
    assert used and used <= set(lab.__all__)


def test_every_command_and_option_of_the_guide_exists():
    import typer

    commands = typer.main.get_command(app).commands
    text = GUIDE.read_text()
    named = re.findall(r"\bbriefing ([a-z][a-z-]+)", text)
    assert named and set(named) <= set(commands)
    for line in re.findall(r"briefing (?:refresh|sweep|moves|diff|build)[^`\n]*", text):
        name, *words = line.split()[1:]
        options = {option for each in commands[name].params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= options, line
    targets = re.findall(r"\bmake ([a-z]+)", text)
    makefile = (ROOT / "Makefile").read_text()
    assert set(targets) <= set(re.findall(r"^([a-z-]+):", makefile, flags=re.M))


def test_the_readme_and_the_start_notebook_point_to_the_guide():
    assert "docs/guide.md" in (ROOT / "README.md").read_text()
    assert "docs/guide.md" in (notebooks_dir() / "00_start.ipynb").read_text()
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert {"nbstripout", "ruff", "evidence"} == {hook["id"] for hook in hooks}
