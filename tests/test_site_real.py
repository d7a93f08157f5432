"""The site of the real notebooks, built small: each page in Chromium in both themes, each number to its evidence."""

import gzip
import re
import shutil

import pytest

from helpers import pages
from helpers.cli import readme
from project_copy import briefing, copy_project
from site_alike import differences
from site_audit import ARGUMENTS, CHROMIUM, audit, page_names
from site_trace import Walk

pytestmark = [pytest.mark.slow, pytest.mark.build]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("real") / "project"
    folder.mkdir()
    project = copy_project(folder)
    (project / "src").rmdir()
    (project / "src").symlink_to(pages.__path__[0].removesuffix("/helpers/pages"))
    return project


def build(project, renderer, *arguments):
    given = ("-p", "draws=256", "--renderer", renderer, "--editions", "none", *arguments)
    done = briefing(project, "build", *given)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def site(project):
    build(project, "smalldocs")
    return project / "_site"


def test_fifteen_headlines_lead_to_their_evidence_in_three_clicks(site):
    traced = Walk(site).traced()
    assert len(traced) >= 15
    assert max(clicks for clicks, _ in traced.values()) <= 3
    assert len({headline.split(".")[0] for headline in traced}) == 4, "every chapter has traced numbers"


def test_each_exhibit_has_its_menu_and_files(site):
    walk = Walk(site)
    figures = [figure for root in walk.pages.values() for figure in root.xpath("//figure[@data-exhibit]")]
    assert len(figures) > 20
    for figure in figures:
        name = figure.get("data-exhibit")
        for kind in ("csv", "svg") if figure.xpath('.//div[@class="exhibit-chart"]') else ("csv",):
            assert figure.xpath(f'.//a[@href="exhibits/{name}.{kind}"][@download]'), name
            assert (site / "exhibits" / f"{name}.{kind}").stat().st_size > 0
        assert figure.xpath(f'.//a[@class="exhibit-link"][@href="#x-{name}"]'), name
        assert "@misc{" in "".join(figure.xpath('.//details[@class="exhibit-cite"]//pre/text()')), name
        assert figure.xpath(".//table"), name
        assert figure.xpath('.//div[@class="exhibit-source"]//a[starts-with(@href,"sources.html#")]'), name


def test_the_readme_tells_what_a_build_tells_to_within_sampling(site):
    """The words are the same; no number is off by a quarter, which few draws and one new row do not move it."""
    told = readme.BLOCK.search((site.parent / "README.md").read_text(encoding="utf-8"))[0].splitlines()[1:-1]
    fresh = readme.today(site).splitlines()
    number = re.compile(r"\d[\d,]*(?:\.\d+)?")
    assert [number.sub("#", line) for line in told] == [number.sub("#", line) for line in fresh], (
        "briefing readme"
    )
    for line, other in zip(told, fresh, strict=True):
        pairs = zip(number.findall(line), number.findall(other), strict=True)
        for old, new in ((float(a.replace(",", "")), float(b.replace(",", ""))) for a, b in pairs):
            assert old == pytest.approx(new, rel=0.25, abs=1), f"run `briefing readme`: {line}"


def test_no_page_is_heavy(site):
    for path in site.glob("*.html"):
        assert len(gzip.compress(path.read_bytes(), 6)) < 180_000, path.name


@pytest.mark.quarto
@pytest.mark.skipif(not shutil.which("quarto"), reason="Quarto is not installed")
def test_quarto_makes_the_same_site(project, site, tmp_path):
    build(project, "quarto", "--out", str(tmp_path / "site"))
    assert differences(site, tmp_path / "site") == []


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_drawn_quiet_accessible_and_fits_a_phone(site, scheme):
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        is_light = scheme == "light"
        found = audit(browser, site, page_names(site), scheme, live=is_light, phone=is_light)
        browser.close()
    assert found == []
