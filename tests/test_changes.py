"""What moved between two editions: old, new, and a cause that is true and never invented."""

import itertools
import json
import re

import pytest
from lxml import html
from typer.testing import CliRunner

import edition_folder
from helpers.edition.cells import compare_tables
from helpers.edition.changes import compare, is_silent
from helpers.edition.neighbours import CHANGES, introduce
from helpers.edition.record import NoEdition, read_record
from helpers.pages.change_tables import Since, exhibit_table

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>&'
MOVED = {"value": 2.0e6, "shown": "2.0 M", "sentence": "China has 2.0 M."}


def report(tmp_path, change, as_of="2025-06-30"):
    """The report from the plain edition to one in which `change` was made."""
    said = edition_folder.stated()
    change(said)
    one = edition_folder.make(tmp_path / "one", "2025-06-30")
    two = edition_folder.make(tmp_path / "two", as_of, said)
    return compare(read_record(one), read_record(two))


def stock(said, **changes):
    said["headlines"]["stock"] |= changes


def correct_fact(said):
    said["facts"][0]["value"] = "800"


def revise_prior(said):
    said["assumptions"][0]["high"] = "0.8"


def amend_rule(said):
    said["rules"][0]["threshold"] = 2400


def rewrite_model(said):
    said["parts"]["capacity"]["module helpers.models.capacity.stock"] = "m1"


def fewer_draws(said):
    said["parameters"]["capacity"]["draws"] = 256


def of_2026(said):
    stock(said, period="2026")


def test_a_corrected_value_is_named_with_old_and_new(tmp_path):
    def change(said):
        correct_fact(said)
        stock(said, **MOVED)

    (entry,) = report(tmp_path, change)["headlines"]
    assert (entry["page"], entry["id"], entry["status"]) == ("capacity", "stock", "moved")
    assert (entry["old"]["shown"], entry["new"]["shown"]) == ("1.8 M", "2.0 M")
    assert (entry["old"]["value"], entry["new"]["value"]) == (1.8e6, 2.0e6)
    assert entry["causes"] == ["evidence"]
    (row,) = entry["because"]["rows"]
    assert row["id"] == "f-sales" and row["columns"] == {"value": ["700", "800"]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([correct_fact], "evidence"),
        ([revise_prior], "assumption"),
        ([amend_rule], "rule"),
        ([rewrite_model], "model"),
        ([of_2026], "new period"),
        ([fewer_draws], "setting"),
        ([correct_fact, revise_prior], "evidence and assumption"),
        ([correct_fact, amend_rule, rewrite_model, of_2026], "evidence, rule, model and new period"),
        ([], "not explained"),
    ],
)
def test_causes_that_apply_are_all_named_and_no_other(tmp_path, changes, expected):
    def change(said):
        stock(said, **MOVED)
        for made in changes:
            made(said)

    (entry,) = report(tmp_path, change)["headlines"]
    assert entry["cause"] == expected


def test_what_moves_no_number_is_no_cause(tmp_path):
    def change(said):
        stock(said, **MOVED)
        said["facts"][0]["note"] = "checked again"
        said["facts"][1]["value"] = "950"  # a row that this number does not cite
        said["assumptions"][0]["reason"] = "other words"
        said["parts"]["capacity"]["module helpers.exhibits.capacity.flows"] = "x1"
        said["parts"]["capacity"]["notebook"] = "n1"  # a word of its prose
        revise_prior(said)

    (entry,) = report(tmp_path, change)["headlines"]
    assert entry["cause"] == "assumption"
    assert [row["id"] for row in entry["because"]["rows"]] == ["a-yield"]


def test_a_row_behind_a_cited_source_counts(tmp_path):
    def change(said):
        stock(said, **MOVED, evidence=["s2"])
        said["facts"][1]["value"] = "950"

    (entry,) = report(tmp_path, change)["headlines"]
    assert entry["cause"] == "evidence" and entry["because"]["cited"]
    assert [row["id"] for row in entry["because"]["rows"]] == ["f-other"]


def test_rows_that_are_only_read_are_said_to_be_so(tmp_path):
    def change(said):
        stock(said, **MOVED, evidence=["f-sales"])
        said["facts"][1]["value"] = "950"

    (entry,) = report(tmp_path, change)["headlines"]
    assert entry["cause"] == "evidence" and not entry["because"]["cited"]


