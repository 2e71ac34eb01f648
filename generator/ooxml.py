"""The .docx package: read within limits, written reproducibly.

A .docx is a zip of XML parts (ECMA-376, part 2). Reading is bounded, because a template or data
document may come from anyone; writing copies the parts that never change as they lie in the
template, so that a filled document costs one deflate of what did change.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from lxml import etree

from generator.errors import Problem, TemplateError


class Compressor(Protocol):
    """Deflates a stream piece by piece."""

    def compress(self, data: bytes, /) -> bytes:
        """Return what is ready of the stream so far."""

    def flush(self) -> bytes:
        """Return the rest."""


try:  # 3 to 7 times faster than zlib at a few per cent of size; absent on a few platforms
    from isal import isal_zlib

    crc32 = isal_zlib.crc32

    def deflate(data: bytes) -> bytes:
        """Return ``data`` as a raw deflate stream (RFC 1951)."""
        return bytes(isal_zlib.compress(data, 1, -15))

    def compressor() -> Compressor:
        """Return what deflates a stream piece by piece."""
        return cast("Compressor", isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15))

except ImportError:  # pragma: no cover - platforms without a wheel of isal
    crc32 = zlib.crc32

    def deflate(data: bytes) -> bytes:
        """Return ``data`` as a raw deflate stream (RFC 1951)."""
        packer = compressor()
        return packer.compress(data) + packer.flush()

    def compressor() -> Compressor:
        """Return what deflates a stream piece by piece."""
        return zlib.compressobj(1, zlib.DEFLATED, -15)


NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "rel": "http://schemas.openxmlformats.org/package/2006/relationships",
    "ct": "http://schemas.openxmlformats.org/package/2006/content-types",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
_REL_BASE = NAMESPACES["r"] + "/"
CORE_PROPERTIES = (
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
)
MAX_PARTS = 2_000
MAX_PART_BYTES = 64 * 1024 * 1024
MAX_TOTAL_BYTES = 256 * 1024 * 1024


def qn(name: str) -> str:
    """Return a prefixed name in Clark notation.

    >>> qn("w:p")
    '{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p'
    """
    prefix, local = name.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the package: its content, and how it lay compressed in the zip."""

    name: str
    data: bytes
    method: int
    packed: bytes


@dataclass(frozen=True, slots=True)
class Package:
    """A .docx as read: its parts in the order of the zip, and ``file`` for messages."""

    file: str
    parts: Mapping[str, Part]

    def xml(self, name: str) -> etree._Element:
        """Return the root element of a part."""
        return parse_xml(self.parts[name].data, self.file, name)

    def relations(self, source: str) -> list[Relation]:
        """Return the relationships of a part; ``""`` stands for the package itself."""
        rels = rels_name(source)
        if rels not in self.parts:
            return []
        folder = source.rpartition("/")[0]
        return [
            Relation(
                rid=node.get("Id", ""),
                kind=node.get("Type", ""),
                target=node.get("Target", "")
                if node.get("TargetMode") == "External"
                else _resolve(folder, node.get("Target", "")),
                external=node.get("TargetMode") == "External",
            )
            for node in self.xml(rels).iter(qn("rel:Relationship"))
        ]

    def related(self, source: str, kind: str) -> list[str]:
        """Return the parts that ``source`` refers to by a kind such as ``header``."""
        wanted = kind if "://" in kind else _REL_BASE + kind
        return [
            rel.target
            for rel in self.relations(source)
            if rel.kind == wanted and not rel.external and rel.target in self.parts
        ]

    def main_part(self) -> str:
        """Return the name of the document's main part, usually ``word/document.xml``."""
        found = self.related("", "officeDocument")
        if not found:
            raise _broken(self.file, "không có phần nội dung chính (word/document.xml)")
        if other := _OTHERS.get(found[0].partition("/")[0]):
            raise _broken(self.file, f"là {other}, không phải văn bản Word", "chọn tệp .docx")
        return found[0]


