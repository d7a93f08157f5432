"""What a check may ask of chips: a specification, its TPP, its licence status on a day."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from helpers.evidence.periods import parse_partial
from helpers.models import rules
from helpers.models.claims.known import Known, dated, day_of
from helpers.models.claims.values import CheckError, Day, NotYetKnown, Quantity, Word, as_text
from helpers.models.claims.wording import spelled


def chip(known: Known, chip_id: Word, column: Word) -> Quantity | Day:
    """A number or the release date from the table of chips (dense rates).

    A chip that is announced and not yet on sale by the day has a release date that lies after it.
    """
    row = known.row("chips", chip_id, "chip")
    name = as_text(column, "chip")
    if name not in row:
        raise CheckError(f"chip: no column {name!r} in chips.csv")
    if name == "release_date":
        return _release(known, row)
    if not isinstance(row[name], float):
        raise CheckError(f"chip: {name!r} is no number")
    if math.isnan(row[name]):
        raise CheckError(f"chip {row['chip_id']!r} has no sourced {name}")
    unit = "TFLOPS" if name.startswith("tflops") else "TOPS" if name.startswith("tops") else _tail(name)
    low, high = known.disputed.get((row["chip_id"], name), (row[name], row[name]))
    released = parse_partial(row["release_date"]).end if row["release_date"] else None
    low, high = min(low, row[name]), max(high, row[name])
    return Quantity(row[name], low, high, unit, "", (row["chip_id"],), released, row["name"], _measure(name))


def _release(known: Known, row: dict) -> Day:
    day = replace(dated(row["release_date"], (row["chip_id"],), row["name"]), detail="release")
    if day.high <= known.day:
        return day
    return replace(day, low=known.day + timedelta(days=1), high=date.max, written=f"not by {known.day}")


def tpp(known: Known, chip_id: Word) -> Quantity:
    """Total processing performance as the rule of October 2023 counts it (88 FR 73458)."""
    row = known.row("chips", chip_id, "tpp")
    spec = known.specs.loc[row["chip_id"]]
    if math.isnan(spec["tpp"]):
        raise CheckError(f"tpp: {row['chip_id']!r} has no sourced matrix rate")
    numbers = (float(spec[name]) for name in ("tpp", "tpp_low", "tpp_high"))
    return Quantity(*numbers, "TPP", "", (row["chip_id"],), None, row["name"], "total processing performance")


def status(known: Known, chip: Word, day: Word) -> Word:
    """The licence status of a chip for China on a day, by the rule engine."""
    name, on = as_text(chip, "status"), parse_partial(as_text(day, "status")).end
    if on > known.day:
        raise NotYetKnown(f"the status of {name} on {on} lay ahead", on)
    specs = _named(known, name)
    judged = [rules.judge(spec, known.book, on.isoformat()) for spec in specs]
    met = dict.fromkeys(v.rule["id"] for one in judged for v in one.verdicts if v.met is not False)
    words = " or ".join(dict.fromkeys(one.status for one in judged))
    ids = tuple(dict.fromkeys(spec["chip_id"] for spec in specs if spec.get("chip_id")))
    return Word(words, (*ids, *met), on, f"the status of {name} for China on {on}")


def _named(known: Known, chip: str) -> list[dict]:
    """The specifications that a chip's name means, among the chips known by the day."""
    try:
        return rules.find(chip, known.at_day, known.book).specs
    except rules.UnknownChip as fault:
        try:
            later = rules.find(chip, known.full, known.book).specs
        except rules.UnknownChip:
            raise CheckError(f"status: {fault}") from None
    days = [known.index["chips"][spec["chip_id"]]["published"] for spec in later if "chip_id" in spec]
    raise NotYetKnown(f"{chip} was not known", day_of(min(days)) if days else None)


def _measure(column: str) -> str:
    """A column in words: `tflops_fp16_dense` is the dense FP16 rate."""
    head, _, rest = column.partition("_")
    if head in ("tflops", "tops"):
        return f"dense {rest.removesuffix('_dense').upper()} rate"
    return spelled(column.removesuffix(f"_{column.rsplit('_', 1)[-1]}") if _tail(column) else column)


def _tail(column: str) -> str:
    return {"mm2": "mm2", "gb": "GB", "gbs": "GB/s", "w": "W", "bn": "bn"}.get(column.rsplit("_", 1)[-1], "")


FUNCTIONS: dict[str, Callable] = {"chip": chip, "tpp": tpp, "status": status}
