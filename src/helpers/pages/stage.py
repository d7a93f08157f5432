"""The project that a renderer sees: pages, executed notebooks, generated parts and variables, in one folder."""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from helpers.cards import Deck
from helpers.evidence import Evidence
from helpers.exhibits.exhibit import day
from helpers.models.claims import as_table, judge_all
from helpers.pages import articles, claims, downloads, judgements, registers
from helpers.pages.accelerators import accelerators
from helpers.pages.formulas import formulas_html
from helpers.pages.numbers import evidence_links, variables
from helpers.pages.reference import reference_html
from helpers.pages.scenarios import scenarios
from helpers.paths import project_root, report_dir
from helpers.refresh.freshness import freshness_banner
from helpers.results import read_headlines

GENERATED = "_generated"
ARTICLE = "article-"
_PAGE = "---\ntitle: Article\n---\n\n{{{{< include _generated/{name}.md >}}}}\n"
VERDICTS = ("verdicts", "claims")
_MARKDOWN = re.compile(r"[\\`*_\[\]#|~^$!]")
_VARIABLE = re.compile(r"\{\{<\s*var\s+([\w.-]+)")
_TEXT = re.compile(r"(?<=>)[^<]+|^[^<]+")


def stage(run: Path, evidence: Evidence, deck: Deck, parameters: Mapping[str, Any], folder: Path) -> Path:
    """Fill `folder` (emptied first) with everything a renderer needs and return it.

    `run` is the folder of a finished run: `notebooks/`, `headlines/`, `results/`, `exhibits/`.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(project_root() / "_quarto.yml", folder / "_quarto.yml")
    for source in sorted(report_dir().glob("*.qmd")):
        shutil.copy(source, folder / source.name)
    for card in deck.cards:
        _stage_notebook(run / "notebooks" / card.file, card, folder / f"{card.page}.ipynb")
    headlines = ordered_headlines(run, deck)
    links = evidence_links(evidence)
    parts = generated_parts(run, evidence, deck, parameters, headlines)
    (folder / GENERATED).mkdir()
    for name, content in parts.items():
        (folder / GENERATED / f"{name}.md").write_text(raw_block(content), encoding="utf-8")
        if name.startswith(ARTICLE):
            (folder / f"{name}.qmd").write_text(_PAGE.format(name=name), encoding="utf-8")
    asked = {
        name for path in folder.rglob("*.*") for name in _VARIABLE.findall(path.read_text(encoding="utf-8"))
    }
    # The renderer reads this file again for every page, so only what a page asks for is in it.
    values = _only({**_inline(variables(headlines, links)), **_counts(evidence)}, asked)
    (folder / "_variables.yml").write_text(
        yaml.safe_dump(values, allow_unicode=True, sort_keys=True, width=10**9), encoding="utf-8"
    )
    return folder


def generated_parts(
    run: Path,
    evidence: Evidence,
    deck: Deck,
    parameters: Mapping[str, Any],
    headlines: Sequence[Mapping[str, Any]],
) -> dict[str, str]:
    """The HTML of every part that a page includes from `_generated/`, by name."""
    links = evidence_links(evidence)
    verdicts = read_verdicts(run, evidence)
    judged = articles.articles(verdicts, evidence)
    titles = exhibit_titles(run)
    front = front_matter("index")
    subject = "China's AI compute under US export controls"
    lead = judgements.lead_title(headlines, front.get("lead", ()), titles, subject)
    key = judgements.key_judgements(headlines, front.get("judgements", ()))
    return {
        "lead": judgements.display_title(lead) + freshness_banner(evidence),
        "judgements": judgements.judgement_list(key, links, claims.claims_judgement(verdicts)),
        "chapters": judgements.chapter_cards(deck.cards, headlines, run / "exhibits"),
        "claims-teaser": claims.claims_teaser(verdicts, evidence, links),
        "claims-tally": claims.tally(verdicts),
        "claims-sources": articles.tally_by_source(judged),
        "claims": claims.claims_register(verdicts, evidence, links),
        **articles.article_pages(judged, links),
        "accelerators": accelerators(evidence, run),
        "scenarios": scenarios(evidence, run),
        "sources": registers.sources_register(evidence),
        "freshness": freshness_banner(evidence) + registers.freshness(evidence),
        "facts": registers.facts_register(evidence),
        "assumptions": registers.assumptions_register(evidence),
        "dictionary": downloads.dictionary(evidence),
        "downloads": downloads.download_list(evidence, run),
        "parameters": downloads.parameters_table(deck, parameters),
        "notebooks": downloads.notebook_list(deck),
        "reference": reference_html(),
        "formulas": formulas_html(),
    }


def ordered_headlines(run: Path, deck: Deck) -> list[dict[str, Any]]:
    """Every headline of the run in the order of the notebooks; one without its exhibit leads to the page alone."""
    order = {card.page: place for place, card in enumerate(deck.cards)}
    drawn = exhibit_titles(run)
    rows = [
        {**row, "exhibit": row["exhibit"] if row["exhibit"] in drawn else ""}
        for row in read_headlines(run)
        if row["notebook"] in order
    ]
    return sorted(rows, key=lambda row: order[row["notebook"]])


def exhibit_titles(run: Path) -> dict[str, str]:
    """The title of every exhibit of the run, by id."""
    records = (
        json.loads(path.read_text(encoding="utf-8")) for path in sorted((run / "exhibits").glob("*.json"))
    )
    return {record["id"]: record["title"] for record in records if "title" in record}


def front_matter(page: str) -> dict[str, Any]:
    """The front matter of a page of `report/`."""
    text = (report_dir() / f"{page}.qmd").read_text(encoding="utf-8")
    return yaml.safe_load(text.split("---")[1])


def read_verdicts(run: Path, evidence: Evidence) -> list[dict[str, Any]]:
    """Every claim with its verdicts: as a notebook of the run saved them, else judged now on the run's results."""
    saved = [path for name in VERDICTS for path in sorted((run / "results").glob(f"*/{name}.csv"))]
    if saved:
        frame = pd.read_csv(saved[0])
    else:
        frame = as_table(
            judge_all(evidence, lambda notebook, name: pd.read_csv(_result(run, notebook, name)))
        )
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def _result(run: Path, notebook: str, name: str) -> Path:
    return run / "results" / notebook / f"{name}.csv"


