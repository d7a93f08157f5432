"""The engine against published classifications."""

import pytest

from helpers.evidence import load
from helpers.models.rules import compile_rules, find
from helpers.models.rules.agreement import agreement, agreement_summary, same_answer
from helpers.models.rules.find import UnknownChip


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def table(evidence):
    return agreement(evidence)


def test_every_statement_is_met_or_left_open_for_a_named_reason(table):
    differ = table[~table["agrees"].astype(bool)]
    assert set(differ["engine_status"]) <= {"undetermined"}, differ[
        ["chip", "as_of", "engine_status"]
    ].to_string()
    assert (differ["explanation"] != "").all()


def test_core_statements_that_stay_open_are_those_without_a_published_rate(table):
    core = table[(table["tier"] == "core") & ~table["agrees"].astype(bool)]
    assert set(core["chip"]) <= {"HL-328", "HL-388"}
    assert core["explanation"].str.startswith("not published").all()


def test_what_agrees_only_by_name_is_counted(table):
    summary = agreement_summary(table).set_index("tier")
    assert summary.loc["all", "agree_only_by_name"] > 0
    assert summary.loc["core", "agree_only_by_name"] < summary.loc["core", "agree"] / 4
    named = table[table["only_by_name"].astype(bool)]
    assert "MI250" in set(named["chip"])
    assert "A800" not in set(named["chip"])


def test_case_by_case_meets_a_published_licence_requirement_and_nothing_else_does():
    assert same_answer("licence-required", "case-by-case")
    assert not same_answer("licence-required", "nac-notification")
    assert not same_answer("not-controlled", "undetermined")


@pytest.mark.parametrize("as_of", ["2022-06-30", "2024-08-01", "2025-06-30"])
def test_older_editions_compare_only_what_had_been_published(as_of):
    evidence = load(as_of=as_of)
    table = agreement(evidence)
    assert len(table) == len(evidence.classifications)
    summary = agreement_summary(table)
    assert (summary["differ_unexplained"] == 0).all()


@pytest.mark.parametrize(
    ("wanted", "chip_ids"),
    [
        ("H20", {"h20_96", "h20_141"}),
        ("h200", {"h200_sxm"}),
        ("RTX 5090", {"rtx_5090"}),
        ("rtx 5090 d", {"rtx_5090_d"}),
        ("RTX 5090 D V2", {"rtx_5090_d_v2"}),
        ("L40", {"l40"}),
        ("HL-328", {"gaudi3_hl328"}),
        ("MI308", {"mi308x"}),
        ("DGX H100", {"h100_sxm"}),
        ("DGX A100", {"a100_sxm_40", "a100_sxm_80", "a100_pcie_40", "a100_pcie_80"}),
        ("A100 80GB", {"a100_sxm_80", "a100_pcie_80"}),
        ("RTX4090", {"rtx_4090"}),
        ("4090", {"rtx_4090"}),
        ("5090D", {"rtx_5090_d"}),
        ("rtx 5090d v2", {"rtx_5090_d_v2"}),
        ("ascend910c", {"ascend_910c", "ascend_910c_560"}),
        ("昇腾910C", {"ascend_910c", "ascend_910c_560"}),
        ("V100", {"v100_sxm2", "v100_pcie"}),
        ("GB200NVL72", {"gb200_gpu"}),
    ],
)
def test_names_mean_the_chips_that_a_reader_means(evidence, wanted, chip_ids):
    book = compile_rules(evidence.rulebook)
    assert {spec["chip_id"] for spec in find(wanted, evidence, book).specs} == chip_ids


def test_an_unknown_name_is_refused_with_the_nearest(evidence):
    with pytest.raises(UnknownChip) as refused:
        find("H2OO", evidence, compile_rules(evidence.rulebook))
    assert any("H20" in name for name in refused.value.nearest)


def test_letters_name_what_their_words_name(evidence):
    book = compile_rules(evidence.rulebook)
    named = {rule["id"]: [] for rule in book["rules"]}
    for row in evidence.chips.to_dict("records"):
        for rule in find(row["chip_id"], evidence, book).specs[0]["named_in"]:
            named[rule].append(row["chip_id"])
    assert set(named["us-letter-2025-04-nvidia"]) == {"h20_96", "h20_141"}
    assert set(named["us-letter-2022-amd"]) == {"mi250", "mi250x"}
    assert set(named["us-letter-2025-04-amd"]) == {"mi308x"}
    assert {"ascend_910b2", "ascend_910c", "ascend_910d"} <= set(named["us-gp10-ascend-2025"])
    assert "ascend_910a" not in named["us-gp10-ascend-2025"]
