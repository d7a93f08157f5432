"""Evidence that attacks: every text field, id, address, parameter and file name holds markup; no page grows by it."""

import dataclasses
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from lxml import html

import site_fixture
from helpers import pages
from helpers.cards import read_cards
from helpers.evidence import load
from helpers.exhibits.policy_designer import designer_html
from helpers.exhibits.policy_registers import acts_register, rules_register
from helpers.pages import accelerators, articles, registers
from helpers.pages.numbers import evidence_links

AS_OF = "2026-10-09"
HOSTILE = '"><script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>{{< env HOME >}}`````'
URLS = (
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    " JaVaScRiPt:alert(1)",
    "//evil.example/x",
    'https://ok.example/"onmouseover="alert(1)',
    "http://",
)
TABLES = ("sources", "facts", "rejected", "chips", "disputes", "systems", "events", "rates", "assumptions", "claims",
          "classifications")  # fmt: skip
IDS = {"source_id", "fact_id", "chip_id", "system_id", "event_id", "rate_id", "assumption_id", "claim_id",
       "source_ids", "repeats", "original_id", "rule_id", "export_variant_of", "same_page_as"}  # fmt: skip
LOGIC = {"published", "check", "scope_check"}


def hostile_ids(cell: object) -> object:
    return (
        ";".join(HOSTILE + name for name in str(cell).split(";") if name) if isinstance(cell, str) else cell
    )


