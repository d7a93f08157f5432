"""The working of each headline as rows: inputs, constants, derived quantities and, last, the headline itself."""

import numpy as np
import pandas as pd

from helpers.models.capacity.huawei_walk import huawei_steps
from helpers.models.capacity.legs import DOMESTIC, LEGS, LICENSED
from helpers.models.capacity.quarters import years_of
from helpers.models.capacity.result import CapacityResult, at_eight_bit
from helpers.models.capacity.samples import added_in, monte_carlo
from helpers.models.capacity.steps import drawn_step, fixed_step, prior_step
from helpers.models.capacity.targets import judged_targets, world_terms

COLUMNS = (
    "headline",
    "step",
    "kind",
    "quantity",
    "unit",
    "expression",
    "p5",
    "p50",
    "p95",
    "seed_error",
    "evidence",
)


def walk(result: CapacityResult, evidence) -> pd.DataFrame:
    """Every step to every headline. One row is one step; of each headline the last row is its value.

    kind: input (a prior, a count, a published figure), constant, derived, final. Percentiles do not add: a derived
    row is computed draw by draw and then summarised. seed_error: how far another seed may move the median of a
    final row (NaN elsewhere, and where nothing is drawn).
    """
    now, last = result.inputs.now, len(result.inputs.quarters) - 1
    rows = [
        *installed_steps(result, now, "installed-now"),
        *in_use_steps(result, now),
        *used_steps(result, now),
        *smuggled_steps(result, now),
    ]
    if result.last_full_year in years_of(result.inputs.quarters):
        rows += domestic_steps(result, result.last_full_year)
        rows += huawei_steps(result, result.last_full_year)
    if last > now:
        rows += installed_steps(result, last, "installed-horizon")
    rows += [*world_steps(result, evidence), *target_steps(evidence)]
    table = pd.DataFrame(rows, columns=[name for name in COLUMNS if name not in ("step", "seed_error")])
    table.insert(1, "step", table.groupby("headline", sort=False).cumcount() + 1)
    errors = monte_carlo(result, evidence).set_index("headline")["error"]
    table["seed_error"] = table["headline"].map(errors).where(table["kind"] == "final")
    return table[list(COLUMNS)]


