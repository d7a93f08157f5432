"""The last step of a run: judge the claims on the evidence and on what the notebooks found."""

from pathlib import Path

from helpers.evidence import Evidence
from helpers.models.claims import as_table, judge_all
from helpers.results import Run


def judge_claims(folder: Path, evidence: Evidence) -> None:
    """Write `results/claims/verdicts.csv` into the run: one row a claim known on `as_of` (see `judge_all`).

    Raises LedgerError with every claim that cannot be judged.
    """
    run = Run("claims", evidence.as_of, folder)
    run.save("verdicts", as_table(judge_all(evidence, run.read)))
