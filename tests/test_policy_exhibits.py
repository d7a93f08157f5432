"""The policy chapter: its results against the record, and exhibits that every edition can draw."""

import json
import re

import pandas as pd
import pytest

from helpers.evidence import load
from helpers.exhibits.policy import rules_exhibit, timeline_exhibit
from helpers.exhibits.policy_chips import caught_exhibit, statuses_exhibit
from helpers.exhibits.policy_designer import designer_html
from helpers.exhibits.policy_frontier import agreement_exhibit, legal_frontier_exhibit
from helpers.exhibits.policy_registers import acts_register, rules_register
from helpers.exhibits.policy_space import design_space_exhibit
from helpers.exhibits.theme import TOKENS
from helpers.models.policy import panel_inputs, rules_in_force, timeline
from helpers.models.policy_findings import policy_findings
from helpers.models.rules import compile_rules
from helpers.models.rules.agreement import agreement, agreement_summary
from helpers.models.rules.design_space import design_panels
from helpers.models.rules.frontier import caught, caught_summary, legal_frontier, statuses
from helpers.models.rules.matrix import status_matrix
from helpers.results import Run, _check_long_form

_COLOUR_NAMES = {"white", "black", "red", "green", "blue", "gray", "grey", "silver", "orange", "purple", "yellow"}


class Chapter:
    """Every result of the chapter for one knowledge date."""

    def __init__(self, as_of):
        self.evidence = load(as_of=as_of)
        self.book = compile_rules(self.evidence.rulebook, self.evidence.as_of)
        self.rules = rules_in_force(self.evidence)
        self.acts = timeline(self.evidence)
        self.table = statuses(self.evidence, self.book)
        self.matrix = status_matrix(self.table, self.evidence.chips)
        self.frontier = legal_frontier(self.evidence, self.book)
        self.changes = caught(self.evidence, self.book)
        self.summary = caught_summary(self.changes, self.table)
        self.agreement = agreement(self.evidence, self.book)
        self.panels, self.points = design_panels(self.evidence, self.book)

    def exhibits(self):
        day = self.evidence.as_of
        made = [
            rules_exhibit(self.rules, day),
            timeline_exhibit(self.acts, day),
            statuses_exhibit(self.matrix, self.rules, day),
            caught_exhibit(self.summary, self.changes, self.rules, day),
            legal_frontier_exhibit(self.frontier, self.rules, day, "tpp"),
            legal_frontier_exhibit(
                self.frontier, self.rules, day, "memory_bandwidth", "US data-centre chips"
            ),
            design_space_exhibit(self.panels, self.points, self.rules, day),
            agreement_exhibit(self.agreement, agreement_summary(self.agreement), day),
        ]
        return [exhibit for exhibit in made if exhibit is not None]


@pytest.fixture(scope="module")
def latest():
    return Chapter("latest")


def test_a_chart_come_to_life_turns_every_colour_with_the_theme(latest):
    """The page turns the colours of the palette in a specification; one by another name would stay as it is."""
    light = {pair[0] for pair in TOKENS.values()}
    for exhibit in latest.exhibits():
        for chart in filter(None, (exhibit.chart, exhibit.narrow)):
            values = re.findall(r'"(?:value|color|fill|stroke)": "(#\w+|[a-z]+)"', json.dumps(chart.to_dict()))
            named = {value for value in values if value.startswith("#") or value in _COLOUR_NAMES}
            assert named <= light, exhibit.id


def on(frontier, day, quantity, basis, entity="US chips"):
    rows = frontier[
        (frontier["quantity"] == f"legal_frontier_{quantity}")
        & (frontier["basis"] == basis)
        & (frontier["entity"] == entity)
        & (frontier["period"] <= day)
    ]
    return rows.sort_values("period").iloc[-1]


@pytest.mark.parametrize(
    ("day", "quantity", "chip", "value"),
    [
        ("2023-10-22", "tpp", "H800 SXM5 80GB", 15832),  # the cut link made the H100's compute free
        ("2024-06-01", "tpp", "GeForce RTX 4090 D", 4707.2),
        ("2025-04-08", "memory_bandwidth", "H20 SXM 96GB", 4000),
    ],
)
def test_the_best_chip_that_could_be_bought_freely(latest, day, quantity, chip, value):
    row = on(latest.frontier, day, quantity, "no licence")
    assert (row["chip"], row["p50"]) == (chip, pytest.approx(value))


def test_the_legal_frontier_never_passes_the_best_on_sale(latest):
    wide = latest.frontier.pivot_table(index=["entity", "period", "quantity"], columns="basis", values="p50")
    assert (wide["no licence"] <= wide["no licence, or notification"]).all()
    assert (wide["no licence, or notification"].dropna() <= wide["best on sale"]).all()


def test_the_frontier_is_in_long_form_and_dated(latest):
    _check_long_form("legal_frontier", latest.frontier)
    assert latest.frontier["period"].max() == latest.evidence.as_of.isoformat()


