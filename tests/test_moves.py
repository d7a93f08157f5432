"""`briefing moves` builds beside the published site, says what differs from it, and leaves it alone."""

import shutil
from types import SimpleNamespace

import pytest
from lxml import html
from typer.testing import CliRunner

import edition_folder
from helpers import edition
from helpers.cli.app import app
from helpers.edition.manifest import verify
from helpers.run import NotebookFailed, ParameterError

CARD = SimpleNamespace(file="02_capacity.ipynb", page="capacity")


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    shutil.copytree(edition_folder.__file__.rpartition("/")[0] + "/../notebooks", tmp_path / "notebooks")
    edition_folder.make(tmp_path / "_site", "2026-01-01")
    return tmp_path


@pytest.fixture
def asked(project, monkeypatch):
    """A build that makes an edition in which one fact and one number differ, and remembers what it was asked."""
    calls = []

    def build(given, out, **more):
        calls.append((given, out, more))
        said = edition_folder.stated()
        said["facts"] = [
            row | {"value": "750"} if row["fact_id"] == "f-sales" else row for row in said["facts"]
        ]
        said["headlines"]["stock"] = said["headlines"]["stock"] | {"value": 1.9e6, "shown": "1.9 M"}
        said["parts"] = {page: parts | {"evidence facts": "e9"} for page, parts in said["parts"].items()}
        shutil.rmtree(out, ignore_errors=True)
        return edition.Edition(edition_folder.make(out, "2026-01-01", said), "2026-01-01", {}, "smalldocs")

    monkeypatch.setattr(edition, "build", build)
    return calls


def moves(*words):
    return CliRunner().invoke(app, ["moves", *words])


def test_what_moved_is_printed_and_is_a_page_beside_the_published_one(project, asked):
    before = {path: path.read_bytes() for path in (project / "_site").rglob("*") if path.is_file()}
    done = moves("--scenario", "tight_controls", "-p", "draws=512")
    assert done.exit_code == 0, done.output
    assert "1.8 M" in done.output and "1.9 M" in done.output and "evidence" in done.output
    given, out, more = asked[0]
    assert given == {"as_of": "latest", "scenario": "tight_controls", "draws": "512"}
    assert out == project / "build" / "moves" and more == {"editions": "none"}
    page = html.fromstring((out / "changes.html").read_text())
    assert page.xpath('//h2[text()="Since the published edition"]') and "1.9 M" in page.text_content()
    links = [way for way in page.xpath("//main//a/@href") if way.startswith("..")]
    assert all((out / way.partition("#")[0]).is_file() for way in links), links
    assert verify(out) == []
    assert {path: path.read_bytes() for path in (project / "_site").rglob("*") if path.is_file()} == before


def test_a_second_look_compares_anew(project, asked):
    moves()
    said = edition_folder.stated()
    said["headlines"]["stock"]["shown"] = "1.7 M"
    shutil.rmtree(project / "_site")
    edition_folder.make(project / "_site", "2026-01-01", said)
    moves()
    assert "1.7 M" in (project / "build/moves/changes.html").read_text()


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ParameterError("drws: unknown; did you mean draws?"), 2, "did you mean draws"),
        (edition.BuildFailed("the evidence has 2 faults"), 1, "the evidence has 2 faults"),
        (NotebookFailed(CARD, "ValueError: no", "x", "kept"), 1, "ValueError: no"),
    ],
)  # fmt: skip
def test_a_build_that_fails_says_why(project, monkeypatch, error, code, said):
    def build(*_, **__):
        raise error

    monkeypatch.setattr(edition, "build", build)
    done = moves()
    assert done.exit_code == code and said in done.output


def test_without_a_site_or_with_half_a_parameter_it_stops(project, asked):
    assert moves("-p", "draws").exit_code == 2
    shutil.rmtree(project / "_site")
    done = moves()
    assert done.exit_code == 2 and "briefing build" in done.output and asked == []
