"""Claims of the press, recomputed: a check is an expression over the evidence, a verdict follows from its value.

values       numbers with an interval, dates, words and truths, each with its evidence
intervals    arithmetic and comparison of values
wording      values and comparisons in words
expression   the safe evaluator of checks
known        the evidence as known on a day
arithmetic, facts, chips, records   the functions of a check
lookups      all of them, bound to a day
claim        one row of claims.csv
judge        one claim on one day
reasons      the sentence and the confidence
ledger       all claims with both verdicts, tallied and by article
"""

from helpers.models.claims.judge import VERDICTS
from helpers.models.claims.ledger import (
    CAUTION,
    JSON_COLUMNS,
    LedgerError,
    as_table,
    judge_all,
    ledger,
    linked,
    tally,
)
from helpers.models.claims.values import CheckError

__all__ = [
    "CAUTION",
    "JSON_COLUMNS",
    "VERDICTS",
    "CheckError",
    "LedgerError",
    "as_table",
    "judge_all",
    "ledger",
    "linked",
    "tally",
]
