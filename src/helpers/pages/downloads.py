"""What a reader can take away: the evidence as it was known, the results, the headlines, and the data dictionary."""

import json
import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import yaml

from helpers.cards import Deck
from helpers.evidence import Evidence
from helpers.evidence.package import RENAMED
from helpers.exhibits.citation import day, entry
from helpers.exhibits.tables import heading
from helpers.pages.crate import METADATA
from helpers.paths import project_root
from helpers.results import LONG_FORM

PACKAGE = "china-ai-compute"
ALL_RESULTS = "results/long-form.csv"
_ID = re.compile(r"[\w.-]+")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_downloads(evidence: Evidence, run: Path, folder: Path) -> None:
    """Write `data/` (the evidence cut to `as_of`, as a data package and as one zip) and `results/` into the site.

    The hand-kept files are never copied whole: an edition shows nothing that was published after its date.
    """
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    described = _package(evidence)
    later = _later_ids(evidence)
    for resource in described["resources"]:
        frame = _frame(evidence, resource["name"])
        if frame is not None:
            _without(_as_written(frame, resource), later).to_csv(
                data / resource["path"], index=False, lineterminator="\n"
            )
    rules = json.dumps(evidence.rules, indent=1, ensure_ascii=False, default=str)
    (data / "rules.json").write_text(rules + "\n", encoding="utf-8")
    written = json.dumps(described, indent=1, ensure_ascii=False)
    (data / "datapackage.json").write_text(written + "\n", encoding="utf-8")
    _zip(data, data / f"{PACKAGE}.zip")
    for name in ("results", "headlines"):
        if (run / name).is_dir():
            shutil.copytree(
                run / name, folder / "results" / ("" if name == "results" else name), dirs_exist_ok=True
            )
    (folder / "results").mkdir(exist_ok=True)
    long_form(run).to_csv(folder / ALL_RESULTS, index=False, lineterminator="\n")


def write_citation(evidence: Evidence, folder: Path) -> None:
    """Write `citation.bib` and `CITATION.cff` of this edition into the site."""
    known = yaml.safe_load((project_root() / "CITATION.cff").read_text(encoding="utf-8"))
    day_known = evidence.as_of
    edition = {**known, "version": day_known.isoformat(), "date-released": day_known.isoformat()}
    text = yaml.safe_dump(edition, allow_unicode=True, sort_keys=False, width=110)
    (folder / "CITATION.cff").write_text(text, encoding="utf-8")
    note = f"Edition as known on {day(day_known)}"
    text = entry(f"china-ai-compute:{day_known}", str(known["title"]), day_known, note)
    (folder / "citation.bib").write_text(text + "\n", encoding="utf-8")


def long_form(run: Path) -> pd.DataFrame:
    """Every result in long form, one below the other: notebook, result, and the columns of `LONG_FORM`."""
    frames = []
    for path in sorted((run / "results").glob("*/*.csv")):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        if set(LONG_FORM) <= set(frame):
            frames.append(frame[list(LONG_FORM)].assign(notebook=path.parent.name, result=path.stem))
    columns = ["notebook", "result", *LONG_FORM]
    return pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)


def download_list(evidence: Evidence, run: Path) -> str:
    """Links to the files that `write_downloads` makes of this evidence and run, the whole packages first."""
    tables = [entry["path"] for entry in _package(evidence)["resources"]]
    results = sorted(
        path.relative_to(run / "results").as_posix() for path in (run / "results").rglob("*.csv")
    )
    headlines = sorted(path.name for path in (run / "headlines").glob("*.json"))
    whole = (
        (f"data/{PACKAGE}.zip", "the evidence as it was known, a Frictionless Data Package"),
        (ALL_RESULTS, "every result in long form, one table"),
        (
            METADATA,
            "the run as an RO-Crate: workflow, parameters, evidence and results, each with its digest",
        ),
        ("citation.bib", "this edition for BibTeX"),
        ("CITATION.cff", "this edition in the Citation File Format"),
    )
    groups = (
        (
            "Tables of the evidence",
            ["data/datapackage.json", "data/rules.json", *(f"data/{name}" for name in tables)],
        ),
        ("Results, one by one", [f"results/{name}" for name in results]),
        ("Headlines", [f"results/headlines/{name}" for name in headlines]),
    )
    items = "".join(f'<li><a href="{name}" download>{name}</a>, {about}</li>' for name, about in whole)
    parts = [f'<ul class="whole">{items}</ul>']
    for name, files in groups:
        items = "".join(
            f'<li><a href="{escape(quote(file), quote=True)}" download>{escape(file)}</a></li>'
            for file in files
        )
        count = f"{name} ({len(files)})"
        parts.append(
            f'<details class="columns"><summary>{count}</summary><ul class="downloads">{items}</ul></details>'
            if items
            else ""
        )
    return "".join(parts)


def notebook_list(deck: Deck) -> str:
    """Links to the executed notebooks and to their one-sheet versions."""
    items = "".join(
        f'<li><a href="notebooks/{card.file}" download>{escape(card.file)}</a>, executed; '
        f'<a href="notebooks/{Path(card.file).stem}.html">one sheet</a>'
        f'<span class="visually-hidden"> of {escape(card.title)}</span></li>'
        for card in deck.cards
    )
    return f'<ul class="downloads">{items}</ul>'


