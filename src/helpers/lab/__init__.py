"""The lab: what an analyst imports in a notebook, `from helpers.lab import *`.

questions    `load`, `load_table`, `chip`, `chips`, `rule`, `classify`, `capacity`, `check`: one call, a quick answer
parameters   the parameters of a page as a typed object
displays     how a chip, a classification, a result or the evidence shows itself in JupyterLab
panel        a panel that runs the capacity model under a chosen scenario

Importing it registers the displays with the running IPython; nothing in the build imports it.
"""

from helpers.evidence import independent
from helpers.lab.displays import register_displays
from helpers.lab.panel import scenario_panel
from helpers.lab.parameters import parameters
from helpers.lab.questions import (
    Chip,
    EvidenceFault,
    Rule,
    capacity,
    check,
    chip,
    chips,
    classify,
    load,
    load_table,
    rule,
)

__all__ = [
    "Chip",
    "EvidenceFault",
    "Rule",
    "capacity",
    "check",
    "chip",
    "chips",
    "classify",
    "independent",
    "load",
    "load_table",
    "parameters",
    "rule",
    "scenario_panel",
]

register_displays()
