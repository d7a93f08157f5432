"""A refresh brings whole answers or nothing, says what went wrong, and changes no evidence."""

import csv
import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest

from evidence_folder import read_table, write_evidence
from feed_server import RECORDED, Publisher, body, redirect, slow, truncated
from helpers.evidence import load
from helpers.evidence.checks import check
from helpers.paths import data_dir
from helpers.refresh import catalogue, decisions, proposals, snapshots
from helpers.refresh.edit import EditRefused
from helpers.refresh.fetch import FetchFailed, fetch
from helpers.refresh.refresh import refresh
from helpers.refresh.shapes import ShapeError, clean, moved, read_rows

TODAY, LATER = date(2026, 11, 22), date(2026, 11, 29)
SHIPPED = catalogue.read_feeds()
RATES = (RECORDED / "fred-annual.csv").read_bytes()


@pytest.fixture
def publisher():
    server = Publisher()
    yield server
    server.close()


@pytest.fixture
def project(tmp_path, monkeypatch):
    write_evidence(tmp_path / "data")
    (tmp_path / "data" / "refresh.yml").write_text((data_dir() / "refresh.yml").read_text())
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def feed(publisher):
    return replace(SHIPPED["fed-annual"], url=publisher.url, seconds=3)


def waits():
    taken = []
    return taken, taken.append


def look(feed, today=TODAY):
    return refresh([feed], today, sleep=lambda seconds: None)[0]


def evidence_bytes(project):
    return {path.name: path.read_bytes() for path in (project / "data").iterdir() if path.is_file()}


# ---- one request


def test_an_answer_is_kept_with_checksum_licence_and_date(project, publisher, feed):
    publisher.answers = [body(RATES, ETag='"v1"', Last_Modified="Fri, 20 Nov 2026 10:00:00 GMT")]
    before = evidence_bytes(project)
    outcome = look(feed)
    assert outcome.state == "new"
    kept = snapshots.newest("fed-annual")
    assert kept.body() == RATES and kept.sha256 == hashlib.sha256(RATES).hexdigest()
    assert (kept.accessed, kept.licence, kept.size_bytes) == ("2026-11-22", "US public domain", len(RATES))
    assert "briefing" in publisher.asked[0]["user-agent"]
    assert evidence_bytes(project) == before, "looking changes no evidence"


def test_the_second_look_is_conditional_and_keeps_nothing_twice(project, publisher, feed):
    publisher.answers = [body(RATES, ETag='"v1"')]
    look(feed)
    again = look(feed, LATER)
    assert again.state == "unchanged" and publisher.asked[1]["if-none-match"] == '"v1"'
    publisher.answers = [body(RATES)]
    assert look(feed, LATER).state == "unchanged", "the same bytes without a validator"
    assert len(snapshots.all_of("fed-annual")) == 1


def test_a_rate_limit_is_obeyed(publisher, feed):
    publisher.answers = [body(b"", 429, Retry_After="7"), body(b"", 503), body(RATES)]
    taken, sleep = waits()
    assert fetch(feed, sleep=sleep).body == RATES
    assert taken[0] == 7 and taken[1] >= 2 and len(publisher.asked) == 3


@pytest.mark.parametrize("asked", ["86400", "Fri, 27 Nov 2099 10:00:00 GMT"])
def test_a_pause_of_a_day_is_neither_waited_for_nor_ignored(publisher, feed, asked):
    publisher.answers = [body(b"", 429, Retry_After=asked)]
    taken, sleep = waits()
    with pytest.raises(FetchFailed, match="429 and asks for a pause of") as failed:
        fetch(feed, sleep=sleep)
    assert failed.value.kind == "busy" and taken == [] and len(publisher.asked) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "requests"),
    [
        (body(b"", 500), "refused", 4),
        (body(b"", 403), "refused", 1),
        (body(b"", 404), "gone", 1),
        (truncated(RATES[:40], 900), "truncated", 4),
        (body(b"x" * 5000, Content_Type="text/csv"), "too-large", 1),
        (redirect("http://evil.example/data.csv"), "redirect", 1),
        (redirect("file:///etc/passwd"), "redirect", 1),
        (redirect("ftp://127.0.0.1/data.csv"), "redirect", 1),
        (redirect("http://169.254.169.254/latest/meta-data"), "redirect", 1),
        (redirect("/loop"), "redirect", 5),
    ],
)
def test_what_fails_says_how_and_leaves_nothing(project, publisher, feed, answer, kind, requests):
    publisher.answers = [answer]
    small = replace(feed, most_bytes=1000)
    with pytest.raises(FetchFailed) as failed:
        fetch(small, sleep=lambda seconds: None)
    assert failed.value.kind == kind and len(publisher.asked) == requests
    assert look(small).state == "failed"
    assert snapshots.all_of("fed-annual") == [] and not list(
        snapshots.snapshots_dir("fed-annual").glob("*/body")
    )
    assert not proposals.proposals_dir().exists()


