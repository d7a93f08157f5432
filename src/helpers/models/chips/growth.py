"""Growth rates: ordinary least squares of log value on release date, with its sample and standard error.

Two samples a country. `all`: every data-centre chip with a value and a date. `leaders`: only the chips that raised
the frontier, which grow faster by construction and are few. The interval is the 90 % one of the slope under
independent errors (Student t, n - 2 degrees of freedom); chips of one family share errors, so it is too narrow.
"""

from datetime import date

import numpy as np
import pandas as pd
from scipy import stats

from helpers.models.chips.frontier import leaders, on_sale
from helpers.models.chips.specs import COUNTRIES, FRONTIER_METRICS
from helpers.models.long_form import LONG_FORM

DAYS_A_YEAR = 365.25
FEWEST = 3
_DETAIL = ["metric", "sample", "n", "stderr_log_per_year", "r_squared", "first", "last"]
SAMPLES = {"all": "all data-centre chips", "leaders": "chips that raised the frontier"}


def growth_rates(
    table: pd.DataFrame,
    frontier_rows: pd.DataFrame,
    as_of: date,
    metrics: tuple[str, ...] = FRONTIER_METRICS,
    confidence: float = 0.90,
) -> pd.DataFrame:
    """Long form: growth factor a year and doubling time in months, per country, metric and sample.

    `n`, `stderr_log_per_year` and `r_squared` describe the regression, `first` and `last` its span. A sample of
    fewer than three chips gives no row. A doubling time whose growth is not above 1 is unbounded (inf).
    """
    rows = []
    for metric in metrics:
        for country in COUNTRIES.values():
            for sample in SAMPLES:
                points = _sample(table, frontier_rows, country, metric, sample, as_of)
                rows += _fit(points, country, metric, sample, as_of, confidence)
    return pd.DataFrame(rows, columns=[*LONG_FORM, *_DETAIL])


def _sample(table, frontier_rows, country: str, metric: str, sample: str, as_of: date) -> pd.DataFrame:
    chips = on_sale(table, country)
    chips = chips[chips["sound"] & (chips["release_end"] <= pd.Timestamp(as_of))].dropna(subset=[metric])
    if sample == "leaders":
        chips = chips[chips["chip_id"].isin(leaders(frontier_rows, metric, country)["chip_id"])]
    return chips.assign(value=chips[metric]).sort_values(["release_end", "chip_id"])


def _fit(
    points: pd.DataFrame, country: str, metric: str, sample: str, as_of: date, confidence: float
) -> list[dict]:
    days = (points["release_end"] - pd.Timestamp("2020-01-01")).dt.days.to_numpy(dtype=float)
    if len(points) < FEWEST or len(np.unique(days)) < FEWEST:
        return []
    line = stats.linregress(days / DAYS_A_YEAR, np.log(points["value"].to_numpy()))
    half = stats.t.ppf((1 + confidence) / 2, len(points) - 2) * line.stderr
    slopes = np.array([line.slope - half, line.slope, line.slope + half])
    doubling = np.where(slopes > 0, 12 * np.log(2) / np.where(slopes > 0, slopes, 1), np.inf)
    common = {
        "entity": country,
        "period": f"{points['release_end'].min():%Y-%m} to {points['release_end'].max():%Y-%m}",
        "as_of": as_of.isoformat(),
        "evidence": ";".join(points["chip_id"]),
        "basis": f"log-linear least squares, {SAMPLES[sample]}",
        "metric": metric,
        "sample": sample,
        "n": len(points),
        "stderr_log_per_year": line.stderr,
        "r_squared": line.rvalue**2,
        "first": points["release_end"].min().date().isoformat(),
        "last": points["release_end"].max().date().isoformat(),
    }
    growth, months = np.exp(slopes), doubling[::-1]
    return [
        {**common, "quantity": f"growth_{metric}", "unit": "factor a year", **_three(growth)},
        {**common, "quantity": f"doubling_{metric}", "unit": "months", **_three(months)},
    ]


def _three(values: np.ndarray) -> dict:
    return dict(zip(("p5", "p50", "p95"), map(float, values), strict=True))
