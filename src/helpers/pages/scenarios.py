"""Scenarios side by side: what each assumes, and the stock that the capacity model gives under it.

The table is in the page; `assets/js/scenarios.js` puts two beside each other.
"""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.evidence import Evidence
from helpers.exhibits.words import name_in_words
from helpers.pages.registers import between, page_data

RESULT = ("capacity", "scenarios")


def scenarios(evidence: Evidence, run: Path) -> str:
    """The stock at year ends under each scenario of the run, its assumptions, and the choice of two."""
    path = run / "results" / RESULT[0] / f"{RESULT[1]}.csv"
    if not path.is_file():
        return "<p>No scenario was run for this edition.</p>"
    paths = pd.read_csv(path)
    paths = paths[paths["quantity"] == "installed"]
    names = list(dict.fromkeys(paths["scenario"]))
    years = sorted(paths["period"].unique())
    stock = {
        name: [
            tuple(float(rows[quantile].iloc[0]) for quantile in ("p5", "p50", "p95"))
            for year in years
            for rows in [paths[(paths["scenario"] == name) & (paths["period"] == year)]]
        ]
        for name in names
    }
    titles = {name: str(paths[paths["scenario"] == name]["entity"].iloc[0]) for name in names}
    data = {
        "years": [str(year)[:4] for year in years],
        "scenarios": [
            {"name": name, "title": titles[name], "stock": [[round(v) for v in row] for row in stock[name]]}
            for name in names
        ],
    }
    return (
        f'<div id="scenario-choice"></div>{_table(names, titles, years, stock)}'
        f'<h2 id="what-each-assumes">What each assumes</h2>{_plans(evidence, names, titles)}'
        f'{page_data(data, "scenario-data")}<script src="assets/js/scenarios.js"></script>'
    )


def _table(names: list[str], titles: Mapping[str, str], years: list, stock: Mapping[str, list]) -> str:
    head = "".join(f'<th scope="col" class="n">end of {escape(str(year)[:4])}</th>' for year in years)
    rows = "".join(
        f'<tr><th scope="row">{escape(titles[name])}</th>'
        + "".join(
            f'<td class="n" data-head="end of {escape(str(year)[:4], quote=True)}">{middle / 1e6:.2f}'
            f"<small>{low / 1e6:.2f} to {high / 1e6:.2f}</small></td>"
            for year, (low, middle, high) in zip(years, stock[name], strict=True)
        )
        + "</tr>"
        for name in names
    )
    return (
        '<div class="table-scroll" role="region" aria-label="Scenarios" tabindex="0"><table class="stacks">'
        "<caption>Installed in China, million H100-equivalents: median and 90 % interval</caption>"
        f'<thead><tr><th scope="col">Scenario</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _plans(evidence: Evidence, names: list[str], titles: Mapping[str, str]) -> str:
    priors = {
        row["parameter"]: row for row in evidence.assumptions.sort_values("published").to_dict("records")
    }
    return "".join(
        f'<h3 id="{escape(name, quote=True)}">{escape(titles[name])}</h3>'
        f"<p>{escape(str(plan.get('description', '')))}</p>{_overrides(plan, priors)}"
        for name in names
        for plan in [evidence.scenario(name)]
    )


def _overrides(plan: Mapping[str, Any], priors: Mapping[str, Mapping[str, Any]]) -> str:
    """The overrides as a list, each with its unit and what the baseline assumes instead."""
    items = []
    for name, value in (plan.get("assumptions") or {}).items():
        words, prior = escape(name_in_words(name)), priors.get(name)
        said = between(float(value["low"]), float(value["high"]))
        if prior is None:
            items.append(f"<li>{words}: {said}</li>")
            continue
        usual = between(prior["low"], prior["high"])
        where = escape(prior["assumption_id"], quote=True)
        items.append(
            f'<li><a href="assumptions.html#{where}">{words}</a>: {said} {escape(prior["unit"])}, '
            f"baseline {usual}</li>"
        )
    for name, value in ((plan.get("switches") or {}).get("sales") or {}).items():
        parts = "AMD parts" if name == "amd" else name.upper()
        items.append(f"<li>Sales of {escape(parts)}: {escape(str(value))}</li>")
    if memory := (plan.get("switches") or {}).get("memory"):
        items.append(f"<li>Sales of high-bandwidth memory: {escape(str(memory))}</li>")
    return f"<ul>{''.join(items)}</ul>" if items else ""
