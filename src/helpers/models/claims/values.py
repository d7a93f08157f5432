"""Values of a check: numbers with an interval, dates, words and truths, each with the evidence it rests on."""

from dataclasses import dataclass
from datetime import date


class CheckError(ValueError):
    """A check that cannot be run: what is wrong with it, in words an analyst can act on."""


class NotYetKnown(LookupError):
    """The check is sound, but nothing published by that day answers it; `known_from` is when something did."""

    def __init__(self, message: str, known_from: date | None = None):
        super().__init__(message)
        self.known_from = known_from


@dataclass(frozen=True)
class Quantity:
    """A number in `unit` (and `basis`, where the evidence names one) with the interval low to high.

    evidence: ids of the rows it rests on. ends: the last day of the newest period it is true of. label and detail:
    whose number it is, and which of theirs, for the sentence.
    """

    value: float
    low: float
    high: float
    unit: str = ""
    basis: str = ""
    evidence: tuple[str, ...] = ()
    ends: date | None = None
    label: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Day:
    """A date in the evidence: its first and last possible day, and the text as written (`2024-06`)."""

    low: date
    high: date
    written: str
    evidence: tuple[str, ...] = ()
    label: str = ""
    detail: str = ""

    @property
    def ends(self) -> date:
        """The day after which nothing more is said."""
        return self.high


@dataclass(frozen=True)
class Word:
    """A text in the evidence: a licence status, the metric that a fact counts."""

    value: str
    evidence: tuple[str, ...] = ()
    ends: date | None = None
    label: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Truth:
    """True, False, or None where the intervals overlap or the parts disagree; `text` says it with the numbers."""

    value: bool | None
    text: str = ""
    evidence: tuple[str, ...] = ()
    ends: date | None = None


def exactly(number: float, unit: str = "") -> Quantity:
    """A number typed in a check."""
    return Quantity(float(number), float(number), float(number), unit)


def merged(*parts) -> dict:
    """Evidence and newest day of several values, for the value made from them."""
    ids = dict.fromkeys(one for part in parts for one in part.evidence)
    days = [part.ends for part in parts if part.ends is not None]
    return {"evidence": tuple(ids), "ends": max(days) if days else None}


def kind_of(value) -> str:
    """What a value is, for a message."""
    return {Quantity: "a number", Day: "a date", Word: "a word", Truth: "a truth"}.get(
        type(value), repr(value)
    )


def as_number(value, where: str) -> Quantity:
    """`value` when it is a number; CheckError names the function that wanted one."""
    if not isinstance(value, Quantity):
        raise CheckError(f"{where} needs a number, found {kind_of(value)}")
    return value


def as_text(value, where: str) -> str:
    """The text of a word; CheckError names the function that wanted one."""
    if not isinstance(value, Word):
        raise CheckError(f"{where} needs a text in quotation marks, found {kind_of(value)}")
    return value.value
