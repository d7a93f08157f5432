"""Exhibits of the chips chapter: the frontier of shipped chips and its growth.

Each takes results of `helpers.models.chips` and returns an `Exhibit`, or None where the edition knows too little to
draw one. Titles and alternative texts are made from the numbers of the result.
"""

from datetime import date

import altair as alt
import pandas as pd

from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.layout import halo
from helpers.exhibits.theme import colour

INK, SUB, LINE = (colour(name) for name in ("ink", "sub", "line"))
SHORT = {"United States": "US", "China": "Chinese"}
_FIRST = "2017-06-01"
LABELS = {
    "tflops_fp16": "FP16 compute",
    "tops_8bit": "8-bit compute",
    "memory_bw_gbs": "Memory bandwidth",
    "tflops_fp16_per_w": "FP16 per watt",
    "tpp_tbs": "TPP × bandwidth",
}


def sources_of(*frames: pd.DataFrame) -> list[str]:
    """Every source id of the `evidence` or `source_ids` columns, once, in order of first use."""
    found: dict[str, None] = {}
    for frame in frames:
        for column in ("evidence", "source_ids"):
            for ids in frame.get(column, ()):
                found.update(dict.fromkeys(name for name in str(ids).split(";") if name))
    return list(found)


def frontier_exhibit(
    frontier: pd.DataFrame, lag: pd.DataFrame, specs: pd.DataFrame, as_of: date
) -> Exhibit | None:
    """Step chart of the best FP16 chip shipping, US and China, with the lag drawn in.

    frontier, lag, specs: results of `frontier`, `lag_now` and `spec_table`.
    """
    lines = frontier[frontier["quantity"] == "tflops_fp16"].dropna(subset=["p50"])
    now = lag[lag["quantity"] == "lag_tflops_fp16"]
    if now.empty or lines["entity"].nunique() < 2:
        return None
    now = now.iloc[0]
    lines = lines.assign(day=pd.to_datetime(lines["period"]))
    chips = specs[
        (specs["market"] == "datacenter")
        & specs["status"].isin(["shipping", "banned variant"])
        & specs["tflops_fp16"].notna()
        & (specs["release_end"] <= pd.Timestamp(as_of))
    ]
    best = {name: rows.iloc[-1] for name, rows in lines.groupby("entity")}
    china, states = best["China"], best["United States"]
    behind = now["p50"] > 0
    when = f"{pd.Timestamp(now['us_date']):%B %Y}" if behind else ""
    title = (
        f"The best Chinese chip shipping equals what the United States shipped in {when}, "
        f"{now['p50']:.0f} months ago"
        if behind
        else f"The best Chinese chip shipping is ahead of every US one, by {-now['p50']:.0f} months"
    )
    alt_text = (
        f"Two step lines of dense FP16 compute per chip on a log scale. US chips rise to "
        f"{states['p50']:,.0f} TFLOPS ({states['chip']}), Chinese ones to {china['p50']:,.0f} ({china['chip']}). "
        f"The Chinese level is {100 * china['p50'] / states['p50']:.0f} percent of the US one"
        + (f" and was first reached by a US chip, the {now['us_chip']}, in {when}." if behind else ".")
    )
    data = pd.concat(
        [
            lines.assign(kind="best shipping")[["kind", "entity", "period", "chip", "p5", "p50", "p95"]],
            chips.assign(
                kind="chip",
                entity=chips["country"],
                period=chips["release_end"].dt.date.astype(str),
                chip=chips["name"],
                p5=chips["tflops_fp16_low"],
                p50=chips["tflops_fp16"],
                p95=chips["tflops_fp16_high"],
            )[["kind", "entity", "period", "chip", "p5", "p50", "p95", "confidence"]],
        ],
        ignore_index=True,
    ).rename(columns={"p5": "tflops_fp16_low", "p50": "tflops_fp16", "p95": "tflops_fp16_high"})
    return Exhibit(
        id="chip-frontier",
        title=title,
        subtitle="Peak dense FP16 compute of data-centre accelerators by release date, TFLOPS, log scale; lines "
        f"follow the best one shipping, bands what is disputed. As known on {day(as_of)}",
        unit="TFLOPS",
        basis=str(lines["basis"].iloc[0]),
        as_of=as_of,
        chart=_frontier_chart(lines, chips, now, as_of, narrow=False),
        narrow=_frontier_chart(lines, chips, now, as_of, narrow=True),
        data=data,
        sources=sources_of(lines, now.to_frame().T),
        alt=alt_text,
        confidence="high",
        notes=[
            "Hollow points: low confidence, not counted in the lines. Chinese means designed by a firm with its "
            "headquarters in China, wherever the dies were made; a chip stays in the line once it has shipped, also "
            "where its foundry later stopped supply.",
        ],
    )


