"""The one sentence that gives the reason of a verdict, made from the computed numbers, and the confidence in it."""

import math

from helpers.models.claims import wording
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
    """Why the verdict is what it is, in one sentence that begins with how a statement that leaves room was read."""
    if finding.found is None:
        said = _without_evidence(claim, finding)
    elif finding.verdict == NOT_CHECKABLE:
        said = (
            f"due by {claim.due}, so far the evidence gives {computed_text(claim, finding)}{_whose(finding)}"
        )
    else:
        made = {Quantity: _number, Day: _day, Truth: _truth}[type(finding.found)](claim, finding)
        said = f"{made}{_remark(claim, finding)}{_standing(finding)}"
    if not claim.reading or finding.found is None:
        return _sentence(said)
    it = "it " if isinstance(finding.found, Truth) else ""
    return _sentence(f"read as “{claim.reading}”, {it}{said}")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}."


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
    # What somebody wrote keeps the figures that they gave it.
    text = number_text(low, 4) if low == high else f"{number_text(low, 4)} to {number_text(high, 4)}"
    if claim.direction == "at most" and not high:
        return "none"
    text = with_unit(text, claim.unit)
    return text if claim.direction == "equal" else f"{claim.direction} {text}"


def computed_text(claim: Claim, finding: Finding) -> str:
    """The computed number with its interval, date or comparison, as prose shows it; empty without one."""
    found = finding.found
    if not isinstance(found, Quantity):
        return "" if found is None else found.text if isinstance(found, Truth) else found.written
    text = with_unit(number_text(found.value), claim.unit)
    between = f"{number_text(found.low)} to {number_text(found.high)}"
    return text if found.low == found.high else f"{text} ({between})"


def ratio(claim: Claim, finding: Finding) -> float | None:
    """Computed over claimed; None where either is no number."""
    if not isinstance(finding.found, Quantity) or claim.bounds is None or not claim.middle:
        return None
    return finding.found.value / claim.middle


def _without_evidence(claim: Claim, finding: Finding) -> str:
    if not claim.check:
        return claim.why_not
    later = finding.known_from
    if claim.kind == "forecast" and claim.due and finding.on.isoformat() < claim.due:
        first = f"due by {claim.due}, so nothing published by {finding.on} could settle it"
    else:
        first = f"nothing published by {finding.on} allowed a check"
    first += f"; the first evidence appeared on {later}" if later else ""
    return f"{first}; {finding.remark}" if finding.remark else first


def _number(claim: Claim, finding: Finding) -> str:
    """What the evidence gives, whose it is, and how it stands to what was claimed."""
    found, said = finding.found, claimed_text(claim)
    failed = finding.scope is not None and finding.scope.value is not True
    if finding.misleads and finding.verdict in (MIXED, VENDOR):
        link = f"so far beyond the {said} claimed that the claim misleads{_times(claim, finding)}"
    elif finding.verdict == OUTDATED:
        link = f"which has moved on from the {said} claimed{_times(claim, finding)}"
    elif finding.verdict == CONTRADICTED:
        link = f"against {said} claimed{_times(claim, finding)}"
    elif agrees(claim, found) or (failed and finding.verdict == SUPPORTED):
        link = f"which agrees with {said} claimed"
    else:
        link = f"a range that reaches beyond the {said} claimed"
    return f"the evidence gives {computed_text(claim, finding)}{_whose(finding)}, {link}"


def _whose(finding: Finding) -> str:
    """Whose number it is and on which basis: ` for China, compute capacity 2024 (FP16)`."""
    found = finding.found
    name = wording.named(found)
    basis = f" ({found.basis})" if name and isinstance(found, Quantity) and found.basis else ""
    return f" for {name}{basis}" if name else ""


def _times(claim: Claim, finding: Finding) -> str:
    times = ratio(claim, finding)
    if times is None or math.isnan(claim.value) or abs(times - 1) < 0.005:
        return ""
    return f", {number_text(times)} times as much"


def _day(claim: Claim, finding: Finding) -> str:
    link = {
        CONTRADICTED: f"not {claim.day} as claimed",
        MIXED: f"which does not settle {claim.day}",
    }
    scoped = finding.scope is not None and finding.scope.value is not True
    said = "as claimed" if scoped else link.get(finding.verdict, "as claimed")
    return f"the evidence gives {finding.found.written} for {wording.named(finding.found)}, {said}"


def _truth(claim: Claim, finding: Finding) -> str:
    found = finding.found
    head = {True: "holds", False: "does not hold", None: "holds only in part"}[found.value]
    if finding.verdict == OUTDATED:
        head = "held then, no longer"
    elif finding.verdict == VENDOR:
        head = "rests on the vendor's word"
    return f"{head}: {found.text}" if found.text else head


def _remark(claim: Claim, finding: Finding) -> str:
    """The analyst's half sentence: when the scope check failed, or the claim did not hold whole."""
    failed = finding.scope is not None and finding.scope.value is not True
    if failed:
        return f"; but {finding.remark}" if finding.remark else ""
    whole = finding.scope is not None or finding.verdict not in (MIXED, CONTRADICTED, OUTDATED)
    return "" if whole or not finding.remark else f"; {finding.remark}"


def _standing(finding: Finding) -> str:
    return "; no independent test is in the evidence" if finding.verdict == VENDOR else ""
