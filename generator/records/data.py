"""Data files: JSON, JSON Lines, a folder of JSON files, standard input; errors with their line."""

from __future__ import annotations

import errno
import json
import math
import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from json.decoder import scanstring  # type: ignore[attr-defined] # in no stub, in every Python
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.errors import DataError, Problem, UsageError
from generator.images import MAX_BYTES, SUFFIXES, data_uri, read_image
from generator.patterns import regex
from generator.records.schema import Fault, Field, JsonPath, Schema
from generator.vietnamese import TextFormError, shown

if TYPE_CHECKING:
    from generator.records.places import Cells, DataProblem

STDIN = "-"
_LINE_SUFFIXES = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecord:
    """One record as it stands in its file: its JSON text, or the value its table rows make."""

    file: str  # as the user typed it
    text: str
    first_line: int = 1
    index: int = 0  # from 0, in the order of the source
    listed: int | None = None  # its place in a JSON list: paths start with $[listed]
    folder: str | None = None  # where {"$file": …} looks; nowhere for a record without a place
    error: DataError | None = None  # why its file could not be read; told when it is parsed
    value: Any = None  # the record itself: given by a program or a table, or parsed already
    cells: Cells | None = None  # the rows of a table it was read from
    faults: tuple[Fault, ...] = ()  # what reading its cells found wrong
    warnings: tuple[Problem, ...] = ()  # what to look at again in its cells or in the whole file
    unit: str = ""  # the unit's name as a table gives it

    def parse(self) -> Any:
        """Return the record's value; numbers with decimals as ``Decimal``.

        Raises:
            DataError: broken JSON, or a key given twice, with line and column.
        """
        if self.error is not None:
            raise self.error
        if self.value is not None or not self.text:
            return self.value
        return parse_json(self.text, self.file, self.first_line)

    def parse_loosely(self) -> tuple[Any, list[Fault]]:
        """Return the record's value, and a fault for each key given twice: the last one counts.

        Raises:
            DataError: broken JSON, with line and column.
        """
        try:
            return self.parse(), []
        except DataError:
            repeated = list(_repeated(self.text)) if self.error is None else []
            if not repeated:
                raise
            faults = [Fault(path=path, message=_twice(path[-1]), hint=_ONE) for path in repeated]
            return _LOOSE.decode(self.text), faults

    def place(self, path: JsonPath) -> str:
        """Return where a value of the record stands: ``dòng 5, $.nam``, or ``Dữ liệu!C7``."""
        return self._placed(Fault(path=path, message=""), self._positions()).at

    def problems(self, faults: Iterable[Fault]) -> tuple[DataProblem, ...]:
        """Return faults as problems, each with its place, in the order of the file."""
        faults = list(faults)
        if not faults:  # finding the lines costs more than reading the record
            return ()
        lines = self._positions()
        placed = [self._placed(fault, lines) for fault in faults]
        cells = self.cells
        if cells is not None:
            return tuple(sorted(placed, key=lambda problem: cells.order(problem.cell)))
        return tuple(sorted(placed, key=lambda p: (p.line, p.column)) if lines else placed)

    def _positions(self) -> Mapping[JsonPath, tuple[int, int]]:
        return positions(self.text) if self.text else {}

    def _placed(self, fault: Fault, lines: Mapping[JsonPath, tuple[int, int]]) -> DataProblem:
        from generator.records.places import CellFault, DataProblem  # for records with faults alone

        problem = DataProblem(
            file=self.file,
            message=fault.message,
            hint=fault.hint,
            path=fault.path,
            unit=self.unit,
        )
        if self.cells is not None:
            cell = fault.cell if isinstance(fault, CellFault) else self.cells.find(fault.path)
            return replace(problem, at=str(cell), cell=cell)
        if not lines:
            return replace(problem, at=show_path(fault.path))
        path = fault.path
        while path not in lines:
            path = path[:-1]
        line, column = lines[path]
        line += self.first_line - 1
        start = "$" if self.listed is None else f"$[{self.listed}]"
        at = f"dòng {line}, {show_path(fault.path, start)}"
        return replace(problem, at=at, line=line, column=column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A data source opened: its records, and what is wrong or odd with the file as a whole."""

    records: Iterable[RawRecord] = ()
    problems: tuple[DataProblem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def show_path(path: JsonPath, start: str = "$") -> str:
    """Return a path as JSONPath writes it (RFC 9535).

    >>> show_path(("noi_nhan", 0))
    '$.noi_nhan[0]'
    """
    return start + "".join(map(_show_step, path))


def _show_step(step: str | int) -> str:
    if isinstance(step, str) and step.isidentifier():
        return f".{step}"
    return f"[{json.dumps(step, ensure_ascii=not str(step).isprintable())}]"


# ---------------------------------------------------------------- sources
def read_records(source: str) -> Iterator[RawRecord]:
    """Yield the records of a data source in order, without checking them.

    ``source`` is a .json file (one record or a list), a .jsonl file, a folder of .json files, or
    ``-`` for JSON on standard input.

    Raises:
        UsageError: no such file or folder, or one that cannot be read.
        DataError: another encoding than UTF-8 or UTF-16, broken JSON, no record at all.
    """
    path = Path(source)
    if source == STDIN:
        yield from _split(decode(sys.stdin.buffer.read(), "(đầu vào)"), "(đầu vào)", None)
    elif path.is_dir():
        yield from _folder(path, source)
    elif path.suffix.lower() in _LINE_SUFFIXES:
        yield from _lines(path, source)
    else:
        yield from _split(decode(read_bytes(path, source), source), source, str(path.parent))


_REASONS = {
    errno.EISDIR: "đây là thư mục",
    errno.EACCES: "không có quyền đọc",
    errno.EPERM: "không có quyền đọc",
    errno.ENAMETOOLONG: "tên quá dài",
    errno.ENOTDIR: "một phần đường dẫn là tệp, không phải thư mục",
}


def read_bytes(path: Path, name: str) -> bytes:
    """Return the content of a file the user named."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(name, error) from error


def unreadable(name: str, error: OSError) -> UsageError:
    """Return the error that tells why a file or folder could not be read."""
    if isinstance(error, FileNotFoundError):
        return UsageError(
            Problem(file=name, message="không có tệp này", hint="kiểm tra lại tên tệp và thư mục")
        )
    reason = _REASONS.get(error.errno or 0, error.strerror)
    return UsageError(
        Problem(
            file=name,
            message=f"không mở được ({reason})",
            hint="kiểm tra quyền đọc, hoặc đóng chương trình đang giữ tệp",
        )
    )


def _folder(path: Path, source: str) -> Iterator[RawRecord]:
    try:
        names = list(path.iterdir())
    except OSError as error:
        raise unreadable(source, error) from error
    files = sorted((file for file in names if file.suffix.lower() == ".json"), key=natural_order)
    tables = [file.name for file in sorted(names) if file.suffix.lower() in _TABLES]
    tables = [name for name in tables if not name.startswith(("~$", ".~"))]  # open in Excel
    if not files:
        raise DataError(
            Problem(
                file=source,
                message="thư mục không có tệp .json nào",
                hint="đưa riêng từng bảng tính" if tables else "mỗi đơn vị một tệp",
            )
        )
    _refuse_unread(names, source)
    warnings = (_unread_tables(tables, source),) if tables else ()
    index = 0
    for file in files:
        name = str(Path(source) / file.name)
        try:
            records = list(_split(decode(read_bytes(file, name), name), name, str(path)))
        except DataError as error:  # one unit's file must not stop the others
            records = [RawRecord(file=name, text="", error=error)]
        for record in records:
            yield replace(record, index=index, warnings=warnings if index == 0 else ())
            index += 1


_TABLES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv")
_NAMED = 5


def _unread_tables(names: Sequence[str], source: str) -> Problem:
    """Return the warning about tables in a folder, of which the JSON files alone are read."""
    more = f" và {len(names) - _NAMED} tệp khác" if len(names) > _NAMED else ""
    return Problem(
        file=source,
        message=f"không đọc bảng tính trong thư mục: {', '.join(names[:_NAMED])}{more}",
        hint="thư mục chỉ lấy các tệp .json; đưa riêng từng bảng tính",
    )


def _refuse_unread(names: Iterable[Path], source: str) -> None:
    """Refuse a folder with data that would be left out: Notepad's ``a.json.txt``, a subfolder's."""
    left = [
        file
        for file in sorted(names)
        if (file.is_file() and ".json" in file.name.lower() and file.suffix.lower() != ".json")
        or (file.is_dir() and any(file.glob("*.json")))
    ]
    if left:
        raise DataError(
            Problem(
                file=str(Path(source) / file.name),
                message="tệp hoặc thư mục con này sẽ bị bỏ sót",
                hint="đặt tên tệp kết thúc bằng .json và để ngay trong thư mục, hoặc dời đi",
            )
            for file in left
        )


def natural_order(path: Path) -> list[tuple[int, str]]:
    """Return a key that sorts ``don-vi-2`` before ``don-vi-10``."""
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


_LONGEST_LINE = 64 * 1024 * 1024  # characters of a record


def _lines(path: Path, source: str) -> Iterator[RawRecord]:
    """Yield the records of a JSON Lines file, which is never held as a whole."""
    index = -1
    for number, line in enumerate(_text_lines(path, source), start=1):
        if not line.isspace():
            index += 1
            yield RawRecord(
                file=source,
                text=line.removesuffix("\n"),
                first_line=number,
                index=index,
                folder=str(path.parent),
            )
    if index < 0:
        raise no_records(source)


def _text_lines(path: Path, source: str) -> Iterator[str]:
    number = 0
    try:
        with path.open("rb") as stream:
            encoding = encoding_of(stream.read(4), source)
        with path.open(encoding=encoding, newline="\n") as lines:
            while line := lines.readline(_LONGEST_LINE):
                number += 1
                if len(line) == _LONGEST_LINE:
                    raise DataError(
                        Problem(
                            file=source,
                            at=f"dòng {number}",
                            message="dòng quá dài",
                            hint="mỗi bản ghi một dòng",
                        )
                    )
                yield line
    except OSError as error:
        raise unreadable(source, error) from error
    except UnicodeDecodeError as error:
        raise _misread(path, source, number) from error


def _misread(path: Path, source: str, read: int) -> DataError:
    """Return the error for a line that is not in the encoding of its file.

    Text is decoded some lines ahead, so the line is looked for again: by its bytes.
    """
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return _not_utf8(source, number, line)
    return _not_utf8(source, read + 1, b"")


_BLANK = regex(r"[ \t\r\n]*")


def _split(text: str, source: str, folder: str | None) -> Iterator[RawRecord]:
    """Yield the elements of a JSON list, or the one record that the text is."""
    start = _BLANK.match(text).end()  # type: ignore[union-attr]
    if not text[start:]:
        raise no_records(source)
    if text[start] != "[":
        yield RawRecord(file=source, text=text, folder=folder)
        return
    # The whole list first: no record is taken from a broken file. A key given twice is told with
    # all that is wrong with its record.
    parse_json(text, source, loosely=True)
    decoder = json.JSONDecoder()
    position, index = _BLANK.match(text, start + 1).end(), 0  # type: ignore[union-attr]
    line, counted = 1, 0
    while text[position] != "]":
        _, end = decoder.raw_decode(text, position)
        line, counted = line + text.count("\n", counted, position), position
        yield RawRecord(
            file=source,
            text=text[position:end],
            first_line=line,
            index=index,
            listed=index,
            folder=folder,
        )
        index += 1
        position = _BLANK.match(text, end).end()  # type: ignore[union-attr]
        if text[position] == ",":
            position = _BLANK.match(text, position + 1).end()  # type: ignore[union-attr]
    if not index:
        raise no_records(source)


def no_records(source: str) -> DataError:
    """Return the error for a source without a single record."""
    return DataError(
        Problem(
            file=source,
            message="tệp không có bản ghi nào",
            hint="tạo tệp mẫu để điền bằng lệnh vanban init",
        )
    )


# ---------------------------------------------------------------- encodings
UNICODE_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Letters that Windows-1258 writes as a base letter and a mark of its own: ă â ê ô ơ ư đ, and tones.
CP1258_SIGNS = re.compile(rb"[A-Za-z\xc2\xe2\xe3\xea\xf4\xf5\xfd\xca\xd4][\xcc\xd2\xde\xec\xf2]")


_NOT_TEXT = {
    b"PK\x03\x04": "tệp Word, Excel hoặc tệp nén",
    b"\xd0\xcf\x11\xe0": "tệp Word hoặc Excel đời cũ",
    b"%PDF": "tệp PDF",
}


def decode(content: bytes, file: str) -> str:
    """Return the text of a data file: UTF-8 with or without a mark, or UTF-16.

    Raises:
        DataError: any other encoding; Windows-1258 is named where the letters show it.
    """
    try:
        return content.decode(encoding_of(content[:4], file))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _not_utf8(file, line, content) from error


def encoding_of(head: bytes, file: str) -> str:
    """Return the Unicode encoding that the first four bytes of a data file show.

    Raises:
        DataError: they begin a file of another kind.
    """
    if head in _NOT_TEXT:
        raise DataError(
            Problem(
                file=file,
                message=f"đây là {_NOT_TEXT[head]}, không phải tệp dữ liệu JSON",
                hint="chọn tệp .json đã điền; tạo mới bằng lệnh vanban init",
            )
        )
    for mark, name in UNICODE_MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head:
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    return "utf-8"


def _not_utf8(file: str, line: int, content: bytes) -> DataError:
    name = "Windows-1258 (cp1258)" if CP1258_SIGNS.search(content) else "không rõ"
    return DataError(
        Problem(
            file=file,
            at=f"dòng {line}",
            message=f"tệp không phải UTF-8; bảng mã của tệp: {name}",
            hint="mở bằng Notepad, chọn Save As, mục Encoding chọn UTF-8, rồi chạy lại",
        )
    )


# ---------------------------------------------------------------- JSON
class _TwiceError(ValueError):
    """A key given twice in one object."""


class _NumberError(ValueError):
    """NaN, infinity, or a number outside any reasonable range, as written."""


# Numbers as far as JSON promises to carry them (RFC 8259, 6: binary64). Decimal takes 1e999999999,
# and the first sum or whole number made of that fills the memory.
_FURTHEST = 308
_DEEPEST = 100  # data nested deeper is broken or hostile; what reads it recurses
_LONGEST_WHOLE = 4300  # digits Python converts (sys.int_info.default_max_str_digits)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in keys if keys.count(key) > 1))
    return whole


def _constant(name: str) -> Any:
    raise _NumberError(name)


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:  # an exponent beyond what Decimal itself holds
        raise _NumberError(text) from error
    if not -_FURTHEST <= number.adjusted() <= _FURTHEST:
        raise _NumberError(text)
    return number


_LOOSE = json.JSONDecoder(parse_float=_decimal, parse_constant=_constant)
_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_decimal, parse_constant=_constant
)
_SYNTAX: Mapping[str, tuple[str, str]] = {
    "Expecting value": ("thiếu giá trị", "sau dấu hai chấm hoặc dấu phẩy phải có giá trị"),
    "Expecting property name enclosed in double quotes": (
        "thiếu tên khóa trong dấu ngoặc kép thẳng",
        'bỏ dấu phẩy thừa ở dòng trước, và gõ khóa trong dấu " thẳng, không dùng “ ”',
    ),
    "Expecting ',' delimiter": ("thiếu dấu phẩy giữa hai mục", "thêm dấu phẩy cuối mục trước"),
    "Expecting ':' delimiter": ("thiếu dấu hai chấm sau tên khóa", 'viết "khóa": giá trị'),
    "Unterminated string starting at": (
        "chuỗi mở ngoặc kép mà không đóng",
        'thêm dấu " cuối chuỗi',
    ),
    "Invalid control character at": (
        "có xuống dòng hoặc dấu tab nằm trong chuỗi",
        "trong chuỗi gõ \\n để xuống dòng, \\t thay cho tab",
    ),
    "Extra data": ("thừa nội dung sau khi bản ghi đã kết thúc", "nhiều bản ghi thì đặt trong [ ]"),
    "Invalid \\escape": ("dấu \\ đứng trước ký tự không hợp lệ", "muốn in dấu \\ thì gõ \\\\"),
    "Invalid \\uXXXX escape": ("mã \\u viết không đủ bốn chữ số", "viết như \\u0110"),
}


