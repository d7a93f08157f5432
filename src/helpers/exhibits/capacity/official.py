"""Exhibits of the official series: its breaks, what it implies, the targets, and China's share of the world."""

from datetime import date

import altair as alt
import pandas as pd

from helpers.exhibits.capacity.rows import ours_and_others
from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.layout import halo
from helpers.exhibits.theme import colour
from helpers.models.capacity.headlines import short

SUB = colour("sub")
_WHEN = alt.Tooltip("date:T", title="date", format="%b %Y")
# scope, method, precision: label and colour. Precision is part of the name, because it is part of the number.
_LINES = {
    ("total", "facility", "FP32-primary"): ("all, by facility (FP32)", "China"),
    ("intelligent", "facility", "FP32-primary"): ("AI, by facility (FP32)", "China"),
    ("intelligent", "facility", "FP16"): ("AI, by facility (FP16)", "China"),
    ("total", "device", "precision unstated"): ("all, by device", "estimated"),
    ("intelligent", "IDC", "FP16"): ("AI, IDC cards (FP16)", "claimed"),
}

# Where a line's name stands: at its first or last point, alignment and offsets in pixels.
_PLACES = {
    "all, by facility (FP32)": ("first", "left", -4, 17),
    "AI, by facility (FP32)": ("first", "right", -8, 2),
    "AI, by facility (FP16)": ("last", "left", 2, -11),
    "all, by device": ("last", "right", -8, -10),
    "AI, IDC cards (FP16)": ("last", "right", -8, -10),
}


def official_exhibit(series: pd.DataFrame, breaks: pd.DataFrame, as_of: date) -> Exhibit | None:
    """National computing capacity as published: a line a basis, breaks marked, nothing joined across them."""
    keys = list(zip(series["scope"], series["method"], series["precision"], strict=True))
    rows = series.assign(key=keys)
    rows = rows[rows["key"].isin(list(_LINES)) & ~rows["status"].isin(["target"])].copy()
    if rows.empty:
        return None
    rows["line"] = rows["key"].map(lambda key: _LINES[key][0])
    rows["entity"] = rows["key"].map(lambda key: _LINES[key][1])
    rows["told"] = rows["status"].where(rows["status"] == "forecast", "published")
    newest = (
        rows[(rows["told"] == "published") & rows["line"].str.contains("facility")]
        .sort_values("date")
        .iloc[-1]
    )
    title = f"The official figure stands at {newest['value']:,.0f} EFLOPS ({newest['precision']})"
    if len(breaks):
        first = breaks.iloc[0]
        title = (
            f"From {first['before']:,.0f} to {newest['value']:,.0f} EFLOPS: the official AI figure crossed "
            f"{_count(len(breaks), 'break')} that no growth rate may span"
        )
    return Exhibit(
        id="capacity-official",
        title=title,
        subtitle="National computing capacity in EFLOPS by scope, method and precision, log scale; lines "
        "join figures of "
        f"one basis only, dashed: forecasts, rules: breaks. As known on {day(as_of)}",
        unit="EFLOPS",
        basis="as published: FP32-primary, FP16 or unstated, by line",
        as_of=as_of,
        chart=_official_chart(rows, breaks, narrow=False),
        narrow=_official_chart(rows, breaks, narrow=True),
        data=rows[["line", "method", "precision", "date", "value", "status", "fact_id"]].sort_values(
            ["line", "date"]
        ),
        sources=_sources(rows),
        alt="; ".join(
            f"{line}: {_range(group)}"
            for line, group in rows[rows["told"] == "published"].groupby("line", sort=True)
        )
        + ".",
        confidence="medium",
        notes=breaks["sentence"].tolist(),
    )


