"""Exhibits of the policy chapter: the legal frontier, and the agreement of the engine with published statements."""

import re
from datetime import date
from itertools import pairwise

import altair as alt
import pandas as pd

from helpers.exhibits.chips import SUB, sources_of
from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.layout import CHARACTER, LINE, halo, log_pixels, spread
from helpers.exhibits.policy import QUESTION
from helpers.exhibits.theme import colour

_NAMES = {"tpp": ("compute (TPP)", "TPP", ""), "memory_bandwidth": ("memory bandwidth", "GB/s", " GB/s")}
_TONES = {"best on sale": "other", "no licence, or notification": "US", "no licence": "not-controlled"}
GAP = 6
# Pixels from a step to the middle of the name of its chip.
_SIDES = {"above": -9, "below": 10}
_LONG = r"GeForce |Instinct | Generation| \(.*\)| SXM\d? | SXM\d?$|\d+GB$"
_SHORT = {
    "best on sale": "best on sale",
    "no licence, or notification": "with notification",
    "no licence": "without a licence",
}


def legal_frontier_exhibit(
    frontier: pd.DataFrame, rules: pd.DataFrame, as_of: date, metric: str = "tpp", entity: str = "US chips"
) -> Exhibit | None:
    """Steps of the best chip on sale and the best that China could buy freely. frontier: of `legal_frontier`."""
    wanted = (frontier["quantity"] == f"legal_frontier_{metric}") & (frontier["entity"] == entity)
    rows = frontier[wanted].assign(day=lambda frame: pd.to_datetime(frame["period"]))
    rows = rows.dropna(subset=["p50"])
    rows = rows.sort_values("basis", key=lambda column: column.map(list(_TONES).index), kind="stable")
    free = rows[rows["basis"] == "no licence"].sort_values("day")
    best = rows[rows["basis"] == "best on sale"].sort_values("day")
    if free.empty or best.empty or rows["day"].nunique() < 2 or rows["p50"].nunique() < 2:
        return None
    words, unit, tail = _NAMES[metric]
    now, top = free.iloc[-1], best.iloc[-1]
    peak = free.loc[free["p50"].idxmax()]
    chips = "data-centre chip" if "data-centre" in entity else "chip"
    share = f"{100 * now['p50'] / top['p50']:.0f} %"
    return Exhibit(
        id=f"policy-legal-frontier-{metric.replace('_', '-')}{'-data-centre' if 'data-centre' in entity else ''}",
        title=f"The best US {chips} that China may buy without a licence has {share} of the "
        f"best one's {words}",
        subtitle=f"Most {words} of a US {chips} on sale, and of one that needs no licence, {QUESTION}; band: chips "
        f"that cannot be told. As known on {day(as_of)}",
        unit=unit,
        basis=f"{entity} on sale, dense rates",
        as_of=as_of,
        chart=_frontier_chart(rows, unit, 690),
        narrow=_frontier_chart(rows, unit, None),
        data=rows[["period", "basis", "p50", "p95", "chip", "chip_high"]],
        sources=sources_of(rows, rules[rules["level"] == "chip"]),
        alt=f"Step lines. Without a licence: at most {peak['p50']:,.0f}{tail} ({peak['chip']}, {peak['period']}), "
        f"now {now['p50']:,.0f}{tail} ({now['chip']}). Best on sale now: {top['p50']:,.0f}{tail} ({top['chip']}).",
        confidence="medium",
        notes=[
            "Chips stay on sale here after their release; a sale that ended is not recorded. Chips that their makers "
            "only rent out, and those without a known figure, are left out.",
            "With notification: License Exception NAC could be used. Makers' filings know of no approval under it.",
        ],
    )


