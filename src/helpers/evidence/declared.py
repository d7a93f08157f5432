"""Evidence as a notebook may read it: only the tables that its card declares.

What is read without being declared would not be part of the notebook's key, and a change of it would go unseen.
"""

from collections.abc import Iterable
from dataclasses import fields, replace

from helpers.evidence.tables import TABLES, Evidence

_ALWAYS = ("sources",)
_GUARDED = (*TABLES, "rules", "rulebook", "scenarios")


class UndeclaredRead(LookupError):
    """A notebook reads a table that its card in `notebooks/cards.yml` does not declare."""


class _Undeclared:
    """Stands in the place of a table; every use of it is the error."""

    def __init__(self, table: str, reader: str):
        self._message = (
            f"{reader} reads the table {table!r}, which its card in notebooks/cards.yml does not declare"
        )

    def __getattr__(self, name: str):
        raise UndeclaredRead(self._message)

    def _refuse(self, *_: object):
        raise UndeclaredRead(self._message)

    __getitem__ = __iter__ = __len__ = __contains__ = __bool__ = _refuse


def only(evidence: Evidence, tables: Iterable[str], reader: str) -> Evidence:
    """The same evidence, cut and full, in which every table but `tables` refuses to be read."""
    allowed = {*tables, *_ALWAYS} | ({"rulebook"} if "rules" in tables else set())
    hidden = [
        field.name for field in fields(Evidence) if field.name in _GUARDED and field.name not in allowed
    ]
    stands = {name: _Undeclared(name, reader) for name in hidden}
    full = replace(evidence.full, **stands) if evidence.full is not None else None
    return replace(evidence, full=full, **stands)
