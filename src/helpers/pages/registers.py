"""The registers of the site: sources, facts and assumptions, each row with an address of its own.

Every register is a plain table that `assets/js/tables.js` lets a reader filter and sort.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from helpers.evidence import Evidence
from helpers.exhibits.tables import number
from helpers.exhibits.words import name_in_words, unit_in_words
from helpers.models.claims.wording import spelled

_LESS = "\\u003c"
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def web_link(url: object, text: str) -> str:
    """A link when the address is http or https and names a host; otherwise the text alone. Both are escaped."""
    address = str(url or "").strip()
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        sound = False
    if not sound:
        return escape(text)
    return f'<a href="{escape(address, quote=True)}" rel="noopener noreferrer external">{escape(text)}</a>'


def register(
    name: str,
    caption: str,
    heads: Sequence[str],
    rows: Sequence[tuple[str, Sequence[str]]],
    chosen: Sequence[str] = (),
    facets: Sequence[Mapping[str, str]] | None = None,
    held: Mapping[str, Any] | None = None,
) -> str:
    """A filterable table from ready HTML cells. `rows`: the row's id and its cells.

    A head that ends in `#` holds numbers. `chosen`: what a reader can filter by, each a head or a name in `facets`,
    which gives the values of each row that no column of its own shows. `held`: columns and rows by id that the CSV of
    the shown rows has instead of the cells.
    """
    numeric = [head.endswith("#") for head in heads]
    top = "".join(
        f'<th scope="col"{" class=n" if is_number else ""}>{escape(head.rstrip("#"))}</th>'
        for head, is_number in zip(heads, numeric, strict=True)
    )
    body = "".join(
        f'<tr id="{escape(row_id, quote=True)}"{_facets(values)}>'
        + "".join(
            f'<td{" class=n" if is_number else ""} data-head="{escape(head.rstrip("#"), quote=True)}">{cell}</td>'
            for cell, is_number, head in zip(cells, numeric, heads, strict=True)
        )
        + "</tr>"
        for (row_id, cells), values in zip(rows, facets or [{}] * len(rows), strict=True)
    )
    pick = f' data-choose="{escape(";".join(chosen), quote=True)}"' if chosen else ""
    return (
        f'<div class="register" id="register-{name}"{pick}>'
        f'<div class="table-scroll" role="region" aria-label="{escape(caption, quote=True)}" tabindex="0">'
        f'<table class="stacks"><caption class="visually-hidden">{escape(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>{page_data(held, 'register-data') if held else ''}</div>"
    )


def page_data(value: object, name: str) -> str:
    """Data for a script of the page, in a form that no text inside can leave."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f'<script type="application/json" class="{name}">{text.replace("<", _LESS)}</script>'


def _facets(values: Mapping[str, str]) -> str:
    return "".join(f' data-{name.lower()}="{escape(value, quote=True)}"' for name, value in values.items())


def sources_register(evidence: Evidence) -> str:
    """Every source known on `as_of`, newest first: what it is, its age, how it was seen, how much rests on it."""
    if evidence.sources.empty:
        return "<p>No source was known on this date.</p>"
    resting = _rows_by_source(evidence)
    known = pd.Timestamp(evidence.as_of)
    rows = []
    for row in evidence.sources.sort_values(["published", "source_id"], ascending=[False, True]).to_dict(
        "records"
    ):
        age = (known - row["published"]).days if not pd.isna(row["published"]) else None
        seen = _text(row.get("seen_as")).replace("page", "original page", 1)
        cells = [
            f"{web_link(row['url'], _text(row['title']))}<small>{escape(_text(row['publisher']))}</small>",
            _short(row.get("published_text", "")),
            f"{age / 30.4375:.0f}" if age is not None else "–",
            escape(_text(row.get("kind"))),
            escape(seen),
            f"{resting.get(row['source_id'], 0)}",
        ]
        rows.append((row["source_id"], cells))
    heads = ("Source", "Published", "Age, months#", "Kind", "Seen as", "Rows#")
    return register("sources", "Sources", heads, rows, ("Kind", "Seen as"))


def freshness(evidence: Evidence) -> str:
    """One sentence on how old the sources were on `as_of`."""
    published = evidence.sources["published"].dropna() if "published" in evidence.sources else pd.Series()
    if published.empty:
        return "<p>No source was known on this date.</p>"
    known = pd.Timestamp(evidence.as_of)
    recent = int((published > known - pd.DateOffset(months=6)).sum())
    middle = (known - published.median()).days / 30.4375
    return (
        f"<p>{len(published):,} sources were known on {known:%-d %B %Y}; the newest is dated "
        f"{published.max():%-d %B %Y}, half are younger than {middle:.0f} months, and {recent:,} appeared in the "
        "six months before.</p>"
    )


def facts_register(evidence: Evidence) -> str:
    """Every fact known on `as_of` by entity and metric, with its interval, basis, dates, status and source."""
    if evidence.facts.empty:
        return "<p>No fact was known on this date.</p>"
    names = {row["source_id"]: _text(row["publisher"]) for row in evidence.sources.to_dict("records")}
    rows, facets = [], []
    frame = evidence.facts.sort_values(["topic", "entity", "metric", "period_end", "fact_id"], kind="stable")
    for row in frame.to_dict("records"):
        basis = _text(row.get("basis"))
        note = _said_once("" if basis == row["unit"] else basis, _text(row.get("note")))
        source, metric = row["source_id"], spelled(_text(row["metric"]))
        cells = [
            f"{escape(_text(row['entity']))}<small>{escape(metric)}</small>",
            _value(row),
            escape(_text(row["unit"]).replace("_", " ")) + (f"<small>{escape(note)}</small>" if note else ""),
            _short(row.get("period_text", "")),
            _short(row.get("published_text", "")),
            escape(_text(row["status"])),
            f'<a href="sources.html#{escape(source, quote=True)}">{escape(names.get(source, source))}</a>'
            if source
            else "–",
        ]
        rows.append((row["fact_id"], cells))
        year = "" if pd.isna(row["period_end"]) else f"{row['period_end'].year}"
        facets.append({"Entity": _text(row["entity"]), "Metric": metric, "Year": year})
    heads = ("What", "Value#", "Unit, basis and note", "Period", "Published", "Status", "Source")
    return register("facts", "Facts", heads, rows, ("Entity", "Metric", "Year", "Status"), facets)


