"""Who holds which share of China's accelerators, by definition, and how concentrated each market is.

Three definitions that answer three questions: IDC counts **cards** of every class; Bernstein puts a **value** on
sales; TrendForce splits **servers** (and, since 2026, high-end chips) between imported and domestic suppliers.
Shares of different definitions are never joined or averaged.
"""

import pandas as pd

from helpers.evidence import Evidence
from helpers.models.market.series import AHEAD, OUTTURN, best_of, joined, long_form, observations, record

CARDS = "cards shipped (IDC)"
VALUE = "value of sales (Bernstein)"
SERVERS = "AI servers (TrendForce)"
HIGH_END = "high-end AI chips (TrendForce)"
DEFINITIONS = (CARDS, VALUE, SERVERS, HIGH_END)
SHARE = "share of China's AI accelerators"
# Groups of sellers: their share says who, not how concentrated, so no index is made of them.
GROUPS = ("Chinese AI chip vendors", "Imported AI chips (NVIDIA, AMD)")

_PERCENT = {
    "value_share_china": VALUE,
    "value_share": VALUE,
    "server_share_china": SERVERS,
    "high_end_share_china": HIGH_END,
}
_COUNTS = ("shipments", "accelerator_units_china", "ai_accelerator_shipments")
_TOTAL = "China AI accelerators"


def shares(evidence: Evidence) -> pd.DataFrame:
    """Shares in percent; one row is one seller (or group), period and definition.

    Card shares are counts over the total of the same period; the value share of Chinese vendors is their sales over
    the market where both are given. Adds `definition`, `is_group`.
    """
    rows = [*_stated(evidence), *_from_cards(evidence), *_from_value(evidence)]
    frame = long_form(rows, evidence, ("definition", "is_group"))
    frame = frame.drop_duplicates(["entity", "period", "definition"])
    order = frame["definition"].map({name: place for place, name in enumerate(DEFINITIONS)})
    return frame.assign(_order=order).sort_values(
        ["_order", "period_end", "p50"], ascending=[True, True, False], ignore_index=True
    )[frame.columns]


def segments(frame: pd.DataFrame) -> pd.DataFrame:
    """`shares` as parts that do not overlap and add to 100, for each definition and period with a named seller.

    A group gives way to its members where they are all listed; what no list attributes is the row `not attributed`,
    which may hold anyone.
    """
    parts = []
    for _, part in frame.groupby(["definition", "period"], sort=False):
        split = (part["entity"] == "Other Chinese vendors").any()
        kept = part[part["entity"] != GROUPS[0]] if split else part
        rest = 100 - kept["p50"].sum()
        if rest > 0.5:
            nothing = float("nan")
            left = {
                **kept.iloc[0].to_dict(),
                "entity": "not attributed",
                "p5": nothing,
                "p50": rest,
                "p95": nothing,
            }
            kept = pd.concat([kept, pd.DataFrame([{**left, "status": "derived", "is_group": True}])])
        parts.append(kept)
    return pd.concat(parts, ignore_index=True) if parts else frame


def concentration(frame: pd.DataFrame, key: str = "definition") -> pd.DataFrame:
    """Herfindahl-Hirschman index (0 to 10,000) of each market and period; one row is one market and period.

    frame: shares in percent with the columns `entity`, `period`, `p50`, `evidence` and `key`. A published list is
    partial, so the index is an interval. p5 = p50: the sum of squares of the firms listed, as if the rest were many
    tiny firms: a lower bound. p95: the rest in as few firms as possible, none larger than the smallest one listed
    (lists name the largest). `listed_percent` says how much the list covers. Groups of firms are left out; a list
    of one firm has no such upper bound, so the rest may be one firm. US merger guidelines (DOJ/FTC 2023, 2.1) call
    a market above 1,800 highly concentrated.
    """
    columns = [*frame.columns[: frame.columns.get_loc("evidence") + 1], key, "listed_percent", "firms"]
    firms = frame[~frame["is_group"].astype(bool)] if "is_group" in frame else frame
    rows = []
    for (market, period), part in firms.groupby([key, "period"], sort=False):
        low, high = hhi_bounds(part["p50"].tolist())
        rows.append(
            {
                "entity": market,
                "period": period,
                "quantity": "Herfindahl-Hirschman index",
                "unit": "index points, 0 to 10,000",
                "basis": (
                    f"{market}; at least, from {len(part)} firms listed; at most, with the rest in few firms"
                ),
                "p5": low,
                "p50": low,
                "p95": high,
                "as_of": part["as_of"].iloc[0],
                "evidence": joined(*part["evidence"]),
                key: market,
                "listed_percent": part["p50"].sum(),
                "firms": len(part),
                "period_end": part["period_end"].iloc[0],
                "status": part["status"].iloc[-1],
                "source_ids": joined(*part["source_ids"]),
            }
        )
    return pd.DataFrame(rows, columns=list(dict.fromkeys([*columns, "period_end", "status", "source_ids"])))