def _frontier_chart(lines, chips, now, as_of: date, narrow: bool) -> alt.LayerChart:
    lowest = 60
    x = alt.X(
        "day:T",
        title=None,
        scale=alt.Scale(domain=[_FIRST, as_of.isoformat()]),
        axis=alt.Axis(format="%Y", tickCount=5 if narrow else 10),
    )
    y = alt.Y(
        "value:Q",
        title="TFLOPS, dense FP16",
        scale=alt.Scale(type="log", domain=[lowest, 4000], nice=False),
        axis=alt.Axis(values=[100, 300, 1000, 3000], format=","),
    )
    tint = alt.Color("entity:N", scale=_countries(), legend=None)
    lines = lines.assign(value=lines["p50"])
    lines = lines[lines["value"] >= lowest]
    points = chips.assign(
        day=chips["release_end"],
        value=chips["tflops_fp16"],
        entity=chips["country"],
        sure=chips["confidence"] != "low",
    )[["day", "value", "entity", "sure", "name"]]
    points = points[points["value"] >= lowest]
    band = (
        alt.Chart(lines)
        .mark_area(interpolate="step-after", fillOpacity=0.18)
        .encode(x=x, y=alt.Y("p5:Q"), y2="p95:Q", color=tint)
    )
    step = alt.Chart(lines).mark_line(interpolate="step-after").encode(x=x, y=y, color=tint)
    about = ["name:N", alt.Tooltip("day:T", title="released", format="%b %Y"),
             alt.Tooltip("value:Q", title="TFLOPS", format=",.0f")]  # fmt: skip
    dots = (
        alt.Chart(points[points["sure"]])
        .mark_point(size=26, opacity=0.4)
        .encode(x=x, y=y, color=tint, tooltip=about)
    )
    hollow = (
        alt.Chart(points[~points["sure"]])
        .mark_point(size=26, opacity=0.5, filled=False)
        .encode(x=x, y=y, color=tint, tooltip=about)
    )
    ends = lines.sort_values("day").groupby("entity", as_index=False).last()
    ends["text"] = [SHORT[name] if narrow else f"Best {SHORT[name]} chip" for name in ends["entity"]]
    layers = [band, dots, hollow, step]
    layers += halo(
        alt.Chart(ends).encode(x=x, y=y, text="text:N", color=tint), align="right", dy=-10, fontWeight=600
    )
    if now["p50"] > 0:
        start, level = (
            pd.Timestamp(now["us_date"]),
            float(ends.loc[ends["entity"] == "China", "value"].iloc[0]),
        )
        span = pd.DataFrame({"day": [start], "until": [pd.Timestamp(as_of)], "value": [level]})
        label = pd.DataFrame({"day": [start], "value": [level], "text": [f"{now['p50']:.0f} months"]})
        # On a phone a long lag runs under the step of the newest Chinese chip: its name goes above the line.
        long = (pd.Timestamp(as_of) - start) / (pd.Timestamp(as_of) - pd.Timestamp(_FIRST)) > 0.4
        put = {"align": "left", "dx": 7, "dy": -9 if narrow and long else 11}
        layers += [
            alt.Chart(span).mark_rule(strokeDash=[4, 3], color=INK).encode(x=x, x2="until:T", y=y),
            alt.Chart(span).mark_point(shape="circle", size=46, color=INK).encode(x=x, y=y),
            *halo(alt.Chart(label).encode(x=x, y=y, text="text:N"), **put, fontWeight=600, color=INK),
        ]
    return alt.layer(*layers).properties(height=300 if narrow else 360)


