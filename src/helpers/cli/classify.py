"""`briefing classify`: was this chip controlled on that day, by which test, and what would change the answer."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

MOST_VARIANTS = 12
WIDTH_OF_A_FILE = 120
_STYLE = {
    "licence-required": "bold red",
    "case-by-case": "bold yellow",
    "licence-letter": "bold yellow",
    "nac-notification": "bold green",
    "not-controlled": "bold green",
    "undetermined": "bold magenta",
}


def classify(
    chip: Annotated[
        str | None, typer.Argument(help="A chip or system, by name or id: H20, 'DGX H100'.")
    ] = None,
    as_of: Annotated[
        str, typer.Option("--as-of", help="Day of the export (ISO); latest is the newest known.")
    ] = "latest",
    spec: Annotated[
        Path | None, typer.Option("--spec", help="A YAML file with the figures of a chip.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """The export-control status of a chip for China on a date, with the rule and the test that decide.

    A file for --spec holds the columns of chips.csv, for example name, vendor, market (datacenter, consumer or
    workstation), tflops_fp16_dense, tops_int8_dense, die_area_mm2, memory_bw_gbs, interconnect_gbs. A field left out
    is unknown, but a rate left out is one that the maker does not claim; null is unknown; [low, high] is a range.
    """
    from helpers.evidence import load
    from helpers.models.rules.classify import classify as judge
    from helpers.models.rules.find import UnknownChip
    from helpers.models.rules.specification import SpecificationError

    errors = Console(stderr=True)
    if (chip is None) == (spec is None):
        _stop(errors, "give a chip by name, or a file with --spec")
    evidence = load()
    day = evidence.as_of if as_of == "latest" else as_of
    try:
        found = judge(chip if spec is None else _read(spec, errors), day, evidence)
    except UnknownChip as error:
        hint = f"; did you mean {', '.join(error.nearest)}?" if error.nearest else ""
        _stop(errors, f"no chip or system is called {error.wanted!r}{hint}")
    except SpecificationError as error:
        _stop(errors, f"{spec}: {error}")
    except ValueError as error:
        _stop(errors, f"--as-of: {str(error).removeprefix('as-of date: ')}")
    if as_json:
        typer.echo(json.dumps(found.to_json(), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        _show(found, evidence.as_of.isoformat(), written_by_reader=spec is not None)


def _read(path: Path, errors: Console) -> dict:
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        _stop(errors, f"--spec {path}: {error.strerror}")
    except yaml.YAMLError as error:
        _stop(errors, f"--spec {path}: not YAML: {' '.join(str(error).split())}")


def _show(found, known: str, written_by_reader: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console = Console(highlight=False, soft_wrap=True, width=WIDTH_OF_A_FILE)
    system = " (a system: the status of the circuits in it)" if found.system else ""
    console.print(
        f"[bold]{escape(found.chip)}[/]{system} on {found.as_of}, for export from the United States to China"
    )
    console.print(f"[{_STYLE[found.status]}]{found.status}[/]{_open(found)}")
    if found.as_of > known:
        console.print(
            f"Nothing after {known} is known here; later rules are not in this answer.", style="yellow"
        )
    if found.released and found.as_of < found.released and not found.variants:
        console.print(f"Released on {found.released}: on that day it was not yet on sale.", style="yellow")
    for variant in found.variants[:MOST_VARIANTS]:
        console.print(f"  {escape(variant['chip'])}: {variant['status']}")
    console.print()
    console.print(f"Decided by  {escape(found.decided_by['sentence'])}")
    for row in found.missing:
        console.print(f"Missing     {escape(row['sentence'])}")
    for row in found.disputed:
        if row["status_low"] != row["status_high"]:
            console.print(
                f"Disputed    {row['label']} {row['low']:,.10g} to {row['high']:,.10g} {row['unit']}: "
                f"{row['status_low']} or {row['status_high']}"
            )
    for row in found.unclaimed if written_by_reader else []:
        console.print(f"Taken as    {escape(row['sentence'])}")
    for row in found.what_would_change[:4]:
        console.print(f"Would change  {escape(row['sentence'])}")
    for row in found.licence_policy:
        console.print(f"Review      {row['policy']}: {escape(row['text'])} ({row['rule']})")
    if found.margins:
        console.print(_margins(found.margins))
    console.print(escape(found.legal_note), style="dim")


def _open(found) -> str:
    if found.status != "undetermined":
        return ""
    needed = {True: "; a licence is needed either way", False: "; no licence either way", None: ""}
    return f" between {' and '.join(found.possible)}{needed[found.licence_needed]}"


def _margins(rows: list[dict]) -> Table:
    table = Table(title="Margins", title_justify="left", box=None, pad_edge=False, title_style="bold")
    for name in ("rule", "quantity"):
        table.add_column(name)
    for name in ("found", "threshold", "margin"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            row["rule"],
            row["label"],
            _ends(row["found"]),
            f"{_ends(row['threshold'])} {row['unit']}",
            _percent(row),
        )
    return table


def _ends(value) -> str:
    if isinstance(value, list):
        return f"{_ends(value[0])} to {_ends(value[1]) if value[1] is not None else 'any'}"
    return "unknown" if value is None else f"{value:,.5g}" if value < 1000 else f"{value:,.0f}"


def _percent(row: dict) -> str:
    low, high = row["percent_low"], row["percent_high"]
    if high is None:
        return "unknown" if row["found"] is None else f"{low:+.1f} % or more"
    return f"{high:+.1f} %" if low == high else f"{low:+.1f} to {high:+.1f} %"


def _stop(errors: Console, message: str) -> None:
    errors.print(f"[bold red]stopped[/] {escape(message)}", highlight=False, soft_wrap=True)
    raise typer.Exit(2)
