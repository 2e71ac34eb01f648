"""Expressions over a record: what derived values, checks and classifications are written in."""

from __future__ import annotations

from generator.expressions.excel import excel_formula
from generator.expressions.functions import function_table
from generator.expressions.language import Expression, Names, Run, Scope, nearest
from generator.expressions.trace import Comparison, Leaf, Source, Traced, Tracer
from generator.expressions.values import ExpressionError, Series, round_half_up, short, show, tidy

__all__ = [
    "Comparison",
    "Expression",
    "ExpressionError",
    "Leaf",
    "Names",
    "Run",
    "Scope",
    "Series",
    "Source",
    "Traced",
    "Tracer",
    "excel_formula",
    "function_table",
    "nearest",
    "round_half_up",
    "short",
    "show",
    "tidy",
]
