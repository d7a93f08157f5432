"""The chapter's headline numbers, each from a result: what `Run.headlines` keeps for prose and for the index.

A finding whose evidence is not known yet is left out, never replaced by a guess. Where a number has no interval in
its source, `low` and `high` are empty; a range between definitions or measures says so in `basis`.
"""

from helpers.models.market.findings.buyers import buyer_findings
from helpers.models.market.findings.models import model_findings
from helpers.models.market.findings.sellers import seller_findings
from helpers.models.market.findings.shares import share_findings

__all__ = ["buyer_findings", "model_findings", "seller_findings", "share_findings"]
