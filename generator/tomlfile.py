"""What is wrong with a TOML file, in Vietnamese: Python's reader says it in English alone."""

from __future__ import annotations

import tomllib

from generator.patterns import regex

_AT = regex(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_MEANINGS = (
    ("Unterminated string", "chữ mở ngoặc kép mà không đóng"),
    ('Expected "\'"', "chữ mở ngoặc đơn mà không đóng"),
    ("Illegal character '\\n'", "chữ mở ngoặc kép mà không đóng trên cùng dòng"),
    ("Illegal character", "có ký tự không dùng được"),
    ("Unescaped '\\'", "dấu \\ phải viết thành \\\\, hoặc dùng ngoặc đơn"),
    ("Expected '=' after a key", "thiếu dấu = sau tên khóa"),
    ("Expected ']' at the end of a table", "tên bảng thiếu dấu ]"),
    ("Expected ']]' at the end of an array", "tên bảng lặp thiếu dấu ]]"),
    ("Cannot overwrite a value", "khóa đã ghi ở trên, ghi lần thứ hai"),
    ("Cannot declare", "bảng đã ghi ở trên, ghi lần thứ hai"),
    ("Cannot mutate", "bảng đã ghi trọn ở trên, không thêm được nữa"),
    ("Duplicate inline table key", "khóa ghi hai lần trong cùng ngoặc nhọn"),
    ("Unclosed array", "danh sách mở ngoặc vuông mà không đóng"),
    ("Unclosed inline table", "nhóm mở ngoặc nhọn mà không đóng"),
    ("Expected newline or end of document", "thừa chữ sau giá trị, hoặc giá trị viết sai"),
    ("Invalid statement", "dòng không phải là tên khóa = giá trị"),
    ("Invalid initial character for a key", "tên khóa dùng chữ cái không dấu, chữ số, _ và -"),
    ("Invalid value", "thiếu giá trị, hoặc chữ chưa để trong ngoặc kép"),
    ("Invalid", "giá trị viết sai"),
)


def toml_fault(error: tomllib.TOMLDecodeError) -> tuple[str, str]:
    """Return the place of a syntax error, ``dòng 3, cột 5``, and what is wrong there.

    >>> try:
    ...     tomllib.loads("a = tru")
    ... except tomllib.TOMLDecodeError as error:
    ...     toml_fault(error)
    ('dòng 1, cột 5', 'thiếu giá trị, hoặc chữ chưa để trong ngoặc kép')
    """
    said = str(error)
    at = _AT.search(said)
    place = f"dòng {at[1]}, cột {at[2]}" if at and at[1] else "cuối tệp"
    meaning = next((text for start, text in _MEANINGS if said.startswith(start)), "")
    return place, meaning or "tệp không đúng cú pháp"
