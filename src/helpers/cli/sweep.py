"""`briefing sweep`: many editions at once, and their comparison."""

from pathlib import Path
from typing import Annotated

import typer


def sweep(
    editions: Annotated[Path, typer.Argument(help="A YAML file: as_of, scenario, parameters, notebooks.")],
    executor: Annotated[str, typer.Option(help="local (processes of this machine) or dask.")] = "local",
    scheduler: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="A Dask scheduler, such as tcp://host:8786; a local one by default."
        ),
    ] = "",
    workers: Annotated[int, typer.Option(min=0, help="Processes; one per core by default.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Folder; build/sweeps/NAME by default.")] = None,
) -> None:
    """Run the notebooks for every combination of dates, scenarios and parameters, each in a folder of its own.

    The comparison of all headlines is written beside them (comparison.html, comparison.csv). A sweep that was stopped
    goes on where it was. Exit code 1 when an edition failed.
    """
    from rich.console import Console

    from helpers.paths import build_dir
    from helpers.schedule.executors import EXECUTORS, NoDask
    from helpers.schedule.plan import PlanError
    from helpers.schedule.sweep import SweepRefused
    from helpers.schedule.sweep import sweep as run

    if executor not in EXECUTORS:
        _stop(f"--executor: found {executor!r}, expected {' or '.join(EXECUTORS)}")
    if scheduler and executor != "dask":
        _stop("--scheduler needs --executor dask")
    folder = out or build_dir() / "sweeps" / editions.stem
    errors = Console(stderr=True, highlight=False)

    def say(name: str, done: int, total: int) -> None:
        if errors.is_terminal:
            errors.print(f"{done}/{total} {name}", style="dim")

    try:
        swept = run(editions, folder, executor, workers, scheduler, say)
    except (PlanError, NoDask, SweepRefused) as error:
        _stop(str(error))
    typer.echo(folder / "comparison.html")
    told = f"{len(swept.made)} made, {len(swept.kept)} there already, {len(swept.failed)} failed"
    errors.print(told, style="dim")
    for name, why in sorted(swept.failed.items()):
        typer.echo(f"{name}: {why}", err=True)
    if swept.failed:
        raise typer.Exit(1)


def _stop(message: str) -> None:
    typer.echo(f"stopped {message}", err=True)
    raise typer.Exit(2)
