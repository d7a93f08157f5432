"""A rule as it read on a date: without ends, amendments, periods, remarks and documents that came later."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from helpers.evidence.periods import knowable_from

# Texts written with later knowledge, which no date inside them gives away.
_REMARKS = (
    "notes",
    "status_last_seen",
    "destinations_text_since_2025",
    "others_exceptions",
    "superseded_by",
    "known_conflict",
)
_BEGINS = ("published", "from", "effective")
_ENDS = ("end", "until", "suspended_from", "suspended_until", "reinstated")


def rule_as_known(rule: Mapping[str, Any], day: date, sources: set[str]) -> dict[str, Any]:
    """The rule without what was published or decided after `day`; `sources` are the documents that existed."""
    kept = {name: _known(value, day) for name, value in rule.items() if name not in _REMARKS}
    for name in _ENDS:
        if name in kept and _is_later(kept[name], day):
            kept[name] = None
    if "field_sources" in kept:
        kept["field_sources"] = {
            field: [source for source in listed if source in sources]
            for field, listed in rule["field_sources"].items()
        }
    return kept


def _known(value: Any, day: date) -> Any:
    if isinstance(value, Mapping):
        return {
            name: None if name in _ENDS and _is_later(part, day) else _known(part, day)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [_known(part, day) for part in value if not _begins_later(part, day)]
    return value


def _begins_later(part: Any, day: date) -> bool:
    return isinstance(part, Mapping) and any(_is_later(part.get(name), day) for name in _BEGINS)


def _is_later(value: Any, day: date) -> bool:
    if isinstance(value, date):
        return value > day
    try:
        return knowable_from(str(value)) > day
    except ValueError:
        return False
