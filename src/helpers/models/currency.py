"""Currency: one converter, from sourced rates, that always says which convention it used.

A yuan figure has no dollar value without a rate, and the rate depends on the convention: the average over
the period (for flows such as revenue), the rate at its end (for stocks, and what some reports use), or the
spot rate on a day (what newspapers use). Two averages are published for the yuan, the Federal Reserve's (market
rates) and the official Chinese one (central parity): the one asked for is shown, their difference is the
interval.
"""

from functools import cache
from typing import NamedTuple

import pandas as pd

from helpers.evidence.periods import parse_period

AVERAGE = "period_average"
OFFICIAL_AVERAGE = "period_average_official"
END = "period_end"
SPOT = "spot"
CONVENTIONS = (AVERAGE, OFFICIAL_AVERAGE, END, SPOT)


class MissingRate(LookupError):
    """No rate for that currency, period and convention; the message lists the ones there are."""


class Converted(NamedTuple):
    """An amount in another currency.

    value: at the rate of the convention asked for; low, high: at the extremes of all published rates of the
    same kind and period (equal to `value` where there is one). rate: units of `currency` per unit of `to`.
    period: that of the rate. rate_ids: rows of `exchange_rates.csv`.
    """

    value: float
    low: float
    high: float
    rate: float
    convention: str
    period: str
    rate_ids: tuple[str, ...]
    currency: str
    to: str

    @property
    def named(self) -> str:
        """The convention in words for a label: `period average 2023, 7.0809 CNY per USD`."""
        if self.currency == self.to:
            return f"in {self.to}, as reported"
        words = self.convention.replace("_", " ")
        return f"{words} {self.period}, {self.rate:.4f} {self.currency} per {self.to}"


def convert(
    amount: float, currency: str, to: str, period: str, convention: str, rates: pd.DataFrame
) -> Converted:
    """An amount of `currency` in `to`, at the rate of one convention and period.

    period: as evidence writes it (2023, 2026-Q1, 2023-12-31). An average over a period that has no row of its
    own is the mean of the monthly averages that tile it. Pairs without the dollar go through it.
    Raises MissingRate.
    """
    if currency == to:
        return Converted(amount, amount, amount, 1.0, "as_reported", period, (), currency, to)
    per_dollar = [_per_dollar(code, period, convention, rates) for code in (currency, to)]
    (rate, low, high, ids), (to_rate, to_low, to_high, to_ids) = per_dollar
    bounds = sorted((amount * to_low / high, amount * to_high / low))
    return Converted(
        amount * to_rate / rate,
        *bounds,
        rate / to_rate,
        convention,
        period,
        tuple(dict.fromkeys((*ids, *to_ids))),
        currency,
        to,
    )


def convert_flow(amount: float, currency: str, to: str, period: str, rates: pd.DataFrame) -> Converted:
    """A flow at the average of its own period, or else at the newest average known by then.

    For a quarter or half-year without a row the year's average is used, and for a period that is not over (a
    plan, a forecast) the newest average there is. `Converted.period` says which. Raises MissingRate.
    """
    for candidate in dict.fromkeys((period, _year_of(period))):
        try:
            return convert(amount, currency, to, candidate, AVERAGE, rates)
        except (MissingRate, ValueError):
            continue
    newest = newest_period(rates, currency if currency != "USD" else to, AVERAGE)
    if newest is None:
        raise MissingRate(_complaint(currency, period, AVERAGE, rates))
    return convert(amount, currency, to, newest, AVERAGE, rates)


def newest_period(rates: pd.DataFrame, currency: str, convention: str) -> str | None:
    """The last period (by its end, then the longest) with a rate of that kind; None when there is none."""
    rows = _rows(rates, currency, {convention})
    if rows.empty:
        return None
    spans = rows["period"].map(_span)
    best = max(rows.index, key=lambda i: (spans[i][1], -spans[i][0].toordinal()))
    return str(rows.loc[best, "period"])


