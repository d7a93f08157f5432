"""What could be bought without a licence, and what each rule change did to the chips on sale.

A chip is on sale from the last day of its release date on; the end of sale is not recorded, so a chip stays on sale.
Only chips that US makers sell count: the rules are about exports from the United States, and a chip that its maker
only rents out cannot be bought.
"""

import math
from typing import Any, NamedTuple

import pandas as pd

from helpers.models.long_form import LONG_FORM
from helpers.models.rules.book import Book, compile_rules, rule_dates
from helpers.models.rules.engine import FREE, UNDETERMINED, judge
from helpers.models.rules.find import specifications
from helpers.models.rules.metrics import measure

SOLD = ("shipping", "banned variant")
NOTIFIED = "nac-notification"
METRICS = {"tpp": ("tpp", "TPP"), "memory_bandwidth": ("dram_bw_gbs", "GB/s")}
ENTITIES = {"US chips": None, "US data-centre chips": "datacenter"}
ANY, WITHOUT, NOTIFYING = "best on sale", "no licence", "no licence, or notification"
FIRST_YEAR = "2022-01-01"
EFFECTS = ("licence", "notification", "open", "firmer", "eased", "settled")


class Part(NamedTuple):
    """One chip with what is needed of it at any date."""

    row: dict
    spec: dict
    measured: dict
    sold: bool

    def on_sale(self, day: str) -> bool:
        """Whether it could be bought on an ISO date."""
        released = self.spec["release_date"]
        return self.sold and released is not None and released <= day


def statuses(evidence: Any, book: Book | None = None, days: list[str] | None = None) -> pd.DataFrame:
    """One row per chip and day: chip_id, chip, vendor, vendor_hq, market, day, on_sale, status, possible.

    days: ISO dates; by default every day on which a rule starts or ends, and the knowledge date.
    """
    book = compile_rules(evidence.rulebook, evidence.as_of) if book is None else book
    days = _days(evidence, book) if days is None else days
    rows = []
    for part in parts_of(evidence, book):
        for day in days:
            judged = judge(part.spec, book, day, part.measured)
            rows.append(
                {
                    "chip_id": part.row["chip_id"], "chip": part.row["name"], "vendor": part.row["vendor"],
                    "vendor_hq": part.row["vendor_hq"], "market": part.row["market"], "day": day,
                    "on_sale": part.on_sale(day), "status": judged.status, "possible": ";".join(judged.possible),
                }
            )  # fmt: skip
    columns = ["chip_id", "chip", "vendor", "vendor_hq", "market", "day", "on_sale", "status", "possible"]
    return pd.DataFrame(rows, columns=columns)


def legal_frontier(evidence: Any, book: Book | None = None) -> pd.DataFrame:
    """The most TPP and the most memory bandwidth of a US chip on sale, day by day, in long form.

    One row per metric, entity (`US chips`, `US data-centre chips`), basis and day on which a rule changed or a US
    chip came on sale. basis: `best on sale`, `no licence`, or `no licence, or notification`. p50: the best chip that
    certainly fits, by its low end; p95: the best that may fit, by its high end; p5 = p50. `chip` and `chip_high`
    name them. A day on which no chip fits has NaN. Chips without a known TPP or bandwidth are left out.
    """
    book = compile_rules(evidence.rulebook, evidence.as_of) if book is None else book
    parts = [part for part in parts_of(evidence, book) if part.row["vendor_hq"] == "US" and part.sold]
    released = [part.spec["release_date"] for part in parts if part.spec["release_date"] is not None]
    known = evidence.as_of.isoformat()
    days = sorted({*rule_dates(book), known, *(day for day in released if day >= FIRST_YEAR)})
    rows = []
    for day in (day for day in days if day <= known):
        sold = [(part, judge(part.spec, book, day, part.measured)) for part in parts if part.on_sale(day)]
        for entity, market in ENTITIES.items():
            asked = [pair for pair in sold if market in (None, pair[0].row["market"])]
            for name, (metric, unit) in METRICS.items():
                for basis, fits in ((ANY, _any), (WITHOUT, _free), (NOTIFYING, _free_or_notified)):
                    best = _best(asked, fits, metric)
                    rows.append(
                        {"entity": entity, "period": day, "quantity": f"legal_frontier_{name}", "unit": unit,
                         "basis": basis, "as_of": known, **best}
                    )  # fmt: skip
    return pd.DataFrame(rows, columns=[*LONG_FORM, "chip", "chip_high"])


