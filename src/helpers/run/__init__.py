"""The run: typed parameters, then papermill over the notebooks in the order of their cards.

cards        the notebooks, their order and their parameters (`notebooks/cards.yml`)
parameters   every parameter checked before any kernel starts
execute      one private folder a run; a failing notebook is kept and named
"""

from helpers.run.cards import Card, read_cards
from helpers.run.execute import NotebookFailed, execute
from helpers.run.parameters import ParameterError, resolve

__all__ = ["Card", "NotebookFailed", "ParameterError", "execute", "read_cards", "resolve"]
