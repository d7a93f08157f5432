"""The site in Chromium, network cut off: drawn, quiet, reachable by keyboard, readable on a phone, WCAG 2.2 AA."""

import csv
import functools
import gzip
import io
import re
import struct
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import matplotlib.image as mpimg
import pytest
from lxml import etree

import site_fixture
from helpers import pages
from helpers.cards import read_cards
from helpers.evidence import load
from helpers.exhibits.theme import TOKENS
from site_audit import ARGUMENTS, CHROMIUM, Reader, audit, enliven_all, page_names

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
AS_OF = "2026-10-09"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    evidence, deck = load(as_of=AS_OF), read_cards()
    run = site_fixture.make_run(folder / "run", evidence, deck)
    parameters = {card.page: {"as_of": AS_OF} for card in deck.cards}
    return pages.make_site(run, evidence, deck, parameters, folder / "site", "smalldocs")


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_drawn_quiet_accessible_and_fits_a_phone(browser, site, scheme):
    assert audit(browser, site, page_names(site), scheme, live=True, phone=scheme == "light") == []


def test_audit_sees_what_is_wrong(browser, site, tmp_path):
    """The walk above can fail: an unlabelled picture, a jump of headings, a wide block, a script that throws."""
    text = (site / "methods.html").read_text(encoding="utf-8")
    added = (
        '<h4>Jump</h4><button></button><pre style="width:2000px;white-space:pre">x</pre><img src="gone.png">'
    )
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "methods.html").write_text(text.replace("</main>", f"{added}</main>"), encoding="utf-8")
    (broken / "assets").symlink_to(site / "assets")
    faults = "\n".join(audit(browser, broken, ["methods"], "light", live=False))
    for expected in ("heading level jumps", "image-alt", "button-name", "gone.png"):
        assert expected in faults


def test_the_header_is_set_alike_on_every_page(browser, site):
    """A rule meant for the text of one page must not reach the menus above it."""
    setting = """() => [...document.querySelectorAll('.site-header :is(a,summary,button)')].map(e => {
      const style = getComputedStyle(e); return [e.textContent.trim(), style.padding, style.textIndent]; })"""
    with Reader(browser) as reader:
        set_as = {name: reader.open(f"file://{site}/{name}.html").evaluate(setting) for name in page_names(site)}
    first = set_as["index"]
    assert len(first) > 8
    assert [name for name, found in set_as.items() if found != first] == []


def test_served_pages_ask_no_other_host_and_weigh_little(browser, served, site):
    """Compressed as a server would send it; fonts are compressed already."""
    with Reader(browser, offline=False) as reader:
        for name in page_names(site):
            reader.requests.clear()
            page = reader.open(f"{served}/{name}.html")
            page.wait_for_load_state("load")
            weight = 0
            for url in dict.fromkeys(url for url in reader.requests if url.startswith(served)):
                path = site / url.removeprefix(served).lstrip("/").split("#")[0]
                data = path.read_bytes()
                weight += len(data) if path.suffix == ".woff2" else len(gzip.compress(data, 6))
            assert weight < 300_000, f"{name} weighs {weight}"
            assert all(url.startswith((served, "data:")) for url in reader.requests)
        assert reader.faults == []


def test_theme_switch_is_kept_and_charts_follow(browser, served):
    with Reader(browser, scheme="light", offline=False) as reader:
        page = reader.open(f"{served}/chips.html")
        enliven_all(page)
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
        enliven_all(page)
        page.locator('.live path[aria-label*="17.1"]').first.hover()
        said = page.locator(".chart-tip").inner_text()
        assert "17.1" in said and not re.search(r"#[0-9a-f]{6}|colour|\bfilled\b|_", said), said
        page.mouse.move(5, 5)
        assert page.locator(".chart-tip").is_hidden()
        assert reader.faults == []


def test_number_card_by_keyboard_and_escape(browser, site):
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/index.html")
        card = page.locator(".num-card").first
        assert card.is_hidden()
        page.locator(".num-link").first.focus()
        assert card.is_visible() and "90\u00a0% interval 38 to 55 mo" in card.inner_text()
        page.keyboard.press("Tab")
        assert card.is_visible(), "the links inside the card are reached by Tab"
        page.keyboard.press("Escape")
        assert card.is_hidden()


