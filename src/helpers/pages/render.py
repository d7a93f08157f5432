"""Two renderers, one project: Quarto where it is on the PATH, smalldocs (pure Python) otherwise."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from helpers.run.offspring import end_with_parent

RENDERERS = ("quarto", "smalldocs")
OUTPUT = "_site"
SECONDS = 600
# The first that leaves the tables of our own HTML alone (`html-table-processing: none` for a whole project).
OLDEST_QUARTO = (1, 4)
_INSTEAD = "or use --renderer smalldocs"


class RenderFailed(Exception):
    """The pages could not be rendered; the message holds what the renderer said."""


def choose_renderer(wanted: str = "auto") -> str:
    """`quarto` or `smalldocs`; `auto` takes Quarto where one that is new enough starts.

    Raises RenderFailed when the one asked for by name is not there, does not start or is too old.
    """
    if wanted not in ("auto", *RENDERERS):
        raise RenderFailed(f"renderer: found {wanted!r}, expected auto, quarto or smalldocs")
    if wanted == "smalldocs":
        return wanted
    try:
        _quarto_version()
    except RenderFailed:
        if wanted == "quarto":
            raise
        return "smalldocs"
    return "quarto"


def renderer_version(renderer: str) -> str:
    """The renderer with its version, such as `quarto 1.8.27`. Raises RenderFailed as `choose_renderer` does."""
    return f"{renderer} {_quarto_version() if renderer == 'quarto' else version(renderer)}"


def _quarto_version() -> str:
    command = shutil.which("quarto")
    if command is None:
        raise RenderFailed(f"Quarto is not on the PATH; install it {_INSTEAD}")
    try:
        done = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RenderFailed(f"{command} does not start: {error}; mend it {_INSTEAD}") from None
    found = done.stdout.strip()
    number = re.match(r"(\d+)\.(\d+)", found)
    if done.returncode or not number:
        said = (done.stderr.strip() or found)[-500:]
        raise RenderFailed(
            f"{command} does not tell its version: {said or 'it said nothing'}; mend it {_INSTEAD}"
        )
    if (int(number[1]), int(number[2])) < OLDEST_QUARTO:
        expected = ".".join(map(str, OLDEST_QUARTO))
        raise RenderFailed(
            f"{command}: found Quarto {found}, expected {expected} or newer; update it {_INSTEAD}"
        )
    return found


def render(project: Path, renderer: str = "auto", meanwhile: Callable[[], None] = lambda: None) -> Path:
    """Render the staged project and return the folder of its pages. Raises RenderFailed.

    `meanwhile` is called once the renderer, a process of its own, has started.
    """
    renderer = choose_renderer(renderer)
    if renderer == "quarto":
        command = [shutil.which("quarto"), "render", str(project), "--no-execute"]
    else:
        command = [sys.executable, "-m", "smalldocs.cli", "render", str(project), "--quiet"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=project, preexec_fn=end_with_parent, **pipes) as process:
        try:
            meanwhile()
            said, warned = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise RenderFailed(f"{renderer} did not finish in {SECONDS} seconds") from None
        finally:
            process.kill()  # nothing to an ended one
    if process.returncode:
        raise RenderFailed(f"{renderer} failed:\n{(warned or said).strip()[-2000:]}")
    broken = [line for line in warned.splitlines() if "include" in line and "not found" in line]
    if broken:
        raise RenderFailed("\n".join(broken))
    pages = project / OUTPUT
    if not (pages / "index.html").is_file():
        raise RenderFailed(f"{renderer} wrote no index.html")
    return pages
