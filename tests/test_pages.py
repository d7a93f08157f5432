"""The site from a run: one strict shell, every number with its evidence, nothing hostile and nothing foreign."""

import dataclasses
import hashlib
import os
import re
import shutil
from datetime import date
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from lxml import html

import site_fixture
from helpers import pages
from helpers.cards import read_cards
from helpers.evidence import load
from helpers.pages import claims, judgements
from helpers.pages.content import read_page
from helpers.pages.downloads import dictionary
from helpers.pages.numbers import evidence_links, figure_span, interval, like
from helpers.pages.registers import assumptions_register, facts_register
from helpers.pages.stage import raw_block, read_verdicts
from helpers.pages.standalone import standalone
from helpers.pages.typography import set_text
from site_alike import differences

ROOT = Path(__file__).parents[1]
HOSTILE = '"><script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>{{< env HOME >}}`````'
PAGES = {
    "index",
    "chips",
    "capacity",
    "policy",
    "market",
    "claims",
    "facts",
    "sources",
    "assumptions",
    "methods",
    "data",
    "reference",
    "changes",
    "accelerators",
    "whole",
    "scenarios",
}


def make(folder: Path, evidence, renderer: str = "smalldocs", exhibits=None) -> Path:
    deck = read_cards()
    run = site_fixture.make_run(folder / "run", evidence, deck, exhibits)
    parameters = {card.page: {"as_of": evidence.as_of.isoformat()} for card in deck.cards}
    return pages.make_site(run, evidence, deck, parameters, folder / "site", renderer)


@pytest.fixture(scope="module")
def evidence():
    return load(as_of="2026-10-09")


@pytest.fixture(scope="module")
def site(tmp_path_factory, evidence):
    return make(tmp_path_factory.mktemp("site"), evidence)


def test_every_page_is_there_and_sound(site):
    found = {path.stem for path in site.glob("*.html")}
    assert {name for name in found if not name.startswith("article-")} == PAGES
    assert len(found) == len(PAGES) + 1
    assert pages.check_site(site) == []


def test_pages_hold_no_trace_of_the_renderer(site):
    for path in site.glob("*.html"):
        page = html.parse(str(path)).getroot()
        values = " ".join(value for element in page.iter() for value in element.attrib.values()).lower()
        for trace in ("bootstrap", "data-bs", "jquery", "require.js", "smalldocs", "fonts.googleapis"):
            assert trace not in values, f"{path.name} holds {trace}"
    assert not (site / "site_libs").exists()


def test_code_is_hidden_and_results_are_shown(site):
    page = html.parse(str(site / "chips.html")).getroot()
    assert "run.headline" not in page.text_content()
    assert page.xpath('//figure[@id="x-frontier"]//*[name()="svg"]')
    assert page.xpath("//h1")[0].text == "Chips"
    assert page.xpath('//h2[contains(.,"What would change it")]')


