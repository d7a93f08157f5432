"""`briefing check` names every kind of broken evidence by file, row and column, all of them at once."""

import json

import pytest
import typer
from typer.testing import CliRunner

from evidence_folder import RULES, read_table, write_evidence, write_table
from helpers.cli.check import check as command
from helpers.evidence import load
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
    "a number that is none": ("facts", "value", {"value": "NaN"}),
    "a bound without end": ("facts", "high", {"high": "inf"}),
    "fewer than no chips": ("facts", "value", {"value": "-100", "unit": "chips"}),
    "a year that nobody has read": ("facts", "published", {"published": "2031-02"}),
    "a release on a day that does not exist": ("chips", "release_date", {"release_date": "2022-06-31"}),
    "a check that asks for no row": ("claims", "check", {"check": 'fact("sales-2024") > fact("sales-2022")'}),
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


# What a spreadsheet or a slip does to a whole file, and the one fault that says so: its row and words in it.
BROKEN_FILES = {
    "gone": (None, 0, "no file"),
    "semicolons": (lambda content: content.replace(b",", b";"), 1, "semicolons"),
    "tabs": (lambda content: content.replace(b",", b"\t"), 1, "tabs"),
    "UTF-16": (lambda content: content.decode().encode("utf-16"), 1, "UTF-8"),
    "one byte of Latin-1": (lambda content: content.replace(b"A paper", b"Caf\xe9"), 2, "0xe9"),
    "a zero byte": (lambda content: content.replace(b"A paper", b"A\0paper"), 2, "zero byte"),
    "nothing in it": (lambda content: b"", 1, "a header"),
    "no header": (lambda content: content.split(b"\n", 1)[1], 1, "a header"),
    "a header only": (lambda content: content.split(b"\n")[0] + b"\n", 0, "at least one row"),
    "a column renamed": (lambda content: content.replace(b"publisher", b"house", 1), 1, "'publisher'"),
}


@pytest.mark.parametrize("case", BROKEN_FILES)
def test_a_broken_file_is_named_once_and_no_row_of_another_is_blamed(folder, case):
    breaking, row, words = BROKEN_FILES[case]
    path = folder / "sources.csv"
    content = path.read_bytes()
    path.unlink()
    if breaking:
        path.write_bytes(breaking(content))
    faults = [fault for fault in check(folder) if case != "a header only" or fault.file == "data/sources.csv"]
    assert [(fault.file, fault.row) for fault in faults] == [("data/sources.csv", row)]
    assert words in str(faults[0])


def test_what_a_spreadsheet_saves_as_utf8_is_as_sound_as_before(folder):
    ids = [row["fact_id"] for row in read_table(folder, "facts")]
    for path in folder.glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert check(folder) == []
    assert list(load(folder=folder).facts["fact_id"]) == ids


def test_empty_lines_are_named_and_nothing_else(folder):
    path = folder / "facts.csv"
    first, second, rest = path.read_text(encoding="utf-8").split("\n", 2)
    path.write_text("\n".join([first, second, "", "", rest]), encoding="utf-8")
    assert [(fault.row, fault.found) for fault in check(folder)] == [(3, "an empty row"), (4, "an empty row")]


BROKEN_DESCRIPTIONS = {
    "no JSON": (lambda text: text[:-30], "valid JSON"),
    "no tables": (lambda text: '{"name": "evidence"}', "a list of tables"),
    "a list": (lambda text: "[1, 2]", "a list of tables"),
    "a table without columns": (
        lambda text: '{"resources": [{"name": "facts", "path": "facts.csv"}]}',
        "schema",
    ),
    "a type that is none": (lambda text: text.replace('"number"', '"numbr"'), "a valid data package"),
}


@pytest.mark.parametrize("case", BROKEN_DESCRIPTIONS)
def test_a_broken_description_is_a_fault_and_no_traceback(folder, case):
    breaking, words = BROKEN_DESCRIPTIONS[case]
    path = folder / "datapackage.json"
    path.write_text(breaking(path.read_text(encoding="utf-8")), encoding="utf-8")
    faults = check(folder)
    assert faults and {fault.file for fault in faults} == {"data/datapackage.json"}
    assert words in str(faults[0])


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


MISSHAPEN_RULES = {
    "a key twice": (
        RULES.replace("    end: null\n", "    end: null\n    end: 2024-01-01\n"),
        "a second time",
    ),
    "a list for the book": ("- 1\n", "a mapping"),
    "a number for a rule": ("metrics: {}\nrules:\n  - 1\n", "a mapping"),
    "a word for the rules": ("metrics: {}\nrules: none\n", "a list of rules"),
}


@pytest.mark.parametrize("case", MISSHAPEN_RULES)
def test_a_misshapen_rule_book_is_a_fault_and_no_traceback(folder, case):
    text, words = MISSHAPEN_RULES[case]
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    found = [str(fault) for fault in check(folder) if fault.file == "data/rules.yaml"]
    assert len(found) == 1 and words in found[0]


def test_a_scenario_of_lists_and_a_broken_list_of_feeds_are_faults(folder):
    (folder / "scenarios" / "flat.yml").write_text("assumptions: [a]\nswitches: 3\n", encoding="utf-8")
    (folder / "refresh.yml").write_text("feeds: [\n", encoding="utf-8")
    assert {(file, column) for file, _, column in places(folder)} == {
        ("data/scenarios/flat.yml", "assumptions"),
        ("data/scenarios/flat.yml", "switches"),
        ("data/refresh.yml", ""),
    }


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
    assert "evidence is sound: 13 rows in 10 tables" in result.output


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
