"""The intake workbook: what ``vanban init FORM -o FILE.xlsx`` gives a clerk to fill."""

from __future__ import annotations

import datetime
import io
import json
import shutil
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from generator.errors import BundleError, DataError
from generator.intake.workbook import Filled, intake_workbook
from generator.pipeline import Form, open_form
from tests.clerk import FIXTURES, FORMS, units, vanban
from tests.conftest import Recalculated, SchemaErrors
from tests.intake.books import Intake, draw, intake, without_last_values

SCORES = "ban-cham-diem"
TEXT = {"type": "string"}
BLANK_TEXT = {"type": ["string", "null"]}


def filled(form: Form, records: list[Any]) -> bytes:
    """Return a workbook with records filled in."""
    read = [form.read(record, None) for record in records]
    assert not any(faults for _, faults in read)
    return intake_workbook(
        form.bundle,
        form.schema,
        filled=[Filled(record=record, context=form.context(record)) for record, _ in read],
        figures=form.figures,
    )


# ---------------------------------------------------------------- every form
@pytest.mark.parametrize("form", FORMS)
def test_every_column_is_listed_on_the_hidden_sheet_as_it_is_headed(form: str) -> None:
    made = intake(form)
    opened = open_form(form)
    assert made.said == {
        "vanban": 1, "mau": form, "phien_ban": opened.bundle.version,
        "don_vi": opened.bundle.unit,
    }  # fmt: skip
    assert made.book["_vanban"].sheet_state == "veryHidden"
    for column in made.columns:
        assert made.sheet(column.sheet)[f"{column.letter}{column.heading}"].value == column.title
        assert column.first == column.heading + 2
    headings = [(column.sheet, column.title) for column in made.columns]
    assert len(set(headings)) == len(headings), "two columns of a sheet are headed alike"


@pytest.mark.parametrize("form", FORMS)
def test_every_text_and_number_of_the_sample_is_in_a_cell(form: str) -> None:
    made = intake(form, sample=True)
    cells = {
        str(value)
        for sheet in made.book.worksheets[:-1]
        for row in sheet.iter_rows(values_only=True)
        for value in row
    }
    lines = {line for cell in cells for line in cell.split("\n")}
    record, _ = open_form(form).read(
        json.loads(open_form(form).bundle.path("sample.json").read_text("utf-8")), None
    )
    for value in leaves(record):
        text = str(float(value)) if isinstance(value, Decimal) else str(value)
        assert text in cells | lines or looks_like_a_day(text), text


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [] if value is None or isinstance(value, bool) else [value]


def looks_like_a_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-"


@pytest.mark.parametrize("form", FORMS)
def test_the_same_form_gives_the_same_bytes(form: str) -> None:
    assert open_form(form).workbook() == open_form(form).workbook()


def test_libreoffice_opens_the_workbook_of_every_form_and_keeps_its_cells(
    recalculated: Recalculated, tmp_path: Path
) -> None:
    made = {}
    for form in FORMS:
        path = tmp_path / f"{form}.xlsx"
        path.write_bytes(open_form(form).workbook(sample=True))
        made[path.name] = path
    for saved in recalculated(list(made.values()), tmp_path / "saved"):
        before = Intake(made[saved.name].read_bytes(), values=True)
        after = Intake(saved.read_bytes(), values=True)
        assert before.columns == after.columns
        for name in dict.fromkeys(column.sheet for column in before.columns):
            wanted = [[shown(value) for value in row] for row in before.rows(name)]
            found = [[shown(value) for value in row] for row in after.rows(name)]
            if not any(column.key == "=thu_tu" for column in before.columns):
                assert found == wanted, (saved.name, name)


def shown(value: Any) -> Any:
    return None if value in (None, "") else value


@pytest.mark.parametrize("form", [SCORES, "de-cuong-so-lieu", "phu-luc"])
def test_a_workbook_is_valid_office_open_xml(
    form: str, schema_errors: SchemaErrors, tmp_path: Path
) -> None:
    path = tmp_path / f"{form}.xlsx"
    path.write_bytes(open_form(form).workbook(sample=True))
    assert schema_errors([path]) == []