def test_a_body_that_never_ends_is_stopped_at_the_limit(publisher, feed):
    def endless(request):
        request.send_response(200)
        request.send_header("Connection", "close")
        request.end_headers()
        request.close_connection = True
        while True:
            request.wfile.write(b"1,2\n" * 1000)

    publisher.answers = [endless]
    with pytest.raises(FetchFailed, match="more than 10,000 bytes"):
        fetch(replace(feed, most_bytes=10_000), sleep=lambda seconds: None)


def test_a_slow_answer_has_a_deadline(publisher, feed):
    publisher.answers = [slow(RATES, 0.2)]
    with pytest.raises(FetchFailed) as failed:
        fetch(replace(feed, seconds=0.5), sleep=lambda seconds: None, attempts=1)
    assert failed.value.kind == "slow"


def test_redirects_within_the_allowed_hosts_are_followed(publisher, feed):
    publisher.answers = [redirect("/moved/data.csv", 301), body(RATES)]
    assert fetch(feed).url.endswith("/moved/data.csv")
    assert publisher.asked[1]["path"] == "/moved/data.csv"


def test_offline_has_a_clear_word(feed):
    with pytest.raises(FetchFailed, match="offline") as failed:
        fetch(replace(feed, url="https://nowhere.invalid/data.csv"), sleep=lambda seconds: None)
    assert failed.value.kind == "offline"


def test_a_contact_is_asked_for_where_the_publisher_asks(monkeypatch, publisher, feed):
    asked = replace(feed, contact=True)
    monkeypatch.delenv("BRIEFING_CONTACT", raising=False)
    with pytest.raises(FetchFailed, match="BRIEFING_CONTACT"):
        fetch(asked)
    monkeypatch.setenv("BRIEFING_CONTACT", "desk@example.org")
    publisher.answers = [body(RATES)]
    fetch(asked)
    assert "desk@example.org" in publisher.asked[0]["user-agent"]


def test_one_feed_that_fails_does_not_hide_the_others(project, publisher, feed):
    publisher.answers = [body(RATES)]
    dead = replace(feed, name="dead", url="https://nowhere.invalid/x")
    outcomes = refresh([dead, feed], TODAY, sleep=lambda seconds: None)
    assert [outcome.state for outcome in outcomes] == ["failed", "new"]


def test_a_write_that_breaks_leaves_no_snapshot(project, publisher, feed, monkeypatch):
    publisher.answers = [body(RATES)]

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshots, "_write", full)
    with pytest.raises(OSError, match="space"):
        look(feed)
    assert snapshots.all_of("fed-annual") == []
    assert [path.name for path in snapshots.snapshots_dir("fed-annual").iterdir()] == [".lock"]


def test_a_snapshot_that_was_altered_is_noticed(project, publisher, feed):
    publisher.answers = [body(RATES)]
    look(feed)
    kept = snapshots.newest("fed-annual")
    (kept.folder / "body").chmod(0o644)
    (kept.folder / "body").write_bytes(RATES + b"2025-01-01,1\n")
    with pytest.raises(ValueError, match="checksum differs"):
        kept.body()


