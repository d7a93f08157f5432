"""Exhibits of the chips chapter: every accelerator of the spec table, and the specifications in dispute."""

from datetime import date

import altair as alt
import pandas as pd

from helpers.exhibits.chips import SUB, sources_of
from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.layout import beside, log_pixels
from helpers.exhibits.theme import NARROW, WIDE, scale

# Edge chips below this are left to the table: GB/s, TFLOPS.
_LEAST = (200.0, 45.0)
# Labelled if they fit, the most asked-for first.
NAMED = {
    "ascend_910c": "910C",
    "h100_sxm": "H100",
    "h20_96": "H20",
    "b200": "B200",
    "ascend_910b": "910B",
    "a100_sxm_80": "A100",
    "h200_sxm": "H200",
    "mi300x": "MI300X",
    "mi355x": "MI355X",
    "tpu_v7": "TPU v7",
    "ascend_950pr_atlas350": "950PR",
    "br104": "BR104",
    "metax_c500": "C500",
    "hygon_bw1000": "BW1000",
    "kunlun_r200": "R200",
    "mtt_s4000": "S4000",
    "v100_sxm2": "V100",
    "l20": "L20",
    "l4": "L4",
}
_SHOWN = {
    "name": "name",
    "vendor": "vendor",
    "country": "country",
    "market": "market",
    "status": "status",
    "release_date": "released",
    "tflops_fp16": "tflops_fp16_dense",
    "tflops_fp16_low": "tflops_fp16_low",
    "tflops_fp16_high": "tflops_fp16_high",
    "tops_8bit": "tops_8bit_dense",
    "memory_gb": "memory_gb",
    "memory_bw_gbs": "memory_bandwidth_gbs",
    "interconnect_gbs": "links_gbs",
    "tdp_w": "power_w",
    "tflops_fp16_per_w": "tflops_fp16_per_w",
    "tpp": "tpp",
    "performance_density": "performance_density",
    "usd_per_tflop_low": "usd_per_tflops_low",
    "usd_per_tflop_high": "usd_per_tflops_high",
    "confidence": "confidence",
}


def specs_exhibit(specs: pd.DataFrame, as_of: date) -> Exhibit | None:
    """Scatter of FP16 rate and memory bandwidth with the confidence of each row; the table has every chip."""
    drawn = specs.dropna(subset=["tflops_fp16", "memory_bw_gbs", "country"])
    drawn = drawn[
        (drawn["market"] == "datacenter")
        & ~drawn["status"].isin(["cancelled", "announced"])
        & (drawn["release_end"] <= pd.Timestamp(as_of))
    ]
    if drawn["country"].nunique() < 2:
        return None
    top = drawn.loc[drawn.groupby("country")["tflops_fp16"].idxmax()].set_index("country")
    china, states = top.loc["China"], top.loc["United States"]
    sure = specs["confidence"].value_counts()
    table = specs.sort_values(["country", "vendor", "release_start", "chip_id"])[list(_SHOWN)].rename(
        columns=_SHOWN
    )
    return Exhibit(
        id="chip-specifications",
        title=f"Of {len(specs)} accelerators, the strongest Chinese one on sale has "
        f"{china['tflops_fp16']:,.0f} TFLOPS and {china['memory_bw_gbs'] / 1000:.1f} TB/s, the strongest US one "
        f"{states['tflops_fp16']:,.0f} and {states['memory_bw_gbs'] / 1000:.1f}",
        subtitle="Dense FP16 compute against memory bandwidth, data-centre chips on sale, log scales; solid: high, "
        f"light: medium, hollow: low confidence. As known on {day(as_of)}",
        unit="TFLOPS; GB/s",
        basis="dense peak as specified",
        as_of=as_of,
        chart=_scatter(drawn, narrow=False),
        narrow=_scatter(drawn, narrow=True),
        data=table,
        sources=sources_of(specs),
        alt=f"Scatter of {len(drawn)} chips, US and Chinese. The strongest are {states['name']} and {china['name']}. "
        f"Confidence is high for {sure.get('high', 0)} rows, medium for {sure.get('medium', 0)} and low for "
        f"{sure.get('low', 0)} of the {len(specs)} in the table.",
        notes=[
            "The table also has the workstation, consumer, announced, cancelled and edge chips that are not drawn. "
            "Empty cells are not sourced; they are never zero. TPP and density follow the US rules.",
        ],
    )


def disputed_exhibit(disputed: pd.DataFrame, as_of: date, most: int = 24) -> Exhibit | None:
    """Disputed specifications: what sources give, relative to the value used, the widest first."""
    rows = disputed.dropna(subset=["value", "width_percent"])
    rows = (
        rows[(rows["value"] > 0) & (rows["low"] > 0)].sort_values("width_percent", ascending=False).head(most)
    )
    if rows.empty:
        return None
    rows = rows.assign(
        label=[f"{_short(row.name)}, {_field(row.field)}" for row in rows.itertuples(index=False)],
        low_share=rows["low"] / rows["value"],
        high_share=rows["high"] / rows["value"],
    )
    widest = rows.iloc[0]
    return Exhibit(
        id="chip-disputed-specifications",
        title=f"{len(disputed)} specifications are disputed, {_field(widest['field'])} of the "
        f"{_short(widest['name'])} most: {widest['low']:,.0f} to {widest['high']:,.0f}{_unit(widest['field'])}",
        subtitle="Lowest and highest sourced value over the value used (1), log scale; the widest first. "
        f"As known on {day(as_of)}",
        unit="x of the value used",
        basis="sourced values that contradict each other",
        as_of=as_of,
        chart=_disputed_chart(rows, narrow=False),
        narrow=_disputed_chart(rows.head(16), narrow=True),
        data=disputed.drop(columns=["source_ids"]),
        sources=sources_of(rows),
        alt=f"Ranges of {len(rows)} disputed specifications; the widest spans {widest['low']:,.0f} to "
        f"{widest['high']:,.0f} against {widest['value']:,.0f} used.",
        confidence="medium",
        notes=["Every model of this chapter carries these ranges; none uses the middle alone."],
    )


