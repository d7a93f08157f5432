"""What a quantity of the model rests on: the published counts that it takes up, and the documents of its priors."""

import pandas as pd

from helpers.models.capacity.legs import LEGS, LICENSED
from helpers.models.capacity.observations import Count, Piece
from helpers.models.capacity.stock import Inputs

# Beginnings of the parameters that move a leg, where they are not the leg's name and the growth of domestic makers.
_STEMS = {
    "huawei": ("huawei_",),
    "nvidia": ("licensed_",),
    "amd": ("amd_", "licensed_reopened"),
    "smuggled": ("leak_",),
}


def counts_behind(inputs: Inputs, entity: str) -> list[Count | Piece]:
    """The counts taken up for China, a route or a leg (by key or name); of licensed chips the pieces of each."""
    legs = _legs_named(entity)
    keys = {chip.key for chip in LICENSED if chip.leg in legs}
    pieces = [piece for key, found in inputs.pieces.items() if key in keys for piece in found]
    return [count for count in inputs.counts if set(count.legs) & set(legs)] + pieces


def prior_sources(inputs: Inputs, assumptions: pd.DataFrame, entity: str, quantity: str) -> set[str]:
    """The documents of the priors in use that a quantity depends on; assumptions: the table that they stand in."""
    stems = [
        stem for leg in _legs_named(entity) for stem in _STEMS.get(leg, (f"{leg}_", "domestic_growth"))
    ]
    if quantity not in ("", "cumulative"):
        stems += ["service_life", "deployment_lag"]
    if quantity == "in use":
        stems.append("utilisation")
    if "Chinese firms" in quantity:
        stems.append("offshore")
    in_use = [prior.assumption_id for prior in inputs.priors.values()]
    rows = assumptions[
        assumptions["assumption_id"].isin(in_use) & assumptions["parameter"].str.startswith(tuple(stems))
    ]
    return {source for cell in rows["source_ids"] for source in cell.split(";") if source}


def _legs_named(entity: str) -> list[str]:
    return [leg for leg, (name, route) in LEGS.items() if entity in (leg, name, route, "China")]
