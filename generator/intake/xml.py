"""The XML of a spreadsheet as a stream of elements: bounded, no entities, nothing fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

from generator.intake.cells import refused

_CHUNK = 1 << 16
Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class Scanner:
    """Feeds an XML part to handlers, chunk by chunk, so that they can give out what is done."""

    def __init__(
        self, file: str, part: str, start: Start, end: End | None = None, text: Text | None = None
    ) -> None:
        self._file, self._part = file, part
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = start
        self._parser.EndElementHandler = end
        self._parser.CharacterDataHandler = text
        # Without a document type there are no entities to expand (billion laughs, local files).
        self._parser.StartDoctypeDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise refused(
            f"{self._file}: {self._part}",
            "chứa khai báo DTD, bị từ chối vì an toàn",
            "mở tệp bằng Excel hoặc LibreOffice và lưu lại",
        )

    def feed(self, stream: IO[bytes]) -> Iterator[None]:
        """Parse the stream, giving way to the caller after each chunk.

        Raises:
            DataError: broken XML, or a document type.
        """
        try:
            while chunk := stream.read(_CHUNK):
                self._parser.Parse(chunk, False)
                yield
            self._parser.Parse(b"", True)
            yield
        # An encoding nobody knows is a LookupError, one that expat cannot use a ValueError.
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise refused(
                f"{self._file}: {self._part}",
                f"XML hỏng ở dòng {self._parser.CurrentLineNumber}",
                "mở tệp bằng Excel hoặc LibreOffice và lưu lại",
            ) from error

    def run(self, stream: IO[bytes]) -> None:
        """Parse the whole stream."""
        for _ in self.feed(stream):
            pass


def local(name: str) -> str:
    """Return an element's or attribute's name without its prefix."""
    return name.rpartition(":")[2]
