"""What a check may ask of the facts: one of them, the newest of a series, how estimates spread."""

import math
from collections.abc import Callable
from statistics import median

import pandas as pd

from helpers.evidence.periods import parse_partial
from helpers.models.claims import intervals
from helpers.models.claims.known import Known, day_of
from helpers.models.claims.values import (
    CheckError,
    Day,
    NotYetKnown,
    Quantity,
    Word,
    as_number,
    as_text,
    merged,
)
from helpers.models.claims.wording import spelled

OUTCOMES = ("measured", "reported", "estimated", "claimed")


def fact(known: Known, fact_id: Word) -> Quantity | Day:
    """The number of one fact; a fact that records a date gives the day."""
    row = known.row("facts", fact_id, "fact")
    evidence = (row["fact_id"],)
    measure = spelled(str(row["metric"]))
    if str(row["unit"]) == "date":
        days = (row["period_start"].date(), row["period_end"].date(), row["period_text"])
        return Day(*days, evidence, row["entity"], measure)
    named = {"label": row["entity"], "detail": f"{measure} {row['period_text'].replace('/', ' to ')}"}
    number = _interval_of(row)
    if number is None:
        raise CheckError(f"fact {row['fact_id']!r} holds no number; name it with reported_by or another fact")
    return Quantity(*number, *_unit_and_basis(row), evidence, day_of(row["period_end"]), **named)


def field(known: Known, fact_id: Word, column: Word) -> Word:
    """What a fact counts: its `metric`, `unit`, `basis`, `status` or `entity`, as a word."""
    row = known.row("facts", fact_id, "field")
    name = as_text(column, "field")
    if name not in ("metric", "unit", "basis", "status", "entity"):
        raise CheckError(f"field: no column {name!r}; there are metric, unit, basis, status, entity")
    counted = (
        f"{row['entity']}, what is counted" if name in ("metric", "unit") else f"{row['entity']}, {name}"
    )
    return Word(str(row[name]), (row["fact_id"],), day_of(row["period_end"]), counted)


def newest(known: Known, *, entity: Word, metric: Word, **filters) -> Quantity:
    """The fact of the newest period (then the newest publication) of one series.

    filters: period, basis, unit, status (each must match as written) and before (a date: periods that end by
    then). Targets and forecasts only count when `status` asks for them, rows that repeat another one never do.
    """
    wanted = {"entity": entity, "metric": metric, **filters}
    wanted = {name: as_text(value, f"newest({name}=)") for name, value in wanted.items()}
    before = wanted.pop("before", None)
    allowed = ("entity", "metric", "period", "basis", "unit", "status")
    if unknown := [name for name in wanted if name not in allowed]:
        raise CheckError(f"newest: unknown filter {unknown[0]!r}; there are {', '.join(allowed)}, before")
    rows = known.full.facts
    for name in ("entity", "metric"):
        if not (rows[name] == wanted[name]).any():
            raise CheckError(f"newest: no fact has {name} {wanted[name]!r}")
        rows = rows[rows[name] == wanted[name]]
    series = f"{wanted['entity']} {wanted['metric']}"
    if rows.empty:
        raise CheckError(f"newest: no fact on {series}")
    rows = rows[rows["status"].isin(OUTCOMES)] if "status" not in wanted else rows
    for name in ("period", "basis", "unit", "status"):
        if name in wanted:
            rows = rows[rows["period_text" if name == "period" else name] == wanted[name]]
    if before:
        rows = rows[rows["period_end"] <= pd.Timestamp(parse_partial(before).end)]
    rows = rows[(rows["repeats"] == "") & rows[["value", "low", "high"]].notna().any(axis=1)]
    public = rows[rows["published"] <= pd.Timestamp(known.day)]
    if public.empty:
        first = day_of(rows["published"].min()) if len(rows) else None
        raise NotYetKnown(f"no figure for {series} was published", first)
    best = public.sort_values(["period_end", "published", "row"], kind="stable").iloc[-1]
    return fact(known, Word(best["fact_id"]))


def spread(*numbers: Quantity) -> Quantity:
    """Estimates of one thing that disagree: their median, from the lowest to the highest, among those known."""
    found = [as_number(number, "spread") for number in numbers]
    for other in found[1:]:
        intervals.compare("GtE", found[0], other)
    middle = float(median(number.value for number in found))
    low, high = min(number.low for number in found), max(number.high for number in found)
    shared = {number.label for number in found}
    label = shared.pop() if len(shared) == 1 else ""
    return Quantity(middle, low, high, found[0].unit, **merged(*found), label=label)


def first_known(*values):
    """The first of its arguments that is known by the day: the best evidence first, then what stood in for it."""
    if not values:
        raise CheckError("first_known needs at least one argument")
    return values[0]


def _interval_of(row: dict) -> tuple[float, float, float] | None:
    value, low, high = row["value"], row["low"], row["high"]
    known = [number for number in (value, low, high) if not math.isnan(number)]
    if not known:
        return None
    return (sum(known) / len(known) if math.isnan(value) else value), min(known), max(known)


def _unit_and_basis(row: dict) -> tuple[str, str]:
    """EFLOPS_FP16 is EFLOPS on the basis FP16; a basis that no source states is none, so it compares with any."""
    unit, basis = str(row["unit"]), str(row["basis"])
    if "FLOPS_" in unit:
        unit, _, precision = unit.partition("_")
        basis = basis or precision
    return "x" if unit == "ratio" else unit, "" if "unstated" in basis else basis


FUNCTIONS: dict[str, Callable] = {"fact": fact, "field": field, "newest": newest}
