"""Papermill over the notebooks, into the private folder of one run.

A notebook starts when those that its card reads have ended; notebooks that do not depend on each other run side by
side. The first failure stops the run.

```
<run>/notebooks/01_chips.ipynb   executed, with its parameters; no clock, path or user name in it
<run>/results, headlines, exhibits   what the notebooks wrote (see helpers.results)
<run>/failed/01_chips.ipynb      the notebook that failed, with its error at the top
```
"""

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import nbformat

from helpers.cards import Card, Deck
from helpers.evidence import load
from helpers.fingerprint import stamps
from helpers.paths import notebooks_dir, project_root
from helpers.results import DECLARED
from helpers.run.cache import keep, keep_times, nearest_parts, restore, result_digests
from helpers.run.keys import Parts, key_parts, why
from helpers.run.provisioner import FIXED, warm_kernels

Progress = Callable[[Card, int, int], None]
KERNEL = "python3"
NOTEBOOK_SECONDS = 900


class NotebookFailed(Exception):
    """A notebook raised, timed out or lost its kernel.

    cause: the error in a few lines; cell: the code of the cell; kept: where the failed notebook can be opened.
    """

    def __init__(self, card: Card, cause: str, cell: str, kept: Path):
        super().__init__(f"{card.file} failed: {cause.splitlines()[0] if cause else 'no cause reported'}")
        self.card, self.cause, self.cell, self.kept = card, cause, cell, kept


@dataclass(frozen=True)
class Outcome:
    """What became of one notebook: whether it ran, why (empty when its kept outcome was used), and its key parts."""

    card: Card
    ran: bool
    reasons: list[str]
    parts: Parts


