"""Publishing: the verified site to where readers are, and the report of what changed with it."""

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

from helpers.edition.changes import compare
from helpers.edition.manifest import MANIFEST, verify
from helpers.edition.record import NoEdition, read_record
from helpers.edition.swap import building_folder, swap_in
from helpers.paths import build_dir
from helpers.schedule.stages import StageFailed, one_line

PUBLISH = "BRIEFING_PUBLISH"


class CommandFailed(Exception):
    """The publishing command ended with another code than 0."""


def publish(site: Path, folder: Path | None, command: str) -> None:
    """Put the verified site where readers are: into a folder by one rename, or by a command."""
    if folder:
        target = folder.resolve()
        if target.exists() and any(target.iterdir()) and not (target / MANIFEST).is_file():
            raise StageFailed("publish", f"{target} holds files that are not an edition of this briefing")
        target.parent.mkdir(parents=True, exist_ok=True)
        building = building_folder(target)
        shutil.rmtree(building, ignore_errors=True)
        try:
            shutil.copytree(site, building)
            if faults := verify(building):
                raise StageFailed("publish", f"the copy is not whole: {faults[0]}")
            swap_in(building, target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    command = command or os.environ.get(PUBLISH, "")
    if command:
        # Its output goes to ours, not into the log: such commands print addresses with tokens in them.
        done = subprocess.run([*shlex.split(command), str(site)], timeout=1800, check=False)
        if done.returncode:
            raise CommandFailed(f"{shlex.split(command)[0]} ended with {done.returncode}")


def set_aside(site: Path) -> Path | None:
    """What the comparison needs of the site that is about to be replaced; None where there is no site.

    Raises OSError where there is no room for it, and leaves nothing then.
    """
    aside = build_dir() / "before"
    shutil.rmtree(aside, ignore_errors=True)
    if not (site / MANIFEST).is_file():
        return None
    try:
        for name in ("results", "exhibits", "data"):
            if (site / name).is_dir():
                shutil.copytree(site / name, aside / name)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return aside


def report_changes(before: Path | None, site: Path, path: Path) -> dict[str, Any]:
    """The change report, written to `path`; its summary is what the log and the word carry."""
    if before is None:
        return {"first": True}
    try:
        found = compare(read_record(before), read_record(site))
    except NoEdition as error:
        return {"unknown": one_line(error)}
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    return {"summary": found["summary"], "evidence": found["evidence"], "report": path.name}
