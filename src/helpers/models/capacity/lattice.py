"""The reader's controls: the model's response on a lattice, so that a page can interpolate and never compute.

Five groups of assumptions are held at levels of their prior; everything else is drawn. Between the points the
stock is interpolated linearly in each direction (multilinear). A direction is measured on the scale on
which its own response is straight (a table per group), so that only what groups do together is left to interpolation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from scipy import special
from scipy.stats import qmc

from helpers.models import priors
from helpers.models.capacity import stock as model
from helpers.models.capacity.equivalents import BASIS
from helpers.models.capacity.result import SEED, percentiles
from helpers.models.capacity.sensitivity import _year_ends, grouped, held_at, redraw

EDGE = float(special.ndtri(0.95))
LEVELS = (-EDGE, 0.0, EDGE)
STEPS = 9
# Groups with a direction that a reader can grasp, should the indices be close to each other.
_NOT_FOR_READERS = ("smuggling, which year", "counting errors")
# The assumption whose value stands for its group where the group has several.
_LEADS = {
    "HBM supply": "huawei_hbm_inflow_2027",
    "SMIC wafers": "huawei_smic_wafers_per_month_2027",
    "wafer yield": "huawei_wafer_yield_2026",
    "TSMC die bank": "huawei_die_bank_dies",
    "compute per die": "huawei_die_gain_2028",
    "other vendors' growth": "domestic_growth_2026",
    "other vendors' level": "thead_cards_2023",
    "smuggling after 2025": "leak_continuation_2026",
    "licensed imports": "licensed_reopened_share",
}


@dataclass(frozen=True)
class Lattice:
    """The response on the lattice.

    factors: one dict per control: name, parameter, unit, values (of the leading assumption at `scores`), places (how
    far along the levels each score stands: 0, 1, 2 at the levels), sources, reason; scores: standard normal scores of
    the tables; years: year ends; stock: the 5th, 50th and 95th percentile of the installed stock, shape levels x ...
    x levels x years x 3; error: the largest relative error of interpolation found at `tested` random points,
    error_median the same for the median alone.
    """

    factors: list[dict]
    scores: tuple[float, ...]
    years: list[int]
    stock: np.ndarray
    error: float
    error_median: float
    tested: int
    as_of: str
    unit: str
    basis: str

    def payload(self) -> dict:
        """What the page needs, as plain lists; the stock in thousands of H100e."""
        return {
            "asOf": self.as_of,
            "unit": self.unit,
            "basis": self.basis,
            "factors": self.factors,
            "scores": [round(score, 6) for score in self.scores],
            "levels": len(LEVELS),
            "years": self.years,
            "stock": np.round(self.stock / 1e3, 1).ravel().tolist(),
            "error": round(self.error, 4),
        }


def top_factors(indices: pd.DataFrame, size: int = 5) -> list[str]:
    """The groups that matter most to the last year of a table of Sobol indices, of those a reader can set."""
    last = indices[(indices["year"] == indices["year"].max()) & ~indices["factor"].isin(_NOT_FOR_READERS)]
    return last.sort_values("total", ascending=False)["factor"].head(size).tolist()


def lattice(
    evidence,
    factors: Sequence[str],
    scenario: str = "baseline",
    horizon: int = 2028,
    draws: int = 256,
    seed: int = SEED,
    precision: str = "fp16",
    tested: int = 128,
) -> Lattice:
    """Run the model on every combination of levels of the factors, and measure the error of interpolation.

    Raises ValueError for a factor that does not exist or does not vary.
    """
    inputs = model.prepare(evidence, scenario, horizon, precision)
    groups = grouped(inputs)
    if unknown := [name for name in factors if name not in groups]:
        raise ValueError(f"no such group of assumptions: {', '.join(unknown)}")
    places = _year_ends(inputs)
    points = priors.uniforms(inputs.columns, draws, seed, f"{model.MODEL} lattice")
    drawn = redraw(inputs, points)
    response = _Response(inputs, {name: groups[name] for name in factors}, points, drawn, places)
    scores = np.linspace(-EDGE, EDGE, STEPS)
    along = np.zeros((len(factors) * STEPS, len(factors)))
    for place in range(len(factors)):
        along[place * STEPS : (place + 1) * STEPS, place] = scores
    sweeps = response.at(along)[:, -1, 1].reshape(len(factors), STEPS)
    tables = [straightened(sweep) for sweep in sweeps]
    corners = np.array(list(product(LEVELS, repeat=len(factors))))
    stock = response.at(corners).reshape(*[len(LEVELS)] * len(factors), len(places), 3)
    trial = qmc.Sobol(len(factors), scramble=True, rng=priors.generator(seed, model.MODEL, "lattice test"))
    away = (2 * trial.random(tested) - 1) * EDGE
    guessed = np.stack([interpolate(stock, tables, scores, point) for point in away])
    wrong = np.abs(guessed / response.at(away) - 1)
    return Lattice(
        factors=[
            _described(inputs, evidence, name, groups[name], table, scores)
            for name, table in zip(factors, tables, strict=True)
        ],
        scores=tuple(scores.tolist()),
        years=[int(inputs.quarters.year[place]) for place in places],
        stock=stock,
        error=float(wrong.max()),
        error_median=float(wrong[:, :, 1].max()),
        tested=tested,
        as_of=inputs.as_of.date().isoformat(),
        unit="H100e",
        basis=BASIS[precision],
    )


def straightened(sweep: np.ndarray) -> np.ndarray:
    """How far along the levels (0, 1, 2) each step of a sweep stands, so that the response is straight.

    Where the response turns within a stretch between levels, steps stay evenly spaced.
    """
    middle = (len(sweep) - 1) // 2
    places = np.empty(len(sweep))
    for start, stop, offset in ((0, middle, 0.0), (middle, len(sweep) - 1, 1.0)):
        part = sweep[start : stop + 1]
        rises = np.diff(part)
        one_way = (rises >= 0).all() or (rises <= 0).all()
        even = np.linspace(0, 1, len(part))
        straight = one_way and abs(part[-1] - part[0]) > 1e-9 * abs(part[0])
        places[start : stop + 1] = offset + ((part - part[0]) / (part[-1] - part[0]) if straight else even)
    return places


def interpolate(
    stock: np.ndarray, tables: Sequence[np.ndarray], scores: Sequence[float], point: Sequence[float]
) -> np.ndarray:
    """The stock (years x 3) at standard normal scores, one per factor; scores beyond the levels take the edge."""
    found = stock
    for score, table in zip(point, tables, strict=True):
        place = float(np.interp(score, scores, table))
        left = min(int(place), len(found) - 2)
        found = found[left] * (left + 1 - place) + found[left + 1] * (place - left)
    return found


@dataclass(frozen=True)
class _Response:
    """The model with groups held at standard normal scores, on common random numbers."""

    inputs: model.Inputs
    groups: dict[str, list[str]]
    points: dict[str, np.ndarray]
    drawn: dict[str, np.ndarray]
    places: list[int]

    def at(self, scores: np.ndarray, batch: int = 27) -> np.ndarray:
        """Percentiles of the stock (points x years x 3) at rows of scores, one per group."""
        parts = [self._batch(scores[start : start + batch]) for start in range(0, len(scores), batch)]
        return np.concatenate(parts)

    def _batch(self, scores: np.ndarray) -> np.ndarray:
        size = len(next(iter(self.points.values())))
        held = {
            column: np.repeat(
                [held_at(columns, float(special.ndtr(score)))[column] for score in scores[:, place]], size
            )
            for place, columns in enumerate(self.groups.values())
            for column in columns
        }
        changed = list(held)
        points = {name: np.tile(array, len(scores)) for name, array in self.points.items()}
        drawn = {name: np.tile(array, len(scores)) for name, array in self.drawn.items()}
        drawn = redraw(self.inputs, points | held, drawn, changed)
        flows = model.run(self.inputs, drawn, len(scores)).flows.sum(axis=0, keepdims=True)
        stock = model.installed(flows, drawn)[0][:, self.places].reshape(len(scores), size, len(self.places))
        return np.moveaxis(percentiles(np.moveaxis(stock, 1, 0)), 0, -1)


def _described(
    inputs: model.Inputs, evidence, name: str, columns: list[str], table: np.ndarray, scores: np.ndarray
) -> dict:
    own = [column for column in columns if column in inputs.priors]
    lead = _LEADS.get(name, own[0])
    lead = lead if lead in own else own[0]
    chances = special.ndtr(scores)
    held = {column: np.full(len(scores), 0.5) for column in inputs.columns}
    levels = [held_at(columns, float(chance)) for chance in chances]
    held |= {column: np.array([level[column] for level in levels]) for column in columns}
    rows = evidence.assumptions
    row = rows[rows["assumption_id"] == inputs.priors[lead].assumption_id].iloc[0]
    return {
        "name": name,
        "parameter": lead,
        "assumption": row["assumption_id"],
        "unit": inputs.priors[lead].unit,
        "members": len(own),
        "values": [float(f"{value:.4g}") for value in redraw(inputs, held)[lead]],
        "places": [round(float(place), 5) for place in table],
        "sources": [source for source in row["source_ids"].split(";") if source],
        "reason": row["reason"],
    }
