"""Expressions: Jinja's grammar, a list of what is allowed, compiled to closures.

An expression reads a record and computes; it can do nothing else. Only the kinds of syntax in the
tables below exist: no attributes of Python objects, no methods, no ranges, no powers, no loops.
So its cost is bounded by its own length (``LONGEST``) and by the lists it is given.

    (so_1 + so_2) * 100      arithmetic, exact
    a.b, hang.so             a field of a group; of a list: that field of each of its items
    tong(hang.so), x|so(1)   a function, or a text filter of the templates
    a <= b < c, not, and, or comparisons; over a blank they are blank themselves
    x if c else y, x is none
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from functools import partial
from typing import Any

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.parser import Parser

from generator.expressions.functions import FUNCTIONS, Function, call
from generator.expressions.values import (
    ExpressionError,
    Series,
    add,
    compare,
    divide,
    multiply,
    negate,
    show,
    subtract,
    tidy,
    truth,
)
from generator.language.filters import FILTERS
from generator.vietnamese import TextFormError
from generator.vietnamese.plain import plain

LONGEST = 2000  # characters of an expression
_MOST_NODES = 400
_MOST_LEVELS = 100
_MOST_WRITTEN = 10**15  # of a number in an expression
_MOST_TEXT = 100_000  # characters a text can be put together to
_MOST_OPTION = 1000  # the greatest number a text filter takes, as places or padding
Names = tuple[str, ...]
JsonPath = tuple[str | int, ...]
_ENVIRONMENT = Environment()


@dataclass(frozen=True, slots=True)
class Scope:
    """A group whose fields an expression may name, and where it stands in the record."""

    value: Mapping[str, Any]
    path: JsonPath = ()


@dataclass(slots=True)
class Run:
    """One record under evaluation: the scopes, innermost first, and lists looked at already."""

    scopes: tuple[Scope, ...]
    lists: dict[tuple[int, str], tuple[Any, Series]] = field(default_factory=dict)

    def within(self, *scopes: Scope) -> Run:
        """Return the same evaluation seen from other scopes."""
        return Run(scopes, self.lists)

    def name(self, name: str) -> Any:
        """Return the value of a name in the innermost scope that has it."""
        for scope in self.scopes:
            if name in scope.value:
                return scope.value[name]
        raise ExpressionError(f"không có trường “{name}”{nearest(name, self.known())}")

    def known(self) -> Iterator[str]:
        """Yield every name in reach."""
        for scope in self.scopes:
            yield from scope.value

    def member(self, value: Any, name: str) -> Any:
        """Return a field of a group; of a list, that field of each of its items."""
        if type(value) is dict and name in value:  # nearly always: told before the slower checks
            return value[name]
        if value is None:
            return None
        if isinstance(value, (list, tuple)):
            return self.column(value, name)
        if isinstance(value, Mapping):
            if name in value:
                return value[name]
            raise ExpressionError(f"không có trường “{name}”{nearest(name, value)}")
        raise ExpressionError(f"{show(value)} không phải là nhóm nên không có trường “{name}”")

    def column(self, values: Any, name: str) -> Series:
        """Return a field of each item of a list, the items of lists inside it one after another."""
        key = (id(values), name)
        if key not in self.lists:
            column: list[Any] = []
            for item in values:
                found = self.member(item, name)
                column.extend(found) if isinstance(found, (list, tuple)) else column.append(found)
            # The list itself is kept too: its id must not go to another one.
            self.lists[key] = (values, Series(column))
        return self.lists[key][1]

    def series(self, value: Any) -> Any:
        """Return a record's list as the functions take lists, anything else as it is."""
        if type(value) is not list:
            return value
        key = (id(value), "")
        if key not in self.lists:
            self.lists[key] = (value, Series(value))
        return self.lists[key][1]


def nearest(name: str, known: Any) -> str:
    """Return the question that offers the nearest name, empty where none is near."""
    near = get_close_matches(name, list(known), 1, 0.6)
    return f", có phải “{near[0]}”?" if near else ""


Compiled = Callable[[Run], Any]


