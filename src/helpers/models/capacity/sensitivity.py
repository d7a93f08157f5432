"""What the uncertainty of the stock comes from: Sobol indices by group of assumptions, and a tornado.

First-order index: the share of the variance that goes when the group is known (Saltelli and others 2010, eq. b);
total index: the share that stays when all else is known (Jansen 1999, their eq. f). Both on logs of the stock, whose
interval is read as a ratio.
"""

import numpy as np
import pandas as pd
from scipy import special

from helpers.models import priors
from helpers.models.capacity import stock as model
from helpers.models.capacity.legs import VENDORS
from helpers.models.capacity.quarters import years_of
from helpers.models.capacity.result import SEED

# Group of assumptions: beginnings of the columns in it; a minus marks one that lowers the stock when it is high.
FACTORS: dict[str, tuple[str, ...]] = {
    "SMIC wafers": ("huawei_smic_wafers_per_month", "path:huawei_smic_wafers_per_month"),
    "wafer yield": ("huawei_wafer_yield", "path:huawei_wafer_yield"),
    "packaging yield": ("huawei_packaging_yield",),
    "TSMC die bank": ("huawei_die_bank_dies", "-huawei_die_bank_start", "-huawei_die_bank_years"),
    "HBM supply": ("huawei_hbm_stack_bank", "huawei_hbm_inflow", "path:huawei_hbm_inflow"),
    "HBM per die": ("-huawei_hbm_stacks_per_die",),
    "dies per card": ("huawei_two_die_share",),
    "compute per die": ("huawei_die_gain",),
    "lag from wafer to sale": ("-huawei_foundry_to_sale_quarters",),
    "Huawei before 2024": ("huawei_cards_per_year",),
    "other vendors' level": (
        *(f"{vendor.leg}_{part}" for vendor in VENDORS for part in ("cards_2023", "card_vs_reference")),
        "unknown_card_h100e",
    ),
    "other vendors' growth": ("domestic_growth",),
    "licensed imports": ("-licensed_launch_lag_quarters", "licensed_", "amd_", "noise:licensed"),
    "smuggling to 2025": ("leak_h100e_to_2025",),
    "smuggling, which year": ("leak_weight",),
    "smuggling after 2025": ("leak_continuation", "leak_trend"),
    "service life": ("service_life_years",),
    "lag to deployment": ("-deployment_lag_quarters",),
    "counting errors": ("noise:b-", "noise:c-", "noise:"),
}
_PLURAL = ("SMIC wafers", "dies per card", "licensed imports", "counting errors")
UNUSED = ("utilisation", "path:utilisation", "offshore", "path:offshore", "official_scope_error")


def factor_of(column: str) -> tuple[str, int] | None:
    """The group of a random column and its sign; None for one that does not move the installed stock."""
    if column.startswith(UNUSED):
        return None
    for factor, beginnings in FACTORS.items():
        for beginning in beginnings:
            if column.startswith(beginning.lstrip("-")):
                return factor, -1 if beginning.startswith("-") else 1
    return None


def grouped(inputs: model.Inputs) -> dict[str, list[str]]:
    """The random columns of each group that vary: fixed priors move nothing."""
    fixed = {name for name, prior in inputs.priors.items() if prior.low == prior.high}
    groups: dict[str, list[str]] = {factor: [] for factor in FACTORS}
    for column in inputs.columns:
        found = factor_of(column)
        if found and column not in fixed:
            groups[found[0]].append(column)
    return {factor: columns for factor, columns in groups.items() if columns}


