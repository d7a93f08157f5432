"""The feeds of `data/refresh.yml`: what is published where, under which licence, and how its rows become evidence."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from helpers.paths import data_dir

FORMATS = ("csv", "federal-register", "companyfacts", "ecb")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class CatalogueError(ValueError):
    """`refresh.yml` is wrong; the message names the feed, what was found and what was expected."""


@dataclass(frozen=True)
class RowMapping:
    """How a row of a feed becomes a row of evidence.

    table: the resource; row: column to text with `{feed column}` filled in, or `{from, times, map, round}`;
    where: feed column to the values kept; match: columns in which an evidence row is the same observation;
    compare: columns whose difference makes a new vintage; held: marks such as `{citation}` by which a row of the
    table, or a document it cites, is known to be the same thing in our own words; source: the row of sources.csv
    that the new row cites.
    """

    table: str
    row: Mapping[str, Any]
    match: tuple[str, ...]
    compare: tuple[str, ...]
    source: Mapping[str, Any]
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)
    held: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """One address that publishes data.

    key: columns that identify a row; columns: those that must be there; hosts: where a redirect may lead beside the
    address's own host; most_bytes, seconds: limits of one answer; contact: the publisher asks callers to name one.
    """

    name: str
    title: str
    publisher: str
    url: str
    licence: str
    format: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    most_bytes: int = 20_000_000
    seconds: float = 120
    contact: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    proposes: RowMapping | None = None

    @property
    def host(self) -> str:
        """The host of the address."""
        return urlsplit(self.url).hostname or ""


def read_feeds(path: Path | None = None) -> dict[str, Feed]:
    """Every feed by name. Raises CatalogueError for an unknown key, a missing one, or an address without TLS."""
    path = path or data_dir() / "refresh.yml"
    described = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {name: _feed(name, entry) for name, entry in (described.get("feeds") or {}).items()}


def choose(feeds: Mapping[str, Feed], wanted: list[str]) -> list[Feed]:
    """The feeds of those names, all of them when none is named; CatalogueError names unknown ones."""
    for name in wanted:
        if name not in feeds:
            near = difflib.get_close_matches(name, feeds, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise CatalogueError(f"no source {name!r}; there are: {', '.join(feeds)}{hint}")
    return [feeds[name] for name in wanted] or list(feeds.values())


def _feed(name: str, entry: Mapping[str, Any]) -> Feed:
    known = set(Feed.__dataclass_fields__) - {"name"}
    if unknown := sorted(set(entry) - known):
        raise CatalogueError(
            f"refresh.yml, {name}: unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}"
        )
    needed = ("title", "publisher", "url", "licence", "format", "key", "columns")
    if lacks := [key for key in needed if not entry.get(key)]:
        raise CatalogueError(f"refresh.yml, {name}: {', '.join(lacks)} is missing")
    if entry["format"] not in FORMATS:
        raise CatalogueError(
            f"refresh.yml, {name}: format: found {entry['format']!r}, expected one of {', '.join(FORMATS)}"
        )
    parts = urlsplit(entry["url"])
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise CatalogueError(f"refresh.yml, {name}: url: found {entry['url']!r}, expected an https address")
    lists = {key: tuple(entry[key]) for key in ("key", "columns", "hosts") if key in entry}
    proposes = _mapping(name, entry["proposes"]) if entry.get("proposes") else None
    return Feed(**{**entry, **lists, "name": name, "proposes": proposes})


def _mapping(name: str, entry: Mapping[str, Any]) -> RowMapping:
    if unknown := sorted(set(entry) - set(RowMapping.__dataclass_fields__)):
        raise CatalogueError(f"refresh.yml, {name}.proposes: unknown {', '.join(unknown)}")
    return RowMapping(
        table=entry["table"],
        row=entry["row"],
        match=tuple(entry["match"]),
        compare=tuple(entry.get("compare", ())),
        source=entry["source"],
        where={key: tuple(map(str, values)) for key, values in entry.get("where", {}).items()},
        since=entry.get("since", {}),
        held=tuple(entry.get("held", ())),
    )
