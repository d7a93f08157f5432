"""Old evidence is named: by the unattended run against today's date, on the page against the reader's."""

import json
import re
import shutil
from datetime import date
from html import unescape

import pytest
from typer.testing import CliRunner

import site_fixture
from evidence_folder import write_evidence
from helpers import pages
from helpers.cli.app import app
from helpers.evidence import load
from helpers.refresh.freshness import freshness, freshness_banner, in_words, watched
from helpers.run import read_cards

WATCHED = [
    dict(name="sales", title="Sales", table="facts", where={"metric": "revenue"}, warn_days=100, error_days=200),
    dict(name="nothing", title="Nothing", table="facts", where={"metric": "none"}, warn_days=1, error_days=2),
]


@pytest.fixture
def folder(tmp_path):
    write_evidence(tmp_path / "data")
    path = tmp_path / "data" / "datapackage.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"freshness": WATCHED}))
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("today", "state"),
    [("2025-05-02", "fresh"), ("2025-08-09", "warn"), ("2025-11-16", "warn"), ("2025-11-17", "error")],
)
def test_ages_count_from_the_newest_row(folder, today, state):
    found = {age.name: age for age in freshness(load(folder=folder), date.fromisoformat(today))}
    assert found["sales"].newest == date(2025, 5, 1) and found["sales"].state == state
    assert found["nothing"].state == "error" and in_words(found["nothing"]) == "Nothing: no row"


def test_the_worst_comes_first(folder):
    assert [age.name for age in freshness(load(folder=folder), date(2025, 6, 1))] == ["nothing", "sales"]


def test_the_banner_has_no_clock_and_an_old_edition_none(folder):
    evidence = load(folder=folder)
    banner = freshness_banner(evidence)
    told = json.loads(unescape(re.search(r'data-series="([^"]+)"', banner)[1]))
    assert told == [{"title": "Sales", "newest": "2025-05-01", "warn": 100, "error": 200}]
    assert " hidden" in banner
    assert freshness_banner(load(as_of="2025-05-10", folder=folder)) == ""


def test_every_shipped_series_has_rows_and_sensible_ages():
    evidence = load()
    for entry in watched(evidence):
        assert 0 < entry["warn_days"] < entry["error_days"]
    assert all(age.newest for age in freshness(evidence, evidence.as_of))


def test_the_command_names_what_is_too_old(folder, monkeypatch):
    monkeypatch.setenv("BRIEFING_ROOT", str(folder.parent))
    done = CliRunner().invoke(app, ["refresh", "--freshness"])
    assert done.exit_code == 1 and "error Nothing: no row" in done.output


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium is installed")
def test_the_page_warns_on_the_readers_day(tmp_path):
    from playwright.sync_api import sync_playwright

    evidence, deck = load(), read_cards()
    run = site_fixture.make_run(tmp_path / "run", evidence, deck, None)
    parameters = {card.page: {"as_of": evidence.as_of.isoformat()} for card in deck.cards}
    site = pages.make_site(run, evidence, deck, parameters, tmp_path / "site", "smalldocs")
    assert pages.check_site(site) == []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for day, shown in (
            ("2026-10-10T00:00:00Z", None),
            ("2027-03-01T00:00:00Z", "getting old"),
            ("2032-01-01T00:00:00Z", "too old"),
        ):
            for name in ("index", "sources"):
                page = browser.new_page()
                page.clock.set_fixed_time(day)
                page.goto((site / f"{name}.html").as_uri())
                banner = page.locator(".freshness")
                assert banner.count() == 1
                assert (shown in banner.inner_text()) if shown else not banner.is_visible()
                page.close()
        browser.close()
