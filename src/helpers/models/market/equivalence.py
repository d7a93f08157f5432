"""H100-equivalents of a product line whose chips are known by name, or only by their maker.

H100e = units x k; k is the chip's peak dense rate over that of an H100 SXM at one precision. A count that does not
say which chips it holds takes every data-centre chip its maker then shipped: the interval of k. Peak rates say
nothing of memory, links or software.
"""

import math
from typing import NamedTuple

import pandas as pd

from helpers.models.market.prices import matching_chips

REFERENCE = "h100_sxm"
CHIPS = {
    "NVIDIA A100 to China": "A100",
    "NVIDIA A800": "A800",
    "NVIDIA H800": "H800",
    "NVIDIA H20": "H20",
    "Huawei Ascend 910B": "Ascend 910B",
    "Huawei Ascend 910C": "Ascend 910C",
}
VENDORS = {
    "Huawei Ascend": "Huawei",
    "Huawei Ascend 910B and 910C": "Huawei",
    "Alibaba T-Head": "T-Head (Alibaba)",
    "Baidu Kunlunxin": "Kunlunxin (Baidu)",
    "Cambricon": "Cambricon",
}
_YEARS_ON_SALE = 3


class Factor(NamedTuple):
    """H100-equivalents per card: middle, low, high (90 %), and the chips it rests on."""

    low: float
    mid: float
    high: float
    chips: tuple[str, ...]


def factor(entity: str, year: int, chips: pd.DataFrame, precision: str) -> Factor | None:
    """k of a product line: the chip's rate, or every chip its vendor then shipped; None when no rate is known.

    precision: `fp16`, `int8` (8-bit, FP8 or INT8) or `memory_bandwidth`. The middle of a range is its geometric
    mean. A vendor without a chip released in the window takes the nearest. Raises KeyError for another precision.
    """
    if chips.empty or REFERENCE not in set(chips["chip_id"]):
        return None
    ratios = _ratios(chips.set_index("chip_id"), precision)
    if entity in CHIPS:
        candidates = matching_chips(CHIPS[entity], chips, server=False)
        socketed = candidates[candidates["name"].str.contains("SXM")]
        candidates = socketed if len(socketed) else candidates
    else:
        candidates = _on_sale(chips[chips["vendor"] == VENDORS[entity]], year)
    known = ratios.reindex(candidates["chip_id"]).dropna()
    if known.empty:
        return None
    low, high = known.min(), known.max()
    return Factor(low, math.sqrt(low * high), high, tuple(known.index))


def _ratios(chips: pd.DataFrame, precision: str) -> pd.Series:
    """Every chip's rate over an H100's, by chip id.

    A chip whose 8-bit rate is not sourced counts at its FP16 ratio: an H100's 8-bit rate is twice its FP16 rate,
    as most are.
    """
    fp16, bandwidth = chips["tflops_fp16_dense"], chips["memory_bw_gbs"]
    eight_bit = chips[["tflops_fp8_dense", "tops_int8_dense"]].max(axis=1)
    rates = {"fp16": fp16, "int8": eight_bit, "memory_bandwidth": bandwidth}[precision]
    ratios = rates / rates[REFERENCE]
    return ratios.fillna(fp16 / fp16[REFERENCE]) if precision == "int8" else ratios


def product(first: tuple, second: tuple) -> tuple[float, float, float]:
    """(p5, p50, p95) of the product of two independent log-normals given by theirs.

    A number without an interval adds no width; where neither has one, and on the side where one is open ("more
    than"), the bound is unknown.
    """
    middle = first[1] * second[1]
    bounds = []
    for side, other in ((0, 2), (2, 0)):
        if any(math.isnan(one[side]) and not math.isnan(one[other]) for one in (first, second)):
            bounds.append(math.nan)
            continue
        width = math.hypot(
            *(math.log(one[side] / one[1]) for one in (first, second) if not math.isnan(one[side]))
        )
        sign = 1 if side else -1
        bounds.append(middle * math.exp(sign * width) if width > 1e-12 else math.nan)
    return bounds[0], middle, bounds[1]


def _on_sale(chips: pd.DataFrame, year: int) -> pd.DataFrame:
    """Shipping data-centre chips released in that year or the three before, or undated."""
    shipping = chips[(chips["market"] == "datacenter") & chips["status"].isin(["shipping", "banned variant"])]
    shipping = shipping[shipping["tflops_fp16_dense"].notna()]
    released = pd.to_numeric(shipping["release_date"].astype(str).str[:4], errors="coerce")
    now = shipping[released.isna() | released.between(year - _YEARS_ON_SALE, year)]
    if len(now) or shipping.empty:
        return now
    return shipping[(released - year).abs() == (released - year).abs().min()]
