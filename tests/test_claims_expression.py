"""The check language: what it computes, what it refuses, and that its intervals hold."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.models.claims import facts, intervals
from helpers.models.claims.arithmetic import FUNCTIONS
from helpers.models.claims.expression import LONGEST, evaluate, names_called
from helpers.models.claims.known import dated
from helpers.models.claims.values import CheckError, NotYetKnown, Quantity, Truth, Word


def run(text, **functions):
    return evaluate(text, {**FUNCTIONS, **functions})


def quantity(value, low=None, high=None, unit="", basis="", ends=None):
    return lambda: Quantity(
        value, value if low is None else low, value if high is None else high, unit, basis, ("row",), ends
    )


def test_230_eflops_and_30_percent_make_299():
    assert run("230 * (1 + 30 / 100)").value == pytest.approx(299)


def test_growth_per_year_counts_the_years_between():
    end = {"a": quantity(230, ends=date(2023, 12, 31)), "b": quantity(300, ends=date(2025, 12, 31))}
    assert run("per_year(a(), b())", **end).value == pytest.approx(14.2, abs=0.05)


def test_growth_and_multiple_are_not_the_same_number():
    level = {"a": quantity(788, unit="EFLOPS"), "b": quantity(1590, unit="EFLOPS")}
    assert run("growth(a(), b())", **level).value == pytest.approx(101.8, abs=0.05)
    assert run("ratio(b(), a())", **level).value == pytest.approx(2.018, abs=0.005)


def test_a_share_is_of_the_whole_and_months_are_twelfths_of_a_year():
    cards = {
        "part": quantity(50, unit="cards", basis="IDC"),
        "whole": quantity(400, unit="cards", basis="IDC"),
    }
    found = run("share(part(), whole())", **cards)
    assert (found.value, found.unit, found.basis) == (12.5, "percent", "IDC")
    assert run('months(date("2022-10-01"), date("2024-10-01"))').value == pytest.approx(24, abs=0.05)
    with pytest.raises(CheckError):
        run("share(part(), other())", **cards, other=quantity(400, unit="chips"))


@pytest.mark.parametrize(
    "hostile",
    [
        "fact.__globals__",
        "().__class__",
        "(1).real",
        "''.join",
        "__import__('os')",
        "open('data/claims.csv')",
        "eval('1')",
        "exec('1')",
        "globals()",
        "getattr(1, 'real')",
        "fact",
        "[1, 2][0]",
        "[x for x in (1, 2)]",
        "(lambda: 1)()",
        "(x := 1)",
        "f'{1}'",
        "{1: 2}",
        "max(*(1, 2))",
        "round(**{'number': 1})",
        "1 if True else 2",
        "1 << 9999",
        "7 // 2",
        "7 % 2",
        "~1",
        "1 in (1, 2)",
        "b'1'",
        "None",
        "...",
        "1j",
        "9 ** 9 ** 9",
        "2 ** 1000",
        "10 ** 0.5 ** 99",
        "1e300",
        "1e25 * 1e29 ** 4 ** 1 * 1e29 ** 4 * 1e29 ** 4",
        "import os",
        "''.__class__.__mro__[1].__subclasses__()",
        "fact.__call__('a')",
        "max.__self__",
        "(1).__class__.__base__",
        "{1 for x in ()}",
        "(x for x in ())",
        "1 if 1 else 2",
        "lambda: 0",
        "yield 1",
        "max(max)",
        "max('a' * 10 ** 9)",
        "'a' * 99999999",
        "-'a'",
        "not 1",
        "1 / 0",
        "0 / (1 - 1)",
        "0 ** -1",
        "(0 - 8) ** 0.5",
        "1e999",
        "1e999 - 1e999",
        "float('nan')",
        "nan",
        "1 == 1 == True",
        "round(1, 'a')",
        "round(1e29 * 1e29 * 1e29, 2) ** 4 ** 4",
        "min()",
        "days(1, 2)",
        "date('2024-02-30')",
        "date('2024')",
        "per_year(1, 2)",
        "growth(0, 1)",
        "'a' < 'b'",
        "max(1, 'a')",
        "a.b.c",
        "\x00",
        "1\n+1;2",
        "1; 2",
        "x = 1",
        "await max(1)",
        "(" * 300 + "1" + ")" * 300,
        "+".join(["1"] * 200),
        "-" * 400 + "1",
        "1" * (LONGEST + 1),
        "",
    ],
)
def test_nothing_but_checks_is_evaluated(hostile):
    with pytest.raises(CheckError):
        run(hostile)


def test_a_refusal_says_what_is_there():
    with pytest.raises(CheckError, match=r"unknown function 'facts'.*growth"):
        run("facts(1)")
    with pytest.raises(CheckError, match="growth: missing 1 required positional argument"):
        run("growth(1)")


def test_units_and_bases_are_never_mixed():
    have = {
        "yuan": quantity(1, unit="CNY"),
        "dollar": quantity(1, unit="USD"),
        "billed": quantity(1, unit="USD", basis="billing location"),
        "based": quantity(1, unit="USD", basis="customer headquarters"),
    }
    for wrong in (
        "yuan() + dollar()",
        "yuan() > dollar()",
        "growth(billed(), based())",
        "max(yuan(), dollar())",
    ):
        with pytest.raises(CheckError):
            run(wrong, **have)
    assert run("bare(based()) >= bare(billed())", **have).value is True


def test_overlapping_intervals_decide_nothing():
    have = {"wide": quantity(7, 4, 14), "narrow": quantity(5, 3, 6), "far": quantity(20)}
    assert run("wide() > narrow()", **have).value is None
    assert run("far() > narrow()", **have).value is True
    assert run("not wide() > narrow() or far() > wide()", **have).value is True
    assert run("wide() > narrow() and narrow() > far()", **have).value is False


def test_parts_that_disagree_are_half_right():
    assert run("parts(1 > 0, 2 > 1)").value is True
    assert run("parts(1 > 0, 1 > 2)").value is None
    assert run("parts(0 > 1, 1 > 2)").value is False


def test_what_is_not_yet_known_is_left_out_only_where_asked():
    def later():
        raise NotYetKnown("later", date(2026, 1, 1))

    have = {"later": later, "spread": facts.spread, "first_known": facts.first_known}
    assert run("spread(later(), 3, 5)", **have).low == 3
    assert run("first_known(later(), 5)", **have).value == 5
    assert run("known_parts(later() > 1, 2 > 1)", **have).value is True
    for needs_it in ("later() + 1", "parts(later() > 1, 2 > 1)", "spread(later())"):
        with pytest.raises(NotYetKnown) as raised:
            run(needs_it, **have)
        assert raised.value.known_from == date(2026, 1, 1)


def test_partial_dates_are_not_compared_beyond_what_they_say():
    have = {"june": lambda: dated("2024-06", ("row",), "June")}
    assert run('june() < date("2024-07-01")', **have).value is True
    assert run('june() < date("2024-06-15")', **have).value is None
    assert run('days(june(), date("2024-07-01"))', **have).high == 30


def test_words_only_compare_as_words():
    have = {"status": lambda: Word("licence-required")}
    assert run('status() == "licence-required"', **have).value is True
    with pytest.raises(CheckError):
        run("status() == 1", **have)


def test_names_called():
    assert names_called('growth(fact("a"), fact("b")) > 3') == {"growth", "fact"}


numbers = st.integers(-(10**6), 10**6).map(lambda number: number / 100)
spans = st.tuples(numbers, numbers).map(sorted)


@given(spans, spans, st.floats(0, 1), st.floats(0, 1), st.sampled_from(["Add", "Sub", "Mult", "Div"]))
def test_every_pair_of_inputs_lands_inside_the_interval(first, second, p, q, operator):
    left, right = (Quantity(low, low, high) for low, high in (first, second))
    if operator == "Div" and right.low <= 0 <= right.high:
        with pytest.raises(CheckError):
            intervals.combine(operator, left, right)
        return
    made = intervals.combine(operator, left, right)
    a, b = (low + share * (high - low) for (low, high), share in ((first, p), (second, q)))
    truth = {"Add": a + b, "Sub": a - b, "Mult": a * b, "Div": a / b if b else math.nan}[operator]
    slip = 1e-9 * max(1, abs(made.low), abs(made.high))
    assert made.low - slip <= truth <= made.high + slip


@given(spans, spans)
def test_a_comparison_is_decided_only_when_every_pair_agrees(first, second):
    left, right = (Quantity(low, low, high) for low, high in (first, second))
    decided = intervals.compare("Gt", left, right).value
    assert isinstance(intervals.compare("Gt", left, right), Truth)
    assert decided is not True or left.low > right.high
    assert decided is not False or left.high <= right.low
