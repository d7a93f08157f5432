"""What a maker could still design: the status of every pair of TPP and performance density under one rule date.

Between two thresholds nothing changes, so the plane falls into few rectangles, each judged once.
"""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from helpers.models.rules.book import Book, in_force
from helpers.models.rules.engine import judge
from helpers.models.rules.frontier import parts_of
from helpers.models.rules.logic import leaves, threshold
from helpers.models.rules.sweep import trees_of

# The panels of the chapter: the rule that begins, what the part is sold for, whether its links reach the I/O limit.
PANELS = (
    ("us-3a090-2022", "datacenter", "links at the I/O limit", True),
    ("us-3a090a-2023", "datacenter", "data centre", False),
    ("us-3a090a-2023", "consumer", "other uses", False),
    ("us-h200-review-2026", "datacenter", "data centre", False),
)
TPP_RANGE = (200.0, 80000.0)
DENSITY_RANGE = (0.5, 40.0)


def design_space(book: Book, day: str, design: Mapping[str, Any]) -> pd.DataFrame:
    """One row per rectangle: tpp_low, tpp_high, pd_low, pd_high, status. Lower ends belong to the rectangle.

    design: the rest of the specification (`vendor`, `market`, `interconnect_gbs`, `host_io_gbs`, `memory_bw_gbs`,
    `commercially_available_us`); TPP is reached with 16-bit operands and the density with the die area.
    """
    tpps = _steps(("tpp", "tops_x_bits_2022"), TPP_RANGE, book, day)
    densities = _steps(("pd",), DENSITY_RANGE, book, day)
    rows = []
    for tpp_low, tpp_high in pairwise(tpps):
        for pd_low, pd_high in pairwise(densities):
            tpp, density = (tpp_low * tpp_high) ** 0.5, (pd_low * pd_high) ** 0.5
            spec = {"name": "design", "vendor_hq": "US", "named_in": (), **design,
                    "tflops_fp16_dense": tpp / _bits(book), "die_area_mm2": tpp / density}  # fmt: skip
            rows.append(
                {"tpp_low": tpp_low, "tpp_high": tpp_high, "pd_low": pd_low, "pd_high": pd_high,
                 "status": judge(spec, book, day).status}
            )  # fmt: skip
    return pd.DataFrame(rows, columns=["tpp_low", "tpp_high", "pd_low", "pd_high", "status"])


def _steps(metrics: tuple[str, ...], ends: tuple[float, float], book: Book, day: str) -> list[float]:
    limits = {
        limit
        for rule in book["rules"]
        if in_force(rule, day)
        for tree in trees_of(rule)
        for leaf in leaves(tree)
        if leaf["metric"] in metrics
        for limit in threshold(leaf)
    }
    return sorted({*ends, *(limit for limit in limits if ends[0] < limit < ends[1])})


def _bits(book: Book) -> float:
    return next(entry["bits_low"] for entry in book["formats"] if entry["field"] == "tflops_fp16_dense")


def design_panels(evidence: Any, book: Book) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """The planes of the rules that this edition knows, by the panel's name, and the real chips of each.

    A panel is judged on the first day of its rule, for a US maker, on sale in the United States, with memory and
    links below every other limit unless the panel says otherwise. Returns (`design_space` by name, `space_chips`).
    """
    rules = {rule["id"]: rule for rule in book["rules"]}
    spaces, asked = {}, {}
    for rule_id, market, words, at_limit in PANELS:
        rule = rules.get(rule_id)
        if rule is None or rule["effective"] > evidence.as_of.isoformat():
            continue
        name = f"{pd.Timestamp(rule['announced']):%B %Y}, {words}"
        links = max(
            (threshold(leaf)[0] for leaf in leaves(rule["tests"]) if leaf["metric"] == "agg_bidir_io_gbs"),
            default=0.0,
        )
        design = {"vendor": "NVIDIA", "market": market, "interconnect_gbs": links if at_limit else 0.0,
                  "host_io_gbs": 0.0, "memory_bw_gbs": 0.0, "commercially_available_us": True}  # fmt: skip
        spaces[name] = design_space(book, rule["effective"], design)
        asked[name] = (rule["effective"], market)
    return spaces, space_chips(evidence, book, asked)


def space_chips(evidence: Any, book: Book, panels: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """The real chips of each panel: panel, chip, tpp, pd, status, for US chips on sale on the day with known figures.

    panels: name of the panel to its (day, market). Values are the low ends where sources differ; versions with the
    same first alias and figures count once. Parts made for China come first, then by TPP: the order of their names.
    """
    rows = []
    for part in parts_of(evidence, book):
        tpp, density = part.measured["tpp"], part.measured["pd"]
        if (
            part.row["vendor_hq"] != "US"
            or not isinstance(density, tuple)
            or math.inf in (tpp[1], density[1])
        ):
            continue
        for name, (day, market) in panels.items():
            if part.on_sale(day) and (part.row["market"] == "datacenter") == (market == "datacenter"):
                status = judge(part.spec, book, day, part.measured).status
                label = (part.row.get("aliases") or part.row["name"]).split(";")[0]
                made_for_china = bool(part.row["export_variant_of"])
                rows.append({"panel": name, "chip": label, "tpp": tpp[0], "pd": density[0], "status": status,
                             "made_for_china": made_for_china})  # fmt: skip
    frame = pd.DataFrame(rows, columns=["panel", "chip", "tpp", "pd", "status", "made_for_china"])
    ordered = frame.drop_duplicates(["panel", "chip"]).sort_values(
        ["panel", "made_for_china", "tpp"], ascending=False, kind="stable"
    )
    return ordered.drop(columns="made_for_china")
