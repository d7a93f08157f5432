"""Notebooks are thin: they ask, call, show and explain; the model lives in the package."""

import ast
import re

import nbformat
import pytest

from helpers.paths import notebooks_dir
from helpers.run import read_cards

NOTEBOOKS = [card.file for card in read_cards().cards]


@pytest.fixture(params=NOTEBOOKS)
def notebook(request):
    return nbformat.read(notebooks_dir() / request.param, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_no_saved_outputs_and_no_kernel_noise(notebook):
    for cell in code_cells(notebook):
        assert cell.outputs == [] and cell.execution_count is None
        assert set(cell.metadata) <= {"tags"}
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"


def test_cells_are_few_short_and_define_nothing(notebook):
    assert len(notebook.cells) <= 40
    for cell in code_cells(notebook):
        assert len(cell.source.splitlines()) <= 15, cell.source
        kinds = {type(node) for node in ast.walk(ast.parse(cell.source))}
        assert not kinds & {ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.While, ast.AsyncFunctionDef}, (
            cell.source
        )


def test_no_path_and_no_address(notebook):
    for cell in code_cells(notebook):
        assert not re.search(r"https?:|[\"'](/|\.\.?/|~)|\.csv|\.json|\.ya?ml", cell.source), cell.source


def test_sections_are_those_of_every_chapter(notebook):
    headings = re.findall(r"^## (.+)$", prose(notebook), flags=re.M)
    for wanted in ("Question", "Evidence", "Method", "What would change it"):
        assert wanted in headings, f"no section {wanted!r}; there are {headings}"


def test_no_typed_number_in_prose(notebook):
    """Years, names of rules and products, and formats may carry digits; quantities come from results."""
    names = r"FP\d+|H\d+e?|A\d+|B\d+|L\d+|910[BCD]?|950\w*|CloudMatrix 384|NVL72|3A090\S*|4A090\S*|MI\d+\w*"
    allowed = rf"\b(20[12]\d|8-bit|16-bit|90 %|{names})\b|\b90 %"
    text = re.sub(allowed, "", prose(notebook))
    assert not re.findall(r"\b\d[\d.,]*\b", text), re.findall(r".{20}\b\d[\d.,]*\b.{10}", text)
