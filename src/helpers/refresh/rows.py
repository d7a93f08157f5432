"""A table of `data/` as text: rows are put in or replaced, and every other byte stays as its editor left it."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TableText:
    """One CSV file as written: its columns, and the exact text of the header and of each record.

    `row` numbers count as a spreadsheet does: the header is row 1, the first record row 2.
    """

    columns: tuple[str, ...]
    pieces: tuple[str, ...]
    records: tuple[dict[str, str], ...]

    @classmethod
    def read(cls, path: Path) -> "TableText":
        """Split a CSV file into its records without losing a byte; ValueError when it has no header."""
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(io.StringIO(file.read(), newline="\n"))
        reader = csv.reader(lines)
        cells, pieces, start = [], [], 0
        for record in reader:
            cells.append(record)
            pieces.append("".join(lines[start : reader.line_num]))
            start = reader.line_num
        if not cells or not cells[0]:
            raise ValueError(f"{path.name} has no header")
        columns = tuple(cells[0])
        records = tuple(dict(zip(columns, record, strict=False)) for record in cells[1:])
        return cls(columns, tuple(pieces), records)

    @property
    def text(self) -> str:
        """The file again."""
        return "".join(self.pieces)

    def line(self, values: Mapping[str, str]) -> str:
        """A record as the table writes it; KeyError names columns that the table does not have."""
        if unknown := [name for name in values if name not in self.columns]:
            raise KeyError(f"no column {', '.join(unknown)}; there are: {', '.join(self.columns)}")
        out = io.StringIO()
        ending = "\r\n" if self.pieces[0].endswith("\r\n") else "\n"
        csv.writer(out, lineterminator=ending).writerow([values.get(name, "") for name in self.columns])
        return out.getvalue()

    def insert(self, values: Mapping[str, str], after: int | None = None) -> tuple["TableText", int]:
        """With one more record after row `after` (at the end by default), and the row it stands in."""
        place = len(self.pieces) if after is None else after
        before = list(self.pieces[:place])
        if not before[-1].endswith("\n"):
            before[-1] += "\n"
        pieces = (*before, self.line(values), *self.pieces[place:])
        kept = self.records
        records = (*kept[: place - 1], self._complete(values), *kept[place - 1 :])
        return TableText(self.columns, pieces, records), place + 1

    def replace(self, row: int, values: Mapping[str, str]) -> "TableText":
        """With some cells of one row changed."""
        place = row - 1
        changed = {**self.records[place - 1], **values}
        pieces = (*self.pieces[:place], self.line(changed), *self.pieces[place + 1 :])
        records = (*self.records[: place - 1], self._complete(changed), *self.records[place:])
        return TableText(self.columns, pieces, records)

    def rows_where(self, **cells: str) -> list[int]:
        """The rows whose cells equal those given, ignoring case and outer blanks."""
        return [
            number
            for number, record in enumerate(self.records, start=2)
            if all(_plain(record.get(name, "")) == _plain(cell) for name, cell in cells.items())
        ]

    def _complete(self, values: Mapping[str, str]) -> dict[str, str]:
        return {name: values.get(name, "") for name in self.columns}


def _plain(cell: str) -> str:
    return cell.strip().casefold()
