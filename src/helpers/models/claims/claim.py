"""One row of `claims.csv`, typed."""

import math
from dataclasses import dataclass
from datetime import date

import pandas as pd

from helpers.models.claims.values import CheckError

DIRECTIONS = ("equal", "at least", "at most")


@dataclass(frozen=True)
class Claim:
    """One row of `claims.csv`, typed.

    value, low, high: NaN where the claim names no number. said: the day the article was published.
    """

    id: str
    row: int
    source_id: str
    kind: str
    said: date
    check: str
    scope_check: str
    value: float
    low: float
    high: float
    day: str
    unit: str
    direction: str
    tolerance: float
    slack: float
    due: str
    vendor: bool
    scope_note: str
    why_not: str
    reading: str

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The claimed interval before its tolerance; None when the claim names no number."""
        known = [number for number in (self.value, self.low, self.high) if not math.isnan(number)]
        return (min(known), max(known)) if known else None

    @property
    def middle(self) -> float:
        """The claimed number, or the middle of the claimed interval."""
        if not math.isnan(self.value) or not self.bounds:
            return self.value
        return sum(self.bounds) / 2


def read_claim(record: dict) -> Claim:
    """A row of `claims.csv` as a Claim; CheckError names the column that cannot be read."""
    direction = record["direction"] or "equal"
    if direction not in DIRECTIONS:
        raise CheckError(f"column direction: one of {', '.join(DIRECTIONS)} is expected, found {direction!r}")
    if pd.isna(record["published"]):
        raise CheckError(f"column published: a date is expected, found {record['published_text']!r}")
    if bool(record["check"]) == bool(record["why_not"]):
        raise CheckError("columns check and why_not: a claim has a check or says why none can be made")
    if record["scope_check"] and not record["scope_note"]:
        raise CheckError("column scope_note: a scope check needs the sentence that readers see when it fails")
    return Claim(
        id=record["claim_id"],
        row=int(record["row"]),
        source_id=record["source_id"],
        kind=record["kind"],
        said=record["published"].date(),
        check=record["check"],
        scope_check=record["scope_check"],
        value=record["claimed_value"],
        low=record["claimed_low"],
        high=record["claimed_high"],
        day=record["claimed_date"],
        unit=record["unit"],
        direction=direction,
        tolerance=record["tolerance"],
        slack=record["slack"],
        due=record["due"],
        vendor=str(record["vendor"]).lower() == "true",
        scope_note=record["scope_note"],
        why_not=record["why_not"],
        reading=record["reading"],
    )
