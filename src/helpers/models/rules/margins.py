"""How far a chip lies from each threshold of the rules in force."""

import math
from collections.abc import Mapping
from typing import Any

from helpers.models.rules.book import Book
from helpers.models.rules.engine import Judgement
from helpers.models.rules.logic import ABSENT, leaves, threshold


def shown(found: Any) -> Any:
    """A metric's value for JSON: a number, `[low, high]` with null for no bound, a bool, `none`, or null."""
    if isinstance(found, tuple):
        ends = [None if not math.isfinite(end) else end for end in found]
        if ends == [0.0, None]:
            return None
        return ends[0] if ends[0] == ends[1] else ends
    return "none" if found is ABSENT else found


def margins(judged: Judgement, measured: Mapping[str, Any], book: Book) -> list[dict]:
    """One row per threshold of the rules that bind the maker: value found, and its two ends against the threshold.

    percent_low, percent_high: above (+) or below (-) it, in percent; None where that end has no bound. A threshold
    that several rules of a group share is listed once.
    """
    rows: dict[tuple, dict] = {}
    for verdict in judged.verdicts:
        if verdict.bound is False:
            continue
        for leaf in leaves(verdict.rule["tests"]):
            found = measured.get(leaf["metric"])
            if leaf["op"] == "==" or not isinstance(found, tuple):
                continue
            if verdict.tested is False and shown(found) is None:
                continue
            least, most = threshold(leaf)
            key = (verdict.rule["group"], leaf["metric"], least, most)
            if key not in rows:
                rows[key] = {
                    "rule": verdict.rule["id"],
                    "metric": leaf["metric"],
                    "label": book["metrics"][leaf["metric"]]["symbol"],
                    "threshold": least if least == most else [least, most],
                    "unit": leaf.get("unit", ""),
                    "found": shown(found),
                    "percent_low": _percent(found[0], most),
                    "percent_high": _percent(found[1], least),
                }
    return list(rows.values())


def _percent(value: float, limit: float) -> float | None:
    return round(100 * (value / limit - 1), 2) if math.isfinite(value) and limit else None
