"""A sweep makes every edition once, whole, the same wherever it runs, and compares them."""

import csv
import hashlib
import importlib.util
import json
import os
from pathlib import Path

import nbformat
import pytest
import yaml
from typer.testing import CliRunner

from evidence_folder import write_evidence
from helpers.cli.app import app
from helpers.evidence import load
from helpers.schedule import executors
from helpers.schedule import sweep as sweeps
from helpers.schedule.comparison import write_comparison
from helpers.schedule.executors import NoDask, run_dask
from helpers.schedule.plan import Item, PlanError, read_plan

CARDS = {
    "parameters": {
        "as_of": {"type": "date", "default": "latest", "minimum": yaml.safe_load("2023-01-01"), "help": "day"},
        "scenario": {"type": "scenario", "default": "baseline", "help": "scenario"},
        "seed": {"type": "integer", "default": 1, "minimum": 0, "maximum": 99, "help": "seed"},
    },
    "notebooks": [
        {"file": "01_tiny.ipynb", "page": "tiny", "title": "Tiny", "asks": "?", "reads": [], "evidence": ["facts"],
         "parameters": ["as_of", "scenario", "seed"]},
    ],
}  # fmt: skip
CELLS = [
    'as_of: str = "latest"\nscenario: str = "baseline"\nseed: int = 1',
    """
import os
import psutil
from pathlib import Path
from helpers.results import start
run = start("tiny", as_of=as_of)
if seed == 13:
    raise ValueError("thirteen")
mark = Path(os.environ.get("TEST_MARK", "/nowhere"))
if seed == 7 and mark.is_dir() and not (mark / "killed").exists():
    (mark / "killed").touch()
    # the kernel's parent is the warm process, whose parent is the worker
    psutil.Process().parent().parent().kill()
run.headline(id="facts", value=len(run.evidence.facts) + seed, low=0, high=100, unit="facts", basis=scenario,
             label="Facts <known>", sentence="{shown} facts", evidence=["paper"])
""",
]  # fmt: skip


@pytest.fixture
def project(tmp_path, monkeypatch):
    write_evidence(tmp_path / "data")
    (tmp_path / "data" / "scenarios" / "tight.yml").write_text(
        "title: T\ndescription: x\nassumptions: {}\nswitches: {}\n"
    )
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "cards.yml").write_text(yaml.safe_dump(CARDS))
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    cells[0].metadata["tags"] = ["parameters"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.write(notebook, tmp_path / "notebooks" / "01_tiny.ipynb")
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    return tmp_path


def plan(project, **described):
    path = project / "editions.yaml"
    path.write_text(yaml.safe_dump(described))
    return path


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def test_a_plan_is_every_combination_with_a_name(project):
    path = plan(project, as_of=[yaml.safe_load("2023-06-01"), "latest"], scenario=["baseline", "tight"])
    found = read_plan(path, load())
    assert [item.name for item in found.items] == [
        "2023-06-01-baseline", "2023-06-01-tight", "latest-baseline", "latest-tight",
    ]  # fmt: skip
    assert found.items[0].parameters["tiny"] == {"as_of": "2023-06-01", "scenario": "baseline", "seed": 1}


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ({"as_off": ["latest"]}, "unknown as_off"),
        ({"parameters": {"sed": [1]}}, "did you mean seed"),
        ({"parameters": {"seed": []}}, "seed: an empty list"),
        ({"parameters": {"seed": [1, "x"]}, "scenario": ["none"]}, "expected a whole number"),
        ({"notebooks": ["tinny"]}, "unknown tinny"),
        ({"parameters": {"seed": [1, 1]}}, "the same edition twice"),
        ({"parameters": {"seed": list(range(99)), "tiny.seed": list(range(99))}}, "editions; at most"),
    ],
)
def test_a_wrong_plan_is_refused_before_anything_runs(project, described, said):
    with pytest.raises(PlanError, match=said):
        sweeps.sweep(plan(project, **described), project / "out")
    assert not (project / "out").exists()


def test_every_edition_has_its_own_numbers_and_a_second_sweep_makes_nothing(project):
    path = plan(project, as_of=["2023-06-01", "latest"], parameters={"seed": [2, 13]})
    swept = sweeps.sweep(path, project / "out", workers=2)
    assert sorted(swept.made) == ["2023-06-01-seed-2", "latest-seed-2"]
    assert swept.failed == dict.fromkeys(
        ["2023-06-01-seed-13", "latest-seed-13"], "01_tiny.ipynb: ValueError: thirteen"
    )
    with (project / "out" / "comparison.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["as_of"], row["seed"], row["value"]) for row in rows] == [
        ("2023-06-01", "2", "3"),
        ("latest", "2", "5"),
    ]
    before = digests(project / "out")
    again = sweeps.sweep(
        plan(project, as_of=["2023-06-01", "latest"], parameters={"seed": [2, 3]}), project / "out", workers=2
    )
    assert sorted(again.kept) == sorted(swept.made) and sorted(again.made) == [
        "2023-06-01-seed-3",
        "latest-seed-3",
    ]
    kept = {name: told for name, told in digests(project / "out").items() if name.split("/")[0] in again.kept}
    assert kept.items() <= before.items()
    (project / "out" / "latest-seed-3" / "headlines" / "tiny.json").write_text("[]")
    third = sweeps.sweep(path, project / "out", workers=1)
    assert third.made == ["latest-seed-3"], "an edition that was altered is made again"
    assert not any(name.startswith("latest-seed-13") for name in digests(project / "out"))


