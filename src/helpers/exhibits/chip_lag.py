"""Exhibits of the chips chapter: how many months China's best chips are behind, by metric and over time."""

from datetime import date

import altair as alt
import pandas as pd

from helpers.exhibits.chips import INK, LABELS, SUB, sources_of
from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.layout import spread
from helpers.exhibits.theme import colour

_WORD = "disputed specifications, release dates and what counts as released"


def lag_exhibit(
    lag: pd.DataFrame, at_release: pd.DataFrame, quoted: pd.DataFrame, as_of: date
) -> Exhibit | None:
    """Dots and ranges of the lag by metric, with the lag on the day of release, against what officials quoted."""
    rows = lag.assign(metric=lag["quantity"].str.removeprefix("lag_").map(LABELS)).dropna(subset=["metric"])
    if rows.empty:
        return None
    fresh = at_release.sort_values("period").groupby("quantity").last()["p50"]
    rows = rows.assign(at_release=rows["quantity"].map(fresh)).sort_values("p50", kind="stable")
    least, most = rows["p50"].min(), rows["p50"].max()
    span = f"{least:.0f} to {most:.0f}" if round(least) != round(most) else f"{most:.0f}"
    title = f"China's best chips are level with US chips of {span} months ago"
    said = ""
    if len(quoted):
        low, high = quoted["low"].min(), quoted["high"].max()
        said = f"; officials quoted {low:.0f} to {high:.0f} in {pd.Timestamp(quoted['date'].min()):%B %Y}"
        against = "more" if least > high else "not more" if most <= high else "in part more"
        title += f", {against} than the quoted {low:.0f} to {high:.0f}"
    first, last = rows.iloc[0], rows.iloc[-1]
    return Exhibit(
        id="chip-lag-by-metric",
        title=title,
        subtitle="Months since a US chip first reached the level of the best Chinese chip shipping, by "
        f"specification; bars: {_WORD}. As known on {day(as_of)}",
        unit="months",
        basis=str(rows["basis"].iloc[0]),
        as_of=as_of,
        chart=_lag_chart(rows, quoted, narrow=False),
        narrow=_lag_chart(rows, quoted, narrow=True),
        data=rows.rename(columns={"p5": "months_low", "p50": "months", "p95": "months_high"})[
            ["metric", "months", "months_low", "months_high", "at_release", "chip", "us_chip", "us_date"]
        ],
        sources=sources_of(rows, quoted),
        alt=f"Lag in months by specification: least for {first['metric']} ({first['p50']:.0f}, range "
        f"{first['p5']:.0f} to {first['p95']:.0f}; {first['chip']} against {first['us_chip']}), most for "
        f"{last['metric']} ({last['p50']:.0f}, range {last['p5']:.0f} to {last['p95']:.0f}){said}.",
        confidence="medium",
        notes=[
            "Open points: the lag on the day on which that Chinese chip was released. A lag grows by a month every "
            "month until a better Chinese chip ships; left of zero, China was first.",
            "The range is an outer one, not a probability: shortest with the Chinese specification at its high end, "
            "the US one at its low end and the latest US date; longest the reverse.",
        ],
    )


