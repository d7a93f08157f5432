"""Parameters, checked by name, type and range before any kernel starts.

Papermill itself only warns of an unknown parameter and runs on with the default; here it is an error.
"""

import difflib
from collections.abc import Mapping
from datetime import date
from typing import Any

from helpers.cards import Deck, Parameter, read_cards
from helpers.evidence import LATEST, Evidence, load


class ParameterError(ValueError):
    """One or more parameters are unknown, ill-typed or out of range; the message lists every one of them."""


def resolve(deck: Deck, given: Mapping[str, Any], evidence: Evidence) -> dict[str, dict[str, Any]]:
    """The complete parameters of each page: what was given, checked, over the defaults.

    `given` maps a name (`draws`, for every notebook that takes it) or a page and a name (`capacity.draws`) to a
    value, text or typed. `as_of` comes out as an ISO date, `latest` resolved. Raises ParameterError with all faults.
    """
    faults: list[str] = []
    checked: dict[tuple[str, str], Any] = {}
    for key, value in given.items():
        page, _, name = key.rpartition(".")
        pages = _pages_for(deck, page, name)
        if not pages:
            faults.append(_unknown(deck, key))
            continue
        try:
            typed = _typed(deck.parameters[name], value, evidence)
        except ValueError as error:
            faults.append(f"{key}: {error}")
            continue
        checked.update({(each, name): typed for each in pages if page or (each, name) not in checked})
    if faults:
        raise ParameterError("\n".join(faults))
    return {
        card.page: {
            name: checked.get(
                (card.page, name), _typed(deck.parameters[name], deck.parameters[name].default, evidence)
            )
            for name in card.parameters
        }
        for card in deck.cards
    }


def check_page(page: str, given: Mapping[str, Any]) -> None:
    """Refuse what one notebook cannot take, where papermill or a person runs it by hand.

    A notebook without a card is not checked. Raises ParameterError with all faults.
    """
    deck = read_cards()
    cards = tuple(card for card in deck.cards if card.page == page)
    if cards:
        resolve(Deck(cards, deck.parameters), given, load())


def _pages_for(deck: Deck, page: str, name: str) -> list[str]:
    takers = deck.takers(name)
    if not page:
        return takers
    return [page] if page in takers else []


def _unknown(deck: Deck, key: str) -> str:
    known = sorted(deck.parameters)
    near = difflib.get_close_matches(key.rpartition(".")[2], known, n=1)
    hint = f"; did you mean {near[0]}?" if near and near[0] != key else ""
    takers = {card.page: card.parameters for card in deck.cards}
    page = key.rpartition(".")[0]
    if page in takers:
        return f"{key}: {page} takes {', '.join(takers[page])}{hint}"
    return f"{key}: unknown parameter; allowed are {', '.join(known)}{hint}"


def _typed(parameter: Parameter, value: Any, evidence: Evidence) -> Any:
    return {"date": _date, "scenario": _scenario, "choice": _choice, "integer": _integer}[parameter.kind](
        parameter, value, evidence
    )


def _date(parameter: Parameter, value: Any, evidence: Evidence) -> str:
    if value == LATEST:
        return evidence.as_of.isoformat()
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"found {value!r}, expected a date like 2025-06-30 or {LATEST}") from None
    last = evidence.sources["accessed"].max().date()
    if not parameter.minimum <= day <= last:
        raise ValueError(
            f"found {day}, expected a date from {parameter.minimum} (the evidence before is too thin) to {last} "
            "(the last look at a source)"
        )
    return day.isoformat()


def _scenario(parameter: Parameter, value: Any, evidence: Evidence) -> str:
    if value not in evidence.scenarios:
        near = difflib.get_close_matches(str(value), evidence.scenarios, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"found {value!r}, expected one of {', '.join(sorted(evidence.scenarios))}{hint}")
    return value


def _choice(parameter: Parameter, value: Any, evidence: Evidence) -> str:
    if value not in parameter.choices:
        raise ValueError(f"found {value!r}, expected one of {', '.join(parameter.choices)}")
    return value


def _integer(parameter: Parameter, value: Any, evidence: Evidence) -> int:
    wanted = f"expected a whole number from {parameter.minimum} to {parameter.maximum}"
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"found {value!r}, {wanted}")
    try:
        number = int(value)
    except ValueError:
        raise ValueError(f"found {value!r}, {wanted}") from None
    if not parameter.minimum <= number <= parameter.maximum:
        raise ValueError(f"found {number}, {wanted}")
    return number
