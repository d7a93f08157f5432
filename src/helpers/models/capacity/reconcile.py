"""Reconciliation: each leg against figures that others publish, on their basis; a count in use is left out first."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.evidence import independent
from helpers.models.capacity.held_out import held_out, house
from helpers.models.capacity.legs import DOMESTIC, LEGS, VENDORS
from helpers.models.capacity.published_figures import HELD_OUT, INDEPENDENT, TAKEN_UP, TARGETS, Target
from helpers.models.capacity.quarters import within
from helpers.models.capacity.result import CapacityResult, at_eight_bit, percentiles, simulate


def reconciliation(result: CapacityResult, evidence) -> pd.DataFrame:
    """Our figure beside each published one, on the 8-bit basis of the sources; one row is one published figure.

    A count that the model takes up is held against the model without the counts of that house, so that it is a check
    all the same. Columns: leg, figure, period, unit, basis, theirs, their_low, their_high, p5, p50, p95, ratio (ours
    over theirs), agreement (inside our interval, intervals overlap, apart), role, why (for a gap), fact_id,
    source_id. Only facts known on `as_of`; an empty frame when there are none. Always the baseline, because a
    scenario changes no past.
    """
    if result.inputs.scenario != "baseline":
        horizon = int(result.inputs.quarters.year.max())
        result = simulate(evidence, "baseline", horizon, result.draws, result.seed, "int8")
    result = at_eight_bit(result, evidence)
    taken = [*result.inputs.counts, *(piece for pieces in result.inputs.pieces.values() for piece in pieces)]
    houses = sorted({house(evidence, count.source_id) for count in taken})
    without = {name: held_out(result, evidence, name) for name in houses}
    facts = independent(evidence.facts)
    rows = []
    for target in TARGETS:
        for fact in _facts(facts, target, result.inputs.as_of).itertuples():
            other = without.get(house(evidence, fact.source_id)) if target.role == TAKEN_UP else None
            rows.append(_compare(other or result, target, fact, HELD_OUT if other else target.role))
    rows += [_remainder(without, evidence, facts), *_revenue_check(result, evidence.facts)]
    columns = ["leg", "figure", "period", "unit", "basis", "theirs", "their_low", "their_high", "p5", "p50", "p95",
               "ratio", "agreement", "role", "why", "fact_id", "source_id"]  # fmt: skip
    return pd.DataFrame([row for row in rows if row is not None], columns=columns)


def _facts(facts: pd.DataFrame, target: Target, as_of: pd.Timestamp) -> pd.DataFrame:
    rows = facts[
        (facts["entity"] == target.entity)
        & (facts["metric"] == target.metric)
        & facts["value"].notna()
        & facts["unit"].isin(["H100e", "cards", "chips", "dies"])
        & (facts["period_end"] <= as_of)
        & (facts["status"] != "target")
    ]
    # Several vintages of one figure: the newest speaks for its source; a count told twice is one count.
    one_maker = target.metric in ("cumulative_compute", "units", "cumulative_units")
    keys = ["period_end", "status"] if one_maker else ["period_end", "value"]
    return rows.sort_values(["published", "fact_id"]).drop_duplicates(keys, keep="last")


def _compare(result: CapacityResult, target: Target, fact, role: str) -> dict | None:
    array = ours(result, target, fact.period_start, fact.period_end)
    if array is None:
        return None
    unit = unit_of(target)
    # A count that is not in use (an older one, a forecast) was independent of the model all along.
    role = INDEPENDENT if role == TAKEN_UP else role
    name = f"{fact.entity}: {fact.metric.replace('_', ' ')}"
    basis = result.basis if unit == "H100e" else unit
    return comparison(target.leg, name, fact, array, unit, basis, role, target.why)


def _remainder(without: dict[str, CapacityResult], evidence, facts: pd.DataFrame) -> dict | None:
    """What a count of all Chinese cards leaves for the makers that it does not name, against the legs of those."""
    rows = facts[facts["metric"] == "domestic_ai_accelerator_shipments"]
    named = {"Huawei Ascend": "huawei"} | {vendor.entity: vendor.leg for vendor in VENDORS if vendor.entity}
    for whole in rows.sort_values("published", ascending=False).itertuples():
        parts = facts[
            (facts["source_id"] == whole.source_id)
            & (facts["metric"] == "shipments")
            & (facts["period_end"] == whole.period_end)
            & facts["entity"].isin(list(named))
        ]
        result = without.get(house(evidence, whole.source_id))
        if parts.empty or result is None:
            continue
        legs = tuple(leg for leg in DOMESTIC if leg not in {named[entity] for entity in parts["entity"]})
        told = _Told(whole.value - parts["value"].sum(), np.nan, np.nan, whole.period_text,
                     ";".join([whole.fact_id, *parts["fact_id"]]), whole.source_id)  # fmt: skip
        target = Target("hygon;others", "", "", "cards", legs, HELD_OUT, "")
        array = ours(result, target, whole.period_start, whole.period_end)
        name, why = "China: cards of makers not named", "a residual of rounded counts"
        return comparison(target.leg, name, told, array, "cards", "cards", HELD_OUT, why)
    return None


def unit_of(target: Target) -> str:
    """The unit of a target's quantity."""
    return {"stock": "H100e", "added": "H100e", "cards": "cards", "dies": "dies"}.get(target.measure, "chips")


