"""How an exhibit is cited: one line, and a BibTeX entry."""

import re
from datetime import date
from typing import Protocol

SITE = "China AI Compute"


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