def parse_json(text: str, file: str, first_line: int = 1, *, loosely: bool = False) -> Any:
    """Return the value of a JSON text (RFC 8259), decimals exact.

    Raises:
        DataError: broken JSON with line and column; a key given twice, unless ``loosely``; NaN; a
            number or a nesting beyond reason.
    """
    try:
        value = (_LOOSE if loosely else _DECODER).decode(text)
        # Counting brackets is quick and enough for any honest record.
        if text.count("[") + text.count("{") > _DEEPEST and not _shallow(value):
            raise RecursionError
    except json.JSONDecodeError as error:
        message, hint = _syntax(error)
        at = f"dòng {first_line - 1 + error.lineno}, cột {error.colno}"
        raise DataError(Problem(file=file, at=at, message=message, hint=hint)) from error
    except RecursionError as error:
        raise DataError(
            Problem(file=file, message="dữ liệu lồng quá sâu", hint="kiểm tra các dấu ngoặc")
        ) from error
    except ValueError as error:
        offset, message, hint = _refused(text, error)
        line = text.count("\n", 0, offset) + first_line
        raise DataError(
            Problem(file=file, at=f"dòng {line}", message=message, hint=hint)
        ) from error
    return value


def _shallow(value: Any) -> bool:
    """Return whether a value is nested no deeper than ``_DEEPEST``, without recursion."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            child
            for item in level
            if isinstance(item, (dict, list))
            for child in (item.values() if isinstance(item, dict) else item)
        ]
    return not any(isinstance(item, (dict, list)) for item in level)


def _syntax(error: json.JSONDecodeError) -> tuple[str, str]:
    """Return what is wrong with broken JSON, told from the characters there where possible."""
    message, hint = _habit(error) or next(
        (words for key, words in _SYNTAX.items() if error.msg.startswith(key)),
        ("viết sai cú pháp JSON", "kiểm tra dấu ngoặc và dấu phẩy quanh đó"),
    )
    return f"JSON hỏng: {message}", hint


def _habit(error: json.JSONDecodeError) -> tuple[str, str] | None:
    """Return the usual slip that the characters at the fault show, if they show one."""
    rest, before = error.doc[error.pos :], error.doc[: error.pos].rstrip()
    missing_comma = error.msg.startswith("Expecting ',' delimiter")
    if missing_comma and not rest.strip():
        return "tệp dừng giữa chừng", "thêm dấu } hoặc ] còn thiếu ở cuối"
    if missing_comma and before.endswith('"') and rest[:1].isalpha():
        return "dấu ngoặc kép nằm trong chuỗi", 'trong chuỗi gõ \\" hoặc dùng ngoặc cong “ ”'
    if missing_comma and before.endswith("0") and rest[:1].isdigit():
        return "số viết thừa số 0 ở đầu", 'bỏ số 0, hoặc đặt trong ngoặc kép: "08"'
    if _UNQUOTED.search(error.doc[: error.pos][-_VALUE:]) and _MORE_OF_IT.match(rest):
        return "số hoặc ngày viết có dấu , . / - mà không có ngoặc kép", _QUOTE_IT
    if error.msg.startswith("Invalid control") and _line_before(error).endswith(("”", "”,")):
        return "chuỗi đóng bằng ngoặc kép cong ”", 'đóng chuỗi bằng dấu " thẳng'
    if error.msg.startswith("Expecting value"):
        return next((words for sign, words in _VALUE_SIGNS if sign.match(rest)), None)
    return None


# 1.234,5 and 5/3/2026 are no numbers of JSON, which breaks off inside them.
_UNQUOTED = regex(r"[:\[,]\s*-?\d[\d.]*,?$")
_MORE_OF_IT = regex(r"[./-]?\d")
_VALUE = 60  # letters before the fault, enough for any number or date
_QUOTE_IT = 'đặt cả giá trị trong ngoặc kép: "1.234,5", "05/3/2026"'
_VALUE_SIGNS: tuple[tuple[re.Pattern[str], tuple[str, str]], ...] = (
    (regex("[“”„]"), ("dùng ngoặc kép cong “ ”", 'thay bằng dấu " thẳng')),
    (regex("//|/[*]|#"), ("JSON không có ghi chú kiểu này", 'ghi chú bằng khóa "//"')),
    (
        regex("(?i)none|null|true|false"),
        ("null, true, false phải viết thường", "trống thì viết null"),
    ),
    (regex("]"), ("thừa dấu phẩy trước dấu đóng ]", "bỏ dấu phẩy thừa")),
)


def _line_before(error: json.JSONDecodeError) -> str:
    return error.doc[: error.pos].rpartition("\n")[2].rstrip()


def _refused(text: str, error: ValueError) -> tuple[int, str, str]:
    """Return where well-formed JSON holds what is refused all the same, what, and the remedy."""
    if isinstance(error, _TwiceError):
        key = str(error)
        return _second(text, key), _twice(key), _ONE
    if isinstance(error, _NumberError):
        number = str(error)
        offset = _outside_texts(text, lambda token: token == number)
        if number.lstrip("-").isalpha():
            return offset, f"{number} không phải là số", "ghi con số thật"
    else:  # from Python itself: a whole number of thousands of digits
        offset = _outside_texts(text, lambda token: len(token.lstrip("-")) > _LONGEST_WHOLE)
    return offset, "có số quá dài, không đọc được", "kiểm tra các con số"


def _twice(key: object) -> str:
    return f"khóa “{key}” ghi hai lần"


_ONE = "giữ lại một chỗ"
_TOKEN = regex(
    r'(?P<text>"(?:[^"\\]|\\.)*")(?P<colon>\s*:)?|(?P<brace>[{}])|(?P<bare>[^\s,:\[\]{}"]+)'
)


def _outside_texts(text: str, wanted: Callable[[str], bool]) -> int:
    """Return where the first wanted number stands; the same letters in a text do not count."""
    found = (m.start() for m in _TOKEN.finditer(text) if m["bare"] and wanted(m["bare"]))
    return next(found, 0)


def _second(text: str, key: str) -> int:
    """Return where a key stands for the second time in one object."""
    counts = [0]  # how often it stood in each object now open
    for match in _TOKEN.finditer(text):
        if match["brace"] == "{":
            counts.append(0)
        elif match["brace"] == "}":
            counts.pop()
        elif match["colon"] and scanstring(match["text"], 1, False)[0] == key:
            counts[-1] += 1
            if counts[-1] == 2:
                return match.start()
    return 0


_SCALAR = regex(r"[^\s,\]}]+")


def positions(text: str) -> dict[JsonPath, tuple[int, int]]:
    r"""Return the line and column (from 1) of each value of a well-formed JSON text.

    >>> positions('{"a": [1,\n 2]}')[("a", 1)]
    (2, 2)
    """
    found: dict[JsonPath, int] = {}
    _locate(text, 0, (), found)
    breaks = [match.start() for match in re.finditer("\n", text)]
    return {path: _line_column(offset, breaks) for path, offset in found.items()}


class _Places(dict[JsonPath, int]):
    """The places of values by their paths; knows which came twice."""

    def __init__(self) -> None:
        super().__init__()
        self.repeated: dict[JsonPath, None] = {}

    def __setitem__(self, path: JsonPath, offset: int) -> None:
        # What is inside a value that comes twice comes twice with it.
        inside = any(path[:length] in self.repeated for length in range(1, len(path)))
        if path in self and not inside:
            self.repeated[path] = None
        super().__setitem__(path, offset)


def _repeated(text: str) -> Iterable[JsonPath]:
    """Return the keys given twice in an object, none for a text that is refused all the same."""
    try:
        parse_json(text, "", loosely=True)
    except DataError:
        return ()
    found = _Places()
    _locate(text, 0, (), found)
    return found.repeated


def _line_column(offset: int, breaks: list[int]) -> tuple[int, int]:
    line = bisect_left(breaks, offset)
    return line + 1, offset - (breaks[line - 1] if line else -1)


def _locate(text: str, start: int, path: JsonPath, found: dict[JsonPath, int]) -> int:
    """Note where the value at ``start`` and those inside it begin; return where it ends."""
    start = _skip(text, start)
    found[path] = start
    opening = text[start]
    if opening == '"':
        return int(scanstring(text, start + 1, False)[1])
    if opening not in "{[":
        return _SCALAR.match(text, start).end()  # type: ignore[union-attr]
    position, count = _skip(text, start + 1), 0
    while text[position] not in "}]":
        step: str | int = count
        if opening == "{":
            step, position = scanstring(text, position + 1, False)
            position = _skip(text, position) + 1
        position = _skip(text, _locate(text, position, (*path, step), found))
        if text[position] == ",":
            position = _skip(text, position + 1)
        count += 1
    return position + 1


def _skip(text: str, position: int) -> int:
    return _BLANK.match(text, position).end()  # type: ignore[union-attr]


def given_record(value: Any) -> Any:
    """Return a record given by a program as a data file would hold it: dates as ISO text.

    Raises:
        DataError: a value that no data file can hold, with its path.
    """
    faults: list[Fault] = []
    plain = _plain_json(value, (), faults)
    if faults:
        raise DataError(RawRecord(file="", text="").problems(faults))
    return plain


def _plain_json(value: Any, path: JsonPath, faults: list[Fault]) -> Any:
    if value is None or type(value) in (str, bool, int):
        return value
    if isinstance(value, (float, Decimal)) and math.isfinite(value):
        return value
    if isinstance(value, date):
        return value.isoformat()[:10]
    if len(path) > _DEEPEST:
        faults.append(Fault(path=path[:3], message="dữ liệu lồng quá sâu"))
        return None
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {str(key): _plain_json(item, (*path, key), faults) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain_json(item, (*path, i), faults) for i, item in enumerate(value)]
    if isinstance(value, str):
        return str(value)
    message = f"giá trị kiểu {type(value).__name__} không dùng làm dữ liệu được: {shown(value)}"
    faults.append(Fault(path=path, message=message, hint="dùng chữ, số, ngày, danh sách, nhóm"))
    return None


# ---------------------------------------------------------------- long text in files of its own
def load_files(value: Any, schema: Schema, folder: str | None) -> tuple[Any, list[Fault]]:
    """Return a record with each ``{"$file": "noi-dung.md"}`` replaced by that file's text.

    The file must lie in the data file's folder or below; its text is read like a data file's.
    Without a folder no file is read: a record from elsewhere must not pull in local files.
    """
    faults: list[Fault] = []
    place = None if folder is None else Path(folder)
    return _load(value, schema.root, (), place, faults), faults


def _load(
    value: Any, at: Field | None, path: JsonPath, folder: Path | None, faults: list[Fault]
) -> Any:
    if at is None or not at.holds_files:
        return value
    if isinstance(value, list):
        return [_load(item, at.items, (*path, i), folder, faults) for i, item in enumerate(value)]
    if at.is_image and _names_file(value):
        name = value["$file"] if isinstance(value, dict) else value
        text, fault = _file_image(name, path, folder)
        faults += [fault] if fault else []
        return text
    if not isinstance(value, dict):
        return value
    if at.is_long_text and set(value) == {"$file"}:
        text, fault = _file_text(value["$file"], path, folder)
        faults += [fault] if fault else []
        return text
    return {
        key: _load(item, at.children.get(key), (*path, key), folder, faults)
        for key, item in value.items()
    }


def _names_file(value: Any) -> bool:
    """Return whether the value of a picture names a file beside the data."""
    if isinstance(value, dict):
        return set(value) == {"$file"}
    return isinstance(value, str) and value.lower().endswith(SUFFIXES)


def _file_image(name: Any, path: JsonPath, folder: Path | None) -> tuple[str, Fault | None]:
    """Return the picture of a file beside the data as the record keeps it."""
    target, fault = _beside(name, path, folder, "anh.png")
    if target is None:
        return "", fault
    try:
        if target.is_file() and target.stat().st_size > MAX_BYTES:
            raise TextFormError(f"ảnh quá lớn, nhiều nhất {MAX_BYTES // 1_000_000} MB")
        return data_uri(read_image(read_bytes(target, name))), None
    except UsageError as error:
        message, hint = error.problems[0].message, error.problems[0].hint
    except TextFormError as error:
        message, hint = str(error), "lưu lại ảnh dạng PNG hoặc JPEG"
    return "", Fault(path=path, message=f"tệp {shown(name)}: {message}", hint=hint)


def _file_text(name: Any, path: JsonPath, folder: Path | None) -> tuple[str, Fault | None]:
    target, fault = _beside(name, path, folder, "noi-dung.md")
    if target is None:
        return "", fault
    try:
        text = decode(read_bytes(target, name), name)
    except (UsageError, DataError) as error:
        problem = error.problems[0]
        message = f"tệp {shown(name)}: {problem.message}"
        return "", Fault(path=path, message=message, hint=problem.hint)
    return text.replace("\r\n", "\n").rstrip("\n"), None


def _beside(
    name: Any, path: JsonPath, folder: Path | None, example: str
) -> tuple[Path | None, Fault | None]:
    """Return the file that a record names, or the fault: it must lie in the data's folder."""
    if folder is None:
        message = "dữ liệu không đọc từ tệp thì không dùng được $file"
        return None, Fault(path=path, message=message, hint="ghi thẳng nội dung vào trường này")
    if not isinstance(name, str):
        hint = f'{{"$file": "{example}"}}'
        return None, Fault(path=path, message="$file phải là tên tệp", hint=hint)
    try:
        target = (folder / name).resolve()
        inside = target.is_relative_to(folder.resolve())
    except (OSError, ValueError):
        inside = False
    if not inside:
        return None, Fault(
            path=path,
            message=f"tệp {shown(name)} nằm ngoài thư mục của tệp dữ liệu",
            hint="chép tệp vào cùng thư mục với tệp dữ liệu",
        )
    return target, None