def growth_exhibit(growth: pd.DataFrame, specs: pd.DataFrame, as_of: date) -> Exhibit | None:
    """Growth factor a year by metric and country, all data-centre chips, with 90 % intervals."""
    rows = growth[(growth["sample"] == "all") & growth["quantity"].str.startswith("growth_")]
    rows = rows.assign(label=rows["metric"].map(LABELS)).dropna(subset=["label"])
    fp16 = rows[rows["metric"] == "tflops_fp16"].set_index("entity")
    if not {"China", "United States"} <= set(fp16.index):
        return None
    china, states = fp16.loc["China"], fp16.loc["United States"]
    overlap = china["p95"] >= states["p5"] and states["p95"] >= china["p5"]
    title = (
        f"FP16 compute per chip grows by {100 * states['p50'] - 100:.0f} % a year in the United States and "
        f"{100 * china['p50'] - 100:.0f} % in China; the intervals {'overlap' if overlap else 'do not overlap'}"
    )
    return Exhibit(
        id="chip-growth",
        title=title,
        subtitle="Growth factor a year of data-centre chips by release date, least squares of the logarithm; "
        f"bars: 90 % intervals of the slope. As known on {day(as_of)}",
        unit="factor a year",
        basis=str(china["basis"]),
        as_of=as_of,
        chart=_growth_chart(rows, narrow=False),
        narrow=_growth_chart(rows, narrow=True),
        data=growth.drop(columns=["as_of", "evidence", "basis", "metric", "first", "last"]),
        sources=sources_of(specs[specs["chip_id"].isin({*";".join(growth["evidence"]).split(";")})]),
        alt=f"Growth factor of FP16 compute a year: United States {states['p50']:.2f} (90 % interval "
        f"{states['p5']:.2f} to {states['p95']:.2f}, {states['n']} chips), China {china['p50']:.2f} "
        f"({china['p5']:.2f} to {china['p95']:.2f}, {china['n']} chips).",
        confidence="medium",
        notes=[
            "Sample: data-centre chips that shipped, with a value, a date and at least medium confidence. Chips of "
            "one family share errors, so the intervals are too narrow. The table also has the chips that raised the "
            "frontier.",
        ],
    )


def _growth_chart(rows: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    order = [LABELS[name] for name in LABELS if LABELS[name] in set(rows["label"])]
    y = alt.Y("label:N", sort=order, title=None, scale=alt.Scale(paddingInner=0.35))
    offset = alt.YOffset("entity:N", sort=["United States", "China"])
    tint = alt.Color("entity:N", scale=_countries(), legend=None)
    ends = [min(0.9, float(rows["p5"].min()) * 0.98), max(2.0, float(rows["p95"].max()) * 1.04)]
    x = alt.X(
        "p50:Q",
        title="times a year (1 = no growth)",
        scale=alt.Scale(type="log", domain=ends, nice=False),
        axis=alt.Axis(values=[1, 1.25, 1.5, 2, 2.5, 3], format=".3~f"),
    )
    base = alt.Chart(rows)
    one = alt.Chart(pd.DataFrame({"p50": [1.0]})).mark_rule(color=SUB).encode(x=x)
    first = rows[rows["label"] == order[0]].assign(
        text=lambda frame: ["US" if name == "United States" else "China" for name in frame["entity"]]
    )
    return alt.layer(
        one,
        base.mark_rule(strokeWidth=7, opacity=0.3, strokeCap="round").encode(
            x=alt.X("p5:Q"), x2="p95:Q", y=y, yOffset=offset, color=tint
        ),
        base.mark_point(size=60).encode(x=x, y=y, yOffset=offset, color=tint),
        alt.Chart(first)
        .mark_text(align="left", dx=8, fontWeight=600)
        .encode(x=alt.X("p95:Q"), y=y, yOffset=offset, color=tint, text="text:N"),
    ).properties(height=alt.Step(22))


def _countries() -> alt.Scale:
    names = ["United States", "China"]
    return alt.Scale(domain=names, range=[colour(name) for name in names])
