"""Editions kept beside the current one, each at `editions/<as_of>/`, and what a new site says of them.

A kept edition is a whole site with its own manifest and its own copy of scripts and styles: it stays readable when
the code of later ones changes, and when its folder is copied away alone. It is made once, by an ordinary build in a
process of its own, and carried over byte for byte from then on; what is current now is kept as well. The site around
them is written anew at every build: the switch, the changes page, the feed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import yaml
from filelock import FileLock

from helpers.edition.manifest import MANIFEST, verify
from helpers.edition.neighbours import FOLDER, introduce, kept_dates
from helpers.edition.record import RECORD, NoEdition, Record, read_record
from helpers.paths import build_dir, project_root, report_dir

DEFAULT, NONE, CURRENT = "default", "none", "current"
_AROUND = (FOLDER, "feed.xml", MANIFEST)


class EditionError(Exception):
    """A kept edition was altered or could not be made; the message says which and why."""


def wanted_dates(asked: str, as_of: str, is_standard: bool) -> list[str]:
    """The past editions that a build of `as_of` is asked to keep, oldest first.

    `asked` is `default` (those of `report/editions.yml`, for a standard build), `none`, or dates separated by commas.
    Raises EditionError for what is no date.
    """
    if asked == NONE or (asked == DEFAULT and not is_standard):
        return []
    if asked == DEFAULT:
        listed = yaml.safe_load((report_dir() / "editions.yml").read_text(encoding="utf-8"))["keep"]
        return sorted(day.isoformat() for day in listed if day.isoformat() < as_of)
    try:
        dates = {date.fromisoformat(text.strip()).isoformat() for text in asked.split(",")}
    except ValueError:
        raise EditionError(
            f"--editions: found {asked!r}, expected {DEFAULT}, {NONE} or dates such as 2025-06-30,2025-12-31"
        ) from None
    return sorted(dates - {as_of})


def has_all(site: Path, dates: Sequence[str]) -> bool:
    """Whether a site keeps all of these editions."""
    return all((site / FOLDER / day / MANIFEST).is_file() for day in dates)


def keep_editions(
    new: Path, out: Path, dates: Sequence[str], keep_current: bool, renderer: str, remake: bool = False
) -> list[Path]:
    """Put the kept editions beside the finished site `new` that will replace `out`, and finish both.

    Carries over what `out` keeps, or with `remake` makes it again; makes those of `dates` that are missing; keeps
    `new` itself under its date if asked to and if that date has no edition yet. Returns the folders of those that
    were added. Raises EditionError.
    """
    kept = new / FOLDER
    as_of = read_record(new).as_of
    carried = [] if remake else _carry_over(out, kept)
    asked = {*dates, *kept_dates(out)} - {as_of} if remake else {*dates}
    added = sorted(asked.difference(carried))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda day: _make(day, renderer, kept / day), added))
    if keep_current and as_of not in carried:
        shutil.copytree(new, kept / as_of, ignore=lambda at, names: [FOLDER] if Path(at) == new else [])
        added.append(as_of)
    introduce(new, sorted(added))
    return [kept / day for day in sorted(added)]


def find_edition(site: Path, name: str) -> Path:
    """The folder of an edition named by the folder itself, by a date that the site keeps, or as `current`.

    The current edition is found by its date too where none of that date is kept. Raises NoEdition.
    """
    if name == CURRENT:
        return site
    kept = kept_dates(site)
    if name in kept:
        return site / FOLDER / name
    if (Path(name) / RECORD).is_file():
        return Path(name)
    if (site / RECORD).is_file() and read_record(site).as_of == name:
        return site
    raise NoEdition(
        f"{name} is neither the folder of an edition nor a date kept in {site}: {', '.join(kept) or 'none'}"
    )


def find_previous(site: Path, new: Record) -> Path:
    """The newest kept edition before another one. Raises NoEdition."""
    earlier = [day for day in kept_dates(site) if day < new.as_of]
    if not earlier:
        raise NoEdition(f"{site} keeps no edition before {new.as_of}")
    return site / FOLDER / earlier[-1]


def _carry_over(out: Path, kept: Path) -> list[str]:
    """Copy what the published site keeps; an edition that is no longer what was published stops the build."""
    days = kept_dates(out)
    for day in days:
        if faults := verify(out / FOLDER / day):
            more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
            raise EditionError(
                f"the kept edition {out / FOLDER / day} is no longer what was published ({faults[0]}{more}); "
                "restore it, or make all of them again with --remake-editions"
            )
        shutil.copytree(out / FOLDER / day, kept / day)
    return days


def _make(day: str, renderer: str, target: Path) -> None:
    """An edition by an ordinary build in a process of its own; one that is still current is not made again."""
    folder = build_dir() / FOLDER / day
    folder.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "helpers.edition.past", day, str(folder), renderer]
    environment = {**os.environ, "BRIEFING_ROOT": str(project_root())}
    with FileLock(f"{folder}.lock"):
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=project_root(), env=environment, check=False
        )
        if done.returncode:
            raise EditionError(f"the edition of {day} could not be made:\n{done.stderr.strip()[-2000:]}")
        shutil.copytree(folder, target, ignore=shutil.ignore_patterns(*_AROUND))
        shutil.copyfile(folder / MANIFEST, target / MANIFEST)
