"""How an exhibit is cited: one line, and a BibTeX entry."""

import re
from datetime import date
from html import escape
from typing import Any, Protocol

SITE = "China AI Compute"
_COMMIT = re.compile(r" @[0-9a-f]{7,40}\b")


class Cited(Protocol):
    """What a citation names of an exhibit."""

    id: str
    title: str
    as_of: date


def citation(exhibit: Cited) -> str:
    """One line to cite the exhibit by."""
    return f"{SITE}, “{exhibit.title}”, exhibit {exhibit.id}, as known on {day(exhibit.as_of)}."


def bibtex(exhibit: Cited) -> str:
    """The same as a BibTeX entry; the page adds the address at which it is served."""
    return entry(
        f"china-ai-compute:{exhibit.id}:{exhibit.as_of}",
        exhibit.title,
        exhibit.as_of,
        f"Exhibit {exhibit.id}, as known on {day(exhibit.as_of)}",
    )


def credit(exhibit: Any, most: int) -> str:
    """The line below a picture that leaves the site: date, confidence and the first `most` publishers."""
    names = list(
        dict.fromkeys(_unversioned(row.get("publisher") or row["source_id"]) for row in exhibit.source_rows)
    )
    more = f" and {len(names) - most} more" if len(names) > most else ""
    sure = f"; {exhibit.confidence} confidence" if exhibit.confidence else ""
    return f"{SITE}, as known on {day(exhibit.as_of)}{sure}. Sources: {'; '.join(names[:most])}{more}. CC BY 4.0"


def _unversioned(name: str) -> str:
    """A publisher without the commit of a repository, which the register of sources has."""
    return _COMMIT.sub("", name)


def publisher_links(name: str, rows: list[dict[str, str]]) -> str:
    """A publisher by name, linked to its first document; further ones by number."""
    name = _unversioned(name)
    links = [
        f'<a href="sources.html#{escape(row["source_id"], quote=True)}" '
        f'title="{escape(row.get("title", ""), quote=True)}">'
        for row in rows
    ]
    if len(rows) == 1:
        return f"{links[0]}{escape(name)}</a>"
    numbered = ", ".join(f"{link}{place}</a>" for place, link in enumerate(links[1:], start=2))
    return f'{links[0]}{escape(name)}</a> <span class="more-of">({numbered})</span>'


def entry(key: str, title: str, as_of: date, note: str) -> str:
    """A BibTeX entry of something in an edition."""
    return (
        f"@misc{{{key},\n  title  = {{{{{_latex(title)}}}}},\n  author = {{{{{SITE}}}}},\n"
        f"  year   = {{{as_of.year}}},\n  note   = {{{_latex(note)}}}\n}}"
    )


def day(when: date) -> str:
    """9 Oct 2026."""
    return f"{when.day} {when:%b %Y}"


def _latex(text: str) -> str:
    """Text for a BibTeX field: the marks that LaTeX reads are escaped."""
    plain = text.replace("\\", "/").replace("{", "(").replace("}", ")")
    marked = re.sub(r"([&%$#_])", r"\\\1", plain)
    return marked.replace("~", r"\textasciitilde ").replace("^", r"\textasciicircum ")
