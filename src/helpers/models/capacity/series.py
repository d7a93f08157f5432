"""The official series of computing capacity: by scope, method and precision, with breaks that are never joined.

A point belongs to a segment; only points of one segment may be joined by a line or by a growth rate.
"""

import numpy as np
import pandas as pd

from helpers.evidence import independent
from helpers.models.capacity.equivalents import REFERENCE
from helpers.models.capacity.reconcile import at_day
from helpers.models.capacity.result import CapacityResult, percentiles

_SCOPES = {
    "compute_capacity_facilities": ("total", "facility"),
    "compute_capacity_devices": ("total", "device"),
    "compute_capacity": ("total", "other"),
    "intelligent_compute_facilities": ("intelligent", "facility"),
    "intelligent_compute_devices": ("intelligent", "device"),
    "intelligent_compute_idc": ("intelligent", "IDC"),
    "general_compute_idc": ("general", "IDC"),
    "datacenter_racks": ("racks", "facility"),
}
_PRECISIONS = ("FP32-primary", "FP16", "FP64", "precision unstated")


def official_series(evidence, result: CapacityResult | None = None, entity: str = "China") -> pd.DataFrame:
    """National figures as published. One row is one figure; repeats of a figure are left out.

    Columns: scope (total, intelligent, general, racks), method (facility, device, IDC, other), precision, segment,
    date (end of the period), value, at_least (the source says "more than"), unit (EFLOPS, standard_racks), status,
    basis, fact_id, source_id, published. Forecasts and targets are in segments of their own. With a result (FP16),
    a rise faster than the upper bound of what was brought in opens a new segment.
    """
    facts = independent(evidence.facts)
    rows = facts[
        (facts["entity"] == entity)
        & facts["metric"].isin(_SCOPES)
        & facts["unit"].isin(["EFLOPS", "standard_racks"])
        & facts["value"].notna()
    ].copy()
    rows["scope"] = rows["metric"].map(lambda metric: _SCOPES[metric][0])
    rows["method"] = rows["metric"].map(lambda metric: _SCOPES[metric][1])
    rows["precision"] = [_precision(row.basis, row.scope) for row in rows.itertuples()]
    rows["kind"] = np.where(
        rows["status"].isin(["forecast", "target"]), "forecast " + rows["source_id"], "outturn"
    )
    # A figure for a period still running is one of the day it was published.
    running = (rows["period_end"] > rows["published"]) & (rows["kind"] == "outturn")
    rows["date"] = rows["period_end"].mask(running, rows["published"])
    rows["at_least"] = rows["low"].notna()
    rows = rows.sort_values(["scope", "method", "precision", "kind", "date", "published", "fact_id"])
    keys = ["scope", "method", "precision", "kind"]
    rows["segment"] = ["/".join(key) for key in rows[keys].itertuples(index=False, name=None)]
    if result is not None and len(rows):
        rows["segment"] = _split_at_jumps(rows, result)
    columns = ["scope", "method", "precision", "segment", "date", "value", "at_least", "unit", "status", "basis",
               "fact_id", "source_id", "published"]  # fmt: skip
    return rows[columns].reset_index(drop=True)


def _precision(basis: str, scope: str) -> str:
    if scope == "racks":
        return "standard rack"
    return next((name for name in _PRECISIONS if name.lower() in str(basis).lower()), "precision unstated")


def _split_at_jumps(rows: pd.DataFrame, result: CapacityResult) -> list[str]:
    names, part, before = [], 0, None
    for row in rows.itertuples():
        if before is not None and before.segment == row.segment:
            bound = _most_added(result, before.date, row.date)
            jumps = row.precision == "FP16" and row.method == "facility" and bound is not None
            part += int(jumps and row.value - before.value > bound)
        else:
            part = 0
        names.append(f"{row.segment}/{part}")
        before = row
    return names


