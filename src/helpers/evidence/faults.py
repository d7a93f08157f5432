"""A fault in the evidence: where it is, what was found there and what was expected."""

from typing import NamedTuple


class Fault(NamedTuple):
    """One fault. row: the line of the table in a spreadsheet (the header is row 1), 0 for a whole file.

    column: the column of a table, or the dotted path in a YAML file.
    """

    file: str
    row: int
    column: str
    found: str
    expected: str

    def __str__(self) -> str:
        place = (
            self.file + (f" row {self.row}" if self.row else "") + (f", {self.column}" if self.column else "")
        )
        return f"{place}: found {self.found}, expected {self.expected}"


def shown(value: object, limit: int = 80) -> str:
    """A found value in quotes, cut to a readable length; `nothing` for an empty one."""
    text = "" if value is None else str(value)
    if text == "":
        return "nothing"
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")
