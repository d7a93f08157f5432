"""Both sides in time: dated acts of the United States, China, their allies and the makers, and the rules in force."""

from typing import Any

import pandas as pd

from helpers.evidence.periods import parse_period
from helpers.models.rules.book import citation, compile_rules, rule_dates
from helpers.models.rules.find import specifications

SIDES = {
    "US": "United States",
    "CN": "China",
    "company": "Makers",
    "NL": "Allies",
    "JP": "Allies",
    "TW": "Allies",
}
LANES = {
    "rule": "rules",
    "guidance": "rules",
    "licence decision": "letters and licences",
    "entity listing": "listings",
    "trade deal": "deals and statements",
    "statement": "deals and statements",
    "legislation": "bills",
    "enforcement": "enforcement",
}
RULE_COLUMNS = [
    "rule_id", "title", "short", "level", "kind", "citation", "announced", "published", "effective", "end",
    "in_force", "addressee", "policy", "verified", "open_marks", "source_ids",
]  # fmt: skip


def timeline(evidence: Any) -> pd.DataFrame:
    """One row per dated act: event_id, day (last possible), date_text, side, lane, direction, title, summary,
    chips_affected, effective_date, verification, source_ids; oldest first.

    direction: tighten, loosen or neutral, as seen from trade in advanced chips.
    """
    events = evidence.events
    if events.empty:
        columns = ("event_id", "day", "date_text", "side", "lane", "direction", "title", "summary")
        return pd.DataFrame(
            columns=[*columns, "chips_affected", "effective_date", "verification", "source_ids"]
        )
    frame = events.assign(
        day=pd.to_datetime([parse_period(text).end for text in events["date"]]),
        date_text=events["date"],
        side=events["actor"].map(SIDES).fillna("Allies"),
        lane=events["instrument"].map(LANES).fillna("other"),
    )
    columns = [
        "event_id",
        "day",
        "date_text",
        "side",
        "lane",
        "direction",
        "title",
        "summary",
        "chips_affected",
    ]
    frame = frame[[*columns, "effective_date", "verification", "source_ids"]]
    return frame.sort_values(["day", "event_id"], kind="stable").reset_index(drop=True)


def rules_in_force(evidence: Any) -> pd.DataFrame:
    """One row per rule known on `as_of`: its dates, level, citation, review policy of the day, and verification.

    Columns: rule_id, title, short, level, kind, citation, announced, published, effective, end (NaT: none found),
    in_force, addressee, policy, verified, open_marks (fields that are not verified), source_ids. Dates are
    datetime64; `verified` is the share of the rule's marked fields that were seen in a source.
    """
    sources = set(evidence.sources["source_id"])
    rows = [_rule_row(rule, evidence.as_of.isoformat(), sources) for rule in evidence.rules]
    return pd.DataFrame(rows, columns=RULE_COLUMNS)


def panel_inputs(evidence: Any, first: str = "h20_96") -> dict[str, Any]:
    """What the design-a-chip panel needs: `book`, `specs` (real chips, `first` before the others) and `labels`.

    labels: the rules that begin on each ISO date on which a status can change, and the knowledge date.
    """
    book = compile_rules(evidence.rulebook, evidence.as_of)
    known = evidence.as_of.isoformat()
    labels = {}
    for day in rule_dates(book):
        begun = [rule["short"] for rule in book["rules"] if rule["effective"] == day]
        ended = [f"end of {rule['short']}" for rule in book["rules"] if rule["end"] == day]
        labels[day] = "; ".join(begun or ended)
    labels[known] = "; ".join(filter(None, [labels.get(known), "the newest day known"]))
    specs = specifications(evidence.chips, evidence, book)
    specs.sort(
        key=lambda spec: (spec["chip_id"] != first, spec["vendor_hq"] != "US", spec["vendor"], spec["name"])
    )
    return {
        "book": book,
        "specs": specs,
        "labels": {day: labels[day] for day in sorted(labels) if day <= known},
    }


def _rule_row(rule: dict, known: str, sources: set[str]) -> dict:
    days = {key: str(rule[key]) if rule.get(key) else None for key in ("announced", "published", "effective")}
    ended = str(rule["end"]) if rule.get("end") and str(rule["end"]) <= known else None
    policies = [
        f"{period['policy'].replace('-', ' ')}: {period['text']}"
        for period in rule.get("licence_policy", [])
        if str(period["from"]) <= known and (period["until"] is None or known < str(period["until"]))
    ]
    marks = {field: str(mark) for field, mark in rule["verification"].items()}
    cited = dict.fromkeys(source for listed in rule["field_sources"].values() for source in listed)
    return {
        "rule_id": rule["id"],
        "title": rule["title"],
        "short": rule.get("short", rule["title"]),
        "level": rule["level"],
        "kind": rule["kind"],
        "citation": citation(rule, known),
        **{key: pd.Timestamp(day) for key, day in days.items()},
        "end": pd.Timestamp(ended) if ended else pd.NaT,
        "in_force": days["effective"] <= known and ended is None,
        "addressee": rule.get("addressee", ""),
        "policy": "; ".join(policies),
        "verified": sum(mark.startswith("verified") for mark in marks.values()) / len(marks),
        "open_marks": "; ".join(f"{field}: {mark}" for field, mark in marks.items() if mark != "verified"),
        "source_ids": ";".join(source for source in cited if source in sources),
    }
