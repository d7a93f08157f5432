"""What a buyer in China pays: per card, per useful FLOP, per unit of memory bandwidth, and per hour of rent.

Price per FLOP divides a quoted price by the chip's peak **dense FP16** rate. A quote that does not name the bin
(910B) or the form factor (H100) gets the range of all of them. Inference is bound by memory as much as by FLOP, so
the price per TB/s stands beside it: on that measure the H20 is no poor buy.
"""

import re

import pandas as pd

from helpers.evidence import Evidence
from helpers.models.currency import convert_flow, rate_sources
from helpers.models.market.series import AHEAD, OUTTURN, bounds, joined, long_form, observations, record

METRICS = {
    "price": "dealer price, China",
    "implied_price": "order value over units",
    "black_market_price": "grey market, China",
    "grey_market_price": "grey market, China",
    "us_price": "US price",
}
ESTIMATE = "analyst's estimate, China"
PER_FLOP = "price per dense FP16 TFLOP/s"
PER_BANDWIDTH = "price per TB/s of memory bandwidth"
RENT = "rental price per GPU and hour"
# What each rule took off the shelf and what stood there next, as quoted for a whole 8-GPU server or a card.
STEPS = (
    ("October 2023 rule", "NVIDIA H800 8-GPU server", "NVIDIA H20 8-GPU server"),
    ("April 2025 licence rule", "NVIDIA H20", "Huawei Ascend 950PR"),
)
_HOURS_A_MONTH = 365.25 * 24 / 12


def chip_prices(evidence: Evidence) -> pd.DataFrame:
    """Quoted prices and what they buy; one row is one quote and quantity (price, per TFLOP/s, per TB/s), in USD.

    entity: the product as quoted, servers divided by their GPUs. p5 to p95 span the quote's range and the bins
    that it may mean; without either they are unknown. Adds `kind` (dealer, estimate, grey, implied, US), `chip`
    and `gpus`. Quotes for a whole system, or for a chip whose rate is not sourced, are left out.
    """
    facts = observations(
        evidence.facts, tuple(METRICS), (), (*OUTTURN, *AHEAD, "claimed"), ("market", "capacity")
    )
    rows = []
    for fact in facts[facts["unit"].str[:3].isin(["CNY", "USD"])].to_dict("records"):
        rows += _quote(fact, evidence)
    frame = long_form(rows, evidence, ("kind", "chip", "gpus"))
    return frame.drop_duplicates(
        ["entity", "period", "quantity", "kind", "p5", "p50", "p95"], ignore_index=True
    )


def before_and_after(prices: pd.DataFrame) -> pd.DataFrame:
    """Price per dense FP16 TFLOP/s before and after a rule; one row is one rule whose two quotes are known.

    Columns: rule, before, after, before_period, after_period, before_usd, after_usd, ratio, ratio_low, ratio_high,
    evidence. With several quotes of a product the last before, and the first after, are taken.
    """
    quotes = prices[(prices["quantity"] == PER_FLOP) & prices["kind"].str.endswith("China")]
    rows = []
    for rule, before, after in STEPS:
        old, new = (quotes[quotes["entity"] == name].sort_values("period_end") for name in (before, after))
        if old.empty or new.empty:
            continue
        first, last = old.iloc[-1], new.iloc[0]
        low, high = _ratio_range(first, last)
        rows.append(
            {
                "rule": rule,
                "before": before,
                "after": after,
                "before_period": first["period"],
                "after_period": last["period"],
                "before_usd": first["p50"],
                "after_usd": last["p50"],
                "ratio": last["p50"] / first["p50"],
                "ratio_low": low,
                "ratio_high": high,
                "evidence": joined(first["evidence"], last["evidence"]),
            }
        )
    names = ["rule", "before", "after", "before_period", "after_period", "before_usd", "after_usd"]
    return pd.DataFrame(rows, columns=[*names, "ratio", "ratio_low", "ratio_high", "evidence"])


def premiums(prices: pd.DataFrame) -> pd.DataFrame:
    """Grey price in China over the US price of the same product and month; one row is one pair: ratio, evidence."""
    quoted = prices[prices["quantity"] == "price"]
    abroad = quoted[quoted["kind"] == METRICS["us_price"]]
    grey = quoted[quoted["kind"] == METRICS["grey_market_price"]]
    pairs = grey.merge(abroad, on=["entity", "period"], suffixes=("", "_us"))
    ids = [joined(one, two) for one, two in zip(pairs["evidence"], pairs["evidence_us"], strict=True)]
    names = {"p50": "china_usd", "p50_us": "us_usd"}
    kept = pairs[["entity", "period", "p50", "p50_us"]].rename(columns=names)
    return kept.assign(ratio=kept["china_usd"] / kept["us_usd"], evidence=ids)


