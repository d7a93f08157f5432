"""A run folder made without any kernel: three exhibits, five headlines, four executed notebooks, some verdicts.

The numbers are made up and serve only to draw and to count.
"""

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import altair as alt
import nbformat
import pandas as pd

from helpers.exhibits import Exhibit
from helpers.exhibits.theme import scale
from helpers.results import LONG_FORM, Headline

AS_OF = date(2026, 10, 9)


def frontier_exhibit(**changes) -> Exhibit:
    """Two step lines with direct labels, log scale, and an interval band."""
    frame = pd.DataFrame(
        {
            "date": pd.to_datetime(["2020-05-14", "2022-09-20", "2024-03-18", "2026-10-09"] * 2),
            "tflops": [312.0, 990.0, 2250.0, 2500.0, 256.0, 320.0, 376.0, 752.0],
            "country": ["United States"] * 4 + ["China"] * 4,
        }
    )
    base = alt.Chart(frame)
    names = scale(["United States", "China"])
    lines = base.mark_line(interpolate="step-after").encode(
        x=alt.X("date:T", title=None),
        y=alt.Y(
            "tflops:Q",
            scale=alt.Scale(type="log", domain=[100, 5000]),
            axis=alt.Axis(values=[100, 300, 1000, 3000]),
            title="TFLOP/s, dense FP16, per chip (log scale)",
        ),
        color=alt.Color("country:N", scale=names, legend=None),
        tooltip=["country:N", "date:T", "tflops:Q"],
    )
    points = lines.mark_point(filled=True, size=60)
    labels = base.transform_filter("year(datum.date) == 2026").mark_text(
        align="right", dy=-10, fontWeight=600
    )
    labels = labels.encode(
        x="date:T", y="tflops:Q", text="country:N", color=alt.Color("country:N", scale=names)
    )
    given = {
        "id": "frontier",
        "title": "The best Chinese chip now equals what the United States shipped in 2022",
        "subtitle": "Peak dense FP16 of data-centre accelerators by release date; lines follow the best.",
        "unit": "TFLOP/s",
        "basis": "FP16 dense",
        "as_of": AS_OF,
        "chart": lines + points + labels,
        "data": frame,
        "sources": [
            {"source_id": "epoch-mlhw", "publisher": "Epoch AI", "title": "Machine learning hardware"},
        ],
        "alt": "Two step lines on a log scale: the United States reaches 2,500 TFLOP/s, China 752.",
        "confidence": "high",
        "notes": ["Disputed specifications are drawn at their middle."],
    }
    return Exhibit(**{**given, **changes})


def stock_exhibit() -> Exhibit:
    """Bars with an interval."""
    frame = pd.DataFrame(
        {
            "origin": ["domestic", "licensed imports", "leakage", "offshore"],
            "p5": [0.5, 0.6, 0.3, 0.2],
            "p50": [0.71, 0.82, 0.55, 0.4],
            "p95": [0.9, 1.0, 1.2, 0.9],
        }
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("origin:N", title=None, sort=None),
        color=alt.Color("origin:N", scale=scale(list(frame["origin"])), legend=None),
        tooltip=["origin:N", "p5:Q", "p50:Q", "p95:Q"],
    )
    rules = base.mark_rule(strokeWidth=9, opacity=0.35).encode(
        x=alt.X("p5:Q", title="million H100-equivalents"), x2="p95:Q"
    )
    ticks = base.mark_tick(thickness=3, size=20).encode(x="p50:Q")
    return Exhibit(
        id="stock",
        title="A third of China's AI compute was made in China",
        subtitle="Installed base by origin, million H100-equivalents at dense FP16, end 2025; 90 % intervals.",
        unit="million H100e",
        basis="FP16 dense",
        as_of=AS_OF,
        chart=rules + ticks,
        data=frame,
        sources=[
            {"source_id": f"s{place}", "publisher": name, "title": "A title"}
            for place, name in enumerate(["Epoch AI", "Bernstein", "SemiAnalysis", "IDC", "CAICT", "MIIT"])
        ],
        alt="Four bars: domestic 0.71 million, licensed imports 0.82, leakage 0.55, offshore 0.40.",
        confidence="medium",
    )


