"""The numbers of the chips chapter that prose may quote, as keyword arguments for `Run.headline`."""

import pandas as pd

# Quantities that come from draws; the ranges of all others span what sources leave open.
_DRAWN = ("chips_per_nvl72", "nvl72_per_cloudmatrix", "ratio_total_cost", "ratio_energy", "ratio_electricity_cost")


def headlines(
    lag: pd.DataFrame,
    released: pd.DataFrame,
    quoted: pd.DataFrame,
    compared: pd.DataFrame,
    against: pd.DataFrame,
    work: pd.DataFrame,
    costs: pd.DataFrame,
) -> list[dict]:
    """Every headline that the edition supports: lag, ratio of chips, chips per NVL72, efficiency and cost of systems.

    Arguments: results of `lag_now`, `lag_at_release`, `quoted_lags`, `ratios`, `system_ratios`, `chips_per_system`
    and `useful_cost`. The first of each kind is a key judgement. Ranges of specifications are outer ranges, those of
    `work` and `costs` 90 % intervals; `basis` says which.
    """
    found = [
        _lag(lag, quoted),
        _at_release(lag, released),
        _ratio(compared),
        _equivalents(work),
        _per_watt(against),
        _cost(costs),
    ]
    return [row for row in found if row]


def _lag(lag: pd.DataFrame, quoted: pd.DataFrame) -> dict | None:
    rows = lag[lag["quantity"] == "lag_tflops_fp16"]
    if rows.empty:
        return None
    row = rows.iloc[0]
    said = ""
    if len(quoted):
        said = f"; officials quoted {quoted['low'].min():.0f} to {quoted['high'].max():.0f} months"
    if row["p50"] > 0:
        sentence = (
            f"The best Chinese chip shipping, the {_short(row['chip'])}, equals what the United States first shipped "
            f"{row['p50']:.0f} months ago with the {_short(row['us_chip'])}{said}."
        )
    else:
        sentence = f"The best Chinese chip shipping, the {_short(row['chip'])}, is ahead of every US one."
    return _made(
        row,
        "chip-lag-fp16",
        "chip lag, FP16",
        f"{row['p50']:.0f} months",
        sentence,
        "chip-frontier",
        "medium",
        evidence=f"{row['evidence']};{';'.join(quoted['fact_id'])}",
        key=True,
    )


def _at_release(lag: pd.DataFrame, released: pd.DataFrame) -> dict | None:
    now = lag[lag["quantity"] == "lag_tflops_fp16"]
    rows = released[released["quantity"] == "lag_tflops_fp16"]
    if now.empty or rows.empty or rows.iloc[-1]["chip_id"] != now.iloc[0]["chip_id"]:
        return None
    row = rows.iloc[-1]
    behind = "behind" if row["p50"] > 0 else "ahead"
    sentence = (
        f"On the day it was released, the {_short(row['chip'])} was {abs(row['p50']):.0f} months {behind}."
    )
    label = "lag at release, FP16"
    return _made(
        row,
        "chip-lag-at-release",
        label,
        f"{row['p50']:.0f} months".replace("-", "−"),
        sentence,
        "chip-lag-by-metric",
        "medium",
    )


def _ratio(compared: pd.DataFrame) -> dict | None:
    for chip, reference in (("Ascend 910C", "H100"), ("Ascend 910B", "A100")):
        rows = compared[(compared["chip"] == chip) & (compared["reference"] == reference)]
        at = rows.set_index("metric")
        if {"FP16 compute", "memory bandwidth"} <= set(at.index):
            row, bandwidth = at.loc["FP16 compute"], at.loc["memory bandwidth"]
            sentence = (
                f"The {chip} has {row['p50']:.2f} of the peak FP16 compute of an {reference} ({row['p5']:.2f} to "
                f"{row['p95']:.2f} over its bins and disputed values) and {bandwidth['p50']:.2f} of its memory "
                "bandwidth."
            )
            label = f"{chip.split()[-1]} over {reference}, FP16"
            return _made(
                row,
                "ascend-ratio-fp16",
                label,
                f"{row['p50']:.2f}",
                sentence,
                "ascend-against-nvidia",
                "medium",
            )
    return None


def _equivalents(work: pd.DataFrame) -> dict | None:
    rows = work[work["quantity"] == "chips_per_nvl72"].set_index("workload")
    if "training, FP16 on both" not in rows.index:
        return None
    row = rows.loc["training, FP16 on both"]
    sentence = f"One GB200 NVL72 of 72 chips trains like {row['p50']:.0f} Ascend 910C"
    serving = "generating tokens, 8-bit on both"
    if serving in rows.index:
        sentence += f" and generates tokens like {rows.loc[serving, 'p50']:.0f}"
    label = "910C that equal one NVL72, training"
    return _made(
        row, "chips-per-nvl72", label, f"{row['p50']:.0f}", f"{sentence}.", "chips-per-nvl72", "low", key=True
    )


def _per_watt(against: pd.DataFrame) -> dict | None:
    at = against.set_index("dimension")
    if not {"FP16 compute per watt", "FP16 compute"} <= set(at.index):
        return None
    row = at.loc["FP16 compute per watt"]
    sentence = (
        f"CloudMatrix 384 has {at.loc['FP16 compute', 'p50']:.1f} times the FP16 compute of a GB200 NVL72 and "
        f"{row['p50']:.2f} of its compute per watt."
    )
    label = "CloudMatrix over NVL72, FP16 per watt"
    return _made(
        row, "cloudmatrix-per-watt", label, f"{row['p50']:.2f}", sentence, "architecture-fails", "medium"
    )


def _cost(costs: pd.DataFrame) -> dict | None:
    rows = costs[costs["quantity"] == "ratio_total_cost"]
    if rows.empty:
        return None
    row = rows.iloc[0]
    sentence = (
        f"A useful FLOP of training costs {row['p50']:.1f} times as much on CloudMatrix 384 at Chinese power prices "
        "as on a GB200 NVL72 at US ones."
    )
    label = "cost of a useful FLOP, CloudMatrix over NVL72"
    return _made(
        row,
        "cost-per-useful-flop",
        label,
        f"{row['p50']:.1f} times",
        sentence,
        "cost-of-useful-compute",
        "low",
    )


def _made(
    row: pd.Series,
    id: str,
    label: str,
    shown: str,
    sentence: str,
    exhibit: str,
    confidence: str,
    evidence: str | None = None,
    key: bool = False,
) -> dict:
    ids = row["evidence"] if evidence is None else evidence
    return {
        "id": id,
        "value": float(row["p50"]),
        "low": float(row["p5"]),
        "high": float(row["p95"]),
        "spread": "90 % interval" if row["quantity"] in _DRAWN else "range over sources",
        "unit": row["unit"],
        "basis": row["basis"],
        "label": label,
        "shown": shown,
        "sentence": sentence,
        "exhibit": exhibit,
        "confidence": confidence,
        "evidence": [name for name in dict.fromkeys(ids.split(";")) if name],
        "period": str(row["period"]),
        "key": key,
    }


def _short(name: str) -> str:
    """A chip's name in a sentence: without its bin."""
    return name.split(" (")[0]
