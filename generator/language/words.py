"""What Jinja and Python say of a tag, as Vietnamese sentences."""

from __future__ import annotations

from generator.patterns import regex

_SYNTAX = (
    ("No filter named", "dùng bộ lọc không có"),
    ("No test named", "dùng phép thử không có"),
    ("Encountered unknown tag", "có lệnh không có"),
    ("unexpected end of template", "thẻ mở mà không đóng"),
    ("Unexpected end of template", "lệnh mở mà không có lệnh kết thúc"),
    ("unexpected char", "có ký tự không dùng được trong biểu thức"),
    ("expected token 'end of", "thừa chữ sau biểu thức, hoặc thiếu dấu nối"),
    ("unexpected 'end of", "biểu thức còn thiếu vế sau"),
    ("expected an expression", "thiếu biểu thức"),
    ("Expected an expression", "thiếu biểu thức"),
    ("unexpected '", "có dấu đặt sai chỗ trong biểu thức"),
    ("expected token", "thiếu dấu hoặc từ trong biểu thức"),
)


def syntax_words(message: str) -> tuple[str, str]:
    """Return what Jinja says of a source it cannot read as a Vietnamese sentence and a remedy."""
    meaning = next((text for key, text in _SYNTAX if key in message), "thẻ viết sai cú pháp")
    return meaning, "sửa lại như {{ ho_ten }}, {% if so %} hoặc {% for x in danh_sach %}"


# What Python says of values in an expression; the groups are names of types, but for “op”.
_RUN = tuple(
    (regex(pattern), words)
    for pattern, words in (
        (r"unsupported operand type\(s\) for (?P<op>\S+): '(\w+)' and '(\w+)'",
         "không dùng phép {op} giữa {0} và {1} được"),
        (r"bad operand type for unary (?P<op>.): '(\w+)'", "không dùng phép {op} với {0} được"),
        (r"can only concatenate (\w+) \(not \"(\w+)\"\)",
         "không dùng phép + giữa {0} và {1} được, muốn nối thành chữ thì dùng ~"),
        (r"can't multiply sequence by non-int of type '(\w+)'", "không nhân với {0} được"),
        (r"not supported between instances of '(\w+)' and '(\w+)'",
         "không so sánh {0} với {1} được"),
        (r"(?:'(\w+)' object|argument of type '(\w+)') is not iterable",
         "cần danh sách, gặp {0}"),
        (r"object of type '(\w+)' has no len", "cần danh sách hoặc chữ, gặp {0}"),
        (r"'(\w+)' object cannot be interpreted as an integer", "cần số nguyên, gặp {0}"),
        (r"'(\w+)' object is not callable", "{0} không phải là hàm, bỏ dấu ( ) sau nó"),
        (r"(?:do_)?_?(?P<op>\w+)\(\) (?:missing|takes|got)",
         "thiếu, thừa hoặc sai giá trị trong dấu ( ) của “{op}”"),
        (r"(?:missing|takes|got) .*argument", "thiếu, thừa hoặc sai giá trị trong dấu ( )"),
        (r"(?:division|modulo) by zero|DivisionByZero|DivisionUndefined", "phép chia cho 0"),
        (r"Range too big", "lặp quá nhiều lần"),
        (r"no loader", "chỗ này không chèn được khối"),
        (r"No filter named '(?P<op>\w+)'", "không có bộ lọc “{op}”"),
        (r"No test named '(?P<op>\w+)'", "không có phép thử “{op}”"),
    )
)  # fmt: skip
_KINDS = {
    "int": "số", "float": "số", "Decimal": "số", "str": "chữ", "Markup": "chữ",
    "NoneType": "giá trị để trống", "list": "danh sách", "tuple": "danh sách",
    "dict": "nhóm trường", "bool": "đúng/sai", "date": "ngày",
}  # fmt: skip


def run_words(error: Exception) -> str:
    """Return what stopped an expression that was being worked out.

    >>> try: 5 + "a"
    ... except TypeError as error: run_words(error)
    'không dùng phép + giữa số và chữ được'
    """
    said = str(error)
    for pattern, words in _RUN:
        if found := pattern.search(said):
            named = found.groupdict()
            kinds = [
                _KINDS.get(group, "giá trị này")
                for number, group in enumerate(found.groups(), start=1)
                if group is not None and number != pattern.groupindex.get("op")
            ]
            return words.format(*kinds, **named)
    return "giá trị không hợp với phép tính hoặc bộ lọc"
