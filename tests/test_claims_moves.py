"""Every check can fail: some change of the evidence that a verdict rests on moves that verdict."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pytest

from helpers.evidence import load
from helpers.models.claims import LedgerError, judge_all

KEYS = {
    "facts": "fact_id",
    "chips": "chip_id",
    "events": "event_id",
    "sources": "source_id",
    "rates": "rate_id",
}
LATER = pd.Timestamp("2035-01-01")
# Outdated by any later level; and a count of events that other rows would have to join.
STAY = {"tekedia-racks", "dailypress-no-new-rule"}


def changes(table: str, row: pd.Series) -> Iterator[dict]:
    """Cells that a row might have held instead."""
    yield {"published": LATER}
    if table == "facts" and row["unit"] == "date":
        for day in ("2010-01-01", "2035-01-01"):
            yield {"period_start": pd.Timestamp(day), "period_end": pd.Timestamp(day)}
    elif table == "facts":
        for times in (0.001, 0.3, 3, 1000, -1):
            yield {name: row[name] * times for name in ("value", "low", "high")}
        yield {"metric": "something else"}
    elif table == "chips":
        for times in (0.01, 100):
            yield {name: cell * times for name, cell in row.items() if isinstance(cell, float)}
    if table in ("chips", "events"):
        for day in ("2010-01-01", "2035-01-01"):
            yield {"release_date" if table == "chips" else "date": day}


def moves(whole, claim_id: str, evidence: list[str], verdict: str) -> bool:
    claims = whole.claims[whole.claims["claim_id"] == claim_id].assign(same_as="")
    for table, key in KEYS.items():
        frame = getattr(whole, table)
        for place, row in frame[frame[key].isin(evidence)].iterrows():
            for cells in changes(table, row):
                other = frame.copy()
                for name, cell in cells.items():
                    other.loc[place, name] = cell
                try:
                    again = judge_all(replace(whole, **{table: other}, claims=claims))["verdict_now"].iloc[0]
                except LedgerError:
                    return True
                if again != verdict:
                    return True
    return False


@pytest.mark.slow
def test_every_verdict_that_rests_on_evidence_moves_with_it():
    whole = replace(load(), full=None)
    judged = judge_all(whole)
    rests = judged[judged["evidence"].map(len) > 0]
    assert len(rests) > 90
    still = {r.id for r in rests.itertuples() if not moves(whole, r.id, r.evidence, r.verdict_now)}
    assert still == STAY
