"""A forked kernel is a real kernel: the same outputs as a plain ipykernel, and nothing left behind."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from threading import Event

import nbformat
import papermill
import psutil
import pytest
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from helpers.cards import Card, Deck
from helpers.evidence import load
from helpers.fingerprint import digest, files_below
from helpers.run import NotebookFailed, execute, read_cards, resolve
from helpers.run.execute import _execute_one
from helpers.run.provisioner import NAME, warm_kernels
from project_copy import copy_project

ROOT = Path(__file__).parents[1]

AWKWARD = [
    "import sys, os\nprint('out')\nprint('err', file=sys.stderr)\nsys.stdout.write('no newline')",
    "from IPython.display import display, HTML, update_display\nh = display(HTML('<b>1</b>'), display_id='x')",
    "update_display(HTML('<b>2</b>'), display_id='x')",
    "%%bash\necho from bash",
    "for i in range(3):\n    print('x' * 100_000)",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "from IPython.display import clear_output\nprint('gone'); clear_output(); print('stays')",
    "__name__, os.getcwd() == os.path.realpath('.'), sys.argv[0].endswith('.py') or True",
    "import random, numpy; random.seed(1); numpy.random.seed(1); random.random(), float(numpy.random.rand())",
    "input_exists = 'In' in globals(); input_exists, _",
    "import warnings; warnings.warn('beware', stacklevel=1)",
    "print('line\\n' * 50_000)\n'y' * 1_000_000",
    "from IPython.display import Image, Markdown\nMarkdown('*x*'), Image(data=b'\\x89PNG\\r\\n', format='png')",
    "%matplotlib inline\nimport matplotlib.pyplot as plt; plt.plot([1, 2], [3, 4]); plt.show()",
    "import ipywidgets; box = ipywidgets.IntSlider(value=3); box",
    "box.value = 5; out = ipywidgets.Output(); out",
    "get_ipython().run_line_magic('xmode', 'Minimal'); {}['missing']",
    "1 / 0",
    "'after the errors', 1 / 3",
]
# Apart, and slow: nbclient was once seen to wait for ever for the answer to such a cell.
IN_A_BOX = ["import ipywidgets; out = ipywidgets.Output(); out", "with out: print('into the box')", "'after'"]
RAISES = ("{}['missing']", "1 / 0")


def write(path, cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place}"
        if any(word in cell.source for word in RAISES) and cell.source in AWKWARD:
            cell.metadata.tags = ["raises-exception"]
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
    return path


def executed(path, warm, tolerant=False):
    """The notebook after its run; with `tolerant` also one in which some cells raise."""
    target = path.with_suffix(".executed.ipynb")
    with warm_kernels() if warm else nullcontext(), suppress(*[PapermillExecutionError] * tolerant):
        papermill.execute_notebook(str(path), str(target), progress_bar=False, execution_timeout=120)
    return nbformat.read(target, as_version=4)


def outputs(notebook):
    """The outputs of every code cell."""
    return [[dict(output) for output in cell.outputs] for cell in notebook.cells if cell.cell_type == "code"]


def settled(outputs):
    """Without what a plain kernel gives anew each time: ids of widgets, addresses, the number of its process."""
    return re.sub(r"[0-9a-f]{32}|0x[0-9a-f]+|ipykernel_\d+/\d+", "-", json.dumps(outputs, sort_keys=True))


def widgets(notebook):
    """The state of every widget as the notebook keeps it, without ids: what a page draws without a kernel."""
    states = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    return sorted(settled(state) for state in states.values())


def test_awkward_notebook_gives_the_outputs_of_a_plain_kernel(tmp_path):
    path = write(tmp_path / "awkward.ipynb", AWKWARD)
    warm, plain = (executed(path, warm=kind, tolerant=True) for kind in (True, False))
    for cell, ours, theirs in zip(AWKWARD, outputs(warm), outputs(plain), strict=True):
        assert settled(ours) == settled(theirs), cell
    found = [output for cell in outputs(plain) for output in cell if output["output_type"] == "error"]
    assert [output["ename"] for output in found] == ["KeyError", "ZeroDivisionError"]
    assert widgets(warm) == widgets(plain)
    assert sum('"IntSliderModel"' in state and '"value": 5' in state for state in widgets(warm)) == 1


@pytest.mark.slow
def test_text_printed_into_a_widget_is_kept_as_by_a_plain_kernel(tmp_path):
    path = write(tmp_path / "box.ipynb", IN_A_BOX)
    warm, plain = (executed(path, warm=kind) for kind in (True, False))
    assert settled(outputs(warm)) == settled(outputs(plain))
    assert widgets(warm) == widgets(plain) and "into the box" in str(widgets(warm))


@pytest.mark.slow
def test_our_notebooks_write_the_same_files_under_a_plain_kernel(tmp_path, monkeypatch):
    deck, given = read_cards(), {"as_of": "2024-08-01", "draws": 256}
    for kind in ("warm", "plain"):
        # Each in a project of its own, so that the second draws its charts too.
        monkeypatch.setenv("BRIEFING_ROOT", str(copy_project(tmp_path / "projects" / kind)))
        if kind == "plain":
            monkeypatch.setattr(sys.modules["helpers.run.execute"], "warm_kernels", nullcontext)
        execute(deck, resolve(deck, given, load()), tmp_path / kind, force=True)
    warm, plain = (
        {path.relative_to(tmp_path / kind): digest(path) for path in files_below(tmp_path / kind)}
        for kind in ("warm", "plain")
    )
    assert len(warm) > 100 and warm == plain


def test_exception_is_reported_with_its_name(tmp_path):
    path = write(tmp_path / "raises.ipynb", ["1 / 0"])
    with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
        executed(path, warm=True)


def test_kernel_that_kills_itself_is_noticed(tmp_path):
    path = write(tmp_path / "dies.ipynb", ["import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
    with pytest.raises(DeadKernelError):
        executed(path, warm=True)


def test_two_kernels_do_not_share_random_state_or_names(tmp_path):
    path = write(
        tmp_path / "random.ipynb",
        ["import numpy, random; (random.random(), numpy.random.rand())", "'y' in dir()"],
    )
    with warm_kernels():
        first, second = (papermill.execute_notebook(str(path), None, progress_bar=False) for _ in range(2))
    assert first.cells[0].outputs != second.cells[0].outputs
    assert second.cells[1].outputs[0].data["text/plain"] == "False"


def test_nothing_is_left_when_the_client_is_killed(tmp_path):
    path = write(tmp_path / "long.ipynb", ["import time; time.sleep(60)"])
    code = (
        "import papermill\nfrom helpers.run.provisioner import NAME, warm_kernels\n"
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


def test_kernels_are_forked_also_where_the_process_has_started_ordinary_ones_before():
    """jupyter_client settles its default when it is first asked; a run after that is warm all the same."""
    settled = KernelProvisionerFactory.instance().default_provisioner_name
    with warm_kernels():
        assert KernelProvisionerFactory.instance().default_provisioner_name == NAME != settled
    assert KernelProvisionerFactory.instance().default_provisioner_name == settled


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


def test_a_kernel_that_is_lost_before_its_first_cell_is_started_once_more(tmp_path, monkeypatch):
    """It is no error of a cell: another program may have taken its port."""
    real, asked = papermill.execute_notebook, []

    def lost(times):
        def execute(*given, **named):
            asked.append(given)
            if len(asked) <= times:
                raise RuntimeError("Kernel died before replying to kernel_info")
            return real(*given, **named)

        asked.clear()
        monkeypatch.setattr(papermill, "execute_notebook", execute)

    (tmp_path / "notebooks").mkdir()
    write(tmp_path / "notebooks" / "01_one.ipynb", ["1"])
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    (folder := tmp_path / "run" / "notebooks").mkdir(parents=True)
    one = (Card("01_one.ipynb", "one", "One", "?", (), (), ()), {}, {}, folder.parent, None, 60, {}, Event())
    lost(2)
    with pytest.raises(NotebookFailed, match="the kernel was lost") as failed:
        _execute_one(*one)
    assert failed.value.cell == "" and failed.value.kept.is_file() and len(asked) == 2
    lost(1)
    _execute_one(*one)
    assert (folder / "01_one.ipynb").is_file() and len(asked) == 2


def test_a_kernel_that_dies_in_a_cell_is_not_started_again(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    mark = tmp_path / "cells"
    dies = f"open({str(mark)!r}, 'a').write('x'); import os; os.kill(os.getpid(), 9)"
    write(tmp_path / "notebooks" / "01_one.ipynb", [dies])
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    (folder := tmp_path / "run" / "notebooks").mkdir(parents=True)
    card = Card("01_one.ipynb", "one", "One", "?", (), (), ())
    with warm_kernels(), pytest.raises(NotebookFailed, match="the kernel died"):
        _execute_one(card, {}, {}, folder.parent, None, 60, {}, Event())
    assert mark.read_text() == "x"