# ---- shapes


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty answer"),
        (b"\xff\xfeo\x00b\x00", "not UTF-8"),
        ("observation_date,AEXCHUS\n2022-01-01,6,7é".encode("latin-1"), "not UTF-8"),
        (b"<!DOCTYPE html><html>Sign in</html>", "a page of HTML"),
        (b"observation_date,AEXCHUS\n2022-01-01,6.7\n2023-", "row 3 has 1 cells"),
        (b'observation_date,AEXCHUS\n2022-01-01,"6.7', "cut off"),
        (b"observation_date,AEXCHUS\n", "no row at all"),
        (b"observation_date,observation_date\n1,2\n", "no header"),
    ],
)
def test_what_is_not_the_table_is_refused(project, publisher, feed, content, said):
    with pytest.raises(ShapeError, match=said):
        read_rows(feed, content)
    publisher.answers = [body(content)]
    assert said in look(feed).message
    assert snapshots.all_of("fed-annual") == []


def test_another_charset_is_refused_and_a_byte_order_mark_is_not(feed):
    with pytest.raises(ShapeError, match="iso-8859-1"):
        read_rows(feed, RATES, charset="iso-8859-1")
    assert read_rows(feed, b"\xef\xbb\xbf" + RATES)[0]["period"] == "2022"


@pytest.mark.parametrize("name", ["federal-register", "sec-nvidia"])
@pytest.mark.parametrize("content", [b'{"results": [', b"[1, 2]", b"{}"])
def test_json_that_is_cut_off_or_another_thing_is_refused(name, content):
    with pytest.raises(ShapeError):
        read_rows(SHIPPED[name], content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("federal-register", b'{"count": 1, "results": ["a rule"]}'),
        ("federal-register", b'{"count": 1, "results": [{"title": "A", "agencies": ["BIS"]}]}'),
        ("sec-nvidia", b'{"facts": {"us-gaap": {"Revenues": {"units": {"USD": [5]}}}}}'),
        ("sec-nvidia", b'{"facts": {"us-gaap": {"Revenues": {"units": [1]}}}}'),
        ("sec-nvidia", b'{"facts": {"us-gaap": 3}}'),
        ("federal-register", b'{"results": ' + b"[" * 200_000 + b"}"),
    ],
)
def test_another_nesting_is_refused_and_hides_no_other_feed(project, publisher, feed, name, content):
    with pytest.raises(ShapeError, match=f"{name}: (another shape|not JSON)"):
        read_rows(SHIPPED[name], content)
    publisher.answers = [body(content), body(RATES)]
    moved_feed = replace(SHIPPED[name], url=publisher.url, contact=False)
    outcomes = refresh([moved_feed, feed], TODAY, sleep=lambda seconds: None)
    assert [outcome.state for outcome in outcomes] == ["failed", "new"]
    assert snapshots.all_of(name) == []


def test_a_list_of_documents_that_is_not_whole_is_refused():
    answer = json.loads((RECORDED / "federal-register.json").read_text())
    answer["count"] = 3
    with pytest.raises(ShapeError, match="2 of 3"):
        read_rows(SHIPPED["federal-register"], json.dumps(answer).encode())


def test_company_facts_take_the_first_filing_and_whole_quarters_and_years():
    rows = read_rows(SHIPPED["sec-nvidia"], (RECORDED / "companyfacts.json").read_bytes())
    assert [(row["period"], row["value"], row["filed"]) for row in rows] == [
        ("2024-01-29 to 2025-01-26", "130497000000", "2025-02-26"),
        ("2025-04-28 to 2025-07-27", "46743000000", "2025-08-28"),
    ]


def test_euro_rates_give_yuan_per_dollar_only_where_both_are_known():
    rows = read_rows(SHIPPED["ecb-annual"], (RECORDED / "ecb.csv").read_bytes())
    assert [(row["TIME_PERIOD"], row["cny_per_usd"]) for row in rows] == [("2024", "7.1947")]


def test_an_average_is_known_after_its_period(feed):
    assert read_rows(feed, RATES)[-1] | {} == {
        "observation_date": "2024-01-01", "AEXCHUS": "7.1957", "period": "2024", "known": "2025-01",
    }  # fmt: skip
    monthly = read_rows(SHIPPED["fed-monthly"], b"observation_date,EXCHUS\n2026-12-01,6.9\n")
    assert (monthly[0]["period"], monthly[0]["known"]) == ("2026-12", "2027-01")


