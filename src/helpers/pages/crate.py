"""The run of an edition as an RO-Crate: which workflow, on which evidence and parameters, gave which files.

Follows RO-Crate 1.1 with the Workflow Run Crate profile 0.5 (https://w3id.org/ro/wfrun/workflow/0.5). Times of the
run are left out, because equal inputs must give equal bytes; everything else follows from the run.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from helpers.cards import Deck, Parameter
from helpers.evidence import Evidence
from helpers.fingerprint import digest

METADATA = "ro-crate-metadata.json"
WORKFLOW = "notebooks/cards.yml"
_CONTEXT = ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"]
_CRATE = "https://w3id.org/ro/crate/1.1"
_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
_COMPUTED = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
_PARAMETER = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"
_FORMATS = {".csv": "text/csv", ".json": "application/json", ".ipynb": "application/x-ipynb+json",
            ".yml": "application/yaml", ".zip": "application/zip", ".js": "text/javascript"}  # fmt: skip
_KINDS = {"integer": "Integer", "date": "Date"}
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"

Entity = dict[str, Any]


def write_crate(
    site: Path, evidence: Evidence, deck: Deck, parameters: Mapping[str, Any], inputs: Mapping[str, Any]
) -> Path:
    """Write `ro-crate-metadata.json` into a site that holds `data/`, `results/` and `notebooks/`; returns the file.

    `inputs`: what the edition depends on (`helpers.edition.manifest.describe_inputs`), empty where it is not known.
    """
    found = {part: _files(site, part) for part in ("data", "results", "notebooks")}
    executed = [entity for entity in found["notebooks"] if entity["@id"].endswith(".ipynb")]
    formal = {name: _formal(deck.parameters[name]) for card in deck.cards for name in card.parameters}
    values = [
        _value(card.page, name, value)
        for card in deck.cards
        for name, value in sorted(dict(parameters.get(card.page, {})).items())
        if name in deck.parameters
    ]
    tools = [_tool(name, number) for name, number in sorted(inputs.get("tools", {}).items())]
    run = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"The briefing as known on {evidence.as_of}",
        "description": "The notebooks, run in order on the evidence published by that date with these parameters.",
        "instrument": _ref(WORKFLOW),
        "agent": _ref("#authors"),
        "actionStatus": "http://schema.org/CompletedActionStatus",
        "object": [_ref(entity["@id"]) for entity in [*found["data"], *values]],
        "result": [_ref(entity["@id"]) for entity in [*found["results"], *executed]],
    }
    workflow = _workflow(deck, executed, formal, tools, inputs, site)
    files = [entity for part in found.values() for entity in part if entity["@id"] != WORKFLOW]
    graph = [
        {"@id": METADATA, "@type": "CreativeWork", "about": _ref("./"),
         "conformsTo": [_ref(_CRATE), _ref("https://w3id.org/workflowhub/workflow-ro-crate/1.0")]},
        _root(evidence, [workflow, *files]),
        workflow, run, *formal.values(), *values, *files, *tools,
        {"@id": "#authors", "@type": "Organization", "name": "The China AI Compute Briefing authors"},
        {"@id": "#papermill", "@type": "ComputerLanguage", "name": "Jupyter notebooks run by papermill",
         "url": "https://papermill.readthedocs.io/"},
        {"@id": _LICENCE, "@type": "CreativeWork", "name": "Creative Commons Attribution 4.0"},
        *({"@id": address, "@type": "CreativeWork", "name": name, "version": number}
          for address, (name, number) in _PROFILES.items()),
    ]  # fmt: skip
    text = json.dumps({"@context": _CONTEXT, "@graph": graph}, indent=1, ensure_ascii=False)
    (site / METADATA).write_text(text + "\n", encoding="utf-8")
    return site / METADATA


def _root(evidence: Evidence, parts: list[Entity]) -> Entity:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"China's AI compute under US export controls, as known on {evidence.as_of}",
        "description": "Evidence, results and executed notebooks of one edition of the briefing, and the run that "
        "made the results from the evidence.",
        "datePublished": evidence.as_of.isoformat(),
        "license": _ref(_LICENCE),
        "author": _ref("#authors"),
        "publisher": _ref("#authors"),
        "conformsTo": [_ref(address) for address in _PROFILES],
        "mainEntity": _ref(WORKFLOW),
        "mentions": _ref("#run"),
        "hasPart": [_ref(entity["@id"]) for entity in parts],
    }


def _workflow(
    deck: Deck,
    executed: list[Entity],
    formal: Mapping[str, Entity],
    tools: list[Entity],
    inputs: Mapping[str, Any],
    site: Path,
) -> Entity:
    """The order of the notebooks and what each takes; its version is the digest of the code it runs over."""
    code = json.dumps({name: inputs.get(name) for name in ("code", "notebooks")}, sort_keys=True)
    entity = {
        **_file(site / WORKFLOW, WORKFLOW),
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        "conformsTo": _ref(_COMPUTED),
        "name": "Four notebooks: " + ", ".join(card.title for card in deck.cards),
        "programmingLanguage": _ref("#papermill"),
        "input": [_ref(entity["@id"]) for entity in formal.values()],
        "hasPart": [_ref(entity["@id"]) for entity in executed],
        "license": _ref(_LICENCE),
    }
    if inputs:
        entity |= {
            "version": sha256(code.encode()).hexdigest(),
            "softwareRequirements": [_ref(t["@id"]) for t in tools],
        }
    return entity


def _formal(parameter: Parameter) -> Entity:
    return {
        "@id": f"#parameter-{parameter.name}",
        "@type": "FormalParameter",
        "conformsTo": _ref(_PARAMETER),
        "name": parameter.name,
        "description": parameter.help,
        "additionalType": _KINDS.get(parameter.kind, "Text"),
        "defaultValue": str(parameter.default),
        "valueRequired": False,
    }


def _tool(name: str, number: str) -> Entity:
    """A package by the address of that version, since a reader of the crate is to get the same one."""
    address = f"https://pypi.org/project/{name}/{number}/"
    return {
        "@id": address,
        "@type": "SoftwareApplication",
        "name": name,
        "softwareVersion": number,
        "url": address,
    }


def _value(page: str, name: str, value: object) -> Entity:
    return {
        "@id": f"#value-{page}-{name}",
        "@type": "PropertyValue",
        "name": name,
        "value": str(value),
        "exampleOfWork": _ref(f"#parameter-{name}"),
    }


def _files(site: Path, part: str) -> list[Entity]:
    kept = (path for path in sorted((site / part).rglob("*")) if path.is_file() and path.suffix in _FORMATS)
    return [_file(path, quote(path.relative_to(site).as_posix())) for path in kept]


def _file(path: Path, name: str) -> Entity:
    return {
        "@id": name,
        "@type": "File",
        "name": path.name,
        "encodingFormat": _FORMATS[path.suffix],
        "contentSize": str(path.stat().st_size),
        "sha256": digest(path),
    }


def _ref(address: str) -> dict[str, str]:
    return {"@id": address}
