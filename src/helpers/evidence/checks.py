"""`check(folder)`: every fault of the evidence at once, so that an editor mends a table in one go.

Structure, types, allowed values and keys come from `datapackage.json` through Frictionless; what a table schema
cannot say (lists of ids, dates, intervals, series, rules, scenarios) is checked here.
"""

import csv
import json
from pathlib import Path

import pandas as pd

from helpers.evidence.check_dates import date_faults
from helpers.evidence.check_facts import fact_faults
from helpers.evidence.check_references import reference_faults
from helpers.evidence.check_rules import rule_faults
from helpers.evidence.check_schema import schema_faults
from helpers.evidence.faults import Fault

__all__ = ["Fault", "check", "counts"]


def check(folder: Path) -> list[Fault]:
    """Every fault in the data package of that folder, sorted by file, row and column; an empty list when sound."""
    faults = schema_faults(folder)
    tables = _read(folder)
    if tables:
        faults += reference_faults(tables, _package(folder))
        faults += date_faults(tables)
        faults += fact_faults(tables)
        faults += rule_faults(folder, tables, _package(folder))
    return sorted(dict.fromkeys(faults))


def counts(folder: Path) -> tuple[int, int]:
    """Rows and tables of the data package."""
    tables = _read(folder)
    return sum(len(table) for table in tables.values()), len(tables)


def _package(folder: Path) -> dict:
    try:
        return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"resources": []}


def _read(folder: Path) -> dict[str, pd.DataFrame]:
    """Tables as text, by resource name, with the file row in `row`; those that cannot be read are left out.

    Rows too short or too long are padded or cut, and columns that lack are empty: the schema check has named
    them, and everything else is still checked, under the right row number.
    """
    tables = {}
    for resource in _package(folder)["resources"]:
        path = folder / resource["path"]
        if not path.is_file():
            continue
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            header, *records = list(csv.reader(file)) or [[]]
        names = [field["name"] for field in resource["schema"]["fields"]]
        rows = [
            {"row": number, **dict.fromkeys(names, ""), **dict(zip(header, record, strict=False))}
            for number, record in enumerate(records, start=2)
            if record
        ]
        table = pd.DataFrame(rows, columns=["row", *names])
        table.attrs["path"] = resource["path"]
        tables[resource["name"]] = table
    return tables