# ---------------------------------------------------------------- what a clerk sees
def test_a_row_is_a_unit_and_its_name_stays_in_sight() -> None:
    made = intake(SCORES, "Trường A", "Trường B")
    sheet = made.sheet("Dữ liệu")
    assert [row[0] for row in made.rows("Dữ liệu")] == ["Trường A", "Trường B"]
    assert sheet.freeze_panes == f"B{made.listed('don_vi').first}"
    assert sheet.auto_filter.ref is not None
    assert sheet.page_setup.orientation == "landscape"


def test_a_form_of_one_office_has_its_row_numbered() -> None:
    made = intake("ke-hoach")
    assert made.heading("#").value == "STT"
    assert next(iter(made.rows("Dữ liệu")))[0] == 1


def test_a_list_has_a_sheet_whose_rows_name_the_unit_from_a_drop_down() -> None:
    made = intake(SCORES, "Trường A")
    column = made.listed("tu_cham.vi_pham[].so_hanh_vi")
    assert column.sheet == "Vi phạm – Phần tự chấm"
    unit = made.listed("#", column.sheet)
    rule = next(
        rule
        for rule in made.sheet(column.sheet).data_validations.dataValidation
        if f"{unit.letter}{unit.first}" in rule.sqref
    )
    assert rule.type == "list"
    assert rule.formula1.startswith("'Dữ liệu'!$A$")


def test_few_texts_share_a_cell_a_line_each() -> None:
    made = intake("ke-hoach", sample=True)
    assert made.cell("nguoi_ky.quyen_han[]").value == "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH"
    assert "Alt+Enter" in made.note("nguoi_ky.quyen_han[]")


def test_a_column_that_must_be_filled_has_a_star_and_is_red() -> None:
    made = intake(SCORES)
    assert made.heading("don_vi").value == "Đơn vị *"
    assert made.heading("don_vi").font.color.rgb == "FFC00000"
    assert made.heading("co_quan_chu_quan").value == "Cơ quan chủ quản"
    assert made.heading("dia_danh").font.color.type == "theme", "a blank is an answer there"


def test_notes_speak_of_cells_not_of_json() -> None:
    made = intake("ke-hoach")
    assert made.note("co_quan_ban_hanh").endswith("Muốn xuống dòng thì bấm Alt+Enter. Bắt buộc.")
    assert "Để trống khi chờ lấy số" in made.note("so")
    words = [made.note(column.key) for column in made.columns if not column.key.startswith("#")]
    assert not [note for note in words if "null" in note or "\\n" in note]


def test_a_chosen_cell_says_what_it_takes() -> None:
    rule = intake(SCORES).rule("nam")
    assert rule.showInputMessage
    assert rule.promptTitle == "Năm bình xét"
    assert rule.prompt.startswith("Năm chấm điểm. Để trống nếu chừa chỗ điền tay.")


def test_every_input_message_is_as_short_as_excel_asks() -> None:
    for form in FORMS:
        for sheet in intake(form).book.worksheets:
            for rule in sheet.data_validations.dataValidation:
                assert len(rule.promptTitle or "") <= 32
                assert len(rule.prompt or "") <= 255
                assert len(rule.error or "") <= 255


def test_a_group_is_headed_over_its_columns() -> None:
    made = intake(SCORES)
    first, last = made.listed("ky_don_vi.quyen_han[]"), made.listed("ky_don_vi.ho_ten")
    sheet = made.sheet("Dữ liệu")
    assert sheet[f"{first.letter}{first.heading - 1}"].value == "Người ký của đơn vị"
    merged = f"{first.letter}{first.heading - 1}:{last.letter}{first.heading - 1}"
    assert merged in {str(area) for area in sheet.merged_cells.ranges}


def test_a_heading_used_twice_names_its_group() -> None:
    made = intake("de-cuong-so-lieu")
    heading = made.heading("an_ninh.hinh_su.nam_nay.vu").value
    assert heading == "Số vụ (Năm báo cáo, Vi phạm về hình sự)"


def test_a_form_with_150_fields_keeps_columns_narrow_enough_to_read() -> None:
    made = intake("de-cuong-so-lieu")
    widths = [made.looks(column.key).width for column in made.columns]
    numbers = [made.rule(c.key) for c in made.columns if not c.key.startswith("=")]
    assert len(made.columns) > 150
    assert max(widths) <= 61
    assert sum(rule.type == "whole" for rule in numbers) > 100


