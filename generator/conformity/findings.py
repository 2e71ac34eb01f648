"""What a check finds: a fault, its clause, its places, and what the document should have."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from generator.conformity.document import Paragraph


class Severity(Enum):
    """How much a finding weighs; the value is its name in reports for programs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def word(self) -> str:
        """The name a clerk reads."""
        return {"error": "lỗi", "warning": "cảnh báo", "note": "lưu ý"}[self.value]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is: a paragraph, or a section's page where ``paragraph`` is ``None``.

    ``words`` are quoted from the document; ``start`` and ``end`` bound them in the paragraph's
    text, so that a mend or a comment meets exactly them.
    """

    paragraph: Paragraph | None = None
    words: str = ""
    start: int = 0
    end: int = 0
    section: int | None = None

    @property
    def part(self) -> str:
        """The part of the package, ``word/document.xml`` for the pages themselves."""
        return self.paragraph.part if self.paragraph else "word/document.xml"

    def __str__(self) -> str:
        """Return the place as a clerk reads it.

        >>> str(Place(section=0))
        'phần trang 1'
        """
        if self.paragraph is None:
            return "cả văn bản" if self.section is None else f"phần trang {self.section + 1}"
        page = f"trang {self.paragraph.page}, " if self.paragraph.page else ""
        return f"{page}{self.paragraph.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault, at one place or the same fault at several.

    ``id`` is the rule's name (``so_ky_hieu.so_khong``), ``component`` the key of the part of the
    document at fault. ``wanted`` is the right value for a program that mends it: a number, a
    text, a bool, for a drawn line its length and its drawing; ``None`` where only a person can
    tell.
    """

    id: str
    component: str
    severity: Severity
    clause: str
    message: str
    expected: str = ""
    found: str = ""
    remedy: str = ""
    places: tuple[Place, ...] = ()
    wanted: Any = field(default=None, compare=False)

    @property
    def place(self) -> Place:
        """The first place."""
        return self.places[0] if self.places else Place()