def test_a_worker_that_is_killed_costs_no_edition(project, monkeypatch):
    monkeypatch.setenv("TEST_MARK", str(project))
    swept = sweeps.sweep(plan(project, parameters={"seed": [1, 2, 7]}), project / "out", workers=2)
    assert (project / "killed").exists() and not swept.failed and len(swept.made) == 3
    assert not list(Path(os.environ.get("TMPDIR", "/tmp")).glob("briefing-sweep-*"))


def test_a_change_of_the_evidence_remakes_every_edition(project):
    path = plan(project, parameters={"seed": [1]})
    sweeps.sweep(path, project / "out", workers=1)
    facts = project / "data" / "facts.csv"
    lines = facts.read_text().splitlines(keepends=True)
    facts.write_text("".join(lines[:-1]))
    swept = sweeps.sweep(path, project / "out", workers=1)
    assert swept.made and not swept.kept
    described = json.loads((project / "out" / swept.made[0] / "edition.json").read_text())
    assert all("/" in name for name in described["files"]) and str(project) not in json.dumps(described)


def test_a_folder_of_something_else_is_left_alone(project):
    (project / "thesis").mkdir()
    (project / "thesis" / "work.txt").write_text("years")
    done = CliRunner().invoke(
        app, ["sweep", str(plan(project, parameters={"seed": [1]})), "--out", str(project / "thesis")]
    )
    assert done.exit_code == 2 and "not a sweep's" in done.output
    assert [path.name for path in (project / "thesis").iterdir()] == ["work.txt"]


def test_the_command_refuses_what_does_not_fit(project):
    path = str(plan(project, parameters={"seed": [1]}))
    assert CliRunner().invoke(app, ["sweep", path, "--executor", "slurm"]).exit_code == 2
    assert CliRunner().invoke(app, ["sweep", path, "--scheduler", "tcp://x:1"]).exit_code == 2
    assert CliRunner().invoke(app, ["sweep", str(project / "none.yaml")]).exit_code == 2


def test_the_comparison_escapes_and_says_what_is_not_known(tmp_path):
    items = [Item(name, {"as_of": name}, {}) for name in ("one", "two")]
    folder = tmp_path / "one" / "headlines"
    folder.mkdir(parents=True)
    row = {"notebook": "p", "id": "x", "label": "<b>label</b>", "unit": "u", "basis": "b", "value": 5.0, "low": 2.0,
           "high": 8.0, "shown": "5", "period": "2025", "confidence": "low", "as_of": "2025-01-01"}  # fmt: skip
    (folder / "p.json").write_text(json.dumps([row]))
    write_comparison(tmp_path, items, {"two": "<script>"})
    page = (tmp_path / "comparison.html").read_text()
    assert "Not known in 1 of 2 editions" in page and "&lt;b&gt;label" in page and "<script>" not in page
    assert 'x="55.0"' in page, "the interval begins at 2 of 8"


# ---- on Dask

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None,
    reason="Dask distributed is not installed (the extra `dask`)",
)


@needs_dask
@pytest.mark.slow
def test_dask_gives_the_same_bytes_and_survives_a_killed_worker(project, monkeypatch):
    path = plan(project, as_of=["2023-06-01", "latest"], parameters={"seed": [1, 7]})
    sweeps.sweep(path, project / "local", workers=2)
    monkeypatch.setenv("TEST_MARK", str(project))
    swept = sweeps.sweep(path, project / "dask", executor="dask", workers=2)
    assert (project / "killed").exists(), "a worker was killed in the middle"
    assert not swept.failed and len(swept.made) == 4
    local, dask = digests(project / "local"), digests(project / "dask")
    for name in ("comparison.html",):  # its title names the folder
        local.pop(name), dask.pop(name)
    assert local == dask


@needs_dask
def test_a_scheduler_that_is_not_there_is_named(project, monkeypatch):
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 1)
    with pytest.raises(NoDask, match="cannot be reached"):
        list(run_dask([Item("a", {}, {})], ("tiny",), b"", 1, "tcp://127.0.0.1:9"))


def test_without_dask_the_extra_is_named(project, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(NoDask, match=r"china-ai-compute-briefing\[dask\]"):
        list(run_dask([], (), b""))