# ---------------------------------------------------------------- what a cell takes
def test_an_enum_is_a_drop_down_without_its_blank() -> None:
    rule = intake("van-ban").rule("do_khan")
    assert (rule.type, rule.formula1) == ("list", '"HỎA TỐC,THƯỢNG KHẨN,KHẨN"')
    assert rule.allow_blank


def test_a_long_list_of_choices_stands_on_a_hidden_sheet(tmp_path: Path) -> None:
    choices = [f"Lựa chọn thứ {number}, có dấu phẩy" for number in range(40)]
    made = intake(draw(tmp_path, {"loai": {**TEXT, "enum": choices}}, {}))
    assert made.rule("loai").formula1 == "'_danh_sach'!$A$1:$A$40"
    assert made.book["_danh_sach"].sheet_state == "veryHidden"
    assert made.book["_danh_sach"]["A40"].value == choices[-1]


def test_a_text_cell_keeps_zeros_and_never_becomes_a_formula_when_typed_into() -> None:
    assert intake("ke-hoach").looks("ky_hieu").number_format == "@"
    assert intake("ke-hoach", sample=True).cell("ky_hieu").number_format == "@"


def test_whole_numbers_show_thousands_but_years_and_document_numbers_do_not() -> None:
    assert intake("de-cuong-so-lieu", "A", sample=True).cell(
        "dang_ky.ho_cam_ket"
    ).number_format == ("#,##0")
    made = intake(SCORES, sample=True)
    assert (made.cell("nam").value, made.cell("nam").number_format) == (2019, "0")
    assert (made.rule("nam").formula1, made.rule("nam").formula2) == ("2000", "2100")


def test_a_date_is_a_date_shown_day_first() -> None:
    cell = intake(SCORES, sample=True).cell("ngay_ban_hanh")
    assert cell.value == datetime.datetime(2019, 10, 4)  # noqa: DTZ001
    assert cell.number_format == "dd/mm/yyyy"
    assert intake(SCORES).rule("ngay_ban_hanh").type == "date"


def test_a_day_before_excel_can_count_is_text(tmp_path: Path) -> None:
    form = draw(tmp_path, {"ngay": {**TEXT, "format": "date"}}, {"ngay": "1890-05-19"})
    assert intake(form, sample=True).cell("ngay").value == "19/5/1890"


def test_a_number_that_excel_would_shorten_is_text(tmp_path: Path) -> None:
    form = draw(tmp_path, {"so": {"type": "number"}}, {"so": 12345678901234567})
    assert intake(form, sample=True).cell("so").value == "12345678901234567"


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x.vn","a")', "+84", "-5", "@SUM(A1)"])
def test_a_text_is_never_a_formula(tmp_path: Path, text: str) -> None:
    form = draw(tmp_path, {"ten": TEXT, "ghi": TEXT}, {"ten": text, "ghi": text}, unit="ten")
    for content in (form.workbook(sample=True), form.workbook([text])):
        cell = Intake(content).cell("ten")
        assert (cell.value, cell.data_type) == (text, "s")
        parts = zipfile.ZipFile(io.BytesIO(content))
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_headings_are_locked_and_cells_to_fill_are_not() -> None:
    made = intake(SCORES, "Trường A")
    for name in dict.fromkeys(column.sheet for column in made.columns):
        sheet = made.sheet(name)
        assert sheet.protection.sheet
        assert sheet.protection.password is None
    assert made.heading("dia_danh").protection.locked
    assert not made.looks("dia_danh").protection.locked
    assert made.looks("=cham_diem.diem.tu_cham").protection.locked
    assert made.cell("=cham_diem.diem.tu_cham").protection.locked


def test_text_longer_than_a_cell_is_refused_by_its_title(tmp_path: Path) -> None:
    form = draw(tmp_path, {"bai": TEXT}, {"bai": "a" * 32_768})
    with pytest.raises(DataError, match="Bai: dài hơn 32767 ký tự"):
        form.workbook(sample=True)


# ---------------------------------------------------------------- blanks that mean something
def test_a_group_may_be_there_though_all_of_it_is_blank() -> None:
    made = intake(SCORES, sample=True)
    assert made.cell("tu_cham?").value == "Có"
    assert made.rule("tu_cham?").formula1 == '"Có,Không"'


