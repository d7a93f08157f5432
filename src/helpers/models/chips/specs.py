"""Specifications of accelerators: one row a chip, with the range that the sources leave open.

Rates are dense. A disputed field (`disputes`: chip_id, field, low, high; the newest row of each that is known)
gives its row a low and a high; an undisputed one has low = value = high; an unknown one stays NaN. What follows
from several fields (FLOP/W, TPP, TPP x bandwidth) carries the outer range of its parts: interval arithmetic, not a
probability.
"""

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.periods import parse_period
from helpers.models.rules.book import compile_rules
from helpers.models.rules.metrics import performance_density, total_processing_performance

COUNTRIES = {"US": "United States", "CN": "China"}
SHIPPED = ("shipping", "banned variant")
RANGE = "outer range of disputed specifications, dense"


class Metric(NamedTuple):
    """A quantity of the spec table: its column, its name for readers, and its unit."""

    column: str
    label: str
    unit: str


METRICS = {
    metric.column: metric
    for metric in (
        Metric("tflops_fp16", "FP16 compute", "TFLOPS"),
        Metric("tops_8bit", "8-bit compute", "TOPS"),
        Metric("memory_bw_gbs", "memory bandwidth", "GB/s"),
        Metric("tflops_fp16_per_w", "FP16 per watt", "TFLOPS/W"),
        Metric("tpp_tbs", "TPP x bandwidth", "TPP x TB/s"),
        Metric("memory_gb", "memory", "GB"),
        Metric("interconnect_gbs", "chip-to-chip links", "GB/s"),
        Metric("tdp_w", "power", "W"),
        Metric("tpp", "total processing performance", "TPP"),
    )
}
FRONTIER_METRICS = ("tflops_fp16", "tops_8bit", "memory_bw_gbs", "tflops_fp16_per_w", "tpp_tbs")

_RATES = (
    "tflops_fp32_dense",
    "tflops_tf32_dense",
    "tflops_fp16_dense",
    "tflops_fp8_dense",
    "tops_int8_dense",
    "tflops_fp4_dense",
)
_FIELDS = (*_RATES, "memory_gb", "memory_bw_gbs", "interconnect_gbs", "tdp_w")
_KEPT = (
    "chip_id",
    "name",
    "vendor",
    "vendor_hq",
    "market",
    "status",
    "release_date",
    "export_variant_of",
    "confidence",
    "source_ids",
)


def spec_table(evidence: Evidence) -> pd.DataFrame:
    """One row is a chip known on `as_of`; every metric has columns `x`, `x_low` and `x_high`.

    Units are in the names (`memory_bw_gbs`: GB/s, `tdp_w`: W). `tops_8bit`: the larger of FP8 and INT8; `tpp` and
    `performance_density`: 15 CFR 774 Supplement 1, ECCN 3A090 technical notes (see `helpers.models.rules.metrics`);
    `tpp_tbs`: TPP times memory bandwidth in TB/s; `usd_per_tflop_low`, `_high`: chip price over FP16 rate.
    `release_start`, `release_end`: first and last day of the release date as written. `sound`: confidence is not low.
    """
    chips = evidence.chips
    table = chips[[name for name in _KEPT if name in chips]].copy()
    table["country"] = table["vendor_hq"].map(COUNTRIES)
    table["sound"] = table["confidence"] != "low"
    periods = [_released(text) for text in chips["release_date"]]
    table["release_start"] = pd.to_datetime([period[0] for period in periods])
    table["release_end"] = pd.to_datetime([period[1] for period in periods])
    sides = _sides(chips, _disputes(evidence))
    tpp = _tpp(sides, compile_rules(evidence.rulebook)["formats"])
    for suffix, side in sides.items():
        table[f"tflops_fp16{suffix}"] = side["tflops_fp16_dense"]
        table[f"tops_8bit{suffix}"] = side[["tflops_fp8_dense", "tops_int8_dense"]].max(axis=1)
        for name in ("memory_gb", "memory_bw_gbs", "interconnect_gbs", "tdp_w"):
            table[f"{name}{suffix}"] = side[name]
        table[f"tpp{suffix}"] = tpp[suffix]
        table[f"tpp_tbs{suffix}"] = table[f"tpp{suffix}"] * side["memory_bw_gbs"] / 1000
    table["tflops_fp16_per_w"] = table["tflops_fp16"] / table["tdp_w"]
    table["tflops_fp16_per_w_low"] = table["tflops_fp16_low"] / table["tdp_w_high"]
    table["tflops_fp16_per_w_high"] = table["tflops_fp16_high"] / table["tdp_w_low"]
    table["performance_density"] = [
        performance_density((tpp, tpp), {"die_area_mm2": area})[0] if area == area else np.nan
        for tpp, area in zip(table["tpp"], chips["die_area_mm2"], strict=True)
    ]
    table["usd_per_tflop_low"] = chips["price_usd_low"] / table["tflops_fp16"]
    table["usd_per_tflop_high"] = chips["price_usd_high"] / table["tflops_fp16"]
    return table.reset_index(drop=True)