def sobol_indices(
    evidence,
    scenario: str = "baseline",
    horizon: int = 2028,
    base: int = 1024,
    seed: int = SEED,
    precision: str = "fp16",
    quantity: str = "installed",
) -> pd.DataFrame:
    """First-order and total Sobol indices of China's stock at year ends. One row is one year and group.

    Columns: year, factor, first, total, total_low, total_high (90 %, bootstrap), rank (by total in that year). Runs
    the model base x (groups + 2) times; indices of a group include what its members do together.
    """
    inputs = model.prepare(evidence, scenario, horizon, precision)
    groups = grouped(inputs)
    names = inputs.columns
    points = priors.uniforms(
        [f"{side}|{name}" for side in "AB" for name in names], base, seed, f"{model.MODEL} sensitivity"
    )
    a, b = ({name: points[f"{side}|{name}"] for name in names} for side in "AB")
    places = _year_ends(inputs)
    drawn = redraw(inputs, a)
    f_a, f_b = (log_stock(inputs, one, places, quantity) for one in (drawn, redraw(inputs, b)))
    rows = []
    for factor, columns in groups.items():
        mixed = redraw(inputs, a | {column: b[column] for column in columns}, drawn, columns)
        f_ab = log_stock(inputs, mixed, places, quantity)
        first, total, low, high = estimate(
            f_a, f_b, f_ab, priors.generator(seed, model.MODEL, f"bootstrap {factor}")
        )
        for place, position in enumerate(places):
            year = int(inputs.quarters.year[position])
            rows.append((year, factor, first[place], total[place], low[place], high[place]))
    table = pd.DataFrame(rows, columns=["year", "factor", "first", "total", "total_low", "total_high"])
    table["rank"] = table.groupby("year")["total"].rank(ascending=False, method="first").astype(int)
    return table.sort_values(["year", "rank"], ignore_index=True)


