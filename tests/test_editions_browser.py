"""The switch between editions and the changes page in Chromium, from files, network cut off."""

import shutil
from pathlib import Path

import pytest

import edition_folder
from helpers.edition.editions import keep_editions
from helpers.edition.neighbours import introduce
from helpers.pages.finish import palette_css

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
ROOT = Path(__file__).parents[1]
AXE = ROOT / "tests" / "vendor" / "axe.min.js"


def make(folder: Path, as_of: str, number: float) -> Path:
    """An edition with the scripts and styles of the site."""
    said = edition_folder.stated()
    said["headlines"]["stock"] |= {"value": number, "shown": f"{number / 1e6:.1f} M"}
    said["facts"][0]["value"] = str(int(number))
    said["table"] = said["table"].replace("2025,700", f"2025,{number / 1e3:.0f}")
    shutil.copytree(
        ROOT / "report" / "assets", folder / "assets", ignore=shutil.ignore_patterns("vendor", "*.ttf")
    )
    (folder / "assets" / "css" / "palette.css").write_text(palette_css(), encoding="utf-8")
    return edition_folder.make(folder, as_of, said)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """An edition of 2024 that was kept before those of 2025 and 2026 were made."""
    folder = tmp_path_factory.mktemp("editions")
    first = make(folder / "first", "2025-06-30", 1.6e6)
    make(first / "editions" / "2024-06-30", "2024-06-30", 1.5e6)
    introduce(first, ["2024-06-30"])
    second = make(folder / "second", "2026-10-09", 2.0e6)
    make(second / "editions" / "2025-06-30", "2025-06-30", 1.6e6)
    shutil.copytree(first / "editions" / "2024-06-30", second / "editions" / "2024-06-30")
    introduce(second, ["2025-06-30"])
    third = make(folder / "third", "2026-10-09", 2.4e6)
    keep_editions(third, second, [], True, "smalldocs")
    return third


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser):
    """A window that fails the test on any console message or failed request."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    opened = context.new_page()
    faults = []
    opened.on("console", lambda message: faults.append(message.text))
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))
    yield opened
    context.close()
    assert faults == []


def test_by_keyboard_to_the_same_page_of_another_edition(page, site):
    page.goto(f"file://{site}/chips.html")
    page.locator("details.as-of summary").focus()
    page.keyboard.press("Enter")
    links = page.locator("details.as-of ul a")
    assert links.all_inner_texts() == ["9 Oct 2026", "30 Jun 2025", "30 Jun 2024"]
    assert page.locator("details.as-of ul a[aria-current=true]").inner_text() == "9 Oct 2026"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/editions/2025-06-30/chips.html")
    assert page.locator("aside.edition").is_visible()
    page.locator("aside.edition a").click()
    page.wait_for_url(f"file://{site}/chips.html")
    page.locator("details.as-of summary").click()
    page.keyboard.press("Escape")
    assert page.locator("details.as-of ul").is_hidden()


def test_a_kept_page_learns_of_editions_kept_later(page, site):
    page.goto(f"file://{site}/editions/2024-06-30/capacity.html")
    links = page.locator("details.as-of ul a")
    page.locator("details.as-of summary").click()
    page.wait_for_function("document.querySelectorAll('details.as-of ul a').length === 4")
    assert links.all_inner_texts() == ["Current edition", "9 Oct 2026", "30 Jun 2025", "30 Jun 2024"]
    links.nth(1).click()
    page.wait_for_url("**/editions/2026-10-09/capacity.html")
    page.locator("details.as-of summary").click()
    links.first.click()
    page.wait_for_url(f"file://{site}/capacity.html")


def test_without_scripts_the_switch_works(browser, site):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(f"file://{site}/index.html")
    page.locator("details.as-of summary").click()
    page.locator("details.as-of ul a", has_text="30 Jun 2024").click()
    page.wait_for_url("**/editions/2024-06-30/index.html")
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_wcag_and_no_sideways_scroll(browser, site, width, scheme):
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    page = context.new_page()
    found = []
    for name in ("changes.html", "editions/2025-06-30/changes.html", "editions/2025-06-30/chips.html"):
        page.goto(f"file://{site}/{name}")
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", tags)
        found += [
            f"{name}: {fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in result["violations"]
        ]
    context.close()
    assert found == []
