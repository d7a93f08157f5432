"""The claims page: what was said, what the evidence gives, and the verdict when it was said and now.

The page of each article is in `helpers.pages.articles`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from helpers.evidence import Evidence
from helpers.exhibits.tables import number
from helpers.exhibits.theme import token
from helpers.exhibits.words import dates
from helpers.models.claims import CAUTION
from helpers.pages.judgements import judgement_item
from helpers.pages.numbers import EvidenceLink, evidence_list
from helpers.pages.registers import register

Verdict = Mapping[str, Any]
ORDER = ("contradicted", "mixed", "outdated", "supported", "vendor claim, unconfirmed", "not checkable")

HEADS = ("Said", "Claimed", "Computed", "When said", "Now")
NUMERIC = ("Claimed", "Computed")


def verdict_word(verdict: str) -> str:
    """A verdict as a word in its colour."""
    if not verdict:
        return "–"
    return f'<span class="verdict ink-{token(verdict)}">{escape(verdict)}</span>'


def claims_register(
    verdicts: Iterable[Verdict], evidence: Evidence, links: Mapping[str, EvidenceLink]
) -> str:
    """Every claim with its verdicts, contradicted ones first; reason and evidence stand under the statement.

    It can be filtered by verdict, by source and by subject.
    """
    ranked = sorted(verdicts, key=lambda row: (_rank(row), str(row["id"])))
    if not ranked:
        return "<p>No claim had been made by this date.</p>"
    sources = evidence.source_by_id
    rows, facets = [], []
    for row in ranked:
        source = sources.get(row.get("source_id") or "", {})
        rows.append((str(row["id"]), _cells(row, source, links)))
        facets.append({"Source": str(source.get("publisher", "")), "Subject": str(row.get("subject") or "")})
    heads = [f"{name}#" if name in NUMERIC else name for name in HEADS]
    return register("claims", "Claims and verdicts", heads, rows, ("Now", "Source", "Subject"), facets)


def claims_teaser(
    verdicts: Iterable[Verdict], evidence: Evidence, links: Mapping[str, EvidenceLink], count: int = 4
) -> str:
    """A few claims for the first page, one of each verdict; where it can be, one with numbers on both sides."""
    by_merit = sorted(verdicts, key=lambda row: (not _has_numbers(row), _rank(row), str(row["id"])))
    firsts = {str(row.get("verdict_now")): row for row in reversed(by_merit)}
    ranked = sorted(firsts.values(), key=_rank)[:count]
    if not ranked:
        return "<p>No claim had been made by this date.</p>"
    sources = evidence.source_by_id
    head = "".join(f"<th scope=col{' class=n' if name in NUMERIC else ''}>{name}</th>" for name in HEADS)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td{" class=n" if name in NUMERIC else ""} data-head="{name}">{cell}</td>'
            for name, cell in zip(
                HEADS, _cells(row, sources.get(row.get("source_id") or "", {}), None), strict=True
            )
        )
        + "</tr>"
        for row in ranked
    )
    return (
        '<div class="table-scroll" role="region" aria-label="Some claims and their verdicts" tabindex="0">'
        f'<table class="stacks claims"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def claims_judgement(verdicts: Iterable[Verdict]) -> str:
    """The row of the first page's list that counts the verdicts."""
    counts = Counter(str(row["verdict_now"]) for row in verdicts)
    total = sum(counts.values())
    if not total:
        return ""
    tally = "\u00a0· ".join(f"{counts[name]}\u00a0{name}" for name in ORDER if counts[name])
    return judgement_item(
        f"{counts['contradicted']} of {total}",
        "press claims contradicted",
        "What the press said on the subject, recomputed from the evidence. "
        '<a class="how" href="claims.html">All claims</a>',
        escape(tally),
    )


def tally(verdicts: Iterable[Verdict]) -> str:
    """One line that counts each verdict, and what such a count cannot say."""
    counts = Counter(str(row["verdict_now"]) for row in verdicts)
    line = counted(counts)
    return f'<p class="tally">{line}</p><p class="caution">{escape(CAUTION)}</p>' if line else ""


def counted(counts: Mapping[str, int]) -> str:
    """`3 contradicted · 2 mixed`, each verdict in its colour; those without a claim are left out."""
    return "&nbsp;· ".join(f"{counts[name]}&nbsp;{verdict_word(name)}" for name in ORDER if counts.get(name))


def _cells(row: Verdict, source: Mapping[str, Any], links: Mapping[str, EvidenceLink] | None) -> list[str]:
    said = escape(str(row["statement"]))
    if source:
        by = escape(f"{source.get('publisher', '')}, {source.get('published_text', '')}")
        said += f'<small><a href="{statement_address(row)}">{by}</a></small>'
    if links is not None:
        said += f"<small>{escape(str(row.get('reason') or ''))}</small>{evidence_line(row, links)}"
    then, now = (verdict_word(str(row.get(name) or "")) for name in ("verdict_then", "verdict_now"))
    return [said, claimed(row), computed(row), then, now]


def article_page(source_id: str) -> str:
    """The page of an article, without its ending: letters, digits and hyphens only, whatever the id holds."""
    return f"article-{re.sub(r'[^a-z0-9]+', '-', source_id.lower()).strip('-')}"


def statement_address(row: Verdict) -> str:
    """Where a statement stands in the page of its article."""
    return f"{article_page(str(row['source_id']))}.html#{escape(str(row['id']), quote=True)}"


def evidence_line(row: Verdict, links: Mapping[str, EvidenceLink]) -> str:
    """The rows that a verdict rests on, as links; empty where it rests on none."""
    ids = row.get("evidence") or ()
    listed = evidence_list(ids.split(";") if isinstance(ids, str) else ids, links)
    return f"<small>Evidence: {listed}</small>" if listed else ""


def claimed(row: Verdict) -> str:
    """The number or date that was claimed."""
    said = dates(str(row.get("claimed_text") or ""))
    return escape(said) or _number(row.get("claimed"), row.get("unit"))


def computed(row: Verdict) -> str:
    """What the evidence gives: a number with its interval below, or a word, whose numbers stand in the reason."""
    if not _is_number(row.get("computed")):
        return escape(dates(str(row.get("computed") or ""))) or "–"
    text, _, between = str(row.get("computed_text") or "").partition(" (")
    if text:
        return escape(text) + (f"<small>{escape(between.rstrip(')'))}</small>" if between else "")
    text = _number(row["computed"], row.get("unit"))
    if _is_number(row.get("low")) and _is_number(row.get("high")):
        text += f"<small>{number(float(row['low']))} to {number(float(row['high']))}</small>"
    return text


def _number(value: object, unit: object) -> str:
    if not _is_number(value):
        return escape(str(value)) if isinstance(value, str) and value else "–"
    return f"{number(float(value))}<small>{escape(str(unit or ''))}</small>"


def _is_number(value: object) -> bool:
    try:
        return value is not None and float(value) == float(value)
    except (TypeError, ValueError):
        return False


def _has_numbers(row: Verdict) -> bool:
    return _is_number(row.get("claimed")) and _is_number(row.get("computed"))


def _rank(row: Verdict) -> int:
    word = str(row.get("verdict_now") or "")
    return ORDER.index(word) if word in ORDER else len(ORDER)
