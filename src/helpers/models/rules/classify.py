"""The status of a chip with its reasons: the deciding test, margins, what is missing, what would change it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from helpers.models.rules.book import Book, compile_rules, policy_on
from helpers.models.rules.engine import UNDETERMINED, Judgement, Verdict, judge, value_in
from helpers.models.rules.find import find
from helpers.models.rules.inputs import disputed_inputs, missing_inputs, unclaimed_rates, would_change
from helpers.models.rules.logic import compare, evaluate, leaves, threshold
from helpers.models.rules.margins import margins, shown
from helpers.models.rules.metrics import measure
from helpers.models.rules.reasons import deciding
from helpers.models.rules.specification import from_mapping


@dataclass(frozen=True)
class Classification:
    """One chip on one date.

    status: one of the statuses of the rulebook; possible: the statuses that the known inputs allow, strictest first
    rules: each chip rule in force: id, result (true, false or null for unknown), outcome, tests with metric,
        operator, threshold, unit, value found and result
    margins: one row per threshold: how far the value lies above (+) or below (-), in percent of the threshold
    missing: inputs that are not known and would decide, each with the values from which it matters
    what_would_change: the nearest change of one input that gives another answer
    licence_policy: how an application is reviewed on that day; legal_note: what the status leaves out
    disputed: inputs on which sources differ, with the status for each end
    unclaimed: rates that are left out and so taken as not claimed, with the value from which they would matter
    decided_by: the rule and the tests that settle it; variants: the members of a family, each with its status
    circuit: the chip that was tested, when `chip` is a system or a family; released: the last day its release may
        have been, None where that is not known; system: the name of the system, where the chip is a part of one
    question: what the status answers, in a sentence
    """

    chip: str
    as_of: str
    status: str
    possible: tuple[str, ...]
    decided_by: dict
    rules: list[dict]
    margins: list[dict]
    missing: list[dict]
    what_would_change: list[dict]
    licence_policy: list[dict]
    legal_note: str
    disputed: list[dict]
    unclaimed: list[dict] = field(default_factory=list)
    variants: list[dict] = field(default_factory=list)
    circuit: str = ""
    released: str | None = None
    system: str | None = None
    question: str = ""

    @property
    def licence_needed(self) -> bool | None:
        """Whether some licence is needed: True, False, or None where both stay possible."""
        needs = {status in ("licence-required", "case-by-case", "licence-letter") for status in self.possible}
        return needs.pop() if len(needs) == 1 else None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON: `{"chip", "as_of", "status", "rules": [...], "margins": [...], "missing": [...], ...}`."""
        return asdict(self) | {"possible": list(self.possible), "licence_needed": self.licence_needed}


def classify(
    chip: str | Mapping[str, Any], as_of: str | date, evidence: Any, book: Book | None = None
) -> Classification:
    """The status of a chip on a date, by what `evidence` knows.

    chip: a name or id of the table, or a specification that a reader wrote (`helpers.models.rules.specification`);
    as_of: the day of the export; book: the compiled rules, when they are at hand.
    A name that means several chips (`A100`) gets their common status, or `undetermined` with each one's.
    Raises UnknownChip, SpecificationError, and ValueError for a date that cannot be read.
    """
    day = _iso(as_of)
    book = compile_rules(evidence.rulebook, evidence.as_of) if book is None else book
    if not isinstance(chip, str):
        return explain(from_mapping(chip, book), book, day)
    found = find(chip, evidence, book)
    parts = [explain(spec, book, day, found.system) for spec in found.specs]
    return parts[0] if len(parts) == 1 else _family(found.system or chip, parts)


def explain(spec: dict, book: Book, day: str, system: str | None = None) -> Classification:
    """The classification of one specification on an ISO date."""
    measured = measure(spec, book)
    judged = judge(spec, book, day, measured)
    return Classification(
        chip=system or spec["name"],
        circuit=spec["name"],
        released=spec.get("release_date"),
        as_of=day,
        status=judged.status,
        possible=judged.possible,
        decided_by=deciding(spec, book, judged, measured),
        rules=[_rule(verdict, spec, measured) for verdict in judged.verdicts],
        margins=margins(judged, measured, book),
        missing=missing_inputs(spec, book, day, judged),
        what_would_change=would_change(spec, book, day, judged),
        licence_policy=_policies(judged, spec, measured, day),
        legal_note=_legal_note(spec, book, judged, system),
        disputed=disputed_inputs(spec, book, day),
        unclaimed=unclaimed_rates(spec, book, day, judged),
        system=system,
        question=book["question"],
    )


