"""What must hold for every page of a finished site, whatever rendered it."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from lxml import html

from helpers.pages.shell import POLICY
from helpers.pages.whole import NAME as WHOLE

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.I)
_LOADING = (
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("source", "src"),
    ("iframe", "src"),
    ("use", "href"),
)


def check_site(site: Path) -> list[str]:
    """Every fault of the pages in `site`, empty when it is sound: page, what was found, what was expected."""
    documents = {path.name: html.parse(str(path)).getroot() for path in sorted(site.glob("*.html"))}
    if "index.html" not in documents:
        return ["index.html is missing"]
    ids = {name: root.xpath("//@id") for name, root in documents.items()}
    is_there = cache(lambda path: (site / path).is_file())
    places = {name: set(found) for name, found in ids.items()}
    faults: list[str] = []
    for name, root in documents.items():
        faults += _page_faults(name, root, ids[name])
        faults += _link_faults(name, root, is_there, places)
    shown = Counter(
        found
        for name, root in documents.items()
        if name != WHOLE
        for found in root.xpath("//figure/@data-exhibit")
    )
    faults += [f"exhibit {name} is shown {times} times" for name, times in shown.items() if times > 1]
    for sheet in sorted((site / "notebooks").glob("*.html")):
        faults += _sheet_faults(sheet)
    return faults


def _page_faults(name: str, root: html.HtmlElement, ids: list[str]) -> list[str]:
    faults = [f"{name}: the id {found} occurs twice" for found, times in Counter(ids).items() if times > 1]
    named = " ".join(root.xpath("//@aria-describedby | //@aria-labelledby | //@for")).split()
    faults += [f"{name}: a label or description names {lost}, not there" for lost in sorted({*named} - {*ids})]
    if POLICY not in root.xpath('//meta[@http-equiv="Content-Security-Policy"]/@content'):
        faults.append(f"{name}: the content security policy is missing")
    if len(root.xpath("//h1")) != 1:
        faults.append(f"{name}: {len(root.xpath('//h1'))} first-level headings, expected one")
    if root.xpath("//script[not(@src) and not(@type='application/json')]"):
        faults.append(f"{name}: an inline script")
    if root.xpath("//@style") or root.xpath("//style"):
        faults.append(f"{name}: an inline style")
    if root.xpath("//@*[starts-with(name(), 'on')]"):  # the parser has put names in lower case
        faults.append(f"{name}: an inline event handler")
    for figure in root.xpath("//figure[@data-exhibit]"):
        drawings = figure.xpath('.//div[@role="img"]')
        if drawings and not (drawings[0].get("aria-label") or "").strip():
            faults.append(f"{name}: exhibit {figure.get('data-exhibit')} has no alternative text")
    for output in root.xpath(
        '//*[contains(@class,"cell-output-error") or contains(@class,"cell-output-stderr")]'
    ):
        faults.append(f"{name}: error output of a notebook: {output.text_content().strip()[:200]}")
    text = root.text_content()
    for left in ("{{<", "?var:", "?meta:"):
        if left in text:
            place = text.index(left)
            faults.append(f"{name}: an unfilled {text[place : place + 60]!r}")
    return faults


def _link_faults(
    name: str, root: html.HtmlElement, is_there: Callable[[str], bool], places: Mapping[str, set[str]]
) -> list[str]:
    faults = []
    for tag, attribute in _LOADING:
        for address in root.xpath(f"//{tag}/@{attribute}"):
            if address.startswith("data:image/"):
                continue
            if _SCHEME.match(address):
                faults.append(f"{name}: loads {address} from elsewhere")
            elif not address.startswith("#") and not is_there(unquote(address)):
                faults.append(f"{name}: {address} is missing")
    for address in root.xpath("//a/@href"):
        if _SCHEME.match(address):
            if not re.match(r"https?:|mailto:", address, re.I):
                faults.append(f"{name}: a link to {address[:60]}")
            continue
        path, _, anchor = address.partition("#")
        path = unquote(path) or name
        if not is_there(path):
            faults.append(f"{name}: a link to {path}, which is missing")
        elif anchor and path in places and unquote(anchor) not in places[path]:
            faults.append(f"{name}: a link to {address}, where no such place is")
    return faults


def _sheet_faults(sheet: Path) -> list[str]:
    root = html.parse(str(sheet)).getroot()
    name = f"notebooks/{sheet.name}"
    faults = [f"{name}: a script" for _ in root.xpath("//script")]
    for tag, attribute in _LOADING:
        faults += [f"{name}: loads {address[:60]}" for address in root.xpath(f"//{tag}/@{attribute}")
                   if not address.startswith(("data:", "#"))]  # fmt: skip
    return faults
