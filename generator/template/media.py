"""Pictures, QR codes and links from data: what a tag prints, and what the package needs for it.

A template writes ``{{ anh|hinh(60) }}``, ``{{ ma|qr(25) }}`` or ``{{ trang|lien_ket("chữ") }}``.
While a document is filled, its parts and relationships gather in an :class:`Attachments`, named in
the order of use: same record, same bytes. Data gives pixels, letters and an http(s) or mail
address; it cannot give XML, a field or a file's path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Undefined
from jinja2.utils import missing, pass_context

from generator.body import Span
from generator.images import Image, decode_image, read_image
from generator.language.wordml import Looks, Xml, escape, plain_text, runs_xml, text_xml
from generator.ooxml import NAMESPACES, rels_name
from generator.patterns import regex
from generator.units import mm_to_emu
from generator.vietnamese import TextFormError, shown

ATTACHMENTS = "_kem_theo"  # the variable under which templates' filters find the document's own
_DPI = 96  # of a picture whose size in millimetres nobody says
_WIDEST_MM, _LARGEST_MM = 165, 1000  # the text width of a page; more than any sheet
_MOST_BYTES = 48_000_000  # of all pictures of a document: mail servers refuse more
_MOST_LETTERS_OF_QR = 1_000
# Rounds of a loop that a QR code, or a thousand letters of base64, take the time of.
_STEPS_OF_QR, _STEPS_OF_TEXT = 2_000, 2
_LONGEST_ADDRESS = 2_048
_FIRST_ID = 200_001  # above the template's own drawings, and those that a loop repeats


# ---------------------------------------------------------------- what filters hand to tags
class Rich(str):
    """A value that is more than its letters: a tag of its own prints it."""

    __slots__ = ("xml",)
    xml: Callable[[str, str], str]

    def __new__(cls, words: str, xml: Callable[[str, str], str]) -> Rich:
        """Return a value that reads as ``words``; ``xml(looks, link_looks)`` is what it prints."""
        made = super().__new__(cls, words)
        made.xml = xml
        return made


def rich_xml(value: object, looks: Looks, link_looks: str) -> Xml:
    """Return what a tag with one of these filters prints, as runs with the tag's own looks."""
    if isinstance(value, Rich):
        return Xml(value.xml(looks[False, False, False], link_looks))
    return Xml(runs_xml([Span(plain_text(value))], looks))


