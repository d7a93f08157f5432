"""The formulas of the methods page are the lines that run."""

import inspect
from importlib import import_module

import pytest
from lxml import html

from helpers.pages import formulas
from helpers.pages.reference import reference_html


@pytest.fixture(scope="module")
def page():
    return html.fromstring(formulas.formulas_html())


@pytest.mark.parametrize("formula", formulas.FORMULAS, ids=lambda formula: formula.function)
def test_what_is_shown_is_what_is_imported(page, formula):
    function = getattr(import_module(f"helpers.{formula.module}"), formula.function)
    shown = (
        page.get_element_by_id(f"formula-{formula.function.replace('_', '-')}").xpath(".//pre/code")[-1].text
    )
    source = inspect.cleandoc(inspect.getsource(function))
    for line in shown.splitlines():
        assert line.strip() in source
    after = source.rpartition('"""')[2] if '"""' not in shown else source
    assert [line.strip() for line in shown.splitlines()] == [
        line.strip() for line in after.strip("\n").splitlines()
    ]


def test_every_formula_leads_to_its_place_in_the_reference(page):
    ids = set(html.fromstring(f"<div>{reference_html()}</div>").xpath("//@id"))
    ways = page.xpath("//a/@href")
    assert len(ways) == len(formulas.FORMULAS)
    assert {way.removeprefix("reference.html#") for way in ways} <= ids


def test_a_function_that_has_gone_is_named():
    with pytest.raises(KeyError, match=r"models\.currency has no function exchange"):
        formulas.code_of(formulas.Formula("x", "models.currency", "exchange"))
