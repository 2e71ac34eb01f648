"""The template filters: one table, from an English name and a Vietnamese alias to a text form."""

from __future__ import annotations

import ast
import doctest
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from generator.vietnamese import TextFormError
from generator.vietnamese import dates, documents, numbers, plain, syllables, text

Filter = Callable[..., Any]

# Name, alias, function, what it gives in one Vietnamese line. Arguments are those of the function.
_TABLE: tuple[tuple[str, str, Filter, str], ...] = (
    ("num", "so", numbers.num, "số: dấu chấm nhóm nghìn, dấu phẩy thập phân"),
    ("pad2", "so2", numbers.pad2, "số đếm có số 0 đứng trước khi nhỏ hơn 10"),
    ("pct", "phan_tram", numbers.percent, "phần trăm, viết liền dấu %"),
    ("pct_of", "ty_le", numbers.percent_of, "tỷ lệ phần trăm của số này trên số kia"),
    ("ratio", "tren", numbers.ratio, "số này trên số kia"),
    ("money", "tien", numbers.money, "số tiền kèm đơn vị"),
    ("change", "tang_giam", numbers.change, "so với kỳ trước: tăng, giảm hay không đổi"),
    ("date", "ngay", dates.short_date, "ngày bằng chữ số"),
    ("date_long", "ngay_dai", dates.long_date, "ngày … tháng … năm …"),
    ("day_month", "ngay_thang", dates.day_month, "ngày và tháng"),
    ("month_year", "thang_nam", dates.month_year, "tháng và năm"),
    ("quarter", "quy", dates.quarter, "quý và năm"),
    ("weekday", "thu", dates.weekday, "thứ trong tuần"),
    ("place_date", "dia_danh", dates.place_and_date, "địa danh và ngày ban hành"),
    ("date_range", "tu_den", dates.date_range, "khoảng thời gian giữa hai ngày"),
    ("year_range", "giai_doan", dates.year_range, "giai đoạn, nhiệm kỳ theo năm"),
    ("doc_no", "so_vb", documents.doc_no, "số và ký hiệu văn bản"),
    ("blank", "cham", plain.blank, "giá trị, hoặc dấu chấm nếu để trống"),
    ("upper", "in_hoa", text.upper, "chữ in hoa"),
    ("cap", "hoa_dau", text.cap, "viết hoa chữ cái đầu"),
    ("clean", "chuan_hoa", text.clean, "chữ dựng sẵn, bỏ ký tự lạ và dấu cách thừa"),
    ("join_vi", "liet_ke", text.join_vi, "liệt kê trong câu"),
    ("slug", "khong_dau", text.slug, "chữ không dấu, nối bằng gạch, để đặt tên tệp"),
)


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


FILTERS: Mapping[str, Filter] = MappingProxyType(
    {
        name: _naming(name, function)
        for english, alias, function, _ in _TABLE
        for name in (english, alias)
    }
)
