"""The evidence as known on one day: rows by id, the cut tables, and how good a row is as a witness.

Every answer carries the ids of the rows it rests on. What exists but was published later raises NotYetKnown with
the day on which it was; what does not exist at all is a CheckError, so a typing error never looks like ignorance.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cached_property

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.periods import knowable_from, parse_partial
from helpers.models import rules
from helpers.models.chips.specs import disputed_specs, spec_table
from helpers.models.claims.values import CheckError, Day, NotYetKnown, Word, as_text

ID_OF = {"facts": "fact_id", "chips": "chip_id", "events": "event_id", "sources": "source_id"}


class Known:
    """The evidence that a check may use on `day`.

    full: the uncut evidence. results: a function (notebook, name) -> DataFrame in long form, as `Run.read`; None
    where no run is at hand. index: `indexes(full)`, shared by the days.
    """

    def __init__(self, full: Evidence, day: date, results: Callable | None = None, index: dict | None = None):
        self.full = full
        self.day = day
        self.results = results
        self.index = index if index is not None else indexes(full)

    def row(self, table: str, row_id: Word, where: str) -> dict:
        """A row by its id; `where` is the function that asked, for the message."""
        name = as_text(row_id, where)
        row = self.index[table].get(name)
        if row is None:
            raise CheckError(f"{where}: no {ID_OF[table]} {name!r} in {table}.csv")
        if pd.isna(row["published"]):
            raise CheckError(f"{where}: {name!r} has no readable date of publication")
        if row["published"] > pd.Timestamp(self.day):
            raise NotYetKnown(f"{name} had not been published", day_of(row["published"]))
        return row

    @cached_property
    def at_day(self) -> Evidence:
        """The evidence cut to the day, for the models that take the whole of it."""
        known = pd.Timestamp(self.day)
        names = ("facts", "chips", "disputes", "events", "rates", "sources", "systems", "assumptions")
        tables = {name: getattr(self.full, name) for name in names}
        cut = {
            name: frame[frame["published"] <= known] for name, frame in tables.items() if "published" in frame
        }
        rules = [rule for rule in self.full.rules if knowable_from(str(rule["published"])) <= self.day]
        return replace(self.full, as_of=self.day, rules=rules, full=self.full, **cut)

    @cached_property
    def book(self) -> dict:
        """The compiled rules that were public by the day."""
        return rules.compile_rules(self.full.rulebook, self.day)

    @cached_property
    def specs(self) -> pd.DataFrame:
        """Specifications and TPP by chip."""
        return spec_table(self.at_day).set_index("chip_id")

    @cached_property
    def disputed(self) -> dict[tuple[str, str], tuple[float, float]]:
        """The range that the sources leave open, by chip and field."""
        rows = disputed_specs(self.at_day)
        return {(row.chip_id, row.field): (row.low, row.high) for row in rows.itertuples()}

    def standing(self, row_id: str) -> str:
        """What a row is as evidence: a fact's status; `claimed` for a data sheet or a document that only relays.

        Events are `measured` when verified and `reported` otherwise; rules and rates are `measured`.
        """
        if row := self.index["facts"].get(row_id):
            return row["status"]
        if row_id in self.index["chips"] or row_id in self.index["sources"]:
            return "claimed"
        if row := self.index["events"].get(row_id):
            return "measured" if row["verification"] == "verified" else "reported"
        return "measured"

    def own_confidence(self, row_id: str) -> str | None:
        """The confidence of a chip's row, or of a document as a witness; None for every other row."""
        if row := self.index["chips"].get(row_id):
            return row["confidence"]
        if row := self.index["sources"].get(row_id):
            return "high" if row["kind"] in ("official", "filing", "datasheet") else "medium"
        return None


def indexes(full) -> dict[str, dict[str, dict]]:
    """Rows of the tables that checks name, by id; built once for all claims."""
    return {
        table: {row[name]: row for row in getattr(full, table).to_dict("records")}
        for table, name in ID_OF.items()
    }


def day_of(stamp) -> date | None:
    """The day of a timestamp; None where there is none."""
    return None if pd.isna(stamp) else stamp.date()


def dated(text: str, ids: tuple[str, ...], label: str) -> Day:
    """A date as the evidence writes it."""
    if not text:
        raise CheckError(f"no date is known for {label}")
    written = parse_partial(text)
    return Day(written.start, written.end, text, ids, label)
