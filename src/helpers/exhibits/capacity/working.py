"""The exhibit of the working: every step from inputs to each headline, as rows."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from helpers.evidence import load
from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.tables import number
from helpers.exhibits.words import dates, name_in_words

CENTURY = 2000
_BY_UNIT = {"H100e": "H100-equivalents", "cards": "cards", "percent": "percentage points"}


def walk_exhibit(walk: pd.DataFrame, as_of: date, sources: Sequence[str]) -> Exhibit:
    """Each headline's inputs, constants and derived quantities; its last row is the headline itself."""
    final = walk[walk["kind"] == "final"]
    drawn = final[final["seed_error"].notna()]
    worst = (drawn["seed_error"] / drawn["p50"]).max()
    names = _names(as_of)
    named = walk["quantity"].where(walk["kind"] != "input", walk["quantity"].map(_parameter)).map(dates)
    rows = walk.assign(
        quantity=named,
        headline=walk["headline"].map(named[final.index].set_axis(final["headline"])),
        evidence=[_few(ids, names) for ids in walk["evidence"]],
        expression=walk["expression"].str.replace(" x ", " × "),
        **{end: walk[end].map(_figures) for end in ("p5", "p50", "p95", "seed_error")},
    )
    # A calendar year is no count: it would be written with a comma and lose its fraction.
    years = rows["unit"] == "year"
    rows.loc[years, ["p5", "p50", "p95"]] = walk.loc[years, ["p5", "p50", "p95"]] - CENTURY
    rows["unit"] = rows["unit"].where(~years, f"years after {CENTURY}")
    rows = rows.rename(columns={"expression": "how", "p5": "low", "p50": "middle", "p95": "high"})
    return Exhibit(
        id="capacity-walk",
        title=f"{len(final)} headlines from their inputs in {len(walk)} rows; another seed moves none by more than "
        f"{100 * worst:.0f} %",
        subtitle="Inputs (priors, counts, published figures), what follows from them, and last in each group the "
        "headline itself. Middle and ends are the 50th, 5th and 95th percentile of each row's own draws. "
        f"As known on {day(as_of)}",
        unit="by row",
        basis="as in the headline",
        as_of=as_of,
        data=rows[["headline", "step", "quantity", "low", "middle", "high", "unit", "how", "kind", "seed_error",
                   "evidence"]],
        sources=list(sources),
        alt="; ".join(f"{row.headline.replace('-', ' ')}: {row.quantity} {number(row.p50)} {row.unit}"
                      for row in final.itertuples()) + ".",
        confidence="medium",
        notes=[
            "Percentiles do not add or multiply: a derived row is computed draw by draw and then summarised, so its "
            "middle is not the product of the middles above it.",
            "Seed error, how far another seed may move the middle of a final row: "
            + "; ".join(f"{row.quantity}: {number(_figures(row.seed_error, 2), 2)} {_BY_UNIT.get(row.unit, row.unit)}"
                        for row in drawn.itertuples()) + ".",
        ],
    )  # fmt: skip


def _few(ids: str, names: Mapping[str, str], most: int = 1) -> str:
    """The first row of a long list by name; the table of results has the ids of all of them."""
    listed = list(dict.fromkeys(names.get(one, one) for one in ids.split(";")))
    return "; ".join(listed[:most]) + (f" and {len(listed) - most} more" if len(listed) > most else "")


def _names(as_of: date) -> dict[str, str]:
    """Facts, assumptions and sources known on a date by id, as readers know them."""
    evidence = load(as_of=as_of)
    names = {name: str(row["publisher"]) for name, row in evidence.source_by_id.items()}
    for row in evidence.facts.to_dict("records"):
        metric = name_in_words(row["metric"], starts=False)
        names[row["fact_id"]] = dates(f"{row['entity']}, {metric} {row['period_text']}")
    names |= {f"chips:{row['chip_id']}": str(row["name"]) for row in evidence.chips.to_dict("records")}
    for row in evidence.assumptions.to_dict("records"):
        names[row["assumption_id"]] = f"assumption: {name_in_words(row['parameter'])}"
    return names


def _parameter(quantity: str) -> str:
    """An input by the name that its assumption has elsewhere; what is no parameter stays as it is."""
    plain = "," not in quantity and quantity.islower()
    return name_in_words(quantity.replace(" ", "_"), starts=False) if plain else quantity


def _figures(value: float, digits: int = 4) -> float:
    """A number with its first figures only: draws fix no more."""
    return float(f"{value:.{digits}g}")
