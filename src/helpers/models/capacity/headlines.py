"""The numbers of the capacity chapter that prose may quote, as keyword arguments for `Run.headline`."""

import numpy as np

from helpers.models.capacity.equivalents import SPOKEN
from helpers.models.capacity.result import CapacityResult, percentiles
from helpers.models.capacity.samples import samples
from helpers.models.capacity.targets import judged_targets, share_of_world


def headlines(result: CapacityResult, evidence) -> list[dict]:
    """Every headline with its interval, basis, evidence, exhibit and confidence.

    The draws behind each are `samples.samples`, its working is `walk.walk`, both under the same id.
    """
    draws = samples(result, evidence)
    found = [
        _stock(result, draws, "installed-now", result.inputs.now),
        _in_use(result, draws["in-use-now"]),
        _used(result, draws["used-by-chinese-firms"]),
        _smuggled_share(result, draws["smuggled-share"]),
        *_last_year(result, draws),
    ]
    if "installed-horizon" in draws:
        found.append(_stock(result, draws, "installed-horizon", len(result.inputs.quarters) - 1))
    return found + _world_share(evidence, result) + _target(evidence)


def short(value: float) -> str:
    """A number as prose shows it, with two or three digits: 2.3 million, 708 thousand, 42."""
    for size, word in ((1e6, "million"), (1e3, "thousand")):
        if abs(value) >= size:
            scaled = value / size
            return f"{scaled:.1f} {word}" if scaled < 20 else f"{scaled:,.0f} {word}"
    return f"{value:.2g}" if abs(value) < 10 else f"{value:.0f}"


def span(low: float, high: float) -> str:
    """An interval as prose shows it, the size word once where both ends share it: 1.7 to 3.4 million."""
    one, two = short(low), short(high)
    word = two.partition(" ")[2]
    return f"{one.partition(' ')[0] if word and one.endswith(word) else one} to {two}"


def when(label: str) -> str:
    """The end of a quarter as prose says it: 2026-Q3 is September 2026, 2028-Q4 is 2028."""
    year, quarter = label.split("-Q")
    return year if quarter == "4" else f"{('March', 'June', 'September')[int(quarter) - 1]} {year}"


def _made(
    result: CapacityResult, id: str, array: np.ndarray, label: str, sentence: str, evidence: str, **more
) -> dict:
    low, middle, high = (float(value) for value in percentiles(array))
    show, unit_shown = more.pop("show", short), more.pop("unit_shown", "")
    show_span = span if show is short else lambda one, two: f"{show(one)} to {show(two)}"
    return {
        "id": id, "value": middle, "low": low, "high": high, "unit": more.pop("unit", "H100e"),
        "basis": more.pop("basis", result.basis), "label": label, "shown": show(middle) + unit_shown,
        "sentence": sentence.replace("[low] to [high]", show_span(low, high)),
        "evidence": [name for name in evidence.split(";") if name], **more,
    }  # fmt: skip


def _stock(result: CapacityResult, draws: dict[str, np.ndarray], id: str, place: int) -> dict:
    label = result.labels[place]
    later = place > result.inputs.now
    verb = "would run" if later else "ran"
    unit = SPOKEN[result.inputs.precision]
    return _made(
        result, id, draws[id], "installed in China",
        f"China {verb} about {{shown}} {unit} at the end of {when(label)} ([low] to [high]).",
        result.evidence_of("China", "installed"), period=label, key=True,
        confidence="low" if later else "medium", exhibit="capacity-stock",
    )  # fmt: skip


def _in_use(result: CapacityResult, draws: np.ndarray) -> dict:
    label = result.labels[result.inputs.now]
    return _made(
        result, "in-use-now", draws, "in use in China",
        "Of that about {shown} are in use ([low] to [high]); utilisation is the least observed part.",
        result.evidence_of("China", "in use"), period=label, confidence="low", exhibit="capacity-stock",
    )  # fmt: skip


