"""`briefing claims`: what the press said, recomputed."""

import difflib
import json
from typing import Annotated

import typer


def claims(
    as_of: Annotated[str, typer.Option(help="Knowledge date (ISO), or latest.")] = "latest",
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
    claim_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="Judge this claim only.")] = None,
) -> None:
    """Judge every claim: on what was known when it was said, and on what is known now."""
    from helpers.evidence import load
    from helpers.models.claims import JSON_COLUMNS, LedgerError, judge_all

    try:
        evidence = load(as_of)
        judged = judge_all(evidence, _newest_run(evidence.as_of))
    except (LedgerError, ValueError) as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    if claim_id is not None:
        known = list(judged["id"])
        judged = judged[judged["id"] == claim_id]
        if judged.empty:
            typer.echo(_unknown(claim_id, known, evidence), err=True)
            raise typer.Exit(1)
    if as_json:
        typer.echo(_json(judged[list(JSON_COLUMNS)]))
    elif claim_id is not None:
        row = evidence.claims[evidence.claims["claim_id"] == claim_id].iloc[0]
        _show_one(judged.iloc[0], row["check"])
    else:
        _show_all(judged, evidence.as_of.isoformat())


def _unknown(claim_id: str, known: list[str], evidence) -> str:
    """What is wrong with an id: not said by then, or not there at all and which ones are nearest."""
    later = (evidence.full or evidence).claims
    if claim_id in set(later["claim_id"]):
        said = later.loc[later["claim_id"] == claim_id, "published_text"].iloc[0]
        return f"--id: {claim_id!r} was said in {said}, after {evidence.as_of}"
    near = difflib.get_close_matches(claim_id, known, n=3, cutoff=0.4)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    return f"--id: no claim {claim_id!r} had been made by {evidence.as_of}{hint}"


def _newest_run(as_of):
    """The results of the last run in the briefing's own folder, for checks that ask for one; None without a run."""
    from helpers.paths import build_dir
    from helpers.results import Run

    folders = [path for path in (build_dir() / "runs").glob("*") if (path / "results").is_dir()]
    if not folders:
        return None
    newest = max(folders, key=lambda path: (path / "results").stat().st_mtime)
    return Run("claims", as_of, newest).read


def _json(judged) -> str:
    rows = judged.astype(object).where(judged.notna(), None).to_dict("records")
    return json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False)


def _show_one(row, check: str) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    console.print(f"[bold]{escape(row['statement'])}[/bold]")
    console.print(f"{row['source_id']}, paragraph {row['paragraph']}, said by {row['said']}", style="dim")
    console.print(f"when said: {row['verdict_then']}. {escape(row['reason_then'])}")
    console.print(f"now: {row['verdict_now']}. {escape(row['reason'])}")
    console.print(f"check: {escape(check or 'none')}", style="dim")
    console.print(
        f"evidence: {', '.join(row['evidence']) or 'none'} (confidence {row['confidence']})", style="dim"
    )


def _show_all(judged, as_of: str) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from helpers.models.claims import CAUTION, VERDICTS

    table = Table(title=f"Claims as known on {as_of}", title_justify="left", box=None, pad_edge=False)
    for name in ("claim", "when said", "now", "why"):
        table.add_column(name, overflow="fold")
    for row in judged.to_dict("records"):
        table.add_row(row["id"], row["verdict_then"], row["verdict_now"], escape(row["reason"]))
    console = Console(highlight=False)
    console.print(table)
    counts = judged["verdict_now"].value_counts()
    listed = ", ".join(f"{counts[name]} {name}" for name in VERDICTS if name in counts)
    console.print(
        f"{len(judged)} claims: {listed}. {CAUTION}" if len(judged) else "No claim had been made by then."
    )
