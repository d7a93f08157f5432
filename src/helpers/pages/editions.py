"""Where a reader is in time: the switch between editions in the header, and the line that says an edition is kept.

A page is rendered once, without knowing its neighbours; the parts between two comments are then written for the
place where it is published. Pages of a kept edition are never written again: their switch lists the editions that
were kept by then, and `assets/js/editions.js` adds later ones from `editions/list.js`.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from helpers.exhibits.exhibit import day

SWITCH = "as-of"
BANNER = "edition"
FEED = "feed.xml"
LIST = "list.js"


@dataclass(frozen=True)
class Place:
    """One edition as seen from another: its date, the way to its folder, its pages, and what it is.

    way: relative address of its folder, empty for the edition that the reader is in. kept: at its own address below
    `editions/`, never written again; the current edition, at the root of the site, is not. twin: the kept edition of
    the current date, where it says the same as the current one.
    """

    as_of: str
    way: str
    pages: frozenset[str]
    kept: bool = False
    twin: bool = False

    @property
    def is_here(self) -> bool:
        """Whether the reader is in this edition."""
        return not self.way

    @property
    def day(self) -> str:
        """9 Oct 2026."""
        return day(date.fromisoformat(self.as_of))

    def page(self, name: str) -> str:
        """The address of the same page in this edition, or of its first page."""
        return escape(self.way + (name if name in self.pages else "index.html"), quote=True)


def slot(name: str, content: str = "") -> str:
    """A part of a page that `dress` writes."""
    return f"<!--{name}-->{content}<!--/{name}-->"


def as_of_link(as_of: date) -> str:
    """The knowledge date of a site that stands alone."""
    text = f'<a class="as-of" href="methods.html#as-of"><span>as known on </span><b>{day(as_of)}</b></a>'
    return slot(SWITCH, text)


def dress(document: str, name: str, places: Sequence[Place]) -> str:
    """The page `name` with its switch, its line about the edition and the address of the feed.

    `places` holds every edition, newest first; one of them is here, and one is the current one.
    """
    here = next(place for place in places if place.is_here)
    current = next(place for place in places if not place.kept)
    feed = f'<link rel="alternate" type="application/atom+xml" title="Changes" href="{current.way}{FEED}">'
    switch = _kept_switch(name, here, current, places) if here.kept else _switch(name, here, places)
    document = _fill(document, SWITCH, switch)
    document = _fill(document, BANNER, _banner(name, here, current, places))
    return _fill(document, "feed", feed)


def fill_slot(document: str, name: str, content: str) -> str:
    """The page with `<div id="name">` of its source, or what was written in its place before, replaced."""
    marked, count = re.subn(f'<div id="{name}">.*?</div>', slot(name), document, count=1, flags=re.S)
    return _fill(marked if count else document, name, content)


def list_script(kept: Sequence[Place]) -> str:
    """`editions/list.js`: every kept edition, seen from a folder beside theirs."""
    rows = [[place.day, f"../{place.as_of}/", sorted(place.pages)] for place in kept]
    return f"window.briefingEditions={json.dumps(rows, ensure_ascii=False, separators=(',', ':'))};\n"


def _fill(document: str, name: str, content: str) -> str:
    return re.sub(
        f"<!--{name}-->.*?<!--/{name}-->", lambda _: slot(name, content), document, count=1, flags=re.S
    )


def _switch(name: str, here: Place, places: Sequence[Place]) -> str:
    """The switch of the current edition, which is written again at every build: all editions are known."""
    items = []
    for place in places:
        if place.twin:
            continue
        again = place.kept and place.as_of == here.as_of
        items.append(
            _item(place, name, f"{place.day} <small>as first published</small>" if again else place.day)
        )
    return _menu(here, "".join(items))


def _kept_switch(name: str, here: Place, current: Place, places: Sequence[Place]) -> str:
    """The switch of a kept edition: what is current will change, so its date is not said."""
    items = [_item(current, name, "Current edition"), *(_item(p, name, p.day) for p in places if p.kept)]
    return _menu(here, "".join(items), f' data-list="../{LIST}" data-page="{escape(name, quote=True)}"')


def _menu(here: Place, items: str, data: str = "") -> str:
    return (
        f'<details class="as-of"{data}><summary><span>as known on </span><b>{here.day}</b></summary>'
        f'<div class="as-of-list"><p>This page as known on</p><ul>{items}</ul>'
        '<p><a href="changes.html">What changed</a> <a href="methods.html#as-of">What this date means</a></p>'
        "</div></details>"
    )


def _item(place: Place, name: str, words: str) -> str:
    current = ' aria-current="true"' if place.is_here else ""
    return f'<li><a href="{place.page(name)}"{current}>{words}</a></li>'


def _banner(name: str, here: Place, current: Place, places: Sequence[Place]) -> str:
    """A line on every page of a kept edition, and of a current one that is not the newest."""
    known = f"The briefing as known on <b>{here.day}</b>; nothing published later is used."
    if here.kept:
        said = "This page" if name in current.pages else "The first page"
        link = f'<a href="{current.page(name)}">{said} in the current edition</a>'
        return _aside(f"{known} Kept as it was first published. {link}")
    newest = max(places, key=lambda place: place.as_of)
    if newest.as_of == here.as_of:
        return ""
    return _aside(f'{known} <a href="{newest.page(name)}">As known on {newest.day}</a>')


def _aside(content: str) -> str:
    return f'<aside class="edition" aria-label="Edition"><p>{content}</p></aside>'
