"""One claim, judged on what was known on one day.

The rule, in order:
1. an empty check: `vendor claim, unconfirmed` when a vendor says it of its own product, else `not checkable`; the
   reason is the row's `why_not`.
2. evidence that was not published by the day: `not checkable`, with the day on which it was.
3. a forecast that is not due yet: `not checkable`, unless a lower bound is already passed or an upper one broken.
4. a number is compared with the claimed one, widened by the tolerance: its interval inside is `supported`, apart is
   `contradicted`, across the edge is `mixed`. A bound (`at least`, `at most`) that the computed number passes by
   more than `slack` times holds but misleads: `mixed`. A truth is `supported`, `contradicted`, or `mixed` when its
   parts disagree or intervals overlap. A date must fall in the claimed day, month or year.
5. `scope_check` asks whether the number counts what the claim says it counts; if not, `supported` becomes `mixed`.
6. agreement of a vendor's claim with nothing but claims and data sheets is `vendor claim, unconfirmed`.
7. a claim that held when it was said, and fails now on evidence about a later time, is `outdated` (not a forecast,
   which later evidence is meant to test).
"""

import math
import re
from dataclasses import dataclass, replace
from datetime import date

from helpers.evidence.periods import parse_partial
from helpers.models.claims.claim import Claim
from helpers.models.claims.expression import evaluate
from helpers.models.claims.known import Known
from helpers.models.claims.lookups import functions
from helpers.models.claims.values import CheckError, Day, NotYetKnown, Quantity, Truth, kind_of
from helpers.models.claims.wording import shown

SUPPORTED = "supported"
CONTRADICTED = "contradicted"
MIXED = "mixed"
OUTDATED = "outdated"
VENDOR = "vendor claim, unconfirmed"
NOT_CHECKABLE = "not checkable"
VERDICTS = (SUPPORTED, MIXED, OUTDATED, CONTRADICTED, VENDOR, NOT_CHECKABLE)
_EXPRESSION = re.compile(r"\{([^{}]*)\}")
OWN_WORD = ("claimed", "target", "forecast")


@dataclass(frozen=True)
class Finding:
    """What the check of a claim gave on one day, and the verdict on it.

    found: the value of the check; scope: that of the scope check; known_from: when the first answer appeared, for
    a claim that nothing known could check; remark: the row's scope note with its numbers filled in.
    """

    verdict: str
    on: date
    found: Quantity | Day | Truth | None = None
    scope: Truth | None = None
    known_from: date | None = None
    misleads: bool = False
    remark: str = ""

    @property
    def evidence(self) -> tuple[str, ...]:
        """Ids of the rows that the verdict rests on."""
        scope = self.scope.evidence if self.scope is not None else ()
        return tuple(dict.fromkeys((*(self.found.evidence if self.found is not None else ()), *scope)))


def judge(claim: Claim, known: Known) -> Finding:
    """The verdict on one claim with what `known` knows; CheckError when the check cannot run."""
    remark = _filled(claim.scope_note, known)
    if not claim.check:
        return Finding(VENDOR if claim.vendor else NOT_CHECKABLE, known.day)
    try:
        found = _run("check", claim.check, known)
    except NotYetKnown as fault:
        if fault.known_from is None and claim.kind != "forecast":
            raise CheckError(f"column check: {fault}, and no row of the evidence ever answers it") from None
        # What later evidence showed must not stand in a reason of the days before it.
        waits = remark if fault.known_from is None else ""
        return Finding(NOT_CHECKABLE, known.day, known_from=fault.known_from, remark=waits)
    verdict, misleads = _compare(claim, found)
    if not _settled(claim, verdict, known.day):
        return Finding(NOT_CHECKABLE, known.day, found)
    scope = _scope(claim, known)
    if verdict == SUPPORTED and scope is not None and scope.value is not True:
        verdict = MIXED
    finding = Finding(verdict, known.day, found, scope, misleads=misleads, remark=remark)
    if claim.vendor and verdict in (SUPPORTED, MIXED) and not _independent(finding.evidence, known):
        return replace(finding, verdict=VENDOR)
    return finding


