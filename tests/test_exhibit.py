"""An exhibit is complete or refused; its drawings follow the page's theme and say nothing twice to a reader."""

from dataclasses import replace
from datetime import date

import altair as alt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from helpers.exhibits import Exhibit, svg, theme
from helpers.exhibits.tables import html_table, number
from site_fixture import AS_OF, frontier_exhibit, revenue_exhibit, stock_exhibit


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two `#rrggbb`."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def seen_by(colour: str, kind: str) -> np.ndarray:
    """A colour as someone without red or green cones sees it (Machado and others 2009, severity 1), linear RGB."""
    matrices = {
        "protan": [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
        "deutan": [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
    }
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return np.clip(np.array(matrices[kind]) @ linear, 0, 1)


def test_refusal_names_everything_that_lacks():
    with pytest.raises(ValueError) as refused:
        Exhibit(id="Not An Id")
    for name in ("title", "subtitle", "unit", "basis", "as_of", "sources", "alt", "data", "Not An Id"):
        assert name in str(refused.value)


@pytest.mark.parametrize("lacking", ["title", "subtitle", "unit", "basis", "alt"])
def test_blank_words_are_refused(lacking):
    with pytest.raises(ValueError, match=f"{lacking} is missing"):
        frontier_exhibit(**{lacking: "   "})


def test_empty_data_and_no_sources_are_refused():
    with pytest.raises(ValueError, match="data is missing"):
        frontier_exhibit(data=pd.DataFrame({"a": []}))
    with pytest.raises(ValueError, match="sources is missing"):
        frontier_exhibit(sources=[])


def test_source_published_later_is_refused():
    late = replace(frontier_exhibit(), as_of=date(2021, 1, 1), sources=["10jqka-huatai-2026-03-17"])
    with pytest.raises(ValueError, match="not a source known on 2021-01-01"):
        late.to_html()


def test_entity_without_a_colour_is_an_error():
    assert theme.colour("NVIDIA") == theme.colour("United States") == theme.TOKENS["us"][0]
    assert theme.colour("huawei", dark=True) == theme.TOKENS["cn"][1]
    with pytest.raises(KeyError, match="no colour for 'Atlantis'"):
        theme.colour("Atlantis")


def test_every_vendor_of_the_evidence_has_a_colour():
    from helpers.evidence import load

    for vendor in load().chips["vendor"].unique():
        theme.colour(vendor)


def test_light_colours_are_distinct():
    lights = [light for light, _ in theme.TOKENS.values()]
    assert len(set(lights)) == len(lights), "a colour that stands for two tokens cannot turn with the theme"


@pytest.mark.parametrize("name", [name for name in theme.TOKENS if name not in ("paper", "wash", "line")])
def test_every_colour_carries_text_in_both_themes(name):
    for place in (0, 1):
        for ground in ("paper", "wash"):
            assert contrast(theme.TOKENS[name][place], theme.TOKENS[ground][place]) >= 4.5


@pytest.mark.parametrize("kind", ["protan", "deutan"])
def test_the_two_sides_and_the_two_verdicts_differ_for_colour_blind_readers(kind):
    for dark in (False, True):
        for one, other in (
            ("United States", "China"),
            ("domestic", "licensed imports"),
            ("leakage", "domestic"),
        ):
            first, second = (seen_by(theme.colour(name, dark), kind) for name in (one, other))
            assert np.linalg.norm(first - second) > 0.08, (one, other, dark)


def test_page_drawing_follows_the_theme_and_is_hidden_from_the_accessibility_tree():
    page = html.fromstring(frontier_exhibit().to_html())
    drawings = page.xpath("//svg")
    assert [drawing.get("class") for drawing in drawings] == ["drawing wide", "drawing narrow"]
    text = etree.tostring(drawings[0]).decode()
    assert "var(--us)" in text and "var(--cn)" in text
    assert "#" not in "".join(page.xpath("//svg//@fill | //svg//@stroke")).replace("url(#", "")
    for drawing in drawings:
        assert drawing.get("aria-hidden") == "true"
        assert not drawing.xpath(".//*[@role or @aria-label or @aria-roledescription or @tabindex]")
    chart = page.xpath('//div[@role="img"]')[0]
    assert "752" in chart.get("aria-label")


def test_a_colour_outside_the_palette_is_refused():
    frame = pd.DataFrame({"x": [1, 2], "y": [1, 2]})
    loud = alt.Chart(frame).mark_bar(color="#ff00ff").encode(x="x:O", y="y:Q")
    with pytest.raises(ValueError, match="#ff00ff"):
        frontier_exhibit(chart=loud).to_html()


def test_drawings_fit_the_column_and_the_phone():
    for exhibit in (frontier_exhibit(), stock_exhibit(), revenue_exhibit()):
        assert svg.svg_width(exhibit.drawings["wide"]) <= theme.WIDE + 40
        assert svg.svg_width(exhibit.drawings["narrow"]) <= theme.NARROW + 24


def test_too_wide_for_a_phone_asks_for_a_narrow_chart():
    frame = pd.DataFrame({"x": range(40), "y": range(40), "c": [0, 1] * 20})
    wide = alt.Chart(frame).mark_bar(color=theme.colour("China")).encode(x=alt.X("x:O"), y="y:Q")
    grid = wide.properties(width=alt.Step(30)).facet(row="c:N")
    with pytest.raises(ValueError, match="narrow="):
        _ = frontier_exhibit(chart=grid).drawings


def test_text_is_escaped_everywhere():
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    frame = pd.DataFrame({hostile: [hostile], "n": [1.0]})
    exhibit = frontier_exhibit(
        title=hostile, subtitle=hostile, alt=hostile, notes=[hostile], data=frame,
        sources=[{"source_id": hostile, "publisher": hostile, "title": hostile}],
    )  # fmt: skip
    page = html.fromstring(exhibit.to_html())
    assert not page.xpath("//script") and not page.xpath("//img") and not page.xpath("//@onerror")
    assert page.xpath('//h3[contains(@class,"exhibit-title")]')[0].text == hostile


def test_written_files(tmp_path):
    files = {path.suffix for path in frontier_exhibit().write(tmp_path)}
    assert files == {".csv", ".svg", ".js", ".html", ".json"}
    again = pd.read_csv(tmp_path / "frontier.csv")
    assert list(again["tflops"]) == list(frontier_exhibit().data["tflops"])
    drawing = etree.parse(str(tmp_path / "frontier.svg")).getroot()
    assert "var(--" not in (tmp_path / "frontier.svg").read_text()
    assert drawing.find("{*}title").text.startswith("The best Chinese chip")


def test_writing_twice_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        frontier_exhibit().write(tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_table_exhibit_shows_its_table_and_offers_only_the_csv(tmp_path):
    exhibit = replace(frontier_exhibit(), chart=None)
    page = html.fromstring(exhibit.to_html())
    assert page.xpath("//table") and not page.xpath("//svg")
    assert page.xpath('//a[contains(@class,"exhibit-file")]/@href') == ["exhibits/frontier.csv"]
    assert {path.suffix for path in exhibit.write(tmp_path)} == {".csv", ".html", ".json"}


def test_numbers_for_readers():
    assert number(1817162) == "1,817,162"
    assert number(47.3) == "47.3"
    assert number(0.045678) == "0.0457"
    assert number(float("nan")) == "–"
    assert number(-3.5) == "−3.5"
    assert number(0) == "0"
    assert number(999.96) == "1,000"


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_number_stays_within_half_a_per_cent(value):
    assert float(number(value).replace(",", "")) == pytest.approx(value, rel=0.005)


def test_long_table_says_where_the_rest_is():
    text = html_table(pd.DataFrame({"n": range(500)}), "Many")
    assert text.count("<tr>") == 201 and "The first 200 of 500 rows" in text


def test_unknown_is_a_dash_and_years_have_no_separator():
    text = html_table(pd.DataFrame({"year": [2024.0, None], "units": [None, 2024.0]}), "t")
    assert '<td class="n">2024</td>' in text and '<td class="n">2,024</td>' in text and text.count("–") == 2


def test_as_of_date_is_on_the_figure():
    assert date(2026, 10, 9) == AS_OF
    assert "as known on 9 Oct 2026" in frontier_exhibit().to_html()
