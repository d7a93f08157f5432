"""How old the newest row of each watched series is, and when that is too old.

The ages stand in `datapackage.json` (`freshness`): a name, the table, the cells that a row of the series has, and the
ages in days from which to warn and from which to refuse an unattended build. A build reads no clock: it writes the
newest dates into the page, where a script compares them with the reader's day (`freshness_banner`); only the
unattended run and `briefing refresh --freshness` compare them with today's.
"""

import json
from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any, NamedTuple

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.package import RENAMED

SCRIPT = "assets/js/freshness.js"


class Age(NamedTuple):
    """One watched series: its newest row's first day of publication, its age in days, and fresh, warn or error.

    newest and days are None when there is no row at all, which is an error.
    """

    name: str
    title: str
    newest: date | None
    days: int | None
    warn_days: int
    error_days: int
    state: str


def watched(evidence: Evidence) -> list[dict[str, Any]]:
    """The watched series as described in the data package; empty when it describes none."""
    package = json.loads((evidence.folder / "datapackage.json").read_text(encoding="utf-8"))
    return list(package.get("freshness", ()))


def freshness(evidence: Evidence, today: date) -> list[Age]:
    """The age of every watched series on `today`, oldest first within error, warn and fresh."""
    ages = []
    for entry in watched(evidence):
        newest = _newest(evidence, entry)
        days = (today - newest).days if newest else None
        state = _state(days, entry["warn_days"], entry["error_days"])
        ages.append(
            Age(entry["name"], entry["title"], newest, days, entry["warn_days"], entry["error_days"], state)
        )
    order = {"error": 0, "warn": 1, "fresh": 2}
    return sorted(
        ages, key=lambda age: (order[age.state], -(age.days if age.days is not None else 10**6), age.name)
    )


def freshness_banner(evidence: Evidence) -> str:
    """HTML that a script shows from the day on which a series is old; empty for an edition as of an earlier date.

    It is the same on every day of the build, so that equal inputs give equal pages.
    """
    whole = evidence.full or evidence
    if evidence.as_of < whole.as_of:
        return ""
    rows = [
        {
            "title": entry["title"],
            "newest": newest.isoformat(),
            "warn": entry["warn_days"],
            "error": entry["error_days"],
        }
        for entry in watched(evidence)
        if (newest := _newest(evidence, entry))
    ]
    if not rows:
        return ""
    told = escape(json.dumps(rows, ensure_ascii=False, sort_keys=True), quote=True)
    return (
        f'<div class="callout callout-warning freshness" role="note" data-series="{told}" hidden></div>'
        f'<script src="{SCRIPT}"></script>'
    )


def in_words(age: Age) -> str:
    """One line on a series."""
    if age.newest is None:
        return f"{age.title}: no row"
    limit = {"error": f", limit {age.error_days}", "warn": f", warns from {age.warn_days}"}.get(age.state, "")
    return f"{age.title}: newest {age.newest}, {age.days} days{limit}"


def _newest(evidence: Evidence, entry: Mapping[str, Any]) -> date | None:
    table = entry["table"]
    frame = getattr(evidence, RENAMED.get(table, table))
    for column, value in entry.get("where", {}).items():
        frame = frame[frame[column] == value] if len(frame) else frame
    newest = frame[entry.get("date", "published")].max() if len(frame) else pd.NaT
    return None if pd.isna(newest) else newest.date()


def _state(days: int | None, warn: int, error: int) -> str:
    if days is None or days >= error:
        return "error"
    return "warn" if days >= warn else "fresh"
