"""Data files: JSON, JSON Lines, a folder of JSON files, standard input; errors with their line."""

from __future__ import annotations

import errno
import json
import math
import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from json.decoder import scanstring  # type: ignore[attr-defined] # in no stub, in every Python
from pathlib import Path
from typing import Any

from generator.errors import DataError, Problem, UsageError
from generator.schema import Fault, Field, JsonPath, Schema
from generator.vietnamese import shown

STDIN = "-"
_LINE_SUFFIXES = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecord:
    """One record as it stands in its file: its JSON text and the line where that begins."""

    file: str  # as the user typed it
    text: str
    first_line: int = 1
    index: int = 0  # from 0, in the order of the source
    listed: int | None = None  # its place in a JSON list: paths start with $[listed]
    folder: str | None = None  # where {"$file": …} looks; nowhere for a record without a place
    error: DataError | None = None  # why its file could not be read; told when it is parsed
    value: Any = None  # the record itself, where a program gives it and there is no text

    def parse(self) -> Any:
        """Return the record's value; numbers with decimals as ``Decimal``.

        Raises:
            DataError: broken JSON, or a key given twice, with line and column.
        """
        if self.error is not None:
            raise self.error
        return parse_json(self.text, self.file, self.first_line) if self.text else self.value

    def problems(self, faults: list[Fault]) -> tuple[Problem, ...]:
        """Return faults as problems, each with its line and JSON path, in the order of the file."""
        if not self.text:
            return tuple(
                Problem(file=self.file, at=show_path(f.path), message=f.message, hint=f.hint)
                for f in faults
            )
        lines = positions(self.text)
        start = "$" if self.listed is None else f"$[{self.listed}]"

        def place(fault: Fault) -> tuple[int, int]:
            path = fault.path
            while path not in lines:
                path = path[:-1]
            return lines[path]

        return tuple(
            Problem(
                file=self.file,
                at=f"dòng {self.first_line - 1 + place(fault)[0]}, {show_path(fault.path, start)}",
                message=fault.message,
                hint=fault.hint,
            )
            for fault in sorted(faults, key=place)
        )


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
    except FileNotFoundError as error:
        raise UsageError(
            Problem(file=name, message="không có tệp này", hint="kiểm tra lại tên tệp và thư mục")
        ) from error
    except OSError as error:
        raise unreadable(name, error) from error


def unreadable(name: str, error: OSError) -> UsageError:
    """Return the error that tells why a file or folder could not be read."""
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
    files = sorted((file for file in names if file.suffix.lower() == ".json"), key=_natural)
    if not files:
        raise DataError(
            Problem(
                file=source, message="thư mục không có tệp .json nào", hint="mỗi đơn vị một tệp"
            )
        )
    _refuse_unread(names, source)
    index = 0
    for file in files:
        name = str(Path(source) / file.name)
        try:
            records = list(_split(decode(read_bytes(file, name), name), name, str(path)))
        except DataError as error:  # one unit's file must not stop the others
            records = [RawRecord(file=name, text="", error=error)]
        for record in records:
            yield replace(record, index=index)
            index += 1


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


def _natural(path: Path) -> list[tuple[int, str]]:
    """Return a key that sorts ``don-vi-2`` before ``don-vi-10``."""
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def _lines(path: Path, source: str) -> Iterator[RawRecord]:
    text_lines = decode(read_bytes(path, source), source).split("\n")
    index = -1
    for number, line in enumerate(text_lines, start=1):
        if line.strip():
            index += 1
            yield RawRecord(
                file=source, text=line, first_line=number, index=index, folder=str(path.parent)
            )
    if index < 0:
        raise _empty(source)


_BLANK = re.compile(r"[ \t\r\n]*")


def _split(text: str, source: str, folder: str | None) -> Iterator[RawRecord]:
    """Yield the elements of a JSON list, or the one record that the text is."""
    start = _BLANK.match(text).end()  # type: ignore[union-attr]
    if not text[start:]:
        raise _empty(source)
    if text[start] != "[":
        yield RawRecord(file=source, text=text, folder=folder)
        return
    parse_json(text, source)  # the whole list first: no record is taken from a broken file
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
        raise _empty(source)


def _empty(source: str) -> DataError:
    return DataError(
        Problem(
            file=source,
            message="tệp không có bản ghi nào",
            hint="tạo tệp mẫu để điền bằng lệnh vanban init",
        )
    )


