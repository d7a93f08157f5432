"""What was known on a date stays what was known, whatever is learnt later."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from evidence_folder import read_table, write_evidence, write_table
from helpers.evidence import independent, load
from helpers.evidence.periods import knowable_from
from helpers.evidence.tables import TABLES

DATES = ["2022-12-31", "2024-01-31", "2024-08-01", "2025-06-30"]
# What identifies a row, and the cells that must differ in a row learnt later.
KEYS = {
    "sources": "source_id",
    "facts": "fact_id",
    "rejected": "rejected_id",
    "chips": "chip_id",
    "chip_disputes": "dispute_id",
    "events": "event_id",
    "exchange_rates": "rate_id",
    "classifications": "rule_id",
}


def seen(folder, day):
    """Everything an edition of that day can show, without the row numbers of the file."""
    evidence = load(day, folder)
    tables = {name: getattr(evidence, name).drop(columns="row", errors="ignore") for name in TABLES}
    return tables, evidence.rules


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return write_evidence(tmp_path_factory.mktemp("evidence") / "data")


# Every example rewrites tables on disk, so a failing one is reported as drawn, not shrunk for minutes.
@settings(max_examples=40, deadline=None, derandomize=True, phases=[Phase.generate])
@given(data=st.data())
def test_rows_learnt_later_never_change_an_earlier_edition(sound, data):
    day = data.draw(st.sampled_from(DATES), label="as_of")
    before = seen(sound, day)
    original = {table: read_table(sound, table) for table in KEYS}
    try:
        for number in range(data.draw(st.integers(1, 4), label="new rows")):
            table = data.draw(st.sampled_from(sorted(KEYS)), label="table")
            rows = read_table(sound, table)
            late = data.draw(st.dates(date.fromisoformat(day), date(2027, 1, 1)), label="published")
            row = {**data.draw(st.sampled_from(rows)), KEYS[table]: f"late-{number}"}
            row |= {"published": _later(late, day, data.draw(st.sampled_from([4, 7, 10]))), "since": ""}
            row = {column: row[column] for column in rows[0] if column in row}
            place = data.draw(st.integers(0, len(rows)), label="place in the file")
            write_table(sound, table, [*rows[:place], row, *rows[place:]])
        after = seen(sound, day)
    finally:
        for table, rows in original.items():
            write_table(sound, table, rows)
    for table in TABLES:
        pd.testing.assert_frame_equal(before[0][table], after[0][table])
    assert before[1] == after[1]


def _later(late: date, day: str, length: int) -> str:
    """A full or partial date whose last day is after `day`."""
    text = late.isoformat()[:length]
    return text if knowable_from(text) > date.fromisoformat(day) else f"{int(day[:4]) + 1}"


@pytest.mark.parametrize("day", DATES)
def test_no_row_of_an_edition_was_published_later(day):
    evidence = load(day)
    for name in TABLES:
        frame = getattr(evidence, name)
        if len(frame) and "published" in frame:
            assert frame["published"].notna().all()
            assert (frame["published"] <= pd.Timestamp(day)).all()
    assert all(str(rule["published"])[:10] <= day for rule in evidence.rules)


@pytest.mark.parametrize("day", DATES[1:])
def test_every_fact_of_an_earlier_edition_names_a_document_that_existed(day):
    evidence = load(day)
    assert len(evidence.facts) > 50
    assert set(evidence.facts["source_id"]) <= set(evidence.sources["source_id"])


def test_the_latest_edition_is_dated_by_the_evidence():
    evidence = load()
    assert evidence.as_of == date(2026, 10, 9)
    assert len(evidence.facts) == len(evidence.full.facts)
    assert len(evidence.sources) == len(evidence.full.sources)


def test_a_copy_gives_way_to_the_original_before_it_existed(sound):
    early, late = load("2024-08-01", sound).facts, load(folder=sound).facts
    assert early.set_index("fact_id").loc["sales-2023", "source_id"] == "paper"
    assert late.set_index("fact_id").loc["sales-2023", "source_id"] == "later-copy"


def test_a_living_document_exists_from_its_first_edition(sound):
    evidence = load("2024-08-01", sound)
    assert evidence.rates.loc[0, "source_id"] == "database"
    assert evidence.source_by_id["database"]["published"] == pd.Timestamp("2020-12-31")
    assert "database" not in load("2020-06-30", sound).source_by_id


def test_notes_written_with_hindsight_stay_out_of_earlier_editions(sound):
    assert "2025" in load(folder=sound).facts.loc[1, "note"]
    assert set(load("2024-08-01", sound).facts["note"]) == {""}


def test_a_partial_date_is_known_only_on_its_last_day(sound):
    assert "sales-2023" not in set(load("2024-02-28", sound).facts["fact_id"])
    assert "sales-2023" in set(load("2024-02-29", sound).facts["fact_id"])


def test_a_repeat_is_dropped_only_beside_its_original(sound):
    facts = load(folder=sound).facts
    assert list(independent(facts)["fact_id"]) == ["sales-2022", "sales-2023"]
    alone = facts[facts["fact_id"] == "sales-2023-again"]
    assert list(independent(alone)["fact_id"]) == ["sales-2023-again"]


def test_a_date_that_cannot_be_read_is_refused_by_name(sound):
    with pytest.raises(ValueError, match="as_of"):
        load("summer 2024", sound)


def test_loading_the_shipped_evidence_is_quick():
    import time

    load()
    best = min(_seconds(time.perf_counter) for _ in range(3))
    assert best < 1.0


def _seconds(clock) -> float:
    begin = clock()
    load()
    return clock() - begin


def test_a_release_to_come_is_not_known_yet():
    """On 2024-08-01 the B200 was announced; its shipping on 2024-11-15 and the bar on the H20 were still to come."""
    chips = load(as_of="2024-08-01").chips.set_index("chip_id")
    assert chips.loc["b200", "status"] == "announced" and chips.loc["b200", "release_date"] == ""
    assert chips.loc["h20_96", "status"] == "shipping"
    assert load().chips.set_index("chip_id").loc["b200", "release_date"] == "2024-11-15"


def test_a_rule_is_known_as_it_read_then():
    """On 2023-12-31 nobody knew of the amendment of April 2024, of ACA, or of documents written since."""
    then = {rule["id"]: rule for rule in load(as_of="2023-12-31").rules}["us-3a090a-2023"]
    now = {rule["id"]: rule for rule in load().rules}["us-3a090a-2023"]
    assert then["amendments"] == [] and len(now["amendments"]) == 2
    assert [entry["id"] for entry in then["exceptions"]] == ["NAC"]
    assert [period["until"] for period in then["licence_policy"]] == [None]
    assert "bakermckenzie-2024-04" in now["field_sources"]["exceptions"]
    assert "bakermckenzie-2024-04" not in then["field_sources"]["exceptions"]
    assert then["tests"] == now["tests"]
