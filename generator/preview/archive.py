"""PDF for the archive: what a record system must know of a document, and the standards kept.

PDF/A-2a (ISO 19005-2, level A) keeps fonts, colours and structure; PDF/UA-1 (ISO 14289-1) lets
programs read it aloud. Typst checks both while it writes and refuses what would break them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A document's metadata. No clock is read: without a date, the day its file names counts."""

    title: str
    issuer: str = ""
    number: str = ""
    issued: date | None = None
    accessible: bool = True  # PDF/UA-1 too; without it, PDF/A-2a alone

    @property
    def standards(self) -> tuple[str, ...]:
        """The standards the file claims."""
        return ("a-2a", "ua-1") if self.accessible else ("a-2a",)
