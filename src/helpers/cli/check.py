"""`briefing check`: every fault of the evidence at once."""

import json
from pathlib import Path
from typing import Annotated

import typer


def check(
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="Another evidence folder than the project's.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the faults as JSON.")] = False,
) -> None:
    """Check the evidence; print every fault (file, row, column, found, expected). Exit code 1 if there is one."""
    from helpers.evidence import checks
    from helpers.paths import data_dir

    folder = data or data_dir()
    if not folder.is_dir():
        raise typer.BadParameter(f"{folder} is not a folder", param_hint="--data")
    faults = checks.check(folder)
    if as_json:
        typer.echo(
            json.dumps([fault._asdict() for fault in faults], indent=1, ensure_ascii=False, default=str)
        )
    else:
        _print(faults, checks.counts(folder))
    if faults:
        raise typer.Exit(1)


def _print(faults: list, counted: tuple[int, int]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for fault in faults:
        place, _, rest = str(fault).partition(": ")
        console.print(Text.assemble((place, "bold"), ": ", rest))
    if faults:
        noun = "fault" if len(faults) == 1 else "faults"
        console.print(Text(f"{len(faults)} {noun}", style="bold red"))
    else:
        console.print(Text(f"evidence is sound: {counted[0]} rows in {counted[1]} tables", style="green"))
