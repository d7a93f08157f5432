"""A build sees every change of what an edition is made from and of nothing else; only what it concerns runs again."""

import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

import site_fixture
from helpers import fingerprint, pages
from helpers.edition.manifest import describe_inputs, is_current, write_manifest
from helpers.evidence import load
from helpers.run import read_cards, resolve
from helpers.run.keys import key_of, key_parts
from project_copy import ROOT, copy_project

COMMAND = ["build"]
ALL = {"chips", "capacity", "policy", "market"}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project with a site that a build has just made; every test leaves it as it was."""
    folder = copy_project(tmp_path_factory.mktemp("copy"))
    shutil.rmtree(folder / "src")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIEFING_ROOT", str(folder))
        (site := folder / "_site").mkdir()
        (site / "index.html").write_text("<p>It is whole.</p>")
        write_manifest(site, folder / "build", describe_inputs({}, "smalldocs"), "2026-10-09")
        fingerprint.remember(COMMAND, site, fingerprint.signatures())
        yield folder


@pytest.fixture(scope="module")
def evidence(project):
    return load()


@pytest.fixture(scope="module")
def before(project, evidence):
    return keys(evidence)


@contextmanager
def edited(*paths, old="\n", new="\n\n"):
    """Files with a word replaced, as long as the block lasts."""
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    for path, text in texts.items():
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        yield
    finally:
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")


def is_up_to_date(project):
    """What the two ways say by which a build finds out that it has nothing to do."""
    site = project / "_site"
    return fingerprint.unchanged_site(COMMAND) == site, is_current(site, describe_inputs({}, "smalldocs"))


def keys(evidence):
    deck = read_cards()
    parameters = resolve(deck, {}, evidence)
    return {card.page: key_of(key_parts(card, parameters[card.page], evidence, {})) for card in deck.cards}


@pytest.mark.parametrize(
    ("name", "old", "new", "run"),
    [
        ("data/scenarios/tight_controls.yml", "title:", "title: Very", {"capacity"}),
        ("src/helpers/exhibits/theme.py", '"#b8452f"', '"#b8452e"', ALL),
        ("src/helpers/exhibits/market/buyers.py", '"evidence"]', '"evidence", "kind"]', {"market"}),
        ("notebooks/cards.yml", "default: 4096", "default: 2048", {"chips", "capacity"}),
        ("notebooks/cards.yml", "rates, claims,", "rates,", {"market"}),
        ("notebooks/cards.yml", "asks: Who sells", "asks: Who now sells", set()),
        ("report/index.qmd", "\n", "\n\n", set()),
        ("report/assets/css/site.css", "{", "{ ", set()),
        ("src/helpers/pages/shell.py", "assets/css/print.css", "assets/css/paper.css", set()),
        ("src/helpers/pages/templates/briefing/index.html.j2", "\n", "\n\n", set()),
        ("_quarto.yml", "\n", "\n\n", set()),
        ("CITATION.cff", "\n", "\n\n", set()),
    ],
)
def test_a_change_is_seen_and_only_what_it_concerns_runs(project, evidence, before, name, old, new, run):
    assert is_up_to_date(project) == (True, True)
    with edited(project / name, old=old, new=new):
        assert is_up_to_date(project) == (False, False)
        after = keys(load() if name.startswith("data/") else evidence)
    assert {page for page in ALL if before[page] != after[page]} == run


def test_what_no_edition_is_made_from_changes_nothing(project):
    (project / "data" / "facts.csv").touch()
    with edited(*(project / name for name in ("README.md", "docs/guide.md", "Makefile"))):
        assert is_up_to_date(project) == (True, True)


def test_every_file_of_the_project_that_makes_the_pages_is_an_input(tmp_path, monkeypatch):
    """Python tells of each file that is opened while the pages are made, by whichever library."""
    monkeypatch.setenv("BRIEFING_ROOT", str(ROOT))
    opened, folders = set(), ("data", "notebooks", "report", "src", "docs")

    def hear(event, arguments):
        if listening and event == "open" and isinstance(arguments[0], str | Path):
            opened.add(Path(arguments[0]))

    listening = True
    sys.addaudithook(hear)
    try:
        evidence, deck = load(as_of="2026-10-09"), read_cards()
        run = site_fixture.make_run(tmp_path / "run", evidence, deck)
        parameters = {card.page: {"as_of": "2026-10-09"} for card in deck.cards}
        pages.make_site(run, evidence, deck, parameters, tmp_path / "site", "smalldocs")
    finally:
        listening = False
    ours = {
        path
        for path in opened
        if path.is_relative_to(ROOT)
        and (path.parent == ROOT or path.relative_to(ROOT).parts[0] in folders)
        and not path.name.endswith((".pyc", ".lock"))
    }
    assert len(ours) > 30 and ROOT / "CITATION.cff" in ours
    assert ours <= set(fingerprint.input_files())
