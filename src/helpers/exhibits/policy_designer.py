"""The design-a-chip panel: the compiled rules and real chips as JSON for `assets/js/rules.js` and `designer.js`."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from helpers.exhibits.words import STATUS, dates

SCRIPTS = ("assets/js/rules.js", "assets/js/designer.js")
NUMBERS = (
    {"field": "rate", "label": "Dense rate", "unit": "T(FL)OPS", "low": 5, "high": 20000, "zero": False},
    {
        "field": "die_area_mm2",
        "label": "Area of all logic dies",
        "unit": "mm²",
        "low": 50,
        "high": 3500,
        "zero": False,
    },
    {
        "field": "memory_bw_gbs",
        "label": "Memory bandwidth",
        "unit": "GB/s",
        "low": 50,
        "high": 25000,
        "zero": False,
    },
    {
        "field": "interconnect_gbs",
        "label": "Chip-to-chip links",
        "unit": "GB/s",
        "low": 10,
        "high": 4000,
        "zero": True,
    },
)
FORMATS = {
    "tflops_fp16_dense": "16 bit (FP16, BF16)",
    "tflops_fp8_dense": "8 bit (FP8)",
    "tops_int8_dense": "8 bit (INT8)",
    "tflops_fp4_dense": "4 bit (FP4)",
}
HOSTS = {
    "32": "PCIe 3.0 x16",
    "64": "PCIe 4.0 x16",
    "128": "PCIe 5.0 x16",
    "256": "PCIe 6.0 x16",
    "0": "none",
    "": "not known",
}
MARKETS = {
    "datacenter": "data centres",
    "consumer": "consumers",
    "workstation": "workstations",
    "": "not known",
}
ANSWERS = {"yes": "yes", "no": "no", "": "not known"}


def designer_html(
    book: Mapping[str, Any], specs: Sequence[Mapping[str, Any]], labels: Mapping[str, str]
) -> str:
    """The panel as a fragment of a page.

    The three arguments are those of `helpers.models.policy.panel_inputs`. book: the compiled rules; specs: real chips
    to start from; labels: what changed on each ISO date.
    Useful without scripts too: it then says how to ask the same question on the command line.
    """
    makers = sorted({rule["addressee"] for rule in book["rules"] if rule["addressee"]})
    sale = dates(book["metrics"].get("commercially_available_us", {}).get("label", ""))
    data = {
        "book": book,
        "dates": [{"day": day, "label": label} for day, label in sorted(labels.items())],
        "numbers": NUMBERS,
        "formats": _options(FORMATS),
        "hosts": _options(HOSTS),
        "markets": _options(MARKETS),
        "answers": _options(ANSWERS),
        "makers": makers,
        "saleLabel": sale[:1].upper() + sale[1:],
        "vendors": _options({**{name: name for name in makers}, "another US maker": "another US maker",
                             "China": "a Chinese maker", "": "not known"}),
        "statuses": STATUS,
        "presets": [_preset(spec) for spec in specs],
    }  # fmt: skip
    # A page may hold no `</script>` inside JSON; the engine reads the text back as it was.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace(
        "<", "\\u003c"
    )
    scripts = "".join(f'<script defer src="{source}"></script>' for source in SCRIPTS)
    return (
        '<div class="designer" id="design-a-chip">'
        f'<script type="application/json">{text}</script>'
        '<p class="designer-still">This panel needs scripts. The same question on the command line: '
        "<code>briefing classify --spec chip.yaml --as-of 2024-01-01</code>. "
        f"It asks: {escape(book['question'])}.</p>"
        f'<div class="designer-live" hidden></div>{scripts}</div>'
    )


def _preset(spec: Mapping[str, Any]) -> dict:
    """A real chip as a start: its whole specification, and the format that the rate is shown in (its best one)."""
    widths = {"tflops_fp16_dense": 16, "tflops_fp8_dense": 8, "tops_int8_dense": 8, "tflops_fp4_dense": 4}
    rates = {field: _low(spec[field]) * bits for field, bits in widths.items() if spec.get(field) is not None}
    best = max(rates, key=lambda field: rates[field], default=next(iter(FORMATS)))
    given = {key: _plain(value) for key, value in spec.items() if key not in ("name", "chip_id")}
    return {"name": spec["name"], "format": best, "spec": given}


def _low(value: Any) -> float:
    return value[0] if isinstance(value, (tuple, list)) else value


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _options(names: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"value": value, "text": text} for value, text in names.items()]
