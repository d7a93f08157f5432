"""The content of a rendered page, made fit for a strict page: no code, no foreign address, no inline style."""

import re
from dataclasses import dataclass, field
from html import escape

from lxml import etree, html

from helpers.pages.typography import marks, set_text

LOCAL_SCRIPT = re.compile(r"assets/(?:[\w-]+/)*[\w.-]+\.js")
_DROPPED = (
    "style",
    "link",
    "meta",
    "base",
    "iframe",
    "object",
    "embed",
    "frame",
    "frameset",
    "noscript",
    "applet",
)
_ADDRESSES = (
    "href",
    "src",
    "action",
    "formaction",
    "poster",
    "srcset",
    "background",
    "data",
    "{http://www.w3.org/1999/xlink}href",
)
_SOUND_LINK = re.compile(r"(?:https?://|mailto:)", re.I)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_PRESENTATION = ("style", "align", "border", "bgcolor", "valign")
QUESTION = "Question"
# A first-level heading that the content brings itself: a sentence on the first page, the name of a generated page.
OWN_TITLES = {"display-title", "page-title"}
_RIGHT = re.compile(r"text-align:\s*right")


@dataclass
class Content:
    """One page: its title, the rest of its content as HTML, its headings for the contents list, and its scripts.

    is_still: made for paper, so that charts and tables stay as drawn.
    """

    title: str
    description: str
    html: str
    headings: list[tuple[int, str, str]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    has_display_title: bool = False
    text: str = ""
    is_still: bool = False


def read_page(document: str) -> Content:
    """Take the content out of a page of either renderer and clean it.

    Raises ValueError when the page has no main element.
    """
    root = html.document_fromstring(document)
    found = root.xpath('//main[@id="quarto-document-content"] | //main')
    if not found:
        raise ValueError("the rendered page has no <main>")
    main = found[0]
    scripts = clean(main)
    set_text(main)
    title = marks(_take_title(main, root))
    description = _take_question(main) or marks("".join(root.xpath('//meta[@name="description"]/@content')[:1]))
    named = main.xpath('.//h1[contains(@class,"page-title")]')
    title = " ".join(named[0].text_content().split()) if named else title
    display = bool([head for head in main.iter("h1") if set((head.get("class") or "").split()) & OWN_TITLES])
    for position, card in enumerate(main.xpath('.//*[@class="num-card"]'), start=1):
        card.set("id", f"num-{position}")
        card.getparent()[0].set("aria-describedby", f"num-{position}")
    inner = (escape(main.text or "")) + "".join(html.tostring(child, encoding="unicode") for child in main)
    return Content(title, description, inner.strip(), _headings(main), scripts, display, _plain(main))


def clean(main: html.HtmlElement) -> list[str]:
    """Remove what a strict page may not hold; returns the site's own scripts that the content asked for."""
    scripts = []
    for element in list(main.iter()):
        if not isinstance(element.tag, str):
            _drop(element)
            continue
        if element.tag == "script":
            source = element.get("src", "")
            if LOCAL_SCRIPT.fullmatch(source):
                scripts.append(source)
            elif element.get("type") == "application/json":
                continue
            _drop(element)
        elif element.tag in _DROPPED:
            _drop(element)
        else:
            _clean_attributes(element)
    _even_out(main)
    return list(dict.fromkeys(scripts))


def _even_out(main: html.HtmlElement) -> None:
    """What only one of the renderers writes about the same content goes: everything after this sees one page."""
    for element in main.xpath(".//*[@data-execution_count]"):
        del element.attrib["data-execution_count"]
    for figure in main.iter("figure"):
        figure.classes.discard("figure")
    for row in main.xpath('.//table[contains(@class,"caption-top")]//tr'):
        row.classes -= {"header", "odd", "even"}
    for box in main.xpath('.//div[@class="sd-table"]'):
        box.drop_tag()
    for cell in main.xpath('.//div[@class="cell"][not(*)]'):
        _drop(cell)


def _clean_attributes(element: html.HtmlElement) -> None:
    for name in list(element.attrib):
        value = element.get(name)
        unsound = name in _ADDRESSES and not _sound_address(element, value)
        if name == "href" and value.startswith("./"):
            element.set(name, value.removeprefix("./") or "index.html")
        if unsound or name.lower() in _PRESENTATION or name.lower().startswith("on"):
            del element.attrib[name]
            if name == "style" and element.tag in ("td", "th") and _RIGHT.search(value):
                element.set("class", f"{element.get('class', '')} n".strip())


def _sound_address(element: html.HtmlElement, address: str) -> bool:
    """Links may lead to the web; everything that loads by itself comes from the site or is an inline picture."""
    address = re.sub(r"[\x00-\x20]", "", address)
    if element.tag == "a" or element.tag == "area":
        return not _SCHEME.match(address) or bool(_SOUND_LINK.match(address)) or _is_csv(address)
    if element.tag == "img" and address.startswith("data:image/"):
        return True
    return not _SCHEME.match(address) and not address.startswith("//")


def _is_csv(address: str) -> bool:
    return address.startswith("data:text/csv")


def _drop(element: etree._Element) -> None:
    """Remove an element and keep the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _take_title(main: html.HtmlElement, root: html.HtmlElement) -> str:
    """The page's title, taken out of the content: the shell writes the only first-level heading."""
    block = main.xpath('.//header[@id="title-block-header"]')
    heads = [head for head in main.iter("h1") if not set((head.get("class") or "").split()) & OWN_TITLES]
    named = [head for head in heads if "title" in (head.get("class") or "")] or heads[:1]
    title = " ".join(named[0].text_content().split()) if named else ""
    for element in block:
        _drop(element)
    for head in heads:
        if head.getparent() is not None and head not in block:
            same = " ".join(head.text_content().split()) == title
            if same:
                _drop(head)
            else:
                head.tag = "h2"
    return title or "".join(root.xpath("//title/text()")[:1]).split(" – ")[0]


def _take_question(main: html.HtmlElement) -> str:
    """What a chapter asks, taken out of its first section: it stands under the title, once."""
    heads = [head for head in main.iter("h2") if head.text_content().strip() == QUESTION]
    asked = heads[0].getnext() if heads else None
    if asked is None or asked.tag != "p":
        return ""
    text = " ".join(asked.text_content().split())
    section = heads[0].getparent()
    _drop(asked)
    _drop(heads[0])
    if section.tag == "section" and not section.text_content().strip() and not len(section.xpath(".//*[@id]")):
        _drop(section)
    return text


def _headings(main: html.HtmlElement) -> list[tuple[int, str, str]]:
    """Level, id and text of the second- and third-level headings, exhibits' titles left out."""
    found = []
    for head in main.iter("h2", "h3"):
        if any("exhibit" in (parent.get("class") or "").split() for parent in head.iterancestors("figure")):
            continue
        section = head.getparent()
        anchor = head.get("id") or (
            section.get("id") if section is not None and section.tag == "section" else None
        )
        if anchor:
            found.append((int(head.tag[1]), anchor, " ".join(head.text_content().split())))
    return found


def _plain(main: html.HtmlElement) -> str:
    """The prose for the search index: without tables, drawings and cards."""
    parts = []
    for element in main.iter("p", "li", "h2", "h3"):
        if any(
            up.tag in ("table", "svg") or "num-card" in (up.get("class") or "")
            for up in element.iterancestors()
        ):
            continue
        parts.append(" ".join(element.text_content().split()))
    return " ".join(parts)