def installed_steps(result: CapacityResult, place: int, headline: str) -> list[tuple]:
    """From what came in by leg to what runs in China at the end of a quarter."""
    paths = result.paths
    cumulative = paths.cumulative[:, :, place]
    label = result.labels[place]
    rows = [
        prior_step(result, headline, "service_life_years"),
        prior_step(result, headline, "survival_shape"),
        prior_step(result, headline, "deployment_lag_quarters"),
    ]
    for position, (leg, (name, _)) in enumerate(LEGS.items()):
        array, told = cumulative[position], result.evidence_of(leg, "cumulative")
        units = _units_to(result, leg, place)
        text = "cumulative prior x shares of years"
        if units is not None:
            # A leg that has sold nothing yet has no rate.
            rate = array / np.maximum(units, 1e-9)
            rows.append(
                drawn_step(headline, "derived", f"{name}, sold to {label}", "units", "flow", units, told)
            )
            rows.append(
                drawn_step(headline, "derived", f"{name}, mean unit", "H100e per unit", "mix", rate, told)
            )
            text = "units x H100e per unit"
        rows.append(
            drawn_step(headline, "derived", f"{name}, brought in to {label}", "H100e", text, array, told)
        )
    told = result.evidence_of("China", "cumulative")
    total = cumulative.sum(axis=0)
    rows.append(
        drawn_step(headline, "derived", f"brought in to {label}", "H100e", "sum over legs", total, told)
    )
    running = paths.installed[:, :, place].sum(axis=0)
    away = total - running
    rows.append(
        drawn_step(
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
        drawn_step(
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


def _units_to(result: CapacityResult, leg: str, place: int) -> np.ndarray | None:
    """Cards or chips of a leg sold to the end of a quarter; None for a leg that is counted in H100e."""
    if leg in DOMESTIC:
        return result.paths.cards[DOMESTIC.index(leg), :, : place + 1].sum(axis=1)
    keys = [chip.key for chip in LICENSED if chip.leg == leg and chip.key in result.paths.licensed]
    return sum(result.paths.licensed[key][:, : place + 1].sum(axis=1) for key in keys) if keys else None


def in_use_steps(result: CapacityResult, place: int) -> list[tuple]:
    """From the installed stock to what is in use."""
    label, headline = result.labels[place], "in-use-now"
    running = result.sample("installed")[:, place]
    share = result.paths.utilisation[:, place]
    told = result.evidence_of("China", "in use")
    return [
        drawn_step(headline, "derived", f"installed, {label}", "H100e", "see installed-now", running, told),
        drawn_step(
            headline,
            "input",
            f"utilisation, {label}",
            "share of peak",
            "path between mid-year priors",
            share,
            told,
        ),
        drawn_step(
            headline, "final", f"in use, {label}", "H100e", "installed x utilisation", running * share, told
        ),
    ]


def used_steps(result: CapacityResult, place: int) -> list[tuple]:
    """From the installed stock and what is rented abroad to what Chinese firms use."""
    label, headline, quantity = result.labels[place], "used-by-chinese-firms", "used by Chinese firms"
    running = result.sample("installed")[:, place]
    abroad = result.paths.abroad[:, place]
    told, away = result.evidence_of("China", quantity), result.evidence_of("rented abroad", quantity)
    text = "path between mid-year priors"
    return [
        drawn_step(headline, "derived", f"installed, {label}", "H100e", "see installed-now", running, told),
        drawn_step(headline, "input", f"rented or owned abroad, {label}", "H100e", text, abroad, away),
        drawn_step(
            headline, "final", f"used by Chinese firms, {label}", "H100e", "sum", running + abroad, told
        ),
    ]


def smuggled_steps(result: CapacityResult, place: int) -> list[tuple]:
    """From the cumulative prior of what was smuggled to its share of what came in."""
    label, headline = result.labels[place], "smuggled-share"
    came = result.sample("cumulative")[:, place]
    part = result.sample("cumulative", "smuggled")[:, place]
    told, all_told = result.evidence_of("smuggled", "cumulative"), result.evidence_of("China", "cumulative")
    text = "the prior to 2025, shared out over years, and its continuation"
    share = "smuggled / brought in"
    return [
        *(prior_step(result, headline, name) for name in ("leak_h100e_to_2025", "leak_continuation_2026")),
        drawn_step(headline, "derived", f"smuggled to {label}", "H100e", text, part, told),
        drawn_step(
            headline, "derived", f"brought in to {label}", "H100e", "see installed-now", came, all_told
        ),
        drawn_step(headline, "final", f"smuggled share, {label}", "percent", share, 100 * part / came, told),
    ]


def domestic_steps(result: CapacityResult, year: int) -> list[tuple]:
    """From what each leg added in a year to the share that was made in China."""
    headline, added = "domestic-share", added_in(result, year)
    rows = []
    for place, (leg, (name, _)) in enumerate(LEGS.items()):
        told = result.evidence_of(leg, "")
        rows.append(
            drawn_step(headline, "derived", f"{name}, added in {year}", "H100e", "flow", added[place], told)
        )
    told, own = (
        result.evidence_of("China", ""),
        added[[list(LEGS).index(leg) for leg in DOMESTIC]].sum(axis=0),
    )
    total = added.sum(axis=0)
    return [
        *rows,
        drawn_step(headline, "derived", f"Chinese makers, {year}", "H100e", "sum of their legs", own, told),
        drawn_step(headline, "derived", f"all, {year}", "H100e", "sum of all legs", total, told),
        drawn_step(
            headline,
            "final",
            f"Chinese-made share, {year}",
            "percent",
            "Chinese / all",
            100 * own / total,
            told,
        ),
    ]


def world_steps(result: CapacityResult, evidence) -> list[tuple]:
    """From the published stock of the world and our own of China to China's share."""
    terms, headline = world_terms(evidence, result), "world-share"
    if not terms:
        return []
    term, ids = terms[-1], f"{terms[-1].total.fact_id};{terms[-1].china.fact_id}"
    day, text = f"{term.total.period_end:%Y-%m-%d}", "8-bit, legs that Epoch counts"
    return [
        fixed_step(headline, "input", f"world by {day}", "H100e", "published", term.total.value, term.total.fact_id),
        fixed_step(headline, "input", f"China by {day}", "H100e", "published", term.china.value, term.china.fact_id),
        fixed_step(headline, "derived", "all others", "H100e", "world - China, both published", term.others, ids),
        drawn_step(headline, "derived", f"China in this model by {day}", "H100e", text, term.stock,
             at_eight_bit(result, evidence).evidence_of("China", "cumulative")),
        drawn_step(headline, "final", f"China's share by {day}", "percent", "ours / (ours + others)", term.share,
                   ids),
    ]  # fmt: skip


def target_steps(evidence) -> list[tuple]:
    """The goal of 300 EFLOPS, the last outturn on its own basis, and how much of the goal that is."""
    targets, headline = judged_targets(evidence), "target-300"
    rows = targets[targets["goal"].eq(300) & targets["unit"].eq("EFLOPS") & targets["outturn"].notna()]
    if rows.empty:
        return []
    row = rows.iloc[0]
    goal, outturn = row["fact_ids"].split(";")
    return [
        fixed_step(headline, "input", f"goal for {row['due']}", "EFLOPS", row["basis"], row["goal"], goal),
        fixed_step(headline, "input", f"outturn at {row['outturn_date']:%Y-%m-%d}", "EFLOPS", row["basis"],
               row["outturn"], outturn),
        fixed_step(headline, "final", "reached", "percent", "outturn / goal", 100 * row["reached"], row["fact_ids"]),
    ]  # fmt: skip
