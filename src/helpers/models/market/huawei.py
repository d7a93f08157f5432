"""Huawei: the group, its cloud by three definitions, its R&D, and the dollar figures that the press made of them.

Huawei Cloud's revenue exists on three definitions that are not one series: the segment with sales inside the group;
external customers as first reported; external customers after a reclassification. R&D is that of the whole group,
not of chips or AI.
"""

import pandas as pd

from helpers.evidence import Evidence
from helpers.models.currency import CONVENTIONS, MissingRate, convert, implied_rate
from helpers.models.market.series import OUTTURN, best_of, joined, long_form, observations, record
from helpers.models.market.vendors import grain_of, in_dollars

GROUP = {"revenue": "group revenue", "net_profit": "group net profit", "rd_expense": "R&D expense"}
INCLUDING = "segment, incl. sales inside the group"
EXTERNAL = "external customers, as first reported"
RESTATED = "external customers, restated"
DEFINITIONS = (INCLUDING, EXTERNAL, RESTATED)


def group(evidence: Evidence) -> pd.DataFrame:
    """Group revenue, net profit and R&D; one row is one quantity, period and unit (CNY as filed, USD converted).

    USD rows are at the average of the period, named in `basis`, p5 to p95 being the two published averages. Adds
    `grain`.
    """
    facts = observations(evidence.facts, tuple(GROUP), ("Huawei",), OUTTURN)
    facts = best_of(facts[facts["unit"] == "CNY"], ["metric", "period"])
    rows = []
    for fact in facts.to_dict("records"):
        quantity, basis = GROUP[fact["metric"]], "whole group, as filed"
        more = {"grain": grain_of(fact["period_start"], fact["period_end"])}
        rows.append(record(fact, quantity, "CNY", basis, **more))
        rows.append(in_dollars(fact, quantity, basis, evidence.rates, **more))
    return long_form(rows, evidence, ("grain",))


def cloud(evidence: Evidence) -> pd.DataFrame:
    """Huawei Cloud revenue by year and definition, in CNY and in USD at the year's average.

    One row is one year, definition and unit; `definition` repeats it without the convention. A figure whose
    definition is not stated is left out.
    """
    metrics = ("revenue", "revenue_external", "revenue_including_other_segments")
    facts = observations(evidence.facts, metrics, ("Huawei Cloud",), OUTTURN)
    facts = facts[facts["unit"] == "CNY"]
    named = facts.assign(definition=facts["basis"].map(_definition)).dropna(subset=["definition"])
    rows = []
    for fact in best_of(named, ["period", "definition"]).to_dict("records"):
        grain = grain_of(fact["period_start"], fact["period_end"])
        more = {"definition": fact["definition"], "grain": grain}
        rows.append(record(fact, "Huawei Cloud revenue", "CNY", fact["definition"], **more))
        rows.append(in_dollars(fact, "Huawei Cloud revenue", fact["definition"], evidence.rates, **more))
    return long_form(rows, evidence, ("definition", "grain"))


def claimed_usd(evidence: Evidence, claim_id: str) -> float:
    """The dollar figure of a press claim; NaN when the claim was not yet made."""
    claims = evidence.claims
    if claims.empty or claim_id not in set(claims["claim_id"]):
        return float("nan")
    return float(claims.set_index("claim_id").loc[claim_id, "claimed_value"])


def conversion_check(cny: float, usd: float, period: str, evidence: Evidence) -> pd.DataFrame:
    """A published pair of yuan and dollars held against every rate known; one row is one rate.

    Columns: convention, period, rate_cny_per_usd, usd (the yuan at that rate), difference_percent (of the published
    dollars against it), rate_ids. The first row, `implied`, is the rate the publisher must have used. Empty when
    one of the pair is unknown.
    """
    names = ["convention", "period", "rate_cny_per_usd", "usd", "difference_percent", "rate_ids"]
    if pd.isna(cny) or pd.isna(usd):
        return pd.DataFrame(columns=names)
    rows = [("implied", period, implied_rate(cny, usd), usd, 0.0, "")]
    for convention in CONVENTIONS:
        try:
            converted = convert(cny, "CNY", "USD", period, convention, evidence.rates)
        except MissingRate:
            continue
        off = 100 * (usd / converted.value - 1)
        rows.append(
            (convention, converted.period, converted.rate, converted.value, off, ";".join(converted.rate_ids))
        )
    return pd.DataFrame(rows, columns=names)


def research_in_dollars(results: pd.DataFrame, about_usd: float) -> pd.DataFrame:
    """Group R&D in USD by year against a round figure; one row is one year, nearest first; none without a figure.

    results: what `group` returns. Columns: period, usd, low_usd, high_usd, ratio (to `about_usd`), evidence.
    """
    years = results[
        (results["quantity"] == GROUP["rd_expense"])
        & (results["unit"] == "USD")
        & (results["grain"] == "year")
    ]
    years = years.iloc[:0] if pd.isna(about_usd) else years
    table = pd.DataFrame(
        {
            "period": years["period"],
            "usd": years["p50"],
            "low_usd": years["p5"],
            "high_usd": years["p95"],
            "ratio": years["p50"] / about_usd,
            "evidence": years["evidence"],
        }
    )
    return table.sort_values("ratio", key=lambda ratio: (ratio - 1).abs(), ignore_index=True)


def _definition(stated: str) -> str | None:
    """The definition as this chapter names it; None for a figure whose definition is not stated."""
    if stated.startswith("external customers"):
        return RESTATED if "restated" in stated else EXTERNAL
    return INCLUDING if stated.startswith("including sales inside the group") else None


def restatement(cloud_revenue: pd.DataFrame) -> pd.DataFrame:
    """Years with more than one definition; one row is one year: cny by definition, and highest over lowest."""
    years = cloud_revenue[(cloud_revenue["unit"] == "CNY") & (cloud_revenue["grain"] == "year")]
    wide = years.pivot_table(index="period", columns="definition", values="p50", aggfunc="first")
    wide = wide.reindex(columns=[name for name in DEFINITIONS if name in wide.columns])
    wide = wide[wide.notna().sum(axis=1) > 1]
    ids = years.groupby("period")["evidence"].agg(lambda cells: joined(*cells))
    return wide.assign(
        ratio=wide.max(axis=1) / wide.min(axis=1), evidence=ids.reindex(wide.index)
    ).reset_index()
