"""What each computed headline is, draw by draw, and how far another seed may move it."""

import numpy as np
import pandas as pd

from helpers.models.capacity.legs import DOMESTIC, LEGS
from helpers.models.capacity.quarters import year_sums, years_of
from helpers.models.capacity.result import CapacityResult
from helpers.models.capacity.targets import world_terms
from helpers.models.priors import REPLICATES

UNITS = {
    "smuggled-share": "percent",
    "domestic-share": "percent",
    "huawei-cards": "cards",
    "world-share": "percent",
}


def samples(result: CapacityResult, evidence) -> dict[str, np.ndarray]:
    """Draws of every headline that the model computes, by the headline's id; its value is their median."""
    now, last = result.inputs.now, len(result.inputs.quarters) - 1
    found = {
        "installed-now": result.sample("installed")[:, now],
        "in-use-now": result.sample("in use")[:, now],
        "used-by-chinese-firms": result.sample("used by Chinese firms")[:, now],
        "smuggled-share": 100
        * result.sample("cumulative", "smuggled")[:, now]
        / result.sample("cumulative")[:, now],
    }
    if result.last_full_year in years_of(result.inputs.quarters):
        added = added_in(result, result.last_full_year)
        own = added[[list(LEGS).index(leg) for leg in DOMESTIC]].sum(axis=0)
        found["domestic-share"] = 100 * own / added.sum(axis=0)
        place = years_of(result.inputs.quarters).index(result.last_full_year)
        cards = result.paths.cards[DOMESTIC.index("huawei")]
        found["huawei-cards"] = year_sums(cards, result.inputs.quarters)[:, place]
    if last > now:
        found["installed-horizon"] = result.sample("installed")[:, last]
    world = world_terms(evidence, result)
    if world:
        found["world-share"] = world[-1].share
    return found


def added_in(result: CapacityResult, year: int) -> np.ndarray:
    """H100e that came in during a calendar year (legs x draws)."""
    place = years_of(result.inputs.quarters).index(year)
    return year_sums(result.paths.flows, result.inputs.quarters)[:, :, place]


def monte_carlo(result: CapacityResult, evidence) -> pd.DataFrame:
    """How far another seed may move each computed headline. One row is one headline: p50, error, unit."""
    rows = [
        (name, float(np.median(array)), _error(array), UNITS.get(name, "H100e"))
        for name, array in samples(result, evidence).items()
    ]
    return pd.DataFrame(rows, columns=["headline", "p50", "error", "unit"])


def _error(array: np.ndarray) -> float:
    """How far another seed may move the median of an array of draws: six standard errors of it.

    The standard error is the spread of the medians of the independent scrambles over the root of their number
    (randomised quasi-Monte Carlo); eight scrambles know their own spread to a quarter, and two runs differ by 1.4
    standard errors, so six leave room.
    """
    medians = [np.median(block) for block in np.array_split(array, REPLICATES)]
    return float(6 * np.std(medians, ddof=1) / np.sqrt(REPLICATES))
