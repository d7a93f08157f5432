"""Reading facts for the market models: which rows count, which one of several, and the long form they end in.

Every model of the chapter returns the long form followed by `period_start`, `period_end`, `status`, `source_ids` and
what it adds. p5 and p95 are empty where the source gives no interval: an audited number has none, and unknown is not
zero width.
"""

import math

import numpy as np
import pandas as pd

from helpers.evidence import Evidence
from helpers.models.long_form import LONG_FORM

DETAIL = ["period_start", "period_end", "status", "source_ids"]
# From the firmest to the weakest word for how a number is known.
STATUS_RANK = {"measured": 0, "reported": 1, "estimated": 2, "forecast": 3, "target": 4, "claimed": 5}
OUTTURN = ("measured", "reported", "estimated")
AHEAD = ("forecast", "target")


def observations(
    facts: pd.DataFrame,
    metrics: tuple[str, ...],
    entities: tuple[str, ...] = (),
    statuses: tuple[str, ...] = (*OUTTURN, *AHEAD),
    topics: tuple[str, ...] = ("market",),
) -> pd.DataFrame:
    """Facts of those metrics and entities, without repeats of another row of the selection.

    A row that repeats one outside the selection (the same figure under a capacity name) stands for it. statuses:
    `claimed` rows (rumours, relays' slips, statements) come only when asked for by name. topics: the
    capacity rows hold some of the same figures from other relays. Sorted by the end of the period, entity,
    publication and id. One row is one fact.
    """
    if facts.empty:
        return facts
    rows = facts[facts["metric"].isin(metrics) & facts["status"].isin(statuses) & facts["topic"].isin(topics)]
    if entities:
        rows = rows[rows["entity"].isin(entities)]
    rows = rows[~rows["repeats"].isin(set(rows["fact_id"]))]
    return rows.sort_values(["period_end", "entity", "published", "fact_id"], kind="stable")


def bounds(fact: dict) -> tuple[float, float, float]:
    """p5, p50, p95 of a fact: the middle of a stated range where no value is stated; NaN where a side is open."""
    low, value, high = (float(fact[name]) for name in ("low", "value", "high"))
    if math.isnan(value) and not math.isnan(low) and not math.isnan(high):
        value = (low + high) / 2
    return low, value, high


def best_of(rows: pd.DataFrame, keys: list[str], newest: bool = False) -> pd.DataFrame:
    """One row per key: the firmest status, then the most digits, then the first (or newest) publication.

    Several documents give the same number with more or fewer digits (55.3 and 55.287 bn); the fuller one is kept.
    """
    if rows.empty:
        return rows
    ranked = rows.assign(
        _rank=rows["status"].map(STATUS_RANK),
        _digits=-rows["value"].map(significant_digits),
        _age=rows["published"].astype("int64") * (-1 if newest else 1),
    )
    order = ["_rank", "_age", "_digits", "fact_id"] if newest else ["_rank", "_digits", "_age", "fact_id"]
    kept = ranked.sort_values(order, kind="stable").drop_duplicates(keys)
    return rows.loc[rows.index.isin(kept.index)]


def significant_digits(value: float) -> int:
    """Digits before the trailing zeros of an integer, or of the shortest decimal form: 55 300 000 000 has three."""
    if math.isnan(value) or value == 0:
        return 0
    text = np.format_float_positional(abs(value), trim="-").replace(".", "")
    return len(text.strip("0"))


def record(fact: dict, quantity: str, unit: str, basis: str, **more) -> dict:
    """One long-form row from one fact; `more` overrides or adds columns."""
    low, value, high = bounds(fact)
    row = {
        "entity": fact["entity"],
        "period": fact["period"],
        "quantity": quantity,
        "unit": unit,
        "basis": basis,
        "p5": low,
        "p50": value,
        "p95": high,
        "evidence": fact["fact_id"],
        "period_start": fact["period_start"],
        "period_end": fact["period_end"],
        "status": fact["status"],
        "source_ids": fact["source_id"],
    }
    return {**row, **more}


def long_form(records: list[dict], evidence: Evidence, extra: tuple[str, ...] = ()) -> pd.DataFrame:
    """Records as a long-form frame stamped with `as_of`; all columns are there when there is no record."""
    columns = [*LONG_FORM, *DETAIL, *extra]
    frame = pd.DataFrame(records, columns=[name for name in columns if name != "as_of"])
    frame.insert(LONG_FORM.index("as_of"), "as_of", evidence.as_of.isoformat())
    for name in ("p5", "p50", "p95"):
        frame[name] = frame[name].astype("float64")
    for name in ("period_start", "period_end"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def joined(*ids: str) -> str:
    """Evidence or source ids in one cell, each once, in the order given."""
    parts = [part for cell in ids for part in str(cell).split(";") if part]
    return ";".join(dict.fromkeys(parts))
