"""Shares of accelerators by definition, and of the three cloud markets."""

import pandas as pd

from helpers.exhibits.exhibit import Exhibit
from helpers.exhibits.market.marks import (
    as_of,
    both,
    composition,
    parts_chart,
    source_ids,
    subtitle,
    told,
    when,
)
from helpers.exhibits.theme import colour

# How each accelerator seller is drawn: the entity whose colour it takes, opacity, short name.
_SELLERS = {
    "NVIDIA": ("NVIDIA", 1.0, "NVIDIA"),
    "AMD": ("AMD", 1.0, "AMD"),
    "Imported AI chips (NVIDIA, AMD)": ("NVIDIA", 0.5, "Imported"),
    "Huawei Ascend": ("Huawei", 1.0, "Huawei"),
    "Alibaba T-Head": ("Alibaba T-Head", 1.0, "T-Head"),
    "Baidu Kunlunxin": ("Baidu Kunlunxin", 1.0, "Kunlunxin"),
    "Cambricon": ("Cambricon", 1.0, "Cambricon"),
    "Other Chinese vendors": ("China", 0.35, "other Chinese"),
    "Chinese AI chip vendors": ("China", 0.5, "Chinese vendors"),
    "not attributed": ("unattributed", 0.22, "not attributed"),
}


def accelerator_shares(segments: pd.DataFrame) -> Exhibit | None:
    """Shares of China's accelerators by definition, one bar a definition and period; segments: `shares.segments`."""
    if segments.empty:
        return None
    frame = segments.assign(
        row=[
            f"{short(r['definition'])}, {when(r['period'])}{mark(r['status'])}" for r in _row_status(segments)
        ],
        place=[list(_SELLERS).index(name) for name in segments["entity"]],
    )
    parts = pd.DataFrame(
        {
            "row": frame["row"],
            "name": [_SELLERS[name][2] for name in frame["entity"]],
            "value": frame["p50"],
            "colour": [colour(_SELLERS[name][0]) for name in frame["entity"]],
            "shade": [_SELLERS[name][1] for name in frame["entity"]],
            "place": frame["place"],
        }
    )
    table = pd.DataFrame(
        {
            "definition": segments["definition"],
            "period": segments["period"],
            "seller": segments["entity"],
            "percent": segments["p50"],
            "status": segments["status"],
        }
    )
    named = segments[~segments["entity"].isin(["not attributed"])]
    nvidia = named[(named["entity"] == "NVIDIA") & (named["period"] == "2025")]
    if len(nvidia) > 1:
        cards, value = (
            nvidia[nvidia["definition"].str.startswith(word)]["p50"].max() for word in ("cards", "value")
        )
        title = (
            f"NVIDIA held {cards:.0f} % of China's accelerator cards in 2025 but {value:.0f} % of "
            "their value: each count answers another question"
        )
    else:
        last = named.iloc[-1]
        ahead = ", forecast" if last["status"] in ("forecast", "target") else ""
        title = (
            f"{_SELLERS[last['entity']][2]}: {last['p50']:.0f} % of {last['definition']} in "
            f"{when(last['period'])}{ahead}; no list by firm was known"
        )
    return Exhibit(
        id="accelerator-shares",
        title=title,
        subtitle=subtitle(
            "Shares of AI accelerators sold in China, percent, by definition and year; f: forecast", segments
        ),
        unit="percent",
        basis="; ".join(dict.fromkeys(segments["definition"])),
        as_of=as_of(segments),
        data=table,
        sources=source_ids(segments),
        alt=told(
            title,
            [
                f"{r['definition']} {r['period']}: {r['seller']} {r['percent']:.0f} %"
                for r in table.to_dict("records")
            ],
        ),
        confidence="medium",
        notes=[
            (
                "Cards count every class of card, low-end inference included; value weighs them by "
                "price; servers count machines. They are not one series."
            ),
            (
                "Pale red: all Chinese vendors together; pale blue: all imported chips. “Not "
                "attributed” is what the published list leaves out, not one seller."
            ),
            *composition(parts),
        ],
        **both(lambda narrow: parts_chart(parts, narrow, "percent")),
    )


