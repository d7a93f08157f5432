"""Counts of cards by product line and calendar year: which of several stands, and how a long one is split."""

import pandas as pd

from helpers.models.market.equivalence import CHIPS, VENDORS
from helpers.models.market.series import OUTTURN, best_of, observations

IMPORTED, DOMESTIC = "NVIDIA, licensed", "Chinese vendors"
_SHIPPED = ("units", "shipments", "cumulative_units", "production")
# A fiscal year has up to 53 weeks, and dates are written by month; a longer count is of several years.
_YEAR_DAYS = 380
# A running total over more than about fifteen months says too little of any one year.
_TOTAL_DAYS = 460


def card_counts(facts: pd.DataFrame) -> pd.DataFrame:
    """Facts that count cards, one row a product line and year; adds `year`, `part` (of the count), seller, origin.

    Outturns only, or forecasts while no outturn is known; shipments go before production, the newest release before
    older ones, and a maker's total before its single products.
    """
    entities = (*CHIPS, *VENDORS)
    rows = observations(facts, _SHIPPED, entities, (*OUTTURN, "forecast"), ("market", "capacity"))
    rows = rows[rows["unit"].isin(["chips", "cards"]) & rows["period_start"].notna()]
    if rows.empty:
        return rows.assign(year=[], part=[], seller=[], origin=[])
    split = pd.DataFrame([one for fact in rows.to_dict("records") for one in _by_year(fact)])
    if split["status"].isin(OUTTURN).any():
        split = split[split["status"].isin(OUTTURN)]
    split["_order"] = split["metric"].map({name: place for place, name in enumerate(_SHIPPED)})
    split = split.sort_values("_order", kind="stable")
    kept = split.loc[split.groupby(["entity", "year"])["_order"].transform("min") == split["_order"]]
    kept = best_of(kept.reset_index(drop=True), ["entity", "year"], newest=True)
    totals = set(kept.loc[kept["entity"] == "Huawei Ascend", "year"])
    single = kept["entity"].str.startswith("Huawei Ascend ") & kept["year"].isin(totals)
    return kept[~single].sort_values(["year", "origin", "entity"])


def _by_year(fact: dict) -> list[dict]:
    """A count by calendar year, by days; a fiscal year that ends in January belongs to the year before."""
    start, end = fact["period_start"], fact["period_end"]
    imported = fact["entity"].startswith("NVIDIA")
    more = {"seller": "NVIDIA" if imported else fact["entity"], "origin": IMPORTED if imported else DOMESTIC}
    days = (end - start).days + 1
    if fact["metric"] == "cumulative_units" and days > _TOTAL_DAYS:
        return []
    if days <= _YEAR_DAYS:
        middle = start + (end - start) / 2
        return [{**fact, **more, "year": middle.year, "part": 1.0}]
    rows = []
    for year in range(start.year, end.year + 1):
        first, last = max(start, pd.Timestamp(year, 1, 1)), min(end, pd.Timestamp(year, 12, 31))
        rows.append({**fact, **more, "year": year, "part": ((last - first).days + 1) / days})
    return rows
