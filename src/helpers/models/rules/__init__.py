"""The rule engine: what was controlled, when, by which rule, and what stays unknown.

logic          three-valued tests over a tree
metrics        TPP, performance density, bandwidths: the quantities of the Federal Register, as intervals
book           `data/rules.yaml` compiled to plain JSON, for Python and the page alike
specification  a chip's inputs, from the table or from a reader
names, find    which chip a name means
engine         the status of one chip on one date
margins        how far it lies from each threshold
classify       that status with its reasons: tests, what is missing, what would change it
agreement      against published classifications
frontier       what could be bought without a licence, and what each rule change caught
"""

from helpers.models.rules.book import compile_rules, rule_dates
from helpers.models.rules.engine import judge, status_on
from helpers.models.rules.find import UnknownChip, find, specifications
from helpers.models.rules.specification import SpecificationError, from_mapping

__all__ = [
    "SpecificationError",
    "UnknownChip",
    "compile_rules",
    "find",
    "from_mapping",
    "judge",
    "rule_dates",
    "specifications",
    "status_on",
]