def _official_chart(rows: pd.DataFrame, breaks: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    x = alt.X(
        "date:T",
        title=None,
        axis=alt.Axis(format="%Y", tickCount={"interval": "year", "step": 2 if narrow else 1}),
    )
    domain = [float(rows["value"].min()) * 0.75, float(rows["value"].max()) * 1.4]
    ticks = alt.Axis(values=[30, 100, 300, 1000, 3000, 10000], format=",")
    scale = alt.Scale(type="log", nice=False, domain=domain)
    y = alt.Y("value:Q", title="EFLOPS", scale=scale, axis=ticks)
    names = rows["entity"].unique().tolist()
    tint = alt.Color(
        "entity:N", scale=alt.Scale(domain=names, range=[colour(name) for name in names]), legend=None
    )
    dash = alt.StrokeDash(
        "told:N", scale=alt.Scale(domain=["published", "forecast"], range=[[1, 0], [4, 4]]), legend=None
    )
    base = alt.Chart(rows)
    dated = rows.sort_values("date")
    shown = {"first": dated.groupby("line").head(1), "last": dated.groupby("line").tail(1)}
    layers = [
        base.mark_line(strokeWidth=2).encode(x=x, y=y, color=tint, detail="segment:N", strokeDash=dash),
        base.mark_point(size=36).encode(x=x, y=y, color=tint, tooltip=["line:N", _WHEN, "value:Q"]),
    ]
    if len(breaks):
        layers.append(alt.Chart(breaks).mark_rule(color=SUB, strokeDash=[2, 3]).encode(x="date:T"))
    # On a phone there is no room to the right of the last point.
    places = _PLACES | ({"AI, by facility (FP16)": ("last", "right", -8, -8)} if narrow else {})
    for line, (end, align, dx, dy) in places.items():
        part = shown[end][shown[end]["line"] == line]
        if len(part):
            named = alt.Chart(part).encode(x=x, y=y, text="line:N", color=tint)
            layers += halo(named, align=align, dx=dx, dy=dy)
    return alt.layer(*layers).properties(height=340)


def racks_exhibit(series: pd.DataFrame, as_of: date) -> Exhibit | None:
    """Standard racks as the ministry counts them."""
    rows = series[(series["scope"] == "racks") & (series["status"] == "reported")].sort_values("date")
    if rows.empty:
        return None
    first, last = rows.iloc[0], rows.iloc[-1]
    x = alt.X("date:T", title=None, axis=alt.Axis(format="%Y", tickCount={"interval": "year", "step": 1}))
    y = alt.Y("value:Q", title="million racks", scale=alt.Scale(zero=True),
              axis=alt.Axis(labelExpr="datum.value / 1e6", tickCount=5))  # fmt: skip
    base = alt.Chart(rows)
    ends = alt.Chart(
        rows.iloc[[-1]].assign(text=[f"{value / 1e6:.1f}" for value in rows["value"].iloc[[-1]]])
    )
    start = alt.Chart(rows.iloc[[0]].assign(text=f"{first['value'] / 1e6:.1f}"))
    chart = alt.layer(
        base.mark_line(color=colour("China")).encode(x=x, y=y),
        base.mark_point(color=colour("China")).encode(
            x=x, y=y, tooltip=[_WHEN, alt.Tooltip("value:Q", title="racks", format=",.0f")]
        ),
        ends.mark_text(dy=-13, align="right", fontWeight=600).encode(x=x, y=y, text="text:N"),
        start.mark_text(dy=-13, dx=4, align="left", fontWeight=600).encode(x=x, y=y, text="text:N"),
    ).properties(height=230)
    return Exhibit(
        id="capacity-racks",
        title=f"China counts {last['value'] / 1e6:.1f} million standard racks, after "
        f"{first['value'] / 1e6:.1f} million in "
        f"{first['date']:%B %Y}",
        subtitle="Standard racks of 2.5 kW in use, all data centres, as reported by the ministry; figures given as "
        f"“more than” at their bound. As known on {day(as_of)}",
        unit="standard racks",
        basis="standard rack of 2.5 kW, facility method",
        as_of=as_of,
        chart=chart,
        data=rows[["date", "value", "at_least", "fact_id"]],
        sources=_sources(rows),
        alt=f"Racks rise from {short(first['value'])} in {first['date']:%B %Y} to {short(last['value'])} in "
        f"{last['date']:%B %Y}.",
        confidence="medium",
        notes=[
            "A rack counts power and floor, not chips; the share of racks in use is not the use of the chips in them."
        ],
    )


def implied_exhibit(implied: pd.DataFrame, as_of: date, sources: list[str]) -> Exhibit | None:
    """Official and IDC FP16 figures as H100-equivalents, beside what the model has running on that day."""
    if implied.empty:
        return None
    rows = implied.assign(name=[f"{row.date:%b %Y}, {'official' if row.method == 'facility' else row.method}"
                                for row in implied.itertuples()])  # fmt: skip
    last = rows.iloc[-1]
    verb = "matches" if 0.8 <= last["ratio"] <= 1.25 else "exceeds" if last["ratio"] > 1 else "falls short of"
    order = rows["name"].tolist()
    sides = (
        ("published figure", "others", "implied", "low", "high"),
        ("this model", "China", "p50", "p5", "p95"),
    )
    told = pd.concat(
        rows.assign(
            kind=kind,
            entity=entity,
            middle=rows[middle],
            lower=rows[lower],
            upper=rows[upper],
            text=rows[middle].map(short),
        )
        for kind, entity, middle, lower, upper in sides
    )
    x = alt.X(
        "middle:Q",
        title="million H100-equivalents",
        axis=alt.Axis(labelExpr="datum.value / 1e6", tickCount=5),
    )
    y = alt.Y("name:N", sort=order, title=None)
    offset = alt.YOffset("kind:N", sort=["published figure", "this model"])
    tint = ours_and_others()
    base = alt.Chart(told)
    first = told[told["name"] == order[-1]]
    about = ["name:N", alt.Tooltip("kind:N", title="figure"), alt.Tooltip("text:N", title="H100-equivalents")]
    chart = alt.layer(
        base.mark_rule(strokeWidth=6, opacity=0.3, strokeCap="round").encode(
            x=alt.X("lower:Q"), x2="upper:Q", y=y, yOffset=offset, color=tint
        ),
        base.mark_point(size=60).encode(x=x, y=y, yOffset=offset, color=tint, tooltip=about),
        *(
            alt.Chart(first[first["kind"] == kind])
            .mark_text(dy=above)
            .encode(x=x, y=y, yOffset=offset, text="kind:N", color=tint)
            for kind, above in (("published figure", -11), ("this model", 13))  # out of the way of the row's name
        ),
    ).properties(height=alt.Step(24))
    return Exhibit(
        id="capacity-implied",
        title=f"The {'official' if last['method'] == 'facility' else last['method']} figure of {last['date']:%B %Y} "
        f"{verb} the model: {short(last['implied'])} H100-equivalents against {short(last['p50'])}",
        subtitle="Published FP16 capacity divided by the dense FP16 rate of an H100, and the model's "
        "installed stock on the "
        f"same day; 90 % intervals. As known on {day(as_of)}",
        unit="H100e",
        basis="dense FP16",
        as_of=as_of,
        chart=chart,
        data=rows[["name", "eflops", "implied", "low", "high", "p5", "p50", "p95", "ratio"]],
        sources=[*dict.fromkeys([*implied["source_id"], *sources])],
        alt="; ".join(
            f"{row.name_}: {short(row.implied)} published, {short(row.p50)} in the model"
            for row in rows.rename(columns={"name": "name_"}).itertuples()
        )
        + ".",
        confidence="low",
        notes=[
            "The interval of the published figure is the prior for changes of scope in the official series.",
            "The model counts chips brought in since 2022; the published figures hold what stood before, which "
            "weighs most in the first years.",
        ],
    )


def targets_exhibit(targets: pd.DataFrame, as_of: date) -> Exhibit | None:
    """Official targets, each against an outturn on its own basis only."""
    if targets.empty:
        return None
    counts = targets["verdict"].value_counts()
    said = ", ".join(f"{number} {verdict}" for verdict, number in counts.sort_index().items())
    return Exhibit(
        id="capacity-targets",
        title=f"Of {_count(len(targets), 'official target')}, judged on their own basis: {said}",
        subtitle=f"A figure on another precision or method decides nothing. As known on {day(as_of)}",
        unit="EFLOPS or percent, by row",
        basis="the target's own",
        as_of=as_of,
        data=targets[["target", "basis", "outturn", "unit", "outturn_date", "verdict", "sentence"]],
        sources=[
            *dict.fromkeys(source for ids in targets["source_ids"] for source in ids.split(";") if source)
        ],
        alt=" ".join(f"{row.target}: {row.verdict}." for row in targets.itertuples()),
        confidence="medium",
    )


def _range(group: pd.DataFrame) -> str:
    first, last = group.sort_values("date").iloc[0], group.sort_values("date").iloc[-1]
    if len(group) == 1:
        return f"{first['value']:,.0f} in {first['date']:%B %Y}"
    return f"{first['value']:,.0f} in {first['date']:%B %Y} to {last['value']:,.0f} in {last['date']:%B %Y}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _sources(rows: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(source for source in rows["source_id"] if source))