def test_new_and_withdrawn_rows(tmp_path):
    def change(said):
        stock(said, **MOVED, evidence=["f-sales", "f-new"])
        said["facts"][0] = {**said["facts"][0], "fact_id": "f-new"}

    found = report(tmp_path, change)
    (entry,) = found["headlines"]
    assert {row["id"]: row["change"] for row in entry["because"]["rows"]} == {
        "f-new": "added",
        "f-sales": "gone",
    }
    assert found["evidence"]["facts"] == {"added": 1, "changed": 0, "gone": 1}


def test_statuses_of_headlines(tmp_path):
    def change(said):
        del said["headlines"]["lag"]
        said["headlines"]["share"] = {**edition_folder.LAG, "id": "share", "label": "share"}
        stock(said, value=1.8e6 + 40)

    found = report(tmp_path, change)
    assert {row["id"]: row["status"] for row in found["headlines"]} == {
        "lag": "gone", "share": "new", "stock": "rounding"
    }  # fmt: skip
    assert found["summary"]["headlines"] == {"moved": 0, "new": 1, "gone": 1, "rounding": 1, "same": 0}


def test_another_unit_is_not_compared(tmp_path):
    found = report(tmp_path, lambda said: stock(said, **MOVED, unit="A100e"))
    assert not found["headlines"][0]["comparable"]


def test_a_later_date_alone_moves_nothing(tmp_path):
    found = report(tmp_path, lambda said: None, as_of="2025-12-31")
    assert is_silent(found) and (found["older"], found["newer"]) == ("2025-06-30", "2025-12-31")


def test_exhibit_rows_moves_and_finding(tmp_path):
    def change(said):
        correct_fact(said)
        said["table"] = edition_folder.TABLE.replace("2025,700", "2025,900") + "leakage,2025,300,f-sales\n"
        said["title"] = "Half was made in China"

    (entry,) = report(tmp_path, change)["exhibits"]
    assert (entry["old"]["title"], entry["new"]["title"]) == (
        "Most compute was made in China",
        "Half was made in China",
    )
    rows = entry["rows"]
    assert (rows["changed"], rows["added"], rows["gone"], rows["same"]) == (1, 1, 0, 2)
    assert rows["moves"] == [{"row": "domestic, 2025", "column": "h100e", "old": 700.0, "new": 900.0}]
    assert entry["cause"] == "evidence"


def test_a_chart_drawn_otherwise_is_not_the_model(tmp_path):
    def change(said):
        said["title"] = "Otherwise put"
        said["parts"]["capacity"]["module helpers.exhibits.capacity.flows"] = "x1"

    (entry,) = report(tmp_path, change)["exhibits"]
    assert entry["cause"] == "drawing" and entry["because"]["modules"] == ["helpers.exhibits.capacity.flows"]


def test_rows_are_matched_by_names_not_by_place_or_status():
    old = [
        {"year": "2024", "who": "A", "n": "1", "status": "forecast"},
        {"year": "2024", "who": "B", "n": "2", "status": ""},
    ]
    new = [
        {"year": "2024", "who": "B", "n": "2", "status": ""},
        {"year": "2024", "who": "A", "n": "0", "status": "reported"},
    ]
    found = compare_tables(old, new)
    assert (found["changed"], found["added"], found["gone"], found["same"]) == (1, 0, 0, 1)
    assert found["moves"] == [{"row": "2024, A", "column": "n", "old": 1.0, "new": 0.0}]


def test_rows_of_one_name_and_no_rows_at_all():
    twice = [{"chip": "A", "x": "1", "y": "5"}, {"chip": "A", "x": "2", "y": "5"}]
    assert compare_tables(twice, twice)["same"] == 2
    digits = [{"name": "a", "n": "0.30000000000000004"}], [{"name": "a", "n": "0.3"}]
    assert compare_tables(*digits)["changed"] == 0 and compare_tables(digits[0], [{"name": "a", "n": ""}])["changed"]
    assert compare_tables([], twice)["added"] == 2 and compare_tables([], [])["added"] == 0


@pytest.fixture
def site(tmp_path):
    """A current edition beside the one before it, with a hostile label and an exhibit that moved."""
    said = edition_folder.stated()
    said["table"] = edition_folder.TABLE.replace("2025,700", "2025,800")
    correct_fact(said)
    stock(said, **MOVED, label=f"installed {HOSTILE}")
    said["facts"][0]["entity"] = HOSTILE
    folder = edition_folder.make(tmp_path / "site", "2025-12-31", said)
    edition_folder.make(folder / "editions" / "2025-06-30", "2025-06-30")
    introduce(folder, ["2025-06-30"])
    return folder


