"""The working of one year's Ascend cards: wafers, dies, memory, and what the published counts make of them."""

import numpy as np

from helpers.models.capacity.domestic import CHAIN_FROM
from helpers.models.capacity.equivalents import dies_per_wafer
from helpers.models.capacity.legs import DOMESTIC
from helpers.models.capacity.quarters import year_sums, years_of
from helpers.models.capacity.result import CapacityResult
from helpers.models.capacity.steps import drawn_step, fixed_step, prior_step


def huawei_steps(result: CapacityResult, year: int) -> list[tuple]:
    """From wafers, dies and memory to the Ascend cards of one year, and what the published counts make of it."""
    quarters, chain, headline = result.inputs.quarters, result.paths.chain, "huawei-cards"
    place = years_of(quarters).index(year)

    def of_year(array: np.ndarray) -> np.ndarray:
        return year_sums(array, quarters)[:, place]

    told = result.evidence_of("huawei", "")
    cards = of_year(result.paths.cards[DOMESTIC.index("huawei")])
    if year < CHAIN_FROM:
        text = "one prior for the years before the chain"
        final = drawn_step(headline, "final", f"Ascend cards sold, {year}", "cards", text, cards, told)
        return [prior_step(result, headline, "huawei_cards_per_year_2022_2023"), final]
    rows = [
        prior_step(result, headline, name)
        for name in result.inputs.priors
        if name.startswith("huawei_")
        and (not name[-4:].isdigit() or name.endswith((str(year), str(year - 1))))
    ]
    area = result.inputs.chips.set_index("chip_id").loc["ascend_910b", "die_area_mm2"]
    wafer = dies_per_wafer(area)
    text = f"300 mm wafer, {area:g} mm2 a die (first-order formula)"
    rows.append(fixed_step(headline, "constant", "dies per wafer", "dies", text, wafer, "chips:ascend_910b"))
    for name, text, array in (
        (
            "SMIC dies packaged",
            "3 x wafers a month x dies per wafer x yield x packaging yield, after the lag",
            chain.smic,
        ),
        ("bank dies packaged", "die bank spread over its years x packaging yield", chain.bank),
        ("dies sold", "min(SMIC + bank, dies that the stacks of memory allow)", chain.dies),
    ):
        rows.append(drawn_step(headline, "derived", f"{name}, {year}", "dies", text, of_year(array), told))
    text = "dies sold x (1 - share in two-die cards / 2)"
    rows.append(
        drawn_step(
            headline, "derived", f"cards by the chain, {year}", "cards", text, of_year(chain.cards), told
        )
    )
    for count in result.inputs.counts:
        if "huawei" in count.legs and len(count.legs) == 1 and count.year == year:
            error = result.inputs.priors[count.error].low
            low, high = count.value * np.exp(-1.645 * error), count.value * np.exp(1.645 * error)
            text = f"published count, error {error:g} in logs"
            rows.append(
                (
                    headline,
                    "input",
                    f"cards counted, {year}",
                    "cards",
                    text,
                    low,
                    count.value,
                    high,
                    count.fact_id,
                )
            )
    text = "chain and counts pooled by their errors (ensemble Kalman step)"
    rows.append(drawn_step(headline, "final", f"Ascend cards sold, {year}", "cards", text, cards, told))
    return rows
