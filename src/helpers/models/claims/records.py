"""What a check may ask of records: events, documents, dates of publication, exchange rates, results of a run."""

from collections.abc import Callable
from datetime import date

import pandas as pd

from helpers.evidence.periods import parse_partial, parse_period
from helpers.models import currency
from helpers.models.claims.known import ID_OF, Known, dated, day_of
from helpers.models.claims.values import (
    CheckError,
    Day,
    NotYetKnown,
    Quantity,
    Truth,
    Word,
    as_number,
    as_text,
    merged,
)
from helpers.models.claims.wording import spelled


def event(known: Known, event_id: Word, column: Word | None = None) -> Day | Truth | Word:
    """An event: its `date`, `effective_date` or another column; without one, that it happened."""
    row = known.row("events", event_id, "event")
    ids, ends = (row["event_id"],), parse_partial(row["date"]).end
    if column is None:
        return Truth(True, f"{row['title']} ({row['date']})", ids, ends)
    name = as_text(column, "event")
    if name in ("date", "effective_date"):
        return dated(row[name], ids, row["title"])
    if name not in ("actor", "instrument", "direction", "chips_affected"):
        raise CheckError(
            f"event: no column {name!r}; there are date, effective_date, actor, instrument, direction"
        )
    return Word(str(row[name]), ids, ends, row["title"])


def events_between(known: Known, first: Word, last: Word, **filters) -> Quantity:
    """How many events fall after `first` and up to `last`.

    filters: actor, instrument, direction (as written), chips="any" (only events that name chips). The evidence is
    what was counted; for a count of none, the actor's events that were looked at.
    """
    start, end = (parse_partial(as_text(day, "events_between")).end for day in (first, last))
    if end > known.day:
        raise NotYetKnown(f"the time to {end} lay ahead", end)
    if unknown := [name for name in filters if name not in ("actor", "instrument", "direction", "chips")]:
        raise CheckError(
            f"events_between: no filter {unknown[0]!r}; there are actor, instrument, direction, chips"
        )
    rows = known.full.events
    dates = rows["date"].map(lambda text: pd.Timestamp(parse_partial(text).end))
    public = rows["published"] <= pd.Timestamp(known.day)
    rows = rows[(dates > pd.Timestamp(start)) & (dates <= pd.Timestamp(end)) & public]
    looked_at = rows[rows["actor"] == as_text(filters["actor"], "actor")] if "actor" in filters else rows
    for name in (name for name in filters if name != "chips"):
        rows = rows[rows[name] == as_text(filters[name], name)]
    if "chips" in filters:
        rows = rows[rows["chips_affected"] != ""]
    count = float(len(rows))
    counted = rows if len(rows) else looked_at
    told = ", ".join(
        "that name chips" if name == "chips" else f"{name} {word.value}" for name, word in filters.items()
    )
    label = f"the time after {first.value} and up to {last.value}" + (f" ({told})" if told else "")
    return Quantity(count, count, count, "events", "", tuple(counted["event_id"]), end, label)


def reported_by(known: Known, source_id: Word) -> Truth:
    """That a document other than the claim's own says so; the locator or note of the claim tells where."""
    row = known.row("sources", source_id, "reported_by")
    joint = "on" if len(row["published_text"]) == 10 else "in"
    text = f"reported by {row['publisher'].split(' via ')[0]} {joint} {row['published_text']}"
    return Truth(True, text, (row["source_id"],), day_of(row["published"]))


def published(known: Known, row_id: Word) -> Day:
    """The day on which a fact or a document became public."""
    for table in ("facts", "sources"):
        if as_text(row_id, "published") in known.index[table]:
            row = known.row(table, row_id, "published")
            name = row["title"] if table == "sources" else f"{row['entity']}, {spelled(row['metric'])}"
            return dated(row["published_text"], (row[ID_OF[table]],), f"the first publication of {name}")
    raise CheckError(f"published: no fact or source {row_id.value!r}")


def fx(known: Known, amount: Quantity, of: Word, to: Word, period: Word, convention: Word) -> Quantity:
    """An amount in another currency at the stated convention (period_average, period_end, spot)."""
    words = [as_text(word, "fx") for word in (of, to, period, convention)]
    amount = as_number(amount, "fx")
    if amount.unit and amount.unit.split(" ")[0] != words[0]:
        raise CheckError(f"fx: the amount is in {amount.unit}, not in {words[0]}")
    try:
        ends = [
            currency.convert(edge, *words, known.at_day.rates)
            for edge in (amount.low, amount.value, amount.high)
        ]
    except currency.MissingRate as fault:
        raise _missing_rate(known, fault, words) from None
    rates = Quantity(1, 1, 1, "", "", tuple(ends[1].rate_ids))
    value, low, high = ends[1].value, min(ends[0].low, ends[2].low), max(ends[0].high, ends[2].high)
    name = {"label": amount.label, "detail": _listed(amount.detail, f"at the {ends[1].named}")}
    return Quantity(value, low, high, words[1], **merged(amount, rates), **name)


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _missing_rate(known: Known, fault: Exception, words: list[str]) -> Exception:
    try:
        ids = currency.convert(1.0, *words, known.full.rates).rate_ids
    except currency.MissingRate:
        return CheckError(f"fx: {fault}")
    rows = known.full.rates[known.full.rates["rate_id"].isin(ids)]
    return NotYetKnown(f"no {words[3]} rate for {words[2]} was published", day_of(rows["published"].max()))


def result(known: Known, name: Word, **keys) -> Quantity:
    """One row of a result of the current run, `notebook.name` with entity, period, quantity; p50, p5 to p95."""
    notebook, dot, table = as_text(name, "result").partition(".")
    if not dot:
        raise CheckError(f"result: expected notebook.name, found {name.value!r}")
    if known.results is None:
        raise CheckError("result: needs the results of a run; build the briefing first")
    try:
        rows = known.results(notebook, table)
    except Exception as fault:  # whatever the caller's reader raises when the run lacks that result
        raise CheckError(f"result: {fault}") from None
    for key, value in keys.items():
        if key not in rows:
            raise CheckError(f"result: {name.value} has no column {key!r}")
        rows = rows[rows[key].astype(str) == as_text(value, key)]
    if len(rows) != 1:
        raise CheckError(f"result: {len(rows)} rows of {name.value} match; exactly one is expected")
    row = rows.iloc[0]
    if date.fromisoformat(str(row["as_of"])) > known.day:
        raise NotYetKnown(
            f"{name.value} is a result as of {row['as_of']}", date.fromisoformat(str(row["as_of"]))
        )
    ids = tuple(one for one in str(row["evidence"]).split(";") if one)
    numbers = (float(row["p50"]), float(row["p5"]), float(row["p95"]))
    detail = f"{spelled(str(row['quantity']))} {row['period']}"
    return Quantity(*numbers, row["unit"], "", ids, _period_end(row["period"]), str(row["entity"]), detail)


def _period_end(text) -> date | None:
    try:
        return parse_period(str(text)).end
    except ValueError:
        return None


FUNCTIONS: dict[str, Callable] = {
    "event": event,
    "events_between": events_between,
    "reported_by": reported_by,
    "published": published,
    "fx": fx,
    "result": result,
}
