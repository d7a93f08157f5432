"""Exhibits that hold estimates, ours among them, against what became known."""

from datetime import date

import altair as alt
import numpy as np
import pandas as pd

from helpers.exhibits.capacity.rows import (
    dots_with_ranges,
    named,
    ours_and_others,
    plain,
    ratio_rule,
    row_chart,
)
from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.layout import CHARACTER
from helpers.exhibits.theme import WIDE, colour
from helpers.exhibits.words import dates
from helpers.models.capacity.backtest import misses
from helpers.models.capacity.headlines import short

INK, SUB = colour("ink"), colour("sub")
GAP, NARROWEST = 14, 120


def huawei_units_exhibit(
    statements: pd.DataFrame, ours: dict[str, float], year: int, as_of: date
) -> Exhibit | None:
    """What sources said of a year's Ascend cards, by date, against the later count and our pooled estimate.

    ours: p5, p50, p95 of the model now.
    """
    said = statements[statements["kind"] == "statement"]
    counted = statements[statements["kind"] == "outturn"]
    if said.empty:
        return None
    rows = said.assign(name=[f"{row.who}, {pd.Timestamp(row.said):%b %Y}" + (f" ({row.note})" if row.note else "")
                             for row in said.itertuples()], entity="others")  # fmt: skip
    rows["said_note"] = rows["note"]
    own = {
        "name": f"This model, {day(as_of)}",
        "value": ours["p50"],
        "low": ours["p5"],
        "high": ours["p95"],
        "entity": "China",
    }
    rows = pd.concat([rows, pd.DataFrame([own])], ignore_index=True)
    low, high = said["value"].min(), said["value"].max()
    title = f"Estimates of Huawei's {year} Ascend cards ran from {short(low)} to {short(high)}"
    if len(counted):
        title += f"; {short(counted['value'].iloc[-1])} were counted"
    return Exhibit(
        id="capacity-huawei-units",
        title=title,
        subtitle=f"Ascend cards made or sold in {year}, by source and date of the statement; the rule is "
        "the count after the "
        f"year; a card has one or two dies. As known on {day(as_of)}",
        unit="cards",
        basis="cards of one or two dies, made or sold, as stated",
        as_of=as_of,
        chart=_units_chart(rows, counted, narrow=False),
        narrow=_units_chart(rows, counted, narrow=True),
        data=rows[["name", "value", "low", "high"]],
        sources=[*dict.fromkeys(statements["source_id"])],
        alt="; ".join(
            f"{row.name_}: {short(row.value)}" for row in rows.rename(columns={"name": "name_"}).itertuples()
        )
        + (f". Counted: {short(counted['value'].iloc[-1])}." if len(counted) else ". No count is known yet."),
        confidence="medium",
        notes=["A statement on the 910C alone is not one on all cards; an upper bound is scored as stated."],
    )


