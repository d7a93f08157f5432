"""Currency: known divisions, named conventions, and errors that say what there is."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.evidence import load
from helpers.models.currency import (
    AVERAGE,
    END,
    OFFICIAL_AVERAGE,
    SPOT,
    MissingRate,
    convert,
    convert_flow,
    implied_rate,
)

RATES = pd.DataFrame(
    [
        ("fed-2023", "CNY", AVERAGE, "2023", 7.0809),
        ("nbs-2023", "CNY", OFFICIAL_AVERAGE, "2023", 7.0467),
        ("fed-2024", "CNY", AVERAGE, "2024", 7.1957),
        ("close-2023", "CNY", END, "2023-12-31", 7.0808),
        ("spot", "CNY", SPOT, "2024-07-19", 7.27),
        ("m1", "CNY", AVERAGE, "2026-01", 6.9692),
        ("m2", "CNY", AVERAGE, "2026-02", 6.9064),
        ("m3", "CNY", AVERAGE, "2026-03", 6.8921),
        ("hkd", "HKD", AVERAGE, "2024", 7.8),
    ],
    columns=["rate_id", "currency", "convention", "period", "per_usd"],
)


def test_huawei_cloud_2023_at_the_two_averages():
    market = convert(55.287e9, "CNY", "USD", "2023", AVERAGE, RATES)
    assert market.value == pytest.approx(7.808e9, abs=0.5e6)
    assert market.high == pytest.approx(7.846e9, abs=0.5e6)
    official = convert(55.287e9, "CNY", "USD", "2023", OFFICIAL_AVERAGE, RATES)
    assert official.value == market.high
    assert official.low == market.value
    assert market.rate_ids == ("fed-2023", "nbs-2023")
    assert market.named == "period average 2023, 7.0809 CNY per USD"


def test_the_sourced_rate_of_2023_gives_the_same_division():
    converted = convert(55.287e9, "CNY", "USD", "2023", AVERAGE, load().rates)
    assert converted.value / 1e9 == pytest.approx(55.287 / 7.0809, rel=1e-6)


def test_closing_rate_is_not_the_average():
    assert convert(704.174e9, "CNY", "USD", "2023-12-31", END, RATES).value == pytest.approx(
        99.448e9, rel=1e-4
    )
    assert convert(704.174e9, "CNY", "USD", "2023", END, RATES).rate == 7.0808


def test_a_quarter_is_the_mean_of_its_months():
    converted = convert(1, "USD", "CNY", "2026-Q1", AVERAGE, RATES)
    assert converted.value == pytest.approx((6.9692 + 6.9064 + 6.8921) / 3)
    assert converted.rate_ids == ("m1", "m2", "m3")
    with pytest.raises(MissingRate):
        convert(1, "USD", "CNY", "2026-H1", AVERAGE, RATES)


def test_two_yuan_currencies_cross_through_the_dollar():
    converted = convert(7.8, "HKD", "CNY", "2024", AVERAGE, RATES)
    assert converted.value == pytest.approx(7.1957)
    assert set(converted.rate_ids) == {"hkd", "fed-2024"}


def test_a_missing_rate_names_what_was_asked_and_what_is_there():
    with pytest.raises(MissingRate) as caught:
        convert(1, "CNY", "USD", "2022", AVERAGE, RATES)
    message = str(caught.value)
    for word in ("CNY", "2022", AVERAGE, "2023", "2024-07-19"):
        assert word in message
    with pytest.raises(MissingRate, match=r"TWD.*none for this currency"):
        convert(1, "TWD", "USD", "2024", AVERAGE, RATES)


def test_a_plan_takes_the_newest_average_known():
    assert convert_flow(1e9, "CNY", "USD", "2027", RATES).period == "2026-03"
    assert convert_flow(1e9, "CNY", "USD", "2024-H1", RATES).period == "2024"
    assert convert_flow(1e9, "CNY", "USD", "2026", load(as_of="2024-08-01").rates).period == "2023"
    with pytest.raises(MissingRate):
        convert_flow(1e9, "TWD", "USD", "2024", RATES)


def test_same_currency_is_left_alone():
    assert convert(5.0, "USD", "USD", "2024", AVERAGE, RATES.iloc[:0]).value == 5.0


def test_implied_rate():
    assert implied_rate(55.287e9, 7.6e9) == pytest.approx(7.2746, abs=1e-4)


@given(st.floats(1, 1e13), st.sampled_from(["2023", "2024"]))
def test_there_and_back_gives_the_amount(amount, period):
    there = convert(amount, "CNY", "USD", period, AVERAGE, RATES)
    assert there.low <= there.value <= there.high
    assert convert(there.value, "USD", "CNY", period, AVERAGE, RATES).value == pytest.approx(amount)
