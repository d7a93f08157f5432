"""An edition: a complete site with its manifest, swapped in whole.

build      the whole way from evidence to published site
manifest   hashes of evidence, code, parameters, environment, results and every published file
swap       one rename puts the new site in place of the old
"""

from helpers.edition.build import BuildFailed, Edition, build
from helpers.edition.manifest import verify

__all__ = ["BuildFailed", "Edition", "build", "verify"]
