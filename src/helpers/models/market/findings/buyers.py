"""Headline numbers on capex, prices and what the controls moved."""

import pandas as pd

from helpers.models.market import substitution as moved_model
from helpers.models.market.card_counts import DOMESTIC, IMPORTED
from helpers.models.market.findings.finding import finding, ids, known


def buyer_findings(
    capex: pd.DataFrame,
    steps: pd.DataFrame,
    premiums: pd.DataFrame,
    totals: pd.DataFrame,
    stopped: pd.DataFrame,
) -> list[dict]:
    """Findings on who buys.

    Of `capex`: comparison; of `prices`: before_and_after, premiums; of `substitution`: by_origin, foregone.
    """
    found = []
    if len(capex):
        last = capex.iloc[-1]
        found.append(
            finding(
                "capex-ratio",
                last["ratio"],
                "times",
                f"US four, {last['us_status']}, over Chinese internet firms, "
                f"{last['china_status']}; whole capex against AI capex as analysts add it up",
                "US over Chinese capex",
                (
                    f"Four US firms {'spent' if last['us_status'] == 'reported' else 'plan'} about {{shown}} "
                    f"as much for {last['period']} as analysts count for China's internet firms."
                ),
                low=known(last["ratio_low"]),
                high=known(last["ratio_high"]),
                shown=f"{last['ratio']:.0f} times",
                spread="range over estimates",
                period=last["period"],
                evidence=ids(last),
                exhibit="capex",
                confidence="medium",
                key=True,
            )
        )
    for step in steps.head(1).to_dict("records"):
        found.append(
            finding(
                "price-per-flop-step",
                step["ratio"],
                "times",
                "dealer price per peak dense FP16 TFLOP/s, whole 8-GPU servers",
                "price of a useful FLOP after over before",
                f"After the {step['rule']} a useful FLOP cost {{shown}} as much: "
                f"{step['after_usd']:.0f} against "
                f"{step['before_usd']:.0f} USD per peak TFLOP/s, at one utilisation.",
                low=known(step["ratio_low"]),
                high=known(step["ratio_high"]),
                shown=f"{step['ratio']:.1f} times",
                spread="range over quotes",
                period=step["after_period"],
                evidence=step["evidence"].split(";"),
                exhibit="price-per-flop",
                confidence="low",
                key=True,
            )
        )
    for pair in premiums.tail(1).to_dict("records"):
        found.append(
            finding(
                "grey-premium",
                pair["ratio"],
                "times",
                "quoted grey price in China over the US price, same product and month",
                "grey price over US price",
                (
                    f"On China's grey market the {pair['entity'].removeprefix('NVIDIA ')} cost {{shown}} "
                    "its US price."
                ),
                shown=f"{pair['ratio']:.1f} times",
                period=pair["period"],
                evidence=pair["evidence"].split(";"),
                exhibit="price-per-flop",
                confidence="low",
            )
        )
    fp16 = totals[totals["quantity"] == moved_model.FP16]
    domestic = fp16[(fp16["entity"] == DOMESTIC) & (fp16["status"] != "forecast")]
    if len(domestic):
        last = domestic.sort_values("year").iloc[-1]
        imported = fp16[(fp16["entity"] == IMPORTED) & (fp16["year"] == last["year"])]
        beside = (
            f", licensed NVIDIA chips {imported['p50'].iloc[0] / 1e3:.0f} thousand" if len(imported) else ""
        )
        found.append(
            finding(
                "domestic-supply",
                last["p50"],
                "H100e",
                f"FP16, {last['basis']}; unlicensed imports not included",
                "H100-equivalents from Chinese vendors",
                f"At peak FP16, Chinese vendors brought {{shown}} H100-equivalents in "
                f"{last['year']}{beside}.",
                low=known(last["p5"]),
                high=known(last["p95"]),
                shown=f"{last['p50'] / 1e3:.0f} thousand",
                period=str(last["year"]),
                evidence=[*ids(last), *(ids(imported) if len(imported) else [])],
                exhibit="substitution",
                confidence="low",
                key=True,
            )
        )
    for row in stopped[stopped["unit"] == "H100e"].to_dict("records"):
        usd = stopped[stopped["unit"] == "USD"]["p50"].iloc[0]
        found.append(
            finding(
                "h20-stopped",
                row["p50"],
                "H100e",
                "sales NVIDIA said it lost in two quarters, over quoted card prices, at an H20's rate",
                "compute that the licence rule stopped",
                f"The licence rule of April 2025 stopped {usd / 1e9:.1f} bn USD of H20 sales, "
                f"about {{shown}} "
                "H100-equivalents.",
                low=row["p5"],
                high=row["p95"],
                shown=f"{row['p50'] / 1e3:.0f} thousand",
                period="2025-H1",
                evidence=row["evidence"].split(";"),
                exhibit="substitution",
                confidence="low",
            )
        )
    return found
