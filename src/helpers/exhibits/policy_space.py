"""Exhibit of the policy chapter: the space that each rule left to designers, with the real chips in it."""

from datetime import date

import altair as alt
import numpy as np
import pandas as pd

from helpers.exhibits.chips import INK, sources_of
from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.layout import beside, log_pixels
from helpers.exhibits.policy import MEANING, STRENGTH
from helpers.exhibits.theme import colour

OTHERWISE = (
    "Has another status than its place, because another input decides: links under the limit of 2022, a letter, or a "
    "part made for China, which is not on sale in the United States as the review window of 2026 asks."
)


def design_space_exhibit(
    panels: dict[str, pd.DataFrame], chips: pd.DataFrame, rules: pd.DataFrame, as_of: date
):
    """What every pair of TPP and density meant under each rule, with real chips.

    panels: title of the panel to its `design_space`; chips: columns panel, chip, tpp, pd, status (of `space_chips`).
    """
    panels = {name: frame for name, frame in panels.items() if len(frame)}
    if not panels:
        return None
    free = {name: _free_share(frame) for name, frame in panels.items()}
    chips = _marked(chips, panels)
    rows = pd.concat([frame.assign(panel=name) for name, frame in panels.items()], ignore_index=True)
    return Exhibit(
        id="policy-design-space",
        title=_space_title(panels),
        subtitle="Status of every pair of compute (TPP) and density (TPP per mm²) under one rule date, with chips on "
        f"sale then. As known on {day(as_of)}",
        unit="TPP; TPP/mm²",
        basis="16-bit operands; other inputs as named in each panel",
        as_of=as_of,
        chart=_space_chart(panels, chips, 330, 2, True),
        narrow=_space_chart(panels, chips, 285, 1, False),
        data=rows[["panel", "tpp_low", "tpp_high", "pd_low", "pd_high", "status"]],
        sources=sources_of(rules[rules["level"] == "chip"]),
        alt=f"{len(panels)} panels of rectangles on logarithmic axes. Share of the plane that needs no licence: "
        + "; ".join(f"{name}: {100 * share:.0f} %" for name, share in free.items())
        + ".",
        confidence="high",
        notes=[
            MEANING,
            "Shares are of the logarithmic plane shown, not of chips. The rule of 2022 tested compute only in parts "
            "whose I/O reached its limit; below it every design was free.",
            *([f"* {OTHERWISE}"] if chips["chip"].str.endswith("*").any() else []),
        ],
    )


def _marked(chips: pd.DataFrame, panels: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The chips, with an asterisk after the name of those whose own status is not that of their place."""
    places = pd.concat([frame.assign(panel=name) for name, frame in panels.items()], ignore_index=True)
    held = chips.merge(places.rename(columns={"status": "place"}), on="panel")
    inside = held["tpp"].between(held["tpp_low"], held["tpp_high"], inclusive="left")
    inside &= held["pd"].between(held["pd_low"], held["pd_high"], inclusive="left")
    other = held[inside & (held["status"] != held["place"])]
    marked = pd.MultiIndex.from_frame(chips[["panel", "chip"]]).isin(
        list(zip(other["panel"], other["chip"], strict=True))
    )
    return chips.assign(chip=chips["chip"].where(~marked, chips["chip"] + "*"))


def _space_title(panels: dict[str, pd.DataFrame]) -> str:
    """The finding from the newest plane that is not a softer review: where free designs end."""
    name, frame = list(panels.items())[min(1, len(panels) - 1)]
    free, caught = frame[frame["status"] == "not-controlled"], frame[frame["status"] != "not-controlled"]
    when, words = name.split(", ", 1)
    if free.empty or caught.empty:
        return f"{when}, {words}: {'no' if free.empty else 'every'} design is free"
    limit, start = free["tpp_high"].max(), caught["tpp_low"].min()
    first = f"Under the rule of {when} a design ({words}) is free only below {limit:,.0f} TPP"
    return first if start >= limit else f"{first}, and from {start:,.0f} TPP on only at low density"


def _free_share(frame: pd.DataFrame) -> float:
    area = np.log(frame["tpp_high"] / frame["tpp_low"]) * np.log(frame["pd_high"] / frame["pd_low"])
    return float(area[frame["status"] == "not-controlled"].sum() / area.sum())


def _space_chart(panels, chips: pd.DataFrame, width: int, columns: int, words: bool) -> alt.ConcatChart:
    height = 230
    charts = []
    for name, frame in panels.items():
        x_ends = (frame["tpp_low"].min(), frame["tpp_high"].max())
        y_ends = (frame["pd_low"].min(), frame["pd_high"].max())
        x = {"scale": alt.Scale(type="log", domain=list(x_ends), nice=False)}
        y = {"scale": alt.Scale(type="log", domain=list(y_ends), nice=False)}
        names = list(STRENGTH)
        cells = (
            alt.Chart(frame.assign(strength=0.55 * frame["status"].map(STRENGTH)))
            .mark_rect(tooltip=None)
            .encode(
                x=alt.X(
                    "tpp_low:Q", title="TPP", axis=alt.Axis(values=[400, 1600, 4800, 21000], format=","), **x
                ),
                x2="tpp_high:Q",
                y=alt.Y(
                    "pd_low:Q", title="TPP/mm²", axis=alt.Axis(values=[1.6, 3.2, 5.92, 20], grid=False), **y
                ),
                y2="pd_high:Q",
                color=alt.Color(
                    "status:N", legend=None, scale=alt.Scale(domain=names, range=[colour(n) for n in names])
                ),
                opacity=alt.Opacity("strength:Q", scale=None, legend=None),
            )
        )
        shown = chips[(chips["panel"] == name) & chips["tpp"].between(*x_ends) & chips["pd"].between(*y_ends)]
        layers = [cells]
        if len(shown):
            layers += _chip_layers(shown, x_ends, y_ends, width, height, x, y)
        charts.append(alt.layer(*layers).properties(width=width, height=height, title=name))
    return alt.concat(*charts, columns=columns, spacing=26)


def _chip_layers(shown: pd.DataFrame, x_ends, y_ends, width: int, height: int, x, y) -> list[alt.Chart]:
    points = [
        (log_pixels(row["tpp"], x_ends, width), log_pixels(row["pd"], y_ends, height, down=True))
        for row in shown.to_dict("records")
    ]
    placed = beside(points, shown["chip"].tolist(), (width, height))
    layers = [
        alt.Chart(shown)
        .mark_point(size=26, color=INK)
        .encode(x=alt.X("tpp:Q", **x), y=alt.Y("pd:Q", **y), tooltip=["chip:N", "tpp:Q", "pd:Q", "status:N"])
    ]
    by_place: dict = {}
    for row, place in zip(shown.to_dict("records"), placed, strict=True):
        if place:
            by_place.setdefault(place, []).append(row)
    for place, rows in by_place.items():
        layers.append(
            alt.Chart(pd.DataFrame(rows))
            .mark_text(align=place.align, dx=place.dx, dy=place.dy, fontSize=11, color=INK)
            .encode(x=alt.X("tpp:Q", **x), y=alt.Y("pd:Q", **y), text="chip:N")
        )
    return layers
