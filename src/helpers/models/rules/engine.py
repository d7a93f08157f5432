"""The status of one chip on one date: rules in force, tests, precedence, and what stays open.

Nothing here knows a threshold: `book` (from `compile_rules`) says what is tested, in which order, and what follows.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from helpers.models.rules.book import Book, in_force
from helpers.models.rules.logic import Truth, all_of, any_of, evaluate, negate
from helpers.models.rules.metrics import Specification, measure

UNDETERMINED = "undetermined"
FREE = "not-controlled"


class Verdict(NamedTuple):
    """What one rule says of one chip.

    met: its tests are true, its exclusions are not, and it binds the maker; outcomes: the statuses that follow,
    empty when the rule does not take the chip.
    """

    rule: Mapping[str, Any]
    tested: Truth
    bound: Truth
    excluded: Truth
    usable: Truth
    met: Truth
    outcomes: tuple[str, ...]


class Judgement(NamedTuple):
    """All rules in force together: the status, the statuses that stay possible, and each rule's verdict."""

    status: str
    possible: tuple[str, ...]
    verdicts: tuple[Verdict, ...]


def judge(
    spec: Specification,
    book: Book,
    day: str,
    measured: Mapping[str, Any] | None = None,
    by_name: bool = True,
) -> Judgement:
    """The status of a chip on an ISO date.

    spec: a specification; measured: its metrics when they are at hand (`measure(spec, book)`); by_name: False
    ignores the lists of named products, to see what the numbers alone would say.
    An entry with `after` is looked at only as far as the entry before it leaves the chip; the strictest outcome
    counts; where a test is unknown both outcomes stay possible.
    """
    measured = measure(spec, book) if measured is None else measured
    rules = [rule for rule in book["rules"] if in_force(rule, day)]
    outside = _shown_outside(spec, book) if by_name else frozenset()
    reviews = [rule for rule in rules if rule["kind"] == "review-policy"]
    verdicts = {
        rule["id"]: _verdict(rule, spec, measured, reviews, by_name, outside)
        for rule in rules
        if rule["kind"] != "review-policy"
    }
    next_of = {v.rule["after"]: v for v in verdicts.values() if v.rule["after"] in verdicts}
    heads = [v for v in verdicts.values() if v.rule["after"] not in verdicts]
    possible = _strictest([_chain(head, next_of) for head in heads], book["order"])
    status = possible[0] if len(possible) == 1 else UNDETERMINED
    looked_at = [
        *verdicts.values(),
        *(_verdict(rule, spec, measured, [], by_name, outside) for rule in reviews),
    ]
    return Judgement(status, possible, tuple(looked_at))


def status_on(
    spec: Specification, book: Book, days: Iterable[str], measured: Mapping[str, Any] | None = None
) -> list[str]:
    """The status on each of the ISO dates; the metrics are computed once."""
    measured = measure(spec, book) if measured is None else measured
    return [judge(spec, book, day, measured).status for day in days]


def value_in(rule: Mapping[str, Any], spec: Specification, measured: Mapping[str, Any], by_name: bool = True):
    """The function that gives a metric's value inside one rule: the chip's own, or whether the rule names it."""

    def value_of(metric: str) -> Any:
        if metric == "named":
            return by_name and rule["id"] in spec.get("named_in", ())
        return measured.get(metric)

    return value_of


def binds(rule: Mapping[str, Any], spec: Specification) -> Truth:
    """Whether a rule is addressed to the maker of the chip.

    An entry binds everyone. A letter binds its addressee; whether it says anything of other US makers is known or
    `unknown` by the rule; a maker outside the United States exports nothing from it.
    """
    vendor, home = spec.get("vendor"), spec.get("vendor_hq")
    if rule["applies_to_makers_from"]:
        return None if home is None else home in rule["applies_to_makers_from"]
    if rule["addressee"] is None or vendor == rule["addressee"]:
        return True
    if home is not None and home != "US":
        return False
    if vendor is None:
        return None
    return None if rule["others_bound"] == "unknown" else False


def _verdict(rule, spec, measured, reviews, by_name, outside) -> Verdict:
    value_of = value_in(rule, spec, measured, by_name)
    tested = evaluate(rule["tests"], value_of)
    excluded = any_of([evaluate(entry["when"], value_of) for entry in rule["exclusions"]])
    bound = binds(rule, spec)
    met = all_of([tested, bound, negate(excluded)])
    if met is None and rule["id"] in outside:
        met = False
    usable = any_of([evaluate(entry["usable_when"], value_of) for entry in rule["exceptions"]])
    outcomes = () if met is False else _outcomes(rule, usable, reviews, spec, measured)
    return Verdict(rule, tested, bound, excluded, usable, met, outcomes)


def _outcomes(rule, usable: Truth, reviews, spec, measured) -> tuple[str, ...]:
    """What a chip that the rule takes is given: the rule's outcome, its exception's, or a softer review."""
    outcomes: list[str] = []
    if usable is not True:
        softer = [
            (review, evaluate(review["tests"], value_in(review, spec, measured)))
            for review in reviews
            if rule["id"] in review["review_of"]
        ]
        sure = any(truth is True for _, truth in softer)
        outcomes += [review["outcome"] for review, truth in softer if truth is not False]
        if not sure:
            outcomes.append(rule["outcome"])
    if usable is not False:
        outcomes += [entry["outcome"] for entry in rule["exceptions"]]
    return tuple(dict.fromkeys(outcomes))


def _chain(verdict: Verdict, next_of: Mapping[str, Verdict]) -> set[str]:
    """Every outcome that an entry and those after it may give."""
    outcomes = set(verdict.outcomes)
    if verdict.met is not True:
        following = next_of.get(verdict.rule["id"])
        outcomes |= _chain(following, next_of) if following else {FREE}
    return outcomes


def _strictest(chains: list[set[str]], order: list[str]) -> tuple[str, ...]:
    """The statuses that the strictest of independent outcomes can take, strictest first."""
    if not chains:
        return (FREE,)
    rank = {status: place for place, status in enumerate(order)}
    mildest = min(max(rank[status] for status in chain) for chain in chains)
    return tuple(
        status for status in order if rank[status] <= mildest and any(status in chain for chain in chains)
    )


def _shown_outside(spec: Specification, book: Book) -> frozenset[str]:
    """Entries that the chip does not meet, because a letter named it that would not have been needed otherwise."""
    named_in = spec.get("named_in", ())
    return frozenset(
        entry for rule in book["rules"] if rule["id"] in named_in for entry in rule["named_are_outside"]
    )
