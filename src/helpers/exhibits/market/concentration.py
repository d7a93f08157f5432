"""How concentrated each market is: an index with a lower and an upper bound, because lists are partial."""

import pandas as pd

from helpers.exhibits.exhibit import Exhibit
from helpers.exhibits.market.marks import as_of, both, rows_chart, source_ids, subtitle, told, when
from helpers.exhibits.market.shares import mark, short
from helpers.exhibits.theme import colour


def concentration(indices: pd.DataFrame) -> Exhibit | None:
    """Herfindahl-Hirschman index of the accelerator and cloud markets; indices: rows of `shares.concentration`."""
    if indices.empty:
        return None
    order = list(dict.fromkeys(indices["entity"]))
    place = indices["entity"].map({name: number for number, name in enumerate(order)})
    frame = indices.assign(place=place).sort_values(["place", "period_end"], ignore_index=True)
    columns = {
        "entity": "market",
        "period": "period",
        "p5": "at_least",
        "p95": "at_most",
        "listed_percent": "listed_percent",
        "firms": "firms_listed",
        "status": "status",
    }
    table = frame[list(columns)].rename(columns=columns)
    shown = table[table["firms_listed"] > 1]
    shown = shown if len(shown) else table
    rows = pd.DataFrame(
        {
            "row": [
                f"{short(r['market'])}, {when(r['period'])}{mark(r['status'])}"
                for r in shown.to_dict("records")
            ],
            "value": shown["at_least"],
            "low": shown["at_least"],
            "high": shown["at_most"],
            "text": [
                f"{low:,.0f} to {high:,.0f}"
                for low, high in zip(shown["at_least"], shown["at_most"], strict=True)
            ],
            "colour": colour("China"),
            "filled": ~shown["status"].isin(["forecast", "target"]),
        }
    )
    title = _concentration_title(shown)
    return Exhibit(
        id="market-concentration",
        title=title,
        subtitle=subtitle(
            (
                "Herfindahl-Hirschman index, 0 to 10,000: dot, from the firms listed (at least); bar, "
                "the rest in few hands (at most)"
            ),
            indices,
        ),
        unit="index points",
        basis="sum of squared shares in percent of published lists",
        as_of=as_of(indices),
        data=table,
        sources=source_ids(indices),
        alt=told(title, rows),
        confidence="medium",
        notes=[
            (
                "A published list is partial. The dot counts the rest as many tiny firms, so it is a "
                "lower bound; the bar ends where the rest is held in pieces as large as the smallest "
                "firm listed."
            ),
            "Lists that name one firm are in the table only: all the rest might be one more firm.",
        ],
        **both(lambda narrow: rows_chart(rows, "index points", narrow)),
    )


def _concentration_title(shown: pd.DataFrame) -> str:
    """The most concentrated outturn against the newest of the cloud market; only it, when there is no other."""
    known = shown[~shown["status"].isin(["forecast", "target"])]
    newest = (known if len(known) else shown).drop_duplicates("market", keep="last").sort_values("at_least")
    first, last = newest.iloc[-1], newest.iloc[0]
    title = (
        f"{_bare(first['market'])} ({when(first['period'])}): a concentration index of at least "
        f"{first['at_least']:,.0f}"
    )
    if len(newest) > 1:
        title += (
            f", against {last['at_least']:,.0f} for {_bare(last['market']).lower()} ({when(last['period'])})"
        )
    return title


def _bare(name: str) -> str:
    """`model tokens served (IDC)` as `Model tokens served`."""
    head = name.partition(" (")[0]
    return f"{head[0].upper()}{head[1:]}"
