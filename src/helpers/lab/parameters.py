"""The parameters of a page as a typed object: completion, help, and the refusals of the command line."""

from dataclasses import field, fields, make_dataclass
from typing import Any

from helpers.cards import Deck, Parameter, read_cards
from helpers.lab.questions import load
from helpers.parameters import ParameterError, resolve

_TYPES = {"integer": int}


def parameters(page: str, **given: Any) -> Any:
    """The parameters of a page, checked as `briefing build` checks them: `parameters("capacity", draws=512)`.

    The object has one attribute per parameter; `help(...)` on it and its display say what each means and allows.
    Raises ParameterError with every fault, and KeyError for an unknown page.
    """
    deck = read_cards()
    pages = [card.page for card in deck.cards]
    if page not in pages:
        raise KeyError(f"no page {page!r}; there are: {', '.join(pages)}")
    values = resolve(deck, {f"{page}.{name}": value for name, value in given.items()}, load())[page]
    return _type(page, deck)(**values)


def _type(page: str, deck: Deck) -> type:
    """A frozen dataclass named after the page, with the help of each parameter in its docstring."""
    taken = [deck.parameters[name] for card in deck.cards if card.page == page for name in card.parameters]
    made = make_dataclass(
        f"{page.title()}Parameters",
        [(each.name, _TYPES.get(each.kind, str), field(default=each.default)) for each in taken],
        frozen=True,
        namespace={"_described": tuple(taken), "_repr_html_": _html, "for_build": _for_build},
    )
    made.__doc__ = f"Parameters of the {page} notebook.\n\n" + "\n".join(
        f"{each.name}: {each.help} ({allowed(each)})" for each in taken
    )
    return made


def allowed(parameter: Parameter) -> str:
    """The values that a parameter may take, in words."""
    if parameter.choices:
        return "one of " + ", ".join(parameter.choices)
    if parameter.kind == "scenario":
        return "one of " + ", ".join(sorted(load().scenarios))
    if parameter.maximum is not None:
        return f"{parameter.minimum} to {parameter.maximum}"
    return f"from {parameter.minimum}, or latest"


def _for_build(self) -> str:
    """The command that builds an edition with these values."""
    changed = {each.name: getattr(self, each.name) for each in self._described}
    words = [f"--as-of {changed.pop('as_of')}"]
    words += [f"--scenario {changed.pop('scenario')}"] if "scenario" in changed else []
    defaults = {each.name: each.default for each in self._described}
    words += [f"-p {name}={value}" for name, value in changed.items() if value != defaults[name]]
    return "briefing build " + " ".join(words)


def _html(self) -> str:
    from helpers.lab.displays import table_html

    rows = [
        (each.name, str(getattr(self, each.name)), allowed(each), each.help)
        for each in self._described
        if each.name in {item.name for item in fields(self)}
    ]
    return table_html(("Parameter", "Value", "Allowed", "Meaning"), rows)


__all__ = ["ParameterError", "allowed", "parameters"]
