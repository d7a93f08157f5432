"""The rulebook compiled for evaluation: only what decides a status, as plain JSON, for Python and the page alike.

`compile_rules` is the one place that reads the layout of `data/rules.yaml`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from helpers.models.rules.logic import leaves

CHIP_KINDS = ("ccl", "is-informed", "ruling", "presumption", "review-policy")
Book = dict[str, Any]


def compile_rules(rulebook: Mapping[str, Any], as_of: date | None = None) -> Book:
    """What was known on `as_of` of the rules that decide a chip's status, as a dict that JSON can hold.

    rulebook: the whole of `data/rules.yaml`; as_of: a knowledge date, None for everything.
    Keys: as_of, question, destination, context, order, statuses, notes, formats, host_interface_bounds, metrics,
    rules.
    A rule is in it when it is about chips and was published by `as_of`; its dates are ISO texts, so that they
    compare as texts. Raises ValueError for a test whose metric the rulebook does not define.
    """
    known = None if as_of is None else as_of.isoformat()
    question = rulebook["evaluation"]
    metrics = {name: entry for name, entry in rulebook["metrics"].items() if isinstance(entry, Mapping)}
    sets = rulebook["destination_sets"]
    rules = [
        _compile(rule, question["destination"], sets, known)
        for rule in rulebook["rules"]
        if rule["level"] == "chip" and (known is None or _day(rule["published"]) <= known)
    ]
    used = {metric for rule in rules for metric in _metrics_of(rule)}
    if unknown := sorted(used - set(metrics)):
        raise ValueError(f"a rule tests {', '.join(unknown)}, which `metrics` does not define")
    return {
        "as_of": known,
        "question": question["question"],
        "destination": question["destination"],
        "context": dict(question["context"]),
        "order": list(question["order"]),
        "statuses": dict(question["statuses"]),
        "notes": dict(question["notes"]),
        "formats": [_format(entry) for entry in metrics["tpp"]["formats"]],
        "host_interface_bounds": [
            {"released_before": _day(bound["released_before"]), "high_gbs": bound["high_gbs"]}
            for bound in rulebook["host_interface_bounds"]
        ],
        "metrics": {
            name: {
                "label": entry["label"],
                "symbol": entry.get("symbol", entry["label"]),
                "unit": entry["unit"],
                "inputs": _listed(entry["inputs"]),
            }
            for name, entry in metrics.items()
            if name in used
        },
        "rules": rules,
    }


def rule_dates(book: Book) -> list[str]:
    """The first days on which a chip's status can change, as ISO dates in order."""
    known = book["as_of"]
    days = {day for rule in book["rules"] for day in (rule["effective"], rule["end"]) if day}
    return sorted(day for day in days if known is None or day <= known)


def citation(rule: Mapping[str, Any], known: str | None) -> str:
    """The rule's citation with the amendments published by an ISO date (None: all of them)."""
    later = [
        f"{entry['text']} by {entry['citation']}"
        for entry in rule.get("amendments", [])
        if known is None or _day(entry["published"]) <= known
    ]
    return "; ".join([rule["fr_citation"], *later])


def first_day(rule: Mapping[str, Any]) -> str:
    """The first day on which a rule must be kept: its compliance date where it has one, else its effective date."""
    return _day(rule.get("compliance_date") or rule["effective"])


def in_force(rule: Mapping[str, Any], day: str) -> bool:
    """Whether `[effective, end)` holds the ISO date and the destination had been added by then."""
    start = max(rule["effective"], rule["destination_from"])
    return start <= day and (rule["end"] is None or day < rule["end"])


def policy_on(rule: Mapping[str, Any], day: str) -> list[Mapping[str, Any]]:
    """The licence review policies of a rule that hold on an ISO date."""
    return [
        period
        for period in rule["licence_policy"]
        if period["from"] <= day and (period["until"] is None or day < period["until"])
    ]


def _compile(rule: Mapping[str, Any], destination: str, sets: Mapping[str, Any], known: str | None) -> dict:
    if rule["kind"] not in CHIP_KINDS:
        raise ValueError(f"rule {rule['id']}: kind {rule['kind']!r} is not one of {', '.join(CHIP_KINDS)}")
    exceptions = [
        {
            "id": entry["id"],
            "from": _day(entry["from"]),
            "usable_when": entry["usable_when"],
            "outcome": entry["outcome"],
            "text": entry["text"],
            "condition": entry["condition"],
        }
        for entry in rule.get("exceptions", [])
        if destination in entry["destinations"] and (known is None or _day(entry["from"]) <= known)
    ]
    policies = [
        {
            "from": _day(p["from"]),
            "until": _until(p["until"], known),
            "policy": p["policy"],
            "when": p.get("when"),
            "text": p["text"],
        }
        for p in rule.get("licence_policy", [])
        if known is None or _day(p["from"]) <= known
    ]
    return {
        "id": rule["id"],
        "group": rule.get("group", rule["id"]),
        "title": rule["title"],
        "short": rule.get("short", rule["title"]),
        "kind": rule["kind"],
        "citation": citation(rule, known),
        "announced": _day(rule["announced"]),
        "published": _day(rule["published"]),
        "effective": first_day(rule),
        "end": _day(rule["end"]),
        "destination_from": _destination_from(rule, destination, sets),
        "after": rule.get("after"),
        "addressee": rule.get("addressee"),
        "others_bound": rule.get("others_bound", "no"),
        "named_chips": list(rule.get("named_chips", [])),
        "named_are_outside": list(rule.get("named_are_outside", [])),
        "tests": rule["tests"],
        "exclusions": [{key: entry[key] for key in ("id", "text", "when")} for entry in rule.get("exclusions", [])],
        "exceptions": exceptions,
        "outcome": rule["outcome"],
        "review_of": list(rule.get("review_of", [])),
        "applies_to_makers_from": list(rule.get("applies_to_makers_from", [])),
        "legal_note": rule.get("legal_note", ""),
        "licence_policy": policies,
    }  # fmt: skip


def _until(day: Any, known: str | None) -> str | None:
    """The ISO date on which a review policy ended, where that had come by the ISO date `known`."""
    ended = _day(day)
    return ended if known is None or (ended is not None and ended <= known) else None


def _destination_from(rule: Mapping[str, Any], destination: str, sets: Mapping[str, Any]) -> str:
    """The first day on which the rule reached the destination; a day that never comes when it does not."""
    days = [
        _day(entry.get("from") or rule["effective"])
        for entry in rule["destinations"]
        if entry["set"] == destination or destination in sets[entry["set"]].get("contains", ())
    ]
    return min(days, default="9999-12-31")


def _metrics_of(rule: Mapping[str, Any]) -> set[str]:
    trees = [rule["tests"], *(entry["when"] for entry in rule["exclusions"])]
    trees += [entry["usable_when"] for entry in rule["exceptions"]]
    return {leaf["metric"] for tree in trees for leaf in leaves(tree)}


def _format(entry: Mapping[str, Any]) -> dict:
    return {
        "field": entry["field"],
        "bits_low": entry.get("bits_low", entry.get("bits")),
        "bits_high": entry.get("bits_high", entry.get("bits")),
        "matrix": entry["matrix"],
    }


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _day(value: Any) -> str | None:
    return None if value is None else str(value)
