"""Charts of one row per estimate: names beside the marks on a wide page, above them on a phone."""

from collections.abc import Callable

import altair as alt
import pandas as pd

from helpers.exhibits.layout import halo
from helpers.exhibits.theme import colour, scale
from helpers.exhibits.words import dates, marks

WIDE_STEP, NARROW_STEP = 22, 36
_PLAIN = {
    ": cumulative compute": " stock",
    " ai ": " AI ",
    "domestic AI accelerator shipments": "domestic AI cards",
    ": china ": ": China ",
    "cumulative units": "units",
    "legal AMD": "licensed AMD",
}


def row_chart(
    rows: pd.DataFrame,
    name: str,
    layers: Callable[[alt.Y], list[alt.Chart]],
    narrow: bool = False,
    limit: int = 300,
    step: int = WIDE_STEP,
    under: tuple[alt.Chart, ...] = (),
) -> alt.LayerChart:
    """Layers over rows in their order. name: the column with the rows' names (unique); under: layers drawn first."""
    order = rows[name].tolist()
    scale = alt.Scale(domain=order)
    if not narrow:
        y = alt.Y(f"{name}:N", sort=order, title=None, scale=scale, axis=alt.Axis(labelLimit=limit))
        return alt.layer(*under, *layers(y)).properties(height=alt.Step(step))
    y = alt.Y(f"{name}:N", sort=order, title=None, scale=scale, axis=None)
    names = halo(alt.Chart(rows).encode(x=alt.value(0), y=y, text=f"{name}:N"), width=6, align="left", dy=-12)
    return alt.layer(*under, *names, *layers(y)).properties(height=alt.Step(NARROW_STEP))


def dots_with_ranges(
    rows: pd.DataFrame, x: alt.X, span: tuple[str, str], tint: alt.Color, fine: bool = False, unit: str = ""
) -> Callable[[alt.Y], list[alt.Chart]]:
    """Layers for `row_chart`: a dot a row, a bar where its range is known, and its `text` from `right` on.

    x: the axis of the value; span: the columns of the low and the high end; fine: for many rows; unit: of `text`, for
    a pointer over a dot, where the axis does not show the value as it is. The column `right` is made by the caller,
    so that the chart carries one table of all its rows.
    """
    low, high = span
    base, bounded = alt.Chart(rows), alt.Chart(rows[rows[low].notna()])
    width, opacity, size, gap = (5, 0.35, 40, 7) if fine else (6, 0.3, 60, 9)

    def layers(y: alt.Y) -> list[alt.Chart]:
        dots = base.mark_point(size=size).encode(x=x, y=y, color=tint)
        return [
            bounded.mark_rule(strokeWidth=width, opacity=opacity, strokeCap="round").encode(
                x=alt.X(f"{low}:Q"), x2=f"{high}:Q", y=y, color=tint
            ),
            dots.encode(tooltip=["name:N", alt.Tooltip("text:N", title=unit)]) if unit else dots,
            *halo(base.encode(x=alt.X("right:Q"), y=y, text="text:N"), align="left", dx=gap),
        ]

    return layers


def ours_and_others() -> alt.Color:
    """The colour of a row by its `entity`: `China` for this model, `others` for whoever else gave a figure."""
    names = ["China", "others"]
    return alt.Color("entity:N", scale=scale(names), legend=None)


def ratio_rule() -> alt.Chart:
    """A rule at one, where ours equals the other figure."""
    return alt.Chart(pd.DataFrame({"one": [1.0]})).mark_rule(color=colour("ink")).encode(x=alt.X("one:Q"))


def named(figures: pd.Series, periods: pd.Series) -> pd.Series:
    """Names of rows: the figure in plain words and its period, as prose writes them."""
    return (figures.map(plain) + ", " + periods).map(marks).map(dates)


def plain(text: str) -> str:
    """What a figure is called in its table, as readers see it."""
    for written, said in _PLAIN.items():
        text = text.replace(written, said)
    return text