def revise(claim: Claim, then: Finding, now: Finding) -> Finding:
    """`now`, as `outdated` when the claim held at its time and only later times speak against it."""
    if claim.kind == "forecast" or then.verdict != SUPPORTED or now.verdict not in (CONTRADICTED, MIXED):
        return now
    moved = now.found is not None and now.found.ends is not None and now.found.ends > claim.said
    return replace(now, verdict=OUTDATED) if moved else now


def agrees(claim: Claim, found: Quantity) -> bool:
    """Whether a computed number agrees with the claimed one, whatever either counts."""
    return _against(claim, found)[0] == SUPPORTED


def _run(column: str, expression: str, known: Known):
    try:
        return evaluate(expression, functions(known))
    except CheckError as fault:
        raise CheckError(f"column {column}: {fault}") from None


def _filled(note: str, known: Known) -> str:
    """The note with each `{expression}` as the number it gives on that day; empty while one is not yet known."""
    try:
        return _EXPRESSION.sub(lambda found: shown(_run("scope_note", found[1], known)), note).rstrip(".")
    except NotYetKnown:
        return ""


def _settled(claim: Claim, verdict: str, day: date) -> bool:
    """Whether a forecast can be judged on a day: when it is due, or when a bound is passed before."""
    if claim.kind != "forecast" or not claim.due or day.isoformat() >= claim.due:
        return True
    passed = {"at least": SUPPORTED, "at most": CONTRADICTED}
    return verdict == passed.get(claim.direction)


def _compare(claim: Claim, found) -> tuple[str, bool]:
    if isinstance(found, Truth):
        return {True: SUPPORTED, False: CONTRADICTED, None: MIXED}[found.value], False
    if isinstance(found, Day):
        if not claim.day:
            raise CheckError(
                "column claimed_date: the check gives a date, so it must name a day, month or year"
            )
        return _against_day(claim.day, found), False
    if not isinstance(found, Quantity):
        raise CheckError(
            f"column check: gives {kind_of(found)}; a number, a date or a comparison is expected"
        )
    if claim.bounds is None:
        raise CheckError(
            "column claimed_value: the check gives a number, so it (or low and high) must hold one"
        )
    _same_unit(claim, found)
    return _against(claim, found)


def _against_day(text: str, found: Day) -> str:
    claimed = parse_partial(text)
    if found.high < claimed.start or found.low > claimed.end:
        return CONTRADICTED
    return SUPPORTED if claimed.start <= found.low and found.high <= claimed.end else MIXED


def _same_unit(claim: Claim, found: Quantity) -> None:
    composed = any(sign in found.unit for sign in "*/")
    if found.unit and not composed and found.unit != claim.unit:
        raise CheckError(f"column unit: found {claim.unit or 'nothing'}, the check gives {found.unit}")


def _against(claim: Claim, found: Quantity) -> tuple[str, bool]:
    low, high = claim.bounds
    slip = 0.0 if math.isnan(claim.tolerance) else claim.tolerance
    low, high = low - abs(low) * slip, high + abs(high) * slip
    if claim.direction == "at least":
        high = math.inf
    elif claim.direction == "at most":
        low = -math.inf
    if found.high < low or found.low > high:
        return CONTRADICTED, False
    if found.low < low or found.high > high:
        return MIXED, False
    return (MIXED, True) if _misleads(claim, found) else (SUPPORTED, False)


def _misleads(claim: Claim, found: Quantity) -> bool:
    if math.isnan(claim.slack) or claim.direction == "equal" or not claim.middle or not found.value:
        return False
    times = found.value / claim.middle
    return (times if claim.direction == "at least" else 1 / times) > claim.slack


def _scope(claim: Claim, known: Known) -> Truth | None:
    if not claim.scope_check:
        return None
    try:
        scope = _run("scope_check", claim.scope_check, known)
    except NotYetKnown:
        return None
    if not isinstance(scope, Truth):
        raise CheckError(f"column scope_check: gives {kind_of(scope)}; a comparison is expected")
    return scope


def _independent(ids: tuple[str, ...], known: Known) -> bool:
    """Whether any row is more than a vendor's word: chips are data sheets, facts tell by their status."""
    return any(known.standing(one) not in OWN_WORD for one in ids)
