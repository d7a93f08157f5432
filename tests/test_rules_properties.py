"""What must hold for any chip: an unknown input is never taken as harmless."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.evidence import load
from helpers.models.rules import compile_rules, judge, rule_dates
from helpers.models.rules.inputs import missing_inputs
from helpers.models.rules.metrics import measure
from helpers.models.rules.specification import RATES
from helpers.models.rules.sweep import sweep

BOOK = compile_rules(load().rulebook)
DAYS = rule_dates(BOOK)
REMOVABLE = ("vendor", "market", "die_area_mm2", "memory_bw_gbs", "interconnect_gbs", "host_io_gbs",
             "commercially_available_us", *RATES)  # fmt: skip

rate = st.one_of(st.floats(1, 5000), st.sampled_from([100.0, 150.0, 300.0, 600.0, 1312.5]))
full_specifications = st.fixed_dictionaries(
    {
        "name": st.just("test"),
        "vendor": st.sampled_from(["NVIDIA", "AMD", "Intel", "Google"]),
        "vendor_hq": st.just("US"),
        "market": st.sampled_from(["datacenter", "consumer", "workstation"]),
        "die_area_mm2": st.floats(20, 3000),
        "memory_bw_gbs": st.one_of(st.floats(50, 10000), st.sampled_from([1400.0, 4000.0, 6500.0])),
        "interconnect_gbs": st.one_of(st.floats(0, 2000), st.sampled_from([0.0, 400.0, 600.0, 900.0])),
        "host_io_gbs": st.sampled_from([0.0, 32.0, 64.0, 128.0]),
        "release_date": st.sampled_from(["2020-06-01", "2023-06-01", "2025-06-01"]),
        "commercially_available_us": st.booleans(),
        "tflops_fp16_dense": rate,
    },
    optional={field: rate for field in RATES if field != "tflops_fp16_dense"},
)


@settings(max_examples=400, deadline=None)
@given(full_specifications, st.sets(st.sampled_from(REMOVABLE), min_size=1), st.sampled_from(DAYS))
def test_a_removed_input_never_gives_a_different_definite_answer(spec, removed, day):
    full = judge(spec, BOOK, day)
    holed = {key: (None if key in removed else value) for key, value in spec.items()}
    if "vendor" in removed:
        holed["vendor_hq"] = None
    partial = judge(holed, BOOK, day)
    assert partial.status in ("undetermined", full.status)
    assert set(full.possible) <= set(partial.possible)


@settings(max_examples=100, deadline=None)
@given(full_specifications, st.sets(st.sampled_from(REMOVABLE), min_size=1), st.sampled_from(DAYS))
def test_an_answer_left_open_by_a_removed_input_names_what_is_missing(spec, removed, day):
    holed = {key: (None if key in removed else value) for key, value in spec.items()}
    if "vendor" in removed:
        holed["vendor_hq"] = None
    judged = judge(holed, BOOK, day)
    if judged.status == "undetermined" and judge(spec, BOOK, day).status != "undetermined":
        assert missing_inputs(holed, BOOK, day, judged)


@settings(max_examples=400, deadline=None)
@given(full_specifications, st.sampled_from(("die_area_mm2", "memory_bw_gbs", "tflops_fp16_dense")),
       st.floats(0.3, 1), st.floats(1, 3), st.floats(0, 1), st.sampled_from(DAYS))  # fmt: skip
def test_a_range_allows_the_answer_of_every_value_in_it(spec, field, down, up, place, day):
    low, high = spec[field] * down, spec[field] * up
    inside = min(high, low + place * (high - low))
    ranged = judge({**spec, field: (low, high)}, BOOK, day)
    assert set(judge({**spec, field: inside}, BOOK, day).possible) <= set(ranged.possible)


@settings(max_examples=150, deadline=None)
@given(full_specifications, st.sampled_from(("die_area_mm2", "memory_bw_gbs", "interconnect_gbs")),
       st.floats(0.001, 1), st.sampled_from(DAYS))  # fmt: skip
def test_the_sweep_says_what_the_engine_says_at_every_value(spec, field, place, day):
    value = place * 5000
    segments = sweep({**spec, field: None}, field, BOOK, day)
    holding = next(s for s in reversed(segments) if s.low < value or (s.low == value and s.low_included))
    assert holding.status == judge({**spec, field: value}, BOOK, day).status


@settings(max_examples=200, deadline=None)
@given(full_specifications)
def test_more_of_every_rate_never_lowers_tpp_or_density(spec):
    small = measure(spec, BOOK)
    big = measure({**spec, **{f: spec[f] * 2 for f in RATES if f in spec}}, BOOK)
    assert big["tpp"][0] == pytest.approx(2 * small["tpp"][0])
    assert big["pd"][1] >= small["pd"][1]
    assert all(math.isfinite(end) for end in big["tpp"])


def test_the_incomplete_chip_that_both_open_tools_call_free_stays_open():
    spec = {
        "name": "test",
        "vendor": "NVIDIA",
        "vendor_hq": "US",
        "market": "datacenter",
        "tflops_fp16_dense": 250,
    }
    assert judge(spec, BOOK, "2024-01-01").status == "undetermined"