def test_facts_are_found_by_entity_metric_year_and_status(browser, site):
    row = load(as_of=AS_OF).facts["fact_id"].iloc[-1]
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/facts.html#{row}")
        assert page.evaluate("id => {const b = document.getElementById(id).getBoundingClientRect();"
                             "return b.top >= -5 && b.top < innerHeight}", row)  # fmt: skip
        page.get_by_label("Entity").fill("huawei")
        page.get_by_label("Year").select_option("2025")
        page.get_by_label("Status").select_option("estimated")
        shown = page.locator("tbody tr:visible")
        assert 0 < shown.count() < 100
        for place in range(shown.count()):
            text = shown.nth(place).inner_text().lower()
            assert "huawei" in text and "estimated" in text and "2025" in text
        assert "entity=huawei" in page.url and "status=estimated" in page.url
        page.locator("th button", has_text="Value").click()
        assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Value")
        again = reader.open(page.url)
        assert again.locator("tbody tr:visible").count() == shown.count()
        again.get_by_role("button", name="Clear").click()
        assert again.locator("tbody tr:visible").count() > 500
        assert reader.faults == []


def test_shown_rows_are_taken_away_as_csv(browser, site):
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/accelerators.html?vendor=Huawei")
        count = page.locator("tbody tr:visible").count()
        with page.expect_download() as started:
            page.get_by_role("button", name="CSV of these rows").click()
        with Path(started.value.path()).open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == count > 3 and {row["Vendor"] for row in rows} == {"Huawei"}
        known = [row["FP16 dense, TFLOPS"] for row in rows if row["FP16 dense, TFLOPS"]]
        assert known and all(float(value) > 0 for value in known)


def test_a_value_written_in_billions_sorts_and_is_taken_away_as_the_number(browser, site):
    facts = load(as_of=AS_OF).facts.set_index("fact_id")
    alone = facts["low"].isna() & facts["high"].isna()
    large = facts.index[alone & (facts["value"] >= 1e9)]
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/facts.html")
        assert page.locator(f"[id='{large[0]}'] td.n").inner_text().strip().endswith("bn")
        page.locator("th button", has_text="Value").click()
        page.locator("th button", has_text="Value").click()
        first = page.locator("tbody tr").first.get_attribute("id")
        values = facts["value"].fillna(facts["low"])
        assert values[first] == values.max(), "the largest comes first, not the one with most digits"
        with page.expect_download() as started:
            page.get_by_role("button", name="CSV of these rows").click()
        with Path(started.value.path()).open(encoding="utf-8") as file:
            taken = {row["id"]: row["Value"] for row in csv.DictReader(file)}
        assert {name: float(taken[name]) for name in large} == facts.loc[large, "value"].to_dict()


def test_up_to_four_chips_stand_side_by_side(browser, site):
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/accelerators.html?compare=h100_sxm")
        head = page.locator("#compare thead th")
        assert head.count() == 2 and "H100" in head.nth(1).inner_text()
        page.locator("#ascend_910c input").check()
        row = page.locator("#compare tr", has_text="FP16 dense")
        values = row.locator("td").all_inner_texts()
        h100, ascend = (float(text.split()[0].replace(",", "")) for text in values)
        assert f"{ascend / h100:.2g} times" in values[1]
        for chip in ("a100_sxm_80", "h20_96"):
            page.locator(f"#{chip} input").check()
        assert page.locator("#v100_sxm2 input").is_disabled()
        assert "compare=h100_sxm" in page.url
        page.get_by_role("button", name="Remove H100").first.click()
        assert page.locator("#compare thead th").count() == 4
        assert reader.faults == []


def test_two_scenarios_are_compared(browser, site):
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/scenarios.html")
        table = page.locator(".scenario-table")
        assert "0.80 times" in table.inner_text() and "Tight controls" in table.inner_text()
        page.get_by_label("with").select_option("0")
        assert "1.00 times" in table.inner_text() and "b=baseline" in page.url
        assert reader.faults == []


def test_claims_are_filtered_by_verdict_source_and_subject(browser, site):
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/claims.html")
        rows = page.locator("#register-claims tbody tr:visible")
        assert rows.count() == 3
        page.get_by_label("Now").select_option("contradicted")
        assert rows.count() == 1
        page.get_by_role("button", name="Clear").click()
        page.get_by_label("Subject").select_option("market")
        assert rows.count() == 1 and "patents" in rows.first.inner_text()
        rows.first.locator("small a").first.click()
        page.locator(".statements li:target").wait_for()
        assert reader.faults == []


