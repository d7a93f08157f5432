"""Parameters are known, typed and in range before a kernel starts."""

import ast

import nbformat
import pytest

from helpers.evidence import load
from helpers.paths import notebooks_dir
from helpers.run import ParameterError, read_cards, resolve


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def deck():
    return read_cards()


@pytest.mark.parametrize(
    ("given", "named", "allowed"),
    [
        ({"drawss": 10}, "drawss", "draws"),
        ({"draws": "many"}, "draws", "256 to 131072"),
        ({"draws": 3}, "draws", "256 to 131072"),
        ({"draws": True}, "draws", "whole number"),
        ({"draws": "1e4"}, "draws", "whole number"),
        ({"as_of": "2024-13-01"}, "as_of", "date like"),
        ({"as_of": "1999-01-01"}, "as_of", "2024-06-30"),
        ({"as_of": "2999-01-01"}, "as_of", "last look"),
        ({"scenario": "sunshine"}, "scenario", "baseline"),
        ({"precision": "fp12"}, "precision", "fp16"),
        ({"policy.draws": 512}, "policy.draws", "as_of"),
        ({"nowhere.draws": 512}, "nowhere.draws", "unknown"),
    ],
)
def test_bad_parameter_is_named_with_what_is_allowed(deck, evidence, given, named, allowed):
    with pytest.raises(ParameterError) as caught:
        resolve(deck, given, evidence)
    assert named in str(caught.value)
    assert allowed in str(caught.value)


def test_all_faults_are_listed_at_once(deck, evidence):
    with pytest.raises(ParameterError) as caught:
        resolve(deck, {"draws": 1, "seed": -1, "colour": "red"}, evidence)
    assert len(str(caught.value).splitlines()) == 3


def test_one_notebook_can_differ(deck, evidence):
    resolved = resolve(deck, {"capacity.draws": "1024"}, evidence)
    assert resolved["capacity"]["draws"] == 1024
    assert all(values.get("draws", 4096) == 4096 for page, values in resolved.items() if page != "capacity")


def test_latest_becomes_a_date(deck, evidence):
    assert resolve(deck, {}, evidence)["chips"]["as_of"] == evidence.as_of.isoformat()


@pytest.mark.parametrize("card", read_cards().cards, ids=lambda card: card.page)
def test_parameters_cell_repeats_the_card(deck, card):
    """The cell that papermill overrides declares the card's parameters, each typed and with the card's default."""
    notebook = nbformat.read(notebooks_dir() / card.file, as_version=4)
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(cells) == 1
    found = {}
    for line in ast.parse(cells[0].source).body:
        assert isinstance(line, ast.AnnAssign), "a parameter needs a type"
        found[line.target.id] = ast.literal_eval(line.value)
    assert found == {name: deck.parameters[name].default for name in card.parameters}


@pytest.mark.parametrize(
    ("page", "name"), [(card.page, name) for card in read_cards().cards for name in card.parameters]
)
def test_by_hand_a_bad_parameter_is_refused_by_the_notebook_itself(deck, page, name, monkeypatch, tmp_path):
    """Plain papermill and JupyterLab know nothing of the cards: the notebook's first cells check what they got."""
    monkeypatch.setenv("BRIEFING_RUN_DIR", str(tmp_path))
    card = next(card for card in deck.cards if card.page == page)
    cells = [cell for cell in nbformat.read(notebooks_dir() / card.file, as_version=4).cells]
    parameters, *rest = [cell.source for cell in cells if cell.cell_type == "code"]
    opening = rest[: 1 + next(number for number, source in enumerate(rest) if "start(" in source)]
    known: dict = {}
    exec(parameters, known)
    with pytest.raises(ParameterError, match=f"(?m)^{name}: found 'nonsense', expected"):
        exec("\n".join([f"{name} = 'nonsense'", *opening]), known)
