"""The functions that a check may call, bound to the evidence as known on a day."""

from collections.abc import Callable
from functools import partial

from helpers.models.claims import arithmetic, chips, facts, records
from helpers.models.claims.known import Known


def functions(known: Known) -> dict[str, Callable]:
    """Every function of the check language by its name."""
    bound = {**facts.FUNCTIONS, **chips.FUNCTIONS, **records.FUNCTIONS}
    return {
        **{name: partial(function, known) for name, function in bound.items()},
        "spread": facts.spread,
        "first_known": facts.first_known,
        **arithmetic.FUNCTIONS,
    }