# Kinds of packages that people rename to .docx, by the folder of their main part.
_OTHERS = {"xl": "sổ Excel", "ppt": "bản trình chiếu PowerPoint"}


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship; ``target`` is a part name, or an address when ``external``."""

    rid: str
    kind: str
    target: str
    external: bool


def rels_name(source: str) -> str:
    """Return the part that holds the relationships of ``source``.

    >>> rels_name("word/document.xml")
    'word/_rels/document.xml.rels'
    """
    folder, _, leaf = source.rpartition("/")
    return f"{folder}/_rels/{leaf}.rels" if folder else f"_rels/{leaf}.rels"


def read_package(content: bytes, file: str, *, like: Package | None = None) -> Package:
    """Return the parts of a .docx; ``file`` is its name for messages.

    Parts that lie in ``like`` byte for byte are taken from there, the very same objects: of many
    documents made from one form only what differs is unpacked.

    Raises:
        TemplateError: it is no zip, is encrypted or damaged, or unpacks beyond the limits
            (2,000 parts, 64 MB a part, 256 MB in all).
    """
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise _broken(
            file,
            "là tệp Word đời cũ (.doc) hoặc tệp đặt mật khẩu, không phải .docx",
            "mở bằng Word, bỏ mật khẩu nếu có, rồi lưu lại dạng .docx",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return Package(file, _read_parts(archive, content, file, like.parts if like else {}))
    except UNREADABLE as error:
        raise _broken(file, "không phải tệp .docx, hoặc tệp đã hỏng") from error


UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError,
    OverflowError, RuntimeError, ValueError,
)  # fmt: skip
"""What Python's zipfile raises on damaged files: offsets before the start, names that are no UTF-8,
ways of packing that nobody has, streams that break off."""


def _read_parts(
    archive: zipfile.ZipFile, content: bytes, file: str, known: Mapping[str, Part]
) -> dict[str, Part]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    sizes = [entry.file_size for entry in entries]
    if len(entries) > MAX_PARTS or max(sizes, default=0) > MAX_PART_BYTES:
        raise _broken(file, "chứa quá nhiều phần hoặc một phần quá lớn")
    if sum(sizes) > MAX_TOTAL_BYTES:
        raise _broken(file, "bung ra quá lớn")
    parts: dict[str, Part] = {}
    for entry in entries:
        if entry.flag_bits & 1:
            raise _broken(file, "bị đặt mật khẩu", "bỏ mật khẩu rồi lưu lại")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _broken(file, "nén theo cách mà Word không đọc")  # ECMA-376, part 2, annex B
        if entry.filename in parts:
            raise _broken(file, f"có hai phần cùng tên {entry.filename}")
        start = (
            entry.header_offset
            + 30
            + sum(struct.unpack_from("<2H", content, entry.header_offset + 26))
        )
        packed = content[start : start + entry.compress_size]
        same = known.get(entry.filename)
        if same and (same.packed, same.method) == (packed, entry.compress_type):
            parts[entry.filename] = same
            continue
        data = archive.read(entry)  # checks the CRC; never more than the size declared above
        parts[entry.filename] = Part(entry.filename, data, entry.compress_type, packed)
    return parts


def parse_xml(data: bytes, file: str, part: str) -> etree._Element:
    """Return the root of an XML part; entities and DTDs are refused, nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if "depth" in error.msg:  # libxml2 reads 256 levels
            message, hint = "các phần tử lồng nhau quá sâu", "bỏ bớt các lớp lồng nhau"
            raise _broken(f"{file}: {part}", message, hint) from error
        raise _broken(f"{file}: {part}", f"XML hỏng ở dòng {error.lineno}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _broken(f"{file}: {part}", "chứa khai báo DTD, bị từ chối vì an toàn")
    return root


def _resolve(folder: str, target: str) -> str:
    """Return the part name a relationship's target means, seen from its source's folder."""
    if target.startswith("/"):
        return target[1:]
    steps = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


def _broken(file: str, message: str, hint: str = "") -> TemplateError:
    return TemplateError(
        Problem(file=file, message=message, hint=hint or "mở tệp bằng Word và lưu lại dạng .docx")
    )


_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_SMALL = 1_500  # bytes: to compress fewer takes longer than to write them
_EPOCH = 0x21  # 1980-01-01, the zip format's first day: same inputs, same bytes


class PackageWriter:
    """Writes .docx files that differ only in a few parts.

    The parts that stay are laid out once, compressed as they were; ``assemble`` adds the others.
    """

    def __init__(self, fixed: Iterable[Part]) -> None:
        body, central = bytearray(), bytearray()
        self._count = 0
        for part in fixed:
            local, entry = _headers(
                part.name, part.method, crc32(part.data), len(part.packed), len(part.data),
                len(body),
            )  # fmt: skip
            body += local + part.packed
            central += entry
            self._count += 1
        self._body, self._central = bytes(body), bytes(central)

    def assemble(self, changed: Iterable[tuple[str, bytes]]) -> bytes:
        """Return the whole file with the ``changed`` parts (name, content) after the fixed ones."""
        pieces, central = [self._body], [self._central]
        offset, count = len(self._body), self._count
        for name, data in changed:
            small = len(data) < _SMALL
            packed = data if small else deflate(data)
            method = 0 if small else 8
            local, entry = _headers(name, method, crc32(data), len(packed), len(data), offset)
            pieces += local, packed
            central.append(entry)
            offset += len(local) + len(packed)
            count += 1
        directory = b"".join(central)
        pieces.append(directory)
        pieces.append(_END.pack(b"PK\5\6", 0, 0, count, count, len(directory), offset, 0))
        return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class Packed:
    """A part as it will lie in the zip, wherever its bytes wait until then."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    pieces: Callable[[], Iterable[bytes]]


_MOST_BYTES, _MOST_PARTS = 0xFFFF_FFFF, 0xFFFF  # of a zip that every program reads


def package_pieces(parts: Iterable[Packed]) -> Iterator[bytes]:
    """Yield a whole file piece by piece, so that it need not fit into memory.

    Raises:
        OverflowError: it is longer, or has more parts, than a plain zip may (4 GiB, 65,535).
    """
    offset = 0
    central: list[bytes] = []
    for part in parts:
        if max(offset + part.packed, part.size) > _MOST_BYTES or len(central) >= _MOST_PARTS:
            raise OverflowError
        local, entry = _headers(part.name, part.method, part.crc, part.packed, part.size, offset)
        yield local
        yield from part.pieces()
        central.append(entry)
        offset += len(local) + part.packed
    directory = b"".join(central)
    if offset + len(directory) > _MOST_BYTES:
        raise OverflowError
    yield directory
    yield _END.pack(b"PK\5\6", 0, 0, len(central), len(central), len(directory), offset, 0)


def _headers(
    name: str, method: int, crc: int, packed: int, size: int, offset: int
) -> tuple[bytes, bytes]:
    """Return a part's local header and directory entry (PKWARE APPNOTE 4.3.7, 4.3.12)."""
    raw = name.encode()
    flags = 0 if raw.isascii() else 0x800
    local = _LOCAL.pack(b"PK\3\4", 20, flags, method, 0, _EPOCH, crc, packed, size, len(raw), 0)
    entry = _CENTRAL.pack(
        b"PK\1\2", 20, 20, flags, method, 0, _EPOCH, crc, packed, size, len(raw), 0, 0, 0, 0, 0,
        offset,
    )  # fmt: skip
    return local + raw, entry + raw


def to_bytes(root: etree._Element) -> bytes:
    """Return a part's XML as Word writes it: UTF-8 with a standalone declaration."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
