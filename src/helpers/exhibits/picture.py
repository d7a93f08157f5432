"""A chart to take away: the drawing with its finding above, its date and sources below, to stand alone.

On white and in the light colours, as SVG. The page's `picture.js` sets the same picture as PNG when a reader asks.
"""

import textwrap
from html import escape

from lxml import etree

from helpers.exhibits.svg import clean
from helpers.exhibits.theme import TOKENS

MARGIN = 16
_SVG = "http://www.w3.org/2000/svg"
# Size, line, weight, ink, and the mean width of a letter over the size, a little above what Inter takes.
_TITLE = (19, 25, 600, "ink", 0.56)
_SUBTITLE = (13, 18, 400, "sub", 0.525)
_FOOT = (11, 15, 400, "sub", 0.535)


def download_svg(drawing: str, title: str, subtitle: str, foot: str, alt: str) -> str:
    """A standalone picture from Vega's drawing, with title and description inside for who cannot see it."""
    root = clean(drawing, prefix="chart")
    width, height = float(root.get("width")), float(root.get("height"))
    whole = width + 2 * MARGIN
    head, top = _lines(((title, _TITLE), (subtitle, _SUBTITLE)), width, MARGIN)
    below, bottom = _lines(((foot, _FOOT),), width, top + 10 + height + 8)
    bottom += MARGIN - 4
    root.set("x", f"{MARGIN}")
    root.set("y", f"{top + 10:g}")
    inner = etree.tostring(root, encoding="unicode")
    return (
        f'<svg xmlns="{_SVG}" width="{whole:g}" height="{bottom:g}" viewBox="0 0 {whole:g} {bottom:g}" role="img">'
        f"<title>{escape(title)}</title><desc>{escape(alt)}</desc>"
        f'<rect width="100%" height="100%" fill="#ffffff"/>{head}{inner}{below}</svg>'
    )


def _lines(texts: tuple, width: float, top: float) -> tuple[str, float]:
    """Text elements below each other from `top`, broken to the width; and where they end."""
    parts = []
    for text, (size, line, weight, ink, letter) in texts:
        for words in textwrap.wrap(text, max(int(width / (size * letter)), 20)):
            parts.append(
                f'<text x="{MARGIN}" y="{top + size:g}" font-family="Inter, system-ui, sans-serif" '
                f'font-size="{size}" font-weight="{weight}" fill="{TOKENS[ink][0]}">{escape(words)}</text>'
            )
            top += line
        top += 3
    return "".join(parts), top
