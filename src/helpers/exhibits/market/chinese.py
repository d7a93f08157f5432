"""The Chinese sellers: Huawei Cloud by definition, Huawei's R&D in dollars, growth of the listed chip firms."""

import altair as alt
import pandas as pd

from helpers.exhibits.exhibit import Exhibit
from helpers.exhibits.layout import halo
from helpers.exhibits.market.marks import as_of, both, rows_chart, source_ids, subtitle, told, when
from helpers.exhibits.theme import colour

# Definition: label, dash, number below its point, which point carries the label, and where.
_DRAWN = {
    "segment, incl. sales inside the group": (
        "with sales inside the group", [1, 0], False, -1, {"align": "right", "dx": 22, "dy": -30},
    ),
    "external customers, as first reported": (
        "external, first filed", [6, 3], False, 0, {"align": "left", "dx": -48, "dy": -27},
    ),
    "external customers, restated": (
        "external, restated", [2, 3], True, 0, {"align": "left", "dx": 4, "dy": 34},
    ),
}  # fmt: skip


def huawei_cloud(cloud: pd.DataFrame, spread: pd.DataFrame) -> Exhibit | None:
    """Huawei Cloud's revenue on its definitions; cloud, spread: `huawei.cloud`, `huawei.restatement`."""
    years = cloud[(cloud["unit"] == "CNY") & (cloud["grain"] == "year")].sort_values(["definition", "period"])
    if years.empty:
        return None
    dollars = cloud[(cloud["unit"] == "USD") & (cloud["grain"] == "year")].set_index(["definition", "period"])
    keys = list(zip(years["definition"], years["period"], strict=True))
    table = pd.DataFrame(
        {
            "year": years["period"].astype(int),
            "definition": years["definition"],
            "cny_bn": years["p50"] / 1e9,
            "usd_bn": [dollars.loc[key, "p50"] / 1e9 for key in keys],
            "usd_at": [dollars.loc[key, "basis"].split("; ", 1)[1] for key in keys],
            "status": years["status"],
        }
    ).reset_index(drop=True)
    if len(spread):
        widest = spread.loc[spread["ratio"].idxmax()]
        values = table[table["year"] == int(widest["period"])]["cny_bn"]
        title = (
            f"Huawei Cloud's revenue of {widest['period']} is {values.min():.0f} or "
            f"{values.max():.0f} bn CNY, by what one counts"
        )
    else:
        last = table.iloc[-1]
        title = (
            f"Huawei Cloud reported {last['cny_bn']:.1f} bn CNY for {last['year']}, sales inside the "
            "group included"
        )
    listed = "; ".join(
        f"{r['definition']} {r['year']}: {r['cny_bn']:.1f} bn CNY ({r['usd_bn']:.1f} bn USD)"
        for r in table.to_dict("records")
    )
    return Exhibit(
        id="huawei-cloud-definitions",
        title=title,
        subtitle=subtitle(
            (
                "Huawei Cloud revenue, CNY bn a year, by definition; the table adds USD at each "
                "year's average rate"
            ),
            cloud,
        ),
        unit="CNY bn",
        basis="; ".join(dict.fromkeys(table["definition"])),
        as_of=as_of(cloud),
        data=table,
        sources=source_ids(cloud),
        alt=f"Line chart. {listed}.",
        confidence="medium",
        notes=["Growth is only read along one line: no definition continues another."],
        **both(lambda narrow: _cloud_chart(table, narrow)),
    )


