"""What the editions of one site say of each other: switch, changes page, list of editions and feed."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import yaml

from helpers.edition.changes import compare, is_silent
from helpers.edition.feed import Entry, write_feed
from helpers.edition.manifest import MANIFEST, rehash
from helpers.edition.record import read_record
from helpers.exhibits.exhibit import day
from helpers.pages.changes import REGISTERS, Since, changes_section, editions_section, nothing_before, teaser
from helpers.pages.editions import FEED, LIST, Place, dress, fill_slot, list_script
from helpers.paths import project_root
from helpers.run import read_cards

FOLDER = "editions"
CHANGES = Path("results", "changes.json")
UP = "../../"
_ROW = re.compile(r'<tr id="([^"]+)"')


def kept_dates(site: Path) -> list[str]:
    """The dates of the editions that a site keeps, oldest first."""
    return sorted(path.parent.name for path in (site / FOLDER).glob(f"*/{MANIFEST}"))


def introduce(site: Path, added: Sequence[str]) -> None:
    """Finish a site and the editions newly put into it: those of `added`, oldest first, then the current one.

    Writes switch, changes page, `results/changes.json`, `editions/list.js`, `feed.xml`, and the manifests anew.
    Editions that are not in `added` are read and left as they are.
    """
    days = kept_dates(site)
    for here in added:
        earlier = [other for other in days if other < here]
        reports = (
            [_since(site / FOLDER / earlier[-1], site / FOLDER / here, f"../{earlier[-1]}/")]
            if earlier
            else []
        )
        _write_changes(site / FOLDER / here, reports, days, "../", UP)
    current = read_record(site).as_of
    reports = _reports_of_current(site, current, days)
    _write_changes(site, reports, days, f"{FOLDER}/", "")
    is_twin = not any(report.report["older"] == current for report in reports)
    places = _places(site, current, days, is_twin)
    for here in added:
        around = [replace(place, way="") if place.kept and place.as_of == here else place for place in places]
        _dress(site / FOLDER / here, around)
        rehash(site / FOLDER / here)
    seen = [replace(place, way=f"{FOLDER}/{place.as_of}/" if place.kept else "") for place in places]
    _dress(site, seen)
    if days:
        text = list_script([place for place in places if place.kept])
        (site / FOLDER / LIST).write_text(text, encoding="utf-8")
    _write_feed(site, current, days)
    rehash(site)


def _places(site: Path, current: str, days: Sequence[str], is_twin: bool) -> list[Place]:
    """Every edition as seen from a kept one, newest first."""
    places = [Place(current, UP, _pages(site))]
    for other in days:
        kept = site / FOLDER / other
        places.append(
            Place(other, f"../{other}/", _pages(kept), kept=True, twin=is_twin and other == current)
        )
    return sorted(places, key=lambda place: (place.as_of, not place.kept), reverse=True)


def _pages(folder: Path) -> frozenset[str]:
    return frozenset(path.name for path in folder.glob("*.html"))


def _dress(folder: Path, places: Sequence[Place]) -> None:
    for path in sorted(folder.glob("*.html")):
        path.write_text(dress(path.read_text(encoding="utf-8"), path.name, places), encoding="utf-8")


def _reports_of_current(site: Path, current: str, days: Sequence[str]) -> list[Since]:
    """Since it was first published, if it has been revised, and since the edition before."""
    reports = []
    if current in days:
        revised = _since(
            site / FOLDER / current, site, f"{FOLDER}/{current}/", "this edition was first published"
        )
        reports += [] if is_silent(revised.report) else [revised]
    earlier = [other for other in days if other < current]
    if earlier:
        reports.append(_since(site / FOLDER / earlier[-1], site, f"{FOLDER}/{earlier[-1]}/"))
    return reports


def _since(older: Path, newer: Path, way: str, name: str = "") -> Since:
    report = compare(older, newer)
    places = {
        f"{page}#{unescape(row)}"
        for page in REGISTERS.values()
        for row in _ROW.findall((newer / page).read_text(encoding="utf-8"))
    }
    titles = {card.page: card.title for card in read_cards().cards}
    return Since(
        report, name or f"the edition of {day(date.fromisoformat(report['older']))}", way, titles, places
    )


def _write_changes(folder: Path, reports: Sequence[Since], days: Sequence[str], kept: str, up: str) -> None:
    """Fill the changes page and the line on the first page, and write the reports as JSON."""
    as_of = date.fromisoformat(read_record(folder).as_of)
    sections = "".join(changes_section(report) for report in reports) or nothing_before(as_of)
    listed = [(day(date.fromisoformat(other)), f"{kept}{other}/") for other in reversed(days)]
    sections += editions_section(listed, up + FEED)
    for name, place, content in (
        ("changes.html", "what-changed", sections),
        ("index.html", "changed", teaser(reports[0]) if reports else ""),
    ):
        page = folder / name
        page.write_text(fill_slot(page.read_text(encoding="utf-8"), place, content), encoding="utf-8")
    written = json.dumps([report.report for report in reports], indent=1, ensure_ascii=False)
    (folder / CHANGES).write_text(written + "\n", encoding="utf-8")


def _write_feed(site: Path, current: str, days: Sequence[str]) -> None:
    website = yaml.safe_load((project_root() / "_quarto.yml").read_text(encoding="utf-8"))["website"]
    base = str(website.get("site-url", ""))
    base += "/" if base and not base.endswith("/") else ""
    folders = [
        (current, "", site),
        *((other, f"{FOLDER}/{other}/", site / FOLDER / other) for other in days[::-1]),
    ]
    entries = []
    for as_of, address, folder in sorted(folders, key=lambda found: found[0], reverse=True):
        if as_of == current and address:
            continue  # the current edition stands for the kept one of its date
        headlines = list(read_record(folder).headlines.values())
        entries.append(Entry(as_of, address, headlines, _reports(folder)))
    write_feed(site, website["title"], entries, base)


def _reports(folder: Path) -> list[dict[str, Any]]:
    path = folder / CHANGES
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
