"""The working of each headline as rows: inputs, constants, derived quantities and, last, the headline itself."""

import numpy as np
import pandas as pd

from helpers.models.capacity.domestic import CHAIN_FROM
from helpers.models.capacity.equivalents import dies_per_wafer
from helpers.models.capacity.legs import DOMESTIC, LEGS
from helpers.models.capacity.quarters import year_sums, years_of
from helpers.models.capacity.result import CapacityResult, percentiles

COLUMNS = ("headline", "step", "kind", "quantity", "unit", "expression", "p5", "p50", "p95", "evidence")


def walk(result: CapacityResult) -> pd.DataFrame:
    """Every step to the headlines. One row is one step; of each headline the last row is its value.

    kind: input (a prior or a count), constant, derived, final. Percentiles do not add: a derived row is computed
    draw by draw and then summarised.
    """
    now = result.inputs.now
    year = int(result.inputs.quarters[now].year)
    full = year if result.inputs.quarters[now].quarter == 4 else year - 1
    rows = [*installed_steps(result, now, "installed-now"), *in_use_steps(result, now)]
    last = len(result.inputs.quarters) - 1
    if last > now:
        rows += installed_steps(result, last, "installed-horizon")
    if full in years_of(result.inputs.quarters):
        rows += huawei_steps(result, full)
    table = pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "step"])
    table.insert(1, "step", table.groupby("headline", sort=False).cumcount() + 1)
    return table


def installed_steps(result: CapacityResult, place: int, headline: str) -> list[tuple]:
    """From what came in by leg to what runs in China at the end of a quarter."""
    paths = result.paths
    cumulative = paths.cumulative[:, :, place]
    label = result.labels[place]
    rows = [
        _prior(result, headline, "service_life_years"),
        _prior(result, headline, "survival_shape"),
        _prior(result, headline, "deployment_lag_quarters"),
    ]
    for leg, (name, _) in LEGS.items():
        text = "cards x H100e per card" if leg in DOMESTIC else "units x H100e per unit"
        text = "cumulative prior x shares of years" if leg == "smuggled" else text
        array = cumulative[list(LEGS).index(leg)]
        told = result.evidence_of(leg, "cumulative")
        rows.append(_row(headline, "derived", f"{name}, brought in to {label}", "H100e", text, array, told))
    told = result.evidence_of("China", "cumulative")
    total = cumulative.sum(axis=0)
    rows.append(_row(headline, "derived", f"brought in to {label}", "H100e", "sum over legs", total, told))
    running = paths.installed[:, :, place].sum(axis=0)
    away = total - running
    rows.append(
        _row(
            headline,
            "derived",
            "retired or not yet running",
            "H100e",
            "lag and survival of each quarter's flow",
            away,
            told,
        )
    )
    told = result.evidence_of("China", "installed")
    rows.append(
        _row(
            headline,
            "final",
            f"installed, {label}",
            "H100e",
            "brought in - retired or not yet running",
            running,
            told,
        )
    )
    return rows


def in_use_steps(result: CapacityResult, place: int) -> list[tuple]:
    """From the installed stock to what is in use."""
    label, headline = result.labels[place], "in-use-now"
    running = result.sample("installed")[:, place]
    share = result.paths.utilisation[:, place]
    told = result.evidence_of("China", "in use")
    return [
        _row(headline, "derived", f"installed, {label}", "H100e", "see installed-now", running, told),
        _row(
            headline,
            "input",
            f"utilisation, {label}",
            "share of peak",
            "path between mid-year priors",
            share,
            told,
        ),
        _row(
            headline, "final", f"in use, {label}", "H100e", "installed x utilisation", running * share, told
        ),
    ]


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
        final = _row(headline, "final", f"Ascend cards sold, {year}", "cards", text, cards, told)
        return [_prior(result, headline, "huawei_cards_per_year_2022_2023"), final]
    rows = [
        _prior(result, headline, name)
        for name in result.inputs.priors
        if name.startswith("huawei_")
        and (not name[-4:].isdigit() or name.endswith((str(year), str(year - 1))))
    ]
    area = result.inputs.chips.set_index("chip_id").loc["ascend_910b", "die_area_mm2"]
    wafer = dies_per_wafer(area)
    text = f"300 mm wafer, {area:g} mm2 a die (first-order formula)"
    rows.append(
        (headline, "constant", "dies per wafer", "dies", text, wafer, wafer, wafer, "chips:ascend_910b")
    )
    for name, text, array in (
        (
            "SMIC dies packaged",
            "3 x wafers a month x dies per wafer x yield x packaging yield, after the lag",
            chain.smic,
        ),
        ("bank dies packaged", "die bank spread over its years x packaging yield", chain.bank),
        ("dies sold", "min(SMIC + bank, dies that the stacks of memory allow)", chain.dies),
    ):
        rows.append(_row(headline, "derived", f"{name}, {year}", "dies", text, of_year(array), told))
    text = "dies sold x (1 - share in two-die cards / 2)"
    rows.append(
        _row(headline, "derived", f"cards by the chain, {year}", "cards", text, of_year(chain.cards), told)
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
    rows.append(_row(headline, "final", f"Ascend cards sold, {year}", "cards", text, cards, told))
    return rows


def _prior(result: CapacityResult, headline: str, name: str) -> tuple:
    prior = result.inputs.priors[name]
    text = "scenario override" if prior.overridden else f"prior, {prior.distribution}"
    drawn = result.paths.drawn[name]
    return _row(headline, "input", name.replace("_", " "), prior.unit, text, drawn, prior.assumption_id)


def _row(
    headline: str, kind: str, name: str, unit: str, text: str, array: np.ndarray, evidence: str
) -> tuple:
    low, middle, high = (float(value) for value in percentiles(array))
    return (headline, kind, name, unit, text, low, middle, high, evidence)
