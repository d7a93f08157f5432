"""Chinese accelerators by quarter of sale: Huawei from dies and memory, other vendors from shipments.

Huawei's chain: (dies of the TSMC bank + SMIC wafers x dies per wafer x wafer yield) x packaging yield, at most what
the stacks of HBM allow, with a lag from wafer start to sale. It is counted in dies, because a 910C is two 910B dies
and so the compute does not turn on the mix of cards, only their number does.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.models.capacity.equivalents import dies_per_wafer
from helpers.models.capacity.legs import VENDORS
from helpers.models.capacity.quarters import FIRST_YEAR, delay, middle, path, weighted

CHAIN_FROM = 2024.0
# How the events name the memory that Ascend cards carry.
MEMORY = "HBM2E"


class Huawei(NamedTuple):
    """Huawei's chain, each an array draws x quarters of packaged dies or cards sold in the quarter.

    wanted: dies at hand, before memory is asked; cards_per_die: one, or less where dies go into two-die cards.
    """

    bank: np.ndarray
    smic: np.ndarray
    wanted: np.ndarray
    cards_per_die: np.ndarray
    memory_limit: np.ndarray
    dies: np.ndarray
    cards: np.ndarray
    h100e_per_card: np.ndarray


MEMORY_STATES = ("closed", "open")


def memory_free(
    events: pd.DataFrame, quarters: pd.PeriodIndex, as_of: pd.Timestamp, switches: dict | None = None
) -> np.ndarray:
    """In which quarters memory can be bought: those that began before a US rule closed its sale, all without a rule.

    switches: `{"memory": state}` sets the state from the quarter after `as_of` on. Raises ValueError for another one.
    """
    state = (switches or {}).get("memory")
    if state not in (None, *MEMORY_STATES):
        raise ValueError(f"switches.memory: unknown state {state!r}; there are: {', '.join(MEMORY_STATES)}")
    named = events["chips_affected"].map(
        lambda chips: MEMORY in {part.strip() for part in str(chips).split(";")}
    )
    rules = events[named & (events["instrument"] == "rule") & (events["direction"] == "tighten")]
    free = np.ones(len(quarters), dtype=bool)
    if len(rules):
        closed = pd.to_datetime(rules["effective_date"].fillna(rules["date"])).min()
        free = np.asarray(quarters.start_time <= closed)
    if state is not None:
        free = np.where(quarters.start_time > as_of, state == "open", free)
    return free


def huawei(
    drawn: dict[str, np.ndarray],
    chips: pd.DataFrame,
    factor: pd.Series,
    quarters: pd.PeriodIndex,
    free: np.ndarray,
) -> Huawei:
    """Huawei's Ascend cards sold by quarter. factor: H100e by chip_id; free: quarters in which memory binds nobody.

    2022 and 2023 come from one prior of cards a year; the chain begins with 2024.
    """
    area = chips.set_index("chip_id").loc["ascend_910b", "die_area_mm2"]
    packaging = drawn["huawei_packaging_yield"][:, None]
    started = (
        3
        * path(drawn, "huawei_smic_wafers_per_month", quarters)
        * path(drawn, "huawei_wafer_yield", quarters)
    )
    smic = delay(started * dies_per_wafer(area), drawn["huawei_foundry_to_sale_quarters"]) * packaging
    bank = _bank(drawn, quarters) * packaging
    chain = middle(quarters) > CHAIN_FROM
    before = np.where(chain, 0.0, drawn["huawei_cards_per_year_2022_2023"][:, None] / 4)
    wanted = np.where(chain, smic + bank, before)
    dies, limit = _memory_bound(wanted, drawn, quarters, free)
    cards_per_die = 1 - np.where(chain, path(drawn, "huawei_two_die_share", quarters), 0.0) / 2
    cards = dies * cards_per_die
    gain = path(drawn, "huawei_die_gain", quarters)
    rate = factor["ascend_910b"] * gain
    if "ascend_910a" in factor.index:
        rate = np.where(quarters.year == FIRST_YEAR, factor["ascend_910a"], rate)
    of_bank, of_smic = np.where(chain, bank, 0.0), np.where(chain, smic, before)
    return Huawei(of_bank, of_smic, wanted, cards_per_die, limit, dies, cards, rate / cards_per_die)


def after_counts(
    cards: np.ndarray,
    chain: Huawei,
    drawn: dict[str, np.ndarray],
    quarters: pd.PeriodIndex,
    free: np.ndarray,
    counted: np.ndarray,
) -> np.ndarray:
    """Cards once the counts are taken up (draws x quarters): what the counted years did not use of memory is left.

    cards: as counted in the counted quarters, and as wanted after them.
    """
    dies, _ = _memory_bound(cards / chain.cards_per_die, drawn, quarters, free, counted)
    return dies * chain.cards_per_die


def _bank(drawn: dict[str, np.ndarray], quarters: pd.PeriodIndex) -> np.ndarray:
    """Dies of the bank sold in each quarter: an even draw-down from its start over its years."""
    start = drawn["huawei_die_bank_start"][:, None]
    end = start + np.maximum(drawn["huawei_die_bank_years"][:, None], 0.25)
    first, last = middle(quarters) - 0.125, middle(quarters) + 0.125
    years = np.clip(np.minimum(last, end) - np.maximum(first, start), 0, None)
    return drawn["huawei_die_bank_dies"][:, None] * years / (end - start)


def _memory_bound(
    wanted: np.ndarray,
    drawn: dict[str, np.ndarray],
    quarters: pd.PeriodIndex,
    free: np.ndarray,
    counted: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Dies that find memory, and the dies that the stacks at hand would allow in each quarter.

    While memory could be bought it bound nobody; what was bought by then and not used is the bank afterwards. In
    counted quarters the cards were sold, so that their memory was found.
    """
    inflow = path(drawn, "huawei_hbm_inflow", quarters) / 4
    per_die = path(drawn, "huawei_hbm_stacks_per_die", quarters)
    counted = np.zeros(len(quarters), dtype=bool) if counted is None else counted
    dies, limit = wanted.copy(), wanted.copy()
    stacks = drawn["huawei_hbm_stack_bank"]
    for place in range(len(quarters)):
        if not free[place]:
            stacks = stacks + inflow[:, place]
            limit[:, place] = stacks / per_die[:, place]
        if not (free[place] or counted[place]):
            dies[:, place] = np.minimum(wanted[:, place], limit[:, place])
        stacks = np.maximum(stacks - dies[:, place] * per_die[:, place], 0.0)
    return dies, limit


