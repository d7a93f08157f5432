"""The quantities that the rules test, from the specification of a chip.

Every number is an interval `(low, high)`: equal ends for a known value, the range where sources disagree, and
`(0, inf)` for what is unknown. Format widths, bounds and readings come from `metrics` in `data/rules.yaml`.
"""

import math
from collections.abc import Mapping
from typing import Any

from helpers.models.rules.logic import ABSENT, UNKNOWN, Interval

Specification = Mapping[str, Any]


def measure(spec: Specification, book: Mapping[str, Any]) -> dict[str, Any]:
    """Every metric of one chip, by the name that the rules use.

    spec: a specification (`helpers.models.rules.specification`); book: compiled rules (`compile_rules`).
    Raises KeyError when the book lacks the formats or the host-interface bounds.
    """
    tpp = total_processing_performance(spec, book["formats"])
    links = _interval(spec, "interconnect_gbs")
    host = host_interface(spec, book["host_interface_bounds"])
    memory = _interval(spec, "memory_bw_gbs")
    io = (links[0], links[1] + host[1])
    return {
        "tpp": tpp,
        "tops_x_bits_2022": tpp,
        "pd": performance_density(tpp, spec),
        "agg_bidir_io_gbs": add(links, host),
        "io_bw_gbs": io,
        "dram_bw_gbs": memory,
        "dram_plus_io_gbs": add(memory, io),
        "mem_bw_density": _interval(spec, "mem_bw_density"),
        "datacenter": _datacenter(spec.get("market")),
        "commercially_available_us": spec.get("commercially_available_us"),
        "is_memory_stack": bool(spec.get("is_memory_stack", False)),
        **book["context"],
    }


def total_processing_performance(spec: Specification, formats: list[Mapping[str, Any]]) -> Interval:
    """TPP = 2 x MacTOPS x bit length = dense TOPS (or TFLOPS) x bit length, the largest over all formats.

    88 FR 73458 (2023-10-25), Technical Notes 1 to 3 to ECCN 3A090: a multiply-accumulate counts as two operations,
    the bit length is the largest among the inputs of the multiplication, rates are dense and theoretical peaks (or
    the highest that the maker claims), summed over the processing units of the circuit. The quantity of 2022
    (87 FR 62186: TOPS x bit length, summed over all units) is the same number for ordinary digital chips.

    A format with no entry is one for which no rate is claimed, and does not count; one whose entry is `None` is
    unknown and may be any size. When no matrix rate is known at all, the rates at hand are only a floor. A memory
    stack has no TPP.
    """
    if spec.get("is_memory_stack"):
        return 0.0, 0.0
    low, high, matrix_known = 0.0, 0.0, False
    for entry in formats:
        if entry["field"] not in spec:
            continue
        rate = _interval(spec, entry["field"])
        low = max(low, rate[0] * entry["bits_low"])
        high = max(high, rate[1] * entry["bits_high"])
        matrix_known = matrix_known or (entry["matrix"] and rate[1] < math.inf)
    return low, (high if matrix_known else math.inf)


def performance_density(tpp: Interval, spec: Specification) -> Interval | str:
    """PD = TPP / applicable die area in mm2 (88 FR 73458, Technical Note 4 to ECCN 3A090).

    The area counts all logic dies made on a process with non-planar transistors, with their cache, and no memory
    stacks. A chip without such a die has no density (`planar: true`): every density test is then false.
    """
    if spec.get("planar"):
        return ABSENT
    low, high = _interval(spec, "die_area_mm2")
    least = tpp[0] / high if high < math.inf else 0.0
    most = tpp[1] / low if low > 0 else math.inf
    return least, (0.0 if tpp[1] == 0 else most)


def host_interface(spec: Specification, bounds: list[Mapping[str, Any]]) -> Interval:
    """Both directions of PCIe or CXL in GB/s: as recorded, else from none to x16 of the newest PCIe then sold."""
    if spec.get("host_io_gbs") is not None:
        return _interval(spec, "host_io_gbs")
    released = spec.get("release_date")
    for bound in bounds:
        before = bound["released_before"]
        if before is None or (released is not None and released < before):
            return 0.0, float(bound["high_gbs"])
    return UNKNOWN


def add(left: Interval, right: Interval) -> Interval:
    """The sum of two intervals."""
    return left[0] + right[0], left[1] + right[1]


def _interval(spec: Specification, field: str) -> Interval:
    value = spec.get(field)
    if value is None:
        return UNKNOWN
    if isinstance(value, (list, tuple)):
        low, high = value
        return float(low), float(high)
    return float(value), float(value)


def _datacenter(market: str | None) -> bool | None:
    return None if market is None else market == "datacenter"