def revenue_exhibit() -> Exhibit:
    """Small multiples, with a drawing of their own for a phone."""
    frame = pd.DataFrame(
        {
            "year": [2023, 2024, 2025] * 2,
            "revenue_usd_bn": [10.3, 17.1, 13.0, 2.0, 4.0, 9.0],
            "vendor": ["NVIDIA"] * 3 + ["Huawei"] * 3,
        }
    )

    def bars(width: int, columns: int) -> alt.TopLevelMixin:
        return (
            alt.Chart(frame)
            .mark_bar(size=36)
            .encode(
                x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
                y=alt.Y("revenue_usd_bn:Q", title="USD billion"),
                color=alt.Color("vendor:N", scale=scale(["NVIDIA", "Huawei"]), legend=None),
            )
            .properties(width=width, height=200)
            .facet("vendor:N", columns=columns)
        )

    return Exhibit(
        id="revenue",
        title="Huawei now sells half as much as NVIDIA did at its height",
        subtitle="Revenue from AI accelerators in China, USD billion, each at the average rate of its period.",
        unit="USD billion",
        basis="billing location",
        as_of=AS_OF,
        chart=bars(320, 2),
        narrow=bars(270, 1),
        data=frame,
        sources=[{"source_id": "s0", "publisher": "NVIDIA", "title": "Annual report"}],
        alt="Bars by year: NVIDIA 10.3, 17.1 and 13.0; Huawei 2.0, 4.0 and 9.0 billion dollars.",
        confidence="low",
    )


def headlines(evidence_ids: list[str]) -> list[Headline]:
    """One judgement a notebook, with and without an interval."""
    common = {"as_of": AS_OF.isoformat(), "evidence": tuple(evidence_ids), "key": True}
    return [
        Headline(id="lag", value=47.0, low=38.0, high=55.0, unit="months", basis="FP16 dense", shown="47 mo",
                 label="chip lag, FP16", notebook="chips", exhibit="frontier", confidence="high",
                 sentence="The best chip that China ships was matched by a US chip 47 mo earlier.", **common),
        Headline(id="stock", value=1817162.0, low=1.2e6, high=2.9e6, unit="H100e", basis="FP16 dense",
                 shown="1.8 M", label="H100-equivalents", period="end 2025", notebook="capacity", exhibit="stock",
                 confidence="medium", sentence="China's installed AI compute is 1.8 M, a tenth of America's.",
                 **common),
        Headline(id="open", value=3.0, unit="chips", basis="rules in force", shown="3 of 42",
                 label="chips still sold freely", notebook="policy", exhibit="", confidence="medium",
                 sentence="Of NVIDIA's data-centre chips 3 of 42 need no licence.", **common),
        Headline(id="share", value=0.41, low=0.3, high=0.55, unit="share", basis="value", shown="41 %",
                 label="share of domestic vendors", period="2025", notebook="market", exhibit="revenue",
                 confidence="low", sentence="Domestic vendors took 41 % of the market by value.", **common),
    ]  # fmt: skip


