"""`briefing readme`: put what the built edition says today at the head of the README."""

import re

import typer

_BLOCK = re.compile(r"(<!-- today -->\n).*?(<!-- /today -->)", re.S)


def today(site_run) -> str:
    """The key judgements of a run as a Markdown list, with the date they were known on."""
    from helpers.pages.judgements import key_judgements
    from helpers.pages.numbers import interval
    from helpers.results import read_headlines

    lines = []
    rows = key_judgements(read_headlines(site_run))
    for row in rows:
        between = interval(row)
        sure = f"{row['spread']} {between}; " if between else ""
        lines.append(f"- {row['sentence']} ({sure}{row['confidence']} confidence)")
    return "\n".join([*lines, "", f"As known on {rows[0]['as_of']}." if rows else "", ""])


def readme() -> None:
    """Rewrite the block between the `today` marks of README.md from the run behind _site."""
    from helpers.paths import build_dir, project_root

    run = build_dir() / "runs" / "site"
    if not (run / "headlines").is_dir():
        typer.echo("there is no run of the default site; run `briefing build` first", err=True)
        raise typer.Exit(1)
    path = project_root() / "README.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(_BLOCK.sub(lambda found: found[1] + today(run) + found[2], text), encoding="utf-8")