class Expression:
    """One expression, read once and evaluated for any number of records."""

    __slots__ = ("_compiled", "node", "source")

    def __init__(self, source: str) -> None:
        """Read an expression.

        Raises:
            ExpressionError: it is too long, wrongly written, or uses what expressions have not.
        """
        self.source = source
        self.node = _parse(source)
        self._compiled = _compile(self.node)

    def __reduce__(self) -> tuple[type[Expression], tuple[str]]:
        return Expression, (self.source,)  # closures do not travel to worker processes

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"

    def evaluate(self, run: Run) -> Any:
        """Return the value for a record: exact, ``None`` where a blank makes it blank.

        Raises:
            ExpressionError: the values do not fit the expression.
        """
        return tidy_end(self.node, self._compiled(run))

    def references(self) -> tuple[Names, ...]:
        """Return the fields the expression names, each as the steps from its scope."""
        return tuple(dict.fromkeys(_references(self.node)))


def tidy_end(node: nodes.Expr, value: Any) -> Any:
    """Return an expression's value without idle zeros, unless it ends with a rounding."""
    return value if isinstance(node, (nodes.Call, nodes.Filter)) else tidy(value)


# ---------------------------------------------------------------- reading
def _parse(source: str) -> nodes.Expr:
    if len(source) > LONGEST:
        raise ExpressionError(f"biểu thức dài quá {LONGEST} ký tự")
    try:
        parser = Parser(_ENVIRONMENT, source, state="variable")
        node = parser.parse_expression()
        if not parser.stream.eos:
            raise ExpressionError(f"biểu thức thừa từ “{parser.stream.current.value}”")
        if not _is_small(node):
            raise ExpressionError("biểu thức có quá nhiều phép tính, tách ra thành nhiều trường")
    except (TemplateSyntaxError, ValueError, OverflowError) as error:
        if isinstance(error, ExpressionError):
            raise
        raise ExpressionError("biểu thức viết sai cú pháp") from error
    except RecursionError as error:
        raise ExpressionError("biểu thức lồng quá sâu") from error
    return node


def _is_small(node: nodes.Node) -> bool:
    """Return whether a tree has few nodes and few levels: what walks it recurses."""
    level, count = [node], 0
    for _ in range(_MOST_LEVELS):
        count += len(level)
        level = [child for parent in level for child in parent.iter_child_nodes()]
        if not level:
            return count <= _MOST_NODES
    return False


def chain(node: nodes.Node) -> Names | None:
    """Return the steps of ``a.b["c"]``, ``None`` for anything else."""
    if isinstance(node, nodes.Name):
        return (node.name,)
    step = _step(node)
    inner = chain(node.node) if step is not None else None  # type: ignore[attr-defined]
    return (*inner, step) if inner is not None and step is not None else None


def _step(node: nodes.Node) -> str | None:
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return node.arg.value if isinstance(node.arg.value, str) else None
    return None


def _references(node: nodes.Node) -> Iterator[Names]:
    names = chain(node)
    if names is not None:
        yield names
        return
    function = isinstance(node, nodes.Call)
    for child in node.iter_child_nodes(exclude=("node",) if function else None):
        yield from _references(child)


def called(node: nodes.Call | nodes.Filter) -> tuple[str, Sequence[nodes.Expr]]:
    """Return the function's name and its values; a filter's value stands before the bar."""
    if isinstance(node, nodes.Filter):
        if node.node is None:
            raise ExpressionError("biểu thức viết sai cú pháp")
        return node.name, [node.node, *node.args]
    if not isinstance(node.node, nodes.Name):
        raise ExpressionError("chỉ gọi được các hàm có tên, như tong(…)")
    return node.node.name, node.args


def options_of(node: nodes.Call | nodes.Filter) -> dict[str, nodes.Expr]:
    """Return the named values of a call."""
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise ExpressionError("không dùng dấu * khi gọi hàm")
    return {str(pair.key): pair.value for pair in node.kwargs if isinstance(pair, nodes.Keyword)}


# ---------------------------------------------------------------- compiling
ARITHMETIC: Mapping[type[nodes.Node], tuple[str, Callable[[Any, Any], Any]]] = {
    nodes.Add: ("+", add),
    nodes.Sub: ("−", subtract),
    nodes.Mul: ("×", multiply),
    nodes.Div: ("/", divide),
}


