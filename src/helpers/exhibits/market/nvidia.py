"""NVIDIA and AMD in China: quarterly revenue on two bases that are never joined, and what 2025 cost them."""

import math

import altair as alt
import pandas as pd

from helpers.exhibits.exhibit import Exhibit
from helpers.exhibits.layout import halo
from helpers.exhibits.market.marks import (
    PAPER,
    as_of,
    both,
    rows_chart,
    source_ids,
    subtitle,
    told,
    when,
)
from helpers.exhibits.theme import colour
from helpers.exhibits.words import dates

_BILLING = "billing location, as first filed"
_HEADQUARTERS = "customer headquarters"
_LINES = {
    _BILLING: ("by billing location", "NVIDIA", [1, 0]),
    _HEADQUARTERS: ("by customer|headquarters", "ink", [5, 3]),
}
_TWO_BASES = [
    "The two bases are never chained: billing location until the second quarter of fiscal 2026, customer "
    "headquarters since, restated back by later filings."
]
_WHAT = {
    "inventory charge": "charge",
    "sales lost to the licence rule": "sales lost",
    "sales possible if licensed": "sales if licensed",
}


def nvidia_china_revenue(revenue: pd.DataFrame, gaps: pd.DataFrame, rules: pd.DataFrame) -> Exhibit | None:
    """NVIDIA's quarterly revenue from China on two bases that are never joined.

    revenue, gaps, rules: `revenue.china_revenue`, `revenue.basis_gap`, `revenue.rule_dates`. None without a quarter.
    """
    quarters = revenue[(revenue["entity"] == "NVIDIA") & (revenue["grain"] == "quarter")].sort_values(
        "period_end"
    )
    if quarters.empty:
        return None
    table = pd.DataFrame(
        {
            "fiscal_quarter": quarters["period"],
            "calendar_quarter": quarters["calendar"],
            "quarter_ended": quarters["period_end"],
            "basis": quarters["basis"],
            "usd_bn": quarters["p50"] / 1e9,
            "status": quarters["status"],
        }
    ).reset_index(drop=True)
    newest = table.iloc[-1]
    if len(gaps):
        low, high = (100 * (ratio - 1) for ratio in (gaps["ratio"].min(), gaps["ratio"].max()))
        between = f"{low:.0f}" if f"{low:.0f}" == f"{high:.0f}" else f"{low:.0f} to {high:.0f}"
        title = (
            f"The same quarter of NVIDIA's China revenue is {between} % larger by "
            "customer headquarters than by invoice"
        )
    else:
        peak = table.loc[table["usd_bn"].idxmax()]
        title = (
            f"NVIDIA's billings to China were {newest['usd_bn']:.1f} bn USD in "
            f"{when(newest['calendar_quarter'])}; their peak was {peak['usd_bn']:.1f} bn in "
            f"{when(peak['calendar_quarter'])}"
        )
    return Exhibit(
        id="nvidia-china-revenue",
        title=title,
        subtitle=subtitle(
            (
                "NVIDIA's revenue from China including Hong Kong, USD bn a quarter, on each basis that it "
                "has reported"
            ),
            revenue,
        ),
        unit="USD bn",
        basis="; ".join(basis for basis in (_BILLING, _HEADQUARTERS) if basis in set(table["basis"])),
        as_of=as_of(revenue),
        data=table,
        sources=source_ids(quarters, rules),
        alt=_nvidia_alt(table),
        confidence="medium",
        notes=[
            *_TWO_BASES[: int(len(gaps) > 0)],
            (
                "Fiscal quarters end about four weeks after calendar ones; each is drawn at its end. "
                "Hollow: the year less three quarters, not filed as such."
            ),
        ],
        **both(lambda narrow: _nvidia_chart(table, rules, narrow)),
    )


