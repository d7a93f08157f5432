"""`briefing refresh`: what is new where the evidence is published, as proposals; and the decision on a proposal."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer


def refresh(
    source: Annotated[
        list[str] | None, typer.Argument(help="Feeds of data/refresh.yml; all by default.")
    ] = None,
    accept: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the rows of this proposal into the evidence.")
    ] = None,
    reject: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Set this proposal aside; its rows do not come back.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why it is rejected.")] = "",
    listed: Annotated[
        bool, typer.Option("--list", help="List the feeds and the proposals that wait.")
    ] = False,
    ages: Annotated[
        bool, typer.Option("--freshness", help="How old the watched series are; looks at no feed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at the feeds and propose what is new: build/proposals/FEED-DATE.csv. Nothing is written into data/.

    Read the proposal, complete the rows, put `reject` beside those that do not belong, then give it to --accept. Exit
    code 1 when a feed could not be read or has moved its columns.
    """
    from helpers.refresh import catalogue

    if ages:
        _ages()
    if accept and reject:
        _stop("give --accept or --reject, not both")
    if accept or reject:
        _decide(accept or reject, accept is not None, reason)
        return
    try:
        feeds = catalogue.read_feeds()
        if listed:
            _list(feeds)
            return
        chosen = catalogue.choose(feeds, source or [])
    except catalogue.CatalogueError as error:
        _stop(str(error))
    _look(chosen, as_json)


def _look(feeds: list, as_json: bool) -> None:
    from helpers.paths import project_root
    from helpers.refresh.refresh import refresh as bring

    def say(outcome) -> None:
        if as_json:
            return
        where = f" -> {_short(outcome.proposal, project_root())}" if outcome.proposal else ""
        typer.echo(f"{outcome.feed}: {outcome.state}: {outcome.message}{where}")

    outcomes = bring(feeds, date.today(), say=say)
    if as_json:
        rows = [
            each._asdict() | {"proposal": str(each.proposal) if each.proposal else None} for each in outcomes
        ]
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    if any(outcome.state in ("failed", "moved") for outcome in outcomes):
        raise typer.Exit(1)


def _decide(path: Path, accepted: bool, reason: str) -> None:
    from helpers.refresh import decisions
    from helpers.refresh.edit import EditRefused

    try:
        decided = (
            decisions.accept(path, date.today()) if accepted else decisions.reject(path, date.today(), reason)
        )
    except decisions.DecisionRefused as error:
        _stop(f"nothing was written:\n{error}")
    except EditRefused as error:
        _stop("nothing was written:\n" + "\n".join(map(str, error.faults)))
    for line in decided.written:
        typer.echo(line)
    typer.echo(f"{len(decided.written)} rows written, {decided.rejected} rejected", err=True)


def _ages() -> None:
    """One line a series; exit code 1 when one is past its error age."""
    from helpers.evidence import load
    from helpers.refresh.freshness import freshness, in_words

    found = freshness(load(), date.today())
    for age in found:
        typer.echo(f"{age.state:5} {in_words(age)}")
    raise typer.Exit(1 if any(age.state == "error" for age in found) else 0)


def _list(feeds: dict) -> None:
    from helpers.paths import project_root
    from helpers.refresh import snapshots
    from helpers.refresh.proposals import proposals_dir

    for feed in feeds.values():
        kept = snapshots.newest(feed.name)
        seen = f"last snapshot {kept.accessed}, {kept.size_bytes:,} bytes" if kept else "never looked at"
        typer.echo(f"{feed.name}: {feed.title}, {feed.publisher} ({feed.licence}); {seen}")
    for path in sorted(proposals_dir().glob("*-????-??-??*.csv")):
        typer.echo(f"waits for a decision: {_short(path, project_root())}")


def _short(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def _stop(message: str) -> None:
    typer.echo(f"stopped {message}", err=True)
    raise typer.Exit(2)
