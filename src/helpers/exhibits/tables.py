"""Tables as HTML: escaped text, numbers aligned and short, wide tables in a region that scrolls by keyboard."""

import math
import re
from collections.abc import Sequence
from html import escape

import pandas as pd

from helpers.exhibits.words import STATUS, name_in_words

MOST_ROWS = 200
SENTENCE = 40
_QUANTILES = {"p5": "5 %", "p50": "Median", "p95": "95 %"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def number(value: float, digits: int = 3) -> str:
    """A number for reading: thousands separated, `digits` significant ones, never scientific.

    1817162 -> 1,817,162; 1817162.4 -> 1,817,000, as what is not whole was computed and no draw fixes more than four
    figures; 0.04567 -> 0.0457; 47.3 -> 47.3. Unknown (NaN, None) is an en dash, never zero.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NA:
        return "–"
    if math.isinf(value):
        return "unbounded" if value > 0 else "unbounded below"
    if float(value).is_integer() and abs(value) < 1e15:
        text = f"{value:,.0f}"
    elif abs(value) >= 10**digits:
        text = f"{float(f'{value:.{max(digits, 4)}g}'):,.0f}"
    else:
        decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
        text = f"{value:,.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def cell(value: object, column: str = "") -> str:
    """One value as escaped text: dates by day, numbers by `number`, years without a separator, unknown as a dash,
    the code of a status in words.
    """
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, (int, float)) or hasattr(value, "dtype"):
        value = float(value)
        if "year" in column.lower() and value.is_integer():
            return f"{value:.0f}"
        return number(value)
    return escape(STATUS.get(str(value), str(value))) or "–"


def heading(column: str) -> str:
    """A column name for reading: `tflops_fp16_dense` -> TFLOPS FP16 dense, `p50` -> Median."""
    return escape(_QUANTILES.get(column) or name_in_words(column))


def _of_days(values: pd.Series) -> bool:
    """Whether a column holds ISO days only, which must not break at their hyphens."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return True
    return len(values) > 0 and values.map(lambda value: bool(_DAY.fullmatch(str(value)))).all()


def _long(values: pd.Series) -> bool:
    """Whether a column holds sentences, which need a wider cell."""
    return bool((values.map(lambda value: len(str(value))) > SENTENCE).any())


def html_table(
    frame: pd.DataFrame,
    caption: str,
    columns: Sequence[str] | None = None,
    most_rows: int | None = MOST_ROWS,
    stacks: bool = False,
) -> str:
    """The frame as an accessible table in a scrolling region; beyond `most_rows` it says where the rest is.

    stacks: on a phone each row becomes a block whose cells name their columns.
    """
    shown = frame[list(columns)] if columns else frame
    total = len(shown)
    if most_rows is not None:
        shown = shown.head(most_rows)
    numeric = [
        pd.api.types.is_numeric_dtype(shown[name].dtype) and shown[name].dtype != bool for name in shown
    ]
    classes = [
        ' class="n"'
        if flag
        else ' class="d"'
        if _of_days(shown[name])
        else ' class="w"'
        if _long(shown[name])
        else ""
        for name, flag in zip(shown.columns, numeric, strict=True)
    ]
    head = "".join(
        f'<th scope="col"{css}>{heading(name)}</th>' for name, css in zip(shown.columns, classes, strict=True)
    )
    names = [f' data-head="{heading(name)}"' if stacks else "" for name in shown.columns]
    rows = []
    for values in shown.itertuples(index=False, name=None):
        cells = (
            f"<td{css}{named}>{cell(value, str(name))}</td>"
            for value, name, css, named in zip(values, shown.columns, classes, names, strict=True)
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    rest = (
        f"<p>The first {most_rows} of {total:,} rows; all are in the CSV.</p>" if total > len(shown) else ""
    )
    label = escape(caption, quote=True)
    css_class = ' class="stacks"' if stacks else ""
    return (
        f'<div class="table-scroll" role="region" aria-label="{label}" tabindex="0">'
        f"<table{css_class}>"
        f'<caption class="visually-hidden">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>{rest}"
    )
