"""The lab: an analyst's questions are answered fast, rightly, and with the faults of the command line."""

import os
import re
import sys

import nbformat
import pandas as pd
import pytest
from lxml import html
from typer.testing import CliRunner

from evidence_folder import read_table, write_evidence, write_table
from helpers import lab
from helpers.cli.app import app
from helpers.evidence.checks import check
from helpers.lab import displays
from helpers.paths import notebooks_dir, project_root
from helpers.run import ParameterError


def test_load_table_is_cut_and_a_copy():
    facts = lab.load_table("facts", as_of="2024-08-01")
    assert 0 < len(facts) < len(lab.load_table("facts"))
    assert facts["published"].max().date().isoformat() <= "2024-08-01"
    facts.loc[:, "value"] = -1.0
    assert (lab.load_table("facts", as_of="2024-08-01")["value"] != -1.0).any()


def test_the_same_question_is_answered_from_memory_until_the_evidence_changes(tmp_path, monkeypatch):
    write_evidence(tmp_path / "data")
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    first = lab.load()
    assert lab.load() is first
    rows = read_table(tmp_path / "data", "facts")
    rows[0]["value"] = "111"
    write_table(tmp_path / "data", "facts", rows)
    assert lab.load().facts["value"].iloc[0] == 111


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [("facts", "value", "plenty"), ("facts", "published", "2024-02-31"), ("facts", "period", "sometime")],
)
def test_a_bad_cell_has_the_words_of_the_command_line(tmp_path, monkeypatch, table, column, cell):
    rows = read_table(write_evidence(tmp_path / "data"), table)
    rows[1][column] = cell
    write_table(tmp_path / "data", table, rows)
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    with pytest.raises(lab.EvidenceFault) as fault:
        lab.load()
    place = str(fault.value).partition(", expected")[0]
    assert place == f"data/{table}.csv row 3, {column}: found {cell!r}"
    assert any(str(found).startswith(place) for found in check(tmp_path / "data"))


def test_a_chip_is_its_row_and_its_status():
    card = lab.chip("ascend_910b")
    assert card.vendor == "Huawei" and card.tflops_fp16_dense > 100
    assert "tdp_w" in dir(card)
    with pytest.raises(AttributeError, match="a chip has no 'tdp'"):
        _ = card.tdp
    shown = displays.chip_html(card)
    assert "Ascend 910B" in shown and card.classification.status in shown


def test_a_name_of_several_chips_is_not_guessed():
    with pytest.raises(ValueError, match="a100_sxm_40"):
        lab.chip("A100")
    assert {each.chip_id for each in lab.chips("A100")} >= {"a100_sxm_40", "a100_sxm_80"}


def test_a_rule_shows_its_thresholds_and_a_classification_its_margins():
    tree = html.fromstring(displays.rule_html(lab.rule("us-3a090a-2023")))
    first = tree.xpath('//li[text()="any of"]')[0]
    assert [item.text for item in first.xpath("ul/li")] == ["tpp >= 4800 TPP", "all of"], "side by side"
    assert [item.text for item in first.xpath("ul/li/ul/li")] == ["tpp >= 1600 TPP", "pd >= 5.92 TPP/mm2"]
    found = lab.classify("A800", as_of="2023-12-01")
    assert found.status != "not-controlled"
    assert "Threshold" in displays.classification_html(found)
    with pytest.raises(KeyError, match="us-3a090a-2023"):
        lab.rule("nonsense")


def test_a_result_shows_its_interval():
    result = lab.capacity(draws=512)
    row = result.stock.query("entity == 'China' and quantity == 'installed' and period == '2025-Q4'").iloc[0]
    shown = displays.capacity_html(result)
    said = re.search(
        r"<td[^>]*>2025-Q4</td><td[^>]*>installed</td>.*?<td[^>]*>([\d,]+) to ([\d,]+)</td></tr>", shown
    )
    low, high = (float(text.replace(",", "")) for text in said.groups())
    assert (low, high) == pytest.approx((row["p5"], row["p95"]), rel=0.005)
    assert len(said[1].replace(",", "").rstrip("0")) <= 3, "no more digits than the interval bears"


def test_text_of_the_evidence_cannot_become_markup():
    shown = displays.table_html(("<b>",), [("<script>alert(1)</script>",)])
    assert "<script" not in shown and "<b>" not in shown


def test_parameters_are_typed_checked_and_explain_themselves():
    chosen = lab.parameters("capacity", draws="512", scenario="tight_controls")
    assert chosen.draws == 512 and chosen.horizon == 2028
    assert "Monte Carlo draws (256 to 131072)" in type(chosen).__doc__
    assert chosen.for_build().endswith("--scenario tight_controls -p draws=512")
    with pytest.raises(ParameterError, match="drws") as fault:
        lab.parameters("capacity", drws=1, horizon=1990)
    assert "horizon" in str(fault.value)


def test_every_public_name_has_help_and_is_completed():
    """By the completer and the inspector that a kernel asks."""
    from IPython.core.completer import provisionalcompleter
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.display_formatter.formatters["text/html"].enabled = True  # as in a kernel

    def offered(text):
        with provisionalcompleter():
            return {found.text for found in shell.Completer.completions(text, len(text))}

    try:
        displays.register_displays()  # the package was imported before there was a shell
        shell.run_cell(
            "from helpers.lab import *\nfound = chip('ascend_910b')\nchosen = parameters('capacity')"
        )
        for name in lab.__all__:
            assert name in offered(name[:-1])
            assert shell.object_inspect(name)["docstring"].strip(), name
        assert {"scenario=", "tdp_w", "draws"} <= offered("capacity(scen") | offered("found.td") | offered(
            "chosen.dr"
        )
        assert "text/html" in shell.display_formatter.format(shell.user_ns["found"])[0]
    finally:
        InteractiveShell.clear_instance()
        pd.reset_option("display.float_format")


def test_the_lab_opens_on_the_start_notebook_with_this_python(monkeypatch):
    started = []
    monkeypatch.setattr(os, "execv", lambda *words: started.append(words))
    assert CliRunner().invoke(app, ["lab", "--no-browser", "--port", "0"]).exit_code == 0
    program, words = started[0]
    assert program == sys.executable == words[0]
    assert f"--ServerApp.root_dir={project_root()}" in words and "--no-browser" in words
    (address,) = [word.partition("/lab/tree/")[2] for word in words if "default_url" in word]
    assert (project_root() / address).is_file()
    assert ("--allow-root" in words) == (os.geteuid() == 0), "the only user of many containers"


def test_every_display_names_a_class_that_exists():
    """They are registered by name, so a class that moved would lose its display without a word."""
    from importlib import import_module

    for place in displays.DISPLAYS:
        module, _, name = place.rpartition(".")
        assert getattr(import_module(module), name).__module__ == module


def test_the_start_notebook_is_clean():
    notebook = nbformat.read(notebooks_dir() / "00_start.ipynb", as_version=4)
    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in notebook.cells)


def test_the_start_notebook_runs():
    from nbclient import NotebookClient

    notebook = nbformat.read(notebooks_dir() / "00_start.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("text/html" in output.get("data", {}) for output in shown) >= 7
    assert not any("error" in output["output_type"] or output.get("name") == "stderr" for output in shown)
