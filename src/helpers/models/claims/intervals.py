"""Arithmetic and comparison of values that carry an interval.

Plain interval arithmetic: every input may lie anywhere in its interval, independently of the others. That is the
widest answer (it ignores correlation), so a verdict never leans on false precision. Comparisons have three values.
"""

import math
from dataclasses import replace

from helpers.models.claims.values import CheckError, Quantity, Truth, Word, kind_of, merged
from helpers.models.claims.wording import number_text, sentence


def combine(operator: str, left: Quantity, right: Quantity) -> Quantity:
    """`left` operator `right`; sums need one unit, and nothing is chained across two named bases."""
    if not isinstance(left, Quantity) or not isinstance(right, Quantity):
        raise CheckError(f"{operator} needs two numbers, found {kind_of(left)} and {kind_of(right)}")
    value, low, high = _interval(operator, left, right)
    return Quantity(
        value,
        low,
        high,
        _unit(operator, left, right),
        _same_basis(operator, left, right),
        **merged(left, right),
        **_name(operator, left, right),
    )


def _name(operator: str, left: Quantity, right: Quantity) -> dict:
    """Whose number a multiple is; other sums and products belong to nobody until a function names them."""
    for number, factor in ((left, right), (right, left)):
        if operator == "Mult" and number.label and not factor.evidence:
            return {"label": f"{number_text(factor.value)} times {number.label}", "detail": number.detail}
    return {}


def _interval(operator: str, left: Quantity, right: Quantity) -> tuple[float, float, float]:
    if operator == "Div" and right.low <= 0 <= right.high:
        raise CheckError("division by a number whose interval holds zero")
    if operator == "Pow" and (right.low != right.high or abs(right.value) > 4):
        raise CheckError("a power needs a plain exponent between -4 and 4")
    if operator == "Pow" and left.low <= 0 and not float(right.value).is_integer():
        raise CheckError("a fractional power of a number that may be negative")
    if operator == "Pow" and left.low <= 0 <= left.high and right.value < 0:
        raise CheckError("division by a number whose interval holds zero")
    apply = {
        "Add": lambda a, b: a + b,
        "Sub": lambda a, b: a - b,
        "Mult": lambda a, b: a * b,
        "Div": lambda a, b: a / b,
        "Pow": lambda a, b: a**b,
    }[operator]
    corners = [apply(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    if operator == "Pow" and left.low < 0 < left.high:
        corners.append(0.0)
    value = apply(left.value, right.value)
    if not all(math.isfinite(number) for number in (value, *corners)):
        raise CheckError("the number grows beyond any bound")
    return value, min(corners), max(corners)


def _unit(operator: str, left: Quantity, right: Quantity) -> str:
    if operator in ("Add", "Sub"):
        return _same_unit(operator, left, right)
    if operator == "Pow":
        return left.unit if right.value == 1 else ""
    if operator == "Mult":
        return left.unit if not right.unit else right.unit if not left.unit else f"{left.unit}*{right.unit}"
    if left.unit == right.unit:
        return "x" if left.unit else ""
    return left.unit if not right.unit else f"{left.unit or '1'}/{right.unit}"


def _same_unit(operator: str, left: Quantity, right: Quantity) -> str:
    if left.unit and right.unit and left.unit != right.unit:
        raise CheckError(f"{operator} of two units: {left.unit} and {right.unit}")
    return left.unit or right.unit


def _same_basis(operator: str, left: Quantity, right: Quantity) -> str:
    if left.basis and right.basis and left.basis != right.basis:
        raise CheckError(f"{operator} across two bases that do not compare: {left.basis} and {right.basis}")
    return left.basis or right.basis


def compare(operator: str, left, right) -> Truth:
    """`left` operator `right` with three values: None where the two intervals overlap."""
    if type(left) is not type(right):
        raise CheckError(f"cannot compare {kind_of(left)} with {kind_of(right)}")
    if isinstance(left, Truth):
        raise CheckError("cannot compare two truths; join them with `and` or `or`")
    if isinstance(left, Word) and operator not in ("Eq", "NotEq"):
        raise CheckError("words can only be equal or not")
    if isinstance(left, Quantity):
        _same_unit(operator, left, right)
        _same_basis(operator, left, right)
    value = _truth(operator, left, right)
    return Truth(value, sentence(operator, left, right, value), **merged(left, right))


def _truth(operator: str, left, right) -> bool | None:
    if isinstance(left, Word):
        return (left.value == right.value) is (operator == "Eq")
    if operator in ("Lt", "LtE"):
        left, right, operator = right, left, {"Lt": "Gt", "LtE": "GtE"}[operator]
    if operator == "Gt":
        return True if left.low > right.high else False if left.high <= right.low else None
    if operator == "GtE":
        return True if left.low >= right.high else False if left.high < right.low else None
    apart = left.high < right.low or right.high < left.low
    same = False if apart else True if left.low == left.high == right.low == right.high else None
    return same if operator == "Eq" or same is None else not same


def negate(truth: Truth) -> Truth:
    """Not `truth`."""
    return replace(truth, value=None if truth.value is None else not truth.value)


def both(truths: list[Truth]) -> Truth:
    """Kleene's and."""
    values = [truth.value for truth in truths]
    value = False if False in values else None if None in values else True
    return Truth(value, _joined(truths), **merged(*truths))


def either(truths: list[Truth]) -> Truth:
    """Kleene's or."""
    values = [truth.value for truth in truths]
    value = True if True in values else None if None in values else False
    return Truth(value, _joined(truths), **merged(*truths))


def partly(truths: list[Truth]) -> Truth:
    """True when every part holds, False when none does, None when some do: a statement that is half right."""
    values = {truth.value for truth in truths}
    value = values.pop() if len(values) == 1 else None
    return Truth(value, _joined(truths), **merged(*truths))


def _joined(truths: list[Truth]) -> str:
    return "; ".join(truth.text for truth in truths if truth.text)
