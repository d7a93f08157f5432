"""The chapter's headline numbers, each from a result: what `Run.headlines` keeps for prose and for the index.

A finding whose evidence is not known yet is left out, never replaced by a guess. Where a number has no interval in
its source, `low` and `high` are empty; a range between definitions or measures says so in `basis`.
"""

from helpers.models.market.findings.buyers import buyer_findings
from helpers.models.market.findings.models import model_findings
from helpers.models.market.findings.sellers import seller_findings
from helpers.models.market.findings.shares import share_findings

__all__ = [
    "buyer_findings",
    "in_short",
    "model_findings",
    "of_section",
    "seller_findings",
    "share_findings",
]


def in_short(*sections: list[dict]) -> list[dict]:
    """The findings that the chapter opens with: those marked `key`; with none of them known, the first known."""
    found = [row for section in sections for row in section]
    return [row for row in found if row.get("key")] or found[:1]


def of_section(section: list[dict], opening: list[dict]) -> list[dict]:
    """The findings of a section that the chapter has not opened with."""
    return [row for row in section if row not in opening]
