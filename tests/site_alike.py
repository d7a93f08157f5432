"""Two sites compared as a reader gets them: every page element by element, every other file byte by byte."""

from collections.abc import Iterator
from pathlib import Path

from lxml import html

SAYS_ITS_RENDERER = {"manifest.json"}


def differences(one: Path, two: Path) -> list[str]:
    """What differs between two sites, in words; line ends inside a paragraph are no difference."""
    files = [{path.relative_to(site) for path in site.rglob("*") if path.is_file()} for site in (one, two)]
    found = [f"{name} is only in one of them" for name in sorted(files[0] ^ files[1])]
    for name in sorted(files[0] & files[1]):
        if str(name) in SAYS_ITS_RENDERER or (one / name).read_bytes() == (two / name).read_bytes():
            continue
        found += _unlike(one / name, two / name) if name.suffix == ".html" else [f"{name} differs"]
    return found


def _unlike(one: Path, two: Path) -> list[str]:
    """The first place where two pages part."""
    lines = [list(_lines(html.parse(str(path)).getroot())) for path in (one, two)]
    for left, right in zip(*lines, strict=False):
        if left != right:
            return [f"{one.name}: {left[:300]!r} is {right[:300]!r} in the other"]
    return [f"{one.name}: {len(lines[0])} elements, {len(lines[1])}"] if len(lines[0]) != len(lines[1]) else []


def _lines(element: html.HtmlElement) -> Iterator[str]:
    """One line an element, with all its attributes, and one for each text between."""
    yield f"{element.tag} {sorted(element.attrib.items())}"
    is_literal = any(up.tag in ("pre", "script") for up in (element, *element.iterancestors()))
    for text, child in [(element.text, None), *((child.tail, child) for child in element)]:
        if child is not None:
            yield from _lines(child)
        if text and (is_literal or text.strip()):
            yield text if is_literal else " ".join(text.split())
    yield "end"
