"""Headline numbers on the model gap, patents and use."""

import pandas as pd

from helpers.models.market.findings.finding import finding, ids


def model_findings(
    newest: pd.DataFrame,
    ratio: pd.DataFrame,
    ranks: pd.DataFrame,
    answers: pd.DataFrame,
    services: pd.DataFrame,
) -> list[dict]:
    """Findings on models and use; `model_gap.newest_lags`; of `adoption`: patent_ratio, ranks, survey, services."""
    found = []
    tested = newest[newest["status"] != "claimed"]
    if len(tested) > 1:
        low, high = tested["p50"].min(), tested["p50"].max()
        found.append(
            finding(
                "model-lag",
                high,
                "months",
                f"least and greatest of the newest readings of {len(tested)} measures, none averaged",
                "lag of Chinese models, by measure",
                "Chinese models trail the US frontier by {shown}, depending on what is measured.",
                low=low,
                high=high,
                shown=f"{low:.0f} to {high:.0f} months" if round(low) < round(high) else f"{low:.0f} months",
                spread="range over measures",
                period=str(tested["period"].iloc[-1]),
                evidence=ids(tested),
                exhibit="model-gap",
                confidence="medium",
                key=True,
            )
        )
    if len(ratio):
        row = ratio.iloc[0]
        found.append(
            finding(
                "patent-ratio",
                row["p50"],
                "times",
                row["basis"],
                "Chinese over US patent families on generative AI",
                (
                    "Inventors in China account for {shown} the generative-AI patent families "
                    "of those in the US."
                ),
                shown=f"{row['p50']:.1f} times",
                period=row["period"],
                evidence=ids(row),
                exhibit="genai-patents",
                confidence="high",
            )
        )
    both = ranks.set_index("entity") if len(ranks) else ranks
    if {"China", "United States"} <= set(both.index):
        asked = answers[answers["entity"].isin(["China", "United States"])]
        china, states = both.loc["China"], both.loc["United States"]
        found.append(
            finding(
                "fully-implemented",
                china["fully"],
                "percent of respondents",
                answers["basis"].iloc[0],
                "Chinese organisations with generative AI fully in place",
                f"{china['using']:.0f} % of organisations asked in China use generative AI and "
                f"{{shown}} have it fully "
                f"in place; in the US {states['using']:.0f} % and {states['fully']:.0f} %.",
                shown=f"{china['fully']:.0f} %",
                period="2024",
                evidence=ids(asked),
                exhibit="adoption-survey",
                confidence="medium",
            )
        )
    if len(services):
        last = services.sort_values("period_end").iloc[-1]
        day = f"{last['period_end'].day} {last['period_end']:%B %Y}"
        found.append(
            finding(
                "registered-services",
                last["p50"],
                "services",
                last["basis"],
                "generative services filed in China",
                f"{{shown}} generative services were filed in China by {day}.",
                shown=f"{last['p50']:,.0f}",
                period=last["period"],
                evidence=ids(last),
                exhibit="registered-services",
                confidence="high",
            )
        )
    return found
