"""Every accelerator in one table: to filter, to sort, to put up to four side by side, and to take away as CSV.

The table and its order are in the page; `assets/js/compare.js` adds the comparison.
"""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.evidence import Evidence
from helpers.exhibits.tables import number
from helpers.exhibits.words import STATUS
from helpers.pages.registers import register

COUNTRIES = {"US": "United States", "CN": "China"}
MARKETS = {
    "datacenter": "data centres",
    "workstation": "workstations",
    "consumer": "consumers",
    "edge": "the edge",
}
HEADS = ("Chip", "Released", "FP16, TFLOPS#", "8 bit, T(FL)OPS#", "Memory, GB#", "Bandwidth, GB/s#",
         "Links, GB/s#", "Power, W#", "For China")  # fmt: skip
# What the comparison and the CSV show: column of the chips table, and its name with the unit.
FIELDS = {
    "name": "Chip",
    "vendor": "Vendor",
    "vendor_hq": "Country of the vendor",
    "family": "Family",
    "status": "Status",
    "market": "Made for",
    "release_date": "Released",
    "licence": "For China on this date",
    "process_node": "Process",
    "foundry": "Foundry",
    "die_area_mm2": "Die area, mm²",
    "n_logic_dies": "Logic dies",
    "transistors_bn": "Transistors, billion",
    "tflops_fp32_dense": "FP32, TFLOPS",
    "tflops_tf32_dense": "TF32, TFLOPS",
    "tflops_fp16_dense": "FP16 dense, TFLOPS",
    "tflops_fp8_dense": "FP8 dense, TFLOPS",
    "tops_int8_dense": "INT8 dense, TOPS",
    "tflops_fp4_dense": "FP4 dense, TFLOPS",
    "memory_gb": "Memory, GB",
    "memory_type": "Memory type",
    "memory_bw_gbs": "Memory bandwidth, GB/s",
    "interconnect_gbs": "Chip-to-chip links, GB/s",
    "host_io_gbs": "Host link, GB/s",
    "tdp_w": "Power, W",
    "price_usd_low": "Price from, USD",
    "price_usd_high": "Price to, USD",
    "confidence": "Confidence",
    "source_ids": "Sources",
}


def accelerators(evidence: Evidence, run: Path) -> str:
    """The register of chips known on `as_of`, newest first, each with its status in the policy chapter."""
    frame = evidence.chips
    if frame.empty:
        return "<p>No accelerator was known on this date.</p>"
    licences = _licences(run)
    rows, facets, held = [], [], {}
    when = pd.to_datetime(frame["release_date"].astype("string"), errors="coerce", format="ISO8601")
    order = frame.assign(when=when).sort_values(
        ["when", "chip_id"], ascending=[False, True], na_position="last"
    )
    for row in order.to_dict("records"):
        row = {**row, "licence": licences.get(row["chip_id"], "")}
        country = COUNTRIES.get(_text(row["vendor_hq"]), _text(row["vendor_hq"]))
        status, vendor = _text(row["status"]), _text(row["vendor"])
        rows.append((row["chip_id"], _cells(row, vendor, status)))
        released = _text(row["release_date"])
        facets.append({"Vendor": vendor, "Country": country, "Status": status, "Year": released[:4]})
        told = {
            **row,
            "vendor_hq": country,
            "market": MARKETS.get(_text(row["market"]), _text(row["market"])),
        }
        held[row["chip_id"]] = [_plain(told.get(name)) for name in FIELDS]
    table = register(
        "accelerators",
        "Accelerators",
        HEADS,
        rows,
        ("Vendor", "Country", "Status", "Year", "For China"),
        facets,
        {"columns": list(FIELDS.values()), "rows": held},
    )
    return (
        '<section id="compare" class="compare" tabindex="-1" aria-label="Chips side by side"></section>'
        f'{table}<script src="assets/js/compare.js"></script>'
    )


def _cells(row: Mapping[str, Any], vendor: str, status: str) -> list[str]:
    first = next((name for name in _text(row["source_ids"]).split(";") if name), "")
    name = escape(_text(row["name"]))
    told = f'<a href="sources.html#{escape(first, quote=True)}">{name}</a>' if first else name
    aside = " · ".join(part for part in (vendor, "" if status == "shipping" else status) if part)
    eight = [row.get(name) for name in ("tflops_fp8_dense", "tops_int8_dense")]
    known = [value for value in eight if value is not None and value == value]
    numbers = (row["tflops_fp16_dense"], max(known, default=None), row["memory_gb"], row["memory_bw_gbs"],
               row["interconnect_gbs"], row["tdp_w"])  # fmt: skip
    released = escape(_text(row["release_date"])) or "–"
    return [
        f"{told}<small>{escape(aside)}</small>",
        f'<span class="date">{released}</span>',
        *(number(value) for value in numbers),
        escape(row["licence"]) or "–",
    ]


def _licences(run: Path) -> dict[str, str]:
    """The status of each chip on the last day that the policy notebook judged; empty where it has not run."""
    path = run / "results" / "policy" / "statuses.csv"
    if not path.is_file():
        return {}
    statuses = pd.read_csv(path)
    last = statuses[statuses["day"] == statuses["day"].max()]
    return {
        row["chip_id"]: STATUS.get(str(row["status"]), str(row["status"]))
        for row in last.to_dict("records")
        if str(row["vendor_hq"]) == "US"
    }


def _plain(value: object) -> str | float | None:
    """A value for a script: a number where it is one, None where it is unknown."""
    if value is None or value is pd.NA or value != value:
        return None
    return float(value) if isinstance(value, (int, float)) else str(value)


def _text(value: object) -> str:
    return "" if _plain(value) is None else str(value)
