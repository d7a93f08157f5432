"""The claims ledger on the shipped evidence: complete, traceable, and different when its evidence is."""

import csv
import json
import re
import shutil
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from typer import Typer
from typer.testing import CliRunner

from helpers.cli.claims import claims as command
from helpers.evidence import load
from helpers.models.claims import (
    JSON_COLUMNS,
    VERDICTS,
    LedgerError,
    as_table,
    judge_all,
    ledger,
    linked,
    tally,
)
from helpers.models.claims.known import Known
from helpers.models.claims.lookups import functions
from helpers.paths import data_dir

FRESH = Path(__file__).parent / "fixtures" / "fresh_claims.csv"
SAID_LAST = pd.Timestamp("2025-06-14")


@cache
def whole():
    return replace(load(), full=None)


@cache
def judged(as_of="latest"):
    return judge_all(load(as_of)).set_index("id", drop=False)


def changed(table, where, **cells):
    """The evidence with some cells of the rows of an id (or a mask) changed."""
    evidence = whole()
    frame = getattr(evidence, table).copy()
    rows = where if isinstance(where, pd.Series) else frame[f"{table[:-1]}_id"] == where
    assert rows.any(), where
    for name, value in cells.items():
        frame.loc[rows, name] = value
    return replace(evidence, **{table: frame})


def verdict(evidence, claim_id, which="verdict_now"):
    only = evidence.claims[evidence.claims["claim_id"] == claim_id].assign(same_as="")
    return judge_all(replace(evidence, claims=only))[which].iloc[0]


def test_every_article_is_read_and_every_statement_has_two_verdicts():
    table = judged()
    assert len(table) >= 45
    assert set(table["source_id"].str.split("-").str[1]) == {
        "tekedia",
        "aibusiness",
        "noahwire",
        "guancha",
        "americandailypress",
    }
    assert set(table["verdict_then"]) | set(table["verdict_now"]) <= set(VERDICTS)
    assert (table["reason"].str.len() > 10).all() and (table["reason_then"].str.len() > 10).all()
    assert table["paragraph"].ge(1).all()


def test_most_statements_have_a_check_and_all_kinds_are_there():
    claims = whole().claims
    assert (claims["check"] != "").mean() > 0.8
    assert set(claims["kind"]) == {"number", "comparison", "date", "forecast", "attribution"}
    assert ((claims["check"] == "") == (claims["why_not"] != "")).all()


def test_every_evidence_id_is_a_row():
    evidence = whole()
    rows = {rule["id"] for rule in evidence.rules}
    tables = {
        "facts": "fact_id",
        "chips": "chip_id",
        "events": "event_id",
        "sources": "source_id",
        "rates": "rate_id",
    }
    for table, name in tables.items():
        rows |= set(getattr(evidence, table)[name])
    for row in judged().itertuples():
        assert set(row.evidence) <= rows, row.id
        assert row.evidence or row.computed is None, row.id


@pytest.mark.parametrize(
    ("claim_id", "then", "now"),
    [
        ("tekedia-230-eflops", "supported", "outdated"),
        ("tekedia-growth-30", "not checkable", "contradicted"),
        ("tekedia-sum-300", "supported", "supported"),
        ("tekedia-timing", "contradicted", "contradicted"),
        ("tekedia-waic-exhibits", "mixed", "mixed"),
        ("tekedia-lead-cause", "not checkable", "not checkable"),
        ("aibusiness-910b-a100", "vendor claim, unconfirmed", "mixed"),
        ("guancha-tools-open", "not checkable", "supported"),
        ("tekedia-us-dominance", "supported", "outdated"),
        ("noahwire-cloud-growth", "supported", "supported"),
        ("noahwire-cloud-usd", "contradicted", "contradicted"),
        ("guancha-2023-rule", "supported", "supported"),
        ("guancha-definition", "supported", "supported"),
        ("guancha-wipo-six", "supported", "supported"),
        ("guancha-sas-lead", "mixed", "mixed"),
        ("dailypress-200k-said", "supported", "supported"),
        ("dailypress-200k-made", "not checkable", "contradicted"),
        ("dailypress-25bn", "mixed", "mixed"),
        ("dailypress-since-2019", "mixed", "mixed"),
    ],
)
def test_known_verdicts(claim_id, then, now):
    row = judged().loc[claim_id]
    assert (row["verdict_then"], row["verdict_now"]) == (then, now)


