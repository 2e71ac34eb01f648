"""Problems in the words of the page, as programs read them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, TypeVar

from generator.errors import Problem
from generator.records.places import DataProblem
from generator.validation import as_json

AnyProblem = TypeVar("AnyProblem", bound=Problem)

# Words of messages -> what to do on the page; a longer one stands before those it holds.
WORDS = (
    ("khai trong tệp --head, hoặc --set TRƯỜNG=GIÁ_TRỊ", "điền ở mục “Đầu văn bản”"),
    ("muốn biết đơn vị và ô nào thì chạy với --missing stop",
     "muốn biết đơn vị và ô nào thì chọn “Nêu từng ô” ở mục “Đơn vị bỏ trống số liệu”"),
    ("; hoặc chạy với --missing mark", "; hoặc chọn “Ghi số đơn vị còn thiếu”"),
    ("trong danh sách (--units), cột Nhóm", "trong danh sách đơn vị, cột Nhóm"),
    ("bỏ --by-group", "bỏ chọn “Gộp theo nhóm”"),
    ("tạo lại bằng lệnh vanban init", "tải lại sổ để điền ở trang “Hàng loạt”"),
    ("tạo tệp mới bằng lệnh vanban init", "tải sổ mới ở trang “Hàng loạt”"),
    ("tạo tệp mẫu để điền bằng lệnh vanban init", "tải sổ để điền ở trang “Hàng loạt”"),
    ("tạo tệp để điền bằng lệnh vanban init", "tải sổ để điền ở trang “Hàng loạt”"),
    ("tệp mới tạo bằng lệnh vanban init", "sổ mới tải ở trang “Hàng loạt”"),
    ("tạo mới bằng lệnh vanban init", "tải sổ mới ở trang “Hàng loạt”"),
    ("chạy vanban lint để xem và sửa mẫu; vẫn muốn in thì thêm --force-layout",
     "nhờ người làm mẫu xem và sửa mẫu"),
    ("chạy lại lệnh, thêm --resume để làm tiếp; nếu còn bị, thêm --jobs 1", "bấm “Làm tiếp”"),
    ("xem các mẫu bằng lệnh vanban list", "chọn mẫu trong danh sách"),
    (" (--renderer libreoffice)", ""),
)  # fmt: skip


def on_page(problem: AnyProblem) -> AnyProblem:
    """Return a problem with a remedy that is at hand on the page.

    >>> on_page(Problem(message="không có đơn vị nào", hint="bỏ --by-group")).hint
    'bỏ chọn “Gộp theo nhóm”'
    """
    return replace(problem, message=_said(problem.message), hint=_said(problem.hint))


def _said(text: str) -> str:
    if "vanban" not in text and "--" not in text:
        return text
    for command, page in WORDS:
        text = text.replace(command, page)
    return text


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return a problem as a program reads it, as ``vanban validate --format json`` has it."""
    if not isinstance(problem, DataProblem):
        problem = DataProblem(
            message=problem.message, file=problem.file, at=problem.at, hint=problem.hint,
            clause=problem.clause,
        )  # fmt: skip
    return as_json(on_page(replace(problem, file=shown_file(problem.file))))


def shown_file(file: str) -> str:
    """Return a file as its sender named it: no folder of the server is anybody's business.

    >>> shown_file("/srv/mau/ke-hoach/template.docx: word/header1.xml")
    'template.docx: word/header1.xml'
    """
    plain = file.replace("\\", "/")
    part = _PART.search(plain)
    return plain[: part.start() if part else None].rpartition("/")[2] + (part[0] if part else "")


_PART = re.compile(r"(?<=\.docx): word/[\w./-]+$", re.ASCII)
