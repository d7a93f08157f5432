"""Capital expenditure of the buyers, in China and in the United States, with its status shown.

Scopes differ: the four US firms' whole capex; Chinese internet firms' AI capex as analysts add it up; all Chinese AI
capex with the government's; telecom carriers' whole capex. Reported, target and forecast are three things. Nothing
here is spending on chips alone.
"""

import pandas as pd

from helpers.evidence import Evidence
from helpers.models.currency import convert_flow, rate_sources
from helpers.models.market.series import AHEAD, OUTTURN, bounds, joined, long_form, observations, record
from helpers.models.market.vendors import grain_of

US_FOUR = "US four (Amazon, Alphabet, Microsoft, Meta)"
CN_INTERNET = "Chinese internet firms, together"
CN_ALL = "China, all AI incl. government"
CN_CARRIERS = "Chinese carriers (Mobile, Telecom, Unicom)"
SCOPES = {
    "Amazon, Microsoft, Alphabet, Meta": US_FOUR,
    "Amazon, Google, Microsoft, Meta": US_FOUR,
    "US big four": US_FOUR,
    "US hyperscalers": US_FOUR,
    "China hyperscalers": CN_INTERNET,
    "Chinese hyperscalers": CN_INTERNET,
    "Alibaba, Tencent, Baidu": "Alibaba, Tencent and Baidu",
    "China": CN_ALL,
    "China Mobile, Telecom, Unicom": CN_CARRIERS,
    "Alibaba": "Alibaba",
    "Tencent": "Tencent",
    "Baidu": "Baidu",
    "ByteDance": "ByteDance",
}
METRICS = ("capex", "capex_plan", "ai_capex", "capex_quarter")


def capex(evidence: Evidence) -> pd.DataFrame:
    """Capex in USD bn; one row is one statement (buyers, period, status and publication).

    Yuan at the average of the period, or for a period not over at the newest average known: `basis` names it.
    p5 to p95 is the statement's own range; a relay of the same statement is left out. Adds `scope`, `country`,
    `grain`, `published`, `amount` and `currency` (as stated).
    """
    statuses = (*OUTTURN, *AHEAD, "claimed")
    facts = observations(evidence.facts, METRICS, tuple(SCOPES), statuses, ("market", "capacity"))
    facts = facts[facts["unit"].str[:3].isin(["CNY", "USD"])].sort_values(
        "topic", ascending=False, kind="stable"
    )
    rows: list[dict] = []
    for fact in facts.to_dict("records"):
        row = _statement(fact, evidence.rates)
        if not any(_same(row, kept) for kept in rows):
            rows.append(row)
    frame = long_form(rows, evidence, ("scope", "country", "grain", "published", "amount", "currency"))
    return frame.sort_values(["country", "scope", "period_end", "published"], ignore_index=True)


def annual(statements: pd.DataFrame) -> pd.DataFrame:
    """The newest statement of each buyer and year that is not merely claimed; one row is one scope and year.

    p5 to p95 widens to every other such statement on the same scope and year, older vintages included; adds
    `statements`, how many there are.
    """
    firm = statements[(statements["grain"] == "year") & (statements["status"] != "claimed")]
    rows = []
    for _, part in firm.sort_values(["published", "evidence"]).groupby(
        ["country", "scope", "period"], sort=True
    ):
        newest = part.iloc[-1].to_dict()
        if len(part) > 1:
            newest["p5"] = part[["p5", "p50"]].min().min()
            newest["p95"] = part[["p50", "p95"]].max().max()
        newest["evidence"], newest["source_ids"] = joined(*part["evidence"]), joined(*part["source_ids"])
        rows.append({**newest, "statements": len(part)})
    return pd.DataFrame(rows, columns=[*statements.columns, "statements"])


def comparison(statements: pd.DataFrame) -> pd.DataFrame:
    """US four against Chinese internet firms, years where both are known; one row is one year.

    Each side is the newest statement for that year that is not merely claimed; `ratio` is US over China, with the
    interval from both statements' ranges (the wide reading: lowest over highest). Columns: period, us_usd_bn,
    china_usd_bn, ratio, ratio_low, ratio_high, us_status, china_status, evidence.
    """
    firm = statements[(statements["grain"] == "year") & (statements["status"] != "claimed")]
    newest = firm.sort_values(["published", "evidence"]).groupby(["scope", "period"], sort=True).tail(1)
    sides = {name: newest[newest["scope"] == name].set_index("period") for name in (US_FOUR, CN_INTERNET)}
    rows = []
    for period in sorted(set(sides[US_FOUR].index) & set(sides[CN_INTERNET].index)):
        us, china = sides[US_FOUR].loc[period], sides[CN_INTERNET].loc[period]
        (us_low, us_high), (cn_low, cn_high) = _range(us), _range(china)
        rows.append(
            {
                "period": period,
                "us_usd_bn": us["p50"],
                "china_usd_bn": china["p50"],
                "ratio": us["p50"] / china["p50"],
                "ratio_low": us_low / cn_high,
                "ratio_high": us_high / cn_low,
                "us_status": us["status"],
                "china_status": china["status"],
                "evidence": joined(us["evidence"], china["evidence"]),
            }
        )
    names = [
        "period",
        "us_usd_bn",
        "china_usd_bn",
        "ratio",
        "ratio_low",
        "ratio_high",
        "us_status",
        "china_status",
    ]
    return pd.DataFrame(rows, columns=[*names, "evidence"])


def _statement(fact: dict, rates: pd.DataFrame) -> dict:
    currency = fact["unit"][:3]
    low, value, high = bounds(fact)
    at = convert_flow(1.0, currency, "USD", fact["period"], rates)
    scope = SCOPES[fact["entity"]]
    return record(
        fact,
        "capital expenditure",
        "USD bn",
        f"{scope}, {fact['status']}; {at.named}",
        scope=scope,
        country="United States" if scope == US_FOUR else "China",
        grain=grain_of(fact["period_start"], fact["period_end"]),
        published=fact["published"],
        amount=value,
        currency=currency,
        evidence=joined(fact["fact_id"], *at.rate_ids),
        source_ids=joined(fact["source_id"], *rate_sources(rates, at.rate_ids)),
        p5=low * at.value / 1e9,
        p50=value * at.value / 1e9,
        p95=high * at.value / 1e9,
    )


def _same(row: dict, kept: dict) -> bool:
    """Another relay of a statement: same buyers and period, amounts equal to the rounding of a relay (1 %)."""
    if (row["scope"], row["period"]) != (kept["scope"], kept["period"]):
        return False
    return abs(row["p50"] / kept["p50"] - 1) < 0.01


def _range(row: pd.Series) -> tuple[float, float]:
    """Low and high of a statement: a bare value is both; a side that it leaves open ("more than") is unknown."""
    if pd.isna(row["p5"]) and pd.isna(row["p95"]):
        return row["p50"], row["p50"]
    return row["p5"], row["p95"]
