"""The roofline of a chip: attainable FLOP/s = min(peak, bandwidth x arithmetic intensity), and the ratio by bound.

Williams, Waterman and Patterson, "Roofline: an insightful visual performance model for multicore architectures",
Communications of the ACM 52(4), 2009. Arithmetic intensity is FLOP per byte of memory traffic: a few for generating
one token after another, hundreds to thousands for training and for reading a prompt.
"""

from datetime import date

import numpy as np
import pandas as pd

from helpers.models.chips.comparison import chip_range, ratios

CHIPS = {
    "Ascend 910B": "ascend_910b",
    "Ascend 910C": "ascend_910c",
    "Ascend 950PR": "ascend_950pr_atlas350",
    "A100": "a100_sxm_80",
    "H20": "h20_96",
    "H100": "h100_sxm",
    "B200": "b200",
}
REFERENCES = {"H100": "h100_sxm", "H20": "h20_96"}
# Which resource binds, the metric that measures it, and who feels it.
BOUNDS = {
    "tflops_fp16": ("compute", "training, reading the prompt"),
    "memory_bw_gbs": ("memory bandwidth", "generating tokens"),
    "memory_gb": ("memory capacity", "model size, batch, context"),
    "interconnect_gbs": ("chip-to-chip links", "spreading one model over chips"),
}
INTENSITIES = np.geomspace(1, 4096, 49)


def roofline(table: pd.DataFrame, chips: dict[str, str] | None = None) -> pd.DataFrame:
    """One row is a chip at an arithmetic intensity: attainable dense FP16 TFLOPS with low and high.

    `ridge` is the intensity at which the chip turns from bandwidth-bound to compute-bound, in FLOP per byte. A chip
    whose rate or bandwidth is unknown has no rows.
    """
    frames = []
    for name, prefix in (chips or CHIPS).items():
        peak = np.array(chip_range(table, prefix, "tflops_fp16"))
        bandwidth = np.array(chip_range(table, prefix, "memory_bw_gbs")) / 1000
        if np.isnan([peak[1], bandwidth[1]]).any():
            continue
        ridge = peak[1] / bandwidth[1]
        at = np.unique(np.append(INTENSITIES, ridge))
        low, middle, high = np.minimum(peak[:, None], bandwidth[:, None] * at)
        vendor = table.loc[table["chip_id"].str.startswith(prefix), "vendor"].iloc[0]
        frames.append(
            pd.DataFrame(
                {
                    "chip": name,
                    "vendor": vendor,
                    "flop_per_byte": at,
                    "low": low,
                    "tflops": middle,
                    "high": high,
                    "ridge": ridge,
                }
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=_COLUMNS)


def ratio_by_bound(
    table: pd.DataFrame,
    as_of: date,
    chips: dict[str, str] | None = None,
    references: dict[str, str] | None = None,
) -> pd.DataFrame:
    """What users feel: one row is a chip over H100 or H20 by the resource that binds, in long form.

    `bound` names the resource, `felt_in` the work that it binds.
    """
    domestic = {name: prefix for name, prefix in CHIPS.items() if prefix.startswith("ascend")}
    rows = ratios(table, as_of, chips or domestic, references or REFERENCES, tuple(BOUNDS))
    metric = rows["quantity"].str.removeprefix("ratio_")
    return rows.assign(
        bound=metric.map(lambda name: BOUNDS[name][0]), felt_in=metric.map(lambda name: BOUNDS[name][1])
    )


_COLUMNS = ["chip", "vendor", "flop_per_byte", "low", "tflops", "high", "ridge"]