class Attachments:
    """What one document carries beside its template: pictures, and addresses of links.

    ``prefix`` begins the names of what is added; the template has none like it. The methods are
    the package's own: templates, which hold this object too, cannot name what begins with ``_``.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._part = ""
        self._media: dict[bytes, str] = {}  # a picture's bytes -> its name in the package
        self._relations: dict[str, dict[str, str]] = {}
        self._drawings = 0

    def _enter(self, part: str) -> None:
        """Take what follows as belonging to a part."""
        self._part = part

    def _picture(self, image: Image) -> str:
        """Return the id of a picture's relationship; the same picture lies in the file once."""
        if image.data not in self._media:
            if sum(map(len, self._media)) + len(image.data) > _MOST_BYTES:
                raise TextFormError(
                    f"các ảnh của văn bản quá lớn, tổng cộng nhiều nhất {_MOST_BYTES // 10**6} MB"
                )
            name = f"word/media/{self._prefix}{len(self._media) + 1}.{image.kind}"
            self._media[image.data] = name
        return self._relation(f'Type="{NAMESPACES["r"]}/image" Target="/{self._media[image.data]}"')

    def _link(self, address: str) -> str:
        return self._relation(
            f'Type="{NAMESPACES["r"]}/hyperlink" Target="{escape(address)}" TargetMode="External"'
        )

    def _number(self) -> int:
        self._drawings += 1
        return _FIRST_ID + self._drawings

    def _relation(self, said: str) -> str:
        known = self._relations.setdefault(self._part, {})
        return known.setdefault(said, f"rId{self._prefix}{len(known) + 1}")

    def _parts(self, heads: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
        """Return the parts to add; ``heads`` are the relationships that the template has."""
        relations = [
            (rels_name(part), head + self._said(part) + b"</Relationships>")
            for part, head in heads.items()
        ]
        return relations + [(name, data) for data, name in self._media.items()]

    def _said(self, part: str) -> bytes:
        known = self._relations.get(part, {})
        return "".join(f'<Relationship Id="{rid}" {said}/>' for said, rid in known.items()).encode()


# ---------------------------------------------------------------- pictures
@pass_context
def picture(context: Any, value: object, rong: Any = None, cao: Any = None, chu: str = "") -> str:
    """Return a picture (filter ``hinh``): its shape is kept within ``rong`` × ``cao`` millimetres.

    ``chu`` is what a reader who cannot see it is told. Without a size it is as large as at 96 dots
    an inch, at most as wide as the page's text.
    """
    if isinstance(value, str):
        context.spend(len(value) // 1_000 * _STEPS_OF_TEXT)
    image = _image(value)
    return _drawn(context, image, *_size(image, rong, cao), chu)


def _image(value: object) -> Image:
    if isinstance(value, Undefined):
        str(value)  # strict: it names the field
    if value is None:
        raise TextFormError("không có ảnh; bọc thẻ bằng {% if … %} nếu ảnh có thể để trống")
    if isinstance(value, Image):
        return value
    if isinstance(value, str):
        return decode_image(value)
    raise TextFormError(f"{shown(value)} không phải là ảnh")


def _size(image: Image, width: Any, height: Any) -> tuple[float, float]:
    """Return width and height in millimetres."""
    limits = [_millimetres(side) for side in (width, height)]
    if limits == [None, None]:
        limits[0] = min(image.width * 25.4 / _DPI, _WIDEST_MM)
    scales = [
        limit / pixels
        for limit, pixels in zip(limits, (image.width, image.height), strict=True)
        if limit is not None
    ]
    scale = min(scales)
    return image.width * scale, image.height * scale


def _millimetres(side: Any) -> float | None:
    if side is None:
        return None
    number = isinstance(side, (int, float, Decimal)) and not isinstance(side, bool)
    if not number or not 1 <= side <= _LARGEST_MM:
        raise TextFormError(f"cỡ ảnh phải từ 1 đến {_LARGEST_MM} mm, ở đây là {shown(side)}")
    return float(side)


def _drawn(context: Any, image: Image, width: float, height: float, words: str) -> Rich:
    attachments = context.resolve_or_missing(ATTACHMENTS)
    if attachments is missing:  # nothing is made: the template is only read
        return Rich("", lambda looks, link_looks: "")
    xml = _PICTURE.format(
        rid=attachments._picture(image),
        number=attachments._number(),
        cx=max(12_700, mm_to_emu(width)),
        cy=max(12_700, mm_to_emu(height)),
        words=escape(plain_text(words)).replace("\n", "&#10;"),
    )
    return Rich("", lambda looks, link_looks: f"<w:r>{looks}{xml}</w:r>")


_MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_PICTURE = (
    f'<w:drawing><wp:inline xmlns:wp="{NAMESPACES["wp"]}" '
    'distT="0" distB="0" distL="0" distR="0">'
    '<wp:extent cx="{cx}" cy="{cy}"/><wp:docPr id="{number}" name="Hình {number}" descr="{words}"/>'
    f'<wp:cNvGraphicFramePr><a:graphicFrameLocks xmlns:a="{_MAIN}" noChangeAspect="1"/>'
    f'</wp:cNvGraphicFramePr><a:graphic xmlns:a="{_MAIN}"><a:graphicData uri="{_PIC}">'
    f'<pic:pic xmlns:pic="{_PIC}"><pic:nvPicPr><pic:cNvPr id="{{number}}" name=""/>'
    "<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>"
    f'<a:blip xmlns:r="{NAMESPACES["r"]}" r:embed="{{rid}}"/><a:stretch><a:fillRect/></a:stretch>'
    "</pic:blipFill><pic:spPr><a:xfrm>"
    '<a:off x="0" y="0"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
    "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
)


# ---------------------------------------------------------------- QR codes
@pass_context
def qr_code(context: Any, value: object, canh: Any = 25, muc: str = "M") -> str:
    """Return a QR code of a text (filter ``qr``), ``canh`` millimetres wide with its margin.

    ``muc`` is how much of it may be damaged: L, M, Q or H (ISO/IEC 18004: 7, 15, 25, 30 %).
    """
    text = plain_text(value).strip()
    if not text:
        raise TextFormError("không có chữ để làm mã QR")
    if len(text) > _MOST_LETTERS_OF_QR or muc not in ("L", "M", "Q", "H"):
        raise TextFormError(
            f"mã QR chứa nhiều nhất {_MOST_LETTERS_OF_QR} chữ, mức sửa lỗi là L, M, Q hoặc H"
        )
    context.spend(_STEPS_OF_QR)
    side = _millimetres(canh) or 25.0
    return _drawn(context, _qr_image(text, muc), side, side, f"Mã QR: {text}")


@lru_cache(maxsize=64)
def _qr_image(text: str, level: str) -> Image:
    from segno import DataOverflowError, make_qr

    try:
        code = make_qr(text, error=level, boost_error=False)
    except DataOverflowError as error:
        raise TextFormError("chữ quá dài cho một mã QR") from error
    stream = BytesIO()
    code.save(stream, kind="png", scale=8, border=4)
    return read_image(stream.getvalue())


# ---------------------------------------------------------------- links
_SCHEMES = ("http", "https", "mailto")
_NO_ADDRESS = regex(r"[\x00-\x20\x7f-\xa0<>\"{}|\\^`\u2028\u2029]")
_KEPT = ":/?#[]@!$&'()*+,;=%~"


def address(value: object) -> str:
    """Return where a link leads: a web or mail address, as a relationship writes it.

    Raises:
        TextFormError: any other address: a file, a script, a place in the network.
    """
    text = plain_text(value).strip()
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise TextFormError(f"{shown(text)} không phải địa chỉ") from error
    good = parts.scheme.lower() in _SCHEMES and len(text) <= _LONGEST_ADDRESS
    place = parts.path if parts.scheme.lower() == "mailto" else parts.netloc
    if not good or not place or _NO_ADDRESS.search(text) or (parts.netloc and "@" in parts.netloc):
        raise TextFormError(
            f"liên kết phải là địa chỉ http://, https:// hoặc mailto:, ở đây là {shown(text)}"
        )
    return quote(text, safe=_KEPT)


@pass_context
def link(context: Any, value: object, chu: object = None) -> str:
    """Return a link to an address (filter ``lien_ket``) that prints ``chu``, or the address."""
    target = address(value)
    words = plain_text(value).strip() if chu is None else plain_text(chu)
    attachments = context.resolve_or_missing(ATTACHMENTS)
    rid = "" if attachments is missing else attachments._link(target)
    printed = text_xml(words)
    return Rich(
        words,
        lambda looks, link_looks: (
            f'<w:hyperlink xmlns:r="{NAMESPACES["r"]}" r:id="{rid}" w:history="1"><w:r>{link_looks}'
            f'<w:t xml:space="preserve">{printed}</w:t></w:r></w:hyperlink>'
        ),
    )


RICH_FILTERS: Mapping[str, Callable[..., Any]] = {
    "hinh": picture,
    "qr": qr_code,
    "lien_ket": link,
}
