"""Who buys and what they pay: capex in both countries, and the price of a useful FLOP."""

import pandas as pd

from helpers.exhibits.exhibit import Exhibit
from helpers.exhibits.market.marks import as_of, both, rows_chart, source_ids, subtitle, told, when
from helpers.exhibits.theme import colour

_KINDS = {
    "dealer price, China": "dealer",
    "analyst's estimate, China": "estimate",
    "grey market, China": "grey market",
    "order value over units": "order over units",
    "US price": "US price",
}


def capex(annual: pd.DataFrame, comparison: pd.DataFrame) -> Exhibit | None:
    """Capex of buyers in China and in the United States; annual, comparison: of `models.market.capex`."""
    if annual.empty:
        return None
    largest = annual.groupby("scope")["p50"].transform("max")
    frame = annual.assign(largest=largest).sort_values(["largest", "period"], ascending=[False, True])
    frame = frame.reset_index(drop=True)
    table = pd.DataFrame(
        {
            "buyers": frame["scope"],
            "year": frame["period"].astype(int),
            "usd_bn": frame["p50"],
            "low_usd_bn": frame["p5"],
            "high_usd_bn": frame["p95"],
            "status": frame["status"],
            "statements": frame["statements"],
            "converted_at": [basis.split("; ", 1)[1] for basis in frame["basis"]],
        }
    )
    rows = pd.DataFrame(
        {
            "row": [f"{_buyers(r['buyers'])}, {r['year']}" for r in table.to_dict("records")],
            "value": table["usd_bn"],
            "low": table["low_usd_bn"],
            "high": table["high_usd_bn"],
            "text": [f"{r['usd_bn']:,.0f} {r['status']}" for r in table.to_dict("records")],
            "colour": [_tone(r["scope"], r["country"]) for r in frame.to_dict("records")],
            "filled": frame["status"].isin(["measured", "reported", "estimated"]),
        }
    )
    if len(comparison):
        last = comparison.iloc[-1]
        verb = "spent" if last["us_status"] in ("measured", "reported") else "plan"
        title = (
            f"Four US firms {verb} {last['us_usd_bn']:,.0f} bn USD for {last['period']}, "
            f"{last['ratio']:.0f} times what analysts count for China's internet firms"
        )
    else:
        last = table.iloc[-1]
        title = (
            f"{last['buyers']}: {last['usd_bn']:,.0f} bn USD for {last['year']} ({last['status']}); "
            "no comparable total was known"
        )
    return Exhibit(
        id="capex",
        title=title,
        subtitle=subtitle(
            "Capital expenditure a year, USD bn; filled: reported or estimated, hollow: target or forecast",
            annual,
        ),
        unit="USD bn",
        basis="statements of firms and analysts; scopes differ by row",
        as_of=as_of(annual),
        data=table,
        sources=source_ids(frame),
        alt=told(title, rows),
        confidence="medium",
        notes=[
            (
                "Scopes differ: whole capex for the US four and the carriers, AI capex as analysts "
                "add it up for China. The bar spans all statements on a row, older vintages included."
            ),
            (
                "Yuan at the average of the year, or the newest average known for a year not over; "
                "the table names it."
            ),
        ],
        **both(lambda narrow: rows_chart(rows, "USD bn", narrow)),
    )


def _tone(buyers: str, country: str) -> str:
    """The colour of a firm; of a group of firms that of its country."""
    try:
        return colour(buyers)
    except KeyError:
        return colour(country)


