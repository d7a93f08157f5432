"""Faults of structure: missing files and columns, types, allowed values, keys, as `datapackage.json` says."""

import json
from pathlib import Path

from helpers.evidence.faults import Fault, shown

_WHOLE_FILE = {
    "encoding-error": "UTF-8 text",
    "source-error": "a CSV table with a header",
    "blank-header": "a header in the first row",
}


def schema_faults(folder: Path) -> list[Fault]:
    """What Frictionless finds, plus files that the package names and the folder lacks."""
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except OSError:
        return [Fault("data/datapackage.json", 0, "", "no file", "the description of the tables")]
    except ValueError as error:
        return [Fault("data/datapackage.json", getattr(error, "lineno", 0), "", f"{error}", "valid JSON")]
    faults = []
    for resource in package["resources"]:
        if not (folder / resource["path"]).is_file():
            faults.append(
                Fault(f"data/{resource['path']}", 0, "", "no file", "the table named in datapackage.json")
            )
    for name in ("rules.yaml", "scenarios/baseline.yml"):
        if not (folder / name).is_file():
            faults.append(Fault(f"data/{name}", 0, "", "no file", "a file that every build reads"))
    there = [resource for resource in package["resources"] if (folder / resource["path"]).is_file()]
    return faults + _frictionless({**package, "resources": there}, folder)


def _frictionless(package: dict, folder: Path) -> list[Fault]:
    # Imported here: half a second that only a check should pay.
    from frictionless import Package, system

    # The package is the project's own file; its tables stay inside its folder.
    with system.use_context(trusted=True):
        report = Package.from_descriptor(_connected(package), basepath=str(folder)).validate()
    columns = {
        resource["path"]: {field["name"]: field for field in resource["schema"]["fields"]}
        for resource in package["resources"]
    }
    faults = [
        Fault("data/datapackage.json", 0, "", shown(error.note), "a valid data package")
        for error in report.errors
    ]
    for task in report.tasks:
        path = Path(task.place).name
        for error in task.errors:
            faults.append(_fault(f"data/{path}", error.to_descriptor(), columns.get(path, {})))
    return faults


def _connected(package: dict) -> dict:
    """The package without foreign keys to tables that are missing: those are named once, as missing."""
    names = {resource["name"] for resource in package["resources"]}
    resources = []
    for resource in package["resources"]:
        schema = dict(resource["schema"])
        keys = [key for key in schema.get("foreignKeys", []) if key["reference"]["resource"] in names | {""}]
        schema.pop("foreignKeys", None)
        resources.append({**resource, "schema": {**schema, "foreignKeys": keys} if keys else schema})
    return {**package, "resources": resources}


def _fault(file: str, error: dict, columns: dict[str, dict]) -> Fault:
    kind, row, name = error["type"], error.get("rowNumber", 0), error.get("fieldName", "")
    column = columns.get(name, {})
    if kind == "type-error":
        return Fault(file, row, name, shown(error.get("cell")), f"a {column.get('type', 'value')}")
    if kind == "constraint-error":
        return Fault(file, row, name, shown(error.get("cell")), _constraint(error, column))
    if kind == "unique-error":
        return Fault(file, row, name, shown(error.get("cell")), "a value that no other row has")
    if kind == "primary-key":
        return Fault(file, row, "", "a key that an earlier row has", "a key of its own")
    if kind == "foreign-key":
        names = ", ".join(error.get("fieldNames", []))
        cells = ", ".join(shown(cell) for cell in error.get("fieldCells", []))
        target = error.get("referenceName") or Path(file).stem
        return Fault(file, row, names, cells, f"an id of {target}.csv")
    if kind in ("missing-cell", "extra-cell"):
        found = "too few cells" if kind == "missing-cell" else "more cells than the header has"
        return Fault(file, row, name, found, f"{len(columns)} cells")
    if kind == "blank-row":
        return Fault(file, row, "", "an empty row", "no empty rows")
    if kind in ("missing-label", "incorrect-label", "extra-label", "duplicate-label", "blank-label"):
        return _label(file, kind, error, columns)
    return Fault(
        file, row, name, shown(error.get("note") or error.get("message")), _WHOLE_FILE.get(kind, kind)
    )


def _constraint(error: dict, column: dict) -> str:
    limits = column.get("constraints", {})
    note = error.get("note", "")
    if "enum" in note:
        return "one of " + ", ".join(map(str, limits.get("enum", [])))
    if "required" in note:
        return "a value"
    if "pattern" in note:
        return f"text of the form {limits.get('pattern')}"
    for word in ("minimum", "maximum"):
        if word in note:
            return f"at {'least' if word == 'minimum' else 'most'} {limits.get(word)}"
    return note or "a value within the column's constraints"


def _label(file: str, kind: str, error: dict, columns: dict[str, dict]) -> Fault:
    name, label = error.get("fieldName", ""), error.get("label", "")
    if kind == "missing-label":
        return Fault(file, 1, name, "no such column", f"the column {name!r}")
    if kind == "incorrect-label":
        return Fault(file, 1, name, shown(label), f"the column {name!r} here")
    return Fault(file, 1, label, f"column {label!r}", "only " + ", ".join(columns))
