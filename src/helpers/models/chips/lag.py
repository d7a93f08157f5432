"""The lag: how many months ago a US chip first reached what China's best chip ships.

On a day t, with c the best Chinese value and d the first day on which a US chip reached c: lag(t) = t - d. Where no
US chip has reached c, China leads, and the lag is minus the time since a Chinese chip first passed the best US one.
So a lag grows by a month every month until a better Chinese chip ships.

The range is the outer one. Shortest: the Chinese best at its high end (low confidence included, early date) against
US chips at their low end and late date. Longest: the reverse. A release date is uncertain by its written precision
and by what "released" means (announcement, first shipment, volume): the assumption `release_date_error_months`.
"""

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.evidence import Evidence
from helpers.models.chips.frontier import best_on, leaders, on_sale
from helpers.models.chips.specs import FRONTIER_METRICS, METRICS
from helpers.models.priors import priors_of

DAYS_A_MONTH = 365.25 / 12
NOW = "months since a US chip first reached the best Chinese chip shipping"
AT_RELEASE = "release of the Chinese chip less first US chip of its level; negative: China was first"
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
    "us_chip_id",
    "us_chip",
    "us_date",
]


class DateError(NamedTuple):
    """Months by which a chip may have been available earlier (low, negative) or later (high) than its date."""

    low: float = 0.0
    high: float = 0.0


EXACT = DateError()


def release_date_error(evidence: Evidence) -> DateError:
    """The assumption `release_date_error_months` of model `chips`; none where the edition does not know it."""
    rows = evidence.assumptions
    if len(rows) == 0 or not (rows["model"] == "chips").any():
        return EXACT
    found = priors_of(rows, "chips").get("release_date_error_months")
    return EXACT if found is None else DateError(found.low, found.high)


def lag_now(
    table: pd.DataFrame,
    as_of: date,
    error: DateError = EXACT,
    metrics: tuple[str, ...] = FRONTIER_METRICS,
) -> pd.DataFrame:
    """Long form: one row is the lag of China behind the US in one metric on `as_of`, in months.

    `chip`: China's best; `us_chip`, `us_date`: the US chip that first reached it. A metric in which one side has no
    chip has no row.
    """
    return _frame([_lag(table, metric, pd.Timestamp(as_of), error, as_of, NOW) for metric in metrics])


def lag_over_time(
    table: pd.DataFrame,
    as_of: date,
    error: DateError = EXACT,
    metrics: tuple[str, ...] = FRONTIER_METRICS,
    start: str = "2019-12-31",
) -> pd.DataFrame:
    """The lag at every month's end from `start` to `as_of`, as `lag_now` gives it."""
    days = [*pd.date_range(start, as_of, freq="ME"), pd.Timestamp(as_of)]
    rows = [_lag(table, metric, day, error, as_of, NOW) for metric in metrics for day in dict.fromkeys(days)]
    return _frame(rows)


def lag_at_release(
    table: pd.DataFrame,
    frontier_rows: pd.DataFrame,
    as_of: date,
    error: DateError = EXACT,
    metrics: tuple[str, ...] = FRONTIER_METRICS,
) -> pd.DataFrame:
    """One row is a Chinese chip that became China's best in a metric: months from the first US chip to its release.

    Unlike the lag on a day this one does not grow later. It is negative where China was first, and the row is
    missing where no US chip has reached the level to this day.
    """
    states = on_sale(table, "United States")
    states = states[states["release_start"] <= pd.Timestamp(as_of)]
    chips = table.set_index("chip_id", drop=False)
    rows = []
    for metric in metrics:
        for leader in leaders(frontier_rows, metric, "China").to_dict("records"):
            chip = chips.loc[leader["chip_id"]]
            middle, first = _first(states[states["sound"]], metric, "release_end", chip[metric])
            early, _ = _first(states, f"{metric}_high", "release_start", chip[f"{metric}_low"])
            late, _ = _first(states[states["sound"]], f"{metric}_low", "release_end", chip[f"{metric}_high"])
            if middle is None:
                continue
            ends = [
                chip["release_end"] - middle,
                chip["release_start"] - (late or middle) - _months(error.high - error.low),
                chip["release_end"] - (early or middle) + _months(error.high - error.low),
            ]
            low, _, high = sorted(gap.days / DAYS_A_MONTH for gap in ends)
            best = {**leader, "p5": low, "p50": ends[0].days / DAYS_A_MONTH, "p95": high}
            rows.append(_row(best, metric, chip["release_end"], first, as_of, AT_RELEASE))
    return _frame(rows)


