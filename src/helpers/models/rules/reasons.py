"""Why a status is what it is: the rule and the tests that decide, in words."""

import math
from collections.abc import Mapping
from typing import Any

from helpers.models.rules.book import Book
from helpers.models.rules.engine import FREE, UNDETERMINED, Judgement, Verdict, value_in
from helpers.models.rules.logic import compare, evaluate, leaves, threshold
from helpers.models.rules.metrics import Specification

_SIXTEEN_BIT = "tflops_fp16_dense"


def deciding(spec: Specification, book: Book, judged: Judgement, measured: Mapping[str, Any]) -> dict:
    """The rule that settles the status and the tests that carry it: `{rule, tests, sentence}`.

    For `undetermined` the rule behind the strictest possible status and what leaves it open; for `not-controlled`
    the exclusion that applies, or the closest miss.
    """
    if judged.status == FREE:
        return _closest_miss(judged, measured, book)
    open_or_sure = (None, True) if judged.status == UNDETERMINED else (True,)
    for verdict in judged.verdicts:
        if verdict.met in open_or_sure and judged.possible[0] in verdict.outcomes:
            return _decided(verdict, judged, spec, measured, book)
    return {"rule": None, "tests": [], "sentence": "no rule in force decides"}


def _closest_miss(judged: Judgement, measured: Mapping[str, Any], book: Book) -> dict:
    """Of the rules in force that bind the maker, the false test that is nearest to its threshold."""
    best: tuple[float, Verdict, Mapping[str, Any]] | None = None
    for verdict in judged.verdicts:
        if verdict.bound is False or verdict.rule["kind"] == "review-policy":
            continue
        for leaf in leaves(verdict.rule["tests"]):
            found = measured.get(leaf["metric"])
            if leaf["op"] == "==" or not isinstance(found, tuple) or compare(found, leaf) is not False:
                continue
            gap = abs(found[1] / threshold(leaf)[0] - 1)
            if best is None or gap < best[0]:
                best = (gap, verdict, leaf)
    excluded = [v for v in judged.verdicts if v.tested is True and v.excluded is True]
    if excluded:
        rule = excluded[0].rule
        text = f"{rule['short']} is met, but excluded: {rule['exclusions'][0]['text']}"
        return {"rule": rule["id"], "tests": [], "sentence": text}
    if best is None:
        return {"rule": None, "tests": [], "sentence": "no chip rule is in force on that day"}
    _, verdict, leaf = best
    return {
        "rule": verdict.rule["id"],
        "tests": [sentence_of(leaf, measured.get(leaf["metric"]), book)],
        "sentence": f"no rule in force takes it; nearest is {verdict.rule['short']}: "
        f"{sentence_of(leaf, measured.get(leaf['metric']), book)}",
    }


def _decided(verdict: Verdict, judged: Judgement, spec, measured, book: Book) -> dict:
    rule, value_of = verdict.rule, value_in(verdict.rule, spec, measured)
    tests = [
        sentence_of(leaf, value_of(leaf["metric"]), book)
        for leaf in _carrying(rule["tests"], value_of, verdict.tested)
    ]
    said = [f"{rule['short']}: {'; '.join(tests)}"]
    if verdict.bound is None:
        said.append(
            "whether it binds this maker is not public" if spec.get("vendor") else "the maker is not known"
        )
    if verdict.excluded is None:
        said.append(f"open whether it is excluded ({rule['exclusions'][0]['text']})")
    entry = next(iter(rule["exceptions"]), None)
    if verdict.usable is True and entry:
        said.append(f"License Exception {entry['id']} is usable ({entry['text']}), {entry['condition']}")
    if verdict.usable is None and entry:
        said.append(f"open whether License Exception {entry['id']} is usable ({entry['text']})")
    if verdict.usable is not True:
        said += _review_sentences(rule, judged, spec, measured, book)
    return {"rule": rule["id"], "tests": tests, "sentence": "; ".join(said)}


def _review_sentences(rule, judged: Judgement, spec, measured, book: Book) -> list[str]:
    """What the review policy of the day makes of a rule that takes the chip."""
    said = []
    for verdict in judged.verdicts:
        if rule["id"] not in verdict.rule["review_of"] or verdict.tested is False:
            continue
        value_of = value_in(verdict.rule, spec, measured)
        carrying = _carrying(verdict.rule["tests"], value_of, verdict.tested)
        shown = [leaf for leaf in carrying if leaf["op"] != "==" or verdict.tested is None]
        words = "; ".join(sentence_of(leaf, value_of(leaf["metric"]), book) for leaf in shown)
        said.append(
            f"{'within' if verdict.tested else 'open whether within'} the {verdict.rule['short']} ({words})"
        )
    return said


def _carrying(tree: Mapping[str, Any], value_of, wanted) -> list[Mapping[str, Any]]:
    """The leaves that make a tree true (or leave it unknown): of alternatives the first that does."""
    if "all" in tree:
        return [leaf for branch in tree["all"] for leaf in _carrying(branch, value_of, wanted)]
    if "any" in tree:
        for branch in tree["any"]:
            if evaluate(branch, value_of) is wanted:
                return _carrying(branch, value_of, wanted)
        return []
    if "not" in tree:
        return list(leaves(tree))
    return [tree] if compare(value_of(tree["metric"]), tree) is wanted else []


def sentence_of(leaf: Mapping[str, Any], found: Any, book: Book) -> str:
    """A leaf in words: `TPP 4,992 >= 4,800`, `density unknown (>= 5.92 TPP/mm2?)`."""
    label, unit = book["metrics"][leaf["metric"]]["symbol"], leaf.get("unit", "")
    unit = "" if unit == label else unit
    if leaf["op"] == "==":
        truth = compare(found, leaf)
        if leaf["value"] is False:
            return f"{'not ' if truth else ''}{label}" if truth is not None else f"{label}: unknown"
        return label if truth else f"{label}: {'unknown' if truth is None else 'no'}"
    least, most = threshold(leaf)
    limit = f"{least:,.10g}" if least == most else f"{least:,.10g} to {most:,.10g}"
    if not isinstance(found, tuple):
        return f"{label}: none"
    if found[0] == 0 and math.isinf(found[1]):
        return f"{label} unknown ({leaf['op']} {limit}{f' {unit}' if unit else ''}?)"
    value = figure(found[0]) if found[0] == found[1] else f"{figure(found[0])} to {figure(found[1])}"
    return f"{label} {value} {_relation(found, leaf)} {limit} {unit}".rstrip()


def figure(value: float) -> str:
    """A number for a sentence: up to five digits, thousands separated; no bound is said in words."""
    if math.isinf(value):
        return "any"
    if abs(value) >= 1e9:
        return f"{value:.3g}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _relation(found, leaf) -> str:
    truth = compare(found, leaf)
    opposite = {">=": "<", ">": "<=", "<": ">=", "<=": ">"}[leaf["op"]]
    return leaf["op"] if truth is True else opposite if truth is False else f"on both sides of {leaf['op']}"
