"""The rule engine against the law and the field: quantities, thresholds, dates, exceptions, letters."""

import ast
from pathlib import Path

import pytest

import helpers.models.rules as package
from helpers.evidence import load
from helpers.models.rules import compile_rules, from_mapping, judge, rule_dates, specifications, status_on
from helpers.models.rules.classify import classify
from helpers.models.rules.logic import leaves
from helpers.models.rules.metrics import measure

DATACENTRE = {"name": "test", "vendor": "NVIDIA", "vendor_hq": "US", "market": "datacenter", "memory_bw_gbs": 900,
              "interconnect_gbs": 0, "host_io_gbs": 64, "commercially_available_us": True}  # fmt: skip


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def book(evidence):
    return compile_rules(evidence.rulebook)


@pytest.fixture(scope="module")
def chips(evidence, book):
    return {spec["chip_id"]: spec for spec in specifications(evidence.chips, evidence, book)}


def status(book, day, **given):
    return judge(from_mapping({**DATACENTRE, **given}, book), book, day).status


@pytest.mark.parametrize(
    ("chip_id", "tpp"),
    [
        ("a100_sxm_80", 4992),  # 312 TFLOPS x 16 bit
        ("h100_sxm", 15832),
        ("rtx_4090", 5284.8),
        ("l40s", 5864),
        ("h20_96", 2368),
        ("b200", 36000),
        ("rtx_6000d", 3104),  # FP32 x 32 decides, not the measured matrix rate
        ("mi325x", 20919.2),
    ],
)
def test_tpp_of_known_chips(chips, book, chip_id, tpp):
    low, high = measure(chips[chip_id], book)["tpp"]
    assert low == pytest.approx(tpp, rel=1e-4)
    assert high == pytest.approx(tpp, rel=1e-4)


def test_performance_density_of_the_h20_is_the_reported_2_9(chips, book):
    assert measure(chips["h20_96"], book)["pd"] == pytest.approx((2.909, 2.909), rel=1e-3)


def test_the_two_worked_examples_of_the_federal_register_reach_the_threshold(book):
    for rate in ({"tops_int8_dense": 600}, {"tflops_fp16_dense": 300}):
        assert measure(from_mapping({**DATACENTRE, **rate}, book), book)["tpp"] == (4800, 4800)
        assert status(book, "2024-01-01", die_area_mm2=800, **rate) == "licence-required"


def test_tf32_counts_between_its_19_and_its_32_bits(book):
    spec = from_mapping({**DATACENTRE, "tflops_tf32_dense": 100, "tflops_fp16_dense": 10}, book)
    assert measure(spec, book)["tpp"] == (1900, 3200)


def test_without_a_matrix_rate_tpp_is_only_a_floor(chips, book):
    low, high = measure(chips["mtt_s80"], book)["tpp"]
    assert low == pytest.approx(14.4 * 32)
    assert high == float("inf")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2022-08-25", "not-controlled"),
        ("2022-08-26", "licence-letter"),
        ("2022-10-21", "licence-required"),
        ("2023-11-17", "licence-required"),
        ("2026-01-14", "licence-required"),
        ("2026-01-15", "case-by-case"),
    ],
)
def test_the_a100_through_the_years(chips, book, day, expected):
    assert judge(chips["a100_sxm_80"], book, day).status == expected


