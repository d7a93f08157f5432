"""`check(folder)`: every fault of the evidence at once, so that an editor mends a table in one go.

Structure, types, allowed values and keys come from `datapackage.json` through Frictionless; what a table schema
cannot say (whole files, lists of ids, dates, intervals, series, rules, scenarios) is checked here.
"""

from pathlib import Path

from helpers.evidence.check_dates import date_faults
from helpers.evidence.check_facts import fact_faults
from helpers.evidence.check_files import read_description, read_tables
from helpers.evidence.check_references import reference_faults
from helpers.evidence.check_rules import rule_faults
from helpers.evidence.check_schema import schema_faults
from helpers.evidence.faults import Fault

__all__ = ["Fault", "check", "counts"]


def check(folder: Path) -> list[Fault]:
    """Every fault in the data package of that folder, sorted by file, row and column; an empty list when sound."""
    package, faults = read_description(folder)
    tables, unread = read_tables(folder, package)
    faults += unread + schema_faults(folder, package, set(tables)) + rule_faults(folder, tables, package)
    # What compares rows needs all their columns; ids are looked up in every table that could be read.
    whole = {name: table for name, table in tables.items() if not table.attrs["lacks"]}
    faults += reference_faults(tables, package) + date_faults(whole) + fact_faults(whole, package)
    return sorted(dict.fromkeys(faults))


def counts(folder: Path) -> tuple[int, int]:
    """Rows and tables of the data package."""
    tables, _ = read_tables(folder, read_description(folder)[0])
    return sum(len(table) for table in tables.values()), len(tables)
