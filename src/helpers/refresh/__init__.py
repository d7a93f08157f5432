"""Refresh: how new evidence comes in. Nothing reaches `data/` unseen, or that `briefing check` would refuse.

rows        a table as text, so that an edit leaves every other byte as it was
edit        the one writer of `data/` beside an editor
skeleton    a new row, with what follows from what was given
catalogue   the feeds of `data/refresh.yml`
fetch       one polite request
shapes      the body of a feed as rows, or a refusal
snapshots   what a feed published on a day, kept unchanged
mapping     from a row of a feed to a row of evidence
proposals   what a snapshot would bring, in a file that an analyst decides on
decisions   accepting and rejecting it
refresh     all of it, feed by feed
freshness   how old the newest row of each watched series is
"""
