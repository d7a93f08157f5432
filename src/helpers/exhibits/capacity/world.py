"""The exhibit of China's share of the world's compute, by definition."""

from datetime import date

import altair as alt
import pandas as pd

from helpers.exhibits.capacity.rows import dots_with_ranges, ours_and_others, row_chart
from helpers.exhibits.exhibit import Exhibit, day


def world_share_exhibit(shares: pd.DataFrame, as_of: date) -> Exhibit | None:
    """China's share of the world's compute, one dot a definition."""
    if shares.empty:
        return None
    rows = shares.assign(name=[_share_name(row) for row in shares.itertuples()])
    again = rows.duplicated("name", keep=False)
    rows["name"] = rows["name"].where(~again, rows["name"] + [f": {value:.0f} %" for value in rows["p50"]])
    rows = rows.sort_values(["p50", "name"], ignore_index=True)
    ours = rows[rows["computed"]]
    least, most = rows["p50"].min(), rows["p50"].max()
    title = f"China's share of the world's compute is {least:.0f} to {most:.0f} %, by definition"
    if len(ours):
        title += f"; of AI chips {ours['p50'].iloc[0]:.0f} % ({ours['p5'].iloc[0]:.0f} to {ours['p95'].iloc[0]:.0f})"
    return Exhibit(
        id="capacity-world-share",
        title=title,
        subtitle="Percent of the world, by what is counted and where; ours with its 90 % interval. As "
        f"known on {day(as_of)}",
        unit="percent",
        basis="by row",
        as_of=as_of,
        chart=_share_chart(rows, narrow=False),
        narrow=_share_chart(rows, narrow=True),
        data=rows[["name", "basis", "p5", "p50", "p95", "computed"]],
        sources=[*dict.fromkeys(source for source in rows["source_id"] if source)],
        alt="; ".join(
            f"{row.name_}, {row.basis}: {row.p50:.0f} %"
            for row in rows.rename(columns={"name": "name_"}).itertuples()
        )
        + ".",
        confidence="medium",
    )


def _share_chart(rows: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    rows = rows.assign(
        entity=rows["computed"].map({True: "China", False: "others"}),
        right=rows["p95"].fillna(rows["p50"]),
        text=[f"{value:.0f}" for value in rows["p50"]],
    )
    x = alt.X("p50:Q", title="percent of the world", scale=alt.Scale(domainMin=0), axis=alt.Axis(tickCount=5))
    tint = ours_and_others()
    layers = dots_with_ranges(rows, x, ("p5", "p95"), tint)
    return row_chart(rows, "name", layers, narrow, limit=330, step=26)


def _share_name(row) -> str:
    method = next((f", by {word}" for word in ("facility", "device") if word in str(row.basis)), "")
    return f"{row.definition}{method} ({row.date:%Y})"
