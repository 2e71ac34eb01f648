"""A blank form becomes a template: every blank found and named, every other letter kept."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm

from generator.drafting.blanks import find_blanks
from generator.drafting.importing import import_form
from generator.drafting.naming import Names
from generator.errors import TemplateError
from generator.pipeline import open_form
from generator.views.outline import plain_lines
from tests.clerk import FIXTURES, vanban
from tests.making import cells, lines, make, saved

DOTS = re.compile("…+")


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def imported(root: Path, content: bytes, form: str = "nhap") -> Path:
    """Return the folder of the form that the command makes of a blank one."""
    file = root / "trong.docx"
    file.write_bytes(content)
    ran = vanban("import", file, "-o", root / form)
    assert (ran.code, ran.err.count("Đã tạo")) == (0, 1), ran.err
    return root / form


def fields(folder: Path) -> dict[str, Any]:
    """Return the declared fields of a form."""
    found: dict[str, Any] = json.loads((folder / "schema.json").read_text("utf-8"))["properties"]
    return found


def printed(folder: Path, record: Any) -> bytes:
    """Return the document of a record."""
    return open_form(str(folder)).document(record, data=False)


# ---------------------------------------------------------------- a real form
@pytest.fixture(scope="module")
def outline() -> bytes:
    """The official outline with nothing filled in: 147 blanks for numbers, 12 for words."""
    path = FIXTURES / "de-cuong-so-lieu" / "trong.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    return open_form("de-cuong-so-lieu").document(record, data=False)


def test_every_blank_of_the_official_outline_is_found(tmp_path: Path, outline: bytes) -> None:
    folder = imported(tmp_path, outline)
    dots = [run for line in plain_lines(outline, "a") for run in DOTS.findall(line)]
    assert len(fields(folder)) == len(dots) == 147 + 12


def test_with_nothing_filled_in_it_prints_the_blank_form_again(
    tmp_path: Path, outline: bytes
) -> None:
    folder = imported(tmp_path, outline)
    again = printed(folder, dict.fromkeys(fields(folder)))
    assert plain_lines(again, "a") == plain_lines(outline, "a")


def test_the_sample_fills_every_blank_and_changes_nothing_else(
    tmp_path: Path, outline: bytes
) -> None:
    folder = imported(tmp_path, outline)
    sample = json.loads((folder / "sample.json").read_text(encoding="utf-8"))
    filled = "\n".join(plain_lines(printed(folder, sample), "a"))
    assert not DOTS.search(filled)
    for line in plain_lines(outline, "a"):
        position = 0
        for words in DOTS.split(line):
            position = filled.index(words, position)


def test_its_names_say_what_the_sentence_says(tmp_path: Path, outline: bytes) -> None:
    found = fields(imported(tmp_path, outline))
    said = [(key, declared["title"]) for key, declared in found.items()]
    assert said[0] == ("so_luot_tuyen_truyen", "Số lượt tuyên truyền")
    assert "number" in found["so_luot_tuyen_truyen"]["type"]
    assert found["cac_hinh_thuc_tuyen_truyen"]["type"] == ["string", "null"]
    assert "Cần xem lại" in found["so_luot_tuyen_truyen"]["description"]


# ---------------------------------------------------------------- blanks
@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Đã tổ chức ..... lượt", ["....."]),
        ("Có … thôn, … tổ.", ["…", "…"]),
        ("Họ tên: ______ Tuổi: ____", ["______", "____"]),
        ("Họ tên: ........ ........ (ghi rõ)", ["........ ........"]),
        ("Gồm: A, B, …", []),
        ("xăng, dầu v.v…", []),
        ("Hết...", []),
        ("Số: ……/BC-UBND", ["……"]),
        ("ngày … tháng … năm …", ["ngày … tháng … năm …"]),
        ("Hà Nội, ngày ... tháng ... năm 20...", ["ngày ... tháng ... năm 20..."]),
        ("ngày …… tháng …… năm 20……", ["ngày …… tháng …… năm 20……"]),
        ("ngày … tháng … năm 20…..", ["ngày … tháng … năm 20….."]),
        ("Sinh ngày: ..../..../........", ["..../..../........"]),
        ("Số căn cước: □□□□ ☐ Nam ☐ Nữ", ["□□□□", "☐", "☐"]),
        ("1.200 đồng, 3.5.6, a.b", []),
    ],
)
def test_a_blank_is_told_from_punctuation(text: str, drawn: list[str]) -> None:
    assert [blank.drawn for blank in find_blanks(text)] == drawn


@pytest.mark.parametrize("letter", ["…", ".", "_", "… ", "ngày … tháng "])
def test_long_rows_of_dots_take_no_time(letter: str) -> None:
    begun = time.perf_counter()
    find_blanks(letter * 20_000)
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    ("text", "key", "kind"),
    [
        ("Đã tổ chức ..... lượt tuyên truyền", "so_luot_tuyen_truyen", "number"),
        ("Họ và tên: ..................................", "ho_va_ten", "string"),
        ("- Chi bộ ký giao ước thi đua: ……………………………", "chi_bo_ky_giao_uoc_thi_dua", "string"),
        ("Số hộ: .....", "so_ho", "number"),
        ("Số: ……/BC-UBND", "so", "string"),
        ("Số điện thoại: .........", "so_dien_thoai", "string"),
        ("Số căn cước công dân: □□□□□□□□□□□□", "so_can_cuoc_cong_dan", "string"),
        ("Mã số: .....", "ma_so", "string"),
        ("Xã An Bình\nThôn .......", "xa_an_binh_thon", "string"),
        ("Đạt ……% số hộ", "ty_le_dat", "number"),
        ("Sinh ngày: ..../..../....", "sinh_ngay", None),
    ],
)
def test_a_blank_gets_its_name_and_kind_from_the_words_around(
    tmp_path: Path, text: str, key: str, kind: str | None
) -> None:
    found = fields(imported(tmp_path, make("MẪU PHIẾU", text)))
    if kind is None:  # a date
        ((key, declared),) = found.items()
        assert declared["format"] == "date"
        return
    assert list(found) == [key]
    assert kind in found[key]["type"]


def test_two_blanks_of_one_name_get_two(tmp_path: Path) -> None:
    found = list(fields(imported(tmp_path, make("PHIẾU", "Có ….. vụ, tổng ….. vụ, thêm ….. vụ"))))
    assert found[0] == "so_vu"
    assert len(set(found)) == 3


def test_names_already_numbered_are_passed_over() -> None:
    names = Names()
    wanted = ["so_vu_3", "so_vu", "so_vu", "so_vu", "so_vu", "so_vu_2"]
    got = ["so_vu_3", "so_vu", "so_vu_2", "so_vu_4", "so_vu_5", "so_vu_2_2"]
    assert [names.unique(key) for key in wanted] == got


def test_a_blank_cut_into_runs_becomes_one_tag_and_keeps_the_looks_around(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("PHIẾU")
    paragraph = document.add_paragraph()
    for text, bold in (("Họ tên: ..", True), ("....", False), (".. (rõ)", True)):
        paragraph.add_run(text).bold = bold
    folder = imported(tmp_path, saved(document))
    assert lines(printed(folder, {"ho_ten": "An"}))[1] == "Họ tên: An (rõ)"
    assert lines(printed(folder, {"ho_ten": None}))[1] == "Họ tên: ........ (rõ)"


def test_a_tab_that_draws_dots_is_a_blank(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("PHIẾU")
    paragraph = document.add_paragraph("Địa chỉ:\t")
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Cm(16), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    document.add_paragraph("Một\thai")
    folder = imported(tmp_path, saved(document))
    assert list(fields(folder)) == ["dia_chi"]
    assert lines(printed(folder, {"dia_chi": "Hà Nội"}))[1:] == ["Địa chỉ:Hà Nội\t", "Một\thai"]


def test_a_date_is_one_field(tmp_path: Path) -> None:
    folder = imported(tmp_path, make("PHIẾU", "Họp ngày … tháng … năm … tại xã"))
    ((key, declared),) = fields(folder).items()
    assert declared["format"] == "date"
    assert lines(printed(folder, {key: "2026-03-05"}))[1] == "Họp ngày 05 tháng 3 năm 2026 tại xã"
    assert lines(printed(folder, {key: None}))[1] == "Họp ngày … tháng … năm … tại xã"


def test_a_date_at_the_start_of_a_line_keeps_its_capital(tmp_path: Path) -> None:
    blank = "Ngày .... tháng .... năm 20..."
    folder = imported(tmp_path, make("PHIẾU", blank))
    ((key, _),) = fields(folder).items()
    assert lines(printed(folder, {key: "2026-03-05"}))[1] == "Ngày 05 tháng 3 năm 2026"
    assert lines(printed(folder, {key: None}))[1] == blank


# ---------------------------------------------------------------- tables
def test_empty_rows_under_headings_become_a_loop(tmp_path: Path) -> None:
    rows = [["STT", "Họ và tên", "Số điểm"], ["1", "", ""], ["2", "", ""]]
    folder = imported(tmp_path, make("DANH SÁCH THI ĐUA", rows=rows))
    ((key, declared),) = fields(folder).items()
    assert declared["type"] == "array"
    assert list(declared["items"]["properties"]) == ["ho_va_ten", "so_diem"]
    record = {key: [{"ho_va_ten": "An", "so_diem": 9}, {"ho_va_ten": "Bình", "so_diem": 8}]}
    assert cells(printed(folder, record)) == [
        ["STT", "Họ và tên", "Số điểm"], ["1", "An", "9"], ["2", "Bình", "8"],
    ]  # fmt: skip


def test_an_empty_cell_beside_a_label_becomes_a_field(tmp_path: Path) -> None:
    rows = [["Nội dung", "Số vụ", "Ghi chú"], ["Hình sự", "", ""], ["Kinh tế", "", ""]]
    folder = imported(tmp_path, make("THỐNG KÊ", rows=rows))
    assert list(fields(folder)) == [
        "hinh_su", "hinh_su_ghi_chu", "kinh_te", "kinh_te_ghi_chu",
    ]  # fmt: skip
    record = dict.fromkeys(fields(folder)) | {"hinh_su": 5}
    assert cells(printed(folder, record))[1] == ["Hình sự", "5", ""]


def grouped_table() -> bytes:
    """Return a form whose headings and labels are merged: sexes below kinds, places below wards."""
    document = Document()
    document.add_paragraph("THỐNG KÊ")
    table = document.add_table(5, 6)
    for row, texts in zip(table.rows, (
        ["Phường", "Tổ", "Trẻ em", "", "Người lớn", ""], ["", "", "Nam", "Nữ", "Nam", "Nữ"],
        ["An Hòa", "Tổ 1"], ["", "Tổ 2"], ["Bình An", "Tổ 1"],
    ), strict=True):  # fmt: skip
        for cell, text in zip(row.cells, texts, strict=False):
            cell.text = text
    for first, last in (((0, 0), (1, 0)), ((0, 1), (1, 1)), ((0, 2), (0, 3)), ((0, 4), (0, 5)),
                        ((2, 0), (3, 0))):  # fmt: skip
        table.cell(*first).merge(table.cell(*last)).text = table.cell(*first).text.strip()
    return saved(document)


def test_merged_headings_and_labels_name_the_cells_below_and_beside_them(tmp_path: Path) -> None:
    found = fields(imported(tmp_path, grouped_table()))
    assert [declared["title"] for declared in found.values()][:5] == [
        "An Hòa, Tổ 1: Trẻ em Nam", "An Hòa, Tổ 1: Trẻ em Nữ",
        "An Hòa, Tổ 1: Người lớn Nam", "An Hòa, Tổ 1: Người lớn Nữ", "An Hòa, Tổ 2: Trẻ em Nam",
    ]  # fmt: skip
    assert len(found) == 12
    assert list(found)[:2] == ["an_hoa_to_1", "an_hoa_to_1_tre_em_nu"]


def test_a_slip_of_labels_and_empty_cells_has_a_field_for_each(tmp_path: Path) -> None:
    rows = [["Họ và tên:", "", "Ngày sinh:", ""], ["Nơi ở:", "......", "Giới tính:", "Nam ☐ Nữ ☐"]]
    folder = imported(tmp_path, make("PHIẾU", rows=rows))
    found = fields(folder)
    assert list(found) == ["ho_va_ten", "ngay_sinh", "noi_o", "gioi_tinh_nam", "gioi_tinh_nu"]
    assert found["ngay_sinh"]["format"] == "date"
    record = dict.fromkeys(found) | {"ho_va_ten": "An", "ngay_sinh": "2001-02-03",
                                     "gioi_tinh_nam": False, "gioi_tinh_nu": True}  # fmt: skip
    assert cells(printed(folder, record)) == [
        ["Họ và tên:", "An", "Ngày sinh:", "03/02/2001"],
        ["Nơi ở:", "......", "Giới tính:", "Nam ☐ Nữ ☒"],
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Giới tính: Nam ☐   Nữ ☐", ["gioi_tinh_nam", "gioi_tinh_nu"]),
        ("☐ Có   ☐ Không", ["co", "khong"]),
        ("Đề nghị: □ Khen thưởng; □ Xếp loại", ["de_nghi_khen_thuong", "de_nghi_xep_loai"]),
    ],
)
def test_boxes_to_tick_become_yes_or_no(tmp_path: Path, text: str, names: list[str]) -> None:
    folder = imported(tmp_path, make("PHIẾU", text))
    found = fields(folder)
    assert list(found) == names
    assert {declared["type"] for declared in found.values()} == {"boolean"}
    ticked = printed(folder, dict.fromkeys(names, False) | {names[1]: True})
    drawn = "□" if "□" in text else "☐"
    at = text.rindex(drawn)
    assert lines(ticked)[1] == f"{text[:at]}☒{text[at + 1 :]}"
    assert lines(printed(folder, {}))[1] == text


def test_a_box_drawn_as_a_symbol_is_one_too(tmp_path: Path) -> None:
    document = Document()
    paragraph = document.add_paragraph("Đồng ý ")
    box = parse_xml(f'<w:sym {nsdecls("w")} w:font="Wingdings" w:char="F0A8"/>')
    paragraph.add_run()._r.append(box)
    folder = imported(tmp_path, saved(document))
    assert list(fields(folder)) == ["dong_y"]
    assert lines(printed(folder, {"dong_y": True})) == ["Đồng ý ☒"]


def test_dots_on_two_lines_of_a_paragraph_are_one_blank(tmp_path: Path) -> None:
    folder = imported(tmp_path, make("PHIẾU", "Lý do: ……………\n……………\nNơi ở: ………………………………"))
    assert list(fields(folder)) == ["ly_do", "noi_o"]
    text = "\n".join(lines(printed(folder, {"ly_do": "Đi học", "noi_o": "An Bình"})))
    assert "Lý do: Đi học" in text
    assert "…" not in text


def test_a_row_of_boxes_is_one_blank(tmp_path: Path) -> None:
    document = Document()
    paragraph = document.add_paragraph("Số tài khoản: ")
    for _ in range(3):
        box = parse_xml(f'<w:sym {nsdecls("w")} w:font="Wingdings" w:char="F0A8"/>')
        paragraph.add_run()._r.append(box)
    folder = imported(tmp_path, saved(document))
    assert list(fields(folder)) == ["so_tai_khoan"]
    assert lines(printed(folder, {"so_tai_khoan": "012"})) == ["Số tài khoản: 012"]
    assert lines(printed(folder, {})) == ["Số tài khoản: ☐☐☐"]


# ---------------------------------------------------------------- the form made
def test_the_form_renders_at_once_and_lists_what_was_proposed(tmp_path: Path) -> None:
    file = tmp_path / "trong.docx"
    file.write_bytes(make("PHIẾU ĐĂNG KÝ", "Đơn vị: ........................", "Có ….. người"))
    ran = vanban("import", file, "-o", "phieu-dang-ky")
    assert ran.out == "don_vi  chữ  Đơn vị\nso_nguoi  số  Số người\n"
    folder = tmp_path / "phieu-dang-ky"
    assert vanban("render", folder, folder / "sample.json", "-o", "a.docx").code == 0
    assert "| `so_nguoi` | số | Số người |" in (folder / "DE-XUAT.md").read_text(encoding="utf-8")
    assert 'title = "Phiếu đăng ký"' in (folder / "manifest.toml").read_text(encoding="utf-8")


def test_a_form_with_tags_already_is_refused() -> None:
    with pytest.raises(TemplateError, match="vanban schema"):
        import_form(make("Tên: {{ ten }} ....."), "a.docx")


def test_a_file_without_blanks_is_refused() -> None:
    with pytest.raises(TemplateError, match="không thấy chỗ trống nào"):
        import_form(make("Không có gì để điền."), "a.docx")


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "cu").mkdir()
    file = tmp_path / "trong.docx"
    file.write_bytes(make("Họ tên: ......"))
    assert vanban("import", file, "-o", "cu").code == 2
    assert list((tmp_path / "cu").iterdir()) == []


def test_the_same_form_gives_the_same_template() -> None:
    content = make("PHIẾU", "Họ tên: ......", "Có ….. vụ")
    assert import_form(content, "a.docx").template == import_form(content, "a.docx").template
