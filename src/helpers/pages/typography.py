"""How text is set for reading: marks, dates and periods alike on every page, whichever renderer and row they came by.

Evidence and code write `2026-Q3`, `2025-12-31`, `90 %` and straight quotes; prose says Q3 2026 and 31 Dec 2025, with
round quotes and per cent signs that stay with their number. Tables keep dates as the downloads write them.
"""

import re

from lxml import html

from helpers.exhibits.words import dates, marks

VERBATIM = {"pre", "code", "script", "style", "option", "textarea", "title"}
# Drawings are redrawn by their script from the same words, and columns of dates sort and export as written.
AS_WRITTEN = {"svg", "td", "th"}
_ONLY_A_DATE = re.compile(r"\s*(?:FY)?20\d\d(?:-(?:\d\d|[QH]\d)){1,2}\s*")


def set_text(root: html.HtmlElement) -> None:
    """Set every text of a page in place; a cell that only holds a date is marked so that it does not break."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        ways = [element.tag, *(up.tag for up in element.iterancestors())]
        element.text = _set(element.text, ways)
        element.tail = _set(element.tail, ways[1:])
        if element.tag == "td" and _ONLY_A_DATE.fullmatch(element.text_content()):
            element.set("class", f"{element.get('class', '')} date".strip())


def _set(text: str | None, ways: list[str]) -> str | None:
    if not text or VERBATIM.intersection(ways):
        return text
    if "svg" in ways:
        return text
    text = marks(text)
    return text if AS_WRITTEN.intersection(ways) else dates(text)
