"""The claims ledger: every claim of the evidence with its two verdicts, tallied and paged.

`verdict_then` uses only what was published when the claim was; `verdict_now` what is known at the edition's
`as_of`. An edition holds only claims published by its `as_of`.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd

from helpers.models.claims.claim import Claim, read_claim
from helpers.models.claims.judge import VERDICTS, Finding, judge, revise
from helpers.models.claims.known import Known, indexes
from helpers.models.claims.reasons import claimed_text, computed_text, confidence, ratio, reason
from helpers.models.claims.values import CheckError, Day, Quantity, Truth

JSON_COLUMNS = (
    "id",
    "statement",
    "source_id",
    "claimed",
    "computed",
    "low",
    "high",
    "unit",
    "verdict_then",
    "verdict_now",
    "reason",
    "evidence",
)
CAUTION = (
    "A tally counts statements, not truthfulness: how an article is cut into statements, and how a vague one is "
    "read, are our choices; one number repeated twice counts twice; relays are judged by what they repeat; and a "
    "few rows move a share by many points."
)


class LedgerError(ValueError):
    """Every fault of `claims.csv` at once, one a line: row, column, what was found."""

    def __init__(self, faults: list[str]):
        super().__init__("\n".join(faults))
        self.faults = faults


def judge_all(evidence, results: Callable | None = None) -> pd.DataFrame:
    """Every claim known at `evidence.as_of`, judged; one row a claim, in the order of the file.

    Columns: id, statement, source_id, paragraph, kind, subject, claimed, computed, low, high, unit, ratio,
    verdict_then, verdict_now, reason, evidence (list of ids), confidence, same_as; then entity, said, due,
    claimed_text, computed_text, reason_then, direction, original_source, vendor, note. `claimed` and `computed`
    are numbers, ISO dates, or words (yes, no, in part); low and high are those of the computed number, None where it
    is exact; an empty cell is None. results: (notebook, name) -> DataFrame, such as `Run.read`.
    Raises LedgerError with every claim that cannot be read or run.
    """
    if evidence.claims.empty:
        return pd.DataFrame(columns=_COLUMNS)
    full = evidence.full or evidence
    on = _opener(full, results)
    rows, faults = [], []
    for record in evidence.claims.to_dict("records"):
        try:
            claim = read_claim(record)
            rows.append(_judged(record, claim, evidence.as_of, on))
        except CheckError as fault:
            faults.append(f"claims.csv row {record['row']:.0f}, {record['claim_id']}: {fault}")
    faults += _unknown_links(evidence.claims, full.claims)
    if faults:
        raise LedgerError(faults)
    judged = pd.DataFrame(rows, columns=_COLUMNS)
    told = set(judged["id"])
    return judged.assign(
        same_as=judged["same_as"].map(lambda ids: ";".join(i for i in ids.split(";") if i in told))
    )


def as_table(judged: pd.DataFrame) -> pd.DataFrame:
    """The judged claims as a result to save: `evidence` is one text, ids separated by `;`."""
    return judged.assign(evidence=judged["evidence"].map(";".join))


def tally(judged: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Verdicts now, counted by source (one row a source, one column a verdict, then `all`), and the caution."""
    counts = pd.crosstab(judged["source_id"], judged["verdict_now"]).reindex(columns=VERDICTS, fill_value=0)
    order = judged["source_id"].drop_duplicates()
    counts = counts.reindex(order).astype(int)
    counts["all"] = counts.sum(axis=1)
    return counts.rename_axis("source_id").rename_axis(None, axis=1).reset_index(), CAUTION


