"""What moved inside an exhibit: rows that are new or gone, and the numbers that differ in rows of the same name."""

import math
import re
from collections import Counter
from typing import Any, NamedTuple

Table = list[dict[str, str]]
SHOWN = 5
_TIME = re.compile(r"(year|quarter|period|date|month)s?", re.I)


class Cell(NamedTuple):
    """One number that moved: the row's name, the column, the old and the new value."""

    row: str
    column: str
    old: float
    new: float

    @property
    def size(self) -> float:
        """How far it moved: the change over the larger of the two."""
        return abs(self.new - self.old) / max(abs(self.new), abs(self.old))


def compare_tables(old: Table, new: Table) -> dict[str, Any]:
    """Rows `added`, `gone`, `changed` and the same, and the largest `moves`, greatest first.

    Rows are matched by the fewest leading columns of names and times that tell all rows apart.
    """
    keys = _key_columns(old, new)
    before, after = _by_key(old, keys), _by_key(new, keys)
    common = [key for key in after if key in before]
    changed = [key for key in common if _rows_differ(before[key], after[key])]
    cells = list(
        dict.fromkeys(cell for key in changed for cell in _cells(key, keys, before[key], after[key]))
    )
    cells.sort(key=lambda cell: (-cell.size, cell.row, cell.column))
    return {
        "added": len(after) - len(common),
        "gone": len(before) - len(common),
        "changed": len(changed),
        "same": len(common) - len(changed),
        "moves": [cell._asdict() for cell in cells[:SHOWN]],
    }


def _key_columns(old: Table, new: Table) -> list[str]:
    columns = [
        name for name in (new or old or [{}])[0] if all(name in rows[0] for rows in (old, new) if rows)
    ]
    names = [name for name in columns if _TIME.search(name) or not _is_numeric(name, old + new)]
    for count in range(1, len(names)):
        if all(_tells_apart(rows, names[:count]) for rows in (old, new)):
            return names[:count]
    return names


def _tells_apart(rows: Table, columns: list[str]) -> bool:
    return len({tuple(row[name] for name in columns) for row in rows}) == len(rows)


def _by_key(rows: Table, keys: list[str]) -> dict[tuple, dict[str, str]]:
    """Rows by their names; the second row of the same name has a 2 behind it."""
    seen: Counter = Counter()
    out = {}
    for row in rows:
        key = tuple(row[name] for name in keys)
        seen[key] += 1
        out[(*key, seen[key])] = row
    return out


def _cells(key: tuple, keys: list[str], before: dict[str, str], after: dict[str, str]) -> list[Cell]:
    name = ", ".join(part for part in key[:-1] if part)
    cells = []
    for column in after:
        one, two = number_of(before.get(column, "")), number_of(after[column])
        if column not in keys and one is not None and two is not None and differ(one, two):
            cells.append(Cell(name, column, one, two))
    return cells


def _rows_differ(before: dict[str, str], after: dict[str, str]) -> bool:
    """Whether two rows say different things; the last digits of a number say nothing."""
    if before == after:
        return False
    if before.keys() != after.keys():
        return True
    pairs = [(before[column], after[column]) for column in after if before[column] != after[column]]
    numbers = [(number_of(one), number_of(two)) for one, two in pairs]
    return any(one is None or two is None or differ(one, two) for one, two in numbers)


def _is_numeric(column: str, rows: Table) -> bool:
    values = [row[column] for row in rows if row.get(column)]
    return bool(values) and all(number_of(value) is not None for value in values)


def number_of(text: str) -> float | None:
    """The number that a text is, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def differ(one: float, two: float) -> bool:
    """Whether two numbers differ by more than the last digits of a file."""
    return not math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-12)
