"""Three-valued logic and the comparison of intervals with thresholds."""

import math

import pytest

from helpers.models.rules.logic import ABSENT, all_of, any_of, compare, evaluate, negate


@pytest.mark.parametrize(
    ("values", "every", "some"),
    [
        ([True, True], True, True),
        ([True, None], None, True),
        ([True, False], False, True),
        ([None, False], False, None),
        ([None, None], None, None),
        ([], True, False),
    ],
)
def test_truth_tables(values, every, some):
    assert all_of(values) is every
    assert any_of(values) is some


def test_negation_keeps_the_unknown():
    assert [negate(value) for value in (True, False, None)] == [False, True, None]


@pytest.mark.parametrize(
    ("operator", "interval", "expected"),
    [
        (">=", (4800, 4800), True),
        (">=", (4799.9, 4799.9), False),
        (">=", (4000, 5000), None),
        (">=", (4000, 4800), None),
        (">", (4800, 4800), False),
        ("<", (4800, 4800), False),
        ("<", (4799, 4799), True),
        ("<=", (4800, 4800), True),
        ("<", (0, math.inf), None),
        (">=", None, None),
        (">=", ABSENT, False),
        ("<", ABSENT, False),
    ],
)
def test_comparison_with_a_threshold(operator, interval, expected):
    assert compare(interval, {"metric": "tpp", "op": operator, "value": 4800}) is expected


def test_a_threshold_known_as_a_range_leaves_its_inside_open():
    leaf = {"metric": "tpp", "op": ">=", "value_low": 4800, "value_high": 4992}
    assert [compare((x, x), leaf) for x in (4799, 4800, 4991, 4992)] == [False, None, None, True]


def test_unknown_operators_are_refused():
    with pytest.raises(ValueError, match="=>"):
        compare((1, 1), {"metric": "tpp", "op": "=>", "value": 1})


def test_a_tree_is_false_for_sure_when_one_branch_is():
    tree = {
        "all": [{"metric": "a", "op": ">=", "value": 1}, {"not": {"metric": "b", "op": "==", "value": True}}]
    }
    values = {"a": None, "b": True}
    assert evaluate(tree, values.get) is False
    assert evaluate({"any": tree["all"]}, values.get) is None
    assert evaluate(None, values.get) is False