def test_headline_in_a_notebook_becomes_a_number_with_its_evidence(site, evidence):
    page = html.parse(str(site / "capacity.html")).getroot()
    number = page.xpath('//p[contains(@class,"finding")]//a[@class="num-link"]')[0]
    assert number.text == "1.8 M" and number.get("href") == "capacity.html#x-stock"
    card = page.get_element_by_id(number.get("aria-describedby"))
    text = card.text_content()
    for part in (
        "90\u00a0% interval 1.2 to 2.9 M",
        "FP16 dense",
        "medium confidence",
        "as known on 9 Oct 2026",
    ):
        assert part in text
    first = evidence.facts["fact_id"][0]
    assert card.xpath(f'.//a[@href="facts.html#{first}"]')
    day = evidence.facts["published"][0]
    assert f"{day.day} {day:%b %Y}" in text.replace("\u00a0", " ")
    row = number.xpath("./ancestor::li[1]")[0]
    assert row.getparent().get("class") == "judgements", (
        "a chapter lists its judgements as the first page does"
    )
    assert row.xpath('string(.//p[@class="judgement-number"])').startswith("1.8 M")
    assert "medium confidence" in row.xpath('string(.//div[@class="judgement-sure"])')


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("the end of 2026-Q3", "the end of Q3\u00a02026"),
        ("by 2025-12-31.", "by 31\u00a0Dec\u00a02025."),
        ("Sales (FY2027-Q2)", "Sales (Q2\u00a0fiscal 2027)"),
        ("from 2014/2023, 2026-09", "from 2014 to 2023, Sep\u00a02026"),
        ("bernstein-2025-12-04-copy", "bernstein-2025-12-04-copy"),
        ("x/2024-08-01/y", "x/2024-08-01/y"),
        ("on 2025-02-30", "on 2025-02-30"),
        ("8 % of China's and firms' \"own\" 5%", "8\u00a0% of China’s and firms’ “own” 5\u00a0%"),
        ("the makers' word: 'widely', by firms' count", "the makers’ word: “widely”, by firms’ count"),
    ],
)
def test_text_is_set_for_reading_and_names_stay(written, read):
    root = html.fragment_fromstring("<div><p></p><code></code><table><tr><td></td></tr></table></div>")
    for tag in ("p", "code", "td"):
        root.find(f".//{tag}").text = written
    set_text(root)
    assert root.find("p").text == read
    assert root.find("code").text == written
    assert re.sub(r"\D", "", root.find(".//td").text) == re.sub(r"\D", "", written), (
        "tables keep dates as written"
    )


def test_the_question_of_a_chapter_stands_once_under_its_title():
    document = "<main><h1>T</h1><section id=question><h2>Question</h2><p>How far?</p></section><h2 id=a>A</h2></main>"
    content = read_page(document)
    assert content.description == "How far?" and "How far" not in content.html
    assert [text for _, _, text in content.headings] == ["A"]


def test_index_judges_links_and_counts(site):
    page = html.parse(str(site / "index.html")).getroot()
    rows = page.xpath('//ul[@class="judgements"]/li')
    assert [row.xpath('.//p[@class="judgement-number"]/text()')[0] for row in rows] == [
        "47 mo", "1.8 M", "3 of 42", "41\u00a0%", "1 of 3"
    ]  # fmt: skip
    assert page.xpath("//h1/text()") == [site_fixture.frontier_exhibit().title]
    assert len(page.xpath('//ul[@class="chapter-cards"]/li')) == 4
    assert len(page.xpath('//div[@class="card-chart"]')) == 3
    assert page.xpath('//ul[@class="judgements"]//a[@href="chips.html#x-frontier"]')


def test_every_fact_and_source_has_an_address(site, evidence):
    for name, column in (("facts", "fact_id"), ("sources", "source_id")):
        page = html.parse(str(site / f"{name}.html")).getroot()
        ids = {row.get("id") for row in page.xpath("//tbody/tr")}
        assert ids == set(getattr(evidence, name)[column])


def test_downloads_are_cut_to_the_date(tmp_path):
    early = load(as_of="2024-08-01")
    site = make(tmp_path, early)
    assert pages.check_site(site) == []
    facts = pd.read_csv(site / "data" / "facts.csv", dtype=str)
    assert len(facts) == len(early.facts) < len(early.full.facts)
    assert set(facts["fact_id"]) == set(early.facts["fact_id"])
    late = set(early.full.facts["fact_id"]) - set(early.facts["fact_id"])
    for path in site.rglob("*"):
        if path.suffix in (".html", ".csv", ".js", ".json"):
            words = set(re.findall(r"[\w.-]+", path.read_text(encoding="utf-8")))
            assert not words & late, path


def test_downloaded_evidence_is_what_was_written(site, evidence):
    again = pd.read_csv(site / "data" / "facts.csv", dtype=str, keep_default_na=False)
    written = pd.read_csv(ROOT / "data" / "facts.csv", dtype=str, keep_default_na=False)
    kept = written[written["fact_id"].isin(evidence.facts["fact_id"])].reset_index(drop=True)
    assert list(again["period"]) == list(kept["period"]) and list(again["published"]) == list(
        kept["published"]
    )
    assert list(pd.to_numeric(again["value"])) == pytest.approx(
        list(pd.to_numeric(kept["value"])), nan_ok=True
    )


