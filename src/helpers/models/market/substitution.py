"""Substitution: what the controls moved from whom to whom, in cards, in H100-equivalents and in value.

H100e = units x k (`equivalence`), by FP16, by 8-bit and by memory bandwidth. Units and k are treated as independent
log-normals with the stated ranges as 90 % intervals. Unlicensed imports are not in these counts: see the capacity
chapter.
"""

import math
from itertools import pairwise

import pandas as pd

from helpers.evidence import Evidence
from helpers.models.market.card_counts import DOMESTIC, card_counts
from helpers.models.market.equivalence import REFERENCE, factor, product
from helpers.models.market.series import OUTTURN, best_of, bounds, joined, long_form, observations, record
from helpers.models.market.shares import VALUE

_IDS = (("evidence", "fact_id"), ("source_ids", "source_id"))
UNITS, FP16, EIGHT_BIT, BANDWIDTH = "cards", "H100e at FP16", "H100e at 8-bit", "H100e by memory bandwidth"
PRECISIONS = {"fp16": FP16, "int8": EIGHT_BIT, "memory_bandwidth": BANDWIDTH}


def supply(evidence: Evidence) -> pd.DataFrame:
    """Cards shipped to or made in China by seller and year, in cards and in H100e by each measure.

    One row is one product line, year and quantity; adds `seller`, `origin` (imported or domestic), `year`.
    `card_counts` says which counts these are.
    """
    counted = card_counts(evidence.facts)
    rows = []
    for fact in counted.to_dict("records"):
        low, value, high = (amount * fact["part"] for amount in bounds(fact))
        more = {
            "period": str(fact["year"]),
            "year": fact["year"],
            "seller": fact["seller"],
            "origin": fact["origin"],
        }
        basis = f"{fact['metric'].replace('_', ' ')}, {fact['status']}"
        rows.append(record(fact, UNITS, "cards", basis, p5=low, p50=value, p95=high, **more))
        for precision, quantity in PRECISIONS.items():
            k = factor(fact["entity"], fact["year"], evidence.chips, precision)
            if k is None:
                continue
            p5, p50, p95 = product((low, value, high), (k.low, k.mid, k.high))
            ids = joined(fact["fact_id"], *k.chips, REFERENCE)
            rows.append(record(fact, quantity, "H100e", basis, p5=p5, p50=p50, p95=p95, evidence=ids, **more))
    return long_form(rows, evidence, ("seller", "origin", "year"))


def by_origin(lines: pd.DataFrame) -> pd.DataFrame:
    """`supply` added up to imported and domestic; one row is one origin, year and quantity.

    Half-widths of the parts add in quadrature (parts independent). A total leaves out product lines without a
    factor: `covers` says how many lines of how many are in it. A year without a count is absent, not zero.
    """
    cards = lines[lines["quantity"] == UNITS]
    rows = []
    for (origin, year, _), part in lines.groupby(["origin", "year", "quantity"], sort=True):
        counted = cards[(cards["origin"] == origin) & (cards["year"] == year)]
        total = part["p50"].sum()
        down, up = (_quadrature(part["p50"] - part["p5"]), _quadrature(part["p95"] - part["p50"]))
        rows.append(
            {
                **part.iloc[0].to_dict(),
                "entity": origin,
                "seller": origin,
                "basis": f"units x k; {len(part)} of {len(counted)} product lines",
                "p5": total - down,
                "p50": total,
                "p95": total + up,
                "evidence": joined(*part["evidence"]),
                "source_ids": joined(*part["source_ids"]),
                "covers": f"{len(part)} of {len(counted)}",
            }
        )
    return pd.DataFrame(rows, columns=[*lines.columns, "covers"])


def moved(totals: pd.DataFrame) -> pd.DataFrame:
    """Change from one year to the next by origin; one row is one origin, pair of years and quantity.

    Columns: origin, from, to, quantity, change, low, high (independent years), evidence.
    """
    rows = []
    for (origin, quantity), part in totals.groupby(["origin", "quantity"], sort=True):
        years = part.sort_values("year").to_dict("records")
        for first, last in pairwise(years):
            if last["year"] - first["year"] != 1:
                continue
            change = last["p50"] - first["p50"]
            down = math.hypot(last["p50"] - last["p5"], first["p95"] - first["p50"])
            up = math.hypot(last["p95"] - last["p50"], first["p50"] - first["p5"])
            ids = joined(first["evidence"], last["evidence"])
            span = (first["year"], last["year"])
            rows.append((origin, *span, quantity, change, change - down, change + up, ids))
    return pd.DataFrame(
        rows, columns=["origin", "from", "to", "quantity", "change", "low", "high", "evidence"]
    )


