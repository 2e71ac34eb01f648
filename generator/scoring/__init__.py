"""Points of a scoring sheet, computed from what the scorers found, and ranks among many units.

A form's ``[scoring]`` table says how (docs/manifest.md); nothing about one particular form is here.
All arithmetic is exact.
"""

from __future__ import annotations

from generator.scoring.explaining import explain, explainable
from generator.scoring.ranking import Quota, Ranked, Ranking, Standing, rank
from generator.scoring.reading import read_scoring
from generator.scoring.rules import Class, Criterion, Group, Range, Rules
from generator.scoring.sheet import Scoring

__all__ = [
    "Class",
    "Criterion",
    "Group",
    "Quota",
    "Range",
    "Ranked",
    "Ranking",
    "Rules",
    "Scoring",
    "Standing",
    "explain",
    "explainable",
    "rank",
    "read_scoring",
]
