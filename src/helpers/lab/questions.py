"""One call, one answer: the questions that an analyst asks of the evidence, the rules and the capacity model."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd

from helpers.evidence import LATEST, Evidence
from helpers.evidence import load as read
from helpers.evidence.checks import check as check_folder
from helpers.evidence.faults import Fault, shown
from helpers.evidence.package import read_package
from helpers.evidence.tables import TABLES
from helpers.fingerprint import files_below
from helpers.models.capacity.result import DRAWS, SEED, CapacityResult, simulate
from helpers.models.chips.specs import spec_table
from helpers.models.rules.book import Book, compile_rules
from helpers.models.rules.classify import Classification
from helpers.models.rules.classify import classify as judge
from helpers.models.rules.find import find
from helpers.paths import data_dir


class EvidenceFault(ValueError):
    """A cell that cannot be read, named as `briefing check` names it: file, row, column, found, expected."""


@dataclass(frozen=True)
class Chip:
    """One accelerator as known on a day: its row in the table, what is disputed, and its export-control status."""

    row: dict[str, Any]
    disputed: dict[str, tuple[float, float]]
    classification: Classification

    def __getattr__(self, name: str) -> Any:
        if name in self.row:
            return self.row[name]
        raise AttributeError(f"a chip has no {name!r}; there are: {', '.join(self.row)}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.row]


@dataclass(frozen=True)
class Rule:
    """One entry of `rules.yaml`, as data; it shows as its tests."""

    entry: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.entry[name]


def load(as_of: str | date = LATEST) -> Evidence:
    """The evidence as known on `as_of`, read again only when a file in `data/` has changed.

    Raises EvidenceFault for a cell that cannot be read (a word where a number belongs, a date that does not exist).
    """
    return _load(as_of if isinstance(as_of, str) else as_of.isoformat(), _state())


def load_table(name: str, as_of: str | date = LATEST) -> pd.DataFrame:
    """One table of the evidence as known on `as_of`, a copy that may be changed: `load_table("facts")`.

    Raises KeyError with the tables there are, and EvidenceFault as `load` does.
    """
    if name not in TABLES:
        raise KeyError(f"unknown table {name!r}; there are: {', '.join(TABLES)}")
    return getattr(load(as_of), name).copy()


def check() -> list[Fault]:
    """Every fault of the evidence, as `briefing check` finds them; an empty list when it is sound. Takes seconds."""
    return check_folder(data_dir())


class Chips(tuple):
    """Several chips, such as the variants that share a name; shows as their cards."""


def chips(name: str, as_of: str | date = LATEST) -> Chips:
    """Every chip that a name means: `chips("A100")` gives its variants. Raises UnknownChip with the nearest names."""
    evidence = load(as_of)
    wanted = [spec["name"] for spec in find(name, evidence, _book(str(evidence.as_of), _state())).specs]
    rows = evidence.chips[evidence.chips["name"].isin(wanted)]
    return Chips(_chip(row, evidence) for row in rows.to_dict("records"))


def chip(name: str, as_of: str | date = LATEST) -> Chip:
    """The chip of that name or id: `chip("RTX 4090")`, `chip("ascend_910b")`. Shows as a card.

    Raises UnknownChip with the nearest names, and ValueError for a name that means several chips (see `chips`).
    """
    found = chips(name, as_of)
    if len(found) != 1:
        ids = ", ".join(each.chip_id for each in found)
        raise ValueError(f"{name!r} means {len(found)} chips: {ids}; `chips({name!r})` shows them all")
    return found[0]


def _chip(row: dict[str, Any], evidence: Evidence) -> Chip:
    disputed: dict[str, tuple[float, float]] = {}
    for each in evidence.disputes.to_dict("records"):
        if each["chip_id"] == row["chip_id"]:
            disputed[each["field"]] = (each["low"], each["high"])
    return Chip(row, disputed, classify(row["chip_id"], as_of=evidence.as_of))


def rule(rule_id: str, as_of: str | date = LATEST) -> Rule:
    """The rule with that id as known on `as_of`; it shows as its tests. KeyError lists the ids there are."""
    known = {entry["id"]: entry for entry in load(as_of).rules}
    if rule_id not in known:
        raise KeyError(f"no rule {rule_id!r}; there are: {', '.join(known)}")
    return Rule(known[rule_id])


def classify(chip: str | dict, as_of: str | date = LATEST) -> Classification:
    """The export-control status of a chip for China on a day, with the rule and the test that decide.

    chip: a name or id, or a specification as a dict with columns of chips.csv. as_of: the day of the export; the
    rules are those known today. Raises UnknownChip and ValueError (see `helpers.models.rules.classify`).
    """
    evidence = load()
    day = evidence.as_of if as_of == LATEST else as_of
    return judge(chip, day, evidence, _book(str(evidence.as_of), _state()))


def capacity(
    scenario: str = "baseline",
    as_of: str | date = LATEST,
    horizon: int = 2028,
    draws: int = DRAWS,
    seed: int = SEED,
    precision: str = "fp16",
) -> CapacityResult:
    """China's AI compute in H100e under a scenario, as known on `as_of`; it shows as a table with 90 % intervals.

    The same arguments on the same evidence are answered from memory. KeyError lists the scenarios there are.
    """
    day = as_of if isinstance(as_of, str) else as_of.isoformat()
    return _capacity(scenario, day, horizon, draws, seed, precision, _state())


def specs(as_of: str | date = LATEST) -> pd.DataFrame:
    """The specification table with the derived metrics (TPP, density, per watt), one row per chip."""
    return spec_table(load(as_of))


def _state() -> tuple:
    """What changes when a file of the evidence does; costs a look at each, not a read."""
    return tuple(
        (str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files_below(data_dir())
    )


@lru_cache(maxsize=8)
def _load(as_of: str, state: tuple) -> Evidence:
    evidence = read(as_of)
    if faults := unreadable(evidence.full or evidence):
        raise EvidenceFault("\n".join(map(str, faults)))
    return evidence


@lru_cache(maxsize=8)
def _book(as_of: str, state: tuple) -> Book:
    evidence = _load(as_of, state)
    return compile_rules(evidence.rulebook, evidence.as_of)


@lru_cache(maxsize=16)
def _capacity(scenario, as_of, horizon, draws, seed, precision, state) -> CapacityResult:
    return simulate(_load(as_of, state), scenario, horizon, draws, seed, precision)


def unreadable(evidence: Evidence) -> list[Fault]:
    """Cells that are written and could not be read: numbers by their column's type, dates and periods."""
    faults = []
    for name, resource in read_package(evidence.folder).items():
        frame = getattr(evidence, name, None)
        if frame is None or frame.empty:
            continue
        numeric = [column.name for column in resource.fields if column.type in ("number", "integer")]
        text = pd.read_csv(evidence.folder / resource.path, dtype=str, keep_default_na=False, usecols=[
            column for column in (*numeric, "published", "period") if column in frame
        ])  # fmt: skip
        for column in text:
            known = {"published": "published", "period": "period_end"}.get(column, column)
            lost = frame[known].isna().to_numpy() & (text[column] != "").to_numpy()
            if column == "period":
                lost &= frame["period_start"].isna().to_numpy()
                lost &= ~text[column].map(_timeless).to_numpy(dtype=bool)
            expected = {
                "published": "a date like 2024, 2024-07 or 2024-07-31",
                "period": "a period like 2024-Q3",
            }
            for place in lost.nonzero()[0]:
                cell = shown(text[column].iloc[place])
                said = expected.get(column, "a number")
                faults.append(
                    Fault(f"data/{resource.path}", int(frame["row"].iloc[place]), column, cell, said)
                )
    return faults


def _timeless(text: str) -> bool:
    from helpers.evidence.periods import parse_period

    try:
        parse_period(text)
    except ValueError:
        return False
    return True
