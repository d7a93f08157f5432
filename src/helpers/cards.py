"""The cards of the notebooks: order, page, what each reads, and which parameters it takes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from helpers.paths import notebooks_dir


@dataclass(frozen=True)
class Parameter:
    """One parameter: `kind` is date, scenario, choice or integer; bounds and choices where they apply."""

    name: str
    kind: str
    default: Any
    help: str
    minimum: Any = None
    maximum: Any = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """One notebook of the briefing.

    reads: the pages whose results it uses; they must come earlier. evidence: the tables of the data package that it
    uses, sources apart; reading another one is an error.
    """

    file: str
    page: str
    title: str
    asks: str
    parameters: tuple[str, ...]
    reads: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Deck:
    """All cards in the order of the run, and every parameter by name."""

    cards: tuple[Card, ...]
    parameters: dict[str, Parameter]

    def takers(self, name: str) -> list[str]:
        """The pages whose notebook takes that parameter."""
        return [card.page for card in self.cards if name in card.parameters]


def read_cards(folder: Path | None = None) -> Deck:
    """Read `cards.yml`. Raises ValueError for a card that reads a later notebook or names an unknown parameter."""
    described = yaml.safe_load(((folder or notebooks_dir()) / "cards.yml").read_text(encoding="utf-8"))
    parameters = {
        name: Parameter(
            name=name,
            kind=entry["type"],
            default=entry["default"],
            help=entry["help"],
            minimum=entry.get("minimum"),
            maximum=entry.get("maximum"),
            choices=tuple(entry.get("choices", ())),
        )
        for name, entry in described["parameters"].items()
    }
    cards: list[Card] = []
    for entry in described["notebooks"]:
        card = Card(
            **{name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
        )
        earlier = {other.page for other in cards}
        if late := set(card.reads) - earlier:
            raise ValueError(
                f"cards.yml: {card.page} reads {', '.join(sorted(late))}, which is not run before it"
            )
        if unknown := set(card.parameters) - set(parameters):
            raise ValueError(f"cards.yml: {card.page} takes unknown parameters {', '.join(sorted(unknown))}")
        cards.append(card)
    return Deck(tuple(cards), parameters)
