"""The README opens with the key judgements, in the order of the first page, and only of the standard edition."""

import re
from datetime import date

import pytest
from typer.testing import CliRunner

import edition_folder
from helpers.cli import readme
from helpers.cli.app import app
from helpers.evidence import load
from helpers.paths import project_root
from helpers.run import read_cards, resolve

AROUND = "# A briefing\n\n<!-- today -->\nold\n<!-- /today -->\n\nThe rest.\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of a README and a site with two headlines; everything else is the real one."""
    said = edition_folder.stated()
    for headline in said["headlines"].values():
        headline["spread"] = "90 % interval"
    evidence = load()
    said["parameters"] = {
        page: {name: str(value) for name, value in values.items()}
        for page, values in resolve(read_cards(), {}, evidence).items()
    }
    edition_folder.make(tmp_path / "_site", "2025-06-30", said)
    for name in ("data", "notebooks", "report"):
        (tmp_path / name).symlink_to(project_root() / name)
    (tmp_path / "README.md").write_text(AROUND, encoding="utf-8")
    monkeypatch.setattr("helpers.paths.project_root", lambda: tmp_path)
    return tmp_path


def test_the_command_writes_the_judgements_in_the_order_of_the_chapters(project):
    assert readme.is_stale(project / "_site")
    assert CliRunner().invoke(app, ["readme"]).exit_code == 0
    text = (project / "README.md").read_text(encoding="utf-8")
    assert text == AROUND.replace(
        "old\n",
        "- A lag of 47 mo. (90 % interval 38 to 55 mo; medium confidence)\n"
        "- China has 1.8 M. (90 % interval 1.2 to 2.9 M; medium confidence)\n\nAs known on 2025-06-30.\n",
    )
    assert not readme.is_stale(project / "_site")


def test_an_edition_of_another_date_is_never_told_as_today(project):
    record = project / "_site" / "results" / "edition.json"
    record.write_text(record.read_text().replace(load().as_of.isoformat(), "2024-08-01"), encoding="utf-8")
    done = CliRunner().invoke(app, ["readme"])
    assert done.exit_code == 1 and "briefing build" in done.output
    assert (project / "README.md").read_text(encoding="utf-8") == AROUND
    assert not readme.is_stale(project / "_site")


def test_the_shipped_readme_is_filled_and_not_ahead_of_the_evidence():
    block = readme.BLOCK.search((project_root() / "README.md").read_text(encoding="utf-8"))[0]
    judgements = re.findall(r"^- .*\d.*confidence\)$", block, re.M)
    assert 4 <= len(judgements) <= 6
    assert date.fromisoformat(re.search(r"As known on ([\d-]+)\.", block)[1]) <= load().as_of
