"""How the status depends on one input: the values at which it changes, and the status between them.

The places where a status can change are the values at which some metric meets some threshold; between two of them
nothing changes, so one look per gap is exact.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from helpers.models.rules.book import Book, in_force
from helpers.models.rules.engine import judge
from helpers.models.rules.logic import UNKNOWN, Interval, leaves, threshold
from helpers.models.rules.metrics import Specification, host_interface, measure
from helpers.models.rules.specification import CHOICES, FLAGS, QUANTITIES, RATES

SCALE = "tpp"


class Segment(NamedTuple):
    """A range of one input with one answer: from `low` (in it when `low_included`) to `high`; None is no bound."""

    low: float | None
    high: float | None
    low_included: bool
    status: str
    possible: tuple[str, ...]


class Choice(NamedTuple):
    """One value of an input that is not a number, with the answer for it."""

    value: Any
    status: str
    possible: tuple[str, ...]


def sweep(spec: Specification, field: str, book: Book, day: str) -> list[Segment]:
    """The status for every value of a number, in order; neighbours differ.

    field: a field of `QUANTITIES`, or `tpp`, which scales all rates together. The other inputs stay as they are.
    """
    points = _critical_values(spec, field, book, day)
    looks: list[tuple[float, bool, str, tuple[str, ...]]] = []
    before = 0.0
    for point in points:
        looks.append((before, False, *_look(spec, field, (before + point) / 2, book, day)))
        looks.append((point, True, *_look(spec, field, point, book, day)))
        before = point
    looks.append((before, False, *_look(spec, field, before * 2 + 1, book, day)))
    return _merge(looks)


def choices(spec: Specification, field: str, book: Book, day: str) -> list[Choice]:
    """The status for every value of an input that is not a number (market, maker, a flag)."""
    return [Choice(value, *_look(spec, field, value, book, day)) for value in _values(field, book)]


def trees_of(rule: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every tree of a rule: its tests, exclusions and exceptions."""
    branches = [entry["when"] for entry in rule["exclusions"]]
    branches += [entry["usable_when"] for entry in rule["exceptions"]]
    return [rule["tests"], *branches]


def with_value(spec: Specification, field: str, value: Any, book: Book) -> dict:
    """The specification with one input replaced.

    `tpp`: all rates scaled so that the larger end of TPP becomes `value`. A rate that was unknown takes the place of
    every other unknown rate.
    """
    changed = dict(spec)
    if field == SCALE:
        now = measure(spec, book)["tpp"][1]
        for rate in RATES:
            if spec.get(rate) is not None:
                changed[rate] = _scaled(spec[rate], value / now)
        return changed
    if field in RATES and spec.get(field) is None:
        changed = {key: kept for key, kept in changed.items() if key not in RATES or kept is not None}
    changed[field] = value
    if field == "vendor":
        changed["vendor_hq"] = "US"
    return changed


def _look(spec, field, value, book, day) -> tuple[str, tuple[str, ...]]:
    judged = judge(with_value(spec, field, value, book), book, day)
    return judged.status, judged.possible


def _critical_values(spec: Specification, field: str, book: Book, day: str) -> list[float]:
    measured = measure(spec, book)
    found: set[float] = set()
    rules = [rule for rule in book["rules"] if in_force(rule, day)]
    for leaf in (leaf for rule in rules for tree in trees_of(rule) for leaf in leaves(tree)):
        for limit in threshold(leaf) if leaf["op"] != "==" else ():
            if math.isfinite(limit):
                found |= set(_solve(leaf["metric"], limit, field, spec, measured, book))
    return sorted(value for value in found if math.isfinite(value) and value > 0)


def _solve(metric: str, limit: float, field: str, spec, measured, book: Book) -> Iterable[float]:
    """The values of a field at which an end of the metric equals the limit, the other inputs as they are."""
    if metric in ("tpp", "tops_x_bits_2022"):
        return _rate_values(limit, field, book)
    if metric == "pd":
        if field == "die_area_mm2":
            return [end / limit for end in measured["tpp"]]
        area = _ends(spec, "die_area_mm2")
        return [value for end in area for value in _rate_values(limit * end, field, book)]
    links, host = _ends(spec, "interconnect_gbs"), host_interface(spec, book["host_interface_bounds"])
    memory = _ends(spec, "memory_bw_gbs")
    others = {
        ("dram_bw_gbs", "memory_bw_gbs"): [0.0],
        ("mem_bw_density", "mem_bw_density"): [0.0],
        ("agg_bidir_io_gbs", "interconnect_gbs"): host,
        ("agg_bidir_io_gbs", "host_io_gbs"): links,
        ("io_bw_gbs", "interconnect_gbs"): [0.0, *host],
        ("io_bw_gbs", "host_io_gbs"): links,
        ("dram_plus_io_gbs", "memory_bw_gbs"): measured["io_bw_gbs"],
        ("dram_plus_io_gbs", "interconnect_gbs"): [m + h for m in memory for h in (0.0, *host)],
        ("dram_plus_io_gbs", "host_io_gbs"): [m + link for m in memory for link in links],
    }
    return [limit - other for other in others.get((metric, field), ())]


def _rate_values(limit: float, field: str, book: Book) -> list[float]:
    if field == SCALE:
        return [limit]
    return [
        limit / bits
        for f in book["formats"]
        if f["field"] == field
        for bits in (f["bits_low"], f["bits_high"])
    ]


def _merge(looks: list[tuple[float, bool, str, tuple[str, ...]]]) -> list[Segment]:
    segments: list[Segment] = []
    for low, included, status, possible in looks:
        if segments and (segments[-1].status, segments[-1].possible) == (status, possible):
            continue
        if segments:
            segments[-1] = segments[-1]._replace(high=low)
        segments.append(Segment(low, None, included, status, possible))
    return segments


def _values(field: str, book: Book) -> list[Any]:
    if field in CHOICES:
        return list(CHOICES[field])
    if field == "vendor":
        return [
            *sorted({rule["addressee"] for rule in book["rules"] if rule["addressee"]}),
            "another US maker",
        ]
    if field in FLAGS:
        return [True, False]
    raise KeyError(f"{field!r} is not an input with a list of values; numbers are {', '.join(QUANTITIES)}")


def _ends(spec: Specification, field: str) -> Interval:
    value = spec.get(field)
    if value is None:
        return UNKNOWN
    return (
        (float(value), float(value))
        if isinstance(value, (int, float))
        else (float(value[0]), float(value[1]))
    )


def _scaled(value: Any, factor: float) -> Any:
    return value * factor if isinstance(value, (int, float)) else (value[0] * factor, value[1] * factor)