def test_the_arithmetic_inside_a_claim():
    table = judged()
    assert table.loc["tekedia-sum-300", "computed"] == pytest.approx(299)
    assert table.loc["tekedia-timing", "computed"] == pytest.approx(14.2, abs=0.1)
    assert table.loc["noahwire-cloud-usd", "ratio"] == pytest.approx(1.03, abs=0.01)
    assert table.loc["guancha-wipo-six", "computed"] == pytest.approx(6.09, abs=0.01)
    assert table.loc["dailypress-200k-made", "ratio"] == pytest.approx(4.06, abs=0.05)
    assert table.loc["dailypress-25bn", "computed"] == pytest.approx(24.97e9, rel=0.001)


@pytest.mark.parametrize(
    ("kind", "claim_id", "evidence", "now"),
    [
        ("number", "guancha-wipo-six", ("facts", "g-wipo-china", {"value": 6276.0}), "contradicted"),
        ("number", "noahwire-cloud-usd", ("facts", "a-huawei-cloud-2023", {"value": 53.8e9}), "supported"),
        ("comparison", "guancha-sas-lead", ("facts", "g-sas-use-china", {"value": 60.0}), "contradicted"),
        ("comparison", "tekedia-ascend-inferior", ("chips", "ascend_910b", {"tflops_fp16_dense": 2000.0}), "mixed"),
        ("date", "guancha-2023-rule", ("events", "pe-2023-10-17", {"date": "2023-11-17"}), "contradicted"),
        ("date", "guancha-vidu-week", ("facts", "h-video-vidu-public", {
            "period_start": pd.Timestamp("2024-09-30"), "period_end": pd.Timestamp("2024-09-30")}), "contradicted"),
        ("forecast", "dailypress-200k-made", ("facts", "c-idc-huawei-2025", {"value": 150000.0}), "supported"),
        ("forecast", "tekedia-growth-30", ("facts", "a-total-2024end-280", {"value": 299.0}), "mixed"),
        ("attribution", "dailypress-200k-said", ("facts", "b-2025-kessler", {"value": 300000.0, "high": 300000.0}),
         "contradicted"),
    ],
)  # fmt: skip
def test_the_verdict_changes_with_its_evidence(kind, claim_id, evidence, now):
    table, row_id, cells = evidence
    assert judged().loc[claim_id, "kind"] == kind
    assert judged().loc[claim_id, "verdict_now"] != now
    assert verdict(changed(table, row_id, **cells), claim_id) == now


def test_scope_turns_a_right_number_into_a_mixed_one_and_back():
    as_ai = changed("facts", "a-huawei-rd-2024", metric="ai_rd_expense")
    assert verdict(as_ai, "dailypress-25bn") == "supported"
    implemented = changed("facts", "g-sas-full-china", value=30.0)
    assert verdict(implemented, "guancha-sas-lead") == "supported"
    external = changed("facts", "a-huawei-cloud-2023-external", value=55.3e9)
    assert verdict(external, "noahwire-cloud-revenue") == "supported"


def test_a_vendors_claim_is_confirmed_by_an_independent_test_only():
    tests = whole().facts["fact_id"].str.startswith("f-flagperf")
    assert verdict(whole(), "guancha-910b-20") == "mixed"
    own_word = changed("facts", tests, status="claimed")
    assert verdict(own_word, "guancha-910b-20") == "vendor claim, unconfirmed"
    slower = changed("facts", "f-flagperf-910b-fp16", value=220.0)
    assert verdict(slower, "guancha-910b-20") == "contradicted"


@pytest.mark.parametrize(
    ("claim_id", "words"),
    [
        ("dailypress-25bn", ("R&D expense 2024", "period average 2024", "CNY per USD", "whole group")),
        ("noahwire-cloud-usd", ("Huawei Cloud, revenue 2023", "period average 2023", "July 2024")),
        ("tekedia-limited-compute", ("Read as “a smaller share", "share of world compute", "China at")),
        ("tekedia-growth-30", ("announced first was 16.5 %", "makes it 21.7 %")),
        ("noahwire-cloud-pivotal", ("Huawei, growth from revenue 2022 to revenue 2023 at 9.63 %",)),
        ("aibusiness-cloud-instead", ("2.3 times the energy",)),
        ("dailypress-share-gain", ("unit share 2025 at 41 %", "shipments 2023-H1")),
        ("tekedia-us-dominance", ("is not above 60 models (2 times China)",)),
        ("tekedia-outturn-300", ("2026-10-09", "280 EFLOPS")),
    ],
)  # fmt: skip
def test_a_reason_says_whose_number_of_what_and_when(claim_id, words):
    said = judged().loc[claim_id, "reason"]
    assert not [word for word in words if word not in said], said


