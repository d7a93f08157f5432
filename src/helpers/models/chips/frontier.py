"""The frontier: the best data-centre chip that a country's firms were shipping, per metric, over time.

Three lines a country. Middle: chips of at least medium confidence, each at the value used, from the last day of its
release date. Low: the same chips at the low end of what is disputed. High: every chip, low confidence included, at
the high end and from the first day of its release date. The best of several intervals is [largest low, largest high].
"""

from datetime import date

import numpy as np
import pandas as pd

from helpers.models.chips.specs import COUNTRIES, FRONTIER_METRICS, METRICS, SHIPPED

BASIS = "best data-centre chip shipping, dense; range from disputed specifications, dates and confidence"


def on_sale(table: pd.DataFrame, country: str) -> pd.DataFrame:
    """A country's data-centre chips that shipped and have a release date; the frontier is drawn from these."""
    kept = (
        (table["country"] == country)
        & (table["market"] == "datacenter")
        & table["status"].isin(SHIPPED)
        & table["release_end"].notna()
    )
    return table[kept]


def frontier(table: pd.DataFrame, as_of: date, metrics: tuple[str, ...] = FRONTIER_METRICS) -> pd.DataFrame:
    """Long form: one row is the best on a day on which it changed; the last row of a line is at `as_of`.

    `entity` is the country, `period` the day, `chip_id` and `chip` the chip that sets the middle line.
    """
    rows = []
    for metric in metrics:
        for country in COUNTRIES.values():
            chips = on_sale(table, country).dropna(subset=[f"{metric}_high"])
            days = pd.concat([chips["release_start"], chips["release_end"]])
            days = sorted(set(days[days <= pd.Timestamp(as_of)]))
            last = None
            for day in [*days, pd.Timestamp(as_of)]:
                best = best_on(chips, metric, day)
                if best["p95"] != best["p95"] or (best == last and day != pd.Timestamp(as_of)):
                    continue
                last = dict(best)
                rows.append(_row(country, metric, day, best, as_of))
    return pd.DataFrame(rows, columns=_COLUMNS).drop_duplicates(["entity", "quantity", "period"], keep="last")


def best_on(chips: pd.DataFrame, metric: str, day: pd.Timestamp) -> dict:
    """The best of some chips on a day: p5, p50, p95 and the chip that sets p50 (NaN and empty where none ships)."""
    sure = chips[chips["sound"] & (chips["release_end"] <= day)].dropna(subset=[metric])
    hoped = chips[chips["release_start"] <= day]
    best = {"p5": np.nan, "p50": np.nan, "p95": np.nan, "chip_id": "", "chip": "", "evidence": ""}
    if len(hoped):
        best["p95"] = float(hoped[f"{metric}_high"].max())
    if len(sure):
        leader = sure.sort_values(["release_end", "chip_id"]).loc[lambda rows: rows[metric].idxmax()]
        best.update(
            p5=float(sure[f"{metric}_low"].max()),
            p50=float(leader[metric]),
            chip_id=leader["chip_id"],
            chip=leader["name"],
            evidence=leader["source_ids"],
        )
    return best


def leaders(frontier_rows: pd.DataFrame, metric: str, country: str) -> pd.DataFrame:
    """The chips that raised the middle line of one frontier, in order: one row a chip."""
    rows = frontier_rows[(frontier_rows["quantity"] == metric) & (frontier_rows["entity"] == country)]
    return rows[rows["chip_id"].ne("") & rows["chip_id"].ne(rows["chip_id"].shift())].reset_index(drop=True)


_COLUMNS = [
    "entity",
    "period",
    "quantity",
    "unit",
    "basis",
    "p5",
    "p50",
    "p95",
    "as_of",
    "evidence",
    "chip_id",
    "chip",
]


def _row(country: str, metric: str, day: pd.Timestamp, best: dict, as_of: date) -> dict:
    return {
        "entity": country,
        "period": day.date().isoformat(),
        "quantity": metric,
        "unit": METRICS[metric].unit,
        "basis": BASIS,
        "as_of": as_of.isoformat(),
        **best,
    }