def _used(result: CapacityResult, draws: np.ndarray) -> dict:
    label = result.labels[result.inputs.now]
    return _made(
        result, "used-by-chinese-firms", draws, "installed in China and rented abroad",
        "With what Chinese firms rent or own abroad it is {shown} ([low] to [high]): location, ownership and use "
        "are three numbers.",
        result.evidence_of("China", "used by Chinese firms"), period=label, confidence="low",
        exhibit="capacity-stock",
    )  # fmt: skip


def _smuggled_share(result: CapacityResult, draws: np.ndarray) -> dict:
    now = result.inputs.now
    return _made(
        result, "smuggled-share", draws, "share brought in without a licence",
        "About {shown} of the compute brought in since 2022 came without a licence ([low] to "
        "[high] %).",
        result.evidence_of("smuggled", "cumulative"), unit="percent", period=result.labels[now], confidence="low",
        exhibit="capacity-legs", show=lambda value: f"{value:.0f}", unit_shown=" %",
    )  # fmt: skip


def _last_year(result: CapacityResult, draws: dict[str, np.ndarray]) -> list[dict]:
    if "domestic-share" not in draws:
        return []
    year = result.last_full_year
    return [
        _made(
            result, "domestic-share", draws["domestic-share"], "Chinese-made share of compute added",
            f"Chinese makers supplied about {{shown}} of what was added in {year} ([low] to "
            "[high] %).",
            result.evidence_of("China", ""), unit="percent", period=str(year), confidence="medium",
            exhibit="capacity-legs", show=lambda value: f"{value:.0f}", unit_shown=" %",
        ),
        _made(
            result, "huawei-cards", draws["huawei-cards"], "Ascend cards sold",
            f"Huawei sold about {{shown}} Ascend cards in {year} ([low] to [high]).",
            result.evidence_of("huawei", ""), unit="cards", basis="cards, one or two dies each", period=str(year),
            confidence="medium", exhibit="capacity-huawei-units",
        ),
    ]  # fmt: skip


def _world_share(evidence, result: CapacityResult) -> list[dict]:
    shares = share_of_world(evidence, result)
    ours = shares[shares["computed"]] if len(shares) else shares
    if ours.empty:
        return []
    row = ours.iloc[-1]
    published = shares.loc[~shares["computed"], "p50"].agg(["min", "max"])
    return [
        {
            "id": "world-share", "value": row["p50"], "low": row["p5"], "high": row["p95"], "unit": "percent",
            "basis": row["basis"], "label": "China's share of the world's AI chips",
            "shown": f"{row['p50']:.0f} %", "period": f"{row['date']:%Y-%m-%d}", "confidence": "medium",
            "sentence": (
                f"China holds about {{shown}} of the world's AI chips by computing power "
                f"({row['p5']:.0f} to {row['p95']:.0f}); published shares run from {published['min']:.0f} to "
                f"{published['max']:.0f} %, by what they count."
            ),
            "evidence": row["fact_id"].split(";"), "exhibit": "capacity-world-share", "key": True,
        }
    ]  # fmt: skip


def _target(evidence) -> list[dict]:
    targets = judged_targets(evidence)
    row = targets[targets["goal"].eq(300) & targets["unit"].eq("EFLOPS")]
    if row.empty or not np.isfinite(row.iloc[0]["outturn"]):
        return []
    row = row.iloc[0]
    return [
        {
            "id": "target-300", "value": float(100 * row["reached"]), "unit": "percent", "basis": row["basis"],
            "label": "of the 300 EFLOPS target reached on its own basis", "shown": f"{100 * row['reached']:.0f} %",
            "sentence": f"The target of 300 EFLOPS by {row['due']}: {row['sentence']}", "period": str(row["due"]),
            "evidence": row["fact_ids"].split(";"), "exhibit": "capacity-official", "confidence": "medium",
        }
    ]  # fmt: skip