def test_an_empty_list_is_told_from_one_not_yet_known() -> None:
    made = intake("thong-ke-khong-dat", sample=True)
    values = [made.cell("thong_ke[].don_vi?", row).value for row in range(4)]
    assert values == [None, "Không có mục nào", None, None]


# ---------------------------------------------------------------- shapes
def test_a_list_in_a_list_points_to_its_item_by_number() -> None:
    made = intake("thong-ke-khong-dat", sample=True)
    assert made.cell("##").value == 1
    assert made.cell("thong_ke[].don_vi[].ten", row=4).value == "Công ty cổ phần May Sông Lạc"
    assert made.cell("##", row=4).value == 4
    assert str(made.cell("=thu_tu").value).startswith("=IF(")


def test_a_table_of_free_columns_is_typed_as_it_will_be_printed(tmp_path: Path) -> None:
    form = open_form("phu-luc")
    record = json.loads((FIXTURES / "phu-luc" / "bang-cot.json").read_text("utf-8"))
    made = Intake(filled(form, [record]))
    rows = list(made.rows(made.listed("bang.hang[][0]").sheet))
    assert rows[0][1:6] == ["Phú Lâm Thượng", "Kênh mương", 12, 1.8, 450]
    assert rows[2][1:6] == ["Phú Lâm Thượng", "Nhà văn hóa", 3, None, 2600]
    assert made.cell("bang.tong[0]").value == "Tổng số"


def test_a_recipient_is_a_name_or_a_group_on_one_sheet() -> None:
    made = intake("ke-hoach")
    keys = [column.key for column in made.columns if column.sheet == "Nơi nhận"]
    assert keys == ["#", "noi_nhan[]", "noi_nhan[].nhom[]", "noi_nhan[].ghi_chu"]


def test_a_value_no_cells_can_hold_is_typed_as_json(tmp_path: Path) -> None:
    item = {"title": "Mục", "description": "Ô.", "type": "array", "items": {"type": "array"}}
    form = draw(
        tmp_path,
        {"tu_do": {"type": "object"}, "khoi": {"type": "array", "items": item}},
        {"tu_do": {"a": [1, {"b": "Ắ"}]}, "khoi": [[[1]]]},
    )
    made = intake(form, sample=True)
    assert made.cell("tu_do{}").value == '{"a": [1, {"b": "Ắ"}]}'
    assert made.cell("khoi{}").value == "[[[1]]]"
    assert "JSON" in made.note("khoi{}")


def test_an_item_with_a_line_break_keeps_it(tmp_path: Path) -> None:
    lines = {"type": "array", "maxItems": 3, "items": {**TEXT, "title": "Dòng"}}
    form = draw(tmp_path, {"dong": lines}, {"dong": ["một\nhai", "ba"]})
    assert intake(form, sample=True).cell("dong[]").value == '["một\\nhai", "ba"]'


def test_names_of_sheets_are_such_as_excel_takes_and_differ(tmp_path: Path) -> None:
    title = "Danh sách [đơn vị]: rất dài, có cả dấu / và \\ trong tên"
    lists = {"type": "array", "items": {**TEXT, "title": "Mục"}, "title": title}
    made = intake(draw(tmp_path, {"a": lists, "b": lists}, {}))
    names = made.book.sheetnames
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def test_a_form_wider_than_a_sheet_is_refused(tmp_path: Path) -> None:
    form = draw(tmp_path, {f"o{number}": TEXT for number in range(16_384)}, {})
    with pytest.raises(BundleError, match="cần 16385 cột"):
        form.workbook()


# ---------------------------------------------------------------- computed columns
def test_points_computed_by_libreoffice_are_those_of_the_program(
    recalculated: Recalculated, tmp_path: Path
) -> None:
    form = open_form(SCORES)
    records = units()
    path = tmp_path / "cham-diem.xlsx"
    path.write_bytes(without_last_values(filled(form, records)))
    computed = Intake(recalculated([path], tmp_path / "saved")[0].read_bytes(), values=True)
    for row, record in enumerate(records):
        sheet = form.context(form.read(record, None)[0])["cham_diem"]
        for scorer in ("tu_cham", "tham_dinh"):
            wanted = sheet["ket_qua"][scorer] or sheet["diem"][scorer]
            found = computed.cell(f"=cham_diem.diem.{scorer}", row).value
            assert shown(found) == (float(wanted) if isinstance(wanted, Decimal) else wanted)


