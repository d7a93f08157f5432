"""What moved between two editions: each headline and each exhibit with its old value, its new one, and the cause."""

from collections import Counter
from typing import Any

from helpers.edition.causes import Difference
from helpers.edition.cells import compare_tables, differ
from helpers.edition.record import CODE, Record, exhibit_table
from helpers.pages.numbers import interval

STATUSES = ("moved", "new", "gone", "rounding", "same")
_NUMBERS = ("value", "low", "high")
_READ = ("shown", "unit", "basis")
_CITING = ("evidence", "source_ids", "source_id", "assumption_id", "fact_id", "chip_id", "rule_id")
Report = dict[str, Any]


def compare(old: Record, new: Record) -> Report:
    """The change report from one edition to another, ready for JSON.

    `headlines` and `exhibits` hold one entry each that is not the same: `status` is `moved`, `new`, `gone` or, for a
    number whose change is too small to show, `rounding`; `old` and `new` what the two editions say; `causes` why.
    `evidence` counts rows added, changed and gone by table; `changed_rows` are those in both with what differs.
    """
    inputs = Difference(old, new)
    headlines = _headlines(inputs)
    exhibits = _exhibits(inputs)
    moved = [row for row in inputs.rows if row.table != "sources"]
    return {
        "older": old.as_of,
        "newer": new.as_of,
        "summary": {
            "headlines": _tally(headlines, old.headlines.keys() | new.headlines.keys()),
            "exhibits": _tally(exhibits, old.exhibits.keys() | new.exhibits.keys()),
        },
        "headlines": headlines,
        "exhibits": exhibits,
        "evidence": _count(inputs),
        "changed_rows": [row.as_json() for row in moved if row.change == "changed"],
        "modules": {
            page: names for page in new.parts if (names := inputs.parts(page, (CODE, "module helpers.")))
        },
        "settings": {page: pairs for page in new.parts if (pairs := inputs.settings(page))},
    }


def is_silent(report: Report) -> bool:
    """Whether nothing that a reader sees differs between the two editions."""
    return not report["headlines"] and not report["exhibits"]


def _headlines(inputs: Difference) -> list[dict[str, Any]]:
    entries = []
    for name in _in_order(inputs.old, inputs.new):
        before, after = inputs.old.headlines.get(name), inputs.new.headlines.get(name)
        status = _headline_status(before, after)
        if status == "same":
            continue
        either = after or before
        new_period = bool(before and after and before["period"] != after["period"])
        cited = {*(before or {}).get("evidence", ()), *(after or {}).get("evidence", ())}
        cause = inputs.explain(either["notebook"], cited, new_period)
        entries.append(
            {
                "page": either["notebook"],
                "id": either["id"],
                "label": either["label"],
                "key": bool(either.get("key")),
                "exhibit": either.get("exhibit", ""),
                "status": status,
                "comparable": bool(before and after and _same_measure(before, after)),
                "old": _said(before),
                "new": _said(after),
                **cause.as_json(),
            }
        )
    return entries


def _in_order(old: Record, new: Record) -> list[str]:
    """Headlines by chapter, in the order of the newer edition; those that are gone follow in their chapter."""
    names = [*new.headlines, *(name for name in old.headlines if name not in new.headlines)]
    pages = list(new.parts)
    return sorted(
        names, key=lambda name: pages.index(page) if (page := name.partition(".")[0]) in pages else 99
    )


def _headline_status(before: dict | None, after: dict | None) -> str:
    if before is None or after is None:
        return "new" if before is None else "gone"
    if any(before[name] != after[name] for name in _READ) or interval(before) != interval(after):
        return "moved"
    return "rounding" if any(_differs(before.get(name), after.get(name)) for name in _NUMBERS) else "same"


def _same_measure(before: dict, after: dict) -> bool:
    return before["unit"] == after["unit"] and before["basis"] == after["basis"]


def _differs(one: float | None, two: float | None) -> bool:
    return one is not two and (one is None or two is None or differ(one, two))


def _said(row: dict | None) -> dict[str, Any] | None:
    """A headline as its edition states it."""
    if row is None:
        return None
    names = ("value", "low", "high", "shown", "unit", "basis", "period", "confidence", "sentence")
    return {**{name: row.get(name) for name in names}, "between": interval(row)}


def _exhibits(inputs: Difference) -> list[dict[str, Any]]:
    entries = []
    old, new = inputs.old, inputs.new
    for name in [*new.exhibits, *(name for name in old.exhibits if name not in new.exhibits)]:
        before, after = old.exhibits.get(name), new.exhibits.get(name)
        tables = exhibit_table(old.folder, name), exhibit_table(new.folder, name)
        rows = compare_tables(*tables)
        titles = [exhibit["title"] if exhibit else None for exhibit in (before, after)]
        moved = rows["added"] or rows["gone"] or rows["changed"]
        if before and after and titles[0] == titles[1] and not moved:
            continue
        either = after or before
        cause = inputs.explain(either["page"], _cited(inputs, name, *tables), drawn=True)
        entries.append(
            {
                "page": either["page"],
                "id": name,
                "status": "new" if before is None else "gone" if after is None else "moved",
                "old": {"title": titles[0]} if before else None,
                "new": {"title": titles[1]} if after else None,
                "rows": rows,
                **cause.as_json(),
            }
        )
    return entries


def _cited(inputs: Difference, exhibit: str, *tables: list[dict[str, str]]) -> set[str]:
    """The rows and sources behind an exhibit: those that it names, and those of the headlines that it shows."""
    records = (inputs.old, inputs.new)
    cited = {
        name
        for table in tables
        for row in table
        for column in _CITING
        for name in (row.get(column) or "").split(";")
        if name
    }
    for record in records:
        rows = [row for row in record.headlines.values() if row.get("exhibit") == exhibit]
        cited.update(name for row in rows for name in row["evidence"])
        cited.update(record.exhibits.get(exhibit, {}).get("sources", ()))
    return cited


def _count(inputs: Difference) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter] = {}
    for row in inputs.rows:
        counts.setdefault(row.table, Counter())[row.change] += 1
    return {
        table: {name: count[name] for name in ("added", "changed", "gone")} for table, count in counts.items()
    }


def _tally(entries: list[dict], names: Any) -> dict[str, int]:
    counts = Counter(entry["status"] for entry in entries)
    return {**{name: counts[name] for name in STATUSES[:-1]}, "same": len(names) - len(entries)}
