"""Two renderers, one project: Quarto where it is on the PATH, smalldocs (pure Python) otherwise."""

import shutil
import subprocess
import sys
from pathlib import Path

RENDERERS = ("quarto", "smalldocs")
OUTPUT = "_site"
SECONDS = 600


class RenderFailed(Exception):
    """The pages could not be rendered; the message holds what the renderer said."""


def choose_renderer(wanted: str = "auto") -> str:
    """`quarto` or `smalldocs`. Raises RenderFailed when the one asked for by name is not there."""
    if wanted == "auto":
        return "quarto" if shutil.which("quarto") else "smalldocs"
    if wanted not in RENDERERS:
        raise RenderFailed(f"renderer: found {wanted!r}, expected auto, quarto or smalldocs")
    if wanted == "quarto" and not shutil.which("quarto"):
        raise RenderFailed("Quarto is not on the PATH; install it or use --renderer smalldocs")
    return wanted


def render(project: Path, renderer: str = "auto") -> Path:
    """Render the staged project and return the folder of its pages. Raises RenderFailed."""
    renderer = choose_renderer(renderer)
    if renderer == "quarto":
        command = [shutil.which("quarto"), "render", str(project), "--no-execute"]
    else:
        command = [sys.executable, "-m", "smalldocs.cli", "render", str(project), "--quiet"]
    try:
        done = subprocess.run(
            command, cwd=project, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise RenderFailed(f"{renderer} did not finish in {SECONDS} seconds") from None
    if done.returncode:
        raise RenderFailed(f"{renderer} failed:\n{(done.stderr or done.stdout).strip()[-2000:]}")
    broken = [line for line in done.stderr.splitlines() if "include" in line and "not found" in line]
    if broken:
        raise RenderFailed("\n".join(broken))
    pages = project / OUTPUT
    if not (pages / "index.html").is_file():
        raise RenderFailed(f"{renderer} wrote no index.html")
    return pages
