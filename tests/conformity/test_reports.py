"""What a clerk and a program read of a check: the table, JSON, SARIF, comments, exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.clerk import vanban
from tests.conformity.drawing import LAYOUTS, Letter, draw
from tests.conformity.letters import LETTER, LETTERS, PLAN
from tests.conftest import SchemaErrors
from tests.judges import audit_errors, structure_errors
from tests.making import opened

BAD = PLAN.but(
    number="Số: 8/KH-UBND",
    date="Phú Lâm Thượng, ngày 05 tháng 03 năm 2026",
    recipients=("- Trưởng các thôn;", "- Lưu: VT, VHXH"),
).look("text", first=284, font="Arial")


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    return kept(tmp_path / "ke-hoach.docx", BAD)


def kept(path: Path, letter: Letter, layout: str = "table") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(draw(letter, layout))
    return path


def test_a_good_document_leaves_with_zero(tmp_path: Path) -> None:
    ran = vanban("check", kept(tmp_path / "tot.docx", PLAN))
    assert ran.code == 0
    assert "kế hoạch, kiểm tra theo Nghị định số 30/2020/NĐ-CP" in ran.out
    assert "Đạt, không có lỗi nào." in ran.out


def test_warnings_alone_leave_with_zero(tmp_path: Path) -> None:
    ran = vanban("check", kept(tmp_path / "a.docx", PLAN.look("issuer", size=12)))
    assert ran.code == 0
    assert "Đạt: 1 cảnh báo." in ran.out


def test_an_error_leaves_with_one_and_is_told_whole(bad: Path) -> None:
    ran = vanban("check", bad)
    assert ran.code == 1
    assert "Chưa đạt: 5 lỗi." in ran.out
    told = re.sub(r"\s+", " ", ran.out)
    assert (
        "LỖI Số văn bản thiếu hoặc thừa số 0 ở đầu Ở đoạn 7 (bảng 1, hàng 2, ô 1): “Số: "
        "8/KH-UBND” Đang là: “8” Cần là: “08” Cách sửa: Sửa số thành “08”. (NĐ 30/2020, Phụ lục I, "
        "Phần I, mục II.3.c; so_ky_hieu.so_khong)" in told
    )


def test_the_table_fits_a_terminal(bad: Path) -> None:
    lines = vanban("check", bad).out.splitlines()
    assert max(len(line) for line in lines if str(bad) not in line) <= 80


def test_json_gives_every_finding_its_place(bad: Path) -> None:
    ran = vanban("check", bad, "--format", "json")
    (document,) = json.loads(ran.out)
    assert ran.code == 1
    assert (document["quy_dinh"], document["dat"], document["so_loi"]) == ("nd30_2020", False, 5)
    number = next(r for r in document["ket_qua"] if r["id"] == "so_ky_hieu.so_khong")
    assert number["thanh_phan"] == "so_ky_hieu"
    assert number["muc_do"] == "error"
    assert number["o"] == [
        {
            "phan": "word/document.xml",
            "doan": 7,
            "trang": None,
            "vi_tri": "đoạn 7 (bảng 1, hàng 2, ô 1)",
            "trich": "Số: 8/KH-UBND",
        }
    ]


def test_sarif_names_rules_and_places(bad: Path) -> None:
    log = json.loads(vanban("check", bad, "--format", "sarif").out)
    (run,) = log["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert log["version"] == "2.1.0"
    assert {result["ruleId"] for result in run["results"]} == rules
    assert {result["level"] for result in run["results"]} == {"error"}
    for result in run["results"]:
        for location in result["locations"]:
            assert location["physicalLocation"]["artifactLocation"]["uri"].endswith(".docx")
            assert location["logicalLocations"][0]["fullyQualifiedName"].startswith("word/")


def test_the_same_check_prints_the_same(bad: Path) -> None:
    assert vanban("check", bad) == vanban("check", bad)


# ---------------------------------------------------------------- comments
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_marked_copy_has_comments_and_the_same_words(
    tmp_path: Path, layout: str, schema_errors: SchemaErrors
) -> None:
    source = kept(tmp_path / "nguon.docx", BAD, layout)
    before = source.read_bytes()
    marked = tmp_path / "ghi-chu.docx"
    ran = vanban("check", source, "--mark", marked)
    assert ran.code == 1
    assert "ghi chú" in ran.err
    assert source.read_bytes() == before
    assert [p.text for p in opened(marked.read_bytes()).paragraphs] == [
        p.text for p in opened(before).paragraphs
    ]
    assert schema_errors([marked]) == []
    assert structure_errors(marked) == []
    assert audit_errors(marked) == []


def test_a_comment_says_what_is_wrong_and_how_to_mend_it(tmp_path: Path) -> None:
    marked = tmp_path / "ghi-chu.docx"
    vanban("check", kept(tmp_path / "a.docx", BAD), "--mark", marked)
    comments = [comment.text for comment in opened(marked.read_bytes()).comments]
    number = next(text for text in comments if "so_ky_hieu.so_khong" in text)
    assert number.startswith("Lỗi: Số văn bản thiếu hoặc thừa số 0 ở đầu.\nĐang là: “8”.")
    assert "Cách sửa: Sửa số thành “08”." in number


def test_comments_join_those_already_there(tmp_path: Path, schema_errors: SchemaErrors) -> None:
    once, twice = tmp_path / "1.docx", tmp_path / "2.docx"
    vanban("check", kept(tmp_path / "a.docx", BAD), "--mark", once)
    vanban("check", once, "--mark", twice)
    counts = [len(list(opened(path.read_bytes()).comments)) for path in (once, twice)]
    assert counts[1] == 2 * counts[0] > 0
    assert schema_errors([twice]) == []


def test_the_checked_file_is_never_overwritten(bad: Path) -> None:
    before = bad.read_bytes()
    ran = vanban("check", bad, "--mark", bad)
    assert (ran.code, bad.read_bytes()) == (2, before)
    assert "tệp này đang được đọc, không ghi đè lên" in ran.err


# ---------------------------------------------------------------- many files, forms, options
def test_a_folder_is_checked_whole_with_a_summary(tmp_path: Path, bad: Path) -> None:
    kept(tmp_path / "con" / "cong-van.docx", LETTER)
    (tmp_path / "hong.docx").write_bytes(b"PK nothing")
    (tmp_path / "~$ke-hoach.docx").write_bytes(b"lock")
    ran = vanban("check", tmp_path)
    assert ran.code == 3
    assert "hong.docx: không phải tệp .docx" in ran.err
    assert "Đã kiểm tra 2 văn bản:" in ran.out
    assert "1 đạt, 1 chưa đạt, 1 không đọc được." in ran.out
    assert "(so_ky_hieu.so_khong)" in ran.out.partition("Lỗi gặp nhiều nhất:")[2]


def test_several_files_are_checked_together(tmp_path: Path) -> None:
    names = list(LETTERS)[:5]
    files = [kept(tmp_path / f"{name}.docx", LETTERS[name]) for name in names]
    ran = vanban("check", *files)
    assert ran.code == 0
    assert "5 đạt, 0 chưa đạt, 0 không đọc được." in ran.out


def test_a_form_is_checked_by_its_sample() -> None:
    ran = vanban("check", "ke-hoach")
    assert ran.code == 0
    assert ran.out.startswith("ke-hoach\n")


def test_the_profile_is_taken_as_told(tmp_path: Path) -> None:
    path = kept(tmp_path / "a.docx", PLAN)
    ran = vanban("check", path, "--profile", "tt01_2011")
    assert "Thông tư số 01/2011/TT-BNV" in ran.out
    assert "Số trang đặt sai chỗ" in ran.out


def test_an_agency_file_is_read(tmp_path: Path, bad: Path) -> None:
    own = tmp_path / "co-quan.toml"
    own.write_text(
        'ten = "UBND xã Phú Lâm Thượng"\n[bo_qua]\n"chu.phong" = "phông riêng"\n', encoding="utf-8"
    )
    ran = vanban("check", bad, "--agency", own)
    assert "UBND xã Phú Lâm Thượng" in ran.out
    assert "bỏ qua chu.phong: phông riêng" in ran.out
    assert "Chưa đạt: 4 lỗi." in ran.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["khong-co.docx"], "khong-co.docx: không có tệp này"),
        (["khong-co"], "không có mẫu “khong-co”"),
        (["ke-hoach", "--format", "xml"], "không có kiểu báo cáo “xml”"),
        (["ke-hoach", "--profile", "nd30"], "không có bộ quy định “nd30”"),
        (["ke-hoach", "--agency", "khong-co.toml"], "không có tệp quy định riêng này"),
        (["ke-hoach", "cong-van", "--mark", "a.docx"], "--mark chỉ dùng khi kiểm tra một tệp"),
    ],
)
def test_wrong_use_is_said(arguments: list[str], message: str) -> None:
    ran = vanban("check", *arguments)
    assert ran.code == 2
    assert message in ran.err


def test_a_normative_document_is_said_to_be_out_of_scope(tmp_path: Path) -> None:
    path = kept(tmp_path / "nd.docx", PLAN.but(number="Số: 05/2020/NĐ-CP"))
    ran = vanban("check", path)
    assert ran.code == 0
    assert "Ngoài phạm vi: văn bản quy phạm pháp luật" in ran.out
