"""The one sentence that gives the reason of a verdict, made from the computed numbers, and the confidence in it."""

from helpers.models.claims.claim import Claim
from helpers.models.claims.judge import (
    CONTRADICTED,
    MIXED,
    NOT_CHECKABLE,
    OUTDATED,
    SUPPORTED,
    VENDOR,
    Finding,
    agrees,
)
from helpers.models.claims.known import Known
from helpers.models.claims.values import Day, Quantity, Truth
from helpers.models.claims.wording import number_text, with_unit

CONFIDENCE = ("high", "medium", "low")
_CONFIDENCE_OF = {"measured": "high", "reported": "medium", "estimated": "medium"}


def reason(claim: Claim, finding: Finding) -> str:
    """Why the verdict is what it is, in one sentence."""
    if finding.found is None:
        return _without_evidence(claim, finding)
    if finding.verdict == NOT_CHECKABLE:
        return f"Due by {claim.due}; so far the evidence gives {computed_text(claim, finding)}."
    said = {Quantity: _number, Day: _day, Truth: _truth}[type(finding.found)](claim, finding)
    return f"{said}{_remark(claim, finding)}{_standing(finding)}."


def confidence(finding: Finding, known: Known) -> str:
    """high, medium or low: that of the weakest row the verdict rests on; low where nothing could be checked."""
    if finding.found is None or not finding.evidence:
        return "low"
    each = [_CONFIDENCE_OF.get(known.standing(one), "low") for one in finding.evidence]
    each = [known.own_confidence(one) or level for one, level in zip(finding.evidence, each, strict=True)]
    return max(each, key=CONFIDENCE.index)


def claimed_text(claim: Claim) -> str:
    """The claimed number or date as prose shows it; empty for a claim without one."""
    if claim.day:
        return claim.day
    if claim.bounds is None:
        return ""
    low, high = claim.bounds
    text = number_text(low) if low == high else f"{number_text(low)} to {number_text(high)}"
    text = with_unit(text, claim.unit)
    return text if claim.direction == "equal" else f"{claim.direction} {text}"


def computed_text(claim: Claim, finding: Finding) -> str:
    """The computed number with its interval, date or comparison, as prose shows it; empty without one."""
    found = finding.found
    if not isinstance(found, Quantity):
        return "" if found is None else found.text if isinstance(found, Truth) else found.written
    text = with_unit(number_text(found.value), claim.unit)
    return (
        text if found.low == found.high else f"{text} ({number_text(found.low)} to {number_text(found.high)})"
    )


def ratio(claim: Claim, finding: Finding) -> float | None:
    """Computed over claimed; None where either is no number."""
    if not isinstance(finding.found, Quantity) or claim.bounds is None or not claim.middle:
        return None
    return finding.found.value / claim.middle


def _without_evidence(claim: Claim, finding: Finding) -> str:
    if not claim.check:
        return f"{claim.why_not.rstrip('.')}."
    later = finding.known_from
    if claim.kind == "forecast" and claim.due and finding.on.isoformat() < claim.due:
        first = f"Due by {claim.due}, so nothing published by {finding.on} could settle it"
    else:
        first = f"Nothing published by {finding.on} allowed a check"
    return f"{first}; the first evidence appeared on {later}." if later else f"{first}."


def _number(claim: Claim, finding: Finding) -> str:
    found = finding.found
    times = ratio(claim, finding)
    compared = (
        f", {number_text(times)} times the claim" if times is not None and abs(times - 1) >= 0.005 else ""
    )
    link = {
        SUPPORTED: "which agrees with",
        VENDOR: "which agrees with" if agrees(claim, found) else "which only partly agrees with",
        MIXED: "which only partly agrees with",
        CONTRADICTED: "which does not agree with",
        OUTDATED: "which has moved on from",
    }[finding.verdict]
    if finding.misleads and finding.verdict == MIXED:
        link = "so far beyond the bound that it misleads, against"
    elif finding.verdict == MIXED and finding.scope is not None and finding.scope.value is not True:
        link = "which agrees with" if agrees(claim, found) else link
    return (
        f"The evidence gives {computed_text(claim, finding)}, {link} {claimed_text(claim)} claimed{compared}"
    )


def _day(claim: Claim, finding: Finding) -> str:
    link = f"not {claim.day} as claimed" if finding.verdict == CONTRADICTED else "as claimed"
    return f"The evidence gives {finding.found.written} for {finding.found.label}, {link}"


def _truth(claim: Claim, finding: Finding) -> str:
    found = finding.found
    head = {True: "Holds", False: "Does not hold", None: "Holds only in part"}[found.value]
    if finding.verdict == OUTDATED:
        head = "Held then, no longer"
    return f"{head}: {found.text}" if found.text else head


def _remark(claim: Claim, finding: Finding) -> str:
    """The analyst's half sentence: when the scope check failed, or the claim did not hold whole."""
    failed = finding.scope is not None and finding.scope.value is not True
    if failed:
        return f"; but {claim.scope_note.rstrip('.')}"
    whole = finding.scope is not None or finding.verdict not in (MIXED, CONTRADICTED, OUTDATED)
    return "" if whole or not claim.scope_note else f"; {claim.scope_note.rstrip('.')}"


def _standing(finding: Finding) -> str:
    return "; no independent test is in the evidence" if finding.verdict == VENDOR else ""
