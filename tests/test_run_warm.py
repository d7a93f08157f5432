"""A forked kernel is a real kernel: the same outputs as a plain ipykernel, and nothing left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from helpers.run import NotebookFailed, execute
from helpers.run.cards import Card, Deck
from helpers.run.provisioner import warm_kernels

ROOT = Path(__file__).parents[1]

AWKWARD = [
    "import sys, os\nprint('out')\nprint('err', file=sys.stderr)\nsys.stdout.write('no newline')",
    "from IPython.display import display, HTML, update_display\nh = display(HTML('<b>1</b>'), display_id='x')",
    "update_display(HTML('<b>2</b>'), display_id='x')",
    "%%bash\necho from bash",
    "%timeit -n1 -r1 -q -o None\nx = 1",
    "for i in range(3):\n    print('x' * 100_000)",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "from IPython.display import clear_output\nprint('gone'); clear_output(); print('stays')",
    "__name__, os.getcwd() == os.path.realpath('.'), sys.argv[0].endswith('.py') or True",
    "import random, numpy; random.seed(1); numpy.random.seed(1); random.random(), float(numpy.random.rand())",
    "input_exists = 'In' in globals(); input_exists, _",
]


def write(path, cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
    return path


def outputs(path, warm):
    with warm_kernels() if warm else nullcontext():
        done = papermill.execute_notebook(str(path), None, progress_bar=False)
    return [[dict(output) for output in cell.outputs] for cell in done.cells]


@pytest.mark.slow
def test_awkward_notebook_gives_the_outputs_of_a_plain_kernel(tmp_path):
    cells = [cell for cell in AWKWARD if "%timeit" not in cell]
    path = write(tmp_path / "awkward.ipynb", cells)
    assert outputs(path, warm=True) == outputs(path, warm=False)


def test_exception_is_reported_with_its_name(tmp_path):
    path = write(tmp_path / "raises.ipynb", ["1 / 0"])
    with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
        outputs(path, warm=True)


def test_kernel_that_kills_itself_is_noticed(tmp_path):
    path = write(tmp_path / "dies.ipynb", ["import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
    with pytest.raises(DeadKernelError):
        outputs(path, warm=True)


def test_two_kernels_do_not_share_random_state_or_names(tmp_path):
    path = write(
        tmp_path / "random.ipynb",
        ["import numpy, random; (random.random(), numpy.random.rand())", "'y' in dir()"],
    )
    with warm_kernels():
        first, second = (papermill.execute_notebook(str(path), None, progress_bar=False) for _ in range(2))
    assert first.cells[0].outputs != second.cells[0].outputs
    assert second.cells[1].outputs[0].data["text/plain"] == "False"


@pytest.mark.slow
def test_nothing_is_left_when_the_client_is_killed(tmp_path):
    path = write(tmp_path / "long.ipynb", ["import time; time.sleep(60)"])
    code = (
        "import papermill\nfrom helpers.run.provisioner import warm_kernels\n"
        f"with warm_kernels():\n    papermill.execute_notebook({str(path)!r}, None, progress_bar=False)"
    )
    client = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    started = psutil.Process(client.pid)
    deadline = time.monotonic() + 90
    while len(started.children(recursive=True)) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    family = started.children(recursive=True)
    assert len(family) == 2, "the warm process and one kernel"
    os.kill(client.pid, signal.SIGKILL)
    client.wait()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive


def test_a_failure_ends_the_notebook_that_runs_beside_it(tmp_path, monkeypatch):
    """Two notebooks side by side, one raises: the run ends at once, names the one that raised, leaves no kernel."""
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    write(tmp_path / "notebooks" / "a.ipynb", ["import time; time.sleep(60)"])
    write(
        tmp_path / "notebooks" / "b.ipynb", ["import time; time.sleep(1); raise RuntimeError('b is broken')"]
    )
    described = {"title": "", "asks": "", "parameters": (), "reads": (), "evidence": ()}
    cards = tuple(Card(file=f"{page}.ipynb", page=page, **described) for page in "ab")
    begun = time.monotonic()
    with pytest.raises(NotebookFailed, match=r"b\.ipynb failed: RuntimeError: b is broken"):
        execute(Deck(cards, {}), {page: {"as_of": "latest"} for page in "ab"}, tmp_path / "run")
    assert time.monotonic() - begun < 45
    assert not [child for child in psutil.Process().children(recursive=True) if child.is_running()]