def implied_rate(amount: float, converted: float) -> float:
    """The rate that a published conversion must have used: units of `amount` per unit of `converted`."""
    return amount / converted


def rate_sources(rates: pd.DataFrame, rate_ids: tuple[str, ...]) -> tuple[str, ...]:
    """The source ids of those rates, each once, in the order given."""
    if rates.empty:
        return ()
    by_id = rates.set_index("rate_id")["source_id"]
    return tuple(dict.fromkeys(by_id[rate_id] for rate_id in rate_ids if by_id[rate_id]))


def _per_dollar(currency: str, period: str, convention: str, rates: pd.DataFrame) -> tuple:
    """Units of `currency` per dollar: the rate asked for, the extremes of its kind, and the row ids."""
    if currency == "USD":
        return 1.0, 1.0, 1.0, ()
    asked = _rates_of(currency, period, {convention}, rates)
    if not asked:
        raise MissingRate(_complaint(currency, period, convention, rates))
    kind = {AVERAGE, OFFICIAL_AVERAGE} if convention in (AVERAGE, OFFICIAL_AVERAGE) else {convention}
    found = _rates_of(currency, period, kind, rates)
    rate, ids = asked[0]
    values = [value for value, _ in found]
    every_id = dict.fromkeys((*ids, *(one for _, more in found for one in more)))
    return rate, min(values), max(values), tuple(every_id)


def _rates_of(currency: str, period: str, conventions: set[str], rates: pd.DataFrame) -> list[tuple]:
    """(rate, ids) of every row of that period, in the table's order; else the mean of its months."""
    rows = _rows(rates, currency, conventions)
    if rows.empty:
        return []
    wanted = _span(period)
    column = _rate_column(rows)
    spans = rows["period"].map(_span)
    if conventions & {END, SPOT}:
        same = rows[spans.map(lambda span: span[1] == wanted[1])]
    else:
        same = rows[spans.map(lambda span: span == wanted)]
    if len(same):
        return [(float(row[column]), (row["rate_id"],)) for row in same.to_dict("records")]
    if conventions & {END, SPOT}:
        return []
    months = rows[spans.map(lambda span: _is_month(span) and wanted[0] <= span[0] and span[1] <= wanted[1])]
    months = months.drop_duplicates("period")
    if len(months) and len(months) == _months_in(wanted):
        return [(float(months[column].mean()), tuple(months["rate_id"]))]
    return []


def _rows(rates: pd.DataFrame, currency: str, conventions: set[str]) -> pd.DataFrame:
    if rates.empty:
        return rates
    known = rates[_rate_column(rates)].notna()
    return rates[known & (rates["currency"] == currency) & rates["convention"].isin(conventions)]


def _rate_column(rates: pd.DataFrame) -> str:
    return next(name for name in ("per_usd", "cny_per_usd") if name in rates.columns)


@cache
def _span(period: str) -> tuple:
    span = parse_period(period)
    if span.start is None or span.end is None:
        raise ValueError(f"a rate needs a bounded period, found {period!r}")
    return span.start, span.end


def _is_month(span: tuple) -> bool:
    return (
        span[0].day == 1
        and (span[0].year, span[0].month) == (span[1].year, span[1].month)
        and span[1].day > 27
    )


def _months_in(span: tuple) -> int:
    return (span[1].year - span[0].year) * 12 + span[1].month - span[0].month + 1


def _year_of(period: str) -> str:
    """The calendar year that holds the middle of a period."""
    start, end = _span(period)
    return str((start + (end - start) / 2).year)


def _complaint(currency: str, period: str, convention: str, rates: pd.DataFrame) -> str:
    there = []
    if len(rates):
        mine = rates[rates["currency"] == currency]
        there = [
            f"{kind}: {', '.join(part['period'])}" for kind, part in mine.groupby("convention", sort=False)
        ]
    listed = "; ".join(there) or "none for this currency"
    return f"no rate for {currency}, period {period}, convention {convention}; there are {listed}"
