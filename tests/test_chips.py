"""Chips: field truths of the spec table, the frontier and the growth rates, and what an earlier edition may know."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.evidence import load
from helpers.models.chips.comparison import measured_ratios, ratios, verdicts
from helpers.models.chips.frontier import frontier, leaders
from helpers.models.chips.growth import growth_rates
from helpers.models.chips.roofline import ratio_by_bound, roofline
from helpers.models.chips.specs import disputed_specs, shipping, spec_results, spec_table

EDITIONS = ("2024-08-01", "2025-06-30", "2026-10-09")


@pytest.fixture(scope="module")
def evidence():
    return load(as_of="2026-10-09")


@pytest.fixture(scope="module")
def table(evidence):
    return spec_table(evidence)


@pytest.fixture(scope="module")
def by_id(table):
    return table.set_index("chip_id")


@pytest.mark.parametrize(
    ("chip", "column", "value"),
    [
        ("a100_sxm_80", "tflops_fp16", 312),
        ("a100_sxm_80", "tpp", 4992),
        ("h100_sxm", "tflops_fp16", 989.4),
        ("h100_sxm", "tpp", 15832),
        ("h20_96", "tpp", 2368),
        ("h20_96", "performance_density", 2.91),
        ("ascend_910c", "tpp", 12032),
        ("l4", "performance_density", 6.58),
    ],
)
def test_the_table_holds_what_the_field_knows(by_id, chip, column, value):
    assert by_id.loc[chip, column] == pytest.approx(value, rel=0.005)


def test_an_unknown_field_stays_unknown_and_what_follows_from_it_too(by_id):
    row = by_id.loc["enflame_l600"]
    assert np.isnan(row["tflops_fp16"]) and np.isnan(row["tpp_tbs"]) and row["memory_bw_gbs"] > 0
    assert not (by_id["tflops_fp16"] == 0).any()


def test_every_range_holds_its_value(table):
    for metric in ("tflops_fp16", "tops_8bit", "memory_bw_gbs", "tflops_fp16_per_w", "tpp", "tpp_tbs"):
        known = table.dropna(subset=[metric])
        assert (known[f"{metric}_low"] <= known[metric] * (1 + 1e-9)).all(), metric
        assert (known[metric] <= known[f"{metric}_high"] * (1 + 1e-9)).all(), metric


def with_disputes(evidence, rows):
    frame = pd.DataFrame(rows, columns=["chip_id", "field", "low", "high"])
    return replace(evidence, disputes=frame.assign(published=pd.Timestamp("2024-01-01"), source_ids=""))


def test_a_dispute_widens_its_chip_and_no_other(evidence):
    plain = spec_table(with_disputes(evidence, [])).set_index("chip_id")
    wide = spec_table(with_disputes(evidence, [("h100_sxm", "tflops_fp16_dense", 900, 1100)])).set_index(
        "chip_id"
    )
    assert (plain["tflops_fp16_low"].dropna() == plain["tflops_fp16_high"].dropna()).all()
    assert wide.loc["h100_sxm", ["tflops_fp16_low", "tflops_fp16_high"]].tolist() == [900, 1100]
    assert wide.loc["h100_sxm", "tpp_high"] > plain.loc["h100_sxm", "tpp_high"]
    others = plain.index != "h100_sxm"
    pd.testing.assert_frame_equal(plain[others], wide[others])


def test_the_newest_known_dispute_counts_and_moves_the_value_into_its_range(evidence):
    rows = [("ascend_910c", "tflops_fp16_dense", 700, 760), ("ascend_910c", "tflops_fp16_dense", 780, 800)]
    disputed = with_disputes(evidence, rows)
    disputed.disputes["published"] = pd.to_datetime(["2024-01-01", "2025-01-01"])
    chip = spec_table(disputed).set_index("chip_id").loc["ascend_910c"]
    assert (chip["tflops_fp16_low"], chip["tflops_fp16"], chip["tflops_fp16_high"]) == (780, 780, 800)
    assert len(disputed_specs(disputed)) == 1


def test_announced_and_later_chips_are_not_on_sale(table):
    ids = set(shipping(table, "2024-08-01")["chip_id"])
    assert {"ascend_910b", "h100_sxm", "h20_96"} <= ids
    assert not ids & {"ascend_910c", "b200", "b30a", "rtx_4090", "ascend_960"}


@pytest.mark.parametrize("as_of", EDITIONS)
def test_no_edition_draws_a_chip_before_it_shipped(as_of):
    evidence = load(as_of=as_of)
    lines = frontier(spec_table(evidence), evidence.as_of)
    assert (pd.to_datetime(lines["period"]) <= pd.Timestamp(as_of)).all()
    assert (lines["p5"].fillna(-np.inf) <= lines["p50"].fillna(np.inf)).all()
    assert (lines["p50"].fillna(-np.inf) <= lines["p95"]).all()
    has_910c = lines["chip_id"].eq("ascend_910c").any()
    assert has_910c == (as_of > "2024-10-15")


def test_a_frontier_never_falls(table, evidence):
    lines = frontier(table, evidence.as_of)
    for (_, metric), rows in lines.groupby(["entity", "quantity"]):
        assert rows["p50"].dropna().is_monotonic_increasing, metric
        assert rows["p95"].is_monotonic_increasing, metric


def test_the_us_frontier_passes_the_a100_and_the_h100_in_order(table, evidence):
    found = leaders(frontier(table, evidence.as_of), "tflops_fp16", "United States")["chip_id"].tolist()
    assert found.index("a100_sxm_40") < found.index("h100_sxm") < found.index("gb200_gpu")


def test_growth_recovers_a_known_rate_and_its_interval_holds_it():
    days = pd.date_range("2018-01-01", periods=16, freq="180D")
    years = (days - days[0]).days / 365.25
    noise = np.where(np.arange(16) % 2, 1.05, 0.95)
    chips = pd.DataFrame(
        {
            "chip_id": [f"c{n}" for n in range(16)],
            "name": "c",
            "country": "China",
            "market": "datacenter",
            "status": "shipping",
            "sound": True,
            "release_start": days,
            "release_end": days,
            "source_ids": "s",
            "tflops_fp16": 100 * 1.4**years * noise,
        }
    )
    for side in ("low", "high"):
        chips[f"tflops_fp16_{side}"] = chips["tflops_fp16"]
    as_of = days[-1].date()
    lines = frontier(chips, as_of, ("tflops_fp16",))
    row = growth_rates(chips, lines, as_of, ("tflops_fp16",)).set_index(["quantity", "sample"])
    growth = row.loc[("growth_tflops_fp16", "all")]
    assert growth["p5"] < 1.4 < growth["p95"] and growth["p95"] - growth["p5"] < 0.1
    assert growth["n"] == 16
    assert row.loc[("doubling_tflops_fp16", "all"), "p50"] == pytest.approx(
        12 * np.log(2) / np.log(1.4), rel=0.03
    )


def test_two_points_make_no_growth_rate(table, evidence):
    few = table[table["chip_id"].isin(["a100_sxm_80", "h100_sxm"])]
    assert growth_rates(few, frontier(few, evidence.as_of), evidence.as_of).empty


def test_the_910b_against_the_a100(table, evidence):
    rows = ratios(table, evidence.as_of)
    at = rows[rows["entity"] == "Ascend 910B over A100"].set_index("metric")
    assert at.loc["FP16 compute", "p50"] == pytest.approx(376 / 312, rel=1e-3)
    assert at.loc["FP16 compute", "p5"] < 1 < at.loc["FP16 compute", "p50"] < at.loc["FP16 compute", "p95"]
    assert at.loc["memory bandwidth", "p50"] == pytest.approx(1600 / 2039, rel=1e-3)
    words = verdicts(rows, measured_ratios(evidence)).set_index("statement")["verdict"]
    assert set(words) == {"mixed"}


def test_verdicts_follow_the_ratios():
    rows = pd.DataFrame(
        {
            "chip": "Ascend 910B",
            "reference": "A100",
            "metric": ["a", "b"],
            "p50": [1.1, 1.2],
            "p95": [1.3, 1.4],
        }
    )
    none = pd.DataFrame({"chip": [], "reference": [], "metric": [], "ratio": []})
    assert verdicts(rows, none)["verdict"].tolist() == ["supported", "supported"]
    assert verdicts(rows.assign(p50=0.5, p95=0.6), none)["verdict"].tolist() == [
        "contradicted",
        "contradicted",
    ]
    assert verdicts(rows.iloc[:0], none)["verdict"].tolist() == ["undetermined", "undetermined"]


def test_the_roofline_bends_where_bandwidth_meets_peak(table):
    lines = roofline(table).set_index("chip")
    h100 = lines.loc["H100"]
    assert h100["tflops"].max() == pytest.approx(989.4)
    bound = h100[h100["flop_per_byte"] < h100["ridge"]]
    assert np.allclose(bound["tflops"], bound["flop_per_byte"] * 3.35)
    assert lines.loc["H20", "ridge"].iloc[0] == pytest.approx(148 / 4.0)


def test_the_h20_beats_the_910c_on_bandwidth_only(table, evidence):
    rows = ratio_by_bound(table, evidence.as_of)
    at = rows[rows["entity"] == "Ascend 910C over H20"].set_index("bound")["p50"]
    assert at["compute"] > 4 and at["memory bandwidth"] < 1


@pytest.mark.parametrize("as_of", EDITIONS)
def test_results_are_in_long_form(as_of):
    evidence = load(as_of=as_of)
    table = spec_table(evidence)
    for frame in (spec_results(table, evidence.as_of), ratios(table, evidence.as_of)):
        assert len(frame) and frame["p50"].notna().all()
        assert (frame["p5"] <= frame["p50"] * (1 + 1e-9)).all() and (
            frame["p50"] <= frame["p95"] * (1 + 1e-9)
        ).all()
