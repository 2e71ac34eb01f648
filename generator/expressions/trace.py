"""The arithmetic of an expression written out with the record's numbers.

A second evaluator, which walks the expression's tree and keeps, beside each value, how it is
written and which fields of the record it was taken from. It gives the same values as the compiled
one (a property that the tests check).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from generator.expressions.functions import FUNCTIONS
from generator.expressions.language import (
    ARITHMETIC,
    Expression,
    JsonPath,
    Names,
    Run,
    blank_test,
    both,
    called,
    chain,
    concatenated,
    constant,
    find_function,
    opposite,
    options_of,
    tidy_end,
)
from generator.expressions.values import (
    COMPARISONS,
    Series,
    compare,
    flat,
    is_short,
    negate,
    number,
    show,
    truth,
)

_MOST_TERMS = 12  # of a long sum
# How tightly a written form binds; a looser part inside a tighter whole needs brackets.
_OR, _AND, _COMPARE, _SUM, _PRODUCT, _WORD = 1, 2, 3, 4, 5, 9
_LEVELS: Mapping[str, int] = {"+": _SUM, "−": _SUM, "×": _PRODUCT, "/": _PRODUCT}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value of the record that entered the arithmetic."""

    path: JsonPath
    value: Any


@dataclass(frozen=True, slots=True)
class Traced:
    """A value, how it came about, and the fields it came from."""

    value: Any
    text: str
    level: int = _WORD
    leaves: tuple[Leaf, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether nothing was computed: the text is the value itself."""
        return self.text == show(self.value)

    def equation(self) -> str:
        """Return the arithmetic and its result: "20 + 27 = 47"."""
        if self.is_plain:
            return self.text
        return f"{self.text} {'=' if is_short(self.value) else '≈'} {show(self.value)}"


@dataclass(frozen=True, slots=True)
class Source:
    """How one value of a record came about: its arithmetic, and what entered it."""

    path: JsonPath
    title: str
    value: str
    text: str = ""  # "20 + 27 = 47"; empty for a value that stands in the data
    sources: tuple[Source, ...] = ()


@dataclass(slots=True)
class Comparison:
    """One comparison of a condition with both of its sides."""

    operator: str
    left: Traced
    right: Traced


@dataclass(slots=True)
class Tracer:
    """Evaluates one expression for one record, writing down what it does."""

    run: Run
    failed: list[Comparison] = field(default_factory=list)
    rounded: bool = False  # whether a share was rounded on the way, which its arithmetic hides

    def trace(self, expression: Expression) -> Traced:
        """Return the value of an expression with its arithmetic.

        Raises:
            ExpressionError: as :meth:`Expression.evaluate`.
        """
        traced = self._trace(expression.node)
        value = tidy_end(expression.node, traced.value)
        return Traced(value, traced.text, traced.level, traced.leaves)

    def _trace(self, node: nodes.Node) -> Traced:
        names = chain(node)
        if names is not None:
            return self._field(names)
        return next(write for kind, write in _WRITERS.items() if isinstance(node, kind))(self, node)

    def _field(self, names: Names) -> Traced:
        scope = next((scope for scope in self.run.scopes if names[0] in scope.value), None)
        value = self.run.name(names[0])
        path: JsonPath = (*scope.path, names[0]) if scope else (names[0],)
        leaves = tuple(_leaves(value, path, names[1:]))
        for name in names[1:]:
            value = self.run.member(value, name)
        value = self.run.series(value)
        return Traced(value, show(value), _WORD, leaves)

    def _const(self, node: nodes.Const) -> Traced:
        value = constant(node)
        return Traced(value, show(value))

    def _binary(self, node: nodes.BinExpr) -> Traced:
        sign, compute = ARITHMETIC[type(node)]
        left, right = self._trace(node.left), self._trace(node.right)
        level = _LEVELS[sign]
        # a − (b + c) and a / (b × c) need their brackets, a + (b + c) does not
        tight = level + (sign in "−/")
        text = f"{_within(left, level)} {sign} {_bracketed(_within(right, tight))}"
        return Traced(compute(left.value, right.value), text, level, left.leaves + right.leaves)

    def _negative(self, node: nodes.Neg) -> Traced:
        inner = self._trace(node.node)
        return Traced(negate(inner.value), f"−{_within(inner, _WORD)}", _SUM, inner.leaves)

    def _and(self, node: nodes.And) -> Traced:
        return self._decide(node, False, "và", _AND)

    def _or(self, node: nodes.Or) -> Traced:
        return self._decide(node, True, "hoặc", _OR)

    def _decide(self, node: nodes.BinExpr, deciding: bool, word: str, level: int) -> Traced:
        left = self._trace(node.left)
        first = truth(left.value)
        if first is deciding:
            return left
        right = self._trace(node.right)
        text = f"{_within(left, level)} {word} {_within(right, level)}"
        value = both(first, truth(right.value), deciding)
        return Traced(value, text, level, left.leaves + right.leaves)

    def _not(self, node: nodes.Not) -> Traced:
        inner = self._trace(node.node)
        value = opposite(truth(inner.value))
        return Traced(value, f"không ({inner.text})", _WORD, inner.leaves)

    def _conditional(self, node: nodes.CondExpr) -> Traced:
        test = self._trace(node.test)
        chosen = truth(test.value)
        if chosen is None or node.expr2 is None:
            return Traced(None, show(None), _WORD, test.leaves)
        branch = self._trace(node.expr1 if chosen else node.expr2)
        return Traced(branch.value, branch.text, branch.level, branch.leaves + test.leaves)

    def _compare(self, node: nodes.Compare) -> Traced:
        left = self._trace(node.expr)
        wanted = blank_test(node)
        if wanted is not None:
            text = f"{left.text} {'đang' if wanted else 'không'} trống"
            return Traced((left.value is None) is wanted, text, _COMPARE, left.leaves)
        text, leaves = _within(left, _SUM), left.leaves
        result: bool | None = True
        for operand in node.ops:
            right = self._trace(operand.expr)
            text += f" {COMPARISONS[operand.op][0]} {_within(right, _SUM)}"
            leaves += right.leaves
            step = compare(operand.op, left.value, right.value)
            if step is False:
                self.failed.append(Comparison(operand.op, left, right))
                return Traced(False, text, _COMPARE, leaves)
            result, left = result if step else None, right
        return Traced(result, text, _COMPARE, leaves)

    def _test(self, node: nodes.Test) -> Traced:
        inner = self._trace(node.node)
        return Traced(inner.value is None, f"{inner.text} đang trống", _COMPARE, inner.leaves)

    def _list(self, node: nodes.List | nodes.Tuple) -> Traced:
        items = [self._trace(item) for item in node.items]
        values = Series(item.value for item in items)
        leaves = tuple(leaf for item in items for leaf in item.leaves)
        return Traced(values, show(values), _WORD, leaves)

    def _concat(self, node: nodes.Concat) -> Traced:
        parts = [self._trace(part) for part in node.nodes]
        value = concatenated([part.value for part in parts])
        return Traced(value, show(value), _WORD, tuple(leaf for p in parts for leaf in p.leaves))

    def _call(self, node: nodes.Call | nodes.Filter) -> Traced:
        name, arguments = called(node)
        named = options_of(node)
        compute = find_function(name, len(arguments), named, text=isinstance(node, nodes.Filter))
        values = [self._trace(argument) for argument in arguments]
        options = {key: self._trace(option).value for key, option in named.items()}
        value = compute([traced.value for traced in values], options)
        leaves = tuple(leaf for traced in values for leaf in traced.leaves)
        if name in _SHARES and len(values) == 3 and value is not None:
            exact = FUNCTIONS[name].call(values[0].value, values[1].value)
            self.rounded = self.rounded or exact != value
        text, level = _written(name, values, value)
        return Traced(value, text, level, leaves)


_WRITERS: Mapping[Any, Callable[[Tracer, Any], Traced]] = {
    nodes.Const: Tracer._const,
    tuple(ARITHMETIC): Tracer._binary,
    nodes.Neg: Tracer._negative,
    nodes.Pos: lambda tracer, node: tracer._trace(node.node),
    nodes.And: Tracer._and,
    nodes.Or: Tracer._or,
    nodes.Not: Tracer._not,
    nodes.CondExpr: Tracer._conditional,
    nodes.Compare: Tracer._compare,
    nodes.Test: Tracer._test,
    (nodes.List, nodes.Tuple): Tracer._list,
    nodes.Concat: Tracer._concat,
    (nodes.Call, nodes.Filter): Tracer._call,
}


_SHARES = ("share", "ty_le", "growth", "so_sanh_ty_le")


def _leaves(value: Any, path: JsonPath, names: Names) -> Iterator[Leaf]:
    """Yield each value that the rest of a name leads to, with its own path."""
    if isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index), names)
    elif names and isinstance(value, Mapping):
        yield from _leaves(value.get(names[0]), (*path, names[0]), names[1:])
    elif not isinstance(value, Mapping):
        yield Leaf(path, value)


def _bracketed(text: str) -> str:
    """Return the right side of a sign, which no other sign may follow: 48 + (−20)."""
    return f"({text})" if text.startswith("−") else text


def _within(traced: Traced, level: int) -> str:
    negative = level > _SUM and traced.text.startswith("−")
    return f"({traced.text})" if traced.level < level or negative else traced.text


def _written(name: str, values: Sequence[Traced], result: Any) -> tuple[str, int]:
    """Return how a call is written, and how tightly that binds."""
    function = FUNCTIONS.get(name)
    if function is None or function.name in _SELF_EVIDENT:  # a text filter: what it prints
        return show(result), _WORD
    if function.written is None:
        return f"{function.alias}({'; '.join(_short(value) for value in values)})", _WORD
    if function.name == "sum":
        return _sum(values)
    inner = function.level + (function.level == _SUM and function.name != "or_else")
    return function.written([_within(value, inner) for value in values]), _level(name, values)


_SELF_EVIDENT = ("count", "min", "max")


def _level(name: str, values: Sequence[Traced]) -> int:
    function = FUNCTIONS[name]
    return values[0].level if function.name == "or_else" else function.level


def _sum(values: Sequence[Traced]) -> tuple[str, int]:
    terms = [
        text
        for traced in values
        for text in (
            map(_signed, flat([traced.value]))
            if isinstance(traced.value, (tuple, list))
            else [_within(traced, _SUM)]
        )
    ]
    if len(terms) > _MOST_TERMS:
        terms = [*terms[:_MOST_TERMS], f"… ({len(terms)} số)"]
    return " + ".join(terms) or "0", _SUM if len(terms) > 1 else _WORD


def _signed(value: Any) -> str:
    return f"({show(value)})" if value is not None and number(value) < 0 else show(value)


def _short(traced: Traced) -> str:
    return f"{len(traced.value)} mục" if isinstance(traced.value, (tuple, list)) else traced.text
