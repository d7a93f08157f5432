"""The run against what people would use instead; prints the tables of `benchmarks/README.md`.

    .venv/bin/python benchmarks/run.py [--rounds 3] [--quick] [--no-peers] [--peers FOLDER]

Wall and processor seconds of whole processes, medians of interleaved rounds. `--quick`: one round, the shell loop
the only peer. Everything works on copies of the project in a temporary folder; see the README for what is compared.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from peers import NOTEBOOKS, PEERS, Peer, clean, command, python_of

ROOT = Path(__file__).parents[1]
BRIEFING = [sys.executable, "-c", "from helpers.cli import main; main()", "build", "--editions", "none"]
STEPS = ("cold", "nothing", "parameter", "fact", "module")
CELLS = """
import sys, time
begun = time.perf_counter()
import nbformat, numpy, pandas, altair, scipy.stats.qmc, vl_convert, helpers.results, helpers.exhibits.exhibit
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
print(time.perf_counter() - begun)
for path in sys.argv[1:]:
    begun = time.perf_counter()
    shell.reset()
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "code":
            done = shell.run_cell(cell.source, silent=True)
            assert done.success, done.error_in_exec
            shell.display_formatter.format(done.result)
    print(time.perf_counter() - begun)
"""


@dataclass
class Contestant:
    """Ours or a peer: its copy of the project, how it is cleaned, its command by step, and what was measured."""

    name: str
    project: Path
    clean: Callable[[Path], None]
    command: Callable[[str, int], list[str]]
    sees: tuple[str, ...] = STEPS
    wall: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)

    def step(self, step: str, number: int) -> None:
        """Change what the step changes, run, and note the seconds; a peer that fails is out."""
        if step not in self.sees:
            return
        if step == "cold":
            self.clean(self.project)
        change(step, self.project, number)
        try:
            wall, cpu = seconds(self.command(step, number), self.project)
        except subprocess.CalledProcessError as error:
            print(f"{self.name} failed: {error.stderr.decode()[-400:]}", file=sys.stderr)
            self.sees = ()
            return
        self.wall.setdefault(step, []).append(wall)
        self.cpu.setdefault(step, []).append(cpu)


def copy_of_the_project(folder: Path) -> Path:
    """What a build reads, copied, so that a benchmark may change it."""
    for name in ("data", "notebooks", "report", "docs", "src"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, folder / path.name)
    return folder


def change(step: str, project: Path, number: int) -> None:
    """One cell of a fact that one notebook shows, or one line of a module that one notebook imports."""
    if step == "fact":
        path = project / "data" / "facts.csv"
        text = path.read_text(encoding="utf-8")
        assert "paragraph 1" in text
        path.write_text(text.replace("paragraph 1", "paragraph  1", 1), encoding="utf-8")
    if step == "module":
        path = project / "src" / "helpers" / "models" / "market" / "model_gap.py"
        path.write_text(f"{path.read_text(encoding='utf-8')}\n_TOUCHED_{number} = True\n", encoding="utf-8")


def seconds(words: list[str], project: Path) -> tuple[float, float]:
    """Wall and processor seconds of a command in the project, children included."""
    names = {**os.environ, "BRIEFING_ROOT": str(project), "PYTHONPATH": str(project / "src")}
    names["BRIEFING_RUN_DIR"] = str(project / "peer" / "run")
    if words[: len(BRIEFING)] == BRIEFING:
        names.pop("BRIEFING_RUN_DIR")
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(words, cwd=project, env=names, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begun, used


def precision(step: str, number: int) -> str:
    """The parameter that changes: another value each round."""
    return ("int8", "memory_bandwidth")[number % 2] if step == "parameter" else "fp16"


def ours(folder: Path) -> Contestant:
    """`briefing build`, the site included."""

    def words(step: str, number: int) -> list[str]:
        return (
            [*BRIEFING, "-p", f"market.precision={precision(step, number)}"]
            if step == "parameter"
            else BRIEFING
        )

    def forget(project: Path) -> None:
        shutil.rmtree(project / "build", ignore_errors=True)
        shutil.rmtree(project / "_site", ignore_errors=True)

    return Contestant("briefing build", copy_of_the_project(folder / "ours"), forget, words)


def peer(described: Peer, python: Path, folder: Path) -> Contestant:
    """One of the others, in a copy of its own."""
    project = copy_of_the_project(folder / described.name.split(",")[0].replace(" ", "-"))

    def words(step: str, number: int) -> list[str]:
        return command(described, python, project, precision(step, number), only_market=step == "parameter")

    return Contestant(described.name, project, clean, words, described.sees)


def floor(project: Path) -> tuple[float, list[float]]:
    """Seconds of the imports, and of the cells of each notebook in one warm process."""
    names = {**os.environ, "BRIEFING_ROOT": str(project), "PYTHONPATH": str(project / "src")}
    names["BRIEFING_RUN_DIR"] = str(project / "build" / "floor")
    paths = [f"notebooks/{name}.ipynb" for name in NOTEBOOKS]
    done = subprocess.run(
        [sys.executable, "-c", CELLS, *paths],
        cwd=project,
        env=names,
        check=True,
        capture_output=True,
        text=True,
    )
    imports, *cells = [float(line) for line in done.stdout.splitlines()]
    return imports, cells


def table(contestants: list[Contestant]) -> str:
    """Median seconds, wall and processor, and beside a peer how many times longer it takes than ours."""
    lines = ["| | " + " | ".join(STEPS) + " |", "|---|" + "--:|" * len(STEPS)]
    own = contestants[0]
    for each in contestants:
        cells = []
        for step in STEPS:
            if step not in each.wall:
                cells.append("-")
                continue
            wall, cpu = statistics.median(each.wall[step]), statistics.median(each.cpu[step])
            ratios = [
                theirs / mine for theirs, mine in zip(each.wall[step], own.wall.get(step, ()), strict=False)
            ]
            times = f" · {statistics.median(ratios):.1f}x" if each is not own and ratios else ""
            cells.append(f"{wall:.2f} s ({cpu:.2f}){times}")
        lines.append(f"| {each.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Interleave the rounds and print the tables."""
    parser = argparse.ArgumentParser(description="briefing build against its peers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round, the shell loop the only peer")
    parser.add_argument("--no-peers", action="store_true", help="ours and the floor only")
    parser.add_argument("--peers", type=Path, default=Path(tempfile.gettempdir()) / "briefing-peers")
    asked = parser.parse_args()
    rounds = 1 if asked.quick else asked.rounds
    wanted = () if asked.no_peers else PEERS[:1] if asked.quick else PEERS
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        contestants = [ours(folder)]
        for described in wanted:
            if python := python_of(described, asked.peers):
                contestants.append(peer(described, python, folder))
            else:
                print(f"{described.name}: cannot be installed here", file=sys.stderr)
        floors = []
        for number in range(rounds):
            floors.append(floor(contestants[0].project))
            for step in STEPS:
                for each in contestants:
                    each.step(step, number)
    place = f"{os.cpu_count()} cores, Python {sys.version.split()[0]}"
    print(f"{place}, {rounds} rounds; wall seconds (processor seconds) · how many times ours\n")
    print(table(contestants))
    least = [imports + max(*cells, sum(cells) / (os.cpu_count() or 1)) for imports, cells in floors]
    middle = statistics.median(least)
    cold = statistics.median(contestants[0].wall["cold"])
    print(f"\nFloor (imports once, then the longest notebook or all cells over the cores): {middle:.1f} s.")
    print(f"A cold build takes {cold / middle:.2f} times that, pages and checks included.")
    for name, *values in zip(NOTEBOOKS, *(cells for _, cells in floors), strict=True):
        print(f"{name}: cells {statistics.median(values):.1f} s")


if __name__ == "__main__":
    main()