def test_moved_columns_are_named_and_propose_no_row(project, publisher, feed):
    publisher.answers = [body(RATES)]
    look(feed)
    publisher.answers = [body(RATES.replace(b"AEXCHUS", b"RATE"))]
    outcome = look(feed, LATER)
    assert outcome.state == "moved" and "AEXCHUS" in outcome.message
    lines, columns = proposals.read_proposal(outcome.proposal)
    assert columns == () and {(line["change"], line["column"]) for line in lines} >= {
        ("schema", "AEXCHUS"),
        ("schema", "RATE"),
    }


def test_a_table_that_lost_most_of_its_rows_is_named(feed):
    rows = read_rows(feed, RATES)
    assert any("only 1 rows where there were 3" in what for _, what in moved(feed, rows[:1], rows))


def test_hostile_text_is_only_text(project, publisher):
    feed = replace(SHIPPED["epoch-hardware"], url=publisher.url)
    evil = '=HYPERLINK(""http://evil.example"",""x"")\u202egnp.exe\x00<script>'
    line = f'"{evil}",NVIDIA,GPU,2026-01-01,,,1e15,,8e10,,700,4,@SUM(A1)\n'
    publisher.answers = [body((RECORDED / "epoch-hardware.csv").read_bytes() + line.encode())]
    outcome = look(feed)
    text = outcome.proposal.read_text()
    for record in csv.reader(text.splitlines()):
        assert not [cell for cell in record if cell[:1] in ("=", "@", "\t")], (
            "a cell that a spreadsheet would run"
        )
    assert "\u202e" not in text and "\x00" not in text
    lines, _ = proposals.read_proposal(outcome.proposal)
    assert any(line["name"].startswith("=HYPERLINK") for line in lines), "read back as it was"
    assert clean("-5") == "-5" and proposals.guard("-5") == "-5" and proposals.guard("-A1") == "'-A1"


# ---- proposals and decisions


def proposal_of(feed, content, publisher, today=TODAY):
    publisher.answers = [body(content)]
    return look(feed, today).proposal


def edit(path, change):
    lines, columns = proposals.read_proposal(path)
    for line in lines:
        change(line)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [*proposals.FIRST, *columns])
        writer.writeheader()
        writer.writerows(lines)


def test_only_what_the_evidence_lacks_or_contradicts_is_proposed(project, publisher, feed):
    rows = read_table(project / "data", "exchange_rates")
    assert [(row["period"], row["cny_per_usd"]) for row in rows] == [("2023", "7.08")]
    lines, _ = proposals.read_proposal(proposal_of(feed, RATES, publisher))
    assert [(line["change"], line["period"], line["cny_per_usd"]) for line in lines] == [
        ("added", "2022", "6.729"),
        ("added", "2024", "7.1957"),
    ]
    later = RATES.replace(b"7.0800", b"7.0900")
    lines, _ = proposals.read_proposal(proposal_of(feed, later, publisher, LATER))
    assert ("changed", "2023", "7.09") in [
        (line["change"], line["period"], line["cny_per_usd"]) for line in lines
    ]
    assert ("changed", "AEXCHUS", "7.0800", "7.0900") in [
        (line["change"], line["column"], line["was"], line["now"]) for line in lines
    ]


def test_accepted_rows_come_with_the_document_they_cite(project, publisher, feed):
    path = proposal_of(feed, RATES, publisher)
    edit(path, lambda line: line.update(decision="reject" if line["period"] == "2022" else ""))
    decided = decisions.accept(path, TODAY)
    assert decided.rejected == 1 and decided.written == ["data/exchange_rates.csv row 3: fed-2024"]
    row = read_table(project / "data", "exchange_rates")[-1]
    assert (row["cny_per_usd"], row["published"], row["source_id"]) == (
        "7.1957",
        "2025-01",
        "fed-h10-2026-11-22",
    )
    source = read_table(project / "data", "sources")[-1]
    assert (source["source_id"], source["licence"], source["accessed"]) == (
        "fed-h10-2026-11-22",
        "US public domain",
        "2026-11-22",
    )
    assert hashlib.sha256(RATES).hexdigest()[:16] in source["note"]
    assert check(project / "data") == []
    assert not path.exists() and (proposals.proposals_dir() / "accepted" / path.name).is_file()