def _nvidia_chart(table: pd.DataFrame, rules: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    top = 2.0 * math.ceil(0.6 * table["usd_bn"].max())
    x = alt.X("quarter_ended:T", title=None, axis=alt.Axis(format="%Y", tickCount="year"))
    y = alt.Y(
        "usd_bn:Q", title="USD bn a quarter", scale=alt.Scale(domain=[0, top]), axis=alt.Axis(tickCount=5)
    )
    layers, names = [], []  # names lie over every line
    if len(rules):
        short = (
            rules["label"].str.replace(r"^(\w+) 20(\d\d).*", r"\1 \2", regex=True)
            if narrow
            else rules["label"]
        )
        marks = alt.Chart(rules.assign(top=top, shown=short)).encode(x="date:T")
        layers.append(marks.mark_rule(strokeDash=[2, 3]))
        text = marks.encode(y=alt.Y("top:Q"), text="shown:N", color=alt.value(colour("sub")))
        layers += halo(text, align="left", dx=4, dy=7, fontSize=11)
    for basis, (label, entity, dash) in _LINES.items():
        part = table[table["basis"] == basis]
        if part.empty:
            continue
        told = [
            "fiscal_quarter:N",
            alt.Tooltip("quarter_ended:T", title="ended", format="%-d %b %Y"),
            alt.Tooltip("usd_bn:Q", title="USD bn", format=".1f"),
        ]
        mine = alt.Chart(part).encode(x=x, y=y, tooltip=told)
        filed = alt.datum.status == "reported"
        layers.append(mine.mark_line(strokeDash=dash, color=colour(entity)))
        layers.append(mine.transform_filter(filed).mark_point(color=colour(entity), opacity=1))
        hollow = {"filled": False, "fill": PAPER, "color": colour(entity), "opacity": 1, "strokeWidth": 1.5}
        layers.append(mine.transform_filter(alt.datum.status != "reported").mark_point(**hollow))
        # The newer basis is named left of its first point, above it on a phone, the older one above its peak: neither
        # meets a line there.
        newer = basis == _HEADQUARTERS
        spot = part.iloc[[0]] if newer else part.loc[[part["usd_bn"].idxmax()]]
        if narrow and not newer:
            label = label.replace(" location", "|location")
        named = alt.Chart(spot.assign(label=label)).encode(x=x, y=y, text="label:N")
        dx, dy = ((19, -34) if narrow else (-10, -6)) if newer else (4, -30 if narrow else -16)
        style = {
            "align": "right",
            "dx": dx,
            "dy": dy,
            "lineBreak": "|",
            "fontWeight": 600,
            "fontSize": 11 if narrow else 12,
            "color": colour(entity),
        }
        names += halo(named, **style)
    return alt.layer(*layers, *names).properties(height=320)


def _nvidia_alt(table: pd.DataFrame) -> str:
    parts = []
    for basis, part in table.groupby("basis", sort=False):
        first, last = part.iloc[0], part.iloc[-1]
        peak = part.loc[part["usd_bn"].idxmax()]
        parts.append(
            f"By {basis}: from {first['usd_bn']:.1f} bn USD in {when(first['calendar_quarter'])} to "
            f"{last['usd_bn']:.1f} bn in {when(last['calendar_quarter'])}, highest "
            f"{peak['usd_bn']:.1f} bn in {when(peak['calendar_quarter'])}."
        )
    return "Line chart of NVIDIA's quarterly revenue from China. " + " ".join(parts)


def charges(statements: pd.DataFrame, totals: pd.DataFrame) -> Exhibit | None:
    """What the rules of 2025 cost NVIDIA and AMD, booked and guided.

    statements, totals: `revenue.charges`, the 2025 rows of `revenue.charge_totals`.
    """
    if statements.empty:
        return None
    shown = statements.sort_values(["entity", "period_end", "basis"])
    table = pd.DataFrame(
        {
            "product": shown["entity"],
            "period": shown["period"],
            "what": shown["quantity"],
            "booked_or_guided": shown["basis"],
            "usd_bn": shown["p50"] / 1e9,
            "low_usd_bn": shown["p5"] / 1e9,
            "high_usd_bn": shown["p95"] / 1e9,
        }
    ).reset_index(drop=True)
    rows = pd.DataFrame(
        {
            "row": [
                (
                    f"{r['product'].split()[1]}, {_WHAT[r['what']]}, {r['booked_or_guided']} "
                    f"{dates(when(r['period']))}"
                )
                for r in table.to_dict("records")
            ],
            "value": table["usd_bn"],
            "low": table["low_usd_bn"],
            "high": table["high_usd_bn"],
            "text": table["usd_bn"].map("{:.1f}".format),
            "colour": [colour(name.split()[0]) for name in table["product"]],
            "filled": table["booked_or_guided"] == "booked",
        }
    )
    known = totals.set_index("quantity")["usd"] / 1e9 if len(totals) else {}
    title = "What NVIDIA and AMD said the export rules cost them"
    if "inventory charge" in known:
        booked = shown[(shown["basis"] == "booked") & (shown["quantity"] == "inventory charge")]
        makers = " and ".join(sorted({name.split()[0] for name in booked["entity"]}, reverse=True))
        title = f"{makers} booked {known['inventory charge']:.1f} bn USD of charges on the rules of 2025"
    if "sales lost to the licence rule" in known:
        title += (
            f"; NVIDIA named {known['sales lost to the licence rule']:.1f} bn of H20 sales lost in "
            "two quarters"
        )
    return Exhibit(
        id="charges-2025",
        title=title,
        subtitle=subtitle(
            (
                "Charges, lost and possible sales that NVIDIA and AMD put down to export rules, USD "
                "bn; hollow: guided, not booked"
            ),
            statements,
        ),
        unit="USD bn",
        basis="company statements, booked or guided",
        as_of=as_of(statements),
        data=table,
        sources=source_ids(statements),
        alt=told(title, rows),
        confidence="high",
        notes=["A warning and the charge booked later are two statements of one event and are not added."],
        **both(lambda narrow: rows_chart(rows, "USD bn", narrow, labels=290)),
    )
