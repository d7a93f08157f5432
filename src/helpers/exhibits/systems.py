"""Exhibits on systems: does architecture make up for chips? Where the argument holds and where it fails.

Each takes results of `helpers.models.chips` and returns an `Exhibit`, or None where the edition knows too little.
"""

from datetime import date
from typing import Any

import altair as alt
import pandas as pd

from helpers.exhibits.chips import INK, SUB, sources_of
from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.theme import colour
from helpers.exhibits.words import name_in_words

_SHOWN = {
    "name": "system",
    "n_chips": "chips",
    "pflops_fp16_dense": "pflops_fp16",
    "pflops_fp8_dense": "pflops_8bit",
    "memory_tb": "memory_tb",
    "memory_bw_tbs": "memory_tb_per_s",
    "interconnect_tbs": "links_tb_per_s",
    "power_kw": "power_kw",
    "tflops_fp16_per_w": "tflops_fp16_per_w",
    "usd_per_tflops_fp16": "usd_per_tflops_fp16",
    "price_usd": "price_usd",
    "scale_up_domain": "chips_in_one_network",
    "pflops_fp16_dense_low": "pflops_fp16_low",
    "pflops_fp16_dense_high": "pflops_fp16_high",
    "power_kw_low": "power_kw_low",
    "power_kw_high": "power_kw_high",
    "status": "status",
    "confidence": "confidence",
    "derived": "derived_from_chips",
}

_ONE_MACHINE = ["Atlas 900 A3 SuperPoD and CloudMatrix 384 are one machine, sold and rented."]


def systems_exhibit(systems: pd.DataFrame, ratios: pd.DataFrame, as_of: date) -> Exhibit | None:
    """The systems side by side, as a table. None where no system is known."""
    if systems.empty:
        return None
    table = systems.sort_values(["vendor", "published", "system_id"], ascending=[False, True, True])
    table = table.assign(derived=table["derived"].map(_columns_in_words))
    at = ratios.set_index("dimension")["p50"] if len(ratios) else {}
    if "FP16 compute" in at and "power" in at:
        title = (
            f"CloudMatrix 384 has {at['FP16 compute']:.1f} times the FP16 compute of a GB200 NVL72, from "
            f"{at['chips needed']:.1f} times the chips and {at['power']:.1f} times the power"
        )
    else:
        title = f"{len(systems)} systems of accelerators are known; no Chinese rack-scale one yet"
    return Exhibit(
        id="systems",
        title=title,
        subtitle=f"Systems as sold: dense peak rates, memory, bandwidth, power and price. As known on {day(as_of)}",
        unit="as named in each column",
        basis="system as sold, dense peak; derived cells are the number of chips times the chip",
        as_of=as_of,
        chart=None,
        data=table[list(_SHOWN)].rename(columns=_SHOWN).reset_index(drop=True),
        sources=sources_of(table),
        alt=f"{title}. A table of {len(table)} systems.",
        confidence="medium",
        notes=[
            *_ONE_MACHINE[: int(table["name"].str.contains("CloudMatrix").any())],
            "Announced systems are targets.",
        ],
    )


def _columns_in_words(names: object) -> str:
    """`memory_tb;links` as readers see it: memory TB; links."""
    listed = names.split(";") if isinstance(names, str) else []
    return "; ".join(name_in_words(name, starts=False) for name in listed if name)


def holds_exhibit(ratios: pd.DataFrame, measured: pd.DataFrame, as_of: date) -> Exhibit | None:
    """Where the argument holds: dimensions in which CloudMatrix 384 exceeds GB200 NVL72, and measured efficiency."""
    ahead = ratios[ratios["holds"] == "ahead"]
    if ahead.empty:
        return None
    tests = measured[(measured["chip"] == "Ascend 910C") & measured["metric"].str.contains("per peak TFLOPS")]
    rows = pd.concat([_of_ratios(ahead), _of_tests(tests[tests["ratio"] > 1])], ignore_index=True)
    at = ahead.set_index("dimension")["p50"]
    said = [
        f"{at[name]:.1f} times the {name}"
        for name in ("FP16 compute", "memory", "memory bandwidth")
        if name in at
    ] or [f"{at.iloc[0]:.1f} times the {at.index[0]}"]
    return _ratio_exhibit(
        rows,
        id="architecture-holds",
        title=f"CloudMatrix 384 is ahead as a whole machine: {', '.join(said)} of an NVL72",
        subtitle="CloudMatrix 384 over GB200 NVL72, log scale; bars: disputed chip rates and sourced power. Open "
        f"points: 910C over H100, measured. As known on {day(as_of)}",
        basis=str(ratios["basis"].iloc[0]),
        as_of=as_of,
        sources=sources_of(ahead, tests),
        notes=[
            "A larger scale-up network lets one model spread over more chips: measured serving of DeepSeek-R1 gets "
            "more tokens from each peak TFLOPS than published H100 results. The measurement is the maker's own.",
        ],
    )


