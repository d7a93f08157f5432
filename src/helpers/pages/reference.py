"""The reference of the package, from its docstrings: every public name with its signature, stage by stage.

Read from the source text, so nothing is imported and the page is the same wherever it is made.
"""

import ast
import re
from html import escape
from pathlib import Path

from helpers.fingerprint import files_below
from helpers.kept import kept

PACKAGE = Path(__file__).parents[1]
_CODE = re.compile(r"`+([^`]+)`+")
_STAGE = re.compile(r"^(\w+) {2,}\S", re.M)


def reference_html() -> str:
    """The reference page: a heading per stage in the order of the data, its modules below, each to be unfolded."""
    texts = [part for path in files_below(PACKAGE, (".py",)) for part in (str(path), path.read_bytes())]
    return kept(("reference", *texts), lambda: _reference().encode()).decode()


def _reference() -> str:
    front = _parsed(PACKAGE / "__init__.py")
    order = _STAGE.findall(ast.get_docstring(front) or "")
    modules: dict[str, list[Path]] = {name: [] for name in order}
    for path in files_below(PACKAGE, (".py",)):
        if path.name.startswith("_") and path.name != "__init__.py":
            continue
        stage = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if stage in modules:
            modules[stage].append(path)
    return "".join(_stage(name, sorted(paths, key=_dotted)) for name, paths in modules.items() if paths)


def _stage(name: str, paths: list[Path]) -> str:
    shown = [_module(path) for path in paths]
    return f'<h2 id="stage-{name}">helpers.{name}</h2><div class="reference">{"".join(shown)}</div>'


def _module(path: Path) -> str:
    """One module: its docstring and its public names; a package's own names are those of its modules."""
    tree, dotted = _parsed(path), _dotted(path)
    entries = [
        _entry(node, dotted)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    doc = ast.get_docstring(tree) or ""
    first, _, rest = doc.partition("\n\n")
    body = (prose(rest) if rest else "") + (f"<dl>{''.join(entries)}</dl>" if entries else "")
    if not body:
        return f'<p id="{dotted}"><code>{dotted}</code> {_inline(first)}</p>'
    return f'<details id="{dotted}"><summary><code>{dotted}</code> {_inline(first)}</summary>{body}</details>'


def _entry(node: ast.FunctionDef | ast.ClassDef, dotted: str) -> str:
    """A function or class with signature and docstring, and a class's public methods below it."""
    doc = ast.get_docstring(node) or ""
    name = f"{dotted}.{node.name}"
    text = f'<dt id="{name}"><code>{escape(_signature(node))}</code></dt><dd>{prose(doc) if doc else ""}'
    if isinstance(node, ast.ClassDef):
        methods = [
            item
            for item in node.body
            if isinstance(item, ast.FunctionDef) and not item.name.startswith("_") and ast.get_docstring(item)
        ]
        if methods:
            text += "<dl>" + "".join(_entry(item, name) for item in methods) + "</dl>"
    return text + "</dd>"


def _signature(node: ast.FunctionDef | ast.ClassDef) -> str:
    if isinstance(node, ast.FunctionDef):
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        decorators = {ast.unparse(each) for each in node.decorator_list}
        if decorators & {"property", "cached_property"}:
            return f"{node.name}{returns}"
        return f"{node.name}({ast.unparse(node.args)}){returns}"
    fields = [
        f"{item.target.id}: {ast.unparse(item.annotation)}"
        for item in node.body
        if isinstance(item, ast.AnnAssign)
        and isinstance(item.target, ast.Name)
        and not item.target.id.startswith("_")
    ]
    return f"class {node.name}" + (f"({', '.join(fields)})" if fields else "")


def prose(text: str) -> str:
    """Paragraphs; a block that is indented or aligned by hand keeps its lines."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        aligned = "```" in block or re.search(r"\S {2,}\S", block) or re.search(r"^ {2,}\S", block, re.M)
        if aligned:
            parts.append(f"<pre>{escape(block.replace('```', '').strip(chr(10)))}</pre>")
        else:
            parts.append(f"<p>{_inline(block)}</p>")
    return "".join(parts)


def _inline(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(" ".join(text.split()), quote=False))


def _dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
