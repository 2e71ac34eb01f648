"""Names of output files: from a bundle's ``output`` template, or as the user types them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from jinja2.exceptions import TemplateError as JinjaError

from generator.errors import BundleError, DataError, Problem, UsageError
from generator.language.sandbox import Sandbox
from generator.language.words import run_words, syntax_words
from generator.patterns import regex
from generator.template.tags import scan
from generator.vietnamese import TextFormError, shown
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
                    message=f"không tính được tên tệp kết quả: {run_words(error)}",
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


# ---------------------------------------------------------------- as the user types them
# Endings that ask for one file, where many are put into a folder.
_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".cab", ".iso")
_SINGLE = (".docx", ".doc", ".pdf", ".xlsx", ".xls", ".odt", ".json", ".jsonl", ".csv", ".txt")


def expect_output(target: str | Path, *sources: str | Path) -> None:
    """Refuse a place to write that some system cannot have, or that holds what is being read.

    ``sources`` are the files read: data, a template, a list; ``-`` and ``""`` stand for none.

    Raises:
        UsageError: a name on the way that Windows cannot have, or a file that is a source.
    """
    target = Path(target)
    there = next((folder for folder in (target, *target.parents) if folder.is_dir()), None)
    for name in _names(target.relative_to(there) if there else target):
        fault = fault_of_name(name)
        if fault:
            raise UsageError(
                Problem(
                    file=str(target),
                    message=f"tên {shown(name)} {fault}",
                    hint=f"đặt tên khác, chẳng hạn {file_name(name) or 'ket-qua'}",
                )
            )
    if any(_is(target, Path(source)) for source in sources if source not in ("", "-")):
        raise UsageError(
            Problem(
                file=str(target),
                message="tệp này đang được đọc, không ghi đè lên",
                hint="chọn tên khác cho tệp kết quả",
            )
        )


def _is(target: Path, source: Path) -> bool:
    if source.is_dir():
        return False
    if target.resolve() == source.resolve():
        return True
    return target.is_file() and source.is_file() and target.samefile(source)


def expect_folder(target: str | Path, *, zips: bool = False) -> None:
    """Refuse a place for many documents that has the name of one file, and what names refuse.

    A folder that is there has whatever name it has. ``zips`` tells whether a .zip will do.

    Raises:
        UsageError: as of :func:`expect_output`, or an ending that no folder is given.
    """
    target = Path(target)
    ending = target.suffix.lower()
    known = (*_ARCHIVES, *_SINGLE) if zips else (".zip", *_ARCHIVES, *_SINGLE)
    if ending in known and not target.is_dir():
        one_file = "; gộp thành một tệp thì thêm --combine" if zips and ending in _SINGLE else ""
        raise UsageError(
            Problem(
                file=str(target),
                message=f"không ghi được vào tệp {ending}: kết quả gồm nhiều tệp",
                hint=f"ghi tên thư mục{' hoặc tệp .zip' if zips else ''}{one_file}",
            )
        )
    expect_output(target)


def _names(path: PurePath) -> list[str]:
    """Return the names a path is made of, from its end; a drive is none.

    >>> from pathlib import PureWindowsPath
    >>> _names(PureWindowsPath("C:/ho-so/../a.docx"))
    ['a.docx', 'ho-so']
    """
    return [name for name in (path.name, *(p.name for p in path.parents)) if name not in ("", "..")]


def fault_of_name(name: str) -> str:
    """Return why a name cannot be that of a file on Windows, ``""`` where it can.

    >>> fault_of_name("nam.2025"), fault_of_name("Aux.docx")
    ('', 'là tên Windows giữ cho thiết bị')
    >>> fault_of_name("a:b?.docx")
    'có ký tự : ? mà Windows không cho đặt'
    """
    signs = dict.fromkeys("".join(_FORBIDDEN.findall(name)))
    if signs:
        visible = " ".join(sign if sign.isprintable() else "điều khiển" for sign in signs)
        return f"có ký tự {visible} mà Windows không cho đặt"
    if _RESERVED.fullmatch(name):
        return "là tên Windows giữ cho thiết bị"
    return "kết thúc bằng dấu chấm hoặc dấu cách" if name[-1:] in (".", " ") else ""