def test_a_number_in_a_remark_follows_its_evidence():
    other = changed("facts", "a-growth-2024-jan25", value=12.5)
    only = other.claims[other.claims["claim_id"] == "tekedia-growth-30"].assign(same_as="")
    assert "announced first was 12.5 %" in judge_all(replace(other, claims=only))["reason"].iloc[0]


def test_every_reason_is_one_sentence_that_readers_can_read():
    for row in judged().itertuples():
        for text in (row.reason, row.reason_then):
            assert text[0].isupper() or not text[0].isalpha(), text
            assert text.endswith(".") and not text.endswith(".."), text
            assert not re.search(r"_|\{|\}|nan|None|  |\bfor the\b the", text), text


def test_a_later_level_outdates_and_a_corrected_one_contradicts():
    later = whole().facts["published"] > pd.Timestamp("2024-07-31")
    series = whole().facts["metric"] == "compute_capacity_facilities"
    no_news = replace(whole(), facts=whole().facts[~(later & series)])
    assert verdict(no_news, "tekedia-230-eflops") == "supported"
    facts = no_news.facts.copy()
    row = facts[facts["fact_id"] == "a-total-2023end"].assign(
        fact_id="corrected", value=260.0, published=pd.Timestamp("2024-12-01"), row=9999
    )
    corrected = replace(no_news, facts=pd.concat([facts, row], ignore_index=True))
    assert verdict(corrected, "tekedia-230-eflops") == "contradicted"


def test_what_came_after_the_article_never_moves_the_first_verdict():
    """Every fact published after the last article is multiplied by ten; no first verdict may move."""
    late = whole().facts["published"] > SAID_LAST
    facts = whole().facts.copy()
    facts.loc[late, ["value", "low", "high"]] *= 10
    again = judge_all(replace(whole(), facts=facts)).set_index("id")
    assert (again["verdict_then"] == judged()["verdict_then"]).all()
    assert (again["verdict_now"] != judged()["verdict_now"]).any()


def test_evidence_that_is_published_later_makes_the_first_verdict_wait():
    late = changed("facts", "g-wipo-china", published=pd.Timestamp("2025-01-01"))
    assert verdict(late, "guancha-wipo-six", "verdict_then") == "not checkable"
    assert verdict(late, "guancha-wipo-six") == "supported"


def test_a_forecast_is_not_judged_before_it_is_due():
    early = judge_all(load("2024-09-30")).set_index("id")
    assert early.loc["tekedia-growth-30", "verdict_now"] == "not checkable"
    assert "2024-12-31" in early.loc["tekedia-growth-30", "reason"]
    assert judged().loc["guancha-invest-level", "verdict_now"] == "not checkable"


def test_editions_hold_only_what_had_been_said_and_known():
    first, second = judged("2024-08-01"), judged("2025-06-30")
    assert {"tekedia-230-eflops", "guancha-wipo-six"} <= set(first["id"])
    assert not first["id"].str.startswith(("noahwire", "dailypress")).any()
    assert set(first["id"]) < set(second["id"]) <= set(judged()["id"])
    assert first.loc["tekedia-230-eflops", "verdict_now"] == "supported"
    assert second.loc["tekedia-230-eflops", "verdict_now"] == "outdated"
    nothing = judge_all(load("2024-01-01"))
    assert nothing.empty and tally(nothing)[0].empty and linked(nothing).empty
    assert ledger(nothing, load("2024-01-01")) == [] and as_table(nothing).empty
    for as_of in ("2024-08-01", "2025-06-30"):
        for row in judged(as_of).itertuples():
            for text in (row.reason, row.reason_then):
                for day in re.findall(r"\b20\d\d-\d\d-\d\d\b", text):
                    assert day <= as_of or day == row.due, (row.id, text)


def test_a_reason_of_an_edition_knows_nothing_later():
    """Names and years of what came after: a scope note or a reading says them only once they are evidence."""
    for as_of, later in (
        ("2024-08-01", "CloudMatrix|Epoch|FlagPerf|2026|(early|in) 2025"),
        ("2025-06-30", "(?<!FY)2026|FlagPerf"),
    ):
        for row in judged(as_of).itertuples():
            for text in (row.reason, row.reason_then):
                assert not re.search(later, text.replace(row.due, "")), (as_of, row.id, text)


def test_editions_cite_only_rows_they_know():
    for as_of in ("2024-08-01", "2025-06-30"):
        evidence = load(as_of)
        facts = set(whole().facts["fact_id"]) - set(evidence.facts["fact_id"])
        sources = set(whole().sources["source_id"]) - set(evidence.sources["source_id"])
        for row in judged(as_of).itertuples():
            assert not set(row.evidence) & (facts | sources), row.id


