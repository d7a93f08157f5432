"""The exhibit of what the uncertainty of the stock comes from."""

from collections.abc import Sequence
from datetime import date

import altair as alt
import pandas as pd

from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.theme import colour
from helpers.exhibits.words import marks
from helpers.models.capacity.headlines import span

INK = colour("ink")
_MILLION = "datum.value / 1e6"


def sensitivity_exhibit(
    tornado: pd.DataFrame,
    indices: pd.DataFrame,
    sentence: str,
    year: int,
    as_of: date,
    sources: Sequence[str],
) -> Exhibit:
    """A tornado of the stock at the end of a year, with each group's share of its variance."""
    shares = indices[indices["year"] == year].set_index("factor")["total"]
    rows = tornado.assign(share=tornado["factor"].map(shares), factor=tornado["factor"].map(marks))
    rows = rows.sort_values(["share", "swing"], ascending=False, ignore_index=True).head(12)
    rows = rows.assign(
        told=[span(low, high) for low, high in zip(rows["low"], rows["high"], strict=True)],
        text=[
            f"{100 * share:.0f} %" if share == share and share >= 0.005 else "under 1 %"
            for share in rows["share"]
        ],
    )
    x = alt.X("low:Q", title="million H100-equivalents", scale=alt.Scale(zero=False, padding=34),
              axis=alt.Axis(labelExpr=_MILLION, tickCount=5))  # fmt: skip
    y = alt.Y("factor:N", sort=rows["factor"].tolist(), title=None)
    base = alt.Chart(rows)
    chart = alt.layer(
        base.mark_bar(color=colour("China"), opacity=0.55, height=12).encode(
            x=x, x2="high:Q", y=y, tooltip=["factor:N", alt.Tooltip("told:N", title="H100-equivalents")]
        ),
        alt.Chart(rows.head(1)).mark_rule(color=INK).encode(x=alt.X("middle:Q")),
        base.mark_text(align="left", dx=5).encode(x=alt.X("high:Q"), y=y, text="text:N"),
    ).properties(height=alt.Step(24))
    first = rows.loc[rows["swing"].idxmax()]
    after = rows.drop(first.name).nlargest(3, "swing")
    return Exhibit(
        id="capacity-sensitivity",
        title=sentence.rstrip("."),
        subtitle=f"Installed H100-equivalents at the end of {year} with one group of assumptions at the "
        "ends of its 90 % "
        "interval and all else drawn; beside each bar its share of the variance (total Sobol index, on logs). "
        f"As known on {day(as_of)}",
        unit="H100e",
        basis="median of the installed stock",
        as_of=as_of,
        chart=chart,
        data=rows[["factor", "low", "middle", "high", "swing", "share"]],
        sources=list(sources),
        alt=f"{first['factor'][:1].upper() + first['factor'][1:]} moves the stock most, from "
        f"{span(first['low'], first['high'])}; then "
        + ", ".join(f"{row.factor} ({span(row.low, row.high)})" for row in after.itertuples())
        + ".",
        confidence="medium",
        notes=[
            "Ordered by share of the variance, which is how far a group spreads the whole distribution; a bar shows "
            "how far it moves the median, so a longer bar may stand lower. Shares add up to more than one where "
            "groups act together. The rule is the median with nothing held."
        ],
    )
