"""The data package: which tables there are and what each column holds.

`data/datapackage.json` (Frictionless Data Package) is the only description of the evidence: the loader takes its
types from it, `briefing check` its constraints, and the data page its dictionary.
"""

import json
from pathlib import Path
from typing import NamedTuple

RENAMED = {"exchange_rates": "rates", "chip_disputes": "disputes"}


class Column(NamedTuple):
    """One column: its name, Table Schema type, and the whole descriptor."""

    name: str
    type: str
    descriptor: dict


class Resource(NamedTuple):
    """One table of the package: its file, its columns and the whole descriptor."""

    name: str
    path: str
    fields: tuple[Column, ...]
    descriptor: dict


def read_package(folder: Path) -> dict[str, Resource]:
    """Every table of `datapackage.json`, by the name the loader uses."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resources = {}
    for entry in package["resources"]:
        if not str(entry["path"]).endswith(".csv"):
            continue
        columns = tuple(
            Column(column["name"], column.get("type", "string"), column)
            for column in entry["schema"]["fields"]
        )
        name = RENAMED.get(entry["name"], entry["name"])
        resources[name] = Resource(name, entry["path"], columns, entry)
    return resources
