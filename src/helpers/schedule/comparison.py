"""The editions of a sweep side by side: one row per edition and headline, as CSV and as one page."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from helpers.results import read_headlines
from helpers.schedule.plan import Item

COLUMNS = (
    "page",
    "id",
    "label",
    "period",
    "unit",
    "basis",
    "value",
    "low",
    "high",
    "shown",
    "confidence",
    "as_known_on",
)
_STYLE = (
    "body{margin:0 auto;max-width:60rem;padding:2rem 1.25rem;font:16px/1.5 system-ui,sans-serif;color:#1d2733;"
    "background:#fff}h1,h2{font-family:Georgia,serif;line-height:1.2}h2{margin:2.2rem 0 .2rem;font-size:1.15rem}"
    "p{margin:.2rem 0 .6rem;color:#566270}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}"
    "th,td{padding:.2rem .8rem .2rem 0;text-align:left;border-bottom:1px solid #e3e7eb;vertical-align:middle}"
    ".n{text-align:right;white-space:nowrap}.s{overflow-x:auto}rect.i{fill:#9db8d2}rect.m{fill:#2b5c8a}"
    "@media(prefers-color-scheme:dark){body{background:#12181f;color:#e8ecf1}p{color:#a5b4c3}"
    "th,td{border-color:#2c3640}rect.i{fill:#3d5a78}rect.m{fill:#7fb2e5}}"
)
_WIDTH = 220


def rows_of(folder: Path, items: Sequence[Item]) -> list[dict[str, Any]]:
    """Every headline of every edition that was made, in the order of the plan; what was varied comes first."""
    varied = varied_names(items)
    rows = []
    for item in items:
        for headline in read_headlines(folder / item.name):
            told = {**headline, "page": headline["notebook"], "as_known_on": headline["as_of"]}
            asked = {name: item.asked[name] for name in varied}
            rows.append({"edition": item.name, **asked, **{name: told.get(name) for name in COLUMNS}})
    return rows


def varied_names(items: Sequence[Item]) -> list[str]:
    """The parameters that are not the same in all editions."""
    names = list(items[0].asked) if items else []
    return [name for name in names if len({json.dumps(item.asked[name]) for item in items}) > 1]


def write_comparison(folder: Path, items: Sequence[Item], failed: Mapping[str, str]) -> list[dict[str, Any]]:
    """Write `comparison.csv` and `comparison.html` into the folder of a sweep; returns the rows."""
    rows = rows_of(folder, items)
    varied = varied_names(items)
    out = io.StringIO()
    writer = csv.DictWriter(out, ["edition", *varied, *COLUMNS], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / "comparison.csv").write_text(out.getvalue(), encoding="utf-8")
    (folder / "comparison.html").write_text(_page(folder.name, rows, varied, items, failed), encoding="utf-8")
    return rows


def _page(
    name: str, rows: list[dict], varied: list[str], items: Sequence[Item], failed: Mapping[str, str]
) -> str:
    by_headline: dict[tuple[str, str], list[dict]] = {}
    for row in rows:
        by_headline.setdefault((row["page"], row["id"]), []).append(row)
    parts = [_headline(found, varied, len(items)) for found in by_headline.values()]
    lost = "".join(f"<li>{escape(edition)}: {escape(why)}</li>" for edition, why in sorted(failed.items()))
    told = f"<h2>Editions that could not be made</h2><ul>{lost}</ul>" if lost else ""
    title = escape(f"{len(items)} editions compared: {name}")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main><h1>{title}</h1>\n"
        "<p>A bar is the 90 % interval, the mark in it the middle; the bars of a table share one scale.</p>\n"
        f"{told}{''.join(parts)}</main>\n</body>\n</html>\n"
    )


def _headline(rows: list[dict], varied: list[str], count: int) -> str:
    """One headline: its editions as rows with value and interval; a headline that some editions lack says so."""
    first = rows[-1]
    units = sorted({f"{row['unit']}, {row['basis']}" for row in rows})
    most = max(max(_numbers(row)) for row in rows)
    least = min(0.0, *(min(_numbers(row)) for row in rows))
    heads = "".join(
        f'<th scope="col">{escape(name.replace("_", " "))}</th>' for name in varied or ["edition"]
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td>{escape(str(row[name]))}</td>" for name in varied or ["edition"])
        + f'<td class="n">{escape(str(row["shown"]))}</td><td>{_bar(row, least, most)}</td>'
        f"<td>{escape(str(row['period'] or ''))}</td></tr>"
        for row in rows
    )
    lacks = f" Not known in {count - len(rows)} of {count} editions." if len(rows) < count else ""
    return (
        f"<h2>{escape(first['label'])}</h2><p>{escape('; '.join(units))}.{lacks}</p>"
        f'<div class="s" role="region" tabindex="0" aria-label="{escape(first["label"], quote=True)}">'
        f'<table><thead><tr>{heads}<th class="n" scope="col">value</th><th scope="col">90 % interval</th>'
        f'<th scope="col">period</th></tr></thead><tbody>{body}</tbody></table></div>'
    )


def _numbers(row: Mapping[str, Any]) -> list[float]:
    return [float(row[name]) for name in ("value", "low", "high") if row[name] is not None]


def _bar(row: Mapping[str, Any], least: float, most: float) -> str:
    if most <= least:
        return ""
    value, low, high = row["value"], row["low"], row["high"]
    said = f"{low:,.4g} to {high:,.4g}" if low is not None and high is not None else "no interval"

    def place(number: float) -> float:
        return round(_WIDTH * (number - least) / (most - least), 1)

    span = ""
    if low is not None and high is not None:
        span = f'<rect class="i" x="{place(low)}" y="4" width="{max(place(high) - place(low), 1):.1f}" height="6"/>'
    return (
        f'<svg width="{_WIDTH + 2}" height="14" role="img" aria-label="{said}">{span}'
        f'<rect class="m" x="{place(value)}" y="2" width="2" height="10"/></svg>'
    )
