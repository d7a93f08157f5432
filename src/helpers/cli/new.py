"""`briefing new`: a valid row or file at the right place, checked before it is written."""

import difflib
from datetime import date
from typing import Annotated

import typer

ROWS = ("source", "fact", "chip", "event", "rate", "assumption", "claim")
FILES = ("scenario", "notebook")
CONTEXT = {"allow_extra_args": True, "ignore_unknown_options": True}


def new(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=f"{', '.join((*ROWS, *FILES))}.")],
    like: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Start from this row (or scenario), then change what is given."),
    ] = None,
    fields: Annotated[bool, typer.Option("--fields", help="List the fields and stop.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written.")] = False,
) -> None:
    """Add a row to the evidence, a scenario or a notebook: `briefing new fact --entity Huawei --value 5 ...`.

    Every column of the table is an option (`briefing new fact --fields` lists them). Ids, dates and states that
    follow from the rest are filled in; a row that `briefing check` would refuse is not written.
    """
    if kind not in (*ROWS, *FILES):
        near = difflib.get_close_matches(kind, (*ROWS, *FILES), n=1)
        _stop(
            f"{kind!r} cannot be made; there are: {', '.join((*ROWS, *FILES))}"
            + (f"; did you mean {near[0]}?" if near else "")
        )
    given = _given(context.args)
    if kind in FILES:
        from helpers.cli import new_files

        new_files.make(kind, given, like, fields, dry_run)
        return
    _row(kind, given, like, fields, dry_run)


def _row(kind: str, given: dict[str, str], like: str | None, fields: bool, dry_run: bool) -> None:
    from helpers.paths import data_dir
    from helpers.refresh import edit, skeleton
    from helpers.refresh.rows import TableText

    folder = data_dir()
    made = skeleton.KINDS[kind]
    resource = skeleton.resource_of(folder, made.table)
    if fields:
        for column in resource.fields:
            required = " (required)" if column.descriptor.get("constraints", {}).get("required") else ""
            typer.echo(f"--{column.name}{required}: {column.descriptor.get('description', '')}")
        return
    name_unknown(given, [column.name for column in resource.fields], f"{kind}s have")
    with edit.editing():
        table = TableText.read(folder / resource.path)
        sources = TableText.read(folder / "sources.csv")
        row = skeleton.fill(made, {**_like(table, like, given), **given}, table, sources, date.today())
        if lacks := skeleton.lacking(resource, row):
            _stop(
                f"a {kind} also needs\n" + "\n".join(f"  --{name}: {described}" for name, described in lacks)
            )
        if same := skeleton.twin(made, row, table):
            _stop(f"{resource.path} row {same[0]} says the same: {same[1]}")
        table, place = table.insert(row, skeleton.place_for(made, row, table))
        if dry_run:
            typer.echo(table.line(row), nl=False)
            return
        try:
            edit.write_checked(folder, {resource.path: table.text})
        except edit.EditRefused as refused:
            _stop("nothing was written:\n" + "\n".join(f"  {fault}" for fault in refused.faults))
    key = table.columns[0]
    typer.echo(f"data/{resource.path} row {place}: {row[key]}")
    if kind == "claim":
        _judge(row[key])
    typer.echo("the evidence is sound; `briefing build` shows what moves", err=True)


def _like(table, like: str | None, given: dict[str, str]) -> dict[str, str]:
    """The cells of the row with that id, without what is its own: id, repeats, notes, what hangs on its source."""
    if like is None:
        return {}
    key = table.columns[0]
    found = table.rows_where(**{key: like})
    if not found:
        near = difflib.get_close_matches(like, [record[key] for record in table.records], n=3)
        _stop(f"--like: no {key} {like!r}" + (f"; did you mean {', '.join(near)}?" if near else ""))
    row = dict(table.records[found[0] - 2])
    for name in (key, "repeats", "note", "same_as", "aliases"):
        row.pop(name, None)
    if "source_id" in given or "source_ids" in given:
        for name in ("published", "locator", "original_id"):
            row.pop(name, None)
    if "value" in given and not {"low", "high"} & set(given):
        row.pop("low", None)
        row.pop("high", None)
    return row


def _judge(claim: str) -> None:
    """The verdict on a new claim, so that a check that says the wrong thing is seen at once."""
    from helpers.evidence import load
    from helpers.models.claims import LedgerError, judge_all

    try:
        judged = judge_all(load(), None)
    except LedgerError as error:
        typer.echo(f"the check cannot be computed yet: {error}", err=True)
        return
    for row in judged[judged["id"] == claim].to_dict("records"):
        typer.echo(f"{row['verdict_now']}. {row['reason']}")


def _given(arguments: list[str]) -> dict[str, str]:
    """`--name value`, `--name=value` and `name=value` as pairs."""
    given: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, found, value = word.removeprefix("--").partition("=")
        if not found:
            if not word.startswith("--") or not rest:
                _stop(f"{word}: expected --FIELD VALUE")
            value = rest.pop(0)
        name = name.replace("-", "_")
        if name in given:
            _stop(f"--{name} is given twice")
        given[name] = value.strip()
    return given


def name_unknown(given: dict[str, str], known: list[str], what: str) -> None:
    """Stop at fields that do not exist, naming all of them and the ones there are."""
    unknown = [name for name in given if name not in known]
    if not unknown:
        return
    lines = []
    for name in unknown:
        near = difflib.get_close_matches(name, known, n=1)
        lines.append(f"unknown field --{name}" + (f"; did you mean --{near[0]}?" if near else ""))
    _stop("\n".join([*lines, f"{what}: {', '.join(known)}"]))


def _stop(message: str) -> None:
    typer.echo(f"stopped {message}", err=True)
    raise typer.Exit(2)


stop = _stop
