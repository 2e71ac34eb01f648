"""The record a document carries: written into a part of its own, read back exactly.

Every document made from a form holds a custom XML data part (ISO/IEC 29500-1, 15.2.5) with the
form's id and version and the valid record as JSON. Word and LibreOffice keep the part when they
save. A superior's table is filled from it, without reading figures out of printed words.

What never changes (relationships, content types, document properties) is added when the template
is compiled; a document costs only the JSON. Beside it stands the checksum of the document as made:
while it still agrees nobody has saved the file since.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from posixpath import dirname, relpath
from typing import Any, Protocol

from lxml import etree

from generator.bundle import Bundle
from generator.errors import DataError, GeneratorError, Problem, TemplateError
from generator.language.wordml import ILLEGAL, escape
from generator.ooxml import (
    NAMESPACES,
    Package,
    Part,
    crc32,
    deflate,
    parse_xml,
    qn,
    read_package,
    rels_name,
    to_bytes,
)
from generator.patterns import regex
from generator.records.data import RawRecord, natural_order, parse_json, read_bytes, unreadable
from generator.records.schema import JsonPath
from generator.units import number as whole
from generator.vietnamese import shown

_SPACE = "urn:vanban:du-lieu"
_ROOT = f"{{{_SPACE}}}van-ban"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PROPERTIES_PART = "docProps/custom.xml"
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
# The property set of a user's own properties (MS-OSHARED 2.3.3.2.3).
_USERS_OWN = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_STORE = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
_STORE_ID = "{5F6B1D0C-3A54-4E0B-9C1E-7D2A86B4F013}"  # of this kind of data, in every document
_TYPE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What every document of a form says of itself.

    ``properties`` are further document properties (Word shows them under Advanced Properties).
    """

    form: str
    version: str
    properties: Mapping[str, str] = field(default_factory=dict)
    draft: bool = False

    def all_properties(self) -> dict[str, str]:
        """Return the document properties: the form first, then its own."""
        said = {"vanban-mau": self.form, "vanban-phien-ban": self.version}
        state = {"vanban-trang-thai": "Dự thảo"} if self.draft else {}
        return said | state | dict(self.properties)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A form's data part without the record."""

    name: str
    content: str  # the template's fingerprint
    head: bytes
    main: str  # the part whose checksum tells whether the document was saved since
    main_crc: int  # where that part is the same in every document

    def part(self, filled: Iterable[tuple[str, bytes]], record: Any) -> tuple[str, bytes]:
        """Return the data part of one document; without a record it names the form alone."""
        data = next((data for name, data in filled if name == self.main), None)
        crc = self.main_crc if data is None else crc32(data)
        text = "" if record is None else record_json(record)
        # Quotation marks need no escape outside attributes, and JSON is full of them.
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return self.name, b'%s%08x">%s</van-ban>' % (self.head, crc, text.encode())


# ---------------------------------------------------------------- the record as JSON
_NUMBER = "\x00"  # no valid record holds it: before the digits of a Decimal on their way
_NUMBERS = regex(r'"\\u0000([^"]*)"')


def _digits(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{_NUMBER}{value}"
    raise TypeError(f"no JSON for {type(value).__name__}")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_digits)


def record_json(record: Any) -> str:
    r"""Return a valid record as JSON that any XML can hold, decimals digit for digit.

    >>> record_json({"ten": "Tổ 1", "ty_le": Decimal("12.50"), "nam": 2018})
    '{"ten":"Tổ 1","ty_le":12.50,"nam":2018}'
    """
    text = _ENCODER.encode(record)
    if "\\u0000" in text:
        text = _NUMBERS.sub(r"\1", text)
    text = _without_tags(text)
    if text.isprintable():
        return text
    return ILLEGAL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


_STRING_OR_ENDS = regex(r'"(?:[^"\\]|\\.)*"|\}(?=\})')


def _without_tags(text: str) -> str:
    """Return JSON in which no two braces meet: whoever looks for tags left over finds none."""
    # What JSON without spaces has inside texts alone.
    if "{{" in text or "{%" in text or "%}" in text or '\\"' in text:
        return _STRING_OR_ENDS.sub(_braces_apart, text)
    pieces, start = [], 0
    while (at := text.find("}}", start)) >= 0:
        if text.count('"', start, at) % 2:  # inside a text
            return _STRING_OR_ENDS.sub(_braces_apart, text)
        pieces.append(text[start : at + 1])
        start = at + 1
    return " ".join((*pieces, text[start:]))


def _braces_apart(match: re.Match[str]) -> str:
    found = match[0]
    return "} " if found == "}" else found.replace("{", "\\u007b").replace("}", "\\u007d")


