"""Jinja as this product runs it: sandboxed, strict, and writing UTF-8 bytes.

One environment serves templates, derived values and file names. A bundle from another office
cannot reach Python's internals, files or the network (Jinja's immutable sandbox), a missing field
is an error (strict undefined), and nothing depends on chance or the clock. What one document may
cost is bounded: the rounds of its loops and calls of its macros, and the length of a text.

For speed the code Jinja generates is changed in three places, none of which a template can see:
static text is yielded as bytes, each value passes through one escaping function, and a dotted name
on a record looks up the key first instead of raising and catching an ``AttributeError``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import wraps
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.filters import FILTERS as DEFAULT_FILTERS
from jinja2.filters import make_attrgetter
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment
from jinja2.utils import missing, pass_context, pass_environment
from markupsafe import Markup

from generator.language.filters import FILTERS
from generator.language.wordml import Xml, captured_text, joined, plain_text, to_text
from generator.patterns import regex
from generator.vietnamese import TextFormError
from generator.vietnamese.numbers import parse_number, rounded

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


class TooMuchError(Exception):
    """A template would run, or grow, beyond anything a document needs."""


MOST_STEPS = 2_000_000  # a table of 50 000 rows with 20 cells each still passes
MOST_CHARACTERS = 5_000_000  # of a text that a template puts together: five thick books
_LETTERS = 20  # of a text that cost a step where a list of them is made
_CALL = 20  # steps that a call costs: it takes as long as some rounds of an empty loop
LONGEST = 100_000  # a number of repeats, a width


class _Budgeted(Context):
    """The variables of one document, and how many rounds and calls it has taken."""

    steps = 0

    def spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise TooMuchError("mẫu lặp quá nhiều lần")

    def derived(self, locals: dict[str, Any] | None = None) -> Context:
        made = super().derived(locals)
        made.spend = self.spend  # type: ignore[attr-defined] # the same purse
        return made


@pass_context
def _counted(context: _Budgeted, values: Any) -> Any:
    """Return what a loop runs over, its rounds paid for: at once where their number is known."""
    try:
        context.spend(len(values))
    except TypeError:
        return _paying(context, values)
    return values


def _paying(context: _Budgeted, values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        context.spend(1)
        yield value


def concat(pieces: Iterable[str]) -> str:
    """Return pieces as one text, as a captured block or a macro does.

    Raises:
        TooMuchError: they are longer than any document; told before the memory is taken.
    """
    whole = list(pieces)
    if sum(map(len, whole)) > MOST_CHARACTERS:
        raise TooMuchError("văn bản ghép quá dài")
    return "".join(whole)


def concatenated(values: Iterable[object]) -> str:
    """Return values joined by ``~``, each as a tag would print it."""
    return concat(joined([value]) for value in values)


class PaidCode(CodeGenerator):
    """Jinja's code generator, each loop paying for its rounds."""

    joiner = "environment.joined"

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """Write the template's code."""
        for loop in node.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, COUNTED, [], [], None, None, lineno=loop.lineno)
        super().visit_Template(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        """Write ``~``, its result measured before it is made."""
        self.write(f"{self.joiner}((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class ByteCode(PaidCode):
    """Jinja's code generator, yielding UTF-8 bytes at the top level of the template."""

    joiner = "_joined"  # each part as a tag would print it

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """Write the template's code, and what it calls, first."""
        self.writeline("from generator.language.sandbox import lookup as _lookup")
        self.writeline("from generator.language.sandbox import concatenated as _joined")
        self.writeline(
            "from generator.language.wordml import to_text as _text, to_text_bytes as _bytes"
        )
        self.writeline("from generator.language.wordml import plain_text as _plain")
        super().visit_Template(node, frame)

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802
        """Write what is printed: bytes at the top level, text where a block captures it."""
        # Macros and captured blocks gather text in a buffer; everything else is yielded.
        self._buffered = frame.buffer is not None
        super().visit_Output(node, frame)

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:  # noqa: N802
        """Write a block whose text goes through a filter."""
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
        """Write a dotted name: a record's own key before any method."""
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


class _TextCode(ByteCode):
    """The same for plain text, such as file names: nothing is escaped, pieces are ``str``."""

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        return repr("".join(map(str, group)))

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        return plain_text(node.as_const(frame.eval_ctx))

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("_plain(")


class Bounded(SandboxedEnvironment):
    """A sandbox in which no template runs or grows without end."""

    code_generator_class: type[CodeGenerator] = PaidCode
    context_class = _Budgeted
    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.filters |= {name: _sized(self.filters[name]) for name in _GROWING_FILTERS}
        self.filters |= _PAID_FILTERS
        self.filters[COUNTED] = _counted

    def call(self, context: Any, called: Any, *values: Any, **options: Any) -> Any:
        """Call a macro, or a method of a value."""
        context.spend(_CALL)
        return super().call(context, called, *values, **options)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether a template may use an attribute; none that pads a text without limit."""
        return attr not in UNBOUNDED and bool(super().is_safe_attribute(obj, attr, value))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Compute ``*``, ``**`` and ``%`` with results of a size a document can hold."""
        if not _bounded(operator, left, right):
            raise TooMuchError("kết quả phép tính quá lớn")
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Return ``str.format`` of a text without what would print beyond any document."""
        made = super().wrap_str_format(value)
        if made is None:
            return None

        @wraps(made)
        def formatted(*values: Any, **named: Any) -> str:
            text = value.__self__
            if _WIDE_FIELD.search(text) or not _fits(text.count("{"), (*values, *named.values())):
                raise TooMuchError("kết quả quá dài")
            return made(*values, **named)

        return formatted


class Sandbox(Bounded, ImmutableSandboxedEnvironment):
    """The one Jinja environment of forms.

    ``extra`` adds filters that only the compiler writes; ``text`` is for plain text, not XML.
    """

    def __init__(
        self, extra: Mapping[str, Callable[..., Any]] | None = None, *, text: bool = False
    ) -> None:
        super().__init__(autoescape=not text, undefined=MissingField, keep_trailing_newline=True)
        self.code_generator_class = _TextCode if text else ByteCode
        self.concat = concat  # type: ignore[method-assign]
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
        self.filters[COUNTED] = _counted

    def add_filter(self, name: str, function: Callable[[Any], Any]) -> None:
        """Add a filter that only the compiler writes: it gives paragraphs or runs."""
        self.filters[name] = function

    def handle_exception(self, source: str | None = None) -> Any:
        """Let the exception pass: its line leads to the tag, which Jinja's rewriting hides."""
        raise  # called inside an except clause of Jinja's


COUNTED = "vanban counted"  # no template can write a name with a space
# Methods whose result may be far longer than what they are given.
UNBOUNDED = ("ljust", "rjust", "center", "zfill", "expandtabs", "replace", "join", "translate")
_GROWING_FILTERS = ("batch", "center", "slice")


def _bounded(operator: str, left: Any, right: Any) -> bool:
    if operator == "+":
        sized = isinstance(left, _SIZED) and isinstance(right, _SIZED)
        return not sized or len(left) + len(right) <= MOST_CHARACTERS
    if operator == "**":
        return bool(abs(left) <= LONGEST and abs(right) <= 64)
    if operator == "%":
        return not isinstance(left, str) or _prints_within(left, right)
    for some, times in ((left, right), (right, left)):
        if isinstance(some, (str, list, tuple)) and isinstance(times, int):
            return len(some) * times <= LONGEST
    return True


_SIZED = (str, list, tuple)
_WIDE_MARK = regex(r"%[^a-zA-Z%]*(?:[0-9]{4}|[*])")
_WIDE_FIELD = regex(r"\{[^{}]*:[^{}]*(?:[0-9]{4}|\{)")


def _prints_within(text: str, given: Any) -> bool:
    """Return whether a text with ``%`` marks prints no more than a document can hold."""
    values = given.values() if isinstance(given, Mapping) else given
    values = values if isinstance(given, (Mapping, tuple)) else (given,)
    return _WIDE_MARK.search(text) is None and _fits(text.count("%"), values)


def _fits(marks: int, values: Iterable[Any]) -> bool:
    """Return whether values that may be printed at each of some marks fit into a document."""
    return marks < 2 or marks * max((len(str(v)) for v in values), default=0) <= MOST_CHARACTERS


def _sized(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter of Jinja's that refuses a width or a number of repeats beyond reason."""

    @wraps(function)
    def call(*values: Any, **options: Any) -> Any:
        for value in (*values, *options.values()):
            if isinstance(value, int) and value > LONGEST:
                raise TooMuchError("kết quả quá dài")
        return function(*values, **options)

    return call


@pass_context
def _map(context: _Budgeted, values: Any, *given: Any, **options: Any) -> Iterator[Any]:
    """Yield what Jinja's ``map`` makes, each text and list paid for by its length."""
    for made in DEFAULT_FILTERS["map"](context, values, *given, **options):
        if isinstance(made, _SIZED):
            context.spend(len(made) // _LETTERS if isinstance(made, str) else len(made))
        yield made


@pass_context
def _sum(
    context: _Budgeted, values: Any, attribute: str | int | None = None, start: Any = 0
) -> Any:
    """Return a sum; of lists, the copies that adding makes are paid for."""
    if attribute is not None:
        values = map(make_attrgetter(context.environment, attribute), values)
    return sum(_copied(context, values, start) if isinstance(start, _SIZED) else values, start)


def _copied(context: _Budgeted, lists: Iterable[Any], start: Any) -> Iterator[Any]:
    length = len(start)
    for each in lists:
        length += len(each)
        context.spend(length)
        yield each


def _format(value: Any, *given: Any, **named: Any) -> str:
    """Return a text whose ``%`` marks print values."""
    if not _prints_within(str(value), (*given, *named.values())):
        raise TooMuchError("kết quả quá dài")
    formatted: str = DEFAULT_FILTERS["format"](value, *given, **named)
    return formatted


def _indent(s: Any, width: int | str = 4, *given: Any, **options: Any) -> Any:
    """Return a text with its lines indented."""
    step = len(width) if isinstance(width, str) else width
    if (str(s).count("\n") + 1) * step > MOST_CHARACTERS:
        raise TooMuchError("kết quả quá dài")
    return DEFAULT_FILTERS["indent"](s, width, *given, **options)


@pass_environment
def _wordwrap(
    environment: Any, s: str, width: int = 79, break_long_words: bool = True,
    wrapstring: str | None = None, break_on_hyphens: bool = True,
) -> str:  # fmt: skip
    """Return a text broken into lines."""
    if len(s) * len(wrapstring or "") > MOST_CHARACTERS:
        raise TooMuchError("kết quả quá dài")
    wrapped: str = DEFAULT_FILTERS["wordwrap"](
        environment, s, width, break_long_words, wrapstring, break_on_hyphens
    )
    return wrapped


_PAID_FILTERS: Mapping[str, Callable[..., Any]] = {
    "format": _format, "indent": _indent, "map": _map, "sum": _sum, "wordwrap": _wordwrap,
}  # fmt: skip


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
    parts = [joined([value[attribute] if attribute else value]) for value in values]
    if len(d) * len(parts) > MOST_CHARACTERS:
        raise TooMuchError("văn bản ghép quá dài")
    return concat([d.join(parts)])


def _replace(value: Any, old: str, new: str, count: int = -1) -> str:
    text = joined([value])
    if text.count(old) * len(new) > MOST_CHARACTERS:
        raise TooMuchError("văn bản ghép quá dài")
    return text.replace(old, new, count)


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
    "replace": _replace,
    **{
        name: _text_first(name)
        for name in ("trim", "title", "capitalize", "lower", "truncate", "wordcount")
    },
}


def _unchanged(value: Any) -> Any:
    return value
