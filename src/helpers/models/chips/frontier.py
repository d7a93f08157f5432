"""The frontier: the best data-centre chip that a country's firms were shipping, per metric, over time.

Three lines a country. Middle: chips of at least medium confidence, each at the value used, from the last day of its
release date. Low: the same chips at the low end of what is disputed. High: every chip, low confidence included, at
the high end and from the first day of its release date. The best of several intervals is [largest low, largest high].
"""

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.models.chips.specs import COUNTRIES, FRONTIER_METRICS, METRICS, SHIPPED
from helpers.models.long_form import LONG_FORM

BASIS = "best data-centre chip shipping, dense; range from disputed specifications, dates and confidence"


class Fleet(NamedTuple):
    """A country's data-centre chips that shipped, in one metric, as arrays in order of release.

    chips: the rows of the spec table; low, value, high: the metric; start, end: first and last day of the release
    date, counted in days; sure: of at least medium confidence and with a value.
    """

    chips: pd.DataFrame
    low: np.ndarray
    value: np.ndarray
    high: np.ndarray
    start: np.ndarray
    end: np.ndarray
    sure: np.ndarray


class Best(NamedTuple):
    """The best of a fleet on a day: low, value, high (NaN where none ships) and the place of the chip in it."""

    low: float
    value: float
    high: float
    place: int | None


def on_sale(table: pd.DataFrame, country: str) -> pd.DataFrame:
    """A country's data-centre chips that shipped and have a release date; the frontier is drawn from these."""
    kept = (
        (table["country"] == country)
        & (table["market"] == "datacenter")
        & table["status"].isin(SHIPPED)
        & table["release_end"].notna()
    )
    return table[kept]


def fleet(table: pd.DataFrame, country: str, metric: str) -> Fleet:
    """The chips of `on_sale` that have at least a high end in the metric."""
    chips = on_sale(table, country).dropna(subset=[f"{metric}_high"])
    chips = chips.sort_values(["release_end", "chip_id"]).reset_index(drop=True)
    low, value, high = (chips[f"{metric}{side}"].to_numpy(dtype=float) for side in ("_low", "", "_high"))
    start, end = (day_number(chips[name]) for name in ("release_start", "release_end"))
    return Fleet(chips, low, value, high, start, end, chips["sound"].to_numpy() & ~np.isnan(value))


def day_number(days) -> np.ndarray:
    """Days since 1970, for dates, texts or a column of them."""
    return np.asarray(days, dtype="datetime64[D]").astype("int64")


def best_on(chips: Fleet, day: int) -> Best:
    """The best of a fleet on a day (its number)."""
    sure = chips.sure & (chips.end <= day)
    hoped = chips.start <= day
    high = float(chips.high[hoped].max()) if hoped.any() else np.nan
    if not sure.any():
        return Best(np.nan, np.nan, high, None)
    place = int(np.argmax(np.where(sure, chips.value, -np.inf)))
    return Best(float(np.nanmax(chips.low[sure])), float(chips.value[place]), high, place)


def frontier(table: pd.DataFrame, as_of: date, metrics: tuple[str, ...] = FRONTIER_METRICS) -> pd.DataFrame:
    """Long form: one row is the best on a day on which it changed; the last row of a line is at `as_of`.

    `entity` is the country, `period` the day, `chip_id` and `chip` the chip that sets the middle line.
    """
    rows = []
    last_day = int(day_number(as_of))
    for metric in metrics:
        for country in COUNTRIES.values():
            chips = fleet(table, country, metric)
            days = np.unique(np.concatenate([chips.start, chips.end]))
            before = None
            for day in [*days[days < last_day], last_day]:
                best = best_on(chips, int(day))
                if not np.isnan(best.high) and (best != before or day == last_day):
                    rows.append(_row(country, metric, int(day), best, chips, as_of))
                before = best
    return pd.DataFrame(rows, columns=[*LONG_FORM, "chip_id", "chip"])


def leaders(frontier_rows: pd.DataFrame, metric: str, country: str) -> pd.DataFrame:
    """The chips that raised the middle line of one frontier, in order: one row a chip."""
    rows = frontier_rows[(frontier_rows["quantity"] == metric) & (frontier_rows["entity"] == country)]
    return rows[rows["chip_id"].ne("") & rows["chip_id"].ne(rows["chip_id"].shift())].reset_index(drop=True)


def _row(country: str, metric: str, day: int, best: Best, chips: Fleet, as_of: date) -> dict:
    chip = {} if best.place is None else chips.chips.iloc[best.place]
    return {
        "entity": country,
        "period": str(np.datetime64(day, "D")),
        "quantity": metric,
        "unit": METRICS[metric].unit,
        "basis": BASIS,
        "p5": best.low,
        "p50": best.value,
        "p95": best.high,
        "as_of": as_of.isoformat(),
        "evidence": chip.get("source_ids", ""),
        "chip_id": chip.get("chip_id", ""),
        "chip": chip.get("name", ""),
    }