def vendor_cards(drawn: dict[str, np.ndarray], quarters: pd.PeriodIndex) -> dict[str, np.ndarray]:
    """Cards of the other Chinese vendors by quarter: a level in 2023 each, one path of growth shared by all."""
    years = np.arange(FIRST_YEAR, int(quarters.year.max()) + 1)
    stem = "domestic_growth_"
    known = [int(name.removeprefix(stem)) for name in drawn if name.startswith(stem)]
    level = {2023: np.ones(len(drawn["domestic_growth_2023"]))}
    level[2022] = 1 / drawn["domestic_growth_2023"]
    for year in years[years > 2023]:
        # Beyond the last prior the market holds its size: growth that nobody stated is not assumed.
        growth = drawn[f"{stem}{year}"] if year in known else 1.0
        level[int(year)] = level[int(year) - 1] * growth
    at = middle(quarters)
    weights = np.array([np.interp(at, years + 0.5, np.eye(len(years))[place]) for place in range(len(years))])
    by_quarter = weighted([level[int(year)] for year in years], weights) / 4
    return {vendor.leg: drawn[f"{vendor.leg}_cards_2023"][:, None] * by_quarter for vendor in VENDORS}


def vendor_h100e(drawn: dict[str, np.ndarray], factor: pd.Series) -> dict[str, np.ndarray]:
    """H100e of an average card of each vendor: its reference chip times how the average compares with it.

    A reference chip that the sheet does not know on the date falls back on the prior for an unknown card.
    """
    found = {}
    for vendor in VENDORS:
        rates = [
            factor[chip] for chip in vendor.reference if chip in factor.index and factor[chip] == factor[chip]
        ]
        versus = drawn[f"{vendor.leg}_card_vs_reference"]
        found[vendor.leg] = rates[0] * versus if rates else drawn["unknown_card_h100e"]
    return found
