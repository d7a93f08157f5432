"""The document around the content: one shell for both renderers, so that both give the same strict page.

Renderers bring Bootstrap, web fonts, jQuery, inline handlers and boxes of their own; of a rendered page only the
content is kept, and `_quarto.yml` still says what the site is called and how it is ordered. Scripts carry no
`integrity`: a browser then refuses them in a page opened from a file; the manifest holds every hash instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import yaml

from helpers.exhibits.exhibit import day
from helpers.pages.content import Content
from helpers.pages.editions import BANNER, as_of_link, slot

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'none'; base-uri 'none'; form-action 'none'"
)
STYLES = (
    "assets/css/palette.css",
    "assets/css/site.css",
    "assets/css/registers.css",
    "assets/css/editions.css",
    "assets/css/print.css",
)
HEAD_SCRIPT = "assets/js/theme.js"
SCRIPTS = ("assets/js/site.js", "assets/js/search.js", "assets/js/editions.js")


@dataclass(frozen=True)
class Site:
    """What every page shows: title, description, navigation, footer and knowledge date."""

    title: str
    description: str
    navigation: Sequence[dict[str, Any]]
    footer: str
    as_of: date

    @classmethod
    def read(cls, project: Path, as_of: date) -> "Site":
        """From `_quarto.yml` in the staged project."""
        website = yaml.safe_load((project / "_quarto.yml").read_text(encoding="utf-8"))["website"]
        footer = website.get("page-footer", "")
        return cls(
            title=website["title"],
            description=website.get("description", ""),
            navigation=[_entry(item) for item in website["navbar"]["left"]],
            footer=footer if isinstance(footer, str) else str(footer.get("center", "")),
            as_of=as_of,
        )

    @property
    def order(self) -> list[tuple[str, str]]:
        """Address and name of every page in the navigation, in reading order."""
        flat: list[tuple[str, str]] = []
        for item in self.navigation:
            flat += [(sub["href"], sub["text"]) for sub in item.get("menu", ())] or [
                (item["href"], item["text"])
            ]
        return flat


def _entry(item: dict[str, Any]) -> dict[str, Any]:
    if "menu" in item:
        return {"text": item["text"], "menu": [_entry(sub) for sub in item["menu"]]}
    stem, _, _ = item["href"].rpartition(".")
    return {"text": item["text"], "href": f"{stem}.html"}


def page(site: Site, name: str, content: Content) -> str:
    """The whole document of one page. `name` is its file, such as `chips.html`."""
    is_first = name == "index.html"
    title = site.title if is_first or not content.title else f"{content.title} · {site.title}"
    description = content.description or site.description
    contents = "" if is_first else _contents_list(content)
    head = "" if content.has_display_title else _title_block(content)
    scripts = [*SCRIPTS, *([] if content.is_still else _needed(content)), *content.scripts]
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        f'<meta name="description" content="{escape(description, quote=True)}">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<link rel="icon" href="assets/icon.svg" type="image/svg+xml">\n{slot("feed")}'
        + "".join(f'<link rel="stylesheet" href="{href}">\n' for href in STYLES)
        + f'<script src="{HEAD_SCRIPT}"></script>\n'
        + "".join(f'<script defer src="{source}"></script>\n' for source in dict.fromkeys(scripts))
        + f'</head>\n<body class="{_body_class(name, content)}">\n'
        + '<a class="skip" href="#content">Skip to the content</a>\n'
        + _header(site, name)
        + f'<main id="content" tabindex="-1"><div class="column">{head}{content.html}{_onward(site, name)}</div>'
        + f"{contents}</main>\n{_footer(site)}{_search_box()}</body>\n</html>\n"
    )


def _needed(content: Content) -> list[str]:
    needed = []
    if 'class="exhibit-chart"' in content.html:
        needed += ["assets/js/charts.js", "assets/js/picture.js"]
    if 'class="register"' in content.html:
        needed.append("assets/js/tables.js")
    return needed


def _body_class(name: str, content: Content) -> str:
    """The page's own class, and `wide` where a register or the list of judgements needs the room."""
    own = f"page-{escape(name.removesuffix('.html'), quote=True)}"
    has_register = 'class="register"' in content.html and 'class="exhibit"' not in content.html
    return f"{own} wide" if has_register or name == "index.html" or 'class="statements"' in content.html else own


def _title_block(content: Content) -> str:
    lede = f'<p class="lede">{escape(content.description)}</p>' if content.description else ""
    return f'<div class="title-block"><h1>{escape(content.title)}</h1>{lede}</div>'


def _contents_list(content: Content) -> str:
    items = "".join(
        f'<li><a href="#{escape(anchor, quote=True)}">{escape(text)}</a></li>'
        for level, anchor, text in content.headings
        if level == 2
    )
    if items.count("<li>") < 3:
        return ""
    return f'<nav class="contents" aria-label="On this page"><p>On this page</p><ul>{items}</ul></nav>'


def _header(site: Site, name: str) -> str:
    def link(item: dict[str, Any]) -> str:
        current = ' aria-current="page"' if item["href"] == name else ""
        return f'<li><a href="{escape(item["href"], quote=True)}"{current}>{escape(item["text"])}</a></li>'

    def entry(item: dict[str, Any]) -> str:
        if "menu" not in item:
            return link(item)
        inside = any(sub["href"] == name for sub in item["menu"])
        subs = "".join(link(sub) for sub in item["menu"])
        here = ' class="here"' if inside else ""
        return f"<li><details><summary{here}>{escape(item['text'])}</summary><ul>{subs}</ul></details></li>"

    entries = "".join(entry(item) for item in site.navigation)
    return (
        f'<header class="site-header"><a class="brand" href="index.html">{escape(site.title)}</a>'
        f'<nav aria-label="Main"><ul>{entries}</ul></nav>'
        f'<div class="tools">{as_of_link(site.as_of)}'
        '<button type="button" class="search-open" hidden>Search</button>'
        f'<button type="button" class="theme-toggle" hidden></button></div></header>\n{slot(BANNER)}'
    )


def _onward(site: Site, name: str) -> str:
    """The next page in reading order."""
    order = site.order
    places = [place for place, (href, _) in enumerate(order) if href == name]
    if not places or places[0] + 1 >= len(order):
        return ""
    href, text = order[places[0] + 1]
    return f'<p class="onward">Next: <a href="{escape(href, quote=True)}">{escape(text)}</a></p>'


def _footer(site: Site) -> str:
    return (
        f'<footer class="site-footer"><p>{escape(site.footer)}</p>'
        f"<p>Edition as known on {day(site.as_of)}.</p></footer>\n"
    )


def _search_box() -> str:
    return (
        '<dialog class="search" aria-label="Search"><form method="dialog">'
        '<input type="text" role="searchbox" placeholder="Search" '
        'aria-label="Search pages, exhibits, facts and sources">'
        '<button aria-label="Close the search">Close</button></form><p role="status"></p><ul></ul></dialog>\n'
    )
