"""Headline numbers on shares and concentration."""

import pandas as pd

from helpers.models.market import cloud as cloud_model
from helpers.models.market import shares as shares_model
from helpers.models.market.findings.finding import finding, ids


def share_findings(shares: pd.DataFrame, indices: pd.DataFrame, leaders: pd.DataFrame) -> list[dict]:
    """Findings on shares: of `shares`: shares, all_concentration; of `cloud`: leaders."""
    found = []
    nvidia = shares[(shares["entity"] == "NVIDIA") & ~shares["status"].isin(["forecast", "target"])]
    by_count = nvidia[nvidia["definition"] == shares_model.CARDS]
    by_value = nvidia[nvidia["definition"] == shares_model.VALUE]
    both = sorted(set(by_count["period"]) & set(by_value["period"]))
    if both:
        cards = by_count[by_count["period"] == both[-1]].iloc[0]
        value = by_value[by_value["period"] == both[-1]].iloc[0]
        found.append(
            finding(
                "nvidia-share-by-definition",
                cards["p50"],
                "percent of cards",
                f"{cards['definition']} against {value['definition']}",
                "NVIDIA's share of China's accelerators",
                f"NVIDIA held {{shown}} of the accelerator cards shipped in China in {both[-1]}, but "
                f"{value['p50']:.0f} % of their value.",
                shown=f"{cards['p50']:.0f} %",
                period=both[-1],
                evidence=[*ids(cards), *ids(value)],
                exhibit="accelerator-shares",
                confidence="medium",
            )
        )
    cards = (
        indices[(indices["entity"] == shares_model.CARDS) & (indices["firms"] > 1)]
        if len(indices)
        else indices
    )
    if len(cards):
        last = cards.iloc[-1]
        found.append(
            finding(
                "concentration-cards",
                last["p50"],
                "index points",
                last["basis"],
                "Herfindahl-Hirschman index of accelerator cards",
                f"By cards shipped, China's accelerator market scores at least {{shown}} on the "
                "concentration index "
                f"({last['period']}).",
                low=last["p5"],
                high=last["p95"],
                spread="range over ways to split the rest",
                shown=f"{last['p50']:,.0f}",
                period=last["period"],
                evidence=ids(last),
                exhibit="market-concentration",
                confidence="medium",
            )
        )
    tokens = leaders[leaders["market"] == cloud_model.TOKENS]
    if len(tokens):
        last = tokens.iloc[-1]
        elsewhere = leaders[leaders["market"] != cloud_model.TOKENS]
        leads = (elsewhere["entity"] == last["entity"]).any()
        clause = "" if leads or elsewhere.empty else ", but leads neither in cloud nor in AI cloud revenue"
        found.append(
            finding(
                "tokens-leader",
                last["percent"],
                "percent of tokens",
                cloud_model.TOKENS,
                "share of the first provider of model tokens",
                f"{last['entity'].removesuffix(' Volcano Engine')} serves {{shown}} of the model tokens in "
                f"China{clause}.",
                shown=f"{last['percent']:.0f} %",
                period=last["period"],
                evidence=ids(last),
                exhibit="cloud-markets",
                confidence="medium",
            )
        )
    return found
