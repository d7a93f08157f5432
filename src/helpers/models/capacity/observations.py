"""Published counts that inform the model: which facts, with what error, and how the draws take them up.

Licensed chips: counts replace the prior in the quarters that they cover. Chinese vendors: the draws are updated by an
ensemble Kalman step with perturbed observations (Evensen 1994; Burgers and others 1998), which for normal logs is
the exact Bayesian pooling of model and count, and carries what was learnt into later years.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.evidence import independent
from helpers.models.capacity.legs import DOMESTIC, HUAWEI_ENTITIES, LICENSED, VENDORS
from helpers.models.capacity.quarters import within, year_sums, years_of
from helpers.models.priors import REPLICATES

COUNTED = ("estimated", "measured", "reported")
_Z = 1.6448536269514722
# Cards a year added before taking logs, so that a year without sales stays finite.
_FLOOR = 500.0
_LEAST_BLOCK = 256
_GROUPS = ([0], list(range(1, len(DOMESTIC))))


class Piece(NamedTuple):
    """A count of a licensed chip over some quarters: units, standard deviation of logs, and its fact.

    since_launch: the release follows the chip from its launch, so that nothing was sold before the counted quarters.
    """

    quarters: np.ndarray
    value: float
    error: float
    fact_id: str
    since_launch: bool
    source_id: str


class Count(NamedTuple):
    """A count of cards sold by some legs in one calendar year, with the name of its error prior."""

    fact_id: str
    legs: tuple[str, ...]
    year: int
    value: float
    error: str
    source_id: str


def licensed_pieces(
    facts: pd.DataFrame, quarters: pd.PeriodIndex, error: float, prices: dict[str, tuple[float, float]]
) -> dict[str, list[Piece]]:
    """Counts of every licensed chip, disjoint in time: from the newest release that counts it, then from revenue.

    A cumulative count that contains narrower ones adds only what they leave. A maker's measured revenue from one chip
    over its price counts the quarters that no release covers. error: the standard deviation of logs of a count that
    brings no interval; prices: by chip key the middle (USD) and the standard deviation of logs.
    """
    found, facts = {}, _happened(independent(facts))
    for chip in LICENSED:
        metrics = (
            ["china_shipments"] if chip.key == "amd" else ["units", "cumulative_units", "delivered_units"]
        )
        rows = _counts(facts, [chip.entity], metrics)
        pieces = _disjoint(rows[rows["published"] == rows["published"].max()], quarters, error)
        if chip.key in prices:
            pieces += _from_revenue(facts, chip.entity, quarters, prices[chip.key], error, pieces)
        if pieces:
            found[chip.key] = pieces
    return found


def _from_revenue(
    facts: pd.DataFrame,
    entity: str,
    quarters: pd.PeriodIndex,
    price: tuple[float, float],
    error: float,
    pieces: list[Piece],
) -> list[Piece]:
    """Units as revenue over price, for fiscal quarters that no count covers.

    A fiscal quarter stands for the calendar quarter that holds its middle, so the error of a count comes on top of
    that of the price.
    """
    taken = (
        np.any([piece.quarters for piece in pieces], axis=0)
        if pieces
        else np.zeros(len(quarters), dtype=bool)
    )
    rows = _counts(facts, [entity], ["revenue"], ["USD"], ["measured"])
    found = []
    for row in rows.sort_values(["period_end", "fact_id"]).drop_duplicates("period_end").itertuples():
        new = within(quarters, row.period_start, row.period_end) & ~taken
        if new.sum() == 1:
            found.append(
                Piece(
                    new,
                    row.value / price[0],
                    float(np.hypot(price[1], error)),
                    row.fact_id,
                    False,
                    row.source_id,
                )
            )
            taken = taken | new
    return found


def _disjoint(rows: pd.DataFrame, quarters: pd.PeriodIndex, error: float) -> list[Piece]:
    if rows.empty:
        return []
    start = rows["period_start"].where(rows["metric"] != "delivered_units", quarters[0].start_time)
    rows = rows.assign(start=start, length=(rows["period_end"] - start)).sort_values(["length", "fact_id"])
    pieces: list[Piece] = []
    taken = np.zeros(len(quarters), dtype=bool)
    for row in rows.itertuples():
        period = within(quarters, row.start, row.period_end)
        inside = sum(piece.value for piece in pieces if period[piece.quarters].all())
        new = period & ~taken
        if not new.any():
            continue
        bounded = row.low == row.low and row.high == row.high and 0 < row.low < row.high
        spread = np.log(row.high / row.low) / (2 * _Z) if bounded else error
        pieces.append(
            Piece(
                new,
                max(row.value - inside, 0.0),
                float(spread),
                row.fact_id,
                row.metric != "china_shipments",
                row.source_id,
            )
        )
        taken |= new
    return pieces


def domestic_counts(facts: pd.DataFrame, parameters: list[str]) -> list[Count]:
    """Counts of Chinese cards for calendar years that had ended when they were published, oldest first.

    A figure for a year still running is a forecast and never enters. `shipments` of a research firm and `production`
    of the press differ in error; a prior `error_<fact id>` sets one fact's own.
    """
    selectors = [(list(HUAWEI_ENTITIES), ["shipments", "production"], ("huawei",))]
    selectors += [([vendor.entity], ["shipments"], (vendor.leg,)) for vendor in VENDORS if vendor.entity]
    selectors += [(["China"], ["domestic_ai_accelerator_shipments"], DOMESTIC)]
    found, seen, facts = [], set(), _happened(independent(facts))
    for entities, metrics, legs in selectors:
        for row in _counts(facts, entities, metrics).sort_values("fact_id").itertuples():
            # One count told twice is one count, also where the tables have not linked the two.
            told = (legs, row.period_end.year, row.value)
            if told in seen:
                continue
            seen.add(told)
            own = f"error_{row.fact_id}"
            kind = "error_production" if row.metric == "production" else "error_shipments"
            error = own if own in parameters else kind
            count = Count(row.fact_id, legs, row.period_end.year, row.value, error, row.source_id)
            found.append((row.published, count))
    return [count for _, count in sorted(found, key=lambda pair: (pair[0], pair[1].fact_id))]


def _happened(facts: pd.DataFrame) -> pd.DataFrame:
    """Values of what had happened by the time they were published."""
    return facts[
        facts["status"].isin(COUNTED) & facts["value"].notna() & (facts["period_end"] <= facts["published"])
    ]


def _counts(
    happened: pd.DataFrame,
    entities: list[str],
    metrics: list[str],
    units: Sequence[str] = ("cards", "chips"),
    statuses: Sequence[str] = COUNTED,
) -> pd.DataFrame:
    """The rows of `_happened` that count something."""
    own = happened[happened["entity"].isin(entities)]
    return own[own["metric"].isin(metrics) & own["status"].isin(statuses) & own["unit"].isin(units)]


def condition(
    cards: np.ndarray,
    counts: list[Count],
    drawn: dict[str, np.ndarray],
    quarters: pd.PeriodIndex,
    ensembles: int | None = None,
) -> np.ndarray:
    """Cards of the domestic legs (legs x draws x quarters) after the counts are taken up.

    State: logs of the yearly cards of every leg; each count moves all years by their regression on the predicted
    count, so that a high 2025 also lifts 2026. Huawei and the other vendors share no prior: a count of the one leaves
    the other alone (localisation). Quarters keep their shape within a year. Independent scrambles of the draws are
    updated apart, so that the Monte Carlo error covers the regression too; `ensembles` sets another number of parts
    (a lattice, whose every point is an ensemble of its own).
    """
    years = years_of(quarters)
    state = np.log(year_sums(cards, quarters) + _FLOOR)
    used = [count for count in counts if count.year in years]
    parts = ensembles or (REPLICATES if cards.shape[1] >= _LEAST_BLOCK * REPLICATES else 1)
    for block in np.array_split(np.arange(cards.shape[1]), parts):
        rows = slice(block[0], block[-1] + 1)
        moved = state[:, rows].copy()
        for count in used:
            error = drawn[count.error][0]
            moved += _update(moved, count, years, error, drawn[f"noise:{count.fact_id}"][rows])
        state[:, rows] = moved
    scale = np.exp(state) / (year_sums(cards, quarters) + _FLOOR)
    return cards * scale[:, :, quarters.year - years[0]]


def counted_quarters(counts: list[Count], leg: str, quarters: pd.PeriodIndex) -> np.ndarray:
    """The quarters up to the end of the last year in which a leg was counted alone; none without a count."""
    years = [count.year for count in counts if count.legs == (leg,)]
    return np.asarray(quarters.year <= max(years, default=quarters.year[0] - 1))


def _update(state: np.ndarray, count: Count, years: list[int], error: float, noise: np.ndarray) -> np.ndarray:
    """The ensemble Kalman increment of one count (legs x draws x years)."""
    legs = [DOMESTIC.index(leg) for leg in count.legs]
    touched = sorted({leg for group in _GROUPS if set(group) & set(legs) for leg in group})
    predicted = np.log(np.exp(state[legs, :, years.index(count.year)]).sum(axis=0))
    anomaly = predicted - predicted.mean()
    near = state[touched]
    moves = np.einsum("lny,n->ly", near - near.mean(axis=1, keepdims=True), anomaly) / len(anomaly)
    gain = moves / ((anomaly**2).mean() + error**2)
    surprise = np.log(count.value) + error * noise - predicted
    step = np.zeros_like(state)
    step[touched] = gain[:, None, :] * surprise[None, :, None]
    return step


def noise_names(counts: list[Count]) -> list[str]:
    """The columns of standard normals that the observations need."""
    return ["noise:licensed", *(f"noise:{count.fact_id}" for count in counts)]
