"""Systems: field truths of the machines, what they are worth in each other, and what an earlier edition may say."""

import numpy as np
import pandas as pd
import pytest

from helpers.evidence import load
from helpers.models.chips.comparison import ratios
from helpers.models.chips.frontier import frontier
from helpers.models.chips.headlines import headlines
from helpers.models.chips.lag import lag_at_release, lag_now, quoted_lags, release_date_error
from helpers.models.chips.specs import spec_table
from helpers.models.chips.systems import system_ratios, system_table
from helpers.models.chips.useful_cost import useful_cost
from helpers.models.chips.useful_work import chips_per_system
from helpers.results import Run

SEED = 20240801


@pytest.fixture(scope="module")
def evidence():
    return load(as_of="2026-10-09")


@pytest.fixture(scope="module")
def systems(evidence):
    return system_table(evidence, spec_table(evidence))


@pytest.fixture(scope="module")
def by_id(systems):
    return systems.set_index("system_id")


@pytest.fixture(scope="module")
def work(evidence, systems):
    return chips_per_system(evidence, systems, SEED, draws=4000)


def test_the_machines_have_the_sizes_that_the_field_knows(by_id):
    ours, theirs = by_id.loc["cloudmatrix_384"], by_id.loc["gb200_nvl72"]
    assert ours["pflops_fp16_dense"] == pytest.approx(300, rel=0.02)
    assert theirs["pflops_fp16_dense"] == pytest.approx(180, rel=0.02)
    assert ours["power_kw"] == pytest.approx(559, rel=0.01)
    assert theirs["power_kw_low"] <= 132 <= theirs["power_kw_high"] <= 145
    assert by_id.loc["dgx_h100", "pflops_fp16_dense"] == pytest.approx(8 * 0.989, rel=0.01)


def test_stated_rates_agree_with_the_number_of_chips(evidence, by_id):
    """Catches a sparse rate, or a rate per die, in the systems table: every machine is its chips times their rate."""
    chips = spec_table(evidence).set_index("chip_id")
    for system in by_id.itertuples():
        chip = chips.loc[system.chip_id]
        for stated, low, high in (
            (system.pflops_fp16_dense, chip["tflops_fp16_low"], chip["tflops_fp16_high"]),
            (system.memory_tb, chip["memory_gb_low"], chip["memory_gb_high"]),
            (system.memory_bw_tbs, chip["memory_bw_gbs_low"], chip["memory_bw_gbs_high"]),
        ):
            if not np.isnan([stated, low, high]).any():
                assert 0.92 * low <= 1000 * stated / system.n_chips <= 1.08 * high, system.name


def test_a_machine_of_weaker_chips_is_ahead_in_all_and_behind_per_watt(systems, evidence):
    held = system_ratios(systems, evidence.as_of).set_index("dimension")
    assert held.loc["FP16 compute", "p50"] == pytest.approx(5 / 3, rel=0.02)
    assert held.loc["memory", "p50"] == pytest.approx(3.6, rel=0.05)
    assert held.loc["power", "p50"] == pytest.approx(3.9, rel=0.02)
    assert 1 / held.loc["FP16 compute per watt", "p50"] == pytest.approx(2.3, rel=0.02)
    assert set(held.index[held["holds"] == "ahead"]) >= {"FP16 compute", "memory", "memory bandwidth"}
    assert set(held.index[held["holds"] == "behind"]) >= {"FP16 compute per watt", "power", "price"}


def test_empty_cells_stay_unknown(by_id):
    assert np.isnan(by_id.loc["gb300_nvl72", "power_kw"])
    assert np.isnan(by_id.loc["gb300_nvl72", "tflops_fp16_per_w"])
    assert np.isnan(by_id.loc["atlas_950_superpod", "usd_per_tflops_fp16"])


def test_an_nvl72_does_the_work_of_a_few_hundred_910c(work):
    rows = work[work["quantity"] == "chips_per_nvl72"].set_index("workload")
    assert 72 * 2500 / 800 * 0.6 < rows.loc["training, FP16 on both", "p50"] < 72 * 2500 / 700 * 1.6
    assert (rows["p5"] > 72).all() and (rows["p5"] < rows["p50"]).all() and (rows["p50"] < rows["p95"]).all()
    assert rows.loc["training, best format", "p50"] > rows.loc["training, FP16 on both", "p50"]
    measured = 72 * 8300 / 1943
    assert 0.6 * measured < rows.loc["generating tokens, 8-bit on both", "p50"] < 1.1 * measured


