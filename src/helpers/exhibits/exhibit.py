"""`Exhibit`: the one way a chart or a table reaches a page.

It refuses to exist without its finding, measure, unit, basis, date, sources, alternative text and data, and knows
how to show itself (JupyterLab, the site) and to write its downloads.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from html import escape
from pathlib import Path
from typing import Any

import altair
import pandas as pd

from helpers.exhibits import picture, svg
from helpers.exhibits.citation import bibtex, citation, credit, day, publisher_links
from helpers.exhibits.tables import html_table
from helpers.exhibits.theme import NARROW, WIDE, css_variables

CONFIDENCE = ("high", "medium", "low")
NAMED_SOURCES = 4
_REQUIRED = ("title", "subtitle", "unit", "basis", "as_of", "sources", "alt", "data")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """A finding with the chart and the table that show it.

    id: lower-case words joined by hyphens, unique in the site; the permalink is `#x-<id>`
    title: the finding, as a sentence made from computed numbers
    subtitle: the measure, its unit and basis, in a reader's words
    unit, basis: as in the result, for the downloads and the dictionary
    as_of: the knowledge date of the result
    chart: an Altair chart in the colours of `helpers.exhibits.theme`; None for an exhibit that is a table
    narrow: the same chart drawn for a phone (about 344 px); made from `chart` when None
    data: what the chart shows, one row per mark or line point: the table and the CSV
    sources: source ids (or rows with source_id, publisher, title), all known on `as_of`
    alt: what a reader who cannot see the chart needs to know, from computed numbers
    confidence: high, medium or low; None where the question does not arise
    notes: sentences under the chart: method, breaks in a series, what is disputed
    """

    id: str
    title: str = ""
    subtitle: str = ""
    unit: str = ""
    basis: str = ""
    as_of: date | None = None
    data: pd.DataFrame | None = None
    sources: Sequence[str | Mapping[str, Any]] = ()
    alt: str = ""
    chart: altair.TopLevelMixin | None = None
    narrow: altair.TopLevelMixin | None = None
    confidence: str | None = None
    notes: Sequence[str] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        faults = [f"{name} is missing" for name in _REQUIRED if _lacks(getattr(self, name))]
        if not _ID.fullmatch(self.id or ""):
            faults.append(f"id {self.id!r} is not lower-case words joined by hyphens")
        if self.as_of is not None and not isinstance(self.as_of, date):
            faults.append(f"as_of {self.as_of!r} is not a date")
        if self.confidence is not None and self.confidence not in CONFIDENCE:
            faults.append(f"confidence {self.confidence!r} is not one of {', '.join(CONFIDENCE)}")
        if faults:
            raise ValueError(f"exhibit {self.id!r} cannot be made: {'; '.join(faults)}")

    @cached_property
    def source_rows(self) -> list[dict[str, str]]:
        """source_id, publisher and title of every source, in order and once.

        Raises ValueError for a source that is not in the evidence as it was known on `as_of`.
        """
        named = [dict(item) for item in self.sources if not isinstance(item, str)]
        wanted = list(dict.fromkeys(item for item in self.sources if isinstance(item, str) and item))
        known = sources_known(self.as_of) if wanted else {}
        unknown = [source_id for source_id in wanted if source_id not in known]
        if unknown:
            raise ValueError(f"exhibit {self.id!r}: not a source known on {self.as_of}: {', '.join(unknown)}")
        return named + [known[source_id] for source_id in wanted]

    @cached_property
    def specs(self) -> dict[str, dict[str, Any]]:
        """The Vega-Lite specifications of the wide and the narrow drawing."""
        narrow = svg.fit(self.narrow, NARROW) if self.narrow is not None else svg.narrowed(self.chart)
        return {"wide": svg.fit(self.chart, WIDE), "narrow": narrow}

    @cached_property
    def compiled(self) -> dict[str, dict[str, Any]]:
        """The two specifications compiled to Vega, once for the drawings and for the page's script."""
        return {name: svg.to_vega(spec) for name, spec in self.specs.items()}

    @cached_property
    def drawings(self) -> dict[str, str]:
        """The two drawings as Vega's SVG. Raises ValueError for a chart too wide for a phone."""
        drawn = {name: svg.to_svg(compiled) for name, compiled in self.compiled.items()}
        if self.narrow is None:
            svg.refuse_wide(drawn["narrow"])
        return drawn

    def to_html(self) -> str:
        """The figure for a page: static drawings, caption, table, downloads; nothing in it needs a script."""
        return self._html

    @cached_property
    def _html(self) -> str:
        anchor = f"x-{self.id}"
        chart = self._chart_html(anchor) if self.chart is not None else ""
        table = "" if self.chart is not None else html_table(self.data, self.title, stacks=True)
        items = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        notes = f'<ul class="exhibit-notes">{items}</ul>' if items else ""
        return (
            f'<figure class="exhibit" id="{anchor}" data-exhibit="{self.id}" aria-labelledby="{anchor}-title">'
            f'<style class="exhibit-fallback">{_FALLBACK_CSS}</style>'
            f'<h3 class="exhibit-title" id="{anchor}-title">{escape(self.title)}</h3>'
            f'<p class="exhibit-subtitle">{escape(self._measure)}</p>'
            f"{chart}{table}{notes}<figcaption>{self._sources_html()}{self._menu_html(anchor)}</figcaption></figure>"
        )

    @property
    def _measure(self) -> str:
        """The subtitle without the date, which the caption gives."""
        return self.subtitle.removesuffix(f"As known on {day(self.as_of)}").rstrip(" .;,")

    @property
    def _credit(self) -> str:
        """The line below a picture that leaves the site."""
        return credit(self, NAMED_SOURCES)

    def _chart_html(self, anchor: str) -> str:
        drawings = "".join(
            svg.page_svg(drawing, f"{anchor}-{name}", f"drawing {name}")
            for name, drawing in self.drawings.items()
        )
        return (
            f'<div class="exhibit-chart" data-credit="{escape(self._credit, quote=True)}" '
            f'role="img" aria-label="{escape(self.alt, quote=True)}">{drawings}</div>'
        )

    def _sources_html(self) -> str:
        by_publisher: dict[str, list[dict[str, str]]] = {}
        for row in self.source_rows:
            by_publisher.setdefault(row.get("publisher") or row["source_id"], []).append(row)
        names = [publisher_links(name, rows) for name, rows in by_publisher.items()]
        known = f"As known on {day(self.as_of)}" + (
            f" · {self.confidence} confidence" if self.confidence else ""
        )
        listed = "; ".join(names[:NAMED_SOURCES])
        more = (
            f' <details class="more-sources"><summary>and {len(names) - NAMED_SOURCES} more</summary>'
            f"{'; '.join(names[NAMED_SOURCES:])}</details>"
            if len(names) > NAMED_SOURCES
            else ""
        )
        return f'<div class="exhibit-source">{known} · Sources: {listed}{more}</div>'

    def _menu_html(self, anchor: str) -> str:
        files = ("csv", "svg") if self.chart is not None else ("csv",)
        links = "".join(
            f'<a class="exhibit-file" href="exhibits/{self.id}.{kind}" download>{kind.upper()}'
            f'<span class="visually-hidden"> of: {escape(self.title)}</span></a>'
            for kind in files
        )
        table = (
            f'<details class="exhibit-table"><summary>Table</summary>{html_table(self.data, self.title)}</details>'
            if self.chart is not None
            else ""
        )
        cite = (
            f'<details class="exhibit-cite"><summary>Cite</summary><p>{escape(citation(self))}</p>'
            f"<pre>{escape(bibtex(self))}</pre></details>"
        )
        link = (
            f'<a class="exhibit-link" href="#{anchor}"><span>Link</span>'
            f'<span class="visually-hidden"> to: {escape(self.title)}</span></a>'
        )
        return f'<div class="exhibit-menu">{table}{links}{cite}{link}</div>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.to_html(), "text/plain": f"{self.title}\n{self.subtitle}\n{self.alt}"}

    def write(self, folder: Path) -> list[Path]:
        """Write `<id>.csv`, `.svg`, `.js` (the compiled Vega for the page), `.html` and `.json`.

        Returns the files written. The folder is made when it is missing.
        """
        folder.mkdir(parents=True, exist_ok=True)
        texts = {
            "csv": self.data.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d"),
            "html": self.to_html(),
            "json": json.dumps(self.record(), ensure_ascii=False, indent=1),
        }
        if self.chart is not None:
            texts["svg"] = picture.download_svg(
                self.drawings["wide"], self.title, self._measure, self._credit, self.alt
            )
            texts["js"] = self._script()
        written = []
        for kind, text in texts.items():
            written.append(folder / f"{self.id}.{kind}")
            written[-1].write_text(text, encoding="utf-8")
        return written

    def record(self) -> dict[str, Any]:
        """What other pages need to know of the exhibit: its words, date and sources."""
        return {
            "id": self.id,
            "title": self.title,
            "subtitle": self.subtitle,
            "unit": self.unit,
            "basis": self.basis,
            "as_of": self.as_of.isoformat(),
            "confidence": self.confidence,
            "alt": self.alt,
            "sources": [row["source_id"] for row in self.source_rows],
            "chart": self.chart is not None,
        }

    def _script(self) -> str:
        text = json.dumps(self.compiled, ensure_ascii=False, separators=(",", ":"))
        return f'(window.briefingCharts=window.briefingCharts||{{}})["{self.id}"]={text};\n'


