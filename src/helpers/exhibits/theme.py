"""One palette and one chart theme: an entity keeps its colour on every page, in light and in dark.

American firms are cool, Chinese firms are warm; lightness varies inside each family, so that neighbours differ for
colour-blind readers too, and every colour carries text at a contrast of 4.5 on its page. A chart is drawn in the
light colours; `helpers.exhibits.svg` turns each into the CSS variable of the same name for the page.
"""

import unicodedata
from functools import cache

import altair as alt
from altair.utils import schemapi

WIDE = 760
NARROW = 344
FONT = "Inter, system-ui, sans-serif"

# token: (on light paper, on dark paper)
TOKENS: dict[str, tuple[str, str]] = {
    "ink": ("#1d2733", "#e8ecf1"),
    "sub": ("#566270", "#a5b4c3"),
    "line": ("#e3e7eb", "#2c3640"),
    "wash": ("#f5f6f8", "#1a222b"),
    "paper": ("#ffffff", "#12181f"),
    "us": ("#2b5c8a", "#7fb2e5"),
    "cn": ("#b8452f", "#f08a70"),
    "world": ("#4a5765", "#b4c1ce"),
    "amd": ("#0b7285", "#5cc4d6"),
    "intel": ("#5a4fcf", "#b3aefc"),
    "google": ("#2f7a52", "#79cf9f"),
    "amazon": ("#1864ab", "#74c0fc"),
    "microsoft": ("#1f6f78", "#7fd3d0"),
    "meta": ("#364fc7", "#9db2ff"),
    "cambricon": ("#8f5f00", "#e6b450"),
    "hygon": ("#8a3d8f", "#dd9be3"),
    "biren": ("#a61e4d", "#faa2c1"),
    "moore": ("#6b6400", "#cfc65a"),
    "alibaba": ("#b04a00", "#ffa94d"),
    "baidu": ("#7a4a3a", "#d9a896"),
    "bytedance": ("#862e9c", "#e599f7"),
    "tencent": ("#7d5a00", "#dcbf6e"),
    "metax": ("#9c3d54", "#f5a3b5"),
    "enflame": ("#a34f2a", "#f2b08c"),
    "iluvatar": ("#5e6b1f", "#bccb6a"),
    "smic": ("#6d4c41", "#d0b3a6"),
    "leakage": ("#7048b6", "#c3a6ff"),
    "offshore": ("#0f766e", "#5eccc0"),
    "good": ("#1f7a4d", "#6fce9e"),
    "bad": ("#b3261e", "#ff8a80"),
    "warn": ("#8a5a00", "#ffc861"),
    "quiet": ("#5f6b78", "#9fb0c0"),
    "vendor": ("#6a4c93", "#c7a9f0"),
}

_NAMES: dict[str, tuple[str, ...]] = {
    "ink": ("ink", "text"),
    "sub": ("sub", "annotation", "axis", "threshold"),
    "line": ("line", "grid"),
    "wash": ("wash", "background band"),
    "paper": ("paper",),
    "us": ("United States", "US", "USA", "American", "NVIDIA", "licensed imports", "United States firms"),
    "cn": ("China", "CN", "Chinese", "Huawei", "Huawei Ascend", "Huawei Cloud", "domestic", "domestic chips"),
    "world": ("World", "rest of world", "global"),
    "amd": ("AMD",),
    "intel": ("Intel",),
    "google": ("Google", "Google Cloud", "Alphabet"),
    "amazon": ("Amazon", "AWS"),
    "microsoft": ("Microsoft", "Azure"),
    "meta": ("Meta",),
    "cambricon": ("Cambricon",),
    "hygon": ("Hygon",),
    "biren": ("Biren",),
    "moore": ("Moore Threads",),
    "alibaba": ("Alibaba", "T-Head", "T-Head (Alibaba)", "Alibaba T-Head", "Alibaba/T-Head", "Alibaba Cloud"),
    "baidu": ("Baidu", "Kunlunxin", "Kunlunxin (Baidu)", "Baidu Kunlunxin", "Baidu AI Cloud"),
    "bytedance": ("ByteDance", "ByteDance Volcano Engine", "Volcano Engine"),
    "tencent": ("Tencent", "Tencent Cloud"),
    "metax": ("MetaX",),
    "enflame": ("Enflame",),
    "iluvatar": ("Iluvatar CoreX", "Iluvatar"),
    "smic": ("SMIC", "China foundries"),
    "leakage": ("leakage", "smuggled", "unlicensed imports"),
    "offshore": ("offshore", "rented abroad"),
    "good": ("supported", "not-controlled", "nac-notification", "measured", "good", "green"),
    "bad": ("contradicted", "licence-required", "bad", "red"),
    "warn": ("mixed", "licence-letter", "case-by-case", "target", "forecast", "warning", "amber"),
    "quiet": (
        "outdated", "not checkable", "undetermined", "estimated", "reported", "other", "others", "unknown",
        "unattributed", "retired",
    ),
    "vendor": ("vendor claim, unconfirmed", "claimed", "vendor claim"),
}  # fmt: skip


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", str(name)).casefold().replace("_", " ").split())


