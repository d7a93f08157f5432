"""The reader's sliders: a form and a table that are useful before any script runs, and the lattice for the script.

`report/assets/js/capacity.js` interpolates in the lattice; the model itself lives in Python only.
"""

import json
from datetime import date
from html import escape

from helpers.exhibits.exhibit import day, sources_known
from helpers.exhibits.words import name_in_words
from helpers.models.capacity.headlines import short, span
from helpers.models.capacity.lattice import Lattice

SCRIPT = "assets/js/capacity.js"


def controls_html(lattice: Lattice) -> str:
    """The controls with the result at the middle of every assumption; the script makes them move."""
    payload = json.dumps(lattice.payload(), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    known = sources_known(date.fromisoformat(lattice.as_of))
    sliders = "".join(
        _slider(place, factor, len(lattice.scores), known) for place, factor in enumerate(lattice.factors)
    )
    middle = (1,) * len(lattice.factors)
    rows = "".join(
        f'<tr data-year="{year}"><th scope="row">end of {year}</th>'
        f'<td class="n" data-out="p50">{_number(values[1])}</td><td class="n" data-out="p5">{_number(values[0])}</td>'
        f'<td class="n" data-out="p95">{_number(values[2])}</td>'
        '<td><svg class="interval" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" x="0" y="2" width="100" height="4"></rect>'
        '<rect class="range" x="0" y="1" width="0" height="6"></rect>'
        '<rect class="middle" x="0" y="0" width="1" height="8"></rect></svg></td></tr>'
        for year, values in zip(lattice.years, lattice.stock[middle], strict=True)
    )
    return (
        '<section class="capacity-controls" id="controls" aria-labelledby="controls-title">'
        '<h3 id="controls-title">Set the five assumptions that matter most</h3>'
        "<p>Each slider holds one group of assumptions at a place in its 90 % interval; everything else "
        "stays uncertain, "
        "so the band is what is left when the five are known. With all in the middle the median lies "
        "below the one that "
        "lets them vary, because their upper ends reach further than their lower ones.</p>"
        f'<form class="capacity-sliders">{sliders}'
        '<p class="capacity-buttons" hidden><button type="button" data-do="reset">Back to the middle</button> '
        '<button type="button" data-do="copy">Copy a link to this view</button> '
        '<span role="status"></span></p></form>'
        '<table class="capacity-result" aria-live="polite"><caption>Installed in China, million H100-equivalents '
        f"({escape(lattice.basis)})</caption><thead><tr>"
        '<th scope="col">When</th><th scope="col" class="n">Median</th>'
        '<th scope="col" class="n">5 %</th><th scope="col" class="n">95 %</th>'
        '<th scope="col">Interval</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        '<p class="exhibit-notes">Interpolated between runs of the model; the largest error found at '
        f"{lattice.tested} "
        f"random places is {100 * lattice.error:.1f} % ({100 * lattice.error_median:.1f} % for the median). "
        f"As known on {_day(lattice.as_of)}.</p>"
        f'<script type="application/json" class="capacity-lattice">{payload}</script></section>'
        f'<script src="{SCRIPT}" defer></script>'
    )


def _slider(place: int, factor: dict, steps: int, known: dict[str, dict[str, str]]) -> str:
    values, name = factor["values"], factor["name"]
    middle = len(values) // 2
    sources = ", ".join(
        f'<a href="sources.html#{escape(source, quote=True)}">{escape(known[source]["publisher"])}</a>'
        for source in factor["sources"]
    )
    several = f", one of {factor['members']} that move together" if factor["members"] > 1 else ""
    lead = name_in_words(factor["parameter"])
    unit = escape(factor["unit"].replace("H100e", "H100-equivalents"))
    return (
        f'<div class="capacity-slider"><label for="capacity-{place}">{escape(name[:1].upper() + name[1:])}</label>'
        f'<input type="range" id="capacity-{place}" name="{escape(name, quote=True)}" '
        f'min="0" max="{10 * (steps - 1)}" '
        f'step="1" value="{5 * (steps - 1)}" disabled aria-describedby="capacity-about-{place}">'
        f'<output for="capacity-{place}">{short(values[middle])} {unit}</output>'
        f'<p class="capacity-about" id="capacity-about-{place}">{escape(lead)}{several}: '
        f"{span(values[0], values[-1])} {unit}. {escape(factor['reason'])} "
        f'<a href="assumptions.html#{escape(factor["assumption"], quote=True)}">Assumption</a>; '
        f"sources: {sources}.</p></div>"
    )


def _number(value: float) -> str:
    return f"{value / 1e6:.2f}"


def _day(iso: str) -> str:
    return day(date.fromisoformat(iso))
