"""The chip or system that a name means, in the evidence, as specifications ready to be judged."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd
from rapidfuzz import fuzz, process

from helpers.models.rules.book import Book
from helpers.models.rules.names import joined, matches, plain, without_system
from helpers.models.rules.specification import QUANTITIES, from_chip, memory_stack

MEMORY = "hbm"


class UnknownChip(LookupError):
    """No chip or system of that name in the evidence; `nearest` holds the closest names."""

    def __init__(self, wanted: str, nearest: list[str]):
        self.wanted, self.nearest = wanted, nearest
        hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
        super().__init__(f"no chip or system called {wanted!r} in the evidence{hint}")


class Found(NamedTuple):
    """What a name means: the specifications (several for a family such as the A100), and the system around them."""

    specs: list[dict]
    system: str | None


def find(wanted: str, evidence: Any, book: Book) -> Found:
    """The chips that a name or id means; a system stands for the circuit in it.

    Raises UnknownChip with the nearest names.
    """
    chips, systems = evidence.chips, evidence.systems
    by_id = chips[chips["chip_id"].str.lower() == wanted.strip().lower()]
    if len(by_id):
        return Found(specifications(by_id, evidence, book), None)
    if found := _in_systems(wanted, systems):
        held = chips[chips["chip_id"] == found["chip_id"]]
        if len(held):
            return Found(specifications(held, evidence, book), found["name"])
    names = known_names(chips)
    places = matches(wanted, names)
    if places:
        return Found(specifications(chips.iloc[places], evidence, book), None)
    if plain(wanted).startswith(MEMORY):
        return Found([memory_stack(wanted.strip().upper(), book)], None)
    circuit = without_system(wanted)
    if circuit != wanted and (places := matches(circuit, names)):
        return Found(specifications(chips.iloc[places], evidence, book), wanted)
    raise UnknownChip(
        wanted, nearest(wanted, chips["name"].tolist() + (systems["name"].tolist() if len(systems) else []))
    )


def known_names(chips: pd.DataFrame) -> list[str]:
    """The name of every row, with its aliases after semicolons."""
    if "aliases" not in chips:
        return chips["name"].tolist()
    return [
        f"{name};{aliases}" if aliases else name
        for name, aliases in zip(chips["name"], chips["aliases"], strict=True)
    ]


def nearest(wanted: str, names: list[str], limit: int = 5) -> list[str]:
    """The closest names, best first."""
    ranked = process.extract(plain(wanted), [plain(name) for name in names], scorer=fuzz.WRatio, limit=limit)
    return [names[place] for _, score, place in ranked if score >= 50]


def specifications(chips: pd.DataFrame, evidence: Any, book: Book) -> list[dict]:
    """One specification per row of a chips table, with the values that sources dispute as ranges."""
    rows = chips.to_dict("records")
    disputed = disputed_ranges(rows, evidence)
    return [from_chip(row, evidence.rulebook, book, disputed.get(row["chip_id"], {})) for row in rows]


def disputed_ranges(rows: list[dict], evidence: Any) -> dict[str, dict[str, tuple[float, float]]]:
    """`{chip_id: {field: (low, high)}}`: the outer range of every field of these chips that sources dispute.

    A dispute that the maker's own claim settles (`settled_by_the_maker` in the rulebook) is left out.
    """
    settled = {row["dispute"] for row in evidence.rulebook["metrics"]["tpp"]["settled_by_the_maker"]}
    used = {row["chip_id"]: row for row in rows}
    frame = evidence.disputes
    if not len(frame):
        return {}
    ranges: dict[str, dict[str, tuple[float, float]]] = {}
    for row in frame[frame["chip_id"].isin(used)].to_dict("records"):
        chip, field = row["chip_id"], row["field"]
        if row["dispute_id"] in settled or field not in QUANTITIES:
            continue
        known = ranges.setdefault(chip, {})
        values = [row["low"], row["high"], used[chip][field], *known.get(field, ())]
        values = [float(value) for value in values if value == value]
        if values:
            known[field] = (min(values), max(values))
    return ranges


def _in_systems(wanted: str, systems: pd.DataFrame) -> Mapping[str, Any] | None:
    for row in systems.to_dict("records") if len(systems) else []:
        if joined(wanted) in (joined(row["name"]), joined(row["system_id"].replace("_", " "))):
            return row
    return None
