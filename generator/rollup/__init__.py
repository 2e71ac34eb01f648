"""A superior's table from the data of its units (docs/manifest.md, ``[rollup]``).

sources -> units, each checked -> rows and sums -> the superior's record -> document, JSON, workbook
"""

from __future__ import annotations

from generator.rollup.collect import Collector, Options
from generator.rollup.whole import FORMATS, Asked, RolledUp, Rollup

__all__ = ["FORMATS", "Asked", "Collector", "Options", "RolledUp", "Rollup"]
