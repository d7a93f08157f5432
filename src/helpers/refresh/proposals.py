"""Proposals: what a new snapshot would bring to the evidence, row by row, in a file that an analyst decides on.

One line is one row of the feed that was added, changed or has gone, or a column that moved. A line that could become
a row of evidence carries the cells of that row, to be completed, corrected, or marked `reject` in `decision`. The
other lines are for reading.
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from helpers.paths import build_dir, data_dir
from helpers.refresh.catalogue import Feed, RowMapping
from helpers.refresh.edit import replace_whole
from helpers.refresh.mapping import Known, equal, filled, is_held, wanted
from helpers.refresh.rows import TableText
from helpers.refresh.shapes import Row, moved
from helpers.refresh.skeleton import resource_of
from helpers.refresh.snapshots import Snapshot

FIRST = ("decision", "change", "key", "column", "was", "now")
MOST_LINES = 2000
_FORMULA = re.compile(r"^[=@\t\r]|^[+-](?![\d.])")


class Line(NamedTuple):
    """One line of a proposal. change: schema, added, changed or gone; cells: the row of evidence, if there is one."""

    change: str
    key: str
    column: str
    was: str
    now: str
    cells: dict[str, str]


def proposals_dir() -> Path:
    """Where proposals wait for a decision."""
    return build_dir() / "proposals"


def propose(feed: Feed, snapshot: Snapshot, rows: list[Row], before: list[Row] | None) -> Path | None:
    """Write the proposal of a snapshot and return its path; None when there is nothing to decide or to read."""
    lines = differences(feed, rows, before)
    mapping = feed.proposes
    columns: tuple[str, ...] = ()
    if mapping and not any(line.change == "schema" and line.now.startswith("needed") for line in lines):
        table = resource_of(data_dir(), mapping.table)
        columns = tuple(column.name for column in table.fields)
        lines += evidence_lines(feed, mapping, snapshot, rows)
    if not lines:
        return None
    path = proposals_dir() / f"{feed.name}-{snapshot.label}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_whole(path, _text(lines[:MOST_LINES], columns))
    return path


def differences(feed: Feed, rows: list[Row], before: list[Row] | None) -> list[Line]:
    """How a feed differs from its snapshot before: columns first, then rows changed, added and gone, by key."""
    lines = [Line("schema", feed.name, column, "", what, {}) for column, what in moved(feed, rows, before)]
    if before is None or any(name not in rows[0] or name not in before[0] for name in feed.key):
        return lines
    old, new = by_key(feed, before), by_key(feed, rows)
    shared = [name for name in rows[0] if name in before[0]]
    for key in sorted(new):
        if key not in old:
            lines.append(Line("added", key, "", "", _summary(new[key]), {}))
            continue
        lines += [
            Line("changed", key, name, old[key].get(name, ""), new[key].get(name, ""), {})
            for name in shared
            if old[key].get(name, "") != new[key].get(name, "")
        ]
    return lines + [
        Line("gone", key, "", _summary(old[key]), "", {}) for key in sorted(old) if key not in new
    ]


def evidence_lines(feed: Feed, mapping: RowMapping, snapshot: Snapshot, rows: list[Row]) -> list[Line]:
    """The rows of the feed that the evidence does not hold yet, as rows of its table.

    A row that matches one in the evidence and says something else is a new vintage, not a correction of the old.
    """
    folder = data_dir()
    table = TableText.read(folder / resource_of(folder, mapping.table).path)
    seen = Known(mapping, [*table.records, *rejected_rows(feed.name)])
    texts = _texts(table, TableText.read(folder / "sources.csv")) if mapping.held else []
    lines = []
    for row in rows:
        marks = [filled(mark, row, snapshot) for mark in mapping.held]
        if not wanted(mapping, row) or is_held(marks, texts):
            continue
        cells = {
            name: value
            for name, template in mapping.row.items()
            if (value := filled(template, row, snapshot))
        }
        cells |= cited(mapping, table.columns, row, snapshot)
        same = seen.match(cells)
        if same is None:
            lines.append(Line("added", _key(feed, row), "", "", _summary(row), cells))
        elif different := [
            name for name in mapping.compare if not equal(cells.get(name, ""), same.get(name, ""))
        ]:
            was = "; ".join(f"{name} {same.get(name) or 'empty'}" for name in different)
            now = "; ".join(f"{name} {cells.get(name) or 'empty'}" for name in different)
            lines.append(Line("changed", _key(feed, row), ", ".join(different), was, now, cells))
    return lines


def _texts(table: TableText, sources: TableText) -> list[str]:
    """What the rows of a table say, and the titles and addresses of the documents that they cite."""
    cells = [record.get("source_id") or record.get("source_ids") or "" for record in table.records]
    ids = {part for cell in cells for part in cell.split(";")}
    documents = [record for record in sources.records if record["source_id"] in ids]
    return [" ".join(record.values()) for record in table.records] + [
        f"{record['title']} {record['url']}" for record in documents
    ]


def cited(mapping: RowMapping, columns: Sequence[str], row: Row, snapshot: Snapshot) -> dict[str, str]:
    """The cell that names the document a row of evidence rests on."""
    column = "source_id" if "source_id" in columns else "source_ids"
    return {column: filled(mapping.source["source_id"], row, snapshot)}


def rejected_path() -> Path:
    """The record of rejected rows: feed, day, reason, and the cells as they were proposed."""
    return proposals_dir() / "rejected.csv"


def rejected_rows(feed: str) -> list[dict[str, str]]:
    """Rows rejected from a feed; they count as held, and so come back only when they say another thing."""
    if not rejected_path().is_file():
        return []
    with rejected_path().open(encoding="utf-8", newline="") as file:
        return [json.loads(row["cells"]) for row in csv.DictReader(file) if row["feed"] == feed]


def by_key(feed: Feed, rows: list[Row]) -> dict[str, Row]:
    """The rows of a feed by key; rows that share one are told apart by their order."""
    found: dict[str, Row] = {}
    for row in rows:
        key, number = _key(feed, row), 1
        while (name := key if number == 1 else f"{key} #{number}") in found:
            number += 1
        found[name] = row
    return found


def _key(feed: Feed, row: Row) -> str:
    return " | ".join(row.get(name, "") for name in feed.key)


def _summary(row: Row, most: int = 6) -> str:
    return "; ".join(f"{name}: {value}" for name, value in list(row.items())[:most] if value)


def _text(lines: Sequence[Line], columns: Sequence[str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*FIRST, *columns])
    for line in lines:
        first = ["", line.change, line.key, line.column, line.was, line.now]
        writer.writerow([guard(cell) for cell in [*first, *(line.cells.get(name, "") for name in columns)]])
    return out.getvalue()


def guard(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula, made text by a leading apostrophe."""
    return f"'{cell}" if _FORMULA.search(cell) else cell


def unguard(cell: str) -> str:
    """The cell without that apostrophe."""
    return cell[1:] if cell.startswith("'") and _FORMULA.search(cell[1:]) else cell


def read_proposal(path: Path) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    """The lines of a proposal and the columns of its evidence. ValueError when it is no proposal."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = [{name: unguard(cell or "") for name, cell in row.items() if name} for row in reader]
        header = tuple(reader.fieldnames or ())
    if header[: len(FIRST)] != FIRST:
        raise ValueError(f"{path.name} is not a proposal: its first columns are not {', '.join(FIRST)}")
    return rows, header[len(FIRST) :]
