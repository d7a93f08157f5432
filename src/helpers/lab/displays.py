"""How things show themselves in JupyterLab: a chip as a card, a rule as its tests, a result with its interval.

The displays are registered with IPython by the name of the class, so that models stay free of HTML and a class that
is never shown is never imported.
"""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import pandas as pd

from helpers.exhibits.tables import cell, number

_CARD = "max-width:44em;border-left:3px solid #2b5c8a;padding:.2em 1em;margin:.4em 0"
_TABLE = "border-collapse:collapse;margin:.4em 0"
# Column of chips.csv, what it is for a reader, and its unit.
_FACTS = (
    ("tflops_fp16_dense", "FP16, dense", "TFLOPS"),
    ("tflops_fp8_dense", "FP8, dense", "TFLOPS"),
    ("tops_int8_dense", "INT8, dense", "TOPS"),
    ("memory_gb", "memory", "GB"),
    ("memory_type", "type of memory", ""),
    ("memory_bw_gbs", "memory bandwidth", "GB/s"),
    ("interconnect_gbs", "chip-to-chip links", "GB/s"),
    ("tdp_w", "power", "W"),
    ("die_area_mm2", "area of the logic dies", "mm2"),
    ("process_node", "process", ""),
)


def register_displays() -> None:
    """Tell the running IPython how to show them; outside IPython nothing happens."""
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if shell is None:
        return
    html = shell.display_formatter.formatters["text/html"]
    for place, show in DISPLAYS.items():
        module, _, name = place.rpartition(".")
        html.for_type_by_name(module, name, show)
    pd.options.display.float_format = lambda value: number(value, 6)


def chip_html(chip: Any) -> str:
    """A chip: name, figures with what is disputed, and its status with the sentence that decides."""
    row, rows, missing = chip.row, [], []
    for name, label, unit in _FACTS:
        value = row.get(name)
        if value is None or value == "" or value != value:
            missing.append(label)
            continue
        between = chip.disputed.get(name)
        note = f"disputed: {number(between[0])} to {number(between[1])}" if between else ""
        rows.append((label, f"{cell(value)} {unit}".strip(), note, f"<code>{name}</code>"))
    unknown = f"<p><small>unknown: {', '.join(missing)}</small></p>" if missing else ""
    return (
        f'<div style="{_CARD}"><p><b>{escape(row["name"])}</b> · {escape(row["vendor"])} ({escape(row["vendor_hq"])})'
        f" · {escape(row['status'])} · released {escape(row['release_date'] or 'unknown')}"
        f" · confidence {escape(row['confidence'])}</p>"
        f"{table_html(('', 'Value', '', 'Column'), rows, raw={3})}{unknown}{_status(chip.classification)}"
        f"<p><small>sources: {escape(row['source_ids'].replace(';', ', '))}</small></p></div>"
    )


def chips_html(found: Any) -> str:
    """Several chips, one card below the other."""
    return "".join(chip_html(chip) for chip in found)


def classification_html(found: Any) -> str:
    """A classification: status, the deciding sentence, what is missing, and the margin to every threshold."""
    missing = "".join(f"<li>missing: {escape(row['sentence'])}</li>" for row in found.missing)
    change = "".join(
        f"<li>would change it: {escape(row['sentence'])}</li>" for row in found.what_would_change[:4]
    )
    margins = [
        (
            row["rule"],
            row["label"],
            _ends(row["found"]),
            f"{_ends(row['threshold'])} {row['unit']}",
            _percent(row),
        )
        for row in found.margins
    ]
    table = table_html(("Rule", "Quantity", "Found", "Threshold", "Margin"), margins) if margins else ""
    return (
        f'<div style="{_CARD}"><p><b>{escape(found.chip)}</b></p>{_status(found)}'
        f"<ul>{missing}{change}</ul>{table}<p><small>{escape(found.legal_note)}</small></p></div>"
    )


def rule_html(rule: Any) -> str:
    """A rule: its dates and its tests as a tree, exclusions and exceptions below."""
    entry = rule.entry
    dates = ", ".join(
        f"{name} {entry[name]}" for name in ("announced", "published", "effective", "end") if entry.get(name)
    )
    cited = str(entry.get("citation") or "")
    parts = [_tree(entry.get("tests"))]
    for name, key in (("exclusions", "when"), ("exceptions", "usable_when")):
        listed = entry.get(name) or []
        for item in listed if isinstance(listed, list) else [listed]:
            if isinstance(item, dict):
                parts.append(f"<p>{name[:-1]} {escape(str(item.get('id', '')))}</p>{_tree(item.get(key))}")
    return (
        f'<div style="{_CARD}"><p><b>{escape(entry["id"])}</b> {escape(str(entry.get("title", "")))}</p>'
        f"<p><small>{escape(' · '.join(filter(None, (dates, cited))))}</small></p>{''.join(parts)}</div>"
    )


