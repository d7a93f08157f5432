"""The specification of a chip: from the chips table, a system, or a file that a reader wrote.

A specification is a dict with the column names of `chips.csv`. A number may be a pair `[low, high]` where sources
disagree; `None` is unknown. A rate that is left out is one the maker does not claim; a rate of `None` is unknown.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from rapidfuzz import process

from helpers.evidence.periods import parse_period
from helpers.models.rules.book import Book
from helpers.models.rules.names import is_named

QUANTITIES = {
    "tflops_fp32_dense": ("dense FP32 rate", "TFLOPS"),
    "tflops_tf32_dense": ("dense TF32 rate", "TFLOPS"),
    "tflops_fp16_dense": ("dense 16-bit rate", "TFLOPS"),
    "tflops_fp8_dense": ("dense FP8 rate", "TFLOPS"),
    "tops_int8_dense": ("dense INT8 rate", "TOPS"),
    "tflops_fp4_dense": ("dense FP4 rate", "TFLOPS"),
    "die_area_mm2": ("area of all logic dies", "mm2"),
    "memory_bw_gbs": ("memory bandwidth", "GB/s"),
    "interconnect_gbs": ("chip-to-chip links, both directions", "GB/s"),
    "host_io_gbs": ("host interface (PCIe, CXL), both directions", "GB/s"),
    "mem_bw_density": ("memory bandwidth per area of the stack", "GB/s/mm2"),
}
FLAGS = {
    "planar": "made only on planar nodes",
    "is_memory_stack": "sold as memory",
    "commercially_available_us": "on sale in the United States on 2026-01-15",
}
CHOICES = {"market": ("datacenter", "consumer", "workstation")}
TEXTS = ("name", "vendor", "vendor_hq", "release_date")
RATES = tuple(field for field in QUANTITIES if field.startswith(("tflops_", "tops_")))
BEYOND_ANY_CHIP = 1e9
_COUNTRY = re.compile("[A-Z]{2}")
KNOWN = (*TEXTS, *QUANTITIES, *CHOICES, *FLAGS)


class SpecificationError(ValueError):
    """A specification that cannot be classified; the message names the field and what was expected."""


def from_chip(
    row: Mapping[str, Any], rulebook: Mapping[str, Any], book: Book, disputed: Mapping[str, Any] = {}
) -> dict:
    """The specification of one row of the chips table.

    disputed: `{field: (low, high)}` where sources disagree. Rates that the table leaves empty are unknown when it
    has no matrix rate for the chip, and otherwise not claimed by the maker (88 FR 73458, Technical Note 2: the rate
    is the highest that the maker claims). Links that the table leaves empty come from `interfaces`.
    """
    spec: dict[str, Any] = {"name": row["name"], "chip_id": row["chip_id"]}
    for field in ("vendor", "vendor_hq", "market"):
        spec[field] = _text(row.get(field))
    spec["release_date"] = last_day(row.get("release_date"))
    for field in QUANTITIES:
        value = disputed.get(field, _number(row.get(field)))
        if field in RATES and value is None:
            continue
        spec[field] = value
    matrix = [entry["field"] for entry in book["formats"] if entry["matrix"]]
    if not any(field in spec for field in matrix):
        spec.update(dict.fromkeys(matrix))
    if spec["interconnect_gbs"] is None:
        spec["interconnect_gbs"] = _links(row["chip_id"], rulebook["interfaces"])
    spec["commercially_available_us"] = _on_sale_in_us(
        row, spec, rulebook["metrics"]["commercially_available_us"]
    )
    return name_in_rules(spec, book)


def from_mapping(given: Mapping[str, Any], book: Book) -> dict:
    """A specification that a reader wrote, checked.

    Raises SpecificationError for an unknown key (naming the nearest), a value of the wrong kind, a missing `name`,
    or no rate at all.
    """
    if not isinstance(given, Mapping):
        raise SpecificationError("a specification is a list of `field: value` lines")
    faults = []
    for key in given:
        if key not in KNOWN:
            nearest = process.extractOne(str(key), KNOWN)
            faults.append(f"unknown field {key!r}; did you mean {nearest[0]!r}?")
    faults += [fault for key, value in given.items() if (fault := _fault(key, value))]
    if not given.get("name"):
        faults.append("`name` is missing")
    if not given.get("is_memory_stack") and not any(field in given for field in RATES):
        faults.append(f"no rate is given: at least one of {', '.join(RATES)} (`null` when it is unknown)")
    if faults:
        raise SpecificationError("; ".join(faults))
    spec = {key: (_pair(value) if key in QUANTITIES else value) for key, value in given.items()}
    spec["name"] = str(spec["name"])
    if spec.get("release_date") is not None:
        spec["release_date"] = last_day(str(spec["release_date"]))
    if spec.get("vendor"):
        spec["vendor"] = _addressee(spec["vendor"], book)
        if not spec.get("vendor_hq"):
            spec["vendor_hq"] = "US" if spec["vendor"] in _addressees(book) else None
    return name_in_rules(spec, book)


def memory_stack(name: str, book: Book) -> dict:
    """A memory stack known by its generation alone, as `HBM3E`."""
    return name_in_rules({"name": name, "is_memory_stack": True}, book)


def name_in_rules(spec: dict, book: Book) -> dict:
    """The specification with `named_in`: the rules whose text names the chip."""
    spec["named_in"] = [
        rule["id"]
        for rule in book["rules"]
        if any(is_named(spec["name"], name) for name in rule["named_chips"])
    ]
    return spec


def last_day(text: Any) -> str | None:
    """The last possible day of a partial date (`2026-H2`, `2025-09`) as an ISO date; None when it is no date."""
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        end = parse_period(text).end
    except ValueError:
        return None
    return end.isoformat() if isinstance(end, date) else None


def _links(chip_id: str, interfaces: Mapping[str, Any]) -> float | None:
    for row in interfaces["links"]:
        if chip_id in row["chips"]:
            return float(row["interconnect_gbs"])
    return None


def _on_sale_in_us(row: Mapping[str, Any], spec: Mapping[str, Any], rule: Mapping[str, Any]) -> bool | None:
    """Whether the chip could be bought in the United States on the day that the rule of January 2026 asks about."""
    made_for_china = bool(_text(row.get("export_variant_of"))) and row.get("status") != "shipping"
    if (
        spec["vendor_hq"] == "CN"
        or spec["vendor"] in rule["rented_only"]
        or made_for_china
        or row.get("status") in ("banned variant", "cancelled", "announced")
    ):
        return False
    if spec["release_date"] is None:
        return None
    return spec["release_date"] <= str(rule["on_date"])


def _addressees(book: Book) -> set[str]:
    return {rule["addressee"] for rule in book["rules"] if rule["addressee"]}


def _addressee(vendor: str, book: Book) -> str:
    """The maker as letters are addressed to it: `nvidia` and `NVIDIA Corporation` are NVIDIA."""
    words = vendor.lower().split()
    return next((name for name in sorted(_addressees(book)) if name.lower() in words[:1]), vendor)


def _fault(key: str, value: Any) -> str:
    if value is None or key not in KNOWN:
        return ""
    if key in QUANTITIES:
        numbers = value if isinstance(value, (list, tuple)) else [value]
        if len(numbers) not in (1, 2) or not all(
            isinstance(n, (int, float)) and not isinstance(n, bool) for n in numbers
        ):
            return f"{key}: expected a number, or [low, high], found {value!r}"
        if not all(0 <= n < BEYOND_ANY_CHIP for n in numbers) or list(numbers) != sorted(numbers):
            found = f"{value!r}"[:40]
            return f"{key}: expected numbers from 0 to {BEYOND_ANY_CHIP:,.0f}, low before high, found {found}"
        if key == "die_area_mm2" and min(numbers) == 0:
            return "die_area_mm2: an area of zero is no area; leave it out when it is unknown"
    if key == "name" and not isinstance(value, (str, int, float)):
        return f"name: expected a text, found {value!r}"
    if key == "vendor" and not (isinstance(value, str) and value.strip()):
        return f"vendor: expected the name of the maker, found {value!r}"
    if key == "vendor_hq" and not (isinstance(value, str) and _COUNTRY.fullmatch(value)):
        return f"vendor_hq: expected a country as two capital letters (US, CN), found {value!r}"
    if key in FLAGS and not isinstance(value, bool):
        return f"{key}: expected true or false, found {value!r}"
    if key in CHOICES and value not in CHOICES[key]:
        return f"{key}: expected one of {', '.join(CHOICES[key])}, found {value!r}"
    if key == "release_date" and last_day(str(value)) is None:
        return f"release_date: expected a date like 2025-09-30 or 2025-09, found {value!r}"
    return ""


def _pair(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return (float(value[0]), float(value[-1]))
    return None if value is None else float(value)


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
