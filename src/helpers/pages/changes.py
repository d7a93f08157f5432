"""The changes page: what moved since another edition, number by number and exhibit by exhibit, and why.

It shows the report of `helpers.edition.changes.compare` and computes nothing of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from helpers.exhibits.words import marks
from helpers.pages.change_tables import CHANGE, Entry, Since, exhibit_table, headline_table, moved_row, table

SHOWN_CHANGED = 40
_ROWS = {"added": "new", "changed": "changed", "gone": "withdrawn"}
_TABLES = {"exchange_rates": "exchange rates", "chip_disputes": "disputed specifications"}


def changes_section(since: Since) -> str:
    """One section of the page: a summary, the headline numbers, the exhibits and the evidence."""
    report = since.report
    parts = [f"<h2>Since {escape(since.name)}</h2>", _summary(since)]
    shown = [entry for entry in report["headlines"] if entry["status"] != "rounding"]
    if shown:
        parts += ["<h3>Headline numbers</h3>", *_by_chapter(since, shown, headline_table)]
    if report["exhibits"]:
        parts += ["<h3>Exhibits</h3>", *_by_chapter(since, report["exhibits"], exhibit_table)]
    return "".join([*parts, _evidence(since)])


def teaser(since: Since) -> str:
    """One paragraph for the first page: how much moved, and the key judgements that did."""
    moved = [row for row in since.report["headlines"] if row["key"] and row["status"] == "moved"]
    first_of_chapter = {row["page"]: row for row in reversed(moved)}
    moved = [row for row in moved if row is first_of_chapter[row["page"]]]
    firsts = "; ".join(
        f"{escape(marks(row['label']))} {escape(marks(row['old']['shown']))} → "
        f"<b>{escape(marks(row['new']['shown']))}</b>"
        for row in moved[:2]
    )
    said = f": {firsts}." if firsts else "."
    return (
        f'<p class="changed">Since {escape(since.name)}, {_headline_count(since.report)}{said} '
        '<a class="how" href="changes.html">What changed</a></p>'
    )


def nothing_before(known: str) -> str:
    """What stands in the place of a report where there is nothing to compare with."""
    return (
        f"<p>No edition before that of {escape(known)} is kept here: there is nothing to compare it with.</p>"
    )


def editions_section(kept: Sequence[tuple[str, str]], feed: str) -> str:
    """Where to find the kept editions (day and way to the folder), the feed and the same numbers in a terminal."""
    items = "".join(
        f'<li><a href="{escape(way, quote=True)}index.html">As known on {escape(name)}</a></li>'
        for name, way in kept
    )
    listed = f'<ul class="downloads">{items}</ul>' if items else ""
    return (
        f"<h2>Editions</h2>{listed}"
        f'<p>New editions and what changed in each are an <a href="{escape(feed, quote=True)}">Atom feed</a>; '
        "<code>briefing diff</code> gives the numbers of this page for any two editions.</p>"
    )


def _summary(since: Since) -> str:
    exhibits = since.report["summary"]["exhibits"]
    moved = sum(exhibits[name] for name in ("moved", "new", "gone"))
    total = moved + exhibits["same"]
    return (
        f"<p>{_headline_count(since.report).capitalize()}; {moved} of {total} exhibits differ. "
        f"{_inputs(since.report)}</p>"
    )


def _headline_count(report: Mapping[str, Any]) -> str:
    counts = report["summary"]["headlines"]
    total = sum(counts.values()) - counts["gone"]
    said = [f"{counts['moved']} of {total} headline numbers moved"]
    said += [
        f"{counts[name]} are {word}" for name, word in (("new", "new"), ("gone", "gone")) if counts[name]
    ]
    return " and ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else said[0]


def _inputs(report: Mapping[str, Any]) -> str:
    """How much of the evidence and of the code differs: 633 new and 26 changed rows of evidence."""
    rows = {name: sum(count[name] for count in report["evidence"].values()) for name in CHANGE}
    modules = {name for names in report["modules"].values() for name in names}
    counted = " and ".join(f"{rows[name]:,} {word}" for name, word in _ROWS.items() if rows[name])
    said = [f"{counted} row{'s' * (sum(rows.values()) != 1)} of evidence"] if counted else []
    said += [f"{len(modules)} changed module{'s' * (len(modules) != 1)} of code"] if modules else []
    return f"Behind this: {'; '.join(said)}." if said else "Evidence and code are the same."


def _by_chapter(since: Since, entries: Sequence[Entry], make: Callable) -> list[str]:
    parts = []
    for page, group in groupby(entries, key=lambda entry: entry["page"]):
        name = since.titles.get(page, page)
        parts += [f"<h4>{escape(name)}</h4>", make(since, list(group), name)]
    return parts


def _evidence(since: Since) -> str:
    report = since.report
    if not report["evidence"]:
        return ""
    rows = [
        [_TABLES.get(table, table), *(f"{count[name]:,}" if count[name] else "–" for name in CHANGE)]
        for table, count in report["evidence"].items()
    ]
    parts = [
        "<h3>Evidence</h3>",
        table(f"Rows of evidence that differ since {since.name}", "evidence",
               ("Table", "New", "Changed", "Gone"), rows),
    ]  # fmt: skip
    changed = report["changed_rows"]
    if changed:
        items = "".join(f"<li>{moved_row(since, row)}</li>" for row in changed[:SHOWN_CHANGED])
        more = len(changed) - SHOWN_CHANGED
        items += f"<li>and {more} more</li>" if more > 0 else ""
        parts.append(
            f'<details class="because"><summary>The rows that changed</summary><ul>{items}</ul></details>'
        )
    return "".join(parts)
