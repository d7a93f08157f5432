"""Scenarios: named overrides of assumptions and switches of policy, compared on the same draws."""

import numpy as np
import pandas as pd

from helpers.models.capacity.quarters import years_of
from helpers.models.capacity.result import DRAWS, SEED, CapacityResult, percentiles, simulate


def scenario_paths(
    evidence, names: list[str] | None = None, quantity: str = "installed", **options
) -> pd.DataFrame:
    """China's stock at year ends under each scenario, in long form; `entity` is the scenario's title.

    names: scenarios to run, all of `data/scenarios` when None, the baseline first. options: as in `simulate`.
    """
    names = names or sorted(evidence.scenarios, key=lambda name: (name != "baseline", name))
    frames, past = [], None
    for name in names:
        result = simulate(evidence, name, **options, past=past)
        past = result if name == "baseline" else past
        title = evidence.scenario(name).get("title", name)
        places = _year_ends(result)
        array = result.sample(quantity)[:, places]
        labels = [result.labels[place] for place in places]
        told = result.evidence_of("China", quantity)
        frames.append(result.table(array, title, quantity, "H100e", labels, told).assign(scenario=name))
    return pd.concat(frames, ignore_index=True)


def compare(
    evidence,
    a: str,
    b: str,
    horizon: int = 2028,
    draws: int = DRAWS,
    seed: int = SEED,
    precision: str = "fp16",
    quantity: str = "installed",
) -> pd.DataFrame:
    """Two scenarios at year ends, b less a, draw by draw on the same random numbers.

    One row is one year end: period, a_p50, b_p50, difference_p5, difference_p50, difference_p95 (H100e),
    ratio_p50, chance_b_higher (share of draws), unit, basis.
    """
    first = simulate(evidence, a, horizon, draws, seed, precision)
    second = simulate(evidence, b, horizon, draws, seed, precision)
    rows = []
    for place in _year_ends(first):
        left, right = first.sample(quantity)[:, place], second.sample(quantity)[:, place]
        low, middle, high = percentiles(right - left)
        rows.append(
            {
                "period": first.labels[place],
                "a": a,
                "b": b,
                "a_p50": np.median(left),
                "b_p50": np.median(right),
                "difference_p5": low,
                "difference_p50": middle,
                "difference_p95": high,
                "ratio_p50": float(np.median(right / np.maximum(left, 1e-9))),
                "chance_b_higher": float((right > left).mean()),
                "unit": "H100e",
                "basis": first.basis,
            }
        )
    return pd.DataFrame(rows)


def differences(evidence, a: str, b: str) -> pd.DataFrame:
    """What two scenarios assume differently. One row is one override or switch: name, in_a, in_b (as written)."""
    left, right = (_changes(evidence.scenario(name)) for name in (a, b))
    rows = [
        (name, _written(left.get(name)), _written(right.get(name)))
        for name in [*left, *(name for name in right if name not in left)]
        if left.get(name) != right.get(name)
    ]
    return pd.DataFrame(rows, columns=["name", "in_a", "in_b"])


def _changes(plan: dict) -> dict[str, object]:
    """Overrides and switches of a scenario by name."""
    switches = dict(plan.get("switches") or {})
    sales = switches.pop("sales", None) or {}
    return {**(plan.get("assumptions") or {}), **sales, **switches}


def _written(value: object) -> str:
    if value is None:
        return "as in the baseline"
    return f"{value['low']:g} to {value['high']:g}" if isinstance(value, dict) else str(value)


def _year_ends(result: CapacityResult) -> list[int]:
    """The places of the fourth quarters from the year before `as_of` on."""
    quarters = result.inputs.quarters
    first = min(max(result.inputs.as_of.year - 1, years_of(quarters)[0]), years_of(quarters)[-1])
    return [int(place) for place in np.flatnonzero((quarters.quarter == 4) & (quarters.year >= first))]
