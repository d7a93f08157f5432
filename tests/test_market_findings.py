"""Headline numbers of the market chapter: complete, computed, absent when their evidence is."""

import pytest

from helpers.evidence import load
from helpers.models.market import (
    adoption,
    capex,
    cloud,
    findings,
    huawei,
    model_gap,
    prices,
    revenue,
    shares,
    substitution,
    vendors,
)
from helpers.results import Run


def _findings(evidence) -> list[dict]:
    sold, charged = revenue.china_revenue(evidence), revenue.charges(evidence)
    spread, grown = (
        huawei.restatement(huawei.cloud(evidence)),
        vendors.growth(vendors.vendor_results(evidence)),
    )
    held, served = shares.shares(evidence), cloud.cloud_shares(evidence)
    quoted = prices.chip_prices(evidence)
    supplied = substitution.by_origin(substitution.supply(evidence))
    stopped = substitution.foregone(evidence, charged, quoted)
    answers, families = adoption.survey(evidence), adoption.patents(evidence)
    return [
        *findings.seller_findings(
            sold, revenue.basis_gap(sold), revenue.charge_totals(charged), spread, grown
        ),
        *findings.share_findings(held, shares.all_concentration(held, served), cloud.leaders(served)),
        *findings.buyer_findings(
            capex.comparison(capex.capex(evidence)),
            prices.before_and_after(quoted),
            prices.premiums(quoted),
            supplied,
            stopped,
        ),
        *findings.model_findings(
            model_gap.newest_lags(model_gap.lags(evidence)),
            adoption.patent_ratio(families),
            adoption.ranks(answers),
            answers,
            adoption.services(evidence),
        ),
    ]


@pytest.fixture(scope="module")
def now():
    return {row["id"]: row for row in _findings(load())}


@pytest.mark.parametrize("day", ["latest", "2025-06-30", "2024-08-01"])
def test_every_finding_may_be_published(day, tmp_path):
    run = Run("market", day, tmp_path)
    rows = _findings(run.evidence)
    kept = run.headlines(rows)
    assert len({row["id"] for row in rows}) == len(rows) > 0
    for row in rows:
        sentence = run._headlines[row["id"]].sentence
        assert "{" not in sentence and "nan" not in sentence.lower().split(), sentence
    assert kept is not None


def test_numbers_of_today(now):
    assert now["charges-2025"]["value"] == pytest.approx(5.3)
    assert now["patent-ratio"]["value"] == pytest.approx(6.088, abs=0.001)
    assert (now["model-lag"]["low"], now["model-lag"]["high"]) == (4, 8)
    assert now["price-per-flop-step"]["value"] == pytest.approx(4.6, abs=0.05)
    assert now["domestic-supply"]["low"] < now["domestic-supply"]["value"] < now["domestic-supply"]["high"]
    assert now["capex-ratio"]["value"] == pytest.approx(10.2, abs=0.3)


def test_what_was_not_known_is_not_said():
    early = {row["id"] for row in _findings(load(as_of="2024-08-01"))}
    assert not early & {"charges-2025", "model-lag", "nvidia-basis-gap", "tokens-leader", "capex-ratio"}
