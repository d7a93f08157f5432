"""The model without the counts of one house, so that those counts can be held against it as independent figures."""

from dataclasses import replace

from helpers.models.capacity import observations, stock
from helpers.models.capacity.result import CapacityResult


def house(evidence, source_id: str) -> str:
    """Who speaks in a source: its publisher without the document ("Epoch AI" for each of Epoch's repositories)."""
    return str(evidence.source_by_id.get(source_id, {}).get("publisher", source_id)).split(" (")[0]


def held_out(result: CapacityResult, evidence, name: str) -> CapacityResult:
    """The same draws run again without what one house counted; its priors stay, for they are given to the model."""
    inputs, facts = result.inputs, evidence.facts
    others = facts[[house(evidence, source) != name for source in facts["source_id"]]]
    counts = [count for count in inputs.counts if house(evidence, count.source_id) != name]
    error, prices = inputs.priors["licensed_count_error"].low, stock.prices(inputs.priors)
    pieces = observations.licensed_pieces(others, inputs.quarters, error, prices)
    inputs = replace(inputs, counts=counts, pieces=pieces)
    return replace(result, inputs=inputs, paths=stock.run(inputs, result.paths.drawn), others={})
