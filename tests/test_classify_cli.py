"""`briefing classify`: answers for people and programs, and errors that help."""

import json

import pytest
from typer.testing import CliRunner

from helpers.cli.app import app

run = CliRunner().invoke

SPEC = """\
name: Design X
vendor: NVIDIA
market: datacenter
tflops_fp16_dense: 200
die_area_mm2: 500
memory_bw_gbs: 1000
interconnect_gbs: 0
"""


def test_the_answer_names_rule_test_margin_and_change():
    result = run(app, ["classify", "H20", "--as-of", "2024-06-01"])
    assert result.exit_code == 0
    for words in ("not-controlled", "3A090.b", "2,368", "-1.3 %", "nac-notification"):
        assert words in result.output


def test_json_is_one_object_of_the_promised_shape():
    result = run(app, ["classify", "RTX 5090 D V2", "--as-of", "2025-09-01", "--json"])
    found = json.loads(result.output)
    assert found["status"] == "not-controlled"
    assert found["as_of"] == "2025-09-01"
    assert all(isinstance(rule["tests"], list) for rule in found["rules"])
    assert isinstance(found["margins"], list)
    assert isinstance(found["missing"], list)


def test_without_a_date_the_newest_known_day_is_used():
    from helpers.evidence import load

    found = json.loads(run(app, ["classify", "B200", "--json"]).output)
    assert found["as_of"] == load().as_of.isoformat()


def test_a_missing_input_is_named_with_its_value(tmp_path):
    path = tmp_path / "chip.yaml"
    path.write_text(SPEC.replace("die_area_mm2: 500\n", ""), encoding="utf-8")
    result = run(app, ["classify", "--spec", str(path), "--as-of", "2024-06-01"])
    assert result.exit_code == 0
    assert "undetermined" in result.output
    assert "area of all logic dies: up to 540.5 mm2: licence-required" in result.output


def test_a_whole_specification_gets_its_answer(tmp_path):
    path = tmp_path / "chip.yaml"
    path.write_text(SPEC, encoding="utf-8")
    found = json.loads(run(app, ["classify", "--spec", str(path), "--as-of", "2024-06-01", "--json"]).output)
    assert (found["chip"], found["status"]) == ("Design X", "licence-required")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["H2O"], ("H2O", "H20")),
        (["H20", "--as-of", "2025-02-30"], ("2025-02-30", "expected a date")),
        ([], ("--spec",)),
        (["--spec", "no-such-file.yaml"], ("no-such-file.yaml",)),
    ],
)
def test_errors_name_what_was_wrong(arguments, words):
    result = run(app, ["classify", *arguments])
    assert result.exit_code == 2
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SPEC.replace("name: Design X\n", ""), ("`name` is missing",)),
        (SPEC.replace("tflops_fp16_dense: 200\n", ""), ("no rate is given",)),
        (SPEC.replace("die_area_mm2", "die_area"), ("'die_area'", "die_area_mm2")),
        (SPEC.replace("datacenter", "server"), ("market", "datacenter, consumer, workstation")),
        (SPEC.replace("500", "-5"), ("die_area_mm2", "-5")),
        (SPEC.replace("200", "fast"), ("tflops_fp16_dense", "fast")),
        ("- a\n- b\n", ("field: value",)),
        ("name: [x\n", ("not YAML",)),
        (SPEC.replace("500", "[]"), ("die_area_mm2", "[low, high]")),
        (SPEC.replace("500", "0"), ("die_area_mm2", "no area")),
        (SPEC.replace("500", ".nan"), ("die_area_mm2", "nan")),
        (SPEC.replace("500", "[900, 700]"), ("die_area_mm2", "low before high")),
        (SPEC.replace("200", "1" + 400 * "0"), ("tflops_fp16_dense", "1,000,000,000")),
        (SPEC.replace("NVIDIA", "[NVIDIA]"), ("vendor", "name of the maker")),
        (SPEC + "vendor_hq: China\n", ("vendor_hq", "two capital letters")),
        (SPEC + "release_date: soon\n", ("release_date", "soon")),
    ],
)
def test_a_faulty_or_absurd_specification_is_refused_and_never_judged(tmp_path, text, words):
    path = tmp_path / "chip.yaml"
    path.write_text(text, encoding="utf-8")
    result = run(app, ["classify", "--spec", str(path)])
    assert result.exit_code == 2
    for word in words:
        assert word in " ".join(result.stderr.split())


@pytest.mark.parametrize("vendor", ["nvidia", "Nvidia", "NVIDIA Corporation"])
def test_a_letter_finds_its_maker_in_any_spelling(tmp_path, vendor):
    path = tmp_path / "chip.yaml"
    text = SPEC.replace("NVIDIA", vendor).replace("200", "148").replace("500", "814").replace("1000", "4000")
    path.write_text(text, encoding="utf-8")
    found = json.loads(run(app, ["classify", "--spec", str(path), "--as-of", "2025-06-01", "--json"]).output)
    assert found["status"] == "licence-letter"


def test_a_rate_that_is_left_out_is_said_with_the_value_from_which_it_matters(tmp_path):
    path = tmp_path / "chip.yaml"
    path.write_text(SPEC.replace("200", "140").replace("500", "814"), encoding="utf-8")
    result = run(app, ["classify", "--spec", str(path), "--as-of", "2024-06-01"])
    assert "not-controlled" in result.output
    assert "dense FP8 rate: not claimed; from 300 TFLOPS: nac-notification" in result.output
