"""Which modules of the package a piece of code depends on, and the digest of what each of them does.

Comments, docstrings and layout do not count: only what is left of a module when it is read by Python.
"""

import ast
import hashlib
import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from helpers.fingerprint import digest, files_below
from helpers.kept import kept
from helpers.paths import project_root


def modules_of(code: str, *more: str) -> list[str]:
    """Every module of the package that this code or a module of `more` imports, also through others, sorted."""
    found: set[str] = set()
    waiting = {*_imports(ast.parse(code)), *more}
    seen = set(waiting)
    source = project_root() / "src"
    while waiting:
        name = waiting.pop()
        path = _path_of(name, source)
        if path is None:
            continue
        found.add(name)
        parent = name.rpartition(".")[0]
        new = {*_read(path).imports, *([parent] if parent else [])} - seen
        seen |= new
        waiting |= new
    return sorted(found)


def module_digest(name: str) -> str:
    """The digest of one module's code. Raises FileNotFoundError for a name that is no module of the package."""
    path = _path_of(name, project_root() / "src")
    if path is None:
        raise FileNotFoundError(f"no module of the package is called {name!r}")
    return _read(path).digest


@cache
def code_digest(*names: str) -> str:
    """What these modules make depends on, beside what they are given.

    Their code and that of all they import, the package's templates, the versions it is locked to, and this Python.
    """
    modules = {name: module_digest(name) for name in modules_of("", *names)}
    templates = files_below(Path(__file__).parent, (".j2", ".json"))
    lock = project_root() / "constraints.txt"
    files = {path.name: digest(path) for path in (*templates, *([lock] if lock.is_file() else []))}
    return _digest(json.dumps([sys.version, modules, files], sort_keys=True))


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """The module and every statement and branch in it: no expression, where neither imports nor docstrings are."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            waiting += getattr(node, name, ())


def _imports(tree: ast.Module) -> list[str]:
    names = []
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            names += [name.name for name in node.names if name.name.startswith("helpers")]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers"):
            names += [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
    return names


def _path_of(module: str, source: Path) -> Path | None:
    base = source / Path(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


class _Module(NamedTuple):
    imports: list[str]
    digest: str


def _read(path: Path) -> _Module:
    return _read_once(path, path.stat().st_mtime_ns)


@cache
def _read_once(path: Path, changed_ns: int) -> _Module:
    """What a module imports, and the digest of its code without comments, docstrings and layout."""
    code = path.read_bytes()
    found = kept(("module read", sys.version, code), lambda: json.dumps(_parsed(code)).encode())
    return _Module(*json.loads(found))


def _parsed(code: bytes) -> _Module:
    tree = ast.parse(code)
    imports = _imports(tree)
    for node in _statements(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                body[0] = ast.Pass()
    return _Module(imports, _digest(ast.dump(tree)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
