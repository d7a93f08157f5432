"""From rendered pages to the site: every page in the one shell, and everything it refers to beside it."""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from helpers.cards import Deck
from helpers.evidence import Evidence
from helpers.exhibits.theme import TOKENS, css_variables
from helpers.kept import kept
from helpers.modules import code_digest
from helpers.pages.content import Content, read_page
from helpers.pages.crate import WORKFLOW, write_crate
from helpers.pages.downloads import write_citation, write_downloads
from helpers.pages.judgements import findings
from helpers.pages.numbers import evidence_links
from helpers.pages.search import index_script
from helpers.pages.shell import Site, page
from helpers.pages.stage import ordered_headlines
from helpers.pages.standalone import standalone
from helpers.pages.whole import NAME, whole
from helpers.paths import notebooks_dir, report_dir

SERVED = ("csv", "svg", "js")
_EXHIBIT = re.compile(r'<figure class="exhibit" id="x-([a-z0-9-]+)"')


def write_files(run: Path, evidence: Evidence, deck: Deck, site: Path) -> None:
    """Write into `site` what needs no renderer: assets, exhibits, downloads, notebooks and their sheets."""
    site.mkdir(parents=True, exist_ok=True)
    _copy_assets(site)
    _copy_exhibits(run, site)
    write_downloads(evidence, run, site)
    write_citation(evidence, site)
    (site / "notebooks").mkdir(exist_ok=True)
    for card in deck.cards:
        executed = run / "notebooks" / card.file
        shutil.copyfile(executed, site / "notebooks" / card.file)
        standalone(executed, site / "notebooks" / f"{Path(card.file).stem}.html", run / "exhibits")
    shutil.copyfile(notebooks_dir() / "cards.yml", site / WORKFLOW)


def finish(
    rendered: Path,
    project: Path,
    run: Path,
    evidence: Evidence,
    deck: Deck,
    parameters: Mapping[str, Any],
    inputs: Mapping[str, Any],
    site: Path,
) -> None:
    """Write the pages from the folder that a renderer wrote, beside the files of `write_files`."""
    described = Site.read(project, evidence.as_of)
    headlines = {f"{row['notebook']}.{row['id']}": row for row in ordered_headlines(run, deck)}
    links = evidence_links(evidence)
    contents: dict[str, Content] = {}
    for source in sorted(rendered.glob("*.html")):
        document = findings(source.read_text(encoding="utf-8"), headlines, links)
        contents[source.name] = _content(document)
    printed = whole(contents, [f"{card.page}.html" for card in deck.cards])
    for name, content in {**contents, NAME: printed}.items():
        (site / name).write_text(page(described, name, content), encoding="utf-8")
    places = {found: name for name, content in contents.items() for found in _EXHIBIT.findall(content.html)}
    records = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted((run / "exhibits").glob("*.json"))
    ]
    script = index_script(contents, records, places, evidence)
    (site / "search-index.js").write_text(script, encoding="utf-8")
    write_crate(site, evidence, deck, parameters, inputs)


def _content(document: str) -> Content:
    """`read_page`, or what it gave for this document before."""
    code = code_digest("helpers.pages.content")
    found = kept((code, document), lambda: json.dumps(asdict(read_page(document))).encode())
    content = json.loads(found)
    return Content(**{**content, "headings": [tuple(heading) for heading in content["headings"]]})


def palette_css() -> str:
    """The palette of `helpers.exhibits.theme` as CSS variables, light and dark, and a class for each ink."""
    light, dark = css_variables(), css_variables(dark=True)
    pairs = ",".join(f"{name}={pair[0]}" for name, pair in TOKENS.items())
    inks = "".join(f".ink-{name}{{color:var(--{name})}}" for name in TOKENS)
    return (
        f':root{{{light} --palette:"{pairs}";color-scheme:light}}\n'
        f":root[data-theme=dark]{{{dark} color-scheme:dark}}\n"
        f"@media(prefers-color-scheme:dark){{:root:not([data-theme]){{{dark} color-scheme:dark}}}}\n"
        f"@media print{{:root,:root[data-theme]{{{light} color-scheme:light}}}}\n{inks}\n"
    )


def _copy_assets(site: Path) -> None:
    def unserved(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name.endswith(".ttf")]

    shutil.copytree(report_dir() / "assets", site / "assets", ignore=unserved, dirs_exist_ok=True)
    (site / "assets" / "css" / "palette.css").write_text(palette_css(), encoding="utf-8")


def _copy_exhibits(run: Path, site: Path) -> None:
    folder = site / "exhibits"
    folder.mkdir(exist_ok=True)
    for source in sorted((run / "exhibits").glob("*.*")):
        if source.suffix[1:] in SERVED:
            shutil.copyfile(source, folder / source.name)
