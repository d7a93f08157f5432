"""Headline numbers on who sells: NVIDIA by basis, charges, Huawei Cloud, Cambricon."""

import pandas as pd

from helpers.models.market import huawei as huawei_model
from helpers.models.market.findings.finding import finding, ids


def seller_findings(
    revenue: pd.DataFrame, gaps: pd.DataFrame, totals: pd.DataFrame, cloud: pd.DataFrame, growth: pd.DataFrame
) -> list[dict]:
    """Findings on who sells; of `revenue`: china_revenue, basis_gap, charge_totals; `huawei.restatement`, growth."""
    found = []
    quarters = revenue[(revenue["entity"] == "NVIDIA") & (revenue["grain"] == "quarter")]
    if len(gaps):
        last = gaps.iloc[-1]
        percent = 100 * (gaps["ratio"] - 1)
        found.append(
            finding(
                "nvidia-basis-gap",
                percent.iloc[-1],
                "percent",
                (
                    "customer headquarters over billing location, same quarter; range over the "
                    "quarters that both give"
                ),
                "larger by headquarters than by invoice",
                "The same quarter of NVIDIA's China revenue is {shown} larger "
                "by customer headquarters than by invoice; the two do not make one series.",
                low=percent.min(),
                high=percent.max(),
                shown=f"{percent.min():.0f} to {percent.max():.0f} %"
                if len(gaps) > 1
                else f"{percent.iloc[0]:.0f} %",
                spread="range over quarters",
                period=last["period"],
                evidence=ids(gaps),
                exhibit="nvidia-china-revenue",
                confidence="medium",
                key=True,
            )
        )
    if len(quarters):
        newest = quarters.sort_values(["period_end", "basis"]).iloc[-1]
        found.append(
            finding(
                "nvidia-china-quarter",
                newest["p50"] / 1e9,
                "USD bn",
                newest["basis"],
                "NVIDIA's revenue from China in a quarter",
                (f"NVIDIA's revenue from China was {{shown}} in {newest['period']} ({newest['basis']})."),
                shown=f"{newest['p50'] / 1e9:.1f} bn USD",
                period=newest["period"],
                evidence=ids(newest),
                exhibit="nvidia-china-revenue",
                confidence="medium",
            )
        )
    of_2025 = totals[totals["year"] == 2025].set_index("quantity") if len(totals) else totals
    if "inventory charge" in of_2025.index:
        charge = of_2025.loc["inventory charge"]
        found.append(
            finding(
                "charges-2025",
                charge["usd"] / 1e9,
                "USD bn",
                "booked inventory charges, company statements",
                "charges booked on the rules of 2025",
                "Chip makers booked {shown} of charges on the rules of 2025.",
                shown=f"{charge['usd'] / 1e9:.1f} bn USD",
                period="2025",
                evidence=ids(charge),
                exhibit="charges-2025",
                confidence="high",
            )
        )
    several = cloud[cloud["ratio"] > 1] if len(cloud) else cloud
    if len(several):
        widest = several.iloc[-1]
        found.append(
            finding(
                "huawei-cloud-definitions",
                widest["ratio"],
                "times",
                f"{huawei_model.INCLUDING} over external customers, {widest['period']}",
                "widest over narrowest definition",
                f"Huawei Cloud's revenue of {widest['period']} is {{shown}} as large on the "
                "widest definition "
                "as on the narrowest.",
                shown=f"{widest['ratio']:.1f} times",
                period=str(widest["period"]),
                evidence=ids(widest),
                exhibit="huawei-cloud-definitions",
                confidence="medium",
            )
        )
    firm = growth[growth["entity"] == "Cambricon"]
    years = firm[firm["from"].str.fullmatch(r"\d{4}")] if len(firm) else firm
    if len(years):
        last = years.iloc[-1]
        found.append(
            finding(
                "cambricon-growth",
                last["ratio"],
                "times",
                "revenue as filed, whole company",
                "Cambricon's revenue over the year before",
                f"Cambricon's revenue of {last['to']} was {{shown}} that of {last['from']}.",
                shown=f"{last['ratio']:.{1 if last['ratio'] >= 1.05 else 2}f} times",  # 0.97 times is not "1.0 times"
                period=str(last["to"]),
                evidence=ids(last),
                exhibit="vendor-growth",
                confidence="high",
            )
        )
    return found
