"""A new row of the evidence: what follows is filled in, what lacks is named, a twin is refused."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from helpers.evidence.package import Resource, read_package
from helpers.refresh.rows import TableText

Row = Mapping[str, str]


class Kind(NamedTuple):
    """How one kind of row is made.

    table: the resource of the data package; neighbours: columns that rows of one series share, so that a new row
    stands below them; twins: columns in which no two rows may agree; names: columns of names, `;` between them, that
    no two rows may share; defaults: column to text, or to a function of the row so far, taken in this order for what
    was not given.
    """

    table: str
    neighbours: tuple[str, ...]
    twins: tuple[tuple[str, ...], ...]
    defaults: dict[str, str | Callable[[Row], str]]
    names: tuple[str, ...] = ()


def slug(*words: str) -> str:
    """Lower-case words joined by hyphens, for an id."""
    return re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower()).strip("-")


KINDS: dict[str, Kind] = {
    "source": Kind(
        "sources",
        (),
        (("url",),),
        {
            "source_id": lambda row: slug(row.get("publisher", ""), row.get("published", "")),
            "seen_as": "original",
        },
    ),
    "fact": Kind(
        "facts",
        ("entity", "metric", "basis"),
        (("entity", "metric", "unit", "basis", "period", "source_id", "value", "low", "high"),),
        {
            "status": "reported",
            "fact_id": lambda row: slug(
                row.get("topic", "")[:1], row.get("entity", ""), row.get("metric", ""), row.get("period", "")
            ),
        },
    ),
    "chip": Kind(
        "chips",
        ("vendor", "family"),
        (("name",),),
        {
            "chip_id": lambda row: slug(row.get("name", "")).replace("-", "_"),
            "aliases": lambda row: row.get("name", ""),
            "market": "datacenter",
            "status": "announced",
            "confidence": "low",
        },
        names=("name", "aliases"),
    ),
    "event": Kind(
        "events",
        (),
        (("date", "title"),),
        {
            "event_id": lambda row: f"pe-{row.get('date', '')}",
            "published": lambda row: row.get("date", ""),
            "verification": "reported",
            "direction": "neutral",
        },
    ),
    "rate": Kind(
        "exchange_rates",
        ("currency", "convention"),
        (("currency", "convention", "period", "published", "cny_per_usd"),),
        {
            "currency": "CNY",
            "rate_id": lambda row: slug("rate", row.get("convention", ""), row.get("period", "")),
        },
    ),
    "assumption": Kind(
        "assumptions",
        ("model", "parameter"),
        (("model", "parameter", "published"),),
        {
            "assumption_id": lambda row: (
                slug(row.get("model", "")[:3], row.get("parameter", "")) + f"-v{row.get('published', '')}"
            ),
            "distribution": "lognormal",
            "quality": "red",
            "impact": "amber",
        },
    ),
    "claim": Kind(
        "claims",
        ("source_id",),
        (("source_id", "statement"),),
        {
            "claim_id": lambda row: slug(row.get("source_id", ""), *row.get("statement", "").split()[:4]),
            "why_not": lambda row: "" if row.get("check") else "No check has been written yet.",
        },
    ),
}


def resource_of(folder: Path, table: str) -> Resource:
    """The table of that name in `datapackage.json`; KeyError when there is none."""
    for resource in read_package(folder).values():
        if resource.descriptor["name"] == table:
            return resource
    raise KeyError(f"no table {table!r} in the data package")


def fill(kind: Kind, given: Row, table: TableText, sources: TableText, today: date) -> dict[str, str]:
    """The row with everything that follows: an id of its own, `published` and dates from the document it cites.

    `today` is the day of the edit: when a document was looked at.
    """
    row = {name: value for name, value in given.items() if value}
    cited = re.split(r"[;\s]+", row.get("source_id") or row.get("source_ids") or "")[0]
    if "published" in table.columns and kind.table != "sources" and "published" not in row and cited:
        found = sources.rows_where(source_id=cited)
        if found:
            row["published"] = sources.records[found[0] - 2]["published"]
    if kind.table == "sources":
        row.setdefault("accessed", today.isoformat())
    for name, default in kind.defaults.items():
        if not row.get(name):
            row[name] = default if isinstance(default, str) else default(row)
    key = table.columns[0]
    if not given.get(key):
        row[key] = _unused(row.get(key, ""), {record.get(key, "") for record in table.records})
    return row


def lacking(resource: Resource, row: Row) -> list[tuple[str, str]]:
    """Required columns that the row leaves empty: name, and description with the values allowed."""
    out = []
    for column in resource.fields:
        limits = column.descriptor.get("constraints", {})
        if limits.get("required") and not row.get(column.name):
            allowed = f" One of: {', '.join(map(str, limits['enum']))}." if "enum" in limits else ""
            out.append((column.name, column.descriptor.get("description", "") + allowed))
    return out


def twin(kind: Kind, row: Row, table: TableText) -> tuple[int, str] | None:
    """The row and id of an entry that says the same; None when there is none."""
    for columns in kind.twins:
        cells = {name: row.get(name, "") for name in columns}
        if not any(cells.values()):
            continue
        if found := table.rows_where(**cells):
            return found[0], table.records[found[0] - 2][table.columns[0]]
    own = _names(kind, row)
    for number, record in enumerate(table.records, start=2):
        if own & _names(kind, record):
            return number, record[table.columns[0]]
    return None


def place_for(kind: Kind, row: Row, table: TableText) -> int | None:
    """The row of the last relative in the table, by as many leading `neighbours` as agree; None for the end."""
    for count in range(len(kind.neighbours), 0, -1):
        cells = {name: row.get(name, "") for name in kind.neighbours[:count]}
        if found := table.rows_where(**cells):
            return found[-1]
    return None


def _names(kind: Kind, row: Row) -> set[str]:
    cells = ";".join(row.get(name, "") for name in kind.names)
    return {part.strip().casefold() for part in cells.split(";") if part.strip()}


def _unused(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"
