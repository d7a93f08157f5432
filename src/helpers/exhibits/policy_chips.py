"""Exhibits of the policy chapter: the status of chips by rule date, and how many chips each rule change caught."""

from datetime import date
from itertools import pairwise

import altair as alt
import pandas as pd

from helpers.exhibits.chips import INK, SUB, sources_of
from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.layout import CHARACTER
from helpers.exhibits.policy import MEANING, QUESTION, STRENGTH, WORDS
from helpers.exhibits.theme import colour

NEEDING = ("licence-required", "case-by-case", "licence-letter")
# effect: in words, the status whose colour it takes
EFFECTS = {
    "licence": ("need a licence", "licence-required"),
    "notification": ("need notification", "nac-notification"),
    "open": ("in doubt", "undetermined"),
    "eased": ("case by case", "case-by-case"),
}


def statuses_exhibit(table: pd.DataFrame, rules: pd.DataFrame, as_of: date) -> Exhibit | None:
    """Heat map of chips by rule date. table: of `status_matrix`; rules: of `rules_in_force`, for the sources."""
    rows = table[table["on_sale"].astype(bool)]
    if rows.empty:
        return None
    rows = rows[rows["day"].isin(_moving_days(table))]
    rows = rows.assign(
        word=rows["status"].map(WORDS),
        strength=rows["status"].map(STRENGTH),
        when=pd.to_datetime(rows["day"]).dt.strftime("%-d %b %Y"),
    )
    last = rows["day"].max()
    now = rows[rows["day"] == last]["status"].value_counts()
    unclear = int(now.get("undetermined", 0))
    need = int(now.reindex(list(NEEDING)).fillna(0).sum())
    matrix = rows.pivot_table(index="label", columns="day", values="status", aggfunc="first", sort=False)
    return Exhibit(
        id="policy-chip-status",
        title=f"{need} of {int(now.sum())} US chips that a rule ever reached need a licence today"
        + (f"; {unclear} cannot be told" if unclear else ""),
        subtitle="Status of chips on sale on the days on which a rule moved one of them, "
        f"{QUESTION}. As known on {day(as_of)}",
        unit="status",
        basis="US-made chips on sale that a rule reached; versions with one history are joined",
        as_of=as_of,
        chart=_status_chart(rows, 11),
        narrow=_status_chart(_busiest(rows, 4), 10),
        data=matrix.reset_index(),
        sources=sources_of(rules[rules["level"] == "chip"]),
        alt=f"Table of {rows['label'].nunique()} chips by {rows['day'].nunique()} dates. On {last}: "
        + ", ".join(f"{count} {name}" for name, count in now.items())
        + ".",
        confidence="medium",
        notes=[MEANING, "A blank means that the chip was not yet on sale."],
    )


def _moving_days(table: pd.DataFrame) -> list[str]:
    """The days on which the status of a chip then on sale changed, with the first and the newest."""
    days = sorted(table[table["on_sale"].astype(bool)]["day"].unique())
    status = table.pivot_table(index="label", columns="day", values="status", aggfunc="first")
    sold = table.pivot_table(index="label", columns="day", values="on_sale", aggfunc="first").astype(bool)
    moved = [
        after for before, after in pairwise(days) if (sold[after] & (status[before] != status[after])).any()
    ]
    return sorted({days[0], days[-1], *moved})


def _busiest(rows: pd.DataFrame, count: int) -> pd.DataFrame:
    """The rows of the dates on which most chips changed, and of the newest."""
    ordered = rows.sort_values(["label", "day"])
    before = ordered.groupby("label")["status"].shift()
    moved = ordered[before.notna() & (ordered["status"] != before)]
    per_day = moved.groupby("day").size().sort_values(ascending=False, kind="stable")
    return rows[rows["day"].isin([*per_day.index[: count - 1], rows["day"].max()])]


def _status_chart(rows: pd.DataFrame, size: int) -> alt.LayerChart:
    names = list(WORDS)
    days = rows.sort_values("day")["when"].drop_duplicates().tolist()
    two_lines = "[slice(datum.label, 0, -5), slice(datum.label, -4)]"
    top = alt.Axis(
        labelPadding=20,
        orient="top",
        labelExpr=two_lines,
        labelAngle=0,
        labelOverlap=False,
        ticks=False,
        domain=False,
    )
    base = alt.Chart(rows).encode(
        x=alt.X("when:N", sort=days, title=None, axis=top),
        y=alt.Y("label:N", sort=rows["label"].drop_duplicates().tolist(), title=None),
    )
    tones = alt.Scale(domain=names, range=[colour(name) for name in names])
    cells = base.mark_rect(stroke=colour("line"), strokeWidth=1).encode(
        color=alt.Color("status:N", legend=None, scale=tones),
        opacity=alt.Opacity("strength:Q", legend=None, scale=None),
        tooltip=["label:N", "day:N", "status:N"],
    )
    dark = alt.FieldOneOfPredicate(field="status", oneOf=["licence-required", "case-by-case"])
    texts = base.mark_text(fontSize=size).encode(
        text="word:N", color=alt.condition(dark, alt.value(colour("paper")), alt.value(INK))
    )
    return alt.layer(cells, texts).properties(height=alt.Step(21))


