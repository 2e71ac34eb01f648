"""Takes documents one by one, and yields the parts of the file that holds them all."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import IO

from lxml import etree

from generator.combine.identities import Identities, Scope
from generator.combine.notes import Notes
from generator.combine.numbering import Numbering
from generator.combine.sections import (
    HAIR,
    SECTION,
    Kind,
    Missing,
    anew,
    begun,
    ended,
    kinds_of,
    parted,
    without_changes,
)
from generator.combine.shelf import XML, Links, Shelf, Stream
from generator.errors import DataError, Problem
from generator.language.wordml import escape
from generator.ooxml import (
    CORE_PROPERTIES,
    NAMESPACES,
    Package,
    Packed,
    Part,
    Relation,
    read_package,
)

_REL = NAMESPACES["r"] + "/"
_WORDML = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}+xml"
_CORE = "application/vnd.openxmlformats-package.core-properties+xml"
_SHARED = ("styles", "settings", "fontTable", "theme", "webSettings", "numbering")
_LATE = ("settings", "numbering")  # written at the end, when it is known what they must say
_PROPERTIES = ("extended-properties", "custom-properties")
_NOTES = {"footnotes": "footnote", "endnotes": "endnote", "comments": "comment"}
_ROOTS = {"header": "hdr", "footer": "ftr"}
_OF_ITS_OWN = ("customXml/", "docProps/")  # parts that differ without making other pages
_USUAL = {key: NAMESPACES[key] for key in ("w", "r", "wp")} | {
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml"
}
_OPENING = re.compile(rb"<w:document\b([^<>]*)>.*?<w:body(?: [^<>]*)?>", re.DOTALL)
_DECLARED = re.compile(rb'xmlns(?::(\w+))?="([^"]*)"')
_REFERENCE = re.compile(rb'( r:\w+=")([^"<>]*)(?="[^<>]*>)')
_ENDNOTES = re.compile(rb"(<w:endnotePr>)(?:<w:pos [^<>]*/>)?")
_CLOSING = b"</w:body>"
_IN_MEMORY = 8 << 20  # bytes of a temporary file before it goes to the disk


class Binder:
    """Joins documents of one form."""

    def __init__(self, stack: ExitStack, name: str, content: bytes, *, title: str) -> None:
        """Begin with what all share, taken from the first; ``stack`` closes temporary files."""
        self._stack = stack
        self._first = self._latest = package = read_package(content, name)
        self._main = package.main_part()
        self._head = _head(package, self._main)
        self._shared = {kind: _said(package, self._main, kind) for kind in _SHARED}
        self._ids = Identities()
        self._shelf = Shelf(self._file(), self._ids.story)
        self._shelf.reserve(self._main, _WORDML.format("document.main"))
        self._links = Links(self._main)
        self._notes: dict[str, Notes] = {}
        self._begin(title)
        self._lists = Numbering(*(self._xml(kind) for kind in ("numbering", "styles")))
        self._relations = package.relations(self._main)
        self._known: dict[str, str] = {}  # ids of relationships of the latest document, and ours
        self._kinds: dict[Kind, None] = {}  # headers and footers of the documents so far
        self._empty: dict[str, str] = {}
        self._held: tuple[bytes, bytes] | None = None  # the latest: its blocks, its last section
        self._body = Stream(self._file())
        self._body.write(self._head)
        self.count = 0

    def add(self, name: str, content: bytes) -> None:
        """Take the next document, the first one too."""
        package = read_package(content, name, like=self._latest)
        self._expect_same_form(package)
        self._latest = package
        self.count += 1
        blocks, last = self._anew(package)
        if self._held:
            self._body.write(ended(*self._held))
            blocks = begun(blocks)
        self._held = blocks, last

    def finished(self) -> Iterator[Packed]:
        """Yield the parts of the file."""
        blocks, last = self._held or (b"", b"")
        self._body.write(blocks + last + b"</w:body></w:document>")
        notes = [notes.finished().packed(notes.name) for notes in self._notes.values()]
        self._put_late_parts()
        for links in (self._links, *(notes.links for notes in self._notes.values())):
            self._shelf.relate(links)
        yield from self._shelf.packed()
        yield self._body.packed(self._main)
        yield from notes

    # ------------------------------------------------------------ what all share
    def _begin(self, title: str) -> None:
        """Begin the file.

        Raises:
            DataError: a part that is changed on the way names namespaces otherwise than usual.
        """
        package, root = self._first, Links("")
        for relation in package.relations(""):
            if relation.kind == CORE_PROPERTIES:
                self._shelf.put(relation.target, _core(title), _CORE)
                root.keep(relation, relation.target)
            elif relation.kind.removeprefix(_REL) in _PROPERTIES:
                root.keep(relation, self._shelf.take(package, relation.target))
            elif relation.target == self._main:
                root.keep(relation, self._main)
        self._shelf.relate(root)
        for relation in package.relations(self._main):
            kind = relation.kind.removeprefix(_REL)
            if relation.target not in package.parts or kind not in (*_SHARED, *_NOTES):
                continue
            if kind in (*_LATE, *_NOTES) and package.xml(relation.target).prefix != "w":
                raise _unusual(package)
            self._links.keep(relation, relation.target)
            if kind in _NOTES:
                self._begin_notes(kind, relation.target)
            elif kind not in _LATE:
                self._shelf.take(package, relation.target)

    def _begin_notes(self, kind: str, name: str) -> None:
        self._shelf.reserve(name, _WORDML.format(kind))
        first = self._first.parts[name].data
        self._notes[kind] = Notes(_NOTES[kind], name, first, self._file())

    def _put_late_parts(self) -> None:
        for kind in _LATE:
            for name in self._first.related(self._main, kind):
                data = self._first.parts[name].data
                data = self._lists.finished(data) if kind == "numbering" else self._settings(data)
                parts = {**self._first.parts, name: Part(name, data, 0, data)}
                self._shelf.take(Package(self._first.file, parts), name)

    def _settings(self, data: bytes) -> bytes:
        """Return settings under which endnotes stand at the end of their document."""
        if "endnotes" not in self._notes or not self._notes["endnotes"].any:
            return data
        return _ENDNOTES.sub(rb'\1<w:pos w:val="sectEnd"/>', data)

    def _expect_same_form(self, package: Package) -> None:
        """Refuse a document whose pages would come out otherwise among those of the first.

        Raises:
            DataError: it was made from another form, or another version of it.
        """
        main = package.parts.get(self._main)
        same = main is not None and main.data.startswith(self._head)
        if not _same_parts(package, self._latest, self._main):
            self._known, self._relations = {}, package.relations(self._main)
            same &= all(_said(package, self._main, kind) == self._shared[kind] for kind in _SHARED)
        if not same:
            raise DataError(
                Problem(
                    file=package.file,
                    message="không ghép được: văn bản không cùng mẫu với các văn bản trước",
                    hint="ghép riêng từng mẫu; nếu mẫu vừa đổi, chạy lại cả lượt",
                )
            )

    def _xml(self, kind: str) -> etree._Element | None:
        return next(map(self._first.xml, self._first.related(self._main, kind)), None)

    def _file(self) -> IO[bytes]:
        return self._stack.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))

    # ------------------------------------------------------------ one document
    def _anew(self, package: Package) -> tuple[bytes, bytes]:
        """Return a document's blocks and its last section, fit to stand among the others."""
        whole = package.parts[self._main].data
        body = without_changes(whole[len(self._head) : whole.rindex(_CLOSING)])
        if self.count > 1:
            body = self._lists.anew(body)
        body = self._bring(package, body)
        blocks, last = parted(body)
        return anew(
            blocks, last, self._missing([*(found[0] for found in SECTION.finditer(blocks)), last])
        )

    def _bring(self, package: Package, body: bytes) -> bytes:
        """Return a body with ids of its own; bring the notes and parts it refers to."""
        numbers = {_NOTES[kind]: notes.asked(body) for kind, notes in self._notes.items()}
        scope = Scope(self._ids)
        body = self._relinked(package, scope.anew(body, numbers), self._relations, self._links,
                              self._known)  # fmt: skip
        for kind, notes in self._notes.items():
            if wanted := numbers[_NOTES[kind]]:
                self._bring_notes(package, kind, notes, wanted, scope)
        return body

    def _bring_notes(
        self, package: Package, kind: str, notes: Notes, wanted: dict[bytes, bytes], scope: Scope
    ) -> None:
        for name in package.related(self._main, kind):
            relink = partial(
                self._relinked, package, relations=package.relations(name), links=notes.links,
                known={},
            )  # fmt: skip
            notes.bring(package.parts[name].data, wanted, scope, relink)

    def _relinked(
        self,
        package: Package,
        xml: bytes,
        relations: list[Relation],
        links: Links,
        known: dict[str, str],
    ) -> bytes:
        """Return XML that refers to the parts and addresses of the file, which it brings along."""
        for relation in relations:
            rid, target = relation.rid, relation.target
            if rid in known or b'"%s"' % rid.encode() not in xml:
                continue
            if relation.kind.removeprefix(_REL) in (*_SHARED, *_NOTES):
                continue
            if not relation.external:
                if target not in package.parts:
                    continue
                target = self._shelf.take(package, target)
            known[rid] = links.adopt(relation, target)
        if all(old == new for old, new in known.items()):
            return xml
        ours = {old.encode(): new.encode() for old, new in known.items()}
        return _REFERENCE.sub(lambda found: found[1] + ours.get(found[2], found[2]), xml)

    # ------------------------------------------------------------ its sections
    def _missing(self, sections: list[bytes]) -> Missing:
        """Return empty headers for what a document would take over from those before it."""
        own = kinds_of(sections[0])
        missing = [(kind, self._empty_one(kind[0])) for kind in self._kinds if kind not in own]
        for section in sections:
            self._kinds |= dict.fromkeys(kinds_of(section))
        return tuple(missing)

    def _empty_one(self, story: str) -> str:
        """Return the id of an empty header or footer."""
        if story not in self._empty:
            root = _ROOTS[story]
            space = NAMESPACES["w"].encode()
            data = b'%s<w:%s xmlns:w="%s">%s</w:%s>' % (
                XML, root.encode(), space, HAIR, root.encode(),
            )  # fmt: skip
            folder = self._main.rpartition("/")[0]
            name = self._shelf.put(f"{folder}/{story}0.xml", data, _WORDML.format(story))
            relation = Relation(f"rIdE{len(self._empty)}", _REL + story, name, external=False)
            self._empty[story] = self._links.adopt(relation, name)
        return self._empty[story]