@pytest.mark.parametrize(
    ("chip_id", "day", "expected"),
    [
        ("a800_sxm_80", "2023-10-22", "not-controlled"),  # 400 + 64 GB/s is under 600
        ("a800_sxm_80", "2023-10-23", "licence-letter"),  # the rule of October applied at once to NVIDIA
        ("a800_sxm_80", "2023-11-17", "licence-required"),
        ("a800_sxm_80", "2026-01-15", "licence-required"),  # made for China, not on sale in the United States
        ("rtx_4090", "2023-10-24", "not-controlled"),  # the instruction named data-centre parts only
        ("rtx_4090", "2023-11-17", "nac-notification"),
        ("rtx_4090_d", "2024-02-01", "not-controlled"),
        ("l40s", "2023-10-24", "licence-letter"),
        ("l4", "2024-01-01", "licence-required"),  # TPP 1,936 but density 6.6
        ("l2", "2024-01-01", "not-controlled"),
        ("l20", "2024-01-01", "not-controlled"),
        ("a10", "2024-01-01", "not-controlled"),
        ("a40", "2024-01-01", "nac-notification"),  # under 2,400 TPP but density 3.8
        ("h20_96", "2025-04-08", "not-controlled"),
        ("h20_96", "2025-04-09", "licence-letter"),
        ("mi308x", "2025-04-14", "not-controlled"),  # the letter would not have been needed for a listed chip
        ("mi308x", "2025-04-15", "licence-letter"),
        ("rtx_5090_d_v2", "2025-09-01", "not-controlled"),
        ("mi300x", "2026-02-01", "case-by-case"),  # 20,919 TPP and 5,300 GB/s
        ("b200", "2026-02-01", "licence-required"),
        ("h800_sxm", "2023-06-01", "not-controlled"),
        ("mi100", "2022-11-01", "not-controlled"),
        ("mi250", "2022-09-01", "licence-letter"),
        ("mi250", "2022-11-01", "licence-required"),
        ("gaudi2_cn", "2023-08-01", "not-controlled"),  # 21 ports and PCIe 4.0: 525 + 64 GB/s is under 600
        ("gaudi2_cn", "2023-11-17", "licence-required"),
        ("gaudi3", "2026-02-01", "licence-required"),  # BF16 at 1,677 to 1,835 TFLOPS is above 21,000 TPP
        ("mi309", "2024-03-05", "licence-required"),
    ],
)
def test_known_statuses(chips, book, chip_id, day, expected):
    assert judge(chips[chip_id], book, day).status == expected


def test_paragraph_a_goes_before_b(book):
    # 4,800 TPP at density 4 meets the words of b.2 as well; NAC under .b must not free it
    assert status(book, "2024-06-01", tflops_fp16_dense=300, die_area_mm2=1200) == "licence-required"


def test_nac_of_a_serves_only_what_is_not_for_data_centres(book):
    assert (
        status(book, "2024-06-01", tflops_fp16_dense=300, die_area_mm2=700, market="consumer")
        == "nac-notification"
    )
    assert status(book, "2024-06-01", tflops_fp16_dense=300, die_area_mm2=700) == "licence-required"


def test_note_2_frees_consumer_parts_under_4800(book):
    assert (
        status(book, "2024-06-01", tflops_fp16_dense=299, die_area_mm2=300, market="consumer")
        == "not-controlled"
    )
    assert status(book, "2024-06-01", tflops_fp16_dense=299, die_area_mm2=300) == "licence-required"


def test_density_thresholds_are_closed_below(book):
    at = {"tflops_fp16_dense": 200, "tops_int8_dense": 400}  # TPP 3,200
    assert status(book, "2024-06-01", **at, die_area_mm2=3200 / 5.92) == "licence-required"
    assert status(book, "2024-06-01", **at, die_area_mm2=3200 / 5.91) == "nac-notification"
    assert status(book, "2024-06-01", **at, die_area_mm2=2000) == "nac-notification"
    assert status(book, "2024-06-01", **at, die_area_mm2=2001) == "not-controlled"


def test_a_planar_chip_has_no_density(book):
    given = {"tflops_fp16_dense": 200, "planar": True}
    assert status(book, "2024-06-01", **given) == "not-controlled"
    assert status(book, "2024-06-01", tflops_fp16_dense=300, planar=True) == "licence-required"


