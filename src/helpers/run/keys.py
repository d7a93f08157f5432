"""What a notebook depends on, part by part: the key of its outcome, and the reason why it runs again.

A part is named (`module helpers.models.chips.lag`, `evidence chips`, `parameter draws`) and has a digest. Comments,
docstrings and layout of modules do not count, nor does anything outside what the notebook imports.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import nbformat
import pandas as pd

from helpers.cards import Card
from helpers.evidence import Evidence
from helpers.fingerprint import digest
from helpers.modules import module_digest, modules_of
from helpers.paths import notebooks_dir, project_root

Parts = dict[str, str]
_ALWAYS = ("helpers.results", "helpers.evidence")
_ENVIRONMENT = ("constraints.txt",)


def key_parts(
    card: Card, parameters: Mapping[str, Any], evidence: Evidence, upstream: Mapping[str, Parts]
) -> Parts:
    """Every part that the notebook of this card depends on, in a fixed order.

    `evidence` is cut to the run's `as_of`; `upstream` holds, by page, the digests of what earlier notebooks wrote.
    """
    notebook = nbformat.read(notebooks_dir() / card.file, as_version=4)
    parts = {"notebook": _digest([[cell.cell_type, cell.source] for cell in notebook.cells])}
    parts |= {f"parameter {name}": str(value) for name, value in sorted(parameters.items())}
    parts |= {f"evidence {name}": _evidence_digest(evidence, name) for name in card.evidence}
    parts |= {"evidence sources": _cited_sources_digest(evidence, card.evidence)}
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    modules = modules_of(code, *_ALWAYS)
    parts |= {f"module {name}": module_digest(name) for name in modules}
    parts |= {f"results of {page}": _digest(upstream[page]) for page in card.reads}
    root = project_root()
    parts |= {f"file {name}": digest(root / name) for name in _ENVIRONMENT if (root / name).is_file()}
    return parts


def key_of(parts: Parts) -> str:
    """One digest of all parts."""
    return _digest(parts)


def why(parts: Parts, before: Parts | None) -> list[str]:
    """Why a notebook runs: each part that is new, changed or gone, with its old and new digest."""
    if before is None:
        return ["it has not been run before"]
    reasons = []
    for name in dict.fromkeys([*parts, *before]):
        old, new = before.get(name), parts.get(name)
        if old != new:
            reasons.append(f"{name}: {_short(old)} -> {_short(new)}")
    return reasons


def _evidence_digest(evidence: Evidence, name: str) -> str:
    if name == "rules":
        return _digest(json.dumps(evidence.rulebook, default=str))
    if name == "scenarios":
        return _digest(json.dumps(evidence.scenarios, default=str))
    frame: pd.DataFrame = getattr(evidence, name)
    return _digest(frame.drop(columns="row", errors="ignore").to_csv(index=False))


def _cited_sources_digest(evidence: Evidence, tables: Iterable[str]) -> str:
    """Only the documents that the declared tables cite: another one does not concern the notebook."""
    cited: set[str] = set()
    for name in tables:
        if name in ("rules", "scenarios"):
            cited |= set(re.findall(r"[\w.-]+", json.dumps(evidence.rulebook, default=str)))
            continue
        frame = getattr(evidence, name)
        for column in ("source_id", "source_ids", "original_id"):
            if column in frame:
                cited.update(";".join(frame[column]).split(";"))
    rows = evidence.sources[evidence.sources["source_id"].isin(cited)]
    return _digest(rows.drop(columns="row").to_csv(index=False))


def _digest(content: Any) -> str:
    text = content if isinstance(content, str) else json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _short(value: str | None) -> str:
    if value is None:
        return "none"
    return value[:8] if len(value) == 64 else value
