"""The reference holds every public name once, is the code's own words, and cannot break the page."""

import re

from lxml import html

from helpers.pages import reference


def test_every_stage_and_every_public_name_is_there_once():
    page = html.fromstring(f"<div>{reference.reference_html()}</div>")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {"helpers.evidence.tables.load", "helpers.models.rules.classify.classify", "stage-cli"} <= set(ids)
    assert not [name for name in ids if name.rpartition(".")[2].startswith("_")]
    stages = {
        path.name.removesuffix(".py") for path in reference.PACKAGE.iterdir() if not path.name.startswith("_")
    }
    assert stages == {name.removeprefix("stage-") for name in page.xpath("//h2/@id")}, (
        "name the stage in helpers/__init__"
    )


def test_signature_and_docstring_are_those_of_the_code():
    page = html.fromstring(f"<div>{reference.reference_html()}</div>")
    entry = page.xpath('//dt[@id="helpers.evidence.tables.load"]')[0]
    assert entry.text_content().startswith(
        "load(as_of: str | date=LATEST, folder: Path | None=None) -> Evidence"
    )
    assert "never the clock" in " ".join(entry.getnext().text_content().split())


def test_docstrings_are_text(tmp_path, monkeypatch):
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers" / "__init__.py").write_text('"""Front.\n\nodd   one\n"""')
    (tmp_path / "helpers" / "odd.py").write_text(
        '"""<script>x</script> `a < b`."""\n\n'
        'def f(a: str = "<i>"):\n    """Gives `<b>`.\n\n    one   <u>\n    two   </dl>"""\n'
    )
    monkeypatch.setattr(reference, "PACKAGE", tmp_path / "helpers")
    shown = reference.reference_html()
    assert (
        not re.search(r"<(script|i|b|u)>", shown)
        and "&lt;script&gt;" in shown
        and "<code>a &lt; b</code>" in shown
    )
    assert shown.count("<dl>") == shown.count("</dl>") == 1
