"""Lists of the policy chapter that a reader can filter: every act of both sides, every rule with its verification.

The markup is that of the site's registers: `assets/js/tables.js` adds the filter and the sorting; without it the
whole list is there.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd

from helpers.exhibits.citation import publisher_links
from helpers.exhibits.words import name_in_words

Sources = Mapping[str, dict[str, str]]
_FIELD = re.compile(r"\b(\w+):")
_DIRECTIONS = {"tighten": "tightens", "loosen": "loosens", "neutral": "neither"}


def acts_register(acts: pd.DataFrame, known: Sources | None = None) -> str:
    """Every dated act, newest first, to be filtered by side, kind, direction, chip and words.

    acts: of `helpers.models.policy.timeline`; known: the sources by id, as `sources_known` gives them.
    """
    if acts.empty:
        return "<p>No act was known on this date.</p>"
    rows = []
    for row in acts.iloc[::-1].to_dict("records"):
        chips = ", ".join(part for part in str(row["chips_affected"]).split(";") if part)
        about = f"{escape(row['summary'])}{' Chips: ' + escape(chips) + '.' if chips else ''}"
        cells = [
            f"{escape(row['date_text'])}",
            escape(row["side"]),
            f"{escape(row['title'])}<small>{about}</small>"
            f"<small>{escape(row['verification'])}: {_links(row['source_ids'], known)}</small>",
            escape(_DIRECTIONS.get(row["direction"], row["direction"])),
        ]
        rows.append((row["event_id"], cells, {"kind": row["lane"], "chip": chips}))
    heads = ("Date", "Side", "Act", "Direction")
    return _register("acts", "Acts of both sides", heads, rows, "Side;Kind;Direction;Chip")


def rules_register(rules: pd.DataFrame, known: Sources | None = None) -> str:
    """Every US rule known on `as_of` with its dates, review policy and verification. rules: of `rules_in_force`."""
    if rules.empty:
        return "<p>No rule was known on this date.</p>"
    rows = []
    for row in rules.to_dict("records"):
        ended = "none found" if pd.isna(row["end"]) else f"{row['end']:%Y-%m-%d}"
        days = (
            f"{row['effective']:%Y-%m-%d}<small>published {row['published']:%Y-%m-%d}; end: {ended}</small>"
        )
        marks = _FIELD.sub(lambda found: f"{name_in_words(found[1], starts=False)}:", row["open_marks"])
        review = f"<small>Licence review: {escape(row['policy'])}</small>" if row["policy"] else ""
        cells = [
            f"{escape(row['title'])}<small>{escape(row['citation'])}</small>{review}"
            f"<small>{100 * row['verified']:.0f} % of fields verified. {escape(marks)} "
            f"{_links(row['source_ids'], known)}</small>",
            escape(row["level"]),
            days,
        ]
        rows.append((row["rule_id"], cells, {}))
    heads = ("Rule", "Level", "Effective")
    return _register("rules", "US rules", heads, rows, "Level")


def _links(source_ids: str, known: Sources | None) -> str:
    """The documents by publisher; one that is not among the known sources by its id."""
    rows: dict[str, list[dict[str, str]]] = {}
    for source in filter(None, str(source_ids).split(";")):
        row = (known or {}).get(source, {"source_id": source, "publisher": source})
        rows.setdefault(row["publisher"], []).append(row)
    return "; ".join(publisher_links(name, found) for name, found in rows.items())


def _register(
    name: str,
    caption: str,
    heads: Sequence[str],
    rows: Sequence[tuple[str, Sequence[str], Mapping[str, str]]],
    chosen: str,
) -> str:
    """rows: the id, the cells, and what the row can be chosen by besides them; chosen: the filters, by semicolons."""
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = "".join(
        f'<tr id="{escape(row_id, quote=True)}"'
        + "".join(f' data-{key}="{escape(value, quote=True)}"' for key, value in more.items())
        + ">"
        + "".join(
            f'<td{" class=d" if head == "Date" else ""} data-head="{escape(head, quote=True)}">{cell}</td>'
            for head, cell in zip(heads, cells, strict=True)
        )
        + "</tr>"
        for row_id, cells, more in rows
    )
    return (
        f'<details class="fold"><summary>{escape(caption)}: all {len(rows)}, to filter</summary>'
        f'<div class="register" id="register-{name}" data-choose="{escape(chosen, quote=True)}">'
        f'<div class="table-scroll" role="region" aria-label="{escape(caption, quote=True)}" tabindex="0">'
        f'<table class="stacks"><caption class="visually-hidden">{escape(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div></div></details>"
    )
