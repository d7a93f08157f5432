"""The model gap: every measure in months as a dot and its range, and the score gaps on their own scales below."""

import altair as alt
import pandas as pd

from helpers.exhibits.exhibit import Exhibit
from helpers.exhibits.market.marks import as_of, both, rows_chart, source_ids, subtitle, told, when
from helpers.exhibits.theme import NARROW, WIDE, colour

_LABELS = 296
_STATED = {
    "period": "period",
    "p50": "value",
    "p5": "low",
    "p95": "high",
    "unit": "unit",
    "status": "status",
}


def model_gap(
    lags: pd.DataFrame, newest: pd.DataFrame, gaps: pd.DataFrame, changes: pd.DataFrame
) -> Exhibit | None:
    """How far Chinese models trail, one row a statement.

    lags, newest, gaps, changes: `model_gap.lags`, `.newest_lags`, `.score_gaps`, `.score_changes`.
    """
    if lags.empty and changes.empty:
        return None
    both_frames = [frame for frame in (lags, gaps) if len(frame)]
    table = pd.concat([_lag_table(lags), _score_table(gaps)], ignore_index=True)
    months = _lag_rows(lags)
    scores = _score_rows(changes)
    title = _title(newest, changes)
    items = [f"{r['row']}: {r['text']} months" for r in months.to_dict("records")]
    items += [f"{r['row']}: {r['text']}" for r in scores.to_dict("records")]
    return Exhibit(
        id="model-gap",
        title=title,
        subtitle=subtitle(
            (
                "Lag of Chinese behind US models in months, by measure and date; below, score gaps on "
                "their own scales. Hollow: an opinion or a developer's claim"
            ),
            both_frames[0],
        ),
        unit="months; points of each scale",
        basis="each measure by itself, never averaged",
        as_of=as_of(both_frames[0]),
        data=table,
        sources=source_ids(*both_frames),
        alt=told(title, items),
        confidence="medium",
        notes=[
            *_what_each_measures(lags, gaps),
            "Score gaps shrink as a benchmark saturates, so a narrower gap is not by itself a shorter lag.",
        ],
        **both(lambda narrow: _chart(months, scores, narrow)),
    )


def _what_each_measures(lags: pd.DataFrame, gaps: pd.DataFrame) -> list[str]:
    """What every measure of the edition answers, as notes: months, then scores."""
    asked = (
        dict(zip(lags["answers"], lags["measure"].str.split(",").str[0], strict=True)) if len(lags) else {}
    )
    months = "; ".join(f"{name}: {answers}" for answers, name in asked.items())
    tests = [name for name in dict.fromkeys(gaps["measure"]) if not name.startswith("Arena")]
    scores = [f"{', '.join(tests)}: percentage points between the best models on one test"] if tests else []
    if gaps["measure"].str.startswith("Arena").any():
        scores.append("Arena: users' votes on the best two models")
    told = (months, "; ".join(scores))
    return [f"{text[0].upper()}{text[1:]}." for text in told if text]


def _chart(months: pd.DataFrame, scores: pd.DataFrame, narrow: bool) -> alt.TopLevelMixin:
    width = NARROW - 16 if narrow else WIDE - _LABELS - 24
    panels = []
    if len(months):
        panels.append(rows_chart(months, "months", narrow, width=width, labels=_LABELS))
    if len(scores):
        panels.append(
            rows_chart(
                scores,
                "US lead in score, from the first to the last reading",
                narrow,
                width=width,
                labels=_LABELS,
            )
        )
    return alt.vconcat(*panels, spacing=18).resolve_scale(
        y="independent", x="independent", color="independent"
    )


def _lag_rows(lags: pd.DataFrame) -> pd.DataFrame:
    records = lags.sort_values(["period_end", "measure"]).to_dict("records")
    opinion = [row["status"] == "claimed" for row in records]
    return pd.DataFrame(
        {
            "row": [_lag_label(row) for row in records],
            "value": [row["p50"] for row in records],
            "low": [row["p5"] for row in records],
            "high": [row["p95"] for row in records],
            "text": [_range_text(row) for row in records],
            "colour": [colour("claimed") if flag else colour("China") for flag in opinion],
            "filled": [not flag for flag in opinion],
        }
    )


def _score_rows(changes: pd.DataFrame) -> pd.DataFrame:
    records = changes[changes["unit"] != "Elo points"].sort_values("last", ascending=False).to_dict("records")
    return pd.DataFrame(
        {
            "row": [
                f"{row['measure'].split(',')[0]}, {when(row['from'])} to {when(row['to'])}" for row in records
            ],
            "value": [row["last"] for row in records],
            "low": [min(row["first"], row["last"]) for row in records],
            "high": [max(row["first"], row["last"]) for row in records],
            "text": [
                (
                    f"{row['first']:.1f} to {row['last']:.1f} "
                    f"{row['unit'].replace('percentage points', 'points')}"
                )
                for row in records
            ],
            "colour": [colour("ink")] * len(records),
            "filled": [True] * len(records),
        }
    )


def _title(newest: pd.DataFrame, changes: pd.DataFrame) -> str:
    tested = newest[newest["status"] != "claimed"]
    if len(tested) > 1:
        low, high = tested["p50"].min(), tested["p50"].max()
        return (
            f"Chinese models trail by {low:.0f} to {high:.0f} months in the newest reading of each of "
            f"{len(tested)} measures, which do not measure the same"
        )
    if len(newest):
        row = newest.iloc[-1]
        return (
            f"The only lag in months known was {_range_text(row.to_dict())} ({row['measure']}, "
            f"{when(row['period'])})"
        )
    last = changes.iloc[0]
    return (
        f"The US lead on {last['measure']} went from {last['first']:.1f} to {last['last']:.1f} {last['unit']}"
    )


def _lag_label(row: dict) -> str:
    subject = (
        "" if row["subject"] in ("China vs United States", "Chinese open-weight") else f", {row['subject']}"
    )
    words = {"opinion": "Sacks (US official), opinion", "developer's own claim": "Developer’s claim"}
    measure = words.get(row["measure"], row["measure"])
    measure = measure.removeprefix("NIST ").replace(", private benchmarks", ", private tests")
    return f"{measure.replace(', cyber benchmarks', ', cyber tests')}{subject}, {when(row['period'])}"


def _range_text(row: dict) -> str:
    if pd.isna(row["p5"]) or pd.isna(row["p95"]):
        return f"{row['p50']:g}"
    middle = (row["p5"] + row["p95"]) / 2
    stated = f"{row['p5']:g} to {row['p95']:g}"
    return stated if row["p50"] == middle else f"{row['p50']:g} ({stated})"


def _lag_table(lags: pd.DataFrame) -> pd.DataFrame:
    frame = lags.sort_values(["period_end", "measure"])
    columns = {"measure": "measure", "subject": "subject", **_STATED, "answers": "what_it_answers"}
    return frame[list(columns)].rename(columns=columns)


def _score_table(gaps: pd.DataFrame) -> pd.DataFrame:
    columns = {"measure": "measure", **_STATED}
    table = gaps[list(columns)].rename(columns=columns)
    return table.assign(subject="best US against best Chinese model", what_it_answers="difference in score")
