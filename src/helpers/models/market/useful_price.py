"""What a useful FLOP cost before and after a rule: the price of a peak FLOP over the share of the peak that is used.

Useful FLOP/s = dense FP16 peak x utilisation in training (MFU), a prior of model `systems`. Two chips of one
architecture share one prior, so it cancels in their ratio; across makers both intervals widen the answer.
"""

import math

import pandas as pd

from helpers.models.market.equivalence import product
from helpers.models.priors import Prior, priors_of

MODEL = "systems"
UTILISATION = {"NVIDIA": "hopper_training_mfu", "Huawei": "ascend_training_mfu"}
_ADDED = ["useful_ratio", "useful_low", "useful_high", "utilisation", "assumptions"]


def useful_steps(steps: pd.DataFrame, assumptions: pd.DataFrame) -> pd.DataFrame:
    """`prices.before_and_after` with the ratio per useful FLOP; one row is one rule.

    Adds `useful_ratio`, `useful_low`, `useful_high` (90 %), `utilisation` (in words) and `assumptions` (ids); empty
    where a prior was not known.
    """
    known = assumptions["model"] == MODEL if len(assumptions) else []
    priors = priors_of(assumptions, MODEL) if any(known) else {}
    rows = [_useful(step, priors) for step in steps.to_dict("records")]
    return steps.assign(**{name: [row[name] for row in rows] for name in _ADDED})


def _useful(step: dict, priors: dict[str, Prior]) -> dict:
    before, after = (priors.get(UTILISATION[step[name].split()[0]]) for name in ("before", "after"))
    if before is None or after is None:
        return dict.fromkeys(_ADDED[:3], math.nan) | {"utilisation": "", "assumptions": ""}
    quoted = (step["ratio_low"], step["ratio"], step["ratio_high"])
    if before.parameter == after.parameter:
        low, middle, high = quoted
        words = f"{_percent(before)} of the peak for both"
    else:
        low, middle, high = product(quoted, _over(before, after))
        words = f"{_percent(before)} of the peak before, {_percent(after)} after"
    ids = dict.fromkeys((before.assumption_id, after.assumption_id))
    values = (middle, low, high, words, ";".join(ids))
    return dict(zip(_ADDED, values, strict=True))


def _over(before: Prior, after: Prior) -> tuple[float, float, float]:
    """Low, middle and high of one utilisation over another, as independent log-normals."""
    inverse = (1 / after.high, 1 / math.sqrt(after.low * after.high), 1 / after.low)
    return product((before.low, math.sqrt(before.low * before.high), before.high), inverse)


def _percent(prior: Prior) -> str:
    return f"{100 * prior.low:.0f} to {100 * prior.high:.0f} %"