def all_concentration(accelerators: pd.DataFrame, clouds: pd.DataFrame) -> pd.DataFrame:
    """`concentration` of the accelerator definitions and of the cloud markets, one below the other."""
    parts = [
        concentration(accelerators),
        concentration(clouds, "market").rename(columns={"market": "definition"}),
    ]
    known = [part for part in parts if len(part)]
    return pd.concat(known, ignore_index=True) if known else parts[0]


def hhi_bounds(percents: list[float]) -> tuple[float, float]:
    """Least and greatest HHI of a list of shares in percent whose rest, if any, belongs to firms not listed.

    Least: the rest among very many. Greatest: in pieces as large as the smallest share listed, and what is left.
    A list of one allows the rest as one firm. Raises ValueError when the shares exceed 100 by more than rounding.
    """
    listed = sum(percents)
    if listed > 100 + 0.5 * len(percents):
        raise ValueError(f"shares sum to {listed:g} %")
    least = sum(share**2 for share in percents)
    rest = max(0.0, 100 - listed)
    cap = min(percents) if len(percents) > 1 else rest
    whole, left = divmod(rest, cap) if cap > 0 else (0, 0)
    return least, least + whole * cap**2 + left**2


def _stated(evidence: Evidence) -> list[dict]:
    facts = observations(evidence.facts, tuple(_PERCENT), statuses=(*OUTTURN, *AHEAD))
    facts = best_of(facts, ["entity", "metric", "period"], newest=True)
    return [
        _share(fact, _PERCENT[fact["metric"]])
        for fact in facts.to_dict("records")
        if fact["unit"].startswith("percent")
    ]


def _from_cards(evidence: Evidence) -> list[dict]:
    facts = observations(evidence.facts, _COUNTS, statuses=("measured", "reported", "estimated"))
    facts = best_of(facts[facts["unit"] == "cards"], ["entity", "period"], newest=True)
    totals = {fact["period"]: fact for fact in facts[facts["entity"] == _TOTAL].to_dict("records")}
    rows = []
    for fact in facts[facts["entity"] != _TOTAL].to_dict("records"):
        if total := totals.get(fact["period"]):
            rows.append(_ratio(fact, total, CARDS))
    named: dict[str, float] = {}
    for row in rows:
        if row["entity"] not in ("NVIDIA", "AMD", *GROUPS):
            named[row["period"]] = named.get(row["period"], 0.0) + row["p50"]
    # A report that names some domestic firms and their total leaves the other domestic firms by subtraction.
    for row in [row for row in rows if row["entity"] == GROUPS[0] and row["period"] in named]:
        others = {**row, "entity": "Other Chinese vendors", "p50": row["p50"] - named[row["period"]]}
        rows.append({**others, "status": "derived", "is_group": True})
    return rows


def _from_value(evidence: Evidence) -> list[dict]:
    facts = observations(evidence.facts, ("production_value", "market_size"), (GROUPS[0], _TOTAL))
    facts = best_of(facts[facts["unit"] == "USD"], ["entity", "period"], newest=True)
    totals = {fact["period"]: fact for fact in facts[facts["entity"] == _TOTAL].to_dict("records")}
    local = facts[facts["entity"] == GROUPS[0]].to_dict("records")
    # Output above demand (the forecast for 2028) is no share of it.
    return [
        _ratio(fact, totals[fact["period"]], VALUE)
        for fact in local
        if fact["period"] in totals and fact["value"] <= totals[fact["period"]]["value"]
    ]


def _share(fact: dict, definition: str, **more) -> dict:
    basis = f"{definition}, {fact['status']}"
    more.setdefault("is_group", fact["entity"] in GROUPS)
    return record(fact, SHARE, "percent", basis, definition=definition, **more)


def _ratio(part: dict, total: dict, definition: str) -> dict:
    ids, sources = (joined(part[name], total[name]) for name in ("fact_id", "source_id"))
    value = 100 * part["value"] / total["value"]
    nothing = float("nan")
    return _share(part, definition, p5=nothing, p50=value, p95=nothing, evidence=ids, source_ids=sources)