def _scatter(chips: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    size = (NARROW - 60.0, 330.0) if narrow else (WIDE - 60.0, 400.0)
    chips = chips[(chips["memory_bw_gbs"] > _LEAST[0]) & (chips["tflops_fp16"] > _LEAST[1])]
    across = (_LEAST[0], float(chips["memory_bw_gbs"].max()) * 1.5)
    down = (_LEAST[1], float(chips["tflops_fp16"].max()) * 1.5)
    x = alt.X(
        "memory_bw_gbs:Q",
        title="memory bandwidth, TB/s",
        scale=alt.Scale(type="log", domain=list(across), nice=False),
        axis=alt.Axis(values=[100, 300, 1000, 3000, 10000], labelExpr="datum.value / 1000"),
    )
    y = alt.Y(
        "tflops_fp16:Q",
        title="TFLOPS, dense FP16",
        scale=alt.Scale(type="log", domain=list(down), nice=False),
        axis=alt.Axis(values=[10, 30, 100, 300, 1000, 3000], format=","),
    )
    tint = alt.Color("country:N", scale=scale(["United States", "China"]), legend=None)
    shown = chips[["chip_id", "name", "country", "confidence", "memory_bw_gbs", "tflops_fp16"]]
    about = ["name:N", alt.Tooltip("tflops_fp16:Q", title="TFLOPS", format=",.0f"),
             alt.Tooltip("memory_bw_gbs:Q", title="GB/s", format=",.0f"), "confidence:N"]  # fmt: skip
    layers = []
    for sure, opacity, filled in (("high", 0.8, True), ("medium", 0.38, True), ("low", 0.8, False)):
        part = shown[shown["confidence"] == sure]
        if len(part):
            layers.append(
                alt.Chart(part)
                .mark_point(size=44, opacity=opacity, filled=filled)
                .encode(x=x, y=y, color=tint, tooltip=about)
            )
    pixels = [
        (
            log_pixels(row.memory_bw_gbs, across, size[0]),
            log_pixels(row.tflops_fp16, down, size[1], down=True),
        )
        for row in shown.itertuples()
    ]
    place = dict(zip(shown["chip_id"], pixels, strict=True))
    wanted = [chip for chip in NAMED if chip in place]
    for chip, found in zip(
        wanted,
        beside([place[chip] for chip in wanted], [NAMED[chip] for chip in wanted], size, pixels),
        strict=True,
    ):
        if found is not None:
            row = shown[shown["chip_id"] == chip].assign(text=NAMED[chip])
            layers.append(
                alt.Chart(row)
                .mark_text(align=found.align, dx=found.dx, dy=found.dy)
                .encode(x=x, y=y, text="text:N", color=tint)
            )
    return alt.layer(*layers).properties(height=size[1])


def _disputed_chart(rows: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    ends = [min(0.5, float(rows["low_share"].min()) * 0.95), max(1.5, float(rows["high_share"].max()) * 1.1)]
    x = alt.X(
        "low_share:Q",
        title="times the value used",
        scale=alt.Scale(type="log", domain=ends, nice=False),
        axis=alt.Axis(values=[0.25, 0.5, 1, 1.5, 2, 4] if narrow else [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4],
                      format="~f"),
    )
    y = alt.Y(
        "label:N", sort=rows["label"].tolist(), title=None, axis=alt.Axis(labelLimit=190 if narrow else 300)
    )
    tint = alt.Color("country:N", scale=scale(["United States", "China"]), legend=None)
    base = alt.Chart(rows)
    return alt.layer(
        alt.Chart(pd.DataFrame({"low_share": [1.0]})).mark_rule(color=SUB).encode(x=x),
        base.mark_rule(strokeWidth=7, opacity=0.35, strokeCap="round").encode(
            x=x, x2="high_share:Q", y=y, color=tint
        ),
        base.transform_calculate(one="1").mark_point(size=40).encode(
            x="one:Q", y=y, color=tint, tooltip=["label:N", "value:Q", "low:Q", "high:Q"]
        ),
    ).properties(height=alt.Step(22))


def _short(name: str) -> str:
    """A chip's name as an axis label: without bin, card and product line."""
    return name.split(" (")[0].split(" in ")[0].removeprefix("Instinct ").removeprefix("GeForce ")


def _unit(field: str) -> str:
    """The unit of a specification after a number; nothing where it is not known."""
    units = {"tops": "TOPS", "tflops": "TFLOPS", "gb": "GB", "gbs": "GB/s", "w": "W", "mm2": "mm²"}
    found = next((units[part] for part in (field.split("_")[0], field.split("_")[-1]) if part in units), "")
    return f" {found}" if found else ""


def _field(name: str) -> str:
    return {
        "tflops_fp16_dense": "FP16",
        "tflops_fp8_dense": "FP8",
        "tops_int8_dense": "INT8",
        "tflops_fp4_dense": "FP4",
        "tflops_fp32_dense": "FP32",
        "memory_gb": "memory",
        "memory_bw_gbs": "bandwidth",
        "interconnect_gbs": "links",
        "tdp_w": "power",
        "die_area_mm2": "die area",
    }.get(name, name)
