"""Priors: the interval of a row is the interval of its draws, and a seed names its draws for good."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.evidence import load
from helpers.models import priors

COLUMNS = ["row", "assumption_id", "model", "parameter", "distribution", "low", "high", "unit", "published"]


def sheet(*rows):
    made = [
        (place + 2, f"m-{name}-v{day}", "m", name, shape, low, high, "x", pd.Timestamp(day))
        for place, (name, shape, low, high, day) in enumerate(rows)
    ]
    return pd.DataFrame(made, columns=COLUMNS)


def prior(shape, low, high):
    return priors.Prior("p", shape, low, high, "x", "m-p", False)


@pytest.mark.parametrize(
    ("shape", "low", "high"),
    [
        ("lognormal", 2.0, 50.0),
        ("normal", -3.0, 4.0),
        ("uniform", 1.0, 2.0),
        ("triangular", 5.0, 9.0),
        ("beta", 0.1, 0.6),
    ],
)
def test_low_and_high_are_the_5th_and_95th_percentile(shape, low, high):
    found = priors.quantile(prior(shape, low, high), np.array([0.05, 0.95]))
    assert found == pytest.approx([low, high], rel=1e-5)


def test_fixed_is_a_constant_and_triangular_is_a_triangle():
    assert (priors.quantile(prior("fixed", 3.0, 3.0), np.array([0.01, 0.99])) == 3.0).all()
    chance = np.linspace(0.001, 0.999, 2001)
    drawn = priors.quantile(prior("triangular", 0.0, 1.0), chance)
    # 90 % of a triangle of width w in the unit interval: w = 1 / (1 - 2 sqrt(0.025)); the middle half then holds
    # 1 - (1 - 0.5 / w)^2 of it.
    width = 1 / (1 - 2 * np.sqrt(0.025))
    assert ((drawn > 0.25) & (drawn < 0.75)).mean() == pytest.approx(1 - (1 - 0.5 / width) ** 2, abs=0.002)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.9), st.floats(0.02, 0.5))
def test_beta_intervals_are_met_or_refused(low, width):
    high = min(low + width, 0.99)
    if high - low < 0.01:
        return
    found = priors.quantile(prior("beta", low, high), np.array([0.05, 0.5, 0.95]))
    assert found[0] == pytest.approx(low, abs=2e-4)
    assert found[2] == pytest.approx(high, abs=2e-4)
    assert low < found[1] < high


@pytest.mark.parametrize("shape", ["lognormal", "beta", "cauchy"])
def test_an_impossible_interval_is_refused_by_name(shape):
    with pytest.raises(ValueError, match=r"p|beta"):
        priors.quantile(prior(shape, -1.0, 2.0), 0.5)


def test_the_same_seed_gives_the_same_bytes_and_another_model_other_draws():
    table = sheet(("a", "lognormal", 1, 4, "2024-01-01"), ("b", "beta", 0.1, 0.5, "2024-01-01"))
    for method in ("sobol", "random"):
        one, again = (priors.draw(table, draws=300, seed=9, method=method, model="m") for _ in range(2))
        assert {name: array.tobytes() for name, array in one.items()} == {
            name: array.tobytes() for name, array in again.items()
        }
        other = priors.draw(table, draws=300, seed=10, method=method, model="m")
        assert not np.array_equal(one["a"], other["a"])
        assert len(one["a"]) == 300
    renamed = table.assign(model="n")
    assert not np.array_equal(
        one["a"], priors.draw(renamed, draws=300, seed=9, method="random", model="n")["a"]
    )


def test_a_named_stream_does_not_move_when_another_prior_is_added():
    small = sheet(("a", "normal", 0, 1, "2024-01-01"))
    large = sheet(("a", "normal", 0, 1, "2024-01-01"), ("b", "normal", 0, 1, "2024-01-01"))
    one, two = (priors.draw(table, draws=64, seed=1, method="random", model="m") for table in (small, large))
    assert np.array_equal(one["a"], two["a"])
    assert abs(np.corrcoef(two["a"], two["b"])[0, 1]) < 0.5


def test_the_newest_vintage_counts():
    table = sheet(("a", "fixed", 1, 1, "2024-01-01"), ("a", "fixed", 2, 2, "2025-01-01"))
    assert priors.priors_of(table, "m")["a"].low == 2
    early = table[table["published"] <= pd.Timestamp("2024-06-30")]
    assert priors.priors_of(early, "m")["a"].low == 1


def test_overrides_by_parameter_or_id_and_refusals():
    table = sheet(("a", "lognormal", 1, 4, "2024-01-01"))
    for name in ("a", "m-a-v2024-01-01"):
        found = priors.priors_of(table, "m", {"assumptions": {name: {"low": 2, "high": 3}}})
        assert (found["a"].low, found["a"].high, found["a"].overridden) == (2, 3, True)
    with pytest.raises(ValueError, match="nonsense"):
        priors.priors_of(table, "m", {"assumptions": {"nonsense": {"low": 1, "high": 2}}})
    for wrong in ({"low": 3, "high": 2}, {"low": 1}, {"low": 1, "high": 2, "mean": 1}):
        with pytest.raises(ValueError, match="'a'"):
            priors.priors_of(table, "m", {"assumptions": {"a": wrong}})
    with pytest.raises(ValueError, match="no assumption"):
        priors.priors_of(table, "other")


def test_years_of_a_path_move_together_and_keep_their_own_interval():
    table = sheet(
        ("w_2024", "lognormal", 1, 4, "2024-01-01"),
        ("w_2025", "lognormal", 2, 9, "2024-01-01"),
        ("other_2025", "lognormal", 2, 9, "2024-01-01"),
        ("path_correlation", "fixed", 0.8, 0.8, "2024-01-01"),
    )
    drawn = priors.draw(table, draws=4096, seed=3, model="m", paths=("w",))
    logs = {name: np.log(array) for name, array in drawn.items()}
    assert np.corrcoef(logs["w_2024"], logs["w_2025"])[0, 1] == pytest.approx(0.8, abs=0.02)
    assert abs(np.corrcoef(logs["w_2024"], logs["other_2025"])[0, 1]) < 0.05
    assert np.quantile(drawn["w_2025"], [0.05, 0.95]) == pytest.approx([2, 9], rel=0.03)


def test_the_sheet_is_complete_at_every_date():
    full = load().full
    rows = full.assumptions[full.assumptions["model"] == "capacity"]
    early = rows[rows["published"] <= pd.Timestamp("2024-06-30")]
    late_only = set(rows["parameter"]) - set(early["parameter"])
    # An error prior of one fact is needed only once that fact is known.
    assert {
        name for name in late_only if not name.startswith("error_b-") and not name.startswith("error_c-")
    } == set()
    sources = full.sources.set_index("source_id")["published"]
    for row in rows.itertuples():
        assert row.low <= row.high
        assert (row.low == row.high) == (row.distribution == "fixed"), row.assumption_id
        assert row.reason.endswith(".")
        cited = row.source_ids.split(";")
        assert all(source in sources.index for source in cited), row.assumption_id
        assert all(sources[source] <= row.published for source in cited), row.assumption_id
    assert rows["assumption_id"].is_unique
    assert set(rows["quality"]) | set(rows["impact"]) <= {"red", "amber", "green"}
