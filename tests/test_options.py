"""Options that several commands take."""

import pytest
from typer.testing import CliRunner

from helpers.cli.app import app


@pytest.mark.parametrize("command", ["build", "moves"])
@pytest.mark.parametrize("text", ["draws", "=512", ""])
def test_a_parameter_without_its_name_or_value_is_told(command, text, tmp_path, monkeypatch):
    """In a project with a published site: nothing but the option is wrong."""
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    (tmp_path / "_site").mkdir()
    (tmp_path / "_site" / "manifest.json").write_text("{}")
    done = CliRunner().invoke(app, [command, "-p", text])
    assert done.exit_code == 2 and f"-p {text}: expected NAME=VALUE" in done.output
