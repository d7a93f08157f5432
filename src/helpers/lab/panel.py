"""A panel in JupyterLab: choose a scenario, a precision and a knowledge date, and see the stock move."""

from typing import Any

from helpers.lab.displays import capacity_html
from helpers.lab.questions import capacity, load


def scenario_panel(dates: tuple[str, ...] = ("latest", "2025-06-30", "2024-08-01")) -> Any:
    """Controls for scenario, precision and `as_of`, with the table of year ends below them; needs ipywidgets.

    Each change runs `capacity` again; what was asked before is answered from memory.
    """
    import ipywidgets as widgets
    from IPython.display import HTML, display

    scenario = widgets.Dropdown(options=sorted(load().scenarios), value="baseline", description="scenario")
    precision = widgets.Dropdown(options=["fp16", "int8", "memory_bandwidth"], description="precision")
    as_of = widgets.Dropdown(options=list(dates), description="as of")
    shown = widgets.Output()

    def show(*_: Any) -> None:
        shown.clear_output(wait=True)
        with shown:
            display(HTML(capacity_html(capacity(scenario.value, as_of.value, precision=precision.value))))

    for control in (scenario, precision, as_of):
        control.observe(show, names="value")
    show()
    return widgets.VBox([widgets.HBox([scenario, precision, as_of]), shown])
