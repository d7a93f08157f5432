"""How fast the capacity model runs, against a plain loop, squigglepy and the memory it must move.

    python benchmarks/capacity.py [--draws 4096] [--repeat 7]

Rates are draws x quarters a second; medians of repeated runs, with the fastest beside them. The limit is the time
that this machine needs to read the flows and write the stocks once (a copy of the same bytes).
"""

import argparse
import os
import platform
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from helpers.evidence import load
from helpers.models import priors
from helpers.models.capacity import stock
from helpers.models.capacity.legs import LEGS
from helpers.models.capacity.quarters import delay
from helpers.models.capacity.result import SEED, percentiles, simulate


def timed(work: Callable[[], object], repeat: int) -> tuple[float, float]:
    """Median and least seconds of some runs after one that is thrown away."""
    work()
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return median(seconds), min(seconds)


def plain_loop(flows: np.ndarray, drawn: dict[str, np.ndarray]) -> np.ndarray:
    """The installed stock draw by draw and leg by leg: what a first notebook does."""
    legs, draws, size = flows.shape
    result = np.empty_like(flows)
    for draw in range(draws):
        life = drawn["service_life_years"][draw : draw + 1]
        alive = stock.survival(life, drawn["survival_shape"][draw : draw + 1], size)[0]
        for leg in range(legs):
            started = delay(flows[leg, draw : draw + 1], drawn["deployment_lag_quarters"][draw : draw + 1])[0]
            result[leg, draw] = np.convolve(started, alive)[:size]
    return result


def lognormals(inputs: stock.Inputs) -> list[priors.Prior]:
    """The lognormal priors that vary, which both libraries can draw."""
    rows = inputs.priors.values()
    return [prior for prior in rows if prior.distribution == "lognormal" and prior.low < prior.high]


def alike(inputs: stock.Inputs, draws: int) -> Callable[[], object]:
    """Drawing the lognormal priors as the model does, with independent points."""
    rows = lognormals(inputs)

    def work() -> object:
        points = priors.uniforms([prior.parameter for prior in rows], draws, SEED, stock.MODEL, "random")
        return [priors.quantile(prior, points[prior.parameter]) for prior in rows]

    return work


def squiggle(inputs: stock.Inputs, draws: int) -> Callable[[], object] | None:
    """Drawing the same priors with squigglepy; None where it is not installed."""
    try:
        import squigglepy
    except ImportError:
        return None
    rows = lognormals(inputs)

    def work() -> object:
        return [squigglepy.sample(squigglepy.lognorm(prior.low, prior.high), draws) for prior in rows]

    return work


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=4096)
    parser.add_argument("--repeat", type=int, default=7)
    asked = parser.parse_args()
    evidence = load()
    inputs = stock.prepare(evidence)
    drawn = stock.draw_inputs(inputs, asked.draws, SEED)
    paths = stock.run(inputs, drawn)
    cells = asked.draws * len(inputs.quarters)
    flows = paths.flows
    target = np.empty_like(flows)
    small = min(asked.draws, 256)
    part = {name: array[:small] for name, array in drawn.items()}
    total = paths.installed.sum(axis=0)
    rows: list[tuple[str, Callable[[], object], int]] = [
        ("whole run: evidence in, tables out", lambda: simulate(evidence, draws=asked.draws).stock, cells),
        ("draws of all priors (Sobol)", lambda: stock.draw_inputs(inputs, asked.draws, SEED), cells),
        (
            "draws of all priors (random)",
            lambda: stock.draw_inputs(inputs, asked.draws, SEED, "random"),
            cells,
        ),
        ("flows of all legs, counts taken up", lambda: stock.run(inputs, drawn), cells),
        ("installed stock, vectorised", lambda: stock.installed(flows, drawn), cells),
        (
            "installed stock, plain loop",
            lambda: plain_loop(flows[:, :small], part),
            small * len(inputs.quarters),
        ),
        ("percentiles, one sort", lambda: percentiles(total), cells),
        ("percentiles, numpy", lambda: np.percentile(total, [5, 50, 95], axis=0), cells),
        ("limit: one copy of the flows", lambda: np.copyto(target, flows), cells),
    ]
    other = squiggle(inputs, asked.draws)
    if other:
        rows.insert(3, ("draws of the lognormal priors", alike(inputs, asked.draws), cells))
        rows.insert(4, ("the same, squigglepy", other, cells))
    check = plain_loop(flows[:, :8], {name: array[:8] for name, array in drawn.items()})
    assert np.allclose(
        check, stock.installed(flows[:, :8], {name: array[:8] for name, array in drawn.items()})
    )
    print(f"{platform.machine()}, {os.cpu_count()} cores, numpy {np.__version__}; {asked.draws} draws x "
          f"{len(inputs.quarters)} quarters, {len(LEGS)} legs, {len(inputs.columns)} random columns")  # fmt: skip
    print(f"{'':44s}{'ms':>10s}{'fastest':>10s}{'M draw-quarters/s':>20s}")
    for name, work, size in rows:
        middle, least = timed(work, asked.repeat)
        print(f"{name:44s}{1e3 * middle:10.1f}{1e3 * least:10.1f}{size / middle / 1e6:20.2f}")
    if not other:
        print("squigglepy is not installed; pip install squigglepy to compare")


if __name__ == "__main__":
    main()
