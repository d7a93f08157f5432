"""Values in words: numbers as readers see them, and comparisons as they turned out."""

from helpers.models.claims.values import Day, Quantity, Word

COMPARED_NUMBERS = {
    "Gt": ("above", "not above"),
    "GtE": ("at least", "below"),
    "Lt": ("below", "not below"),
    "LtE": ("at most", "above"),
    "Eq": ("equal to", "not equal to"),
    "NotEq": ("not equal to", "equal to"),
}
COMPARED_DAYS = {
    "Gt": ("after", "not after"),
    "GtE": ("not before", "before"),
    "Lt": ("before", "not before"),
    "LtE": ("not after", "after"),
    "Eq": ("the same as", "not the same as"),
    "NotEq": ("not the same as", "the same as"),
}


def sentence(operator: str, left, right, value: bool | None) -> str:
    """The comparison in words and numbers, as it turned out."""
    if isinstance(left, Word):
        found = f"{left.label or 'the text'}: {left.value}"
        return found if left.value == right.value else f"{found}, not {right.value}"
    same_name = left.label == right.label
    first, second = (shown(side, with_detail=same_name) for side in (left, right))
    if value is None:
        return f"{first} and {second} overlap"
    words = COMPARED_DAYS if isinstance(left, Day) else COMPARED_NUMBERS
    return f"{first} is {words[operator][0 if value else 1]} {second}"


def shown(value, with_detail: bool = False) -> str:
    """A value as prose shows it: `55.3 bn CNY`, `2023-10-17`, `China (83 %)`."""
    if isinstance(value, Quantity):
        exact = value.low == value.high
        text = number_text(value.value) if exact else f"{number_text(value.low)} to {number_text(value.high)}"
        text = with_unit(text, value.unit)
    else:
        text = value.written if isinstance(value, Day) else str(value.value)
    name = f"{value.label}, {value.detail}" if with_detail and value.label and value.detail else value.label
    return f"{name} ({text})" if name else text


def with_unit(text: str, unit: str) -> str:
    """A number and its unit; a multiple says `times`."""
    words = {"x": "times", "percent": "%"}.get(unit, unit.replace("_", " "))
    return f"{text} {words}".strip() if words != "%" else f"{text} %"


def number_text(number: float) -> str:
    """A number with three or four figures: 55.29 bn, 8.1 M, 230, 0.79."""
    for size, name in ((1e12, " tn"), (1e9, " bn"), (1e6, " M")):
        if abs(number) >= size:
            return f"{number / size:.4g}{name}"
    if abs(number) >= 1000:
        return f"{number:,.0f}"
    return f"{number:.4g}" if abs(number) >= 10 else f"{number:.3g}"
