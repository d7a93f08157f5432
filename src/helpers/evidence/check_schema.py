"""Faults of structure: missing columns, types, allowed values, keys, as `datapackage.json` says."""

from pathlib import Path

from helpers.evidence.faults import Fault, shown

_WHOLE_FILE = {
    "encoding-error": "UTF-8 text",
    "source-error": "a CSV table with a header",
    "blank-header": "a header in the first row",
}


def schema_faults(folder: Path, package: dict, readable: set[str]) -> list[Fault]:
    """What Frictionless finds in the tables that can be read."""
    there = [resource for resource in package["resources"] if resource["name"] in readable]
    return _frictionless({**package, "resources": there}, folder) if there else []


def _frictionless(package: dict, folder: Path) -> list[Fault]:
    # Imported here: half a second that only a check should pay.
    from frictionless import FrictionlessException, Package, system

    # The package is the project's own file; its tables stay inside its folder.
    try:
        with system.use_context(trusted=True):
            report = Package.from_descriptor(_connected(package), basepath=str(folder)).validate()
    except FrictionlessException as error:
        notes = [reason.note for reason in error.reasons] or [error.error.note]
        return [Fault("data/datapackage.json", 0, "", shown(note), "a valid data package") for note in notes]
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
        errors = [error.to_descriptor() for error in task.errors]
        blank = {error["rowNumber"] for error in errors if error["type"] == "blank-row"}
        for error in errors:
            if error["type"] == "blank-row" or error.get("rowNumber") not in blank:
                faults.append(_fault(f"data/{path}", error, columns.get(path, {})))
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