def linked(judged: pd.DataFrame) -> pd.DataFrame:
    """The same number told twice: id, other, claimed, claimed_other, ratio, verdict_now, verdict_other.

    ratio: claimed over claimed_other where both are numbers of one unit, else None.
    """
    by_id = judged.set_index("id")
    rows = []
    for row in judged.itertuples():
        for other in (one for one in row.same_as.split(";") if one in by_id.index):
            first, second = row.claimed, by_id.loc[other, "claimed"]
            numbers = all(isinstance(one, float) for one in (first, second))
            numbers = numbers and row.unit == by_id.loc[other, "unit"]
            times = first / second if numbers and second else None
            told = (first, second, times, row.verdict_now, by_id.loc[other, "verdict_now"])
            rows.append((row.id, other, *told))
    columns = ["id", "other", "claimed", "claimed_other", "ratio", "verdict_now", "verdict_other"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def ledger(judged: pd.DataFrame, evidence) -> list[dict]:
    """What the claims page and the page of each article need: one dict a source, in the order of publication.

    Keys: source (its row), published, statements (rows of `judged` in the order of the article), tally (verdict ->
    count), and links (rows of `linked` of its statements).
    """
    sources = (evidence.full or evidence).sources.set_index("source_id", drop=False)
    pairs = linked(judged)
    articles = []
    for source_id, rows in judged.groupby("source_id", sort=False):
        ids = set(rows["id"])
        articles.append(
            {
                "source": sources.loc[source_id].to_dict(),
                "published": rows["said"].iloc[0],
                "statements": rows.sort_values(["paragraph", "id"], kind="stable").to_dict("records"),
                "tally": {verdict: int((rows["verdict_now"] == verdict).sum()) for verdict in VERDICTS},
                "links": pairs[pairs["id"].isin(ids)].to_dict("records"),
            }
        )
    return sorted(articles, key=lambda article: (article["published"], article["source"]["source_id"]))


def _opener(full, results: Callable | None) -> Callable[[date], Known]:
    """The evidence as known on a day, made once for each day that claims were said on."""
    index = indexes(full)
    known: dict[date, Known] = {}

    def on(day: date) -> Known:
        if day not in known:
            known[day] = Known(full, day, results, index)
        return known[day]

    return on


def _judged(record: dict, claim: Claim, as_of: date, on: Callable[[date], Known]) -> tuple:
    then = judge(claim, on(claim.said))
    now = _without_hindsight(revise(claim, then, judge(claim, on(as_of))), as_of)
    then = _without_hindsight(then, as_of)
    ranged = isinstance(now.found, Quantity) and now.found.low != now.found.high
    low, high = (now.found.low, now.found.high) if ranged else (None, None)
    made = {
        "id": claim.id,
        "paragraph": int(record["paragraph"]),
        "claimed": _claimed(claim),
        "computed": _computed(now),
        "low": low,
        "high": high,
        "ratio": ratio(claim, now),
        "verdict_then": then.verdict,
        "verdict_now": now.verdict,
        "reason": reason(claim, now),
        "evidence": list(now.evidence),
        "confidence": confidence(now, on(as_of)),
        "said": claim.said.isoformat(),
        "reason_then": reason(claim, then),
        "claimed_text": claimed_text(claim),
        "computed_text": computed_text(claim, now),
        "vendor": claim.vendor,
    }
    return tuple(made[name] if name in made else record[name] for name in _COLUMNS)


def _without_hindsight(finding: Finding, as_of: date) -> Finding:
    """An edition does not say when something appeared that it cannot know of."""
    later = finding.known_from is not None and finding.known_from > as_of
    return replace(finding, known_from=None) if later else finding


def _claimed(claim: Claim) -> float | str | None:
    if claim.day:
        return claim.day
    return None if claim.bounds is None or math.isnan(claim.middle) else claim.middle


def _computed(finding: Finding) -> float | str | None:
    found = finding.found
    if isinstance(found, Truth):
        return {True: "yes", False: "no", None: "in part"}[found.value]
    if isinstance(found, Day):
        return found.written
    return None if found is None else found.value


def _unknown_links(claims: pd.DataFrame, every: pd.DataFrame) -> list[str]:
    ids = set(every["claim_id"])
    return [
        f"claims.csv row {row.row}, column same_as: no claim {other!r}"
        for row in claims.itertuples()
        for other in row.same_as.split(";")
        if other and other not in ids
    ]


_COLUMNS = [
    "id",
    "statement",
    "source_id",
    "paragraph",
    "kind",
    "subject",
    "claimed",
    "computed",
    "low",
    "high",
    "unit",
    "ratio",
    "verdict_then",
    "verdict_now",
    "reason",
    "evidence",
    "confidence",
    "same_as",
    "entity",
    "said",
    "due",
    "claimed_text",
    "computed_text",
    "reason_then",
    "direction",
    "original_source",
    "vendor",
    "note",
]
