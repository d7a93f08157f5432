"""The site in Chromium, network cut off: drawn, quiet, reachable by keyboard, readable on a phone, WCAG 2.2 AA."""

import functools
import gzip
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import site_fixture
from helpers import pages
from helpers.evidence import load
from helpers.run.cards import read_cards

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PAGES = (
    "index",
    "chips",
    "capacity",
    "policy",
    "market",
    "claims",
    "facts",
    "sources",
    "assumptions",
    "methods",
    "data",
    "reference",
    "changes",
    "accelerators",
    "scenarios",
)
WITH_CHARTS = ("chips", "capacity", "market")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    evidence, deck = load(as_of="2026-10-09"), read_cards()
    run = site_fixture.make_run(folder / "run", evidence, deck)
    parameters = {card.page: {"as_of": "2026-10-09"} for card in deck.cards}
    return pages.make_site(run, evidence, deck, parameters, folder / "site", "smalldocs")


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as driver:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def served(site):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


class Reader:
    """One window that keeps what went wrong: console messages, failed and foreign requests."""

    def __init__(self, browser, width=1280, scheme="light", offline=True):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            offline=offline,
            reduced_motion="reduce",
        )
        self.page = self.context.new_page()
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.page.on(
            "console", lambda m: m.type in ("error", "warning") and self.faults.append(f"console: {m.text}")
        )
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _failed(self, request):
        """A request that the next page cut short is no fault."""
        if "ERR_ABORTED" not in (request.failure or ""):
            self.faults.append(f"failed: {request.url}: {request.failure}")

    def open(self, address: str):
        self.page.goto(address)
        return self.page

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()


def hover_all_charts(page):
    """Bring every chart to life and return how many are, with the number of marks that each shows."""
    count = page.locator(".exhibit > .exhibit-chart").count()
    for place in range(count):
        chart = page.locator(".exhibit > .exhibit-chart").nth(place)
        chart.scroll_into_view_if_needed()
        chart.hover()
        page.wait_for_function(
            "n => document.querySelectorAll('.exhibit > .exhibit-chart')[n].classList.contains('enlivened')",
            arg=place,
        )
    return count


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_a_file_without_network(browser, site, name, scheme):
    with Reader(browser, scheme=scheme) as reader:
        page = reader.open(f"file://{site}/{name}.html")
        assert page.locator("h1").count() == 1
        drawn = page.evaluate(
            """() => [...document.querySelectorAll('.exhibit-chart svg.wide, .card-chart svg')].map(svg => {
                 const box = svg.getBoundingClientRect();
                 const inks = [...svg.querySelectorAll('path,rect,line,text')].map(e => {
                   const style = getComputedStyle(e); return style.fill + style.stroke; });
                 return [box.width > 100 && box.height > 60, inks.some(ink => /rgb\\((?!0, 0, 0)/.test(ink))];
               })"""
        )
        assert all(size and inked for size, inked in drawn), drawn
        if name in WITH_CHARTS:
            assert drawn and hover_all_charts(page) == 1
            assert page.locator(".live svg path").count() > 3
        assert reader.faults == []
        assert all(url.startswith(("file://", "data:")) for url in reader.requests)


def test_served_pages_ask_no_other_host(browser, served):
    with Reader(browser, offline=False) as reader:
        for name in PAGES:
            page = reader.open(f"{served}/{name}.html")
            hover_all_charts(page)
        assert reader.faults == []
        assert all(url.startswith((served, "data:")) for url in reader.requests)


@pytest.mark.parametrize("width", [360, 390, 768])
def test_no_page_scrolls_sideways(browser, site, width):
    with Reader(browser, width=width) as reader:
        for name in PAGES:
            page = reader.open(f"file://{site}/{name}.html")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_chart_text_is_readable_and_whole_on_a_phone(browser, site):
    with Reader(browser, width=390) as reader:
        for name in WITH_CHARTS:
            page = reader.open(f"file://{site}/{name}.html")
            texts = page.evaluate(
                """() => [...document.querySelectorAll('.exhibit-chart svg')]
                     .filter(s => s.getBoundingClientRect().width)
                     .flatMap(svg => { const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
                       return [...svg.querySelectorAll('text')].filter(t => t.textContent).map(t => {
                         const box = t.getBoundingClientRect();
                         const size = parseFloat(getComputedStyle(t).fontSize) * scale;
                         return [t.textContent, size, box.left, box.right]; }); })"""
            )
            assert texts
            for text, size, left, right in texts:
                assert size >= 11.9, f"{name}: {text!r} is {size:.1f} px"
                assert left >= 0 and right <= 390, f"{name}: {text!r} is cut ({left:.0f} to {right:.0f})"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_wcag(browser, site, scheme, width):
    source = AXE.read_text(encoding="utf-8")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = []
    with Reader(browser, width=width, scheme=scheme) as reader:
        for name in PAGES:
            page = reader.open(f"file://{site}/{name}.html")
            if name in WITH_CHARTS:
                hover_all_charts(page)
            page.evaluate(
                "document.querySelectorAll('.register tbody tr:nth-child(n+30)').forEach(row => row.remove())"
            )
            page.evaluate(source)
            result = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", tags)
            for fault in result["violations"]:
                found.append(f"{name}: {fault['id']}: {fault['nodes'][0]['html'][:160]}")
    assert found == []