def caught_exhibit(
    summary: pd.DataFrame, changes: pd.DataFrame, rules: pd.DataFrame, as_of: date
) -> Exhibit | None:
    """How many chips on sale each rule change moved, and how. summary, changes: of `caught_summary`, `caught`."""
    rows = summary.melt(["day", "change", "on_sale"], list(EFFECTS), "effect", "chips")
    rows = rows[rows["chips"] > 0]
    if rows.empty:
        return None
    rows = rows.assign(place=rows["effect"].map({name: place for place, name in enumerate(EFFECTS)}))
    rows = rows.assign(change=rows["change"].str.slice(0, 1).str.upper() + rows["change"].str.slice(1))
    rows = rows.sort_values(["day", "place"], kind="stable")
    caught = summary.assign(total=summary["licence"] + summary["notification"])
    most = caught.sort_values(["total", "day"], ascending=[False, True], kind="stable").iloc[0]
    first = int(summary["licence"].sum())
    return Exhibit(
        id="policy-chips-caught",
        title=f"The change of {pd.Timestamp(most['day']):%B %Y} caught most: {int(most['total'])} of "
        f"{int(most['on_sale'])} US chips then on sale",
        subtitle="US chips on sale that a rule change moved to a licence, to a notification, into doubt, or to an "
        f"easier review. As known on {day(as_of)}",
        unit="chips",
        basis="versions in the chips table on sale on that day",
        as_of=as_of,
        chart=_caught_chart(rows, 520, 29),
        narrow=_caught_chart(rows.assign(change=rows["change"].str.replace(" of ", "|of ", n=1)), 220, 40),
        data=changes[["day", "change", "chip", "before", "after", "effect"]],
        sources=sources_of(rules[rules["level"] == "chip"]),
        alt="Bars by rule change: "
        + "; ".join(
            f"{row['change']}, {row['chips']} {EFFECTS[row['effect']][0]}" for row in rows.to_dict("records")
        )
        + ".",
        confidence="medium",
        notes=[
            f"{first} chips came to need a licence for the first time; one that moved from a letter to the list is "
            "not counted twice.",
            "Several of them were made for China after the rule before. Chips without a release date are left out.",
        ],
    )


def _caught_chart(rows: pd.DataFrame, width: int, step: int) -> alt.LayerChart:
    """width: of the plot in pixels, about, to leave room for what each bar says behind its end."""
    # One bar a row; the second bar of a change gets a label that does not show.
    again = rows.groupby(["day", "change"]).cumcount().tolist()
    labels = [
        name if not n else " " * (place + 1)
        for place, (name, n) in enumerate(zip(rows["change"], again, strict=True))
    ]
    rows = rows.assign(
        label=labels,
        text=[
            f"{n} {EFFECTS[e][0].replace('need', 'needs') if n == 1 else EFFECTS[e][0]}"
            for n, e in zip(rows["chips"], rows["effect"], strict=True)
        ],
    )
    free = width - 1.1 * CHARACTER * rows["text"].str.len()
    scale = alt.Scale(domain=[0, float((rows["chips"] * width / free).max())], nice=False)
    base = alt.Chart(rows).encode(
        y=alt.Y(
            "label:N",
            sort=labels,
            title=None,
            axis=alt.Axis(labelExpr="split(datum.label, '|')", labelOffset=0),
        ),
        x=alt.X("chips:Q", title="chips", scale=scale, axis=alt.Axis(tickMinStep=1, tickCount=5)),
    )
    tones = alt.Scale(domain=list(EFFECTS), range=[colour(tone) for _, tone in EFFECTS.values()])
    bars = base.mark_bar(height=14).encode(color=alt.Color("effect:N", legend=None, scale=tones))
    texts = base.mark_text(align="left", dx=5, color=SUB).encode(text="text:N")
    return alt.layer(bars, texts).properties(height=alt.Step(step))
