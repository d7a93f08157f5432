"""The reader's sliders in Chromium, opened from a file: keyboard, the link that restores the view, the band."""

import shutil
from pathlib import Path

import pytest

from helpers.evidence import load
from helpers.exhibits.capacity import controls_html
from helpers.models.capacity.lattice import lattice

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
SCRIPT = Path(__file__).parents[1] / "report" / "assets" / "js" / "capacity.js"
POLICY = "default-src 'none'; script-src 'self' file:; style-src 'self'"
FACTORS = ["HBM supply", "smuggling to 2025", "smuggling after 2025", "service life", "other vendors' growth"]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("controls")
    (folder / "assets" / "js").mkdir(parents=True)
    shutil.copy(SCRIPT, folder / "assets" / "js" / "capacity.js")
    body = controls_html(lattice(load(), FACTORS, draws=64, tested=8))
    head = (
        f'<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    )
    (folder / "page.html").write_text(head + body, encoding="utf-8")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page()
        opened.faults = []
        opened.on("pageerror", lambda fault: opened.faults.append(str(fault)))
        opened.on("console", lambda said: opened.faults.append(said.text) if said.type == "error" else None)
        opened.goto((folder / "page.html").as_uri())
        yield opened
        browser.close()


def median(page, row=-1):
    return float(page.locator("[data-out=p50]").nth(row).inner_text())


def test_a_slider_moves_by_keyboard_and_the_link_restores_it(page):
    before = median(page)
    slider = page.locator("#capacity-1")
    slider.focus()
    page.keyboard.press("End")
    slider.dispatch_event("change")
    assert median(page) > 1.1 * before
    assert "million H100-equivalents" in slider.get_attribute("aria-valuetext")
    assert page.url.endswith("#capacity=40,80,40,40,40")
    changed = median(page)
    page.goto(page.url.split("#")[0] + "#capacity=0,80,40,40,40")
    assert median(page) < changed
    page.reload()
    assert (
        page.locator("#capacity-1").input_value() == "80" and page.locator("#capacity-0").input_value() == "0"
    )
    page.get_by_role("button", name="Back to the middle").click()
    assert median(page) == pytest.approx(before)
    assert "middle" in page.locator("[role=status]").inner_text()
    assert page.faults == []


def test_the_band_is_drawn_to_the_numbers(page):
    low, high = (float(page.locator(f"[data-out={name}]").last.inner_text()) for name in ("p5", "p95"))
    drawn = page.locator(".range").last
    first = page.locator(".range").first
    assert float(drawn.get_attribute("width")) > float(first.get_attribute("width")) > 0
    assert low < median(page) < high


def test_a_bad_link_changes_nothing_it_cannot_read(page):
    page.goto(page.url.split("#")[0] + "#capacity=banana")
    page.reload()
    assert page.locator("#capacity-0").input_value() == "40"
    assert page.faults == []
