"""`briefing moves`: what an edit or a parameter moves, without touching the published site."""

from typing import Annotated

import typer

from helpers.cli.options import AsOf, Parameters, Scenario, named_values


def moves(
    as_of: AsOf = "latest",
    scenario: Scenario = "baseline",
    parameter: Parameters = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
) -> None:
    """Build beside the published site, in build/moves, and print what differs from it: old, new and the cause.

    After an edit in data/, in a notebook or in the package; or with other parameters or another scenario. Only the
    notebooks that depend on what changed are run. build/moves/changes.html says the same as a page.
    """
    from helpers import pages
    from helpers.cli.diff import diff
    from helpers.edition import BuildFailed, build
    from helpers.edition.neighbours import set_against
    from helpers.paths import build_dir, project_root
    from helpers.run import NotebookFailed, ParameterError

    site, beside = project_root() / "_site", build_dir() / "moves"
    if not (site / "manifest.json").is_file():
        _stop("there is no published site to compare with; run `briefing build` first", 2)
    try:
        given = {"as_of": as_of, "scenario": scenario, **named_values(parameter)}
        made = build(given, beside, editions="none")
    except ParameterError as error:
        _stop(str(error), 2)
    except NotebookFailed as failed:
        _stop(f"{failed.card.file} failed: {failed.cause}\nthe failed notebook is kept: {failed.kept}", 1)
    except (BuildFailed, pages.RenderFailed) as error:
        _stop(str(error), 1)
    page = set_against(made.site, site)
    diff(str(site), str(made.site), as_json=as_json)
    typer.echo(page, err=True)


def _stop(message: str, code: int) -> None:
    typer.echo(f"stopped {message}", err=True)
    raise typer.Exit(code)
