"""Rows of groups in the roll-up tables, dates known in part, headings that may be none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from generator.errors import DataError
from generator.records.data import RawRecord
from tests.clerk import FORMS
from tests.forms.gallery import opened_form, render
from tests.forms.reading import FIXTURES, printed, sample
from tests.making import opened


def rows(content: bytes, table: int) -> list[list[str]]:
    """The texts of a table's rows, a cell's paragraphs on lines."""
    found: Any = opened(content).tables[table]
    return [
        [
            "\n".join(Paragraph(node, found).text for node in cell.iter(qn("w:p")))
            for cell in row._tr.tc_lst
        ]
        for row in found.rows
    ]


# ---------------------------------------------------------------- groups of units
def scores(*groups: str | None) -> dict[str, Any]:
    text = (FIXTURES / "tong-hop-cham-diem" / "lac-giang.json").read_text(encoding="utf-8")
    record: dict[str, Any] = json.loads(text)
    units = record["don_vi"][: len(groups)]
    record["don_vi"] = [unit | {"nhom": group} for unit, group in zip(units, groups, strict=True)]
    return record


def test_units_stand_under_their_groups_with_sub_totals() -> None:
    record = scores("Khối cơ quan", "Khối trường học", "Khối cơ quan", None)
    units = record["don_vi"]
    found = rows(render("tong-hop-cham-diem", record), 1)[3:-1]
    assert [row[:2] for row in found[:-1]] == [
        ["I", "Khối cơ quan: 02 đơn vị"],
        ["1", units[0]["ten"]],
        ["2", units[2]["ten"]],
        ["II", "Khối trường học: 01 đơn vị"],
        ["1", units[1]["ten"]],
        ["1", units[3]["ten"]],
    ]
    assert found[0][2:] == ["Đã chấm\n2", "Đã chấm\n2", "", "Đạt: 2", ""]
    assert found[-1][0] == "Tổng số: 04 đơn vị"


def test_without_groups_no_row_is_added() -> None:
    found = rows(render("tong-hop-cham-diem", scores(None, None, None)), 1)
    assert [row[0] for row in found[3:-1]] == ["1", "2", "3", "Tổng số: 03 đơn vị"]


def figures(*groups: str | None) -> dict[str, Any]:
    record = sample("tong-hop-so-lieu")
    for unit, group in zip(record["cac_don_vi"], groups, strict=True):
        unit["nhom"] = group
    return record


def test_figures_are_added_up_by_group() -> None:
    first, second = "Các xã, phường", "Cơ quan, trường học"
    record = figures(first, second, first, second)
    units = record["cac_don_vi"]
    content = render("tong-hop-so-lieu", record)
    found = rows(content, 0)[3:]
    assert [row[:2] for row in found] == [
        ["", "Tổng cộng"],
        ["I", first],
        ["1", units[0]["don_vi"]],
        ["2", units[2]["don_vi"]],
        ["II", second],
        ["1", units[1]["don_vi"]],
        ["2", units[3]["don_vi"]],
    ]
    total, group, *own = (int(row[2].replace(".", "") or 0) for row in found[:4])
    assert group == sum(own)
    assert total == group + int(found[4][2])
    # A share is computed anew from the group's own sums.
    wanted, all_households = (int(found[1][column].replace(".", "")) for column in (5, 6))
    assert found[1][7] == f"{wanted / all_households * 100:.1f}%".replace(".", ",")
    tables = len(opened(content).tables)
    assert all([r[0] for r in rows(content, n) if r[1] in (first, second)] == ["I", "II"]
               for n in range(tables))  # fmt: skip


def test_figures_without_groups_are_as_before() -> None:
    found = rows(render("tong-hop-so-lieu", figures(None, None, None, None)), 0)
    assert [row[0] for row in found[3:]] == ["", "1", "2", "3", "4"]


# ---------------------------------------------------------------- dates known in part
DATED = [
    form
    for form in FORMS
    if "ngay_ban_hanh" in opened_form(form).schema.root.children
    and form not in {"bien-ban"}  # it has no line of place and date
]


@pytest.mark.parametrize("form", DATED)
@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("3/2026", "ngày …… tháng 3 năm 2026"),
        ("/3/2026", "ngày …… tháng 3 năm 2026"),
        ("2026-02", "ngày …… tháng 02 năm 2026"),
        ("2026", "ngày …… tháng …… năm 2026"),
        ("05/3/2026", "ngày 05 tháng 3 năm 2026"),
    ],
)
def test_the_day_of_issue_may_still_be_open(form: str, given: str, line: str) -> None:
    content = render(form, sample(form) | {"ngay_ban_hanh": given})
    assert any(text.endswith(f", {line}") for text in printed(content))


@pytest.mark.parametrize("given", ["13/2026", "31/2/2026", "tháng ba", "2026-00"])
def test_a_date_that_cannot_be_is_refused(given: str) -> None:
    with pytest.raises(DataError, match="Ngày ban hành"):
        render("ke-hoach", sample("ke-hoach") | {"ngay_ban_hanh": given})


def test_other_dates_are_whole() -> None:
    with pytest.raises(DataError, match="chưa đủ ngày, tháng, năm"):
        render("giay-gioi-thieu", sample("giay-gioi-thieu") | {"het_han": "6/2026"})


# ---------------------------------------------------------------- headings that may be none
def warnings(text: str) -> list[str]:
    record = sample("bao-cao") | {"noi_dung": text}
    raw = RawRecord(file="bc.json", text=json.dumps(record, ensure_ascii=False), folder=None)
    return [problem.message for problem in opened_form("bao-cao").prepare(raw).warnings]


SENTENCE = "Các đơn vị báo cáo kết quả thực hiện về Văn phòng để tổng hợp "


def test_a_long_numbered_line_without_a_mark_is_doubted() -> None:
    assert warnings(f"I. KẾT QUẢ\n1. {SENTENCE * 4}\nHết./.") == [
        "đoạn “1. Các đơn vị báo cáo kết quả thực hiện …” (dòng 2 của nội dung) dài mà không có "
        "dấu câu ở cuối nên in đậm như tiêu đề"
    ]


@pytest.mark.parametrize(
    "line",
    [
        f"1. {SENTENCE * 4}.",
        f"1. {SENTENCE}",
        f"**1. {(SENTENCE * 4).strip()}**",
        f"- {SENTENCE * 4}",
    ],
)
def test_other_lines_are_not(line: str) -> None:
    assert warnings(f"{line}\nHết./.") == []
