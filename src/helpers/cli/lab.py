"""`briefing lab`: JupyterLab on the notebooks, with the kernel that has the package."""

import os
import sys
from typing import Annotated

import typer


def lab(
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8888,
) -> None:
    """Open JupyterLab on the start notebook; results of cells run by hand go to build/lab."""
    from helpers.paths import project_root

    os.environ.pop("BRIEFING_RUN_DIR", None)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={project_root()}",
        "--LabApp.default_url=/lab/tree/notebooks/00_start.ipynb",
        f"--ServerApp.port={port}",
    ]
    if not browser:
        command.append("--no-browser")
    if os.geteuid() == 0:  # the only user of many containers; JupyterLab would refuse
        command.append("--allow-root")
    os.execv(sys.executable, command)
