"""Evidence: the hand-kept tables of `data/`, validated and cut to what was known on a date.

package   the data package: tables, columns, types
periods   partial dates, calendar and fiscal periods
tables    `load(as_of)`: the one reader
checks    `check(folder)`: every fault at once (check_schema, check_references, check_dates, check_facts, check_rules)
"""

from helpers.evidence.tables import LATEST, Evidence, independent, load, load_table

__all__ = ["LATEST", "Evidence", "independent", "load", "load_table"]
