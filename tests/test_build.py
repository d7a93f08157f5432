"""From a clean copy of the project to a published site, and what happens when something fails on the way."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from helpers.evidence import load
from helpers.fingerprint import files_below

ROOT = Path(__file__).parents[1]
COPIED = ("data", "notebooks", "report", "_quarto.yml", "requirements.txt", "constraints.txt", "CITATION.cff")
SMALL = ("-p", "draws=256")
CANARY = "canary-3141592653"

pytestmark = pytest.mark.build


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of everything an analyst edits; the package itself is the installed one."""
    folder = tmp_path_factory.mktemp("project")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        else:
            shutil.copy(source, folder / name)
    (folder / "src").symlink_to(ROOT / "src")
    return folder


def briefing(project, *arguments, timeout=600):
    environment = {**os.environ, "BRIEFING_ROOT": str(project), "COLUMNS": "200", "CANARY_TOKEN": CANARY}
    environment.pop("BRIEFING_RUN_DIR", None)
    return subprocess.run(
        [sys.executable, "-c", "from helpers.cli import main; main()", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


@pytest.fixture(scope="module")
def early(project):
    done = briefing(project, "build", "--as-of", "2024-08-01", *SMALL)
    assert done.returncode == 0, done.stderr
    return project / "_site"


def pages(site):
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(site.glob("*.html"))}


def test_the_build_ends_with_the_path_of_the_site(project, early):
    done = briefing(project, "build", "--as-of", "2024-08-01", *SMALL)
    assert done.returncode == 0
    assert done.stdout.strip() == str(early / "index.html")
    assert "nothing has changed" in done.stderr


def test_every_chapter_and_page_is_there_with_its_notebook(early):
    for name in (
        "index",
        "chips",
        "capacity",
        "policy",
        "market",
        "claims",
        "methods",
        "assumptions",
        "sources",
        "data",
    ):
        assert (early / f"{name}.html").stat().st_size > 2000, name
    for stem in ("01_chips", "02_capacity", "03_policy", "04_market"):
        executed = nbformat.read(early / "notebooks" / f"{stem}.ipynb", as_version=4)
        injected = [
            cell.source for cell in executed.cells if "injected-parameters" in cell.metadata.get("tags", [])
        ]
        assert 'as_of = "2024-08-01"' in injected[0]
        assert (early / "notebooks" / f"{stem}.html").is_file()


def test_no_page_shows_a_thing_published_later(early):
    known, everything = load(as_of="2024-08-01"), load()
    later = {
        *(set(everything.sources["source_id"]) - set(known.sources["source_id"])),
        *(set(everything.facts["fact_id"]) - set(known.facts["fact_id"])),
        *(set(everything.claims["claim_id"]) - set(known.claims["claim_id"])),
        *({rule["id"] for rule in everything.rules} - {rule["id"] for rule in known.rules}),
    }
    assert len(later) > 500
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "notebooks").glob("*.ipynb"))
    later -= {name for name in later if name in code}  # a notebook's code asks for a claim that was yet to come
    for path in files_below(early, (".html", ".js", ".csv", ".json", ".ipynb")):
        if path.name in ("manifest.json", "datapackage.json"):
            continue
        text = path.read_text(encoding="utf-8")
        shown = [name for name in later if f'"{name}"' in text or f"#{name}<" in text or f'#{name}"' in text]
        assert not shown, f"{path.name} shows {shown[:5]}"
    for name, text in pages(early).items():
        if name != "reference.html":  # which describes the code of today
            assert "Ascend 950" not in text and "DeepSeek-R1" not in text, name


def test_two_editions_differ_and_each_says_its_date(project, early, tmp_path):
    done = briefing(project, "build", "--as-of", "2025-06-30", "--out", str(tmp_path / "site"), *SMALL)
    assert done.returncode == 0, done.stderr
    other = pages(tmp_path / "site")
    for name, text in pages(early).items():
        assert "1 Aug 2024" in text, name
        if name in other:
            assert "30 Jun 2025" in other[name] and other[name] != text, name


