"""`briefing verify`: is a published site whole?"""

from pathlib import Path
from typing import Annotated

import typer


def verify(folder: Annotated[Path | None, typer.Argument(help="The site; _site by default.")] = None) -> None:
    """Hash every published file again and name what is altered, missing or extra."""
    from helpers.edition.manifest import verify as compare
    from helpers.paths import project_root

    site = folder or project_root() / "_site"
    try:
        faults = compare(site)
    except FileNotFoundError:
        typer.echo(f"{site} has no manifest.json; it is not an edition of this briefing", err=True)
        raise typer.Exit(1) from None
    for fault in faults:
        typer.echo(fault)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{site} is whole")