def _frontier_chart(rows: pd.DataFrame, unit: str, width: int | None) -> alt.LayerChart:
    """width: of the plot in pixels, to place the names of chips; None leaves them out."""
    order = list(_TONES)
    scale = alt.Scale(type="log", nice=False, padding=12)
    tone = alt.Color(
        "basis:N", legend=None, scale=alt.Scale(domain=order, range=[colour(_TONES[b]) for b in order])
    )
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%Y", tickCount="year"))
    free = alt.Chart(rows[rows["basis"] == "no licence"])
    band = free.mark_area(interpolate="step-after", fillOpacity=0.35, color=colour("undetermined")).encode(
        x=x, y=alt.Y("p50:Q", scale=scale), y2="p95:Q"
    )
    lines = (
        alt.Chart(rows)
        .mark_line(interpolate="step-after")
        .encode(x=x, y=alt.Y("p50:Q", title=unit, scale=scale, axis=_ticks(rows)), color=tone)
    )
    changed = (
        rows.sort_values("day")
        .groupby("basis", group_keys=False)[["basis", "day", "p50", "chip"]]
        .apply(lambda part: part[part["p50"] != part["p50"].shift()])
    )
    dots = (
        alt.Chart(changed)
        .mark_point(size=26)
        .encode(
            x=x,
            y=alt.Y("p50:Q", scale=scale),
            color=tone,
            tooltip=[
                "chip:N",
                "basis:N",
                alt.Tooltip("day:T", title="from", format="%-d %b %Y"),
                alt.Tooltip("p50:Q", title=unit, format=",.0f"),
            ],
        )
    )
    names = _step_names(changed, rows, scale, x, width) if width else []
    ends = _end_labels(rows, scale, x, beside=width is None)
    return alt.layer(band, lines, dots, *ends, *names).properties(height=330)


def _ticks(rows: pd.DataFrame) -> alt.Axis:
    """Ticks at 1, 2 and 5 of each power of ten, which a log scale over one or two of them needs no more of."""
    low, high = rows["p50"].min(), rows[["p50", "p95"]].max().max()
    values = [step * 10**power for power in range(1, 7) for step in (1, 2, 5)]
    return alt.Axis(values=[value for value in values if low <= value <= high], format=",")


def _step_names(
    changed: pd.DataFrame, rows: pd.DataFrame, scale: alt.Scale, x: alt.X, width: int
) -> list[alt.Chart]:
    """The chip above each step of the two outer lines, where the step is long enough and the place is free; below it
    where another line rises through the name."""
    first, last = rows["day"].min(), rows["day"].max()
    ends = (0.94 * rows["p50"].min(), 1.06 * rows[["p50", "p95"]].max().max())
    taken = [
        (
            width - 1.1 * CHARACTER * len(_SHORT[row["basis"]]),
            width,
            log_pixels(row["p50"], ends, 330, down=True) + moved + _SIDES["above"],
        )
        for row, moved in _ends(rows)
    ]
    risers = [
        (
            width * (after["day"] - first) / (last - first),
            *sorted(log_pixels(step["p50"], ends, 330, down=True) for step in (before, after)),
        )
        for _, part in changed.sort_values("day").groupby("basis")
        for before, after in pairwise(part.to_dict("records"))
    ]
    labels: list[dict] = []
    for basis in ("no licence", "best on sale"):
        steps = changed[changed["basis"] == basis].sort_values("day").to_dict("records")
        for step, after in zip(steps, [*steps[1:], None], strict=True):
            text = re.sub(_LONG, "", step["chip"])
            left = width * (step["day"] - first) / (last - first)
            right = width * ((after["day"] if after else last) - first) / (last - first)
            height = log_pixels(step["p50"], ends, 330, down=True)
            end = left + CHARACTER * len(text)
            rises = after is not None and after["p50"] > step["p50"]
            again = any(
                label["text"] == text and label["p50"] == step["p50"] and abs(label["left"] - left) < end - left
                for label in labels
            )
            if again or end > width or (rises and end > right + 4):
                continue
            crossing = [(high, low) for at, high, low in risers if left + 2 < at < end]
            for side, moved in _SIDES.items():
                middle = height + moved
                free = all(
                    end + GAP < other[0] or left > other[1] + GAP or abs(middle - other[2]) > LINE
                    for other in taken
                )
                if free and not any(high < middle + 6 and middle - 6 < low for high, low in crossing):
                    taken.append((left, end, middle))
                    labels.append(
                        {"day": step["day"], "p50": step["p50"], "text": text, "side": side, "left": left}
                    )
                    break
    if not labels:
        return []
    layers = []
    for side, part in pd.DataFrame(labels).groupby("side"):
        texts = alt.Chart(part).encode(x=x, y=alt.Y("p50:Q", scale=scale), text="text:N")
        layers += halo(texts, width=3, align="left", dx=3, dy=_SIDES[side], fontSize=11, color=SUB)
    return layers


