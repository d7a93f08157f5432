"""What the sellers took from China, year by year, in dollars: the other count of what the controls moved."""

import pandas as pd

from helpers.exhibits.exhibit import Exhibit
from helpers.exhibits.market.marks import as_of, both, rows_chart, source_ids, subtitle, told
from helpers.exhibits.theme import colour

_FIRST = 2022
_BASES = {"billing location, as first filed": "by invoice", "customer headquarters": "by headquarters"}
_WHOLE, _ANALYST, _STOPPED = "whole company, China", "AI accelerators, Bernstein", "H20 sales stopped"
_VENDORS = {"Chinese AI chip vendors": "Chinese vendors"}


def sales_by_year(revenue: pd.DataFrame, value: pd.DataFrame, stopped: pd.DataFrame) -> Exhibit | None:
    """NVIDIA's and AMD's China by basis, accelerators by value, and what one rule stopped; a year at a time.

    revenue, value, stopped: `revenue.china_revenue`, `substitution.value_moved`, `substitution.foregone`.
    """
    table, used = _table(revenue, value, stopped)
    if table.empty:
        return None
    rows = pd.DataFrame(
        {
            "row": [f"{r['seller']}, {r['counts']}, {r['year']}" for r in table.to_dict("records")],
            "value": table["usd_bn"],
            "low": table["low"],
            "high": table["high"],
            "text": table["usd_bn"].map("{:.1f}".format),
            "colour": [colour(_entity(name)) for name in table["seller"]],
            "filled": ~table["status"].isin(["forecast", "guided"]),
        }
    )
    title = _title(table)
    return Exhibit(
        id="sales-by-year",
        title=title,
        subtitle=subtitle(
            "Sales in China by calendar year, USD bn; hollow: forecast, or sales that a rule stopped", used
        ),
        unit="USD bn",
        basis="filings by two bases; analyst's value of accelerators; statements on lost sales",
        as_of=as_of(used),
        data=table,
        sources=source_ids(used),
        alt=told(title, rows),
        confidence="medium",
        notes=[
            "A company's China holds games, cars and networks; the analyst counts AI accelerators only. By invoice "
            "and by headquarters are never joined, so no line is drawn.",
            "The bar is the rounding of the printed digits; a filed number has none. NVIDIA's fiscal year counts "
            "in the calendar year that holds its middle.",
        ],
        **both(lambda narrow: rows_chart(rows, "USD bn", narrow, labels=330)),
    )


def _table(revenue: pd.DataFrame, value: pd.DataFrame, stopped: pd.DataFrame) -> tuple:
    years = revenue[(revenue["grain"] == "year") & revenue["entity"].isin(["NVIDIA", "AMD"])]
    years = years[years["calendar"].astype(str).str[:4].astype(int) >= _FIRST]
    filed = years.assign(
        counts=[f"{_WHOLE}, {_BASES[basis]}" for basis in years["basis"]], year=years["calendar"], scale=1e9
    )
    valued = value.assign(counts=_ANALYST, year=value["period"], scale=1.0)
    lost = stopped[stopped["unit"] == "USD"]
    lost = lost.assign(
        counts=_STOPPED,
        year=lost["period_end"].dt.year.astype(str),
        scale=1e9,
        entity="NVIDIA",
        status="guided",
    )
    parts = [part for part in (filed, valued, lost) if len(part)]
    if not parts:
        return pd.DataFrame(), revenue
    used = pd.concat(parts, ignore_index=True).sort_values(["year", "counts", "entity"], ignore_index=True)
    table = pd.DataFrame(
        {
            "seller": used["entity"].replace(_VENDORS),
            "counts": used["counts"],
            "year": used["year"].astype(str),
            "usd_bn": used["p50"] / used["scale"],
            "low": used["p5"] / used["scale"],
            "high": used["p95"] / used["scale"],
            "status": used["status"],
            "period": used["period"],
        }
    )
    return table, used


def _title(table: pd.DataFrame) -> str:
    valued = table[(table["counts"] == _ANALYST) & (table["status"] != "forecast")]
    by_seller = valued[valued["year"] == valued["year"].max()].set_index("seller")["usd_bn"]
    stopped = table[table["counts"] == _STOPPED]["usd_bn"]
    if {"NVIDIA", "Chinese vendors"} <= set(by_seller.index):
        lost = f"; a rule stopped {stopped.iloc[0]:.1f} bn of H20" if len(stopped) else ""
        return (
            f"In value, Chinese vendors sold {by_seller['Chinese vendors']:.0f} bn USD of accelerators in "
            f"{valued['year'].max()}, NVIDIA {by_seller['NVIDIA']:.0f} bn{lost}"
        )
    filed = table[(table["seller"] == "NVIDIA") & table["counts"].str.startswith(_WHOLE)]
    last = (filed if len(filed) else table).iloc[-1]
    return f"{last['seller']} took {last['usd_bn']:.1f} bn USD in China in {last['year']} ({last['counts']})"


def _entity(seller: str) -> str:
    return "China" if seller == "Chinese vendors" else seller