def hostile_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Every text column of the table attacked; ids stay different from each other, and refer as before."""
    made = frame.copy()
    for name in frame:
        if (
            name in LOGIC
            or pd.api.types.is_numeric_dtype(frame[name])
            or "datetime" in str(frame[name].dtype)
        ):
            continue
        made[name] = frame[name].map(hostile_ids) if name in IDS else HOSTILE
    if "url" in frame:
        made["url"] = [URLS[place % len(URLS)] for place in range(len(frame))]
    return made


def hostile_rule(rule: dict) -> dict:
    """A rule of `rules.yaml` with every word that somebody typed attacked, at any depth; days and numbers stay."""

    def attack(value):
        if isinstance(value, dict):
            return {name: attack(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [attack(inner) for inner in value]
        return HOSTILE if isinstance(value, str) and not re.match(r"\d{4}-", value) else value

    return {**attack(rule), "id": HOSTILE + rule["id"]}


@pytest.fixture(scope="module")
def attacked():
    """Evidence in which everything that a hand can write is hostile; a fifth of it, which is enough to attack."""
    evidence = load(as_of=AS_OF)
    tables = {name: hostile_table(getattr(evidence, name).iloc[::5]) for name in TABLES}
    tables["sources"] = hostile_table(evidence.sources)
    rules = [hostile_rule(rule) for rule in evidence.rules]
    scenarios = {
        HOSTILE: {"title": HOSTILE, "description": HOSTILE, "assumptions": {HOSTILE: {"low": 1, "high": 2}},
                  "switches": {"sales": {HOSTILE: HOSTILE}}},
    }  # fmt: skip
    broken = dataclasses.replace(evidence, **tables, rules=rules, scenarios=scenarios, full=None)
    return dataclasses.replace(broken, full=broken)


def make_attacked(folder: Path, evidence, renderer: str = "smalldocs") -> Path:
    """A site of a run whose words, ids, parameters and file names are hostile too."""
    deck = read_cards()
    exhibit = site_fixture.frontier_exhibit(
        title=HOSTILE, subtitle=HOSTILE, alt=HOSTILE, notes=[HOSTILE], unit=HOSTILE, basis=HOSTILE,
        data=pd.DataFrame({HOSTILE: [HOSTILE]}),
    )  # fmt: skip
    run = site_fixture.make_run(folder / "run", evidence, deck, {"chips": exhibit})
    for path in (run / "headlines").glob("*.json"):
        rows = json.loads(path.read_text(encoding="utf-8"))
        words = ("label", "unit", "basis", "spread", "period")
        for row in rows:
            row |= {name: HOSTILE for name in words} | {"sentence": f"{row['shown']} {HOSTILE}"}
        path.write_text(json.dumps(rows), encoding="utf-8")
    path = run / "results" / "claims" / "verdicts.csv"
    frame = pd.read_csv(path)
    words = ("statement", "reason", "reason_then", "unit", "subject")
    claimed = frame.assign(**{name: HOSTILE for name in words}, note=HOSTILE, claimed_text=HOSTILE)
    claimed["id"], claimed["same_as"] = HOSTILE + frame["id"], frame["same_as"].map(hostile_ids)
    claimed.to_csv(path, index=False)
    stock = {"entity": HOSTILE, "period": HOSTILE, "quantity": "installed", "scenario": HOSTILE, "p5": 1.0,
             "p50": 2.0, "p95": 3.0}  # fmt: skip
    pd.DataFrame([stock]).to_csv(run / "results" / "capacity" / "scenarios.csv", index=False)
    (run / "results" / "capacity" / '"><img src=x onerror=alert(1)>.csv').write_text(
        "a\n1\n", encoding="utf-8"
    )
    parameters = {card.page: {"as_of": HOSTILE, HOSTILE: HOSTILE} for card in deck.cards}
    return pages.make_site(run, evidence, deck, parameters, folder / "site", renderer)


def faults_of(path: Path) -> list[str]:
    """What of an attack a page has let in."""
    page = html.parse(str(path)).getroot()
    faults = [f"<{element.tag}>" for element in page.xpath("//img | //iframe | //object | //embed | //base")]
    faults += ["inline script" for _ in page.xpath("//script[not(@src) and not(@type='application/json')]")]
    faults += [
        f"script {source}" for source in page.xpath("//script/@src") if not source.startswith("assets/")
    ]
    for script in page.xpath("//script[@type='application/json']"):
        json.loads(script.text)
        faults += ["markup in data"] if "<" in script.text else []
    for element in page.iter():
        faults += [f"{element.tag} {name}" for name in element.attrib if name.startswith("on")]
    for address in page.xpath("//a/@href"):
        if not re.match(r"https?://ok\.example/|(?!https?:)[\w.-]+(/|\.html|#|$)|#", address):
            faults.append(f"link {address}")
    return faults


def test_no_page_lets_anything_in(tmp_path, attacked):
    site = make_attacked(tmp_path, attacked)
    faults = {path.name: found for path in sorted(site.glob("*.html")) if (found := faults_of(path))}
    assert faults == {}
    text = "".join(path.read_text(encoding="utf-8") for path in site.glob("*.html"))
    assert "&lt;script&gt;alert(1)" in text, "the attack did not reach the pages"
    assert str(Path.home()) not in text, "a shortcode inside the evidence was run"
    assert {path.name for path in site.glob("article-*")} <= {
        path.name
        for path in site.glob("article-*.html")
        if re.fullmatch(r"article-[a-z0-9-]+\.html", path.name)
    }


@pytest.mark.quarto
@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("quarto"), reason="Quarto is not installed")
def test_no_page_of_quarto_lets_anything_in(tmp_path, attacked):
    site = make_attacked(tmp_path, attacked, "quarto")
    assert {path.name: found for path in sorted(site.glob("*.html")) if (found := faults_of(path))} == {}


def test_the_search_index_leads_only_into_the_site(tmp_path, attacked):
    site = make_attacked(tmp_path, attacked)
    text = (site / "search-index.js").read_text(encoding="utf-8")
    entries = json.loads(text.removeprefix("window.briefingSearch=").removesuffix(";\n"))
    assert len(entries) > 100
    for _, _, _, address in entries:
        assert re.match(r"[\w-]+\.html(#|$)", address), address


def test_a_sheet_to_mail_holds_no_script(tmp_path, attacked):
    site = make_attacked(tmp_path, attacked)
    for path in (site / "notebooks").glob("*.html"):
        page = html.parse(str(path)).getroot()
        assert not page.xpath("//script | //iframe | //img[not(starts-with(@src,'data:'))]"), path.name
        assert not [name for element in page.iter() for name in element.attrib if name.startswith("on")]


def test_lists_of_the_policy_chapter_escape(attacked):
    acts = pd.DataFrame(
        [{name: HOSTILE for name in ("date_text", "side", "lane", "title", "summary", "direction", "chips_affected",
                                     "verification", "source_ids", "event_id")}]
    )  # fmt: skip
    page = html.fromstring(acts_register(acts))
    assert not page.xpath(".//script | .//img")
    rule = {
        name: HOSTILE
        for name in ("title", "citation", "level", "policy", "open_marks", "source_ids", "rule_id")
    }
    day = pd.Timestamp("2025-01-01")
    rule |= {"end": pd.NaT, "effective": day, "published": day, "verified": 0.5}
    assert not html.fromstring(rules_register(pd.DataFrame([rule]))).xpath(".//script | .//img")


@pytest.mark.parametrize("url", [*URLS[:4], "http://", "ftp://x/y", "", "https://[bad", "vbscript:x"])
def test_only_web_addresses_become_links(url):
    assert "<a" not in registers.web_link(url, "text")


def test_data_for_scripts_cannot_close_its_element():
    value = {"a": "</script><script>alert(1)</script>"}
    text = registers.page_data(value, "x")
    inside = text.partition(">")[2].rpartition("<")[0]
    assert text.count("<") == 2 and json.loads(inside) == value


def test_parts_escape_on_their_own(tmp_path, attacked):
    """Each generated part by itself, before any cleaning: what `content` would remove must not be needed."""
    links = evidence_links(attacked)
    parts = {
        "facts": registers.facts_register(attacked),
        "sources": registers.sources_register(attacked),
        "assumptions": registers.assumptions_register(attacked),
        "accelerators": accelerators.accelerators(attacked, tmp_path),
    }
    frame = site_fixture.verdicts(attacked.sources["source_id"].iloc[0], [])
    rows = frame.assign(statement=HOSTILE, reason=HOSTILE).to_dict("records")
    parts |= articles.article_pages(articles.articles(rows, attacked), links)
    for name, text in parts.items():
        page = html.fromstring(f"<div>{text}</div>")
        assert not page.xpath(".//img | .//iframe"), name
        assert all(script.get("src") or script.get("type") for script in page.iter("script")), name


def test_data_of_the_panels_holds_no_markup():
    """The sliders and the design panel carry words of the evidence: no `<` of theirs may reach the parser."""
    book = {"rules": [], "metrics": {}, "question": HOSTILE, "note": "<!--<script>"}
    panel = designer_html(book=book, specs=[], labels={"2025-01-01": HOSTILE})
    (script,) = [element for element in html.fromstring(panel).iter("script") if not element.get("src")]
    assert "<" not in script.text and json.loads(script.text)["book"]["note"] == "<!--<script>"
