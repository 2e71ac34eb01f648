"""The template filters: one table, from an English name and a Vietnamese alias to a text form."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from generator.vietnamese import (
    TextFormError,
    collation,
    counting,
    dates,
    documents,
    legacy,
    numbers,
    people,
    plain,
    text,
    words,
)

Filter = Callable[..., Any]

# English name, Vietnamese alias, function, what it gives. The example is the function's own.
_TABLE: Final[tuple[tuple[str, str, Filter, str], ...]] = (
    ("num", "so", numbers.num, "Số có dấu chấm nhóm nghìn, dấu phẩy thập phân"),
    ("pad2", "so2", numbers.pad2, "Số đếm, thêm số 0 khi nhỏ hơn 10"),
    ("pct", "phan_tram", numbers.percent, "Phần trăm, dấu % viết liền"),
    ("pct_of", "ty_le", numbers.percent_of, "Tỷ lệ phần trăm của số này trong số kia"),
    ("ratio", "tren", numbers.ratio, "Số này trên số kia"),
    ("words", "bang_chu", words.words, "Số bằng chữ: số nguyên, số thập phân, phân số"),
    ("ordinal", "thu_tu", words.ordinal, "Số thứ tự bằng chữ"),
    ("money", "tien", numbers.money, "Số tiền kèm đơn vị"),
    ("money_words", "tien_chu", words.money_words, "Số tiền bằng chữ"),
    ("date", "ngay", dates.short_date, "Ngày bằng chữ số"),
    ("date_long", "ngay_dai", dates.long_date, "Ngày đầy đủ như ở dòng địa danh"),
    ("date_words", "ngay_chu", dates.date_words, "Ngày bằng chữ"),
    ("day_month", "ngay_thang", dates.day_month, "Ngày và tháng"),
    ("month_year", "thang_nam", dates.month_year, "Tháng và năm"),
    ("quarter", "quy", dates.quarter, "Quý và năm"),
    ("weekday", "thu", dates.weekday, "Thứ trong tuần"),
    ("place_date", "dia_danh", dates.place_and_date, "Địa danh và thời gian ban hành"),
    ("date_range", "tu_den", dates.date_range, "Khoảng thời gian giữa hai ngày"),
    ("year_range", "giai_doan", dates.year_range, "Giai đoạn hoặc nhiệm kỳ theo năm"),
    ("doc_no", "so_vb", documents.doc_no, "Số và ký hiệu văn bản"),
    ("blank", "cham", plain.blank, "Giá trị, hoặc chỗ để trống của mẫu"),
    ("roman", "la_ma", counting.roman, "Số La Mã"),
    ("letter", "chu_diem", counting.letter, "Chữ cái của điểm: a, b, c, d, đ, e, g"),
    ("item", "mot_la", counting.item, "Thứ tự mở đầu đoạn: Một là, Hai là"),
    ("change", "tang_giam", numbers.change, "So với kỳ trước: tăng, giảm hay không"),
    ("phone", "sdt", people.phone, "Số điện thoại"),
    ("id12", "cccd", people.id12, "Số định danh cá nhân, 12 chữ số"),
    ("name", "ho_ten", people.name, "Họ tên viết hoa đúng"),
    ("upper", "in_hoa", text.upper, "Chữ in hoa"),
    ("cap", "hoa_dau", text.cap, "Viết hoa chữ cái đầu"),
    ("clean", "chuan_hoa", text.clean, "Chữ dựng sẵn, bỏ ký tự lạ và dấu cách thừa"),
    ("tone", "dau_thanh", text.tone, "Đặt dấu thanh kiểu hòa hoặc hoà"),
    ("legacy", "giai_ma", legacy.legacy, "Chữ TCVN3 (ABC) hoặc VNI đổi sang Unicode"),
    ("sort_vi", "xep_abc", collation.sort_vi, "Xếp theo vần chữ cái tiếng Việt"),
    ("sort_name", "xep_ten", collation.sort_name, "Xếp người theo tên, tên đệm, họ"),
    ("join_vi", "liet_ke", text.join_vi, "Liệt kê trong câu"),
    ("slug", "khong_dau", text.slug, "Chữ không dấu nối bằng gạch, để đặt tên tệp"),
)


@dataclass(frozen=True, slots=True)
class FilterRow:
    """One filter as the list of filters shows it."""

    name: str
    alias: str
    description: str
    example: str  # as a template has it: {{ 15972|so }}
    result: str


def _naming(name: str, function: Filter) -> Filter:
    """Return the function with its errors naming the filter as the template spells it."""

    @functools.wraps(function)
    def call(*values: Any, **options: Any) -> Any:
        try:
            return function(*values, **options)
        except TextFormError as error:
            error.filter_name = name
            raise

    return call


FILTERS: Final[Mapping[str, Filter]] = MappingProxyType(
    {
        name: _naming(name, function)
        for english, alias, function, _ in _TABLE
        for name in (english, alias)
    }
)


def filter_table() -> tuple[FilterRow, ...]:
    """Return every filter with one example, the first of its function's docstring.

    >>> filter_table()[0].example, filter_table()[0].result
    ('{{ 15972|so }}', '15.972')
    """
    return tuple(
        FilterRow(name, alias, description, *_example(alias, function))
        for name, alias, function, description in _TABLE
    )


def filter_table_markdown() -> str:
    r"""Return the table of filters for the documentation.

    >>> print(filter_table_markdown().splitlines()[2])
    | `num` | `so` | Số có dấu chấm nhóm nghìn, dấu phẩy thập phân | `{{ 15972\|so }}` | 15.972 |
    """
    head = ("Tên", "Viết tắt", "Cho ra", "Ví dụ", "Kết quả")
    lines = [markdown_row(head), markdown_row(("---",) * len(head))]
    lines += [
        markdown_row(
            (f"`{row.name}`", f"`{row.alias}`", row.description, f"`{row.example}`", row.result)
        )
        for row in filter_table()
    ]
    return "\n".join(lines) + "\n"


def markdown_row(cells: Iterable[str]) -> str:
    """Return a row of a table in Markdown."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _example(alias: str, function: Filter) -> tuple[str, str]:
    """Turn the first doctest, ``num(15972)`` and its value, into a tag and what it prints."""
    import doctest  # 20 ms, only for the list of filters

    example = doctest.DocTestParser().get_examples(function.__doc__ or "")[0]
    call = ast.parse(example.source, mode="eval").body
    if not isinstance(call, ast.Call):
        raise TypeError(f"the first example of {function.__name__} is no call")
    value, *options = (ast.unparse(argument) for argument in call.args)
    arguments = f"({', '.join(options)})" if options else ""
    tag = f"{{{{ {value}|{alias}{arguments} }}}}".replace("'", '"')
    result = ast.literal_eval(example.want)
    return tag, result if isinstance(result, str) else "; ".join(result)
