"""From a row of a feed to a row of evidence, and whether the evidence has that observation already."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from helpers.evidence.periods import parse_period
from helpers.refresh.catalogue import RowMapping
from helpers.refresh.snapshots import Snapshot

_PLACE = re.compile(r"\{([^{}]+)\}")


def filled(template: Any, row: Mapping[str, str], snapshot: Snapshot) -> str:
    """A cell of evidence: text with `{column}` filled in, or a number `{from, times, round}`, or `{from, map}`.

    `from` is a column, or text with `{column}` in it where a word depends on several.
    """
    about = {
        "accessed": snapshot.accessed,
        "sha256": snapshot.sha256[:16],
        "label": snapshot.label,
        "url": snapshot.url,
    }
    if isinstance(template, Mapping):
        given = template["from"]
        value = filled(given, row, snapshot) if "{" in given else row.get(given, "")
        if "map" in template:
            return str(template["map"].get(value, template.get("else", "")))
        try:
            number = float(value) * float(template.get("times", 1))
        except ValueError:
            return ""
        return f"{round(number, template.get('round', 6)):.12g}" if abs(number) < 1e12 else f"{number:.0f}"
    return _PLACE.sub(lambda found: {**about, **row}.get(found[1], ""), str(template)).strip()


def wanted(mapping: RowMapping, row: Mapping[str, str]) -> bool:
    """Whether a row passes `where` (one of the values listed) and `since` (not before that text)."""
    kept = all(row.get(column, "") in values for column, values in mapping.where.items())
    return kept and all(row.get(column, "") >= str(first) for column, first in mapping.since.items())


def is_held(marks: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether one of the marks (a citation, a document number) stands in one of the texts, as a whole word."""
    patterns = [re.compile(rf"(?<!\w){re.escape(mark)}(?!\w)", re.IGNORECASE) for mark in marks if mark]
    return any(pattern.search(text) for pattern in patterns for text in texts)


class Known:
    """The rows of a table by what makes them the same observation: the columns of `match`, periods as days.

    A column written `name|aliases` matches when the cell is one of the names in either column.
    """

    def __init__(self, mapping: RowMapping, records: Sequence[Mapping[str, str]]):
        self._match = mapping.match
        self._rows: dict[tuple, Mapping[str, str]] = {}
        for record in sorted(records, key=lambda each: each.get("published", "")):
            for key in self._keys(record):
                self._rows[key] = record

    def match(self, cells: Mapping[str, str]) -> Mapping[str, str] | None:
        """The newest row of the same observation, or None."""
        return next((self._rows[key] for key in self._keys(cells) if key in self._rows), None)

    def _keys(self, record: Mapping[str, str]) -> list[tuple]:
        keys: list[tuple] = [()]
        for column in self._match:
            names = [
                _comparable(column, name)
                for part in column.split("|")
                for name in (record.get(part, "").split(";") if "|" in column else [record.get(part, "")])
                if name or "|" not in column
            ]
            keys = [(*key, name) for key in keys for name in dict.fromkeys(names)]
        return keys


def _comparable(column: str, text: str) -> str:
    if column == "period":
        try:
            return str(tuple(parse_period(text)))
        except ValueError:
            return text
    return re.sub(r"[^a-z0-9]+", "", text.casefold()) if "|" in column else text.strip().casefold()


def equal(first: str, second: str) -> bool:
    """The same number within one part in a million, or the same text."""
    try:
        a, b = float(first), float(second)
    except ValueError:
        return first.strip() == second.strip()
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b))
