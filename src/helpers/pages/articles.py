"""One page for each article that was judged: statements in order, both verdicts, the same number told elsewhere.

Statements are in our words. The tally of each source stands on the claims page, with the caution it needs.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from helpers.evidence import Evidence
from helpers.models.claims import CAUTION, ledger
from helpers.pages.claims import (
    ORDER,
    Verdict,
    article_page,
    claimed,
    computed,
    counted,
    evidence_line,
    statement_address,
    verdict_word,
)
from helpers.pages.numbers import EvidenceLink
from helpers.pages.registers import web_link

Article = Mapping[str, Any]


def articles(verdicts: Sequence[Verdict], evidence: Evidence) -> list[Article]:
    """The judged articles in the order of publication, as `helpers.models.claims.ledger` gives them."""
    if not verdicts:
        return []
    judged = pd.DataFrame(verdicts).astype(object)
    for name in ("claimed", "computed"):
        numbers = pd.to_numeric(judged[name], errors="coerce").astype(object)
        judged[name] = numbers.where(numbers.notna(), judged[name])
    judged = judged.where(judged.notna(), None)
    return ledger(judged.assign(same_as=[ids or "" for ids in judged["same_as"]]), evidence)


def article_pages(found: Sequence[Article], links: Mapping[str, EvidenceLink]) -> dict[str, str]:
    """The HTML of each article's page, by the page's name without its ending."""
    by_id = {row["id"]: (row, article["source"]) for article in found for row in article["statements"]}
    return {
        article_page(article["source"]["source_id"]): _article(article, by_id, links) for article in found
    }


def tally_by_source(found: Sequence[Article]) -> str:
    """One row an article: how many of its statements got which verdict now, and the way to its page."""
    if not found:
        return "<p>No article had been read by this date.</p>"
    names = [name for name in ORDER if any(article["tally"].get(name) for article in found)]
    head = "".join(f'<th scope="col" class="n">{verdict_word(name)}</th>' for name in names)
    rows = []
    for article in found:
        source = article["source"]
        link = f'<a href="{article_page(source["source_id"])}.html">{escape(str(source["publisher"]))}</a>'
        cells = "".join(
            f'<td class="n" data-head="{escape(name)}">{article["tally"].get(name) or "–"}</td>'
            for name in names
        )
        when = escape(str(source["published_text"]))
        rows.append(
            f'<tr><th scope="row">{link}<small>{when}</small></th>{cells}'
            f'<td class="n" data-head="All">{len(article["statements"])}</td></tr>'
        )
    return (
        '<div class="table-scroll" role="region" aria-label="Verdicts by article" tabindex="0">'
        '<table class="stacks tally-table"><caption class="visually-hidden">Verdicts by article</caption>'
        f'<thead><tr><th scope="col">Article</th>{head}<th scope="col" class="n">All</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _article(article: Article, by_id: Mapping[str, tuple], links: Mapping[str, EvidenceLink]) -> str:
    source = article["source"]
    told: dict[str, list[Mapping[str, Any]]] = {}
    for pair in article["links"]:
        told.setdefault(pair["id"], []).append(pair)
    items = "".join(_statement(row, told.get(row["id"], ()), by_id, links) for row in article["statements"])
    publisher, when = escape(str(source["publisher"])), escape(str(source["published_text"]))
    return (
        f'<h1 class="page-title">{publisher}, {when}</h1>'
        f'<p class="lede">“{web_link(source["url"], str(source["title"]))}”: '
        f"{len(article['statements'])} statements in the order of the article, in our words, each judged on what "
        "was known when it was said and on what is known now.</p>"
        f'<p class="tally">{counted(article["tally"])}</p><p class="caution">{escape(CAUTION)}</p>'
        f'<ol class="statements">{items}</ol><p><a href="claims.html">All claims of all articles</a></p>'
    )


def _statement(
    row: Verdict,
    pairs: Sequence[Mapping[str, Any]],
    by_id: Mapping[str, tuple],
    links: Mapping[str, EvidenceLink],
) -> str:
    then, now = str(row["verdict_then"]), str(row["verdict_now"])
    why_then, why = str(row.get("reason_then") or ""), str(row.get("reason") or "")
    lines = (
        [("When said", f"{verdict_word(then)} {escape(why_then)}")] if why_then != why or then != now else []
    )
    lines.append(("Now" if lines else "Then and now", f"{verdict_word(now)} {escape(why)}"))
    # A comparison has no number of its own: its answer stands in the reason.
    said, found = claimed(row), computed(row)
    numbers = [("Claimed", said), ("Computed", found)] if said != "–" and found != "–" else []
    if pairs:
        lines.append(("Told elsewhere", "".join(_elsewhere(row, pair, by_id) for pair in pairs)))
    if row.get("note"):
        lines.append(("Note", escape(str(row["note"]))))
    listed = "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in numbers + lines)
    place, subject = escape(str(row["paragraph"])), escape(str(row["subject"]))
    return (
        f'<li id="{escape(str(row["id"]), quote=True)}"><p class="statement">{escape(str(row["statement"]))}'
        f"<small>paragraph {place} · {subject}</small></p><dl>{listed}</dl>{evidence_line(row, links)}</li>"
    )


def _elsewhere(row: Verdict, pair: Mapping[str, Any], by_id: Mapping[str, tuple]) -> str:
    """The same number in another statement: who told it, how large it is there, and what became of it."""
    other, source = by_id[pair["other"]]
    same_article = source["source_id"] == row["source_id"]
    who = "in this article" if same_article else f"{source['publisher']}, {source['published_text']}"
    ratio = pair["ratio"]
    times = f", {1 / ratio:.3g} times this one" if ratio and ratio == ratio and ratio != 1 else ""
    number = str(other.get("claimed_text") or "")
    told = f" ({escape(number)}{times})" if number else ""
    said = escape(str(other["statement"]).rstrip("."))
    return (
        f'<p><a href="{statement_address(other)}">{said}</a>{told}, '
        f"{escape(who)}: {verdict_word(str(pair['verdict_other']))}</p>"
    )