def test_the_fixture_of_points_has_every_kind_of_result() -> None:
    form = open_form(SCORES)
    totals = [form.context(form.read(record, None)[0])["cham_diem"] for record in units()]
    results = {sheet["ket_qua"]["tu_cham"] or sheet["diem"]["tu_cham"] for sheet in totals}
    assert "Không xét" in results
    assert len(results) > 4


DERIVE = """
[[derive]]
name = "tong"
title = "Tổng số"
expression = "nam + nu"

[[derive]]
name = "nhom.ty_le"
title = "Tỷ lệ nữ"
expression = "ty_le(nu, tong)"
decimals = 2

[[derive]]
name = "muc[].thanh_tien"
title = "Thành tiền"
expression = "so_luong * don_gia"
"""
NUMBER = {"type": ["integer", "null"]}


def derived_form(root: Path, sample: dict[str, Any]) -> Form:
    both = {"so_luong": NUMBER, "don_gia": {"type": ["number", "null"]}}
    item = {
        "title": "Mục",
        "description": "Ô.",
        "type": "object",
        "properties": {
            key: {"title": key, "description": "Ô.", **one} for key, one in both.items()
        },
    }
    inside = {"type": "object", "properties": {"ghi": {**BLANK_TEXT, "title": "Ghi"}}}
    fields = {
        "don_vi": TEXT, "nam": NUMBER, "nu": NUMBER, "nhom": {**inside, "default": {}},
        "muc": {"type": "array", "items": item},
    }  # fmt: skip
    return draw(root, fields, sample, tables=DERIVE, unit="don_vi")


def test_derived_values_computed_by_libreoffice_are_those_of_the_program(
    recalculated: Recalculated, tmp_path: Path
) -> None:
    items = [{"so_luong": 3, "don_gia": 12.5}, {"so_luong": None, "don_gia": 1}]
    sample = {"don_vi": "A", "nam": 20, "nu": 27, "nhom": {}, "muc": items}
    form = derived_form(tmp_path, sample)
    path = tmp_path / "so-lieu.xlsx"
    path.write_bytes(without_last_values(form.workbook(sample=True)))
    made = Intake(recalculated([path], tmp_path / "saved")[0].read_bytes(), values=True)
    context = form.context(form.read(sample, None)[0])
    assert made.cell("=tong").value == context["tong"] == 47
    assert made.cell("=nhom.ty_le").value == float(context["nhom"]["ty_le"]) == 57.45
    assert made.cell("=muc[].thanh_tien").value == 37.5
    assert shown(made.cell("=muc[].thanh_tien", row=1).value) is None
    assert made.listed("=muc[].thanh_tien").sheet == "Muc"


def test_a_computed_column_stands_behind_its_group_and_is_headed_by_it() -> None:
    made = intake("de-cuong-so-lieu")
    keys = [column.key for column in made.columns]
    for kind in ("hinh_su", "kinh_te"):
        computed = f"=an_ninh.{kind}.so_sanh_vu"
        assert keys[keys.index(computed) - 1] == f"an_ninh.{kind}.nam_truoc.doi_tuong"
    heading = made.heading("=an_ninh.hinh_su.so_sanh_vu").value
    assert heading == "Số vụ so với cùng kỳ (Vi phạm về hình sự)"


def test_with_thousands_of_units_the_program_computes_alone() -> None:
    names = [f"Đơn vị {number}" for number in range(2_001)]
    keys = [column.key for column in intake(SCORES, *names).columns]
    assert not [key for key in keys if key.startswith("=")]


@pytest.mark.parametrize(("more", "there"), [(5, True), (40, False)])
def test_a_formula_longer_than_excel_takes_has_no_column(
    tmp_path: Path, more: int, there: bool
) -> None:
    folder = tmp_path / SCORES
    shutil.copytree(open_form(SCORES).bundle.folder, folder)
    rows = (
        f'[[scoring.group.criterion]]\nid = "III.{n}"\nlabel = "{n}"\ntitle = "a"\nmaximum = 1\n'
        for n in range(more)
    )
    with (folder / "manifest.toml").open("a", encoding="utf-8") as manifest:
        manifest.write("\n" + "\n".join(rows))
    keys = [column.key for column in intake(open_form(str(folder))).columns]
    assert ("=cham_diem.diem.tu_cham" in keys) is there