def test_what_the_rule_changes_caught(latest):
    hit = latest.changes[latest.changes["effect"] == "licence"].groupby("day")["chip_id"].agg(set)
    assert hit["2023-10-23"] == {"a800_sxm_80", "a800_pcie_80", "h800_sxm", "h800_pcie", "l40s"}
    assert hit["2025-04-09"] == {"h20_96"}
    assert "h100_sxm" not in hit["2022-08-26"], "the H100 was not yet on sale"
    eased = latest.changes[latest.changes["effect"] == "eased"]
    assert set(eased["day"]) == {"2026-01-15"}
    assert (eased["after"] == "case-by-case").all()
    counted = (
        latest.summary[["licence", "notification", "open", "firmer", "eased", "settled"]].to_numpy().sum()
    )
    assert counted == len(latest.changes)


def test_no_chip_is_on_sale_before_its_release(latest):
    sold = latest.table[latest.table["on_sale"].astype(bool)]
    first = sold.groupby("chip_id")["day"].min()
    released = latest.evidence.chips.set_index("chip_id")["release_date"].reindex(first.index)
    assert (first.str.slice(0, 4) >= released.str.slice(0, 4)).all()
    assert not sold["vendor"].isin(["Google", "Amazon"]).any()


def test_the_matrix_joins_only_equal_histories(latest):
    row = latest.matrix[latest.matrix["label"] == "A100"]
    assert row["versions"].unique().tolist() == [4]
    joined = dict(zip(latest.matrix["label"], latest.matrix["chip_ids"], strict=True))
    history = latest.table.set_index(["chip_id", "day"])["status"]
    for label, ids in joined.items():
        shown = latest.matrix[latest.matrix["label"] == label].set_index("day")["status"]
        for chip_id in ids.split(";"):
            assert history[chip_id].reindex(shown.index).equals(shown.rename(None)) or (
                history[chip_id].reindex(shown.index).to_list() == shown.to_list()
            )


def test_the_plane_of_2023_has_the_borders_of_the_text(latest):
    plane = next(frame for name, frame in latest.panels.items() if name.startswith("October 2023, data"))

    def status(tpp, density):
        cell = plane[(plane["tpp_low"] <= tpp) & (tpp < plane["tpp_high"])]
        return cell[(cell["pd_low"] <= density) & (density < cell["pd_high"])]["status"].item()

    assert status(4799, 5.91) == "nac-notification"
    assert status(4799, 5.92) == "licence-required"
    assert status(4800, 1) == "licence-required"
    assert status(2399, 3.1) == "not-controlled"
    assert status(2400, 1.6) == "nac-notification"
    assert status(1599, 30) == "not-controlled"


@pytest.mark.parametrize("as_of", ["2022-06-30", "2022-12-31", "2024-08-01", "2025-06-30", "latest"])
def test_every_edition_draws_what_it_knows(as_of):
    chapter = Chapter(as_of)
    known = chapter.evidence.as_of
    for exhibit in chapter.exhibits():
        html = exhibit.to_html()
        assert exhibit.as_of == known
        assert exhibit.title in html or "&" in html
        assert "nan" not in exhibit.title.lower() + exhibit.alt.lower()
        assert {row["source_id"] for row in exhibit.source_rows} <= set(chapter.evidence.sources["source_id"])
    assert pd.to_datetime(chapter.acts["day"]).max() <= pd.Timestamp(known) + pd.Timedelta(days=366)
    text = designer_html(**panel_inputs(chapter.evidence))
    years = {rule["effective"][:4] for rule in chapter.book["rules"]}
    assert "2026-01-15" in text if "2026" in years else "2026-01-15" not in text
    assert acts_register(chapter.acts).startswith("<")
    assert rules_register(chapter.rules).startswith("<")


def test_the_newest_edition_draws_all_eight(latest):
    ids = [exhibit.id for exhibit in latest.exhibits()]
    assert len(ids) == len(set(ids)) == 8


def test_titles_hold_the_numbers_of_the_data(latest):
    made = {exhibit.id: exhibit for exhibit in latest.exhibits()}
    core = latest.agreement[latest.agreement["tier"] == "core"]
    assert f"{int(core['agrees'].sum())} of {len(core)} core" in made["policy-agreement"].title
    first = latest.summary.assign(total=latest.summary["licence"] + latest.summary["notification"])[
        "total"
    ].max()
    assert f"caught most: {first} of" in made["policy-chips-caught"].title


def test_hostile_text_cannot_become_markup(latest):
    acts = latest.acts.head(2).assign(
        title="<script>alert(1)</script>", summary="<img onerror=x>", source_ids='"><b>'
    )
    html = acts_register(acts)
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html
    specs = [{"name": "</script><b>", "tflops_fp16_dense": 1.0, "chip_id": "x"}]
    panel = designer_html(latest.book, specs, {"2022-10-21": "x"})
    assert "</script><b>" not in panel


@pytest.mark.parametrize("as_of", ["2022-06-30", "2024-08-01", "latest"])
def test_headlines_are_complete_and_lie_in_their_interval(as_of, tmp_path):
    chapter = Chapter(as_of)
    run = Run("policy", as_of, tmp_path)
    known = {exhibit.id for exhibit in chapter.exhibits()}
    found = policy_findings(
        chapter.rules,
        chapter.matrix,
        chapter.frontier,
        chapter.summary,
        chapter.agreement,
        chapter.evidence.as_of,
    )
    run.headlines(found)
    assert {row["exhibit"] for row in found} <= known
    sources = set(chapter.evidence.sources["source_id"])
    assert all(set(row["evidence"]) <= sources for row in found)
    assert len(found) == (5 if as_of == "latest" else len(found))