def quoted_lags(evidence: Evidence) -> pd.DataFrame:
    """What officials said of the lag in chip design: fact_id, date, low and high in months, source_ids."""
    facts = evidence.facts
    said = facts[facts["metric"] == "chip_design_lag"].sort_values(["published", "fact_id"])
    return pd.DataFrame(
        {
            "fact_id": said["fact_id"],
            "date": said["published"].dt.date,
            "low": said["low"].fillna(said["value"]),
            "high": said["high"].fillna(said["value"]),
            "source_ids": said["source_id"],
        }
    ).reset_index(drop=True)


def _lag(table: pd.DataFrame, metric: str, day: pd.Timestamp, error: DateError, as_of: date, basis: str):
    china = on_sale(table, "China").dropna(subset=[f"{metric}_high"])
    states = on_sale(table, "United States").dropna(subset=[f"{metric}_high"])
    best = best_on(china, metric, day)
    if np.isnan(best["p50"]) or np.isnan(best_on(states, metric, day)["p50"]):
        return None
    sure_cn, sure_us = china[china["sound"]], states[states["sound"]]
    middle, first = _behind(
        day, best["p50"], sure_us, metric, sure_us["release_end"], sure_cn, metric, sure_cn["release_end"]
    )
    shortest, _ = _behind(
        day,
        best["p95"],
        sure_us,
        f"{metric}_low",
        sure_us["release_end"] + _months(error.high),
        china,
        f"{metric}_high",
        china["release_start"] + _months(error.low),
    )
    longest, _ = _behind(
        day,
        best["p5"],
        states,
        f"{metric}_high",
        states["release_start"] + _months(error.low),
        sure_cn,
        f"{metric}_low",
        sure_cn["release_end"] + _months(error.high),
    )
    ends = [shortest, middle, longest]
    best = {**best, "p5": np.nanmin(ends), "p50": middle, "p95": np.nanmax(ends)}
    return _row(best, metric, day, first, as_of, basis)


def _row(best: dict, metric: str, day: pd.Timestamp, first: dict, as_of: date, basis: str) -> dict:
    sources = f"{best['evidence']};{first.get('source_ids', '')}".split(";")
    return {
        "entity": "China behind United States",
        "period": day.date().isoformat(),
        "quantity": f"lag_{metric}",
        "unit": "months",
        "basis": basis,
        "p5": best["p5"],
        "p50": best["p50"],
        "p95": best["p95"],
        "as_of": as_of.isoformat(),
        "evidence": ";".join(name for name in dict.fromkeys(sources) if name),
        "chip_id": best["chip_id"],
        "chip": best["chip"],
        "us_chip_id": first.get("chip_id", ""),
        "us_chip": first.get("name", ""),
        "us_date": first["release_end"].date().isoformat() if first else "",
    }


def _first(states: pd.DataFrame, column: str, dates: str, level: float) -> tuple[pd.Timestamp | None, dict]:
    """The first day, and the chip, on which a US chip reached a level; None where none has."""
    reached = states[states[column] >= level].sort_values([dates, column, "chip_id"])
    return (reached[dates].iloc[0], reached.iloc[0].to_dict()) if len(reached) else (None, {})


def _behind(
    day: pd.Timestamp,
    best: float,
    states: pd.DataFrame,
    us_column: str,
    us_dates: pd.Series,
    china: pd.DataFrame,
    cn_column: str,
    cn_dates: pd.Series,
) -> tuple[float, dict]:
    """Months behind (negative: ahead) and the US chip that first reached `best` (empty where none has)."""
    dated = states.assign(day=us_dates)
    dated = dated[dated["day"] <= day]
    first, chip = _first(dated, us_column, "day", best)
    if first is not None:
        return (day - first).days / DAYS_A_MONTH, chip
    us_best = dated[us_column].max()
    passed = cn_dates[(cn_dates <= day) & ~(china[cn_column] <= us_best) & china[cn_column].notna()]
    return (-(day - passed.min()).days / DAYS_A_MONTH if len(passed) else np.nan), {}


def _months(count: float) -> pd.Timedelta:
    return pd.Timedelta(days=round(count * DAYS_A_MONTH))


def _frame(rows: list[dict | None]) -> pd.DataFrame:
    return pd.DataFrame([row for row in rows if row], columns=_COLUMNS)


def metric_of(quantity: str) -> str:
    """The label of the metric of a lag: `lag_tflops_fp16` -> `FP16 compute`."""
    return METRICS[quantity.removeprefix("lag_")].label
