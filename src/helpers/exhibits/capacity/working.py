"""The exhibit of the working: every step from inputs to each headline, as rows."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from helpers.exhibits.exhibit import Exhibit, day
from helpers.exhibits.tables import number

_BY_UNIT = {"H100e": "H100-equivalents", "cards": "cards", "percent": "percentage points"}


def walk_exhibit(walk: pd.DataFrame, as_of: date, sources: Sequence[str]) -> Exhibit:
    """Each headline's inputs, constants and derived quantities; its last row is the headline itself."""
    final = walk[walk["kind"] == "final"]
    drawn = final[final["seed_error"].notna()]
    worst = (drawn["seed_error"] / drawn["p50"]).max()
    rows = walk.assign(headline=walk["headline"].str.replace("-", " "), evidence=walk["evidence"].map(_few))
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
            "Seed error: how far another seed may move the middle of a final row. "
            + "; ".join(f"{row.quantity}: {number(row.seed_error, 2)} {_BY_UNIT.get(row.unit, row.unit)}"
                        for row in drawn.itertuples()) + ".",
        ],
    )  # fmt: skip


def _few(ids: str, most: int = 2) -> str:
    """The first ids of a long list; the table of results has all of them."""
    names = ids.split(";")
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
