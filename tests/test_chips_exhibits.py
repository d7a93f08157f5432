"""Exhibits of the chips chapter: they exist in every edition that can have them, and labels keep apart."""

from itertools import pairwise

import pytest

from helpers.evidence import load
from helpers.exhibits import (
    chip_lag,
    chip_ratios,
    chip_roofline,
    chip_specs,
    chips,
    svg,
    system_work,
    systems,
)
from helpers.exhibits.layout import beside, spread
from helpers.models.chips.comparison import measured_ratios, ratios, verdicts
from helpers.models.chips.frontier import frontier
from helpers.models.chips.growth import growth_rates
from helpers.models.chips.lag import lag_at_release, lag_now, lag_over_time, quoted_lags, release_date_error
from helpers.models.chips.roofline import ratio_by_bound, roofline
from helpers.models.chips.specs import disputed_specs, spec_table
from helpers.models.chips.systems import system_ratios, system_table
from helpers.models.chips.useful_cost import useful_cost
from helpers.models.chips.useful_work import chips_per_system


def exhibits(as_of):
    """Every exhibit of the chapter for one edition, by the name of its function."""
    evidence = load(as_of=as_of)
    day, specs, error = evidence.as_of, spec_table(evidence), release_date_error(evidence)
    lines, quoted, measured = frontier(specs, day), quoted_lags(evidence), measured_ratios(evidence)
    now, compared = lag_now(specs, day, error), ratios(specs, day)
    machines = system_table(evidence, specs)
    against, costs = system_ratios(machines, day), useful_cost(evidence, machines, 1, draws=500)
    return {
        "frontier": chips.frontier_exhibit(lines, now, specs, day),
        "growth": chips.growth_exhibit(growth_rates(specs, lines, day), specs, day),
        "lag": chip_lag.lag_exhibit(now, lag_at_release(specs, lines, day, error), quoted, day),
        "lag_over_time": chip_lag.lag_over_time_exhibit(lag_over_time(specs, day, error), quoted, day),
        "ascend": chip_ratios.ascend_exhibit(compared, measured, verdicts(compared, measured), day),
        "bounds": chip_ratios.bounds_exhibit(ratio_by_bound(specs, day), day),
        "roofline": chip_roofline.roofline_exhibit(roofline(specs), specs, day),
        "specs": chip_specs.specs_exhibit(specs, day),
        "disputed": chip_specs.disputed_exhibit(disputed_specs(evidence), day),
        "systems": systems.systems_exhibit(machines, against, day),
        "holds": systems.holds_exhibit(against, measured, day),
        "fails": systems.fails_exhibit(against, costs, day),
        "equivalents": system_work.equivalents_exhibit(
            chips_per_system(evidence, machines, 1, draws=500), day
        ),
        "cost": system_work.cost_exhibit(costs, day),
    }


@pytest.mark.parametrize(
    ("as_of", "absent"),
    [("2024-08-01", {"holds", "fails", "equivalents", "cost"}), ("2025-06-30", set()), ("2026-10-09", set())],
)
def test_every_edition_has_its_exhibits_with_sources_it_knew(as_of, absent):
    made = exhibits(as_of)
    assert {name for name, exhibit in made.items() if exhibit is None} == absent
    shown = [exhibit for exhibit in made.values() if exhibit is not None]
    assert len({exhibit.id for exhibit in shown}) == len(shown)
    for exhibit in shown:
        assert exhibit.source_rows, exhibit.id
        assert "nan" not in f"{exhibit.title} {exhibit.alt}".lower().split(), exhibit.id
        assert len(exhibit.title) < 190, exhibit.id


def test_every_drawing_uses_the_palette_and_fits_a_phone():
    for exhibit in exhibits("2026-10-09").values():
        if exhibit.chart is None:
            continue
        for name, drawing in exhibit.drawings.items():
            svg.page_svg(drawing, "x", name)
            assert svg.svg_width(drawing) <= (764 if name == "wide" else 364), (exhibit.id, name)


def test_the_frontier_says_how_old_the_level_of_the_best_chinese_chip_is():
    made = exhibits("2026-10-09")["frontier"]
    assert "October 2022" in made.title and "48 months" in made.title
    best = made.data[(made.data["kind"] == "best shipping") & (made.data["entity"] == "China")].iloc[-1]
    assert best["tflops_fp16"] == 752


def test_spread_keeps_order_and_distance_and_moves_little():
    moved = spread([100, 102, 104, 300], 15)
    assert all(after - before >= 15 - 1e-9 for before, after in pairwise(moved))
    assert moved[3] == 300 and sum(moved[:3]) / 3 == pytest.approx(102)
    assert spread([5, 1], 2) == [5, 1]


def test_labels_do_not_cover_each_other_or_leave_the_plot():
    points = [(50.0, 50.0), (54.0, 50.0), (58.0, 52.0), (2.0, 2.0)]
    placed = beside(points, ["one", "two", "three", "edge"], (200, 100))
    assert placed[0] is not None and placed[3] is not None
    assert placed[3].align == "left"
    assert len({(found.dx, found.dy) for found in placed[:3] if found}) > 1
