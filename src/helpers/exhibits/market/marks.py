"""Marks that the market exhibits share: rows with a dot and its range, stacked parts, and how a period reads."""

from collections.abc import Callable
from datetime import date

import altair as alt
import pandas as pd

from helpers.exhibits.exhibit import day
from helpers.exhibits.layout import halo
from helpers.exhibits.theme import NARROW, WIDE, colour

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LABELS = 270
PAPER = colour("paper")
_BRIEF = {"Chinese vendors": "Chinese", "not attributed": "rest"}
_ROW = {False: 26, True: 44}


def when(period: str) -> str:
    """2025-06 as Jun 2025, 2025-Q3 as Q3 2025, 2025-03-31 as 31 Mar 2025, 2023/2026-01 as 2023 to Jan 2026."""
    text = str(period)
    if "/" in text:
        return " to ".join(when(part) for part in text.split("/"))
    year, _, rest = text.partition("-")
    if not rest or not year.isdigit():
        return text
    if rest[0] in "QH":
        return f"{rest} {year}"
    month, _, day = rest.partition("-")
    name = f"{_MONTHS[int(month) - 1]} {year}"
    return f"{int(day)} {name}" if day else name


def as_of(frame: pd.DataFrame) -> date:
    """The knowledge date stamped on a result."""
    return pd.Timestamp(frame["as_of"].iloc[0]).date()


def subtitle(measure: str, frame: pd.DataFrame) -> str:
    """Measure, unit and basis in a reader's words, and the knowledge date."""
    return f"{measure}. As known on {day(as_of(frame))}"


def told(title: str, rows: pd.DataFrame | list[str]) -> str:
    """Alternative text: the finding, then every row with its number."""
    listed = (
        rows
        if isinstance(rows, list)
        else [f"{row['row']}: {row['text']}" for row in rows.to_dict("records")]
    )
    return f"{title}. {'; '.join(listed)}."


def source_ids(*frames: pd.DataFrame) -> list:
    """Every source id of those frames, once, in order; a note in its place when none existed yet on the date."""
    cells = [cell for frame in frames for cell in frame["source_ids"]]
    ids = list(dict.fromkeys(part for cell in cells for part in str(cell).split(";") if part))
    return ids or [
        {"source_id": "", "publisher": "documents published later that repeat these figures", "title": ""}
    ]


def rows_chart(
    frame: pd.DataFrame,
    title: str,
    narrow: bool,
    width: int | None = None,
    labels: int = LABELS,
) -> alt.LayerChart:
    """One row a line: a dot, its range and the number beside it.

    frame: in drawing order, with `row` (unique label), `value`, `low`, `high`, `text` (what stands beside), `colour`
    (hex) and `filled` (an outturn; hollow otherwise). On a phone the label stands above its line. width: for a panel
    of a larger chart; a single chart is fitted by the exhibit.
    """
    top = _room(frame, (width or NARROW - 16) if narrow else (width or WIDE - labels))
    order = frame["row"].tolist()
    marked = frame.assign(
        end=frame[["value", "high"]].max(axis=1),
        first=0.0,
        low=frame["low"].fillna(frame["value"]),
        high=frame["high"].fillna(frame["value"]),
    )
    axis = (
        None
        if narrow
        else alt.Axis(title=None, labelLimit=labels, labelPadding=9, minExtent=labels if width else 0)
    )
    base = alt.Chart(marked).encode(
        y=alt.Y("row:N", sort=order, axis=axis, scale=alt.Scale(paddingInner=0.2)),
        color=alt.Color("colour:N", scale=None),
    )
    x = alt.X(
        "value:Q",
        title=title,
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(tickCount=5),
    )
    drop = 8 if narrow else 0
    layers = [
        base.mark_rule(strokeWidth=4, opacity=0.35, yOffset=drop).encode(
            x=alt.X("low:Q", title=title), x2="high:Q"
        ),
        base.transform_filter("datum.filled").mark_point(size=70, opacity=1, yOffset=drop).encode(x=x),
        base.transform_filter("!datum.filled")
        .mark_point(size=64, filled=False, fill=PAPER, strokeWidth=2, opacity=1, yOffset=drop)
        .encode(x=x),
        base.mark_text(align="left", dx=9, dy=drop, color=colour("text")).encode(
            x=alt.X("end:Q", title=title), text="text:N", color=alt.value(colour("text"))
        ),
    ]
    if narrow:
        layers += _row_heads(base, title)
    chart = alt.layer(*layers).properties(height=alt.Step(_ROW[narrow]))
    return chart.properties(width=width) if width else chart