def disputed_specs(evidence: Evidence) -> pd.DataFrame:
    """One row is a disputed field of a chip: chip, value used, low, high, and the width in percent of the value."""
    chips = {chip["chip_id"]: chip for chip in evidence.chips.to_dict("records")}
    rows = []
    for row in _disputes(evidence).sort_values(["chip_id", "field"]).to_dict("records"):
        chip = chips[row["chip_id"]]
        value = chip[row["field"]]
        rows.append(
            {
                "chip_id": row["chip_id"],
                "name": chip["name"],
                "country": COUNTRIES.get(chip["vendor_hq"]),
                "field": row["field"],
                "value": value,
                "low": row["low"],
                "high": row["high"],
                "width_percent": 100 * (row["high"] - row["low"]) / value,
                "source_ids": row.get("source_ids") or chip["source_ids"],
                "note": row.get("note", ""),
            }
        )
    columns = [
        "chip_id",
        "name",
        "country",
        "field",
        "value",
        "low",
        "high",
        "width_percent",
        "source_ids",
        "note",
    ]
    return pd.DataFrame(rows, columns=columns)


def shipping(table: pd.DataFrame, on: date | pd.Timestamp) -> pd.DataFrame:
    """The data-centre chips of a spec table that were on sale on a day: shipping or a variant made for China.

    Announced and cancelled parts are out, and so is a chip whose partial release date has not passed to its end.
    """
    kept = (
        (table["market"] == "datacenter")
        & table["status"].isin(SHIPPED)
        & (table["release_end"] <= pd.Timestamp(on))
    )
    return table[kept]


def spec_results(table: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The spec table in long form: one row is a metric of a chip; unknown metrics are left out."""
    frames = []
    for metric in METRICS.values():
        frames.append(
            pd.DataFrame(
                {
                    "entity": table["chip_id"],
                    "period": table["release_date"],
                    "quantity": metric.column,
                    "unit": metric.unit,
                    "basis": RANGE,
                    "p5": table[f"{metric.column}_low"],
                    "p50": table[metric.column],
                    "p95": table[f"{metric.column}_high"],
                    "as_of": as_of.isoformat(),
                    "evidence": table["source_ids"],
                    "confidence": table["confidence"],
                }
            )
        )
    return pd.concat(frames, ignore_index=True).dropna(subset=["p50"]).reset_index(drop=True)


def _disputes(evidence: Evidence) -> pd.DataFrame:
    """The disputes of chips and fields that this edition knows; an empty frame where the table is not kept."""
    disputes = getattr(evidence, "disputes", None)
    if disputes is None or len(disputes) == 0:
        return pd.DataFrame({name: [] for name in ("chip_id", "field", "low", "high")})
    known = disputes["chip_id"].isin(evidence.chips["chip_id"]) & disputes["field"].isin(
        evidence.chips.columns
    )
    newest = (
        disputes[known].sort_values("published", kind="stable")
        if "published" in disputes
        else disputes[known]
    )
    return newest.drop_duplicates(["chip_id", "field"], keep="last")


def _sides(chips: pd.DataFrame, disputes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The fields of every chip as used, at their low and at their high end.

    The value used is moved into the range known on the date: the one in the chip table may have become known later.
    """
    used = chips.set_index("chip_id")[list(_FIELDS)].astype("float64")
    low, high = used.copy(), used.copy()
    for row in disputes[disputes["field"].isin(_FIELDS)].to_dict("records"):
        cell = row["chip_id"], row["field"]
        low.loc[cell], high.loc[cell] = row["low"], row["high"]
        used.loc[cell] = np.clip(used.loc[cell], row["low"], row["high"])
    low, high, used = (side.set_index(chips.index) for side in (low, high, used))
    return {"": used, "_low": low, "_high": high}


def _tpp(sides: dict[str, pd.DataFrame], formats: list[dict]) -> dict[str, np.ndarray]:
    """TPP of every chip at the values used, at the low and at the high end; NaN where no matrix rate is known.

    The value used reads TF32 as 19 bits, the high end as 32: the rule's text leaves it open.
    """
    bounds = {"": [], "_low": [], "_high": []}
    ends = zip(*(sides[side][list(_RATES)].to_dict("records") for side in bounds), strict=True)
    for used, low, high in ends:
        known = [name for name in _RATES if used[name] == used[name]]
        point = total_processing_performance({name: used[name] for name in known}, formats)
        spread = total_processing_performance({name: (low[name], high[name]) for name in known}, formats)
        unknown = not known or np.isinf(point[1])
        bounds[""].append(np.nan if unknown else point[0])
        bounds["_low"].append(np.nan if unknown else spread[0])
        bounds["_high"].append(np.nan if unknown else spread[1])
    return {side: np.array(values) for side, values in bounds.items()}


def _released(text: str) -> tuple[date | None, date | None]:
    try:
        return tuple(parse_period(text)) if text else (None, None)
    except ValueError:
        return None, None
