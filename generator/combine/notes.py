"""Footnotes, endnotes and comments of many documents in one part for each kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import IO

from generator.combine.identities import NOTES, Scope
from generator.combine.shelf import Links, Stream
from generator.units import number as whole

_SPECIAL = re.compile(rb' w:type="(?!normal")')  # separators: settings refer to those of the first


class Notes:
    """The notes of one kind, in the order in which the documents refer to them."""

    def __init__(self, kind: str, name: str, first: bytes, file: IO[bytes]) -> None:
        """Begin with the part ``name`` of the first document and the separators it has."""
        tag = kind.encode()
        self.name, self.links = name, Links(name)
        self._note = re.compile(
            rb'<w:%s (?:[^<>]*? )?w:id="([^"]*)"[^<>]*(?<!/)>.*?</w:%s>' % (tag, tag), re.DOTALL
        )
        kinds = b"|".join(word for word, of in NOTES.items() if of == kind)
        self._reference = re.compile(rb'<w:(?:%s) (?:[^<>]*? )?w:id="([^"]*)"' % kinds)
        head, self._tail = _ends(first, tag + b"s")
        self._stream = Stream(file)
        self._stream.write(head)
        special = [note for note in self._note.finditer(first) if _is_special(note[0])]
        for note in special:
            self._stream.write(note[0])
        self.any = False  # whether a document refers to one
        taken = {note[1] for note in special}
        highest = max((whole(number.decode(errors="replace")) for number in taken), default=-1)
        self._numbers = (
            number for each in count(highest + 1) if (number := b"%d" % each) not in taken
        )

    def asked(self, body: bytes) -> dict[bytes, bytes]:
        """Return new ids for the notes that a body refers to."""
        if b"Reference " not in body:
            return {}
        old = dict.fromkeys(self._reference.findall(body))
        self.any |= bool(old)
        return {number: next(self._numbers) for number in old}

    def bring(
        self,
        part: bytes,
        numbers: Mapping[bytes, bytes],
        scope: Scope,
        relinked: Callable[[bytes], bytes],
    ) -> None:
        """Write the notes asked for from a document's part, with ids of their own."""
        for note in self._note.finditer(part):
            if note[1] in numbers and not _is_special(note[0]):
                note_here = scope.anew(_with_id(note, numbers[note[1]]))
                self._stream.write(relinked(note_here))

    def finished(self) -> Stream:
        """Return the whole part."""
        self._stream.write(self._tail)
        return self._stream


def _ends(part: bytes, root: bytes) -> tuple[bytes, bytes]:
    """Return what stands before and after the notes of a part."""
    opening = re.search(rb"<w:%s(?: [^<>]*)?>" % root, part)
    head = part[: opening.end()] if opening else b"<w:%s>" % root
    return head.replace(b"/>", b">"), b"</w:%s>" % root


def _is_special(note: bytes) -> bool:
    return bool(_SPECIAL.search(note, 0, note.index(b">")))


def _with_id(note: re.Match[bytes], number: bytes) -> bytes:
    start, end = note.start(1) - note.start(), note.end(1) - note.start()
    return note[0][:start] + number + note[0][end:]
