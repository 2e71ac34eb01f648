"""Jinja as this product runs it: sandboxed, strict, and writing UTF-8 bytes.

One environment serves templates, derived values and file names. A bundle from another office
cannot reach Python's internals, files or the network (Jinja's immutable sandbox), a missing field
is an error (strict undefined), and nothing depends on chance or the clock.

For speed the code Jinja generates is changed in three places, none of which a template can see:
static text is yielded as bytes, each value passes through one escaping function, and a dotted name
on a record looks up the key first instead of raising and catching an ``AttributeError``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import wraps
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS as DEFAULT_FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup

from generator.filters import FILTERS
from generator.vietnamese import TextFormError
from generator.vietnamese.numbers import parse_number, rounded
from generator.wordml import Xml, captured_text, joined, plain_text, to_text

# Random or HTML forms have no place in an official document; `safe` would let data write XML.
_DROPPED_FILTERS = ("random", "safe", "tojson", "urlize", "xmlattr", "pprint", "filesizeformat")
_DROPPED_GLOBALS = ("lipsum",)


class MissingField(StrictUndefined):
    """A name the record does not have; using it in any way is an error that names it."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return f"biểu thức không được phép: {self._undefined_name}"
        if self._undefined_obj is missing:
            return f"không có trường “{self._undefined_name}”"
        if self._undefined_obj is None:
            return f"không lấy được “{self._undefined_name}” vì nhóm chứa nó đang để trống"
        return f"không có trường “{self._undefined_name}” trong nhóm đang xét"


def lookup(environment: Sandbox, value: Any, name: str) -> Any:
    """Return ``value.name`` as a template means it: a record's own key before any method."""
    if type(value) is dict:
        try:
            return value[name]
        except KeyError:
            pass
    return environment.getattr(value, name)


class _ByteCode(CodeGenerator):
    """Jinja's code generator, yielding UTF-8 bytes at the top level of the template."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        self.writeline("from generator.sandbox import lookup as _lookup")
        self.writeline("from generator.wordml import to_text as _text, to_text_bytes as _bytes")
        self.writeline("from generator.wordml import joined as _joined, plain_text as _plain")
        super().visit_Template(node, frame)

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802
        # Macros and captured blocks gather text in a buffer; everything else is yielded.
        self._buffered = frame.buffer is not None
        super().visit_Output(node, frame)

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:  # noqa: N802
        inner = frame.inner()
        inner.symbols.analyze_node(node)
        self.enter_frame(inner)
        self.buffer(inner)
        self.blockvisit(node.body, inner)
        self.start_write(frame, node)
        self.write("_text(")  # the filter gave plain text, whatever it got
        self.visit_Filter(node.filter, inner)
        self.write(")")
        self.end_write(frame)
        self.leave_frame(inner)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        self.write("_lookup(environment, ")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r})")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        self.write("_joined((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        text = "".join(map(str, group))
        return repr(text if self._buffered else text.encode())

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        const = node.as_const(frame.eval_ctx)
        return str(const) if isinstance(node, nodes.TemplateData) else to_text(const)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("_text(" if self._buffered else "_bytes(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")")


class _TextCode(_ByteCode):
    """The same for plain text, such as file names: nothing is escaped, pieces are ``str``."""

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        return repr("".join(map(str, group)))

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        return plain_text(node.as_const(frame.eval_ctx))

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("_plain(")


class Sandbox(ImmutableSandboxedEnvironment):
    """The one Jinja environment.

    ``extra`` adds filters that only the compiler writes; ``text`` is for plain text, not XML.
    """

    def __init__(
        self, extra: Mapping[str, Callable[..., Any]] | None = None, *, text: bool = False
    ) -> None:
        super().__init__(autoescape=not text, undefined=MissingField, keep_trailing_newline=True)
        self.code_generator_class = _TextCode if text else _ByteCode
        for name in _DROPPED_FILTERS:
            del self.filters[name]
        for name in _DROPPED_GLOBALS:
            del self.globals[name]
        # Values are escaped once, when they are written: escaping by hand must not do it twice.
        self.filters |= dict.fromkeys(("e", "escape", "forceescape"), _unchanged)
        self.filters |= FILTERS
        self.filters |= _PLAIN_FILTERS
        self.filters = {name: _of_text(function) for name, function in self.filters.items()}
        self.filters |= extra or {}

    def handle_exception(self, source: str | None = None) -> Any:
        """Let the exception pass: its line leads to the tag, which Jinja's rewriting hides."""
        raise  # called inside an except clause of Jinja's

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether a template may use an attribute; none that pads a text without limit."""
        return attr not in _UNBOUNDED and bool(super().is_safe_attribute(obj, attr, value))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Compute ``*``, ``**`` and ``%`` with results of a size a document can hold."""
        if not _bounded(operator, left, right):
            raise SecurityError("kết quả phép tính quá lớn")
        return super().call_binop(context, operator, left, right)

    intercepted_binops = frozenset(("*", "**", "%"))


_UNBOUNDED = ("ljust", "rjust", "center", "zfill", "expandtabs")
_LONGEST = 100_000


def _bounded(operator: str, left: Any, right: Any) -> bool:
    if operator == "**":
        return bool(abs(left) <= _LONGEST and abs(right) <= 64)
    if operator == "%":
        return not isinstance(left, str) or re.search(r"%[^a-zA-Z%]*(?:[0-9]{4}|[*])", left) is None
    for some, times in ((left, right), (right, left)):
        if isinstance(some, (str, list, tuple)) and isinstance(times, int):
            return len(some) * times <= _LONGEST
    return True


def _of_text(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that gets what a macro captured as the plain text it is."""
    at = 1 if hasattr(function, "jinja_pass_arg") else 0

    @wraps(function)
    def call(*values: Any, **options: Any) -> Any:
        if len(values) > at and isinstance(values[at], Markup) and type(values[at]) is not Xml:
            values = (*values[:at], captured_text(values[at]), *values[at + 1 :])
        return function(*values, **options)

    return call


def _join(values: Iterable[Any], d: str = "", attribute: str | None = None) -> str:
    parts = [value[attribute] if attribute else value for value in values]
    return d.join(joined([part]) for part in parts)


def _round(value: Any, precision: int = 0, method: str = "common") -> Any:
    if method != "common":
        raise TextFormError(f"cách làm tròn “{method}” không dùng được")
    return rounded(parse_number(value), precision)


def _text_first(name: str) -> Callable[..., Any]:
    """Return a filter of Jinja's over what the value prints, instead of Python's spelling of it."""
    original = DEFAULT_FILTERS[name]
    at = 1 if hasattr(original, "jinja_pass_arg") else 0

    @wraps(original)
    def call(*values: Any, **options: Any) -> Any:
        return original(*values[:at], joined([values[at]]), *values[at + 1 :], **options)

    return call


# Jinja's own filters that would print Python's spelling of a value ("None", "12.5").
_PLAIN_FILTERS: dict[str, Callable[..., Any]] = {
    "join": _join,
    "string": lambda value: joined([value]),
    "int": lambda value: int(parse_number(value)),
    "float": lambda value: Decimal(parse_number(value)),
    "round": _round,
    **{
        name: _text_first(name)
        for name in ("trim", "title", "capitalize", "lower", "replace", "truncate", "wordcount")
    },
}


def _unchanged(value: Any) -> Any:
    return value
