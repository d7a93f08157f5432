"""Cloud, AI cloud and tokens: three markets whose leaders differ, with size, shares and concentration.

Cloud: infrastructure and platform services in mainland China (Canalys, now Omdia). AI cloud: Omdia's revenue from
AI infrastructure, platform and models. Tokens: IDC's count of tokens served to outside customers by public model
services. A share of one says nothing about another.
"""

import pandas as pd

from helpers.evidence import Evidence
from helpers.models.market.series import AHEAD, OUTTURN, best_of, joined, long_form, observations, record
from helpers.models.market.vendors import in_dollars

CLOUD = "cloud infrastructure (Canalys, Omdia)"
AI_CLOUD = "AI cloud revenue (Omdia)"
TOKENS = "model tokens served (IDC)"
MARKETS = (CLOUD, AI_CLOUD, TOKENS)

_SHARES = {"cloud_market_share": CLOUD, "ai_cloud_share": AI_CLOUD, "maas_token_share": TOKENS}
_SIZES = {
    "Mainland China cloud infrastructure services": CLOUD,
    "Mainland China cloud": CLOUD,
    "China AI cloud": AI_CLOUD,
}


def cloud_shares(evidence: Evidence) -> pd.DataFrame:
    """Shares in percent; one row is one provider, period and market. Adds `market`."""
    facts = observations(evidence.facts, tuple(_SHARES), statuses=OUTTURN)
    facts = best_of(facts, ["entity", "metric", "period"], newest=True)
    rows = []
    for fact in facts.to_dict("records"):
        market = _SHARES[fact["metric"]]
        rows.append(record(fact, "market share", "percent", market, market=market))
    frame = long_form(rows, evidence, ("market",))
    order = frame["market"].map({name: place for place, name in enumerate(MARKETS)})
    return frame.assign(_order=order).sort_values(
        ["_order", "period_end", "p50"], ascending=[True, True, False], ignore_index=True
    )[frame.columns]


def fullest_shares(shares: pd.DataFrame) -> pd.DataFrame:
    """One list per market: the one that names most providers, the newest of equals, plus the rest as `others`.

    A newer release that names only the leader cannot show a market, so it does not replace a fuller one.
    """
    kept = []
    for market in MARKETS:
        part = shares[shares["market"] == market]
        if part.empty:
            continue
        lists = part.groupby("period").agg(names=("entity", "size"), end=("period_end", "max"))
        period = lists.sort_values(["names", "end"]).index[-1]
        named = part[part["period"] == period]
        rest = {
            **named.iloc[0].to_dict(),
            "entity": "others",
            "p5": float("nan"),
            "p50": 100 - named["p50"].sum(),
            "p95": float("nan"),
            "status": "derived",
            "evidence": joined(*named["evidence"]),
            "source_ids": joined(*named["source_ids"]),
        }
        kept += [named, pd.DataFrame([rest])]
    return pd.concat(kept, ignore_index=True)[list(shares.columns)] if kept else shares


def market_sizes(evidence: Evidence) -> pd.DataFrame:
    """Size of the cloud and AI-cloud markets by period, in USD (yuan converted at the average named in `basis`).

    One row is one market, period and unit. Adds `market`.
    """
    facts = observations(evidence.facts, ("market_size",), tuple(_SIZES), (*OUTTURN, *AHEAD))
    facts = best_of(facts, ["entity", "period"], newest=True)
    rows = []
    for fact in facts.to_dict("records"):
        market = _SIZES[fact["entity"]]
        basis = f"{market}, {fact['status']}"
        rows.append(record(fact, "market size", fact["unit"], basis, market=market))
        if fact["unit"] == "CNY":
            rows.append(in_dollars(fact, "market size", basis, evidence.rates, market=market))
    return long_form(rows, evidence, ("market",))


def leaders(shares: pd.DataFrame) -> pd.DataFrame:
    """The first provider of each market in its newest period; one row is one market: entity, period, percent."""
    newest = shares[shares["period_end"] == shares.groupby("market")["period_end"].transform("max")]
    first = newest.loc[newest.groupby("market", sort=False)["p50"].idxmax()] if len(newest) else newest
    return first[["market", "entity", "period", "p50", "evidence"]].rename(columns={"p50": "percent"})
