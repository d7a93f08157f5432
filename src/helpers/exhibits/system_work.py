"""Exhibits on systems: how many chips do the work of one, and what useful compute costs on each."""

from datetime import date

import altair as alt
import pandas as pd

from helpers.exhibits.chips import sources_of
from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.layout import halo
from helpers.exhibits.theme import colour

_COST = {
    "usd_total_per_zettaflop": "Both",
    "usd_capital_per_zettaflop": "System price",
    "usd_electricity_per_zettaflop": "Electricity",
}
_HOME = {"CloudMatrix 384": "China", "GB200 NVL72": "United States"}


def equivalents_exhibit(work: pd.DataFrame, as_of: date) -> Exhibit | None:
    """How many 910C do the work of one NVL72, by workload, with 90 % intervals."""
    rows = work[work["quantity"] == "chips_per_nvl72"].reset_index(drop=True)
    if rows.empty:
        return None
    at = rows.set_index("workload")
    said = [
        f"{verb} {at.loc[name, 'p50']:.0f} ({at.loc[name, 'p5']:.0f} to {at.loc[name, 'p95']:.0f})"
        for name, verb in (
            ("training, FP16 on both", "trains like"),
            ("generating tokens, 8-bit on both", "generates tokens like"),
        )
        if name in at.index
    ]
    return Exhibit(
        id="chips-per-nvl72",
        title=f"One NVL72 of 72 chips {' and '.join(said)} Ascend 910C",
        subtitle="Ascend 910C that do the work of one GB200 NVL72, by workload; bars: 90 % intervals. "
        f"As known on {day(as_of)}",
        unit="chips",
        basis="; ".join(dict.fromkeys(rows["basis"])),
        as_of=as_of,
        chart=_equivalents_chart(rows, narrow=False),
        narrow=_equivalents_chart(rows, narrow=True),
        data=rows.rename(columns={"p5": "chips_low", "p50": "chips", "p95": "chips_high"})[
            ["workload", "chips", "chips_low", "chips_high", "basis", "evidence"]
        ],
        sources=sources_of(rows[["source_ids"]]),
        alt="Ascend 910C per NVL72: "
        + "; ".join(
            f"{row.workload} {row.p50:.0f} ({row.p5:.0f} to {row.p95:.0f})" for row in rows.itertuples()
        )
        + ".",
        confidence="low",
        notes=[
            "Training: peak times utilisation; the 910C's utilisation is taken over from runs on the 910B. Serving: "
            "published DeepSeek-R1 results of unlike tests (context, latency bound, date), with an allowance for "
            "that.",
        ],
    )


def cost_exhibit(costs: pd.DataFrame, as_of: date) -> Exhibit | None:
    """Cost of 10^21 useful FLOP by system: system price, electricity at home, and both."""
    rows = costs[costs["quantity"].isin(_COST) & costs["entity"].isin(_HOME)].copy()
    home = rows["entity"].map(_HOME)
    rows = rows[(rows["workload"] == "training, FP16") | (rows["workload"] == "electricity of " + home)]
    if rows["entity"].nunique() < 2:
        return None
    rows["part"] = rows["quantity"].map(_COST)
    at = rows.set_index(["entity", "part"])["p50"]
    total = costs[costs["quantity"] == "ratio_total_cost"]
    capital = costs[costs["quantity"] == "ratio_capital_cost"]
    if len(total):
        share = 100 * at["CloudMatrix 384", "Electricity"] / at["CloudMatrix 384", "Both"]
        row = total.iloc[0]
        verdict = "Cheap power does not pay for it: a" if row["p50"] > 1 else "A"
        title = (
            f"{verdict} useful FLOP on CloudMatrix 384 costs {row['p50']:.1f} times as much "
            f"({row['p5']:.1f} to {row['p95']:.1f}), and electricity is {share:.0f} % of that"
        )
    else:
        row = capital.iloc[0]
        title = (
            f"System price per useful FLOP is {row['p50']:.1f} times as high on CloudMatrix 384 "
            f"({row['p5']:.1f} to {row['p95']:.1f}); electricity prices are not known yet"
        )
    return Exhibit(
        id="cost-of-useful-compute",
        title=title,
        subtitle="USD per 10²¹ useful FLOP of FP16 training, each system at its own country's electricity price; "
        f"bars: 90 % intervals. As known on {day(as_of)}",
        unit="USD per 10^21 FLOP",
        basis=str(rows["basis"].iloc[0]),
        as_of=as_of,
        chart=_cost_chart(rows, narrow=False),
        narrow=_cost_chart(rows, narrow=True),
        data=costs[costs["entity"].isin([*_HOME, "CloudMatrix 384 over GB200 NVL72"])][
            ["entity", "quantity", "workload", "unit", "p5", "p50", "p95"]
        ].reset_index(drop=True),
        sources=sources_of(rows[["source_ids"]], total[["source_ids"]]),
        alt="; ".join(
            f"{row.entity}, {row.part.lower()}: {row.p50:.0f} USD ({row.p5:.0f} to {row.p95:.0f})"
            for row in rows.itertuples()
        )
        + ".",
        confidence="low",
        notes=[
            "Service life, hours in use, PUE and utilisation are assumptions (model systems). Percentiles of parts "
            "do not add up to those of the sum.",
        ],
    )


