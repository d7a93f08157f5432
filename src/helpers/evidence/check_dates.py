"""Faults of time: impossible dates, and an order of dates in which something was known before it was."""

from datetime import date

import pandas as pd

from helpers.evidence.faults import Fault, shown
from helpers.evidence.periods import Period, parse_partial, parse_period

_DATES = ("published", "accessed", "since", "date", "effective_date", "as_of", "claimed_date", "due")
# Counted or stated outcomes cannot be published before their period begins; plans and forecasts can.
_OUTCOMES = ("measured", "reported")


def date_faults(tables: dict[str, pd.DataFrame]) -> list[Fault]:
    """Every date that does not exist, and every pair of dates in the wrong order."""
    faults = []
    for table in tables.values():
        file = f"data/{table.attrs['path']}"
        for column in _DATES:
            if column in table:
                faults += _impossible(
                    file, table, column, parse_partial, "a date like 2024, 2024-07 or 2024-07-31"
                )
        for column in ("period", "release_date"):
            if column in table:
                faults += _impossible(
                    file, table, column, parse_period, "a period like 2024, 2024-06, 2024-Q3, FY2025"
                )
    for name, order in (
        ("sources", _source_order),
        ("events", _event_order),
        ("exchange_rates", _rate_order),
    ):
        if name in tables:
            faults += order(tables[name])
    if "facts" in tables:
        faults += _fact_order(tables["facts"], tables.get("sources"))
    return faults + _beyond_reading(tables)


def _beyond_reading(tables: dict[str, pd.DataFrame]) -> list[Fault]:
    """Nothing was published after the last day on which anything was read: a slip of the year would move `latest`."""
    read = [_last(cell) for cell in tables["sources"]["accessed"]] if "sources" in tables else []
    if not (days := [day for day in read if day]):
        return []
    newest = max(days)
    return [
        Fault(
            f"data/{table.attrs['path']}",
            row,
            "published",
            shown(cell),
            f"no later than the last day in accessed of sources.csv, {newest}",
        )
        for table in tables.values()
        if "published" in table
        for row, cell in zip(table["row"], table["published"], strict=True)
        if _after(_first(cell), newest)
    ]


def _impossible(file: str, table: pd.DataFrame, column: str, parse, expected: str) -> list[Fault]:
    wrong = {cell for cell in table[column].unique() if cell and _parse(cell, parse) is None}
    return [
        Fault(file, row, column, shown(cell), expected)
        for row, cell in zip(table["row"], table[column], strict=True)
        if cell in wrong
    ]


def _parse(cell: str, parse) -> Period | None:
    try:
        return parse(cell)
    except ValueError:
        return None


def _first(cell: str) -> date | None:
    """The first possible day of a partial date."""
    period = _parse(cell, parse_partial) if cell else None
    return period.start if period else None


def _last(cell: str) -> date | None:
    """The last possible day of a partial date."""
    period = _parse(cell, parse_partial) if cell else None
    return period.end if period else None


def _after(first: date | None, second: date | None) -> bool:
    return first is not None and second is not None and first > second


def _source_order(sources: pd.DataFrame) -> list[Fault]:
    faults = []
    for row in sources.to_dict("records"):
        if _after(_first(row["published"]), _last(row["accessed"])):
            expected = f"no later than accessed, {row['accessed']}"
            faults.append(
                Fault("data/sources.csv", row["row"], "published", shown(row["published"]), expected)
            )
        if _after(_first(row["since"]), _last(row["published"])):
            expected = f"no later than published, {row['published']}"
            faults.append(Fault("data/sources.csv", row["row"], "since", shown(row["since"]), expected))
    return faults


def _event_order(events: pd.DataFrame) -> list[Fault]:
    return [
        Fault(
            "data/events.csv",
            row["row"],
            "published",
            shown(row["published"]),
            f"no earlier than {row['date']}",
        )
        for row in events.to_dict("records")
        if _after(_first(row["date"]), _last(row["published"]))
    ]


def _rate_order(rates: pd.DataFrame) -> list[Fault]:
    """An average or a closing rate is known only when its period is over."""
    faults = []
    for row in rates.to_dict("records"):
        period = _parse(row["period"], parse_period)
        if period and _after(period.end, _last(row["published"])):
            expected = f"no earlier than the period's end, {period.end}"
            faults.append(
                Fault("data/exchange_rates.csv", row["row"], "published", shown(row["published"]), expected)
            )
    return faults


def _fact_order(facts: pd.DataFrame, sources: pd.DataFrame | None) -> list[Fault]:
    faults = []
    documents = {} if sources is None else sources.set_index("source_id").to_dict("index")
    for row in facts.to_dict("records"):
        known = _last(row["published"])
        period = _parse(row["period"], parse_period)
        if row["status"] in _OUTCOMES and period and _after(period.start, known):
            expected = f"no earlier than the period's beginning, {period.start}, for a {row['status']} value"
            faults.append(Fault("data/facts.csv", row["row"], "published", shown(row["published"]), expected))
        faults += _document_order(row, known, documents)
    return faults


def _document_order(row: dict, known: date | None, documents: dict[str, dict]) -> list[Fault]:
    """A fact known before the document it was read in must name the original that first published it."""
    read, original = documents.get(row["source_id"]), documents.get(row["original_id"])
    if original and _after(_first(original["published"]), known):
        expected = f"a document published by {row['published']}"
        return [Fault("data/facts.csv", row["row"], "original_id", shown(row["original_id"]), expected)]
    if read and not original and _after(_first(read["since"] or read["published"]), known):
        expected = (
            f"the original: {row['source_id']} is of {read['published']}, later than {row['published']}"
        )
        return [Fault("data/facts.csv", row["row"], "original_id", "nothing", expected)]
    return []