def test_the_page_says_what_the_report_says(site):
    (found,) = json.loads((site / CHANGES).read_text())
    page = html.parse(str(site / "changes.html")).getroot()
    assert page.xpath("//h2/text()")[0] == "Since the edition of 30 Jun 2025"
    (row,) = page.xpath('//table[contains(@class,"numbers")]/tbody/tr')
    cells = [" ".join(cell.text_content().split()) for cell in row.xpath("./td")]
    (entry,) = found["headlines"]
    (moves,) = page.xpath('//table[contains(@class,"exhibits")]/tbody/tr/td[2]')
    assert moves.text == "Rows: 1 changed, 2 the same" and "700\u00a0→\u00a0800" in moves.text_content()
    assert entry["old"]["shown"] in cells[1] and entry["old"]["between"] in cells[1]
    assert entry["new"]["shown"] in cells[2] and entry["new"]["between"] in cells[2]
    assert cells[4].startswith(entry["cause"])
    assert row.xpath('.//a[@href="facts.html#f-sales"]') and "value: 700 → 800" in cells[4]
    assert row.xpath('.//a[@href="editions/2025-06-30/capacity.html"]')
    assert "1.8 M → 2.0 M" in html.parse(str(site / "index.html")).getroot().text_content()


def _printed(text, title):
    """The cells of a table as the terminal shows it, without its heads."""
    lines = text.splitlines()
    start = [line.strip() for line in lines].index(title) + 2
    rows = itertools.takewhile(lambda line: line.startswith("capacity"), lines[start:])
    return [re.split(r"\s{2,}", row.strip()) for row in rows]


def test_the_terminal_gives_the_same_numbers(site):
    from helpers.cli.app import app

    (found,) = json.loads((site / CHANGES).read_text())
    for names in (
        [],
        ["2025-06-30"],
        ["2025-06-30", "2025-12-31"],
        [str(site / "editions" / "2025-06-30"), str(site)],
    ):
        run = CliRunner().invoke(app, ["diff", *names, "--site", str(site), "--json"])
        assert run.exit_code == 0 and json.loads(run.stdout) == found
    shown = CliRunner().invoke(app, ["diff", "--site", str(site)], env={"COLUMNS": "300"}).stdout
    assert "From 2025-06-30 to 2025-12-31" in shown
    (entry,), (number,) = found["headlines"], _printed(shown, "Headline numbers")
    said = [f"{entry[when]['shown']} ({entry[when]['between']})" for when in ("old", "new")]
    assert number == ["capacity", entry["label"], *said, "evidence"]
    (entry,), (exhibit,) = found["exhibits"], _printed(shown, "Exhibits")
    counts = [str(entry["rows"][name]) for name in ("changed", "added", "gone")]
    assert counts == ["1", "0", "0"] and exhibit == ["capacity", "stock", *counts, "evidence"]
    refused = CliRunner().invoke(app, ["diff", "2020-01-01", "--site", str(site)])
    assert refused.exit_code == 2 and "2025-06-30" in refused.stderr


def test_hostile_evidence_adds_no_element(site):
    page = html.parse(str(site / "changes.html")).getroot()
    assert "alert(1)" in page.text_content()
    assert not page.xpath("//img | //script[not(@src)]")
    assert not [name for element in page.iter() for name in element.attrib if name.startswith("on")]


def test_a_folder_that_is_no_edition_is_refused(tmp_path):
    with pytest.raises(NoEdition, match="not an edition"):
        read_record(tmp_path)


def test_a_move_too_small_to_be_shown_is_not_listed():
    since = Since({}, "the edition before", "editions/2025-06-30/", {}, set())
    rows = {"changed": 1, "added": 0, "gone": 0, "same": 2}
    moves = [{"row": "2024", "column": "h100e", "old": 119501.2, "new": 119501.3}]
    entry = {"status": "moved", "id": "stock", "page": "capacity", "old": {"title": "T"}, "new": {"title": "T"},
             "cause": "model", "because": {"rows": [], "row_count": 0, "cited": True}}  # fmt: skip
    told = html.fromstring(exhibit_table(since, [{**entry, "rows": {**rows, "moves": moves}}], "Capacity"))
    assert "→" not in told.text_content() and "less than the figures shown" in told.text_content()
    moves[0]["new"] = 120000.0
    told = html.fromstring(exhibit_table(since, [{**entry, "rows": {**rows, "moves": moves}}], "Capacity"))
    assert "119,500\u00a0→\u00a0120,000" in told.text_content()
