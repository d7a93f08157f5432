"""The back test: the model as it would have stood on earlier dates, scored against what became known.

Scores are on logs, because the targets differ in size and errors are ratios: coverage of the 50 and 90 % bands, the
continuous ranked probability score (Gneiting and Raftery 2007) and the weighted interval score (Bracher and others
2021), against two naive forecasts that use nothing but the model's own past at the time: the last value, and the
last growth. A score of 0.1 is an error of about ten per cent.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
import scoringrules

from helpers.evidence import independent
from helpers.models.capacity.legs import LEGS
from helpers.models.capacity.observations import COUNTED
from helpers.models.capacity.published_figures import TARGETS, Target
from helpers.models.capacity.reconcile import ours, unit_of
from helpers.models.capacity.result import DRAWS, SEED, CapacityResult, percentiles, simulate

ORIGINS = ("2024-06-30", "2025-06-30", "2025-12-31")
_LEVELS = (5.0, 25.0, 50.0, 75.0, 95.0)
_ALPHA = np.array([0.1, 0.2, 0.5, 0.8])


def origins(as_of: date) -> list[str]:
    """The dates from which the model is judged on `as_of`: those before it."""
    return [day for day in ORIGINS if day < as_of.isoformat()]


def backtest(
    vintages: Sequence, evidence, horizon: int = 2028, draws: int = DRAWS, seed: int = SEED
) -> pd.DataFrame:
    """Every target at every vintage that could not know it. One row is one vintage and target.

    vintages: the evidence as loaded at each origin. A target counts at a vintage when it was published after it.
    Columns: vintage, leg, target, period, unit, outturn, p5, p25, p50, p75, p95, inside_50, inside_90, ratio (p50
    over outturn), crps, wis, last_value, last_growth (absolute errors of the naive forecasts, in logs), cause
    (of a miss of the 90 % band, else empty), known (date of the outturn), fact_id, source_id. On the 8-bit basis.
    """
    found, rows = outturns(evidence), []
    today = simulate(evidence, "baseline", horizon, draws, seed, "int8") if len(vintages) else None
    for vintage in vintages:
        result = simulate(vintage, "baseline", horizon, draws, seed, "int8")
        for target, fact in found:
            if fact.published > result.inputs.as_of:
                rows += _score(result, target, fact, today)
    columns = ["vintage", "leg", "target", "period", "unit", "outturn", "p5", "p25", "p50", "p75", "p95", "inside_50",
               "inside_90", "ratio", "crps", "wis", "last_value", "last_growth", "cause", "known",
               "fact_id", "source_id"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def outturns(evidence) -> list[tuple[Target, object]]:
    """What became known: per target and period the newest figure published after the period had ended.

    A count that the sheet sets aside (a prior `error_<fact id>` of its own) is no outturn.
    """
    sheet = set(evidence.assumptions["parameter"])
    found = []
    facts = independent(evidence.facts)
    for target in TARGETS:
        rows = facts[
            (facts["entity"] == target.entity)
            & (facts["metric"] == target.metric)
            & facts["status"].isin(COUNTED)
            & facts["unit"].isin(["H100e", "cards", "chips"])
            & (facts["value"] > 0)
            & (facts["period_end"] <= facts["published"])
            & ~("error_" + facts["fact_id"]).isin(sheet)
        ]
        newest = rows.sort_values(["published", "fact_id"]).drop_duplicates("period_end", keep="last")
        if target.metric == "units" and len(newest):
            newest = newest[newest["published"] == newest["published"].max()]
        found += [(target, fact) for fact in newest.sort_values("period_end").itertuples()]
    return found


def _score(result: CapacityResult, target: Target, fact, today: CapacityResult) -> list[dict]:
    sample = ours(result, target, fact.period_start, fact.period_end)
    if sample is None or not (sample > 0).all():
        return []
    logs, truth = np.log(sample), float(np.log(fact.value))
    bands = percentiles(sample, _LEVELS)
    lower = percentiles(logs, tuple(100 * _ALPHA / 2))
    upper = percentiles(logs, tuple(100 * (1 - _ALPHA / 2)))
    last, growth = _naive(result, target, fact)
    held = bool(bands[0] <= fact.value <= bands[4])
    return [
        {
            "vintage": result.inputs.as_of.date().isoformat(), "leg": target.leg,
            "target": f"{fact.entity}: {fact.metric.replace('_', ' ')}", "period": fact.period_text,
            "unit": unit_of(target), "outturn": fact.value,
            **dict(zip(("p5", "p25", "p50", "p75", "p95"), map(float, bands), strict=True)),
            "inside_50": bool(bands[1] <= fact.value <= bands[3]),
            "inside_90": held,
            "ratio": float(bands[2] / fact.value),
            "crps": float(scoringrules.crps_ensemble(truth, logs, backend="numpy")),
            "wis": weighted_interval_score(truth, float(np.median(logs)), lower, upper, _ALPHA),
            "last_value": abs(np.log(last) - truth), "last_growth": abs(np.log(growth) - truth),
            "cause": "" if held else _cause(result, target, fact, today),
            "known": fact.published.date().isoformat(), "fact_id": fact.fact_id, "source_id": fact.source_id,
        }
    ]  # fmt: skip


def _cause(result: CapacityResult, target: Target, fact, today: CapacityResult) -> str:
    """Why a band missed: of a sum, the legs whose medians moved most until today; of one leg, what was not known."""
    if len(target.legs) == 1:
        return target.missed or "not established"
    gaps = {}
    for leg in target.legs:
        then, now = (
            float(np.median(ours(run, target._replace(legs=(leg,)), fact.period_start, fact.period_end)))
            for run in (result, today)
        )
        gaps[LEGS[leg][0]] = now - then
    whole = sum(gaps.values())
    most = sorted(gaps, key=lambda name: gaps[name] / whole, reverse=True)[:2]
    shares = " and ".join(f"{name} {100 * gaps[name] / whole:.0f} %" for name in most)
    return f"of the gap to today's medians {shares}"


def weighted_interval_score(
    truth: float, median: float, lower: np.ndarray, upper: np.ndarray, alpha: np.ndarray
) -> float:
    """Weighted interval score with the weights of Bracher and others (2021): 1/2 for the median, alpha/2 a band.

    Put together from the library's interval scores, because its own function (0.10.0) weighs the median itself, not
    its distance from the truth.
    """
    bands = scoringrules.interval_score(truth, lower, upper, alpha, backend="numpy")
    return float((0.5 * abs(truth - median) + (alpha / 2 * bands).sum()) / (len(alpha) + 0.5))


def _naive(result: CapacityResult, target: Target, fact) -> tuple[float, float]:
    """The two naive forecasts: the same figure some years earlier, and that with its last growth compounded.

    As many years back as it takes to reach what had ended at the vintage, medians of the model's own past. NaN when
    there was nothing then (a chip not yet sold).
    """
    now = result.inputs.quarters[result.inputs.now].end_time
    years = 0 if fact.period_end <= now else int(np.ceil((fact.period_end - now).days / 365.25))
    years = max(years, 1)

    def before(back: int) -> float:
        shift = pd.DateOffset(years=back)
        array = ours(result, target, fact.period_start - shift, fact.period_end - shift)
        middle = 0.0 if array is None else float(np.median(array))
        return middle if middle > 0 else float("nan")

    last, earlier = before(years), before(years + 1)
    growth = last * (last / earlier) ** years
    return last, growth


def summary(scores: pd.DataFrame) -> pd.DataFrame:
    """Coverage and mean scores by vintage and over all. One row is one vintage, the last one `all`.

    Columns: vintage, targets, inside_50, inside_90 (shares), crps, wis, last_value, last_growth (mean errors),
    skill_value, skill_growth (1 - crps over the naive error, where the naive forecast exists; above zero is better
    than naive), too_low (share of medians under the outturn).
    """
    if scores.empty:
        return pd.DataFrame(columns=["vintage", "targets", "inside_50", "inside_90", "crps", "wis", "last_value",
                                     "last_growth", "skill_value", "skill_growth", "too_low"])  # fmt: skip
    means = ["inside_50", "inside_90", "crps", "wis", "last_value", "last_growth"]
    parts = [(vintage, group) for vintage, group in scores.groupby("vintage", sort=True)] + [("all", scores)]
    rows = []
    for vintage, group in parts:
        mean = group[means].astype(float).mean()
        row = {"vintage": vintage, "targets": len(group), **mean.to_dict()}
        for naive, skill in (("last_value", "skill_value"), ("last_growth", "skill_growth")):
            both = group[group[naive].notna()]
            row[skill] = 1 - both["crps"].mean() / both[naive].mean() if len(both) else float("nan")
        row["too_low"] = float((group["ratio"] < 1).mean())
        rows.append(row)
    return pd.DataFrame(rows)


def verdict(scores: pd.DataFrame) -> str:
    """What the back test says, in words made from its numbers; the misses are named."""
    if scores.empty:
        return "No target became known after an earlier vintage yet."
    covered = scores["inside_90"].mean()
    text = (
        f"The 90 % bands held {scores['inside_90'].sum()} of {len(scores)} later figures ({100 * covered:.0f} %), "
        f"the 50 % bands {100 * scores['inside_50'].mean():.0f} %."
    )
    low = float((scores["ratio"] < 1).mean())
    if max(low, 1 - low) > 2 / 3:
        share, side = (low, "too low") if low > 0.5 else (1 - low, "too high")
        text += f" {100 * share:.0f} % of the medians were {side}."
    missed = misses(scores)
    return text + (f" Missed: {'; '.join(missed)}." if missed else "")


def misses(scores: pd.DataFrame) -> list[str]:
    """What the 90 % bands missed, seen from when, by how much, and why; one entry a target and period."""
    found = []
    missed = scores[~scores["inside_90"]]
    for (target, period), group in missed.groupby(["target", "period"], sort=True):
        ends = sorted({f"{ratio:.2f}" for ratio in group["ratio"]})
        times = ends[0] if len(ends) == 1 else f"{ends[0]} to {ends[-1]}"
        seen = ", ".join(group["vintage"])
        found.append(
            f"{target} {period}, seen from {seen}: {times} of the outturn ({group['cause'].iloc[0]})"
        )
    return found
