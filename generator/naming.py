"""Names of output files: from a bundle's ``output`` template to a path every system accepts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from jinja2.exceptions import TemplateError as JinjaError

from generator.errors import BundleError, DataError, Problem
from generator.language.sandbox import Sandbox
from generator.language.words import syntax_words
from generator.patterns import regex
from generator.template.tags import scan
from generator.vietnamese import TextFormError
from generator.vietnamese.text import normalise

MAX_NAME = 120  # a path of Windows holds 260 characters, folders included
MAX_BYTES = 250  # a name of Linux holds 255 bytes, and a Vietnamese letter takes up to three
# Names that Windows keeps for devices, with any extension, spaces before it or not.
_RESERVED = regex(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\..*)?")
_LONGEST_EXTENSION = 8
_FORBIDDEN = regex('[<>:"/\\\\|?*\x00-\x1f\x7f]+')


class OutputName:
    """The file-name template of one form; ``/`` in it makes folders, ``/`` in a value does not."""

    def __init__(self, source: str, file: str) -> None:
        sandbox = Sandbox(text=True)
        self._file = file
        try:
            self._segments = [sandbox.from_string(part) for part in _segments(source)]
        except JinjaError as error:
            raise BundleError(
                Problem(
                    file=file,
                    at="output",
                    message=f"tên tệp viết sai: {syntax_words(str(error))[0]}",
                    hint='viết như output = "{{ don_vi }}.docx"',
                )
            ) from error

    def path(self, context: Mapping[str, Any]) -> str:
        """Return the relative path for one record, with ``/`` between folders.

        Raises:
            DataError: the name comes out empty, or needs a field the record leaves blank.
        """
        try:
            names = [file_name(segment.render(context)) for segment in self._segments]
        except (JinjaError, TextFormError) as error:
            raise DataError(
                Problem(
                    message=f"không đặt được tên tệp kết quả: {error}",
                    hint="điền các trường dùng trong tên tệp (xem output trong manifest.toml)",
                )
            ) from error
        except Exception as error:  # the bundle's own expression ran: 1/0, a text plus a number
            raise DataError(
                Problem(
                    message=f"không tính được tên tệp kết quả ({error})",
                    hint="sửa output trong manifest.toml của mẫu",
                )
            ) from error
        if not all(names):
            raise DataError(
                Problem(message="tên tệp kết quả rỗng", hint="điền các trường dùng trong tên tệp")
            )
        return "/".join(names)


def _segments(source: str) -> list[str]:
    """Split a template at the slashes that stand outside its tags."""
    segments, position = [""], 0
    for tag in scan(source, lambda message, hint: None):
        head, *rest = source[position : tag.start].split("/")
        segments[-1] += head
        segments += rest
        segments[-1] += source[tag.start : tag.end]
        position = tag.end
    head, *rest = source[position:].split("/")
    return [*segments[:-1], segments[-1] + head, *rest]


def file_name(text: str) -> str:
    """Return a text as one file name that Windows, macOS and Linux accept, or ``""``.

    >>> file_name('Số 33/KH: "Tổng kết".docx')
    'Số 33-KH- -Tổng kết-.docx'
    >>> file_name("con.docx"), file_name(" .. ")
    ('_con.docx', '')
    """
    name = " ".join(_FORBIDDEN.sub("-", normalise(text)).split()).strip(". ")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return _shortened(name) if len(name) > MAX_NAME or len(name.encode()) > MAX_BYTES else name


def _shortened(name: str) -> str:
    """Return a name cut to the length that fits; a digest keeps two long names apart."""
    stem, _, extension = name.rpartition(".")
    if not stem or len(extension) > _LONGEST_EXTENSION:  # that dot is one of the text
        stem, extension = name, ""
    tail = f"… {hashlib.sha256(name.encode()).hexdigest()[:8]}" + (extension and f".{extension}")
    stem = stem[: MAX_NAME - len(tail)]
    while len((stem + tail).encode()) > MAX_BYTES:
        stem = stem[:-1]
    return stem.rstrip() + tail


def same_file(path: str) -> str:
    """Return a key that two paths share when some system takes them for one file."""
    return normalise(path).casefold()
