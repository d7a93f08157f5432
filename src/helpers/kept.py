"""Products kept under the digest of all that they were made from, so that only what changed is made again.

Drawings and sheets take most of the time of a build in which one thing changed. A product is written beside its place
and renamed in; it carries its own digest, so one that a disk has spoiled is made anew.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from helpers.paths import build_dir

KEPT = 3000
_DIGEST_BYTES = 32


def kept(made_from: Iterable[str | bytes], make: Callable[[], bytes]) -> bytes:
    """What `make` returns, or what it returned before for the same `made_from`, which must name all it depends on."""
    key = hashlib.sha256()
    for part in made_from:
        content = part.encode() if isinstance(part, str) else part
        key.update(b"%d:" % len(content) + content)
    place = _folder() / key.hexdigest()
    with contextlib.suppress(OSError):
        found = place.read_bytes()
        if hashlib.sha256(found[_DIGEST_BYTES:]).digest() == found[:_DIGEST_BYTES]:
            os.utime(place)
            return found[_DIGEST_BYTES:]
    product = make()
    making = place.with_name(f".{place.name}.{os.getpid()}")
    with contextlib.suppress(OSError):  # a full disk is reported by what has to be written
        place.parent.mkdir(parents=True, exist_ok=True)
        making.write_bytes(hashlib.sha256(product).digest() + product)
        making.replace(place)
    return product


def prune() -> None:
    """Forget all but the products used last; what a killed process left unfinished goes with them in time."""
    with contextlib.suppress(FileNotFoundError):
        for path in sorted(_folder().iterdir(), key=lambda path: -path.stat().st_mtime_ns)[KEPT:]:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    return build_dir() / "cache" / "made"
