"""What a notebook hands on is complete or refused."""

import json

import pandas as pd
import pytest

from helpers.results import LONG_FORM, ResultError, Run, read_headlines

ROW = dict(
    entity="China", period="2025", quantity="stock", unit="H100e", basis="FP16",
    p5=1.0, p50=2.0, p95=3.0, as_of="2026-10-09", evidence="c-1",
)  # fmt: skip
NUMBER = dict(
    id="stock", value=2.0, low=1.0, high=3.0, unit="H100e", basis="FP16", label="stock", confidence="medium",
    sentence="China holds {shown}.", evidence=["c-1"],
)  # fmt: skip


@pytest.fixture
def run(tmp_path):
    return Run("capacity", "latest", tmp_path)


def test_long_form_goes_round(run):
    run.save("stock", pd.DataFrame([ROW]))
    assert run.read("capacity", "stock")["p50"].item() == 2.0


@pytest.mark.parametrize("column", [name for name in LONG_FORM if name != "p50"])
def test_long_form_without_a_column_is_refused(run, column):
    with pytest.raises(ResultError, match=column):
        run.save("stock", pd.DataFrame([ROW]).drop(columns=column))


def test_percentiles_out_of_order_are_refused_by_name(run):
    with pytest.raises(ResultError, match="China 2025 stock"):
        run.save("stock", pd.DataFrame([{**ROW, "p5": 2.5}]))


def test_a_result_of_another_run_is_not_there(run):
    with pytest.raises(ResultError, match=r"chips\.lag.*run the chips notebook first"):
        run.read("chips", "lag")


@pytest.mark.parametrize(
    "fault",
    [
        {"evidence": []},
        {"unit": ""},
        {"basis": ""},
        {"low": 2.5},
        {"value": float("nan")},
        {"confidence": "sure"},
    ],
)
def test_incomplete_headline_is_refused(run, fault):
    with pytest.raises(ResultError, match="stock"):
        run.headline(**{**NUMBER, **fault})


def test_headline_is_written_with_its_edition(run, tmp_path):
    headline = run.headline(**NUMBER, shown="2.0 H100e")
    assert headline.sentence == "China holds 2.0 H100e."
    (row,) = read_headlines(tmp_path)
    assert row["as_of"] == run.as_of.isoformat() and row["evidence"] == ["c-1"]
    assert json.loads((tmp_path / "headlines" / "capacity.json").read_text())[0]["high"] == 3.0
