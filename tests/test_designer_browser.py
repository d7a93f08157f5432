"""The design-a-chip panel in a browser: from a file, under the site's strict policy, by keyboard alone."""

import shutil

import pytest

from helpers.evidence import load
from helpers.exhibits.policy_designer import designer_html
from helpers.exhibits.theme import css_variables
from helpers.exhibits.words import STATUS
from helpers.models.policy import panel_inputs
from helpers.models.rules import judge
from helpers.pages.shell import POLICY
from helpers.paths import report_dir

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]

DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(report_dir() / "assets", folder / "assets")
    (folder / "assets" / "css" / "palette.css").write_text(f":root{{{css_variables()}}}", encoding="utf-8")
    panel = designer_html(**panel_inputs(load()))
    (folder / "policy.html").write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Policy</title>'
        '<link rel="stylesheet" href="assets/css/palette.css"><link rel="stylesheet" href="assets/css/site.css">'
        f'</head><body><main><div class="column">{panel}</div></main></body></html>',
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def page(chromium, folder):
    context = chromium.new_context(offline=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.complaints = []
    page.on(
        "console", lambda message: page.complaints.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto((folder / "policy.html").as_uri())
    page.wait_for_selector(".designer-answer .designer-status")
    yield page
    assert page.complaints == []
    context.close()


def status(page):
    return page.inner_text(".designer-answer .designer-status")


def wait_for(page, text):
    """Until the answer holds a text; a script given to the page as text would break its policy."""
    page.locator(".designer-answer", has_text=text).wait_for()


def test_it_starts_with_a_real_chip_and_its_status(page):
    evidence = load()
    inputs = panel_inputs(evidence)
    expected = judge(inputs["specs"][0], inputs["book"], evidence.as_of.isoformat()).status
    assert expected == "licence-letter" and status(page) == STATUS[expected]
    assert page.locator(".designer-history li").count() == len(inputs["labels"])
    assert page.is_hidden(".designer-still")


def test_the_keyboard_alone_moves_a_slider_and_the_status_follows(page):
    page.select_option("#designer-day", "2023-11-17")
    wait_for(page, "17 Nov 2023")
    assert status(page) == "not controlled"
    page.focus("#designer-rate")
    page.keyboard.press("End")
    wait_for(page, "licence required")
    assert status(page) == "licence required"
    page.keyboard.press("Tab")
    assert page.locator("input[type=number]:focus").count() == 1
    page.keyboard.press("Control+a")
    page.keyboard.type("299")
    wait_for(page, "4,784")
    assert status(page) == "notification (NAC)"


def test_an_unknown_area_says_from_what_value_it_matters(page):
    page.select_option("#designer-day", "2023-11-17")
    page.fill("input[aria-label^='Dense rate']", "200")
    page.focus("#designer-die_area_mm2-unknown")
    page.keyboard.press("Space")
    page.wait_for_selector(".designer-detail li")
    text = page.inner_text(".designer-detail ul")
    assert "up to 540.5 mm²: licence required" in text
    assert "from 2,000 mm²: not controlled" in text


def test_an_unknown_market_says_what_each_answer_would_give(page):
    page.select_option("#designer-preset", label="GeForce RTX 4090")
    page.select_option("#designer-day", "2023-11-17")
    page.select_option("#designer-market", "")
    wait_for(page, "undetermined")
    text = page.inner_text(".designer-detail ul")
    assert "data centres: licence required; consumers: notification (NAC)" in text


def test_nothing_is_wider_than_a_phone(page):
    width = page.locator("main").evaluate("node => node.ownerDocument.documentElement.scrollWidth")
    assert width <= 390


def test_the_panel_agrees_with_the_engine_for_every_chip_it_offers_on_every_rule_date(page):
    inputs = panel_inputs(load())
    days = sorted(inputs["labels"])
    assert len(inputs["specs"]) > 100
    for place, spec in enumerate(inputs["specs"]):
        page.select_option("#designer-preset", index=place)
        page.wait_for_function(DRAWN)
        shown = page.locator(".designer-history .designer-status").all_inner_texts()
        assert shown == [STATUS[judge(spec, inputs["book"], day).status] for day in days], spec["name"]


def test_a_disputed_figure_stays_a_range_until_it_is_changed(page):
    page.select_option("#designer-preset", label="BR100")
    page.select_option("#designer-day", "2022-10-21")
    wait_for(page, "21 Oct 2022")
    assert status(page) == "undetermined"
    assert "412 to 512" in page.inner_text(".designer-form")
    page.fill("input[aria-label^='Chip-to-chip links']", "412")
    wait_for(page, "not controlled")
    assert "412 to 512" not in page.inner_text(".designer-form")
