"""The changes page: what moved since another edition, number by number and exhibit by exhibit, and why.

It shows the report of `helpers.edition.changes.compare` and computes nothing of its own.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

from helpers.exhibits.tables import heading, number

Entry = Mapping[str, Any]
REGISTERS = {"facts": "facts.html", "claims": "claims.html", "assumptions": "assumptions.html"}
SHOWN_CHANGED = 40
_CHANGE = {"added": "new", "changed": "changed", "gone": "gone"}
_TABLES = {"exchange_rates": "exchange rates", "chip_disputes": "disputed specifications"}


@dataclass(frozen=True)
class Since:
    """A change report and where it is shown: the name of the older edition, and the relative way to its folder.

    titles: the chapter of each page; places: addresses such as `facts.html#some-fact` in the newer edition.
    """

    report: Mapping[str, Any]
    name: str
    way: str
    titles: Mapping[str, str]
    places: Set[str]


def changes_section(since: Since) -> str:
    """One section of the page: a summary, the headline numbers, the exhibits and the evidence."""
    report = since.report
    parts = [f"<h2>Since {escape(since.name)}</h2>", _summary(since)]
    shown = [entry for entry in report["headlines"] if entry["status"] != "rounding"]
    if shown:
        parts += ["<h3>Headline numbers</h3>", *_by_chapter(since, shown, _headline_table)]
    if report["exhibits"]:
        parts += ["<h3>Exhibits</h3>", *_by_chapter(since, report["exhibits"], _exhibit_table)]
    return "".join([*parts, _evidence(since)])


def teaser(since: Since) -> str:
    """One paragraph for the first page: how much moved, and the key judgements that did."""
    moved = [row for row in since.report["headlines"] if row["key"] and row["status"] == "moved"]
    firsts = "; ".join(
        f"{escape(row['label'])} {escape(row['old']['shown'])} → <b>{escape(row['new']['shown'])}</b>"
        for row in moved[:2]
    )
    said = f": {firsts}." if firsts else "."
    return (
        f'<p class="changed">Since {escape(since.name)} {_headline_count(since.report)}{said} '
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
    return ", ".join(said)


def _inputs(report: Mapping[str, Any]) -> str:
    rows = {name: sum(count[name] for count in report["evidence"].values()) for name in _CHANGE}
    modules = {name for names in report["modules"].values() for name in names}
    said = [f"{rows[name]:,} {word}" for name, word in _CHANGE.items() if rows[name]]
    said = [f"rows of evidence: {', '.join(said)}"] if said else []
    said += [f"modules of code that differ: {len(modules)}"] if modules else []
    return f"Behind this are {'; '.join(said)}." if said else "Evidence and code are the same."


def _by_chapter(since: Since, entries: Sequence[Entry], table) -> list[str]:
    parts = []
    for page, group in groupby(entries, key=lambda entry: entry["page"]):
        name = since.titles.get(page, page)
        parts += [f"<h4>{escape(name)}</h4>", table(since, list(group), name)]
    return parts


def _table(caption: str, kind: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{head}</th>' for head in heads)
    body = "".join(
        "<tr>"
        + "".join(f'<td data-head="{head}">{cell}</td>' for head, cell in zip(heads, row, strict=True))
        + "</tr>"
        for row in rows
    )
    label = escape(caption, quote=True)
    return (
        f'<div class="table-scroll" role="region" aria-label="{label}" tabindex="0">'
        f'<table class="stacks change-list {kind}"><caption class="visually-hidden">{label}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _headline_table(since: Since, entries: Sequence[Entry], name: str) -> str:
    rows = [
        [
            _headline_name(entry),
            _number(entry["old"], f"{since.way}{entry['page']}.html", "then"),
            _number(entry["new"], f"{entry['page']}.html", "now"),
            _pair(entry) or "–",
            _why(since, entry),
        ]
        for entry in entries
    ]
    heads = ("Number", "Then", "Now", "Then and now", "Cause")
    return _table(f"Headline numbers of {name} that moved since {since.name}", "numbers", heads, rows)


def _headline_name(entry: Entry) -> str:
    said = entry["new"] or entry["old"]
    about = f"{said['unit']}; {said['basis']}"
    label = escape(entry["label"])
    if entry["new"]:
        anchor = f"#x-{entry['exhibit']}" if entry["exhibit"] else ""
        label = f'<a href="{escape(entry["page"] + ".html" + anchor, quote=True)}">{label}</a>'
    if entry["old"] and entry["new"] and not entry["comparable"]:
        old = entry["old"]
        about += f" (then: {old['unit']}; {old['basis']})"
    return f"{label}<small>{escape(about)}</small>"


def _number(said: Mapping[str, Any] | None, page: str, when: str) -> str:
    """A headline as one edition states it, with its interval and period."""
    if said is None:
        return f"<small>{'not stated' if when == 'then' else 'no longer stated'}</small>"
    shown = escape(said["shown"])
    if when == "then":
        shown = f'<a href="{escape(page, quote=True)}">{shown}</a>'
    about = "".join(f"<small>{escape(text)}</small>" for text in (said["between"], said["period"]) if text)
    return f"<b>{shown}</b>{about}" if when == "now" else f"{shown}{about}"


def _pair(entry: Entry) -> str:
    """Both values with their intervals on one scale that holds zero: then above, now below."""
    if not entry["comparable"]:
        return ""
    spans = []
    for said in (entry["old"], entry["new"]):
        value = said["value"]
        low, high = (value if said[end] is None else said[end] for end in ("low", "high"))
        spans.append((low, value, high))
    first = min(0.0, *(span[0] for span in spans))
    last = max(0.0, *(span[2] for span in spans))
    if first == last:
        return ""

    def place(at: float) -> float:
        return round(2 + 196 * (at - first) / (last - first), 1)

    bars = "".join(
        f'<rect class="range {name}" x="{place(low)}" y="{top}" width="{max(place(high) - place(low), 1):.1f}" '
        f'height="7"/><rect class="{name}" x="{place(value) - 1.5:.1f}" y="{top - 2}" width="3" height="11"/>'
        for (low, value, high), name, top in zip(spans, ("then", "now"), (3, 17), strict=True)
    )
    return (
        '<svg class="change-pair" viewBox="0 0 200 28" preserveAspectRatio="none" aria-hidden="true" '
        f'focusable="false"><rect class="track" x="2" y="3" width="196" height="21"/>{bars}</svg>'
    )


def _exhibit_table(since: Since, entries: Sequence[Entry], name: str) -> str:
    rows = [[_finding(since, entry), _moves(entry), _why(since, entry)] for entry in entries]
    heads = ("Finding", "What moved", "Cause")
    return _table(f"Exhibits of {name} that differ since {since.name}", "exhibits", heads, rows)


def _finding(since: Since, entry: Entry) -> str:
    old, new, anchor = entry["old"], entry["new"], f"{entry['page']}.html#x-{entry['id']}"
    then = ""
    if old:
        title = escape(old["title"]) if not new or old["title"] != new["title"] else "the same finding"
        then = f'<a href="{escape(since.way + anchor, quote=True)}">{title}</a>'
    if not new:
        return f"<small>No longer shown</small>{then}"
    now = f'<a href="{escape(anchor, quote=True)}">{escape(new["title"])}</a>'
    return f"{now}<small>Then: {then}</small>" if old else f"{now}<small>New</small>"


def _moves(entry: Entry) -> str:
    rows = entry["rows"]
    if entry["status"] != "moved":
        count = rows["added"] or rows["gone"]
        return f"<small>{count} rows</small>"
    parts = [f"{rows[name]} {word}" for name, word in (("changed", "changed"), ("added", "new"), ("gone", "gone"))
             if rows[name]]  # fmt: skip
    said = f"Rows: {', '.join(parts)}, {rows['same']} the same" if parts else "The rows are the same"
    items = "".join(
        f"<li>{escape(move['row'])}, {heading(move['column'])}: {number(move['old'])} → {number(move['new'])}</li>"
        for move in rows["moves"]
    )
    return f'{said}<div class="because"><ul>{items}</ul></div>' if items else said


def _why(since: Since, entry: Entry) -> str:
    because = entry["because"]
    items = [_row(since, row) for row in because["rows"]]
    more = because["row_count"] - len(items)
    items += [f"and {more} more rows"] if more > 0 else []
    items += [f"parameter {escape(name)}: {escape(' → '.join(pair))}"
              for name, pair in because.get("settings", {}).items()]  # fmt: skip
    items += [f"<code>{escape(name)}</code>" for name in because.get("modules", ())]
    cause = f'<span class="cause">{escape(entry["cause"])}</span>'
    if not items:
        return cause
    rests = "what it rests on" if because["cited"] else "what its notebook reads"
    listed = "".join(f"<li>{item}</li>" for item in items)
    about = f'<span class="visually-hidden"> of: {escape(entry.get("label") or entry["id"])}</span>'
    return f'{cause}<details class="because"><summary>{rests}{about}</summary><ul>{listed}</ul></details>'


def _row(since: Since, row: Entry) -> str:
    name = escape(row["name"] or row["id"])
    address = f"{REGISTERS.get(row['table'], '')}#{row['id']}"
    if address in since.places:
        name = f'<a href="{escape(address, quote=True)}">{name}</a>'
    columns = "; ".join(
        f"{heading(column)}: {escape(old) or '–'} → {escape(new) or '–'}"
        for column, (old, new) in list(row.get("columns", {}).items())[:3]
    )
    return f"{name} ({_CHANGE[row['change']]}{f', {columns}' if columns else ''})"


def _evidence(since: Since) -> str:
    report = since.report
    if not report["evidence"]:
        return ""
    rows = [
        [_TABLES.get(table, table), *(f"{count[name]:,}" if count[name] else "–" for name in _CHANGE)]
        for table, count in report["evidence"].items()
    ]
    parts = [
        "<h3>Evidence</h3>",
        _table(f"Rows of evidence that differ since {since.name}", "evidence",
               ("Table", "New", "Changed", "Gone"), rows),
    ]  # fmt: skip
    changed = report["changed_rows"]
    if changed:
        items = "".join(f"<li>{_row(since, row)}</li>" for row in changed[:SHOWN_CHANGED])
        more = len(changed) - SHOWN_CHANGED
        items += f"<li>and {more} more</li>" if more > 0 else ""
        parts.append(
            f'<details class="because"><summary>The rows that changed</summary><ul>{items}</ul></details>'
        )
    return "".join(parts)
