"""The briefing's shared package, one module per stage, in the order of the data.

paths      every folder, found from the project root
fingerprint   what a build depended on; standard library only
kept       products made again only when what they were made from has changed
modules    which modules a piece of code imports, and the digest of what each does
evidence   load, validate and cut the hand-kept tables of `data/`
refresh    what comes in: snapshots of published data as proposals, and the one writer of `data/`
models     pure functions from tables and assumptions to tidy results
cards      the notebooks, their order and their parameters (`notebooks/cards.yml`)
parameters  every parameter checked by name, type and range, before any kernel starts
results    what a notebook saves: headlines, long-form tables, exhibits
exhibits   figures and tables made from results
run        papermill over the four notebooks
pages      the site: stage, render, finish
edition    manifest, verification and the swap of a finished site
schedule   the unattended run, and sweeps over many editions
lab        what an analyst imports in a notebook
cli        the `briefing` command

A module imports only from its own stage or an earlier one.
"""

import sys

# jsonschema, which nbformat and Altair import, asks for an optional checker of web addresses whose grammar takes
# seconds to build once JupyterLab has installed it. Nothing here uses it, and jsonschema goes on without it.
sys.modules.setdefault("rfc3987_syntax", None)