# ---------------------------------------------------------------- into a template, once
def fingerprint(pieces: Iterable[str]) -> str:
    """Return a short name of a template's content: two with the same print the same."""
    return sha256("\0".join(pieces).encode()).hexdigest()[:16]


def install(parts: dict[str, Part], file: str, main: str, label: Label, content: str) -> Carrier:
    """Add to a template's parts everything but the record itself; return what adds that.

    Args:
        parts: the template's parts, changed in place.
        file: the template's name for messages.
        main: the name of its main document part.
        label: what its documents say of themselves.
        content: the fingerprint of the template.
    """
    package = _Parts(parts, file)
    number = next(n for n in range(1, len(parts) + 2) if f"customXml/item{n}.xml" not in parts)
    item, properties = f"customXml/item{number}.xml", f"customXml/itemProps{number}.xml"
    package.add(properties, _item_properties(), f"{_TYPE}customXmlProperties+xml")
    package.relate(main, "customXml", item)
    package.relate(item, "customXmlProps", properties)
    _install_properties(package, label)
    package.default_xml()
    values = {"mau": label.form, "phien-ban": label.version, "noi-dung": content}
    if label.draft:
        values["du-thao"] = "1"
    said = "".join(f' {key}="{escape(value)}"' for key, value in values.items())
    return Carrier(
        name=item,
        content=content,
        head=f'{_XML}<van-ban xmlns="{_SPACE}"{said} khi-tao="'.encode(),
        main=main,
        main_crc=crc32(parts[main].data) if main in parts else 0,
    )


def _item_properties() -> bytes:
    return (
        f'{_XML}<ds:datastoreItem ds:itemID="{_STORE_ID}" xmlns:ds="{_STORE}"><ds:schemaRefs>'
        f'<ds:schemaRef ds:uri="{_SPACE}"/></ds:schemaRefs></ds:datastoreItem>'
    ).encode()


def _install_properties(package: _Parts, label: Label) -> None:
    """Add the form's document properties to those the template has."""
    found = package.view().related("", "custom-properties")
    name = found[0] if found else _PROPERTIES_PART
    if not found:
        package.add(name, _empty_properties(), f"{_TYPE}custom-properties+xml")
        package.relate("", "custom-properties", name)
    root = package.xml(name)
    said = label.all_properties()
    for old in list(root):
        if old.get("name") in said:
            root.remove(old)
    last = max((whole(node.get("pid"), 1) for node in root), default=1)
    for pid, (key, value) in enumerate(said.items(), start=last + 1):
        values = {"fmtid": _USERS_OWN, "pid": str(pid), "name": key}
        node = etree.SubElement(root, f"{{{_PROPERTIES}}}property", values)
        etree.SubElement(node, f"{{{_VALUES}}}lpwstr").text = value
    package.put(name, to_bytes(root))


def _empty_properties() -> bytes:
    return f'{_XML}<Properties xmlns="{_PROPERTIES}" xmlns:vt="{_VALUES}"/>'.encode()


class _Parts:
    """The parts of a package while some are added."""

    def __init__(self, parts: dict[str, Part], file: str) -> None:
        self.parts = parts
        self.file = file

    def view(self) -> Package:
        return Package(self.file, self.parts)

    def xml(self, name: str) -> etree._Element:
        return self.view().xml(name)

    def put(self, name: str, data: bytes) -> None:
        self.parts[name] = Part(name, data, 8, deflate(data))

    def add(self, name: str, data: bytes, content_type: str) -> None:
        self.put(name, data)
        types = self.xml(_TYPES)
        values = {"PartName": f"/{name}", "ContentType": content_type}
        etree.SubElement(types, qn("ct:Override"), values)
        self.put(_TYPES, to_bytes(types))

    def default_xml(self) -> None:
        """Declare what parts named .xml are where nothing else is said; nearly every file does."""
        types = self.xml(_TYPES)
        known = {node.get("Extension", "").lower() for node in types.iter(qn("ct:Default"))}
        if "xml" not in known:
            values = {"Extension": "xml", "ContentType": "application/xml"}
            types.insert(0, etree.Element(qn("ct:Default"), values))
            self.put(_TYPES, to_bytes(types))

    def relate(self, source: str, kind: str, target: str) -> None:
        """Relate one part to another, spelled as Word does: as seen from the source's folder."""
        name = rels_name(source)
        if name in self.parts:
            root = self.xml(name)
        else:
            root = etree.Element(qn("rel:Relationships"), nsmap={None: NAMESPACES["rel"]})
        values = {"Id": f"rIdV{len(root) + 1}", "Type": f"{NAMESPACES['r']}/{kind}"}
        values["Target"] = relpath(target, dirname(source) or ".")
        etree.SubElement(root, qn("rel:Relationship"), values)
        self.put(name, to_bytes(root))


