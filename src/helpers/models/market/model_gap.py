"""How far Chinese models trail American ones: each measure by itself, in months or in points of its own scale.

The measures answer different questions and are never averaged. An index (Epoch) dates when a Chinese model reached
what a US model had reached; a government test (CAISI) places one model on private benchmarks; a leaderboard (Arena)
compares the best two by votes; a benchmark gap (AI Index) shrinks as the benchmark saturates; an official's or a
developer's word is an opinion.
"""

import pandas as pd

from helpers.evidence import Evidence
from helpers.models.market.series import AHEAD, OUTTURN, long_form, observations, record

DEVELOPER = "developer's own claim"
# What each measure answers, by how its name in the evidence begins.
ANSWERS = {
    "Epoch": "when a Chinese model reached a level that a US model had reached",
    "NIST CAISI": "one Chinese model against the US frontier, tested by the US government",
    "Mozilla": "Chinese open-weight models against the US frontier",
    "opinion": "an official's word, no method given",
    DEVELOPER: "what a developer says of its own model",
}
_SCORES = {
    "arena_gap": ("Arena, best US over best Chinese model", "percent of score"),
    "arena_gap_points": ("Arena, best US over best Chinese model", "Elo points"),
    "benchmark_gap_MMLU": ("MMLU", "percentage points"),
    "benchmark_gap_MMMU": ("MMMU", "percentage points"),
    "benchmark_gap_MATH": ("MATH", "percentage points"),
    "benchmark_gap_HumanEval": ("HumanEval", "percentage points"),
}


def lags(evidence: Evidence) -> pd.DataFrame:
    """Lag in months; one row is one statement of one measure. Adds `measure`, `answers` and `subject`.

    `subject` is the model when one model was tested, else the pair of countries. Two readings of one document are
    one row.
    """
    statuses = (*OUTTURN, *AHEAD, "claimed")
    facts = observations(evidence.facts, ("model_lag", "self_reported_lag"), statuses=statuses)
    rows = []
    for fact in facts[facts["unit"] == "months"].to_dict("records"):
        measure = _measure(fact)
        subject = fact["entity"].removesuffix(" vs US frontier")
        answers = _answers(measure)
        more = {"entity": measure, "measure": measure, "answers": answers, "subject": subject}
        rows.append(record(fact, "lag of Chinese models", "months", f"{measure}: {answers}", **more))
    frame = long_form(rows, evidence, ("measure", "answers", "subject"))
    return frame.drop_duplicates(["measure", "subject", "period", "p5", "p50", "p95"], ignore_index=True)


def newest_lags(statements: pd.DataFrame) -> pd.DataFrame:
    """The newest statement of each measure (by the end of what it covers); one row is one measure."""
    newest = statements.sort_values(["period_end", "evidence"]).groupby("measure", sort=False).tail(1)
    return newest.sort_values("period_end", ignore_index=True)


def score_gaps(evidence: Evidence) -> pd.DataFrame:
    """US lead in points of each scale; one row is one scale and date. Adds `measure`. Units differ: never compare."""
    facts = observations(evidence.facts, tuple(_SCORES), statuses=OUTTURN)
    rows = []
    for fact in facts.to_dict("records"):
        measure, unit = _SCORES[fact["metric"]]
        rows.append(record(fact, "US lead in score", unit, measure, entity=measure, measure=measure))
    return long_form(rows, evidence, ("measure",))


def score_changes(gaps: pd.DataFrame) -> pd.DataFrame:
    """First and last gap on each scale; one row is one scale seen twice: measure, unit, from, to, first, last."""
    rows = []
    for (measure, unit), part in gaps.groupby(["measure", "unit"], sort=False):
        ordered = part.sort_values("period_end").to_dict("records")
        if len(ordered) < 2:
            continue
        first, last = ordered[0], ordered[-1]
        ids = ";".join(row["evidence"] for row in ordered)
        rows.append((measure, unit, first["period"], last["period"], first["p50"], last["p50"], ids))
    return pd.DataFrame(rows, columns=["measure", "unit", "from", "to", "first", "last", "evidence"])


def _measure(fact: dict) -> str:
    if fact["metric"] == "self_reported_lag":
        return DEVELOPER
    return fact["basis"] or "measure not stated"


def _answers(measure: str) -> str:
    return next((text for name, text in ANSWERS.items() if measure.startswith(name)), "see the source")