def price_per_flop(prices: pd.DataFrame, steps: pd.DataFrame) -> Exhibit | None:
    """Quoted prices per useful FLOP, oldest first; prices, steps: `prices.chip_prices`, `prices.before_and_after`."""
    quotes = prices[prices["quantity"].str.startswith("price per dense FP16")].sort_values(
        ["period_end", "entity"]
    )
    if quotes.empty:
        return None
    bandwidth = prices[prices["quantity"].str.startswith("price per TB/s")]
    keys = ["entity", "period", "kind", "evidence"]
    joined = quotes.merge(bandwidth[[*keys, "p50"]], on=keys, how="left", suffixes=("", "_tbs"))
    table = pd.DataFrame(
        {
            "product": joined["entity"],
            "period": joined["period"],
            "kind": joined["kind"],
            "usd_per_tflops_fp16": joined["p50"],
            "low": joined["p5"],
            "high": joined["p95"],
            "usd_per_tb_per_s": joined["p50_tbs"],
            "basis": joined["basis"],
        }
    )
    rows = pd.DataFrame(
        {
            "row": _unique(
                [
                    f"{_product(r['product'])}, {when(r['period'])}, {_KINDS[r['kind']]}"
                    for r in table.to_dict("records")
                ]
            ),
            "value": table["usd_per_tflops_fp16"],
            "low": table["low"],
            "high": table["high"],
            "text": table["usd_per_tflops_fp16"].map("{:.0f}".format),
            "colour": [colour(name.split()[0]) for name in table["product"]],
            "filled": table["kind"].isin(["dealer price, China", "grey market, China"]),
        }
    )
    if len(steps):
        step = steps.iloc[0]
        title = (
            f"After the {step['rule']}, a useful FLOP cost {step['ratio']:.1f} times as much: "
            f"{step['after_usd']:.0f} USD per peak TFLOP/s in an {_product(step['after'])}, "
            f"{step['before_usd']:.0f} in an {_product(step['before'])} before"
        )
    else:
        last = table.iloc[-1]
        title = (
            f"A peak FLOP cost {last['usd_per_tflops_fp16']:.0f} USD per TFLOP/s in an "
            f"{_product(last['product'])} in {when(last['period'])}"
        )
    return Exhibit(
        id="price-per-flop",
        title=title,
        subtitle=subtitle(
            (
                "Quoted price over peak dense FP16, USD per TFLOP/s, oldest first; hollow: implied or "
                "outside China"
            ),
            prices,
        ),
        unit="USD per TFLOP/s",
        basis="quoted price per GPU over peak dense FP16 rate",
        as_of=as_of(prices),
        data=table,
        sources=source_ids(quotes),
        alt=told(title, rows),
        confidence="low",
        notes=[
            (
                "Few quotes, mostly from dealers. The bar spans a quote's range and the versions of "
                "the chip that it may mean."
            ),
            *_useful(steps),
            (
                "Per TB/s of memory bandwidth (in the table) the H20 is cheap: it was built for what "
                "the limits did not count."
            ),
        ],
        **both(lambda narrow: rows_chart(rows, "USD per dense FP16 TFLOP/s", narrow)),
    )


def rental_prices(rents: pd.DataFrame) -> Exhibit | None:
    """Rent per GPU and hour at small providers; rents: `prices.rentals`."""
    if rents.empty:
        return None
    frame = rents.sort_values(["period_end", "chip", "place"], ignore_index=True)
    table = frame[["chip", "place", "period", "p50", "basis"]].rename(columns={"p50": "usd_per_gpu_hour"})
    rows = pd.DataFrame(
        {
            "row": _unique(
                [f"{r['chip']}, {r['place']}, {when(r['period'])}" for r in table.to_dict("records")]
            ),
            "value": table["usd_per_gpu_hour"],
            "low": frame["p5"],
            "high": frame["p95"],
            "text": table["usd_per_gpu_hour"].map("{:.2f}".format),
            "colour": [colour(place) for place in table["place"]],
            "filled": True,
        }
    )
    at = table.set_index(["chip", "place"])["usd_per_gpu_hour"]
    first = table.iloc[0]
    title = f"An {first['chip']} rented for {first['usd_per_gpu_hour']:.2f} USD an hour in {when(first['period'])}"
    if ("A100", "China") in at and ("A100", "United States") in at:
        title = (
            f"An A100 rented for {at['A100', 'China']:.2f} USD an hour in China when it cost "
            f"{at['A100', 'United States']:.2f} in the United States"
        )
    return Exhibit(
        id="rental-prices",
        title=title,
        subtitle=subtitle("Rent per GPU and hour at small providers, USD", rents),
        unit="USD per GPU-hour",
        basis="quotes for 8-GPU servers over eight; months of 730.5 hours",
        as_of=as_of(rents),
        data=table,
        sources=source_ids(rents),
        alt=told(title, rows),
        confidence="low",
        notes=["Quotes of a few small providers; large clouds in China charged a multiple of it."],
        **both(lambda narrow: rows_chart(rows, "USD per GPU-hour", narrow)),
    )


def _useful(steps: pd.DataFrame) -> list[str]:
    """Each rule's change in the price of a useful FLOP, with the utilisation that it assumes."""
    notes = []
    for step in steps.dropna(subset=["useful_ratio"]).to_dict("records"):
        low, high = step["useful_low"], step["useful_high"]
        between = "" if pd.isna(low) or pd.isna(high) else f" ({low:.2g} to {high:.2g})"
        pair = " to ".join(
            f"{_product(step[one])} ({when(step[f'{one}_period'])})" for one in ("before", "after")
        )
        notes.append(
            f"Per useful FLOP (the peak times its utilisation in training), {step['rule']}, {pair}: "
            f"{step['useful_ratio']:.2g} times{between}, at {step['utilisation']}."
        )
    return notes


def _buyers(scope: str) -> str:
    return scope.split(" (")[0]


def _product(entity: str) -> str:
    for maker in ("NVIDIA ", "Huawei ", "AMD "):
        entity = entity.removeprefix(maker)
    return entity


def _unique(labels: list[str]) -> list[str]:
    """Labels made unique by a count, so that two quotes of one month keep their own rows."""
    seen: dict[str, int] = {}
    unique = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        unique.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return unique
