"""Exhibit of the chips chapter: the roofline, what a chip can do at each arithmetic intensity."""

from datetime import date

import altair as alt
import pandas as pd

from helpers.exhibits.chips import SUB, sources_of
from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.layout import log_pixels, spread
from helpers.exhibits.theme import scale


def roofline_exhibit(roofline: pd.DataFrame, specs: pd.DataFrame, as_of: date) -> Exhibit | None:
    """Attainable FP16 TFLOPS by arithmetic intensity, one line a chip, both axes logarithmic."""
    chips = set(roofline["chip"])
    best = next((name for name in ("Ascend 910C", "Ascend 910B") if name in chips), None)
    if best is None or "H20" not in chips:
        return None
    ends = roofline.groupby("chip")[["tflops", "ridge"]].max()
    start = roofline.groupby("chip")["tflops"].min()
    compute, bandwidth = ends["tflops"][best] / ends["tflops"]["H20"], start[best] / start["H20"]
    name = best.split()[-1]
    title = f"The {name} has {compute:.1f} times the compute of the H20 and {bandwidth:.2f} of its bandwidth"
    title += ": better at training, worse at generating tokens" if bandwidth < 1 < compute else ""
    turns = [f"{row.Index} {row.tflops:,.0f} from {row.ridge:.0f} FLOP/byte on" for row in ends.itertuples()]
    listed = "; ".join(turns)
    return Exhibit(
        id="chip-roofline",
        title=title,
        subtitle="Attainable dense FP16 compute of one chip by arithmetic intensity (FLOP per byte of memory "
        f"traffic), TFLOPS, log scales. As known on {day(as_of)}",
        unit="TFLOPS",
        basis="dense FP16 peak and memory bandwidth, as specified",
        as_of=as_of,
        chart=_roofline_chart(roofline, narrow=False),
        narrow=_roofline_chart(roofline, narrow=True),
        data=roofline.rename(
            columns={"low": "tflops_low", "high": "tflops_high", "ridge": "ridge_flop_per_byte"}
        ),
        sources=sources_of(specs),
        alt=f"Lines rise with bandwidth and turn flat at each chip's peak: {listed}.",
        confidence="high",
        notes=[
            "Left of the bend a chip waits for memory (generating one token after another), right of it for "
            "arithmetic (training, reading a prompt). The H20 was cut in arithmetic only.",
        ],
    )


def _roofline_chart(rows: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    height = 320 if narrow else 380
    reach = (1.0, 4096.0)
    domain = (float(rows["tflops"].min()) * 0.8, float(rows["tflops"].max()) * 1.3)
    x = alt.X(
        "flop_per_byte:Q",
        title="FLOP per byte",
        scale=alt.Scale(type="log", domain=list(reach), nice=False),
        axis=alt.Axis(values=[1, 10, 100, 1000], format=","),
    )
    y = alt.Y(
        "tflops:Q",
        title="TFLOPS",
        scale=alt.Scale(type="log", domain=list(domain), nice=False),
        axis=alt.Axis(values=[1, 3, 10, 30, 100, 300, 1000, 3000], format=","),
    )
    vendors = list(dict.fromkeys(rows["vendor"]))
    tint = alt.Color("vendor:N", scale=scale(vendors), legend=None)
    ends = rows[rows["flop_per_byte"] == rows["flop_per_byte"].max()].sort_values("tflops")
    pixels = [log_pixels(value, domain, height, down=True) for value in ends["tflops"]]
    moved = spread(pixels, 15)
    ends = ends.assign(at=[domain[0] * (domain[1] / domain[0]) ** (1 - pixel / height) for pixel in moved])
    ends["text"] = [name.removeprefix("Ascend ") for name in ends["chip"]]
    words = ["generating tokens", "prompts" if narrow else "training, reading prompts"]
    marks = pd.DataFrame({"flop_per_byte": [9.0, 900.0], "text": words, "tflops": domain[0]})
    return alt.layer(
        alt.Chart(marks).mark_text(color=SUB, dy=-9).encode(x=x, y=y, text="text:N"),
        alt.Chart(rows).mark_line().encode(x=x, y=y, color=tint, detail="chip:N"),
        alt.Chart(ends)
        .mark_text(align="left", dx=6, fontWeight=600)
        .encode(x=x, y=alt.Y("at:Q", scale=alt.Scale(type="log")), text="text:N", color=tint),
    ).properties(height=height)