def parts_chart(frame: pd.DataFrame, narrow: bool, title: str) -> alt.LayerChart:
    """Stacked bars to 100: one row a line, parts labelled inside with as much as fits.

    frame: in drawing order with `row`, `name`, `value`, `colour`, `shade` (opacity; pale parts carry dark text) and
    `place` (order inside the row).
    """
    order = list(dict.fromkeys(frame["row"]))
    marked = frame.sort_values("place", kind="stable")
    marked["end"] = marked.groupby("row", sort=False)["value"].cumsum()
    marked["start"] = marked["end"] - marked["value"]
    marked["middle"] = (marked["start"] + marked["end"]) / 2
    plot = (NARROW - 16) if narrow else (WIDE - LABELS)
    marked["label"] = [
        _fitting(name, value, value / 100 * plot)
        for name, value in zip(marked["name"], marked["value"], strict=True)
    ]
    heads = marked.drop_duplicates("row").assign(first=0.0)
    axis = None if narrow else alt.Axis(title=None, labelLimit=LABELS)
    y = alt.Y("row:N", sort=order, axis=axis, scale=alt.Scale(paddingInner=0.25))
    top = max(100.0, marked["end"].max())
    x = alt.X(
        "start:Q", title=title, scale=alt.Scale(domain=[0, top], nice=False), axis=alt.Axis(tickCount=5)
    )
    drop = 8 if narrow else 0
    base = alt.Chart(marked).encode(y=y)
    layers = [
        base.mark_bar(height=17, yOffset=drop).encode(
            x=x,
            x2="end:Q",
            color=alt.Color("colour:N", scale=None),
            opacity=alt.Opacity("shade:Q", scale=None),
        ),
        base.transform_filter(f"datum.end < {top - 0.1}")
        .mark_tick(thickness=1.5, size=17, yOffset=drop, color=PAPER)
        .encode(x=alt.X("end:Q", title=title)),
        base.mark_text(dy=drop, fontSize=11).encode(
            x=alt.X("middle:Q", title=title),
            text="label:N",
            color=alt.condition("datum.shade > 0.6", alt.value(PAPER), alt.value(colour("text"))),
        ),
    ]
    if narrow:
        layers += _row_heads(alt.Chart(heads).encode(y=y), title)
    return alt.layer(*layers).properties(height=alt.Step(_ROW[narrow] + 2))


def composition(frame: pd.DataFrame) -> list[str]:
    """The parts of each row in words, for the notes: where a part is too thin for its label."""
    rows = []
    for row, part in frame.sort_values("place", kind="stable").groupby("row", sort=False):
        if len(part) > 3:
            parts = ", ".join(
                f"{name} {value:.0f}" for name, value in zip(part["name"], part["value"], strict=True)
            )
            rows.append(f"{row}, from the left: {parts} %.")
    return rows


def _room(frame: pd.DataFrame, plot: float) -> float:
    """The end of an axis from 0 that leaves every number room beside its mark, in `plot` pixels."""
    ends = frame[["value", "high"]].max(axis=1)
    free = plot - frame["text"].str.len() * 6.4 - 18
    return float((ends * plot / free).max())


def _row_heads(base: alt.Chart, title: str) -> list[alt.Chart]:
    named = base.encode(x=alt.X("first:Q", title=title), text="row:N", color=alt.value(colour("sub")))
    return halo(named, align="left", dy=-9, limit=NARROW - 16)


def _fitting(name: str, value: float, pixels: float) -> str:
    """The fullest of `name value`, a shorter name with it, `name`, `value` that fits (about 5.9 px a character at
    11 px); else nothing."""
    candidates = (f"{name} {value:.0f}", f"{_BRIEF.get(name, name)} {value:.0f}", name, f"{value:.0f}")
    return next((text for text in candidates if len(text) * 5.9 + 4 < pixels), "")


def both(draw: Callable[[bool], alt.TopLevelMixin]) -> dict[str, alt.TopLevelMixin]:
    """The wide and the narrow drawing of one function of `narrow`, as the arguments of an Exhibit."""
    return {"chart": draw(False), "narrow": draw(True)}