def estimate(
    f_a: np.ndarray, f_b: np.ndarray, f_ab: np.ndarray, rng: np.random.Generator, resamples: int = 200
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """First-order and total index, and the 90 % bootstrap interval of the total, from three sets of model values.

    f_ab: the values at A with the group's columns from B. Arrays draws x outputs.
    """

    # The first-order estimator is a covariance: without centring, its error grows with the mean.
    centre = np.concatenate([f_a, f_b]).mean(axis=0)

    def indices(rows: np.ndarray | slice) -> tuple[np.ndarray, np.ndarray]:
        one, two, mixed = f_a[rows] - centre, f_b[rows] - centre, f_ab[rows] - centre
        variance = np.concatenate([one, two]).var(axis=0)
        variance = np.where(variance > 0, variance, np.inf)
        return (two * (mixed - one)).mean(axis=0) / variance, ((one - mixed) ** 2).mean(axis=0) / 2 / variance

    first, total = indices(slice(None))
    again = np.stack([indices(rng.integers(0, len(f_a), len(f_a)))[1] for _ in range(resamples)])
    low, high = np.quantile(again, [0.05, 0.95], axis=0)
    return first, total, low, high


def tornado(
    evidence,
    year: int,
    scenario: str = "baseline",
    horizon: int = 2028,
    draws: int = 512,
    seed: int = SEED,
    precision: str = "fp16",
    quantity: str = "installed",
) -> pd.DataFrame:
    """The median stock at the end of a year with one group at its 5th or 95th percentile and all else drawn.

    The members of a group move together, each by 1.645 standard normals over the root of their number, so that the
    group as a whole is as unlikely as one assumption at the end of its interval.
    One row is one group: factor, low, high (H100e, with the group at the end that lowers and raises the stock),
    middle (nothing held), swing (high - low), unit. Largest swing first. A group whose members pull in no one
    direction (which year smuggling fell in) is left out.
    """
    inputs = model.prepare(evidence, scenario, horizon, precision)
    place = int(np.flatnonzero((inputs.quarters.year == year) & (inputs.quarters.quarter == 4))[0])
    points = priors.uniforms(inputs.columns, draws, seed, model.MODEL)
    drawn = redraw(inputs, points)
    middle = float(np.exp(np.median(log_stock(inputs, drawn, [place], quantity))))
    rows = []
    for factor, columns in grouped(inputs).items():
        if factor == "smuggling, which year":
            continue
        ends = []
        for chance in (0.05, 0.95):
            held = {column: np.full(draws, level) for column, level in held_at(columns, chance).items()}
            moved = redraw(inputs, points | held, drawn, columns)
            ends.append(float(np.exp(np.median(log_stock(inputs, moved, [place], quantity)))))
        rows.append((factor, min(ends), max(ends), middle, max(ends) - min(ends), "H100e"))
    table = pd.DataFrame(rows, columns=["factor", "low", "high", "middle", "swing", "unit"])
    return table.sort_values("swing", ascending=False, ignore_index=True)


def in_words(indices: pd.DataFrame, year: int, most: int = 3) -> str:
    """The largest groups of a year as a sentence: "HBM supply explains 40 % of the uncertainty of 2027, ..."."""
    rows = indices[indices["year"] == year].sort_values("total", ascending=False).head(most)
    parts = [f"{row.factor} {100 * row.total:.0f} %" for row in rows.itertuples()]
    if not parts:
        return ""
    first, rest = parts[0], parts[1:]
    name, share = first.rsplit(" ", 2)[0], " ".join(first.rsplit(" ", 2)[1:])
    verb = "explain" if name in _PLURAL else "explains"
    text = f"{name[0].upper()}{name[1:]} {verb} {share} of the uncertainty of the stock at the end of {year}"
    return text + (
        f", {' and '.join([', '.join(rest[:-1]), rest[-1]]) if len(rest) > 1 else rest[0]}." if rest else "."
    )


def held_at(columns: list[str], chance: float) -> dict[str, float]:
    """Where each column of a group stands, in the unit interval, when the group as a whole is at `chance`.

    The years of a path follow their shared column and stay at their own middle.
    """
    paths = tuple(f"{column.removeprefix('path:')}_" for column in columns if column.startswith("path:"))
    years = {column for column in columns if paths and column.startswith(paths)}
    size = max(len(columns) - len(years), 1)
    level = special.ndtr(special.ndtri(chance) / np.sqrt(size))
    signs = {column: factor_of(column)[1] for column in columns}
    return {
        column: 0.5 if column in years else float(level if signs[column] > 0 else 1 - level)
        for column in columns
    }


def redraw(
    inputs: model.Inputs,
    points: dict[str, np.ndarray],
    drawn: dict[str, np.ndarray] | None = None,
    columns: list[str] | None = None,
) -> dict[str, np.ndarray]:
    """Named draws from points of the unit cube; given earlier draws, only those that the changed columns touch."""
    if drawn is None or columns is None:
        return priors.from_uniforms(inputs.priors, points, inputs.noise, model.PATHS)
    stems = tuple(f"{column.removeprefix('path:')}_" for column in columns if column.startswith("path:"))
    touched = {
        name: prior
        for name, prior in inputs.priors.items()
        if name in columns or name == "path_correlation" or (stems and name.startswith(stems))
    }
    noise = [name for name in inputs.noise if name in columns]
    return drawn | priors.from_uniforms(touched, points, noise, model.PATHS)


def log_stock(
    inputs: model.Inputs, drawn: dict[str, np.ndarray], places: list[int], quantity: str = "installed"
) -> np.ndarray:
    """Natural logs of China's stock at some quarter ends (draws x places)."""
    flows = model.run(inputs, drawn).flows.sum(axis=0, keepdims=True)
    # Lag and survival are the same for every leg, so the stock of the sum is the sum of the stocks.
    array = model.installed(flows, drawn) if quantity == "installed" else flows.cumsum(axis=-1)
    return np.log(array[0][:, places])


def _year_ends(inputs: model.Inputs) -> list[int]:
    first = min(inputs.as_of.year, years_of(inputs.quarters)[-1])
    quarters = inputs.quarters
    return [int(place) for place in np.flatnonzero((quarters.quarter == 4) & (quarters.year >= first))]