_TOKEN_OF = {_key(name): token for token, names in _NAMES.items() for name in names}


def token(entity: str) -> str:
    """The colour token of an entity, status or verdict: `token("NVIDIA") == "us"`, the CSS variable `--us`.

    Raises KeyError for an entity that has no colour: give it one here rather than in a chart.
    """
    found = _TOKEN_OF.get(_key(entity))
    if found is None:
        known = ", ".join(names[0] for names in _NAMES.values())
        raise KeyError(f"no colour for {entity!r} in helpers.exhibits.theme; there are: {known}")
    return found


def colour(entity: str, dark: bool = False) -> str:
    """The colour of an entity as `#rrggbb`: in a chart always the light one, which the page turns with its theme."""
    return TOKENS[token(entity)][1 if dark else 0]


def scale(entities: list[str]) -> alt.Scale:
    """A nominal colour scale for those entities, for `alt.Color(..., scale=scale(names), legend=None)`."""
    return alt.Scale(domain=list(entities), range=[colour(name) for name in entities])


# Altair tabulates all its classes anew for every encoding, half of what a chart costs; equal classes, equal table.
_table_of = cache(schemapi._FromDict)
schemapi._FromDict = lambda classes: _table_of(tuple(classes))


def css_variables(dark: bool = False) -> str:
    """`--us: #2b5c8a; ...` for one of the two themes."""
    return " ".join(f"--{name}: {pair[1 if dark else 0]};" for name, pair in TOKENS.items())


@alt.theme.register("briefing", enable=True)
def altair_theme() -> alt.theme.ThemeConfig:
    """The house theme, enabled on import: Inter, quiet axes, horizontal grid, no frame, 12 px labels."""
    ink, sub, line = (TOKENS[name][0] for name in ("ink", "sub", "line"))
    text = {"labelFont": FONT, "titleFont": FONT, "labelColor": sub, "titleColor": sub}
    return {
        "config": {
            "font": FONT,
            "background": None,
            "padding": {"left": 2, "right": 6, "top": 6, "bottom": 4},
            "view": {"stroke": None, "continuousHeight": 320, "discreteHeight": {"step": 26}},
            "axis": {
                **text,
                "labelFontSize": 12,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
                "titleAnchor": "start",
                "gridColor": line,
                "domainColor": sub,
                "tickColor": sub,
                "tickSize": 4,
                "labelPadding": 5,
                "labelLimit": 0,  # none: a cut label says nothing, and Vega measures every label against a limit
            },
            "axisX": {"grid": False, "titlePadding": 8, "labelFlush": False, "labelOverlap": True},
            "axisTemporal": {"tickCount": {"interval": "year", "step": 1}},
            "axisY": {
                "domain": False,
                "ticks": False,
                "titleAngle": 0,
                "titleAlign": "left",
                "titleAnchor": "end",
                "titleBaseline": "bottom",
                "titleX": 0,
                "titleY": -10,
            },
            "header": {**text, "labelFontSize": 13, "labelFontWeight": 600, "labelColor": ink, "labelAnchor": "start",
                       "labelPadding": 26, "title": None},
            "legend": {**text, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
                       "orient": "top", "symbolStrokeWidth": 2},
            "title": {"font": FONT, "fontSize": 13, "fontWeight": 600, "anchor": "start", "color": ink,
                      "subtitleFont": FONT, "subtitleColor": sub},
            "text": {"font": FONT, "fontSize": 12, "color": ink},
            "line": {"strokeWidth": 2.25, "color": sub},
            "area": {"line": False, "fillOpacity": 0.22, "color": sub},
            "bar": {"color": sub, "tooltip": True},
            "rect": {"color": sub, "tooltip": True},
            "rule": {"color": sub, "strokeWidth": 1.25},
            "tick": {"color": sub, "thickness": 2, "tooltip": True},
            "point": {"filled": True, "size": 38, "color": sub, "tooltip": True},
            "circle": {"size": 38, "color": sub, "tooltip": True},
            "square": {"size": 38, "color": sub, "tooltip": True},
            "errorbar": {"rule": {"strokeWidth": 1.5}},
            "range": {"category": [sub]},
        }
    }  # fmt: skip
