"""Rows of a walk: a prior as drawn, a fixed figure, a quantity computed draw by draw."""

import numpy as np

from helpers.models.capacity.result import CapacityResult, percentiles


def prior_step(result: CapacityResult, headline: str, name: str) -> tuple:
    """A prior of the run, summarised as it was drawn."""
    prior = result.inputs.priors[name]
    text = "scenario override" if prior.overridden else f"prior, {prior.distribution}"
    drawn = result.paths.drawn[name]
    return drawn_step(headline, "input", name.replace("_", " "), prior.unit, text, drawn, prior.assumption_id)


def fixed_step(
    headline: str, kind: str, name: str, unit: str, text: str, value: float, evidence: str
) -> tuple:
    """A figure without draws: published, or following from published ones."""
    return (headline, kind, name, unit, text, value, value, value, evidence)


def drawn_step(
    headline: str, kind: str, name: str, unit: str, text: str, array: np.ndarray, evidence: str
) -> tuple:
    """A quantity computed draw by draw, summarised by its 5th, 50th and 95th percentile."""
    low, middle, high = (float(value) for value in percentiles(array))
    return (headline, kind, name, unit, text, low, middle, high, evidence)