def test_standalone_notebook_needs_nothing_else(site):
    for path in (site / "notebooks").glob("*.html"):
        page = html.parse(str(path)).getroot()
        assert not page.xpath("//script | //link | //iframe")
        assert all(source.startswith("data:") for source in page.xpath("//img/@src"))
    sheet = html.parse(str(site / "notebooks" / "01_chips.html")).getroot()
    assert sheet.xpath('//figure[@id="x-frontier"]//*[name()="svg"]')
    assert sheet.xpath('//a[starts-with(@href,"data:text/csv")]/@download') == ["frontier.csv"]
    assert sheet.xpath('//details[@class="code"]')


def test_a_mailed_notebook_opens_with_its_title_its_question_and_its_date(tmp_path):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_raw_cell("---\ntitle: Capacity\ndescription: How much?\n---"),
            nbformat.v4.new_code_cell(
                'as_of: str = "latest"\ndraws: int = 4096', metadata={"tags": ["parameters"]}
            ),
            nbformat.v4.new_code_cell('as_of = "2024-08-01"', metadata={"tags": ["injected-parameters"]}),
            nbformat.v4.new_markdown_cell("## Question"),
        ]
    )
    nbformat.write(notebook, tmp_path / "a.ipynb")
    sheet = html.parse(str(standalone(tmp_path / "a.ipynb", tmp_path / "a.html"))).getroot()
    assert sheet.findtext(".//title") == "Capacity: China AI Compute, as known on 1\u00a0Aug\u00a02024"
    head = [element.text for element in sheet.xpath("//main/*")[:3]]
    assert head == ["Capacity", "How much?", "As known on 1\u00a0Aug\u00a02024; draws 4096."]


def test_two_builds_give_the_same_bytes(tmp_path, evidence):
    sites = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        sites.append(make(tmp_path / name, evidence))
    digests = [
        {
            path.relative_to(one): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in one.rglob("*")
            if path.is_file()
        }
        for one in sites
    ]
    assert digests[0] == digests[1]


def test_content_drops_what_a_strict_page_may_not_hold():
    content = read_page(
        "<html><body><main id='quarto-document-content'><h1 class='title'>T</h1>"
        "<p onclick='x()' style='color:red'>a</p><script>bad()</script>"
        "<script src='https://cdn.example/x.js'></script>"
        "<script src='assets/js/rules.js'></script><style>p{}</style><a href='javascript:x()'>l</a>"
        "<img src='https://evil.example/p.png'><td style='text-align: right'>1</td><h2 id='s'>Part</h2>"
        "</main></body></html>"
    )
    assert content.title == "T" and content.scripts == ["assets/js/rules.js"]
    assert content.headings == [(2, "s", "Part")]
    for trace in ("script", "style", "onclick", "javascript", "evil", "cdn"):
        assert trace not in content.html


def test_content_of_a_quarto_page_is_read_alike():
    quarto = (
        "<html><head><title>Chips – China AI Compute</title><meta name='description' content='Ask'></head><body>"
        "<div id='quarto-content'><main class='content' id='quarto-document-content'>"
        "<header id='title-block-header' class='quarto-title-block'><div class='quarto-title'>"
        "<h1 class='title'>Chips</h1></div></header><section id='found' class='level2'>"
        "<h2 class='anchored' data-anchor-id='found'>Found</h2><p>x</p></section></main></div></body></html>"
    )
    content = read_page(quarto)
    assert (
        content.title == "Chips"
        and content.description == "Ask"
        and content.headings == [(2, "found", "Found")]
    )
    assert "title-block-header" not in content.html