def _equivalents_chart(rows: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    rows = rows.assign(
        label=[_label(name, narrow) for name in rows["workload"]],
        text=[f"{value:.0f}" for value in rows["p50"]],
    )
    most = max(420.0, float(rows["p95"].max()) * 1.05)
    x = alt.X(
        "p50:Q",
        title="Ascend 910C",
        scale=alt.Scale(domain=[0, most], nice=False),
        axis=alt.Axis(tickCount=6),
    )
    y = alt.Y(
        "label:N", sort=rows["label"].tolist(), title=None, axis=alt.Axis(labelLimit=170 if narrow else 280)
    )
    red = colour("Huawei")
    marks = pd.DataFrame({"p50": [72.0, 384.0], "text": ["NVL72", "CloudMatrix 384"]})
    marks["tint"] = [colour("NVIDIA"), red]
    base = alt.Chart(rows)
    layers = [
        alt.Chart(marks).mark_rule(strokeDash=[4, 3]).encode(x=x, color=alt.Color("tint:N", scale=None)),
        alt.Chart(marks)
        .mark_text(baseline="bottom", dy=-4)
        .encode(x=x, y=alt.value(0), text="text:N", color=alt.Color("tint:N", scale=None)),
        base.mark_rule(strokeWidth=7, opacity=0.3, color=red, strokeCap="round").encode(
            x="p5:Q", x2="p95:Q", y=y
        ),
        base.mark_point(size=62, color=red).encode(x=x, y=y),
        *halo(base.encode(x=x, y=y, text="text:N"), dy=-13, fontWeight=600),
    ]
    return alt.layer(*layers).properties(height=alt.Step(42))


def _label(workload: str, narrow: bool) -> str:
    """`generating tokens, best format` as an axis label, shortened for a phone."""
    text = workload.removeprefix("generating ").removeprefix("reading ") if narrow else workload
    return f"{text[0].upper()}{text[1:]}"


def _cost_chart(rows: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    makers = {"CloudMatrix 384": "Huawei", "GB200 NVL72": "NVIDIA"}
    rows = rows.assign(
        text=[f"{value:.0f}" for value in rows["p50"]],
        maker=rows["entity"].map(makers),
        tint=[colour(makers[name]) for name in rows["entity"]],
    )
    parts = [name for name in _COST.values() if name in set(rows["part"])]
    x = alt.X(
        "p50:Q",
        title="USD per 10²¹ useful FLOP",
        scale=alt.Scale(domain=[0, float(rows["p95"].max()) * (1.25 if narrow else 1.1)], nice=False),
        axis=alt.Axis(tickCount=5, format=",.0f"),
    )
    y = alt.Y("part:N", sort=parts, title=None, scale=alt.Scale(paddingInner=0.35))
    offset = alt.YOffset("entity:N", sort=list(makers))
    tint = alt.Color("tint:N", scale=None)
    base, first = alt.Chart(rows), alt.Chart(rows[rows["part"] == parts[0]])
    return alt.layer(
        base.mark_rule(strokeWidth=7, opacity=0.3, strokeCap="round").encode(
            x="p5:Q", x2="p95:Q", y=y, yOffset=offset, color=tint
        ),
        base.mark_point(size=56).encode(x=x, y=y, yOffset=offset, color=tint),
        base.mark_text(align="left", dx=8).encode(x="p95:Q", y=y, yOffset=offset, color=tint, text="text:N"),
        first.mark_text(align="right", dx=-8, fontWeight=600).encode(
            x="p5:Q", y=y, yOffset=offset, color=tint, text="maker:N" if narrow else "entity:N"
        ),
    ).properties(height=alt.Step(24))