def _units_chart(rows: pd.DataFrame, counted: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    x = alt.X("value:Q", title="thousand cards", scale=alt.Scale(domainMin=0),
              axis=alt.Axis(labelExpr="format(datum.value / 1e3, ',')", tickCount=5))  # fmt: skip
    tint = ours_and_others()
    rows = rows.assign(
        text=[f"{value / 1e3:,.0f}" for value in rows["value"]], right=rows["high"].fillna(rows["value"])
    )
    under = ()
    if len(counted):
        under = (
            alt.Chart(counted.tail(1)).mark_rule(color=INK, strokeDash=[3, 3]).encode(x=alt.X("value:Q")),
        )
    layers = dots_with_ranges(rows, x, ("low", "high"), tint, unit="thousand cards")
    return row_chart(rows, "name", layers, narrow, limit=330, step=28, under=under)


def backtest_exhibit(
    scores: pd.DataFrame, summary: pd.DataFrame, sentence: str, as_of: date
) -> Exhibit | None:
    """Every target at every vintage as a ratio to what became known, with its 90 % band."""
    if scores.empty:
        return None
    total = summary.iloc[-1]
    rows = scores.assign(name=named(scores["target"], scores["period"]))
    for level in ("p5", "p50", "p95"):
        rows[f"ratio_{level}"] = (rows[level] / rows["outturn"]).clip(1e-3, 1e3)
    rows["hit"] = np.where(rows["inside_90"], "good", "bad")
    bias = total["too_low"]
    drift = "too low" if bias > 0.6 else "too high" if bias < 0.4 else "on either side"
    return Exhibit(
        id="capacity-backtest",
        title=f"Earlier vintages' 90 % bands held {scores['inside_90'].sum()} of {len(scores)} later figures; "
        f"their medians were mostly {drift}" if drift != "on either side" else
        f"Earlier vintages' 90 % bands held {scores['inside_90'].sum()} of {len(scores)} later figures",
        subtitle="Our estimate as it would have stood on each date, over what became known; bars are 90 "
        "% bands, 1 is the "
        f"outturn, red where the band missed. 8-bit basis. As known on {day(as_of)}",
        unit="times the outturn",
        basis="8-bit dense peak; cards and chips as counted",
        as_of=as_of,
        chart=_backtest_chart(rows),
        narrow=_backtest_narrow(rows),
        data=rows[["vintage", "target", "period", "unit", "outturn", "p5", "p50", "p95", "ratio", "inside_50",
                   "inside_90", "crps", "wis", "last_value", "last_growth", "cause"]],
        sources=[*dict.fromkeys(source for source in scores["source_id"] if source)],
        alt=sentence,
        confidence="high",
        notes=[
            *sentence.split(" Missed: ")[:1],
            *(f"Missed: {plain(miss)}." for miss in misses(scores)),
            f"Mean error (CRPS of logs) {total['crps']:.2f}; two naive forecasts from the model's own past would "
            f"have had {total['last_value']:.2f} (the last value) and {total['last_growth']:.2f} (the last growth). "
            "Targets overlap and share causes, so that a vintage errs on many at once: they are not as many tests.",
            "A vintage reads nothing published after its date, but its assumptions were written down later, from the "
            "documents of that date, by authors who could know the outcome.",
        ],
    )  # fmt: skip


_RATIO = alt.Scale(type="log", domain=[0.02, 10], clamp=True)
_HIT = alt.Scale(domain=["good", "bad"], range=[colour("good"), colour("bad")])


def _backtest_layers(group: pd.DataFrame, y: alt.Y) -> list[alt.Chart]:
    x = alt.X("ratio_p50:Q", title="times the outturn", scale=_RATIO,
              axis=alt.Axis(values=[0.03, 0.1, 0.3, 1, 3], format="~g"))  # fmt: skip
    tint = alt.Color("hit:N", scale=_HIT, legend=None)
    base = alt.Chart(group)
    return [
        base.mark_rule(strokeWidth=5, opacity=0.35, strokeCap="round").encode(
            x=alt.X("ratio_p5:Q"), x2="ratio_p95:Q", y=y, color=tint
        ),
        base.mark_point(size=36).encode(x=x, y=y, color=tint),
    ]


def _backtest_chart(rows: pd.DataFrame) -> alt.HConcatChart | alt.LayerChart:
    order = rows.sort_values(["leg", "name"])["name"].drop_duplicates().tolist()
    vintages = rows["vintage"].nunique()
    names = CHARACTER * max(map(len, order))
    width = max((WIDE - names - GAP * vintages) / vintages, NARROWEST)
    panels = []
    for place, (vintage, group) in enumerate(rows.groupby("vintage", sort=True)):
        axis = alt.Axis() if place == 0 else None
        y = alt.Y("name:N", sort=order, title=None, axis=axis, scale=alt.Scale(domain=order))
        panel = alt.layer(ratio_rule(), *_backtest_layers(group, y))
        title = alt.Title(f"as of {dates(vintage)}", fontSize=12)
        panels.append(panel.properties(width=width, height=17 * len(order), title=title))
    return alt.hconcat(*panels, spacing=GAP) if len(panels) > 1 else panels[0]


def _backtest_narrow(rows: pd.DataFrame) -> alt.LayerChart:
    """On a phone the newest vintage only; the table has all."""
    newest = rows[rows["vintage"] == rows["vintage"].max()].sort_values(["leg", "name"])
    chart = row_chart(newest, "name", lambda y: _backtest_layers(newest, y), True, under=(ratio_rule(),))
    return chart.properties(title=alt.Title(f"as of {dates(newest['vintage'].iloc[0])}", fontSize=12))
