"""Many runs of one notebook with different parameters: a papermill loop, the local pool, Dask on this machine.

Run: python benchmarks/sweep.py [RUNS] [sample|chips|capacity|policy|market]

The sample notebook draws 100,000 x 8 years, makes six charts and four tables; it shows what starting and steering a
notebook costs. With a page of the briefing its own work comes on top, the same for every engine.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import yaml

from helpers.paths import project_root

SAMPLE = """
import altair as alt
import numpy as np
import pandas as pd
from helpers.results import start

run = start("sample", as_of=as_of)
drawn = np.random.default_rng(seed).lognormal(0.1, 0.3, (100_000, 8)).cumprod(axis=1)
low, middle, high = np.quantile(drawn, [0.05, 0.5, 0.95], axis=0)
frame = pd.DataFrame({"year": range(2025, 2033), "low": low, "middle": middle, "high": high})
run.save("paths", frame)
run.headline(id="growth", value=middle[-1], low=low[-1], high=high[-1], unit="times", basis="sample", label="Growth",
             sentence="{shown} times", evidence=["sample"])
"""
CHART = (
    'alt.Chart(frame).mark_area(opacity=0.3).encode(x="year:O", y="low:Q", y2="high:Q") + '
    'alt.Chart(frame).mark_line().encode(x="year:O", y="middle:Q")'
)


def make_project(folder: Path) -> Path:
    """A project of the real evidence with the sample as its one notebook."""
    shutil.copytree(project_root() / "data", folder / "data")
    (folder / "notebooks").mkdir()
    described = yaml.safe_load((project_root() / "notebooks" / "cards.yml").read_text(encoding="utf-8"))
    described["notebooks"] = [
        {"file": "01_sample.ipynb", "page": "sample", "title": "Sample", "asks": "How fast?", "reads": [],
         "parameters": ["as_of", "seed"], "evidence": ["facts"]},
    ]  # fmt: skip
    (folder / "notebooks" / "cards.yml").write_text(yaml.safe_dump(described), encoding="utf-8")
    cells = [
        nbformat.v4.new_code_cell('as_of: str = "latest"\nseed: int = 1', metadata={"tags": ["parameters"]})
    ]
    cells += [nbformat.v4.new_code_cell(text) for text in (SAMPLE, *[CHART] * 6, *["frame.describe()"] * 4)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "notebooks" / "01_sample.ipynb")
    return folder


def papermill_loop(project: Path, notebook: str, runs: int, out: Path) -> None:
    """The papermill command once per run, as a shell script would."""
    for seed in range(runs):
        folder = out / str(seed)
        folder.mkdir(parents=True)
        words = ["--no-progress-bar", "-p", "seed", str(seed), notebook, str(folder / "run.ipynb")]
        subprocess.run(
            [sys.executable, "-m", "papermill", *words],
            env=environment(project) | {"BRIEFING_RUN_DIR": str(folder)},
            check=True,
            capture_output=True,
        )


def sweep(project: Path, page: str, runs: int, out: Path, executor: str) -> None:
    """`briefing sweep` over as many seeds."""
    plan = out.parent / f"{out.name}.yaml"
    plan.write_text(
        yaml.safe_dump({"parameters": {"seed": list(range(runs))}, "notebooks": [page]}), encoding="utf-8"
    )
    command = "from helpers.cli import main; main()"
    subprocess.run(
        [sys.executable, "-c", command, "sweep", str(plan), "--out", str(out), "--executor", executor],
        env=environment(project),
        check=True,
        capture_output=True,
    )


def environment(project: Path) -> dict[str, str]:
    """That project, with one thread a run."""
    return {**os.environ, "BRIEFING_ROOT": str(project), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def measured(work: Callable[[], None]) -> tuple[float, float]:
    """Wall and processor seconds, children included."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, used


def main() -> None:
    """Print one line an engine: wall seconds, seconds a run, processor seconds, and how many times faster."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 16
    page = sys.argv[2] if len(sys.argv) > 2 else "sample"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        project = make_project(folder / "project") if page == "sample" else project_root()
        notebook = next((project / "notebooks").glob(f"*_{page}.ipynb"))
        engines = {
            "papermill loop": lambda: papermill_loop(project, str(notebook), runs, folder / "loop"),
            "sweep, local": lambda: sweep(project, page, runs, folder / "local", "local"),
            "sweep, dask": lambda: sweep(project, page, runs, folder / "dask", "dask"),
        }
        print(f"{runs} runs of {notebook.name}")
        base = 0.0
        for name, work in engines.items():
            wall, used = measured(work)
            base = base or wall
            print(
                f"{name:16} {wall:7.1f} s {wall / runs:6.2f} s a run {used:7.1f} s processor  {base / wall:5.1f}x"
            )


if __name__ == "__main__":
    main()
