"""Exhibits of the chips chapter: Ascend against NVIDIA by specification and by the resource that binds."""

from datetime import date

import altair as alt
import pandas as pd

from helpers.exhibits.chips import SUB, sources_of
from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.theme import colour

PAIRS = (("Ascend 910B", "A100"), ("Ascend 910C", "H100"), ("Ascend 910C", "B200"))
_NAMES = {
    "FP16 compute": "FP16 compute",
    "8-bit compute": "8-bit compute",
    "memory": "Memory",
    "memory bandwidth": "Memory bandwidth",
    "chip-to-chip links": "Chip-to-chip links",
    "FP16 per watt": "FP16 per watt",
    "FP16 matrix multiply, measured": "Matrix multiply *",
    "LLM training, as stated by Huawei": "LLM training *",
    "inference, as stated by DeepSeek": "Inference *",
    "decode of DeepSeek-R1, measured": "Decode of R1 *",
    "decode per peak TFLOPS, measured": "Decode per TFLOPS *",
    "prompts per peak TFLOPS, measured": "Prompts per TFLOPS *",
}


def ascend_exhibit(
    ratios: pd.DataFrame, measured: pd.DataFrame, verdicts: pd.DataFrame, as_of: date
) -> Exhibit | None:
    """Dots and ranges of Ascend over NVIDIA by specification, with what was measured or stated, for three pairs."""
    names = {"p5": "ratio_low", "p50": "ratio", "p95": "ratio_high"}
    said = measured.assign(kind=measured["status"], ratio_low=measured["ratio"], ratio_high=measured["ratio"])
    held = pd.concat([ratios.rename(columns=names).assign(kind="specification"), said], ignore_index=True)
    held["label"] = held["metric"].map(_NAMES)
    pairs = [pair for pair in PAIRS if ((ratios["chip"] == pair[0]) & (ratios["reference"] == pair[1])).any()]
    first = ratios[(ratios["chip"] == "Ascend 910B") & (ratios["reference"] == "A100")].set_index("metric")
    if not pairs or not {"FP16 compute", "memory bandwidth", "chip-to-chip links"} <= set(first.index):
        return None
    at = first["p50"]
    shown = held[
        [(chip, other) in pairs for chip, other in zip(held["chip"], held["reference"], strict=True)]
    ]
    return Exhibit(
        id="ascend-against-nvidia",
        title=f"The 910B {'beats' if at['FP16 compute'] > 1 else 'trails'} the A100 on paper compute "
        f"({at['FP16 compute']:.2f} times) and trails it on memory bandwidth ({at['memory bandwidth']:.2f}) and "
        f"links ({at['chip-to-chip links']:.2f})",
        subtitle="Ascend over NVIDIA, dense peak over dense peak, log scale; bars: speed bins and disputed values. "
        f"Open points with an asterisk: measured, or stated by the maker. As known on {day(as_of)}",
        unit="x",
        basis=str(ratios["basis"].iloc[0]),
        as_of=as_of,
        chart=_pairs_chart(shown, pairs, narrow=False),
        narrow=_pairs_chart(shown, pairs, narrow=True),
        data=held[["chip", "reference", "metric", "ratio", "ratio_low", "ratio_high", "kind"]],
        sources=sources_of(ratios[ratios["chip"].isin([pair[0] for pair in pairs])], measured),
        alt=" ".join(verdicts["sentence"]),
        confidence="medium",
        notes=list(verdicts["sentence"]),
    )


def _pairs_chart(rows: pd.DataFrame, pairs: list[tuple[str, str]], narrow: bool) -> alt.TopLevelMixin:
    order = [name for name in dict.fromkeys(_NAMES.values()) if name in set(rows["label"])]
    ends = [min(0.2, float(rows["ratio_low"].min()) * 0.9), max(3.0, float(rows["ratio_high"].max()) * 2.0)]
    # Few panels share the width of the usual three, so that the page does not enlarge them.
    width = 200 if narrow else (582 - 18 * (len(pairs) - 1)) / len(pairs)
    panels = []
    for place, (chip, reference) in enumerate(pairs):
        part = rows[(rows["chip"] == chip) & (rows["reference"] == reference)]
        mine = [name for name in order if name in set(part["label"])] if narrow else order
        panels.append(
            _ratio_panel(
                part,
                mine,
                ends,
                title=f"{chip.split()[-1]} over {reference}",
                width=width,
                labelled=narrow or place == 0,
            )
        )
    return alt.vconcat(*panels, spacing=14) if narrow else alt.hconcat(*panels, spacing=18)


