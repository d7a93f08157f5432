"""Exhibits of the policy chapter: rules in force and the acts of both sides.

Each takes results of `helpers.models.policy` and `helpers.models.rules` and returns an `Exhibit`, or None where the
edition knows too little to draw one.
"""

from datetime import date

import altair as alt
import pandas as pd

from helpers.exhibits.chips import INK, sources_of
from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.theme import colour

WORDS = {
    "licence-required": "licence",
    "case-by-case": "case",
    "licence-letter": "letter",
    "nac-notification": "notify",
    "not-controlled": "free",
    "undetermined": "open",
}
MEANING = (
    "licence: on the list, presumption of denial; case: on the list, reviewed case by case; letter: needs a licence "
    "by a letter to the maker; notify: License Exception NAC after notification; free: no chip rule asks for a "
    "licence; open: the published figures allow more than one answer."
)
STRENGTH = {
    "licence-required": 0.92,
    "case-by-case": 0.9,
    "licence-letter": 0.43,
    "nac-notification": 0.5,
    "not-controlled": 0.16,
    "undetermined": 0.54,
}
_DAYS = [
    alt.Tooltip(f"{field}:T", title=title, format="%-d %b %Y")
    for field, title in (("effective", "in force from"), ("until", "until"))
]
QUESTION = "for export from the United States to an ordinary civilian buyer in mainland China"
_SHAPES = {"tighten": "triangle-up", "loosen": "triangle-down", "neutral": "circle"}
_TONES = {"tighten": "bad", "loosen": "good", "neutral": "other"}


def rules_exhibit(rules: pd.DataFrame, as_of: date) -> Exhibit | None:
    """Bars of the rules that decide a chip's status: announced, in effect, ended. rules: of `rules_in_force`."""
    rows = rules[(rules["level"] == "chip") & rules["effective"].notna()].copy()
    if rows.empty:
        return None
    end = pd.Timestamp(as_of)
    rows["until"] = rows["end"].fillna(end)
    rows["label"] = rows["short"].str.slice(0, 1).str.upper() + rows["short"].str.slice(1)
    rows["state"] = rows["in_force"].map({True: "in force", False: "ended"})
    live, ended = int(rows["in_force"].sum()), int((~rows["in_force"]).sum())
    letters = int((rows["in_force"] & (rows["kind"] == "is-informed")).sum())
    title = f"{live} rules decide" if live != 1 else "One rule decides"
    title += " whether a chip may go to China"
    if letters:
        title += f", {letters} of them unpublished letters to one maker"
    return Exhibit(
        id="policy-rules-in-force",
        title=title,
        subtitle="US rules about chips, from the first day on which the test applies to the last; dots: announced"
        f"{', grey: ended' if ended else ''}. As known on {day(as_of)}",
        unit="date",
        basis="effective dates",
        as_of=as_of,
        chart=_rules_chart(rows, 12, 25, 0),
        narrow=_rules_chart(rows.assign(label=rows["label"].str.replace(" of ", "|of ")), 11, 31, -6),
        data=rows[
            [
                "title",
                "kind",
                "citation",
                "announced",
                "published",
                "effective",
                "end",
                "policy",
                "open_marks",
            ]
        ],
        sources=sources_of(rows),
        alt=f"Bars over time for {len(rows)} US chip rules: {live} in force on {day(as_of)}, {ended} ended. The "
        f"first took effect on {day(rows['effective'].min().date())}, the newest on "
        f"{day(rows['effective'].max().date())}.",
        confidence="high",
        notes=[
            "Rules on listed buyers, headquarters, foundries and tariffs are in the table of all rules below.",
            "A letter takes effect before it becomes known: the dot then lies inside the bar.",
        ],
    )


