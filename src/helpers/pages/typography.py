"""How text is set for reading: marks, dates and periods alike on every page, whichever renderer and row they came by.

Evidence and code write `2026-Q3`, `2025-12-31`, `90 %` and straight quotes; prose says Q3 2026 and 31 Dec 2025, with
round quotes and per cent signs that stay with their number. Cells keep dates as the downloads write them; what is
said under a cell's value, in small print or a list, is prose.
"""

import re

from lxml import html

from helpers.exhibits.words import dates, marks

VERBATIM = {"pre", "code", "script", "style", "option", "textarea", "title"}
# Drawings are redrawn by their script from the same words.
LEFT_ALONE = VERBATIM | {"svg"}
# Columns of dates sort and export as written.
AS_WRITTEN = {"td", "th"}
SAID = {"small", "li"}
_ONLY_A_DATE = re.compile(r"\s*(?:FY)?20\d\d(?:-(?:\d\d|[QH]\d)){1,2}\s*")


def set_text(root: html.HtmlElement) -> None:
    """Set every text of a page in place; a cell that only holds a date is marked so that it does not break."""
    _set_below(root, frozenset(up.tag for up in root.iterancestors()))


def _set_below(element: html.HtmlElement, outer: frozenset[str]) -> None:
    """The texts of one element, which lies in elements of these tags; nothing in it is read where none is set."""
    ways = outer | {element.tag}
    if element.tag in AS_WRITTEN:
        ways -= SAID
    if not LEFT_ALONE.intersection(ways):
        element.text = _set(element.text, ways)
        if element.tag == "td" and _ONLY_A_DATE.fullmatch(element.text_content()):
            element.set("class", f"{element.get('class', '')} date".strip())
        for child in element:
            if isinstance(child.tag, str):
                _set_below(child, ways)
    element.tail = _set(element.tail, outer)


def _set(text: str | None, ways: frozenset[str]) -> str | None:
    if not text or LEFT_ALONE.intersection(ways):
        return text
    text = marks(text)
    return text if AS_WRITTEN.intersection(ways) and not SAID.intersection(ways) else dates(text)
