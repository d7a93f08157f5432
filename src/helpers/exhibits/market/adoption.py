"""Patents, use and registered services."""

import altair as alt
import pandas as pd

from helpers.exhibits.exhibit import Exhibit
from helpers.exhibits.layout import spread
from helpers.exhibits.market.marks import as_of, both, rows_chart, source_ids, subtitle, told, when
from helpers.exhibits.theme import colour

_OWN = ("China", "United States")


def genai_patents(families: pd.DataFrame, ratio: pd.DataFrame) -> Exhibit | None:
    """Generative-AI patent families by country; families, ratio: `adoption.patents`, `adoption.patent_ratio`."""
    countries = families[families["kind"] == "country"]
    if countries.empty:
        return None
    rows = pd.DataFrame(
        {
            "row": countries["entity"],
            "value": countries["p50"],
            "low": 0.0,
            "high": countries["p50"],
            "text": countries["p50"].map("{:,.0f}".format),
            "colour": [colour(name if name in _OWN else "World") for name in countries["entity"]],
            "filled": True,
        }
    )
    first = countries.iloc[0]
    title = f"{first['entity']} holds {first['p50']:,.0f} generative-AI patent families"
    if len(ratio):
        title = (
            f"Inventors in China account for {ratio['p50'].iloc[0]:.1f} times the generative-AI "
            "patent families of those in the United States"
        )
    table = families[["entity", "kind", "p50", "basis"]].rename(
        columns={"entity": "country_or_applicant", "p50": "families"}
    )
    return Exhibit(
        id="genai-patents",
        title=title,
        subtitle=subtitle(
            f"Patent families on generative AI, {when(first['period'])}, by inventor address (WIPO)", families
        ),
        unit="families",
        basis="WIPO, families by inventor address",
        as_of=as_of(families),
        data=table,
        sources=source_ids(families),
        alt=told(title, rows),
        confidence="high",
        notes=[
            (
                "Families, not granted patents, and no measure of quality; the table adds the largest "
                "applicants."
            )
        ],
        **both(lambda narrow: rows_chart(rows, "families", narrow, labels=130)),
    )


def adoption_survey(answers: pd.DataFrame, ranks: pd.DataFrame) -> Exhibit | None:
    """Using against fully implemented; answers, ranks: `adoption.survey`, `adoption.ranks`."""
    if ranks.empty:
        return None
    first, full = ranks.sort_values("rank_using").iloc[0], ranks.sort_values("rank_fully").iloc[0]
    reversed_ = first["entity"] != full["entity"]
    title = (
        f"{first['entity']} leads in trying generative AI ({first['using']:.0f} %), "
        f"the {full['entity']} in having it fully in place ({full['fully']:.0f} % against {first['fully']:.0f} %)"
        if reversed_
        else (
            f"{first['entity']} leads both in trying generative AI ({first['using']:.0f} %) and in "
            f"having it in place ({first['fully']:.0f} %)"
        )
    )
    return Exhibit(
        id="adoption-survey",
        title=title,
        subtitle=subtitle(
            (
                "Organisations that use, and that have fully implemented, generative AI, percent of "
                "respondents, 2024 (SAS)"
            ),
            answers,
        ),
        unit="percent of respondents",
        basis=answers["basis"].iloc[0],
        as_of=as_of(answers),
        data=ranks.rename(
            columns={"entity": "country", "using": "using_percent", "fully": "fully_implemented_percent"}
        ),
        sources=source_ids(answers),
        alt=told(
            title,
            [
                f"{r['entity']}: {r['using']:.0f} % use it, {r['fully']:.0f} % have it fully in place"
                for r in ranks.to_dict("records")
            ],
        ),
        confidence="medium",
        notes=[
            (
                "Decision makers' own word, firms of 500 staff or more. Two answers of one survey: "
                "quoting one alone reverses the finding."
            )
        ],
        **both(lambda narrow: _slope(ranks, narrow)),
    )


