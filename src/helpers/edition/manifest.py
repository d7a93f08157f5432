"""The manifest of an edition: what it was made from and every file it publishes, by SHA-256.

No clock and no path of the machine is in it, so equal inputs give equal manifests.
"""

import json
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from helpers.fingerprint import digest, files_below, inputs
from helpers.pages.render import renderer_version

MANIFEST = "manifest.json"
TOOLS = ("papermill", "nbclient", "nbconvert", "pandas", "numpy", "altair", "vl-convert-python")


def describe_inputs(parameters: dict[str, Any], renderer: str) -> dict[str, Any]:
    """Everything an edition depends on: parameters, renderer, versions, and hashes of evidence, code and pages."""
    hashes = {
        kind: {path.relative_to(folder).as_posix(): digest(path) for path in files}
        for kind, (folder, files) in inputs().items()
    }
    return {
        "parameters": parameters,
        "renderer": renderer_version(renderer),
        "python": ".".join(map(str, sys.version_info[:3])),
        "tools": {name: version(name) for name in TOOLS},
        **hashes,
    }


def write_manifest(site: Path, run: Path, made_from: dict[str, Any], as_of: str) -> dict:
    """Hash results and published files, and write `manifest.json` with the inputs into the site. Returns it."""
    manifest = {
        "as_of": as_of,
        "inputs": made_from,
        "results": _hashes(run / "results", run) | _hashes(run / "headlines", run),
        "files": _hashes(site, site),
    }
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (site / MANIFEST).write_text(text, encoding="utf-8")
    return manifest


def rehash(site: Path, editions: Sequence[str] = ()) -> None:
    """Write the manifest of a site anew after its files have changed; what it was made from stays as it was.

    `editions` are folders in it whose own manifests are known to be right; their files are not read again.
    """
    path = site / MANIFEST
    known = {
        f"{folder}/{name}": found
        for folder in editions
        for name, found in json.loads((site / folder / MANIFEST).read_text(encoding="utf-8"))["files"].items()
    }
    names = [file.relative_to(site).as_posix() for file in files_below(site) if file != path]
    files = {name: known.get(name) or digest(site / name) for name in names}
    manifest = json.loads(path.read_text(encoding="utf-8")) | {"files": files}
    path.write_text(
        json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def is_current(site: Path, made_from: dict[str, Any]) -> bool:
    """Whether the site was made from exactly these inputs and is still whole."""
    try:
        manifest = json.loads((site / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return manifest.get("inputs") == json.loads(json.dumps(made_from)) and not verify(site)


def verify(site: Path) -> list[str]:
    """Every published file that is altered, missing or extra against the manifest; empty when the site is whole.

    Raises FileNotFoundError when the folder has no manifest.
    """
    manifest = json.loads((site / MANIFEST).read_text(encoding="utf-8"))
    expected, found = manifest["files"], _hashes(site, site)
    faults = [f"missing: {name}" for name in expected if name not in found]
    faults += [f"extra: {name}" for name in found if name not in expected]
    faults += [f"altered: {name}" for name in expected if name in found and found[name] != expected[name]]
    return sorted(faults)


def _hashes(folder: Path, relative_to: Path) -> dict[str, str]:
    return {
        path.relative_to(relative_to).as_posix(): digest(path)
        for path in files_below(folder)
        if path != folder / MANIFEST
    }
