"""`briefing new` writes what `briefing check` accepts, where it belongs, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from evidence_folder import read_table, write_evidence
from helpers.cli.app import app
from helpers.evidence.checks import check
from helpers.refresh.rows import TableText

FACT = {
    "topic": "market", "entity": "Maker", "metric": "revenue", "value": "170", "unit": "USD", "period": "2024",
    "source-id": "later-copy", "locator": "p. 9",
}  # fmt: skip


@pytest.fixture
def project(tmp_path, monkeypatch):
    write_evidence(tmp_path / "data")
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    return tmp_path


def new(kind, options=None, *more):
    words = [word for name, value in (options or {}).items() for word in (f"--{name}", value)]
    return CliRunner().invoke(app, ["new", kind, *words, *more])


def test_a_fact_stands_below_its_series_and_every_other_byte_stays(project):
    path = project / "data" / "facts.csv"
    before = path.read_text().splitlines()
    done = new("fact", FACT)
    assert done.exit_code == 0, done.output
    after = path.read_text().splitlines()
    added = [line for line in after if line not in before]
    assert [line for line in after if line in before] == before and len(added) == 1
    row = read_table(project / "data", "facts")[-1]
    assert row["fact_id"] == "m-maker-revenue-2024" and row["value"] == "170"
    assert row["published"] == "2025-05-01", "the date of the document that it cites"
    assert check(project / "data") == []


def test_a_row_below_its_series_not_at_the_end(project):
    new("fact", {**FACT, "entity": "Other", "value": "5"})
    new("fact", FACT)
    assert [row["entity"] for row in read_table(project / "data", "facts")][-2:] == ["Maker", "Other"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"entty": "x"}, "unknown field --entty; did you mean --entity?"),
        ({"unit": "bananas"}, "facts.csv row 5, unit: found 'bananas', expected one of"),
        ({"source-id": "nowhere", "published": "2025"}, "found 'nowhere', expected an id of sources.csv"),
        ({"value": "90", "low": "100"}, "value: found '90', expected at least low, 100"),
        ({"locator": ""}, "--locator: "),
        ({"fact-id": "sales-2022"}, "sales-2022"),
    ],
)
def test_what_check_would_refuse_is_named_and_not_written(project, change, said):
    before = (project / "data" / "facts.csv").read_bytes()
    done = new("fact", {**FACT, **change})
    assert done.exit_code == 2 and said in done.output, done.output
    assert (project / "data" / "facts.csv").read_bytes() == before


def test_the_same_fact_twice_is_refused_by_row(project):
    assert new("fact", FACT).exit_code == 0
    done = new("fact", FACT)
    assert done.exit_code == 2 and "facts.csv row 5 says the same: m-maker-revenue-2024" in done.output


def test_a_chip_under_the_alias_of_another_is_refused(project):
    done = new(
        "chip",
        {"name": "one", "vendor": "M", "vendor-hq": "US", "family": "F", "published": "2024", "source-ids": "paper"},
    )  # fmt: skip
    assert done.exit_code == 2 and "chip_one" in done.output


def test_faults_that_were_there_before_do_not_block_a_sound_row(project):
    path = project / "data" / "events.csv"
    path.write_text(path.read_text().replace("tighten", "tightn"))
    assert new("fact", FACT).exit_code == 0
    assert len(check(project / "data")) == 1


def test_like_takes_a_series_and_leaves_what_belongs_to_the_old_row(project):
    done = new(
        "fact",
        {"period": "2024", "value": "170", "source-id": "later-copy", "locator": "p. 8"},
        "--like",
        "sales-2023",
    )
    assert done.exit_code == 0, done.output
    row = read_table(project / "data", "facts")[-1]
    assert (row["entity"], row["metric"], row["unit"]) == ("Maker", "revenue", "USD")
    assert (row["low"], row["high"], row["note"], row["original_id"]) == ("", "", "", "")
    assert row["published"] == "2025-05-01"


def test_dry_run_writes_nothing(project):
    before = (project / "data" / "facts.csv").read_bytes()
    done = new("fact", FACT, "--dry-run")
    assert done.exit_code == 0 and "m-maker-revenue-2024" in done.output
    assert (project / "data" / "facts.csv").read_bytes() == before


def test_a_scenario_is_a_file_of_known_names(project):
    (project / "data" / "scenarios").joinpath("tight.yml").write_text(
        "title: Tight\ndescription: x\nassumptions: {}\nswitches: {}\n"
    )
    done = new("scenario", {"name": "slow"}, "--like", "tight")
    assert done.exit_code == 0, done.output
    assert yaml.safe_load((project / "data/scenarios/slow.yml").read_text())["assumptions"] == {}
    assert new("scenario", {"name": "slow"}).exit_code == 2
    assert new("scenario", {"name": "../x"}).exit_code == 2


def test_a_notebook_comes_with_its_card_and_passes_the_contract(project, monkeypatch):
    from helpers.paths import project_root
    from helpers.run import read_cards

    shipped = Path(__file__).parents[1]
    for name in ("notebooks", "report"):
        (project / name).mkdir()
    (project / "notebooks/cards.yml").write_text((shipped / "notebooks/cards.yml").read_text())
    (project / "_quarto.yml").write_text((shipped / "_quarto.yml").read_text())
    done = new("notebook", {"name": "energy", "asks": "How much power?", "parameters": "seed"})
    assert done.exit_code == 0, done.output
    card = read_cards().cards[-1]
    assert (card.page, card.parameters, card.evidence) == ("energy", ("as_of", "seed"), ("facts",))
    notebook = json.loads((project_root() / "notebooks" / card.file).read_text())
    text = "".join(line for cell in notebook["cells"] for line in cell["source"])
    for wanted in (
        "## Question",
        "## Evidence",
        "## Method",
        "## What would change it",
        "as_of: str",
        "seed: int",
    ):
        assert wanted in text
    navigation = yaml.safe_load((project / "_quarto.yml").read_text())["website"]["navbar"]["left"]
    assert navigation[4] == {"href": "energy.ipynb", "text": "Energy"}
    assert new("notebook", {"name": "energy"}).exit_code == 2


def test_text_of_a_table_survives_with_quotes_line_breaks_and_odd_separators(tmp_path):
    path = tmp_path / "t.csv"
    text = 'id,note\na,"two\nlines, ""quoted"""\nb,x\u2028y\x0bz\nc,last without end'
    path.write_text(text, encoding="utf-8", newline="")
    table = TableText.read(path)
    assert table.text == text and [record["id"] for record in table.records] == ["a", "b", "c"]
    changed = table.replace(3, {"note": "new"})
    assert changed.text == text.replace("x\u2028y\x0bz", "new")
    assert table.insert({"id": "d"}, after=2)[0].rows_where(id="D") == [3]
    assert table.insert({"id": "d"})[0].text == text + "\nd,\n"


def test_two_at_once_keep_both_rows(project):
    """Two processes add a row each; neither loses the other's."""
    script = "from helpers.cli import main; main()"
    command = [sys.executable, "-c", script, "new", "fact"]
    base = [word for name, value in FACT.items() if name not in ("period",) for word in (f"--{name}", value)]
    both = [subprocess.Popen([*command, *base, "--period", year], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for year in ("2024", "2025-01")]  # fmt: skip
    for process in both:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
    assert len(read_table(project / "data", "facts")) == 5