# ---------------------------------------------------------------- encodings
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Letters that Windows-1258 writes as a base letter and a mark of its own: ă â ê ô ơ ư đ, and tones.
_CP1258_SIGNS = re.compile(rb"[A-Za-z\xc2\xe2\xe3\xea\xf4\xf5\xfd\xca\xd4][\xcc\xd2\xde\xec\xf2]")


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
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), "utf-8")
    if encoding == "utf-8" and b"\0" in content[:4]:
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    if content[:4] in _NOT_TEXT:
        raise DataError(
            Problem(
                file=file,
                message=f"đây là {_NOT_TEXT[content[:4]]}, không phải tệp dữ liệu JSON",
                hint="chọn tệp .json đã điền; tạo mới bằng lệnh vanban init",
            )
        )
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        name = "Windows-1258 (cp1258)" if _CP1258_SIGNS.search(content) else "không rõ"
        raise DataError(
            Problem(
                file=file,
                at=f"dòng {line}",
                message=f"tệp không phải UTF-8; bảng mã của tệp: {name}",
                hint="mở bằng Notepad, chọn Save As, mục Encoding chọn UTF-8, rồi chạy lại",
            )
        ) from error


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


def parse_json(text: str, file: str, first_line: int = 1) -> Any:
    """Return the value of a JSON text (RFC 8259), decimals exact.

    Raises:
        DataError: broken JSON with line and column; a key given twice; NaN; a number or a nesting
            beyond reason.
    """
    try:
        value = _DECODER.decode(text)
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
    if error.msg.startswith("Invalid control") and _line_before(error).endswith(("”", "”,")):
        return "chuỗi đóng bằng ngoặc kép cong ”", 'đóng chuỗi bằng dấu " thẳng'
    if error.msg.startswith("Expecting value"):
        return next((words for sign, words in _VALUE_SIGNS if sign.match(rest)), None)
    return None


_VALUE_SIGNS: tuple[tuple[re.Pattern[str], tuple[str, str]], ...] = (
    (re.compile("[“”„]"), ("dùng ngoặc kép cong “ ”", 'thay bằng dấu " thẳng')),
    (re.compile("//|/[*]|#"), ("JSON không có ghi chú kiểu này", 'ghi chú bằng khóa "//"')),
    (
        re.compile("(?i)none|null|true|false"),
        ("null, true, false phải viết thường", "trống thì viết null"),
    ),
    (re.compile("]"), ("thừa dấu phẩy trước dấu đóng ]", "bỏ dấu phẩy thừa")),
)


def _line_before(error: json.JSONDecodeError) -> str:
    return error.doc[: error.pos].rpartition("\n")[2].rstrip()


def _refused(text: str, error: ValueError) -> tuple[int, str, str]:
    """Return where well-formed JSON holds what is refused all the same, what, and the remedy."""
    if isinstance(error, _TwiceError):
        key = str(error)
        return _second(text, key), f"khóa “{key}” ghi hai lần", "giữ lại một chỗ"
    if isinstance(error, _NumberError):
        number = str(error)
        offset = _outside_texts(text, lambda token: token == number)
        if number.lstrip("-").isalpha():
            return offset, f"{number} không phải là số", "ghi con số thật"
    else:  # from Python itself: a whole number of thousands of digits
        offset = _outside_texts(text, lambda token: len(token.lstrip("-")) > _LONGEST_WHOLE)
    return offset, "có số quá dài, không đọc được", "kiểm tra các con số"


_TOKEN = re.compile(
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


_SCALAR = re.compile(r"[^\s,\]}]+")


def positions(text: str) -> dict[JsonPath, tuple[int, int]]:
    r"""Return the line and column (from 1) of each value of a well-formed JSON text.

    >>> positions('{"a": [1,\n 2]}')[("a", 1)]
    (2, 2)
    """
    found: dict[JsonPath, int] = {}
    _locate(text, 0, (), found)
    breaks = [match.start() for match in re.finditer("\n", text)]
    return {path: _line_column(offset, breaks) for path, offset in found.items()}


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
    if at is None:
        return value
    if isinstance(value, list):
        return [_load(item, at.items, (*path, i), folder, faults) for i, item in enumerate(value)]
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


def _file_text(name: Any, path: JsonPath, folder: Path | None) -> tuple[str, Fault | None]:
    if folder is None:
        message = "dữ liệu không đọc từ tệp thì không dùng được $file"
        return "", Fault(path=path, message=message, hint="ghi thẳng nội dung vào trường này")
    if not isinstance(name, str):
        return "", Fault(
            path=path, message="$file phải là tên tệp", hint='{"$file": "noi-dung.md"}'
        )
    try:
        target = (folder / name).resolve()
        inside = target.is_relative_to(folder.resolve())
    except (OSError, ValueError):
        inside = False
    if not inside:
        return "", Fault(
            path=path,
            message=f"tệp {shown(name)} nằm ngoài thư mục của tệp dữ liệu",
            hint="chép tệp vào cùng thư mục với tệp dữ liệu",
        )
    try:
        text = decode(read_bytes(target, name), name)
    except (UsageError, DataError) as error:
        problem = error.problems[0]
        message = f"tệp {shown(name)}: {problem.message}"
        return "", Fault(path=path, message=message, hint=problem.hint)
    return text.replace("\r\n", "\n").rstrip("\n"), None
