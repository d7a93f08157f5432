"""A copy of the project that a test may spoil: `BRIEFING_ROOT` names it, the package stays the installed one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-c", "from helpers.cli import main; main()"]


def copy_project(folder: Path) -> Path:
    """Evidence, notebooks, pages, docs and settings, without anything generated."""
    for name in ("data", "notebooks", "report", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, folder / path.name)
    (folder / "src").mkdir()
    return folder


def briefing(project: Path, *words: str, seconds: float = 600) -> subprocess.CompletedProcess:
    """Run the `briefing` command on that copy."""
    command, told = [*COMMAND, *words], {"capture_output": True, "text": True, "check": False}
    return subprocess.run(command, env=environment(project), cwd=project, timeout=seconds, **told)


def environment(project: Path) -> dict[str, str]:
    """The environment in which the package works on that copy."""
    return {**os.environ, "BRIEFING_ROOT": str(project)}
