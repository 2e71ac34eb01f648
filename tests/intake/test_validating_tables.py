"""``vanban validate`` on tables: grouped by unit for people, a list for programs, a marked copy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generator.records.places import Cell, Cells, DataProblem, Row
from generator.validation import as_json, review
from tests.clerk import keep, keep_lines, vanban
from tests.intake.tables import BLANK, HEADINGS, form, text_table, workbook

GOOD = ("Xã A", "05", 10, 12.5, "11/4/2018", "Có")


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    form(tmp_path)


def spoilt() -> Path:
    """Return a table with faults of two units, and a warning of a third."""
    rows = [
        HEADINGS,
        GOOD,
        ("Xã B", None, "mười", 1, "11/4/2018", "Có"),
        ("Xã C", "07", 1, 1, "30/02/2018", "Có"),
        ("Xã D", "08", 1, 1, 43201, "Có"),
    ]
    return workbook(Path("so.xlsx"), {"Số liệu": rows})


def test_problems_are_told_under_their_units_with_cell_title_and_remedy() -> None:
    spoilt()
    ran = vanban("validate", "so-lieu", "so.xlsx")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.splitlines()[1:] == [
        "Đơn vị Xã B:",
        "so.xlsx: Số liệu!B3: thiếu Số",
        "  gợi ý: điền ô này",
        "so.xlsx: Số liệu!C3: Dân số: “mười” không phải là số",
        "  gợi ý: ghi số nguyên",
        "Đơn vị Xã C:",
        "so.xlsx: Số liệu!E4: Ngày họp: “30/02/2018” là ngày không có thật",
        "  gợi ý: ghi ngày (2018-04-11 hoặc 11/4/2018)",
        "Đơn vị Xã D:",
        "lưu ý: so.xlsx: Số liệu!E5: Ngày họp: số 43201 được đọc là ngày 11/4/2018",
        "3 lỗi ở 2 đơn vị, 2 lưu ý; 2 bản ghi hợp lệ.",
    ]


def as_list(*arguments: str) -> list[dict[str, Any]]:
    ran = vanban("validate", "so-lieu", *arguments, "--format", "json")
    assert ran.err == ""
    found: list[dict[str, Any]] = json.loads(ran.out)
    return found


def test_programs_get_every_problem_with_all_its_places() -> None:
    spoilt()
    found = as_list("so.xlsx")
    assert [p["severity"] for p in found] == ["warning", "error", "error", "error", "warning"]
    assert found[2] == {
        "file": "so.xlsx",
        "at": "Số liệu!C3",
        "sheet": "Số liệu",
        "cell": "C3",
        "row": 3,
        "line": 0,
        "column": 0,
        "path": "$.dan_so",
        "unit": "Xã B",
        "field": "Dân số",
        "message": "Dân số: “mười” không phải là số",
        "hint": "ghi số nguyên",
        "severity": "error",
    }


def test_a_json_file_has_line_column_and_path_in_the_list() -> None:
    keep_lines(Path("a.jsonl"), [{"don_vi": "A", "so": "1"} | BLANK, {"don_vi": "B", "so": 1}])
    found = as_list("a.jsonl")
    assert {(p["unit"], p["line"]) for p in found} == {("B", 2)}
    assert ("$.so", 23) in {(p["path"], p["column"]) for p in found}


def test_what_cannot_be_read_at_all_is_in_the_list_too() -> None:
    Path("a.xlsx").write_bytes(b"")
    (found,) = as_list("a.xlsx")
    assert (found["message"], found["severity"]) == ("tệp rỗng", "error")
    Path("b.json").write_text('{"don_vi": ')
    (found,) = as_list("b.json")
    assert found["at"] == "dòng 1, cột 12"


def test_good_data_give_an_empty_list_and_success() -> None:
    headings = (*HEADINGS, "nguoi_ky.ho_ten", "nguoi_ky.chuc_vu")
    workbook(Path("so.xlsx"), {"S": [headings, (*GOOD, "An", None)]})
    ran = vanban("validate", "so-lieu", "so.xlsx", "--format", "json")
    assert (ran.code, ran.out, ran.err) == (0, "[]\n", "")


def test_a_broken_line_of_json_lines_does_not_hide_the_others() -> None:
    good = json.dumps({"don_vi": "A", "so": "1"} | BLANK)
    Path("a.jsonl").write_text(f'{good}\n{{"don_vi" \n{good}\n')
    ran = vanban("validate", "so-lieu", "a.jsonl")
    assert ran.err.splitlines()[-1] == "1 lỗi, 0 lưu ý; 2 bản ghi hợp lệ."


# ---------------------------------------------------------------- the marked copy
def test_a_marked_copy_has_the_cells_of_the_problems_and_a_list() -> None:
    spoilt()
    ran = vanban("validate", "so-lieu", "so.xlsx", "--mark", "ra/sua.xlsx")
    assert ran.code == 3
    assert "Đã ghi ra/sua.xlsx" in ran.err
    book = openpyxl.load_workbook("ra/sua.xlsx")
    page = book["Số liệu"]
    assert "“mười” không phải là số" in page["C3"].comment.text
    assert page["A2"].comment is None
    assert next(form(Path()).records("ra/sua.xlsx")).unit == "Xã A"  # the copy is read again
    assert "Lỗi" in book.sheetnames


def test_a_text_file_is_marked_as_a_workbook() -> None:
    text_table(Path("so.csv"), [HEADINGS, ("Xã B", "1", "x", "", "", "")], ";")
    ran = vanban("validate", "so-lieu", "so.csv", "--mark", "sua.xlsx")
    assert ran.code == 3
    assert Path("sua.xlsx").exists()


@pytest.mark.parametrize(
    ("data", "mark", "message"),
    [
        ("a.json", "b.xlsx", "chỉ đánh dấu được tệp bảng"),
        ("so.xlsx", "b.csv", "bản đánh dấu là tệp .xlsx"),
        ("so.xlsx", "so.xlsx", "tệp này đang được đọc, không ghi đè lên"),
    ],
)
def test_a_copy_that_cannot_be_is_refused_before_anything_is_read(
    data: str, mark: str, message: str
) -> None:
    spoilt()
    keep(Path("a.json"), {})
    ran = vanban("validate", "so-lieu", data, "--mark", mark)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


# ---------------------------------------------------------------- other commands read tables too
def test_batch_makes_a_document_for_each_row() -> None:
    # The drawn template prints “ten”; this form needs its own.
    from tests.making import make

    folder = Path("so-lieu")
    (folder / "template.docx").write_bytes(make("{{ don_vi }}: {{ so }}"))
    workbook(Path("so.xlsx"), {"S": [HEADINGS, GOOD, ("Xã B", *GOOD[1:])]})
    ran = vanban("batch", "so-lieu", "so.xlsx", "-o", "ra")
    assert ran.code == 0, ran.err
    assert sorted(path.name for path in Path("ra").glob("*.docx")) == ["Xã A.docx", "Xã B.docx"]


# ---------------------------------------------------------------- places
def test_a_value_of_a_table_is_found_at_its_cell_or_its_row() -> None:
    main = Row((), "S", 7, {("so",): 2, ("ky", "ten"): 3})
    item = Row(("viec", 1), "V", 9, {("ten",): 2})
    cells = Cells((main, item))
    assert str(cells.find(("so",))) == "S!B7"
    assert str(cells.find(("ky", "ten"))) == "S!C7"
    assert str(cells.find(("ky",))) == "S!dòng 7"
    assert str(cells.find(("viec", 1, "ten"))) == "V!B9"
    assert str(cells.find(("viec", 0, "ten"))) == "S!dòng 7"
    assert str(cells.find(("quyen_han", 0))) == "S!dòng 7"


def test_a_record_tells_where_each_value_came_from() -> None:
    spoilt()
    opened = form(Path())
    (raw, *_) = opened.records("so.xlsx")
    assert (raw.place(("so",)), raw.unit) == ("Số liệu!B2", "Xã A")
    keep(Path("a.json"), {"don_vi": "A"})
    (raw,) = opened.records("a.json")
    assert raw.place(("don_vi",)) == "dòng 1, $.don_vi"


def test_a_record_of_a_table_travels_to_other_processes() -> None:
    import pickle

    spoilt()
    for raw in form(Path()).records("so.xlsx"):
        assert pickle.loads(pickle.dumps(raw)) == raw


def test_a_problem_of_a_whole_file_has_every_key() -> None:
    said = as_json(DataProblem(message="hỏng", cell=Cell(sheet="S", row=2)))
    assert (said["cell"], said["row"], said["path"]) == ("dòng 2", 2, "$")
    assert review(form(Path()), str(spoilt())).warnings == 2