def _rules_chart(rows: pd.DataFrame, size: int, step: int, offset: int) -> alt.LayerChart:
    order = rows.sort_values(["effective", "title"])["label"].tolist()
    split = "split(datum.label, '|')"
    y = alt.Y(
        "label:N",
        sort=order,
        title=None,
        axis=alt.Axis(labelFontSize=size, labelExpr=split, labelOffset=offset),
    )
    x = alt.X(
        "effective:T",
        title=None,
        axis=alt.Axis(format="%Y", tickCount="year"),
    )
    tone = alt.Color(
        "state:N",
        legend=None,
        scale=alt.Scale(domain=["in force", "ended"], range=[colour("US"), colour("other")]),
    )
    bars = (
        alt.Chart(rows)
        .mark_bar(height=11, cornerRadius=2)
        .encode(y=y, x=x, x2="until:T", color=tone, tooltip=["title:N", "citation:N", *_DAYS])
    )
    dots = alt.Chart(rows).mark_point(size=34, color=INK).encode(y=y, x="announced:T")
    return alt.layer(bars, dots).properties(height=alt.Step(step))


def timeline_exhibit(acts: pd.DataFrame, as_of: date) -> Exhibit | None:
    """Acts of both sides by kind and date, with their direction. acts: of `timeline`."""
    rows = acts.dropna(subset=["day"])
    rows = rows[rows["day"] >= pd.Timestamp("2022-01-01")].copy()
    if rows.empty:
        return None
    rows["row"] = rows["side"].where(rows["side"] != "United States", "US: " + rows["lane"])
    us, china = rows[rows["side"] == "United States"], rows[rows["side"] == "China"]
    tight = rows["direction"].eq("tighten").groupby(rows["side"]).mean()
    us_share, china_share = tight.get("United States", 0), tight.get("China", 0)
    share = f"{100 * us_share:.0f} % of the US and {100 * china_share:.0f} % of the Chinese acts tightened"
    return Exhibit(
        id="policy-timeline",
        title=f"Of {len(us)} US and {len(china)} Chinese acts since 2022, most tightened trade in chips"
        if min(tight.get("United States", 0), tight.get("China", 1)) > 0.5
        else f"{len(us)} US and {len(china)} Chinese acts since 2022: {share}",
        subtitle="Dated acts on advanced chips by actor and kind; up: tightened, down: loosened, dot: neither. "
        f"As known on {day(as_of)}",
        unit="acts",
        basis="dated acts recorded here, not a complete list",
        as_of=as_of,
        chart=_timeline_chart(rows),
        narrow=_timeline_chart(rows),
        data=rows[["day", "side", "lane", "direction", "title", "chips_affected", "verification"]],
        sources=sources_of(rows),
        alt=f"Points over time for {len(rows)} acts since 2022: {len(us)} of the United States, {len(china)} of "
        f"China, the rest of allies and makers. {share}.",
        confidence="medium",
        notes=["Every act with its summary and sources is in the list below, which can be filtered."],
    )


def _timeline_chart(rows: pd.DataFrame) -> alt.Chart:
    lanes = ["US: rules", "US: letters and licences", "US: listings", "US: deals and statements", "US: bills",
             "US: enforcement", "Allies", "Makers", "China"]  # fmt: skip
    names = list(_SHAPES)
    return (
        alt.Chart(rows)
        .mark_point(filled=True, size=64, opacity=0.75)
        .encode(
            x=alt.X(
                "day:T", title=None, scale=alt.Scale(padding=10), axis=alt.Axis(format="%Y", tickCount="year")
            ),
            y=alt.Y("row:N", sort=[lane for lane in lanes if lane in set(rows["row"])], title=None),
            shape=alt.Shape(
                "direction:N", legend=None, scale=alt.Scale(domain=names, range=list(_SHAPES.values()))
            ),
            color=alt.Color(
                "direction:N",
                legend=None,
                scale=alt.Scale(domain=names, range=[colour(_TONES[n]) for n in names]),
            ),
            tooltip=["date_text:N", "title:N", "chips_affected:N"],
        )
        .properties(height=alt.Step(28))
    )
