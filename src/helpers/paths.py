"""Every folder of the project, found from the project root and never from the working directory."""

import os
from pathlib import Path


def project_root() -> Path:
    """The folder that holds `data/` and `_quarto.yml`.

    `BRIEFING_ROOT` names another one (a test's copy of the project); otherwise it is found upwards from this
    file, which works because the package is installed editable.
    """
    named = os.environ.get("BRIEFING_ROOT")
    if named:
        return Path(named).resolve()
    return Path(__file__).resolve().parents[2]


def data_dir() -> Path:
    """Hand-kept evidence; nothing generated is written here."""
    return project_root() / "data"


def notebooks_dir() -> Path:
    """The four parameterized notebooks and `cards.yml`."""
    return project_root() / "notebooks"


def report_dir() -> Path:
    """Pages, theme and assets of the site."""
    return project_root() / "report"


def build_dir() -> Path:
    """Everything generated but the published edition."""
    return project_root() / "build"


def run_dir() -> Path:
    """Where the notebooks of the current run write: named by the runner, `build/lab` in JupyterLab."""
    named = os.environ.get("BRIEFING_RUN_DIR")
    return Path(named) if named else build_dir() / "lab"
