"""Market models: field truths, bases that are never chained, and nothing from after the knowledge date."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.evidence import load
from helpers.models.market import (
    adoption,
    capex,
    card_counts,
    cloud,
    equivalence,
    huawei,
    model_gap,
    prices,
    revenue,
    shares,
    substitution,
    useful_price,
    vendors,
)
from helpers.results import Run

DATES = ("latest", "2025-06-30", "2024-08-01")


@pytest.fixture(scope="module", params=DATES)
def evidence(request):
    return load(as_of=request.param)


@pytest.fixture(scope="module")
def now():
    return load()


def _frames(evidence) -> dict[str, pd.DataFrame]:
    cloud_shares = cloud.cloud_shares(evidence)
    supply = substitution.supply(evidence)
    share = shares.shares(evidence)
    return {
        "china_revenue": revenue.china_revenue(evidence),
        "charges": revenue.charges(evidence),
        "vendors": vendors.vendor_results(evidence),
        "group": huawei.group(evidence),
        "cloud": huawei.cloud(evidence),
        "shares": share,
        "segments": shares.segments(share),
        "concentration": shares.concentration(share),
        "cloud_shares": cloud_shares,
        "cloud_concentration": shares.concentration(cloud_shares, "market"),
        "market_sizes": cloud.market_sizes(evidence),
        "capex": capex.capex(evidence),
        "capex_annual": capex.annual(capex.capex(evidence)),
        "prices": prices.chip_prices(evidence),
        "rentals": prices.rentals(evidence),
        "supply": supply,
        "by_origin": substitution.by_origin(supply),
        "value": substitution.value_moved(evidence, share),
        "lags": model_gap.lags(evidence),
        "scores": model_gap.score_gaps(evidence),
        "patents": adoption.patents(evidence),
        "survey": adoption.survey(evidence),
        "services": adoption.services(evidence),
        "users": adoption.users(evidence),
    }


def test_every_result_is_in_long_form_and_rests_on_what_was_known(evidence, tmp_path):
    run = Run("market", evidence.as_of, tmp_path)
    known = set(evidence.facts["fact_id"]) | set(evidence.rates["rate_id"]) | set(evidence.chips["chip_id"])
    for name, frame in _frames(evidence).items():
        run.save(name, frame)
        used = {one for cell in frame["evidence"] for one in cell.split(";")}
        assert used <= known, f"{name} uses {sorted(used - known)[:5]}"
        assert (frame["p50"].notna() | frame["p95"].notna()).all(), name


# NVIDIA and AMD


def test_nvidia_quarters_add_up_to_the_filed_years(now):
    sums = revenue.quarter_sums(revenue.china_revenue(now)).set_index(["basis", "fiscal_year"])
    for year, filed in (("FY2022", 7.111e9), ("FY2023", 5.785e9), ("FY2024", 10.306e9), ("FY2025", 17.108e9)):
        row = sums.loc[(revenue.BILLING, year)]
        assert row["quarters"] == 4
        # Quarters are given to 10 million: four of them may be off by 20 million together.
        assert row["sum_usd"] == pytest.approx(filed, abs=20e6)
        assert row["year_usd"] == pytest.approx(filed, abs=10e6)
    headquarters = sums.loc[(revenue.HEADQUARTERS, "FY2026")]
    assert headquarters["quarters"] == 4
    assert headquarters["sum_usd"] == pytest.approx(19.68e9, abs=25e6)


def test_a_missing_fourth_quarter_is_the_year_less_three(now):
    known = revenue.china_revenue(now)
    fourth = known[(known["period"] == "FY2025-Q4") & (known["basis"] == revenue.BILLING)].iloc[0]
    assert fourth["status"] == "derived"
    assert fourth["p50"] == pytest.approx(17.108e9 - (2.49 + 3.67 + 5.40) * 1e9, abs=30e6)
    assert len(fourth["evidence"].split(";")) == 4
    facts = now.facts[~now.facts["fact_id"].str.startswith("b-nvda-china-fy2025-q2")]
    without = revenue.china_revenue(replace(now, facts=facts))
    assert without[(without["period"] == "FY2025-Q4") & (without["basis"] == revenue.BILLING)].empty


def test_fiscal_quarters_fall_on_calendar_quarters(now):
    known = revenue.china_revenue(now)
    calendar = known[known["basis"] == revenue.HEADQUARTERS].set_index("period")["calendar"]
    assert calendar["FY2025-Q3"] == "2024-Q3"
    assert calendar["FY2026-Q1"] == "2025-Q1"
    assert calendar["FY2026-Q4"] == "2025-Q4"
    assert calendar["FY2026"] == "2025"


def test_the_bases_are_kept_apart(now):
    known = revenue.china_revenue(now)
    assert not known.duplicated(["entity", "period", "basis"]).any()
    early = revenue.china_revenue(load(as_of="2025-06-30"))
    assert set(early["basis"]) == {revenue.BILLING}
    gap = revenue.basis_gap(known).set_index("period")["ratio"]
    assert gap["FY2026-Q1"] == pytest.approx(9.66 / 5.52, rel=1e-3)
    assert gap["FY2025-Q3"] == pytest.approx(8.14 / 5.40, rel=1e-3)


def test_charges_of_2025_count_what_was_booked(now):
    totals = revenue.charge_totals(revenue.charges(now)).set_index(["year", "quantity"])["usd"]
    assert totals[2025, "inventory charge"] == pytest.approx(4.5e9 + 0.8e9)
    assert totals[2025, "sales lost to the licence rule"] == pytest.approx(2.5e9 + 8.0e9)
    early = revenue.charge_totals(revenue.charges(load(as_of="2025-05-01")))
    assert early.empty


# Huawei and the listed firms


def test_huawei_cloud_has_three_definitions(now):
    years = (
        huawei.cloud(now)
        .query("unit == 'CNY' and grain == 'year'")
        .set_index(["period", "definition"])["p50"]
    )
    assert years["2023", huawei.INCLUDING] == pytest.approx(55.3e9, rel=1e-3)
    assert years["2023", huawei.EXTERNAL] == pytest.approx(35.514e9)
    assert years["2024", huawei.EXTERNAL] == pytest.approx(38.523e9)
    assert years["2024", huawei.RESTATED] == pytest.approx(33.325e9)
    widest = huawei.restatement(huawei.cloud(now)).set_index("period")["ratio"]
    assert widest["2024"] == pytest.approx(68.801 / 33.325)


def test_a_dollar_figure_names_its_rate(now):
    dollars = huawei.cloud(now).query("unit == 'USD' and period == '2023'")
    including = dollars[dollars["definition"] == huawei.INCLUDING].iloc[0]
    assert including["p50"] == pytest.approx(55.3e9 / 7.0809, rel=1e-6)
    assert "period average 2023, 7.0809 CNY per USD" in including["basis"]
    assert "j-fed-2023" in including["evidence"]


def test_seven_point_six_billion_needs_a_rate_no_average_of_2023_has(now):
    check = huawei.conversion_check(55.287e9, 7.6e9, "2023", now).set_index("convention")
    assert check.loc["implied", "rate_cny_per_usd"] == pytest.approx(7.2746, abs=1e-3)
    assert check.loc["period_average", "usd"] == pytest.approx(7.808e9, abs=0.5e6)
    assert check.loc["period_average", "difference_percent"] < -2.5


def test_twenty_five_billion_of_research_fits_2024(now):
    years = huawei.research_in_dollars(huawei.group(now), 25e9)
    assert years.iloc[0]["period"] == "2024"
    by_year = years.set_index("period")["usd"]
    assert by_year["2023"] == pytest.approx(164.7e9 / 7.0809)
    early = huawei.research_in_dollars(huawei.group(load(as_of="2024-08-01")), 25e9)
    assert "2024" not in set(early["period"])


def test_a_press_figure_is_a_claim_with_a_date(now):
    assert huawei.claimed_usd(now, "dailypress-25bn") == 25e9
    early = load(as_of="2024-08-01")
    assert pd.isna(huawei.claimed_usd(early, "dailypress-25bn"))
    nothing = huawei.claimed_usd(early, "dailypress-25bn")
    assert huawei.research_in_dollars(huawei.group(early), nothing).empty
    assert huawei.conversion_check(55.287e9, nothing, "2023", early).empty


def test_cambricon_grew_more_than_fivefold(now):
    pairs = vendors.growth(vendors.vendor_results(now)).set_index(["entity", "from"])["ratio"]
    assert pairs["Cambricon", "2024"] == pytest.approx(6.497 / 1.174, rel=0.01)
    assert pairs["SMIC", "2024"] == pytest.approx(1.162, abs=0.002)


# Shares and concentration


def test_index_of_a_known_market():
    assert shares.hhi_bounds([50, 30, 20]) == (3800, 3800)
    assert shares.hhi_bounds([100]) == (10000, 10000)
    # 40 and 20 listed: 40 are left, at most two more firms of 20.
    assert shares.hhi_bounds([40, 20]) == (2000, 2800)
    with pytest.raises(ValueError, match="sum to 130"):
        shares.hhi_bounds([80, 50])


@given(st.lists(st.floats(0.5, 30), min_size=2, max_size=3))
def test_index_bounds_hold_any_way_of_filling_the_rest(listed):
    least, most = shares.hhi_bounds(listed)
    assert least <= most <= 10000
    rest = 100 - sum(listed)
    pieces = int(rest // min(listed)) + 1
    filled = [*listed, *[rest / pieces] * pieces]
    assert least - 1e-6 <= sum(share**2 for share in filled) <= most + 1e-6


def test_shares_never_exceed_the_whole(now):
    parts = shares.segments(shares.shares(now))
    totals = parts.groupby(["definition", "period"])["p50"].sum()
    # IDC's card counts are rounded to ten thousand, so their parts exceed the total by a quarter of a point.
    assert totals.between(99.5, 100.5).all()
    providers = cloud.cloud_shares(now).groupby(["market", "period"])["p50"].sum()
    assert (providers <= 100).all()


def test_definitions_disagree_on_nvidia_in_2025(now):
    held = shares.shares(now).query("entity == 'NVIDIA' and period == '2025'").set_index("definition")["p50"]
    assert held[shares.CARDS] == pytest.approx(55, abs=0.5)
    assert held[shares.VALUE] == pytest.approx(39)


def test_groups_make_no_index(now):
    known = shares.shares(now)
    indices = shares.concentration(known)
    assert shares.SERVERS not in set(indices["entity"])
    cards = indices[(indices["entity"] == shares.CARDS) & (indices["period"] == "2025")].iloc[0]
    assert cards["p5"] == pytest.approx(55**2 + 20.3**2 + 6.625**2 + 4**2 + 2 * 2.9**2, rel=1e-3)


def test_three_cloud_markets_do_not_share_a_leader(now):
    first = cloud.leaders(cloud.cloud_shares(now)).set_index("market")["entity"]
    assert first[cloud.CLOUD] == "Alibaba Cloud"
    assert first[cloud.TOKENS] == "ByteDance Volcano Engine"
    lists = cloud.fullest_shares(cloud.cloud_shares(now))
    assert lists.groupby("market")["p50"].sum().tolist() == pytest.approx([100, 100, 100])


# Buyers and prices


def test_capex_of_the_four_is_about_ten_times_the_chinese_count(now):
    pairs = capex.comparison(capex.capex(now)).set_index("period")
    assert pairs.loc["2026", "ratio"] == pytest.approx(10, rel=0.15)
    # "More than 70 bn" leaves the upper side open, so the lower ratio is unknown, not a guess.
    assert pd.isna(pairs.loc["2025", "ratio_low"])
    claimed = capex.capex(now).query("status == 'claimed'")["evidence"]
    used = ";".join(pairs["evidence"]).split(";")
    assert not set(claimed) & set(used)


def test_the_h20_is_not_the_h200_and_a_910b_may_be_any_bin(now):
    named = prices.matching_chips("H20", now.chips, server=False)["name"]
    assert len(named)
    assert not named.str.contains("H200").any()
    bins = prices.matching_chips("Ascend 910B", now.chips, server=False)["tflops_fp16_dense"]
    assert (bins.min(), bins.max()) == (280, 414)
    assert set(prices.matching_chips("H100", now.chips, server=True)["chip_id"]) == {"h100_sxm"}


def test_a_flop_cost_more_after_the_rule_of_2023(now):
    step = prices.before_and_after(prices.chip_prices(now)).set_index("rule").loc["October 2023 rule"]
    h800 = 2.0e6 / 8 / 989 / 7.0809
    h20 = 1.4e6 / 8 / 148 / 7.1957
    assert step["before_usd"] == pytest.approx(h800, rel=1e-3)
    assert step["after_usd"] == pytest.approx(h20, rel=1e-3)
    assert step["ratio"] == pytest.approx(h20 / h800, rel=1e-3)


def test_a_useful_flop_is_a_peak_flop_over_what_is_used_of_it(now):
    steps = useful_price.useful_steps(prices.before_and_after(prices.chip_prices(now)), now.assumptions)
    same, across = (
        steps.set_index("rule").loc[rule] for rule in ("October 2023 rule", "April 2025 licence rule")
    )
    # H800 and H20 are of one architecture: one prior, drawn once, leaves their ratio alone.
    assert same["useful_ratio"] == same["ratio"] and same["assumptions"].count(";") == 0
    used = (0.30 * 0.55) ** 0.5 / (0.22 * 0.48) ** 0.5
    assert across["useful_ratio"] == pytest.approx(across["ratio"] * used, rel=1e-6)
    assert across["useful_low"] < across["ratio_low"] < across["useful_ratio"] < across["useful_high"]
    unknown = useful_price.useful_steps(prices.before_and_after(prices.chip_prices(now)), now.assumptions[:0])
    assert unknown["useful_ratio"].isna().all()


def test_rent_is_per_gpu_and_hour(now):
    rents = prices.rentals(now).set_index(["chip", "place"])["p50"]
    assert rents["A100", "China"] == pytest.approx(0.75)
    assert rents["A100", "United States"] == pytest.approx(1.25)
    assert rents["H100", "China"] == pytest.approx(75000 / 8 / 730.5 / 7.1875, rel=1e-3)


# Substitution


def test_equivalents_of_known_chips(now):
    for precision in ("fp16", "int8"):
        h20 = equivalence.factor("NVIDIA H20", 2024, now.chips, precision)
        assert h20.mid == pytest.approx(0.15, abs=0.001)
        a800 = equivalence.factor("NVIDIA A800", 2023, now.chips, precision)
        assert a800.mid == pytest.approx(0.315, abs=0.001)
    # By memory bandwidth an H20 is more than an H100: what the limits did not count.
    by_bandwidth = equivalence.factor("NVIDIA H20", 2024, now.chips, "memory_bandwidth")
    assert by_bandwidth.low == pytest.approx(4000 / 3350, rel=1e-3)
    huawei_mix = equivalence.factor("Huawei Ascend", 2025, now.chips, "fp16")
    assert huawei_mix.low == pytest.approx(280 / 989.4, rel=1e-3)
    assert huawei_mix.high == pytest.approx(752 / 989.4, rel=1e-3)


def test_interval_of_a_product():
    low, middle, high = equivalence.product((80, 100, 125), (0.4, 0.5, 0.625))
    assert middle == 50
    # Equal log-widths of 1.25 each: together 1.25 to the root of two.
    assert high == pytest.approx(50 * 1.25**2**0.5)
    assert low == pytest.approx(50 / 1.25**2**0.5)
    nothing = float("nan")
    assert pd.isna(equivalence.product((nothing, 100, nothing), (1, 1, 1))[0])
    assert pd.isna(equivalence.product((100, 100, nothing), (0.4, 0.5, 0.6))[2])


def test_a_count_over_two_years_is_split_and_kept_whole(now):
    lines = substitution.supply(now)
    a800 = lines[(lines["entity"] == "NVIDIA A800") & (lines["quantity"] == substitution.UNITS)]
    assert set(a800["year"]) == {2022, 2023}
    whole = now.facts.set_index("fact_id").loc["c-a800-cum", "value"]
    assert a800["p50"].sum() == pytest.approx(whole)


def test_licensed_supply_fell_and_domestic_supply_rose(now):
    totals = substitution.by_origin(substitution.supply(now))
    change = substitution.moved(totals).set_index(["origin", "from", "quantity"])
    imported = change.loc[(card_counts.IMPORTED, 2024, substitution.FP16)]
    domestic = change.loc[(card_counts.DOMESTIC, 2024, substitution.FP16)]
    assert imported["high"] < 0 < domestic["low"]
    h20 = totals.query("entity == @card_counts.IMPORTED and year == 2024").set_index("quantity")
    assert h20.loc[substitution.FP16, "p50"] == pytest.approx(958_411 * 148 / 989.4, rel=1e-3)


def test_growth_by_coverage_is_told_from_growth_of_the_same_makers(now):
    lines = substitution.supply(now)
    same = substitution.same_makers(lines).set_index("quantity").loc[substitution.UNITS]
    assert (same["makers"], same["counted_first"], same["counted_last"]) == ("Cambricon and Huawei", 2, 4)
    assert (same["first"], same["last"]) == (143_000 + 200_000, 116_000 + 812_000)
    total = substitution.by_origin(lines).query("entity == @card_counts.DOMESTIC and year == 2025")
    assert same["last"] < total.set_index("quantity").loc[substitution.UNITS, "p50"]


def test_value_carries_the_rounding_of_what_was_printed(now):
    value = substitution.value_moved(now, shares.shares(now)).set_index(["entity", "period"])
    nvidia, home = value.loc[("NVIDIA", "2025")], value.loc[("Chinese AI chip vendors", "2025")]
    assert (nvidia["p5"], nvidia["p50"], nvidia["p95"]) == pytest.approx(
        (0.385 * 36.5, 0.39 * 37, 0.395 * 37.5)
    )
    assert (home["p5"], home["p50"], home["p95"]) == pytest.approx((15.5, 16, 16.5))


def test_an_early_edition_counts_only_what_it_could(evidence):
    years = substitution.supply(evidence)["year"]
    assert (years <= evidence.as_of.year).all()


def test_stopped_sales_in_three_units(now):
    stopped = substitution.foregone(now, revenue.charges(now), prices.chip_prices(now)).set_index("unit")
    assert stopped.loc["USD", "p50"] == pytest.approx(10.5e9)
    assert stopped.loc["cards", "p5"] < stopped.loc["cards", "p50"] < stopped.loc["cards", "p95"]
    assert stopped.loc["H100e", "p50"] == pytest.approx(stopped.loc["cards", "p50"] * 148 / 989.4, rel=1e-3)


# Model gap and adoption


def test_every_measure_of_the_gap_stays_by_itself(now):
    lags = model_gap.lags(now)
    caisi = lags[lags["measure"].str.startswith("NIST CAISI")].set_index("subject")["p50"]
    assert caisi["DeepSeek V4 Pro"] == 8
    assert caisi["GLM-5.3"] == 4
    opinion = lags[lags["measure"] == "opinion"].iloc[0]
    assert (opinion["p5"], opinion["p95"], opinion["status"]) == (3, 6, "claimed")
    stated = set(now.facts.query("metric in ('model_lag', 'self_reported_lag')")["fact_id"])
    assert set(lags["evidence"]) <= stated, "a lag that no source states, such as an average"


def test_score_gaps_of_2023_and_2024(now):
    changes = model_gap.score_changes(model_gap.score_gaps(now)).set_index(["measure", "unit"])
    assert changes.loc[("MMLU", "percentage points"), ["first", "last"]].tolist() == [17.5, 0.3]


def test_using_and_fully_implemented_reverse_the_order(now):
    ranks = adoption.ranks(adoption.survey(now)).set_index("entity")
    assert ranks.loc["China", "rank_using"] == 1
    assert ranks.loc["United States", "rank_fully"] == 1
    ratio = adoption.patent_ratio(adoption.patents(now))["p50"].iloc[0]
    assert ratio == pytest.approx(38210 / 6276)
