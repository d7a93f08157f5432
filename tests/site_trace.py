"""From a number to its evidence, by following links as a reader would."""

from collections import deque
from pathlib import Path

from lxml import html

REGISTERS = ("facts.html", "sources.html", "assumptions.html", "accelerators.html")


class Walk:
    """The links of a built site: pages parsed once, rows and exhibits by address."""

    def __init__(self, site: Path):
        self.pages = {path.name: html.parse(str(path)).getroot() for path in site.glob("*.html")}
        self.pages.pop("whole.html", None)
        self.ids = {name: {element.get("id"): element for element in root.iter() if element.get("id")}
                    for name, root in self.pages.items()}  # fmt: skip

    def numbers(self) -> dict[str, list[tuple[str, html.HtmlElement]]]:
        """Every headline by name, with the places where a reader meets it: page and element."""
        found: dict[str, list] = {}
        for name, root in self.pages.items():
            for link in root.xpath('//a[@class="num-link"]'):
                found.setdefault(link.get("data-headline"), []).append((name, link))
        return found

    def is_row(self, address: str) -> bool:
        """Whether an address is a row of the evidence."""
        page, _, anchor = address.partition("#")
        return page in REGISTERS and anchor in self.ids[page] and self.ids[page][anchor].tag == "tr"

    def clicks_to_row(self, link: html.HtmlElement) -> tuple[int, str]:
        """The fewest clicks from a number to a row of the evidence, and that row; raises where there is no way.

        A reader may take a link in the number's card, or go to the exhibit and take a link of its caption.
        """
        card = link.getparent().xpath('./span[@class="num-card"]//a/@href')
        waiting = deque([(1, address) for address in [*card, link.get("href")]])
        seen = set()
        while waiting:
            clicks, address = waiting.popleft()
            if self.is_row(address):
                return clicks, address
            page, _, anchor = address.partition("#")
            if address in seen or clicks >= 3 or page not in self.pages:
                continue
            seen.add(address)
            place = self.ids[page].get(anchor) if anchor else self.pages[page]
            if place is not None:
                waiting.extend((clicks + 1, found) for found in place.xpath(".//a/@href"))
        raise AssertionError(f"no way from {link.get('data-headline')} to a row of the evidence")

    def traced(self) -> dict[str, tuple[int, str]]:
        """Of every headline: the clicks from the page where it stands to its evidence, and the row."""
        return {
            headline: min(self.clicks_to_row(link) for _, link in places)
            for headline, places in self.numbers().items()
        }
