"""Names of chips: which chip a reader, a filing or a published statement means.

`A100` means every A100 in the table and not the A800; `RTX 5090 D` is not the `RTX 5090 D v2`; `MI308` is the MI308X;
`HL-328` and `RTX PRO 6000D` stand in brackets or among the aliases.
"""

import re
from collections.abc import Sequence
from functools import cache

_BRANDS = {
    "nvidia", "amd", "intel", "huawei", "google", "amazon", "geforce", "tesla", "instinct", "radeon", "generation",
    "gpu", "blackwell",
}  # fmt: skip
_SYSTEMS = {"dgx", "hgx", "server", "system"}
_BRACKETED = re.compile(r"\(([^)]*)\)")
_WORD = re.compile(r"[a-z0-9]+")


def matches(wanted: str, names: Sequence[str]) -> list[int]:
    """The places of the names that a text means, best kind of match only; empty when none does.

    A name may carry aliases after semicolons. Kinds, best first: the whole name, an alias, or what its brackets
    hold; the name without brands; neighbouring words of the name, spaces or not (`RTX4090`, `5090D`); every word of
    the text in the name, in order; a model number that only lacks its last letters.
    """
    for test in (_same, _same_model, _neighbours, _contains, _lacks_letters):
        found = [place for place, name in enumerate(names) if test(wanted, name)]
        if found:
            return found
    return []


@cache
def is_named(name: str, listed: str) -> bool:
    """Whether a product in a list of a rule (`A100`, `Ascend 910B`, `MI308`, `HBM3E`) is this chip or its family."""
    return any(_of_family(words, _model(listed)) for words in _models(name))


def without_system(text: str) -> str:
    """The circuit in the name of a system: `DGX A100` holds the `A100`."""
    kept = [word for word in text.split() if word.lower() not in _SYSTEMS]
    return " ".join(kept) if kept else text


def plain(text: str) -> str:
    """Letters and digits only, for a comparison that ignores case, spaces and punctuation."""
    return " ".join(_WORD.findall(text.lower()))


def _same(wanted: str, name: str) -> bool:
    return plain(wanted) in {plain(alias) for alias in _aliases(name)}


def _same_model(wanted: str, name: str) -> bool:
    return any(words == _model(wanted) for words in _models(name))


def _neighbours(wanted: str, name: str) -> bool:
    """The text is a run of the name's words, however it is spaced, and the name goes on to no other model."""
    text = joined(wanted)
    return bool(text) and any(
        text == "".join(words[start:end]) and not _goes_on(words[end:])
        for words in _models(name)
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
    )


def _contains(wanted: str, name: str) -> bool:
    return any(
        _in_order(_model(wanted), words) and not _continues(_model(wanted), words) for words in _models(name)
    )


def _lacks_letters(wanted: str, name: str) -> bool:
    return any(_of_family(words, _model(wanted)) for words in _models(name))


def joined(text: str) -> str:
    """The model's letters and digits in one word: `RTX 5090 D` and `rtx5090d` are the same."""
    return "".join(_model(text))


@cache
def _aliases(name: str) -> tuple[str, ...]:
    """The name, its part before the brackets, and what the brackets and the aliases say."""
    found = [name]
    for part in re.split(r";(?![^(]*\))", name):
        inside = [piece.strip() for group in _BRACKETED.findall(part) for piece in re.split(r"[;,]", group)]
        bare = _BRACKETED.sub(" ", part).strip()
        found += [part.strip(), bare, *(bare.split(" / ") if " / " in bare else [])]
        found += [piece.removeprefix("also reported as ") for piece in inside if piece]
    return tuple(dict.fromkeys(alias for alias in found if alias))


@cache
def _models(name: str) -> tuple[tuple[str, ...], ...]:
    return tuple(_model(alias) for alias in _aliases(name))


@cache
def _model(name: str) -> tuple[str, ...]:
    words = plain(_BRACKETED.sub(" ", name)).split()
    return tuple(word for word in words if word not in _BRANDS) or tuple(words)


def _of_family(words: tuple[str, ...], listed: tuple[str, ...]) -> bool:
    """The words begin with the listed ones; what follows is a form, a size or a bin (`910B2`), not another model."""
    last = words[len(listed) - 1 : len(listed)]
    if words[: len(listed) - 1] != listed[:-1] or not last or _continues(listed, words):
        return False
    suffix = r"[a-z]{0,2}" if listed[-1][-1].isdigit() else r"\d?"
    return re.fullmatch(re.escape(listed[-1]) + suffix, last[0]) is not None


def _in_order(wanted: tuple[str, ...], words: tuple[str, ...]) -> bool:
    rest = iter(words)
    return bool(wanted) and all(any(word == other for other in rest) for word in wanted)


def _continues(wanted: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """`RTX 5090` is not the `RTX 5090 D`: a single letter or a version after the wanted words is another model."""
    return words[: len(wanted)] == wanted and _goes_on(words[len(wanted) :])


def _goes_on(following: tuple[str, ...]) -> bool:
    return bool(following) and re.fullmatch(r"[a-z]|v\d+|super|ti", following[0]) is not None
