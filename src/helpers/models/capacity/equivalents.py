"""H100-equivalents: the peak rate of a chip over that of an H100 SXM at one precision (Epoch AI's measure).

Dense rates throughout. `fp16`: FP16/BF16 tensor operations; `int8`: 8-bit operations, FP8 or INT8, whichever is
higher; `memory_bandwidth`: bytes a second.
"""

import numpy as np
import pandas as pd

BASIS = {
    "fp16": "peak dense FP16 against H100 SXM",
    "int8": "peak dense 8-bit against H100 SXM",
    "memory_bandwidth": "memory bandwidth against H100 SXM",
}
# How prose calls an H100-equivalent on each basis; FP16 is the usual one.
SPOKEN = {
    "fp16": "H100-equivalents",
    "int8": "H100-equivalents (8-bit)",
    "memory_bandwidth": "H100-equivalents of memory bandwidth",
}
_RATES = {
    "fp16": ["tflops_fp16_dense"],
    "int8": ["tflops_fp8_dense", "tops_int8_dense"],
    "memory_bandwidth": ["memory_bw_gbs"],
}
REFERENCE = "h100_sxm"


def h100e(chips: pd.DataFrame, precision: str) -> pd.DataFrame:
    """H100-equivalents of one chip or card of each row, indexed by chip_id.

    Columns: h100e; imputed: the rate at this precision is not published and was taken from another precision (for
    8-bit and FP16 the same ratio to the H100; for bandwidth the median ratio of Chinese chips that publish both).
    A chip without any rate is NaN. Raises ValueError for an unknown precision or a missing H100.
    """
    if precision not in _RATES:
        raise ValueError(f"precision: expected {', '.join(_RATES)}, found {precision!r}")
    table = chips.set_index("chip_id")
    if REFERENCE not in table.index:
        raise ValueError("the chip table has no H100 SXM to compare with")
    ratio = {name: _ratio(table, columns) for name, columns in _RATES.items()}
    found = ratio[precision]
    compute = ratio["fp16"].fillna(ratio["int8"])
    if precision == "memory_bandwidth":
        chinese = table["vendor_hq"].isin(["CN", "China"]) & ratio["fp16"].notna() & found.notna()
        usual = (found / ratio["fp16"])[chinese].median()
        filled = found.fillna(compute * usual)
    else:
        other = ratio["int8" if precision == "fp16" else "fp16"]
        filled = found.fillna(other)
    return pd.DataFrame({"h100e": filled, "imputed": found.isna() & filled.notna()})


def dies_per_wafer(die_area_mm2: float, wafer_mm: float = 300.0) -> float:
    """Whole dies on a wafer: pi (d/2)^2 / S - pi d / sqrt(2 S), the usual first-order formula (de Vries 2005)."""
    return np.pi * (wafer_mm / 2) ** 2 / die_area_mm2 - np.pi * wafer_mm / np.sqrt(2 * die_area_mm2)


def _ratio(table: pd.DataFrame, columns: list[str]) -> pd.Series:
    peak = table[columns].max(axis=1)
    return peak / peak[REFERENCE]
