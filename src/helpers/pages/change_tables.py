"""The tables of the changes page: numbers and exhibits with their old state, their new one, and the cause."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from html import escape
from typing import Any

from helpers.exhibits.tables import number
from helpers.exhibits.words import dates, marks, name_in_words, spelled_out, unit_in_words
from helpers.models.claims.wording import spelled

Entry = Mapping[str, Any]
REGISTERS = {"facts": "facts.html", "claims": "claims.html", "assumptions": "assumptions.html"}
_COLUMN = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b")
CHANGE = {"added": "new", "changed": "changed", "gone": "gone"}


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


def table(caption: str, kind: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of ready HTML cells that stacks on a phone."""
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


def _text(text: str) -> str:
    """A text of a report with round quotes and dates in words, escaped."""
    return escape(dates(marks(text)))


def _row(name: str) -> str:
    """The name of a row, the columns in it in words."""
    return _text(_COLUMN.sub(lambda found: name_in_words(found[0], starts=False), name))


def headline_table(since: Since, entries: Sequence[Entry], name: str) -> str:
    """The headline numbers of one chapter that moved, are new or are gone."""
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
    return table(f"Headline numbers of {name} that moved since {since.name}", "numbers", heads, rows)


def _headline_name(entry: Entry) -> str:
    said = entry["new"] or entry["old"]
    about = _measure(said)
    label = _text(entry["label"])
    if entry["new"]:
        anchor = f"#x-{entry['exhibit']}" if entry["exhibit"] else ""
        label = f'<a href="{escape(entry["page"] + ".html" + anchor, quote=True)}">{label}</a>'
    if entry["old"] and entry["new"] and not entry["comparable"]:
        old = entry["old"]
        about += f" (then: {_measure(old)})"
    return f"{label}<small>{_text(about)}</small>"


def _measure(said: Mapping[str, Any]) -> str:
    """Unit and basis of a headline; the unit alone goes without saying where the basis begins with it."""
    unit = unit_in_words(said["unit"])
    return said["basis"] if said["basis"].startswith(unit) else f"{unit}; {said['basis']}"


def _number(said: Mapping[str, Any] | None, page: str, when: str) -> str:
    """A headline as one edition states it, with its interval and period."""
    if said is None:
        return f"<small>{'not stated' if when == 'then' else 'no longer stated'}</small>"
    shown = escape(said["shown"])
    if when == "then":
        shown = f'<a href="{escape(page, quote=True)}">{shown}</a>'
    about = "".join(f"<small>{_text(text)}</small>" for text in (said["between"], said["period"]) if text)
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


def exhibit_table(since: Since, entries: Sequence[Entry], name: str) -> str:
    """The exhibits of one chapter that differ: finding then and now, rows and the largest moves."""
    rows = [[_finding(since, entry), _moves(entry), _why(since, entry)] for entry in entries]
    heads = ("Finding", "What moved", "Cause")
    return table(f"Exhibits of {name} that differ since {since.name}", "exhibits", heads, rows)


def _finding(since: Since, entry: Entry) -> str:
    old, new, anchor = entry["old"], entry["new"], f"{entry['page']}.html#x-{entry['id']}"
    then = ""
    if old:
        title = _text(old["title"]) if not new or old["title"] != new["title"] else "the same finding"
        then = f'<a href="{escape(since.way + anchor, quote=True)}">{title}</a>'
    if not new:
        return f"<small>No longer shown</small>{then}"
    now = f'<a href="{escape(anchor, quote=True)}">{_text(new["title"])}</a>'
    return f"{now}<small>Then: {then}</small>" if old else f"{now}<small>New</small>"


def _moves(entry: Entry) -> str:
    rows = entry["rows"]
    if entry["status"] != "moved":
        count = rows["added"] or rows["gone"]
        return f"<small>{count} rows</small>"
    parts = [f"{rows[name]} {word}" for name, word in (("changed", "changed"), ("added", "new"), ("gone", "gone"))
             if rows[name]]  # fmt: skip
    said = f"Rows: {', '.join(parts)}, {rows['same']} the same" if parts else "The rows are the same"
    written = [(move, number(move["old"]), number(move["new"])) for move in rows["moves"]]
    items = "".join(
        f"<li>{_row(move['row'])}, {escape(_column(move['column']))}: {old}\u00a0→\u00a0{new}</li>"
        for move, old, new in written
        if old != new
    )
    if written and not items:
        said += "; what changed is less than the figures shown"
    return f'{said}<div class="because"><ul>{items}</ul></div>' if items else said


def _column(name: str) -> str:
    """A column in words; the quantiles of a result by what they are."""
    return {"p5": "5th percentile", "p50": "median", "p95": "95th percentile"}.get(
        name, name_in_words(name, starts=False)
    )


def _why(since: Since, entry: Entry) -> str:
    because = entry["because"]
    items = [moved_row(since, row) for row in because["rows"]]
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


def moved_row(since: Since, row: Entry) -> str:
    """One row of the evidence in a reader's words, linked where the newer edition lists it, with what differs."""
    wordings = {"chip_disputes": spelled_out, "facts": spelled}
    name = _text(wordings.get(row["table"], str)(row["name"] or row["id"]))
    address = f"{REGISTERS.get(row['table'], '')}#{row['id']}"
    if address in since.places:
        name = f'<a href="{escape(address, quote=True)}">{name}</a>'
    columns = "; ".join(
        f"{escape(name_in_words(column, starts=False))}: {escape(old) or '–'} → {escape(new) or '–'}"
        for column, (old, new) in list(row.get("columns", {}).items())[:3]
    )
    return f"{name} ({CHANGE[row['change']]}{f', {columns}' if columns else ''})"
