"""Products kept by what they were made from: found again whole, made again when anything changed."""

import importlib
import shutil

import altair as alt
import nbformat
import pandas as pd
import pytest

from helpers import kept as keeping
from helpers.exhibits import svg
from helpers.kept import kept, prune

building = importlib.import_module("helpers.edition.build")
sheets = importlib.import_module("helpers.pages.standalone")


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(keeping, "build_dir", lambda: tmp_path)
    return tmp_path / "cache" / "made"


def test_a_product_is_made_once_and_again_for_any_other_part(own_folder):
    made = []

    def make(*parts):
        return kept(parts, lambda: made.append(parts) or repr(parts).encode())

    assert make("a", "b") == make("a", "b")
    for other in (("ab",), ("ab", ""), ("", "ab"), ("b", "a"), ("a", "b", "")):
        assert make(*other) == repr(other).encode()
    assert len(made) == 6


def test_a_spoiled_product_is_made_anew(own_folder):
    kept(["part"], lambda: b"right")
    place = next(own_folder.iterdir())
    for spoiled in (place.read_bytes()[:-1], place.read_bytes()[:32] + b"wrong", b""):
        place.write_bytes(spoiled)
        assert kept(["part"], lambda: b"right") == b"right"
    assert [path.name for path in own_folder.iterdir()] == [place.name], "no unfinished file is left"


def test_only_the_products_used_last_stay(own_folder, monkeypatch):
    monkeypatch.setattr(keeping, "KEPT", 2)
    for age, name in enumerate("abc"):
        kept([name], name.encode)
        for path in own_folder.iterdir():
            if path.read_bytes().endswith(name.encode()):
                keeping.os.utime(path, (age, age))
    kept(["a"], lambda: b"made again")
    prune()
    assert sorted(path.read_bytes()[32:] for path in own_folder.iterdir()) == [b"a", b"c"]


def test_a_full_disk_costs_no_product(own_folder):
    own_folder.parent.mkdir()
    own_folder.write_text("a file where the folder would be")
    assert kept(["part"], lambda: b"product") == b"product"


def test_drawings_kept_are_the_drawings_and_another_chart_gets_its_own(own_folder, monkeypatch):
    def drawn(colour):
        data = pd.DataFrame({"year": [2024, 2025], "H100e": [1.0, 2.0]})
        spec = svg.fit(alt.Chart(data).mark_line(color=colour).encode(x="year:O", y="H100e:Q"), 300)
        return svg.to_svg(svg.to_vega(spec))

    fresh = drawn("#0072B2")
    assert drawn("#0072B2") == fresh
    assert drawn("#D55E00") != fresh
    number = len(list(own_folder.iterdir()))
    assert number == 4, "compiled and drawn, for two charts"
    svg.drawn_with.cache_clear()
    monkeypatch.setattr(svg.vl_convert, "__version__", "0")
    drawn("#0072B2")
    svg.drawn_with.cache_clear()
    assert len(list(own_folder.iterdir())) == number + 2, "another vl-convert draws anew"


def test_evidence_is_checked_again_when_any_of_it_changed(monkeypatch, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(building.data_dir(), data)
    monkeypatch.setattr(building, "data_dir", lambda: data)
    checks = []
    check = building.check
    monkeypatch.setattr(building, "check", lambda folder: checks.append(folder) or check(folder))
    assert building._faults() == [] == building._faults()
    assert len(checks) == 1
    table = data / "facts.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("2025", "20x5", 1), encoding="utf-8")
    expected = check(data)
    assert building._faults() == expected == building._faults() != []
    (data / "scenarios" / "baseline.yml").rename(data / "scenarios" / "other.yml")
    building._faults()
    assert len(checks) == 3, "a file of another name is another evidence"


def test_a_sheet_is_made_again_for_another_notebook_csv_or_code(monkeypatch, tmp_path):
    notebook, exhibits = tmp_path / "01_own.ipynb", tmp_path / "exhibits"
    exhibits.mkdir()
    (exhibits / "own.csv").write_text("a\n1\n")

    def sheet(text):
        link = f'{text} <a class="exhibit-file" href="exhibits/own.csv">CSV</a>'
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(link, id="own")]), notebook)
        return sheets.standalone(notebook, tmp_path / "own.html", exhibits).read_text(encoding="utf-8")

    def made():
        return len(list((tmp_path / "cache" / "made").iterdir()))

    monkeypatch.setattr(sheets, "code_digest", lambda *names: f"code of {names}")
    first = sheet("One")
    assert "One" in first and made() == 1
    assert "Two" in sheet("Two")
    (exhibits / "own.csv").write_text("a\n2\n")
    assert sheet("Two") != first
    number = made()
    (exhibits / "of-another-notebook.csv").write_text("b\n1\n")
    sheet("Two")
    assert made() == number, "another notebook's table is not in it"
    monkeypatch.setattr(sheets, "code_digest", lambda *names: "another code")
    sheet("Two")
    assert made() == number + 1