def rentals(evidence: Evidence) -> pd.DataFrame:
    """Rent per GPU and hour in USD; one row is one quote. Adds `place` (China or United States) and `chip`."""
    places = {"rental_price_china": "China", "rental_price_us": "United States"}
    facts = observations(evidence.facts, tuple(places))
    rows = []
    for fact in facts.to_dict("records"):
        gpus, hours = _gpus(fact["entity"]), _hours(fact["basis"])
        if not hours:
            continue
        at = convert_flow(1.0, fact["unit"][:3], "USD", fact["period"], evidence.rates)
        low, value, high = (amount * at.value / gpus / hours for amount in bounds(fact))
        more = {"p5": low, "p50": value, "p95": high, "evidence": joined(fact["fact_id"], *at.rate_ids)}
        more["source_ids"] = joined(fact["source_id"], *rate_sources(evidence.rates, at.rate_ids))
        place = places[fact["metric"]]
        basis = f"small providers, {place}; {at.named}"
        rows.append(
            record(fact, RENT, "USD per GPU-hour", basis, place=place, chip=_chip(fact["entity"]), **more)
        )
    return long_form(rows, evidence, ("place", "chip"))


def _quote(fact: dict, evidence: Evidence) -> list[dict]:
    at = convert_flow(1.0, fact["unit"][:3], "USD", fact["period"], evidence.rates)
    gpus, chip = _gpus(fact["entity"]), _chip(fact["entity"])
    low, value, high = (amount * at.value / gpus for amount in bounds(fact))
    kind = METRICS[fact["metric"]]
    if fact["metric"] == "price" and fact["status"] == "estimated":
        kind = ESTIMATE
    bins = matching_chips(chip, evidence.chips, server=gpus > 1)
    if bins.empty:
        return []
    base = {"kind": kind, "chip": chip, "gpus": gpus, "evidence": joined(fact["fact_id"], *at.rate_ids)}
    prices = {"p5": low, "p50": value, "p95": high}
    base["evidence"] = joined(base["evidence"], *bins["chip_id"])
    base["source_ids"] = joined(fact["source_id"], *rate_sources(evidence.rates, at.rate_ids))
    rows = [record(fact, "price", "USD per GPU", f"{kind}; {at.named}", **prices, **base)]
    for quantity, column, scale in (
        (PER_FLOP, "tflops_fp16_dense", 1),
        (PER_BANDWIDTH, "memory_bw_gbs", 1000),
    ):
        rates = bins[column].dropna() / scale
        if rates.empty:
            continue
        one_rate = rates.min() == rates.max()
        cheap = (value if pd.isna(low) and not one_rate else low) / rates.max()
        dear = (value if pd.isna(high) and pd.isna(low) and not one_rate else high) / rates.min()
        spread = {"p5": cheap, "p50": value / rates.median(), "p95": dear}
        unit = "USD per TFLOP/s" if quantity == PER_FLOP else "USD per TB/s"
        rows.append(record(fact, quantity, unit, f"{kind}; dense peak; {at.named}", **spread, **base))
    return rows


def matching_chips(name: str, chips: pd.DataFrame, server: bool) -> pd.DataFrame:
    """Rows of `chips` that a quote's name may mean: every bin and form factor, or in a server the socketed one."""
    if chips.empty or not name:
        return chips.iloc[:0]
    # A name that ends in a letter stands for its bins too (910B: 910B1 to 910B4); H20 is not H200.
    pattern = rf"\b{re.escape(name)}{r'[0-9]?' if name[-1].isalpha() else ''}\b"
    found = chips[chips["name"].str.contains(pattern) & (chips["market"] == "datacenter")]
    found = found[found["tflops_fp16_dense"].notna()]
    socketed = found[found["name"].str.contains("SXM|HGX|OAM")]
    return socketed if server and len(socketed) else found


def _chip(entity: str) -> str:
    text = re.sub(r"^\d+x ", "", entity)
    text = re.sub(r" \d+-GPU (server|rack)$| (server|node) rental$", "", text)
    return re.sub(r"^(NVIDIA|AMD|Huawei) ", "", text)


def _gpus(entity: str) -> int:
    found = re.search(r"(\d+)-GPU|^(\d+)x ", entity)
    return int(found[1] or found[2]) if found else 1


def _hours(basis: str) -> float | None:
    """Hours that a rental quote covers; None for one that says something else."""
    spans = {"per hour": 1.0, "per month": _HOURS_A_MONTH}
    return next((hours for span, hours in spans.items() if basis.endswith(span)), None)


def _span(row: pd.Series) -> tuple[float, float]:
    return tuple(row["p50"] if pd.isna(row[side]) else row[side] for side in ("p5", "p95"))


def _ratio_range(before: pd.Series, after: pd.Series) -> tuple[float, float]:
    """Least and greatest ratio of two quotes; unknown when neither has a range."""
    if before[["p5", "p95"]].isna().all() and after[["p5", "p95"]].isna().all():
        return float("nan"), float("nan")
    (low_1, high_1), (low_2, high_2) = _span(before), _span(after)
    return low_2 / high_1, high_2 / low_1