def _most_added(result: CapacityResult, start: pd.Timestamp, end: pd.Timestamp) -> float | None:
    """The upper bound (95th percentile) of FP16 EFLOPS that came in, or went into service, between two days.

    None outside the axis or on another basis.
    """
    quarters = result.inputs.quarters
    if result.inputs.precision != "fp16" or end > quarters[-1].end_time or start < quarters[0].start_time:
        return None
    added = []
    for quantity in ("cumulative", "installed"):
        stock = result.sample(quantity)
        added.append(percentiles(at_day(stock, quarters, end) - at_day(stock, quarters, start))[2])
    return float(max(added) * eflops_per_h100e(result))


def eflops_per_h100e(result: CapacityResult) -> float:
    """Dense FP16 EFLOPS of one H100."""
    return float(result.inputs.chips.set_index("chip_id").loc[REFERENCE, "tflops_fp16_dense"]) / 1e6


def breaks(series: pd.DataFrame, result: CapacityResult) -> pd.DataFrame:
    """Where two neighbouring outturns of one scope and method must not be joined. One row is one break.

    Columns: date, scope, method, before, after, unit, kind (relabelled, faster than shipments allow), sentence,
    fact_ids. The sentence is computed.
    """
    rows = []
    told = series[series["status"].isin(["reported", "estimated", "measured"]) & (series["scope"] != "racks")]
    told = told[told["precision"] != "precision unstated"]
    for (scope, method), group in told.groupby(["scope", "method"], sort=True):
        group = group.sort_values(["date", "published"])
        for first, second in zip(group.iloc[:-1].itertuples(), group.iloc[1:].itertuples(), strict=True):
            if first.segment == second.segment:
                continue
            relabelled = first.precision != second.precision
            if relabelled:
                text = (
                    f"{first.value:,.0f} EFLOPS counted as {first.precision} and {second.value:,.0f} as "
                    f"{second.precision} are not one series."
                )
            else:
                bound = _most_added(result, first.date, second.date)
                text = (
                    f"{second.value - first.value:,.0f} EFLOPS more from {first.date:%b %Y} to {second.date:%b %Y}; "
                    f"at most {bound:,.0f} can have come in (95 %), so the scope grew too."
                )
            kind = "relabelled" if relabelled else "faster than shipments allow"
            rows.append((second.date, scope, method, first.value, second.value, second.unit, kind, text,
                         f"{first.fact_id};{second.fact_id}"))  # fmt: skip
    columns = ["date", "scope", "method", "before", "after", "unit", "kind", "sentence", "fact_ids"]
    return pd.DataFrame(rows, columns=columns).sort_values("date", ignore_index=True)


def implied_h100e(evidence, result: CapacityResult) -> pd.DataFrame:
    """What the official FP16 figures would be in H100e, beside the model at the same date. One row is one figure.

    The interval is the prior for a scope that changed (`official_scope_error`). Columns: date, method, eflops,
    implied, low, high, p5, p50, p95 (installed, model), brought_in (model, median), ratio (implied over installed),
    fact_id, source_id. `result` must be at FP16.
    """
    if result.inputs.precision != "fp16":
        raise ValueError("official figures are FP16: run the model at fp16")
    series = official_series(evidence)
    quarters, scope_error = result.inputs.quarters, result.paths.drawn["official_scope_error"]
    keep = (series["precision"] == "FP16") & series["status"].isin(["reported", "estimated"])
    inside = series["date"].between(quarters[0].end_time.normalize(), quarters[-1].end_time)
    rows = []
    for row in series[keep & inside & (series["scope"] == "intelligent")].sort_values("date").itertuples():
        implied = row.value / eflops_per_h100e(result)
        low, _, high = percentiles(implied * scope_error)
        installed = percentiles(at_day(result.sample("installed"), quarters, row.date))
        brought = percentiles(at_day(result.sample("cumulative"), quarters, row.date))[1]
        rows.append((row.date, row.method, row.value, implied, low, high, *installed, brought,
                     implied / installed[1], row.fact_id, row.source_id))  # fmt: skip
    columns = ["date", "method", "eflops", "implied", "low", "high", "p5", "p50", "p95", "brought_in", "ratio",
               "fact_id", "source_id"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