def _head(package: Package, main: str) -> bytes:
    """Return what stands before the body's blocks.

    Raises:
        DataError: it names namespaces otherwise than Word and LibreOffice do.
    """
    data = package.parts[main].data
    found = _OPENING.search(data)
    declared = _DECLARED.findall(found[1]) if found else []
    usual = {uri.encode(): prefix.encode() for prefix, uri in _USUAL.items()}
    if not found or any(usual.get(uri, prefix) != prefix for prefix, uri in declared):
        raise _unusual(package)
    return data[: found.end()]


def _unusual(package: Package) -> DataError:
    return DataError(
        Problem(
            file=package.file,
            message="tệp được lưu theo cách không quen nên không ghép được",
            hint="mở mẫu bằng Word, lưu lại dạng .docx rồi tạo lại văn bản",
        )
    )


def _said(package: Package, main: str, kind: str) -> list[bytes]:
    """Return the contents of the parts of a kind."""
    return [package.parts[name].data for name in package.related(main, kind)]


def _same_parts(one: Package, other: Package, main: str) -> bool:
    """Return whether two documents differ in their bodies alone, and what makes no pages."""
    return one.parts.keys() == other.parts.keys() and all(
        other.parts[name] is part
        for name, part in one.parts.items()
        if name != main and not name.startswith(_OF_ITS_OWN)
    )


def _core(title: str) -> bytes:
    return (
        XML
        + (
            "<cp:coreProperties "
            'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title>'
            "</cp:coreProperties>"
        ).encode()
    )