def _lag_chart(rows: pd.DataFrame, quoted: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    order = rows["metric"].tolist()
    most = max(60.0, float(rows["p95"].max()) + 6)
    least = min(0.0, float(rows[["p5", "at_release"]].min().min()) - 3)
    x = alt.X(
        "p50:Q", title="months", scale=alt.Scale(domain=[least, most], nice=False), axis=alt.Axis(tickCount=6)
    )
    y = alt.Y("metric:N", sort=order, title=None)
    base = alt.Chart(rows)
    layers = []
    if len(quoted):
        band = pd.DataFrame({"low": [quoted["low"].min()], "high": [quoted["high"].max()]})
        label = "quoted" if narrow else "quoted by officials"
        band["text"] = [f"{label}, {band['low'][0]:.0f} to {band['high'][0]:.0f}"]
        band["middle"] = (band["low"] + band["high"]) / 2
        layers += [
            alt.Chart(band).mark_rect(color=SUB, opacity=0.14).encode(x=alt.X("low:Q"), x2="high:Q"),
            alt.Chart(band)
            .mark_text(color=SUB, baseline="bottom", dy=-4)
            .encode(x=alt.X("middle:Q"), y=alt.value(0), text="text:N"),
        ]
    red = colour("China")
    layers += [
        base.mark_rule(strokeWidth=7, opacity=0.3, color=red, strokeCap="round").encode(
            x=alt.X("p5:Q"), x2="p95:Q", y=y
        ),
        base.mark_point(filled=False, size=52, color=red, strokeWidth=1.5).encode(
            x=alt.X("at_release:Q"), y=y
        ),
        base.mark_point(size=70, color=red).encode(x=x, y=y),
        base.transform_calculate(text="format(datum.p50, '.0f')")
        .mark_text(dy=-13, fontWeight=600)
        .encode(x=x, y=y, text="text:N"),
    ]
    return alt.layer(*layers).properties(height=alt.Step(46))


def lag_over_time_exhibit(
    lags: pd.DataFrame, quoted: pd.DataFrame, as_of: date, metrics=("tflops_fp16", "memory_bw_gbs")
) -> Exhibit | None:
    """The lag at every month's end, for a few metrics, with the quoted range where it was quoted."""
    wanted = {f"lag_{metric}": LABELS[metric] for metric in metrics}
    rows = lags[lags["quantity"].isin(wanted)].assign(day=lambda frame: pd.to_datetime(frame["period"]))
    rows = rows.assign(metric=rows["quantity"].map(wanted)).dropna(subset=["p50"])
    if rows.empty:
        return None
    main = rows[rows["quantity"] == next(iter(wanted))].sort_values("day")
    if main.empty:
        return None
    last, level = main.iloc[-1], main[main["p50"] <= 0]
    since = f"Level in {level['day'].iloc[-1]:%B %Y}, China's" if len(level) else "China's"
    return Exhibit(
        id="chip-lag-over-time",
        title=f"{since} best {main['metric'].iloc[0].split()[0]} chip is now {last['p50']:.0f} months behind"
        if last["p50"] > 0
        else f"China's best {main['metric'].iloc[0].split()[0]} chip is not behind",
        subtitle="Months by which the best Chinese chip shipping trails the first US chip of its level, month by "
        f"month; below zero China leads. As known on {day(as_of)}",
        unit="months",
        basis=str(rows["basis"].iloc[0]),
        as_of=as_of,
        chart=_over_time_chart(rows, quoted, as_of, narrow=False),
        narrow=_over_time_chart(rows, quoted, as_of, narrow=True),
        data=rows.rename(columns={"p5": "months_low", "p50": "months", "p95": "months_high"})[
            ["metric", "period", "months", "months_low", "months_high", "chip", "us_chip", "us_date"]
        ],
        sources=sources_of(rows.groupby("metric").tail(1), quoted),
        alt=f"Lines of the lag since {rows['day'].min():%Y}. They climb by a month a month and fall when a better "
        f"Chinese chip ships. {main['metric'].iloc[0]} ends at {last['p50']:.0f} months, range {last['p5']:.0f} to "
        f"{last['p95']:.0f}.",
        confidence="medium",
        notes=[
            "The band is the outer range for the solid line, from disputed specifications, dates and low-confidence "
            "chips. Before 2022 the best chips of both sides were within a few percent of each other, where a small "
            "dispute moves a lag by years.",
        ],
    )


def _over_time_chart(rows: pd.DataFrame, quoted: pd.DataFrame, as_of: date, narrow: bool) -> alt.LayerChart:
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%Y", tickCount=5 if narrow else 8))
    y = alt.Y("p50:Q", title="months behind", axis=alt.Axis(tickCount=6))
    dash = alt.StrokeDash(
        "metric:N",
        scale=alt.Scale(domain=list(dict.fromkeys(rows["metric"])), range=[[1, 0], [5, 3]]),
        legend=None,
    )
    red = colour("China")
    base = alt.Chart(rows)
    first = rows[rows["metric"] == rows["metric"].iloc[0]]
    zero = alt.Chart(pd.DataFrame({"p50": [0]})).mark_rule(color=SUB).encode(y=y)
    layers = [
        zero,
        alt.Chart(first).mark_area(fillOpacity=0.2, color=red).encode(x=x, y=alt.Y("p5:Q"), y2="p95:Q"),
        base.mark_line(color=red).encode(x=x, y=y, strokeDash=dash, detail="metric:N"),
    ]
    ends = rows.sort_values("day").groupby("metric", as_index=False).last()
    reach = float(rows["p95"].max() - rows["p5"].min())
    ends["at"] = spread(ends["p50"].tolist(), 17 * reach / (260 if narrow else 320))
    names = [name.split()[0] if narrow else name for name in ends["metric"]]
    ends["text"] = [f"{name} {months:.0f}" for name, months in zip(names, ends["p50"], strict=True)]
    layers.append(
        alt.Chart(ends)
        .mark_text(align="left", dx=6, fontWeight=600, color=red)
        .encode(x=x, y=alt.Y("at:Q"), text="text:N")
    )
    if len(quoted):
        said = pd.DataFrame(
            {
                "day": [pd.Timestamp(quoted["date"].min())],
                "low": [quoted["low"].min()],
                "high": [quoted["high"].max()],
            }
        )
        text = f"quoted {said['low'][0]:.0f} to {said['high'][0]:.0f}"
        layers += [
            alt.Chart(said)
            .mark_rule(strokeWidth=6, color=INK, opacity=0.75)
            .encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
            alt.Chart(said).mark_text(dy=12, color=INK).encode(x=x, y=alt.Y("low:Q"), text=alt.value(text)),
        ]
    return alt.layer(*layers).properties(height=260 if narrow else 320)
