"""Jinja as this product runs it: sandboxed, strict, and writing UTF-8 bytes.

One environment serves templates, derived values and file names. A bundle from another office
cannot reach Python's internals, files or the network (Jinja's immutable sandbox), a missing field
is an error (strict undefined), and nothing depends on chance or the clock.

For speed the code Jinja generates is changed in three places, none of which a template can see:
static text is yielded as bytes, each value passes through one escaping function, and a dotted name
on a record looks up the key first instead of raising and catching an ``AttributeError``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from generator.filters import FILTERS
from generator.wordml import plain_text, to_text

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
        self.writeline("from generator.wordml import plain_text as _plain")
        super().visit_Template(node, frame)

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802
        # Macros and captured blocks gather text in a buffer; everything else is yielded.
        self._buffered = frame.buffer is not None
        super().visit_Output(node, frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        self.write("_lookup(environment, ")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r})")

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
        self.filters |= extra or {}

    def handle_exception(self, source: str | None = None) -> Any:
        """Let the exception pass: its line leads to the tag, which Jinja's rewriting hides."""
        raise  # called inside an except clause of Jinja's


def _unchanged(value: Any) -> Any:
    return value