def _compile(node: nodes.Node) -> Compiled:
    """Return the function that computes a node.

    Raises:
        ExpressionError: a kind of syntax that expressions do not have.
    """
    for kind, compiler in _COMPILERS.items():
        if isinstance(node, kind):
            return compiler(node)
    raise ExpressionError(
        _REFUSED.get(type(node).__name__, "biểu thức dùng cú pháp không có ở đây")
    )


_REFUSED = {
    "Pow": "biểu thức không có phép lũy thừa",
    "FloorDiv": "biểu thức không có phép chia lấy phần nguyên; dùng lam_tron",
    "Mod": "biểu thức không có phép chia lấy dư",
    "Slice": "biểu thức không cắt được danh sách",
    "Dict": "biểu thức không tạo được nhóm trường",
}


def constant(node: nodes.Const) -> Any:
    """Return a number, text or truth written in an expression; 0.1 is exactly one tenth."""
    value: Any = node.value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ExpressionError("biểu thức có số quá lớn")
        value = tidy(Decimal(repr(value)))
    if isinstance(value, (int, Decimal)) and not -_MOST_WRITTEN < value < _MOST_WRITTEN:
        raise ExpressionError("biểu thức có số quá lớn")
    return value


def _const(node: nodes.Const) -> Compiled:
    value = constant(node)
    return lambda run: value


def _name(node: nodes.Name) -> Compiled:
    name = node.name
    return lambda run: run.series(run.name(name))


def _member(node: nodes.Getattr | nodes.Getitem) -> Compiled:
    step = _step(node)
    if step is None or chain(node) is None:
        raise ExpressionError("chỉ lấy được trường theo tên, của một trường có tên")
    inner = _compile(node.node)
    return lambda run: run.series(run.member(inner(run), step))


def _binary(node: nodes.BinExpr) -> Compiled:
    compute = ARITHMETIC[type(node)][1]
    left, right = _compile(node.left), _compile(node.right)
    return lambda run: compute(left(run), right(run))


def _negative(node: nodes.Neg) -> Compiled:
    inner = _compile(node.node)
    return lambda run: negate(inner(run))


def _and(node: nodes.And) -> Compiled:
    return partial(_decide, _compile(node.left), _compile(node.right), False)


def _or(node: nodes.Or) -> Compiled:
    return partial(_decide, _compile(node.left), _compile(node.right), True)


def _decide(left: Compiled, right: Compiled, deciding: bool, run: Run) -> bool | None:
    first = truth(left(run))
    return deciding if first is deciding else both(first, truth(right(run)), deciding)


def both(first: bool | None, second: bool | None, deciding: bool) -> bool | None:
    """Return ``and`` (``deciding`` false) or ``or`` (true) of two conditions, blanks included."""
    if deciding in (first, second):
        return deciding
    return None if None in (first, second) else not deciding


def _not(node: nodes.Not) -> Compiled:
    inner = _compile(node.node)
    return lambda run: opposite(truth(inner(run)))


def opposite(value: bool | None) -> bool | None:
    """Return the opposite of a condition, blank of a blank one."""
    return None if value is None else not value


def _conditional(node: nodes.CondExpr) -> Compiled:
    test, then = _compile(node.test), _compile(node.expr1)
    if node.expr2 is None:
        raise ExpressionError("phép if cần có else")
    otherwise = _compile(node.expr2)

    def choose(run: Run) -> Any:
        chosen = truth(test(run))
        return None if chosen is None else then(run) if chosen else otherwise(run)

    return choose


def blank_test(node: nodes.Compare) -> bool | None:
    """Return whether ``x == none`` is asked, false for ``x != none``, ``None`` for the others."""
    (first, *more) = node.ops
    asks = not more and isinstance(first.expr, nodes.Const) and first.expr.value is None
    return {"eq": True, "ne": False}.get(first.op) if asks else None


def _compare(node: nodes.Compare) -> Compiled:
    wanted = blank_test(node)
    first = _compile(node.expr)
    if wanted is not None:
        return lambda run: (first(run) is None) is wanted
    steps = [(operand.op, _compile(operand.expr)) for operand in node.ops]

    def holds(run: Run) -> bool | None:
        left, result = first(run), True
        for sign, compiled in steps:
            right = compiled(run)
            step = compare(sign, left, right)
            if step is False:
                return False
            result, left = result if step else None, right  # type: ignore[assignment]
        return result

    return holds


