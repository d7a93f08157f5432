"""A walk over every page of a site in Chromium with the network cut off: what is wrong with each, in words."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NARROW = (360, 390, 768)
ROWS = 30

_DRAWN = """() => [...document.querySelectorAll('.exhibit-chart svg.wide, .card-chart svg')].flatMap(svg => {
  const box = svg.getBoundingClientRect();
  const name = (svg.closest('figure') || svg.closest('li')).textContent.slice(0, 40);
  const inks = [...svg.querySelectorAll('path,rect,line,text')].map(e => {
    const style = getComputedStyle(e); return style.fill + style.stroke; });
  const faults = [];
  if (box.width < 100 || box.height < 40) faults.push('a drawing of no size: ' + name);
  if (!inks.some(ink => /rgb\\((?!0, 0, 0)/.test(ink))) faults.push('a drawing without colour: ' + name);
  return faults; })"""
_TEXTS = """() => [...document.querySelectorAll('.exhibit-chart svg')].filter(s => s.getBoundingClientRect().width)
  .flatMap(svg => { const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return [...svg.querySelectorAll('text')].filter(t => t.textContent.trim()).flatMap(t => {
      const box = t.getBoundingClientRect(); const size = parseFloat(getComputedStyle(t).fontSize) * scale;
      const of = svg.closest('figure').id + ': ' + JSON.stringify(t.textContent);
      const faults = [];
      if (size < 9.5) faults.push(of + ' is ' + size.toFixed(1) + ' px');
      if (/\\d{4}-\\d\\d|\\w'\\w|[a-z]_[a-z]|…$/.test(t.textContent)) faults.push(of + ' is not in words');
      if (box.left < -1 || box.right > innerWidth + 1) faults.push(of + ' is cut');
      return faults; }); })"""
_SPILLS = """() => [...document.querySelectorAll('.register')].filter(r => r.clientWidth).flatMap(r => {
  const rows = [...r.querySelectorAll('tbody tr')]; const scroll = r.querySelector('.table-scroll');
  rows.forEach(row => row.style.contentVisibility = 'visible');
  const over = e => e.scrollWidth > e.clientWidth + 1;
  const faults = over(scroll) && r.closest('.wide') ? [r.id + ' has columns out of sight'] : [];
  const spilt = [...r.querySelectorAll('th,td')].filter(over).slice(0, 3);
  return faults.concat(spilt.map(c => r.id + ' spills: ' + c.textContent.slice(0, 60))); })"""
_HEADINGS = """() => { let last = 0; return [...document.querySelectorAll('main :is(h1,h2,h3,h4,h5)')].flatMap(h => {
  const level = Number(h.tagName[1]); const jump = level > last + 1 && last; last = level;
  return jump ? ['heading level jumps at ' + h.textContent.slice(0, 50)] : []; }); }"""


class Reader:
    """One window that keeps what went wrong: console messages, failed and foreign requests."""

    def __init__(self, browser, width: int = 1280, scheme: str = "light", offline: bool = True):
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

    def _failed(self, request) -> None:
        """A request that the next page cut short is no fault."""
        if "ERR_ABORTED" not in (request.failure or ""):
            self.faults.append(f"failed: {request.url}: {request.failure}")

    def open(self, address: str):
        """Go to an address and return the page."""
        self.page.goto(address)
        return self.page

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_) -> None:
        self.context.close()


def page_names(site: Path) -> list[str]:
    """Every page of the site without its ending; of the articles, which are made alike, the first."""
    names = sorted(path.stem for path in site.glob("*.html"))
    articles = [name for name in names if name.startswith("article-")]
    return [name for name in names if name not in articles[1:]]


def enliven_all(page) -> int:
    """Bring every chart to life by passing over it; returns how many there are."""
    if not page.locator('script[src$="charts.js"]').count():
        return 0
    charts = page.locator(".exhibit > .exhibit-chart")
    for place in range(charts.count()):
        charts.nth(place).scroll_into_view_if_needed()
        charts.nth(place).hover(position={"x": 5, "y": 5})
        page.wait_for_function(
            "n => document.querySelectorAll('.exhibit > .exhibit-chart')[n].classList.contains('enlivened')",
            arg=place,
            timeout=15_000,
        )
    return charts.count()


def axe(page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and its own best practice; long tables are cut first."""
    page.evaluate(f"document.querySelectorAll('tbody tr:nth-child(n+{ROWS})').forEach(row => row.remove())")
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate(
        "tags => axe.run({runOnly: tags, resultTypes: ['violations'], preload: false})", TAGS
    )
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:160]}" for fault in result["violations"]]


def audit(
    browser, site: Path, names: Iterable[str], scheme: str, live: bool, phone: bool = True
) -> list[str]:
    """Every fault of the pages in one theme: drawings, headings, scripts, requests, WCAG, sideways scroll."""
    found: list[str] = []
    with Reader(browser, scheme=scheme) as reader:
        for name in names:
            reader.page.set_viewport_size({"width": 1280, "height": 900})
            page = reader.open(f"file://{site}/{name}.html")
            faults = page.evaluate(_DRAWN) + page.evaluate(_HEADINGS)
            if page.locator("h1").count() != 1:
                faults.append("not one first-level heading")
            if phone:
                faults += _narrow(page, NARROW)
                faults += [f"{fault} (390 px)" for fault in axe(page)]
                page.set_viewport_size({"width": 1280, "height": 900})
            if live:
                enliven_all(page)
            faults += axe(page)
            found += [f"{name}, {scheme}: {fault}" for fault in faults + reader.faults]
            reader.faults.clear()
        foreign = {url for url in reader.requests if not url.startswith(("file://", "data:", "blob:"))}
        found += [f"{scheme}: asked {url}" for url in sorted(foreign)]
    return found


def _narrow(page, widths: Sequence[int]) -> list[str]:
    faults = []
    for width in sorted(widths, reverse=True):
        page.set_viewport_size({"width": width, "height": 844})
        across = page.evaluate("document.documentElement.scrollWidth")
        if across > width:
            faults.append(f"scrolls sideways at {width} px: {across} px wide")
        if width == 360:
            faults += page.evaluate(_TEXTS)
        if width >= 768:
            faults += [f"{fault} at {width} px" for fault in page.evaluate(_SPILLS)]
    return faults
