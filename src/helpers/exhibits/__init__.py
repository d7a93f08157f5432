"""Exhibits: a result in, a chart and its table out; nothing here computes a number.

theme     one palette, one chart theme
svg       charts as static SVG for the page and for download
tables    tables as HTML
exhibit   `Exhibit`: finding, measure, chart, data, sources, alternative text, or a refusal
policy, chips, capacity, market   the exhibits of the four notebooks
"""

from helpers.exhibits.exhibit import Exhibit

__all__ = ["Exhibit"]
