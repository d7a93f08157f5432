"""The scoreboard of published estimates, ours among them, and the forecasts that wait for their outturn."""

import re
from datetime import date

import altair as alt
import numpy as np
import pandas as pd

from helpers.exhibits.capacity.rows import dots_with_ranges, ours_and_others, ratio_rule, row_chart
from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.words import marks

_LONGEST = 26
# Pixels: a number with its gap, and the least width of the plot.
_NUMBER, _PLOT = 33, 330


def scoreboard_exhibit(board: pd.DataFrame, leaders: pd.DataFrame, as_of: date) -> Exhibit | None:
    """Published estimates and ours over what became known, best first within each quantity."""
    if board.empty:
        return None
    board = board.assign(contest=[f"{row.quantity} {row.year}" for row in board.itertuples()])
    others = board[~board["ours"]].groupby("contest")["who"].nunique()
    leaders = leaders.assign(contest=[f"{row.quantity} {row.year}" for row in leaders.itertuples()])
    entered = leaders[leaders["contest"].isin(others.index) & leaders["ours_rank"].notna()]
    won = int((entered["ours_rank"] == 1).sum())
    biggest = leaders.set_index("contest").loc[others.idxmax() if len(others) else leaders["contest"].iloc[0]]
    title = f"Of {biggest['statements']} estimates of {biggest.name}, {biggest['best']} came closest"
    if biggest["ours_rank"] == biggest["ours_rank"]:
        title += f"; this model's best came {_ordinal(int(biggest['ours_rank']))}"
    shown = board[board["contest"].isin(others.index)] if len(others) else board
    data = board[["quantity", "year", "who", "said", "ratio", "score", "value", "low", "high", "outturn",
                  "outturn_known", "months_before", "note"]]  # fmt: skip
    return Exhibit(
        id="capacity-scoreboard",
        title=title,
        subtitle="Statements made before the outturn was known, over the outturn (1), best first; bars where an "
        "interval was given, red: earlier vintages of this model. The number is the score: absolute error of the "
        f"log, or its CRPS (0.7 is a factor of two; lower is better). As known on {day(as_of)}",
        unit="times the outturn; score on logs",
        basis="each quantity on the basis of its outturn",
        as_of=as_of,
        chart=_board_chart(shown, narrow=False),
        narrow=_board_chart(shown, narrow=True),
        data=data,
        sources=[*dict.fromkeys(source for source in board["source_id"] if source)]
        or [*dict.fromkeys(board["fact_ids"])],
        alt=" ".join(f"{row.contest}: best {row.best} ({row.best_score:.2f}), ours "
                     + (f"{row.ours_score:.2f}." if row.ours_score == row.ours_score else "none.")
                     for row in leaders.itertuples()),
        confidence="high",
        notes=[f"Ours ranks first in {won} of the {len(entered)} contests that others entered too; contests of ours "
               "alone are in the table. Rows of ours are vintages of this model, run as of the date given with what "
               "was known then.",
               "Where the outturn is one party's later count, that party's own earlier figures have an advantage."],
    )  # fmt: skip


def _board_chart(rows: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    names = [marks(f"{row.contest}: {_who(row, narrow)}") for row in rows.itertuples()]
    rows = rows.assign(name=names, entity=np.where(rows["ours"], "China", "others"),
                       low_ratio=rows["low"] / rows["outturn"], high_ratio=rows["high"] / rows["outturn"],
                       text=[f"{score:.2f}" for score in rows["score"]])  # fmt: skip
    again = rows.duplicated("name", keep=False)
    rows["name"] = rows["name"].where(~again, rows["name"] + [f" ({ratio:.2f})" for ratio in rows["ratio"]])
    right = rows["high_ratio"].fillna(rows["ratio"])
    ends = [rows[["ratio", "low_ratio"]].min().min() / 1.1, right.max() * 2.2]
    # A number that would lie on the rule at one stands to its right.
    reach = (ends[1] / ends[0]) ** (_NUMBER / _PLOT)
    rows["right"] = right.where((right >= 1) | (right * reach < 1), 1.0)
    x = alt.X("ratio:Q", title="times the outturn", scale=alt.Scale(type="log", domain=ends, nice=False),
              axis=alt.Axis(values=[0.01, 0.03, 0.1, 0.3, 1, 3, 10], format="~g"))  # fmt: skip
    tint = ours_and_others()
    layers = dots_with_ranges(rows, x, ("low_ratio", "high_ratio"), tint, fine=True)
    return row_chart(rows, "name", layers, narrow, limit=420, step=19, under=(ratio_rule(),))


def _who(row, narrow: bool) -> str:
    """Who said it and when; a long name, and every name on a phone, without what it relays."""
    said = f"{pd.Timestamp(row.said):%b %Y}"
    if row.ours:
        return f"this model, {said}"
    name = row.who.split(" (GitHub")[0]
    if narrow or len(name) > _LONGEST:
        name = re.split(r" \(| via | / ", name)[0]
    part = row.note if row.note in ("910B only", "910C only") and not narrow else ""
    return f"{name}, {said}" + (f" ({part})" if part else "")


def open_exhibit(waiting: pd.DataFrame, as_of: date) -> Exhibit | None:
    """Forecasts that cannot be scored yet: what was said, by whom, and for when."""
    if waiting.empty:
        return None
    rows = waiting.sort_values(["due", "quantity", "said"], ignore_index=True)
    rows["quantity"] = rows["quantity"].str.replace(" idc", ", IDC").str.replace(" ai ", " AI ")
    first, last = int(rows["due"].min()), int(rows["due"].max())
    return Exhibit(
        id="capacity-open-forecasts",
        title=f"{len(rows)} forecasts for {first} to {last} wait for their outturn",
        subtitle=f"Forecasts and plans that no count has decided yet, by due year. As known on {day(as_of)}",
        unit="by row",
        basis="as stated",
        as_of=as_of,
        data=rows[["due", "quantity", "who", "said", "value", "low", "high", "unit", "basis"]].rename(
            columns={"due": "due_year"}
        ),
        sources=[*dict.fromkeys(rows["source_id"])],
        alt=f"{len(rows)} forecasts, the first due in {first}, the last in {last}.",
    )


def _ordinal(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")
