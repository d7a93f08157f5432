"""Results: what a notebook hands on, as files in the folder of one run.

```
<run>/results/<notebook>/<name>.csv   long form: entity, period, quantity, unit, basis, p5, p50, p95, as_of, evidence
<run>/headlines/<notebook>.json       the numbers that prose may quote, each with interval, basis, as_of, evidence
<run>/exhibits/<id>.*                 what each exhibit ships
<run>/written/<notebook>.json         the files among them that this notebook wrote
```
A notebook reads what an earlier one wrote through `Run.read`; a result that this run has not written is an error.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.evidence import LATEST, Evidence, load
from helpers.evidence.declared import only
from helpers.models.long_form import LONG_FORM
from helpers.parameters import check_page
from helpers.paths import run_dir

DECLARED = "BRIEFING_DECLARED"
CONFIDENCE = ("high", "medium", "low")


class ResultError(Exception):
    """A result that is missing, incomplete or not in long form; the message names it and what was expected."""


@dataclass(frozen=True)
class Headline:
    """One number that prose may quote.

    value, low, high: the number and its range in `unit`; low and high are None for an exact count. spread: what
    the range is (a 90 % interval, or a range over sources or measures).
    shown: the number as readers see it ("1.8 M"); label: what it is, in a few words; sentence: the judgement,
    with `{value}`, `{low}`, `{high}` filled in. exhibit: the id of the exhibit that shows it. period: what the
    number is true of.
    """

    id: str
    value: float
    unit: str
    basis: str
    label: str
    sentence: str
    as_of: str
    notebook: str
    low: float | None = None
    high: float | None = None
    shown: str = ""
    period: str = ""
    spread: str = "90 % interval"
    confidence: str = "medium"
    exhibit: str = ""
    evidence: tuple[str, ...] = field(default_factory=tuple)
    key: bool = False

    def _repr_html_(self) -> str:
        """The judgement as a paragraph; the site turns its number into a link with interval and evidence."""
        name = f"{self.notebook}.{self.id}"
        return f'<p class="finding" data-headline="{escape(name)}">{escape(self.sentence)}</p>'

    def faults(self) -> list[str]:
        """What this headline lacks; empty when it may be published."""
        lacks = [
            name for name in ("id", "unit", "basis", "label", "sentence", "as_of") if not getattr(self, name)
        ]
        if self.value is None or self.value != self.value:
            lacks.append("value")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            lacks.append(f"an interval that holds the value ({self.low} <= {self.value} <= {self.high})")
        if self.confidence not in CONFIDENCE:
            lacks.append(f"a confidence of {', '.join(CONFIDENCE)}")
        if not self.evidence:
            lacks.append("evidence")
        return lacks


@dataclass(frozen=True)
class Judgements:
    """Several headlines, shown as their sentences one after the other."""

    rows: list[Headline]

    def _repr_html_(self) -> str:
        return "".join(row._repr_html_() for row in self.rows)


@dataclass(frozen=True)
class NothingKnown:
    """What stands in the place of an exhibit that the evidence of that day cannot fill."""

    as_of: date

    def _repr_html_(self) -> str:
        return f'<p class="nothing-known">Too little was known on {self.as_of.isoformat()} to show more here.</p>'


class Run:
    """The folder that one execution of the notebooks writes to, seen from one notebook."""

    def __init__(self, notebook: str, as_of: str | date, folder: Path):
        self.notebook = notebook
        self.asked_as_of = as_of
        self.folder = folder
        self._headlines: dict[str, Headline] = {}
        self._exhibits: list[str] = []

    @cached_property
    def evidence(self) -> Evidence:
        """The evidence as known on this run's `as_of`; in a run only the tables that the notebook's card declares."""
        evidence = load(as_of=self.asked_as_of)
        declared = json.loads(os.environ.get(DECLARED, "{}"))
        if self.notebook in declared:
            return only(evidence, declared[self.notebook], f"the {self.notebook} notebook")
        return evidence

    @property
    def as_of(self) -> date:
        """The knowledge date, `latest` resolved."""
        return self.evidence.as_of

    def save(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Write a result as CSV and give it back.

        A frame with `p50` is in long form and must have every column of `LONG_FORM` with p5 <= p50 <= p95.
        Other tables (a spec table, statuses) are written as they are. Raises ResultError.
        """
        if "p50" in frame.columns:
            _check_long_form(f"{self.notebook}.{name}", frame)
        path = self._path(self.notebook, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.to_csv(path, index=False, lineterminator="\n", float_format="%.10g")
        return frame

    def read(self, notebook: str, name: str) -> pd.DataFrame:
        """A result that an earlier notebook of this run wrote; ResultError when it has not."""
        path = self._path(notebook, name)
        if not path.is_file():
            raise ResultError(
                f"{notebook}.{name} has not been written in this run; run the {notebook} notebook first"
            )
        return pd.read_csv(path)

    def headline(self, id: str, value: float, unit: str, basis: str, label: str, sentence: str, **more: Any):
        """Keep a number for prose; returns the Headline, which shows as its sentence.

        `sentence` may use `{shown}`, `{value}`, `{low}`, `{high}`. Raises ResultError naming what is lacking.
        """
        more.setdefault("shown", f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2g}")
        more["evidence"] = tuple(more.get("evidence", ()))
        if more.get("low") == more.get("high"):
            more["low"] = more["high"] = None
        text = sentence.format(shown=more["shown"], value=value, low=more.get("low"), high=more.get("high"))
        headline = Headline(
            id=id,
            value=value,
            unit=unit,
            basis=basis,
            label=label,
            sentence=text,
            as_of=self.as_of.isoformat(),
            notebook=self.notebook,
            **more,
        )
        if lacks := headline.faults():
            raise ResultError(f"headline {id!r} lacks {', '.join(lacks)}")
        self._headlines[id] = headline
        path = self.folder / "headlines" / f"{self.notebook}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [asdict(row) for row in self._headlines.values()]
        path.write_text(
            json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
        )
        return headline

    def headlines(self, rows: list[dict]) -> "Judgements":
        """Keep several numbers for prose (the arguments of `headline`, one dict each); shows as their sentences."""
        return Judgements([self.headline(**row) for row in rows])

    def exhibit(self, exhibit: Any) -> Any:
        """Write what an exhibit ships (CSV, SVG, chart) and give it back, so that the cell shows it.

        None, from a chart that has nothing to draw on this `as_of`, shows as a sentence that says so.
        """
        if exhibit is None:
            return NothingKnown(self.as_of)
        written = exhibit.write(self.folder / "exhibits")
        self._exhibits += [path.name for path in written if path.name not in self._exhibits]
        listed = self.folder / "written" / f"{self.notebook}.json"
        listed.parent.mkdir(parents=True, exist_ok=True)
        listed.write_text(json.dumps(self._exhibits), encoding="utf-8")
        return exhibit

    def _path(self, notebook: str, name: str) -> Path:
        return self.folder / "results" / notebook / f"{name}.csv"


def start(notebook: str, as_of: str | date = LATEST, **parameters: Any) -> Run:
    """Open the current run for a notebook.

    The runner names the folder (`BRIEFING_RUN_DIR`); in JupyterLab it is `build/lab`, so a notebook can be run by
    hand, cell by cell, from any folder. There, and under plain papermill, its parameters are checked here against
    its card (the runner has done so before the kernel started); raises ParameterError with all faults.
    """
    if DECLARED not in os.environ:
        check_page(notebook, {"as_of": as_of, **parameters})
    return Run(notebook, as_of, run_dir())


def read_headlines(folder: Path) -> list[dict]:
    """Every headline of a finished run, in the order of the notebooks' names and of their cells."""
    rows: list[dict] = []
    for path in sorted((folder / "headlines").glob("*.json")):
        rows += json.loads(path.read_text(encoding="utf-8"))
    return rows


def _check_long_form(name: str, frame: pd.DataFrame) -> None:
    lacking = [column for column in LONG_FORM if column not in frame.columns]
    if lacking:
        raise ResultError(f"{name} lacks the columns {', '.join(lacking)} of a result in long form")
    ordered = frame[["p5", "p50", "p95"]].dropna()
    wrong = ordered[(ordered["p5"] > ordered["p50"]) | (ordered["p50"] > ordered["p95"])]
    if len(wrong):
        row = frame.loc[wrong.index[0]]
        raise ResultError(
            f"{name}: p5 <= p50 <= p95 fails for {row['entity']} {row['period']} {row['quantity']}: "
            f"{row['p5']}, {row['p50']}, {row['p95']}"
        )
