"""The stock-flow model: what goes in (`Inputs`), what one set of draws gives (`Paths`), and survival.

Stock(t) = sum over quarters s <= t of units(s) x H100e per unit x survival(t - s).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.models import priors
from helpers.models.capacity import domestic, imports, observations
from helpers.models.capacity.equivalents import h100e
from helpers.models.capacity.legs import DOMESTIC, LEGS, LICENSED
from helpers.models.capacity.quarters import delay, path, quarter_axis

MODEL = "capacity"
SWITCHES = ("sales", "memory")
PATHS = (
    "huawei_smic_wafers_per_month",
    "huawei_wafer_yield",
    "huawei_hbm_inflow",
    "offshore_h100e",
    "utilisation",
)


@dataclass(frozen=True)
class Inputs:
    """Everything that does not vary between draws: priors, rates, windows and counts known on `as_of`."""

    as_of: pd.Timestamp
    scenario: str
    precision: str
    quarters: pd.PeriodIndex
    priors: dict[str, priors.Prior]
    chips: pd.DataFrame
    factor: pd.DataFrame
    windows: dict[str, imports.Window]
    memory_free: np.ndarray
    pieces: dict[str, list[observations.Piece]]
    counts: list[observations.Count]

    @property
    def noise(self) -> list[str]:
        """Standard normal columns: the errors of the counts."""
        return observations.noise_names(self.counts)

    @property
    def columns(self) -> list[str]:
        """Every random column of the model."""
        return priors.columns(self.priors, self.noise, PATHS)

    @property
    def now(self) -> int:
        """The place of the last quarter that had ended on `as_of`."""
        ended = np.flatnonzero(self.quarters.end_time.normalize() <= self.as_of)
        return int(ended.max()) if len(ended) else 0


@dataclass(frozen=True)
class Paths:
    """One set of draws, run through the model; arrays are draws x quarters, `flows` and `installed` legs first.

    flows: H100e sold or brought in during the quarter; cumulative and installed: at its end (without and with
    retirement and the lag to deployment); cards: of the domestic legs; licensed: units by chip; in_use: installed
    times utilisation, in all of China; abroad, owned_abroad: H100e outside China used, and owned, by Chinese firms.
    """

    flows: np.ndarray
    cards: np.ndarray
    licensed: dict[str, np.ndarray]
    chain: domestic.Huawei
    utilisation: np.ndarray
    abroad: np.ndarray
    owned_abroad: np.ndarray
    drawn: dict[str, np.ndarray]

    @property
    def cumulative(self) -> np.ndarray:
        """H100e brought in since 2022, at the end of each quarter."""
        return self.flows.cumsum(axis=-1)

    @cached_property
    def installed(self) -> np.ndarray:
        """H100e running at the end of each quarter."""
        return installed(self.flows, self.drawn)


def prepare(evidence, scenario: str = "baseline", horizon: int = 2028, precision: str = "fp16") -> Inputs:
    """Read what the model needs from the evidence as known on its `as_of`. Raises ValueError for an unknown name."""
    return prepare_from(evidence, evidence.scenario(scenario), scenario, horizon, precision)


def prepare_from(evidence, plan: dict, name: str, horizon: int, precision: str) -> Inputs:
    """As `prepare`, with the scenario given as a dict (`assumptions`, `switches`)."""
    parts = ("title", "description", "assumptions", "switches")
    faults = [f"{part!r}{priors.nearest(part, parts)}" for part in plan if part not in parts]
    switches = plan.get("switches") or {}
    faults += [f"switch {key!r}{priors.nearest(key, SWITCHES)}" for key in switches if key not in SWITCHES]
    if faults:
        raise ValueError(f"scenario {name!r} has unknown parts: {', '.join(faults)}")
    quarters = quarter_axis(horizon)
    as_of = pd.Timestamp(evidence.as_of)
    known = evidence.full.assumptions if evidence.full is not None else None
    sheet = priors.priors_of(evidence.assumptions, MODEL, plan, known)
    return Inputs(
        as_of=as_of,
        scenario=name,
        precision=precision,
        quarters=quarters,
        priors=sheet,
        chips=evidence.chips,
        factor=h100e(evidence.chips, precision),
        windows=imports.sale_windows(evidence.events, evidence.chips, quarters, as_of, plan.get("switches")),
        memory_free=domestic.memory_free(evidence.events, quarters, as_of, plan.get("switches")),
        pieces=observations.licensed_pieces(
            evidence.facts, quarters, sheet["licensed_count_error"].low, prices(sheet)
        ),
        counts=observations.domestic_counts(evidence.facts, list(sheet)),
    )


def prices(sheet: dict[str, priors.Prior]) -> dict[str, tuple[float, float]]:
    """Middle price in USD and its standard deviation of logs, by chip key."""
    found = {}
    for name, prior in sheet.items():
        if name.startswith("licensed_") and name.endswith("_price_usd"):
            key = name.removeprefix("licensed_").removesuffix("_price_usd")
            middle, spread = np.sqrt(prior.low * prior.high), np.log(prior.high / prior.low) / (2 * 1.6448536)
            found[key] = (float(middle), float(spread))
    return found


def draw_inputs(inputs: Inputs, draws: int, seed: int, method: str = "sobol") -> dict[str, np.ndarray]:
    """Named draws of every prior and error, each drawn once and shared by all legs."""
    points = priors.uniforms(inputs.columns, draws, seed, MODEL, method)
    return priors.from_uniforms(inputs.priors, points, inputs.noise, PATHS)


def run(inputs: Inputs, drawn: dict[str, np.ndarray], ensembles: int | None = None) -> Paths:
    """Put draws through the model. ensembles: how many equal parts the counts update apart (see `condition`)."""
    factor, quarters = inputs.factor["h100e"], inputs.quarters
    chain = domestic.huawei(drawn, inputs.chips, factor, quarters, inputs.memory_free)
    vendors = domestic.vendor_cards(drawn, quarters)
    counted = observations.counted_quarters(inputs.counts, "huawei", quarters)
    # After the last count the draws learn about dies; how many find memory follows from what the counted years used.
    own = np.where(counted, chain.cards, chain.wanted * chain.cards_per_die)
    cards = np.stack([own if leg == "huawei" else vendors[leg] for leg in DOMESTIC])
    cards = observations.condition(cards, inputs.counts, drawn, quarters, ensembles)
    place = DOMESTIC.index("huawei")
    cards[place] = domestic.after_counts(cards[place], chain, drawn, quarters, inputs.memory_free, counted)
    rates = domestic.vendor_h100e(drawn, factor)
    licensed = imports.licensed_units(drawn, inputs.windows, inputs.pieces)
    flows = np.zeros((len(LEGS), *chain.cards.shape))
    for place, leg in enumerate(LEGS):
        if leg in DOMESTIC:
            rate = chain.h100e_per_card if leg == "huawei" else rates[leg][:, None]
            flows[place] = cards[DOMESTIC.index(leg)] * rate
        elif leg == "smuggled":
            flows[place] = imports.leakage(drawn, quarters)
    for chip in LICENSED:
        if chip.key in licensed:
            rate = (
                drawn["amd_h100e_per_card"][:, None]
                if chip.chip_id is None
                else factor.get(chip.chip_id, 0.0)
            )
            flows[list(LEGS).index(chip.leg)] += licensed[chip.key] * rate
    abroad = imports.offshore(drawn, quarters)
    return Paths(
        flows=flows,
        cards=cards,
        licensed=licensed,
        chain=chain,
        utilisation=path(drawn, "utilisation", quarters),
        abroad=abroad,
        owned_abroad=abroad * drawn["offshore_owned_share"][:, None],
        drawn=drawn,
    )


def splice(past: Paths, future: Paths, now: int) -> Paths:
    """A scenario's paths with the quarters up to `now` taken from the baseline: a scenario changes no past.

    Both must come from the same random columns, so that a draw of the one continues a draw of the other.
    """

    def joined(before: np.ndarray, after: np.ndarray) -> np.ndarray:
        return np.concatenate([before[..., : now + 1], after[..., now + 1 :]], axis=-1)

    flows = joined(past.flows, future.flows)
    keys = sorted(set(past.licensed) | set(future.licensed))
    nothing = np.zeros_like(past.abroad)
    return Paths(
        flows=flows,
        cards=joined(past.cards, future.cards),
        licensed={
            key: joined(past.licensed.get(key, nothing), future.licensed.get(key, nothing)) for key in keys
        },
        chain=domestic.Huawei(*(joined(*pair) for pair in zip(past.chain, future.chain, strict=True))),
        utilisation=joined(past.utilisation, future.utilisation),
        abroad=joined(past.abroad, future.abroad),
        owned_abroad=joined(past.owned_abroad, future.owned_abroad),
        drawn=future.drawn,
    )


def survival(life_years: np.ndarray, shape: np.ndarray, quarters: int) -> np.ndarray:
    """The share of a cohort still in service by age in quarters (draws x ages): Weibull with that median life."""
    age = (np.arange(quarters) + 0.5) / 4
    return np.exp(-np.log(2) * (age / life_years[:, None]) ** shape[:, None])


def installed(flows: np.ndarray, drawn: dict[str, np.ndarray]) -> np.ndarray:
    """H100e running at the end of each quarter (legs x draws x quarters).

    The flows, moved by the lag to deployment and thinned by survival.
    """
    size = flows.shape[-1]
    # Quarters first: the inner step then runs over draws that lie side by side in memory.
    started = np.ascontiguousarray(np.moveaxis(delay(flows, drawn["deployment_lag_quarters"]), -1, 0))
    alive = np.ascontiguousarray(survival(drawn["service_life_years"], drawn["survival_shape"], size).T)
    stock, cohort = np.zeros_like(started), np.empty_like(started[0])
    for now in range(size):
        for then in range(now + 1):
            np.multiply(started[then], alive[now - then], out=cohort)
            stock[now] += cohort
    return np.ascontiguousarray(np.moveaxis(stock, 0, -1))
