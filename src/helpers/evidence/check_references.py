"""Faults of reference: lists of ids in one cell, chips named by alias, and what points at itself."""

import re

import pandas as pd

from helpers.evidence.faults import Fault, shown

# What a check of a claim names: the function says of which table the id is.
_NAMED_IN_CHECKS = re.compile(r'\b(fact|field|chip|tpp|event|reported_by)\(\s*"([^"]*)"')
_TABLE_OF = {"fact": "facts", "field": "facts", "chip": "chips", "tpp": "chips", "event": "events"}


def reference_faults(tables: dict[str, pd.DataFrame], package: dict) -> list[Fault]:
    """Ids that no table has, in cells that Frictionless cannot read as keys."""
    faults = []
    for resource in package["resources"]:
        table = tables.get(resource["name"])
        if table is None:
            continue
        file = f"data/{resource['path']}"
        for field in resource["schema"]["fields"]:
            faults += _column_faults(file, table, field, tables)
    faults += _repeat_faults(tables.get("facts")) + _same_page_faults(tables.get("sources"))
    return faults + _shared_ids(tables) + _claim_faults(tables)


def _column_faults(file: str, table: pd.DataFrame, field: dict, tables: dict) -> list[Fault]:
    name = field["name"]
    target = field.get("listOf") or ("sources.source_id" if name == "source_ids" else None)
    if target is None and name == "source_id":
        target = "sources.source_id"
    if target is None and name == "chip_id" and file != "data/chips.csv":
        target = "chips.chip_id"
    if target and target.split(".")[0] not in tables:
        return []  # the table itself is the fault
    if target:
        return _unknown(file, table, name, _values(tables, target), f"an id of {target.split('.')[0]}.csv")
    if "vocabulary" in field and field["vocabulary"]["aliases"].split(".")[0] in tables:
        known = set(field["vocabulary"]["others"])
        for cell in _values(tables, field["vocabulary"]["aliases"]):
            known |= set(_split(cell))
        expected = "an alias in chips.csv, or a name listed for this column in datapackage.json"
        return _unknown(file, table, name, known, expected)
    return []


def _unknown(file: str, table: pd.DataFrame, name: str, known: set[str], expected: str) -> list[Fault]:
    faults = []
    for row, cell in zip(table["row"], table[name], strict=True):
        items = _split(cell)
        faults += [Fault(file, row, name, shown(item), expected) for item in items if item not in known]
        if len(set(items)) < len(items):
            faults.append(Fault(file, row, name, shown(cell), "each id once"))
    return faults


def _values(tables: dict, target: str) -> set[str]:
    table, column = target.split(".")
    return set(tables[table][column]) if table in tables else set()


def _split(cell: str) -> list[str]:
    return [item.strip() for item in cell.split(";") if item.strip()]


def _claim_faults(tables: dict) -> list[Fault]:
    """Checks of claims that ask for a row which is not there."""
    if "claims" not in tables:
        return []
    claims, faults = tables["claims"], []
    for column in ("check", "scope_check"):
        for row, cell in zip(claims["row"], claims[column], strict=True):
            for function, name in _NAMED_IN_CHECKS.findall(cell):
                table = _TABLE_OF.get(function, "sources")
                if table in tables and name not in set(tables[table].iloc[:, 1]):
                    faults.append(Fault("data/claims.csv", row, column, shown(name), f"an id of {table}.csv"))
    return faults


def _repeat_faults(facts: pd.DataFrame | None) -> list[Fault]:
    """A repeat points at an original, never at itself or at another repeat."""
    if facts is None or facts.attrs["lacks"]:
        return []
    repeats = dict(zip(facts["fact_id"], facts["repeats"], strict=True))
    faults = []
    for row, fact, original in zip(facts["row"], facts["fact_id"], facts["repeats"], strict=True):
        if original == fact:
            faults.append(
                Fault("data/facts.csv", row, "repeats", "the row itself", "another row, or nothing")
            )
        elif original and repeats.get(original):
            expected = f"the original, {repeats[original]!r}"
            faults.append(Fault("data/facts.csv", row, "repeats", f"{original!r}, itself a repeat", expected))
    return faults


def _same_page_faults(sources: pd.DataFrame | None) -> list[Fault]:
    """Two ids of one page carry one date."""
    if sources is None or sources.attrs["lacks"]:
        return []
    dates = dict(zip(sources["source_id"], sources["published"], strict=True))
    faults = []
    for row, twin, date in zip(sources["row"], sources["same_page_as"], sources["published"], strict=True):
        if twin and dates.get(twin, date) != date:
            expected = f"{dates[twin]!r} as for {twin}"
            faults.append(Fault("data/sources.csv", row, "published", shown(date), expected))
    return faults


def _shared_ids(tables: dict[str, pd.DataFrame]) -> list[Fault]:
    """An id is used by one table only: results name facts, rates, chips and documents in one list."""
    owner: dict[str, str] = {}
    faults = []
    for name, table in tables.items():
        column = table.columns[1]
        if not column.endswith("_id") or name == "jumps":
            continue
        for row, key in zip(table["row"], table[column], strict=True):
            if key and owner.setdefault(key, name) != name:
                file = f"data/{table.attrs['path']}"
                faults.append(Fault(file, row, column, f"{key!r}, an id of {owner[key]}", "an id of its own"))
    return faults