def _ratio_panel(
    rows: pd.DataFrame, order: list[str], ends: list[float], title: str, width: float, labelled: bool
) -> alt.LayerChart:
    x = alt.X(
        "ratio:Q",
        title=None,
        scale=alt.Scale(type="log", domain=ends, nice=False),
        axis=alt.Axis(values=[0.25, 0.5, 1, 2, 4], format="~f"),
    )
    y = alt.Y(
        "label:N",
        sort=order,
        title=None,
        scale=alt.Scale(domain=order),
        axis=alt.Axis() if labelled else None,
    )
    red = colour("Huawei")
    rows = rows.assign(text=[f"{value:.2f}" for value in rows["ratio"]])
    base, said = (
        alt.Chart(rows[rows["kind"] == "specification"]),
        alt.Chart(rows[rows["kind"] != "specification"]),
    )
    return alt.layer(
        alt.Chart(pd.DataFrame({"ratio": [1.0]})).mark_rule(color=SUB).encode(x=x),
        base.mark_rule(strokeWidth=7, opacity=0.3, color=red, strokeCap="round").encode(
            x="ratio_low:Q", x2="ratio_high:Q", y=y
        ),
        base.mark_point(size=60, color=red).encode(x=x, y=y),
        said.mark_point(size=52, color=red, filled=False, strokeWidth=1.5).encode(x=x, y=y),
        alt.Chart(rows.assign(end=ends[1])).mark_text(align="right").encode(x="end:Q", y=y, text="text:N"),
    ).properties(width=width, height=alt.Step(24), title=title)


def bounds_exhibit(ratios: pd.DataFrame, as_of: date) -> Exhibit | None:
    """Ascend chips over H100 and H20 by the resource that binds: what training and inference users feel."""
    if ratios.empty:
        return None
    chip = "Ascend 910C" if (ratios["chip"] == "Ascend 910C").any() else ratios["chip"].iloc[0]
    at = ratios[(ratios["chip"] == chip)].set_index(["reference", "bound"])["p50"]
    say = [
        f"{at[reference, bound]:.2f} of an {reference} in {bound}"
        for reference, bound in (
            ("H100", "compute"),
            ("H100", "memory bandwidth"),
            ("H20", "memory bandwidth"),
        )
        if (reference, bound) in at.index
    ]
    return Exhibit(
        id="chip-ratio-by-bound",
        title=f"Users of a {chip.split()[-1]} feel {', '.join(say[:-1])} and {say[-1]}",
        subtitle="Ascend over NVIDIA by the resource that binds, log scale; bars: speed bins and disputed values. "
        f"As known on {day(as_of)}",
        unit="x",
        basis=str(ratios["basis"].iloc[0]),
        as_of=as_of,
        chart=_bounds_chart(ratios, narrow=False),
        narrow=_bounds_chart(ratios, narrow=True),
        data=ratios.rename(columns={"p5": "ratio_low", "p50": "ratio", "p95": "ratio_high"})[
            ["chip", "reference", "bound", "felt_in", "ratio", "ratio_low", "ratio_high"]
        ],
        sources=sources_of(ratios),
        alt="Ratios by bound: "
        + "; ".join(
            f"{row.chip} over {row.reference} in {row.bound} {row.p50:.2f}" for row in ratios.itertuples()
        )
        + ".",
        confidence="medium",
        notes=[
            "Compute binds training and reading prompts, memory bandwidth generating tokens, memory capacity the "
            "size of model, batch and context, links the spreading of one model over chips."
        ],
    )


def _bounds_chart(ratios: pd.DataFrame, narrow: bool) -> alt.TopLevelMixin:
    order = [f"{bound[0].upper()}{bound[1:]}" for bound in dict.fromkeys(ratios["bound"])]
    rows = ratios.assign(
        label=[f"{bound[0].upper()}{bound[1:]}" for bound in ratios["bound"]],
        short=ratios["chip"].str.removeprefix("Ascend "),
    )
    rows["text"] = [f"{name}  {value:.2f}" for name, value in zip(rows["short"], rows["p50"], strict=True)]
    chips = list(dict.fromkeys(rows["short"]))
    room = 8.0 if narrow else 5.0
    ends = [min(0.15, float(rows["p5"].min()) * 0.9), max(4.0, float(rows["p95"].max()) * room)]
    panels = []
    red = colour("Huawei")
    for place, reference in enumerate(dict.fromkeys(rows["reference"])):
        part = alt.Chart(rows[rows["reference"] == reference])
        x = alt.X(
            "p50:Q",
            title=None,
            scale=alt.Scale(type="log", domain=ends, nice=False),
            axis=alt.Axis(values=[0.25, 1, 4] if narrow else [0.25, 0.5, 1, 2, 4], format="~f"),
        )
        y = alt.Y(
            "label:N",
            sort=order,
            title=None,
            scale=alt.Scale(paddingInner=0.3),
            axis=alt.Axis() if narrow or place == 0 else None,
        )
        offset = alt.YOffset("short:N", sort=chips, scale=alt.Scale(domain=chips))
        panels.append(
            alt.layer(
                alt.Chart(pd.DataFrame({"p50": [1.0]})).mark_rule(color=SUB).encode(x=x),
                part.mark_rule(strokeWidth=6, opacity=0.3, color=red, strokeCap="round").encode(
                    x="p5:Q", x2="p95:Q", y=y, yOffset=offset
                ),
                part.mark_point(size=44, color=red).encode(x=x, y=y, yOffset=offset),
                part.transform_calculate(end=str(ends[1]))
                .mark_text(align="right", fontSize=11)
                .encode(x="end:Q", y=y, yOffset=offset, text="text:N"),
            ).properties(width=205 if narrow else 285, height=alt.Step(18), title=f"over {reference}")
        )
    return alt.vconcat(*panels, spacing=14) if narrow else alt.hconcat(*panels, spacing=20)