def test_the_io_rate_of_2022_counts_the_host_interface(book):
    chip = {"tflops_fp16_dense": 400, "die_area_mm2": 800, "interconnect_gbs": 512}
    assert status(book, "2023-01-01", **chip, host_io_gbs=128) == "licence-required"
    assert status(book, "2023-01-01", **chip, host_io_gbs=64) == "not-controlled"
    unknown = {**chip, "host_io_gbs": None}
    assert status(book, "2023-01-01", **unknown, release_date="2022-08-09") == "undetermined"
    assert (
        status(book, "2023-01-01", **unknown, release_date="2021-01-01") == "not-controlled"
    )  # PCIe 4 at most


def test_the_figures_of_the_intel_letter_bind_intel_and_leave_others_open(book):
    chip = {"tflops_fp16_dense": 90, "die_area_mm2": 800, "memory_bw_gbs": 1500}
    assert status(book, "2025-06-01", **chip, vendor="Intel") == "licence-letter"
    assert status(book, "2025-06-01", **chip, vendor="NVIDIA") == "undetermined"
    assert status(book, "2025-06-01", **chip, vendor="AMD") == "undetermined"
    assert status(book, "2025-06-01", **chip, vendor="Huawei", vendor_hq="CN") == "not-controlled"
    assert status(book, "2025-06-01", **{**chip, "memory_bw_gbs": 1344}) == "not-controlled"
    assert status(book, "2025-03-01", **chip, vendor="Intel") == "not-controlled"


@pytest.mark.parametrize(("day", "expected"), [("2024-12-30", "not-controlled"), ("2024-12-31", "licence-required")])
def test_memory_is_controlled_from_the_day_of_compliance(evidence, day, expected):
    assert classify("HBM3E", day, evidence).status == expected


def test_memory_of_an_unknown_density_is_open_and_no_letter_is_about_it(evidence):
    found = classify("HBM4", "2026-01-01", evidence)
    assert found.possible == ("licence-required", "not-controlled")
    assert [row["field"] for row in found.missing] == ["mem_bw_density"]


def test_the_review_window_has_two_ceilings(book):
    chip = {"tflops_fp16_dense": 1000, "die_area_mm2": 800, "interconnect_gbs": 900}
    assert status(book, "2026-02-01", **{**chip, "memory_bw_gbs": 6499}) == "case-by-case"
    assert status(book, "2026-02-01", **{**chip, "memory_bw_gbs": 6500}) == "licence-required"
    assert status(book, "2026-02-01", **{**chip, "tflops_fp16_dense": 1312.5}) == "licence-required"
    assert status(book, "2026-02-01", **{**chip, "commercially_available_us": False}) == "licence-required"


def test_macau_was_added_in_january_2023(evidence):
    rulebook = {**evidence.rulebook, "evaluation": {**evidence.rulebook["evaluation"], "destination": "MO"}}
    macau = compile_rules(rulebook)
    chip = from_mapping(
        {**DATACENTRE, "tflops_fp16_dense": 400, "interconnect_gbs": 900, "die_area_mm2": 800}, macau
    )
    assert status_on(chip, macau, ["2023-01-16", "2023-01-17"]) == ["not-controlled", "licence-required"]


def test_a_rule_is_not_known_before_it_is_published(evidence):
    before = compile_rules(evidence.rulebook, evidence.as_of.replace(2023, 10, 24))
    after = compile_rules(evidence.rulebook, evidence.as_of.replace(2023, 10, 25))
    chip = from_mapping({**DATACENTRE, "tflops_fp16_dense": 400, "die_area_mm2": 800}, after)
    assert judge(chip, before, "2023-11-20").status == "not-controlled"
    assert judge(chip, after, "2023-11-20").status == "licence-required"
    assert "2023-11-17" not in rule_dates(before)


def test_a_disputed_bandwidth_is_given_for_each_end(evidence):
    found = classify("RTX PRO 6000D", "2025-09-17", evidence)
    assert found.status == "undetermined"
    row = next(row for row in found.disputed if row["field"] == "memory_bw_gbs")
    assert (row["low"], row["status_low"]) == (1398, "not-controlled")
    assert (row["high"], row["status_high"]) == (1568, "undetermined")


