"""Sensitivity, the lattice, the page's interpolation and the exhibits of the capacity chapter."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from SALib.analyze import sobol as salib_analyse
from SALib.sample import sobol as salib_sample
from SALib.test_functions import Ishigami

from helpers.evidence import load
from helpers.exhibits import capacity as exhibits
from helpers.models.capacity import sensitivity, stock
from helpers.models.capacity.backtest import backtest, summary, verdict
from helpers.models.capacity.lattice import EDGE, interpolate, lattice, straightened, top_factors
from helpers.models.capacity.reconcile import reconciliation
from helpers.models.capacity.result import simulate
from helpers.models.capacity.scenarios import scenario_paths
from helpers.models.capacity.scoreboard import leaders, open_statements, scoreboard, statements_on
from helpers.models.capacity.series import breaks, implied_h100e, official_series
from helpers.models.capacity.targets import judged_targets, share_of_world
from helpers.models.capacity.walk import walk

SCRIPT = Path(__file__).parents[1] / "report" / "assets" / "js" / "capacity.js"


@pytest.fixture(scope="module")
def now():
    return load()


@pytest.fixture(scope="module")
def indices(now):
    return sensitivity.sobol_indices(now, base=256)


@pytest.fixture(scope="module")
def grid(now, indices):
    return lattice(now, top_factors(indices), draws=128, tested=16)


def test_the_direct_estimator_agrees_with_salib():
    problem = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[-np.pi, np.pi]] * 3}
    points = salib_sample.sample(problem, 2048, calc_second_order=False, seed=1)
    values = Ishigami.evaluate(points)
    theirs = salib_analyse.analyze(problem, values, calc_second_order=False, seed=1)
    rows = values.reshape(-1, 5)
    for place in range(3):
        first, total, low, high = sensitivity.estimate(
            rows[:, [0]], rows[:, [4]], rows[:, [1 + place]], np.random.default_rng(2)
        )
        assert first[0] == pytest.approx(theirs["S1"][place], abs=0.01)
        assert total[0] == pytest.approx(theirs["ST"][place], abs=0.01)
        assert low[0] <= total[0] <= high[0]
    # The known answer for a = 7, b = 0.1.
    assert theirs["ST"] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)


def test_every_column_that_varies_belongs_to_one_group(now):
    for day in ("2024-08-01", None):
        inputs = stock.prepare(load(day) if day else now)
        fixed = {name for name, prior in inputs.priors.items() if prior.low == prior.high}
        lost = [
            column
            for column in inputs.columns
            if sensitivity.factor_of(column) is None
            and column not in fixed
            and not column.startswith(sensitivity.UNUSED)
        ]
        assert lost == []
        members = [column for columns in sensitivity.grouped(inputs).values() for column in columns]
        assert len(members) == len(set(members))


def test_unused_columns_do_not_move_the_stock(now):
    inputs = stock.prepare(now)
    points = sensitivity.priors.uniforms(inputs.columns, 64, 1, "capacity")
    here = sensitivity.log_stock(inputs, sensitivity.redraw(inputs, points), [20])
    unused = {name: 1 - array for name, array in points.items() if name.startswith(sensitivity.UNUSED)}
    assert unused
    there = sensitivity.log_stock(inputs, sensitivity.redraw(inputs, points | unused), [20])
    assert np.array_equal(here, there)


def test_redrawing_part_equals_redrawing_all(now):
    inputs = stock.prepare(now)
    points = sensitivity.priors.uniforms(inputs.columns, 64, 1, "capacity")
    drawn = sensitivity.redraw(inputs, points)
    for columns in sensitivity.grouped(inputs).values():
        held = points | {column: 1 - points[column] for column in columns}
        part = sensitivity.redraw(inputs, held, drawn, columns)
        whole = sensitivity.redraw(inputs, held)
        assert all(np.array_equal(part[name], whole[name]) for name in whole)


def test_indices_are_shares(indices):
    assert (indices["total"] > -0.01).all() and (indices["first"] < indices["total"] + 0.15).all()
    by_year = indices.groupby("year")
    assert (by_year["first"].sum() < 1.2).all()
    assert (by_year["total"].sum() > 0.9).all()
    assert (by_year["rank"].min() == 1).all()


def test_the_sentence_states_the_largest_share(indices):
    year = int(indices["year"].max())
    text = sensitivity.in_words(indices, year)
    top = indices[indices["year"] == year].sort_values("total", ascending=False).iloc[0]
    assert text.startswith(top["factor"][0].upper() + top["factor"][1:])
    assert f"explains {100 * top['total']:.0f} %" in text and str(year) in text


def test_more_smuggling_and_longer_lives_raise_the_stock(now):
    rows = sensitivity.tornado(now, 2028, draws=128).set_index("factor")
    assert (rows["low"] <= rows["high"]).all()
    for factor in ("smuggling to 2025", "HBM supply", "service life", "other vendors' growth"):
        assert rows.loc[factor, "low"] < rows.loc[factor, "middle"] < rows.loc[factor, "high"]


def test_the_lattice_is_exact_at_its_points_and_close_between_them(grid):
    assert len(grid.factors) == 5 and grid.stock.shape[:5] == (3,) * 5
    tables = [factor["places"] for factor in grid.factors]
    for corner in ((0, 0, 0, 0, 0), (1, 1, 1, 1, 1), (2, 0, 1, 2, 0)):
        point = [(-EDGE, 0.0, EDGE)[level] for level in corner]
        assert interpolate(grid.stock, tables, grid.scores, point) == pytest.approx(grid.stock[corner])
    assert 0 < grid.error_median <= grid.error < 0.08
    assert (grid.stock[..., 0] <= grid.stock[..., 1]).all() and (
        grid.stock[..., 1] <= grid.stock[..., 2]
    ).all()


def test_a_straightened_direction_reproduces_its_sweep():
    sweep = np.exp(np.linspace(0, 2, 9))
    places = straightened(sweep)
    assert places[[0, 4, 8]].tolist() == [0, 1, 2]
    assert np.interp(places, [0, 1, 2], sweep[[0, 4, 8]]) == pytest.approx(sweep)
    turning = straightened(np.array([1.0, 3, 2, 4, 5, 5, 5, 5, 5]))
    assert turning.tolist() == np.linspace(0, 2, 9).tolist()


def test_unknown_groups_are_refused(now):
    with pytest.raises(ValueError, match="weather"):
        lattice(now, ["weather"])


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_the_page_interpolates_as_the_model_does(grid, tmp_path):
    rng = np.random.default_rng(4)
    points = rng.uniform(-1.2 * EDGE, 1.2 * EDGE, (12, 5))
    case = {"lattice": grid.payload(), "points": points.tolist()}
    (tmp_path / "case.json").write_text(json.dumps(case), encoding="utf-8")
    program = (
        f"const {{interpolate}} = require({json.dumps(str(SCRIPT))});"
        "const c = JSON.parse(require('fs').readFileSync(process.argv[1]));"
        "console.log(JSON.stringify(c.points.map(p => interpolate(c.lattice, p))));"
    )
    ran = subprocess.run(
        ["node", "-e", program, str(tmp_path / "case.json")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    tables = [factor["places"] for factor in grid.factors]
    for told, point in zip(json.loads(ran.stdout), points, strict=True):
        assert np.array(told) == pytest.approx(interpolate(grid.stock, tables, grid.scores, point), rel=2e-4)


def test_the_controls_stand_without_their_script(grid):
    page = exhibits.controls_html(grid)
    assert page.count('type="range"') == 5 and page.count("<label") == 5 and page.count("<output") == 5
    assert not re.search(r"\son\w+=|style=|javascript:", page)
    payload = json.loads(
        re.search(r'class="capacity-lattice">(.*?)</script>', page, re.S)[1].replace("<\\/", "</")
    )
    assert payload["years"] == grid.years and len(payload["stock"]) == grid.stock.size
    assert f"{100 * grid.error:.1f} %" in page
    middle = grid.stock[1, 1, 1, 1, 1, -1, 1]
    assert f">{middle / 1e6:.2f}<" in page
    assert not re.search(r"\beval\(|new Function|innerHTML|https?://", SCRIPT.read_text(encoding="utf-8"))


def made(day, indices=None):
    evidence = load(day) if day else load()
    as_of, result = evidence.as_of, simulate(evidence, draws=128)
    current = result.labels[result.inputs.now]
    sources = result.sources_of("China", "installed")
    series = official_series(evidence, result)
    targets = judged_targets(evidence)
    yield exhibits.stock_exhibit(result.stock, current, as_of, sources)
    yield exhibits.legs_exhibit(result.by_leg, current, as_of, sources)
    yield exhibits.scenario_exhibit(scenario_paths(evidence, draws=64), as_of, sources)
    yield exhibits.official_exhibit(series, breaks(series, result), as_of)
    yield exhibits.racks_exhibit(series, as_of)
    yield exhibits.implied_exhibit(implied_h100e(evidence, result), as_of, sources)
    yield exhibits.targets_exhibit(targets, as_of)
    yield exhibits.world_share_exhibit(share_of_world(evidence, result), as_of)
    yield exhibits.huawei_units_exhibit(
        statements_on(evidence, "Ascend cards", 2025), {"p5": 7e5, "p50": 8.5e5, "p95": 1e6}, 2025, as_of
    )
    yield exhibits.reconciliation_exhibit(reconciliation(result, evidence), as_of)
    yield exhibits.walk_exhibit(walk(result, evidence), as_of, sources)
    yield exhibits.open_exhibit(open_statements(evidence), as_of)
    if indices is not None:
        scores = backtest([load("2025-06-30")], evidence, draws=256)
        board = scoreboard(evidence, scores)
        yield exhibits.backtest_exhibit(scores, summary(scores), verdict(scores), as_of)
        yield exhibits.scoreboard_exhibit(board, leaders(board), as_of)
        year = int(indices["year"].max())
        swings = sensitivity.tornado(evidence, year, draws=64)
        yield exhibits.sensitivity_exhibit(
            swings, indices, sensitivity.in_words(indices, year), year, as_of, sources
        )


def test_the_tornado_and_its_title_name_the_same_group_first(now, indices):
    year = int(indices["year"].max())
    words = sensitivity.in_words(indices, year)
    swings = sensitivity.tornado(now, year, draws=64)
    shown = exhibits.sensitivity_exhibit(swings, indices, words, year, now.as_of, ["cset-ascend"])
    assert shown.title.lower().startswith(shown.data["factor"].iloc[0].lower())
    assert shown.data["share"].is_monotonic_decreasing


def test_the_walk_ends_with_its_headlines_in_the_table_of_the_page(now):
    result = simulate(now, draws=256)
    shown = exhibits.walk_exhibit(walk(result, now), now.as_of, result.sources_of("China", "installed"))
    last = shown.data.groupby("headline", sort=False).tail(1)
    assert (last["kind"] == "final").all() and (shown.data["kind"] == "final").sum() == len(last) == 9
    # What is shown of a row must be the row: one number a reader would quote, in the page itself.
    assert f"{last['middle'].iloc[0]:,.0f}" in shown.to_html()


def test_every_exhibit_is_complete_and_fits_a_phone(indices):
    found = [exhibit for exhibit in made(None, indices) if exhibit is not None]
    assert len(found) == 15 and len({exhibit.id for exhibit in found}) == 15
    for exhibit in found:
        assert exhibit.source_rows, exhibit.id
        assert not re.search(r"\bnan\b|\bNone\b|\{", exhibit.title + exhibit.alt), exhibit.id
        if exhibit.chart is not None:
            # Drawing raises when the chart is too wide for a phone or uses a colour outside the palette.
            assert "<svg" in exhibit.to_html()
            assert not [mark for mark in scaled_in_silence(exhibit.specs["wide"])], exhibit.id


def scaled_in_silence(spec):
    """The marks of a chart with a scaled axis (`datum.value / 1e6`) whose tooltip would give the number unscaled."""
    layers = spec.get("layer", [spec])
    ways = [layer.get("encoding", {}).get(way, {}) for layer in layers for way in ("x", "y")]
    if not any("/ 1e" in str((way.get("axis") or {}).get("labelExpr", "")) for way in ways):
        return
    for layer in layers:
        mark = layer["mark"]["type"] if isinstance(layer["mark"], dict) else layer["mark"]
        if mark in ("point", "bar") and "tooltip" not in layer["encoding"]:
            yield mark


@pytest.mark.parametrize("day", ["2024-08-01", "2025-06-30"])
def test_exhibits_degrade_to_what_was_known(day):
    found = [exhibit for exhibit in made(day) if exhibit is not None]
    assert len(found) >= 7
    for exhibit in found:
        assert exhibit.source_rows
        assert not re.search(r"\bnan\b|\bNone\b|\{", exhibit.title + exhibit.alt), exhibit.id
