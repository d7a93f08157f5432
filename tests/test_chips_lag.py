"""The lag: its arithmetic on made-up chips, and its size on the real ones."""

from datetime import date

import pandas as pd
import pytest

from helpers.evidence import load
from helpers.models.chips.frontier import frontier
from helpers.models.chips.lag import (
    DateError,
    lag_at_release,
    lag_now,
    lag_over_time,
    quoted_lags,
    release_date_error,
)
from helpers.models.chips.specs import spec_table

ONE = ("tflops_fp16",)


def chips(*rows):
    """Rows of (id, country, released, value, low, high[, confidence])."""
    frame = pd.DataFrame(
        [
            {
                "chip_id": row[0],
                "name": row[0],
                "country": row[1],
                "market": "datacenter",
                "status": "shipping",
                "release_start": pd.Timestamp(row[2]),
                "release_end": pd.Timestamp(row[2]),
                "tflops_fp16": float(row[3]),
                "tflops_fp16_low": float(row[4]),
                "tflops_fp16_high": float(row[5]),
                "sound": len(row) < 7 or row[6] != "low",
                "source_ids": f"source-{row[0]}",
            }
            for row in rows
        ]
    )
    return frame


US, CN = "United States", "China"
PLAIN = (
    ("a", US, "2020-01-01", 300, 300, 300),
    ("b", US, "2022-01-01", 1000, 1000, 1000),
    ("x", CN, "2024-01-01", 700, 700, 700),
)


def test_the_lag_counts_from_the_first_us_chip_of_the_level():
    row = lag_now(chips(*PLAIN), date(2026, 1, 1), metrics=ONE).iloc[0]
    assert row["p50"] == pytest.approx(48, abs=0.1)
    assert (row["chip_id"], row["us_chip_id"], row["us_date"]) == ("x", "b", "2022-01-01")
    assert row["evidence"] == "source-x;source-b"


def test_a_lag_grows_a_month_a_month_until_a_better_chip_ships():
    better = chips(
        *PLAIN, ("y", CN, "2026-06-30", 1500, 1500, 1500), ("c", US, "2025-01-01", 2000, 2000, 2000)
    )
    lags = lag_over_time(better, date(2026, 12, 31), metrics=ONE, start="2025-12-31").set_index("period")[
        "p50"
    ]
    assert lags["2026-05-31"] - lags["2026-04-30"] == pytest.approx(1, abs=0.05)
    assert lags["2026-06-30"] == pytest.approx(18, abs=0.1)


def test_a_leader_has_a_negative_lag():
    table = chips(("a", US, "2020-01-01", 100, 100, 100), ("x", CN, "2021-01-01", 200, 200, 200))
    row = lag_now(table, date(2021, 7, 1), metrics=ONE).iloc[0]
    assert row["p50"] == pytest.approx(-6, abs=0.1)
    assert row["us_chip_id"] == ""


def test_a_disputed_specification_widens_the_lag():
    sure = lag_now(chips(*PLAIN), date(2026, 1, 1), metrics=ONE).iloc[0]
    wide = chips(
        *PLAIN[:2], ("x", CN, "2024-01-01", 700, 250, 1200), ("c", US, "2025-01-01", 2000, 2000, 2000)
    )
    unsure = lag_now(wide, date(2026, 1, 1), metrics=ONE).iloc[0]
    assert sure["p5"] == sure["p50"] == sure["p95"]
    assert unsure["p5"] == pytest.approx(12, abs=0.1)
    assert unsure["p95"] == pytest.approx(72, abs=0.1)


def test_a_low_confidence_chip_moves_only_the_short_end():
    table = chips(
        *PLAIN, ("z", CN, "2025-01-01", 1500, 1500, 1500, "low"), ("c", US, "2025-06-01", 2000, 2000, 2000)
    )
    row = lag_now(table, date(2026, 1, 1), metrics=ONE).iloc[0]
    assert row["p50"] == row["p95"] == pytest.approx(48, abs=0.1)
    assert row["p5"] == pytest.approx(7, abs=0.1)


def test_an_unsure_date_widens_the_lag_by_itself():
    row = lag_now(chips(*PLAIN), date(2026, 1, 1), DateError(-3, 6), ONE).iloc[0]
    assert row["p95"] - row["p50"] == pytest.approx(3, abs=0.1)
    assert row["p50"] - row["p5"] == pytest.approx(6, abs=0.1)


def test_the_lag_at_release_does_not_grow_later():
    table = chips(*PLAIN)
    rows = [
        lag_at_release(table, frontier(table, day, ONE), day, metrics=ONE).iloc[-1]["p50"]
        for day in (date(2024, 2, 1), date(2026, 1, 1))
    ]
    assert rows[0] == rows[1] == pytest.approx(24, abs=0.1)


def test_a_country_without_a_chip_has_no_lag():
    assert lag_now(chips(*PLAIN[:2]), date(2026, 1, 1), metrics=ONE).empty


@pytest.mark.parametrize(("as_of", "least"), [("2024-08-01", 12), ("2025-06-30", 24), ("2026-10-09", 36)])
def test_the_lag_is_positive_in_every_metric_and_longer_than_quoted_by_now(as_of, least):
    evidence = load(as_of=as_of)
    rows = lag_now(spec_table(evidence), evidence.as_of, release_date_error(evidence))
    assert len(rows) == 5
    assert (rows["p5"] > 0).all() and (rows["p50"] > least).all()
    assert (rows["p5"] <= rows["p50"]).all() and (rows["p50"] <= rows["p95"]).all()


def test_officials_quoted_one_to_two_years_and_nobody_had_before_june_2025():
    said = quoted_lags(load(as_of="2026-10-09"))
    assert said["low"].min() == 12 and said["high"].max() == 24
    assert quoted_lags(load(as_of="2024-08-01")).empty
