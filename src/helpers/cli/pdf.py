"""`briefing pdf`: the whole briefing on paper."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated

import typer

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
SECONDS = 180


def pdf(
    out: Annotated[Path, typer.Argument(help="The file to write.")] = Path("briefing.pdf"),
    site: Annotated[Path | None, typer.Option(help="The site to print; _site by default.")] = None,
) -> None:
    """Print the whole briefing as PDF with the Chromium or Chrome of this machine."""
    from helpers.pages.whole import NAME
    from helpers.paths import project_root

    page = (site or project_root() / "_site").resolve() / NAME
    if not page.is_file():
        typer.echo(f"{page} is missing; run `briefing build` first", err=True)
        raise typer.Exit(1)
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        typer.echo(
            f"no Chromium or Chrome is on the PATH; open {page} in a browser and print it to a file", err=True
        )
        raise typer.Exit(1)
    with tempfile.TemporaryDirectory() as profile:
        # Chromium refuses its sandbox to root, which is who runs in most containers.
        unboxed = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
        command = [browser, "--headless", "--disable-gpu", *unboxed, f"--user-data-dir={profile}",
                   "--no-pdf-header-footer", f"--print-to-pdf={out.resolve()}", page.as_uri()]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            typer.echo(f"{browser} did not finish in {SECONDS} seconds", err=True)
            raise typer.Exit(1) from None
    if done.returncode or not out.is_file():
        typer.echo(f"{browser} failed: {done.stderr.strip()[-500:]}", err=True)
        raise typer.Exit(1)
    typer.echo(str(out))
