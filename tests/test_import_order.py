"""The house has one direction: a module imports only from its own stage or an earlier one."""

import ast
from pathlib import Path

import pytest

STAGES = [
    *("paths", "fingerprint", "kept", "modules", "evidence", "refresh", "models", "cards", "parameters"),
    *("results", "exhibits", "run", "pages", "edition", "schedule", "lab", "cli"),
]
PACKAGE = Path(__file__).parents[1] / "src" / "helpers"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def stage_of(dotted: str) -> str:
    return dotted.split(".")[1] if "." in dotted else ""


def imported(path: Path) -> set[str]:
    """Stages that a module imports from, also inside functions."""
    stages = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "helpers":
            stages |= {stage_of(node.module)} if "." in node.module else {name.name for name in node.names}
        if isinstance(node, ast.Import):
            stages |= {stage_of(name.name) for name in node.names if name.name.startswith("helpers.")}
    return stages


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_only_from_earlier_stages(path):
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert own in STAGES, f"{own} is not a stage of CONTRIBUTING.md"
    later = {stage for stage in imported(path) if STAGES.index(stage) > STAGES.index(own)}
    assert not later, f"{path.name} ({own}) imports from later stages: {sorted(later)}"


def test_models_touch_no_files_and_no_clock():
    forbidden = {"open", "read_text", "write_text", "read_csv", "to_csv", "now", "today", "urlopen"}
    for path in MODULES:
        if path.relative_to(PACKAGE).parts[0] != "models":
            continue
        calls = {
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
        }
        assert not calls & forbidden, f"{path} calls {sorted(calls & forbidden)}"
