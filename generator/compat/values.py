"""Values of a docxtpl context as XML: escaped once, nothing in them dropped without a word."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from html import unescape
from typing import Any

from jinja2 import Environment, Undefined
from markupsafe import Markup, escape

from generator.compat.bounds import CompatSandbox
from generator.language.wordml import ILLEGAL
from generator.template.tags import Delimiters

# What breaks a line, a paragraph or a page in a value travels as characters XML allows and nobody
# uses (Unicode's noncharacters) until the part is a tree.
BREAKS = {"\n": "\ufdd0", "\t": "\ufdd1", "\a": "\ufdd2", "\f": "\ufdd3"}
NEWLINE, TAB, PARAGRAPH, PAGE = BREAKS.values()
_TO_BREAKS = str.maketrans(BREAKS) | {ord("\r"): None}
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")


class LostTextWarning(UserWarning):
    """Something of a template or a value that cannot be in the document."""


def clean(text: str) -> str:
    """Return a text that XML can hold; characters no document can have are left out, and told."""
    if text.isprintable():
        return text
    text = text.translate(_TO_BREAKS)
    bad = ILLEGAL.search(text)
    if bad:
        warnings.warn(
            f"a value holds U+{ord(bad[0]):04X}, which no document can; left out: {text[:60]!r}",
            LostTextWarning,
            stacklevel=2,
        )
        text = ILLEGAL.sub("", text)
    return text


def written(value: Any, *, literal: bool) -> Any:
    """Return a value as a tag prints it.

    ``literal`` says that text is never escaped yet. Otherwise a text whose every ``&`` begins an
    entity, and that has no ``<``, was escaped by the program already and is not escaped again.
    """
    if isinstance(value, Undefined):
        return value
    carried = getattr(value, "__html__", None)
    if carried is not None:
        return Markup(clean(str(carried())))
    text = str(value)
    if not literal and "&" in text and "<" not in text and not _ENTITY.search(text):
        text = unescape(text)
    return Markup(clean(str(escape(text))))


def environment_for(given: Environment | None, *, literal: bool) -> Environment:
    """Return the environment that fills XML: a program's own, with our way of writing values.

    Without one it is Jinja's sandbox, within bounds.
    """
    base = given if given is not None else CompatSandbox()
    return _overlay(base, lambda value: written(value, literal=literal), autoescape=True)


def text_environment(given: Environment | None) -> Environment:
    """Return the environment that fills plain text: document properties, addresses."""
    return _overlay(given if given is not None else CompatSandbox(), None, autoescape=False)


def _overlay(
    base: Environment, finalize: Callable[..., Any] | None, *, autoescape: bool
) -> Environment:
    inner = base.finalize
    both: Callable[..., Any] | None = finalize
    if inner and finalize:

        def both(value: Any) -> Any:
            return finalize(inner(value))

    return base.overlay(
        block_start_string="{%",
        block_end_string="%}",
        variable_start_string="{{",
        variable_end_string="}}",
        comment_start_string="{#",
        comment_end_string="#}",
        line_statement_prefix=None,
        line_comment_prefix=None,
        trim_blocks=False,
        lstrip_blocks=False,
        keep_trailing_newline=True,
        finalize=both or inner,
        autoescape=autoescape,
    )


def delimiters_of(given: Environment | None) -> Delimiters:
    """Return the marks a program's environment puts around its tags."""
    if given is None:
        return Delimiters()
    return Delimiters(
        value=(given.variable_start_string, given.variable_end_string),
        statement=(given.block_start_string, given.block_end_string),
        comment=(given.comment_start_string, given.comment_end_string),
    )
