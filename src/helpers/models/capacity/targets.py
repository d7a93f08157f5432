"""Official targets judged on their own basis, and China's share of the world by definition."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.evidence import independent
from helpers.models.capacity.legs import LEGS
from helpers.models.capacity.published_figures import EPOCH_SCOPE
from helpers.models.capacity.reconcile import at_day
from helpers.models.capacity.result import CapacityResult, at_eight_bit, percentiles
from helpers.models.capacity.series import official_series

REACHED, MISSED, OPEN, NOT_CHECKABLE = "reached", "missed", "open", "not checkable"
_TARGETS = {
    "compute_capacity_target": ("total", "value"),
    "compute_capacity_growth_target": ("total", "growth"),
    "intelligent_share_target": ("intelligent", "share"),
    "intelligent_compute_target": ("intelligent", "value"),
}


def judged_targets(evidence) -> pd.DataFrame:
    """Each official target with its outturn on its own basis. One row is one target.

    Columns: target (the fact's words), due (year), goal, unit, basis, stated (date), outturn, outturn_date, reached
    (outturn over goal), verdict (reached, missed, open, not checkable), sentence (computed), fact_ids, source_ids. A
    later figure on another basis never decides; a target not yet due is open.
    """
    facts = evidence.facts
    series = official_series(evidence)
    outturns = series[series["status"].isin(["reported", "estimated"]) & (series["method"] == "facility")]
    rows = []
    stated = facts[
        (facts["entity"] == "China") & facts["metric"].isin(_TARGETS) & (facts["status"] == "target")
    ]
    for fact in stated.itertuples():
        scope, how = _TARGETS[fact.metric]
        same = (
            outturns[outturns["basis"] == fact.basis] if "unstated" not in str(fact.basis) else outturns[:0]
        )
        found = _outturn(same, scope, how, fact.period_end)
        rows.append(_judge(fact, how, found, outturns, pd.Timestamp(evidence.as_of)))
    columns = ["target", "due", "goal", "unit", "basis", "stated", "outturn", "outturn_date", "reached", "verdict",
               "sentence", "fact_ids"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns).sort_values(["due", "target"], ignore_index=True)
    source = facts.set_index("fact_id")["source_id"]
    table["source_ids"] = [
        ";".join(dict.fromkeys(source[name] for name in ids.split(";"))) for ids in table["fact_ids"]
    ]
    return table


def _outturn(
    same: pd.DataFrame, scope: str, how: str, due: pd.Timestamp
) -> tuple[float, pd.Timestamp, str] | None:
    """The last outturn on the target's basis not after its due date: value, date and fact ids."""
    known = same[(same["scope"] == scope) & (same["date"] <= due)].sort_values(["date", "published"])
    if known.empty:
        return None
    last = known.iloc[-1]
    if how == "value":
        return last["value"], last["date"], last["fact_id"]
    if how == "growth":
        earlier = known[known["date"] == last["date"] - pd.DateOffset(years=1)]
        if last["date"] != due or earlier.empty:
            return None
        base = earlier.iloc[0]
        return 100 * (last["value"] / base["value"] - 1), last["date"], f"{base['fact_id']};{last['fact_id']}"
    whole = same[(same["scope"] == "total") & (same["date"] == last["date"])]
    if whole.empty:
        return None
    total = whole.iloc[-1]
    return 100 * last["value"] / total["value"], last["date"], f"{last['fact_id']};{total['fact_id']}"


def _judge(fact, how: str, found, outturns: pd.DataFrame, as_of: pd.Timestamp) -> tuple:
    unit = "%" if fact.unit == "percent" else fact.unit
    words = {"value": "capacity", "growth": "growth in the year", "share": "intelligent share"}[how]
    target = f"{words} of {fact.value:,.0f} {unit} by {fact.period_end.year}"
    ids = fact.fact_id
    if found is None:
        verdict = OPEN if fact.period_end > as_of else NOT_CHECKABLE
        text = _needed_pace(fact, outturns) if verdict == OPEN and how == "value" else ""
        text = text or "No outturn on the basis of the target is published."
        outturn, date, share = np.nan, pd.NaT, np.nan
    else:
        outturn, date, told = found
        ids, share = f"{ids};{told}", outturn / fact.value
        at_due = date == fact.period_end
        verdict = (
            (REACHED if share >= 1 else MISSED)
            if at_due
            else (OPEN if fact.period_end > as_of else NOT_CHECKABLE)
        )
        verdict = REACHED if share >= 1 else verdict
        text = f"{outturn:,.3g} {unit} at {date:%B %Y} on the target's own basis, {100 * share:.0f} % of it"
        text += "." if at_due else "; no later figure on that basis is published."
    return (target, fact.period_end.year, fact.value, unit, fact.basis, fact.published, outturn, date, share, verdict,
            text, ids)  # fmt: skip


def _needed_pace(fact, outturns: pd.DataFrame) -> str:
    newest = outturns[(outturns["scope"] == "intelligent") & (outturns["precision"] == "FP16")].sort_values(
        "date"
    )
    if newest.empty:
        return ""
    last = newest.iloc[-1]
    years = (fact.period_end - last["date"]).days / 365.25
    pace = 100 * ((fact.value / last["value"]) ** (1 / years) - 1)
    return (
        f"The basis is not stated; if it is that of the {last['value']:,.0f} EFLOPS of {last['date']:%B %Y}, "
        f"it needs {pace:.0f} % a year."
    )


_SHARES = {
    "share_of_world_compute": "all computing capacity",
    "share_of_world_intelligent_compute": "intelligent computing capacity",
    "share_of_world_ai_compute": "AI chips brought in, by owner",
    "share_of_gpu_cluster_performance": "known GPU clusters, by location",
    "share_of_ai_supercomputer_performance": "known AI supercomputers, by location",
}


def share_of_world(evidence, result: CapacityResult) -> pd.DataFrame:
    """China's share of the world's compute as each definition has it. One row is one published or computed share.

    Columns: definition, basis, date, p5, p50, p95 (percent; NaN where no interval is published), computed (ours),
    note, fact_id, source_id. Ours: what the model brings in on Epoch's scope over Epoch's world total with Epoch's
    China taken out and ours put in.
    """
    facts = independent(evidence.facts)
    rows = [
        (_SHARES[fact.metric], fact.basis, fact.period_end, np.nan, fact.value, np.nan, False, fact.note,
         fact.fact_id, fact.source_id)
        for fact in facts[
            (facts["entity"] == "China") & facts["metric"].isin(_SHARES) & facts["value"].notna()
        ].itertuples()
    ]  # fmt: skip
    for term in world_terms(evidence, result):
        basis, ids = "8-bit dense peak, smuggled chips included", f"{term.total.fact_id};{term.china.fact_id}"
        rows.append(("AI chips brought in, this model", basis, term.total.period_end, *percentiles(term.share), True,
                     "computed", ids, term.total.source_id))  # fmt: skip
    columns = ["definition", "basis", "date", "p5", "p50", "p95", "computed", "note", "fact_id", "source_id"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["date", "definition", "fact_id"], ignore_index=True
    )


class WorldTerms(NamedTuple):
    """What our share of the world is made of: two published stocks, and ours on their scope, draw by draw."""

    total: NamedTuple
    china: NamedTuple
    stock: np.ndarray

    @property
    def others(self) -> float:
        """The world without China, H100e."""
        return self.total.value - self.china.value

    @property
    def share(self) -> np.ndarray:
        """China's share of the world in per cent: ours over the others and ours."""
        return 100 * self.stock / (self.others + self.stock)


def world_terms(evidence, result: CapacityResult) -> list[WorldTerms]:
    """One entry for each published world total with a figure for China on the same day, oldest first."""
    facts = independent(evidence.facts)
    stocks = facts[(facts["metric"] == "cumulative_compute") & facts["value"].notna()]
    world = stocks[(stocks["entity"] == "World") & stocks["low"].isna()].sort_values("published")
    china = stocks[stocks["entity"] == "China"]
    found = []
    for total in world.itertuples():
        same = list(china[china["period_end"] == total.period_end].itertuples())
        if same:
            result = at_eight_bit(result, evidence)
            legs = [list(LEGS).index(leg) for leg in EPOCH_SCOPE]
            came = result.paths.cumulative[legs].sum(axis=0)
            found.append(WorldTerms(total, same[-1], at_day(came, result.inputs.quarters, total.period_end)))
    return found
