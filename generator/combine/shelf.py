"""The parts of the combined file: each kept once, on disk until the file is written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from posixpath import dirname, relpath
from typing import IO

from generator.language.wordml import escape
from generator.ooxml import (
    NAMESPACES,
    Package,
    Packed,
    Relation,
    compressor,
    crc32,
    deflate,
    qn,
    rels_name,
)

XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES = "[Content_Types].xml"
_COPY = 1 << 20


class Kinds:
    """The content types of a package's parts (ECMA-376, part 2, 10.1.2)."""

    def __init__(self, package: Package) -> None:
        root = package.xml(TYPES)
        self._named: dict[str, str] = {
            node.get("PartName", "").lower(): node.get("ContentType", "")
            for node in root.iter(qn("ct:Override"))
        }
        self._usual: dict[str, str] = {
            node.get("Extension", "").lower(): node.get("ContentType", "")
            for node in root.iter(qn("ct:Default"))
        }

    def of(self, name: str) -> str:
        """Return the content type of a part."""
        usual = self._usual.get(name.rpartition(".")[2].lower(), "application/octet-stream")
        return self._named.get(f"/{name}".lower(), usual)


class Stream:
    """A part written piece by piece, compressed on its way to a file of its own."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._packer = file, compressor()
        self._crc = self._size = 0

    def write(self, data: bytes) -> None:
        """Write the next piece."""
        self._crc = crc32(data, self._crc)
        self._size += len(data)
        self._file.write(self._packer.compress(data))

    def packed(self, name: str) -> Packed:
        """End the part; return it."""
        self._file.write(self._packer.flush())
        return Packed(name, 8, self._crc, self._file.tell(), self._size, self._pieces)

    def _pieces(self) -> Iterator[bytes]:
        self._file.seek(0)
        while piece := self._file.read(_COPY):
            yield piece


Change = Callable[[bytes], bytes]


class Shelf:
    """Parts taken from the documents; the same part of many documents is there once."""

    def __init__(self, file: IO[bytes], story: Change) -> None:
        """Keep parts in ``file``; ``story`` makes the ids of headers and footers unique."""
        self._file, self._story = file, story
        self._packed: list[Packed] = []
        self._by_digest: dict[bytes, str] = {}
        self._of_package: tuple[Package, Kinds] | None = None
        self._taken: set[str] = set()
        self._kinds: dict[str, str] = {}

    def put(self, name: str, data: bytes, kind: str) -> str:
        """Keep a part under its name, or one like it that is free; return the name."""
        name = self._free(name)
        self.reserve(name, kind)
        self._keep(name, data)
        return name

    def reserve(self, name: str, kind: str) -> None:
        """Say what a part is that is written elsewhere; its name is taken then."""
        self._taken.add(name.lower())
        self._kinds[name] = kind

    def take(self, package: Package, name: str) -> str:
        """Keep a part of a document with all it refers to; return its name here."""
        group = _reached(package, name)
        digest = self._digest(package, group)
        if digest not in self._by_digest:
            # What refers to nothing, such as a picture, is shared among those that refer to it.
            names = {
                part: self.take(package, part) if part != name and not group[part] else
                self._put(package, part)
                for part in group
            }  # fmt: skip
            self._by_digest[digest] = names[name]
            for part, relations in group.items():
                links = Links(names[part])
                for relation in relations:
                    target = relation.target
                    links.keep(relation, target if relation.external else names[target])
                self.relate(links)
        return self._by_digest[digest]

    def _put(self, package: Package, name: str) -> str:
        kind = self._types_of(package).of(name)
        data = package.parts[name].data
        story = kind.endswith(("header+xml", "footer+xml"))
        return self.put(name, self._story(data) if story else data, kind)

    def relate(self, links: Links) -> None:
        """Keep the relationships of a part, if it has any."""
        if links.any:
            self._keep(rels_name(links.source), links.xml())

    def packed(self) -> Iterator[Packed]:
        """Yield the parts, what they are first."""
        yield _small(TYPES, self._types())
        yield from self._packed

    def _types_of(self, package: Package) -> Kinds:
        if self._of_package is None or self._of_package[0] is not package:
            self._of_package = package, Kinds(package)
        return self._of_package[1]

    def _digest(self, package: Package, group: Mapping[str, Sequence[Relation]]) -> bytes:
        """Return a digest of parts and of how they refer to each other, whatever their names."""
        said, numbers = hashlib.sha256(), {name: number for number, name in enumerate(group)}
        for name, relations in group.items():
            data = package.parts[name].data
            said.update(f"{self._types_of(package).of(name)}\0{len(data)}\0".encode() + data)
            for relation in relations:
                target = relation.target if relation.external else numbers[relation.target]
                said.update(f"{relation.rid}\0{relation.kind}\0{target}\0".encode())
        return said.digest()

    def _free(self, name: str) -> str:
        stem, dot, extension = name.rpartition(".")
        number = len(self._kinds)
        while name.lower() in self._taken:
            number += 1
            name = f"{stem}-{number}{dot}{extension}"
        return name

    def _keep(self, name: str, data: bytes) -> None:
        packed = deflate(data)
        start = self._file.seek(0, 2)
        self._file.write(packed)

        def pieces() -> Iterator[bytes]:
            self._file.seek(start)
            yield self._file.read(len(packed))

        self._packed.append(Packed(name, 8, crc32(data), len(packed), len(data), pieces))

    def _types(self) -> bytes:
        said = "".join(
            f'<Override PartName="/{escape(name)}" ContentType="{escape(kind)}"/>'
            for name, kind in self._kinds.items()
        )
        usual = "application/vnd.openxmlformats-package.relationships+xml"
        return (
            XML
            + (
                f'<Types xmlns="{NAMESPACES["ct"]}">'
                f'<Default Extension="rels" ContentType="{usual}"/>'
                f'<Default Extension="xml" ContentType="application/xml"/>{said}</Types>'
            ).encode()
        )


def _reached(package: Package, name: str) -> dict[str, list[Relation]]:
    """Return a part and all that are reached from it, each with its relationships."""
    group: dict[str, list[Relation]] = {}
    waiting = [name]
    while waiting:
        part = waiting.pop()
        if part not in group:
            group[part] = [
                relation for relation in package.relations(part)
                if relation.external or relation.target in package.parts
            ]  # fmt: skip
            waiting += [relation.target for relation in group[part] if not relation.external]
    return group


def _small(name: str, data: bytes) -> Packed:
    packed = deflate(data)
    return Packed(name, 8, crc32(data), len(packed), len(data), lambda: (packed,))


class Links:
    """The relationships of a part of the combined file: one for each thing referred to."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._ids: dict[tuple[str, str, bool], str] = {}
        self._said: dict[str, tuple[str, str, bool]] = {}

    def keep(self, relation: Relation, target: str) -> None:
        """Relate to ``target`` (a part's name here) under the id the relation has."""
        self._said[relation.rid] = relation.kind, target, relation.external

    def adopt(self, relation: Relation, target: str) -> str:
        """Return the id that stands for a relation to ``target``: its own where that is free."""
        said = relation.kind, target, relation.external
        if said not in self._ids:
            rid, number = relation.rid, len(self._said)
            while rid in self._said:
                number += 1
                rid = f"rId{number}"
            self._ids[said] = rid
            self._said[rid] = said
        return self._ids[said]

    @property
    def any(self) -> bool:
        """Whether the part is related to something."""
        return bool(self._said)

    def xml(self) -> bytes:
        """Return the part that holds them."""
        folder = dirname(self.source) or "."
        said = "".join(
            f'<Relationship Id="{escape(rid)}" Type="{escape(kind)}" Target="'
            + (f'{escape(target)}" TargetMode="External"/>' if external
               else f'{escape(relpath(target, folder))}"/>')
            for rid, (kind, target, external) in self._said.items()
        )  # fmt: skip
        return XML + f'<Relationships xmlns="{NAMESPACES["rel"]}">{said}</Relationships>'.encode()
