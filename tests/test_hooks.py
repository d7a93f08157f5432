"""Diffs stay clean: what JupyterLab writes of itself does not reach a commit, and git shows cells."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from helpers.paths import notebooks_dir

ROOT = Path(__file__).parents[1]
HOOKS = {
    hook["id"]: hook
    for hook in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
}
TOOLS = Path(sys.executable).parent


def saved_by_jupyterlab(path):
    """The notebook as JupyterLab leaves it: outputs, counters, and what it knows of its Python."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.kernelspec.display_name = "Python 3 (ipykernel)"
    notebook.metadata.language_info.update(
        codemirror_mode={"name": "ipython", "version": 3}, file_extension=".py", mimetype="text/x-python",
        nbconvert_exporter="python", pygments_lexer="ipython3", version="3.13.1",
    )  # fmt: skip
    for number, cell in enumerate(cell for cell in notebook.cells if cell.cell_type == "code"):
        cell.execution_count = number + 1
        cell.outputs = [nbformat.v4.new_output("stream", text="said\n")]
    nbformat.write(notebook, path)


def run(words, folder, code=0, **more):
    done = subprocess.run([*map(str, words)], cwd=folder, capture_output=True, text=True, check=False, **more)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def repository(tmp_path):
    """A clone with one notebook, committed, the hooks' settings, and this environment as its `.venv`."""
    (tmp_path / "notebooks").mkdir()
    shutil.copy(notebooks_dir() / "00_start.ipynb", tmp_path / "notebooks")
    for name in (".pre-commit-config.yaml", ".gitattributes", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("nbstripout", "ruff"):
        (tmp_path / ".venv" / "bin" / name).symlink_to(TOOLS / name)
    run(["git", "init", "-q"], tmp_path)
    run(["git", "config", "user.email", "a@example.org"], tmp_path)
    run(["git", "config", "user.name", "A"], tmp_path)
    run(["git", "add", "."], tmp_path)
    run(["git", "commit", "-qm", "first"], tmp_path)
    return tmp_path


def test_the_hook_gives_back_the_committed_bytes(tmp_path):
    paths = sorted(notebooks_dir().glob("*.ipynb"))
    mine = [Path(shutil.copy(path, tmp_path)) for path in paths]
    for path in mine:
        saved_by_jupyterlab(path)
    run([TOOLS / "nbstripout", *HOOKS["nbstripout"]["args"], *mine], tmp_path)
    assert [path.name for path in paths if (tmp_path / path.name).read_bytes() != path.read_bytes()] == []


def test_a_commit_with_outputs_is_stopped_and_cleaned(repository):
    notebook = repository / "notebooks" / "00_start.ipynb"
    before = notebook.read_bytes()
    saved_by_jupyterlab(notebook)
    run(["git", "add", "."], repository)
    said = run(
        [TOOLS / "pre-commit", "run", "nbstripout"],
        repository,
        code=1,
        env=os.environ | {"HOME": str(repository)},
    )
    assert "notebooks carry no outputs" in said and notebook.read_bytes() == before


def test_ruff_reads_notebooks(repository):
    notebook = nbformat.read(repository / "notebooks" / "00_start.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("import os"))
    nbformat.write(notebook, repository / "notebooks" / "00_start.ipynb")
    run(["git", "add", "."], repository)
    said = run(
        [TOOLS / "pre-commit", "run", "ruff"], repository, code=1, env=os.environ | {"HOME": str(repository)}
    )
    assert "F401" in said and "00_start.ipynb" in said


def test_the_tree_passes_the_linter():
    run([TOOLS / "ruff", "check", "--no-cache", "--quiet", "src", "tests", "notebooks", "benchmarks"], ROOT)


def test_git_shows_a_changed_notebook_as_cells(repository):
    """As `make hooks` sets it up."""
    lines = [
        line.strip().lstrip("@")
        for line in (ROOT / "Makefile").read_text().splitlines()
        if "git config" in line
    ]
    assert len(lines) == 3
    for line in lines:
        run(["sh", "-c", line.replace("$(CURDIR)/$(BIN)", str(TOOLS))], repository)
    notebook = nbformat.read(repository / "notebooks" / "00_start.ipynb", as_version=4)
    notebook.cells[1].source += "\nload_table('chips')"
    nbformat.write(notebook, repository / "notebooks" / "00_start.ipynb")
    said = run(["git", "--no-pager", "diff"], repository)
    assert "/cells/1/source" in said and "load_table('chips')" in said and '"cell_type"' not in said