def comparison(
    leg: str, name: str, fact, array: np.ndarray, unit: str, basis: str, role: str, why: str
) -> dict:
    """One row of the reconciliation: a fact (with value, low, high) and our draws of the same quantity."""
    low, middle, high = (float(value) for value in percentiles(array))
    their_low = fact.low if fact.low == fact.low else fact.value
    their_high = fact.high if fact.high == fact.high else fact.value
    inside = low <= fact.value <= high
    agreement = "inside our interval" if inside else "apart"
    if not inside and their_low <= high and their_high >= low:
        agreement = "intervals overlap"
    return {
        "leg": leg, "figure": name, "period": fact.period_text, "unit": unit, "basis": basis,
        "theirs": fact.value, "their_low": fact.low, "their_high": fact.high, "p5": low, "p50": middle, "p95": high,
        "ratio": middle / fact.value if fact.value else float("nan"), "agreement": agreement, "role": role,
        "why": "" if inside else why, "fact_id": fact.fact_id, "source_id": fact.source_id,
    }  # fmt: skip


def ours(result: CapacityResult, target: Target, start: pd.Timestamp, end: pd.Timestamp) -> np.ndarray | None:
    """Our draws of a target's quantity for a period; None when the period lies outside the axis."""
    quarters = result.inputs.quarters
    if end > quarters[-1].end_time or end < quarters[0].end_time.normalize():
        return None
    legs = [list(LEGS).index(leg) for leg in target.legs]
    if target.measure == "stock":
        return at_day(result.paths.cumulative[legs].sum(axis=0), quarters, end)
    inside = within(quarters, start, end)
    if target.measure == "added":
        flow = result.paths.flows[legs].sum(axis=0)
    elif target.measure == "cards":
        flow = result.paths.cards[[DOMESTIC.index(leg) for leg in target.legs]].sum(axis=0)
    elif target.measure == "dies":
        # The counts move cards; a card keeps its dies.
        chain = result.paths.chain
        flow = chain.dies * result.paths.cards[DOMESTIC.index("huawei")] / np.maximum(chain.cards, 1e-9)
    else:
        flow = result.paths.licensed.get(target.measure)
    return flow[:, inside].sum(axis=1) if flow is not None and inside.any() else None


def at_day(stock: np.ndarray, quarters: pd.PeriodIndex, day: pd.Timestamp) -> np.ndarray:
    """A stock given at quarter ends, on a day between them (linear)."""
    ends = quarters.end_time.normalize()
    place = min(int(ends.searchsorted(day)), len(ends) - 1)
    if place == 0 or ends[place] == day:
        return stock[:, place]
    part = (day - ends[place - 1]) / (ends[place] - ends[place - 1])
    return stock[:, place - 1] * (1 - part) + stock[:, place] * part


def _revenue_check(result: CapacityResult, facts: pd.DataFrame) -> list[dict]:
    """H20 units from NVIDIA's own revenue and reported prices, against ours for the half-year that holds them."""
    revenue = facts[
        (facts["entity"] == "NVIDIA H20") & (facts["metric"] == "revenue") & (facts["status"] == "measured")
    ]
    prices = facts[
        (facts["entity"] == "NVIDIA H20") & (facts["metric"] == "price") & (facts["unit"] == "USD")
    ]
    revenue = revenue[(revenue["period_end"].dt.year == 2025) & (revenue["period_end"].dt.month <= 6)]
    if revenue.empty or prices.empty or "h20" not in result.paths.licensed:
        return []
    row = revenue.sort_values("published").iloc[-1]
    low, high = row["value"] / prices["high"].max(), row["value"] / prices["low"].min()
    told = _Told(
        value=float(np.sqrt(low * high)), low=float(low), high=float(high), period_text=row["period_text"],
        fact_id=";".join([row["fact_id"], *sorted(prices["fact_id"])]), source_id=row["source_id"],
    )  # fmt: skip
    half = (result.inputs.quarters.year == 2025) & (result.inputs.quarters.quarter <= 2)
    ours = result.paths.licensed["h20"][:, half].sum(axis=1)
    why = "our half-year holds January as well"
    return [
        comparison("nvidia", "NVIDIA H20: revenue over price", told, ours, "chips", "chips", INDEPENDENT, why)
    ]


class _Told(NamedTuple):
    value: float
    low: float
    high: float
    period_text: str
    fact_id: str
    source_id: str
