"""The inputs behind a status: which are missing, from what value they matter, which are disputed."""

import math
from collections.abc import Mapping
from typing import Any

from helpers.models.rules.book import Book, in_force
from helpers.models.rules.engine import UNDETERMINED, Judgement, judge
from helpers.models.rules.logic import leaves
from helpers.models.rules.metrics import Specification, measure
from helpers.models.rules.reasons import figure
from helpers.models.rules.specification import CHOICES, FLAGS, QUANTITIES, RATES
from helpers.models.rules.sweep import SCALE, Segment, choices, sweep, trees_of, with_value

_SIXTEEN_BIT = "tflops_fp16_dense"
BANDWIDTHS = ("interconnect_gbs", "host_io_gbs", "memory_bw_gbs")


def missing_inputs(spec: Specification, book: Book, day: str, judged: Judgement) -> list[dict]:
    """Inputs that are not known and on which the status depends, each with the values from which it matters.

    One row: field, label, unit, matters (ranges or values with their status), sentence, and `given` where it holds
    with another missing input taken at a value. Empty when the status is the same whatever they are.
    """
    if judged.status != UNDETERMINED:
        return []
    unknown = _unknown_inputs(spec, book, day)
    rows = [row for field in unknown if (row := _matters(spec, field, book, day, judged.possible))]
    if not rows:
        return _one_of_several(spec, book, day, unknown)
    first, value = rows[0]["field"], _open_value(rows[0])
    if value is not None:
        given = with_value(spec, first, value, book)
        possible = judge(given, book, day).possible
        for field in unknown:
            if field not in {row["field"] for row in rows} and (
                row := _matters(given, field, book, day, possible)
            ):
                at = f"with a {rows[0]['label']} of {figure(value)} {rows[0]['unit']}, "
                rows.append({**row, "given": {first: value}, "sentence": at + row["sentence"]})
    return rows


def _one_of_several(spec: Specification, book: Book, day: str, unknown: list[str]) -> list[dict]:
    """The rows where no missing input settles anything alone: bandwidths are taken as zero until one does."""
    given: dict[str, float] = {}
    for fixed in (field for field in unknown if field in BANDWIDTHS):
        spec, given = {**spec, fixed: 0.0}, {**given, fixed: 0.0}
        possible = judge(spec, book, day).possible
        rows = [
            row
            for field in unknown
            if field not in given and (row := _matters(spec, field, book, day, possible))
        ]
        if rows:
            at = f"with no {' and no '.join(QUANTITIES[field][0] for field in given)}, "
            return [{**row, "given": given, "sentence": at + row["sentence"]} for row in rows]
    return []


def disputed_inputs(spec: Specification, book: Book, day: str) -> list[dict]:
    """Inputs on which sources differ: `{field, label, unit, low, high, status_low, status_high}`."""
    rows = []
    for field, (label, unit) in QUANTITIES.items():
        value = spec.get(field)
        if isinstance(value, tuple) and value[0] != value[1]:
            ends = [judge({**spec, field: end}, book, day).status for end in value]
            rows.append(
                {"field": field, "label": label, "unit": unit, "low": value[0], "high": value[1],
                 "status_low": ends[0], "status_high": ends[1]}
            )  # fmt: skip
    return rows


def would_change(spec: Specification, book: Book, day: str, judged: Judgement) -> list[dict]:
    """The nearest change of one known input that gives another status, smallest change first.

    One row: field, label, unit, now, to, bound (`at least`, `at most`, `above`, `below`), percent, status, sentence.
    """
    rows = []
    measured = measure(spec, book)
    for field in (SCALE, "die_area_mm2", "memory_bw_gbs", "interconnect_gbs"):
        now = measured["tpp"] if field == SCALE else spec.get(field)
        if now is None or (isinstance(now, tuple) and not math.isfinite(now[1])) or now == (0.0, 0.0):
            continue
        value = now[1] if isinstance(now, tuple) else float(now)
        rows += _nearest(field, value, sweep(spec, field, book, day), judged.status)
    rows.sort(key=lambda row: math.inf if row["percent"] is None else abs(row["percent"]))
    if spec.get("market") is not None:
        for choice in choices(spec, "market", book, day):
            if choice.status not in (judged.status, UNDETERMINED):
                rows.append(
                    {"field": "market", "label": "market", "unit": "", "now": spec["market"], "to": choice.value,
                     "bound": "is", "percent": None, "status": choice.status,
                     "sentence": f"sold for {choice.value} use: {choice.status}"}
                )  # fmt: skip
    return rows


def unclaimed_rates(spec: Specification, book: Book, day: str, judged: Judgement) -> list[dict]:
    """Rates that a specification leaves out, and so takes as not claimed, with the value from which one would matter.

    One row: field, label, unit, at (the lowest value that gives another answer), included (whether `at` itself does),
    possible, sentence. A rate that would change nothing has no row.
    """
    rows = []
    for field in (rate for rate in RATES if rate not in spec):
        label, unit = QUANTITIES[field]
        other = next((s for s in sweep(spec, field, book, day) if s.possible != judged.possible), None)
        if other is not None:
            word = "from" if other.low_included else "above"
            answer = _answer(other.status, other.possible)
            rows.append(
                {"field": field, "label": label, "unit": unit, "at": other.low, "included": other.low_included,
                 "possible": list(other.possible),
                 "sentence": f"{label}: not claimed; {word} {figure(other.low)} {unit}: {answer}"}
            )  # fmt: skip
    return rows


