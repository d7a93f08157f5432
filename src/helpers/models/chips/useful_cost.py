"""What 10^21 useful FLOP of FP16 training cost on each system: energy, electricity, capital.

Useful FLOP/s = dense FP16 peak x MFU. A shared quantity (a system's MFU, the service life) is drawn once and reused,
so ratios are formed draw by draw: percentiles of two systems must not be divided.
"""

import numpy as np
import pandas as pd

from helpers.evidence import Evidence
from helpers.models.chips.system_draws import COLUMNS, DRAWS, SystemDraws, summary
from helpers.models.chips.systems import DOMESTIC, REFERENCE

HOURS_A_YEAR = 8766
ZETTA_PER_PFLOPS_HOUR = 3600 * 1e15 / 1e21


def useful_cost(
    evidence: Evidence, systems: pd.DataFrame, seed: int, draws: int = DRAWS, scenario: dict | None = None
) -> pd.DataFrame:
    """Long form: energy and money for 10^21 useful FLOP of FP16 training, by system and electricity price.

    `kwh_per_zettaflop`: power x PUE over useful FLOP/s; `usd_electricity_per_zettaflop` at each sourced price;
    `usd_capital_per_zettaflop`: system price over service life and hours in use; `usd_total_per_zettaflop`. The
    last rows divide CloudMatrix 384 by GB200 NVL72, draw by draw, each at its own country's electricity price.
    What is not known on `as_of` (a price, a power) leaves its rows out. Buildings, staff, interest are not counted.
    """
    draw = SystemDraws(evidence, seed, draws, scenario)
    prices = electricity_prices(evidence)
    rows, costs = [], {}
    for system in systems.to_dict("records"):
        cost = _per_zettaflop(system, draw)
        costs[system["system_id"]] = cost
        common = {
            "basis": "FP16 training at measured utilisation",
            "evidence": system["system_id"],
            "source_ids": system["source_ids"],
            "period": evidence.as_of.isoformat(),
            "as_of": evidence.as_of.isoformat(),
        }
        for name, unit in (("usd_capital", "USD"), ("kwh", "kWh")):
            if name in cost:
                row = {**common, "workload": "training, FP16"}
                rows.append(summary(system["name"], f"{name}_per_zettaflop", unit, cost[name], row))
        for at in prices.to_dict("records") if "kwh" in cost else []:
            ids = {"evidence": f"{system['system_id']};{at['fact_id']}"}
            row = {**common, **ids, "workload": f"electricity of {at['place']}"}
            bill = cost["kwh"] * at["usd_per_kwh"]
            rows.append(summary(system["name"], "usd_electricity_per_zettaflop", "USD", bill, row))
            if "usd_capital" in cost:
                total = bill + cost["usd_capital"]
                rows.append(summary(system["name"], "usd_total_per_zettaflop", "USD", total, row))
    rows += _cost_ratios(costs.get(DOMESTIC, {}), costs.get(REFERENCE, {}), prices, evidence)
    return pd.DataFrame(rows, columns=COLUMNS)


def electricity_prices(evidence: Evidence) -> pd.DataFrame:
    """Sourced electricity prices: fact_id, place (`China` or `United States`), USD per kWh, what it covers."""
    facts = evidence.facts
    rows = facts[(facts["metric"] == "power_price") & (facts["unit"] == "USD_per_kWh")]
    rows = rows.sort_values(["published", "fact_id"])
    place = np.where(rows["entity"] == "United States", "United States", "China")
    return pd.DataFrame(
        {
            "fact_id": rows["fact_id"],
            "place": place,
            "usd_per_kwh": rows["value"],
            "covers": rows["entity"],
            "source_ids": rows["source_id"],
        }
    ).reset_index(drop=True)


def _per_zettaflop(system: dict, draw: SystemDraws) -> dict[str, np.ndarray]:
    """Draws of energy (`kwh`) and capital (`usd_capital`) for 10^21 useful FLOP; what is unknown is absent."""
    chinese = system["vendor_hq"] == "CN"
    mfu = draw.prior("ascend_training_mfu" if chinese else _MFU.get(system["system_id"]))
    pue = draw.prior("pue_china" if chinese else "pue_us")
    life, hours = draw.prior("service_life_years"), draw.prior("hours_in_use_share")
    rate, power, price = (
        draw.between(f"{system['system_id']} {column}", system[f"{column}_low"], system[f"{column}_high"])
        for column in ("pflops_fp16_dense", "power_kw", "price_usd")
    )
    if mfu is None or rate is None:
        return {}
    hours_each = 1 / (rate * mfu * ZETTA_PER_PFLOPS_HOUR)
    cost = {}
    if price is not None and life is not None and hours is not None:
        cost["usd_capital"] = price / (life * HOURS_A_YEAR * hours) * hours_each
    if power is not None and pue is not None:
        cost["kwh"] = power * pue * hours_each
    return cost


def _cost_ratios(ours: dict, theirs: dict, prices: pd.DataFrame, evidence: Evidence) -> list[dict]:
    """CloudMatrix 384 over GB200 NVL72, draw by draw; a break-even electricity price for the Chinese side."""
    at = prices.drop_duplicates("place", keep="last").set_index("place")
    ratios, ids = {}, ";".join(prices["fact_id"])
    if "kwh" in ours and "kwh" in theirs:
        ratios["ratio_energy", "x"] = ours["kwh"] / theirs["kwh"]
    if ratios and {"China", "United States"} <= set(at.index):
        here, there = at.loc["China", "usd_per_kwh"], at.loc["United States", "usd_per_kwh"]
        ratios["ratio_electricity_cost", "x"] = ours["kwh"] * here / (theirs["kwh"] * there)
        ratios["break_even_electricity", "USD/kWh"] = there * theirs["kwh"] / ours["kwh"]
        if "usd_capital" in ours and "usd_capital" in theirs:
            mine, other = (
                ours["kwh"] * here + ours["usd_capital"],
                theirs["kwh"] * there + theirs["usd_capital"],
            )
            ratios["ratio_total_cost", "x"] = mine / other
    if "usd_capital" in ours and "usd_capital" in theirs:
        ratios["ratio_capital_cost", "x"] = ours["usd_capital"] / theirs["usd_capital"]
    common = {
        "period": evidence.as_of.isoformat(),
        "as_of": evidence.as_of.isoformat(),
        "basis": "per useful FLOP of FP16 training, each at its own country's electricity price",
        "evidence": f"{DOMESTIC};{REFERENCE};{ids}".strip(";"),
        "source_ids": ";".join(prices["source_ids"]),
        "workload": "training, FP16",
    }
    return [
        summary("CloudMatrix 384 over GB200 NVL72", name, unit, values, common)
        for (name, unit), values in ratios.items()
    ]


_MFU = {"gb200_nvl72": "nvl72_training_mfu", "gb300_nvl72": "nvl72_training_mfu"} | dict.fromkeys(
    ("dgx_h100", "hgx_h800", "hgx_h20"), "hopper_training_mfu"
)
