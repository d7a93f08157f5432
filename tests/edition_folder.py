"""A published edition made without any run: two notebooks, a few rows of evidence, two headlines, one exhibit.

The numbers are made up. `make(folder, as_of, **changes)` writes a folder that `helpers.edition.record` reads and that
has the pages of a site, so that editions can be compared and put beside each other in milliseconds.
"""

import csv
import json
from copy import deepcopy
from datetime import date
from pathlib import Path

from helpers.edition.manifest import write_manifest
from helpers.pages.content import Content
from helpers.pages.shell import Site, page

FACTS = [
    {"fact_id": "f-sales", "entity": "Huawei", "metric": "cards_sold", "value": "700", "period": "2025",
     "published": "2025-03", "status": "estimated", "source_id": "s1", "note": ""},
    {"fact_id": "f-other", "entity": "NVIDIA", "metric": "cards_sold", "value": "900", "period": "2025",
     "published": "2025-03", "status": "reported", "source_id": "s2", "note": ""},
]  # fmt: skip
ASSUMPTIONS = [
    {"assumption_id": "a-yield", "model": "capacity", "parameter": "yield", "low": "0.2", "high": "0.6",
     "source_ids": "s1", "published": "2024-01", "reason": "few counts"},
]  # fmt: skip
SOURCES = [
    {"source_id": name, "publisher": f"P {name}", "title": "T", "published": "2025-03"}
    for name in ("s1", "s2")
]
RULES = [
    {"id": "r-2023", "title": "The rule of 2023", "threshold": 4800, "field_sources": {"threshold": ["s3"]}}
]
PARTS = {
    "notebook": "n0",
    "code of the notebook": "c0",
    "parameter draws": "4096",
    "evidence facts": "e0",
    "evidence assumptions": "e1",
    "evidence rules": "e2",
    "module helpers.models.capacity.stock": "m0",
    "module helpers.exhibits.capacity.flows": "x0",
    "module helpers.results": "h0",
}
STOCK = {"id": "stock", "notebook": "capacity", "value": 1.8e6, "low": 1.2e6, "high": 2.9e6, "shown": "1.8 M",
         "unit": "H100e", "basis": "FP16 dense", "label": "installed base", "sentence": "China has 1.8 M.",
         "period": "2025", "confidence": "medium", "exhibit": "stock", "key": True,
         "evidence": ["f-sales", "a-yield", "r-2023"], "as_of": "2025-06-30"}  # fmt: skip
LAG = {**STOCK, "id": "lag", "notebook": "chips", "value": 47.0, "low": 38.0, "high": 55.0, "shown": "47 mo",
       "unit": "months", "label": "chip lag", "sentence": "A lag of 47 mo.", "exhibit": "", "evidence": ["f-other"],
       "key": False}  # fmt: skip
TABLE = "origin,year,h100e,evidence\ndomestic,2024,400,f-sales\ndomestic,2025,700,f-sales\nimports,2025,820,f-sales\n"
PAGES = ("index", "chips", "capacity", "facts", "claims", "assumptions", "changes", "methods")


def stated() -> dict:
    """What the plain edition says and rests on, to be changed by a test."""
    return deepcopy(
        {
            "facts": FACTS,
            "assumptions": ASSUMPTIONS,
            "sources": SOURCES,
            "rules": RULES,
            "parts": {"chips": PARTS, "capacity": PARTS},
            "parameters": {page: {"as_of": "x", "draws": 4096} for page in ("chips", "capacity")},
            "headlines": {"stock": STOCK, "lag": LAG},
            "table": TABLE,
            "title": "Most compute was made in China",
        }
    )


def make(folder: Path, as_of: str, said: dict | None = None, pages: tuple[str, ...] = PAGES) -> Path:
    """Write the edition and return its folder."""
    said = said or stated()
    for name in ("results/headlines", "exhibits", "data"):
        (folder / name).mkdir(parents=True)
    record = {
        "as_of": as_of,
        "parameters": said["parameters"],
        "parts": said["parts"],
        "exhibits": [{"page": "capacity", "id": "stock", "title": said["title"], "sources": ["s1"], "subtitle": "",
                      "unit": "H100e", "basis": "FP16", "confidence": "medium"}],
    }  # fmt: skip
    write_json(folder / "results" / "edition.json", record)
    for notebook in said["parts"]:
        rows = [row for row in said["headlines"].values() if row["notebook"] == notebook]
        write_json(folder / "results" / "headlines" / f"{notebook}.json", rows)
    (folder / "exhibits" / "stock.csv").write_text(said["table"])
    _write_data(folder / "data", said)
    _write_pages(folder, as_of, said, pages)
    write_manifest(folder, folder.parent / "no-run", {"parameters": said["parameters"]}, as_of)
    return folder


def write_json(path: Path, content: object) -> None:
    """Write a value as JSON."""
    path.write_text(json.dumps(content), encoding="utf-8")


def _write_data(data: Path, said: dict) -> None:
    resources = []
    for name in ("facts", "assumptions", "sources"):
        columns = list(said[name][0])
        fields = [{"name": column} for column in columns]
        resources.append(
            {"name": name, "path": f"{name}.csv", "schema": {"fields": fields, "primaryKey": columns[0]}}
        )
        with (data / f"{name}.csv").open("w", newline="") as lines:
            table = csv.DictWriter(lines, columns)
            table.writeheader()
            table.writerows(said[name])
    write_json(data / "datapackage.json", {"resources": resources})
    write_json(data / "rules.json", said["rules"])


def _write_pages(folder: Path, as_of: str, said: dict, pages: tuple[str, ...]) -> None:
    links = [{"href": f"{name}.html", "text": name} for name in pages if name != "index"]
    site = Site("A briefing", "About it", links, "", date.fromisoformat(as_of))
    rows = "".join(f'<tr id="{row["fact_id"]}"><td>x</td></tr>' for row in said["facts"])
    inside = {
        "changes": '<div id="what-changed"><p>Nothing.</p></div>',
        "index": '<div id="changed"></div>',
        "facts": f"<table><tbody>{rows}</tbody></table>",
        "methods": '<p id="as-of">The date.</p>',
        "capacity": '<figure class="exhibit" id="x-stock"><h3>A figure</h3></figure>',
    }
    for name in pages:
        text = page(site, f"{name}.html", Content(name, "", inside.get(name, "<p>Text.</p>")))
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
