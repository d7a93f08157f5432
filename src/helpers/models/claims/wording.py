"""Values in words: numbers as readers see them, and comparisons as they turned out."""

import re

from helpers.models.claims.values import Day, Quantity, Word

_WORDS = {
    "yoy": "on the year",
    "genai": "generative AI",
    "maas": "MaaS",
    "orgs": "organisations",
    "rd": "R&D",
    "hk": "Hong Kong",
    "bw": "bandwidth",
    "ai": "AI",
    "idc": "(IDC)",
    "gpu": "GPU",
    "hbm": "HBM",
    "tsmc": "TSMC",
    "mfu": "MFU",
    "pue": "PUE",
    "flop": "FLOP",
    "dc": "data-centre",
    "us": "US",
    "nvidia": "NVIDIA",
    "ascend": "Ascend",
    "china": "China",
    "datacenter": "data-centre",
    "datacentre": "data-centre",
    "licence-required": "licence required",
    "licence-letter": "licence by letter",
    "case-by-case": "case by case",
    "nac-notification": "notification (NAC)",
    "not-controlled": "not controlled",
}
_ABBREVIATED = re.compile(rf"\b({'|'.join(_WORDS)})\b")
_MULTIPLE = re.compile(r"[\d.,]+ times ")
_CHIP = re.compile(r"\b(?:[ah]\d{2,3}|9[15]0(?:b|c|pr)|fp\d)(?=e?\b)")

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
    """The comparison in words and numbers, as it turned out; what both sides share is said once, in front."""
    if isinstance(left, Word):
        found = f"{left.label or 'the text'} is {spelled(left.value)}"
        return found if left.value == right.value else f"{found}, not {spelled(right.value)}"
    shared, first, second = _names(left, right)
    first, second = (shown(side, name) for side, name in ((left, first), (right, second)))
    if value is None:
        return f"{shared}{first} and {second} overlap"
    words = COMPARED_DAYS if isinstance(left, Day) else COMPARED_NUMBERS
    return f"{shared}{first} is {words[operator][0 if value else 1]} {second}"


def _names(left, right) -> tuple[str, str, str]:
    """What is common to both sides, then the rest of the name of each."""
    if left.label and left.label == right.label:
        return f"{left.label}: ", left.detail, right.detail
    if left.detail and left.detail == right.detail:
        return f"{left.detail}: ", left.label, right.label
    return "", named(left), named(right)


def named(value) -> str:
    """Whose number it is and which of theirs: `Huawei, revenue 2023`."""
    return ", ".join(part for part in (value.label, value.detail) if part)


def shown(value, name: str = "") -> str:
    """A value as prose shows it: `55.3 bn CNY`, `2023-10-17`; with a name `China at 83 %`."""
    if isinstance(value, Quantity):
        text = interval_text(value, value.unit)
        if _MULTIPLE.match(name):  # the number is the product, not the one that was multiplied
            return f"{text} ({name})"
        return f"{name} at {text}" if name else text
    text = value.written if isinstance(value, Day) else spelled(str(value.value))
    return f"{name} ({text})" if name else text


def interval_text(number: Quantity, unit: str) -> str:
    """A number with its unit, or the range it lies in."""
    exact = number.low == number.high
    text = number_text(number.value) if exact else f"{number_text(number.low)} to {number_text(number.high)}"
    return with_unit(text, unit)


def spelled(name: str) -> str:
    """A name of the tables as readers see it: `arena_gap` is `arena gap`."""
    name = _ABBREVIATED.sub(lambda found: _WORDS[found[0]], name.replace("_", " "))
    return _CHIP.sub(lambda found: found[0].upper(), name)


def with_unit(text: str, unit: str) -> str:
    """A number and its unit; a multiple says `times`, in the plural."""
    words = {"x": "times", "ratio": "times", "percent": "%"}.get(unit, unit.replace("_", " "))
    text = "1.0" if (text, words) == ("1", "times") else text
    return f"{text} {words}".strip()


def number_text(number: float, figures: int = 3) -> str:
    """A number with its first figures: 55.3 bn, 8.1 million, 230, 0.79."""
    for size, name in ((1e12, " tn"), (1e9, " bn"), (1e6, " million")):
        if abs(number) >= size:
            return f"{number / size:.{figures}g}{name}"
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.{figures}g}"
