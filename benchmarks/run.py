"""The run against what people would use instead: wall seconds of whole processes, medians of interleaved rounds.

    .venv/bin/python benchmarks/run.py [ROUNDS]

Peers: a shell loop that calls `papermill` and `jupyter nbconvert` once a notebook, and papermill's API in one
process followed by nbconvert. Ours makes the whole site. Everything works on a copy of the project in a temporary
folder; `nothing changed`, `one parameter`, `one fact` and `one module` each follow a finished build.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ("01_chips", "02_capacity", "03_policy", "04_market")
BRIEFING = [sys.executable, "-c", "from helpers.cli import main; main()", "build"]
API = """
import sys, papermill, nbformat
from nbconvert import HTMLExporter
for name in sys.argv[2:]:
    papermill.execute_notebook(f"notebooks/{name}.ipynb", f"{sys.argv[1]}/{name}.ipynb", progress_bar=False)
    body, _ = HTMLExporter().from_filename(f"{sys.argv[1]}/{name}.ipynb")
    open(f"{sys.argv[1]}/{name}.html", "w").write(body)
"""


def copy_of_the_project(folder: Path) -> Path:
    """What a build reads, copied, so that a benchmark may change it."""
    for name in ("data", "notebooks", "report", "src"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    for name in ("_quarto.yml", "requirements.txt", "constraints.txt"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def seconds(command: list[str], project: Path, **environment: str) -> float:
    """Wall time of a command in the project; its failure is ours."""
    names = {**os.environ, "BRIEFING_ROOT": str(project), "PYTHONPATH": str(project / "src"), **environment}
    names.pop("BRIEFING_RUN_DIR", None)
    begun = time.perf_counter()
    subprocess.run(command, cwd=project, env=names, check=True, capture_output=True)
    return time.perf_counter() - begun


def shell_loop(project: Path) -> float:
    """papermill and nbconvert as commands, once a notebook."""
    out = project / "build" / "loop"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    tools = Path(sys.executable).parent
    steps = [
        f"{tools}/papermill --no-progress-bar notebooks/{name}.ipynb {out}/{name}.ipynb && "
        f"{tools}/jupyter nbconvert --to html {out}/{name}.ipynb"
        for name in NOTEBOOKS
    ]
    return seconds(["sh", "-ec", "\n".join(steps)], project, BRIEFING_RUN_DIR=str(out))


def api_in_one_process(project: Path) -> float:
    """papermill's API and nbconvert's, in one process."""
    out = project / "build" / "api"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    return seconds([sys.executable, "-c", API, str(out), *NOTEBOOKS], project, BRIEFING_RUN_DIR=str(out))


def cold(project: Path) -> float:
    """Ours with nothing kept."""
    shutil.rmtree(project / "build", ignore_errors=True)
    shutil.rmtree(project / "_site", ignore_errors=True)
    return seconds(BRIEFING, project)


def unchanged(project: Path) -> float:
    """Ours after a finished build."""
    return seconds(BRIEFING, project)


def one_parameter(project: Path) -> float:
    """Ours with one parameter of one notebook changed; another value each time."""
    one_parameter.draws = getattr(one_parameter, "draws", 300) + 1
    return seconds(
        [*BRIEFING, "-p", f"market.precision={'int8' if one_parameter.draws % 2 else 'fp16'}"], project
    )


def one_fact(project: Path) -> float:
    """Ours with one cell of one fact changed."""
    path = project / "data" / "facts.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("paragraph 1,", "paragraph 1 ,", 1), encoding="utf-8"
    )
    return seconds(BRIEFING, project)


def one_module(project: Path) -> float:
    """Ours with one line of one model changed."""
    path = project / "src" / "helpers" / "models" / "market" / "model_gap.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n_TOUCHED = True\n", encoding="utf-8")
    return seconds(BRIEFING, project)


def main() -> None:
    """Interleave the rounds and print one table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    timed = (shell_loop, api_in_one_process, cold, unchanged, one_parameter, one_fact, one_module)
    times: dict[str, list[float]] = {function.__name__: [] for function in timed}
    with tempfile.TemporaryDirectory() as folder:
        project = copy_of_the_project(Path(folder) / "project")
        for _ in range(rounds):
            for function in timed:
                times[function.__name__].append(function(project))
                if function is one_parameter:
                    seconds(BRIEFING, project)
    loop = statistics.median(times["shell_loop"])
    print(f"{'':24}{'median s':>10}{'min':>8}{'max':>8}{'shell loop over it':>20}")
    for name, values in times.items():
        middle = statistics.median(values)
        print(
            f"{name.replace('_', ' '):24}{middle:10.2f}{min(values):8.2f}{max(values):8.2f}{loop / middle:19.1f}x"
        )


if __name__ == "__main__":
    main()