def execute(
    deck: Deck,
    parameters: dict[str, dict[str, Any]],
    folder: Path,
    progress: Progress | None = None,
    force: bool = False,
    notebook_seconds: float = NOTEBOOK_SECONDS,
    workers: int = 2,
) -> list[Outcome]:
    """Bring the outcome of every notebook of the deck into `folder`, which is emptied first.

    A notebook whose parts have not changed since it last ended well is not run, unless `force`.
    `progress(card, done, total)` is called after each cell. A notebook that runs longer than `notebook_seconds` by
    the clock on the wall is ended; one that needs more memory than `helpers.run.warm` allows fails. Raises
    NotebookFailed for the first notebook that fails; what ran before it stays in the folder. While somebody edits an
    input, outcomes are used but not kept.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "notebooks").mkdir(parents=True)
    order = TopologicalSorter({card.page: card.reads for card in deck.cards})
    order.prepare()
    cards = {card.page: card for card in deck.cards}
    unedited = stamps()
    known = {day: load(as_of=day) for day in {parameters[page]["as_of"] for page in cards}}
    declared = json.dumps({card.page: card.evidence for card in deck.cards})
    fixed = {
        "BRIEFING_RUN_DIR": str(folder),
        "BRIEFING_ROOT": str(project_root()),
        DECLARED: declared,
        **FIXED,
    }
    running: dict[Future, str] = {}
    outcomes: dict[str, Outcome] = {}
    ended = threading.Event()
    with (
        _environment(**fixed),  # left last: what still runs in the pool must not lose it
        ThreadPoolExecutor(workers) as pool,
        warm_kernels() as kernels,  # left before the pool: a failure ends the other kernels, and nobody waits
        _setting(ended),
    ):
        while order.is_active():
            for page in order.get_ready():
                card = cards[page]
                upstream = {read: result_digests(cards[read], folder) for read in card.reads}
                parts = key_parts(card, parameters[page], known[parameters[page]["as_of"]], upstream)
                if not force and restore(card, parts, folder):
                    outcomes[page] = Outcome(card, False, [], parts)
                    order.done(page)
                    continue
                reasons = ["it was asked for"] if force else why(parts, nearest_parts(card, parts))
                outcomes[page] = Outcome(card, True, reasons, parts)
                if kernels:
                    kernels.start()  # it imports while papermill is imported here
                task = pool.submit(
                    _execute_one,
                    *(card, parameters[page], parts, folder, progress, notebook_seconds, unedited, ended),
                )
                running[task] = page
            done, _ = wait(running, return_when=FIRST_COMPLETED) if running else ((), ())
            for task in done:
                page = running.pop(task)
                task.result()
                order.done(page)
    return [outcomes[card.page] for card in deck.cards]


def _execute_one(
    card: Card,
    parameters: dict,
    parts: Parts,
    folder: Path,
    progress: Progress | None,
    seconds: float,
    unedited: dict[str, tuple[int, int]],
    is_over: threading.Event,
) -> None:
    import papermill
    from nbclient.exceptions import CellTimeoutError
    from papermill.exceptions import PapermillExecutionError
    from tenacity import Retrying, retry_if_exception, stop_after_attempt

    path = notebooks_dir() / card.file
    output = folder / "notebooks" / card.file
    total = sum(cell.cell_type == "code" for cell in nbformat.read(path, as_version=4).cells)
    begun, started, ended = time.monotonic(), [], []

    def after_cell(cell: Any, cell_index: int, **_: Any) -> None:
        if cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", ()):
            ended.append(time.monotonic() - begun)
            if progress:
                progress(card, len(ended), total)

    def before_cell(cell: Any, cell_index: int, **_: Any) -> None:
        started.append(cell_index)
        if is_over.is_set():
            raise RuntimeError("the run has ended")

    def is_lost_early(error: BaseException) -> bool:
        """A kernel that never got to a cell, as when another program took its port, says nothing of the notebook."""
        return isinstance(error, RuntimeError) and not started and not is_over.is_set()

    def time_left(cell: Any) -> float:
        return max(0.1, seconds - (time.monotonic() - begun))

    once_more = Retrying(stop=stop_after_attempt(2), retry=retry_if_exception(is_lost_early), reraise=True)
    try:
        once_more(
            papermill.execute_notebook,
            str(path),
            str(output),
            parameters=parameters,
            kernel_name=KERNEL,
            progress_bar=False,
            request_save_on_cell_execute=False,
            timeout_func=time_left,
            on_cell_start=before_cell,
            on_cell_complete=after_cell,
        )
    except PapermillExecutionError as error:
        cause = f"{error.ename}: {error.evalue}"
        raise NotebookFailed(card, cause, error.source, _keep(output, folder, path)) from None
    except (CellTimeoutError, RuntimeError) as error:
        raise NotebookFailed(card, _cause(error, seconds), "", _keep(output, folder, path)) from None
    _strip(output)
    if stamps() == unedited:  # else the kernel may have read what the key does not know
        keep(card, parts, folder)
        keep_times(card, ended)


def _cause(error: Exception, seconds: float) -> str:
    """Why a notebook ended that did not raise: its time, or its kernel before or in a cell."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    if isinstance(error, CellTimeoutError):
        return f"it ran longer than {seconds:g} s"
    if isinstance(error, DeadKernelError):
        return "the kernel died (killed, or out of memory)"
    return f"the kernel was lost ({' '.join(str(error).split())})"


def _keep(output: Path, folder: Path, source: Path) -> Path:
    """Move the failed notebook out of the executed ones; the unexecuted one where nothing was written."""
    kept = folder / "failed" / output.name
    kept.parent.mkdir(parents=True, exist_ok=True)
    if output.exists():
        shutil.move(output, kept)
    else:
        shutil.copy(source, kept)
    return kept


def _strip(path: Path) -> None:
    """Take clocks, paths and versions out of an executed notebook, so that equal runs give equal bytes."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = nbformat.NotebookNode(
        kernelspec={"name": KERNEL, "display_name": "Python 3", "language": "python"},
        language_info={"name": "python"},
    )
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        cell.metadata = nbformat.NotebookNode(tags=tags) if tags else nbformat.NotebookNode()
        cell.id = f"cell-{number}"
    nbformat.write(notebook, path)


@contextmanager
def _setting(event: threading.Event) -> Iterator[None]:
    """Set the event when the block is left, however that happens."""
    try:
        yield
    finally:
        event.set()


@contextmanager
def _environment(**names: str) -> Iterator[None]:
    """Environment variables that the kernels inherit, put back afterwards."""
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
