"""The formulas of the methods page, cut out of the code that computes the numbers: they cannot say another thing.

Each stands with the sentence that explains it (the function's docstring, which names its source) and the lines that
run. Read from the source text, as the reference is.
"""

import ast
import textwrap
from html import escape
from pathlib import Path
from typing import NamedTuple

from helpers.pages.reference import PACKAGE, prose


class Formula(NamedTuple):
    """A quantity, in a reader's words, and the function that computes it."""

    title: str
    module: str
    function: str


FORMULAS = (
    Formula("Total processing performance (TPP)", "models.rules.metrics", "total_processing_performance"),
    Formula("Performance density (PD)", "models.rules.metrics", "performance_density"),
    Formula("H100-equivalents of a chip", "models.capacity.equivalents", "h100e"),
    Formula("Dies on a wafer", "models.capacity.equivalents", "dies_per_wafer"),
    Formula("The stock that runs", "models.capacity.stock", "installed"),
    Formula("Survival", "models.capacity.stock", "survival"),
    Formula("A prior, as it is drawn", "models.priors", "quantile"),
    Formula("Sensitivity indices", "models.capacity.sensitivity", "estimate"),
    Formula("Attainable rate (roofline)", "models.chips.roofline", "roofline"),
    Formula("Concentration (HHI)", "models.market.shares", "hhi_bounds"),
    Formula("Conversion of an amount", "models.currency", "convert"),
)


def formulas_html() -> str:
    """Every formula, to be unfolded: what it says, the lines that run, and the way to its place in the reference."""
    return f'<div class="reference">{"".join(_shown(formula) for formula in FORMULAS)}</div>'


def _shown(formula: Formula) -> str:
    said, lines = code_of(formula)
    dotted = f"helpers.{formula.module}.{formula.function}"
    return (
        f'<details id="formula-{formula.function.replace("_", "-")}"><summary>{escape(formula.title)}</summary>'
        f"{prose(said)}<pre><code>{escape(lines)}</code></pre>"
        f'<p><a href="reference.html#{dotted}"><code>{dotted}</code></a></p></details>'
    )


def code_of(formula: Formula) -> tuple[str, str]:
    """Docstring and lines of a formula's function. KeyError where the function has gone or says nothing of itself."""
    path = Path(PACKAGE, *formula.module.split(".")).with_suffix(".py")
    text = path.read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == formula.function and ast.get_docstring(node):
            lines = text.splitlines()[node.body[0].end_lineno : node.end_lineno]
            return ast.get_docstring(node), textwrap.dedent("\n".join(lines)).strip("\n")
    raise KeyError(f"pages/formulas.py: {formula.module} has no function {formula.function} with a docstring")
