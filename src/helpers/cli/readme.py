"""`briefing readme`: put what the built edition says today at the head of the README.

The README is kept by hand and under version control, so no build writes to it: `briefing build` says when its numbers
are no longer those of the site, this command renews them, and a test fails once they are off by more than sampling.
"""

import re
from pathlib import Path

import typer

BLOCK = re.compile(r"(<!-- today -->\n).*?(<!-- /today -->)", re.S)


def today(site: Path) -> str:
    """The key judgements of the first page of a site as a Markdown list, with the date they were known on."""
    from helpers.pages.judgements import key_judgements
    from helpers.pages.numbers import interval
    from helpers.pages.stage import front_matter
    from helpers.results import read_headlines
    from helpers.run import read_cards

    order = {card.page: place for place, card in enumerate(read_cards().cards)}
    known = [row for row in read_headlines(site / "results") if row["notebook"] in order]
    known.sort(key=lambda row: order[row["notebook"]])
    rows = key_judgements(known, front_matter("index").get("judgements", ()))
    lines = []
    for row in rows:
        between = interval(row)
        said = "" if between in row["sentence"] else f" {between}"
        sure = f"{row['spread']}{said}; " if between else ""
        lines.append(f"- {row['sentence']} ({sure}{row['confidence']} confidence)")
    return "\n".join([*lines, "", f"As known on {rows[0]['as_of']}." if rows else "", ""])


def is_standard(site: Path) -> bool:
    """Whether a site is what `briefing build` makes without options from the evidence as it is."""
    from helpers.edition.record import NoEdition, read_record
    from helpers.evidence import load
    from helpers.run import read_cards, resolve

    try:
        made = read_record(site).parameters
    except (NoEdition, OSError):
        return False
    return {page: {name: str(value) for name, value in values.items()} for page, values in made.items()} == {
        page: {name: str(value) for name, value in values.items()}
        for page, values in resolve(read_cards(), {}, load()).items()
    }


def is_stale(site: Path) -> bool:
    """Whether the README says something else than this standard edition; False for any other edition."""
    from helpers.paths import project_root

    path = project_root() / "README.md"
    found = BLOCK.search(path.read_text(encoding="utf-8")) if path.is_file() else None
    return bool(found) and is_standard(site) and found[0] != f"{found[1]}{today(site)}{found[2]}"


def readme() -> None:
    """Rewrite the block between the `today` marks of README.md from the standard edition in _site."""
    from helpers.paths import project_root

    site, path = project_root() / "_site", project_root() / "README.md"
    if not is_standard(site):
        typer.echo(
            f"{site} is not the standard edition of this evidence; run `briefing build` first", err=True
        )
        raise typer.Exit(1)
    text = path.read_text(encoding="utf-8")
    if not BLOCK.search(text):
        typer.echo("README.md has no block between <!-- today --> and <!-- /today -->", err=True)
        raise typer.Exit(1)
    path.write_text(BLOCK.sub(lambda found: found[1] + today(site) + found[2], text), encoding="utf-8")
