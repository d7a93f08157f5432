"""Where labels go: pushed apart along a line, or round their points, so that direct labels do not collide."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import altair as alt

from helpers.exhibits.theme import TOKENS

# Inter at 12 px: mean width of a character and height of a line, in pixels.
CHARACTER = 6.3
LINE = 15


class Placed(NamedTuple):
    """A label beside its point: offsets in pixels and the text anchor."""

    dx: float
    dy: float
    align: str


def spread(positions: Sequence[float], least: float) -> list[float]:
    """Positions moved as little as possible so that neighbours are at least `least` apart, in the order given."""
    order = sorted(range(len(positions)), key=lambda index: (positions[index], index))
    groups: list[tuple[float, int]] = []
    for index in order:
        groups.append((positions[index], 1))
        while len(groups) > 1 and _low(groups[-1], least) < _high(groups[-2], least) + least:
            (centre, size), (before, count) = groups.pop(), groups.pop()
            groups.append(((centre * size + before * count) / (size + count), size + count))
    moved = [_low(group, least) + step * least for group in groups for step in range(group[1])]
    return [moved[order.index(index)] for index in range(len(positions))]


def beside(
    points: Sequence[tuple[float, float]],
    texts: Sequence[str],
    size: tuple[float, float],
    others: Sequence[tuple[float, float]] = (),
) -> list[Placed | None]:
    """A free place for each text round its point (pixels, y down); None where every place is taken.

    points: where the labelled points lie; size: width and height of the plot; others: further points to keep clear.
    Labels are placed in the order given, so the important ones come first.
    """
    taken = [(x - 6, y - 4, x + 6, y + 4) for x, y in [*points, *others]]
    placed: list[Placed | None] = []
    for (x, y), text in zip(points, texts, strict=True):
        found = None
        for offset in _OFFSETS:
            box = _box(x, y, text, offset)
            inside = box[0] >= 0 and box[2] <= size[0] and box[1] >= 0 and box[3] <= size[1]
            own = (x - 6, y - 4, x + 6, y + 4)
            if inside and not any(_overlap(box, other) for other in taken if other != own):
                found = offset
                taken.append(box)
                break
        placed.append(found)
    return placed


def log_pixels(value: float, domain: tuple[float, float], length: float, down: bool = False) -> float:
    """Where a value of a log axis falls on its pixels; `down` for the vertical axis."""
    share = math.log(value / domain[0]) / math.log(domain[1] / domain[0])
    return length * (1 - share if down else share)


def halo(chart: alt.Chart, width: int = 4, **text) -> list[alt.Chart]:
    """A text mark over a ring of the page's colour, so that it reads where it crosses a line."""
    ring = {"stroke": TOKENS["paper"][0], "strokeWidth": width, "strokeJoin": "round"}
    return [chart.mark_text(**ring, **text), chart.mark_text(**text)]


_OFFSETS = (
    Placed(8, 0, "left"),
    Placed(-8, 0, "right"),
    Placed(0, -12, "center"),
    Placed(0, 13, "center"),
    Placed(7, -10, "left"),
    Placed(7, 11, "left"),
    Placed(-7, -10, "right"),
    Placed(-7, 11, "right"),
)


def _low(group: tuple[float, int], least: float) -> float:
    return group[0] - (group[1] - 1) * least / 2


def _high(group: tuple[float, int], least: float) -> float:
    return group[0] + (group[1] - 1) * least / 2


def _box(x: float, y: float, text: str, offset: Placed) -> tuple[float, float, float, float]:
    width = CHARACTER * len(text)
    left = x + offset.dx - {"left": 0, "center": width / 2, "right": width}[offset.align]
    top = y + offset.dy - LINE / 2
    return left, top, left + width, top + LINE


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
