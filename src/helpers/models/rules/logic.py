"""Three-valued logic over a tree of tests: True, False, or None for unknown.

A metric's value is a bool, a text, `None` (unknown), an interval `(low, high)` that the true number lies in, or
`ABSENT` when the quantity does not exist for the chip. The same rules are written a second time, for the page, in
`report/assets/js/rules.js`; `tests/test_rules_parity.py` holds the two together.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Truth = bool | None
Interval = tuple[float, float]
UNKNOWN: Interval = (0.0, math.inf)
ABSENT = "absent"


def all_of(values: list[Truth]) -> Truth:
    """False when one is false, otherwise unknown when one is unknown, otherwise True (also for none at all)."""
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def any_of(values: list[Truth]) -> Truth:
    """True when one is true, otherwise unknown when one is unknown, otherwise False (also for none at all)."""
    if any(value is True for value in values):
        return True
    return None if any(value is None for value in values) else False


def negate(value: Truth) -> Truth:
    """Unknown stays unknown."""
    return None if value is None else not value


def threshold(leaf: Mapping[str, Any]) -> Interval:
    """The threshold of a leaf as an interval: one number, or a range where only a range is public."""
    if leaf.get("value") is not None:
        return float(leaf["value"]), float(leaf["value"])
    low, high = leaf.get("value_low"), leaf.get("value_high")
    return (0.0 if low is None else float(low), math.inf if high is None else float(high))


def compare(found: Any, leaf: Mapping[str, Any]) -> Truth:
    """Whether the value found meets a leaf `{metric, op, value}`.

    An interval that lies on both sides of the threshold, or a threshold known only as a range that cuts it, gives
    unknown. What is ABSENT meets no test. Raises ValueError for an operator that is not one of >= > <= < ==.
    """
    operator = leaf["op"]
    if found is ABSENT:
        return False
    if operator == "==":
        return None if found is None else found == leaf["value"]
    if found is None:
        found = UNKNOWN
    low, high = found
    least, most = threshold(leaf)
    if operator == ">=":
        return True if low >= most else False if high < least else None
    if operator == ">":
        return True if low > most else False if high <= least else None
    if operator == "<":
        return True if high < least else False if low >= most else None
    if operator == "<=":
        return True if high <= least else False if low > most else None
    raise ValueError(f"unknown operator {operator!r} in the test of {leaf.get('metric')!r}")


def evaluate(tree: Mapping[str, Any] | None, value_of: Callable[[str], Any]) -> Truth:
    """The truth of a tree of `{all: [...]}`, `{any: [...]}`, `{not: ...}` and leaves; no tree at all is False."""
    if tree is None:
        return False
    if "all" in tree:
        return all_of([evaluate(branch, value_of) for branch in tree["all"]])
    if "any" in tree:
        return any_of([evaluate(branch, value_of) for branch in tree["any"]])
    if "not" in tree:
        return negate(evaluate(tree["not"], value_of))
    return compare(value_of(tree["metric"]), tree)


def leaves(tree: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    """Every leaf of a tree, in reading order."""
    if tree is None:
        return
    for key in ("all", "any"):
        for branch in tree.get(key, ()):
            yield from leaves(branch)
    if "not" in tree:
        yield from leaves(tree["not"])
    if "metric" in tree:
        yield tree
