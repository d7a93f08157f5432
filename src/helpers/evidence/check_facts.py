"""Faults of number: not finite, below zero, bounds in the wrong order, rows without one, tenfold jumps."""

import pandas as pd

from helpers.evidence.faults import Fault, shown
from helpers.evidence.periods import parse_period

_BOUNDED = (("facts", "low", "value", "high"), ("assumptions", "low", None, "high"))
_NUMBERLESS = ("date", "event", "text")
_SERIES = ["entity", "metric", "basis", "unit", "length"]
_COUNTED = ("measured", "reported", "estimated")
_JUMP = 10
_NOT_FINITE = ("nan", "inf", "infinity")
# A loss, a fall, a lead of the other side; everything else counts things, which are there or not.
_SIGNED = ("USD", "CNY", "HKD", "percent", "percentage_points", "ratio", "Elo", "days", "months")


def fact_faults(tables: dict[str, pd.DataFrame], package: dict) -> list[Fault]:
    """Faults of the numbers in facts, assumptions, disputes, claims and chip prices."""
    faults = _not_finite(tables, package)
    for name, low, value, high in (
        *_BOUNDED,
        ("chip_disputes", "low", None, "high"),
        ("claims", "claimed_low", "claimed_value", "claimed_high"),
        ("chips", "price_usd_low", None, "price_usd_high"),
        ("systems", "price_usd_low", None, "price_usd_high"),
    ):
        if name in tables:
            faults += _interval(tables[name], low, value, high)
    if "facts" in tables:
        facts = tables["facts"]
        faults += _numberless(facts) + _below_zero(facts) + _jumps(facts, tables.get("jumps"))
    if "chip_disputes" in tables:
        faults += _extremes(tables["chip_disputes"])
    if "assumptions" in tables:
        faults += _points(tables["assumptions"])
    return faults


def _interval(table: pd.DataFrame, low: str, value: str | None, high: str) -> list[Fault]:
    """low <= value <= high, as far as they are given."""
    file = f"data/{table.attrs['path']}"
    faults = []
    for first, second in ((low, value), (value, high), (low, high)):
        if first is None or second is None or first not in table or second not in table:
            continue
        left, right = _numbers(table[first]), _numbers(table[second])
        for row, a, b in table.loc[left > right, ["row", first, second]].itertuples(index=False):
            faults.append(Fault(file, row, second, shown(b), f"at least {first}, {a}"))
    return faults


def _numbers(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column, errors="coerce")


def _not_finite(tables: dict[str, pd.DataFrame], package: dict) -> list[Fault]:
    """`NaN` and `inf` are numbers to a parser; here an unknown cell is empty."""
    return [
        Fault(f"data/{resource['path']}", row, field["name"], shown(cell), "a number, or an empty cell")
        for resource in package["resources"]
        if (table := tables.get(resource["name"])) is not None
        for field in resource["schema"]["fields"]
        if field.get("type") in ("number", "integer")
        for row, cell in zip(table["row"], table[field["name"]], strict=True)
        if cell.strip().lower().lstrip("+-") in _NOT_FINITE
    ]


def _below_zero(facts: pd.DataFrame) -> list[Fault]:
    counted = facts[~facts["unit"].isin(_SIGNED)]
    return [
        Fault("data/facts.csv", row, column, shown(cell), f"no less than zero {unit}")
        for column in ("value", "low", "high")
        for row, cell, unit in counted.loc[_numbers(counted[column]) < 0, ["row", column, "unit"]].itertuples(
            index=False
        )
    ]


def _points(assumptions: pd.DataFrame) -> list[Fault]:
    """Only a fixed prior has no width."""
    same = _numbers(assumptions["low"]) == _numbers(assumptions["high"])
    return [
        Fault("data/assumptions.csv", row, "high", shown(high), "more than low, or distribution fixed")
        for row, high in assumptions.loc[
            same & (assumptions["distribution"] != "fixed"), ["row", "high"]
        ].itertuples(index=False)
    ]


def _numberless(facts: pd.DataFrame) -> list[Fault]:
    """A unit of quantity needs a number or a bound."""
    empty = (facts["value"] == "") & (facts["low"] == "") & (facts["high"] == "")
    lacking = facts[empty & ~facts["unit"].isin(_NUMBERLESS) & (facts["status"] != "claimed")]
    return [
        Fault("data/facts.csv", row, "value", "nothing", f"a number or a bound in {unit}")
        for row, unit in zip(lacking["row"], lacking["unit"], strict=True)
    ]


def _extremes(disputes: pd.DataFrame) -> list[Fault]:
    """low and high are the extremes of `values`."""
    faults = []
    for row in disputes.to_dict("records"):
        values = pd.to_numeric(pd.Series(row["values"].split(";")), errors="coerce")
        for column, extreme in (("low", values.min()), ("high", values.max())):
            if pd.to_numeric(row[column], errors="coerce") != extreme:
                expected = f"{extreme:g}, the extreme of values"
                faults.append(
                    Fault("data/chip_disputes.csv", row["row"], column, shown(row[column]), expected)
                )
    return faults


def _jumps(facts: pd.DataFrame, allowed: pd.DataFrame | None) -> list[Fault]:
    """Neighbours in one series (entity, metric, basis, unit, length of period) that differ tenfold.

    Almost always a unit read wrongly (yi as billion) or a changed basis. A true jump is entered in `jumps.csv`.
    """
    excused = set() if allowed is None else set(allowed["fact_id"])
    series = facts.assign(number=_numbers(facts["value"]), **_spans(facts["period"]))
    series = series[series["status"].isin(_COUNTED) & (series["number"] > 0) & (series["repeats"] == "")]
    series = series[series.duplicated(_SERIES, keep=False)]
    faults = []
    for _, part in series.groupby(_SERIES, sort=False):
        part = part.sort_values(["end", "published", "row"])
        for before, after in zip(part.to_dict("records"), part.to_dict("records")[1:], strict=False):
            ratio = max(before["number"], after["number"]) / min(before["number"], after["number"])
            if ratio >= _JUMP and after["fact_id"] not in excused:
                expected = (
                    f"less than {_JUMP} times away from {before['value']} of {before['fact_id']}, "
                    "or a row in jumps.csv that says why"
                )
                faults.append(Fault("data/facts.csv", after["row"], "value", shown(after["value"]), expected))
    return faults


def _spans(periods: pd.Series) -> dict[str, pd.Series]:
    """The last day and the rounded length in months of each period; text that cannot be read stays unknown."""

    def span(text: str) -> tuple[str, int]:
        try:
            period = parse_period(text)
        except ValueError:
            return "", -1
        if not period.end:
            return "", -1
        months = -1 if not period.start else round((period.end - period.start).days / 30.4)
        return period.end.isoformat(), months

    spans = {text: span(text) for text in periods.unique()}
    return {
        "end": periods.map(lambda text: spans[text][0]),
        "length": periods.map(lambda text: spans[text][1]),
    }
