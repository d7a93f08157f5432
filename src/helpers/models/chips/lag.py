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
from helpers.models.chips.frontier import Fleet, best_on, day_number, fleet, leaders
from helpers.models.chips.specs import FRONTIER_METRICS
from helpers.models.long_form import LONG_FORM
from helpers.models.priors import priors_of

DAYS_A_MONTH = 365.25 / 12
NOW = "months since a US chip first reached the best Chinese chip shipping"
AT_RELEASE = "release of the Chinese chip less first US chip of its level; negative: China was first"


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
    day = int(day_number(as_of))
    return _frame([_lag(*_sides(table, metric), metric, day, error, as_of) for metric in metrics])


def lag_over_time(
    table: pd.DataFrame,
    as_of: date,
    error: DateError = EXACT,
    metrics: tuple[str, ...] = FRONTIER_METRICS,
    start: str = "2019-12-31",
) -> pd.DataFrame:
    """The lag at every month's end from `start` to `as_of`, as `lag_now` gives it."""
    days = np.unique(day_number([*pd.date_range(start, as_of, freq="ME"), pd.Timestamp(as_of)]))
    rows = []
    for metric in metrics:
        china, states = _sides(table, metric)
        rows += [_lag(china, states, metric, int(day), error, as_of) for day in days]
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
    rows = []
    known = int(day_number(as_of))
    width = _days(error.high - error.low)
    for metric in metrics:
        china, states = _sides(table, metric)
        sold = states.start <= known
        ids = china.chips["chip_id"].tolist()
        for leader in leaders(frontier_rows, metric, "China")["chip_id"]:
            chip = ids.index(leader)
            middle, first = _first(states.value, states.end, sold & states.sure, china.value[chip])
            early, _ = _first(states.high, states.start, sold, china.low[chip])
            late, _ = _first(states.low, states.end, sold & states.sure, china.high[chip])
            if middle is None:
                continue
            gap = china.end[chip] - middle
            ends = sorted(
                [
                    gap,
                    china.start[chip] - (middle if late is None else late) - width,
                    china.end[chip] - (middle if early is None else early) + width,
                ]
            )
            months = (ends[0] / DAYS_A_MONTH, gap / DAYS_A_MONTH, ends[-1] / DAYS_A_MONTH)
            rows.append(
                _row(china, chip, states, first, metric, int(china.end[chip]), months, as_of, AT_RELEASE)
            )
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


def _sides(table: pd.DataFrame, metric: str) -> tuple[Fleet, Fleet]:
    return fleet(table, "China", metric), fleet(table, "United States", metric)


def _lag(china: Fleet, states: Fleet, metric: str, day: int, error: DateError, as_of: date) -> dict | None:
    best = best_on(china, day)
    if best.place is None or best_on(states, day).place is None:
        return None
    early, late = _days(error.low), _days(error.high)
    everyone = np.ones(len(states.value), dtype=bool)
    middle, first = _behind(
        day, best.value, states.value, states.end, states.sure, china.value, china.end, china.sure
    )
    shortest, _ = _behind(
        day,
        best.high,
        states.low,
        states.end + late,
        states.sure,
        china.high,
        china.start + early,
        np.ones(len(china.value), dtype=bool),
    )
    longest, _ = _behind(
        day, best.low, states.high, states.start + early, everyone, china.low, china.end + late, china.sure
    )
    ends = [shortest, middle, longest]
    months = (np.nanmin(ends), middle, np.nanmax(ends))
    return _row(china, best.place, states, first, metric, day, months, as_of, NOW)


def _behind(day, level, us_values, us_days, us_kept, cn_values, cn_days, cn_kept) -> tuple[float, int | None]:
    """Months behind (negative: ahead) and the place of the US chip that first reached the level."""
    there = us_kept & (us_days <= day)
    first, place = _first(us_values, us_days, there, level)
    if first is not None:
        return (day - first) / DAYS_A_MONTH, place
    us_best = np.nanmax(us_values[there]) if there.any() else -np.inf
    passed = cn_days[cn_kept & (cn_days <= day) & (cn_values > us_best)]
    return (-(day - passed.min()) / DAYS_A_MONTH if len(passed) else np.nan), None


def _first(
    values: np.ndarray, days: np.ndarray, kept: np.ndarray, level: float
) -> tuple[int | None, int | None]:
    """The first day, and the place of the weakest chip of that day, on which a level was reached."""
    reached = np.flatnonzero(kept & (values >= level))
    if not len(reached):
        return None, None
    place = reached[np.lexsort((values[reached], days[reached]))[0]]
    return int(days[place]), int(place)


def _row(
    china: Fleet,
    chip: int,
    states: Fleet,
    first: int | None,
    metric: str,
    day: int,
    months,
    as_of,
    basis: str,
):
    ours = china.chips.iloc[chip]
    theirs = {} if first is None else states.chips.iloc[first]
    sources = f"{ours['source_ids']};{theirs.get('source_ids', '')}".split(";")
    return {
        "entity": "China behind United States",
        "period": str(np.datetime64(day, "D")),
        "quantity": f"lag_{metric}",
        "unit": "months",
        "basis": basis,
        "p5": float(months[0]),
        "p50": float(months[1]),
        "p95": float(months[2]),
        "as_of": as_of.isoformat(),
        "evidence": ";".join(name for name in dict.fromkeys(sources) if name),
        "chip_id": ours["chip_id"],
        "chip": ours["name"],
        "us_chip_id": theirs.get("chip_id", ""),
        "us_chip": theirs.get("name", ""),
        "us_date": "" if first is None else str(np.datetime64(int(states.end[first]), "D")),
    }


def _days(months: float) -> int:
    return round(months * DAYS_A_MONTH)


def _frame(rows: list[dict | None]) -> pd.DataFrame:
    columns = [*LONG_FORM, "chip_id", "chip", "us_chip_id", "us_chip", "us_date"]
    return pd.DataFrame([row for row in rows if row], columns=columns)
