"""The body of a feed as rows of text, or a refusal that says why it is not what it should be.

Every format comes out as a list of dicts with text in every cell, so that one comparison serves them all. What a
mapping needs beside the published columns (a period in the evidence's words) is added here.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from helpers.refresh.catalogue import Feed

Row = dict[str, str]
MOST_CELL = 4000
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class ShapeError(Exception):
    """The body is not what the feed publishes: another encoding, a page of HTML, half a table."""


def read_rows(feed: Feed, body: bytes, charset: str = "", content_type: str = "") -> list[Row]:
    """The rows of a body. Raises ShapeError; a column that has gone is no error here (`moved` names it)."""
    text = _decode(feed, body, charset)
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype html", "<html")) or "text/html" in content_type:
        raise ShapeError(f"{feed.name}: a page of HTML where {feed.format} was expected")
    try:
        rows = _READERS[feed.format](feed, text)
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        # A reader takes the published nesting for granted; what is nested otherwise has moved.
        raise ShapeError(
            f"{feed.name}: another shape than {feed.format} ({type(error).__name__}: {error})"
        ) from None
    if not rows:
        raise ShapeError(f"{feed.name}: no row at all")
    return [{clean(name): clean(cell) for name, cell in row.items()} for row in rows]


def moved(feed: Feed, rows: list[Row], before: list[Row] | None = None) -> list[tuple[str, str]]:
    """How the table has moved: `(column, what happened)` for needed columns that are gone, and for all that differ
    from the snapshot before."""
    there = set(rows[0])
    out = [(name, "needed column is gone") for name in (*feed.key, *feed.columns) if name not in there]
    if before:
        was = set(before[0])
        out += [
            (name, "column is gone")
            for name in sorted(was - there)
            if (name, "needed column is gone") not in out
        ]
        out += [(name, "column is new") for name in sorted(there - was)]
        if len(rows) < len(before) / 2:
            out.append(("", f"only {len(rows)} rows where there were {len(before)}"))
    return list(dict.fromkeys(out))


def clean(cell: object) -> str:
    """Text without control and direction characters, in one normal form, on one line, of bounded length."""
    text = "" if cell is None else str(cell)
    text = unicodedata.normalize("NFC", _HIDDEN.sub("", text))
    text = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    text = " ".join(text.split())
    return text if len(text) <= MOST_CELL else text[: MOST_CELL - 1] + "…"


def _decode(feed: Feed, body: bytes, charset: str) -> str:
    if not body.strip():
        raise ShapeError(f"{feed.name}: an empty answer")
    if charset and charset.lower().replace("_", "-") not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise ShapeError(f"{feed.name}: says it is {charset}; UTF-8 was expected")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ShapeError(f"{feed.name}: not UTF-8 (byte {error.start})") from None


def _csv(feed: Feed, text: str) -> list[Row]:
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ShapeError(f"{feed.name}: not a CSV table, or cut off ({error})") from None
    header, *records = [record for record in records if record] or [[]]
    if len(header) < 2 or len(set(header)) < len(header):
        raise ShapeError(f"{feed.name}: no header of different columns in the first row")
    for number, record in enumerate(records, start=2):
        if len(record) != len(header):
            raise ShapeError(
                f"{feed.name}: row {number} has {len(record)} cells, the header {len(header)}; cut off, or moved"
            )
    rows = [dict(zip(header, record, strict=True)) for record in records]
    return [_with_calendar(row, feed.options) for row in rows]


def _with_calendar(row: Row, options: Mapping[str, str]) -> Row:
    """For a series of averages: the period in the evidence's words, and the month in which it could be known.

    `date_column` holds the first day of the period, `step` says whether that is a year or a month.
    """
    try:
        day = date.fromisoformat(row[options["date_column"]])
    except (KeyError, ValueError):
        return row
    if options["step"] == "year":
        return row | {"period": f"{day.year}", "known": f"{day.year + 1}-01"}
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return row | {"period": f"{day:%Y-%m}", "known": f"{following:%Y-%m}"}


def _json(feed: Feed, text: str) -> dict:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ShapeError(f"{feed.name}: not JSON, or cut off ({error})") from None
    if not isinstance(found, dict):
        raise ShapeError(f"{feed.name}: found a {type(found).__name__}, expected an object")
    return found


def _federal_register(feed: Feed, text: str) -> list[Row]:
    """One row per document of `documents.json` (federalregister.gov/developers), agencies joined."""
    found = _json(feed, text)
    results = found.get("results")
    if not isinstance(results, list):
        raise ShapeError(f"{feed.name}: no list of results")
    if isinstance(found.get("count"), int) and found["count"] > len(results):
        raise ShapeError(
            f"{feed.name}: {len(results)} of {found['count']} documents; narrow the query in refresh.yml"
        )
    rows = []
    for item in results:
        agencies = item.get("agencies")
        names = (
            [each.get("name") or each.get("raw_name", "") for each in agencies]
            if isinstance(agencies, list)
            else []
        )
        flat = {name: value for name, value in item.items() if not isinstance(value, list | dict)}
        rows.append({name: clean(value) for name, value in flat.items()} | {"agencies": "; ".join(names)})
    return rows


def _companyfacts(feed: Feed, text: str) -> list[Row]:
    """One row per reported value of the tags asked for (data.sec.gov, XBRL company facts), in its first filing.

    A value comes back in later filings as a comparative; the first filing is when the world could know it.
    """
    found = _json(feed, text)
    tags = feed.options["tags"]
    rows: dict[tuple, Row] = {}
    concepts = found.get("facts")
    if not isinstance(concepts, dict):
        raise ShapeError(f"{feed.name}: no facts")
    for taxonomy, listed in sorted(concepts.items()):
        for tag in (tag for tag in tags if tag in listed):
            for unit, values in sorted(listed[tag].get("units", {}).items()):
                for value in sorted(values, key=lambda each: (each.get("filed", ""), each.get("accn", ""))):
                    if value.get("form") not in ("10-K", "10-Q"):
                        continue
                    span = _span(value.get("start", ""), value.get("end", ""))
                    key = (tags[tag], value.get("start", ""), value.get("end", ""), unit)
                    if not span or key in rows:
                        continue
                    rows[key] = {
                        "taxonomy": taxonomy, "tag": tag, "metric": tags[tag], "unit": unit,
                        "start": value.get("start", ""), "end": value.get("end", ""), "value": value.get("val", ""),
                        "form": value.get("form", ""), "filed": value.get("filed", ""),
                        "accession": value.get("accn", ""), "period": span, "entity": feed.options["entity"],
                    }  # fmt: skip
    return list(rows.values())


def _span(start: str, end: str) -> str:
    """The months that a quarter or a year covers, as the evidence writes a range; empty for other lengths."""
    try:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError:
        return ""
    days = (last - first).days + 1
    if not (80 <= days <= 100 or 350 <= days <= 380):
        return ""
    return f"{start} to {end}"


def _ecb(feed: Feed, text: str) -> list[Row]:
    """Yuan per dollar from the two reference rates against the euro, per period (ECB Data Portal, csvdata)."""
    rates: dict[str, dict[str, float]] = {}
    for row in _csv(feed, text):
        value = row.get("OBS_VALUE", "")
        try:
            number = float(value)
        except ValueError:
            continue
        if number > 0 and number != float("inf"):
            rates.setdefault(row.get("TIME_PERIOD", ""), {})[row.get("CURRENCY", "")] = number
    return [
        {"TIME_PERIOD": period, "CNY": str(pair["CNY"]), "USD": str(pair["USD"]),
         "cny_per_usd": f"{pair['CNY'] / pair['USD']:.4f}"}
        for period, pair in sorted(rates.items())
        if {"CNY", "USD"} <= set(pair)
    ]  # fmt: skip


_READERS: dict[str, Callable[[Feed, str], list[Row]]] = {
    "csv": _csv,
    "federal-register": _federal_register,
    "companyfacts": _companyfacts,
    "ecb": _ecb,
}