def _lacks(value: object) -> bool:
    if hasattr(value, "__len__") and not isinstance(value, str):
        return len(value) == 0
    return value is None or not str(value).strip()


@cache
def sources_known(as_of: date) -> dict[str, dict[str, str]]:
    """Id, publisher and title of every source known on a date, by id."""
    from helpers.evidence import load

    columns = ("source_id", "publisher", "title")
    rows = load(as_of=as_of).source_by_id
    return {source_id: {name: str(row[name]) for name in columns} for source_id, row in rows.items()}


# Where the site's style sheet is absent (JupyterLab): the same look in few lines. The site removes it.
_FALLBACK_CSS = (
    f".exhibit{{{css_variables()} max-width:760px;margin:1.5rem 0;font-family:Inter,system-ui,sans-serif}}"
    f'[data-jp-theme-light="false"] .exhibit{{{css_variables(dark=True)}}}'
    ".exhibit .exhibit-title{margin:0 0 .2rem;font-size:1.2rem;font-weight:600}"
    ".exhibit .exhibit-subtitle,.exhibit figcaption,.exhibit .exhibit-notes{color:var(--sub);font-size:.85rem}"
    ".exhibit svg.wide{width:100%;height:auto;max-width:760px}.exhibit svg.narrow{display:none}"
    ".exhibit .exhibit-file,.exhibit .exhibit-link,.exhibit .visually-hidden{display:none}"
    ".exhibit .table-scroll{max-height:24rem;overflow:auto}.exhibit caption{display:none}"
)
