"""What changes the key of a notebook, and only that, makes it run again; the reason names it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.evidence import load
from helpers.evidence.declared import UndeclaredRead, only
from helpers.modules import code_digest, modules_of
from helpers.run import read_cards, resolve
from helpers.run.cache import files_of, keep, nearest_parts, restore
from helpers.run.keys import key_of, key_parts, why

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def deck():
    return read_cards()


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A copy of the code and the notebooks that a test may change."""
    for name in ("src", "notebooks", "data"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    shutil.copy(ROOT / "constraints.txt", tmp_path)
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    return tmp_path


def keys(deck, evidence, given=None):
    resolved = resolve(deck, given or {}, load())
    return {card.page: key_parts(card, resolved[card.page], evidence, {}) for card in deck.cards}


def changed(before, after):
    return {page for page in before if key_of(before[page]) != key_of(after[page])}


def edited(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_same_inputs_same_keys(deck, evidence):
    assert keys(deck, evidence) == keys(deck, evidence)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"capacity.draws": 512}, {"capacity"}),
        ({"draws": 512}, {"chips", "capacity"}),
        ({"precision": "int8"}, {"capacity", "market"}),
        ({"scenario": "tight_controls"}, {"capacity"}),
        ({"as_of": "2025-06-30"}, {"chips", "capacity", "policy", "market"}),
    ],
)
def test_a_parameter_concerns_those_that_take_it(deck, evidence, given, expected):
    assert changed(keys(deck, evidence), keys(deck, evidence, given)) == expected


@pytest.mark.parametrize(
    "table", ["facts", "chips", "events", "rates", "assumptions", "claims", "classifications"]
)
def test_a_row_concerns_those_that_declare_its_table(deck, evidence, table):
    frame = getattr(evidence, table)
    text = next(name for name in ("note", "title", "controlled") if name in frame)
    altered = frame.assign(**{text: ["altered", *frame[text].iloc[1:]]})
    expected = {card.page for card in deck.cards if table in card.evidence}
    assert (
        expected
        and changed(keys(deck, evidence), keys(deck, replace(evidence, **{table: altered}))) == expected
    )


def test_moving_rows_in_the_file_changes_nothing(deck, evidence):
    moved = replace(evidence, facts=evidence.facts.assign(row=evidence.facts["row"] + 7))
    assert not changed(keys(deck, evidence), keys(deck, moved))


def test_a_source_concerns_those_whose_rows_cite_it(deck, evidence):
    only_rates = set(evidence.rates["source_id"]) - set(evidence.facts["source_id"])
    target = sorted(only_rates)[0] if only_rates else evidence.rates["source_id"].iloc[0]
    titles = evidence.sources["title"].where(evidence.sources["source_id"] != target, "renamed")
    found = changed(
        keys(deck, evidence), keys(deck, replace(evidence, sources=evidence.sources.assign(title=titles)))
    )
    assert "market" in found


def test_a_module_concerns_those_that_import_it(project, deck, evidence):
    before = keys(deck, evidence)
    edited(project / "src/helpers/models/market/model_gap.py", "def lags(", "_EXTRA = 1\n\n\ndef lags(")
    assert changed(before, keys(deck, evidence)) == {"market"}


def test_comments_docstrings_and_layout_change_nothing(project, deck, evidence):
    before = keys(deck, evidence)
    path = project / "src/helpers/models/market/model_gap.py"
    path.write_text(
        "# a remark\n" + path.read_text(encoding="utf-8").replace('"""', '"""  ', 1), encoding="utf-8"
    )
    assert not changed(before, keys(deck, evidence))


def test_a_cell_concerns_its_own_notebook(project, deck, evidence):
    before = keys(deck, evidence)
    edited(project / "notebooks/03_policy.ipynb", "## Question", "## The question")
    assert changed(before, keys(deck, evidence)) == {"policy"}


def test_the_environment_concerns_all(project, deck, evidence):
    before = keys(deck, evidence)
    edited(project / "constraints.txt", "numpy==", "numpy===")
    assert changed(before, keys(deck, evidence)) == {card.page for card in deck.cards}


def test_imports_are_followed_through_modules():
    found = modules_of("from helpers.models.chips import lag")
    assert {"helpers.models.chips.lag", "helpers.models.chips.specs", "helpers.models.rules.metrics"} <= set(
        found
    )
    assert not [name for name in found if name.startswith("helpers.models.market")]


def test_what_a_module_makes_depends_on_the_modules_it_imports_and_no_others(project):
    def digests():
        code_digest.cache_clear()
        return code_digest("helpers.models.chips.lag"), code_digest("helpers.models.market.model_gap")

    lag, gap = digests()
    edited(project / "src/helpers/models/chips/specs.py", "\n\n\n", "\n\nADDED = 1\n\n")
    after = digests()
    assert after[0] != lag and after[1] == gap
    edited(project / "constraints.txt", "numpy==", "numpy===")
    assert digests()[1] != gap
    code_digest.cache_clear()


def test_reason_names_the_part_with_its_old_and_new_value(deck, evidence):
    before = keys(deck, evidence)["capacity"]
    after = keys(deck, evidence, {"draws": 512})["capacity"]
    assert why(after, before) == ["parameter draws: 4096 -> 512"]
    assert why(after, None) == ["it has not been run before"]


def test_reading_an_undeclared_table_is_an_error(evidence):
    limited = only(evidence, ["facts", "rules"], "the chips notebook")
    assert len(limited.facts) == len(evidence.facts) and limited.rulebook and len(limited.sources)
    for read in (
        lambda: limited.chips["chip_id"],
        lambda: len(limited.full.claims),
        lambda: limited.events.empty,
    ):
        with pytest.raises(UndeclaredRead, match=r"chips notebook reads the table"):
            read()


@pytest.fixture
def outcome(project, deck):
    card = deck.cards[0]
    run = project / "run"
    for name in (
        "notebooks/01_chips.ipynb",
        "headlines/chips.json",
        "results/chips/lag.csv",
        "exhibits/a.csv",
    ):
        (run / name).parent.mkdir(parents=True, exist_ok=True)
        (run / name).write_text(name)
    (run / "written").mkdir()
    (run / "written/chips.json").write_text('["a.csv"]')
    return card, run


def test_an_outcome_is_restored_whole(outcome, tmp_path):
    card, run = outcome
    keep(card, {"a": "1"}, run)
    other = tmp_path / "other"
    assert restore(card, {"a": "1"}, other)
    assert files_of(card, other) == files_of(card, run) and len(files_of(card, run)) == 5
    assert not restore(card, {"a": "2"}, other)
    assert nearest_parts(card, {"a": "2"}) == {"a": "1"}


def test_a_damaged_outcome_is_not_used(outcome, tmp_path):
    card, run = outcome
    keep(card, {"a": "1"}, run)
    next((tmp_path / "build/cache/chips").glob("*/results/chips/lag.csv")).write_text("altered")
    assert not restore(card, {"a": "1"}, tmp_path / "other")
