"""Why a number moved between two editions: evidence, assumption, rule, model, a new period, or a setting.

A cause is named when something of its kind changed that the number rests on: a row that it cites, or that cites a
source it cites; the modules that its notebook imports; its period; a parameter. Where several changed, all are
named: their shares cannot be told apart without running the models again, and no split is invented.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from helpers.edition.record import CODE, Record, Row
from helpers.evidence.package import RENAMED

ORDER = ("evidence", "assumption", "rule", "model", "new period", "setting", "drawing", "software")
SHOWN_ROWS = 8
_KINDS = {"assumptions": "assumption", "scenarios": "assumption", "rules": "rule"}
_COMPUTING = (CODE, "module helpers.models", "module helpers.evidence")
_DRAWING = ("module helpers.exhibits",)


@dataclass(frozen=True)
class Moved:
    """One row of the evidence that differs between two editions.

    change: `added` (it became known or was entered), `changed` or `gone`; columns: old and new text of
    each column that differs.
    """

    id: str
    table: str
    change: str
    name: str
    sources: frozenset[str]
    model: str = ""
    columns: dict[str, list[str]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The cause that this row stands for."""
        return _KINDS.get(self.table, "evidence")

    def as_json(self) -> dict[str, Any]:
        """What the change report says of the row."""
        said = {"id": self.id, "table": self.table, "change": self.change, "name": self.name}
        return {**said, "columns": self.columns} if self.columns else said


@dataclass(frozen=True)
class Cause:
    """The causes of one change, and what stands behind them."""

    causes: tuple[str, ...]
    rows: tuple[Moved, ...] = ()
    cited: bool = True
    modules: tuple[str, ...] = ()
    settings: dict[str, list[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The causes, the sentence that names them, and the first rows, modules and parameters behind them."""
        because: dict[str, Any] = {"row_count": len(self.rows), "cited": self.cited}
        because["rows"] = [row.as_json() for row in self.rows[:SHOWN_ROWS]]
        if self.modules:
            because["modules"] = list(self.modules)
        if self.settings:
            because["settings"] = self.settings
        return {"causes": list(self.causes), "cause": in_words(self.causes), "because": because}


def in_words(causes: Iterable[str]) -> str:
    """`evidence, assumption and model`; `not explained` when there is none."""
    names = list(causes)
    if len(names) < 2:
        return names[0] if names else "not explained"
    return f"{', '.join(names[:-1])} and {names[-1]}"


@dataclass(frozen=True)
class Difference:
    """What differs between the inputs of two editions."""

    old: Record
    new: Record

    @cached_property
    def rows(self) -> list[Moved]:
        """Every row of the evidence that became known, was corrected or is gone, by table and id."""
        moved = []
        for name in sorted(self.old.rows.keys() | self.new.rows.keys()):
            before, after = self.old.rows.get(name), self.new.rows.get(name)
            if before is None or after is None or before.values != after.values:
                moved.append(_moved(name, before, after))
        return sorted(moved, key=lambda row: (row.table, row.id))

    def explain(
        self,
        page: str,
        cited: Iterable[str],
        new_period: bool = False,
        drawn: bool = False,
    ) -> Cause:
        """Why something on a page moved that rests on the rows and sources `cited` in either edition.

        Where no row that it cites explains it, nor the code, every row that its notebook reads may. `drawn` is True
        for an exhibit, which the modules that draw may change too.
        """
        modules, settings = self.parts(page, _COMPUTING), self.settings(page)
        rows = self._resting_on(page, set(cited))
        is_cited = bool(rows)
        if not rows and not modules:
            rows = self._read_by(page)
        found = {row.kind for row in rows}
        found |= {"model"} if modules else set()
        found |= {"setting"} if settings else set()
        if new_period or (not found and self.old.as_of != self.new.as_of):
            found.add("new period")
        if not found and drawn and (modules := self.parts(page, _DRAWING)):
            found.add("drawing")
        if not found and self.parts(page, ("module ", "file ")):
            found.add("software")
        causes = tuple(name for name in ORDER if name in found)
        return Cause(causes, tuple(rows), is_cited, tuple(modules), settings)

    def settings(self, page: str) -> dict[str, list[str]]:
        """Parameters other than `as_of` that differ: old and new, `-` where there is none."""
        before, after = self.old.parameters.get(page, {}), self.new.parameters.get(page, {})
        names = [name for name in dict.fromkeys([*before, *after]) if name != "as_of"]
        pairs = {name: [str(before.get(name, "-")), str(after.get(name, "-"))] for name in names}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    def parts(self, page: str, kinds: tuple[str, ...]) -> list[str]:
        """The parts of a notebook's key that differ and are of these kinds, such as `helpers.models.market.capex`."""
        before, after = self.old.parts.get(page, {}), self.new.parts.get(page, {})
        names = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
        return [name.removeprefix("module ") for name in names if name.startswith(kinds)]

    def _tables(self, page: str) -> set[str]:
        """The tables of the data package that the notebook declares that it reads."""
        resources = {loaded: written for written, loaded in RENAMED.items()}
        named = {*self.old.parts.get(page, {}), *self.new.parts.get(page, {})}
        loaded = {name.removeprefix("evidence ") for name in named if name.startswith("evidence ")}
        return {resources.get(name, name) for name in loaded} - {"sources"}

    def _read_by(self, page: str) -> list[Moved]:
        """The rows of its tables; of the assumptions those of the models that it imports."""
        tables = self._tables(page)
        words = {
            word
            for parts in (self.old.parts, self.new.parts)
            for name in parts.get(page, ())
            for word in name.split(".")
        }
        return [row for row in self.rows if row.table in tables and (not row.model or row.model in words)]

    def _resting_on(self, page: str, ids: set[str]) -> list[Moved]:
        """Rows cited themselves, first; then rows that its notebook reads in a source that it cites."""
        direct = [row for row in self.rows if row.id in ids and row.table != "sources"]
        return direct + [row for row in self._read_by(page) if row.id not in ids and row.sources & ids]


def _model(row: Row) -> str:
    """The model that an assumption belongs to; empty for other rows."""
    return row.values.get("model", "") if row.table == "assumptions" else ""


def _moved(name: str, before: Row | None, after: Row | None) -> Moved:
    row = after or before
    sources = (before.sources if before else frozenset()) | (after.sources if after else frozenset())
    if before is None or after is None:
        return Moved(name, row.table, "gone" if after is None else "added", row.name, sources, _model(row))
    columns = {
        column: [before.values.get(column, ""), after.values.get(column, "")]
        for column in dict.fromkeys([*before.values, *after.values])
        if before.values.get(column, "") != after.values.get(column, "")
    }
    return Moved(name, row.table, "changed", row.name, sources, _model(row), columns)