def test_what_one_renderer_alone_writes_about_a_page_is_gone():
    small = (
        '<div id="cell-1" class="cell">\n</div><div id="cell-2" class="cell">'
        '<div class="cell-output cell-output-display"><figure class="exhibit" id="x-a" data-exhibit="a"><svg></svg>'
        '</figure></div></div><div class="sd-table"><table class="caption-top table">'
        "<thead><tr><th>a</th></tr></thead><tbody>"
        '<tr><td style="text-align: right;">1</td></tr></tbody></table></div><p>after</p>'
    )
    quarto = (
        '<div id="cell-2" class="cell" data-execution_count="5">'
        '<div class="cell-output cell-output-display" data-execution_count="5">'
        '<figure class="exhibit figure" id="x-a" data-exhibit="a"><svg></svg></figure></div></div>'
        '<table class="caption-top table"><thead><tr class="header"><th>a</th></tr></thead>'
        '<tbody><tr class="odd"><td style="text-align: right;">1</td></tr></tbody></table><p>after</p>'
    )
    one, two = (read_page(f"<html><body><main>{text}</main></body></html>").html for text in (small, quarto))
    assert one == two
    for kept in (
        '<figure class="exhibit" id="x-a" data-exhibit="a">',
        '<td class="n">1</td>',
        "cell-2",
        "after",
    ):
        assert kept in one


@pytest.mark.parametrize(
    ("shown", "value", "other", "expected"),
    [
        ("1.8 M", 1817162.0, 1.21e6, "1.2 M"),
        ("47 mo", 47.0, 38.2, "38 mo"),
        ("41 %", 0.41, 0.3, "30 %"),
        ("812 k", 812000.0, 800000.0, "800 k"),
        ("5 of 40", 5.0, 6.0, "6"),
        ("1,817,162", 1817162.0, 1210000.0, "1,210,000"),
        ("0.46", 0.46, 0.125, "0.12"),
        ("8 %", 8.1, 6.4, "6 %"),
        ("5.2 million", 5.2e6, 8.03e6, "8.0 million"),
        ("2.3 million", 2.3e6, 4.5e4, "0.045 million"),
        ("817 thousand", 817e3, 1.445e6, "1.4 million"),
    ],
)
def test_interval_is_written_like_its_value(shown, value, other, expected):
    assert like(shown, value, other) == expected


def test_interval_says_its_unit_once():
    row = {"shown": "1.8 M", "value": 1817162.0, "low": 1.2e6, "high": 2.9e6}
    assert interval(row) == "1.2 to 2.9 M"
    assert interval({**row, "low": None}) == ""
    assert interval({**row, "low": row["value"] * 0.999, "high": row["value"] * 1.001}) == ""


def test_number_card_escapes_and_leads_to_the_exhibit(evidence):
    row = {**dataclasses.asdict(site_fixture.headlines([])[0]), "label": HOSTILE, "basis": HOSTILE}
    span = html.fromstring(figure_span(row, evidence_links(evidence)))
    assert span.xpath("./a/@href") == ["chips.html#x-frontier"]
    assert not span.xpath(".//script | .//img")


def test_raw_block_cannot_be_closed_by_its_content():
    block = raw_block("a\n```\nb")
    assert block.startswith("````{=html}\n") and block.endswith("\n````\n")


def test_only_key_judgements_lead(evidence):
    rows = [dataclasses.asdict(row) for row in site_fixture.headlines([])]
    rows.append({**rows[0], "id": "second", "key": False})
    assert [row["id"] for row in judgements.key_judgements(rows)] == ["lag", "stock", "open", "share"]
    unmarked = [{**row, "key": False} for row in rows]
    assert [row["id"] for row in judgements.key_judgements(unmarked)] == ["lag", "stock", "open", "share"]


def test_claims_count_and_order(tmp_path, evidence):
    frame = site_fixture.verdicts(evidence.sources["source_id"][0], [])
    (tmp_path / "results" / "market").mkdir(parents=True)
    frame.to_csv(tmp_path / "results" / "market" / "verdicts.csv", index=False)
    found = read_verdicts(tmp_path, evidence)
    assert "1 of 3" in claims.claims_judgement(found)
    page = html.fromstring(claims.claims_register(found, evidence, {}))
    assert [row.get("id") for row in page.xpath("//tbody/tr")] == ["c1", "c2", "c3"]
    assert claims.claims_judgement([]) == "" and "No claim" in claims.claims_register([], evidence, {})


