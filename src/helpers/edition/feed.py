"""The Atom feed (RFC 4287) of editions and of what changed in each. No clock: an entry is dated by its `as_of`."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from helpers.exhibits.exhibit import day
from helpers.pages.editions import FEED

ATOM = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_ORIGIN = uuid.uuid5(uuid.NAMESPACE_URL, "urn:china-ai-compute-briefing")
SHOWN = 12


class Entry(NamedTuple):
    """One edition for the feed: its date, its address from the root, its headlines and its change reports."""

    as_of: str
    address: str
    headlines: Sequence[Mapping[str, Any]]
    reports: Sequence[Mapping[str, Any]]


def write_feed(site: Path, title: str, entries: Sequence[Entry], base: str = "") -> None:
    """Write `feed.xml` at the root of a site. `entries` newest first; `base` is the public address, if any."""
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {_LANGUAGE: "en"})
    _add(feed, "id", _id("feed"))
    _add(feed, "title", title)
    _add(feed, "subtitle", "Editions of the briefing, and what changed in each")
    _add(feed, "updated", _instant(max(entry.as_of for entry in entries)))
    _link(feed, "self", base + FEED, "application/atom+xml")
    _link(feed, "alternate", f"{base}changes.html", "text/html")
    _add(_add(feed, "author"), "name", title)
    for entry in entries:
        for report in entry.reports:
            _changes_entry(feed, entry, report, base)
        _edition_entry(feed, entry, base)
    ElementTree.indent(feed)
    text = ElementTree.tostring(feed, encoding="unicode")
    (site / FEED).write_text(f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n', encoding="utf-8")


def _edition_entry(feed: ElementTree.Element, entry: Entry, base: str) -> None:
    known = day(date.fromisoformat(entry.as_of))
    said = [row["sentence"] for row in entry.headlines if row.get("key")]
    item = _entry(
        feed, _id("edition", entry.as_of), f"The briefing as known on {known}", entry.as_of, "edition"
    )
    _link(item, "alternate", f"{base}{entry.address}index.html", "text/html")
    _add(item, "summary", " ".join(said) or f"The briefing as known on {known}.")


def _changes_entry(feed: ElementTree.Element, entry: Entry, report: Mapping[str, Any], base: str) -> None:
    """What moved; its id holds a digest of the report, so a revised edition is a new entry and nothing else is."""
    digest = hashlib.sha256(json.dumps(report, sort_keys=True).encode()).hexdigest()[:16]
    names = [day(date.fromisoformat(report[end])) for end in ("older", "newer")]
    title = f"What changed from {names[0]} to {names[1]}" if names[0] != names[1] else f"{names[0]}, revised"
    item = _entry(
        feed, _id("changes", report["older"], report["newer"], digest), title, entry.as_of, "changes"
    )
    _link(item, "alternate", f"{base}{entry.address}changes.html", "text/html")
    _add(item, "content", "\n".join(change_lines(report)), type="text")


def change_lines(report: Mapping[str, Any], most: int = SHOWN) -> list[str]:
    """One line for each headline that moved, key judgements first: `chip lag, 2025: 47 mo -> 48 mo (evidence)`."""
    moved = [row for row in report["headlines"] if row["status"] != "rounding"]
    moved.sort(key=lambda row: not row["key"])
    lines = [_line(row) for row in moved[:most]]
    if len(moved) > most:
        lines.append(f"and {len(moved) - most} more headline numbers")
    return lines or ["No headline number moved."]


def _line(row: Mapping[str, Any]) -> str:
    old, new = row["old"], row["new"]
    name = ", ".join(filter(None, [row["label"], (new or old)["period"]]))
    if old and new and old["shown"] == new["shown"]:  # only its interval moved
        then, now = (f"{said['shown']} ({said['between']})" for said in (old, new))
    else:
        then, now = old["shown"] if old else "not stated", new["shown"] if new else "no longer stated"
    return f"{name}: {then} → {now} ({row['cause']})"


def _entry(feed: ElementTree.Element, name: str, title: str, as_of: str, kind: str) -> ElementTree.Element:
    item = _add(feed, "entry")
    _add(item, "id", name)
    _add(item, "title", title)
    _add(item, "updated", _instant(as_of))
    _add(item, "category", term=kind)
    return item


def _add(
    parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = _allowed(text) if text is not None else None
    return child


def _link(parent: ElementTree.Element, relation: str, address: str, kind: str) -> None:
    _add(parent, "link", rel=relation, href=address, type=kind)


def _allowed(text: str) -> str:
    """Without the control characters that XML has no way to write."""
    return "".join(sign for sign in text if sign in "\t\n" or (sign >= " " and sign not in "\ufffe\uffff"))


def _id(*names: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_ORIGIN, '/'.join(names))}"


def _instant(as_of: str) -> str:
    return f"{as_of}T00:00:00Z"