def raw_block(content: str) -> str:
    """HTML that both renderers pass on untouched; the fence is longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall(r"`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{{=html}}\n{content}\n{fence}\n"


def _inline(values: dict[str, Any]) -> dict[str, Any]:
    """Inline HTML for the middle of a sentence: marks that Markdown would read become entities, text only."""
    if isinstance(values, dict):
        return {key: _inline(value) for key, value in values.items()}
    return _TEXT.sub(lambda text: _MARKDOWN.sub(lambda mark: f"&#{ord(mark[0])};", text[0]), values)


def _only(values: Mapping[str, Any], asked: set[str], before: str = "") -> dict[str, Any]:
    """Those of the nested values whose dotted names are asked for."""
    picked = {}
    for key, value in values.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping):
            picked |= {key: inner} if (inner := _only(value, asked, f"{name}.")) else {}
        elif name in asked:
            picked[key] = value
    return picked


def _counts(evidence: Evidence) -> dict[str, Any]:
    names = ("sources", "facts", "chips", "events", "assumptions", "claims")
    counts = {name: f"{len(getattr(evidence, name)):,}" for name in names}
    return {"as_of": day(evidence.as_of), "count": {**counts, "rules": f"{len(evidence.rules):,}"}}


def _stage_notebook(source: Path, card: Any, target: Path) -> None:
    """The executed notebook as a page: front matter from its card where it has none, code hidden, links added."""
    notebook = json.loads(source.read_text(encoding="utf-8"))
    cells = notebook["cells"]
    front = {"title": card.title, "description": card.asks}
    if cells and cells[0]["cell_type"] == "raw":
        text = "".join(cells[0]["source"])
        written = yaml.safe_load(text.strip().strip("-")) if text.strip().startswith("---") else None
        front |= written if isinstance(written, dict) else {}
        cells = cells[1:]
    stem = Path(card.file).stem
    also = (
        f'<p class="also">This page is a notebook: '
        f'<a href="notebooks/{card.file}" download>download it, executed</a>, '
        f'or <a href="notebooks/{stem}.html">read it with its code on one sheet</a> that can be mailed.</p>'
    )
    front["execute"] = {"echo": False, "enabled": False}
    # Lists of lines: Quarto drops the line ends of a cell whose source is one text.
    head, foot = (
        text.splitlines(keepends=True) for text in (f"---\n{yaml.safe_dump(front)}---", raw_block(also))
    )
    first = {"cell_type": "raw", "id": "front", "metadata": {}, "source": head}
    last = {"cell_type": "markdown", "id": "also", "metadata": {}, "source": foot}
    notebook["cells"] = [first, *cells, last]
    target.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")