def _test(node: nodes.Test) -> Compiled:
    if node.name != "none":
        raise ExpressionError("sau “is” chỉ dùng được none")
    inner = _compile(node.node)
    return lambda run: inner(run) is None


def _list(node: nodes.List | nodes.Tuple) -> Compiled:
    items = [_compile(item) for item in node.items]
    return lambda run: Series(item(run) for item in items)


def _concat(node: nodes.Concat) -> Compiled:
    parts = [_compile(part) for part in node.nodes]
    return lambda run: concatenated([part(run) for part in parts])


def concatenated(parts: Sequence[Any]) -> str | None:
    """Return values put together as a text, blank where one is blank."""
    if None in parts:
        return None
    try:
        text = "".join(map(plain, parts))
    except TextFormError as error:
        raise ExpressionError(str(error)) from error
    if len(text) > _MOST_TEXT:
        raise ExpressionError(f"chữ ghép lại dài quá {_MOST_TEXT} ký tự")
    return text


def _call(node: nodes.Call | nodes.Filter) -> Compiled:
    name, values = called(node)
    compute = find_function(
        name, len(values), options_of(node), text=isinstance(node, nodes.Filter)
    )
    arguments = [_compile(value) for value in values]
    options = {key: _compile(value) for key, value in options_of(node).items()}
    return lambda run: compute(
        [argument(run) for argument in arguments],
        {key: option(run) for key, option in options.items()},
    )


def find_function(
    name: str, count: int, options: Mapping[str, Any], *, text: bool
) -> Callable[[Sequence[Any], Mapping[str, Any]], Any]:
    """Return a function by its name, ``text`` also a text filter of the templates.

    Raises:
        ExpressionError: no such function, or not with so many values.
    """
    if name in FUNCTIONS:
        _check_call(FUNCTIONS[name], name, count, options)
        return partial(call, FUNCTIONS[name])
    if text and name in FILTERS:
        return partial(_filtered, FILTERS[name])
    known = [*FUNCTIONS, *(FILTERS if text else ())]
    raise ExpressionError(f"không có hàm “{name}”{nearest(name, known)}")


def _check_call(function: Function, name: str, count: int, options: Mapping[str, Any]) -> None:
    wrong = next((key for key in options if key not in function.options), None)
    if wrong is not None:
        raise ExpressionError(f"hàm {name} không có tùy chọn “{wrong}”")
    if count < function.least or (function.most is not None and count > function.most):
        need = str(function.least) if function.least == function.most else f"từ {function.least}"
        if function.most is not None and function.most != function.least:
            need += f" đến {function.most}"
        raise ExpressionError(f"hàm {name} cần {need} giá trị, ở đây có {count}")


def _filtered(function: Callable[..., Any], values: Sequence[Any], options: Any) -> Any:
    for option in (*values[1:], *options.values()):
        if isinstance(option, int) and abs(option) > _MOST_OPTION:
            raise ExpressionError(f"bộ lọc không nhận số lớn hơn {_MOST_OPTION}")
    try:
        return function(*values, **options)
    except TextFormError as error:
        raise ExpressionError(str(error)) from error
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise ExpressionError(f"bộ lọc không dùng được với {show(values[0])}") from error


_COMPILERS: Mapping[Any, Callable[[Any], Compiled]] = {
    nodes.Const: _const,
    nodes.Name: _name,
    nodes.Getattr: _member,
    nodes.Getitem: _member,
    tuple(ARITHMETIC): _binary,
    nodes.Neg: _negative,
    nodes.Pos: lambda node: _compile(node.node),
    nodes.And: _and,
    nodes.Or: _or,
    nodes.Not: _not,
    nodes.CondExpr: _conditional,
    nodes.Compare: _compare,
    nodes.Test: _test,
    (nodes.List, nodes.Tuple): _list,
    nodes.Concat: _concat,
    (nodes.Call, nodes.Filter): _call,
}
