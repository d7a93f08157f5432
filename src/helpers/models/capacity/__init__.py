"""How much AI compute China has: a stock-flow model by quarter, judged against what became known.

legs, quarters, equivalents      the parts counted, the time axis, H100-equivalents
domestic, imports                flows: Chinese makers; licensed sales, leakage, rental abroad
observations, stock              published counts taken up by the draws; the model itself
result, provenance               one run as tables, and what each of its quantities rests on
samples, walk, headlines         each headline's draws, working, and words
published_figures, reconcile     what others publish, and each leg held against it
series, targets                  the official series, its targets, the share of the world
scenarios, sensitivity, lattice  what if; what matters; the reader's controls
backtest, scoreboard             earlier vintages, and everybody's estimates, against what became known
"""

from helpers.models.capacity.backtest import backtest, origins, summary, verdict
from helpers.models.capacity.headlines import headlines
from helpers.models.capacity.lattice import lattice, top_factors
from helpers.models.capacity.reconcile import reconciliation
from helpers.models.capacity.result import CapacityResult, plain, simulate
from helpers.models.capacity.samples import monte_carlo
from helpers.models.capacity.scenarios import compare, differences, scenario_paths
from helpers.models.capacity.scoreboard import leaders, open_statements, scoreboard, statements_on
from helpers.models.capacity.sensitivity import in_words, sobol_indices, tornado
from helpers.models.capacity.series import breaks, implied_h100e, official_series
from helpers.models.capacity.targets import judged_targets, share_of_world
from helpers.models.capacity.walk import walk

__all__ = [
    "CapacityResult",
    "backtest",
    "breaks",
    "compare",
    "differences",
    "headlines",
    "implied_h100e",
    "in_words",
    "judged_targets",
    "lattice",
    "leaders",
    "monte_carlo",
    "official_series",
    "open_statements",
    "origins",
    "plain",
    "reconciliation",
    "scenario_paths",
    "scoreboard",
    "share_of_world",
    "simulate",
    "sobol_indices",
    "statements_on",
    "summary",
    "top_factors",
    "tornado",
    "verdict",
    "walk",
]
