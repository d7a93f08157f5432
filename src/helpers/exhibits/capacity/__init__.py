"""The exhibits of the capacity chapter, each from a result of `helpers.models.capacity`.

flows       the stock over time, by leg, by scenario, and what its uncertainty comes from
official    the official series with its breaks, what it implies, targets, the share of the world
scores      Huawei's cards by source, the back test, the scoreboard, the reconciliation
controls    the reader's sliders over the lattice
"""

from helpers.exhibits.capacity.controls import controls_html
from helpers.exhibits.capacity.flows import (
    legs_exhibit,
    scenario_exhibit,
    sensitivity_exhibit,
    stock_exhibit,
)
from helpers.exhibits.capacity.official import (
    implied_exhibit,
    official_exhibit,
    targets_exhibit,
    world_share_exhibit,
)
from helpers.exhibits.capacity.scores import (
    backtest_exhibit,
    huawei_units_exhibit,
    reconciliation_exhibit,
    scoreboard_exhibit,
)

__all__ = [
    "backtest_exhibit",
    "controls_html",
    "huawei_units_exhibit",
    "implied_exhibit",
    "legs_exhibit",
    "official_exhibit",
    "reconciliation_exhibit",
    "scenario_exhibit",
    "scoreboard_exhibit",
    "sensitivity_exhibit",
    "stock_exhibit",
    "targets_exhibit",
    "world_share_exhibit",
]