def broken(**cells):
    claims = (
        whole().claims[whole().claims["claim_id"] == "guancha-wipo-six"].assign(**{"same_as": "", **cells})
    )
    return replace(whole(), claims=claims)


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"check": 'fact("no-such-fact")'}, r"column check: fact: no fact_id 'no-such-fact'"),
        ({"check": 'chip("no_chip", "tdp_w")'}, r"column check: chip: no chip_id 'no_chip'"),
        ({"check": 'chip("h100_sxm", "colour")'}, r"column check: chip: no column 'colour'"),
        ({"check": 'event("pe-none")'}, r"column check: event: no event_id 'pe-none'"),
        ({"check": 'reported_by("nobody")'}, r"column check: reported_by: no source_id 'nobody'"),
        ({"check": 'status("GeForce 9999", "2024-01-01") == "x"'}, r"column check: status: no chip"),
        ({"check": 'newest(entity="China", metric="happiness")'}, r"column check: newest: no fact has metric"),
        ({"check": 'newest(entity="China", metrics="x")'}, r"column check: newest"),
        ({"check": 'facts("g-wipo-china")'}, r"column check: unknown function 'facts'"),
        ({"check": 'fact("g-wipo-china") > "many"'}, r"column check: cannot compare a number with a word"),
        ({"check": 'fx(fact("g-wipo-china"), "CNY", "USD", "2023", "spot")'}, r"column check: fx"),
        ({"check": 'result("chips.frontier_lag")'}, r"column check: result: needs the results of a run"),
        ({"check": 'ratio(fact("g-wipo-china"))'}, r"column check: ratio"),
        ({"check": "6 +"}, r"column check: not an expression"),
        ({"unit": "percent"}, r"column unit: found percent, the check gives x"),
        ({"claimed_value": float("nan")}, r"column claimed_value"),
        ({"direction": "roughly"}, r"column direction: .*found 'roughly'"),
        ({"scope_check": "6", "scope_note": "it does not"}, r"column scope_check: gives a number"),
        ({"scope_check": "1 > 2"}, r"column scope_note"),
        ({"check": ""}, r"columns check and why_not"),
        ({"check": 'newest(entity="China", metric="datacenter_racks", period="2024-13-31")'},
         r"column check: .*no row of the evidence ever answers it"),
        ({"scope_note": 'it is {fact("no-such-fact")}'}, r"column scope_note: fact: no fact_id"),
        ({"same_as": "nobody-said-so"}, r"column same_as: no claim 'nobody-said-so'"),
    ],
)  # fmt: skip
def test_a_check_that_cannot_run_is_an_error_with_its_place(cells, named):
    with pytest.raises(LedgerError, match=named) as raised:
        judge_all(broken(**cells))
    assert "claims.csv row " in str(raised.value)


def test_all_faults_are_told_at_once():
    claims = whole().claims.copy()
    claims.loc[claims["claim_id"] == "guancha-wipo-six", "check"] = "nothing()"
    claims.loc[claims["claim_id"] == "guancha-wipo-far", "check"] = "1 +"
    with pytest.raises(LedgerError) as raised:
        judge_all(replace(whole(), claims=claims))
    assert len(raised.value.faults) == 2


def test_results_of_a_run_can_be_checked():
    lag = pd.DataFrame(
        [{"entity": "China", "period": "2025", "quantity": "lag", "unit": "months", "p5": 20, "p50": 27, "p95": 33,
          "as_of": "2026-10-09", "evidence": "h100_sxm;ascend_910c"}]
    )  # fmt: skip
    claim = {"check": 'result("chips.frontier_lag", entity="China", quantity="lag")', "unit": "months"}
    ranged = broken(**claim, claimed_value=24.0, tolerance=0.0)
    row = judge_all(ranged, lambda notebook, name: lag).iloc[0]
    assert (row["verdict_then"], row["verdict_now"]) == ("not checkable", "mixed")
    assert (row["low"], row["high"], row["evidence"]) == (20, 33, ["h100_sxm", "ascend_910c"])


