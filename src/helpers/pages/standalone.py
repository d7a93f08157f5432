"""A notebook as one HTML file that can be mailed: no script, no other file, no other host."""

import ast
import base64
import re
from functools import cache
from html import escape
from pathlib import Path

import nbformat
import yaml
from lxml import html
from nbconvert import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from pygments.formatters import HtmlFormatter

from helpers.exhibits.theme import css_variables
from helpers.exhibits.words import dates
from helpers.fingerprint import digest
from helpers.kept import kept
from helpers.modules import code_digest
from helpers.pages.content import clean
from helpers.pages.typography import set_text
from helpers.paths import report_dir

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
TEMPLATES = Path(__file__).parent / "templates"
_FRONT = re.compile(r"\A---\n.*?\n---\s*\Z", re.S)


class _Sheet(HTMLExporter):
    """nbconvert's HTML without the second reading of the whole page in BeautifulSoup, most of its time.

    That reading marks cells of Jupyter's own template, which is not ours, and pictures without alternative text.
    """

    def from_notebook_node(self, nb, resources=None, **more):
        resources = self._init_resources(resources)
        self.register_filter("highlight_code", Highlight2HTML(pygments_lexer="python", parent=self))
        kinds = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources)
        self.register_filter("filter_data_type", kinds)
        return TemplateExporter.from_notebook_node(self, nb, resources, **more)


@cache
def _exporter() -> _Sheet:
    """One for all notebooks: its templates are compiled once."""
    exporter = _Sheet(template_name="briefing", extra_template_basedirs=[str(TEMPLATES)])
    exporter.exclude_input_prompt = True
    exporter.exclude_output_prompt = True
    exporter.exclude_raw = True
    return exporter


def standalone(notebook: Path, target: Path, exhibits: Path | None = None) -> Path:
    """Convert an executed notebook with the project's nbconvert template and write it to `target`.

    The CSV of every exhibit found in `exhibits` travels inside the file; links to the site are kept as text.
    """
    written = notebook.read_bytes()
    csvs = [path for path in sorted(exhibits.glob("*.csv")) if path.name.encode() in written] if exhibits else []
    parts = [notebook.name, written, _style(), *(f"{path.name} {digest(path)}" for path in csvs)]
    code = code_digest("helpers.pages.standalone")
    target.write_bytes(kept((code, *parts), lambda: _document(notebook, exhibits).encode()))
    return target


def _document(notebook: Path, exhibits: Path | None) -> str:
    """The whole file."""
    body, _ = _exporter().from_filename(str(notebook))
    root = html.fragment_fromstring(body, create_parent="main")
    clean(root)
    for picture in root.xpath("//img[not(@alt)]"):
        picture.set("alt", "No description has been provided for this picture")
    set_text(root)
    _drop_panels(root)
    _settle_links(root, exhibits)
    title = _open_with_title(root, notebook)
    content = html.tostring(root, encoding="unicode")
    style = (
        f":root{{{css_variables()}}}\n{_style()}\n{HtmlFormatter(style='bw').get_style_defs('.highlight')}"
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style></head>\n<body>{content}</body></html>\n"
    )


def _open_with_title(root: html.HtmlElement, notebook: Path) -> str:
    """What a reader of a mailed file needs first: the title, the question and the parameters, above all the date."""
    front, given = {}, {}
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "raw" and _FRONT.match(cell.source.strip() + "\n"):
            front = yaml.safe_load(cell.source.strip().strip("-")) or {}
        if {"parameters", "injected-parameters"} & set(cell.metadata.get("tags", [])):
            given |= _assigned(cell.source)
    title, known = str(front.get("title") or notebook.stem), dates(str(given.get("as_of", "")))
    lines = [str(front.get("description", ""))]
    if "as_of" in given:
        others = ", ".join(f"{name} {value}" for name, value in given.items() if name != "as_of")
        lines.append(f"As known on {known}" + (f"; {others}." if others else "."))
    for place, line in enumerate(line for line in lines if line):
        paragraph = html.Element("p")
        paragraph.text = line
        root.insert(place, paragraph)
    heading = html.Element("h1")
    heading.text = title
    root.insert(0, heading)
    return f"{title}: China AI Compute" + (f", as known on {known}" if known else "")


def _assigned(source: str) -> dict[str, object]:
    """The values that a cell of parameters gives by plain assignment."""
    values = {}
    for node in ast.parse(source).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Constant):
            values[target.id] = node.value.value
    return values


def _drop_panels(root: html.HtmlElement) -> None:
    """A panel that only works with its script goes, and says where it is; filters of a list go without a word."""
    for script in list(root.iter("script")):
        panel = script.getparent()
        script.drop_tree()
        if panel.xpath(".//input[@type='range']"):
            panel.getparent().replace(
                panel,
                html.fragment_fromstring("<p>The controls that stand here on the site need its scripts.</p>"),
            )
    for element in root.xpath("//form | //input | //select | //button"):
        element.drop_tree()


def _style() -> str:
    return (report_dir() / "assets" / "css" / "standalone.css").read_text(encoding="utf-8")


def _settle_links(root: html.HtmlElement, exhibits: Path | None) -> None:
    """Put each CSV into its link; a link to another file of the site cannot work in a mail and becomes text."""
    for link in list(root.iter("a")):
        href = link.get("href", "")
        if href.startswith(("http://", "https://", "mailto:", "#")):
            continue
        path = exhibits / Path(href).name if exhibits and href.startswith("exhibits/") else None
        if path is not None and path.suffix == ".csv" and path.is_file():
            data = base64.b64encode(path.read_bytes()).decode()
            link.set("href", f"data:text/csv;base64,{data}")
            link.set("download", path.name)
        elif "exhibit-file" in (link.get("class") or ""):
            link.drop_tree()
        else:
            link.drop_tag()
