"""Editions kept beside the current one: found from every page, never written again, and followed by a feed."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import html

import edition_folder
from helpers.edition import editions
from helpers.edition.editions import (
    EditionError,
    find_edition,
    find_previous,
    has_all,
    keep_editions,
    wanted_dates,
)
from helpers.edition.manifest import verify
from helpers.edition.neighbours import introduce, kept_dates
from helpers.edition.record import NoEdition, read_record

ROOT = Path(__file__).parents[1]
ATOM = "{http://www.w3.org/2005/Atom}"
DATES = ("2024-06-30", "2025-06-30", "2025-12-31")
HOSTILE = '<script>alert(1)</script>]]>&\x0b"'


def moved(number: float) -> dict:
    said = edition_folder.stated()
    said["headlines"]["stock"] |= {"value": number, "shown": f"{number / 1e6:.1f} M"}
    said["facts"][0]["value"] = str(int(number))
    return said


@pytest.fixture
def site(tmp_path):
    """Three kept editions, the oldest without the page of chips, and a current one of a later date."""
    folder = edition_folder.make(tmp_path / "site", "2026-10-09", moved(2.0e6))
    for place, day in enumerate(DATES):
        pages = tuple(name for name in edition_folder.PAGES if place or name != "chips")
        edition_folder.make(folder / "editions" / day, day, moved(1.5e6 + place * 1e5), pages)
    introduce(folder, list(DATES))
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def pages_of(site: Path) -> list[Path]:
    return [*sorted(site.glob("*.html")), *sorted(site.glob("editions/*/*.html"))]


def switch(page: Path) -> list[tuple[str, str, str]]:
    """Words, address and mark of each entry of the switch."""
    links = html.parse(str(page)).getroot().xpath('//details[contains(@class,"as-of")]//ul//a')
    return [(link.text_content(), link.get("href"), link.get("aria-current", "")) for link in links]


def test_the_switch_leads_from_every_page_to_that_page_in_every_edition(site):
    for page in pages_of(site):
        entries = switch(page)
        assert [words for words, _, _ in entries][-3:] == ["31 Dec 2025", "30 Jun 2025", "30 Jun 2024"]
        for words, address, mark in entries:
            target = (page.parent / address).resolve()
            assert target.is_file(), f"{page}: {address}"
            is_here = target == page.resolve()
            assert is_here == (mark == "true"), (page, words)
            same = page.name if (target.parent / page.name).is_file() else "index.html"
            assert target.name == same
        assert sum(mark == "true" for _, _, mark in entries) == 1
    from_chips = {words: address for words, address, _ in switch(site / "chips.html")}
    assert from_chips["30 Jun 2024"] == "editions/2024-06-30/index.html"


def test_a_kept_edition_says_so_and_does_not_name_what_will_change(site):
    for page in pages_of(site):
        banner = html.parse(str(page)).getroot().xpath('//aside[@class="edition"]')
        assert bool(banner) == (page.parent != site)
        if banner:
            assert "Kept as it was first published" in banner[0].text_content()
            (link,) = banner[0].xpath(".//a")
            assert (page.parent / link.get("href")).resolve().is_relative_to(site)
            assert "2026" not in banner[0].text_content() + switch(page)[0][0]


def test_a_kept_edition_works_when_it_is_copied_away_alone(site, tmp_path):
    shutil.copytree(site / "editions" / "2025-06-30", tmp_path / "alone")
    assert verify(tmp_path / "alone") == []
    for page in (tmp_path / "alone").glob("*.html"):
        root = html.parse(str(page)).getroot()
        loads = root.xpath("//script/@src | //img/@src | //link[@rel!='alternate']/@href")
        assert loads and not [address for address in loads if address.startswith("..")]


def test_a_later_build_leaves_kept_editions_as_they_are(site, tmp_path):
    before = {day: digests(site / "editions" / day) for day in DATES}
    new = edition_folder.make(tmp_path / "new", "2027-01-31", moved(3.0e6))
    added = keep_editions(new, site, DATES, True, "smalldocs")
    assert added == [new / "editions" / "2027-01-31"]
    assert {day: digests(new / "editions" / day) for day in DATES} == before
    assert kept_dates(new) == [*DATES, "2027-01-31"]
    assert "31 Jan 2027" in (new / "editions" / "list.js").read_text()
    for folder in (new, *(new / "editions" / day for day in kept_dates(new))):
        assert verify(folder) == []
    assert read_record(new / "editions" / "2027-01-31").headlines == read_record(new).headlines


def test_the_manifest_of_the_site_covers_kept_editions_and_their_manifests(site):
    (site / "editions" / "2025-06-30" / "manifest.json").write_text("{}")
    (site / "editions" / "2025-12-31" / "facts.html").unlink()
    assert verify(site) == [
        "altered: editions/2025-06-30/manifest.json",
        "missing: editions/2025-12-31/facts.html",
    ]


def test_an_altered_kept_edition_stops_the_build(site, tmp_path, monkeypatch):
    (site / "editions" / "2025-06-30" / "chips.html").write_text("other")
    new = edition_folder.make(tmp_path / "new", "2026-10-09")
    with pytest.raises(EditionError, match=r"2025-06-30 is no longer .*chips\.html.*--remake-editions"):
        keep_editions(new, site, DATES, True, "smalldocs")
    again = edition_folder.make(tmp_path / "again", "2026-10-09")
    monkeypatch.setattr(editions, "_make", lambda day, renderer, target: edition_folder.make(target, day))
    keep_editions(again, site, ["2024-06-30"], True, "smalldocs", remake=True)
    assert kept_dates(again) == [*DATES, "2026-10-09"] and verify(again) == []


def test_a_missing_edition_is_made_once(tmp_path, monkeypatch):
    made = []

    def make(day, renderer, target):
        made.append(day)
        edition_folder.make(target, day)

    monkeypatch.setattr(editions, "_make", make)
    first = edition_folder.make(tmp_path / "first", "2026-10-09")
    keep_editions(first, tmp_path / "nothing", DATES, True, "smalldocs")
    assert sorted(made) == list(DATES) and has_all(first, [*DATES, "2026-10-09"])
    second = edition_folder.make(tmp_path / "second", "2026-10-09")
    keep_editions(second, first, DATES, True, "smalldocs")
    assert len(made) == 3 and not has_all(second, ["2023-01-01"])


def test_an_edition_that_cannot_be_made_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    failing = subprocess.CompletedProcess([], 1, "", "01_chips.ipynb failed: no such fact\n")
    monkeypatch.setattr(editions.subprocess, "run", lambda *_, **__: failing)
    with pytest.raises(
        EditionError, match=r"the edition of 2025-06-30 could not be made:\n01_chips.ipynb failed"
    ):
        editions._make("2025-06-30", "smalldocs", tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_a_revised_edition_is_compared_with_its_first_publication(site, tmp_path):
    first = edition_folder.make(tmp_path / "first", "2026-10-09", moved(2.0e6))
    keep_editions(first, site, DATES, True, "smalldocs")
    assert "first published" not in (first / "changes.html").read_text()
    assert [words for words, _, _ in switch(first / "index.html")].count("9 Oct 2026") == 1
    second = edition_folder.make(tmp_path / "second", "2026-10-09", moved(2.4e6))
    keep_editions(second, first, DATES, True, "smalldocs")
    heads = html.parse(str(second / "changes.html")).getroot().xpath("//h2/text()")
    assert heads[:2] == ["Since this edition was first published", "Since the edition of 31 Dec 2025"]
    assert digests(second / "editions" / "2026-10-09") == digests(first / "editions" / "2026-10-09")
    entries = {words: address for words, address, _ in switch(second / "capacity.html")}
    assert entries["9 Oct 2026 as first published"] == "editions/2026-10-09/capacity.html"
    titles = [entry.findtext(f"{ATOM}title") for entry in feed(second).iter(f"{ATOM}entry")]
    assert "9 Oct 2026, revised" in titles


def feed(site: Path) -> ElementTree.Element:
    return ElementTree.parse(site / "feed.xml").getroot()


def test_the_feed_is_atom_and_its_links_lead_somewhere(site):
    root = feed(site)
    assert root.tag == f"{ATOM}feed"
    entries = list(root.iter(f"{ATOM}entry"))
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "What changed from 31 Dec 2025 to 9 Oct 2026", "The briefing as known on 9 Oct 2026",
        "What changed from 30 Jun 2025 to 31 Dec 2025", "The briefing as known on 31 Dec 2025",
        "What changed from 30 Jun 2024 to 30 Jun 2025", "The briefing as known on 30 Jun 2025",
        "The briefing as known on 30 Jun 2024",
    ]  # fmt: skip
    assert root.findtext(f"{ATOM}updated") == "2026-10-09T00:00:00Z"
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    for part in (root, *entries):
        assert part.findtext(f"{ATOM}id").startswith("urn:uuid:") and part.findtext(
            f"{ATOM}updated"
        ).endswith("Z")
        for link in part.findall(f"{ATOM}link"):
            assert (site / link.get("href")).is_file()
    ids = [part.findtext(f"{ATOM}id") for part in (root, *entries)]
    assert len(set(ids)) == len(ids)
    changes = next(entry for entry in entries if entry.find(f"{ATOM}category").get("term") == "changes")
    assert "installed base, 2025: 1.7 M → 2.0 M (evidence)" in changes.findtext(f"{ATOM}content")


def test_ids_in_the_feed_stay_and_only_what_changed_is_new(site, tmp_path):
    before = {entry.findtext(f"{ATOM}id") for entry in feed(site).iter(f"{ATOM}entry")}
    new = edition_folder.make(tmp_path / "new", "2027-01-31", moved(3.0e6))
    keep_editions(new, site, DATES, False, "smalldocs")
    after = {entry.findtext(f"{ATOM}id") for entry in feed(new).iter(f"{ATOM}entry")}
    # the edition of 2026 was not kept, so its two entries make way for the two of 2027
    assert len(before & after) == 5 and len(after - before) == 2


def test_the_feed_escapes_what_the_evidence_says(tmp_path):
    said = edition_folder.stated()
    said["headlines"]["stock"] |= {"label": HOSTILE, "sentence": HOSTILE, "shown": "9"}
    folder = edition_folder.make(tmp_path / "site", "2025-12-31", said)
    edition_folder.make(folder / "editions" / "2025-06-30", "2025-06-30")
    introduce(folder, ["2025-06-30"])
    text = "".join(feed(folder).itertext())
    assert "<script>alert(1)</script>]]>&" in text and not feed(folder).findall(".//script")


def test_two_times_the_same_bytes(tmp_path):
    found = []
    for name in ("one", "two"):
        folder = edition_folder.make(tmp_path / name, "2025-12-31", moved(2.0e6))
        edition_folder.make(folder / "editions" / "2025-06-30", "2025-06-30")
        introduce(folder, ["2025-06-30"])
        found.append(digests(folder))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("asked", "is_standard", "expected"),
    [
        ("default", True, list(DATES)),
        ("default", False, []),
        ("none", True, []),
        ("2025-12-31, 2024-06-30,2026-10-09", False, ["2024-06-30", "2025-12-31"]),
    ],
)
def test_which_past_editions_a_build_keeps(asked, is_standard, expected):
    assert wanted_dates(asked, "2026-10-09", is_standard) == expected


def test_dates_after_the_edition_are_not_kept_by_default_and_a_word_is_refused():
    assert wanted_dates("default", "2025-06-30", True) == ["2024-06-30"]
    with pytest.raises(EditionError, match="expected default, none or dates"):
        wanted_dates("last summer", "2025-06-30", True)


def test_editions_are_found_by_date_folder_and_name(site):
    assert find_edition(site, "current") == site == find_edition(site, "2026-10-09")
    assert find_edition(site, "2025-06-30") == site / "editions" / "2025-06-30"
    assert find_edition(site, str(site / "editions" / "2024-06-30")) == site / "editions" / "2024-06-30"
    assert find_previous(site, read_record(site)).name == "2025-12-31"
    with pytest.raises(NoEdition, match="keeps no edition before"):
        find_previous(site, read_record(site / "editions" / "2024-06-30"))


@pytest.mark.slow
def test_a_corrected_fact_is_found_on_the_changes_page_and_past_editions_stay(tmp_path):
    """From a copy of the project to its site, twice: once as it is, once with one past value corrected."""
    project, out = tmp_path / "project", tmp_path / "out"
    for name in ("data", "notebooks", "report", "src"):
        shutil.copytree(ROOT / name, project / name)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, project / path.name)

    def build() -> None:
        code = "import sys; from helpers.cli import main; sys.exit(main())"
        command = [sys.executable, "-c", code, "build", "--out", str(out), "--editions", "2025-12-31"]
        environment = {**os.environ, "BRIEFING_ROOT": str(project)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    build()
    before = {day: digests(out / "editions" / day) for day in kept_dates(out)}
    assert list(before) == ["2025-12-31", read_record(out).as_of]
    facts = project / "data" / "facts.csv"
    text = facts.read_text(encoding="utf-8")
    headline = next(row for row in read_record(out).headlines.values() if row["id"] == "registered-services")
    (fact,) = headline["evidence"]
    line = next(line for line in text.splitlines() if line.startswith(f"{fact},"))
    facts.write_text(text.replace(line, line.replace(",988,", ",977,", 1)), encoding="utf-8")
    build()
    assert {day: digests(out / "editions" / day) for day in kept_dates(out)} == before
    revised, _ = json.loads((out / "results" / "changes.json").read_text())
    (entry,) = [row for row in revised["headlines"] if row["id"] == "registered-services"]
    assert (entry["old"]["shown"], entry["new"]["shown"], entry["cause"]) == ("988", "977", "evidence")
    assert {row["id"] for row in revised["headlines"]} == {"registered-services"}
    assert entry["because"]["rows"][0]["columns"] == {"value": ["988", "977"]}
    page = (out / "changes.html").read_text(encoding="utf-8")
    assert "Since this edition was first published" in page and "988" in page and "977" in page
