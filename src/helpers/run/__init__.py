"""The run: typed parameters, then papermill over the notebooks as their cards depend on each other.

cards        the notebooks, their order and their parameters (`notebooks/cards.yml`)
parameters   every parameter checked before any kernel starts
provisioner  kernels forked from a warm process (`warm`), through jupyter_client's extension point
execute      one private folder a run; a failing notebook is kept and named
"""

from helpers.run.cards import Card, read_cards
from helpers.run.execute import NotebookFailed, execute
from helpers.run.parameters import ParameterError, resolve

__all__ = ["Card", "NotebookFailed", "ParameterError", "execute", "read_cards", "resolve"]
