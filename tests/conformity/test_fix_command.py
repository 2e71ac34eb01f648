"""What a clerk sees of ``vanban check --fix``: the copy, the report, questions, refusals."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from generator.cli import mending
from tests.clerk import vanban
from tests.conformity.drawing import Letter, draw, rewritten
from tests.conformity.letters import PLAN
from tests.conformity.revisions import accepted, parts_of, rejected, written

BAD = PLAN.but(
    number="Số: 8/KH-UBND",
    recipients=("- Trưởng các thôn;", "- Lưu: VT, VHXH"),
    name="TS. Đỗ Thị Quỳnh Chi",
).look("text", font="Arial")


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    return kept(tmp_path / "ke-hoach.docx", BAD)


def kept(path: Path, letter: Letter) -> Path:
    path.write_bytes(draw(letter))
    return path


def one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_copy_is_mended_and_the_document_stays_as_it_was(bad: Path, tmp_path: Path) -> None:
    source, copy = bad.read_bytes(), tmp_path / "moi" / "sua.docx"
    ran = vanban("check", bad, "--fix", "-o", copy)
    assert (ran.code, ran.err) == (1, "")
    assert bad.read_bytes() == source
    assert {path.name for path in copy.parent.iterdir()} == {"sua.docx"}
    told = one_line(ran.out)
    assert "Đã sửa: 2 - Số văn bản thiếu hoặc thừa số 0 ở đầu: “8” → “08” Ở đoạn 7" in told
    assert "- Phông chữ không phải Times New Roman: Arial → Times New Roman Ở đoạn" in told
    assert "Chưa sửa, cần đồng ý (chạy lại với --yes): 1 - Nơi nhận: dấu cuối dòng sai:" in told
    assert (
        "Phải sửa tay: 1 - Trước họ tên người ký có học hàm, học vị hoặc danh hiệu: “TS.” → chỉ "
        "họ và tên Ở đoạn" in told
    )
    assert "Cách sửa: Bỏ học hàm, học vị, trừ khi người đứng đầu ngành cho phép ghi." in told
    assert (
        "Chữ đã đổi (1 chỗ), ngoài ra không đổi chữ nào: - đoạn 7 (bảng 1, hàng 2, ô 1): "
        "“Số: 8/KH-UBND” → “Số: 08/KH-UBND”" in told
    )
    assert "Trước khi sửa: Chưa đạt: 4 lỗi. Sau khi sửa: Chưa đạt: 2 lỗi. Đã ghi" in told


def test_the_report_fits_a_terminal(bad: Path, tmp_path: Path) -> None:
    lines = vanban("check", bad, "--fix", "-o", tmp_path / "sua.docx").out.splitlines()
    assert max(len(line) for line in lines if str(tmp_path) not in line) <= 80


def test_agreed_to_all_a_second_run_changes_nothing(tmp_path: Path) -> None:
    source = kept(tmp_path / "a.docx", BAD.but(name=PLAN.name))
    first, second = tmp_path / "b.docx", tmp_path / "c.docx"
    assert vanban("check", source, "--fix", "--yes", "-o", first).code == 0
    ran = vanban("check", first, "--fix", "--yes", "-o", second)
    assert ran.code == 0
    assert "Sau khi sửa: Đạt, không có lỗi nào." in one_line(ran.out)
    assert second.read_bytes() == first.read_bytes()


def test_tracked_changes_bear_a_name_and_a_date_only_if_told(bad: Path, tmp_path: Path) -> None:
    copy = tmp_path / "b.docx"
    vanban("check", bad, "--fix", "--yes", "--track", "-o", copy)
    text = parts_of(copy.read_bytes())["word/document.xml"].decode()
    assert set(re.findall(r'w:author="([^"]*)"', text)) == {"vanban"}
    assert "w:date" not in text
    vanban("check", bad, "--fix", "--yes", "--track", "--date", "2026-03-05", "-o", copy)
    dated = parts_of(copy.read_bytes())["word/document.xml"].decode()
    assert set(re.findall(r'w:date="([^"]*)"', dated)) == {"2026-03-05T00:00:00Z"}
    plain = tmp_path / "c.docx"
    vanban("check", bad, "--fix", "--yes", "-o", plain)
    assert accepted(copy.read_bytes()) == written(plain.read_bytes())
    assert rejected(copy.read_bytes()) == written(bad.read_bytes())


def test_json_tells_before_and_after(bad: Path, tmp_path: Path) -> None:
    copy = tmp_path / "b.docx"
    ran = vanban("check", bad, "--fix", "-o", copy, "--format", "json")
    told = json.loads(ran.out)
    assert (told["tep_moi"], told["truoc"]["so_loi"], told["sau"]["so_loi"]) == (str(copy), 4, 2)
    assert {row["id"]: row["ket_qua"] for row in told["sua"]} == {
        "so_ky_hieu.so_khong": "da_sua",
        "chu.phong": "da_sua",
        "noi_nhan.dau_cau": "can_dong_y",
        "ho_ten.hoc_vi": "sua_tay",
    }
    (words,) = told["chu_da_doi"]
    assert (words["bo"], words["them"], words["doan"]) == ("8", "08", 7)


def test_sarif_says_which_results_are_gone(bad: Path, tmp_path: Path) -> None:
    ran = vanban("check", bad, "--fix", "-o", tmp_path / "b.docx", "--format", "sarif")
    (run,) = json.loads(ran.out)["runs"]
    assert {row["ruleId"]: row["baselineState"] for row in run["results"]} == {
        "so_ky_hieu.so_khong": "absent",
        "chu.phong": "absent",
        "noi_nhan.dau_cau": "unchanged",
        "ho_ten.hoc_vi": "unchanged",
    }


@pytest.mark.parametrize(("answer", "code"), [("c", 0), ("có", 0), ("", 1), ("k", 1)])
def test_at_a_terminal_a_guarded_mend_is_asked_about(
    answer: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def prompt(question: str, **options: Any) -> str:
        asked.append(question)
        return answer

    monkeypatch.setattr(mending, "_at_terminal", lambda: True)
    monkeypatch.setattr("click.prompt", prompt)
    source = kept(tmp_path / "a.docx", PLAN.but(recipients=("- Các thôn.", "- Lưu: VT, VHXH")))
    ran = vanban("check", source, "--fix", "-o", tmp_path / "b.docx")
    assert ran.code == code
    assert asked == ["  Sửa dấu cuối dòng nơi nhận? [c = có, Enter = không]"]
    assert "Nơi nhận: dấu cuối dòng sai (đoạn" in ran.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--fix"], "--fix cần -o TỆP.docx để ghi bản đã sửa"),
        (["--fix", "-o", "sua.pdf"], "sua.pdf: chỉ ghi được tệp .docx"),
        (["-o", "sua.docx"], "-o chỉ dùng cùng --fix"),
        (["--yes"], "--yes chỉ dùng cùng --fix"),
        (["--track"], "--track chỉ dùng cùng --fix"),
        (["--fix", "-o", "a.docx", "--mark", "b.docx"], "--fix và --mark không dùng chung"),
        (["--fix", "-o", "a.docx", "--date", "mai"], "--date mai: không phải ngày"),
        (["--fix", "-o", "a.docx", "--date", "2026-13-05"], "--date 2026-13-05: không phải ngày"),
    ],
)
def test_wrong_use_is_said_and_nothing_written(
    arguments: list[str], sentence: str, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bad.parent)
    ran = vanban("check", bad, *arguments)
    assert ran.code == 2
    assert sentence in ran.err
    assert [path.name for path in bad.parent.iterdir()] == [bad.name]


def test_the_document_itself_is_never_written(bad: Path) -> None:
    source = bad.read_bytes()
    ran = vanban("check", bad, "--fix", "-o", bad)
    assert ran.code == 2
    assert "tệp này đang được đọc, không ghi đè lên" in ran.err
    assert bad.read_bytes() == source


def test_many_files_and_forms_are_not_mended(bad: Path, tmp_path: Path) -> None:
    for targets in ((bad, bad), (tmp_path,), ("ke-hoach",)):
        ran = vanban("check", *targets, "--fix", "-o", tmp_path / "b.docx")
        assert ran.code == 2
    assert [path.name for path in tmp_path.iterdir()] == [bad.name]


def test_a_signed_document_is_refused(tmp_path: Path) -> None:
    import zipfile

    path = kept(tmp_path / "a.docx", BAD)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("_xmlsignatures/sig1.xml", "<Signature/>")
    ran = vanban("check", path, "--fix", "-o", tmp_path / "b.docx")
    assert ran.code == 3
    assert "đã ký số; sửa sẽ làm mất hiệu lực chữ ký" in ran.err
    assert not (tmp_path / "b.docx").exists()


def test_a_legal_normative_document_is_refused(tmp_path: Path) -> None:
    path = kept(tmp_path / "a.docx", PLAN.but(number="Số: 8/2026/QĐ-UBND"))
    ran = vanban("check", path, "--fix", "-o", tmp_path / "b.docx")
    assert ran.code == 3
    assert "không sửa: văn bản quy phạm pháp luật" in ran.err


def test_a_damaged_document_is_refused_as_by_a_check(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(rewritten(draw(BAD), lambda name, text: text[:-9]))
    ran = vanban("check", path, "--fix", "-o", tmp_path / "b.docx")
    assert ran.code == 3
    assert not (tmp_path / "b.docx").exists()


def test_help_tells_the_levels() -> None:
    told = one_line(vanban("check", "--help").out)
    assert "an toàn: khổ giấy, lề, phông, màu, cỡ chữ, đậm, nghiêng, căn lề," in told
    assert "không bao giờ: lời văn, số liệu, chữ hoa chữ thường, phần chữ ký" in told
