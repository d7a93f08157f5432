"""`simulate`: one run of the model as tidy tables, each quantity with its 90 % interval.

Percentiles do not add: the interval of a total comes from the draws of the total, never from sums of intervals.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.models.capacity import stock as model
from helpers.models.capacity.equivalents import BASIS
from helpers.models.capacity.legs import DOMESTIC, LEGS, LICENSED, ROUTES
from helpers.models.capacity.provenance import counts_behind, prior_sources
from helpers.models.capacity.quarters import year_sums, years_of

SEED = 20221007
DRAWS = 4096


def simulate(
    evidence,
    scenario: str = "baseline",
    horizon: int = 2028,
    draws: int = DRAWS,
    seed: int = SEED,
    precision: str = "fp16",
    past: "CapacityResult | None" = None,
) -> "CapacityResult":
    """Run the model on the evidence as known on its `as_of`. The same arguments give the same numbers, bit for bit.

    A scenario applies from the quarter after `as_of` on; until then it is the baseline, draw by draw. past: the
    baseline's result with the same other arguments, when it is at hand.
    """
    inputs = model.prepare(evidence, scenario, horizon, precision)
    paths = model.run(inputs, model.draw_inputs(inputs, draws, seed))
    if any(prior.overridden for prior in inputs.priors.values()):
        if past is None:
            past = simulate(evidence, "baseline", horizon, draws, seed, precision)
        paths = model.splice(past.paths, paths, inputs.now)
    return CapacityResult(inputs, paths, draws, seed, evidence.assumptions)


def at_eight_bit(result: "CapacityResult", evidence) -> "CapacityResult":
    """The same run on the 8-bit basis, on which most stocks are published; the result itself when it is on it."""
    if result.inputs.precision == "int8":
        return result
    if "int8" not in result.others:
        horizon = int(result.inputs.quarters.year.max())
        named = (evidence, result.inputs.scenario, horizon, result.draws, result.seed, "int8")
        result.others["int8"] = simulate(*named)
    return result.others["int8"]


@dataclass(frozen=True)
class CapacityResult:
    """One run. Tables in long form (`helpers.models.long_form`); periods are quarters (2025-Q4) or years.

    stock: quarter ends; entity China, a route (domestic, licensed imports, smuggled) or rented abroad; quantity
    cumulative (brought in since 2022), installed (running: after the lag to deployment and retirement), in use
    (installed times utilisation), used by Chinese firms (installed in China and rented abroad), owned abroad.
    by_leg: the same for every vendor and route, cumulative and installed. flows: per year, H100e added by leg and
    route, cards sold by domestic vendors, chips licensed by type. others: runs on another basis, once made.
    """

    inputs: model.Inputs
    paths: model.Paths
    draws: int
    seed: int
    assumptions: pd.DataFrame
    others: dict[str, "CapacityResult"] = field(default_factory=dict, repr=False, compare=False)

    @property
    def basis(self) -> str:
        """What an H100-equivalent counts in this run."""
        return BASIS[self.inputs.precision]

    @cached_property
    def labels(self) -> list[str]:
        """Quarters as written in the tables: 2025-Q4."""
        return [f"{quarter.year}-Q{quarter.quarter}" for quarter in self.inputs.quarters]

    def sample(self, quantity: str, entity: str = "China") -> np.ndarray:
        """Draws x quarters of a stock quantity, for scoring and further computing. KeyError when unknown."""
        return self._stocks[(entity, quantity)]

    @cached_property
    def _stocks(self) -> dict[tuple[str, str], np.ndarray]:
        paths = self.paths
        found = {}
        for quantity, array in (("cumulative", paths.cumulative), ("installed", paths.installed)):
            found[("China", quantity)] = array.sum(axis=0)
            for route in ROUTES:
                found[(route, quantity)] = array[_legs_of(route)].sum(axis=0)
        running = found[("China", "installed")]
        found[("China", "in use")] = running * paths.utilisation
        found[("China", "used by Chinese firms")] = running + paths.abroad
        found[("rented abroad", "used by Chinese firms")] = paths.abroad
        found[("rented abroad", "owned by Chinese firms")] = paths.owned_abroad
        return found

    @cached_property
    def stock(self) -> pd.DataFrame:
        """H100e at quarter ends: China, its routes and what is rented abroad."""
        return pd.concat(
            [
                self.table(array, entity, quantity, "H100e", self.labels, self.evidence_of(entity, quantity))
                for (entity, quantity), array in self._stocks.items()
            ],
            ignore_index=True,
        )

    @cached_property
    def by_leg(self) -> pd.DataFrame:
        """H100e at quarter ends by vendor or route of entry."""
        frames = []
        for quantity, array in (("cumulative", self.paths.cumulative), ("installed", self.paths.installed)):
            for place, (leg, (name, _)) in enumerate(LEGS.items()):
                told = self.evidence_of(leg, quantity)
                frames.append(self.table(array[place], name, quantity, "H100e", self.labels, told))
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Per calendar year: H100e added, cards sold, chips licensed."""
        years = [str(year) for year in years_of(self.inputs.quarters)]
        added = year_sums(self.paths.flows, self.inputs.quarters)
        frames = [
            self.table(added.sum(axis=0), "China", "added", "H100e", years, self.evidence_of("China", ""))
        ]
        for route in ROUTES:
            array = added[_legs_of(route)].sum(axis=0)
            frames.append(self.table(array, route, "added", "H100e", years, self.evidence_of(route, "")))
        for place, (leg, (name, _)) in enumerate(LEGS.items()):
            frames.append(self.table(added[place], name, "added", "H100e", years, self.evidence_of(leg, "")))
        cards = year_sums(self.paths.cards, self.inputs.quarters)
        for place, leg in enumerate(DOMESTIC):
            told = self.evidence_of(leg, "")
            frames.append(self.table(cards[place], LEGS[leg][0], "sold", "cards", years, told, "cards"))
        told = self.evidence_of("domestic", "")
        frames.append(self.table(cards.sum(axis=0), "domestic", "sold", "cards", years, told, "cards"))
        for chip in LICENSED:
            if chip.key in self.paths.licensed:
                units = year_sums(self.paths.licensed[chip.key], self.inputs.quarters)
                told = self.evidence_of(chip.leg, "")
                frames.append(self.table(units, chip.entity, "licensed", "chips", years, told, "chips"))
        return pd.concat(frames, ignore_index=True)

    @property
    def now(self) -> str:
        """The last quarter that had ended on `as_of`, as the tables write it."""
        return self.labels[self.inputs.now]

    @property
    def last_full_year(self) -> int:
        """The last calendar year that had ended on `as_of`."""
        quarter = self.inputs.quarters[self.inputs.now]
        return quarter.year if quarter.quarter == 4 else quarter.year - 1

    def flow_of(self, entity: str, quantity: str, year: int) -> dict[str, float]:
        """p5, p50 and p95 of one row of `flows`. IndexError when there is none."""
        rows = self.flows
        found = rows[
            (rows["entity"] == entity) & (rows["quantity"] == quantity) & (rows["period"] == str(year))
        ]
        return found.iloc[0][["p5", "p50", "p95"]].to_dict()

    def table(
        self,
        array: np.ndarray,
        entity: str,
        quantity: str,
        unit: str,
        periods: list[str],
        evidence: str,
        basis: str | None = None,
    ) -> pd.DataFrame:
        """An array draws x periods as rows in long form."""
        low, middle, high = percentiles(array)
        return pd.DataFrame(
            {
                "entity": entity,
                "period": periods,
                "quantity": quantity,
                "unit": unit,
                "basis": basis or self.basis,
                "p5": low,
                "p50": middle,
                "p95": high,
                "as_of": self.inputs.as_of.date().isoformat(),
                "evidence": evidence,
            }
        )

    def evidence_of(self, entity: str, quantity: str) -> str:
        """Ids behind a quantity: the counts taken up and the sources of its priors, `;` between them."""
        counted = sorted({count.fact_id for count in counts_behind(self.inputs, entity)})
        return ";".join([*counted, *sorted(prior_sources(self.inputs, self.assumptions, entity, quantity))])

    def sources_of(self, entity: str, quantity: str) -> list[str]:
        """The documents behind a quantity: those of the counts taken up first, then those of its priors."""
        counts = counts_behind(self.inputs, entity)
        counted = sorted({count.source_id for count in counts if count.source_id})
        others = prior_sources(self.inputs, self.assumptions, entity, quantity) - set(counted)
        return [*counted, *sorted(others)]

def _legs_of(route: str) -> list[int]:
    return [place for place, (_, found) in enumerate(LEGS.values()) if found == route]


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """A working table (walk, reconciliation, back test) for saving; its percentiles are not the long form's."""
    return frame.rename(columns={"p5": "ours_low", "p50": "ours", "p95": "ours_high"})


def percentiles(array: np.ndarray, levels: tuple[float, ...] = (5, 50, 95)) -> np.ndarray:
    """Percentiles over draws (the first axis), by linear interpolation; one sort serves all levels."""
    ordered = np.sort(array, axis=0)
    at = np.asarray(levels) / 100 * (len(ordered) - 1)
    lower = np.floor(at).astype(int)
    upper = np.minimum(lower + 1, len(ordered) - 1)
    part = (at - lower).reshape(-1, *[1] * (array.ndim - 1))
    return ordered[lower] * (1 - part) + ordered[upper] * part
