"""The exhibits of the capacity chapter, each from a result of `helpers.models.capacity`.

flows       the stock over time, by leg, by scenario
drivers     what its uncertainty comes from
official    the official series with its breaks, what it implies, targets
world       the share of the world, by definition
scores      Huawei's cards by source, the back test
board       the scoreboard of estimates, forecasts that wait for their outturn
reconciled  every leg against published figures
working     the steps from inputs to each headline
rows        charts of one row per estimate, wide and narrow
controls    the reader's sliders over the lattice
"""

from helpers.exhibits.capacity.board import open_exhibit, scoreboard_exhibit
from helpers.exhibits.capacity.controls import controls_html
from helpers.exhibits.capacity.drivers import sensitivity_exhibit
from helpers.exhibits.capacity.flows import (
    legs_exhibit,
    scenario_exhibit,
    stock_exhibit,
)
from helpers.exhibits.capacity.official import (
    implied_exhibit,
    official_exhibit,
    racks_exhibit,
    targets_exhibit,
)
from helpers.exhibits.capacity.reconciled import reconciliation_exhibit
from helpers.exhibits.capacity.scores import (
    backtest_exhibit,
    huawei_units_exhibit,
)
from helpers.exhibits.capacity.working import walk_exhibit
from helpers.exhibits.capacity.world import world_share_exhibit

__all__ = [
    "backtest_exhibit",
    "controls_html",
    "huawei_units_exhibit",
    "implied_exhibit",
    "legs_exhibit",
    "official_exhibit",
    "open_exhibit",
    "racks_exhibit",
    "reconciliation_exhibit",
    "scenario_exhibit",
    "scoreboard_exhibit",
    "sensitivity_exhibit",
    "stock_exhibit",
    "targets_exhibit",
    "walk_exhibit",
    "world_share_exhibit",
]