def test_permalink_is_copied_and_citation_names_the_address(browser, served):
    with Reader(browser, offline=False) as reader:
        reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = reader.open(f"{served}/chips.html")
        link = page.locator(".exhibit-link")
        assert link.inner_text().startswith("Copy link")
        link.click()
        page.wait_for_selector("text=Link copied")
        assert page.evaluate("navigator.clipboard.readText()") == f"{served}/chips.html#x-frontier"
        page.locator(".exhibit-cite summary").click()
        cite = page.locator(".exhibit-cite").inner_text()
        assert cite.count("chips.html#x-frontier") == 2 and "@misc{" in cite
        assert reader.faults == []


def test_the_picture_to_take_away_is_drawn_in_the_light_colours_whatever_the_theme(browser, site):
    pictures = []
    for scheme in ("light", "dark"):
        with Reader(browser, scheme=scheme) as reader:
            page = reader.open(f"file://{site}/chips.html")
            with page.expect_download() as started:
                page.get_by_role("button", name="PNG of: ").click()
            assert started.value.suggested_filename == "frontier.png"
            pictures.append(Path(started.value.path()).read_bytes())
            assert reader.faults == []
    drawing = etree.parse(str(site / "exhibits" / "frontier.svg")).getroot()
    width, height = struct.unpack(">II", pictures[0][16:24])
    assert width == 2 * float(drawing.get("width"))
    assert height == pytest.approx(2 * float(drawing.get("height")), abs=160), "lines may break elsewhere"
    assert pictures[0] == pictures[1]
    pixels = mpimg.imread(io.BytesIO(pictures[0]))
    assert (pixels[0, 0] == 1).all(), "on white"
    ink = [int(TOKENS["ink"][0][place : place + 2], 16) / 255 for place in (1, 3, 5)]
    title = pixels[32:86, 32:, :3]
    assert (abs(title - ink) < 0.01).all(axis=-1).sum() > 500, "the finding stands above"


def test_search_finds_pages_exhibits_facts_and_sources_from_a_file(browser, site):
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/chips.html")
        page.keyboard.press("/")
        page.locator("dialog.search input").fill("huawei")
        page.wait_for_selector("dialog.search li a")
        kinds = set(page.locator("dialog.search li small:first-child").all_inner_texts())
        assert {"Exhibit", "Fact"} <= kinds
        titles = page.locator("dialog.search li a").all_inner_texts()
        focused = "document.activeElement.textContent"
        for _ in range(2):
            page.keyboard.press("ArrowDown")
        assert page.evaluate(focused) == titles[1], "the arrows walk through the results"
        page.keyboard.press("ArrowUp")
        assert page.evaluate(focused) == titles[0]
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.tagName") == "INPUT", "and back to the box"
        page.keyboard.press("Escape")
        assert page.locator("dialog.search").is_hidden()
        assert reader.faults == []


def test_keyboard_reaches_the_content_the_menus_and_the_table(browser, site):
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/chips.html")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        summary = page.locator("header nav summary").first
        summary.focus()
        page.keyboard.press("Enter")
        assert page.locator("header nav details a").first.is_visible()
        page.keyboard.press("Escape")
        assert page.locator("header nav details a").first.is_hidden()
        table = page.locator(".exhibit-table summary")
        table.focus()
        page.keyboard.press("Enter")
        assert page.locator(".exhibit-table table").is_visible()


def test_focus_is_seen_on_every_control(browser, site):
    """Each stop of the Tab key on a page with all kinds of controls draws an outline."""
    with Reader(browser) as reader:
        page = reader.open(f"file://{site}/accelerators.html?q=h100")
        seen = []
        for _ in range(30):
            page.keyboard.press("Tab")
            seen.append(page.evaluate(
                "() => { const e = document.activeElement, s = getComputedStyle(e);"
                "const ring = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1;"
                "return [e.tagName + '.' + e.className, ring]; }"
            ))  # fmt: skip
        assert len({name for name, _ in seen}) > 6
        assert [name for name, outlined in seen if not outlined and not name.startswith("BODY")] == []


def test_without_scripts_everything_is_there(browser, site):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(f"file://{site}/chips.html")
    assert page.locator(".exhibit svg.wide").is_visible()
    assert page.locator("header nav a").first.is_visible()
    for name, least in (("facts", 100), ("accelerators", 100), ("scenarios", 2)):
        page.goto(f"file://{site}/{name}.html")
        assert page.locator("tbody tr").count() >= least
    context.close()
