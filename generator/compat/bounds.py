"""The sandbox of templates whose program brings no environment: docxtpl's Jinja, within bounds.

Loops, calls and texts that grow are paid for as in the package's own forms; a template without end
is stopped with a ``SecurityError``. A program's own environment is its own affair.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jinja2.filters import do_join, do_replace, do_tojson
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import generate_lorem_ipsum, pass_eval_context
from markupsafe import Markup

from generator.language.sandbox import LONGEST, UNBOUNDED, Bounded, TooMuchError
from generator.ooxml import MAX_PART_BYTES

_WORD = 20  # letters, more than any word of it has
_DEEPEST = 100  # blanks that a level of JSON is indented by


def _within(length: int) -> None:
    if length > MAX_PART_BYTES:
        raise TooMuchError("văn bản ghép quá dài")


class CompatSandbox(Bounded):
    """Jinja's sandbox as docxtpl's templates know it: every method of a text is there."""

    def __init__(self) -> None:
        super().__init__()
        self.filters |= {"join": _join, "replace": _replace, "tojson": _tojson}
        self.globals["lipsum"] = _lipsum

    @staticmethod
    def concat(pieces: Iterable[str]) -> str:
        """Return a part, or what a block captured, as one text."""
        whole, length = [], 0
        for piece in pieces:
            whole.append(piece)
            length += len(piece)
            _within(length)
        return "".join(whole)

    def joined(self, values: Iterable[Any]) -> str:
        """Return values put together by ``~``, as Jinja does."""
        texts = [value if isinstance(value, str) else str(value) for value in values]
        _within(sum(map(len, texts)))
        if any(hasattr(text, "__html__") for text in texts):
            return Markup("").join(texts)
        return "".join(texts)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether a template may use an attribute."""
        return SandboxedEnvironment.is_safe_attribute(self, obj, attr, value)

    def call(self, context: Any, called: Any, *values: Any, **options: Any) -> Any:
        """Call a macro or a method; one that makes a long text is measured first."""
        text, name = getattr(called, "__self__", None), getattr(called, "__name__", "")
        if isinstance(text, str) and name in UNBOUNDED:
            if name == "join":
                values = tuple(map(list, values))  # what comes one by one is counted first
            _measure(text, name, values)
        return super().call(context, called, *values, **options)


def _measure(text: str, name: str, values: tuple[Any, ...]) -> None:
    if any(isinstance(value, int) and value > LONGEST for value in values):
        raise TooMuchError("kết quả quá dài")
    if name == "replace" and len(values) > 1 and all(isinstance(v, str) for v in values[:2]):
        _within(len(text) + text.count(values[0]) * len(values[1]))
    elif name == "join" and values:
        _within(len(text) * len(values[0]) + sum(len(v) for v in values[0] if isinstance(v, str)))
    elif name == "translate" and values and isinstance(values[0], Mapping):
        _within(len(text) * max(map(_length, values[0].values()), default=1))
    elif name == "expandtabs":
        _within(len(text) + text.count("\t") * max(values, default=8))


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str) else 1


def _lipsum(n: int = 5, html: bool = True, min: int = 20, max: int = 100) -> str:
    """Return some text without a meaning, as Jinja's ``lipsum`` does."""
    _within(n * max * _WORD)
    return generate_lorem_ipsum(n, html, min, max)


@pass_eval_context
def _tojson(eval_ctx: Any, value: Any, indent: int | None = None) -> Markup:
    if (indent or 0) > _DEEPEST:
        raise TooMuchError("kết quả quá dài")
    return do_tojson(eval_ctx, value, indent)


@pass_eval_context
def _join(eval_ctx: Any, value: Any, d: str = "", attribute: Any = None) -> Any:
    values = list(value)
    _within(len(d) * len(values) + sum(len(each) for each in values if isinstance(each, str)))
    return do_join(eval_ctx, values, d, attribute)


@pass_eval_context
def _replace(eval_ctx: Any, s: str, old: str, new: str, count: int | None = None) -> Any:
    _within(len(str(s)) + str(s).count(str(old)) * len(str(new)))
    return do_replace(eval_ctx, s, old, new, count)