def _family(name: str, parts: list[Classification]) -> Classification:
    order = {status: None for part in parts for status in part.possible}
    statuses = {part.status for part in parts}
    status = parts[0].status if len(statuses) == 1 else UNDETERMINED
    first = next((part for part in parts if part.status == status), parts[0])
    variants = [
        {"chip": part.circuit, "status": part.status, "possible": list(part.possible)} for part in parts
    ]
    return Classification(**{
        **{key: getattr(first, key) for key in Classification.__dataclass_fields__},
        "chip": name, "status": status, "possible": tuple(order), "variants": variants,
    })  # fmt: skip


def _rule(verdict: Verdict, spec: dict, measured: Mapping[str, Any]) -> dict:
    rule = verdict.rule
    value_of = value_in(rule, spec, measured)
    tests = [_leaf(leaf, value_of(leaf["metric"]), "") for leaf in leaves(rule["tests"])]
    for entry in rule["exclusions"]:
        tests += [
            _leaf(leaf, value_of(leaf["metric"]), f"exclusion {entry['id']}")
            for leaf in leaves(entry["when"])
        ]
    for entry in rule["exceptions"]:
        tests += [
            _leaf(leaf, value_of(leaf["metric"]), f"exception {entry['id']}")
            for leaf in leaves(entry["usable_when"])
        ]
    return {
        "id": rule["id"],
        "title": rule["title"],
        "citation": rule["citation"],
        "kind": rule["kind"],
        "result": verdict.met,
        "tested": verdict.tested,
        "binds_maker": verdict.bound,
        "excluded": verdict.excluded,
        "exception_usable": verdict.usable if rule["exceptions"] else False,
        "outcome": list(verdict.outcomes),
        "effective": rule["effective"],
        "end": rule["end"],
        "tests": tests,
    }


def _leaf(leaf: Mapping[str, Any], found: Any, part: str) -> dict:
    low, high = threshold(leaf) if leaf["op"] != "==" else (None, None)
    limit = leaf["value"] if leaf["op"] == "==" else low if low == high else [low, high]
    return {
        "metric": leaf["metric"],
        "op": leaf["op"],
        "threshold": limit,
        "unit": leaf.get("unit", ""),
        "paragraph": leaf.get("para", part) or part,
        "part": part or "test",
        "found": shown(found),
        "result": compare(found, leaf),
    }


def _policies(judged: Judgement, spec: dict, measured: Mapping[str, Any], day: str) -> list[dict]:
    """How an application is reviewed under the rules that take the chip (or may, when none does for certain)."""
    entries = [v for v in judged.verdicts if v.rule["kind"] != "review-policy"]
    taken = True if any(v.met for v in entries) else None
    entries = [v for v in entries if v.met is taken]
    reviews = [
        v
        for v in judged.verdicts
        if v.met is not False and v.rule["outcome"] in judged.possible and v.rule["kind"] == "review-policy"
    ]
    softened = {rule for review in reviews if review.met for rule in review.rule["review_of"]}
    rows = []
    for verdict in [*entries, *reviews]:
        if verdict.rule["id"] in softened:
            continue
        for period in policy_on(verdict.rule, day):
            value_of = value_in(verdict.rule, spec, measured)
            if period["when"] is None or evaluate(period["when"], value_of) is not False:
                rows.append({"rule": verdict.rule["id"], "policy": period["policy"], "text": period["text"]})
    return rows


def _legal_note(spec: dict, book: Book, judged: Judgement, system: str | None) -> str:
    notes = book["notes"]
    said = [notes[key] for key in judged.possible if key in notes]
    said += [notes["system"]] if system else []
    said += [notes["designed_in_china"]] if spec.get("vendor_hq") == "CN" else []
    said += [
        v.rule["legal_note"].strip() for v in judged.verdicts if v.rule["legal_note"] and v.bound is True
    ]
    return " ".join([*said, notes["always"]])


def _iso(as_of: str | date) -> str:
    if isinstance(as_of, date):
        return as_of.isoformat()
    try:
        return date.fromisoformat(as_of).isoformat()
    except ValueError:
        raise ValueError(f"as-of date: expected a date like 2025-06-30, found {as_of!r}") from None