def verdicts(source_id: str, evidence_ids: list[str]) -> pd.DataFrame:
    """Claims of three verdicts; the first two tell the same number."""
    rows = [
        ("c1", 200000, 812000, 800000, 812000, "chips", "mixed", "contradicted", "capacity", "c2",
         "Huawei can make at most 200,000 AI chips in 2025", "Counted packages exceed the ceiling fourfold."),
        ("c2", 6.0, 6.09, None, None, "ratio", "supported", "supported", "market", "",
         "China holds six times the US count of generative-AI patents", "Counted by families."),
        ("c3", None, None, None, None, "", "vendor claim, unconfirmed", "vendor claim, unconfirmed", "chips", "",
         "The vendor's chip equals an H100", "Nobody else has measured it."),
    ]  # fmt: skip
    columns = ["id", "claimed", "computed", "low", "high", "unit", "verdict_then", "verdict_now", "subject",
               "same_as", "statement", "reason"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(
        source_id=source_id,
        evidence=";".join(evidence_ids),
        paragraph=range(1, len(rows) + 1),
        said="2025-06-14",
        reason_then=frame["reason"],
    )


def scenarios() -> pd.DataFrame:
    """The stock at two year ends under two scenarios."""
    rows = [
        (name, year, "installed", "H100e", "FP16", middle * 0.7, middle, middle * 1.6, "2026-10-09", "", key)
        for name, key, factor in (("Baseline", "baseline", 1.0), ("Tight controls", "tight_controls", 0.8))
        for year, middle in (("2027-Q4", factor * 3.6e6), ("2028-Q4", factor * 5.1e6))
    ]
    return pd.DataFrame(rows, columns=[*LONG_FORM, "scenario"])


def make_run(folder: Path, evidence, deck, exhibits: dict[str, Exhibit] | None = None) -> Path:
    """Write a finished run: exhibits, headlines, verdicts, a result and the four notebooks."""
    shown = exhibits or {
        "chips": frontier_exhibit(sources=list(evidence.sources["source_id"][:2])),
        "capacity": stock_exhibit(),
        "market": revenue_exhibit(),
    }
    ids = list(evidence.facts["fact_id"][:5])
    by_notebook: dict[str, list] = {}
    for row in headlines(ids):
        by_notebook.setdefault(row.notebook, []).append(row)
    (folder / "headlines").mkdir(parents=True)
    for name, rows in by_notebook.items():
        text = json.dumps([asdict(row) for row in rows])
        (folder / "headlines" / f"{name}.json").write_text(text, encoding="utf-8")
    (folder / "results" / "claims").mkdir(parents=True)
    frame = verdicts(evidence.sources["source_id"][0], ids)
    frame.to_csv(folder / "results" / "claims" / "verdicts.csv", index=False)
    (folder / "results" / "capacity").mkdir()
    scenarios().to_csv(folder / "results" / "capacity" / "scenarios.csv", index=False)
    (folder / "notebooks").mkdir()
    for card in deck.cards:
        exhibit = shown.get(card.page)
        if exhibit is not None:
            with_known = _known_sources(exhibit, evidence)
            with_known.write(folder / "exhibits")
            exhibit = with_known
        notebook = _notebook(card, exhibit, by_notebook.get(card.page, []))
        nbformat.write(notebook, folder / "notebooks" / card.file)
    return folder


def show_headlines(folder: Path, deck, page: str, rows: list[Headline]) -> None:
    """Put other headlines into the executed notebook of a page."""
    card = next(card for card in deck.cards if card.page == page)
    nbformat.write(_notebook(card, None, rows), folder / "notebooks" / card.file)


def _known_sources(exhibit: Exhibit, evidence) -> Exhibit:
    """The same exhibit citing sources that the evidence has, so that its links resolve."""
    known = evidence.sources[["source_id", "publisher", "title"]].head(len(exhibit.sources))
    return replace(exhibit, sources=known.to_dict("records"))


def _notebook(card, exhibit: Exhibit | None, rows: list[Headline]):
    cells = [
        nbformat.v4.new_raw_cell(f"---\ntitle: {card.title}\n---"),
        nbformat.v4.new_markdown_cell(f"# {card.title}\n\nThe question is: {card.asks}"),
        nbformat.v4.new_code_cell('as_of: str = "latest"', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_markdown_cell(
            "## What we found\n\nA paragraph with *stress* and a [link](sources.html)."
        ),
    ]
    for row in rows:
        cell = nbformat.v4.new_code_cell("run.headline(...)")
        cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": row._repr_html_()})]
        cells.append(cell)
    if exhibit is not None:
        cell = nbformat.v4.new_code_cell("run.exhibit(chart(result))")
        cell.outputs = [nbformat.v4.new_output("display_data", exhibit._repr_mimebundle_())]
        cells.append(cell)
    cells.append(
        nbformat.v4.new_markdown_cell(
            "## Method\n\n::: {.callout-note}\nA note.\n:::\n\n| a | b |\n|:--|--:|\n| x | 1 |"
        )
    )
    cells.append(nbformat.v4.new_markdown_cell("## What would change it\n\nMore counts."))
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
    return nbformat.v4.new_notebook(
        cells=cells,
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
