"""A sweep's plan: every combination of knowledge dates, scenarios and parameters, each an edition with a name."""

import hashlib
import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from helpers.cards import Deck
from helpers.evidence import LATEST, Evidence
from helpers.run import ParameterError, read_cards, resolve

MOST_EDITIONS = 4096


class PlanError(ValueError):
    """The plan cannot be carried out; the message names every fault."""


@dataclass(frozen=True)
class Item:
    """One edition of a sweep: its name (a folder), what was asked, and the complete parameters by page."""

    name: str
    asked: dict[str, Any]
    parameters: dict[str, dict[str, Any]]

    def key(self, inputs: str) -> str:
        """What its outcome depends on: the parameters and the digest of code, evidence and notebooks."""
        told = json.dumps([self.parameters, inputs], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True)
class SweepPlan:
    """Pages to run (all by default) and the editions to make."""

    pages: tuple[str, ...]
    items: tuple[Item, ...]


def read_plan(path: Path, evidence: Evidence) -> SweepPlan:
    """Read an editions file.

    `as_of` and `scenario` list their values, `parameters` maps a name (or `page.name`) to a list, `notebooks` lists
    pages; what is left out takes its default. Raises PlanError for unknown keys, empty lists, wrong values and a
    product of more than `MOST_EDITIONS`.
    """
    try:
        described = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise PlanError(f"{path}: {' '.join(str(error).split())}") from None
    if not isinstance(described, Mapping):
        raise PlanError(f"{path}: expected as_of, scenario, parameters, notebooks")
    known = ("as_of", "scenario", "parameters", "notebooks")
    if unknown := [key for key in described if key not in known]:
        raise PlanError(f"{path}: unknown {', '.join(map(str, unknown))}; known are {', '.join(known)}")
    deck = chosen_deck(tuple(described.get("notebooks") or ()))
    axes = {
        "as_of": _listed(described.get("as_of", LATEST)),
        "scenario": _listed(described.get("scenario", "baseline")),
    }
    axes |= {name: _listed(values) for name, values in (described.get("parameters") or {}).items()}
    if empty := [name for name, values in axes.items() if not values]:
        raise PlanError(f"{path}: {', '.join(empty)}: an empty list")
    if not deck.takers("scenario"):
        axes.pop("scenario")
    return SweepPlan(tuple(card.page for card in deck.cards), _items(axes, deck, evidence))


def chosen_deck(pages: tuple[str, ...]) -> Deck:
    """The cards of those pages and of the pages that they read; all of them when none is named."""
    deck = read_cards()
    by_page = {card.page: card for card in deck.cards}
    if unknown := [page for page in pages if page not in by_page]:
        raise PlanError(f"notebooks: unknown {', '.join(unknown)}; there are: {', '.join(by_page)}")
    wanted, left = set(), list(pages or by_page)
    while left:
        page = left.pop()
        wanted.add(page)
        left += [read for read in by_page[page].reads if read not in wanted]
    return Deck(tuple(card for card in deck.cards if card.page in wanted), deck.parameters)


def _items(axes: Mapping[str, list], deck: Deck, evidence: Evidence) -> tuple[Item, ...]:
    count = 1
    for values in axes.values():
        count *= len(values)
    if count > MOST_EDITIONS:
        raise PlanError(f"{count:,} editions; at most {MOST_EDITIONS:,}")
    varied = [name for name, values in axes.items() if len(values) > 1] or ["as_of"]
    items, faults = [], []
    for chosen in itertools.product(*axes.values()):
        asked = dict(zip(axes, (_plain(value) for value in chosen), strict=True))
        try:
            parameters = resolve(deck, asked, evidence)
        except ParameterError as error:
            faults += str(error).splitlines()
            continue
        name = "-".join(_slug(name, asked[name]) for name in varied)
        items.append(Item(name, asked, parameters))
    if faults:
        raise PlanError("\n".join(dict.fromkeys(faults)))
    names = [item.name for item in items]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise PlanError(f"the same edition twice: {', '.join(twice)}")
    return tuple(items)


def _listed(value: Any) -> list:
    return value if isinstance(value, list) else [value]


def _plain(value: Any) -> Any:
    """YAML reads 2025-06-30 as a date; parameters take its text."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def _slug(name: str, value: Any) -> str:
    text = re.sub(r"[^a-z0-9.]+", "-", str(value).lower()).strip("-")
    return text if name in ("as_of", "scenario") else f"{name.rpartition('.')[2]}-{text}"