_TYPES = "[Content_Types].xml"


# ---------------------------------------------------------------- out of a document
@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a document says of how it was made.

    ``text`` is the record as JSON, empty where the document was made without it. ``untouched``
    tells that nobody saved the document since; one that was saved may still say the same words.
    """

    form: str
    version: str
    content: str  # the template's fingerprint
    text: str
    untouched: bool
    draft: bool


def read_carried(content: bytes, file: str) -> Carried | None:
    """Return what a .docx carries, ``None`` when it was not made from a form.

    Raises:
        DataError: it is no .docx, is damaged, encrypted, or unpacks beyond the limits.
    """
    try:
        package = read_package(content, file)
        main = package.main_part()
        for name in package.related(main, "customXml"):
            root = parse_xml(package.parts[name].data, file, name)
            if root.tag == _ROOT:
                return _carried(root, package.parts[main].data)
    except TemplateError as error:
        raise DataError(error.problems) from error
    return None


def _carried(root: etree._Element, main: bytes) -> Carried:
    return Carried(
        form=root.get("mau", ""),
        version=root.get("phien-ban", ""),
        content=root.get("noi-dung", ""),
        text="".join(root.itertext()),
        draft=root.get("du-thao") == "1",
        untouched=root.get("khi-tao") == f"{crc32(main):08x}",
    )


def words(content: bytes, file: str) -> list[str]:
    """Return the words of a document's body, a string a paragraph, blanks left out.

    What Word or LibreOffice changes when it saves (runs, breaks, the copies of text boxes for old
    programs) does not show in it.
    """
    package = read_package(content, file)
    root = package.xml(package.main_part())
    for copy in list(root.iter(qn("mc:Fallback"))):
        copy.getparent().remove(copy)
    paragraphs = {node: "" for node in root.iter(qn("w:p"))}
    for node in root.iter(qn("w:t")):
        owner = next(node.iterancestors(qn("w:p")), None)
        if owner is not None:
            paragraphs[owner] += node.text or ""
    return [" ".join(text.split()) for text in paragraphs.values() if text.strip()]


# ---------------------------------------------------------------- documents as data
class Making(Protocol):
    """What is asked of a form: which it is, and the document of a record."""

    @property
    def bundle(self) -> Bundle:
        """The form's folder and manifest."""

    @property
    def template(self) -> Filled:
        """The compiled template."""

    def render(self, raw: RawRecord) -> bytes:
        """Return the document of one record."""


class Filled(Protocol):
    """What is asked of a compiled template: what tells it from others."""

    @property
    def carrier(self) -> Carrier | None:
        """The data part of its documents."""


def carried_records(source: str, form: Making) -> Iterator[RawRecord]:
    """Yield the records that documents carry: of one .docx, or of every .docx of a folder.

    A document that cannot serve becomes a record with its error, so that one unit's file does not
    stop the others; one whose words were changed since becomes a record with a warning.

    Raises:
        UsageError: no such file or folder, or one that cannot be read.
    """
    for index, (path, name) in enumerate(_documents(Path(source), source)):
        try:
            yield _record(read_bytes(path, name), name, index, form)
        except DataError as error:
            yield RawRecord(file=name, text="", index=index, error=error)


def _documents(path: Path, source: str) -> list[tuple[Path, str]]:
    if not path.is_dir():
        return [(path, source)]
    try:
        files = [file for file in path.iterdir() if is_document(file)]
    except OSError as error:
        raise unreadable(source, error) from error
    return [(file, str(Path(source) / file.name)) for file in sorted(files, key=natural_order)]


def holds_documents(source: str) -> bool:
    """Return whether a data source is a document, or a folder of documents and no other data."""
    path = Path(source)
    if not path.is_dir():
        return is_document(path)
    with suppress(OSError):
        files = [file for file in path.iterdir() if file.is_file()]
        return any(map(is_document, files)) and not any(f.suffix == ".json" for f in files)
    return False


def is_document(path: Path) -> bool:
    """Return whether a file is a .docx, and none that Word keeps beside an open one."""
    return path.suffix.lower() == ".docx" and not path.name.startswith(("~$", "."))