def test_what_was_rejected_comes_back_only_when_it_says_another_thing(project, publisher, feed):
    assert decisions.reject(proposal_of(feed, RATES, publisher), TODAY, "not needed").rejected == 2
    assert proposal_of(feed, RATES + b"2025-01-01,7.19\n", publisher, LATER)
    lines, _ = proposals.read_proposal(proposals.proposals_dir() / "fed-annual-2026-11-29.csv")
    assert [line["period"] for line in lines if line["rate_id"]] == ["2025"]
    lines, _ = proposals.read_proposal(
        proposal_of(feed, RATES.replace(b"7.1957", b"7.2000"), publisher, date(2026, 12, 6))
    )
    assert [line["cny_per_usd"] for line in lines if line["rate_id"]] == ["7.2"]


def test_nothing_is_written_when_one_row_is_not_sound(project, publisher, feed):
    path = proposal_of(feed, RATES, publisher)
    edit(
        path, lambda line: line.update(cny_per_usd="72" if line["period"] == "2024" else line["cny_per_usd"])
    )
    before = evidence_bytes(project)
    with pytest.raises(EditRefused, match="at most 9"):
        decisions.accept(path, TODAY)
    assert evidence_bytes(project) == before and path.exists()


def test_incomplete_rows_are_named_all_at_once(project, publisher):
    answer = (RECORDED / "federal-register.json").read_bytes()
    feed = replace(SHIPPED["federal-register"], url=publisher.url)
    path = proposal_of(feed, answer, publisher)
    lines, _ = proposals.read_proposal(path)
    assert [line["title"] for line in lines] == ["A rule on advanced computing"], "notices are not proposed"
    with pytest.raises(decisions.DecisionRefused, match="2026-00001: summary is empty"):
        decisions.accept(path, TODAY)
    edit(path, lambda line: line.update(summary="It limits chips.", direction="tighten"))
    assert decisions.accept(path, TODAY).written == ["data/events.csv row 3: pe-2026-02-03"]
    source = next(
        row for row in read_table(project / "data", "sources") if row["source_id"] == "fr-2026-00001"
    )
    assert (
        source["url"].startswith("https://www.federalregister.gov/") and source["published"] == "2026-02-03"
    )


def test_a_new_vintage_stands_beside_the_old_row(project, publisher):
    feed = replace(SHIPPED["epoch-chip-owners"], url=publisher.url)
    first = (RECORDED / "epoch-chip-owners.csv").read_bytes()
    path = proposal_of(feed, first, publisher)
    lines, _ = proposals.read_proposal(path)
    assert [line["period"] for line in lines] == ["2025-12-31", "2026-06-30"], (
        "no other owner, no incomplete quarter"
    )
    decisions.accept(path, TODAY)
    path = proposal_of(feed, first.replace(b"662000,294000", b"680000,300000"), publisher, LATER)
    lines, _ = proposals.read_proposal(path)
    assert [(line["change"], line["value"]) for line in lines if line["entity"]] == [("changed", "680000")]
    decisions.accept(path, LATER)
    facts = [row for row in read_table(project / "data", "facts") if row["period"] == "2025-12-31"]
    assert [(row["value"], row["published"]) for row in facts] == [
        ("662000", "2026-11-22"),
        ("680000", "2026-11-29"),
    ]


def test_a_stock_is_proposed_under_the_name_of_its_series(project, publisher):
    """A row under another name would be accepted and then move nothing."""
    feed = replace(SHIPPED["epoch-chip-owners"], url=publisher.url)
    answer = (RECORDED / "epoch-chip-owners.csv").read_bytes()
    answer += b"China Unheard,China,Unheard,2022-01-01,2026-06-30,5,4,6,7,1,\n"
    lines, _ = proposals.read_proposal(proposal_of(feed, answer, publisher))
    assert {line["entity"] for line in lines} == {"China smuggled NVIDIA", ""}, "an unknown maker stays empty"


