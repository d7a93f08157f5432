"""Numbers in prose: each one is a headline of the run and says where it comes from on hover and on focus."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from textwrap import shorten
from typing import Any

import pandas as pd

from helpers.evidence import Evidence
from helpers.exhibits.exhibit import day
from helpers.exhibits.tables import number
from helpers.exhibits.words import name_in_words, unit_in_words
from helpers.models.claims.wording import spelled

NAMED_ROWS = 3
_SHOWN = re.compile(r"^\s*([-−]?\d[\d,]*(?:\.\d+)?)\s*(.*)$")

_RATES = {
    "period_average": "average of",
    "period_average_official": "official average of",
    "period_end": "end of",
}


@dataclass(frozen=True)
class EvidenceLink:
    """Where an evidence id leads: a place in the site, the row's own words, and the day it could be known."""

    href: str
    text: str
    published: str


def evidence_links(evidence: Evidence) -> dict[str, EvidenceLink]:
    """Every id that a headline may cite (sources, facts, assumptions, chips, events, rates, rules), by id."""
    links: dict[str, EvidenceLink] = {}
    for row in _rows(evidence.chips, "chip_id"):
        anchor = f"accelerators.html#{row['chip_id']}"
        links[row["chip_id"]] = EvidenceLink(anchor, str(row.get("name", "")), _day(row))
    for row in _rows(evidence.systems, "system_id"):
        links[row["system_id"]] = _through_source(row, row.get("name", ""))
    for row in _rows(evidence.events, "event_id"):
        links[row["event_id"]] = _through_source(row, row.get("title", ""))
    for row in _rows(evidence.rates, "rate_id"):
        convention = str(row.get("convention", ""))
        text = (
            f"USD in {row.get('currency', '')}, {_RATES.get(convention, convention)} {row.get('period', '')}"
        )
        links[row["rate_id"]] = _through_source(row, text)
    for rule in evidence.rules:
        links[str(rule.get("id", ""))] = EvidenceLink("policy.html", str(rule.get("title", "")), "")
    for row in _rows(evidence.assumptions, "assumption_id"):
        anchor = f"assumptions.html#{row['assumption_id']}"
        links[row["assumption_id"]] = EvidenceLink(anchor, name_in_words(row.get("parameter", "")), _day(row))
    for row in _rows(evidence.facts, "fact_id"):
        text = f"{row['entity']}: {spelled(row['metric'])}"
        links[row["fact_id"]] = EvidenceLink(f"facts.html#{row['fact_id']}", text, _day(row))
    for row in _rows(evidence.sources, "source_id"):
        text = f"{row['publisher']}: {row['title']}"
        links[row["source_id"]] = EvidenceLink(f"sources.html#{row['source_id']}", text, _day(row))
    return links


def evidence_list(ids: Iterable[str], links: Mapping[str, EvidenceLink], named: int = NAMED_ROWS) -> str:
    """Links to the first rows, with the day each was published, and how many more there are."""
    known = [name for name in dict.fromkeys(ids) if name in links]
    shown = [
        f'<a href="{escape(links[name].href, quote=True)}">{escape(_short(links[name].text))}</a>'
        + (f' <span class="date">({links[name].published})</span>' if links[name].published else "")
        for name in known[:named]
    ]
    if len(known) > named:
        shown.append(f"and {len(known) - named} more")
    return "; ".join(shown)


def _short(text: str) -> str:
    """A long name cut between words."""
    return shorten(text, 70, placeholder=" …")


def like(shown: str, value: float, other: float | None) -> str:
    """Another number written as `shown` writes `value`: like("1.8 M", 1817162, 1.21e6) == "1.2 M"."""
    if other is None or (isinstance(other, float) and math.isnan(other)):
        return "unknown"
    found = _SHOWN.match(shown)
    if not found or not value:
        return number(other)
    written = float(found[1].replace(",", "").replace("−", "-"))
    if not written:
        return number(other)
    power = math.log10(abs(value / written))
    if abs(power - round(power)) > 0.2:
        return number(other)
    unit = found[2] if not found[2].startswith("of ") else ""
    scaled, decimals = other / 10 ** round(power), len(found[1].partition(".")[2])
    if unit.startswith("thousand") and abs(scaled) >= 1000:
        return f"{scaled / 1000:.1f} {unit.replace('thousand', 'million', 1)}"
    # An end that would keep no digit is written with two significant ones.
    text = f"{scaled:,.{decimals}f}".replace("-", "−")
    return f"{text if abs(scaled) >= 10**-decimals else number(scaled, 2)} {unit}".strip()