def test_the_edition_holds_no_path_and_no_secret(project, early):
    for path in files_below(early):
        content = path.read_bytes()
        for secret in (CANARY, str(project), str(ROOT)):
            assert secret.encode() not in content, f"{path.name} holds {secret}"


def test_unknown_parameter_stops_before_any_kernel(project, early):
    before = (early / "manifest.json").read_bytes()
    done = briefing(project, "build", "-p", "drawz=5", "-p", "seed=-1", timeout=60)
    assert done.returncode == 2
    assert "drawz" in done.stderr and "did you mean draws" in done.stderr and "seed" in done.stderr
    assert (early / "manifest.json").read_bytes() == before


def test_failing_notebook_keeps_the_old_site_and_names_the_cause(project, early):
    before = (early / "manifest.json").read_bytes()
    path = project / "notebooks" / "04_market.ipynb"
    original = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(original, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("raise RuntimeError('the well ran dry')"))
    nbformat.write(notebook, path)
    try:
        done = briefing(project, "build", "--as-of", "2024-08-01", *SMALL)
    finally:
        path.write_text(original, encoding="utf-8")
    assert done.returncode == 1
    assert "04_market.ipynb failed" in done.stderr and "the well ran dry" in done.stderr
    assert len(done.stderr.splitlines()) < 40, "the cause fits one screen"
    kept = next(project.glob("build/runs/*/failed/04_market.ipynb"))
    assert str(kept) in done.stderr.replace("\n", "")
    assert any(
        output.output_type == "error"
        for cell in nbformat.read(kept, 4).cells
        for output in cell.get("outputs", [])
    )
    assert (early / "manifest.json").read_bytes() == before


def test_a_renderer_that_fails_halfway_keeps_the_old_site(project, early, tmp_path, monkeypatch):
    before = (early / "manifest.json").read_bytes()
    quarto = tmp_path / "quarto"
    quarto.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo 1.10.19 && exit\n'
        "mkdir _site && echo half > _site/index.html\necho ERROR: the disk is full >&2\nexit 1\n"
    )
    quarto.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    done = briefing(project, "build", "--as-of", "2024-08-01", *SMALL)
    assert done.returncode == 1 and "quarto failed" in done.stderr and "the disk is full" in done.stderr
    assert (early / "manifest.json").read_bytes() == before
    assert briefing(project, "verify", timeout=60).returncode == 0
    assert sorted(path.name for path in project.glob("*_site*")) == ["_site"]


def test_bad_evidence_stops_the_build(project, early):
    before = (early / "manifest.json").read_bytes()
    path = project / "data" / "facts.csv"
    original = path.read_bytes()
    path.write_bytes(original.replace(b",measured,", b",mesured,", 1))
    try:
        done = briefing(project, "build", "--as-of", "2024-08-01", *SMALL, timeout=120)
    finally:
        path.write_bytes(original)
    assert done.returncode == 1
    assert "facts.csv" in done.stderr and "mesured" in done.stderr
    assert (early / "manifest.json").read_bytes() == before


def test_verify_finds_an_altered_page(project, early):
    assert briefing(project, "verify", timeout=60).returncode == 0
    page = early / "chips.html"
    original = page.read_bytes()
    page.write_bytes(original + b" ")
    try:
        done = briefing(project, "verify", timeout=60)
    finally:
        page.write_bytes(original)
    assert done.returncode == 1 and "altered: chips.html" in done.stdout


def test_manifest_names_inputs_and_every_file(early):
    manifest = json.loads((early / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["as_of"] == "2024-08-01"
    assert {"evidence", "code", "notebooks", "pages", "environment", "parameters"} <= set(manifest["inputs"])
    listed = set(manifest["files"]) | {"manifest.json"}
    assert listed == {path.relative_to(early).as_posix() for path in files_below(early)}
