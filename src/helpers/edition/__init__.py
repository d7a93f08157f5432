"""An edition: a complete site with its manifest, swapped in whole.

build      the whole way from evidence to published site
manifest   hashes of evidence, code, parameters, environment, results and every published file
record     what an edition says, read back from its folder
causes     why a number moved between two editions
cells      what moved inside an exhibit
changes    the change report from one edition to another
editions   past editions, made once and carried over unchanged
past       one of them, in a process of its own
neighbours what the editions of one site say of each other
feed       the Atom feed of editions and of changes
swap       one rename puts the new site in place of the old
"""

from helpers.edition.build import BuildFailed, Edition, build
from helpers.edition.manifest import verify

__all__ = ["BuildFailed", "Edition", "build", "verify"]
