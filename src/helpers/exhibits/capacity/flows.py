"""Exhibits of the model's result: the stock over time, by leg, by scenario, and where its uncertainty comes from."""

from collections.abc import Sequence
from datetime import date

import altair as alt
import pandas as pd

from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.layout import spread
from helpers.exhibits.theme import colour
from helpers.exhibits.words import dates
from helpers.models.capacity.headlines import short, span

INK, SUB = colour("ink"), colour("sub")
_ROUTES = ("domestic", "licensed imports", "smuggled")
_SCENARIO_COLOURS = {
    "baseline": "ink",
    "fast_domestic_ramp": "China",
    "open_sales": "United States",
    "hbm_bound": "forecast",
    "tight_controls": "smuggled",
}
_LEG_NAMES = {
    "NVIDIA": "licensed NVIDIA",
    "AMD": "licensed AMD",
    "others": "other Chinese",
    "smuggled": "smuggled NVIDIA",
}
_TOLD = alt.Tooltip("text:N", title="H100-equivalents")
_MILLION = "datum.value / 1e6"


def stock_exhibit(stock: pd.DataFrame, now: str, as_of: date, sources: Sequence[str]) -> Exhibit:
    """The installed stock in China with its 90 % band, and the medians of its routes."""
    rows = _dated(stock[stock["quantity"] == "installed"])
    total = rows[rows["entity"] == "China"]
    current, last = total[total["period"] == now].iloc[0], total.iloc[-1]
    later = last["period"] != now
    title = f"China runs about {short(current['p50'])} H100-equivalents ({_span(current)})"
    if later:
        title += f"; by the end of {last['period'][:4]} it may run {_span(last)}"
    return Exhibit(
        id="capacity-stock",
        title=title,
        subtitle="Computing power installed in China, in H100-equivalents (lag to deployment and "
        "retirement taken off); "
        f"median and 90 % interval of the total, medians of its routes. {_capital(last['basis'])}. "
        f"As known on {day(as_of)}",
        unit="H100e",
        basis=str(last["basis"]),
        as_of=as_of,
        chart=_stock_chart(rows, now, narrow=False),
        narrow=_stock_chart(rows, now, narrow=True),
        data=rows[["entity", "period", "p5", "p50", "p95"]],
        sources=list(sources),
        alt=f"Fan chart. Installed compute in China rises to {short(current['p50'])} H100-equivalents in {now} "
        f"({_span(current)})"
        + (
            f" and to {short(last['p50'])} at the end of {last['period'][:4]} ({_span(last)})."
            if later
            else "."
        ),
        confidence="medium",
        notes=[
            "Percentiles do not add: the total is summed draw by draw, so the medians of the routes do "
            "not sum to its "
            "median.",
            "What Chinese firms rent abroad is not in it: location, ownership and use are three numbers. Nor is what "
            "stood before 2022.",
        ],
    )


