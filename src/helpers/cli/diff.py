"""`briefing diff`: what moved between two editions, and why."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

HELP = "A date that the site keeps, `current`, or the folder of an edition."


def diff(
    older: Annotated[str | None, typer.Argument(help=f"{HELP} The edition before NEWER by default.")] = None,
    newer: Annotated[str | None, typer.Argument(help=f"{HELP} The current one by default.")] = None,
    site: Annotated[Path | None, typer.Option(help="The site that keeps them; _site by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
    all_rows: Annotated[bool, typer.Option("--all", help="Print what only rounding hides, too.")] = False,
) -> None:
    """Print each headline number and exhibit that moved between two editions: old, new and the cause."""
    from helpers.edition.changes import compare
    from helpers.edition.editions import find_edition, find_previous
    from helpers.edition.record import NoEdition, read_record
    from helpers.paths import project_root

    place = site or project_root() / "_site"
    try:
        new = read_record(find_edition(place, newer or "current"))
        old = read_record(find_edition(place, older) if older else find_previous(place, new))
    except NoEdition as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    report = compare(old, new)
    if as_json:
        typer.echo(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        _print(report, all_rows)


def _print(report: dict[str, Any], all_rows: bool) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    counts = report["summary"]
    console.print(Text(f"From {report['older']} to {report['newer']}", style="bold"))
    for name, tally in counts.items():
        said = ", ".join(f"{count} {word}" for word, count in tally.items() if count)
        console.print(Text(f"{name}: {said}"))
    shown = [row for row in report["headlines"] if all_rows or row["status"] != "rounding"]
    if shown:
        console.print(_headline_table(shown))
    if report["exhibits"]:
        console.print(_exhibit_table(report["exhibits"]))
    for page, pairs in report["settings"].items():
        for name, (old, new) in pairs.items():
            console.print(Text(f"{page}: parameter {name} {old} -> {new}"))


def _headline_table(rows: list[dict[str, Any]]):
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Headline numbers", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for head in ("page", "number", "old", "new", "cause"):
        table.add_column(head, overflow="fold")
    for row in rows:
        cells = (row["page"], row["label"], _number(row["old"]), _number(row["new"]), row["cause"])
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _number(said: dict[str, Any] | None) -> str:
    if said is None:
        return "-"
    return f"{said['shown']} ({said['between']})" if said["between"] else said["shown"]


def _exhibit_table(rows: list[dict[str, Any]]):
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Exhibits", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for head in ("page", "exhibit", "rows changed", "new", "gone", "cause"):
        is_count = head in ("rows changed", "new", "gone")
        table.add_column(head, overflow="fold", justify="right" if is_count else "left")
    for row in rows:
        numbers = (str(row["rows"][name]) for name in ("changed", "added", "gone"))
        table.add_row(*(Text(cell) for cell in (row["page"], row["id"], *numbers, row["cause"])))
    return table
