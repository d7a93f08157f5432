"""Priors: rows of the assumptions sheet, drawn once and shared by every part of a model.

A row gives a 90 % interval (`low` to `high`); of several vintages of a parameter the newest in the table counts, so
a table cut to a date yields the priors of that date. Draws are reproducible from (seed, model): the same call gives
the same bytes, and another model gets an independent stream.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd
from scipy import optimize, special
from scipy.stats import qmc

REPLICATES = 8
_TAIL = 0.05
_EDGE = 2.0**-33
_SCORES = np.linspace(-7, 7, 4097)
Z90 = float(special.ndtri(1 - _TAIL))


class Prior(NamedTuple):
    """One prior as it is drawn: `low` and `high` are its 5th and 95th percentile in `unit`."""

    parameter: str
    distribution: str
    low: float
    high: float
    unit: str
    assumption_id: str
    overridden: bool


def priors_of(
    assumptions: pd.DataFrame, model: str, scenario: dict | None = None, known: pd.DataFrame | None = None
) -> dict[str, Prior]:
    """The newest vintage of every parameter of a model, with a scenario's overrides put in its place.

    scenario: `{"assumptions": {parameter or assumption_id: {"low": ..., "high": ...}}}`. known: the uncut sheet, so
    that an id of a vintage not yet published still names its parameter. Raises ValueError for a name that is in
    neither, and for an override that is not an interval.
    """
    rows = assumptions[assumptions["model"] == model] if len(assumptions) else assumptions
    if not len(rows):
        raise ValueError(f"no assumption of model {model!r} is known on this date")
    newest = rows.sort_values(["published", "row"], kind="stable").drop_duplicates("parameter", keep="last")
    priors = {
        row.parameter: Prior(
            row.parameter,
            row.distribution,
            float(row.low),
            float(row.high),
            row.unit,
            row.assumption_id,
            False,
        )
        for row in newest.sort_values("parameter").itertuples()
    }
    sheet = assumptions if known is None else known
    by_id = dict(zip(sheet["assumption_id"], sheet["parameter"], strict=True))
    for name, change in ((scenario or {}).get("assumptions") or {}).items():
        parameter = by_id.get(name, name)
        if parameter not in priors:
            raise ValueError(f"scenario overrides an unknown assumption: {name!r}{nearest(name, priors)}")
        unknown = set(change) - {"low", "high", "distribution", "reason"}
        if unknown or not {"low", "high"} <= set(change) or change["low"] > change["high"]:
            raise ValueError(f"scenario override of {name!r} wants low <= high, found {change}")
        priors[parameter] = priors[parameter]._replace(
            low=float(change["low"]),
            high=float(change["high"]),
            distribution=change.get("distribution", priors[parameter].distribution),
            overridden=True,
        )
    return priors


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like an unknown one, as the end of a message; empty where none is like it."""
    found = get_close_matches(str(name), list(known), n=1, cutoff=0.6)
    return f"; did you mean {found[0]!r}?" if found else ""


def draw(
    assumptions: pd.DataFrame,
    scenario: dict | None = None,
    draws: int = 4096,
    seed: int = 0,
    method: str = "sobol",
    model: str = "capacity",
    noise: Sequence[str] = (),
    paths: Sequence[str] = (),
    known: pd.DataFrame | None = None,
) -> dict[str, np.ndarray]:
    """Named draws of every prior of a model: one array of length `draws` per parameter.

    method: `sobol` (scrambled quasi-random points in `REPLICATES` independent scrambles, whose spread measures the
    Monte Carlo error) or `random` (one independent stream per name). noise: names of standard normal columns drawn
    beside the priors, such as the counting errors of observations. paths: stems whose years `<stem>_<year>` move
    together, by the prior `path_correlation`.
    """
    priors = priors_of(assumptions, model, scenario, known)
    points = uniforms(columns(priors, noise, paths), draws, seed, model, method)
    return from_uniforms(priors, points, noise, paths)


def columns(priors: dict[str, Prior], noise: Sequence[str] = (), paths: Sequence[str] = ()) -> list[str]:
    """The names of the random columns behind the draws: priors, noise, and `path:<stem>` for what a path shares."""
    return [*priors, *noise, *(f"path:{stem}" for stem in paths)]


