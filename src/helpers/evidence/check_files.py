"""Faults of whole files: absent, of other bytes, of other separators, and a description that describes nothing.

Such a fault is named once, and what cannot be read is kept from the checks of rows: a table saved with semicolons
would otherwise be blamed in every row, and in every row of every table that names its ids.
"""

import csv
import io
import json
from pathlib import Path

import pandas as pd

from helpers.evidence.faults import Fault, shown

_DESCRIPTION = "data/datapackage.json"
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_NEVER_EMPTY = ("sources", "facts", "chips", "events")


def read_description(folder: Path) -> tuple[dict, list[Fault]]:
    """`datapackage.json`, or a package of no tables and the reason."""
    nothing: dict = {"resources": []}
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except OSError:
        return nothing, [Fault(_DESCRIPTION, 0, "", "no file", "the description of the tables")]
    except ValueError as error:
        return nothing, [Fault(_DESCRIPTION, getattr(error, "lineno", 0), "", f"{error}", "valid JSON")]
    resources = package.get("resources") if isinstance(package, dict) else None
    if not isinstance(resources, list) or not resources:
        return nothing, [Fault(_DESCRIPTION, 0, "resources", shown(resources), "a list of tables")]
    faults = [
        Fault(_DESCRIPTION, 0, f"resources[{place}]", shown(resource), "name, path and schema with fields")
        for place, resource in enumerate(resources)
        if not _is_table(resource)
    ]
    return (nothing if faults else package), faults


def _is_table(resource: object) -> bool:
    if not isinstance(resource, dict) or not {"name", "path", "schema"} <= set(resource):
        return False
    fields = resource["schema"].get("fields") if isinstance(resource["schema"], dict) else None
    return isinstance(fields, list) and bool(fields) and all("name" in field for field in fields)


def read_tables(folder: Path, package: dict) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """Tables as text, by resource name, with the file row in `row`; those that cannot be read are faults instead.

    Rows too short or too long are padded or cut and columns that lack are empty: the check of structure names them,
    and everything else is still checked, under the right row number.
    """
    tables, faults = {}, []
    for resource in package["resources"]:
        table, more = _read(folder / resource["path"], resource)
        faults += more
        if table is not None:
            tables[resource["name"]] = table
    return tables, faults


def _read(path: Path, resource: dict) -> tuple[pd.DataFrame | None, list[Fault]]:
    file = f"data/{resource['path']}"
    if not path.is_file():
        return None, [Fault(file, 0, "", "no file", "the table named in datapackage.json")]
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        return None, [Fault(file, row, "", f"the byte {error.object[error.start]:#04x}", "UTF-8 text")]
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        return None, [Fault(file, row, "", "a zero byte", "text")]
    header, *records = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
    names = [field["name"] for field in resource["schema"]["fields"]]
    if fault := _header_fault(file, header, names):
        return None, [fault]
    rows = [
        {"row": number, **dict.fromkeys(names, ""), **dict(zip(header, record, strict=False))}
        for number, record in enumerate(records, start=2)
        if record
    ]
    table = pd.DataFrame(rows, columns=["row", *names])
    table.attrs["path"] = resource["path"]
    table.attrs["lacks"] = [name for name in names if name not in header]
    is_empty = resource["name"] in _NEVER_EMPTY and table.empty
    return table, [Fault(file, 0, "", "a header and no row", "at least one row")] if is_empty else []


def _header_fault(file: str, header: list[str], names: list[str]) -> Fault | None:
    """A first row in which no column is recognised: another separator, or no header at all."""
    if set(header) & set(names) and len(header) > 1:
        return None
    first = ",".join(header)
    for separator, name in _SEPARATORS.items():
        if set(first.split(separator)) & set(names):
            return Fault(file, 1, "", f"columns separated by {name}", "commas, as `CSV UTF-8` is saved")
    return Fault(file, 1, "", shown(first), f"a header: {','.join(names[:3])},...")