def _stock_chart(rows: pd.DataFrame, now: str, narrow: bool) -> alt.LayerChart:
    total, routes = rows[rows["entity"] == "China"], rows[rows["entity"].isin(_ROUTES)]
    x = alt.X("date:T", title=None, axis=alt.Axis(format="%Y", tickCount={"interval": "year", "step": 1}))
    y = alt.Y("p50:Q", title="million H100-equivalents", scale=alt.Scale(domainMin=0),
              axis=alt.Axis(labelExpr=_MILLION, tickCount=6))  # fmt: skip
    band = (
        alt.Chart(total)
        .mark_area(color=colour("China"), fillOpacity=0.2)
        .encode(x=x, y=alt.Y("p5:Q"), y2="p95:Q")
    )
    line = alt.Chart(total).mark_line(color=colour("China"), strokeWidth=2.5).encode(x=x, y=y)
    # The routes and their labels stay apart from the total by being thin and dashed.
    parts = (
        alt.Chart(routes)
        .mark_line(strokeWidth=1.4, strokeDash=[4, 3])
        .encode(x=x, y=y, color=alt.Color("entity:N", scale=_scale(_ROUTES), legend=None))
    )
    ends = rows[rows["date"] == rows["date"].max()].copy()
    most = float(total["p95"].max())
    ends["label"] = ends["entity"].replace({"China": "all of China", "licensed imports": "licensed"})
    ends["at"] = spread(ends["p50"].tolist(), most / 17)
    # Nothing stands below zero, a name neither.
    ends["at"] -= min(0.0, ends["at"].min())
    labels = (
        alt.Chart(ends)
        .mark_text(align="left", dx=6)
        .encode(x="date:T", y="at:Q", text="label:N",
                color=alt.Color("entity:N", scale=_scale(("China", *_ROUTES)), legend=None))
    )  # fmt: skip
    layers = [band, parts, line, labels]
    present = total[total["period"] == now]
    if len(present) and present["date"].iloc[0] < total["date"].max():
        rule = alt.Chart(present).mark_rule(color=SUB, strokeDash=[2, 3]).encode(x="date:T")
        first, last = total["date"].min(), total["date"].max()
        early = (present["date"].iloc[0] - first) / (last - first) < 0.5
        side = {"align": "left", "dx": 5} if early else {"align": "right", "dx": -5}
        note = alt.Chart(present).mark_text(color=SUB, baseline="top", **side).encode(
            x="date:T", y=alt.value(0), text=alt.value(f"known to {dates(now)}")
        )  # fmt: skip
        layers += [rule, note]
    return alt.layer(*layers).properties(height=300 if narrow else 330)


def legs_exhibit(by_leg: pd.DataFrame, period: str, as_of: date, sources: Sequence[str]) -> Exhibit:
    """What each vendor or route had brought in by a quarter's end, with its 90 % interval."""
    rows = by_leg[(by_leg["quantity"] == "cumulative") & (by_leg["period"] == period)]
    rows = rows.assign(name=rows["entity"].replace(_LEG_NAMES))
    rows = rows.sort_values("p50", ascending=False, ignore_index=True)
    first, second = rows.iloc[0], rows.iloc[1]
    widest = rows.loc[(rows["p95"] - rows["p5"]).idxmax()]
    return Exhibit(
        id="capacity-legs",
        title=f"{_capital(first['name'])} and {second['name']} brought in most of China's compute; "
        f"{widest['name']} is the least certain",
        subtitle=f"H100-equivalents brought in since 2022 to the end of {period}, by maker or route, "
        "without retirement; "
        f"median and 90 % interval. As known on {day(as_of)}",
        unit="H100e",
        basis=str(first["basis"]),
        as_of=as_of,
        chart=_legs_chart(rows, 1.2),
        narrow=_legs_chart(rows, 2),
        data=rows[["name", "p5", "p50", "p95"]],
        sources=list(sources),
        alt="; ".join(
            f"{row.name_}: {short(row.p50)} ({span(row.p5, row.p95)})"
            for row in rows.rename(columns={"name": "name_"}).itertuples()
        )
        + ".",
        confidence="medium",
    )


def _legs_chart(rows: pd.DataFrame, room: float) -> alt.LayerChart:
    """room: how far the axis goes, over the end of the longest bar, so that its number has a place."""
    scale = alt.Scale(domainMax=room * rows["p95"].max(), nice=False)
    x = alt.X("p50:Q", title="million H100-equivalents", scale=scale,
              axis=alt.Axis(labelExpr=_MILLION, tickCount=5))  # fmt: skip
    y = alt.Y("name:N", sort=rows["name"].tolist(), title=None)
    tint = alt.Color("entity:N", scale=_scale(rows["entity"].tolist()), legend=None)
    base = alt.Chart(rows.assign(text=rows["p50"].map(short)))
    return alt.layer(
        base.mark_rule(strokeWidth=7, opacity=0.3, strokeCap="round").encode(
            x=alt.X("p5:Q"), x2="p95:Q", y=y, color=tint
        ),
        base.mark_point(size=70).encode(x=x, y=y, color=tint, tooltip=["name:N", _TOLD]),
        base.mark_text(align="left", dx=8, fontWeight=600).encode(x=alt.X("p95:Q"), y=y, text="text:N"),
    ).properties(height=alt.Step(30))


