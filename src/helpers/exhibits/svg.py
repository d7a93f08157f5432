"""Charts as static SVG that follow the page's light and dark theme.

Inter ships with the project and is registered with vl-convert, so that text is measured alike on every machine.
"""

import json
import logging
import os
import re
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert
from lxml import etree

from helpers.exhibits.theme import NARROW, TOKENS, WIDE
from helpers.fingerprint import digest, files_below
from helpers.kept import kept
from helpers.paths import report_dir

VEGALITE = "6.4"
_SVG = "http://www.w3.org/2000/svg"
_TOKEN_OF_HEX = {light: name for name, (light, _) in TOKENS.items()}
_ALIASES = {"white": "#ffffff", "#fff": "#ffffff", "black": TOKENS["ink"][0], "#000": TOKENS["ink"][0],
            "#000000": TOKENS["ink"][0]}  # fmt: skip
_UNPAINTED = {"none", "transparent", "inherit", "currentColor"}
# Its remarks on a specification would stand in a notebook as if they were output.
logging.getLogger("vl_convert").setLevel(logging.ERROR)
_DECIMALS = re.compile(r"-?\d+\.\d{3,}")


def fit(chart: alt.TopLevelMixin, width: int) -> dict[str, Any]:
    """The Vega-Lite specification of a chart, with single and layered views fitted to a total width in pixels.

    Facets and concatenations keep the sizes that their author gave them; the house theme applies to all.
    """
    with alt.theme.enable("briefing"):
        spec = chart.to_dict()
    if "mark" in spec or "layer" in spec:
        spec["width"] = width
        spec["autosize"] = {"type": "fit-x", "contains": "padding"}
        for layer in spec.get("layer", []):
            layer.pop("width", None)
    return spec


def narrowed(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """A drawing for a phone made from a wide one: refitted, columns stacked, panels at full width."""
    spec = deepcopy(fit(chart, NARROW))
    panel = NARROW - 70
    if "hconcat" in spec:
        spec["vconcat"] = spec.pop("hconcat")
    for view in spec.get("vconcat", []) + spec.get("concat", []):
        if "width" in view:
            view["width"] = min(panel, view["width"]) if isinstance(view["width"], (int, float)) else panel
    if "concat" in spec:
        spec["columns"] = 1
    if "facet" in spec and "row" not in spec["facet"]:
        spec["columns"] = 1
        inner = spec["spec"]
        inner["width"] = panel
    return spec


def refuse_wide(svg: str) -> None:
    """Raise ValueError when a drawing made by `narrowed` is wider than a phone; the author then gives `narrow=`."""
    found = svg_width(svg)
    if found > NARROW + 24:
        raise ValueError(f"the chart is {found:.0f} px wide on a phone of {NARROW} px: give the exhibit narrow=")


@cache
def register_fonts() -> None:
    """Tell vl-convert where the project's fonts are."""
    vl_convert.register_font_directory(str(_fonts()))


def _fonts() -> Path:
    return report_dir() / "assets" / "fonts"


@cache
def drawn_with() -> str:
    """What every drawing depends on beside its specification: vl-convert, fonts, this code, the time zone."""
    files = [digest(path) for path in (*files_below(_fonts()), Path(__file__))]
    return json.dumps([vl_convert.__version__, VEGALITE, files, os.environ.get("TZ")])


def to_svg(compiled: dict[str, Any]) -> str:
    """A compiled specification drawn by Vega, as vl-convert writes it."""

    def draw() -> bytes:
        register_fonts()
        return vl_convert.vega_to_svg(compiled).encode()

    return kept(("vega drawn", drawn_with(), json.dumps(compiled)), draw).decode()


def to_vega(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification compiled to Vega, which the page's interpreter can run without evaluating code."""

    def compile_it() -> bytes:
        return json.dumps(vl_convert.vegalite_to_vega(spec, vl_version=VEGALITE)).encode()

    return json.loads(kept(("vega-lite compiled", drawn_with(), json.dumps(spec)), compile_it))


def svg_width(svg: str) -> float:
    """Width in pixels of a drawn chart."""
    return float(etree.fromstring(svg.encode()).get("width"))


def page_svg(svg: str, prefix: str, css_class: str) -> str:
    """The drawing for the page: colours as CSS variables, ids made unique, hidden from the accessibility tree.

    Raises ValueError naming any colour outside the palette, which would not turn with the theme.
    """
    root = clean(svg, prefix)
    foreign = set()
    for element in root.iter(etree.Element):
        for attribute in ("fill", "stroke", "stop-color"):
            value = element.get(attribute)
            if value is None or value in _UNPAINTED or value.startswith("url("):
                continue
            name = _TOKEN_OF_HEX.get(_ALIASES.get(value, value).lower())
            if name is None:
                foreign.add(value)
            else:
                element.set(attribute, f"var(--{name})")
    if foreign:
        raise ValueError(
            f"colours outside the palette: {', '.join(sorted(foreign))}; use helpers.exhibits.theme.colour(entity), "
            "and opacity for shades"
        )
    width, height = root.attrib.pop("width"), root.attrib.pop("height")
    root.set("class", css_class)
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    root.set("viewBox", f"0 0 {float(width):g} {float(height):g}")
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode")


def clean(svg: str, prefix: str) -> etree._Element:
    """Without mark-level ARIA (hundreds of stops for a screen reader) and with short numbers and own ids."""
    root = etree.fromstring(svg.encode())
    for element in list(root.iter(etree.Element)):
        for name in [
            key for key in element.attrib if key.startswith("aria-") or key in ("role", "pointer-events")
        ]:
            del element.attrib[name]
        if element.get("display") == "none" or element.get("d") in ("", "M0,0h0v0h0Z"):
            element.getparent().remove(element)
            continue
        for name, value in element.attrib.items():
            if name in ("d", "transform", "points") or _DECIMALS.fullmatch(value):
                element.set(name, _DECIMALS.sub(lambda number: f"{float(number[0]):.2f}", value))
            elif "url(#" in value:
                element.set(name, value.replace("url(#", f"url(#{prefix}-"))
        if element.get("id"):
            element.set("id", f"{prefix}-{element.get('id')}")
        if element.get("opacity") == "1":
            del element.attrib["opacity"]
        css = element.get("class", "")
        if element is not root and css:
            del element.attrib["class"]
    return root


__all__ = [
    "NARROW",
    "WIDE",
    "clean",
    "drawn_with",
    "fit",
    "narrowed",
    "page_svg",
    "refuse_wide",
    "register_fonts",
    "svg_width",
    "to_svg",
    "to_vega",
]