def _inside(name: str) -> str:
    """A market's name inside a sentence: small unless its first word is an abbreviation."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def cloud_markets(lists: pd.DataFrame, leaders: pd.DataFrame) -> Exhibit | None:
    """Cloud, AI cloud and tokens as three markets; lists, leaders: `cloud.fullest_shares`, `cloud.leaders`."""
    if lists.empty:
        return None
    names = list(dict.fromkeys(lists["entity"]))
    names = [name for name in names if name != "others"] + ["others"]
    parts = pd.DataFrame(
        {
            "row": [f"{short(r['market'])}, {when(r['period'])}" for r in lists.to_dict("records")],
            "name": [_provider(name) for name in lists["entity"]],
            "value": lists["p50"],
            "colour": [colour(name) for name in lists["entity"]],
            "shade": [0.22 if name == "others" else 1.0 for name in lists["entity"]],
            "place": [names.index(name) for name in lists["entity"]],
        }
    )
    columns = {
        "market": "market",
        "period": "period",
        "entity": "provider",
        "p50": "percent",
        "status": "status",
    }
    table = lists[list(columns)].rename(columns=columns)
    named = leaders.assign(market=[_inside(short(name).partition(" (")[0]) for name in leaders["market"]])
    named["told"] = [f"{r['market']} ({r['percent']:.0f} %)" for r in named.to_dict("records")]
    firsts = [
        f"{_provider(name)} in {' and '.join(part['told'])}"
        for name, part in named.groupby("entity", sort=False)
    ]
    title = ("No one leads everywhere: " if len(firsts) > 1 else "First in the market: ") + ", ".join(firsts)
    return Exhibit(
        id="cloud-markets",
        title=title,
        subtitle=subtitle(
            ("Market shares in percent: cloud infrastructure, AI cloud by revenue, model tokens served"),
            lists,
        ),
        unit="percent",
        basis="; ".join(dict.fromkeys(lists["market"])),
        as_of=as_of(lists),
        data=table,
        sources=source_ids(lists),
        alt=told(
            title,
            [
                f"{r['market']} {r['period']}: {r['provider']} {r['percent']:.0f} %"
                for r in table.to_dict("records")
            ],
        ),
        confidence="medium",
        notes=[
            (
                "Each bar is the list that names most providers; a newer release that names only the "
                "leader is in the title, not in the bar."
            ),
            *composition(parts),
        ],
        **both(lambda narrow: parts_chart(parts, narrow, "percent")),
    )


def short(name: str) -> str:
    """`cards shipped (IDC)` as `Cards (IDC)`."""
    head, _, tail = name.partition(" (")
    words = {
        "cards shipped": "Cards",
        "value of sales": "Value",
        "cloud infrastructure": "Cloud",
        "AI cloud revenue": "AI cloud",
        "model tokens served": "Tokens",
    }
    head = words.get(head, head)
    return f"{head[0].upper()}{head[1:]} ({tail}" if tail else head


def mark(status: str) -> str:
    """What stands behind a year that has not come: f, as the subtitle explains."""
    return " f" if status in ("forecast", "target") else ""


def _row_status(segments: pd.DataFrame) -> list[dict]:
    """Each part with the status of its whole row: a forecast when any part of it is one."""
    ahead = segments["status"].isin(["forecast", "target"])
    any_ahead = ahead.groupby([segments["definition"], segments["period"]]).transform("any")
    return segments.assign(status=["forecast" if flag else "estimated" for flag in any_ahead]).to_dict(
        "records"
    )


def _provider(name: str) -> str:
    return name.removesuffix(" Cloud").replace("ByteDance Volcano Engine", "ByteDance")
