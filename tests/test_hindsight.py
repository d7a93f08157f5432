"""Words that every edition shows say nothing that the earliest one could not know."""

import re
from datetime import date

import nbformat
import pandas as pd
import pytest
import yaml

from helpers.evidence import load
from helpers.models.rules import compile_rules
from helpers.paths import data_dir, notebooks_dir, project_root
from helpers.run import read_cards

EARLIEST = min(
    yaml.safe_load((project_root() / "report" / "editions.yml").read_text(encoding="utf-8"))["keep"]
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NAMED_DAY = re.compile(r"(?:(\d{1,2}) )?\b(" + "|".join(MONTHS) + r")[a-z]* (20\d\d)\b")
ISO_DAY = re.compile(r"(?<![\w./-])(20\d\d)-(\d\d)(?:-(\d\d))?(?![\w-])")
PLANNED = re.compile(r"(?:until|through|to|run to)(?: \d{1,2} [A-Z][a-z]+ to)? $")
# Columns of prose; periods, ids, addresses and dates have columns of their own.
PROSE = (
    "title",
    "publisher",
    "summary",
    "name",
    "reason",
    "statement",
    "why_not",
    "scope_note",
    "basis",
    "entity",
)


def prose():
    """Every text that stands in all editions: notebooks, pages, scenarios."""
    texts = {}
    for card in read_cards().cards:
        cells = nbformat.read(notebooks_dir() / card.file, as_version=4).cells
        texts[card.file] = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for path in sorted((project_root() / "report").glob("*.qmd")):
        texts[path.name] = path.read_text(encoding="utf-8")
    for path in sorted((data_dir() / "scenarios").glob("*.yml")):
        plan = yaml.safe_load(path.read_text(encoding="utf-8"))
        texts[path.name] = f"{plan['title']}\n{plan['description']}"
    texts.pop("reference.qmd", None)  # which describes the code of today
    return texts


def tokens(names):
    """What identifies a chip in its name: the parts that hold a digit, as 910C and B30A."""
    return {
        part
        for name in names
        for part in re.findall(r"\w+", name)
        if re.search(r"\d", part) and len(part) > 2
    }


def later_chips():
    """Identifying parts of chips and systems that the earliest edition did not know."""
    everything, known = load(), load(as_of=str(EARLIEST))
    new, old = (
        tokens([*evidence.chips["name"], *evidence.chips["aliases"], *evidence.systems["name"]])
        for evidence in (everything, known)
    )
    assert {"910C", "CloudMatrix"} - new == {"CloudMatrix"} and "910B" in old
    return new, old


@pytest.mark.parametrize("file", prose())
def test_the_prose_of_every_edition_names_no_later_chip_and_no_later_year(file):
    text = prose()[file]
    new, old = later_chips()
    named = {
        word
        for word in tokens([text])
        if any(token.startswith(word) for token in new) and not any(token.startswith(word) for token in old)
    }
    assert not named, f"{file} names {named}, unknown on {EARLIEST}"
    years = {int(year) for year in re.findall(r"(?<![\w.,#-])20\d\d(?![\w-])", text)}
    assert not {year for year in years if year > date.fromisoformat(str(EARLIEST)).year}


def days(text):
    """The dates in a text, with the words before each."""
    for found in ISO_DAY.finditer(text):
        try:
            yield date(int(found[1]), int(found[2]), int(found[3] or 1)), text[: found.start()]
        except ValueError:
            continue
    for found in NAMED_DAY.finditer(text):
        yield date(int(found[3]), 1 + MONTHS.index(found[2]), int(found[1] or 1)), text[: found.start()]


@pytest.mark.parametrize(
    "table", ["sources", "facts", "chips", "systems", "events", "assumptions", "claims", "disputes"]
)
def test_no_row_speaks_of_a_day_after_its_own_publication(table):
    frame = getattr(load(), table)
    published = frame["published"]
    if "since" in frame:  # a living document is shown from its first edition on
        published = frame["since"].where(frame["since"].notna(), published)
    hindsight = [
        f"row {row}, {column}: {text!r}"
        for column in PROSE
        if column in frame
        for row, text, known in zip(frame["row"], frame[column], published, strict=True)
        for day, before in days(str(text))
        if pd.Timestamp(day) > known and not PLANNED.search(before)
    ]
    assert not hindsight


@pytest.mark.parametrize("known", (EARLIEST, date(2025, 6, 30)))
def test_the_compiled_rules_of_an_edition_hold_no_end_that_was_still_to_come(known):
    """They stand in the page of the policy chapter, for its panel; a planned end is known with its rule."""
    evidence = load(as_of=known)
    for rule in compile_rules(evidence.rulebook, evidence.as_of)["rules"]:
        for period in rule["licence_policy"]:
            assert period["until"] is None or period["until"] <= known.isoformat(), rule["id"]


@pytest.mark.parametrize("known", (EARLIEST, date(2025, 6, 30)))
def test_the_words_of_the_compiled_rules_name_no_later_day(known):
    evidence = load(as_of=known)
    metrics = compile_rules(evidence.rulebook, evidence.as_of)["metrics"].values()
    for text in (entry.get("label", "") for entry in metrics):
        for found in NAMED_DAY.finditer(text):
            month = MONTHS.index(found[2][:3]) + 1
            assert (int(found[3]), month) <= (known.year, known.month), text