def test_claims_are_judged_where_no_notebook_has(tmp_path, evidence):
    found = read_verdicts(tmp_path, evidence)
    assert len(found) == len(evidence.claims)
    page = html.fromstring(claims.claims_register(found, evidence, evidence_links(evidence)))
    rows = page.xpath("//tbody/tr")
    assert {row.get("id") for row in rows} == set(evidence.claims["claim_id"])
    unlinked = [row.get("id") for row in rows if not row.xpath('.//a[contains(@href,"#")]')]
    assert unlinked == []


def test_a_run_that_found_nothing_still_makes_a_sound_site(tmp_path, evidence):
    deck = read_cards()
    run = site_fixture.make_run(tmp_path / "run", evidence, deck, exhibits={"none": None})
    for folder in ("headlines", "results"):
        shutil.rmtree(run / folder)
    site = pages.make_site(run, evidence, deck, {}, tmp_path / "site", "smalldocs")
    assert pages.check_site(site) == []


def test_check_names_what_is_wrong(tmp_path, site):
    broken = tmp_path / "broken"
    shutil.copytree(site, broken)
    page = (broken / "chips.html").read_text(encoding="utf-8")
    added = (
        '<script>x()</script><img src="https://cdn.example/a.png"><a href="gone.html">g</a>'
        '<a href="facts.html#no-such-fact">f</a>'
        '<p style="color:red" aria-describedby="no-such-card">?var:chips.lag</p></main>'
    )
    page = page.replace("</main>", added)
    page = re.sub(r'aria-label="[^"]*"><svg', 'aria-label=""><svg', page)
    (broken / "chips.html").write_text(page, encoding="utf-8")
    (broken / "exhibits" / "frontier.csv").unlink()
    faults = "\n".join(pages.check_site(broken))
    expected_faults = (
        "inline script",
        "cdn.example",
        "gone.html, which is missing",
        "no-such-fact, where no such place",
        "inline style",
        "no-such-card, not there",
        "unfilled",
        "no alternative text",
        "exhibits/frontier.csv, which is missing",
    )
    for expected in expected_faults:
        assert expected in faults


def test_a_missing_renderer_is_named(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert pages.choose_renderer("auto") == "smalldocs"
    with pytest.raises(pages.RenderFailed, match="Quarto is not on the PATH"):
        pages.choose_renderer("quarto")
    with pytest.raises(pages.RenderFailed, match="expected auto, quarto or smalldocs"):
        pages.choose_renderer("hugo")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("#!/bin/sh\necho 1.3.450\n", "found Quarto 1.3.450, expected 1.4 or newer"),
        ("#!/bin/sh\necho no deno here >&2; exit 3\n", "does not tell its version: no deno here"),
        ("#!/bin/sh\n", "it said nothing"),
        ("#!/no/such/shell\n", "does not start"),
    ],
)
def test_a_quarto_that_is_too_old_or_broken_is_named_and_not_chosen(fake_quarto, script, said):
    fake_quarto(script)
    assert pages.choose_renderer("auto") == "smalldocs"
    with pytest.raises(pages.RenderFailed, match=said):
        pages.choose_renderer("quarto")


@pytest.mark.parametrize(
    ("at_the_end", "said"),
    [
        ("echo ERROR: chips.ipynb is odd >&2; exit 1", "quarto failed:\nERROR: chips.ipynb is odd"),
        ("exit 0", "quarto wrote no index.html"),
        ("kill -9 $$", "quarto failed"),
    ],
)
def test_a_quarto_that_fails_is_quoted(fake_quarto, tmp_path, at_the_end, said):
    fake_quarto(f'#!/bin/sh\n[ "$1" = --version ] && echo 1.10.19 && exit\nmkdir -p _site\n{at_the_end}\n')
    assert pages.choose_renderer("auto") == "quarto"
    with pytest.raises(pages.RenderFailed, match=said):
        pages.render(tmp_path, "quarto")