def test_a_missing_area_is_named_with_the_values_from_which_it_matters(evidence):
    found = classify("TPU v4", "2024-05-01", evidence)
    assert found.status == "undetermined"
    (row,) = found.missing
    assert row["field"] == "die_area_mm2"
    assert [part["status"] for part in row["matters"]] == [
        "licence-required",
        "nac-notification",
        "not-controlled",
    ]
    assert row["matters"][0]["to"] == pytest.approx(4400 / 5.92)
    assert row["matters"][1]["to"] == pytest.approx(4400 / 1.6)


def test_a_missing_area_that_cannot_matter_is_not_asked_for(evidence):
    found = classify("B200", "2025-01-01", evidence)
    assert found.status == "licence-required"
    assert found.missing == []


def test_margins_and_the_nearest_change(evidence):
    found = classify("H20", "2024-06-01", evidence)
    margin = next(
        row for row in found.margins if row["rule"] == "us-3a090b-2023" and row["threshold"] == 2400
    )
    assert margin["percent_low"] == pytest.approx(-1.33, abs=0.01)
    nearest = found.what_would_change[0]
    assert (nearest["field"], nearest["to"], nearest["status"]) == ("tpp", 2400, "nac-notification")


def test_a_family_with_one_answer_gets_it_and_names_its_members(evidence):
    found = classify("A100", "2023-06-01", evidence)
    assert found.status == "licence-required"
    assert len(found.variants) == 4


def test_chinese_chips_carry_the_note_on_their_use(evidence):
    found = classify("Ascend 910C", "2025-06-01", evidence)
    assert found.status == "licence-required"
    assert "General Prohibition 10" in found.legal_note
    assert "General Prohibition 10" not in classify("Ascend 910C", "2025-05-12", evidence).legal_note


def test_the_json_has_the_shape_that_is_promised(evidence):
    found = classify("RTX 4090", "2024-01-01", evidence).to_json()
    assert {"chip", "as_of", "status", "rules", "margins", "missing"} <= set(found)
    for rule in found["rules"]:
        assert {"id", "result", "tests"} <= set(rule)
        for test in rule["tests"]:
            assert {"metric", "op", "threshold", "found", "result"} <= set(test)
            assert test["result"] in (True, False, None)


@pytest.mark.parametrize("as_of", ["2022-12-31", "2024-08-01", "2025-06-30"])
def test_older_editions_classify_every_chip_they_know(as_of):
    evidence = load(as_of=as_of)
    book = compile_rules(evidence.rulebook, evidence.as_of)
    assert all(rule["published"] <= as_of for rule in book["rules"])
    days = [day for day in rule_dates(book) if day <= as_of]
    for spec in specifications(evidence.chips, evidence, book):
        assert set(status_on(spec, book, days)) <= {*book["order"], "undetermined"}


def test_every_chip_rule_says_how_far_it_was_verified(evidence):
    marks = ("verified", "derived", "unverified", "none")
    for rule in evidence.rulebook["rules"]:
        assert all(str(mark).startswith(marks) for mark in rule["verification"].values()), rule["id"]
        if rule["level"] == "chip":
            assert {"tests", "effective", "licence_policy"} <= set(rule["verification"]), rule["id"]
            assert rule["field_sources"].get("tests") or rule["field_sources"].get("named_chips"), rule["id"]


def test_no_threshold_is_written_in_code(book):
    limits = {
        float(leaf[key])
        for rule in book["rules"]
        for leaf in leaves(rule["tests"])
        for key in ("value", "value_low", "value_high")
        if isinstance(leaf.get(key), (int, float)) and not isinstance(leaf.get(key), bool) and leaf[key] > 2
    }
    assert 4800 in limits
    for path in Path(package.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        numbers = {float(value) for value in constants if type(value) in (int, float)}
        assert not numbers & limits, path.name
