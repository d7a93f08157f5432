"""The exhibit that holds every leg against figures that others publish."""

from collections.abc import Sequence
from datetime import date

import altair as alt
import numpy as np
import pandas as pd

from helpers.exhibits.capacity.rows import named, ours_and_others, ratio_rule, row_chart
from helpers.exhibits.exhibit import Exhibit, day
from helpers.models.capacity.headlines import short
from helpers.models.capacity.published_figures import CITED


def reconciliation_exhibit(
    reconciled: pd.DataFrame, as_of: date, sources: Sequence[str] = ()
) -> Exhibit | None:
    """Every leg against published figures, as the ratio of ours to theirs."""
    if reconciled.empty:
        return None
    rows = reconciled[reconciled["theirs"] > 0].reset_index(drop=True)
    rows["name"] = named(rows["figure"], rows["period"])
    again = rows.duplicated("name", keep=False)
    rows["name"] = rows["name"].where(
        ~again, rows["name"] + [f" ({short(value)})" for value in rows["theirs"]]
    )
    inside = int((rows["agreement"] == "inside our interval").sum())
    for level in ("p5", "p50", "p95"):
        rows[f"ratio_{level}"] = (rows[level] / rows["theirs"]).clip(1e-3, 1e3)
    rows["entity"] = np.where(rows["role"] == CITED, "others", "China")
    ends = [0.88 * min(0.2, rows["ratio_p5"].min()), 1.1 * max(8.0, rows["ratio_p95"].max())]
    x = alt.X("ratio_p50:Q", title="ours over theirs", scale=alt.Scale(type="log", domain=ends, nice=False),
              axis=alt.Axis(values=[0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64], format="~g"))  # fmt: skip
    tint = ours_and_others()
    base = alt.Chart(rows)

    def layers(y: alt.Y) -> list[alt.Chart]:
        return [
            base.mark_rule(strokeWidth=5, opacity=0.35, strokeCap="round").encode(
                x=alt.X("ratio_p5:Q"), x2="ratio_p95:Q", y=y, color=tint
            ),
            base.mark_point(size=44).encode(x=x, y=y, color=tint),
        ]

    apart = rows[rows["agreement"] != "inside our interval"]
    return Exhibit(
        id="capacity-reconciliation",
        title=f"{inside} of {len(rows)} published figures lie inside the model's 90 % interval",
        subtitle="Our median and 90 % interval over the published figure, on its basis. A count that the "
        "model takes up is held against the model run without the counts of that source; grey: figures that a "
        f"prior cites. As known on {day(as_of)}",
        unit="ours over theirs",
        basis="8-bit dense peak; cards and chips as counted",
        as_of=as_of,
        chart=row_chart(rows, "name", layers, limit=330, step=20, under=(ratio_rule(),)),
        narrow=row_chart(rows, "name", layers, True, under=(ratio_rule(),)),
        data=rows[["figure", "period", "unit", "theirs", "p5", "p50", "p95", "ratio", "agreement", "role", "why"]],
        sources=[*dict.fromkeys([*(source for source in rows["source_id"] if source), *sources])],
        alt=f"{inside} of {len(rows)} figures lie inside our interval. Outside: "
        + ("; ".join(f"{row.figure} {row.period}, ratio {row.ratio:.2f} ({row.why or row.role})"
                     for row in apart.itertuples()) or "none")
        + ".",
        confidence="medium",
        notes=[*(f"{name}: {why}." for name, why in zip(apart["name"], apart["why"], strict=True) if why),
               "Retirement, the lag to deployment, utilisation and rental abroad are not here: nobody counts them. "
               "What runs is checked by the official FP16 stock alone."],
    )  # fmt: skip