def scenario_exhibit(paths: pd.DataFrame, as_of: date, sources: Sequence[str]) -> Exhibit:
    """The installed stock at year ends by scenario."""
    rows = _dated(paths)
    last = rows[rows["date"] == rows["date"].max()].sort_values("p50", ascending=False)
    base = (
        last[last["scenario"] == "baseline"].iloc[0]
        if (last["scenario"] == "baseline").any()
        else last.iloc[0]
    )
    high, low = last.iloc[0], last.iloc[-1]
    names = rows["scenario"].unique().tolist()
    tints = alt.Scale(domain=names, range=[colour(_SCENARIO_COLOURS.get(name, "others")) for name in names])
    return Exhibit(
        id="capacity-scenarios",
        title=f"Scenarios part by {base['period'][:4]}: {short(low['p50'])} under {low['entity'].lower()}, "
        f"{short(high['p50'])} under {high['entity'].lower()}",
        subtitle="Installed H100-equivalents in China at year ends; medians, and the 90 % interval at the end. "
        f"As known on {day(as_of)}",
        unit="H100e",
        basis=str(base["basis"]),
        as_of=as_of,
        chart=_scenario_chart(rows, last, tints, narrow=False),
        narrow=_scenario_chart(rows, last, tints, narrow=True),
        data=rows[["entity", "period", "p5", "p50", "p95"]],
        sources=list(sources),
        alt=f"At the end of {base['period'][:4]}: "
        + "; ".join(f"{row.entity} {short(row.p50)} ({span(row.p5, row.p95)})" for row in last.itertuples())
        + ".",
        confidence="low",
        notes=["A scenario changes quarters after the knowledge date only; until then all are the baseline."],
    )


def _scenario_chart(rows: pd.DataFrame, last: pd.DataFrame, tints: alt.Scale, narrow: bool) -> alt.LayerChart:
    rows = rows.assign(year=rows["date"].dt.year)
    final = int(rows["year"].max())
    years = sorted(rows["year"].unique().tolist())
    # Intervals stand side by side to the right of the last year, so that none hides another.
    step = (final - years[0] or 1) * (0.035 if narrow else 0.02)
    ends = last.assign(side=[final + step * (place + 1) for place in range(len(last))])
    ends["at"] = spread(ends["p50"].tolist(), float(ends["p95"].max()) / (14 if narrow else 17))
    ends["label_at"] = float(ends["side"].max()) + step
    domain = alt.Scale(domain=[years[0], float(ends["label_at"].iloc[0])], nice=False)
    x = alt.X("year:Q", title="end of year", scale=domain, axis=alt.Axis(values=years, format="d"))
    y = alt.Y("p50:Q", title="million H100-equivalents", axis=alt.Axis(labelExpr=_MILLION, tickCount=6))
    tint = alt.Color("scenario:N", scale=tints, legend=None)
    layers = [
        alt.Chart(rows).mark_line(strokeWidth=2).encode(x=x, y=y, color=tint),
        alt.Chart(ends)
        .mark_rule(strokeWidth=4, opacity=0.45)
        .encode(x="side:Q", y=alt.Y("p5:Q"), y2="p95:Q", color=tint),
        alt.Chart(ends.assign(text=ends["p50"].map(short)))
        .mark_point(size=30)
        .encode(x="side:Q", y="p50:Q", color=tint, tooltip=["entity:N", _TOLD]),
        alt.Chart(ends)
        .mark_text(align="left", dx=2)
        .encode(x="label_at:Q", y="at:Q", text="entity:N", color=tint),
    ]
    return alt.layer(*layers).properties(height=320)


def _dated(rows: pd.DataFrame) -> pd.DataFrame:
    ends = pd.PeriodIndex(rows["period"].str.replace("-", ""), freq="Q").end_time.normalize()
    return rows.assign(date=ends).reset_index(drop=True)


def _scale(names: Sequence[str]) -> alt.Scale:
    return alt.Scale(domain=list(names), range=[colour(name) for name in names])


def _span(row: pd.Series) -> str:
    return span(row["p5"], row["p95"])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
