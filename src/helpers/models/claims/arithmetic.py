"""Functions of a check that need no evidence: growth, ratios, shares, days, extremes.

Each names what it made, so that the reason of a verdict says whose number it is.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from helpers.evidence.periods import parse_partial
from helpers.models.claims import intervals, wording
from helpers.models.claims.values import (
    CheckError,
    Day,
    NotYetKnown,
    Quantity,
    Truth,
    Word,
    as_number,
    as_text,
    exactly,
    merged,
)


def a_date(text: Word) -> Day:
    """A day written in the check, as YYYY-MM-DD."""
    written = parse_partial(as_text(text, "date"))
    if written.start != written.end:
        raise CheckError(f"date: expected a whole date, found {text.value!r}")
    return Day(written.start, written.end, text.value)


def growth(first: Quantity, last: Quantity) -> Quantity:
    """Percent by which `last` exceeds `first`; both of one unit and basis."""
    change = intervals.combine("Sub", ratio(first=last, second=first), exactly(1, "x"))
    percent = intervals.combine("Mult", replace(change, unit="", label=""), exactly(100))
    return replace(percent, unit="percent", basis="", **_from_to("growth", first, last))


def per_year(first: Quantity, last: Quantity) -> Quantity:
    """The yearly rate, in percent, that leads from `first` to `last` over the time between their periods' ends."""
    if first.ends is None or last.ends is None or last.ends <= first.ends:
        raise CheckError("per_year needs two facts whose periods end at different times")
    years = (last.ends - first.ends).days / 365.25
    rates = [(100 * (change ** (1 / years) - 1)) for change in _ordered(ratio(first=last, second=first))]
    name = _from_to("growth a year", first, last)
    return Quantity(rates[1], rates[0], rates[2], "percent", **merged(first, last), **name)


def ratio(first: Quantity, second: Quantity) -> Quantity:
    """`first` over `second`, as a multiple when they share a unit."""
    times = intervals.combine("Div", as_number(first, "ratio"), as_number(second, "ratio"))
    return replace(times, **_over(first, second))


def share(part: Quantity, whole: Quantity) -> Quantity:
    """Percent that `part` is of `whole`; both of one unit and basis, which the share keeps."""
    intervals.compare("LtE", as_number(part, "share"), as_number(whole, "share"))
    percent = intervals.combine("Mult", replace(ratio(part, whole), unit="", label=""), exactly(100))
    return replace(percent, unit="percent", **_over(part, whole))


def grown(base: Quantity, percent: Quantity) -> Quantity:
    """`base` raised by `percent`."""
    step = intervals.combine("Div", replace(as_number(percent, "grown"), unit="", basis=""), exactly(100))
    raised = intervals.combine("Mult", as_number(base, "grown"), intervals.combine("Add", step, exactly(1)))
    label = f"{wording.named(base)} raised by {wording.shown(percent)}"
    return replace(raised, label=label, detail="")


def bare(number: Quantity) -> Quantity:
    """The number without unit and basis: for a comparison across definitions that the claim itself makes."""
    return replace(as_number(number, "bare"), unit="", basis="")


def days(first: Day, last: Day) -> Quantity:
    """Days from one date to another."""
    if not isinstance(first, Day) or not isinstance(last, Day):
        raise CheckError("days needs two dates")
    if date.max in (first.high, last.high):
        raise NotYetKnown("one of the two days lay ahead")
    low, high = float((last.low - first.high).days), float((last.high - first.low).days)
    label = f"the time from {wording.shown(first, first.label)} to {wording.shown(last, last.label)}"
    return Quantity((low + high) / 2, low, high, "days", "", **merged(first, last), label=label)


def months(first: Day, last: Day) -> Quantity:
    """Months from one date to another, of 30.44 days each (a twelfth of a year)."""
    number = intervals.combine("Div", replace(days(first, last), unit=""), exactly(365.25 / 12))
    return replace(number, unit="months", label=days(first, last).label)


def _from_to(word: str, first: Quantity, last: Quantity) -> dict[str, str]:
    """The name of a change: `China, growth from revenue 2023 to revenue 2024`; of two owners, a ratio."""
    if first.label != last.label or not first.label:
        return _over(last, first)
    return {"label": last.label, "detail": f"{word} from {first.detail} to {last.detail}"}


def _over(first: Quantity, second: Quantity) -> dict[str, str]:
    """The name of a ratio."""
    names = [wording.shown(side, wording.named(side)) for side in (first, second)]
    return {"label": " over ".join(names), "detail": ""}


def _ordered(number: Quantity) -> tuple[float, float, float]:
    if number.low <= 0:
        raise CheckError("per_year needs numbers above zero")
    return number.low, number.value, number.high


def _extreme(pick: Callable, numbers: tuple) -> Quantity:
    if not numbers:
        raise CheckError(f"{pick.__name__} needs at least one number")
    found = [as_number(number, pick.__name__) for number in numbers]
    for other in found[1:]:
        intervals.compare("GtE", found[0], other)
    winner = pick(found, key=lambda number: number.value)
    low, high = (pick(getattr(number, edge) for number in found) for edge in ("low", "high"))
    return replace(winner, low=low, high=high, **merged(*found))


def _absolute(number: Quantity) -> Quantity:
    number = as_number(number, "abs")
    edges = sorted((abs(number.low), abs(number.high)))
    low = 0.0 if number.low < 0 < number.high else edges[0]
    return replace(number, value=abs(number.value), low=low, high=edges[1])


def _rounded(number: Quantity, places: Quantity | None = None) -> Quantity:
    number, digits = as_number(number, "round"), int(as_number(places, "round").value) if places else 0
    return replace(
        number, **{edge: round(getattr(number, edge), digits) for edge in ("value", "low", "high")}
    )


def parts(*truths: Truth) -> Truth:
    """A statement of several parts: true when all hold, mixed when some do."""
    if not truths or not all(isinstance(truth, Truth) for truth in truths):
        raise CheckError("parts needs comparisons")
    return intervals.partly(list(truths))


FUNCTIONS: dict[str, Callable] = {
    "date": a_date,
    "growth": growth,
    "per_year": per_year,
    "ratio": ratio,
    "share": share,
    "grown": grown,
    "bare": bare,
    "days": days,
    "months": months,
    "parts": parts,
    "known_parts": parts,
    "min": lambda *numbers: _extreme(min, numbers),
    "max": lambda *numbers: _extreme(max, numbers),
    "abs": _absolute,
    "round": _rounded,
}
