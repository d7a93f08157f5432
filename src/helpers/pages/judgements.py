"""The key judgements and the chapter cards of the first page, made from the headlines of the run."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from helpers.pages.numbers import EvidenceLink, named_interval, sentence_html

Headline = Mapping[str, Any]
_NARROW = re.compile(r'<svg[^>]*class="drawing narrow"[^>]*>.*?</svg>', re.S)
_VIEWBOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
TALLEST = 1.25
MOST = 6
OF_A_CHAPTER = 2
_FINDINGS = re.compile(r'(?:<p class="finding" data-headline="[^"]+">.*?</p>\s*)+', re.S)
_NAMED = re.compile(r'class="finding" data-headline="([^"]+)"')
_PLACE = re.compile(r"\{([\w.-]+)\}")


def key_judgements(headlines: Sequence[Headline], named: Sequence[str] = ()) -> list[Headline]:
    """At most six headlines for the first page, in the order of the chapters, two of a chapter at most.

    Those that the page names come first (`notebook.id`), then the headlines marked `key`, one of each chapter
    before a second of any; a chapter that marks none is heard with its first.
    """
    by_chapter: dict[str, list[Headline]] = {}
    for row in headlines:
        by_chapter.setdefault(row["notebook"], []).append(row)
    ranked = {
        chapter: sorted(own, key=lambda row: (_name(row) not in named, not row.get("key")))
        for chapter, own in by_chapter.items()
    }
    firsts = [own[0] for own in ranked.values()]
    wanted = [row for row in headlines if _name(row) in named]
    seconds = [own[1] for own in ranked.values() if len(own) > 1 and own[1].get("key")]
    chosen: list[Headline] = []
    for row in [*firsts, *wanted, *seconds]:
        of_chapter = sum(one["notebook"] == row["notebook"] for one in chosen)
        if row not in chosen and of_chapter < OF_A_CHAPTER and len(chosen) < MOST:
            chosen.append(row)
    return [row for row in headlines if row in chosen]


def _name(row: Headline) -> str:
    return f"{row['notebook']}.{row['id']}"


def judgement_list(rows: Sequence[Headline], links: Mapping[str, EvidenceLink], extra: str = "") -> str:
    """The list of judgements: number, sentence, interval bar, confidence, and the way to the exhibit."""
    items = "".join(_judgement(row, links) for row in rows)
    return f'<ul class="judgements">{items}{extra}</ul>' if items or extra else ""


def judgement_item(number: str, label: str, sentence: str, meta: str, bar: str = "", name: str = "") -> str:
    """One row of the list from ready HTML parts; `name` is the headline where the row shows one."""
    mark = f' data-headline="{escape(name, quote=True)}"' if name else ""
    return (
        f'<li><p class="judgement-number">{number}<small>{label}</small></p>'
        f'<p class="judgement-sentence finding"{mark}>{sentence}</p>'
        f'<div class="judgement-sure">{bar}<p>{meta}</p></div></li>'
    )


def findings(document: str, headlines: Mapping[str, Headline], links: Mapping[str, EvidenceLink]) -> str:
    """The page of a chapter with each run of findings, as its notebook wrote them, made into a list of judgements.

    A finding that is no headline of this run stays the sentence that it is.
    """

    def listed(found: re.Match) -> str:
        rows = [headlines.get(name) for name in _NAMED.findall(found[0])]
        if None in rows:
            return found[0]
        return (
            f'<ul class="judgements">{"".join(_judgement(row, links, on_chapter=True) for row in rows)}</ul>'
        )

    return _FINDINGS.sub(listed, document)


def _judgement(row: Headline, links: Mapping[str, EvidenceLink], on_chapter: bool = False) -> str:
    page = f"{row['notebook']}.html"
    where = f"{page}#x-{row['exhibit']}" if row.get("exhibit") else page
    about = f'<span class="visually-hidden"> about: {escape(row["label"])}</span>'
    how = "" if on_chapter else f' <a class="how" href="{escape(where, quote=True)}">How we know{about}</a>'
    sure = [named_interval(row), f"{row['confidence']} confidence"]
    meta = " ".join(f"<span>{escape(part)}</span>" for part in sure if part)
    period = str(row.get("period") or "")
    is_said = not period or period == row["as_of"] or period[:4] in row["label"]
    label = row["label"] if is_said else f"{row['label']}, {period}"
    return judgement_item(
        escape(row["shown"]),
        escape(label),
        f"{sentence_html(row, links)}{how}",
        meta,
        interval_bar(row),
        _name(row),
    )


def interval_bar(row: Headline) -> str:
    """The interval against zero as a small drawing: the range, and the value as a tick where it is one number."""
    value, low, high = row["value"], row.get("low"), row.get("high")
    if low is None or high is None:
        return ""
    first, last = min(low, 0), max(high, 0)
    last += 0.15 * (last - first) or 1
    first -= 0.15 * (last - first) if low < 0 else 0

    def place(number: float) -> float:
        return round(200 * (number - first) / (last - first), 1)

    left, right = place(low), place(high)
    # A number that is itself a range has no middle to mark.
    tick = f'<rect class="middle" x="{place(value) - 0.9:.1f}" y="0" width="1.8" height="14"/>'
    tick = "" if " to " in row["shown"] else tick
    return (
        '<svg class="interval" viewBox="0 0 200 14" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="track" x="0" y="3" width="200" height="8"/>'
        f'<rect class="range" x="{left}" y="3" width="{max(right - left, 1):.1f}" height="8"/>{tick}</svg>'
    )


def chapter_cards(cards: Sequence[Any], headlines: Sequence[Headline], exhibits: Path) -> str:
    """The four chapters: question, and the first judgement whose exhibit makes a small drawing, with that drawing."""
    items = []
    for card in cards:
        own = [row for row in headlines if row["notebook"] == card.page]
        first = next((row for row in own if row.get("key")), own[0] if own else None)
        drawn = [row for row in ([first] if first else []) + own if row.get("exhibit")]
        exhibit, drawing = _drawing(exhibits, [row["exhibit"] for row in drawn])
        said = next((row for row in drawn if row["exhibit"] == exhibit), first)
        sentence = escape(said["sentence"]) if said else "Nothing can be said on this date."
        items.append(
            f'<li><h3><a href="{card.page}.html">{escape(card.title)}</a></h3>'
            f'<p class="card-asks">{escape(card.asks)}</p>'
            f'<div class="card-body">{drawing}<p>{sentence}</p></div></li>'
        )
    return f'<ul class="chapter-cards">{"".join(items)}</ul>'


def _drawing(exhibits: Path, candidates: Sequence[str]) -> tuple[str, str]:
    """Id and narrow drawing of the first exhibit that is not much taller than wide, else of the least tall one."""
    drawings = []
    for exhibit_id in dict.fromkeys(candidates):
        path = exhibits / f"{exhibit_id}.html"
        found = _NARROW.search(path.read_text(encoding="utf-8")) if path.is_file() else None
        size = _VIEWBOX.search(found[0]) if found else None
        if size:
            drawings.append((max(float(size[2]) / float(size[1]), TALLEST), exhibit_id, found[0]))
    if not drawings:
        return "", ""
    _, exhibit_id, drawing = min(drawings, key=lambda one: one[0])
    return exhibit_id, f'<div class="card-chart">{drawing}</div>'


def lead_title(
    headlines: Sequence[Headline], templates: Sequence[str], titles: Mapping[str, str], fallback: str
) -> str:
    """The sentence at the head of the first page.

    The first template whose numbers (`{notebook.id}`) this edition has, all above zero; without one, the finding of
    the exhibit behind the first judgement.
    """
    known = {_name(row): row["shown"] for row in headlines if row["value"] > 0}
    for template in templates:
        if set(_PLACE.findall(template)) <= set(known):
            return _PLACE.sub(lambda found: known[found[1]], template)
    for row in key_judgements(headlines):
        if title := titles.get(row.get("exhibit", "")):
            return title
    return fallback


def display_title(text: str) -> str:
    """The title of the first page, in place of the name that the navigation gives it."""
    return f'<h1 class="display-title">{escape(text)}</h1>'
