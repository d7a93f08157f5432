"""Charts of one row per estimate: names beside the marks on a wide page, above them on a phone."""

from collections.abc import Callable

import altair as alt
import pandas as pd

from helpers.exhibits.theme import TOKENS, colour
from helpers.exhibits.words import dates, marks

WIDE_STEP, NARROW_STEP = 22, 36


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
    # A halo of paper keeps a name legible where a rule passes behind it.
    halo = {"stroke": TOKENS["paper"][0], "strokeWidth": 6, "strokeJoin": "round"}
    names = [
        alt.Chart(rows).mark_text(align="left", dy=-12, **style).encode(x=alt.value(0), y=y, text=f"{name}:N")
        for style in (halo, {})
    ]
    return alt.layer(*under, *names, *layers(y)).properties(height=alt.Step(NARROW_STEP))


def ratio_rule() -> alt.Chart:
    """A rule at one, where ours equals the other figure."""
    return alt.Chart(pd.DataFrame({"one": [1.0]})).mark_rule(color=colour("ink")).encode(x=alt.X("one:Q"))


def named(figures: pd.Series, periods: pd.Series) -> pd.Series:
    """Names of rows: the figure in plain words and its period, as prose writes them."""
    plain = figures.str.replace(": cumulative compute", " stock").str.replace(" ai ", " AI ")
    plain = plain.str.replace("domestic AI accelerator shipments", "domestic AI cards")
    plain = plain.str.replace(": china ", ": China ").str.replace("cumulative units", "units")
    return (plain + ", " + periods).map(marks).map(dates)
