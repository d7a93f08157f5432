"""What a reader takes away: an RO-Crate that names every file with its digest, one table of results, citations."""

import csv
import hashlib
import json
import re
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
import yaml
from lxml import html

import site_fixture
from helpers import pages
from helpers.cards import read_cards
from helpers.evidence import load
from helpers.exhibits.citation import bibtex
from helpers.pages.crate import METADATA
from helpers.results import LONG_FORM

AS_OF = "2026-10-09"
INPUTS = {"tools": {"papermill": "2.6.0"}, "code": {"helpers/__init__.py": "ab"}, "notebooks": {}}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("downloads")
    evidence, deck = load(as_of=AS_OF), read_cards()
    run = site_fixture.make_run(folder / "run", evidence, deck)
    row = dict.fromkeys(LONG_FORM, "x") | {"p5": 1.0, "p50": 2.0, "p95": 3.0}
    pd.DataFrame([row, row]).to_csv(run / "results" / "capacity" / "stock.csv", index=False)
    parameters = {card.page: {name: AS_OF for name in card.parameters} for card in deck.cards}
    return pages.make_site(run, evidence, deck, parameters, folder / "site", "smalldocs", INPUTS)


@pytest.fixture(scope="module")
def crate(site) -> dict[str, dict]:
    graph = json.loads((site / METADATA).read_text(encoding="utf-8"))["@graph"]
    by_id = {entity["@id"]: entity for entity in graph}
    assert len(by_id) == len(graph), "an entity is described twice"
    return by_id


def references(value: object) -> set[str]:
    """Every `{"@id": ...}` inside a property."""
    if isinstance(value, dict):
        return {value["@id"]}
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def test_crate_describes_what_it_refers_to(crate):
    named = set().union(*(references(value) for entity in crate.values() for value in entity.values()))
    outside = {"https://w3id.org/ro/crate/1.1"}
    unknown = {name for name in named - set(crate) if "bioschemas.org" not in name} - outside
    assert not {name for name in unknown if not name.startswith("http://schema.org/")}


def test_files_of_the_crate_are_there_unaltered(site, crate):
    files = [entity for entity in crate.values() if "File" in entity["@type"]]
    assert len(files) > 20
    for entity in files:
        data = (site / unquote(entity["@id"])).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entity["sha256"] and len(data) == int(
            entity["contentSize"]
        )


def test_crate_tells_the_run(crate):
    run = crate["#run"]
    workflow = crate[run["instrument"]["@id"]]
    assert (
        "ComputationalWorkflow" in workflow["@type"] and crate["./"]["mainEntity"]["@id"] == workflow["@id"]
    )
    taken, made = references(run["object"]), references(run["result"])
    assert {"data/facts.csv", "data/sources.csv", "#value-chips-as_of"} <= taken
    assert {"results/capacity/stock.csv", "notebooks/01_chips.ipynb"} <= made and not taken & made
    value = crate["#value-chips-as_of"]
    assert value["value"] == AS_OF and value["exampleOfWork"]["@id"] in references(workflow["input"])
    (tool,) = (crate[name] for name in references(workflow["softwareRequirements"]) if "/papermill/" in name)
    assert tool["softwareVersion"] == "2.6.0" and tool["url"] == tool["@id"]
    assert len(workflow["version"]) == 64


def test_all_results_in_long_form_are_one_table(site):
    with (site / "results" / "long-form.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = [(row["notebook"], row["result"], row["p50"]) for row in rows]
    assert found[-2:] == [("capacity", "stock", "2.0")] * 2
    assert {result for _, result, _ in found} == {"scenarios", "stock"}
    assert list(rows[0]) == ["notebook", "result", *LONG_FORM]


def test_edition_can_be_cited(site):
    cited = yaml.safe_load((site / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["cff-version"] == "1.2.0" and cited["version"] == cited["date-released"] == AS_OF
    assert {"title", "authors", "message"} <= set(cited)
    assert "as known on 9 Oct 2026" in (site / "citation.bib").read_text(encoding="utf-8")


def test_bibtex_of_an_exhibit_is_balanced_and_escaped():
    text = bibtex(site_fixture.frontier_exhibit(title="8 % of {x} & y_z is $5 #1"))
    assert text.count("{") == text.count("}")
    assert r"8 \% of (x) \& y\_z is \$5 \#1" in text and text.startswith(
        "@misc{china-ai-compute:frontier:2026"
    )


def test_downloads_named_on_the_page_are_there(site):
    page = html.parse(str(site / "data.html")).getroot()
    addresses = page.xpath("//a[@download]/@href")
    assert {"ro-crate-metadata.json", "citation.bib", "CITATION.cff", "results/long-form.csv"} <= set(
        addresses
    )
    assert [name for name in addresses if not (site / unquote(name)).is_file()] == []


def test_whole_briefing_holds_every_chapter_once_and_stays_inside(site):
    page = html.parse(str(site / "whole.html")).getroot()
    deck = read_cards()
    parts = page.xpath('//section[@class="whole-part"]/@id')
    assert parts[1:5] == [f"part-{card.page}" for card in deck.cards]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    shown = set().union(
        *(html.parse(str(site / f"{card.page}.html")).xpath("//figure/@id") for card in deck.cards)
    )
    assert set(page.xpath("//figure/@id")) == shown and shown
    for address in page.xpath('//main//a[starts-with(@href,"#")]/@href'):
        assert address[1:] in ids, address
    out = {re.split("#", address)[0] for address in page.xpath("//main//a/@href")}
    assert not out & {f"{card.page}.html" for card in deck.cards}
