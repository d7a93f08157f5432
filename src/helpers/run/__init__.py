"""The run: papermill over the notebooks as their cards depend on each other.

provisioner  kernels forked from a warm process (`warm`), through jupyter_client's extension point
execute      one private folder a run; a failing notebook is kept and named
"""

from helpers.cards import Card, read_cards
from helpers.parameters import ParameterError, resolve
from helpers.run.execute import NotebookFailed, execute

__all__ = ["Card", "NotebookFailed", "ParameterError", "execute", "read_cards", "resolve"]