def fails_exhibit(ratios: pd.DataFrame, costs: pd.DataFrame, as_of: date) -> Exhibit | None:
    """Where the argument fails: per chip, per watt and per dollar."""
    behind = ratios[ratios["holds"] == "behind"]
    if behind.empty:
        return None
    paid = costs[costs["quantity"].isin(["ratio_energy", "ratio_electricity_cost", "ratio_total_cost"])]
    names = {
        "ratio_energy": "energy per FLOP",
        "ratio_electricity_cost": "electricity cost per FLOP",
        "ratio_total_cost": "total cost per FLOP",
    }
    extra = pd.DataFrame(
        {
            "dimension": paid["quantity"].map(names),
            "ratio": paid["p50"],
            "ratio_low": paid["p5"],
            "ratio_high": paid["p95"],
            "kind": "modelled",
        }
    )
    rows = pd.concat([_of_ratios(behind), extra], ignore_index=True)
    at = rows.set_index("dimension")["ratio"]
    said = (
        [f"{at['FP16 compute per watt']:.2f} of the compute per watt"]
        if "FP16 compute per watt" in at
        else []
    )
    said += [f"{at['chips needed']:.1f} times the chips"] if "chips needed" in at else []
    last = "total cost per FLOP"
    said += [f"{at[last]:.1f} times the cost of a useful FLOP"] if last in at else []
    return _ratio_exhibit(
        rows,
        id="architecture-fails",
        title=f"CloudMatrix 384 is behind per chip, per watt and per dollar: {', '.join(said)}",
        subtitle="CloudMatrix 384 over GB200 NVL72, log scale; per chip and per watt more is better, else less. "
        f"Bars: disputed rates and sourced power, 90 % intervals for modelled costs. As known on {day(as_of)}",
        basis=str(ratios["basis"].iloc[0]),
        as_of=as_of,
        sources=sources_of(behind),
        notes=[
            "Energy and costs are per useful FLOP: FP16 training at published utilisation, each side at its own "
            "country's electricity price; system prices as reported once, by one newspaper. Buildings, staff and "
            "interest are left out.",
        ],
    )


def _ratio_exhibit(rows: pd.DataFrame, **said: Any) -> Exhibit:
    """CloudMatrix 384 over GB200 NVL72, one dot a dimension; said: what is particular to one exhibit."""
    listed = "; ".join(f"{row.dimension} {row.ratio:.2f}" for row in rows.itertuples())
    return Exhibit(
        unit="x",
        chart=_ratio_chart(rows, narrow=False),
        narrow=_ratio_chart(rows, narrow=True),
        data=rows,
        alt=f"CloudMatrix 384 over GB200 NVL72: {listed}.",
        confidence="medium",
        **said,
    )


def _of_ratios(ratios: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "dimension": ratios["dimension"],
            "ratio": ratios["p50"],
            "ratio_low": ratios["p5"],
            "ratio_high": ratios["p95"],
            "cloudmatrix_384": ratios["ours"],
            "gb200_nvl72": ratios["theirs"],
            "unit": ratios["dimension_unit"],
            "kind": "specification",
        }
    )


def _of_tests(tests: pd.DataFrame) -> pd.DataFrame:
    words = tests["metric"].str.replace(" per peak TFLOPS, measured", " per peak TFLOPS *")
    return pd.DataFrame(
        {
            "dimension": words,
            "ratio": tests["ratio"],
            "ratio_low": tests["ratio"],
            "ratio_high": tests["ratio"],
            "kind": "measured",
        }
    )


def _ratio_chart(rows: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    rows = rows.assign(
        label=[f"{name[0].upper()}{name[1:]}" for name in rows["dimension"]],
        text=[f"{value:.2f}" if value < 2 else f"{value:.1f}" for value in rows["ratio"]],
    )
    room = 1.7 if narrow else 1.25
    ends = [min(0.8, float(rows["ratio_low"].min()) * 0.85), max(1.3, float(rows["ratio_high"].max()) * room)]
    x = alt.X(
        "ratio:Q",
        title="times NVL72",
        scale=alt.Scale(type="log", domain=ends, nice=False),
        axis=alt.Axis(values=[0.25, 0.5, 1, 2, 4], format="~f"),
    )
    y = alt.Y(
        "label:N", sort=rows["label"].tolist(), title=None, axis=alt.Axis(labelLimit=165 if narrow else 260)
    )
    red = colour("Huawei")
    solid, hollow = alt.Chart(rows[rows["kind"] != "measured"]), alt.Chart(rows[rows["kind"] == "measured"])
    return alt.layer(
        alt.Chart(pd.DataFrame({"ratio": [1.0]})).mark_rule(color=SUB).encode(x=x),
        solid.mark_rule(strokeWidth=7, opacity=0.3, color=red, strokeCap="round").encode(
            x="ratio_low:Q", x2="ratio_high:Q", y=y
        ),
        solid.mark_point(size=62, color=red).encode(x=x, y=y),
        hollow.mark_point(size=54, color=red, filled=False, strokeWidth=1.5).encode(x=x, y=y),
        alt.Chart(rows.assign(end=ends[1]))
        .mark_text(align="right", color=INK)
        .encode(x="end:Q", y=y, text="text:N"),
    ).properties(height=alt.Step(28))
