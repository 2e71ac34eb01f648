"""PDF for the archive: what a record system must know of a document, and the standards kept.

PDF/A-2a (ISO 19005-2, level A) keeps fonts, colours and structure; PDF/UA-1 (ISO 14289-1) lets
programs read it aloud. Typst checks both while it writes and refuses what would break them;
LibreOffice writes PDF/A-2b and PDF/UA-1.
"""

from __future__ import annotations

import io
import struct
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


_UNDATED = date(1980, 1, 1)
_PROFILE_MADE = struct.pack(">6H", 1980, 1, 1, 0, 0, 0)
_OF_THE_MINUTE = ("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate")


def described(pdf: bytes, about: Archive) -> bytes:
    """Return LibreOffice's PDF for the archive with a record's metadata: same bytes each time.

    The minute of its making is replaced by the day of the document.
    """
    import pikepdf  # a seventh of a second, for the few that LibreOffice draws

    day = about.issued or _UNDATED
    with pikepdf.open(io.BytesIO(pdf)) as document:
        with document.open_metadata(set_pikepdf_as_editor=False) as meta:
            for name in _OF_THE_MINUTE:
                if name in meta:
                    meta[name] = f"{day.isoformat()}T00:00:00Z"
            meta["dc:date"] = [f"{day.isoformat()}T00:00:00Z"]
            meta["dc:title"] = about.title
            if about.issuer:
                meta["dc:creator"] = [about.issuer]
            if about.number:
                meta["pdf:Keywords"] = about.number
                meta["dc:description"] = f"Số, ký hiệu: {about.number}"
        for name in ("/CreationDate", "/ModDate"):
            if name in document.docinfo:
                document.docinfo[name] = f"D:{day:%Y%m%d}000000Z"
        for name in ("/DocChecksum", "/ID"):  # made of the time; a new one is of the content
            if name in document.trailer:
                del document.trailer[name]
        for intent in document.Root.get("/OutputIntents", ()):
            profile = intent.DestOutputProfile
            data = profile.read_bytes()  # bytes 24 to 35 of a colour profile: when it was made
            profile.write(data[:24] + _PROFILE_MADE + data[36:])
        written = io.BytesIO()
        document.save(written, deterministic_id=True)
    return written.getvalue()
