"""Systems as sold: one row a machine, and the ratios of two of them.

A rate that the source does not state is the number of chips times the chip's rate, and is named in `derived`. The
range of a rate comes from the disputed rate of its chip; that of power and price from the sources of the system.
"""

from datetime import date

import numpy as np
import pandas as pd

from helpers.evidence import Evidence
from helpers.models.long_form import LONG_FORM

DOMESTIC = "cloudmatrix_384"
REFERENCE = "gb200_nvl72"
# Column of the system -> column of the spec table and divisor to its unit.
_FROM_CHIP = {
    "pflops_fp16_dense": ("tflops_fp16", 1000),
    "pflops_fp8_dense": ("tops_8bit", 1000),
    "memory_tb": ("memory_gb", 1000),
    "memory_bw_tbs": ("memory_bw_gbs", 1000),
    "interconnect_tbs": ("interconnect_gbs", 1000),
}
# Quantity, label, unit, and whether more is better.
DIMENSIONS = {
    "pflops_fp16_dense": ("FP16 compute", "PFLOPS", True),
    "pflops_fp8_dense": ("8-bit compute", "PFLOPS", True),
    "memory_tb": ("memory", "TB", True),
    "memory_bw_tbs": ("memory bandwidth", "TB/s", True),
    "interconnect_tbs": ("scale-up bandwidth", "TB/s", True),
    "scale_up_domain": ("chips in one network", "chips", True),
    "pflops_fp16_per_chip": ("FP16 compute per chip", "PFLOPS", True),
    "tflops_fp16_per_w": ("FP16 compute per watt", "TFLOPS/W", True),
    "memory_bw_gbs_per_w": ("memory bandwidth per watt", "GB/s/W", True),
    "n_chips": ("chips needed", "chips", False),
    "power_kw": ("power", "kW", False),
    "price_usd": ("price", "USD", False),
    "usd_per_tflops_fp16": ("price per FP16 TFLOPS", "USD/TFLOPS", False),
}
BASIS = "system as sold, dense peak; range from disputed chip rates and sourced power"


def system_table(evidence: Evidence, specs: pd.DataFrame) -> pd.DataFrame:
    """One row is a system known on `as_of`; every dimension has columns `x`, `x_low`, `x_high`.

    specs: `helpers.models.chips.specs.spec_table` of the same evidence. Empty where the edition knows no system.
    """
    systems = evidence.systems
    if len(systems) == 0:
        return pd.DataFrame(columns=["system_id", "name", "vendor", "derived", *_columns()])
    chips = specs.set_index("chip_id").reindex(systems["chip_id"]).set_index(systems.index)
    table = systems[["system_id", "name", "vendor", "vendor_hq", "chip_id", "status", "release_date"]].copy()
    table["published"], table["confidence"] = systems["published"], systems["confidence"]
    table["source_ids"] = systems["source_ids"]
    table["n_chips"], table["scale_up_domain"] = systems["n_chips"], systems["scale_up_domain"]
    derived = pd.Series("", index=systems.index)
    for column, (metric, divisor) in _FROM_CHIP.items():
        by_chip = [systems["n_chips"] * chips[f"{metric}{side}"] / divisor for side in ("_low", "", "_high")]
        filled = systems[column].isna() & by_chip[1].notna()
        derived = derived.where(~filled, derived + column + ";")
        table[column] = systems[column].fillna(by_chip[1])
        table[f"{column}_low"] = np.fmin(table[column], by_chip[0])
        table[f"{column}_high"] = np.fmax(table[column], by_chip[2])
    for column, ends in (
        ("power_kw", ("power_kw_low", "power_kw_high")),
        ("price_usd", ("price_usd_low", "price_usd_high")),
    ):
        low, high = (systems[name] for name in ends)
        table[column] = systems[column] if column in systems else np.sqrt(low * high)
        table[f"{column}_low"], table[f"{column}_high"] = (
            low.fillna(table[column]),
            high.fillna(table[column]),
        )
    table["derived"] = derived.str.strip(";")
    return _per_unit(table)


def system_ratios(
    table: pd.DataFrame, as_of: date, system: str = DOMESTIC, reference: str = REFERENCE
) -> pd.DataFrame:
    """Long form: one row is one system over another in one dimension; empty where either is not known yet.

    `holds` says on which side of 1 the whole range lies: `ahead`, `behind`, or `open` where it straddles 1. For
    power, price and chips needed, ahead means less.
    """
    known = table.set_index("system_id")
    rows = []
    if {system, reference} <= set(known.index):
        ours, theirs = known.loc[system], known.loc[reference]
        for column, (label, unit, more_is_better) in DIMENSIONS.items():
            low, middle, high = (ours[f"{column}{side}"] for side in ("_low", "", "_high"))
            below, other, above = (theirs[f"{column}{side}"] for side in ("_low", "", "_high"))
            row = {"p5": low / above, "p50": middle / other, "p95": high / below}
            rows.append(
                {
                    "entity": f"{ours['name']} over {theirs['name']}",
                    "period": as_of.isoformat(),
                    "quantity": f"ratio_{column}",
                    "unit": "x",
                    "basis": BASIS,
                    **row,
                    "as_of": as_of.isoformat(),
                    "evidence": ";".join(
                        dict.fromkeys(f"{ours['source_ids']};{theirs['source_ids']}".split(";"))
                    ),
                    "dimension": label,
                    "ours": middle,
                    "theirs": other,
                    "dimension_unit": unit,
                    "holds": _holds(row, more_is_better),
                }
            )
    columns = [*LONG_FORM, "dimension", "ours", "theirs", "dimension_unit", "holds"]
    return pd.DataFrame(rows, columns=columns).dropna(subset=["p50"]).reset_index(drop=True)


def _holds(row: dict, more_is_better: bool) -> str:
    if row["p5"] > 1:
        return "ahead" if more_is_better else "behind"
    if row["p95"] < 1:
        return "behind" if more_is_better else "ahead"
    return "open"


def _per_unit(table: pd.DataFrame) -> pd.DataFrame:
    """Quantities per chip, watt and dollar, with the outer range of their parts."""
    for column in ("n_chips", "scale_up_domain"):
        table[f"{column}_low"] = table[f"{column}_high"] = table[column]
    per = (
        ("pflops_fp16_per_chip", "pflops_fp16_dense", "n_chips", 1),
        ("tflops_fp16_per_w", "pflops_fp16_dense", "power_kw", 1),
        ("memory_bw_gbs_per_w", "memory_bw_tbs", "power_kw", 1),
        ("usd_per_tflops_fp16", "price_usd", "pflops_fp16_dense", 1e-3),
    )
    for name, over, under, factor in per:
        table[name] = factor * table[over] / table[under]
        table[f"{name}_low"] = factor * table[f"{over}_low"] / table[f"{under}_high"]
        table[f"{name}_high"] = factor * table[f"{over}_high"] / table[f"{under}_low"]
    return table


def _columns() -> list[str]:
    return [f"{column}{side}" for column in DIMENSIONS for side in ("_low", "", "_high")]
