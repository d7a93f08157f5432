"""`briefing run-scheduled`: the whole way from fresh evidence to a published site, with nobody watching."""

from pathlib import Path
from typing import Annotated

import typer


def scheduled(
    source: Annotated[
        list[str] | None,
        typer.Option("--source", metavar="FEED", help="Look at this feed only; may be repeated."),
    ] = None,
    refresh: Annotated[bool, typer.Option(help="Look at the feeds first.")] = True,
    strict: Annotated[bool, typer.Option("--strict", help="A feed that fails ends the run.")] = False,
    stale_ok: Annotated[
        bool, typer.Option("--stale-ok", help="Build even when a series is past its error age.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder of the site; _site by default.")] = None,
    publish_to: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Put the verified site here as well, by one rename.")
    ] = None,
    publish: Annotated[
        str, typer.Option(metavar="COMMAND", help="Run this with the path of the verified site.")
    ] = "",
    notify: Annotated[
        str,
        typer.Option(
            metavar="COMMAND", help="Give this command the report as JSON; see also BRIEFING_WEBHOOK."
        ),
    ] = "",
    renderer: Annotated[str, typer.Option(help="auto, quarto or smalldocs.")] = "auto",
    editions: Annotated[
        str, typer.Option(help="Past editions to keep: default, none, or dates.")
    ] = "default",
    wait: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="Wait this long for another run to end.")
    ] = 0,
    force: Annotated[bool, typer.Option("--force", help="Build even when nothing has changed.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen; nothing is fetched or built.")
    ] = False,
) -> None:
    """Propose fresh evidence, check, build, verify, publish and report what moved; docs/schedule/README.md.

    Exit codes: 0 published or nothing new; 20 another run, 21 refresh, 22 evidence, 23 freshness, 24 notebooks, 25
    pages, 26 verify, 27 publish, 28 change report, 29 told to stop, 30 unexpected. The log is build/log/TIME.jsonl.
    """
    from helpers.refresh.catalogue import CatalogueError, choose, read_feeds
    from helpers.schedule.unattended import Plan, run_scheduled

    plan = Plan(
        out=out, publish_to=publish_to, publish=publish, notify=notify, sources=source or [], look=refresh,
        strict=strict, stale_ok=stale_ok, force=force, renderer=renderer, editions=editions, wait_seconds=wait,
    )  # fmt: skip
    try:
        feeds = choose(read_feeds(), plan.sources) if refresh else []
    except CatalogueError as error:
        typer.echo(f"stopped {error}", err=True)
        raise typer.Exit(2) from None
    if dry_run:
        _dry_run(plan, feeds)
        return
    report = run_scheduled(plan)
    for note in report.notes:
        typer.echo(note, err=True)
    if report.code:
        typer.echo(f"stopped {report.stage}: {report.message}", err=True)
    else:
        typer.echo("published" if report.is_new else "nothing has changed")
    typer.echo(f"log: {report.log}", err=True)
    raise typer.Exit(report.code)


def _dry_run(plan, feeds: list) -> None:
    """What each stage would do, from what can be seen without the network and without writing."""
    import os
    from datetime import date

    from helpers.evidence import checks, load
    from helpers.paths import data_dir
    from helpers.refresh import snapshots
    from helpers.refresh.freshness import freshness, in_words
    from helpers.schedule import message
    from helpers.schedule.publishing import PUBLISH

    for feed in feeds:
        kept = snapshots.newest(feed.name)
        how = f"if changed since {kept.accessed}" if kept else "for the first time"
        typer.echo(f"refresh    would ask {feed.host} for {feed.name} {how}")
    faults = checks.check(data_dir())
    typer.echo(f"evidence   {f'{len(faults)} faults: the run would stop here' if faults else 'sound'}")
    for age in freshness(load(), date.today()) if not faults else []:
        if age.state != "fresh":
            ends = " (the run would stop here)" if age.state == "error" and not plan.stale_ok else ""
            typer.echo(f"freshness  {age.state}: {in_words(age)}{ends}")
    typer.echo(f"build      would make {plan.site} unless nothing has changed, then verify it")
    targets = [str(plan.publish_to)] if plan.publish_to else []
    targets += ["by the publishing command"] if plan.publish or os.environ.get(PUBLISH) else []
    typer.echo(f"publish    {' and '.join(targets) or 'nothing beyond that folder'}")
    typer.echo(f"message    {', '.join(message.channels(plan.notify)) or 'nobody is told'}")