def test_fresh_claims_need_rows_and_no_code(tmp_path):
    """An analyst appends claims to the file, nine of them from articles just read; most are judged, and rightly."""
    folder = tmp_path / "data"
    shutil.copytree(data_dir(), folder)
    with FRESH.open(encoding="utf-8", newline="") as file:
        fresh = list(csv.DictReader(file))
    with (folder / "claims.csv").open("r+", encoding="utf-8", newline="") as file:
        names = csv.DictReader(file).fieldnames
        file.seek(0, 2)
        writer = csv.DictWriter(file, names, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writerows({**row, "source_id": "seed-guancha-2024-08-01", "paragraph": 1} for row in fresh)
    table = judge_all(load(folder=folder)).set_index("id")
    judged_now = [table.loc[row["claim_id"], "verdict_now"] != "not checkable" for row in fresh]
    assert len(fresh) >= 10 and sum(judged_now) >= 0.7 * len(fresh)
    assert {row["claim_id"]: row["expected"] for row in fresh} == {
        row["claim_id"]: table.loc[row["claim_id"], "verdict_now"] for row in fresh
    }


def test_the_same_number_told_twice_is_linked():
    pairs = linked(judged().reset_index(drop=True)).set_index(["id", "other"])
    growth = pairs.loc[("tekedia-timing", "tekedia-growth-30")]
    assert growth["ratio"] == pytest.approx(1.0)
    assert ("aibusiness-910b-a100", "guancha-910b-20") in pairs.index
    early = judged("2024-08-01").reset_index(drop=True)
    assert set(linked(early)["other"]) <= set(early["id"])


def test_a_claim_in_percent_is_no_multiple_of_one_in_times():
    rows = judged()
    unit = rows.set_index("id")["unit"]
    pairs = linked(rows).dropna(subset=["ratio"])
    assert len(pairs) and (unit[pairs["id"]].to_numpy() == unit[pairs["other"]].to_numpy()).all()


def test_tally_counts_every_claim_and_warns():
    counts, caution = tally(judged())
    assert counts["all"].sum() == len(judged())
    assert (counts[list(VERDICTS)].sum(axis=1) == counts["all"]).all()
    assert "not truthfulness" in caution


def test_ledger_gives_each_article_its_statements_in_order():
    articles = ledger(judged().reset_index(drop=True), load())
    assert len(articles) == 5
    assert [article["published"] for article in articles] == sorted(
        article["published"] for article in articles
    )
    for article in articles:
        places = [row["paragraph"] for row in article["statements"]]
        assert places == sorted(places) and article["source"]["publisher"]
        assert sum(article["tally"].values()) == len(places)


def test_the_saved_table_holds_evidence_as_text(tmp_path):
    as_table(judged()).to_csv(tmp_path / "verdicts.csv", index=False)
    again = pd.read_csv(tmp_path / "verdicts.csv").set_index("id")
    assert again.loc["guancha-wipo-six", "evidence"] == "g-wipo-china;g-wipo-united-states"


@pytest.fixture
def cli():
    app = Typer()
    app.command()(command)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_cli_json_has_exactly_the_promised_keys(cli):
    rows = json.loads(cli("--json").stdout)
    assert len(rows) == len(judged())
    assert all(tuple(row) == JSON_COLUMNS for row in rows)
    assert all(isinstance(row["evidence"], list) for row in rows)


def test_cli_judges_one_claim_and_an_edition(cli):
    row = json.loads(cli("--json", "--id", "guancha-wipo-six").stdout)[0]
    assert (row["claimed"], row["verdict_now"]) == (6.0, "supported")
    text = cli("--id", "tekedia-growth-30").stdout
    assert "contradicted" in text and "growth(" in text
    assert "supported" in cli("--id", "tekedia-230-eflops", "--as-of", "2024-08-01").stdout
    early = json.loads(cli("--json", "--as-of", "2024-08-01").stdout)
    assert len(early) == len(judged("2024-08-01")) < len(judged())


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--id", "nobody-said-so"), "nobody-said-so"),
        (("--id", "dailypress-25b"), "did you mean dailypress-25bn"),
        (("--id", "dailypress-25bn", "--as-of", "2024-08-01"), "said in 2025-06-14, after 2024-08-01"),
        (("--as-of", "yesterday"), "yesterday"),
    ],
)
def test_cli_names_what_it_cannot_do(cli, words, named):
    done = cli(*words)
    assert done.exit_code == 1 and named in done.stderr


def test_the_guide_names_every_function_of_a_check():
    guide = (data_dir() / "README.md").read_text(encoding="utf-8").partition("## A claim and its check")[2]
    known = functions(Known(whole(), date(2026, 1, 1)))
    assert not [name for name in known if not re.search(rf"`[^`]*\b{name}\b", guide)]


def test_said_is_the_day_of_the_article():
    assert judged().loc["guancha-wipo-six", "said"] == date(2024, 8, 1).isoformat()