def capacity_html(result: Any) -> str:
    """A capacity result: what runs and what is in use at year ends, each with its 90 % interval."""
    stock = result.stock
    ends = stock[(stock["entity"] == "China") & stock["period"].str.endswith("Q4")]
    rows = []
    for quantity in ("installed", "in use", "cumulative"):
        part = ends[ends["quantity"] == quantity]
        most = part["p95"].max()
        for row in part.to_dict("records"):
            low, middle, high = row["p5"], row["p50"], row["p95"]
            bar = interval_bar(low, middle, high, most)
            rows.append((row["period"], quantity, rounded(middle), bar, f"{rounded(low)} to {rounded(high)}"))
    basis, known = stock["basis"].iloc[0], stock["as_of"].iloc[0]
    head = escape(f"China, H100e, {basis}, as known on {known}")
    return f"<p>{head}</p>" + table_html(("End of", "Quantity", "Middle", "", "90 % interval"), rows, raw={3})


def evidence_html(evidence: Any) -> str:
    """The evidence: its date, and the rows of each table known then out of all."""
    whole = evidence.full or evidence
    names = (
        "sources",
        "facts",
        "chips",
        "systems",
        "events",
        "classifications",
        "rates",
        "assumptions",
        "claims",
    )
    rows = [(name, len(getattr(evidence, name)), len(getattr(whole, name))) for name in names]
    rows.append(("rules", len(evidence.rules), len(whole.rules)))
    return f"<p>Evidence as known on <b>{evidence.as_of}</b></p>" + table_html(
        ("Table", "Known", "All"), rows
    )


def rounded(value: float) -> str:
    """An estimate to three significant digits: more would claim what its interval denies."""
    return number(float(f"{value:.3g}"))


def interval_bar(low: float, middle: float, high: float, most: float, width: int = 160) -> str:
    """An interval as a bar on a scale from zero to `most`, with a tick at its middle."""
    if not most or most != most:
        return ""
    a, b, c = (round(width * value / most, 1) for value in (low, middle, high))
    return (
        f'<svg width="{width}" height="12" role="img" aria-label="{rounded(low)} to {rounded(high)}">'
        f'<rect x="{a}" y="3" width="{max(c - a, 1)}" height="6" fill="#9db8d2"/>'
        f'<rect x="{b}" y="1" width="2" height="10" fill="#2b5c8a"/></svg>'
    )


def table_html(heads: Sequence[str], rows: Sequence[Sequence[Any]], raw: set[int] = frozenset()) -> str:
    """A small table; cells are escaped but for the columns in `raw`."""
    pad = "padding:.1em .8em .1em 0;text-align:left"
    top = "".join(f'<th style="{pad}">{escape(head)}</th>' for head in heads)
    body = ""
    for row in rows:
        shown = [
            value if place in raw or not isinstance(value, str) else escape(value)
            for place, value in enumerate(row)
        ]
        texts = [value if isinstance(value, str) else escape(cell(value)) for value in shown]
        body += "<tr>" + "".join(f'<td style="{pad}">{text}</td>' for text in texts) + "</tr>"
    return f'<table style="{_TABLE}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def _status(found: Any) -> str:
    return (
        f"<p><b>{escape(found.status)}</b> for China on {escape(found.as_of)}. "
        f"{escape(_sentence(found.decided_by['sentence']))}</p>"
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _tree(tree: Any) -> str:
    """Tests as nested lists: all of, any of, not, and leaves with their threshold."""
    return f"<ul style='margin:.2em 0'>{_items(tree)}</ul>"


def _items(tree: Any) -> str:
    """The list items of a test, so that what stands beside a leaf is not drawn below it."""
    if isinstance(tree, list):
        return "".join(_items(item) for item in tree)
    if not isinstance(tree, dict):
        return ""
    if "metric" in tree:
        limit = tree.get("value", f"{tree.get('value_low')} to {tree.get('value_high')}")
        words = (tree["metric"], tree["op"], limit, tree.get("unit", ""))
        return f"<li>{escape(' '.join(map(str, words)))}</li>"
    words = {"all": "all of", "any": "any of", "not": "not"}
    return "".join(f"<li>{words[key]}{_tree(value)}</li>" for key, value in tree.items() if key in words)


def _ends(value: Any) -> str:
    if isinstance(value, list):
        return f"{_ends(value[0])} to {'any' if value[1] is None else _ends(value[1])}"
    return "unknown" if value is None else number(value) if isinstance(value, int | float) else str(value)


def _percent(row: dict) -> str:
    low, high = row["percent_low"], row["percent_high"]
    if low is None and high is None:
        return "unknown"
    if high is None:
        return f"{low:+.1f} % or more"
    return f"{high:+.1f} %" if low == high else f"{low:+.1f} to {high:+.1f} %"


DISPLAYS: dict[str, Callable[[Any], str]] = {
    "helpers.lab.questions.Chip": chip_html,
    "helpers.lab.questions.Chips": chips_html,
    "helpers.lab.questions.Rule": rule_html,
    "helpers.models.rules.classify.Classification": classification_html,
    "helpers.models.capacity.result.CapacityResult": capacity_html,
    "helpers.evidence.tables.Evidence": evidence_html,
}
