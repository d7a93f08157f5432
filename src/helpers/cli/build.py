"""`briefing build`: run the notebooks and publish the site."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from helpers.cli.options import AsOf, Parameters, Scenario, named_values

STAGES = {
    "evidence": "checking the evidence",
    "notebooks": "running the notebooks",
    "pages": "making the pages",
    "editions": "keeping the editions of earlier dates",
    "publish": "putting the new site in place",
}


def build(
    as_of: AsOf = "latest",
    scenario: Scenario = "baseline",
    parameter: Parameters = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the site; _site by default.")] = None,
    renderer: Annotated[str, typer.Option(help="auto, quarto or smalldocs.")] = "auto",
    editions: Annotated[
        str,
        typer.Option(
            help="Past editions to keep beside it: dates such as 2025-06-30,2025-12-31, none, or default "
            "(those of report/editions.yml)."
        ),
    ] = "default",
    remake_editions: Annotated[
        bool,
        typer.Option("--remake-editions", help="Make the kept editions again from this evidence and code."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Build even when nothing has changed.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Progress and outcome as one JSON object a line, for a program.")
    ] = False,
) -> None:
    """Run the four notebooks and swap in the new site; on any failure the old site stays."""
    from helpers.fingerprint import remember, signatures
    from helpers.run import NotebookFailed, ParameterError
    from helpers.run.provisioner import warm_kernels

    errors = Console(stderr=True)
    if renderer not in ("auto", "quarto", "smalldocs"):
        _stop(errors, f"--renderer: found {renderer!r}, expected auto, quarto or smalldocs", 2)
    inputs = signatures()
    with warm_kernels() as kernels, _Lines() if as_json else _Bars(errors) as shown:
        if kernels:
            kernels.start()  # it imports while this process does
        from helpers import pages
        from helpers.cli.readme import is_stale
        from helpers.edition import BuildFailed
        from helpers.edition import build as make

        try:
            given = {"as_of": as_of, "scenario": scenario, **named_values(parameter)}
            edition = make(
                given,
                out,
                renderer,
                shown.stage,
                shown.cell,
                force,
                editions=editions,
                remake_editions=remake_editions,
            )
        except ParameterError as error:
            _stop(errors, str(error), 2)
        except NotebookFailed as failed:
            _show_failed(errors, failed)
        except (BuildFailed, pages.RenderFailed) as error:
            _stop(errors, str(error), 1)
    remember(sys.argv[1:], edition.site, inputs)
    if as_json:
        outcomes = [
            {"page": outcome.card.page, "ran": outcome.ran, "because": outcome.reasons}
            for outcome in edition.outcomes
        ]
        shown.line(event="done", site=str(edition.site), as_of=edition.as_of, renderer=edition.renderer,
                   is_new=edition.is_new, notebooks=outcomes)  # fmt: skip
        return
    typer.echo(f"{edition.site / 'index.html'}")
    for outcome in edition.outcomes:
        why = "; ".join(outcome.reasons[:3]) + (" ..." if len(outcome.reasons) > 3 else "")
        line = (
            f"{outcome.card.page}: ran, {why}" if outcome.ran else f"{outcome.card.page}: unchanged, not run"
        )
        errors.print(escape(line), highlight=False, style="dim")
    news = f"rendered by {edition.renderer}" if edition.is_new else "nothing has changed, nothing was run"
    errors.print(f"as known on {edition.as_of}, {news}", style="dim")
    if edition.is_new and out is None and is_stale(edition.site):
        errors.print(
            "README.md tells other numbers than this site; `briefing readme` renews them", style="dim"
        )


def _stop(errors: Console, message: str, code: int) -> None:
    errors.print(f"[bold red]stopped[/] {escape(message)}", highlight=False)
    raise typer.Exit(code)


def _show_failed(errors: Console, failed) -> None:
    errors.print(f"[bold red]stopped[/] {escape(failed.card.file)} failed", highlight=False)
    for line in failed.cell.strip().splitlines()[:12]:
        errors.print(f"    {escape(line)}", highlight=False, style="dim")
    errors.print(escape(failed.cause[:1500]), highlight=False)
    errors.print(f"The failed notebook is kept: {escape(str(failed.kept))}", highlight=False)
    errors.print("The published site is unchanged.", highlight=False)
    raise typer.Exit(1)


class _Lines:
    """Progress for a program: one JSON object a line on the standard output."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def line(self, **what: Any) -> None:
        """One event."""
        print(json.dumps(what, ensure_ascii=False), flush=True)

    def stage(self, name: str) -> None:
        """The stage that begins."""
        self.line(event="stage", stage=name)

    def cell(self, card, done: int, total: int) -> None:
        """A cell that has ended."""
        self.line(event="cell", page=card.page, done=done, total=total, seconds_left=_left(card, done))


class _Bars:
    """Progress on a terminal: the stage, and a bar of cells per notebook; silent otherwise."""

    def __init__(self, console: Console):
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total} cells"),
            TextColumn("{task.fields[left]}"),
        )
        self._bars = Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal)
        self._console = console
        self._tasks: dict[str, int] = {}

    def __enter__(self):
        self._bars.start()
        return self

    def __exit__(self, *_):
        self._bars.stop()

    def stage(self, name: str) -> None:
        """Name the stage that begins."""
        if self._console.is_terminal:
            self._console.print(STAGES[name], style="bold")

    def cell(self, card, done: int, total: int) -> None:
        """Move the bar of one notebook."""
        if card.page not in self._tasks:
            self._tasks[card.page] = self._bars.add_task(f"  {card.title}", total=total, left="")
        seconds = _left(card, done)
        left = f"about {seconds:.0f} s left" if seconds and done < total else ""
        self._bars.update(self._tasks[card.page], completed=done, left=left)


def _left(card, done: int) -> float | None:
    from helpers.run.cache import seconds_left

    return seconds_left(card, done)