def assumptions_register(evidence: Evidence) -> str:
    """Every assumption in force on `as_of`: 90 % interval, reason, quality of its ground and its weight."""
    frame = evidence.assumptions
    if frame.empty or "parameter" not in frame:
        return "<p>No assumption is recorded for this date.</p>"
    keys = [name for name in ("model", "parameter") if name in frame]
    names = {row["source_id"]: _text(row["publisher"]) for row in evidence.sources.to_dict("records")}
    latest = frame.sort_values(["published", "assumption_id"]).groupby(keys, sort=True).tail(1)
    rows = []
    for row in latest.sort_values([*keys, "assumption_id"]).to_dict("records"):
        sources = [name for name in _text(row.get("source_ids")).split(";") if name]
        linked = "; ".join(
            f'<a href="sources.html#{escape(i, quote=True)}">{escape(names.get(i, i))}</a>' for i in sources
        )
        cells = [
            f"{escape(name_in_words(_text(row['parameter'])))}<small>{escape(_text(row['model']))}</small>",
            f"{_ends(row)}<small>{escape(unit_in_words(_text(row.get('unit'))))}</small>",
            escape(_text(row.get("distribution"))),
            _grade(row.get("quality")),
            _grade(row.get("impact")),
            escape(_text(row.get("reason"))) + (f"<small>{linked}</small>" if linked else ""),
        ]
        rows.append((row["assumption_id"], cells))
    heads = ("Assumption", "90 % interval", "Shape", "Ground", "Weight", "Reason and sources")
    return register("assumptions", "Assumptions", heads, rows, ("Weight", "Ground"))


def _ends(row: dict[str, Any]) -> str:
    """The interval of an assumption; one number where it is fixed, and years as years."""
    if row.get("unit") == "year":
        return f"{row['low']:g}" if row["low"] == row["high"] else f"{row['low']:g} to {row['high']:g}"
    return between(row["low"], row["high"])


def between(low: float, high: float) -> str:
    """Two ends of an interval, one number where they are the same; large ones in millions."""
    large = high >= 1e6
    ends = [number(end / 1e6 if large else end) for end in (low, high)]
    return f"{ends[0] if ends[0] == ends[1] else ' to '.join(ends)}{' million' if large else ''}"


def _grade(value: object) -> str:
    word = _text(value)
    return f'<span class="grade {escape(word, quote=True)}">{escape(word)}</span>' if word else "–"


def _value(row: dict[str, Any]) -> str:
    """The value and its interval; large ones in millions, billions or powers of ten, with the exact number for
    sorting and the CSV.
    """
    value, low, high = (
        None if _unknown(end) else float(end) for end in (row["value"], row.get("low"), row.get("high"))
    )
    most = max((abs(end) for end in (value, low, high) if end is not None), default=0.0)
    unit, words = _magnitude(most)

    def written(*ends: float | None) -> str:
        known = [end for end in ends if end is not None]
        bound = {0: "at most ", 1: "at least "}[ends.index(None)] if None in ends else ""
        text = bound + " to ".join(number(end / unit, 4) for end in known)
        exact = " to ".join(f"{end:.0f}" for end in known)
        return f'<data value="{exact}">{text}\u00a0{words}</data>' if words else text

    ends = written(low, high) if low is not None or high is not None else ""
    if value is None:
        return ends or "–"
    return written(value) + (f"<small>{ends}</small>" if ends else "")


def _said_once(basis: str, note: str) -> str:
    """Basis and note of a fact; a note that only repeats the basis in other signs is left out."""
    plain = [re.sub(r"\W+|\band\b", "", text).casefold() for text in (basis, note)]
    return " · ".join(filter(None, [basis, "" if plain[1] and plain[1] in plain[0] else note]))


def _magnitude(most: float) -> tuple[float, str]:
    """What a value of that size is written in, and the word for it; below ten million every digit is shown."""
    if most >= 1e15:
        power = math.floor(math.log10(most))
        return 10.0**power, f"× 10{str(power).translate(_RAISED)}"
    return (1e9, "bn") if most >= 1e9 else (1e6, "million") if most >= 1e7 else (1.0, "")


def _rows_by_source(evidence: Evidence) -> Counter:
    counts: Counter = Counter()
    for frame in (evidence.facts, evidence.chips, evidence.events, evidence.rates, evidence.claims):
        column = next((name for name in ("source_ids", "source_id") if name in frame), None)
        if column:
            counts.update(
                name for cell in frame[column].dropna() for name in set(str(cell).split(";")) if name
            )
    return counts


def _unknown(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _text(value: object) -> str:
    return (
        ""
        if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))
        else str(value)
    )


def _short(value: object) -> str:
    """A date or a period; a date does not break over lines, two of them break between."""
    whole = [
        f'<span class="date">{escape(part)}</span>' if len(part) <= len("2025-06-30/") else escape(part)
        for part in re.split(r"(?<=/)", _text(value))
        if part
    ]
    return "<wbr>".join(whole) or "–"