def parameters_table(deck: Deck, parameters: Mapping[str, Any]) -> str:
    """The parameters of this edition, and what each means."""
    rows = []
    for card in deck.cards:
        for name, value in dict(parameters.get(card.page, {})).items():
            about = deck.parameters[name].help if name in deck.parameters else ""
            rows.append(
                f'<tr><td>{escape(card.title)}</td><td data-head="Parameter"><code>{escape(name)}</code></td>'
                f'<td data-head="Value">{escape(str(value))}</td>'
                f'<td class="w" data-head="Meaning">{escape(about)}</td></tr>'
            )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Notebook", "Parameter", "Value", "Meaning"))
    return (
        '<div class="table-scroll" role="region" aria-label="Parameters of this edition" tabindex="0">'
        f'<table class="stacks"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def dictionary(evidence: Evidence) -> str:
    """Every table of the data package and every column: type, meaning, what is allowed."""
    parts = []
    for resource in _package(evidence)["resources"]:
        fields = resource.get("schema", {}).get("fields", [])
        rows = "".join(_field_row(field) for field in fields)
        about = _coded(str(resource.get("description") or resource.get("title") or ""))
        label = f"Columns of {escape(resource['name'], quote=True)}"
        parts.append(
            f'<h3 id="table-{escape(resource["name"], quote=True)}">{heading(resource["name"])}</h3><p>{about}</p>'
            f'<details class="columns"><summary>{len(fields)} columns</summary>'
            f'<div class="table-scroll" role="region" aria-label="{label}" tabindex="0">'
            '<table class="stacks"><thead><tr><th scope="col">Column</th><th scope="col">Type</th>'
            '<th scope="col">Meaning</th></tr></thead>'
            f"<tbody>{rows}</tbody></table></div></details>"
        )
    return "".join(parts)


def _coded(text: str) -> str:
    """A description as HTML, what it sets in back quotes as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _field_row(field: dict[str, Any]) -> str:
    meaning = _coded(str(field.get("description", "")))
    constraints = field.get("constraints", {})
    allowed = constraints.get("enum")
    if allowed:
        meaning += f"<small>one of: {escape(', '.join(map(str, allowed)))}</small>"
    if constraints.get("required"):
        meaning += "<small>required</small>"
    name, kind = escape(field["name"]), escape(field.get("type", ""))
    return (
        f'<tr><td><code>{name}</code></td><td data-head="Type">{kind}</td>'
        f'<td class="w" data-head="Meaning">{meaning}</td></tr>'
    )


def _package(evidence: Evidence) -> dict[str, Any]:
    described = json.loads((evidence.folder / "datapackage.json").read_text(encoding="utf-8"))
    kept = [entry for entry in described["resources"] if _frame(evidence, entry["name"]) is not None]
    return {**described, "resources": kept}


def _frame(evidence: Evidence, name: str) -> pd.DataFrame | None:
    frame = getattr(evidence, RENAMED.get(name, name), None)
    return frame if isinstance(frame, pd.DataFrame) and len(frame.columns) else None


def _as_written(frame: pd.DataFrame, resource: dict[str, Any]) -> pd.DataFrame:
    """The columns of the schema with dates and periods in the words of the hand-kept file."""
    columns: dict[str, Sequence] = {}
    for field in resource["schema"]["fields"]:
        name = field["name"]
        written = f"{name}_text" if f"{name}_text" in frame else name
        if written in frame:
            column = frame[written]
            is_float = pd.api.types.is_float_dtype(column.dtype)
            columns[name] = (
                column.map(lambda value: f"{value:.10g}", na_action="ignore") if is_float else column
            )
    return pd.DataFrame(columns)


def _later_ids(evidence: Evidence) -> set[str]:
    """The ids of rows that were published after the date of this evidence."""
    if evidence.full is None:
        return set()
    pairs = (("facts", "fact_id"), ("sources", "source_id"), ("chips", "chip_id"), ("events", "event_id"),
             ("systems", "system_id"), ("claims", "claim_id"))  # fmt: skip
    later: set[str] = set()
    for name, key in pairs:
        if key in getattr(evidence.full, name):
            later |= set(getattr(evidence.full, name)[key]) - set(getattr(evidence, name)[key])
    return later


def _without(frame: pd.DataFrame, later: set[str]) -> pd.DataFrame:
    """The table without mentions of later rows: lists of ids lose them, a check that needs one is left empty."""

    def known(value: object) -> object:
        if not isinstance(value, str) or not set(_ID.findall(value)) & later:
            return value
        names = value.split(";")
        whole = all(_ID.fullmatch(name) for name in names)
        return ";".join(name for name in names if name not in later) if whole else ""

    if not later:
        return frame
    return frame.assign(**{name: frame[name].map(known) for name in frame if frame[name].dtype == object})


def _zip(folder: Path, path: Path) -> None:
    """One archive of the folder that is the same on every machine: sorted names, no clock."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.glob("*")):
            if file != path:
                archive.writestr(zipfile.ZipInfo(f"{PACKAGE}/{file.name}", _EPOCH), file.read_bytes(),
                                 zipfile.ZIP_DEFLATED)  # fmt: skip
