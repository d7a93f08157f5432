"""Periods: field truths first, then that nothing is parsed silently wrong."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.evidence import load
from helpers.evidence.periods import knowable_from, parse_partial, parse_period

# Ends of NVIDIA's fiscal periods as printed in its filings.
FISCAL = {
    "FY2020": date(2020, 1, 26),
    "FY2022": date(2022, 1, 30),
    "FY2023": date(2023, 1, 29),
    "FY2024": date(2024, 1, 28),
    "FY2025": date(2025, 1, 26),
    "FY2026": date(2026, 1, 25),
    "FY2026-Q1": date(2025, 4, 27),
    "FY2026-Q2": date(2025, 7, 27),
    "FY2026-Q3": date(2025, 10, 26),
    "FY2027-Q1": date(2026, 4, 26),
    "FY2027-Q2": date(2026, 7, 26),
    "FY2027-H1": date(2026, 7, 26),
    "FY2025 first nine months": date(2024, 10, 27),
}


@pytest.mark.parametrize("text", FISCAL)
def test_nvidia_fiscal_periods_end_as_filed(text):
    assert parse_period(text).end == FISCAL[text]


def test_fiscal_years_and_quarters_follow_each_other_without_gap():
    for year in range(2020, 2028):
        assert (parse_period(f"FY{year + 1}").start - parse_period(f"FY{year}").end).days == 1
        quarters = [parse_period(f"FY{year}-Q{number}") for number in (1, 2, 3, 4)]
        assert quarters[0].start == parse_period(f"FY{year}").start
        assert quarters[3].end == parse_period(f"FY{year}").end
        for before, after in pairwise(quarters):
            assert (after.start - before.end).days == 1


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-Q3", date(2024, 7, 1), date(2024, 9, 30)),
        ("2025-H1", date(2025, 1, 1), date(2025, 6, 30)),
        ("2014/2023", date(2014, 1, 1), date(2023, 12, 31)),
        ("2025-04/2028-03", date(2025, 4, 1), date(2028, 3, 31)),
        ("2022-10 to 2023-12", date(2022, 10, 1), date(2023, 12, 31)),
        ("2025 first nine months", date(2025, 1, 1), date(2025, 9, 30)),
        ("FY2024 (year to 31 March 2024)", date(2023, 4, 1), date(2024, 3, 31)),
        ("four quarters to 2025-09", date(2024, 10, 1), date(2025, 9, 30)),
        ("to 2024-12", None, date(2024, 12, 31)),
        ("before 2022-10", None, date(2022, 10, 1)),
    ],
)
def test_other_shapes(text, start, end):
    assert parse_period(text) == (start, end)


@pytest.mark.parametrize("text", ["2024-13", "2024-02-30", "24", "Q3 2024", "2024Q3", "FY25", "", "someday"])
def test_what_is_no_period_is_refused_not_blanked(text):
    with pytest.raises(ValueError):
        parse_period(text)


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.sampled_from([4, 7, 10]))
def test_a_partial_date_holds_its_day_and_is_known_on_its_last(day, length):
    text = day.isoformat()[:length]
    period = parse_partial(text)
    assert period.start <= day <= period.end == knowable_from(text)
    assert (period.start == period.end) == (length == 10)


def test_every_period_of_the_shipped_facts_is_read():
    facts = load().facts
    unread = facts[facts["period_end"].isna()]
    assert set(unread["period_text"]) <= {"potential", "potential, undated"}
    bounded = facts.dropna(subset=["period_start", "period_end"])
    assert (bounded["period_start"] <= bounded["period_end"]).all()