def test_a_computed_column_shows_the_programs_figure_where_nothing_recalculates(
    tmp_path: Path,
) -> None:
    sample = {"don_vi": "A", "nam": 20, "nu": 27, "nhom": {}, "muc": []}
    content = derived_form(tmp_path, sample).workbook(sample=True)
    assert Intake(content, values=True).cell("=tong").value == 47
    assert Intake(content).cell("=tong").value != 47, "it is a formula"


# ---------------------------------------------------------------- the command
def test_init_makes_a_workbook_with_the_units_of_a_list(tmp_path: Path) -> None:
    names = tmp_path / "don-vi.txt"
    names.write_text("Trường A\n\nTrường B, cơ sở 2\n", encoding="utf-8")
    target = tmp_path / "phieu.xlsx"
    ran = vanban("init", SCORES, "-o", target, "--units", names)
    assert ran.code == 0, ran.err
    made = Intake(target.read_bytes())
    assert [row[0] for row in made.rows("Dữ liệu")] == ["Trường A", "Trường B, cơ sở 2"]
    assert f"vanban batch {SCORES} {target} -o ket-qua" in ran.err


def test_init_makes_json_with_the_units_too(tmp_path: Path) -> None:
    names = tmp_path / "don-vi.json"
    names.write_text('["Trường A", {"don_vi": "Trường B"}]', encoding="utf-8")
    target = tmp_path / "phieu.json"
    assert vanban("init", SCORES, "-o", target, "--units", names).code == 0
    records = json.loads(target.read_text(encoding="utf-8"))
    assert [record["don_vi"] for record in records] == ["Trường A", "Trường B"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "STT;Tên đơn vị\n1;Trường A\n2;Trường B\n"),
        ("b.csv", "Trường A\nTrường B\n"),
        ("c.jsonl", '{"don_vi": "Trường A"}\n{"don_vi": "Trường B"}\n'),
    ],
)
def test_units_are_taken_from_whatever_list_there_is(
    tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    target = tmp_path / "phieu.xlsx"
    ran = vanban("init", SCORES, "-o", target, "--units", tmp_path / name)
    assert ran.code == 0, ran.err
    found = [row[0] for row in Intake(target.read_bytes()).rows("Dữ liệu")]
    assert found == ["Trường A", "Trường B"]


def test_units_are_taken_from_a_workbook(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Danh sách"], ["STT", "Đơn vị"], [1, "Trường A"], [2, "Trường B"]):
        sheet.append(row)
    book.save(tmp_path / "ds.xlsx")
    target = tmp_path / "phieu.xlsx"
    ran = vanban("init", SCORES, "-o", target, "--units", tmp_path / "ds.xlsx")
    assert ran.code == 0, ran.err
    found = [row[0] for row in Intake(target.read_bytes()).rows("Dữ liệu")]
    assert found == ["Trường A", "Trường B"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", "Trường A\ntrường  a\n", "dòng 2: đơn vị “trường a” đã có ở dòng 1"),
        ("a.json", '["Trường A", " "]', "mục 2: tên đơn vị để trống"),
        ("a.json", "[1]", "mục 1: tên đơn vị phải là chữ"),
        ("a.txt", "\n\n", "không có tên đơn vị nào"),
        ("a.docx", "x", "không đọc tên đơn vị từ loại tệp này"),
    ],
)
def test_a_list_of_units_with_a_fault_is_refused(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    ran = vanban("init", SCORES, "-o", tmp_path / "p.xlsx", "--units", tmp_path / name)
    assert ran.code == 3
    assert said in ran.err
    assert not (tmp_path / "p.xlsx").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ke-hoach", "-o", "a.xlsx", "--units", "x.txt"], "ke-hoach không lập cho từng đơn vị"),
        ([SCORES, "-o", "a.xlsx", "--units", "x.txt", "--sample"], "không dùng cùng lúc"),
        (["ke-hoach", "-o", "a.ods"], "không tạo tệp .ods để điền"),
        (["ke-hoach", "-o", "a.docx", "--sample"], "không tạo tệp .docx để điền"),
        (["ke-hoach", "-o", "ke-hoach"], "không tạo tệp không có đuôi để điền"),
    ],
)
def test_init_used_wrongly(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = vanban("init", *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert not list(tmp_path.iterdir())