def _cloud_chart(table: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    first, last = int(table["year"].min()), int(table["year"].max())
    span = alt.Scale(domain=[first - 0.3, last + 0.4])
    x = alt.X(
        "year:Q", title=None, scale=span, axis=alt.Axis(format="d", values=list(range(first, last + 1)))
    )
    y = alt.Y("cny_bn:Q", title="CNY bn", scale=alt.Scale(domain=[0, 85]), axis=alt.Axis(tickCount=5))
    red = colour("Huawei")
    layers = []
    for definition, (label, dash, below, at, place) in _DRAWN.items():
        part = table[table["definition"] == definition]
        if part.empty:
            continue
        base = alt.Chart(part.assign(text=part["cny_bn"].map("{:.1f}".format))).encode(x=x, y=y)
        layers.append(base.mark_line(strokeDash=dash, color=red))
        layers.append(base.mark_point(size=60, color=red, opacity=1))
        layers += halo(base.encode(text="text:N"), dy=15 if below else -12, color=colour("text"))
        named = alt.Chart(part.iloc[[at]].assign(label=label)).encode(x=x, y=y, text="label:N")
        layers += halo(named, fontWeight=600, color=red, **place)
    return alt.layer(*layers).properties(height=320)


def vendor_growth(pairs: pd.DataFrame, results: pd.DataFrame) -> Exhibit | None:
    """Revenue growth of the Chinese chip firms; pairs, results: `vendors.growth`, `vendors.vendor_results`."""
    if pairs.empty:
        return None
    newest = (
        pairs.sort_values("period_end")
        .groupby(["entity", "unit"])
        .tail(2)
        .sort_values(["entity", "period_end"])
    )
    table = (
        newest[["entity", "unit", "from", "to", "ratio"]]
        .rename(columns={"entity": "company", "ratio": "times"})
        .reset_index(drop=True)
    )
    amounts = results[(results["quantity"] == "revenue") & (results["basis"] == "as filed, whole company")]
    by_key = amounts.set_index(["entity", "unit", "period"])["p50"] / 1e9
    table["from_bn"] = [by_key[(r["company"], r["unit"], r["from"])] for r in table.to_dict("records")]
    table["to_bn"] = [by_key[(r["company"], r["unit"], r["to"])] for r in table.to_dict("records")]
    rows = pd.DataFrame(
        {
            "row": [
                f"{r['company']}, {when(r['from'])} to {when(r['to'])}" for r in table.to_dict("records")
            ],
            "value": table["times"],
            "low": float("nan"),
            "high": float("nan"),
            "text": [
                f"{r['times']:.2f} ({r['from_bn']:.2f} to {r['to_bn']:.2f} bn {r['unit']})"
                for r in table.to_dict("records")
            ],
            "colour": [colour(name) for name in table["company"]],
            "filled": True,
        }
    )
    last = table[table["to"] == table.loc[newest["period_end"].reset_index(drop=True).idxmax(), "to"]]
    best = last.loc[last["times"].idxmax()]
    lead = "grew fastest" if len(last) > 1 else "is the one firm with two filings"
    title = (
        f"{best['company']} {lead} to {when(best['to'])}: {best['times']:.2f} times the revenue of "
        f"{when(best['from'])}"
    )
    return Exhibit(
        id="vendor-growth",
        title=title,
        subtitle=subtitle(
            (
                "Revenue of China's listed chip firms over the same span a year before, in the "
                "currency of the filing"
            ),
            results,
        ),
        unit="times",
        basis="as filed, whole company",
        as_of=as_of(results),
        data=table,
        sources=source_ids(amounts),
        alt=told(title, rows),
        confidence="high",
        notes=[
            (
                "Whole companies: Hygon sells mostly CPUs, SMIC mostly other chips. Huawei does not "
                "report chips."
            )
        ],
        **both(lambda narrow: rows_chart(rows, "times the year before", narrow)),
    )


def huawei_research(years: pd.DataFrame, group: pd.DataFrame, about_usd: float) -> Exhibit | None:
    """Huawei's R&D in dollars by year against a round figure of the press.

    years, group: `huawei.research_in_dollars(..., about_usd)`, `huawei.group`.
    """
    if years.empty:
        return None
    ordered = years.sort_values("period").reset_index(drop=True)
    table = pd.DataFrame(
        {
            "year": ordered["period"].astype(int),
            "usd_bn": ordered["usd"] / 1e9,
            "low_usd_bn": ordered["low_usd"] / 1e9,
            "high_usd_bn": ordered["high_usd"] / 1e9,
            "over_the_round_figure": ordered["ratio"],
        }
    )
    rows = pd.DataFrame(
        {
            "row": table["year"].astype(str),
            "value": table["usd_bn"],
            "low": table["low_usd_bn"],
            "high": table["high_usd_bn"],
            "text": table["usd_bn"].map("{:.1f}".format),
            "colour": colour("Huawei"),
            "filled": True,
        }
    )
    nearest = years.iloc[0]
    fits = round(nearest["usd"] / 1e9) == round(about_usd / 1e9)
    title = (
        f"Huawei's R&D of about {about_usd / 1e9:.0f} bn USD fits {nearest['period']} "
        f"({nearest['usd'] / 1e9:.1f} bn), and is the whole group's"
        if fits
        else f"No year of Huawei's R&D known yet comes to {about_usd / 1e9:.0f} bn USD; the nearest is "
        f"{nearest['period']} with {nearest['usd'] / 1e9:.1f} bn"
    )
    spent = group[
        (group["quantity"] == "R&D expense") & (group["unit"] == "USD") & (group["grain"] == "year")
    ]
    return Exhibit(
        id="huawei-research",
        title=title,
        subtitle=subtitle(
            "Huawei's R&D expense, whole group, USD bn a year at the year's average rate", group
        ),
        unit="USD bn",
        basis="whole group, as filed; period average of each year",
        as_of=as_of(group),
        data=table,
        sources=source_ids(spent),
        alt=told(title, [f"{r['year']}: {r['usd_bn']:.1f} bn USD" for r in table.to_dict("records")]),
        confidence="high",
        notes=[
            (
                "No filing says how much of it is for chips or for AI. The bar spans the two "
                "published average rates."
            )
        ],
        **both(lambda narrow: rows_chart(rows, "USD bn", narrow, labels=60)),
    )
