"""A reader sees the old site or the new one; what fails leaves the old one as it was."""

import hashlib
import threading
from pathlib import Path

import pytest

from helpers.edition import manifest as manifests
from helpers.edition.swap import building_folder, swap_in


def site(folder, text):
    folder.mkdir()
    for name in ("index.html", "chips.html", "manifest.json"):
        (folder / name).write_text(text)
    return folder


def test_first_site_is_put_in_place(tmp_path):
    out = tmp_path / "_site"
    swap_in(site(building_folder(out), "new"), out)
    assert (out / "index.html").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]


def test_old_site_is_replaced_whole_and_nothing_is_left_behind(tmp_path):
    out = site(tmp_path / "_site", "old")
    (out / "gone.html").write_text("old")
    swap_in(site(building_folder(out), "new"), out)
    assert sorted(path.name for path in out.iterdir()) == ["chips.html", "index.html", "manifest.json"]
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]


def test_every_file_is_on_the_disk_before_the_names_change(tmp_path, monkeypatch):
    """A rename that reaches the disk before the files do would leave empty pages after a power cut."""
    import os

    out, settled, real = site(tmp_path / "_site", "old"), set(), os.fsync

    def settle(handle):
        settled.add(str(Path(f"/proc/self/fd/{handle}").readlink()))
        assert (out / "index.html").read_text() == "old"
        real(handle)

    monkeypatch.setattr(os, "fsync", settle)
    new = site(building_folder(out), "new")
    wanted = {str(path) for path in (new, *new.iterdir())}
    swap_in(new, out)
    assert wanted <= settled and (out / "index.html").read_text() == "new"


def test_a_reader_never_sees_a_mix(tmp_path):
    """One open folder handle, read again and again during fifty swaps, holds files of one edition only."""
    import os

    out = site(tmp_path / "_site", "edition 0")
    mixes, done = [], threading.Event()

    def read():
        while not done.is_set():
            handle = os.open(out, os.O_RDONLY)
            try:
                texts = set()
                for name in ("index.html", "chips.html"):
                    part = os.open(name, os.O_RDONLY, dir_fd=handle)
                    texts.add(os.read(part, 99))
                    os.close(part)
                if len(texts) > 1:
                    mixes.append(texts)
            except FileNotFoundError:
                pass  # the folder opened was the old one and is being removed; its reader asks again
            finally:
                os.close(handle)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 51):
        swap_in(site(building_folder(out), f"edition {number}"), out)
        assert out.is_dir()
    done.set()
    reader.join()
    assert not mixes


@pytest.fixture
def published(tmp_path):
    folder = site(tmp_path / "_site", "text")
    (folder / "manifest.json").unlink()
    manifests.write_manifest(folder, tmp_path / "run", {"parameters": {"seed": 1}}, "2026-01-01")
    return folder


def test_manifest_names_every_file_and_no_clock(published):
    text = (published / "manifest.json").read_text()
    assert hashlib.sha256(b"text").hexdigest() in text
    assert str(published.parent) not in text
    assert manifests.verify(published) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda folder: (folder / "chips.html").write_text("texT"), "altered: chips.html"),
        (lambda folder: (folder / "chips.html").unlink(), "missing: chips.html"),
        (lambda folder: (folder / "more.html").write_text(""), "extra: more.html"),
    ],
)
def test_verify_names_what_was_changed(published, change, expected):
    change(published)
    assert manifests.verify(published) == [expected]


def test_an_edition_is_current_only_for_its_own_inputs_and_while_whole(published):
    assert manifests.is_current(published, {"parameters": {"seed": 1}})
    assert not manifests.is_current(published, {"parameters": {"seed": 2}})
    (published / "chips.html").write_text("altered")
    assert not manifests.is_current(published, {"parameters": {"seed": 1}})
