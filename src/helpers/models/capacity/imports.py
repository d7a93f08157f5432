"""Compute that comes from abroad: licensed sales by chip, leakage, and what is rented outside China."""

from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.models.capacity.legs import LICENSED, Licensed
from helpers.models.capacity.observations import Piece
from helpers.models.capacity.quarters import delay, overlap, path
from helpers.models.priors import nearest

# The day from which accelerators needed a licence at all: a part launched earlier was on sale until a letter.
FIRST_CONTROL = pd.Timestamp("2022-08-26")
NEVER_SOLD = ("announced", "cancelled")
SALE_STATES = ("closed", "reopened", "open")


class Window(NamedTuple):
    """When a chip may be sold to China, as shares of each quarter: freely, or again after it had been closed."""

    launched: np.ndarray
    free: np.ndarray
    reopened: np.ndarray


def sale_windows(
    events: pd.DataFrame,
    chips: pd.DataFrame,
    quarters: pd.PeriodIndex,
    as_of: pd.Timestamp,
    switches: dict | None = None,
) -> dict[str, Window]:
    """The windows of every licensed chip, from the dated acts of the US side that name it.

    A part made for China or launched before the first control starts free, another one closed; a rule or licence
    decision that tightens closes it, one that loosens reopens it. switches: `{"sales": {key: state}}` sets the state
    from the quarter after `as_of` on. Raises ValueError for an unknown chip or state.
    """
    wished = (switches or {}).get("sales") or {}
    keys = [chip.key for chip in LICENSED]
    faults = [
        f"switches.sales: unknown chip {key!r}{nearest(key, keys)}" for key in wished if key not in keys
    ]
    faults += [
        f"switches.sales: unknown state {state!r} of {key}; there are: {', '.join(SALE_STATES)}"
        for key, state in wished.items()
        if state not in SALE_STATES
    ]
    if faults:
        raise ValueError("; ".join(faults))
    table = chips.set_index("chip_id")
    after = pd.Period(as_of, freq="Q") + 1
    windows = {}
    for chip in LICENSED:
        if chip.launched_with not in table.index:
            continue
        launch = table.loc[chip.launched_with, "published"]
        sold = table.loc[chip.launched_with, "status"] not in NEVER_SOLD
        variant = sold and bool(table.loc[chip.launched_with, "export_variant_of"])
        state = "open" if variant or launch < FIRST_CONTROL else "closed"
        changes = [(launch, state), *_changes(events, chip.token)]
        if chip.key in wished:
            changes = [change for change in changes if change[0] < after.start_time]
            changes.append((max(after.start_time, launch), wished[chip.key]))
        windows[chip.key] = _window(changes, launch, quarters)
    return windows


def _changes(events: pd.DataFrame, token: str) -> list[tuple[pd.Timestamp, str]]:
    """Dates from which US acts close or reopen a chip, in order."""
    named = events["chips_affected"].map(
        lambda chips: token in {part.strip() for part in str(chips).split(";")}
    )
    acts = events[
        named & (events["actor"] == "US") & events["instrument"].isin(["rule", "licence decision"])
        & events["direction"].isin(["tighten", "loosen"])
    ]  # fmt: skip
    found = []
    for act in acts.itertuples():
        written = str(act.effective_date or act.date)
        day = pd.Timestamp(written) if len(written) == 10 else act.published
        found.append((day, "closed" if act.direction == "tighten" else "reopened"))
    return sorted(found)


def _window(
    changes: list[tuple[pd.Timestamp, str]], launch: pd.Timestamp, quarters: pd.PeriodIndex
) -> Window:
    end = (quarters[-1] + 1).start_time
    share = {state: np.zeros(len(quarters)) for state in SALE_STATES}
    changes = sorted((max(day, launch), place, state) for place, (day, state) in enumerate(changes))
    for (start, _, state), following in zip(changes, [*changes[1:], (end, 0, "")], strict=True):
        share[state] += overlap(quarters, start, following[0])
    return Window(overlap(quarters, launch, end + timedelta(days=1)), share["open"], share["reopened"])


def licensed_units(
    drawn: dict[str, np.ndarray],
    windows: dict[str, Window],
    pieces: dict[str, list[Piece]],
) -> dict[str, np.ndarray]:
    """Units of each licensed chip by quarter (draws x quarters).

    Quarters that a published count covers take the count with its error, one error shared by all counts of a chip;
    later quarters take the prior rate times the share of the quarter in which sales were allowed.
    """
    units = {}
    for chip in LICENSED:
        if chip.key not in windows:
            continue
        window = windows[chip.key]
        # A part on sale before the axis begins has its start-up behind it.
        new = window.launched[0] < 1
        launched = delay(window.launched, drawn["licensed_launch_lag_quarters"]) if new else window.launched
        reopened = drawn["licensed_reopened_share"][:, None] * window.reopened
        allowed = np.minimum(launched, 1.0) * (window.free + reopened)
        flow = _rate(drawn, chip)[:, None] * allowed
        # A count falls on quarters of free sale; where it covers none, on those since the launch alike.
        weights = window.free + 1e-3 * window.launched
        counted = pieces.get(chip.key, [])
        if counted:
            covered = np.any([piece.quarters for piece in counted], axis=0)
            if any(piece.since_launch for piece in counted):
                covered |= np.arange(len(covered)) < np.flatnonzero(covered).min()
            flow[:, covered] = 0.0
        for piece in counted:
            spread = np.where(piece.quarters, weights, 0.0)
            spread = spread if spread.sum() > 0 else piece.quarters.astype(float)
            error = np.exp(piece.error * drawn["noise:licensed"])
            flow += piece.value * error[:, None] * spread / spread.sum()
        units[chip.key] = flow
    return units


def _rate(drawn: dict[str, np.ndarray], chip: Licensed) -> np.ndarray:
    return drawn["amd_cards_per_quarter" if chip.key == "amd" else f"licensed_{chip.key}_per_quarter"]


def leakage(drawn: dict[str, np.ndarray], quarters: pd.PeriodIndex) -> np.ndarray:
    """H100e that reached China without a licence, by quarter (draws x quarters).

    The cumulative amount to the end of 2025 is one prior; single years are shares of it that vary far more, so the
    error of a year is wide while the sum keeps its own. 2026 continues the mean of 2024 and 2025 by a factor, later
    years follow a trend. The mix of parts is not modelled: the prior, in H100e of peak operations, stands for memory
    bandwidth too, of which an A100 has twice as much for its operations as an H100.
    """
    last_counted = 2025
    shares = {year: drawn[f"leak_weight_{year}"] for year in range(2022, last_counted + 1)}
    whole = sum(shares.values())
    flow = {year: drawn["leak_h100e_to_2025"] * share / whole for year, share in shares.items()}
    flow[2026] = (flow[2024] + flow[2025]) / 2 * drawn["leak_continuation_2026"]
    for year in range(2027, int(quarters.year.max()) + 1):
        # The trend is a prior for two years; further out the flow holds its size.
        flow[year] = flow[year - 1] * (drawn["leak_trend"] if year <= 2028 else 1.0)
    return np.stack([flow[year] / 4 for year in quarters.year], axis=1)


def offshore(drawn: dict[str, np.ndarray], quarters: pd.PeriodIndex) -> np.ndarray:
    """H100e outside China that Chinese firms use, as a stock by quarter (draws x quarters). It is never added to
    the stock in China: location, ownership and use are three numbers."""
    return path(drawn, "offshore_h100e", quarters)