def interval(headline: Mapping[str, Any]) -> str:
    """`1.2 to 2.9 M`: the range as the headline writes its value; empty when there is none, the value is one, or it
    is narrower than the digits shown."""
    low, high = headline.get("low"), headline.get("high")
    if low is None or high is None or " to " in headline["shown"]:
        return ""
    ends = [like(headline["shown"], headline["value"], end) for end in (low, high)]
    if ends[0] == ends[1]:
        return ""
    found = _SHOWN.match(ends[0])
    unit = found[2] if found else ""
    if unit and ends[1].endswith(unit):
        ends[0] = ends[0].removesuffix(unit).strip()
    return f"{ends[0]} to {ends[1]}"


def named_interval(headline: Mapping[str, Any]) -> str:
    """`90 % interval 1.2 to 2.9 M`, in the words for what the range is; empty when there is none."""
    between = interval(headline)
    return f"{headline['spread']} {between}" if between else ""


def figure_span(
    headline: Mapping[str, Any], links: Mapping[str, EvidenceLink] | None = None, text: str | None = None
) -> str:
    """A number for prose as HTML: a link to what shows it, with a card of value, interval, basis and evidence.

    The card opens on hover and on keyboard focus without a script; Escape closes it where scripts run.
    """
    page = f"{headline['notebook']}.html"
    href = f"{page}#x-{headline['exhibit']}" if headline.get("exhibit") else page
    period = headline.get("period", "") if headline.get("period") != headline["as_of"] else ""
    lines = [
        f"<strong>{escape(headline['shown'])}</strong> {escape(headline['label'])}",
        escape(named_interval(headline)),
        escape(f"Unit: {unit_in_words(headline['unit'])}. Basis: {headline['basis']}."),
        escape(" · ".join(filter(None, [period, f"{headline['confidence']} confidence",
                                         f"as known on {_iso_day(headline['as_of'])}"]))),
        f"Evidence: {rows}" if (rows := evidence_list(headline["evidence"], links or {})) else "",
    ]  # fmt: skip
    card = "".join(f'<span class="num-line">{line}</span>' for line in lines if line)
    return (
        f'<span class="num"><a class="num-link" href="{escape(href, quote=True)}" '
        f'data-headline="{escape(headline["notebook"])}.{escape(headline["id"])}">'
        f'{escape(text or headline["shown"])}</a><span class="num-card" role="note">{card}</span></span>'
    )


def sentence_html(headline: Mapping[str, Any], links: Mapping[str, EvidenceLink]) -> str:
    """The headline's sentence with its number made into a `figure_span`, escaped otherwise."""
    before, found, after = headline["sentence"].partition(headline["shown"])
    if not found:
        return escape(headline["sentence"])
    return escape(before) + figure_span(headline, links) + escape(after)


def variables(headlines: Iterable[Mapping[str, Any]], links: Mapping[str, EvidenceLink]) -> dict[str, dict]:
    """What the shortcode `var chips.lag` becomes: per notebook and headline id, the number with its card.

    `text.chips.lag` is the number alone and `sentence.chips.lag` the whole judgement.
    """
    out: dict[str, dict] = {"text": {}, "sentence": {}}
    for row in headlines:
        out.setdefault(row["notebook"], {})[row["id"]] = figure_span(row, links)
        out["text"].setdefault(row["notebook"], {})[row["id"]] = escape(row["shown"])
        out["sentence"].setdefault(row["notebook"], {})[row["id"]] = sentence_html(row, links)
    return out


def _rows(frame: pd.DataFrame, key: str) -> list[dict[str, Any]]:
    return frame.to_dict("records") if key in frame else []


def _through_source(row: Mapping[str, Any], text: str) -> EvidenceLink:
    first = str(row.get("source_ids") or row.get("source_id") or "").split(";")[0]
    return EvidenceLink(f"sources.html#{first}" if first else "sources.html", str(text), _day(row))


def _day(row: Mapping[str, Any]) -> str:
    published = row.get("published")
    return f"{published:%Y-%m-%d}" if isinstance(published, pd.Timestamp) and not pd.isna(published) else ""


def _iso_day(text: str) -> str:
    return day(pd.Timestamp(text).date())
