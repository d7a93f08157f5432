"""What the editions of one site say of each other: switch, changes page, list of editions and feed."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import yaml

from helpers.edition.changes import compare, is_silent
from helpers.edition.feed import Entry, write_feed
from helpers.edition.manifest import MANIFEST, rehash
from helpers.edition.record import Record, read_record
from helpers.exhibits.exhibit import day
from helpers.pages.change_tables import REGISTERS, Since
from helpers.pages.changes import changes_section, editions_section, nothing_before, teaser
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
    kept = {other: read_record(site / FOLDER / other) for other in days}
    new = read_record(site)
    for here in added:
        earlier = [other for other in days if other < here]
        reports = [_since(kept[earlier[-1]], kept[here], f"../{earlier[-1]}/")] if earlier else []
        _write_changes(kept[here], reports, days, "../", UP)
    reports = _reports_of_current(new, kept)
    _write_changes(new, reports, days, f"{FOLDER}/", "")
    is_revised = any(report.report["older"] == new.as_of for report in reports)
    places = _places(new, kept, is_revised)
    for here in added:
        around = [replace(place, way="") if place.kept and place.as_of == here else place for place in places]
        _dress(kept[here].folder, around)
        rehash(kept[here].folder)
    _dress(site, [replace(place, way=f"{FOLDER}/{place.as_of}/" if place.kept else "") for place in places])
    if days:
        text = list_script([place for place in places if place.kept])
        (site / FOLDER / LIST).write_text(text, encoding="utf-8")
    _write_feed(new, kept)
    rehash(site, [f"{FOLDER}/{other}" for other in days])


def set_against(site: Path, published: Path) -> Path:
    """Have the changes page of a site that stands alone say what differs from the published one; returns the page.

    Raises NoEdition when either is no edition.
    """
    new, old = read_record(site), read_record(published)
    way = Path(os.path.relpath(published, site)).as_posix() + "/"
    _write_changes(new, [_since(old, new, way, "the published edition")], [], "", "")
    rehash(site)
    return site / "changes.html"


def _places(new: Record, kept: Mapping[str, Record], is_revised: bool) -> list[Place]:
    """Every edition as seen from a kept one, newest first."""
    places = [Place(new.as_of, UP, _pages(new.folder))]
    for other, record in kept.items():
        is_twin = other == new.as_of and not is_revised
        places.append(Place(other, f"../{other}/", _pages(record.folder), kept=True, twin=is_twin))
    return sorted(places, key=lambda place: (place.as_of, not place.kept), reverse=True)


def _pages(folder: Path) -> frozenset[str]:
    return frozenset(path.name for path in folder.glob("*.html"))


def _dress(folder: Path, places: Sequence[Place]) -> None:
    for path in sorted(folder.glob("*.html")):
        path.write_text(dress(path.read_text(encoding="utf-8"), path.name, places), encoding="utf-8")


def _reports_of_current(new: Record, kept: Mapping[str, Record]) -> list[Since]:
    """Since it was first published, if it has been revised, and since the edition before."""
    reports = []
    if new.as_of in kept:
        way = f"{FOLDER}/{new.as_of}/"
        revised = _since(kept[new.as_of], new, way, "this edition was first published")
        reports += [] if is_silent(revised.report) else [revised]
    earlier = [other for other in kept if other < new.as_of]
    if earlier:
        reports.append(_since(kept[earlier[-1]], new, f"{FOLDER}/{earlier[-1]}/"))
    return reports


def _since(older: Record, newer: Record, way: str, name: str = "") -> Since:
    report = compare(older, newer)
    places = {
        f"{page}#{unescape(row)}"
        for page in REGISTERS.values()
        for row in _ROW.findall((newer.folder / page).read_text(encoding="utf-8"))
    }
    titles = {card.page: card.title for card in read_cards().cards}
    return Since(report, name or f"the edition of {_day(older.as_of)}", way, titles, places)


def _write_changes(record: Record, reports: Sequence[Since], days: Sequence[str], kept: str, up: str) -> None:
    """Fill the changes page and the line on the first page, and write the reports as JSON."""
    sections = "".join(changes_section(report) for report in reports) or nothing_before(_day(record.as_of))
    listed = [(_day(other), f"{kept}{other}/") for other in reversed(days)]
    for name, place, content in (
        ("changes.html", "what-changed", sections + editions_section(listed, up + FEED)),
        ("index.html", "changed", teaser(reports[-1]) if reports else ""),
    ):
        page = record.folder / name
        page.write_text(fill_slot(page.read_text(encoding="utf-8"), place, content), encoding="utf-8")
    written = json.dumps([report.report for report in reports], indent=1, ensure_ascii=False)
    (record.folder / CHANGES).write_text(written + "\n", encoding="utf-8")


def _write_feed(new: Record, kept: Mapping[str, Record]) -> None:
    """The feed of the whole site; the current edition stands for the kept one of its date."""
    website = yaml.safe_load((project_root() / "_quarto.yml").read_text(encoding="utf-8"))["website"]
    base = str(website.get("site-url", ""))
    base += "/" if base and not base.endswith("/") else ""
    editions = [(new, ""), *((kept[other], f"{FOLDER}/{other}/") for other in kept if other != new.as_of)]
    entries = [
        Entry(record.as_of, address, list(record.headlines.values()), _reports(record.folder))
        for record, address in sorted(editions, key=lambda pair: pair[0].as_of, reverse=True)
    ]
    write_feed(new.folder, website["title"], entries, base)


def _reports(folder: Path) -> list[dict[str, Any]]:
    path = folder / CHANGES
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def _day(as_of: str) -> str:
    return day(date.fromisoformat(as_of))
