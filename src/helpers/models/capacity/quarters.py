"""The time axis: calendar quarters from 2022, paths given at mid-years, and delays by part quarters."""

from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

FIRST_YEAR = 2022


def quarter_axis(horizon: int) -> pd.PeriodIndex:
    """Calendar quarters from the first of 2022 to the last of `horizon`."""
    return pd.period_range(f"{FIRST_YEAR}Q1", f"{horizon}Q4", freq="Q")


def years_of(quarters: pd.PeriodIndex) -> list[int]:
    """The calendar years of the axis, once each."""
    return sorted(set(quarters.year))


def middle(quarters: pd.PeriodIndex) -> np.ndarray:
    """The middle of each quarter as a decimal year."""
    return quarters.year.to_numpy() + (quarters.quarter.to_numpy() - 0.5) / 4


def path(drawn: dict[str, np.ndarray], stem: str, quarters: pd.PeriodIndex) -> np.ndarray:
    """A quantity whose priors `<stem>_<year>` hold in mid-year (draws x quarters): linear between, level outside.

    Raises KeyError when no such prior is there.
    """
    years = sorted(int(name[len(stem) + 1 :]) for name in drawn if _is_year_of(name, stem))
    if not years:
        raise KeyError(f"no assumption {stem}_<year>")
    at = middle(quarters)
    points = np.array(years) + 0.5
    weights = np.array([np.interp(at, points, np.eye(len(years))[place]) for place in range(len(years))])
    return weighted([drawn[f"{stem}_{year}"] for year in years], weights)


def weighted(columns: list[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Columns of draws times weights (columns x quarters), summed in a fixed order.

    A matrix product would leave the order of the sum to the number of threads, and so the last bits.
    """
    total = np.zeros((len(columns[0]), weights.shape[1]))
    for column, row in zip(columns, weights, strict=True):
        total += column[:, None] * row
    return total


def _is_year_of(name: str, stem: str) -> bool:
    return name.startswith(f"{stem}_") and name[len(stem) + 1 :].isdigit()


def delay(flow: np.ndarray, quarters: np.ndarray | float) -> np.ndarray:
    """The flow (... x draws x quarters, or quarters alone) moved later by quarters, which may have a fraction.

    What would arrive after the axis ends is lost; before the axis nothing flows.
    """
    lag = np.atleast_1d(np.asarray(quarters, dtype=float))
    flow = np.broadcast_to(flow, (len(lag), flow.shape[-1])) if flow.ndim == 1 else flow
    lag = np.broadcast_to(np.maximum(lag, 0), flow.shape[-2])
    whole = np.floor(lag).astype(int)
    part = lag - whole
    moved = np.zeros(flow.shape)
    size = flow.shape[-1]
    for step in range(min(int(whole.max()) + 2, size)):
        weight = np.where(whole == step, 1 - part, 0.0) + np.where(whole + 1 == step, part, 0.0)
        if weight.any():
            moved[..., step:] += weight[:, None] * flow[..., : size - step]
    return moved


@lru_cache(maxsize=32)
def _middles(first: int, number: int) -> np.ndarray:
    """The middle of each of so many quarters from the one with that ordinal."""
    quarters = pd.period_range(pd.Period(ordinal=first, freq="Q"), periods=number)
    return np.asarray(quarters.start_time + (quarters.end_time - quarters.start_time) / 2)


def within(quarters: pd.PeriodIndex, start: pd.Timestamp, end: pd.Timestamp) -> np.ndarray:
    """Which quarters have their middle day inside a period; so fiscal years fall on the nearest calendar quarters."""
    half = _middles(int(quarters[0].ordinal), len(quarters))
    first, last = pd.Timestamp(start), pd.Timestamp(end) + pd.Timedelta(days=1)
    return (half >= first.to_datetime64()) & (half <= last.to_datetime64())


def overlap(quarters: pd.PeriodIndex, start: date | pd.Timestamp, end: date | pd.Timestamp) -> np.ndarray:
    """The share of each quarter's days that lies from `start` up to but not including `end`."""
    edges = _edges(int(quarters[0].ordinal), len(quarters))
    first = np.maximum(edges[:-1], pd.Timestamp(start).to_datetime64())
    last = np.minimum(edges[1:], pd.Timestamp(end).to_datetime64())
    return np.clip((last - first) / (edges[1:] - edges[:-1]), 0, None)


@lru_cache(maxsize=32)
def _edges(ordinal: int, size: int) -> np.ndarray:
    """The first days of `size` quarters and of the one after, as nanoseconds."""
    months = np.arange(3 * ordinal, 3 * (ordinal + size) + 1, 3).astype("datetime64[M]")
    return months.astype("datetime64[ns]")


def year_sums(flow: np.ndarray, quarters: pd.PeriodIndex) -> np.ndarray:
    """Sums over calendar years along the last axis."""
    starts = np.flatnonzero(np.r_[True, np.diff(quarters.year) > 0])
    return np.add.reduceat(flow, starts, axis=-1)
