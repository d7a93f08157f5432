"""What an edition says and what it was computed from, read back from its published folder alone.

```
results/edition.json     as_of, parameters and key parts of each notebook, every exhibit with its page
results/headlines/*.json the headline numbers
exhibits/<id>.csv        what each exhibit shows
data/                    the evidence as it was known
```
Two editions can so be compared wherever they are kept, whatever code made them.
"""

import csv
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import nbformat

from helpers.paths import notebooks_dir
from helpers.run.execute import Outcome

RECORD = Path("results", "edition.json")
CODE = "code of the notebook"
_FIGURE = re.compile(r'<figure class="exhibit" id="x-([a-z0-9-]+)"')
_NO_EVIDENCE = ("jumps", "rejected")
_SOURCES = ("source_id", "source_ids", "original_id")
# Words about a row, not what it says, and where it was read: a change of these moves no number.
_REMARKS = {"note", "locator", "reason", "url", "accessed", "licence", "topics", "seen_as", "verification",
            "field_sources", "status_last_seen", *_SOURCES}  # fmt: skip


class NoEdition(Exception):
    """The folder holds no edition that can be compared; the message says what is missing."""


class Row(NamedTuple):
    """One row of the evidence: its table, its values as written, the sources it cites, and a name for readers."""

    table: str
    values: dict[str, str]
    sources: frozenset[str]
    name: str


@dataclass(frozen=True)
class Record:
    """One edition. headlines by `page.id`, exhibits by id, rows by id; parts and parameters by page."""

    folder: Path
    as_of: str
    parameters: dict[str, dict[str, Any]]
    parts: dict[str, dict[str, str]]
    headlines: dict[str, dict[str, Any]]
    exhibits: dict[str, dict[str, Any]]
    rows: dict[str, Row] = field(repr=False)


def write_record(
    site: Path,
    run: Path,
    as_of: str,
    parameters: Mapping[str, Mapping[str, Any]],
    outcomes: Sequence[Outcome],
) -> None:
    """Write `results/edition.json` into a new site; `parameters` by page, `outcomes` of the notebooks of the run."""
    parts, exhibits = {}, []
    for outcome in outcomes:
        page = outcome.card.page
        parts[page] = {**outcome.parts, CODE: _code_digest(notebooks_dir() / outcome.card.file)}
        for name in _FIGURE.findall((site / f"{page}.html").read_text(encoding="utf-8")):
            written = json.loads((run / "exhibits" / f"{name}.json").read_text(encoding="utf-8"))
            kept = ("id", "title", "subtitle", "unit", "basis", "confidence", "sources")
            exhibits.append({"page": page, **{key: written[key] for key in kept}})
    described = {
        "as_of": as_of,
        "parameters": {page: dict(values) for page, values in parameters.items()},
        "parts": parts,
        "exhibits": exhibits,
    }
    path = site / RECORD
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(described, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_record(folder: Path) -> Record:
    """Read an edition from its folder. Raises NoEdition."""
    try:
        described = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise NoEdition(f"{folder} is not an edition: it has no {RECORD.as_posix()}") from None
    headlines: dict[str, dict] = {}
    for page in described["parts"]:
        path = folder / "results" / "headlines" / f"{page}.json"
        for row in json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []:
            headlines[f"{page}.{row['id']}"] = row
    return Record(
        folder=folder,
        as_of=described["as_of"],
        parameters=described["parameters"],
        parts=described["parts"],
        headlines=headlines,
        exhibits={row["id"]: row for row in described["exhibits"]},
        rows=_read_rows(folder / "data"),
    )


def exhibit_table(folder: Path, exhibit: str) -> list[dict[str, str]]:
    """What an exhibit shows, as text; empty where the edition does not have it."""
    path = folder / "exhibits" / f"{exhibit}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _code_digest(notebook: Path) -> str:
    """The code cells alone: a word changed in the prose of a notebook moves no number."""
    cells = nbformat.read(notebook, as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()


def _read_rows(data: Path) -> dict[str, Row]:
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    rows: dict[str, Row] = {}
    for resource in package["resources"]:
        if resource["name"] in _NO_EVIDENCE:
            continue
        key = resource["schema"].get("primaryKey") or [resource["schema"]["fields"][0]["name"]]
        columns = [key] if isinstance(key, str) else key
        with (data / resource["path"]).open(encoding="utf-8", newline="") as lines:
            for written in csv.DictReader(lines):
                name = "|".join(written[column] for column in columns)
                rows[name] = _row(resource["name"], written)
    for rule in json.loads((data / "rules.json").read_text(encoding="utf-8")):
        values = {name: json.dumps(value, sort_keys=True, ensure_ascii=False) for name, value in rule.items()}
        cited = {name for names in (rule.get("field_sources") or {}).values() for name in names}
        rows[str(rule["id"])] = Row("rules", _said(values), frozenset(cited), str(rule.get("title", "")))
    return rows


def _row(table: str, written: dict[str, str]) -> Row:
    cited = {name for column in _SOURCES for name in written.get(column, "").split(";") if name}
    return Row(table, _said(written), frozenset(cited), _name(table, written))


def _said(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name not in _REMARKS}


def _name(table: str, written: dict[str, str]) -> str:
    """A row in a reader's words."""
    if table == "facts":
        words = f"{written['entity']}: {written['metric']}, {written['period']}"
    elif table == "chip_disputes":
        words = f"{written['chip_id']}: {written['field']}, disputed"
    elif table == "exchange_rates":
        words = f"{written['currency']} {written['convention']} {written['period']}"
    elif table == "sources":
        words = f"{written['publisher']}: {written['title']}"
    else:
        named = ("name", "title", "parameter", "statement", "chip", "entity")
        words = next((written[name] for name in named if written.get(name)), "")
    return words.replace("_", " ")