def test_every_name_a_feed_is_mapped_to_is_one_of_the_evidence():
    evidence = load()
    facts = evidence.facts[evidence.facts["metric"] == "cumulative_compute"]
    assert set(SHIPPED["epoch-chip-owners"].proposes.row["entity"]["map"].values()) <= set(facts["entity"])
    assert SHIPPED["epoch-chip-owners"].proposes.row["basis"] in set(facts["basis"])


def test_a_rule_that_the_evidence_holds_in_its_own_words_is_not_proposed(project, publisher):
    feed = replace(SHIPPED["federal-register"], url=publisher.url)
    answer = json.loads((RECORDED / "federal-register.json").read_text())
    path = project / "data" / "events.csv"
    path.write_text(path.read_text().replace("It limits chips.", "91 FR 10001 limits chips."))
    publisher.answers = [body(json.dumps(answer).encode())]
    assert look(feed).proposal is not None, "91 FR 1000 is not 91 FR 10001"
    path.write_text(path.read_text().replace("91 FR 10001", "91 FR 1000"))
    publisher.answers = [body(json.dumps(answer, indent=1).encode())]
    assert look(feed, LATER).proposal is None


def test_a_chip_known_by_name_or_alias_is_not_proposed(project, publisher):
    feed = replace(SHIPPED["epoch-hardware"], url=publisher.url)
    lines, _ = proposals.read_proposal(
        proposal_of(feed, (RECORDED / "epoch-hardware.csv").read_bytes(), publisher)
    )
    assert [
        (line["name"], line["vendor_hq"], line["tflops_fp16_dense"], line["memory_gb"]) for line in lines
    ] == [("New Chip, 96GB", "CN", "752", "96")]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("notes.csv", "a,b\n", "expected the name of a proposal"),
        ("fed-annual-2026-11-22.csv", "a,b\n", "is not a proposal"),
        ("fed-annual-2020-01-01.csv", ",".join(proposals.FIRST) + "\n", "snapshot 2020-01-01 is gone"),
        (
            "fed-annual-2026-11-22.csv",
            ",".join(proposals.FIRST) + "\nperhaps,added,k,,,\n",
            "found 'perhaps'",
        ),
    ],
)
def test_what_is_no_proposal_is_refused(project, name, text, said):
    path = project / name
    path.write_text(text)
    with pytest.raises(decisions.DecisionRefused, match=said):
        decisions.accept(path, TODAY)


# ---- the catalogue


def test_every_shipped_feed_maps_to_columns_that_exist():
    from helpers.refresh.skeleton import KINDS, resource_of

    for feed in SHIPPED.values():
        assert feed.url.startswith("https://") and feed.licence and feed.most_bytes <= 40_000_000
        if feed.proposes is None:
            continue
        columns = {column.name for column in resource_of(data_dir(), feed.proposes.table).fields}
        matched = {part for name in feed.proposes.match for part in name.split("|")}
        assert set(feed.proposes.row) | matched | set(feed.proposes.compare) <= columns, feed.name
        sources = {column.name for column in resource_of(data_dir(), "sources").fields}
        assert set(feed.proposes.source) <= sources
        assert feed.proposes.table in {kind.table for kind in KINDS.values()}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": "http://example.org/x"}, "expected an https address"),
        ({"format": "pdf"}, "expected one of csv"),
        ({"colour": "red"}, "unknown colour"),
        ({"licence": ""}, "licence is missing"),
    ],
)
def test_a_wrong_catalogue_is_refused(tmp_path, change, said):
    import yaml

    entry = dict(
        title="t",
        publisher="p",
        url="https://example.org/x",
        licence="CC0",
        format="csv",
        key=["a"],
        columns=["b"],
    )
    (tmp_path / "refresh.yml").write_text(yaml.safe_dump({"feeds": {"one": entry | change}}))
    with pytest.raises(catalogue.CatalogueError, match=said):
        catalogue.read_feeds(tmp_path / "refresh.yml")


def test_an_unknown_source_is_named_with_the_nearest():
    with pytest.raises(catalogue.CatalogueError, match="did you mean fed-annual"):
        catalogue.choose(SHIPPED, ["fed-anual"])
