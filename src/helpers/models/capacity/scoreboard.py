"""The scoreboard: everybody's published estimates of one quantity, ours included, scored against what became known.

A point estimate scores the absolute error of its log; one with an interval the CRPS of the lognormal with that 90 %
interval; ours the CRPS of its draws. All on logs, so that 0.7 is an error by a factor of two.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import scoringrules

from helpers.evidence import independent
from helpers.models.capacity.backtest import outturns
from helpers.models.capacity.idc_paths import METRIC, QUANTITY, idc_paths
from helpers.models.capacity.legs import HUAWEI_ENTITIES
from helpers.models.capacity.observations import COUNTED
from helpers.models.capacity.published_figures import Target
from helpers.models.priors import Z90

OURS = "this model"


class Contest(NamedTuple):
    """A quantity that several parties estimated for a year.

    leg and metrics: which outturns decide it (as in the back test); entities and stated: where its statements are;
    parts: True when statements on several parts by one source are added up.
    """

    name: str
    leg: str
    decided_by: tuple[str, ...]
    entities: tuple[str, ...]
    stated: tuple[str, ...]
    parts: bool = False


CONTESTS = (
    Contest("Ascend cards", "huawei", ("shipments", "production"), HUAWEI_ENTITIES,
            ("shipments", "production", "production_capacity"), True),
    Contest("H20 chips", "nvidia", ("units",), ("NVIDIA H20",), ("shipments", "production", "units")),
    Contest("Cambricon cards", "cambricon", ("shipments",), ("Cambricon",), ("shipments", "production")),
    Contest("Chinese AI cards", "domestic", ("domestic_ai_accelerator_shipments",), ("China",),
            ("domestic_ai_accelerator_shipments", "domestic_ai_chip_shipments")),
    Contest("chips smuggled", "smuggled", ("smuggled_chips",), ("China",),
            ("smuggled_chips", "smuggled_chips_per_year", "smuggled_chips_cloud_route")),
    Contest("China's stock, H100e", "total", ("cumulative_compute",), ("China",), ("cumulative_compute",)),
    Contest("licensed NVIDIA, H100e", "nvidia", ("cumulative_compute",), ("China licensed NVIDIA",),
            ("cumulative_compute",)),
)  # fmt: skip


def scoreboard(evidence, scores: pd.DataFrame) -> pd.DataFrame:
    """Statements made before the outturn was known, best first within each quantity. One row is one statement.

    scores: the back test, which holds ours. Columns: quantity, year, outturn, outturn_known, who, said (date),
    months_before (before the outturn was known), value, low, high, ratio (value over outturn), score, ours, note,
    fact_ids, source_id.
    """
    rows, known, facts = [], outturns(evidence), independent(evidence.facts)
    for contest in CONTESTS:
        for target, truth in _deciding(contest, known):
            rows += _statements(contest, truth, facts, evidence)
            rows += _ours(contest, target, truth, scores)
    for path in idc_paths(facts):
        contest = Contest(QUANTITY, "", (), (), ())
        who = _publisher(evidence, path["source_id"])
        rows.append(_row(contest, path["outturn"], who, path["said"], path["value"], np.nan, np.nan, path["score"],
                         False, path["note"], path["fact_ids"], path["source_id"]))  # fmt: skip
    columns = ["quantity", "year", "outturn", "outturn_known", "who", "said", "months_before", "value", "low", "high",
               "ratio", "score", "ours", "note", "fact_ids", "source_id"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["quantity", "year", "score", "who", "said"], ignore_index=True)


def open_statements(evidence) -> pd.DataFrame:
    """Forecasts whose outturn is not known yet, so that they can be scored later. One row is one statement.

    IDC's path stays open after its date too, until IDC counts that year.

    Columns: quantity, due (year), who, said, value, low, high, unit, basis, fact_id, source_id.
    """
    facts = independent(evidence.facts)
    metrics = {metric for contest in CONTESTS for metric in contest.stated} | {METRIC, "compute_acquired"}
    counted = facts[(facts["metric"] == METRIC) & (facts["status"] == "estimated")]["period_end"]
    waiting = (facts["metric"] == METRIC) & ~facts["period_end"].isin(counted)
    rows = facts[
        facts["metric"].isin(metrics)
        & facts["status"].isin(["forecast", "target"])
        & (waiting | (facts["period_end"] > pd.Timestamp(evidence.as_of)))
        & facts["unit"].isin(["cards", "chips", "EFLOPS", "B300e"])
    ].sort_values(["metric", "period_end", "published", "fact_id"])
    who = rows["source_id"].map(lambda source: _publisher(evidence, source))
    out = pd.DataFrame(
        {
            "quantity": rows["entity"] + ": " + rows["metric"].str.replace("_", " "),
            "due": rows["period_end"].dt.year,
            "who": who,
            "said": rows["published"].dt.date.astype(str),
        }
    )
    return pd.concat(
        [out, rows[["value", "low", "high", "unit", "basis", "fact_id", "source_id"]]], axis=1
    ).reset_index(drop=True)


def statements_on(evidence, quantity: str, year: int) -> pd.DataFrame:
    """Everything said about one contest's quantity in one year, outturns among it, oldest first.

    Columns: who, said, value, low, high, note, kind (statement, outturn), fact_ids, source_id. Needs no outturn.
    """
    contest = next(contest for contest in CONTESTS if contest.name == quantity)
    facts = independent(evidence.facts)
    rows = _rows_of(contest, facts, year)
    found = []
    for (source, _), group in rows.groupby(["source_id", "published"], sort=True):
        told = _statement(contest, None, group, _publisher(evidence, source))
        after = (group["period_end"] <= group["published"]).all() and group["status"].isin(COUNTED).all()
        found.append(told | {"kind": "outturn" if after else "statement"})
    columns = ["who", "said", "value", "low", "high", "note", "kind", "fact_ids", "source_id"]
    return pd.DataFrame(found, columns=columns).sort_values(["said", "who"], ignore_index=True)


def _deciding(contest: Contest, known: list[tuple[Target, object]]) -> list[tuple[Target, object]]:
    """The outturns that decide a contest: whole years or year ends, one a year, the newest kind of count first."""
    found = {}
    for target, fact in known:
        same = (
            target.leg == contest.leg
            and target.metric in contest.decided_by
            and fact.entity in contest.entities
        )
        whole = fact.period_end.month == 12 and (fact.period_end - fact.period_start).days in (0, 364, 365)
        if same and whole:
            rank = (contest.decided_by.index(target.metric), -fact.published.toordinal())
            year = fact.period_end.year
            if year not in found or rank < found[year][0]:
                found[year] = (rank, target, fact)
    return [(target, fact) for _, (_, target, fact) in sorted(found.items())]


def _rows_of(contest: Contest, facts: pd.DataFrame, year: int) -> pd.DataFrame:
    covers = (facts["period_start"].dt.year <= year) & (facts["period_end"].dt.year >= year)
    long_enough = ((facts["period_end"] - facts["period_start"]).dt.days > 330) | (facts["unit"] == "H100e")
    return facts[
        facts["entity"].isin(contest.entities)
        & facts["metric"].isin(contest.stated)
        & covers
        & long_enough
        & facts[["value", "low", "high"]].notna().any(axis=1)
    ]


def _statements(contest: Contest, truth, facts: pd.DataFrame, evidence) -> list[dict]:
    rows = _rows_of(contest, facts, truth.period_end.year)
    rows = rows[(rows["published"] < truth.published) & (rows["fact_id"] != truth.fact_id)]
    if truth.metric == "cumulative_compute":
        rows = rows[rows["period_end"] == truth.period_end]
    found = []
    for (source, _), group in rows.groupby(["source_id", "published"], sort=True):
        for part in [group] if contest.parts else [group.loc[[place]] for place in group.index]:
            found.append(_statement(contest, truth, part, _publisher(evidence, source)))
    return found


def _statement(contest: Contest, truth, group: pd.DataFrame, who: str) -> dict:
    """One statement: a fact, or the parts of one total that a source gave at once."""
    low, high = group["low"].sum(min_count=len(group)), group["high"].sum(min_count=len(group))
    middle = group["value"].fillna((group["low"] * group["high"]) ** 0.5).sum()
    bounded = low == low and high == high and low < high
    parts = sorted(set(group["entity"]))
    note = ""
    if contest.parts and len(parts) == 1 and parts[0] in ("Huawei Ascend 910B", "Huawei Ascend 910C"):
        note = f"{parts[0].removeprefix('Huawei Ascend ')} only"
    if (group["high"] == group["value"]).any():
        note = "stated as an upper bound"
    if truth is None:
        return {"who": who, "said": group["published"].iloc[0].date().isoformat(), "value": middle,
                "low": low if bounded else np.nan, "high": high if bounded else np.nan, "note": note,
                "fact_ids": ";".join(sorted(group["fact_id"])), "source_id": group["source_id"].iloc[0]}  # fmt: skip
    return _row(contest, truth, who, group["published"].iloc[0], middle, low if bounded else np.nan,
                high if bounded else np.nan, _point_score(middle, low, high, truth.value, bounded), False, note,
                ";".join(sorted(group["fact_id"])), group["source_id"].iloc[0])  # fmt: skip


def _point_score(middle: float, low: float, high: float, truth: float, bounded: bool) -> float:
    if not bounded:
        return float(abs(np.log(middle / truth)))
    spread = np.log(high / low) / (2 * Z90)
    return float(scoringrules.crps_normal(np.log(truth), np.log(low * high) / 2, spread, backend="numpy"))


def _ours(contest: Contest, target: Target, truth, scores: pd.DataFrame) -> list[dict]:
    rows = scores[scores["fact_id"] == truth.fact_id] if len(scores) else scores
    return [
        _row(contest, truth, f"{OURS} as of {row.vintage}", pd.Timestamp(row.vintage), row.p50, row.p5, row.p95,
             row.crps, True, "", row.fact_id, "")
        for row in rows[rows["leg"] == target.leg].itertuples()
    ] if len(rows) else []  # fmt: skip


def _row(
    contest: Contest, truth, who: str, said: pd.Timestamp, value: float, low: float, high: float, score: float,
    own: bool, note: str, fact_ids: str, source: str,
) -> dict:  # fmt: skip
    return {
        "quantity": contest.name, "year": truth.period_end.year, "outturn": truth.value,
        "outturn_known": truth.published.date().isoformat(), "who": who, "said": said.date().isoformat(),
        "months_before": round((truth.published - said).days / 30.44, 1), "value": value, "low": low, "high": high,
        "ratio": value / truth.value, "score": score, "ours": own, "note": note, "fact_ids": fact_ids,
        "source_id": source,
    }  # fmt: skip


def _publisher(evidence, source: str) -> str:
    return str(evidence.source_by_id.get(source, {}).get("publisher", source))


def leaders(board: pd.DataFrame, quantities: Sequence[str] | None = None) -> pd.DataFrame:
    """The best statement and our best for each quantity and year. Columns: quantity, year, best, best_score,
    ours_score, ours_rank (1 is best), statements."""
    rows = []
    for (quantity, year), group in board.groupby(["quantity", "year"], sort=True):
        if quantities and quantity not in quantities:
            continue
        ranked = group.sort_values("score").reset_index(drop=True)
        mine = ranked[ranked["ours"]]
        rows.append((quantity, year, ranked["who"].iloc[0], ranked["score"].iloc[0],
                     mine["score"].min() if len(mine) else np.nan,
                     int(mine.index.min()) + 1 if len(mine) else np.nan, len(ranked)))  # fmt: skip
    columns = ["quantity", "year", "best", "best_score", "ours_score", "ours_rank", "statements"]
    return pd.DataFrame(rows, columns=columns)
