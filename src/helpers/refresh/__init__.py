"""Refresh: how new evidence comes in. Nothing reaches `data/` that `briefing check` would refuse, or unseen.

rows        a table as text, so that an edit leaves every other byte as it was
edit        the one writer of `data/` beside an editor
skeleton    a new row, with what follows from what was given
"""
