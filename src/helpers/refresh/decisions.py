"""What an analyst decides of a proposal: accepted rows go into the evidence together or not at all."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from helpers.evidence.package import Resource
from helpers.paths import data_dir
from helpers.refresh.catalogue import Feed, RowMapping, read_feeds
from helpers.refresh.edit import editing, replace_whole, write_checked
from helpers.refresh.mapping import filled
from helpers.refresh.proposals import by_key, cited, proposals_dir, read_proposal, rejected_path
from helpers.refresh.rows import TableText
from helpers.refresh.shapes import Row, read_rows
from helpers.refresh.skeleton import KINDS, fill, lacking, place_for, resource_of, twin
from helpers.refresh.snapshots import Snapshot, all_of

_NAME = re.compile(r"(?P<feed>.+)-(?P<label>\d{4}-\d{2}-\d{2}(?:\.\d+)?)\.csv")
DECISIONS = ("", "accept", "reject")


class DecisionRefused(Exception):
    """The decision cannot be carried out; nothing was written. The message has a line for everything to mend."""


@dataclass
class Decided:
    """What was done: rows written (`facts.csv row 512: id`), rows rejected, lines that were for reading only."""

    written: list[str] = field(default_factory=list)
    rejected: int = 0
    read_only: int = 0


def accept(path: Path, today: date) -> Decided:
    """Write the rows of a proposal that are not marked `reject`, with the documents they cite, if all of it is sound.

    Raises DecisionRefused for incomplete rows, twins and a file that is no proposal, and EditRefused (see
    `helpers.refresh.edit`) with the faults that `check` would find.
    """
    feed, snapshot, lines, columns = _read(path)
    chosen = [line for line in lines if line["decision"] != "reject" and _cells(line, columns)]
    turned_down = [
        _cells(line, columns) for line in lines if line["decision"] == "reject" and _cells(line, columns)
    ]
    decided = Decided(rejected=len(turned_down), read_only=len(lines) - len(chosen) - len(turned_down))
    if chosen:
        with editing():
            decided.written = _write(feed, snapshot, chosen, columns, today)
    _remember(feed.name, turned_down, today, "")
    _put_away(path, "accepted")
    return decided


def reject(path: Path, today: date, reason: str = "") -> Decided:
    """Set a whole proposal aside; its rows are not proposed again until the feed says another thing."""
    feed, _, lines, columns = _read(path)
    rows = [cells for line in lines if (cells := _cells(line, columns))]
    _remember(feed.name, rows, today, reason)
    _put_away(path, "rejected")
    return Decided(rejected=len(rows), read_only=len(lines) - len(rows))


def _read(path: Path) -> tuple[Feed, Snapshot, list[dict[str, str]], tuple[str, ...]]:
    found = _NAME.fullmatch(path.name)
    feeds = read_feeds()
    if not found or found["feed"] not in feeds:
        raise DecisionRefused(
            f"{path.name}: expected the name of a proposal, such as {next(iter(feeds))}-2026-11-22.csv"
        )
    try:
        lines, columns = read_proposal(path)
    except (OSError, ValueError) as error:
        raise DecisionRefused(str(error)) from None
    if wrong := sorted({line["decision"] for line in lines} - set(DECISIONS)):
        raise DecisionRefused(
            f"{path.name}: decision: found {', '.join(map(repr, wrong))}, expected accept, reject or nothing"
        )
    feed = feeds[found["feed"]]
    kept = [snapshot for snapshot in all_of(feed.name) if snapshot.label == found["label"]]
    if not kept:
        raise DecisionRefused(
            f"{path.name}: its snapshot {found['label']} is gone; run `briefing refresh {feed.name}`"
        )
    return feed, kept[0], lines, columns


def _cells(line: Mapping[str, str], columns: Sequence[str]) -> dict[str, str]:
    return {name: cell for name in columns if (cell := (line.get(name) or "").strip())}


def _write(
    feed: Feed, snapshot: Snapshot, lines: list[dict[str, str]], columns: Sequence[str], today: date
) -> list[str]:
    """Put rows and their documents into the tables; returns where each row stands."""
    mapping, folder = feed.proposes, data_dir()
    resource = resource_of(folder, mapping.table)
    if unknown := [name for name in columns if name not in {column.name for column in resource.fields}]:
        raise DecisionRefused(f"unknown columns {', '.join(unknown)}; {resource.path} has none of these")
    kind = next(each for each in KINDS.values() if each.table == mapping.table)
    rows = by_key(feed, read_rows(feed, snapshot.body(), snapshot.charset, snapshot.content_type))
    table, sources = TableText.read(folder / resource.path), TableText.read(folder / "sources.csv")
    written, problems = [], []
    for line in lines:
        origin = rows.get(line["key"], {})
        sources = _with_source(mapping, sources, origin, snapshot)
        cells = {**cited(mapping, table.columns, origin, snapshot), **_cells(line, columns)}
        row = fill(kind, cells, table, sources, today)
        problems += _problems(line["key"], resource, row, twin(kind, row, table))
        table, place = table.insert(row, place_for(kind, row, table))
        written.append((row[table.columns[0]], place))
    if problems:
        raise DecisionRefused("\n".join(problems))
    write_checked(folder, {resource.path: table.text, "sources.csv": sources.text})
    final = {record[table.columns[0]]: number for number, record in enumerate(table.records, start=2)}
    return [f"data/{resource.path} row {final[name]}: {name}" for name, _ in written]


def _problems(key: str, resource: Resource, row: Row, same: tuple[int, str] | None) -> list[str]:
    lacks = [f"{key}: {name} is empty: {described}" for name, described in lacking(resource, row)]
    return lacks + ([f"{key}: {resource.path} row {same[0]} says the same ({same[1]})"] if same else [])


def _with_source(mapping: RowMapping, sources: TableText, origin: Row, snapshot: Snapshot) -> TableText:
    """The sources with the document that a row cites, if it is not there yet."""
    row = {name: filled(template, origin, snapshot) for name, template in mapping.source.items()}
    row.setdefault("accessed", snapshot.accessed)
    row.setdefault("licence", snapshot.licence)
    row.setdefault("publisher", snapshot.publisher)
    if sources.rows_where(source_id=row["source_id"]):
        return sources
    return sources.insert(row)[0]


def _remember(feed: str, rows: Sequence[Mapping[str, str]], today: date, reason: str) -> None:
    """Add rejected rows to the record."""
    if not rows:
        return
    path, out = rejected_path(), io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if not path.is_file():
        writer.writerow(("feed", "rejected_on", "reason", "cells"))
    for cells in rows:
        writer.writerow((feed, today.isoformat(), reason, json.dumps(dict(cells), ensure_ascii=False)))
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_whole(path, (path.read_text(encoding="utf-8") if path.is_file() else "") + out.getvalue())


def _put_away(path: Path, where: str) -> None:
    target = proposals_dir() / where / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