def _record(content: bytes, file: str, index: int, form: Making) -> RawRecord:
    carried = read_carried(content, file)
    if carried is None:
        raise _unfit(
            file,
            "văn bản không mang theo dữ liệu (không do vanban tạo, hoặc đã chép sang tệp khác)",
            "dùng tệp dữ liệu gốc của văn bản",
        )
    if carried.draft:
        raise _unfit(
            file, "đây là bản dự thảo, không dùng làm dữ liệu được", "dùng văn bản chính thức"
        )
    if carried.form != form.bundle.id:
        raise _unfit(
            file,
            f"văn bản tạo từ mẫu “{carried.form}”, không phải “{form.bundle.id}”",
            "chọn đúng mẫu, hoặc bỏ tệp này ra",
        )
    if not carried.text:
        raise _unfit(
            file, "văn bản được tạo với --no-data nên không mang dữ liệu", "dùng tệp dữ liệu gốc"
        )
    value = _of_today(parse_json(carried.text, file), carried, form.bundle, file)
    raw = RawRecord(file=file, text="", value=value, index=index)
    return replace(raw, warnings=tuple(_edits(content, carried, raw, form)))


def _of_today(record: Any, carried: Carried, bundle: Bundle, file: str) -> Any:
    """Return a record with the keys of the form's present version.

    Raises:
        DataError: the manifest does not say what became of the keys of its version.
    """
    if carried.version == bundle.version:
        return record
    tables = bundle.manifest.get("rename", {})
    if carried.version not in tables:
        raise _unfit(
            file,
            f"văn bản tạo từ phiên bản {carried.version} của mẫu, nay là {bundle.version}",
            "dùng tệp dữ liệu gốc và điền theo mẫu mới",
        )
    from generator.intake.stamp import checked_renames  # tables, which few documents need

    table = checked_renames(tables[carried.version], bundle)
    renamed: dict[str, Any] = {}
    for path, value in _leaves(record, ()):
        _grow(renamed, _renamed(path, table), value)
    return renamed


def _leaves(value: Any, path: JsonPath) -> Iterator[tuple[JsonPath, Any]]:
    """Yield every value of a record that holds no other, an empty list or group included."""
    steps: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        steps = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    empty = True
    for step, item in steps:
        empty = False
        yield from _leaves(item, (*path, step))
    if empty:
        yield path, value


def _renamed(path: JsonPath, table: Mapping[str, str]) -> JsonPath:
    """Return a path with the keys of today, each list keeping its places; () when it is dropped."""
    places = iter([step for step in path if isinstance(step, int)])
    key = "".join("[]" if isinstance(step, int) else f".{step}" for step in path)[1:]
    from generator.intake.stamp import renamed_key

    steps = re.findall(r"\[\]|[^.\[\]]+", renamed_key(key, table))
    return tuple(next(places) if step == "[]" else step for step in steps)


def _grow(record: dict[str, Any], path: JsonPath, value: Any) -> None:
    """Put a value at a path, the groups and lists on the way made; values come in order."""
    at: Any = record
    for step, after in pairwise((*path, None)):
        new = value if after is None else [] if isinstance(after, int) else {}
        if isinstance(at, dict):
            at = at.setdefault(step, new)
        else:
            at += [new] if step == len(at) else []
            at = at[step]


def _unfit(file: str, message: str, hint: str) -> DataError:
    return DataError(Problem(file=file, message=message, hint=hint))


def _edits(content: bytes, carried: Carried, raw: RawRecord, form: Making) -> Iterator[Problem]:
    """Yield a warning for a document whose words are no longer those of its record."""
    if carried.untouched:
        return
    try:
        made = form.render(raw)
    except GeneratorError:
        return  # the record is of another time: validating it says why
    now, then = words(content, raw.file), words(made, raw.file)
    if now == then:
        return  # saved again, not changed
    carrier = form.template.carrier
    same = carrier is not None and carrier.content == carried.content
    message = "văn bản đã bị sửa sau khi tạo" if same else _OTHER_TEMPLATE
    yield Problem(
        file=raw.file,
        message=f"{message}: {_first_difference(then, now)}",
        hint="số liệu lấy theo lúc tạo; nếu chữ sửa là đúng thì sửa tệp dữ liệu rồi tạo lại",
    )


_OTHER_TEMPLATE = "văn bản khác với mẫu hiện có (đã bị sửa sau khi tạo, hoặc mẫu đã đổi)"


def _first_difference(then: list[str], now: list[str]) -> str:
    from difflib import SequenceMatcher

    steps = SequenceMatcher(None, then, now, autojunk=False).get_opcodes()
    _, start, end, now_start, now_end = next(step for step in steps if step[0] != "equal")
    return f"{shown(' '.join(then[start:end]))} nay là {shown(' '.join(now[now_start:now_end]))}"