def _slope(ranks: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    height, top = 320, 90.0
    marked = ranks.assign(colour=[colour(name if name in _OWN else "World") for name in ranks["entity"]])
    points = pd.concat(
        [marked.assign(x=place, value=marked[column]) for place, column in ((0.0, "using"), (1.0, "fully"))],
        ignore_index=True,
    )
    names = (
        points["entity"].replace({"United States": "US", "United Kingdom": "UK"})
        if narrow
        else points["entity"]
    )
    points["label"] = [f"{name} {value:.0f}" for name, value in zip(names, points["value"], strict=True)]
    for place in (0.0, 1.0):
        mine = points["x"] == place
        moved = spread([value / top * height for value in points.loc[mine, "value"]], 16)
        points.loc[mine, "y"] = [pixel / height * top for pixel in moved]
    x = alt.X("x:Q", title=None, scale=alt.Scale(domain=[-0.62, 1.62]), axis=None)
    y = alt.Y("value:Q", title=None, axis=None, scale=alt.Scale(domain=[0, top + 8]))
    base = alt.Chart(points).encode(x=x, y=y, color=alt.Color("colour:N", scale=None))
    heads = pd.DataFrame(
        [
            {"x": 0.0, "value": top + 5, "head": "Using"},
            {"x": 1.0, "value": top + 5, "head": "Fully implemented"},
        ]
    )
    layers = [
        base.mark_line().encode(detail="entity:N"),
        base.mark_point(size=70, opacity=1).encode(tooltip=["label:N"]),
        base.transform_filter("datum.x < 0.5")
        .mark_text(align="right", dx=-10)
        .encode(y=alt.Y("y:Q", axis=None), text="label:N"),
        base.transform_filter("datum.x > 0.5")
        .mark_text(align="left", dx=10)
        .encode(y=alt.Y("y:Q", axis=None), text="label:N"),
        alt.Chart(heads).mark_text(fontWeight=600, color=colour("text")).encode(x=x, y=y, text="head:N"),
    ]
    return alt.layer(*layers).properties(height=height)


def registered_services(services: pd.DataFrame) -> Exhibit | None:
    """Generative services filed in China over time; services: `adoption.services`."""
    if services.empty:
        return None
    frame = services.sort_values("period_end").reset_index(drop=True)
    first, last = frame.iloc[0], frame.iloc[-1]
    title = f"{last['p50']:,.0f} generative services were filed in China by {when(last['period'])}"
    if len(frame) > 1:
        title += f", {last['p50'] / first['p50']:.1f} times as many as by {when(first['period'])}"
    table = frame[["period", "period_end", "p50", "status"]].rename(
        columns={"period_end": "known_at", "p50": "services"}
    )
    return Exhibit(
        id="registered-services",
        title=title,
        subtitle=subtitle(
            "Generative-AI services filed with the Cyberspace Administration, cumulative", services
        ),
        unit="services",
        basis=frame["basis"].iloc[0],
        as_of=as_of(services),
        data=table,
        sources=source_ids(services),
        alt=told(title, [f"{when(r['period'])}: {r['services']:,.0f}" for r in table.to_dict("records")]),
        confidence="high",
        notes=[
            ("Filed services; applications that only register the use of a filed model are another count.")
        ],
        **both(lambda narrow: _services_chart(table, narrow)),
    )


def _services_chart(table: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    marked = table.assign(
        text=table["services"].map("{:,.0f}".format),
        last=[i in (0, len(table) - 1) for i in range(len(table))],
    )
    x = alt.X(
        "known_at:T",
        title=None,
        axis=alt.Axis(format="%b %Y", labelOverlap=False, **_ticks(table["known_at"], narrow)),
        scale=alt.Scale(padding=24),
    )
    y = alt.Y("services:Q", title="services", scale=alt.Scale(domainMin=0), axis=alt.Axis(tickCount=4))
    base = alt.Chart(marked).encode(x=x, y=y, color=alt.value(colour("China")))
    ink = alt.value(colour("text"))
    return alt.layer(
        base.mark_line(),
        base.mark_point(size=55, opacity=1).encode(
            tooltip=[alt.Tooltip("known_at:T", title="date", format="%-d %b %Y"), "services:Q"]
        ),
        # The first number stands below its line, clear of the scale.
        alt.Chart(marked.iloc[1:])
        .mark_text(align="right", dx=-5, dy=-10)
        .encode(x=x, y=y, text="text:N", color=ink),
        alt.Chart(marked.iloc[:1])
        .mark_text(align="left", dx=5, dy=13)
        .encode(x=x, y=y, text="text:N", color=ink),
    ).properties(height=260)


def _ticks(days: pd.Series, narrow: bool) -> dict:
    """Six ticks, or on a phone the first and the last day."""
    if not narrow:
        return {"tickCount": 6}
    ends = [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in (days.min(), days.max())]
    return {"values": ends}
