"""The stock-flow model: field truths of its parts, conservation, no look into the future, one answer per seed."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.evidence import load
from helpers.models.capacity import domestic, imports, observations, stock
from helpers.models.capacity.equivalents import dies_per_wafer, h100e
from helpers.models.capacity.headlines import headlines, short, span
from helpers.models.capacity.legs import DOMESTIC, LEGS
from helpers.models.capacity.quarters import delay, path, quarter_axis, year_sums
from helpers.models.capacity.result import percentiles, simulate
from helpers.models.capacity.samples import monte_carlo
from helpers.models.capacity.scenarios import compare, differences, scenario_paths
from helpers.models.capacity.walk import walk
from helpers.models.long_form import LONG_FORM

DRAWS = 1024


@pytest.fixture(scope="module")
def now():
    return load()


@pytest.fixture(scope="module")
def result(now):
    return simulate(now, draws=DRAWS, precision="int8")


# parts


def test_h100_equivalents_are_ratios_of_dense_peaks(now):
    table = h100e(now.chips, "int8")["h100e"]
    assert table["a800_sxm_80"] == pytest.approx(624 / 1979, abs=1e-3)
    assert table["h20_96"] == pytest.approx(296 / 1979, abs=1e-3)
    assert table["ascend_910c"] == pytest.approx(2 * table["ascend_910b"])
    wide = h100e(now.chips, "memory_bandwidth")["h100e"]
    # The H20 is weak in operations and strong in bandwidth: why it sold for inference.
    assert wide["h20_96"] > 1 > 0.2 > table["h20_96"]
    with pytest.raises(ValueError, match="fp4"):
        h100e(now.chips, "fp4")


def test_an_unpublished_rate_is_marked(now):
    table = h100e(now.chips, "int8")
    assert table["imputed"]["kunlun_p800"]
    assert not table["imputed"]["h20_96"]


def test_dies_per_wafer_of_a_reticle_sized_die():
    # An 814 mm2 die (H100) yields about 60 to 65 candidates on 300 mm; a 100 mm2 die about 640.
    assert 60 < dies_per_wafer(814) < 66
    assert 630 < dies_per_wafer(100) < 650


def test_delay_moves_and_conserves():
    flow = np.array([[1.0, 2.0, 3.0, 0.0, 0.0, 0.0]])
    assert delay(flow, np.array([1.0]))[0].tolist() == [0, 1, 2, 3, 0, 0]
    half = delay(flow, np.array([1.5]))
    assert half.sum() == pytest.approx(6)
    assert half[0].tolist() == [0, 0.5, 1.5, 2.5, 1.5, 0]


def test_path_is_linear_between_mid_years_and_level_outside():
    quarters = quarter_axis(2025)
    drawn = {"x_2023": np.array([10.0]), "x_2024": np.array([20.0])}
    values = path(drawn, "x", quarters)[0]
    assert values[0] == 10 and values[-1] == 20
    assert values[quarters == pd.Period("2023Q4")] == pytest.approx(10 + 10 * 0.375)
    with pytest.raises(KeyError, match="y_<year>"):
        path(drawn, "y", quarters)


def test_half_of_a_cohort_is_left_at_its_median_life():
    alive = stock.survival(np.array([5.0]), np.array([3.0]), 40)[0]
    ages = (np.arange(40) + 0.5) / 4
    assert np.interp(5.0, ages, alive) == pytest.approx(0.5, abs=0.01)
    assert (np.diff(alive) < 0).all()


def test_memory_binds_and_is_not_spent_twice():
    quarters = quarter_axis(2026)
    drawn = {
        "huawei_hbm_inflow_2025": np.array([0.0]),
        "huawei_hbm_stacks_per_die_2025": np.array([4.0]),
        "huawei_hbm_stack_bank": np.array([1200.0]),
    }
    wanted = np.full((1, len(quarters)), 20.0)
    before = np.asarray(quarters.year < 2025)
    dies, limit = domestic._memory_bound(wanted, drawn, quarters, before)
    # 12 quarters of 20 dies take 960 of 1,200 stacks before the rule; 240 stacks are 60 dies after it.
    assert dies[0][before].sum() == 240
    assert dies[0][~before].sum() == 60
    assert (dies <= limit + 1e-9).all()


def test_memory_binds_from_the_rule_and_not_before_it_is_known(now):
    quarters = quarter_axis(2028)
    free = domestic.memory_free(now.events, quarters, pd.Timestamp(now.as_of))
    assert free[quarters <= pd.Period("2024Q4")].all() and not free[quarters > pd.Period("2024Q4")].any()
    early = load("2024-06-30")
    day = pd.Timestamp(early.as_of)
    assert domestic.memory_free(early.events, quarters, day).all()
    closed = domestic.memory_free(early.events, quarters, day, {"memory": "closed"})
    assert closed.tolist() == (quarters <= pd.Period("2024Q2")).tolist()
    assert domestic.memory_free(now.events, quarters, day, {"memory": "open"})[-1]
    with pytest.raises(ValueError, match="closed, open"):
        domestic.memory_free(now.events, quarters, day, {"memory": "ajar"})
    chain = simulate(early, draws=64).paths.chain
    assert (chain.dies == chain.memory_limit).all()


def window_of(evidence, key, when, switches=None):
    quarters = quarter_axis(2028)
    found = imports.sale_windows(
        evidence.events, evidence.chips, quarters, pd.Timestamp(evidence.as_of), switches
    )
    place = list(quarters).index(pd.Period(when))
    return found[key].free[place], found[key].reopened[place]


def test_sale_windows_follow_the_rules(now):
    assert window_of(now, "a800", "2023Q2") == (1, 0)
    assert window_of(now, "a800", "2024Q1") == (0, 0)
    free, reopened = window_of(now, "h20", "2025Q2")
    # Nine days of April before the letter.
    assert free == pytest.approx(8 / 91, abs=0.015) and reopened == 0
    assert window_of(now, "h20", "2025Q4") == (0, 1)
    assert window_of(now, "h200", "2025Q4") == (0, 0)
    assert window_of(now, "h200", "2026Q2") == (0, 1)


def test_a_ban_that_is_not_yet_known_does_not_bind():
    early = load("2024-08-01")
    assert window_of(early, "h20", "2025Q3") == (1, 0)
    assert window_of(load("2025-06-30"), "h20", "2025Q3") == (0, 0)


def test_switches_act_after_as_of_only_and_are_checked(now):
    opened = {"sales": {"h20": "open"}}
    assert window_of(now, "h20", "2025Q4", opened) == (0, 1)
    assert window_of(now, "h20", "2027Q1", opened) == (1, 0)
    for wrong in ({"sales": {"h21": "open"}}, {"sales": {"h20": "ajar"}}):
        with pytest.raises(ValueError, match=r"h21|ajar"):
            window_of(now, "h20", "2027Q1", wrong)


def test_counts_of_a_chip_are_disjoint_and_add_up_to_the_release(now):
    pieces = observations.licensed_pieces(now.facts, quarter_axis(2028), 0.25, {})["h20"]
    total = now.facts.set_index("fact_id").loc["c-h20-cum", "value"]
    assert sum(piece.value for piece in pieces) == pytest.approx(total)
    assert np.sum([piece.quarters for piece in pieces], axis=0).max() == 1


def test_only_finished_years_count_as_counts():
    for day in ("2024-08-01", "2025-06-30", "2025-12-31", "2026-05-01"):
        evidence = load(day)
        facts = evidence.facts.set_index("fact_id")
        parameters = evidence.assumptions["parameter"].tolist()
        for count in observations.domestic_counts(evidence.facts, parameters):
            fact = facts.loc[count.fact_id]
            assert fact["published"] <= pd.Timestamp(day)
            assert fact["period_end"] <= fact["published"]


def test_a_count_told_twice_counts_once(now):
    counts = observations.domestic_counts(now.facts, [])
    keys = [(count.legs, count.year, count.value) for count in counts]
    assert len(keys) == len(set(keys))


def test_pooling_is_the_bayesian_answer_for_normal_logs():
    rng = np.random.default_rng(5)
    quarters = quarter_axis(2025)
    size, prior_sd, error = 20000, 0.5, 0.2
    logs = rng.normal(np.log(4e6), prior_sd, size)
    cards = np.zeros((len(DOMESTIC), size, len(quarters)))
    cards[0] = np.exp(logs)[:, None] / 4
    count = observations.Count("f", ("huawei",), 2024, 2e6, "e", "s")
    drawn = {"e": np.full(size, error), "noise:f": rng.standard_normal(size)}
    after = np.log(year_sums(observations.condition(cards, [count], drawn, quarters, 1)[0], quarters)[:, 2])
    weight = prior_sd**2 / (prior_sd**2 + error**2)
    assert after.mean() == pytest.approx((1 - weight) * np.log(4e6) + weight * np.log(2e6), abs=0.01)
    assert after.std() == pytest.approx(np.sqrt(weight) * error, abs=0.01)


def weighted(values, weights, levels):
    order = np.argsort(values)
    return np.interp(levels, np.cumsum(weights[order]) / weights.sum(), values[order])


def test_taking_up_the_counts_of_huawei_is_close_to_the_exact_answer(now):
    """Against importance weights on draws without counts: years after the last count too, where memory binds."""
    inputs = stock.prepare(now)
    drawn = stock.draw_inputs(inputs, 16384, 5)
    counts = [count for count in inputs.counts if count.legs == ("huawei",)]
    assert {count.year for count in counts} == {2024, 2025}
    free = stock.run(replace(inputs, counts=[]), drawn)
    before = year_sums(free.cards[0], inputs.quarters)
    weights = np.exp(
        -sum((np.log(before[:, c.year - 2022] / c.value) / drawn[c.error][0]) ** 2 for c in counts) / 2
    )
    after = year_sums(stock.run(replace(inputs, counts=counts), drawn).cards[0], inputs.quarters)
    for year, most in ((2024, 0.12), (2025, 0.03), (2026, 0.06), (2028, 0.06)):
        exact = weighted(before[:, year - 2022], weights, (0.05, 0.5, 0.95))
        found = percentiles(after[:, year - 2022])
        assert found == pytest.approx(exact, rel=most), year


# the whole


def test_the_same_seed_gives_the_same_bytes(now, result):
    again = simulate(now, draws=DRAWS, precision="int8")
    assert again.paths.flows.tobytes() == result.paths.flows.tobytes()
    assert again.stock.to_csv() == result.stock.to_csv()


def test_another_seed_moves_no_headline_beyond_its_monte_carlo_error(now):
    here, there = (monte_carlo(simulate(now, seed=seed), now) for seed in (20221007, 11))
    assert len(here) == 8
    moved = (here["p50"] - there["p50"]).abs()
    assert (moved <= here["error"]).all(), pd.DataFrame({"moved": moved, "stated": here["error"]})
    assert (here["error"] < 0.05 * here["p50"]).all()


def test_tables_are_in_long_form_with_ordered_percentiles(result):
    for table in (result.stock, result.by_leg, result.flows):
        assert tuple(table.columns) == LONG_FORM
        assert (table["p5"] <= table["p50"]).all() and (table["p50"] <= table["p95"]).all()
        assert (table["p5"] >= 0).all()
        assert (table["evidence"] != "").all()


def test_the_total_is_summed_draw_by_draw(result):
    total = result.sample("cumulative")
    assert total == pytest.approx(result.paths.flows.sum(axis=0).cumsum(axis=-1))
    routes = sum(result.sample("cumulative", route) for route in ("domestic", "licensed imports", "smuggled"))
    assert total == pytest.approx(routes)
    low = result.by_leg[(result.by_leg["quantity"] == "cumulative") & (result.by_leg["period"] == "2025-Q4")][
        "p5"
    ].sum()
    assert low < percentiles(total[:, 15])[0]


def test_installed_is_below_what_came_in_and_above_what_is_in_use(result):
    installed = result.sample("installed")
    assert (installed <= result.sample("cumulative") + 1e-6).all()
    assert (result.sample("in use") <= installed).all()
    assert (result.sample("used by Chinese firms") >= installed).all()


def test_percentiles_equal_numpy():
    array = np.random.default_rng(1).lognormal(size=(501, 3))
    assert percentiles(array, (5, 50, 95)) == pytest.approx(np.percentile(array, [5, 50, 95], axis=0))


def test_the_last_row_of_each_walk_is_the_headline(now, result):
    steps = walk(result, now)
    told = {row["id"]: row for row in headlines(result, now)}
    assert set(steps["headline"]) == set(told)
    for headline, rows in steps.groupby("headline"):
        last = rows.sort_values("step").iloc[-1]
        assert last["kind"] == "final"
        row = told[headline]
        low, high = row.get("low", row["value"]), row.get("high", row["value"])
        assert (last["p5"], last["p50"], last["p95"]) == pytest.approx((low, row["value"], high))
        assert rows["kind"].iloc[0] != "final" and (rows["evidence"] != "").all()
        assert last["unit"] == told[headline]["unit"]
    place = result.labels[result.inputs.now]
    row = result.stock[
        (result.stock["entity"] == "China")
        & (result.stock["quantity"] == "installed")
        & (result.stock["period"] == place)
    ]
    assert row["p50"].iloc[0] == pytest.approx(told["installed-now"]["value"])


def test_headlines_are_complete_sentences_of_their_numbers(now, result):
    for row in headlines(result, now):
        assert row["evidence"] and row["exhibit"].startswith("capacity-")
        if "low" in row:
            assert row["low"] <= row["value"] <= row["high"]
        sentence = row["sentence"].format(shown=row["shown"])
        assert "[" not in sentence and sentence[0].isupper()


def test_numbers_as_prose_shows_them():
    assert (short(1_817_162), short(707_968), short(42), short(0.4)) == (
        "1.8 million",
        "708 thousand",
        "42",
        "0.4",
    )
    assert span(1.7e6, 3.42e6) == "1.7 to 3.4 million"
    assert span(8e5, 1.2e6) == "800 thousand to 1.2 million"


@pytest.mark.parametrize("day", ["2024-08-01", "2025-06-30", "2025-12-31"])
def test_the_model_runs_on_what_was_known(day):
    evidence = load(day)
    result = simulate(evidence, draws=256)
    assert np.isfinite(result.sample("installed")).all()
    assert result.inputs.quarters[result.inputs.now].end_time <= pd.Timestamp(day) + pd.Timedelta(days=1)
    known = set(evidence.facts["fact_id"]) | set(evidence.sources["source_id"])
    assert set(";".join(result.stock["evidence"]).split(";")) <= known
    assert walk(result, evidence)["kind"].eq("final").sum() >= 3


@pytest.mark.parametrize("precision", ["fp16", "int8", "memory_bandwidth"])
@pytest.mark.parametrize("horizon", [2026, 2032])
def test_every_precision_and_horizon_runs(now, precision, horizon):
    result = simulate(now, horizon=horizon, draws=256, precision=precision)
    assert result.labels[-1] == f"{horizon}-Q4"
    assert np.isfinite(result.paths.flows).all()


def test_less_is_known_of_later_dates(now, result):
    rows = result.stock[(result.stock["entity"] == "China") & (result.stock["quantity"] == "installed")]
    ratio = (rows["p95"] / rows["p5"]).to_numpy()
    assert ratio[-1] > ratio[15]


# scenarios


def test_a_scenario_changes_no_past(now):
    paths = scenario_paths(now, draws=256)
    ends = paths[paths["period"] == "2025-Q4"]
    assert (ends["p50"] == ends["p50"].iloc[0]).all()
    last = paths[paths["period"] == paths["period"].max()].set_index("scenario")["p50"]
    assert last["tight_controls"] < last["baseline"] < last["open_sales"]
    assert last["hbm_bound"] < last["baseline"] < last["fast_domestic_ramp"]


def test_a_memory_bound_scenario_binds_before_the_rule_too():
    paths = scenario_paths(load("2024-08-01"), ["baseline", "hbm_bound"], draws=256)
    last = paths[paths["period"] == paths["period"].max()].set_index("scenario")["p50"]
    assert last["hbm_bound"] < 0.9 * last["baseline"]


def test_comparison_is_paired_and_antisymmetric(now):
    there = compare(now, "baseline", "open_sales", draws=256)
    back = compare(now, "open_sales", "baseline", draws=256)
    assert there["difference_p50"].to_numpy() == pytest.approx(-back["difference_p50"].to_numpy(), abs=1)
    assert there["chance_b_higher"].iloc[-1] > 0.9
    names = differences(now, "baseline", "open_sales")["name"].tolist()
    assert "leak_trend" in names and "h200" in names


def test_unknown_scenario_parts_are_refused(now):
    with pytest.raises(ValueError, match="rubbish"):
        stock.prepare_from(now, {"rubbish": 1}, "x", 2028, "fp16")
    with pytest.raises(ValueError, match="nobody"):
        stock.prepare_from(now, {"assumptions": {"nobody": {"low": 1, "high": 2}}}, "x", 2028, "fp16")
    with pytest.raises(KeyError, match="nowhere"):
        simulate(now, "nowhere", draws=64)


@pytest.mark.parametrize(
    ("plan", "near"),
    [
        ({"assumptions": {"huawei_hbm_inflw_2027": {"low": 1, "high": 2}}}, "huawei_hbm_inflow_2027"),
        ({"switches": {"sales": {"h202": "open"}}}, "h20"),
        ({"switches": {"sales": {"h200": "ajar"}}}, "closed, reopened, open"),
        ({"assumption": {}}, "assumptions"),
        ({"switches": {"sale": {}}}, "sales"),
        ({"switches": {"memry": "closed"}}, "memory"),
    ],
)
def test_an_unknown_name_of_a_scenario_is_refused_with_the_nearest(now, plan, near):
    with pytest.raises(ValueError, match=near):
        stock.prepare_from(now, plan, "x", 2028, "fp16")


def test_every_leg_has_a_route_and_flows(result):
    assert result.paths.flows.shape[0] == len(LEGS)
    assert (np.median(result.paths.flows.sum(axis=-1), axis=1) > 0).all()
