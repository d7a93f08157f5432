"""Every number in prose leads to its evidence: in three clicks from its page, to a row that it rests on."""

import json
from dataclasses import asdict, replace

import pytest

import site_fixture
from helpers import pages
from helpers.cards import read_cards
from helpers.evidence import load
from site_trace import Walk

AS_OF = "2026-10-09"
EACH = 5


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A site with five headlines a chapter, each resting on other rows, and what each rests on."""
    folder = tmp_path_factory.mktemp("trace")
    evidence, deck = load(as_of=AS_OF), read_cards()
    ids = [*evidence.facts["fact_id"], *evidence.assumptions["assumption_id"], *evidence.sources["source_id"]]
    run = site_fixture.make_run(folder / "run", evidence, deck)
    rests: dict[str, tuple[str, ...]] = {}
    for place, row in enumerate(site_fixture.headlines([])):
        rows = []
        for number in range(EACH):
            start = (place * EACH + number) * 37
            again = replace(row, id=f"{row.id}-{number}", evidence=tuple(ids[start : start + 4]))
            rests[f"{again.notebook}.{again.id}"] = again.evidence
            rows.append(again)
        path = run / "headlines" / f"{row.notebook}.json"
        path.write_text(json.dumps([asdict(row) for row in rows]), encoding="utf-8")
        site_fixture.show_headlines(run, deck, row.notebook, rows)
    parameters = {card.page: {"as_of": AS_OF} for card in deck.cards}
    return pages.make_site(run, evidence, deck, parameters, folder / "site", "smalldocs"), rests


def test_headlines_lead_to_a_row_they_rest_on_in_three_clicks(built):
    site, rests = built
    traced = Walk(site).traced()
    assert set(traced) == set(rests) and len(traced) >= 15
    for headline, (clicks, address) in traced.items():
        assert clicks <= 3, headline
        assert address.partition("#")[2] in rests[headline], f"{headline} leads to {address}"


def test_a_number_without_a_way_is_found(built, tmp_path):
    site, _ = built
    walk = Walk(site)
    _, link = next(iter(walk.numbers().values()))[0]
    for other in link.getparent().xpath(".//a"):
        other.set("href", "methods.html#as-of")
    with pytest.raises(AssertionError, match="no way from"):
        walk.clicks_to_row(link)


def test_the_card_names_each_row_with_the_day_it_was_published(built):
    site, rests = built
    evidence = load(as_of=AS_OF)
    facts = evidence.facts.to_dict("records")
    published = {row["fact_id"]: f"{row['published'].day} {row['published']:%b %Y}" for row in facts}
    walk = Walk(site)
    checked = 0
    for headline, places in walk.numbers().items():
        first = rests[headline][0]
        if first in published:
            text = places[0][1].getparent().xpath('string(./span[@class="num-card"])')
            assert published[first] in text.replace("\u00a0", " "), headline
            checked += 1
    assert checked >= 15
