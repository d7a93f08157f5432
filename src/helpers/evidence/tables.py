"""The one reader of `data/`: typed tables, cut to what was known on a date.

Every table keeps its file row in `row` (the header is row 1), so that a fault can be found in an editor.
"""

from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from helpers.evidence.hindsight import rule_as_known
from helpers.evidence.package import Resource, read_package
from helpers.evidence.periods import knowable_from, parse_period
from helpers.fingerprint import files_below
from helpers.paths import data_dir

LATEST = "latest"
TABLES = (
    "sources",
    "facts",
    "rejected",
    "chips",
    "disputes",
    "systems",
    "events",
    "rates",
    "assumptions",
    "claims",
    "classifications",
)
# What the newest edition may show decides its date; a source nobody cites does not.
DATED = ("facts", "events", "chips", "sources")
_DAYS = ("published", "accessed", "since")


@dataclass(frozen=True)
class Evidence:
    """All tables of the data package as they were known on `as_of`.

    sources, facts, ...: DataFrames with the columns of `datapackage.json`, plus `row`; `published` is the last
    possible day (datetime64), `period_start` and `period_end` are parsed, and the written forms stay in
    `published_text` and `period_text`.
    disputes: values in conflict, one row per chip and field. rejected: rows left out, with the reason.
    rules: list of dicts as in `rules.yaml`. full: the same evidence before the cut.
    """

    as_of: date
    sources: pd.DataFrame
    facts: pd.DataFrame
    rejected: pd.DataFrame
    chips: pd.DataFrame
    disputes: pd.DataFrame
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
            near = get_close_matches(name, self.scenarios, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise KeyError(f"unknown scenario {name!r}; there are: {', '.join(sorted(self.scenarios))}{hint}")
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


def independent(facts: pd.DataFrame) -> pd.DataFrame:
    """The facts without those that merely repeat another row of the same frame.

    A repeat whose original is not in the frame (another topic, another filter) stays, so nothing is lost.
    """
    return facts[~facts["repeats"].isin(set(facts["fact_id"]))]


def _as_date(value: str | date) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"as_of: expected a date like 2025-06-30 or 'latest', found {value!r}") from None


def _read_all(folder: Path) -> Evidence:
    """The package as its files are now; read once as long as none of them changes."""
    files = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files_below(folder)]
    return _read_unchanged(folder, tuple(files))


@lru_cache(maxsize=4)
def _read_unchanged(folder: Path, stamps: tuple) -> Evidence:
    package = read_package(folder)
    tables = {name: _read_table(package[name], folder) for name in TABLES if name in package}
    empty = {name: pd.DataFrame() for name in TABLES if name not in tables}
    rulebook = yaml.load((folder / "rules.yaml").read_text(encoding="utf-8"), Loader=_YAML)
    scenarios = {
        path.stem: yaml.load(path.read_text(encoding="utf-8"), Loader=_YAML) or {}
        for path in sorted((folder / "scenarios").glob("*.yml"))
    }
    newest = max(tables[name]["published"].max() for name in DATED if name in tables)
    return Evidence(
        as_of=newest.date(),
        rules=rulebook["rules"],
        rulebook=rulebook,
        scenarios=scenarios,
        folder=folder,
        **tables,
        **empty,
    )


# libyaml reads the rules ten times faster; the pure reader gives the same result where it is not built in.
_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
    for column in _DAYS:
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
    """The evidence of that day: later rows dropped, later documents unnamed, notes with hindsight blanked."""
    known = pd.Timestamp(day)
    cut = {name: getattr(whole, name).copy() for name in TABLES}  # what is read once must stay as it was read
    cut["sources"] = _sources_known(whole.sources, known)
    existing = set(cut["sources"]["source_id"])
    for name, frame in cut.items():
        if name == "sources" or "published" not in frame:
            continue
        frame = frame[frame["published"] <= known].reset_index(drop=True)
        frame = _name_known_sources(frame, existing)
        if day < whole.as_of:
            frame = _without_hindsight(frame, known)
        cut[name] = frame
    rules = [
        rule_as_known(rule, day, existing) if day < whole.as_of else rule
        for rule in whole.rules
        if knowable_from(str(rule["published"])) <= day
    ]
    return replace(whole, as_of=day, rules=rules, full=whole, scenarios=deepcopy(whole.scenarios), **cut)


def _without_hindsight(frame: pd.DataFrame, known: pd.Timestamp) -> pd.DataFrame:
    """Blank what a row that was already known says of later days: notes, releases to come, what became of a chip."""
    if "note" in frame:
        frame = frame.assign(note="")
    if "release_date" not in frame:
        return frame
    released = _days(frame["release_date"], knowable_from)
    # A plan names a quarter or a month; a whole day that lay ahead was only known when it came.
    is_exact = frame["release_date"].str.len() == len("2024-11-15")
    to_come = (released > known) & ((frame["status"] != "announced") | is_exact)
    status = frame["status"].replace({"banned variant": "shipping", "cancelled": "announced"})
    return frame.assign(
        status=status.mask(to_come, "announced"), release_date=frame["release_date"].mask(to_come, "")
    )


def _sources_known(sources: pd.DataFrame, known: pd.Timestamp) -> pd.DataFrame:
    """Documents that existed; a living one from its first edition on, then under that edition's date."""
    out = sources[sources["published"] <= known]
    if "since" in sources:
        living = sources[(sources["published"] > known) & (sources["since"] <= known)]
        living = living.assign(published=living["since"], published_text=living["since_text"])
        out = pd.concat([out, living]).sort_values("row")
    return out.reset_index(drop=True)


def _name_known_sources(frame: pd.DataFrame, existing: set[str]) -> pd.DataFrame:
    """Only documents that existed; where the one read is a later copy, the original publication stands in."""
    named = {
        column: frame[column].map(lambda ids: ";".join(i for i in ids.split(";") if i in existing))
        for column in ("source_id", "source_ids", "original_id")
        if column in frame
    }
    if "original_id" in named:
        named["source_id"] = named["source_id"].where(named["source_id"] != "", named["original_id"])
    return frame.assign(**named)
