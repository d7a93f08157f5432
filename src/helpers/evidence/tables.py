"""The one reader of `data/`: typed tables, cut to what was known on a date.

Every table keeps its file row in `row` (the header is row 1), so that a fault can be found in an editor.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from helpers.evidence.package import Resource, read_package
from helpers.evidence.periods import knowable_from, parse_period
from helpers.paths import data_dir

LATEST = "latest"
TABLES = ("sources", "facts", "chips", "systems", "events", "rates", "assumptions", "claims", "classifications")


@dataclass(frozen=True)
class Evidence:
    """All tables of the data package as they were known on `as_of`.

    sources, facts, ...: DataFrames with the columns of `datapackage.json`, plus `row`; `published` is the last
    possible day (datetime64), `period_start` and `period_end` are parsed, and the written forms stay in
    `published_text` and `period_text`.
    rules: list of dicts as in `rules.yaml`. full: the same evidence before the cut.
    """

    as_of: date
    sources: pd.DataFrame
    facts: pd.DataFrame
    chips: pd.DataFrame
    systems: pd.DataFrame
    events: pd.DataFrame
    rates: pd.DataFrame
    assumptions: pd.DataFrame
    claims: pd.DataFrame
    classifications: pd.DataFrame
    rules: list[dict]
    rulebook: dict
    scenarios: dict[str, dict]
    folder: Path
    full: "Evidence | None" = field(default=None, repr=False, compare=False)

    def scenario(self, name: str) -> dict:
        """The scenario file of that name; KeyError names the ones there are."""
        if name not in self.scenarios:
            raise KeyError(f"unknown scenario {name!r}; there are: {', '.join(sorted(self.scenarios))}")
        return self.scenarios[name]

    @cached_property
    def source_by_id(self) -> dict[str, dict]:
        """Source rows as dicts, by id."""
        return {row["source_id"]: row for row in self.sources.to_dict("records")}


def load(as_of: str | date = LATEST, folder: Path | None = None) -> Evidence:
    """Read the data package and drop whatever was published after `as_of`.

    `as_of` is an ISO date or `latest`, the newest `published` of any row (never the clock).
    Raises ValueError for a date that cannot be read, and FileNotFoundError for a missing table.
    """
    whole = _read_all(folder or data_dir())
    day = whole.as_of if as_of == LATEST else _as_date(as_of)
    return _cut(whole, day)


def load_table(name: str, as_of: str | date = LATEST, folder: Path | None = None) -> pd.DataFrame:
    """One table of `load`, for a look in a notebook: `load_table("facts", as_of="2024-08-01")`."""
    if name not in TABLES:
        raise KeyError(f"unknown table {name!r}; there are: {', '.join(TABLES)}")
    return getattr(load(as_of, folder), name)


def _as_date(value: str | date) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"as_of: expected a date like 2025-06-30 or 'latest', found {value!r}") from None


def _read_all(folder: Path) -> Evidence:
    package = read_package(folder)
    tables = {name: _read_table(package[name], folder) for name in TABLES if name in package}
    empty = {name: pd.DataFrame() for name in TABLES if name not in tables}
    rulebook = yaml.safe_load((folder / "rules.yaml").read_text(encoding="utf-8"))
    scenarios = {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for path in sorted((folder / "scenarios").glob("*.yml"))
    }
    newest = max(
        tables[name]["published"].max() for name in ("facts", "events", "sources") if name in tables
    )
    return Evidence(
        as_of=newest.date(),
        rules=rulebook["rules"],
        rulebook=rulebook,
        scenarios=scenarios,
        folder=folder,
        **tables,
        **empty,
    )


def _read_table(resource: Resource, folder: Path) -> pd.DataFrame:
    """Text as written, then the types of the schema; what does not convert becomes unknown (`check` reports it)."""
    frame = pd.read_csv(folder / resource.path, dtype="string", keep_default_na=False, encoding="utf-8")
    frame.insert(0, "row", np.arange(2, len(frame) + 2))
    for column in resource.fields:
        if column.name not in frame:
            continue
        if column.type in ("number", "integer"):
            frame[column.name] = pd.to_numeric(frame[column.name].replace("", pd.NA), errors="coerce").astype(
                "float64"
            )
        else:
            frame[column.name] = frame[column.name].astype(object)
    for column in ("published", "accessed"):
        if column in frame:
            frame[f"{column}_text"] = frame[column]
            frame[column] = _days(frame[column], knowable_from)
    if "period" in frame:
        frame["period_text"] = frame["period"]
        frame["period_start"] = _days(frame["period"], lambda text: parse_period(text).start)
        frame["period_end"] = _days(frame["period"], lambda text: parse_period(text).end)
    return frame


def _days(column: pd.Series, parse) -> pd.Series:
    def one(text):
        try:
            return parse(text)
        except ValueError:
            return None

    parsed = {text: one(text) for text in column.unique()}
    return pd.to_datetime(column.map(parsed), errors="coerce")


def _cut(whole: Evidence, day: date) -> Evidence:
    known = pd.Timestamp(day)
    cut = {}
    for name in TABLES:
        frame = getattr(whole, name)
        cut[name] = frame[frame["published"] <= known].reset_index(drop=True) if "published" in frame else frame
    existing = set(cut["sources"]["source_id"])
    for name, frame in cut.items():
        for column in ("source_id", "source_ids"):
            if column in frame and name != "sources":
                cut[name] = frame.assign(
                    **{column: frame[column].map(lambda ids: ";".join(i for i in ids.split(";") if i in existing))}
                )
                frame = cut[name]
    if "classifications" in cut and len(cut["classifications"]):
        frame = cut["classifications"]
        cut["classifications"] = frame[frame["source_id"] != ""].reset_index(drop=True)
    rules = [rule for rule in whole.rules if knowable_from(str(rule["published"])) <= day]
    return replace(whole, as_of=day, rules=rules, full=whole, **cut)