def _end_labels(rows: pd.DataFrame, scale: alt.Scale, x: alt.X, beside: bool) -> list[alt.Chart]:
    """Names at the right end of the lines, pushed apart; `beside` the plot where its steps leave no room above."""
    layers = []
    put = {"align": "left", "dx": 5} if beside else {"align": "right", "dx": -2}
    ends = _ends(rows)
    # Where lines end together the lowest name still stands above its own.
    above = 0 if beside else 10 + max(0, *(moved for _, moved in ends))
    for row, moved in ends:
        label = pd.DataFrame({"day": [row["day"]], "p50": [row["p50"]], "text": [_SHORT[row["basis"]]]})
        layers.append(
            alt.Chart(label)
            .mark_text(
                **put,
                dy=moved - above,
                fontWeight=600,
                color=colour(_TONES[row["basis"]]),
            )
            .encode(x=x, y=alt.Y("p50:Q", scale=scale), text="text:N")
        )
    return layers


def _ends(rows: pd.DataFrame) -> list[tuple[pd.Series, float]]:
    """The last row of each line, and by how many pixels its name moves to stand clear of the others."""
    ends = rows.sort_values("day").groupby("basis").tail(1)
    low, high = rows["p50"].min(), rows[["p50", "p95"]].max().max()
    places = [log_pixels(value, (low, high), 300, down=True) for value in ends["p50"]]
    return [
        (row, moved - place)
        for (_, row), place, moved in zip(ends.iterrows(), places, spread(places, 16), strict=True)
    ]


def agreement_exhibit(table: pd.DataFrame, summary: pd.DataFrame, as_of: date) -> Exhibit | None:
    """The engine against published statements, as a table. table, summary: of `agreement`, `agreement_summary`."""
    if table.empty:
        return None
    tiers = summary.set_index("tier")
    core, every = tiers.loc["core"], tiers.loc["all"]
    differ = table[~table["agrees"].astype(bool)]
    definite = int((differ["engine_status"] != "undetermined").sum())
    # What differs is what a reader looks for.
    shown = table.sort_values(["agrees", "as_of", "chip"], kind="stable")
    shown["explanation"] = shown["explanation"].str.replace(">=", "≥").str.replace("<=", "≤")
    return Exhibit(
        id="policy-agreement",
        title=f"The engine repeats {int(core['agree'])} of {int(core['statements'])} core statements on chips and "
        f"{'contradicts none' if not definite else f'contradicts {definite}'}",
        subtitle="Published statements that a chip was or was not controlled on a date, and the answer from figures "
        f"and rules. As known on {day(as_of)}",
        unit="status",
        basis="filings, makers' classifications, BIS; case by case counts as a licence requirement",
        as_of=as_of,
        data=shown[
            [
                "chip",
                "as_of",
                "published_status",
                "engine_status",
                "explanation",
                "agrees",
                "only_by_name",
                "tier",
            ]
        ],
        sources=sources_of(table.assign(source_ids=table["source_id"])),
        alt=f"{int(every['agree'])} of {int(every['statements'])} statements agree, "
        f"{int(every['agree_only_by_name'])} of them only because a text names the chip; "
        f"{int(every['differ_explained'])} stay open for a named reason.",
        confidence="high",
        notes=[
            f"{int(every['agree_only_by_name'])} statements agree only because a letter or preamble names the chip.",
            "A statement that a licence is required is met by case-by-case review too: it is not about the review.",
        ],
    )
