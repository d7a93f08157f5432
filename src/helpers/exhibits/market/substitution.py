"""What the controls moved: H100-equivalents a year of licensed NVIDIA chips against those of Chinese vendors."""

import altair as alt
import pandas as pd

from helpers.exhibits.exhibit import Exhibit
from helpers.exhibits.layout import halo
from helpers.exhibits.market.marks import as_of, both, source_ids, subtitle, told
from helpers.exhibits.theme import colour
from helpers.models.market.card_counts import DOMESTIC, IMPORTED

_COLUMNS = {
    "cards": "cards",
    "H100e at FP16": "h100e_fp16",
    "H100e at 8-bit": "h100e_8bit",
    "H100e by memory bandwidth": "h100e_memory_bandwidth",
}
_MEASURES = {
    "fp16": ("H100e at FP16", "peak dense FP16", "H100-equivalents"),
    "int8": ("H100e at 8-bit", "peak dense 8-bit", "8-bit H100-equivalents"),
    "memory_bandwidth": ("H100e by memory bandwidth", "memory bandwidth", "H100-equivalents by bandwidth"),
}
_SELLERS = {IMPORTED: "licensed NVIDIA"}


def substitution(
    totals: pd.DataFrame,
    precision: str = "fp16",
    same: pd.DataFrame | None = None,
    every_class: pd.DataFrame | None = None,
) -> Exhibit | None:
    """H100-equivalents shipped a year, licensed NVIDIA against Chinese vendors.

    totals: `substitution.by_origin`; precision: what an H100-equivalent counts (the notebook's parameter); same:
    `substitution.same_makers`; every_class: `substitution.every_class`.
    """
    quantity, rate, unit = _MEASURES[precision]
    frame = totals[totals["quantity"] == quantity].sort_values(["year", "entity"], ignore_index=True)
    if frame.empty:
        return None
    table = frame[["entity", "year", "p50", "p5", "p95", "status", "basis"]].rename(
        columns={"entity": "seller", "p50": "h100e", "p5": "low", "p95": "high"}
    )
    by_key = totals.set_index(["entity", "year", "quantity"])["p50"]
    for name, column in _COLUMNS.items():
        if name != quantity:
            keys = [(seller, year, name) for seller, year in zip(table["seller"], table["year"], strict=True)]
            table[column] = by_key.reindex(pd.MultiIndex.from_tuples(keys)).to_numpy()
    title = _moved_title(table, unit)
    return Exhibit(
        id="substitution",
        title=title,
        subtitle=subtitle(
            f"AI accelerators shipped to and made in China, thousand "
            f"{quantity.replace('H100e', 'H100-equivalents')}, by calendar year",
            totals,
        ),
        unit="thousand H100e",
        basis=f"units times {rate} over that of an H100; unlicensed imports not included",
        as_of=as_of(totals),
        data=table,
        sources=source_ids(frame),
        alt=told(
            title,
            [
                f"{_named(r['seller'])} {r['year']}: {r['h100e'] / 1e3:,.0f} thousand H100-equivalents"
                for r in table.to_dict("records")
            ],
        ),
        confidence="low",
        notes=[
            "The interval is the 90 % range of cards and of what each is worth in H100s; a maker's cards whose mix "
            "is not stated take every chip it then shipped.",
            "Peak rates overstate what weaker links and software deliver. Smuggled chips and makers that no source "
            "names are left out; a year without a count is unknown, not zero.",
            *_by_class(every_class, totals),
            *_by_coverage(same, quantity),
            *_by_bandwidth(table),
        ],
        **both(lambda narrow: _moved_chart(table, narrow)),
    )


def _moved_title(table: pd.DataFrame, unit: str) -> str:
    years = sorted(
        set(table[table["seller"] == IMPORTED]["year"]) & set(table[table["seller"] == DOMESTIC]["year"])
    )
    at = table.set_index(["seller", "year"])["h100e"] / 1e3
    if len(years) > 1:
        first, last = years[-2:]
        return (
            f"From {first} to {last} licensed NVIDIA supply went from {at[IMPORTED, first]:.0f} "
            f"to {at[IMPORTED, last]:.0f} thousand {unit}, "
            f"Chinese vendors' from {at[DOMESTIC, first]:.0f} to {at[DOMESTIC, last]:.0f} thousand"
        )
    if years:
        year = years[0]
        words = (
            f"Forecasts for {year} gave"
            if (table["status"] == "forecast").any()
            else f"The year {year} brought"
        )
        imported, domestic = at[IMPORTED, year], at[DOMESTIC, year]
        return f"{words} {imported:.0f} thousand {unit} of licensed NVIDIA chips and {domestic:.0f} of Chinese ones"
    last = table.iloc[-1]
    seller = _named(last["seller"])
    return f"{seller[:1].upper()}{seller[1:]} brought {last['h100e'] / 1e3:.0f} thousand {unit} in {last['year']}"


