"""Market exhibits: titles follow the numbers, drawings fit, early editions draw what they can."""

from dataclasses import replace
from functools import cache

import pytest

from helpers.evidence import load
from helpers.exhibits import market as exhibits
from helpers.exhibits import svg
from helpers.exhibits.market.marks import when
from helpers.exhibits.theme import NARROW, WIDE
from helpers.models.market import (
    adoption,
    capex,
    cloud,
    huawei,
    model_gap,
    prices,
    revenue,
    shares,
    substitution,
    useful_price,
    vendors,
)


def _all(evidence) -> dict:
    sold, charged = revenue.china_revenue(evidence), revenue.charges(evidence)
    group, clouds = huawei.group(evidence), huawei.cloud(evidence)
    filed = vendors.vendor_results(evidence)
    share, served = shares.shares(evidence), cloud.cloud_shares(evidence)
    spent, quoted = capex.capex(evidence), prices.chip_prices(evidence)
    lags, scores = model_gap.lags(evidence), model_gap.score_gaps(evidence)
    families, answers = adoption.patents(evidence), adoption.survey(evidence)
    totals, lines = revenue.charge_totals(charged), substitution.supply(evidence)
    steps = useful_price.useful_steps(prices.before_and_after(quoted), evidence.assumptions)
    return {
        "nvidia": exhibits.nvidia_china_revenue(sold, revenue.basis_gap(sold), revenue.rule_dates(evidence)),
        "charges": exhibits.charges(charged, totals[totals["year"] == 2025]),
        "cloud": exhibits.huawei_cloud(clouds, huawei.restatement(clouds)),
        "research": exhibits.huawei_research(huawei.research_in_dollars(group, 25e9), group, 25e9),
        "vendors": exhibits.vendor_growth(vendors.growth(filed), filed),
        "shares": exhibits.accelerator_shares(shares.segments(share)),
        "concentration": exhibits.concentration(shares.all_concentration(share, served)),
        "markets": exhibits.cloud_markets(cloud.fullest_shares(served), cloud.leaders(served)),
        "capex": exhibits.capex(capex.annual(spent), capex.comparison(spent)),
        "prices": exhibits.price_per_flop(quoted, steps),
        "rents": exhibits.rental_prices(prices.rentals(evidence)),
        "substitution": exhibits.substitution(
            substitution.by_origin(lines),
            same=substitution.same_makers(lines),
            every_class=substitution.every_class(evidence),
        ),
        "value": exhibits.sales_by_year(
            sold, substitution.value_moved(evidence, share), substitution.foregone(evidence, charged, quoted)
        ),
        "gap": exhibits.model_gap(lags, model_gap.newest_lags(lags), scores, model_gap.score_changes(scores)),
        "patents": exhibits.genai_patents(families, adoption.patent_ratio(families)),
        "survey": exhibits.adoption_survey(answers, adoption.ranks(answers)),
        "services": exhibits.registered_services(adoption.services(evidence)),
    }


@pytest.fixture(scope="module")
def now():
    return load()


@pytest.fixture(scope="module")
def drawn(now):
    return _all(now)


def test_every_question_has_an_exhibit_today(drawn):
    assert [name for name, exhibit in drawn.items() if exhibit is None] == []
    assert len({exhibit.id for exhibit in drawn.values()}) == len(drawn)


@cache
def _edition(day: str) -> dict:
    return _all(load(as_of=day))


@pytest.mark.parametrize("day", ["2025-06-30", "2024-08-01"])
def test_early_editions_draw_what_they_know(day):
    for name, exhibit in _edition(day).items():
        if exhibit is None:
            continue
        assert exhibit.as_of.isoformat() == day, name
        assert exhibit.source_rows, name
        assert "nan" not in f"{exhibit.title} {exhibit.alt}".lower().split(), name


def test_nothing_is_known_of_2026_in_an_edition_of_2025():
    early = _edition("2025-06-30")
    assert "headquarters" not in early["nvidia"].title
    assert "812" not in early["substitution"].alt
    assert "GLM" not in early["gap"].alt


def test_drawings_fit_the_page_and_the_phone(drawn):
    for name, exhibit in drawn.items():
        assert svg.svg_width(exhibit.drawings["wide"]) <= WIDE + 1, name
        assert svg.svg_width(exhibit.drawings["narrow"]) <= NARROW + 1, name
        assert 'class="exhibit"' in exhibit.to_html()


def test_titles_are_computed(now, drawn):
    assert "41 to 75 %" in drawn["nvidia"].title
    assert "4.6 times" in drawn["prices"].title
    facts = now.facts.copy()
    facts.loc[facts["fact_id"] == "c-h20-server-2024", "value"] = 2_800_000.0
    quoted = prices.chip_prices(_with(now, facts))
    steps = useful_price.useful_steps(prices.before_and_after(quoted), now.assumptions)
    assert "9.2 times" in exhibits.price_per_flop(quoted, steps).title
    assert any("30 to 55 % of the peak for both" in note for note in drawn["prices"].notes)
    notes = " ".join(drawn["substitution"].notes)
    assert (
        "Cambricon and Huawei" in notes
        and "514 thousand cards" in notes
        and "IDC counts 2.2 million" in notes
    )
    assert "Chinese vendors sold 16 bn USD" in drawn["value"].title and "NVIDIA 14 bn" in drawn["value"].title
    facts = now.facts.copy()
    facts.loc[facts["fact_id"] == "g-sas-full-china", "value"] = 30.0
    answers = adoption.survey(_with(now, facts))
    assert exhibits.adoption_survey(answers, adoption.ranks(answers)).title.startswith("China leads both")


def test_the_gap_says_what_each_measure_of_its_edition_answers(drawn):
    now, then = (" ".join(one["gap"].notes) for one in (drawn, _edition("2025-06-30")))
    assert all(name in now for name in ("Epoch", "CAISI", "Mozilla", "Arena", "MMLU", "no method given"))
    assert not [name for name in ("Epoch", "CAISI", "Mozilla", "developer") if name in then]
    assert "an official's word, no method given" in then


def test_a_table_says_what_the_chart_shows(drawn):
    assert {"definition", "usd_at"} <= set(drawn["cloud"].data.columns)
    table = drawn["nvidia"].data
    assert table.groupby("basis")["fiscal_quarter"].nunique().min() >= 8
    assert drawn["shares"].data.groupby(["definition", "period"])["percent"].sum().between(99.5, 100.5).all()


def test_periods_read_as_words():
    assert when("2025-Q3") == "Q3 2025"
    assert when("2026-06") == "Jun 2026"
    assert when("2023/2026-01") == "2023 to Jan 2026"
    assert when("2025-03-31") == "31 Mar 2025"
    assert when("FY2026-Q1") == "FY2026-Q1"


def _with(evidence, facts):
    return replace(evidence, facts=facts)