def test_each_reading_names_the_priors_that_it_uses_and_no_other(work):
    told = work[work["quantity"] == "chips_per_nvl72"].set_index("workload")["evidence"]
    assert "fp8-training-gain" not in told["training, FP16 on both"]
    assert "fp8-training-gain" in told["training, best format"]
    assert all("serving-comparability" in told[name] for name in told.index if not name.startswith("training"))


def test_both_readings_of_one_workload_agree(work):
    wide = work.pivot_table(index="workload", columns="quantity", values="p50")
    assert np.allclose(wide["chips_per_nvl72"] * wide["nvl72_per_cloudmatrix"], 384, rtol=0.01)


def test_the_same_seed_gives_the_same_numbers_and_another_moves_them_little(evidence, systems, work):
    pd.testing.assert_frame_equal(chips_per_system(evidence, systems, SEED, draws=4000), work)
    other = chips_per_system(evidence, systems, SEED + 1, draws=4000)
    assert np.allclose(other["p50"], work["p50"], rtol=0.03)
    assert not (other["p50"] == work["p50"]).all()


def test_energy_per_useful_flop_is_power_over_work(evidence, systems):
    costs = useful_cost(evidence, systems, SEED, draws=4000)
    kwh = costs[costs["quantity"] == "kwh_per_zettaflop"].set_index("entity")["p50"]
    # 145 kW at most, PUE about 1.25, 180 PFLOPS at about 36 %: 1e21 / 6.5e16 s = 4.3 h.
    assert kwh["GB200 NVL72"] == pytest.approx(1e21 / (180e15 * 0.36) / 3600 * 132 * 1.25, rel=0.12)
    assert kwh["CloudMatrix 384"] > 1.5 * kwh["GB200 NVL72"]


def test_chinese_power_would_have_to_be_far_cheaper(evidence, systems):
    costs = useful_cost(evidence, systems, SEED, draws=4000).set_index("quantity")
    assert costs.loc["break_even_electricity", "p50"] < 0.056
    assert costs.loc["ratio_total_cost", "p5"] > 1


def test_an_edition_before_the_machines_has_no_answer():
    early = load(as_of="2024-08-01")
    table = system_table(early, spec_table(early))
    assert set(table["system_id"]) == {"dgx_h100", "hgx_h800", "hgx_h20"}
    assert system_ratios(table, early.as_of).empty
    assert chips_per_system(early, table, SEED, draws=100).empty
    costs = useful_cost(early, table, SEED, draws=100)
    assert "usd_electricity_per_zettaflop" not in set(costs["quantity"])


def test_a_scenario_overrides_a_prior_of_this_model_only(evidence, systems, work):
    changed = {
        "assumptions": {
            "ascend_training_mfu": {"low": 0.5, "high": 0.6},
            "huawei_wafer_yield_2025": {"low": 0.1, "high": 0.2},
        }
    }
    rows = chips_per_system(evidence, systems, SEED, draws=4000, scenario=changed).set_index(
        ["quantity", "workload"]
    )
    before = work.set_index(["quantity", "workload"])
    key = ("chips_per_nvl72", "training, FP16 on both")
    assert rows.loc[key, "p50"] < before.loc[key, "p50"]
    serving = ("chips_per_nvl72", "generating tokens, 8-bit on both")
    assert rows.loc[serving, "p50"] == before.loc[serving, "p50"]


@pytest.mark.parametrize(
    ("as_of", "ids"),
    [
        ("2024-08-01", {"chip-lag-fp16", "ascend-ratio-fp16"}),
        ("2025-06-30", {"chip-lag-fp16", "ascend-ratio-fp16", "chips-per-nvl72", "cloudmatrix-per-watt"}),
        ("2026-10-09", {"chip-lag-fp16", "chips-per-nvl72", "cloudmatrix-per-watt", "cost-per-useful-flop"}),
    ],
)
def test_headlines_hold_their_value_and_say_only_what_the_edition_knows(as_of, ids, tmp_path):
    run = Run("chips", as_of, tmp_path)
    evidence = run.evidence
    specs, day = spec_table(evidence), evidence.as_of
    machines = system_table(evidence, specs)
    rows = headlines(
        lag_now(specs, day, release_date_error(evidence)),
        lag_at_release(specs, frontier(specs, day), day, release_date_error(evidence)),
        quoted_lags(evidence),
        ratios(specs, day),
        system_ratios(machines, day),
        chips_per_system(evidence, machines, SEED, draws=500),
        useful_cost(evidence, machines, SEED, draws=500),
    )
    assert ids <= {row["id"] for row in rows}
    run.headlines(rows)
    early = as_of < "2025-04"
    assert early == ("cloudmatrix" not in " ".join(row["sentence"] for row in rows).lower())
