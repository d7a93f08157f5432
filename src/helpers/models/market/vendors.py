"""Revenue and profit of the Chinese chip firms and of SMIC, as filed, in yuan and dollars.

Whole companies: Hygon sells mostly CPUs, SMIC mostly other chips, and none of them is Huawei.
"""

import pandas as pd

from helpers.evidence import Evidence
from helpers.models.currency import convert_flow, rate_sources
from helpers.models.market.series import OUTTURN, best_of, joined, long_form, observations, record

VENDORS = ("Cambricon", "Hygon", "Moore Threads", "MetaX", "Biren", "SMIC")
QUANTITIES = {
    "revenue": "revenue",
    "net_profit": "net profit",
    "cloud_product_revenue": "cloud product revenue",
}


def vendor_results(evidence: Evidence) -> pd.DataFrame:
    """Revenue and net profit; one row is one company, period, quantity and unit (as filed, and in USD).

    Dollar rows name the convention in `basis`; their p5 and p95 span the two published averages, not the
    uncertainty of the filing. Adds `grain` (year, half, quarter, nine months).
    """
    facts = observations(evidence.facts, tuple(QUANTITIES), VENDORS, OUTTURN)
    facts = best_of(facts[facts["unit"].isin(["CNY", "USD"])], ["entity", "metric", "period", "unit"])
    rows = []
    for fact in facts.to_dict("records"):
        quantity = QUANTITIES[fact["metric"]]
        more = {"grain": grain_of(fact["period_start"], fact["period_end"])}
        rows.append(record(fact, quantity, fact["unit"], "as filed, whole company", **more))
        if fact["unit"] == "CNY":
            rows.append(in_dollars(fact, quantity, "as filed, whole company", evidence.rates, **more))
    return long_form(rows, evidence, ("grain",))


def growth(results: pd.DataFrame) -> pd.DataFrame:
    """The same firm and span a year apart, in its own currency: from, to, ratio; one row per firm and pair."""
    filed = results[(results["quantity"] == "revenue") & (results["basis"] == "as filed, whole company")]
    rows = []
    for (entity, unit, _), part in filed.groupby(["entity", "unit", "grain"], sort=True):
        ordered = part.sort_values("period_end")
        for earlier, later in zip(
            ordered.to_dict("records"), ordered.iloc[1:].to_dict("records"), strict=False
        ):
            if 350 < (later["period_end"] - earlier["period_end"]).days < 380:
                ids = joined(earlier["evidence"], later["evidence"])
                ratio = later["p50"] / earlier["p50"]
                rows.append(
                    (entity, unit, earlier["period"], later["period"], ratio, later["period_end"], ids)
                )
    names = ["entity", "unit", "from", "to", "ratio", "period_end", "evidence"]
    return pd.DataFrame(rows, columns=names).sort_values(["period_end", "entity"], ignore_index=True)


def in_dollars(fact: dict, quantity: str, basis: str, rates: pd.DataFrame, **more) -> dict:
    """The long-form row of a yuan flow in dollars at the average of its period, the convention named in `basis`."""
    converted = convert_flow(fact["value"], "CNY", "USD", fact["period"], rates)
    return record(
        fact,
        quantity,
        "USD",
        f"{basis}; {converted.named}",
        p5=converted.low,
        p50=converted.value,
        p95=converted.high,
        evidence=joined(fact["fact_id"], *converted.rate_ids),
        source_ids=joined(fact["source_id"], *rate_sources(rates, converted.rate_ids)),
        **more,
    )


def grain_of(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """year, nine months, half or quarter, from the length of a period."""
    days = (end - start).days + 1
    spans = {"quarter": (80, 100), "half": (170, 190), "nine months": (260, 285), "year": (355, 375)}
    return next((name for name, (low, high) in spans.items() if low <= days <= high), f"{days} days")
