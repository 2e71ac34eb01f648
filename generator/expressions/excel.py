"""Expressions as Excel formulas, for the locked columns of a workbook that is filled by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from jinja2 import nodes

from generator.expressions.functions import FUNCTIONS
from generator.expressions.language import (
    Expression,
    blank_test,
    called,
    chain,
    constant,
    options_of,
)

CellOf = Callable[[str], str | None]


def excel_formula(expression: Expression | str, cell_of: CellOf) -> str | None:
    """Return an Excel formula (without ``=``) that computes the same, ``None`` where none does.

    ``cell_of`` gives the cell of a field by its dotted name as the expression spells it, or
    ``None`` for a field without one. A blank cell makes the result blank, as in the expression.
    Covered: arithmetic, comparisons, and/or/not, if, ``tong``, ``ty_le``, ``so_sanh``,
    ``so_sanh_ty_le``, ``lam_tron``, ``neu_trong``, ``trong`` and the like over single fields.

    >>> excel_formula("tong(a, b) / 2", {"a": "B2", "b": "C2"}.get)
    'IF(OR(B2="",C2=""),"",SUM(B2,C2)/2)'
    """
    node = expression.node if isinstance(expression, Expression) else Expression(expression).node
    try:
        formula = _Formula(cell_of)
        return formula.guarded(formula.write(node))
    except _NoFormulaError:
        return None


class _NoFormulaError(Exception):
    """The expression has a part that a cell formula cannot have."""


@dataclass
class _Formula:
    """A formula being written, and the cells that must be filled for it to have a value."""

    cell_of: CellOf
    needed: list[str] = field(default_factory=list)

    def guarded(self, text: str) -> str:
        """Return the formula, blank as long as a needed cell is blank."""
        cells = list(dict.fromkeys(self.needed))
        if not cells:
            return text
        test = ",".join(f'{cell}=""' for cell in cells)
        return f'IF({f"OR({test})" if len(cells) > 1 else test},"",{text})'

    def part(self, node: nodes.Node) -> str:
        """Return a part with the guard of its own cells, for a branch that may not be taken."""
        inner = _Formula(self.cell_of)
        return inner.guarded(inner.write(node))

    def write(self, node: nodes.Node) -> str:
        names = chain(node)
        if names is not None:
            cell = self.cell_of(".".join(names))
            if cell is None:
                raise _NoFormulaError
            self.needed.append(cell)
            return cell
        for kind, write in _WRITERS.items():
            if isinstance(node, kind):
                return write(self, node)
        raise _NoFormulaError

    def const(self, node: nodes.Const) -> str:
        value = constant(node)
        if isinstance(value, str):
            return '"' + value.replace('"', '""') + '"'
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, (int, Decimal)):
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        return '""'

    def binary(self, node: nodes.BinExpr) -> str:
        return f"{self._operand(node.left)}{_SIGNS[type(node)]}{self._operand(node.right)}"

    def _operand(self, node: nodes.Node) -> str:
        text = self.write(node)
        return f"({text})" if isinstance(node, (nodes.BinExpr, nodes.Neg, nodes.Compare)) else text

    def negative(self, node: nodes.Neg) -> str:
        return f"-{self._operand(node.node)}"

    def logic(self, node: nodes.And | nodes.Or) -> str:
        name = "AND" if isinstance(node, nodes.And) else "OR"
        return f"{name}({self.write(node.left)},{self.write(node.right)})"

    def opposite(self, node: nodes.Not) -> str:
        return f"NOT({self.write(node.node)})"

    def compare(self, node: nodes.Compare) -> str:
        wanted = blank_test(node)
        if wanted is not None:
            return f'{self._unneeded(node.expr)}{"=" if wanted else "<>"}""'
        (operand, *more) = node.ops
        if more or operand.op not in _COMPARISONS:
            raise _NoFormulaError
        left, right = self._operand(node.expr), self._operand(operand.expr)
        return f"{left}{_COMPARISONS[operand.op]}{right}"

    def conditional(self, node: nodes.CondExpr) -> str:
        if node.expr2 is None:
            raise _NoFormulaError
        return f"IF({self.write(node.test)},{self.part(node.expr1)},{self.part(node.expr2)})"

    def blank(self, node: nodes.Test) -> str:
        return f'{self._unneeded(node.node)}=""'

    def _unneeded(self, node: nodes.Node) -> str:
        if chain(node) is None:
            raise _NoFormulaError
        return _Formula(self.cell_of).write(node)

    def call(self, node: nodes.Call | nodes.Filter) -> str:
        name, values = called(node)
        function = FUNCTIONS.get(name)
        if function is None or options_of(node):
            raise _NoFormulaError
        if function.name == "is_blank":
            return f'{self._unneeded(values[0])}=""'
        if function.name == "or_else":
            cell = self._unneeded(values[0])
            return f'IF({cell}="",{self.part(values[1])},{cell})'
        if function.name not in _FUNCTIONS:
            raise _NoFormulaError
        return _FUNCTIONS[function.name]([self.write(value) for value in values])


def _listed(name: str) -> Callable[[list[str]], str]:
    return lambda parts: f"{name}({','.join(parts)})"


def _rounded(text: str, parts: list[str], at: int) -> str:
    return f"ROUND({text},{parts[at]})" if len(parts) > at else text


_FUNCTIONS: Mapping[str, Callable[[list[str]], str]] = {
    "sum": _listed("SUM"),
    "mean": _listed("AVERAGE"),
    "min": _listed("MIN"),
    "max": _listed("MAX"),
    "abs": _listed("ABS"),
    "year": _listed("YEAR"),
    "days": lambda parts: f"(({parts[1]})-({parts[0]}))",
    "difference": lambda parts: f"(({parts[0]})-({parts[1]}))",
    "share": lambda parts: _rounded(f"(100*({parts[0]})/({parts[1]}))", parts, 2),
    "growth": lambda parts: _rounded(f"(100*(({parts[0]})-({parts[1]}))/({parts[1]}))", parts, 2),
    "round": lambda parts: f"ROUND({parts[0]},{parts[1] if len(parts) > 1 else 0})",
}
_SIGNS: Mapping[Any, str] = {nodes.Add: "+", nodes.Sub: "-", nodes.Mul: "*", nodes.Div: "/"}
_COMPARISONS = {"eq": "=", "ne": "<>", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}
_WRITERS: Mapping[Any, Callable[[_Formula, Any], str]] = {
    nodes.Const: _Formula.const,
    tuple(_SIGNS): _Formula.binary,
    nodes.Neg: _Formula.negative,
    nodes.Pos: lambda formula, node: formula.write(node.node),
    (nodes.And, nodes.Or): _Formula.logic,
    nodes.Not: _Formula.opposite,
    nodes.Compare: _Formula.compare,
    nodes.CondExpr: _Formula.conditional,
    nodes.Test: _Formula.blank,
    (nodes.Call, nodes.Filter): _Formula.call,
}