def test_theme_switch_is_kept_and_charts_follow(browser, served):
    with Reader(browser, scheme="light", offline=False) as reader:
        page = reader.open(f"{served}/chips.html")
        hover_all_charts(page)
        before = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.locator(".theme-toggle").click()
        page.wait_for_function("document.querySelector('.live')")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
        blue = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--us').trim()")
        page.wait_for_function("c => document.querySelector('.live').innerHTML.includes(c)", arg=blue)
        page.goto(f"{served}/index.html")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert reader.faults == []


def test_pointer_over_a_mark_shows_its_values(browser, site):
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/market.html")
        hover_all_charts(page)
        page.locator('.live path[aria-label*="17.1"]').first.hover()
        assert "17.1" in page.locator(".chart-tip").inner_text()
        page.mouse.move(5, 5)
        assert page.locator(".chart-tip").is_hidden()
        assert reader.faults == []


def test_number_card_by_keyboard_and_escape(browser, site):
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/index.html")
        card = page.locator(".num-card").first
        assert card.is_hidden()
        page.locator(".num-link").first.focus()
        assert card.is_visible() and "90 % interval 38 to 55 mo" in card.inner_text()
        page.keyboard.press("Tab")
        assert card.is_visible(), "the links inside the card are reached by Tab"
        page.keyboard.press("Escape")
        assert card.is_hidden()


def test_register_filters_sorts_and_opens_at_a_row(browser, site):
    evidence = load(as_of="2026-10-09")
    row = evidence.facts["fact_id"].iloc[-1]
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/facts.html#{row}")
        assert page.evaluate("id => {const b = document.getElementById(id).getBoundingClientRect();"
                             "return b.top >= -5 && b.top < innerHeight}", row)  # fmt: skip
        page.locator(".register-bar input").fill("huawei revenue")
        shown = page.locator("tbody tr:visible")
        assert 0 < shown.count() < 150
        assert all("huawei" in text.lower() for text in shown.all_inner_texts())
        page.locator("th button", has_text="Value").click()
        assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Value")
        assert reader.faults == []


def test_search_finds_pages_exhibits_facts_and_sources_from_a_file(browser, site):
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/chips.html")
        page.keyboard.press("/")
        page.locator("dialog.search input").fill("huawei")
        page.wait_for_selector("dialog.search li a")
        kinds = set(page.locator("dialog.search li small:first-child").all_inner_texts())
        assert {"Exhibit", "Fact"} <= kinds
        page.keyboard.press("Escape")
        assert page.locator("dialog.search").is_hidden()
        assert reader.faults == []


def test_keyboard_reaches_the_content_and_the_menu(browser, site):
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/chips.html")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        summary = page.locator("header summary").first
        summary.focus()
        page.keyboard.press("Enter")
        assert page.locator("header details a").first.is_visible()
        page.keyboard.press("Escape")
        assert page.locator("header details a").first.is_hidden()
        table = page.locator(".exhibit-table summary")
        table.focus()
        page.keyboard.press("Enter")
        assert page.locator(".exhibit-table table").is_visible()


def test_without_scripts_everything_is_there(browser, site):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(f"file://{site}/chips.html")
    assert page.locator(".exhibit svg.wide").is_visible()
    assert page.locator("header nav a").first.is_visible()
    page.goto(f"file://{site}/facts.html")
    assert page.locator("tbody tr").count() > 100
    context.close()


def test_first_view_weighs_less_than_300_kb(browser, served, site):
    """Compressed as a server would send it; fonts are compressed already."""
    with Reader(browser, offline=False) as reader:
        for name in PAGES:
            reader.requests.clear()
            page = reader.open(f"{served}/{name}.html")
            page.wait_for_load_state("networkidle")
            weight = 0
            for url in dict.fromkeys(url for url in reader.requests if url.startswith(served)):
                data = (site / url.removeprefix(served).lstrip("/").split("#")[0]).read_bytes()
                weight += len(data) if url.endswith(".woff2") else len(gzip.compress(data, 6))
            assert weight < 300_000, f"{name} weighs {weight}"
            print(f"{name}: {weight / 1000:.0f} kB")