def _unknown_inputs(spec: Specification, book: Book, day: str) -> list[str]:
    """Fields without a value that some test in force reads, in the order of the rules."""
    fields: dict[str, None] = {}
    for rule in book["rules"]:
        if not in_force(rule, day):
            continue
        for tree in trees_of(rule):
            for leaf in leaves(tree):
                for name in book["metrics"][leaf["metric"]]["inputs"]:
                    fields.setdefault(name)
        if rule["addressee"]:
            fields.setdefault("vendor")
    known = {*QUANTITIES, *CHOICES, *FLAGS, "vendor"}
    found = []
    for name in fields:
        if name == "rates":
            if not math.isfinite(measure(spec, book)["tpp"][1]):
                found.append(_SIXTEEN_BIT)
        elif name in known and name not in ("planar", "is_memory_stack") and spec.get(name) is None:
            found.append(name)
    return found


def _matters(spec: Specification, field: str, book: Book, day: str, possible: tuple[str, ...]) -> dict | None:
    """The row of `missing_inputs` for one field; None when no value of it narrows what is possible."""
    if field in QUANTITIES:
        label, unit = QUANTITIES[field]
        segments = sweep(spec, field, book, day)
        if all(segment.possible == possible for segment in segments):
            return None
        matters = [
            {"from": s.low, "to": s.high, "from_included": s.low_included, "to_included": _closed_above(s, segments),
             "status": s.status, "possible": list(s.possible)}
            for s in segments
        ]  # fmt: skip
        words = [f"{_range(s, segments, unit)}: {_answer(s.status, s.possible)}" for s in segments]
    else:
        label, unit = ("maker" if field == "vendor" else FLAGS.get(field, field)), ""
        options = choices(spec, field, book, day)
        if all(option.possible == possible for option in options):
            return None
        matters = [{"value": o.value, "status": o.status, "possible": list(o.possible)} for o in options]
        words = [f"{_said(o.value)}: {_answer(o.status, o.possible)}" for o in options]
    return {
        "field": field,
        "label": label,
        "unit": unit,
        "matters": matters,
        "sentence": f"{label}: {'; '.join(words)}",
    }


def _open_value(row: Mapping[str, Any]) -> float | None:
    """A value of a missing number at which the answer is still open, in the middle of the first such range."""
    for part in row["matters"]:
        if "from" in part and part["status"] == UNDETERMINED:
            return part["from"] * 2 + 1 if part["to"] is None else (part["from"] + part["to"]) / 2
    return None


def _answer(status: str, possible: tuple[str, ...]) -> str:
    return status if status != UNDETERMINED else f"still open ({' or '.join(possible)})"


def _range(segment: Segment, segments: list[Segment], unit: str) -> str:
    """`up to 506.8 mm2`, `below 100 TFLOPS`, `from 300 TFLOPS`, `above 1,875 mm2`: a range with its ends."""
    start = "from" if segment.low_included else "above"
    if segment.high is None:
        return f"{start} {figure(segment.low)} {unit}" if segment.low else "any value"
    end = f"{'to' if _closed_above(segment, segments) else 'to below'} {figure(segment.high)} {unit}"
    if segment.low == 0:
        return (
            f"up {end}"
            if end.startswith("to ") and not end.startswith("to below")
            else end.removeprefix("to ")
        )
    return f"{start} {figure(segment.low)} {end}"


def _closed_above(segment: Segment, segments: list[Segment]) -> bool:
    """Whether the upper end belongs to the segment: it does unless the next one takes it."""
    place = segments.index(segment)
    return place + 1 < len(segments) and not segments[place + 1].low_included


def _said(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _nearest(field: str, value: float, segments: list[Segment], status: str) -> list[dict]:
    """The nearest segment above and below the value whose answer is another definite status."""
    label, unit = QUANTITIES.get(field, ("TPP", ""))
    rows = []
    above = [s for s in segments if s.low > value or (s.low == value and not s.low_included)]
    below = [s for s in segments if s.high is not None and s.high <= value and s not in above]
    for found, up in ((next((s for s in above if _other(s, status)), None), True),
                      (next((s for s in reversed(below) if _other(s, status)), None), False)):  # fmt: skip
        if found is None:
            continue
        to = found.low if up else found.high
        bound = (
            ("at least" if found.low_included else "above")
            if up
            else ("at most" if _closed_above(found, segments) else "below")
        )
        percent = round(100 * (to / value - 1), 2) if value else None
        answer = _answer(found.status, found.possible)
        limit = f"{figure(to)} {unit}".rstrip()
        distance = f", {percent:+.1f} %" if percent is not None else ""
        rows.append(
            {"field": field, "label": label, "unit": unit, "now": value, "to": to, "bound": bound,
             "percent": percent, "status": found.status,
             "sentence": f"{label} {bound} {limit} (now {figure(value)}{distance}): {answer}"}
        )  # fmt: skip
    return rows


def _other(segment: Segment, status: str) -> bool:
    return segment.status != status
