"""How far the engine agrees with what was published about chips: filings, makers' own classifications, BIS."""

from typing import Any

import pandas as pd

from helpers.models.rules.book import Book, compile_rules
from helpers.models.rules.engine import UNDETERMINED, judge
from helpers.models.rules.find import UnknownChip, find
from helpers.models.rules.inputs import missing_inputs
from helpers.models.rules.metrics import measure
from helpers.models.rules.reasons import deciding

NEEDS_LICENCE = ("licence-required", "case-by-case")
COLUMNS = (
    "chip", "as_of", "tier", "published_status", "engine_status", "possible", "agrees", "only_by_name",
    "explanation", "rule_id", "source_id", "locator",
)  # fmt: skip


def agreement(evidence: Any, book: Book | None = None) -> pd.DataFrame:
    """One row per published statement: what it says, what the engine says, and why they differ.

    agrees: the statuses are the same; a published `licence-required` is also met by `case-by-case`, because the
        statement says that a licence is needed and not how it is reviewed
    only_by_name: they agree, and would not if the names in letters and preambles were not known
    explanation: for a disagreement, the input that is missing or disputed, or that the chip is not in the table
    """
    book = compile_rules(evidence.rulebook, evidence.as_of) if book is None else book
    rows = [_row(statement, evidence, book) for statement in evidence.classifications.to_dict("records")]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def agreement_summary(table: pd.DataFrame) -> pd.DataFrame:
    """One row per tier (core, edge, all): statements, agreeing, agreeing only by name, explained, unexplained, share.

    share_percent: agreeing in percent of the statements; NaN where there are none.
    """
    rows = []
    for tier in ("core", "edge", "all"):
        part = table if tier == "all" else table[table["tier"] == tier]
        agrees = part["agrees"].astype(bool)
        rows.append(
            {
                "tier": tier,
                "statements": len(part),
                "agree": int(agrees.sum()),
                "agree_only_by_name": int((agrees & part["only_by_name"].astype(bool)).sum()),
                "differ_explained": int((~agrees & (part["explanation"] != "")).sum()),
                "differ_unexplained": int((~agrees & (part["explanation"] == "")).sum()),
                "share_percent": 100 * agrees.mean() if len(part) else float("nan"),
            }
        )
    return pd.DataFrame(rows)


def same_answer(published: str, engine: str) -> bool:
    """Whether two statuses say the same about the need of a licence."""
    return published == engine or (published in NEEDS_LICENCE and engine in NEEDS_LICENCE)


def _row(statement: dict, evidence: Any, book: Book) -> dict:
    day = str(statement["as_of"])[:10]
    row = {
        "chip": statement["chip"], "as_of": day, "tier": statement["tier"],
        "published_status": statement["controlled"], "rule_id": statement["rule_id"],
        "source_id": statement["source_id"], "locator": statement["locator"], "only_by_name": False,
    }  # fmt: skip
    try:
        specs = find(statement["chip"], evidence, book).specs
    except UnknownChip:
        return row | {
            "engine_status": "",
            "possible": "",
            "agrees": False,
            "explanation": "not in the chips table",
        }
    status, possible = _status(specs, book, day)
    agrees = same_answer(statement["controlled"], status)
    by_numbers, _ = _status(specs, book, day, by_name=False)
    return row | {
        "engine_status": status,
        "possible": ";".join(possible),
        "agrees": agrees,
        "only_by_name": agrees and not same_answer(statement["controlled"], by_numbers),
        "explanation": "" if agrees else _explanation(specs, book, day),
    }


def _status(specs: list[dict], book: Book, day: str, by_name: bool = True) -> tuple[str, tuple[str, ...]]:
    judged = [judge(spec, book, day, by_name=by_name) for spec in specs]
    statuses = {one.status for one in judged}
    possible = dict.fromkeys(status for one in judged for status in one.possible)
    return (statuses.pop() if len(statuses) == 1 else UNDETERMINED), tuple(possible)


def _explanation(specs: list[dict], book: Book, day: str) -> str:
    """What leaves the engine's answer open; empty when it is a definite answer that simply differs."""
    for spec in specs:
        measured = measure(spec, book)
        judged = judge(spec, book, day, measured)
        if judged.status != UNDETERMINED:
            continue
        missing = missing_inputs(spec, book, day, judged)
        if missing:
            return f"not published: {'; '.join(row['label'] for row in missing)}"
        return deciding(spec, book, judged, measured)["sentence"]
    return ""
