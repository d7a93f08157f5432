"""Pages: the staged project, the rendered site, and the checks that it is sound.

numbers      numbers in prose with where they come from
judgements   key judgements and chapter cards of the first page
claims       the claims and their verdicts
articles     one page for each article judged
registers    sources, facts, assumptions
accelerators every chip, to compare
scenarios    two scenarios side by side
downloads    evidence, results and the data dictionary
reference    the package's public names, from its docstrings
formulas     formulas of the methods page, cut out of the code
stage        the project that a renderer sees
render       Quarto or smalldocs
content      a page's content, made fit for a strict page
crate        the run as an RO-Crate
shell        the document around it
whole        all chapters on one page, for print
search       the search index
standalone   a notebook as one file to mail
finish       the site from all of these
check        what must hold for every page
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers.cards import Deck
from helpers.evidence import Evidence
from helpers.pages.check import check_site
from helpers.pages.finish import finish, write_files
from helpers.pages.numbers import figure_span
from helpers.pages.render import RenderFailed, choose_renderer, render
from helpers.pages.stage import stage
from helpers.pages.standalone import standalone

__all__ = [
    "RenderFailed",
    "check_site",
    "choose_renderer",
    "figure_span",
    "make_site",
    "render",
    "stage",
    "standalone",
]


def make_site(
    run: Path,
    evidence: Evidence,
    deck: Deck,
    parameters: Mapping[str, Any],
    site: Path,
    renderer: str = "auto",
    inputs: Mapping[str, Any] | None = None,
) -> Path:
    """Make the site of a finished run in `site`: stage beside the run, render, finish.

    `evidence` is cut to the run's `as_of`; `inputs` is what the manifest will say of the edition, for the RO-Crate.
    Raises RenderFailed. Returns `site`.
    """
    project = stage(run, evidence, deck, parameters, run / "pages")
    rendered = render(project, renderer, lambda: write_files(run, evidence, deck, site))
    finish(rendered, project, run, evidence, deck, parameters, inputs or {}, site)
    return site
