"""The whole briefing on one page, made for printing: judgements, chapters, claims, methods and assumptions in order.

Facts and sources stay on their own pages: a reader of paper does not look them up row by row.
"""

from collections.abc import Mapping
from html import escape

from lxml import html

from helpers.pages.content import Content

NAME = "whole.html"
LAST = ("claims.html", "methods.html", "assumptions.html")
# What a table of figures may take of a sheet of paper; columns of ids are for machines.
WIDEST, LONGEST = 9, 24
_MACHINE = {"Evidence", "Fact ID", "Source IDs", "Sources", "Assumption ID"}
_REFERRING = ("aria-labelledby", "aria-describedby", "for")
# Shown where a reader can act on it, and of no use on paper.
_UNPRINTED = (
    '//*[@class="exhibit-chart"]/*[contains(@class,"narrow")] | //script | //*[@class="also"]'
    ' | //*[@class="num-card"] | //*[contains(@class,"exhibit-menu")] | //*[@class="designer"]'
    ' | //*[contains(@class,"capacity-sliders")]'
)


def whole(contents: Mapping[str, Content], chapters: list[str]) -> Content:
    """The pages in reading order as one content; ids are made different and links between the pages stay inside."""
    order = [name for name in ("index.html", *chapters, *LAST) if name in contents]
    sections = [_section(name, contents[name], order) for name in order]
    entries = "".join(
        f'<li><a href="#{_prefix(name)}">{escape(contents[name].title)}</a></li>' for name in order[1:]
    )
    listed = f'<nav class="whole-contents" aria-label="Chapters"><ol>{entries}</ol></nav>'
    first, *rest = sections
    return Content(
        title="The whole briefing",
        description="All chapters on one page, made for printing.",
        html=first + listed + "".join(rest),
        is_still=True,
    )


def _prefix(name: str) -> str:
    return f"part-{name.removesuffix('.html')}"


def _section(name: str, content: Content, order: list[str]) -> str:
    root = html.fragment_fromstring(content.html, create_parent="section")
    root.set("id", _prefix(name))
    root.set("class", "whole-part")
    for element in root.xpath(_UNPRINTED):
        element.drop_tree()
    for number in root.xpath('//*[@class="num"]'):
        for link in number.iter("a"):
            link.attrib.pop("aria-describedby", None)
        number.drop_tag()
    for table in root.xpath('//*[contains(@class,"exhibit")]/*[@class="table-scroll"]/table'):
        _for_paper(table, name)
    for element in list(root.iter("h1", "h2", "h3", "h4")):
        element.tag = f"h{min(int(element.tag[1]) + 1, 6)}"
    for element in root.iterdescendants():
        if isinstance(element.tag, str):
            _readdress(element, name, order)
    if name not in LAST:
        for element in root.xpath('//*[@class="register"]'):
            element.getparent().replace(element, _left_out(name))
    if not content.has_display_title:
        title = html.Element("h2")
        title.text = content.title
        root.insert(0, title)
        if content.description:
            lede = html.Element("p")
            lede.set("class", "lede")
            lede.text = content.description
            root.insert(1, lede)
    return html.tostring(root, encoding="unicode")


def _for_paper(table: html.HtmlElement, name: str) -> None:
    """A table as paper can hold it: no columns of ids, not wider nor longer than a sheet; the site has the rest."""
    heads = [head.text_content().strip() for head in table.xpath("./thead/tr/th")]
    kept = [place for place, head in enumerate(heads) if head not in _MACHINE][:WIDEST]
    rows = table.xpath("./thead/tr | ./tbody/tr")
    for row in rows:
        for place, cell in enumerate(list(row)):
            if place not in kept:
                row.remove(cell)
    for row in rows[LONGEST + 1 :]:
        row.getparent().remove(row)
    if len(rows) > LONGEST + 1 or len(kept) < len(heads):
        table.getparent().addnext(_left_out(name, "The whole table"))


def _readdress(element: html.HtmlElement, name: str, order: list[str]) -> None:
    """Ids, and what refers to them, as they are on this page."""
    for attribute in ("id", *_REFERRING):
        if element.get(attribute):
            element.set(attribute, _own(name, element.get(attribute)))
    if element.tag == "a" and element.get("href"):
        element.set("href", _inside(name, element.get("href"), order))


def _left_out(name: str, what: str = "The list") -> html.HtmlElement:
    return html.fragment_fromstring(
        f'<p class="caution">{what} is on the site: <a href="{name}">{name}</a>.</p>'
    )


def _own(name: str, anchor: str) -> str:
    """An id as it is here: those of exhibits are the same in the whole site, others get the name of their page."""
    return anchor if anchor.startswith("x-") else f"{name.removesuffix('.html')}-{anchor}"


def _inside(name: str, href: str, order: list[str]) -> str:
    """A link as it is here: to another part of this page where that part is on it."""
    page, mark, anchor = href.partition("#")
    page = page or (name if mark else "")
    if page not in order:
        return href
    return f"#{_own(page, anchor)}" if anchor else f"#{_prefix(page)}"