def _named(seller: str) -> str:
    return _SELLERS.get(seller, seller)


def _by_class(every_class: pd.DataFrame | None, totals: pd.DataFrame) -> list[str]:
    """How many NVIDIA cards of other classes the newest year holds beside those counted by model, as a note."""
    if every_class is None or every_class.empty:
        return []
    last = every_class.iloc[-1]
    named = totals[
        (totals["entity"] == IMPORTED)
        & (totals["quantity"] == "cards")
        & (totals["year"].astype(str) == str(last["period"]))
    ]
    if named.empty:
        return []
    return [
        f"NVIDIA's {last['period']} is the {named['p50'].iloc[0] / 1e3:.0f} thousand cards counted by model; "
        f"{last['basis'].split(',')[0]} counts {last['p50'] / 1e6:.1f} million of every class without naming models. "
        "The Chinese counts hold every class."
    ]


def _by_coverage(same: pd.DataFrame | None, quantity: str) -> list[str]:
    """How much of the rise is makers that an earlier year does not count, as a note."""
    rows = same[same["quantity"] == quantity] if same is not None else pd.DataFrame()
    return [
        f"{r['to']} counts {r['counted_last']} Chinese makers and {r['from']} only {r['counted_first']}. Those "
        f"in both ({r['makers']}) went from {r['first'] / 1e3:.0f} to {r['last'] / 1e3:.0f} thousand."
        for r in rows.to_dict("records")
        if r["counted_last"] != r["counted_first"]
    ]


def _by_bandwidth(table: pd.DataFrame) -> list[str]:
    """The newest year by memory bandwidth, as a note beside a count by operations."""
    if "h100e_memory_bandwidth" not in table:
        return []
    newest = table[table["year"] == table["year"].max()].dropna(subset=["h100e_memory_bandwidth"])
    values = [
        f"{_named(r['seller'])} {r['h100e_memory_bandwidth'] / 1e3:,.0f}" for r in newest.to_dict("records")
    ]
    if not values:
        return []
    year = newest["year"].iloc[0]
    return [
        f"By memory bandwidth, which bounds inference, {year} reads otherwise: {', '.join(values)} thousand "
        "H100-equivalents."
    ]


def _moved_chart(table: pd.DataFrame, narrow: bool) -> alt.LayerChart:
    side, names = {IMPORTED: -0.19, DOMESTIC: 0.19}, {IMPORTED: "NVIDIA", DOMESTIC: "China"}
    thousand = table[["h100e", "low", "high"]] / 1e3
    marked = table.assign(
        x=table["year"] + table["seller"].map(side),
        value=thousand["h100e"],
        low=thousand["low"].fillna(thousand["h100e"]),
        high=thousand["high"].fillna(thousand["h100e"]),
        text=thousand["h100e"].map("{:,.0f}".format),
        colour=[colour(names[name]) for name in table["seller"]],
        zero=0.0,
    )
    first, last = int(table["year"].min()), int(table["year"].max())
    top = marked["high"].max() * 1.3
    axis = alt.Axis(format="d", values=list(range(first, last + 1)))
    x = alt.X("x:Q", title=None, scale=alt.Scale(domain=[first - 0.6, last + 0.6]), axis=axis)
    scale = alt.Scale(domain=[0, top], nice=False)
    y = alt.Y("value:Q", title="thousand H100-equivalents", axis=alt.Axis(tickCount=5), scale=scale)
    base = alt.Chart(marked).encode(x=x, color=alt.Color("colour:N", scale=None))
    size = 22 if narrow else 46
    by_year = marked.sort_values("year")
    named = pd.concat(
        [by_year[by_year["seller"] == IMPORTED].head(1), by_year[by_year["seller"] == DOMESTIC].tail(1)]
    )
    named = named.assign(label=named["seller"].replace(_SELLERS).str.replace(" ", "|", n=1))
    heads = alt.Chart(named).encode(
        x=x,
        y=alt.Y("high:Q", title="thousand H100-equivalents"),
        text="label:N",
        color=alt.Color("colour:N", scale=None),
    )
    layers = [
        base.mark_bar(size=size, opacity=0.85).encode(y=y, y2="zero:Q"),
        base.mark_rule(strokeWidth=2).encode(
            y=alt.Y("low:Q", title="thousand H100-equivalents"), y2="high:Q", color=alt.value(colour("text"))
        ),
        base.mark_text(dy=-8).encode(y=alt.Y("high:Q", title="thousand H100-equivalents"), text="text:N"),
        *halo(heads, dy=-40, lineBreak="|", fontWeight=600),
    ]
    return alt.layer(*layers).properties(height=320)