def same_makers(lines: pd.DataFrame) -> pd.DataFrame:
    """The newest change of domestic supply on the makers counted in both years; one row is one quantity.

    More makers are counted in a later year, so the totals of `by_origin` grow by coverage too. Columns: quantity,
    from, to, first, last, makers (in words), counted_first, counted_last (how many makers each total holds).
    """
    home = lines[lines["origin"] == DOMESTIC].assign(maker=lambda frame: frame["entity"].str.split().str[0])
    years = sorted(home["year"].unique())[-2:]
    names = ["quantity", "from", "to", "first", "last", "makers", "counted_first", "counted_last"]
    if len(years) < 2:
        return pd.DataFrame(columns=names)
    counted = [set(home[home["year"] == year]["maker"]) for year in years]
    both = sorted(counted[0] & counted[1])
    rows = []
    for quantity, part in home[home["maker"].isin(both)].groupby("quantity", sort=True):
        first, last = (part[part["year"] == year]["p50"].sum() for year in years)
        rows.append((quantity, *years, first, last, " and ".join(both), *(len(one) for one in counted)))
    return pd.DataFrame(rows, columns=names)


def every_class(evidence: Evidence) -> pd.DataFrame:
    """NVIDIA cards of every class shipped to China, models not named; one row is one year of the long form.

    `supply` holds the data-centre chips that are counted by name; the Chinese counts in it hold every class.
    """
    facts = observations(evidence.facts, ("accelerator_units_china", "china_shipments"), ("NVIDIA",), OUTTURN)
    facts = best_of(facts[facts["unit"] == "cards"], ["entity", "period"], newest=True)
    rows = [record(fact, UNITS, "cards", fact["basis"]) for fact in facts.to_dict("records")]
    return long_form(rows, evidence)


def foregone(
    evidence: Evidence, charges: pd.DataFrame, prices: pd.DataFrame, precision: str = "fp16"
) -> pd.DataFrame:
    """H20 sales that the licence rule of April 2025 stopped, in USD, cards and H100e; one row is one unit.

    charges: `revenue.charges`; prices: `prices.chip_prices` (the H20's quoted card prices give USD per card, their
    extremes the interval). Unshipped orders and the guided loss of the next quarter are added: they are different
    quarters. Empty when nothing is known.
    """
    lost = charges[
        (charges["entity"] == "NVIDIA H20") & (charges["quantity"] == "sales lost to the licence rule")
    ]
    quotes = prices[(prices["entity"] == "NVIDIA H20") & (prices["quantity"] == "price")]
    k = factor("NVIDIA H20", 2025, evidence.chips, precision)
    if lost.empty or quotes.empty or k is None:
        return long_form([], evidence)
    usd = lost["p50"].sum()
    dear, cheap = (
        quotes["p95"].fillna(quotes["p50"]).max(),
        quotes["p5"].fillna(quotes["p50"]).min(),
    )
    cards = (usd / dear, usd / quotes["p50"].median(), usd / cheap)
    ids, priced = joined(*lost["evidence"]), joined(*lost["evidence"], *quotes["evidence"])
    nothing = float("nan")
    rows = []
    for quantity, unit, bounds_, used in (
        ("sales stopped", "USD", (nothing, usd, nothing), ids),
        ("cards stopped", "cards", cards, priced),
        (
            "compute stopped",
            "H100e",
            product(cards, (k.low, k.mid, k.high)),
            joined(priced, *k.chips, REFERENCE),
        ),
    ):
        rows.append(
            {
                **lost.iloc[0].to_dict(),
                "period": "/".join(dict.fromkeys(lost["period"])),
                "quantity": quantity,
                "unit": unit,
                "basis": f"company statements over quoted card prices, {PRECISIONS[precision]}",
                **dict(zip(("p5", "p50", "p95"), bounds_, strict=True)),
                "evidence": used,
                "period_end": lost["period_end"].max(),
                "source_ids": joined(*lost["source_ids"], *quotes["source_ids"]),
                "status": "derived",
            }
        )
    return long_form(rows, evidence)


def value_moved(evidence: Evidence, shares: pd.DataFrame) -> pd.DataFrame:
    """Value of accelerator sales in China by seller, where one analyst gives both the market and the share.

    shares: `shares.shares`; one row is one seller (or group) and period of the value definition, in USD bn. p5 to
    p95: what the printed digits leave open, half a unit of the last one of each number.
    """
    facts = observations(evidence.facts, ("market_size",), ("China AI accelerators",))
    sizes = {fact["period"]: fact for fact in facts[facts["unit"] == "USD"].to_dict("records")}
    rows = []
    for share in shares[shares["definition"] == VALUE].to_dict("records"):
        total = sizes.get(share["period"])
        if total is None:
            continue
        size = total["value"] / 1e9
        usd = share["p50"] / 100 * size
        # A printed share and a printed market are each rounded; a share made here stands for printed sales.
        printed = float(share["p50"]).is_integer()
        low, high = (
            ((share["p50"] + end) / 100 * (size + end) for end in (-0.5, 0.5))
            if printed
            else (usd - 0.5, usd + 0.5)
        )
        ids, sources = (joined(share[one], total[two]) for one, two in _IDS)
        more = {"entity": share["entity"], "p5": low, "p50": usd, "p95": high, "status": share["status"]}
        more |= {"evidence": ids, "source_ids": sources}
        rows.append(
            record(
                total, "sales of AI accelerators in China", "USD bn", f"{VALUE}, {share['status']}", **more
            )
        )
    return long_form(rows, evidence)


def _quadrature(widths: pd.Series) -> float:
    """Root of the summed squares of the widths that are known; unknown when none is."""
    return math.sqrt((widths.dropna() ** 2).sum()) if widths.notna().any() else math.nan