def uniforms(
    names: Sequence[str], draws: int, seed: int, model: str, method: str = "sobol"
) -> dict[str, np.ndarray]:
    """Points of the unit cube, one column per name, from the stream of (seed, model)."""
    if method == "random":
        return {name: generator(seed, model, name).random(draws) for name in names}
    if method != "sobol":
        raise ValueError(f"method: expected sobol or random, found {method!r}")
    size = -(-draws // REPLICATES)
    level = max(size - 1, 0).bit_length()
    blocks = [
        qmc.Sobol(
            len(names), scramble=True, rng=generator(seed, model, f"scramble {replicate}")
        ).random_base2(level)
        for replicate in range(REPLICATES)
    ]
    points = np.concatenate([block[:size] for block in blocks])[:draws]
    # A point on the edge of the cube has no finite normal quantile.
    points = np.clip(points, _EDGE, 1 - _EDGE)
    return {name: points[:, place] for place, name in enumerate(names)}


def generator(seed: int, model: str, stream: str = "") -> np.random.Generator:
    """An independent generator for a named stream of a model, the same on every machine and in every process."""
    return np.random.default_rng(
        np.random.SeedSequence([seed, crc32(model.encode()), crc32(stream.encode())])
    )


def from_uniforms(
    priors: dict[str, Prior],
    points: dict[str, np.ndarray],
    noise: Sequence[str] = (),
    paths: Sequence[str] = (),
) -> dict[str, np.ndarray]:
    """Points of the unit cube put through each prior's quantile function; noise becomes standard normal.

    The years of a path share a normal factor (a one-factor Gaussian copula).
    """
    share = priors["path_correlation"].low if paths else 0.0
    drawn = {}
    for name, prior in priors.items():
        stem, _, year = name.rpartition("_")
        chance = points[name]
        if stem in paths and year.isdigit():
            common, own = special.ndtri(points[f"path:{stem}"]), special.ndtri(chance)
            chance = special.ndtr(np.sqrt(share) * common + np.sqrt(1 - share) * own)
        drawn[name] = quantile(prior, chance)
    return drawn | {name: special.ndtri(points[name]) for name in noise}


def quantile(prior: Prior, probability: np.ndarray | float) -> np.ndarray:
    """The quantile function of a prior whose 5th and 95th percentiles are `low` and `high`.

    Raises ValueError for an unknown distribution or an interval that the distribution cannot have.
    """
    low, high, chance = prior.low, prior.high, np.asarray(probability, dtype=float)
    if prior.distribution == "fixed" or low == high:
        return np.full(chance.shape, low)
    if prior.distribution == "lognormal":
        if low <= 0:
            raise ValueError(f"{prior.parameter}: a lognormal interval must be above zero, found {low}")
        middle, spread = np.log(low * high) / 2, np.log(high / low) / (2 * Z90)
        return np.exp(middle + spread * special.ndtri(chance))
    if prior.distribution == "normal":
        return (low + high) / 2 + (high - low) / (2 * Z90) * special.ndtri(chance)
    if prior.distribution == "uniform":
        return low + (chance - _TAIL) * (high - low) / (1 - 2 * _TAIL)
    if prior.distribution == "triangular":
        # A symmetric triangle of width w has its 5th percentile at w * sqrt(0.05 / 2) from its foot.
        width = (high - low) / (1 - 2 * np.sqrt(_TAIL / 2))
        lower = (low + high - width) / 2 + width * np.sqrt(chance / 2)
        upper = (low + high + width) / 2 - width * np.sqrt((1 - chance) / 2)
        return np.where(chance < 0.5, lower, upper)
    if prior.distribution == "beta":
        # The inverse beta function is slow; its table over normal scores is exact to six digits.
        return np.interp(special.ndtri(chance), _SCORES, _beta_table(low, high))
    raise ValueError(f"{prior.parameter}: unknown distribution {prior.distribution!r}")


@lru_cache(maxsize=512)
def _beta_table(low: float, high: float) -> np.ndarray:
    return special.betaincinv(*_beta_shape(low, high), special.ndtr(_SCORES))


def _beta_shape(low: float, high: float) -> tuple[float, float]:
    """The two shape parameters of the beta distribution with those 5th and 95th percentiles."""
    if not 0 <= low < high <= 1:
        raise ValueError(f"a beta interval must lie between 0 and 1, found {low} to {high}")
    middle, spread = (low + high) / 2, max((high - low) / (2 * Z90), 1e-4)
    size = max(middle * (1 - middle) / spread**2 - 1, 0.5)
    found = optimize.least_squares(
        lambda logs: special.betaincinv(*np.exp(logs), [_TAIL, 1 - _TAIL]) - [low, high],
        np.log([middle * size, (1 - middle) * size]),
        xtol=1e-12,
        ftol=1e-12,
    )
    if found.cost > 1e-8:
        raise ValueError(f"no beta distribution has the 90 % interval {low} to {high}")
    # The last digits of the solver's algebra depend on the processor; equal inputs are to give equal bytes.
    first, second = (float(f"{value:.8g}") for value in np.exp(found.x))
    return first, second