def caught(evidence: Any, book: Book | None = None) -> pd.DataFrame:
    """What each rule change did: one row per US chip on sale whose status changed on the day a rule began or ended.

    Columns: day, rules (ids that begin or end that day, joined by `;`), change (their short names), chip_id, chip,
    before, after, effect: `licence` (needed now and not before), `notification`, `open` (can no longer be told),
    `firmer` (needed before and after, now on stricter ground), `eased`, `settled` (could not be told before).
    """
    book = compile_rules(evidence.rulebook, evidence.as_of) if book is None else book
    parts = [part for part in parts_of(evidence, book) if part.row["vendor_hq"] == "US"]
    rows = []
    for day in rule_dates(book):
        eve = (pd.Timestamp(day) - pd.Timedelta(days=1)).date().isoformat()
        moving = [rule for rule in book["rules"] if day in (rule["effective"], rule["end"])]
        begun = [rule for rule in moving if rule["effective"] == day] or moving
        for part in parts:
            if not part.on_sale(day):
                continue
            before = judge(part.spec, book, eve, part.measured).status
            after = judge(part.spec, book, day, part.measured).status
            if before != after:
                rows.append(
                    {
                        "day": day, "rules": ";".join(rule["id"] for rule in moving),
                        "change": _joined([rule["short"] for rule in begun]),
                        "chip_id": part.row["chip_id"], "chip": part.row["name"], "vendor": part.row["vendor"],
                        "before": before, "after": after, "effect": _effect(before, after, book["order"]),
                    }
                )  # fmt: skip
    columns = ["day", "rules", "change", "chip_id", "chip", "vendor", "before", "after", "effect"]
    return pd.DataFrame(rows, columns=columns)


def caught_summary(changes: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """One row per rule change that moved a chip: day, change, on_sale, and a count per effect.

    changes: of `caught`; table: of `statuses`, for the number of US chips then on sale.
    """
    sold = (
        table[table["on_sale"].astype(bool) & (table["vendor_hq"] == "US")]
        .groupby("day")["chip_id"]
        .nunique()
    )
    if changes.empty:
        return pd.DataFrame(columns=["day", "change", "on_sale", *EFFECTS])
    counts = changes.pivot_table(index=["day", "change"], columns="effect", values="chip_id", aggfunc="count")
    counts = counts.reindex(columns=list(EFFECTS)).fillna(0).astype(int).reset_index()
    counts.insert(2, "on_sale", counts["day"].map(sold).fillna(0).astype(int))
    return counts


def parts_of(evidence: Any, book: Book) -> list[Part]:
    """Every chip of the table with its specification and metrics."""
    rows = evidence.chips.to_dict("records")
    specs = specifications(evidence.chips, evidence, book)
    rented = evidence.rulebook["metrics"]["commercially_available_us"]["rented_only"]
    return [
        Part(row, spec, measure(spec, book), row["status"] in SOLD and row["vendor"] not in rented)
        for row, spec in zip(rows, specs, strict=True)
    ]


def _days(evidence: Any, book: Book) -> list[str]:
    known = evidence.as_of.isoformat()
    return sorted({*(day for day in rule_dates(book) if day <= known), known})


def _any(possible: tuple[str, ...]) -> tuple[bool, bool]:
    return True, True


def _free(possible: tuple[str, ...]) -> tuple[bool, bool]:
    return set(possible) <= {FREE}, FREE in possible


def _free_or_notified(possible: tuple[str, ...]) -> tuple[bool, bool]:
    fitting = {FREE, NOTIFIED}
    return set(possible) <= fitting, bool(fitting & set(possible))


def _best(sold: list[tuple[Part, Any]], fits: Any, metric: str) -> dict:
    """p5, p50, p95, evidence, chip and chip_high of the best chips that fit for certain, and that may fit."""
    sure: tuple[float, Part | None] = (math.nan, None)
    most: tuple[float, Part | None] = (math.nan, None)
    for part, judged in sold:
        low, high = part.measured[metric]
        if math.isinf(high):
            continue
        certainly, perhaps = fits(judged.possible)
        if certainly and not low <= sure[0]:
            sure = (low, part)
        if perhaps and not high <= most[0]:
            most = (high, part)
    named = [part for part in (sure[1], most[1]) if part is not None]
    sources = dict.fromkeys(
        source for part in named for source in part.row["source_ids"].split(";") if source
    )
    return {
        "p5": sure[0],
        "p50": sure[0],
        "p95": max(sure[0], most[0]) if sure[1] else math.nan,
        "evidence": ";".join(sources),
        "chip": sure[1].row["name"] if sure[1] else "",
        "chip_high": most[1].row["name"] if most[1] else "",
    }


def _joined(names: list[str]) -> str:
    """`3A090.a of October 2023` and `3A090.b of October 2023` as `3A090.a and 3A090.b of October 2023`."""
    heads, _, tails = zip(*(name.partition(" of ") for name in dict.fromkeys(names)), strict=True)
    if len(heads) > 1 and len(set(tails)) == 1:
        return f"{' and '.join(heads)} of {tails[0]}"
    return "; ".join(dict.fromkeys(names))


def _effect(before: str, after: str, order: list[str]) -> str:
    if after == UNDETERMINED:
        return "open"
    if before == UNDETERMINED:
        return "settled"
    if order.index(after) > order.index(before):
        return "eased"
    needs = ("licence-required", "case-by-case", "licence-letter")
    if after in needs:
        return "firmer" if before in needs else "licence"
    return "notification"
