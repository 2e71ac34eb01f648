"""What can go wrong, told to the person who can mend it.

    GeneratorError    exit code
      UsageError      2       wrong use: unknown form, missing file, folder that cannot be written
      DataError       3       the data: broken JSON, missing field, two units with one file name
      BundleError     4       the form folder: no manifest, invalid schema
        TemplateError 4       the template: a tag that does not parse, a loop without its end
      ToolError       5       a needed program or font is missing

Every error carries all the problems found at once, each with its place and a remedy. The command
line prints them and exits with ``exit_code``; any other exception is a fault of this program.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing the user can mend, and where.

    ``file`` is spelled as the user typed it; ``at`` is the place in it: ``dòng 12, $.nguoi_ky``
    for data, ``đoạn 2, thẻ {{ so }}`` for a template. ``message`` is one Vietnamese sentence
    without program words, ``hint`` says what to do next, ``clause`` names the clause at stake.
    """

    message: str
    file: str = ""
    at: str = ""
    hint: str = ""
    clause: str = ""

    def __str__(self) -> str:
        """Return the problem as the command line prints it, the hint on a line of its own."""
        first = ": ".join(part for part in (self.file, self.at, self.message) if part)
        if self.clause:
            first += f" ({self.clause})"
        return "\n  gợi ý: ".join(map(_visible, filter(None, (first, self.hint))))


def _visible(text: str) -> str:
    """Return text on one line, without characters a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


class GeneratorError(Exception):
    """Base of every error a user can cause and mend; carries ``problems`` and an ``exit_code``."""

    exit_code: ClassVar[int] = 70

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[GeneratorError], tuple[tuple[Problem, ...], ...]]:
        # Errors travel from worker processes: rebuild from the problems, not from the text.
        return type(self), (self.problems,)


class UsageError(GeneratorError):
    """The command was used wrongly: unknown form, missing file, a folder that cannot be written."""

    exit_code = 2


class DataError(GeneratorError):
    """The data file cannot be used as it is; ``warnings`` are what else to look at in it."""

    exit_code = 3

    def __init__(
        self, problems: Problem | Iterable[Problem], warnings: Iterable[Problem] = ()
    ) -> None:
        super().__init__(problems)
        self.warnings: tuple[Problem, ...] = tuple(warnings)

    def __reduce__(self) -> tuple[type[GeneratorError], tuple[tuple[Problem, ...], ...]]:
        return type(self), (self.problems, self.warnings)


class BundleError(GeneratorError):
    """The form folder is incomplete or contradicts itself."""

    exit_code = 4


class TemplateError(BundleError):
    """The template has a tag that cannot be processed, or one that fails on this record."""


class ToolError(GeneratorError):
    """A program or font that the operation needs is not installed."""

    exit_code = 5