@pytest.fixture
def fake_quarto(tmp_path, monkeypatch):
    """A `quarto` of our own, first on the PATH."""

    def put(script):
        path = tmp_path / "bin" / "quarto"
        path.parent.mkdir()
        path.write_text(script)
        path.chmod(0o755)
        monkeypatch.setenv("PATH", str(path.parent), prepend=os.pathsep)

    return put


def test_no_number_is_typed_in_the_prose_of_a_page():
    typed = re.compile(r"(?<![\w#./-])[-+]?\d[\d,.]*(?![\w-])")
    for path in sorted((ROOT / "report").glob("*.qmd")):
        text = re.sub(r"\A---\n.*?\n---\n", "", path.read_text(encoding="utf-8"), flags=re.S)
        text = re.sub(r"\{\{<.*?>\}\}", "", text)
        assert not typed.findall(text), f"{path.name} holds {typed.findall(text)}"


@pytest.mark.quarto
@pytest.mark.skipif(not shutil.which("quarto"), reason="Quarto is not installed")
def test_both_renderers_show_the_same(tmp_path, site, evidence):
    other = make(tmp_path, evidence, "quarto")
    assert pages.check_site(other) == []
    assert differences(site, other) == []


def test_vendored_files_are_the_ones_described():
    text = (ROOT / "report" / "assets" / "vendor" / "README.md").read_text(encoding="utf-8")
    for folder in ("vendor", "fonts"):
        for path in (ROOT / "report" / "assets" / folder).iterdir():
            if path.suffix in (".js", ".woff2", ".ttf"):
                assert hashlib.sha256(path.read_bytes()).hexdigest() in text, path.name


def test_as_of_is_on_every_page(site):
    assert date(2026, 10, 9)
    for path in site.glob("*.html"):
        assert "9 Oct 2026" in html.parse(str(path)).getroot().xpath('//a[@class="as-of"]')[0].text_content()


def test_the_register_of_assumptions_writes_years_as_years_and_a_fixed_value_once():
    text = html.fromstring(assumptions_register(load())).text_content()
    assert re.search(r"2024\.2 to 2025year", text) and "2,02" not in text
    assert not re.search(r"(?<![\d.,])([\d.,]+) to \1(?![\d.,])", text)


def test_the_register_of_facts_writes_large_values_in_words_and_no_basis_twice():
    evidence = load()
    cells = {
        row.get("id"): [cell.text_content() for cell in row.iter("td")]
        for row in html.fromstring(facts_register(evidence)).iter("tr")
        if row.get("id")
    }
    assert len(cells) == len(evidence.facts)
    for values in cells.values():
        assert not re.search(r"\d(,\d{3}){3}", values[1]), f"too many digits to read: {values[:2]}"
    largest = evidence.facts.loc[evidence.facts["value"].idxmax()]
    power = f"{largest['value']:e}".partition("e+")[2].translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    assert f"\u00a0× 10{power}" in cells[largest["fact_id"]][1]
    shares = [values[2] for values in cells.values() if "IaaS and PaaS" in values[2]]
    assert shares and not any("IaaS+PaaS" in text for text in shares)


def test_the_dictionary_sets_names_as_code():
    assert "`" not in html.fromstring(dictionary(load())).text_content()


def test_the_words_of_a_chapter_card_are_those_of_its_picture(tmp_path):
    card = next(card for card in read_cards().cards if card.page == "market")
    rows = [
        {"notebook": "market", "exhibit": "prices", "sentence": "Prices rose.", "key": True},
        {"notebook": "market", "exhibit": "revenue", "sentence": "Revenue fell.", "key": False},
    ]
    for name, height in (("prices", 900), ("revenue", 300)):
        drawing = f'<svg class="drawing narrow" viewBox="0 0 344 {height}"><title>{name}</title></svg>'
        (tmp_path / f"{name}.html").write_text(drawing, encoding="utf-8")
    shown = judgements.chapter_cards([card], rows, tmp_path)
    assert "<title>revenue</title>" in shown and "Revenue fell." in shown and "Prices rose." not in shown
