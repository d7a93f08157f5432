"""`briefing check` names every kind of broken evidence by file, row and column, all of them at once."""

import json

import pytest
import typer
from typer.testing import CliRunner

from evidence_folder import read_table, write_evidence, write_table
from helpers.cli.check import check as command
from helpers.evidence.checks import check
from helpers.paths import data_dir


@pytest.fixture
def folder(tmp_path):
    return write_evidence(tmp_path / "data")


def places(folder):
    """(file, row, column) of every fault."""
    return {(fault.file, fault.row, fault.column) for fault in check(folder)}


def test_the_shipped_evidence_is_sound():
    assert check(data_dir()) == []


def test_the_small_package_of_these_tests_is_sound(folder):
    assert check(folder) == []


OUTLIER = {"value": "1500", "period": "2024", "published": "2025-02"}
# Each case is one more row, a copy of the table's first with these cells; the column is where the fault is named.
BROKEN_CELLS = {
    "a word for a number": ("facts", "value", {"value": "abc"}),
    "an unknown unit": ("facts", "unit", {"unit": "dollars"}),
    "an unknown source": ("facts", "source_id", {"source_id": "nowhere"}),
    "an unknown source in a list": ("chips", "source_ids", {"source_ids": "paper;nowhere"}),
    "an unknown chip": ("chip_disputes", "chip_id", {"chip_id": "chip_two"}),
    "a chip that no alias names": ("events", "chips_affected", {"chips_affected": "One;Two"}),
    "a value above its upper bound": ("facts", "high", {"high": "90"}),
    "a lower bound above the value": ("facts", "value", {"low": "101"}),
    "a day that does not exist": ("facts", "published", {"published": "2023-02-30"}),
    "a period that cannot be read": ("facts", "period", {"period": "last summer"}),
    "a measured value published before its period": ("facts", "published", {"period": "2024"}),
    "a document later than the fact, and no original": ("facts", "original_id", {"source_id": "later-copy"}),
    "an original later than the fact": ("facts", "original_id", {"original_id": "later-copy"}),
    "a duplicate id": ("facts", "fact_id", {"fact_id": "sales-2022"}),
    "an id of another table": ("facts", "fact_id", {"fact_id": "paper"}),
    "a repeat of nothing": ("facts", "repeats", {"repeats": "no-such-row"}),
    "a repeat of itself": ("facts", "repeats", {"fact_id": "echo", "repeats": "echo"}),
    "a repeat of a repeat": ("facts", "repeats", {"repeats": "sales-2023-again"}),
    "a tenfold jump inside a series": ("facts", "value", {"entity": "Maker", **OUTLIER}),
    "a status that is none": ("facts", "status", {"status": "guessed"}),
    "an empty required cell": ("facts", "locator", {"locator": ""}),
    "a quantity without a number": ("facts", "value", {"value": ""}),
    "an address that is not of the web": ("sources", "url", {"url": "ftp://example.org"}),
    "a source read before it was published": ("sources", "published", {"accessed": "2022-01-01"}),
    "a living document that begins after its copy": ("sources", "since", {"since": "2024"}),
    "two ids of one page with two dates": ("sources", "published", {"same_page_as": "database"}),
    "an average known before its year is over": ("exchange_rates", "published", {"published": "2023-06"}),
    "a rate of another order": ("exchange_rates", "cny_per_usd", {"cny_per_usd": "70.8"}),
    "an event published before it happened": ("events", "published", {"published": "2023-10-01"}),
    "a dispute whose extremes are not its values": ("chip_disputes", "high", {"high": "310"}),
    "a class of an unknown rule": ("classifications", "rule_id", {"rule_id": "rule-z"}),
    "a negative rate": ("chips", "tflops_fp16_dense", {"tflops_fp16_dense": "-1"}),
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """The small package with one row per case, checked once: its faults, and the place of every case."""
    folder = write_evidence(tmp_path_factory.mktemp("broken") / "data")
    expected = {}
    for number, (case, (table, column, cells)) in enumerate(BROKEN_CELLS.items()):
        rows = read_table(folder, table)
        row = {**rows[0], next(iter(rows[0])): f"case_{number}"}
        if table == "facts":
            row["entity"] = f"Maker {number}"
        if table == "classifications":
            row["chip"] = "One"
            row["as_of"] = "2024-01-01"
        write_table(folder, table, [*rows, {**row, **cells}])
        expected[case] = (f"data/{table}.csv", len(rows) + 2, column)
    return check(folder), expected


@pytest.mark.parametrize("case", BROKEN_CELLS)
def test_a_broken_cell_is_named_by_file_row_and_column(broken, case):
    faults, expected = broken
    assert expected[case] in {(fault.file, fault.row, fault.column) for fault in faults}


def test_nothing_else_is_blamed(broken):
    faults, expected = broken
    assert {(fault.file, fault.row) for fault in faults} == {place[:2] for place in expected.values()}


def test_a_true_jump_is_excused_by_its_row(folder):
    rows = read_table(folder, "facts")
    rows[1].update(value="1500", low="", high="")
    write_table(folder, "facts", rows)
    write_table(folder, "jumps", [{"fact_id": "sales-2023", "reason": "It did."}])
    assert check(folder) == []


def test_too_many_cells_are_named_and_the_rows_below_keep_their_number(folder):
    path = folder / "facts.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] += ",one,more"
    lines[3] = lines[3].replace(",150,", ",abc,")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    faults = {(fault.row, fault.column): fault for fault in check(folder) if fault.file == "data/facts.csv"}
    assert any(row == 2 and "cells" in fault.found for (row, _), fault in faults.items())
    assert str(faults[4, "value"]) == "data/facts.csv row 4, value: found 'abc', expected a number"


def test_a_missing_column_is_named(folder):
    path = folder / "events.csv"
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    gone = rows[0].index("verification")
    path.write_text("\n".join(",".join(row[:gone] + row[gone + 1 :]) for row in rows), encoding="utf-8")
    assert ("data/events.csv", 1, "verification") in places(folder)


def test_a_missing_table_is_named_once(folder):
    (folder / "sources.csv").unlink()
    faults = [fault for fault in check(folder) if fault.file == "data/sources.csv"]
    assert [(fault.row, fault.found) for fault in faults] == [(0, "no file")]


def test_other_bytes_than_utf8_are_named(folder):
    path = folder / "events.csv"
    path.write_bytes(path.read_bytes().replace(b"It limits", b"It limits\xff\xfe"))
    assert any(fault.file == "data/events.csv" and "UTF-8" in fault.expected for fault in check(folder))


BROKEN_RULES = {
    "tests": ("metric: tpp", "metric: speed"),
    "end": ("end: null", "end: 2022-01-01"),
    "published": ("published: 2023-10-25", "published: 2023-01-01"),
    "effective": ("effective: 2023-11-17", "effective: soon"),
    "title": ("[paper]", "[nowhere]"),
    "verification": ("verification: {title: verified}", "verification: null"),
}


def test_every_broken_rule_is_named_by_id_and_field(folder):
    path = folder / "rules.yaml"
    head, rule = path.read_text(encoding="utf-8").split("rules:\n")
    broken = [
        rule.replace("rule-a", f"rule-{field}").replace(*change) for field, change in BROKEN_RULES.items()
    ]
    path.write_text(head + "rules:\n" + rule + "".join(broken), encoding="utf-8")
    assert places(folder) == {("data/rules.yaml", 0, f"rule-{field}.{field}") for field in BROKEN_RULES}


def test_a_rule_book_that_cannot_be_read_is_named_with_its_line(folder):
    path = folder / "rules.yaml"
    path.write_text("metrics: {}\nrules: [\n", encoding="utf-8")
    assert any(fault.file == "data/rules.yaml" and fault.row >= 2 for fault in check(folder))


def test_a_scenario_with_an_unknown_switch_is_named(folder):
    path = folder / "scenarios" / "wild.yml"
    path.write_text("title: Wild\nswitches: {magic: on}\nmood: dark\n", encoding="utf-8")
    found = {fault.column for fault in check(folder) if fault.file == "data/scenarios/wild.yml"}
    assert found == {"switches.magic", "mood"}


def test_a_scenario_override_that_is_misspelt_or_no_interval_is_named(folder):
    path = folder / "scenarios" / "wild.yml"
    path.write_text("titel: Wild\nassumptions:\n  any: {low: 3, high: 2}\n  other: 5\n", encoding="utf-8")
    found = {fault.column: fault for fault in check(folder) if fault.file == "data/scenarios/wild.yml"}
    assert found["titel"].expected.endswith("the nearest is title")
    assert found["assumptions.any"].expected == found["assumptions.other"].expected == "low and high, low <= high"


def test_all_faults_come_at_once_sorted_by_file_and_row(folder):
    rows = read_table(folder, "facts")
    for row in rows:
        row["unit"] = "dollars"
    write_table(folder, "facts", rows)
    (folder / "rules.yaml").write_text("rules: []\n", encoding="utf-8")
    faults = check(folder)
    units = [fault.row for fault in faults if fault.column == "unit"]
    assert units == [2, 3, 4]
    assert faults == sorted(faults)
    assert ("data/classifications.csv", 2, "rule_id") in places(folder)


@pytest.fixture
def app():
    app = typer.Typer()
    app.command()(command)
    return app


def test_the_command_counts_the_rows_of_sound_evidence(folder, app):
    result = CliRunner().invoke(app, ["--data", str(folder)])
    assert result.exit_code == 0
    assert "evidence is sound: 12 rows in 9 tables" in result.output


def test_the_command_prints_every_fault_and_fails(folder, app):
    rows = read_table(folder, "facts")
    rows[0]["value"] = "abc"
    write_table(folder, "facts", rows)
    result = CliRunner().invoke(app, ["--data", str(folder)])
    assert result.exit_code == 1
    assert "data/facts.csv row 2, value: found 'abc', expected a number" in result.output
    as_json = CliRunner().invoke(app, ["--data", str(folder), "--json"])
    assert {
        "file": "data/facts.csv",
        "row": 2,
        "column": "value",
        "found": "'abc'",
        "expected": "a number",
    } in (json.loads(as_json.output))
