"""Draws for the comparison of systems: priors of model `systems`, disputed rates, spread of measurements."""

import numpy as np
import pandas as pd

from helpers.evidence import Evidence
from helpers.models.long_form import LONG_FORM
from helpers.models.priors import Prior, generator, priors_of, quantile

MODEL = "systems"
DRAWS = 20_000
# The 910C serves in INT8; NVIDIA's four-bit results are the other side's best format.
_FOUR_BIT = "FP4"
COLUMNS = [*LONG_FORM, "workload", "source_ids"]


class SystemDraws:
    """Draws by name: the same name gives the same numbers, whatever else is drawn."""

    def __init__(self, evidence: Evidence, seed: int, n: int, scenario: dict | None):
        self.facts, self.seed, self.n = evidence.facts, seed, n
        self._drawn: dict[str, np.ndarray] = {}
        sheet = evidence.assumptions
        ours = sheet["model"] == MODEL if len(sheet) else []
        self.priors = priors_of(sheet, MODEL, _ours(evidence, scenario)) if any(ours) else {}

    def uniform(self, name: str) -> np.ndarray:
        """Uniform draws between 0 and 1."""
        return generator(self.seed, MODEL, name).random(self.n)

    def prior(self, parameter: str | None) -> np.ndarray | None:
        """Draws of an assumption in its unit; None where the edition does not know it."""
        if parameter not in self.priors:
            return None
        if parameter not in self._drawn:
            self._drawn[parameter] = quantile(self.priors[parameter], self.uniform(parameter))
        return self._drawn[parameter]

    def ids(self, *parameters: str) -> str:
        """Ids of those of the assumptions that are known, joined by `;`."""
        return ";".join(self.priors[name].assumption_id for name in parameters if name in self.priors)

    def between(self, name: str, low: float, high: float) -> np.ndarray | None:
        """Uniform between the ends of a range of unknown shape; None where an end is unknown."""
        if np.isnan(low) or np.isnan(high):
            return None
        return low + (high - low) * self.uniform(name)

    def measured(self, entity: str, metric: str, four_bit: bool) -> tuple[np.ndarray | None, pd.DataFrame]:
        """The spread of published measurements, and their facts.

        Lognormal with the lowest and highest published value as its 90 % interval; None where there is none.
        """
        facts = self.facts
        rows = facts[facts["entity"].str.startswith(entity) & (facts["metric"] == metric)]
        rows = rows[rows["basis"].str.contains(_FOUR_BIT) == four_bit]
        if rows.empty:
            return None, rows
        ends = rows[["value", "low", "high"]]
        low, high = float(ends.min().min()), float(ends.max().max())
        spread = Prior(metric, "lognormal", low, high, str(rows["unit"].iloc[0]), "", False)
        drawn = quantile(spread, self.uniform(f"{entity} {metric} {four_bit}"))
        return drawn, rows


def _ours(evidence: Evidence, scenario: dict | None) -> dict:
    """A scenario without the overrides of other models' assumptions."""
    sheet = (evidence.full or evidence).assumptions
    rows = sheet[sheet["model"] == MODEL]
    names = {*rows["assumption_id"], *rows["parameter"]}
    changes = (scenario or {}).get("assumptions") or {}
    parameter = dict(zip(rows["assumption_id"], rows["parameter"], strict=True))
    return {"assumptions": {parameter.get(name, name): row for name, row in changes.items() if name in names}}


def summary(entity: str, quantity: str, unit: str, values: np.ndarray, common: dict) -> dict:
    """One row in long form: the 5th, 50th and 95th percentile of some draws."""
    p5, p50, p95 = np.quantile(values, [0.05, 0.5, 0.95])
    return {**common, "entity": entity, "quantity": quantity, "unit": unit, "p5": p5, "p50": p50, "p95": p95}
