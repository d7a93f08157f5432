"""Faults done to a real command on a copy of the project: it is killed at some moment, or its disk is really full."""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from helpers.edition.manifest import verify
from project_copy import COMMAND, environment

needs_own_disk = pytest.mark.skipif(
    subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode != 0,
    reason="no file system of one's own can be mounted here",
)
PAST = 600
FULL = """
set -u
briefing() {{ "$PYTHON" -c "from helpers.cli import main; main()" "$@"; }}
verify() {{ briefing verify > {out}/verify.txt 2>&1; }}
mount -t tmpfs -o size={size} tmpfs {place} || exit 99
cp -a {project}/. {place}/ && cd {place}
head -c $(( $(df --output=avail -B1 . | tail -1) - {left} )) /dev/zero > filler
briefing {words} > {out}/said.txt 2>&1; full=$?
verify; whole=$?
ls -A > {out}/kept.txt
rm filler
briefing {words} > {out}/again.txt 2>&1; again=$?
verify; sound=$?
cat build/log/*.jsonl > {out}/log.jsonl
echo "[$full, $whole, $again, $sound]" > {out}/codes.json
"""


class Full(NamedTuple):
    """What came of a command on a full disk, and of the same once there was room: exit codes and texts."""

    full: int
    whole: int
    again: int
    sound: int
    said: str
    said_again: str
    kept: list[str]


def on_a_full_disk(project: Path, folder: Path, words: tuple[str, ...], left: int) -> Full:
    """Run a command on a file system with so many bytes left, in a mount namespace of its own, then with room."""
    used = sum(path.stat().st_size for path in project.rglob("*") if path.is_file())
    (place := folder / "disk").mkdir()
    names = {"place": place, "project": project, "out": folder, "left": left, "words": " ".join(words)}
    script = FULL.format(size=used * 2 + 300_000_000, **names)
    done = subprocess.run(
        ["unshare", "-rm", "bash", "-c", script],
        env=environment(place) | {"PYTHON": COMMAND[0]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (folder / "codes.json").is_file(), done.stderr
    log = (folder / "log.jsonl").read_text()
    return Full(
        *json.loads((folder / "codes.json").read_text()),
        said=(folder / "said.txt").read_text() + log,
        said_again=(folder / "again.txt").read_text(),
        kept=(folder / "kept.txt").read_text().split(),
    )


def start(project: Path, words: tuple[str, ...]) -> subprocess.Popen:
    """Start a command in a group of its own, unheard."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [*COMMAND, *words]
    return subprocess.Popen(command, env=environment(project), cwd=project, start_new_session=True, **quiet)


def kill_after(
    project: Path, words: tuple[str, ...], seconds: float, begun: Callable[[], bool] = lambda: True
) -> None:
    """Kill a command so long after it has begun: nothing of it lives on, and the published site is whole."""
    process, until = start(project, words), time.monotonic() + PAST
    while not begun() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(seconds)
    family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive
    assert verify(project / "_site") == []
