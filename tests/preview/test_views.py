"""Pages beside one another: template and document, two versions, units of a batch."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import preview
from generator.combine.stapling import staple
from generator.errors import DataError
from generator.formatting import Formatting
from generator.ooxml import qn, read_package
from generator.pipeline import open_form
from generator.preview.pictures import page_sizes, pictures
from generator.views import template, versions
from generator.views.risks import riskiest
from generator.views.scenes import on_one_sheet
from generator.views.shading import Stretch, merged
from generator.views.sheets import Tile, sheets
from generator.views.watching import states, watch
from tests.clerk import FIXTURES, TEXT_FIELD, draw_form, keep, keep_lines, object_of
from tests.preview.drawing import STYLES, docx, paragraph, run

UNITS = FIXTURES / "ban-cham-diem" / "don-vi-300.jsonl"


def shaded(content: bytes) -> list[tuple[str, str]]:
    """Return the coloured words of a document with their colour, runs of one colour joined."""
    formatting = Formatting(read_package(content, ""))
    found: list[tuple[str, str]] = []
    for owner in formatting.body.iter(qn("w:p")):
        last = ""
        for node in owner.iter(qn("w:r")):
            text = "".join(each.text or "" for each in node.iter(qn("w:t")))
            fill = formatting.run(node, owner).shading
            if fill and fill == last:
                found[-1] = (found[-1][0] + text, fill)
            elif fill:
                found.append((text, fill))
            last = fill
    return found


def texts(content: bytes) -> list[str]:
    root = read_package(content, "").xml("word/document.xml")
    return [
        "".join(node.text or "" for node in each.iter(qn("w:t"))) for each in root.iter(qn("w:p"))
    ]


# ---------------------------------------------------------------- tags by kind
def test_tags_are_coloured_by_what_they_do() -> None:
    content = docx(
        paragraph('{% include "khoi/dau-de.docx" %}'),
        paragraph("{%p for x in ds %}"),
        paragraph("Ông {{ x.ten }} {% if x.nu %}(nữ){% else %}(nam){% endif %} {# ghi chú #}"),
        paragraph("{% set a = 1 %}"),
        paragraph("{%p endfor %}"),
    )
    block, loop, value, condition, other = (
        colour.fill
        for colour in (
            template.BLOCK, template.LOOP, template.VALUE, template.CONDITION, template.OTHER,
        )
    )  # fmt: skip
    coloured = template.coloured(content, "mau.docx")
    assert shaded(coloured) == [
        ('{% include "khoi/dau-de.docx" %}', block),
        ("{%p for x in ds %}", loop),
        ("{{ x.ten }}", value),
        ("{% if x.nu %}", condition),
        ("{% else %}", condition),
        ("{% endif %}", condition),
        ("{# ghi chú #}", other),
        ("{% set a = 1 %}", other),
        ("{%p endfor %}", loop),
    ]
    assert texts(coloured) == texts(content)


def test_a_tag_that_word_split_keeps_the_looks_of_each_piece() -> None:
    content = docx(paragraph(run("Số {", "<w:b/>"), run("{ so"), run(" }} nữa", "<w:i/>")))
    coloured = template.coloured(content, "")
    assert shaded(coloured) == [("{{ so }}", template.VALUE.fill)]
    formatting = Formatting(read_package(coloured, ""))
    (owner,) = formatting.body.iter(qn("w:p"))
    looks = [
        ("".join(node.itertext()), formatting.run(node, owner)) for node in owner.iter(qn("w:r"))
    ]
    assert [(text, look.bold, look.italic) for text, look in looks] == [
        ("Số ", True, False),
        ("{", True, False),
        ("{ so", False, False),
        (" }}", False, True),
        (" nữa", False, True),
    ]


def test_a_tag_left_open_is_shown_as_it_is() -> None:
    content = docx(paragraph("{{ so"), paragraph("{{ ky_hieu }}"))
    assert shaded(template.coloured(content, "")) == [("{{ ky_hieu }}", template.VALUE.fill)]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9), st.sampled_from("ab"))))
def test_joined_stretches_cover_the_same_letters(found: list[tuple[int, int, str]]) -> None:
    stretches = [Stretch(start, start + length, fill) for start, length, fill in found]
    for fill in "ab":
        own = [each for each in stretches if each.fill == fill]
        covered = {at for each in own for at in range(each.start, each.end)}
        assert covered == {at for each in merged(own) for at in range(each.start, each.end)}


# ---------------------------------------------------------------- two versions
def test_words_that_changed_are_marked_in_both_versions() -> None:
    old = docx(paragraph("Kính gửi:"), paragraph("Họp lúc 8 giờ ngày 05/3"), paragraph("Bỏ"))
    new = docx(paragraph("Kính gửi:"), paragraph("Họp lúc 14 giờ 30 ngày 05/3"))
    found = versions.compare(old, new, "cu.docx", "moi.docx")
    assert shaded(found.old) == [("8", versions.OLD.fill), ("Bỏ", versions.OLD.fill)]
    assert shaded(found.new) == [("14", versions.NEW.fill), ("30", versions.NEW.fill)]
    assert (found.gone, found.come) == (2, 2)


def test_a_version_compared_with_itself_has_no_marks() -> None:
    content = docx(paragraph("Họp  lúc 8 giờ"), paragraph(run("Họp ", "<w:b/>"), run("lúc")))
    found = versions.compare(content, content, "a", "b")
    assert (found.gone, found.come, shaded(found.old), shaded(found.new)) == (0, 0, [], [])


def test_spaces_and_runs_alone_are_no_change() -> None:
    old, new = docx(paragraph("Họp  lúc 8 giờ")), docx(paragraph(run("Họp lúc "), run("8 giờ")))
    found = versions.compare(old, new, "a", "b")
    assert (found.gone, found.come) == (0, 0)


def test_words_that_only_look_otherwise_are_marked_in_a_colour_of_their_own() -> None:
    indented = '<w:ind w:firstLine="720"/>'
    old = docx(paragraph("Họp lúc 8 giờ"), paragraph("Nơi nhận"), paragraph("Bỏ đi"))
    new = docx(
        paragraph(run("Họp lúc "), run("8", '<w:b/><w:lang w:val="en-US"/>'), run(" giờ")),
        paragraph("Nơi nhận", properties=indented),
        paragraph(run("Bỏ", "<w:i/>")),
    )
    found = versions.compare(old, new, "a", "b")
    look = versions.LOOK.fill
    assert shaded(found.new) == [("8", look), ("Nơi", look), ("nhận", look), ("Bỏ", look)]
    assert shaded(found.old) == [*shaded(found.new), ("đi", versions.OLD.fill)]
    assert (found.gone, found.come, found.restyled) == (1, 0, 4)
    assert versions.LOOK in versions.LEGEND


def test_the_same_look_by_another_way_is_no_change() -> None:
    bold = (
        '<w:style w:type="character" w:styleId="Dam"><w:name w:val="Dam"/>'
        "<w:rPr><w:b/></w:rPr></w:style>"
    )
    old = docx(paragraph(run("Họp", "<w:b/>")), styles=STYLES + bold)
    new = docx(paragraph(run("Họp", '<w:rStyle w:val="Dam"/>')), styles=STYLES + bold)
    assert versions.compare(old, new, "a", "b").restyled == 0


def test_two_long_documents_that_share_nothing_are_compared_in_time() -> None:
    old = docx(*[paragraph(" ".join(f"a{n}-{m}" for m in range(50))) for n in range(400)])
    new = docx(*[paragraph(" ".join(f"b{n}-{m}" for m in range(50))) for n in range(400)])
    began = time.process_time()
    assert versions.compare(old, new, "a", "b").gone == 20_000
    assert time.process_time() - began < 20


# ---------------------------------------------------------------- sheets and pictures
PAGE = preview.pdf(docx(paragraph("Trang một")))
NEXT_PAGE = paragraph("a", properties="<w:pageBreakBefore/>")


def test_tiles_stand_in_rows_with_their_captions() -> None:
    made = sheets(
        [Tile(PAGE, 1, "Mẫu “x” #1"), None, Tile(PAGE, 1, "b")], columns=2, width_pt=200, rows=1
    )
    assert len(page_sizes(made)) == 2
    with pypdfium2.PdfDocument(made) as document:
        text = document[0].get_textpage().get_text_range()
    assert "Mẫu “x” #1" in text
    assert "Trang một" in text
    wide, tall = page_sizes(made)[0]
    assert wide == pytest.approx(2 * 200 + 3 * 14, abs=1)
    assert tall > 200 * 297 / 210


def test_pictures_are_png_of_the_page_s_size() -> None:
    from PIL import Image

    (picture,) = pictures(PAGE, ppi=72)
    with Image.open(io.BytesIO(picture)) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
        assert image.size == (596, 842)
        dark = sum(image.convert("L").histogram()[:128])
    assert 20 < dark < 2_000  # a line of words on a white page


def test_pictures_of_too_many_dots_are_refused() -> None:
    with pytest.raises(DataError, match="trang quá lớn"):
        list(pictures(PAGE, ppi=2_000))


def test_several_pages_come_on_one_sheet() -> None:
    several = preview.pdf(docx(*[NEXT_PAGE] * 8))
    assert len(page_sizes(several)) == 8
    assert len(page_sizes(on_one_sheet(several))) == 1
    assert on_one_sheet(PAGE) == PAGE


# ---------------------------------------------------------------- the riskiest units
NUMBER = {"title": "Số dân", "description": "Số người.", "type": "number"}
LIST = {
    "title": "Thành viên", "description": "Tên.", "type": "array",
    "items": {"title": "Tên", "description": "Tên.", "type": "string"},
}  # fmt: skip
NOTE = {"title": "Ghi chú", "description": "Ghi chú.", "type": ["string", "null"]}
FIELDS: dict[str, Any] = {"ten": TEXT_FIELD, "so": NUMBER, "ds": LIST, "ghi_chu": NOTE}


def record(number: int, **changes: Any) -> dict[str, Any]:
    usual = {"ten": f"Tổ {number:02}", "so": 100 + number % 3, "ds": ["An", "Bo"], "ghi_chu": "Tốt"}
    return usual | changes


def test_the_units_furthest_from_the_others_are_chosen_with_the_reason(tmp_path: Path) -> None:
    records = [record(number) for number in range(40)]
    records[7] = record(7, ten="Tổ dân phố " + "rất dài " * 12)
    records[11] = record(11, ds=["An"] * 30)
    records[23] = record(23, so=9_000_000)
    records[31] = record(31, ghi_chu=None)
    folder = draw_form(tmp_path, schema=object_of(FIELDS), sample=records[0], unit="ten")
    source = keep_lines(tmp_path / "ds.jsonl", records)
    found = riskiest(open_form(str(folder)), str(source), 4)
    assert {risk.raw.index for risk in found.chosen} == {7, 11, 23, 31}
    why = {risk.raw.index: "; ".join(risk.reasons) for risk in found.chosen}
    assert "“Tên” dài" in why[7]
    assert "“Thành viên” có 30 mục (trung bình 2,7)" in why[11]
    assert "“Số dân” là 9.000.000" in why[23]
    assert "1 chỗ để trống (trung bình 0)" in why[31]
    assert next(risk.unit for risk in found.chosen if risk.raw.index == 11) == "Tổ 11"
    assert (found.records, found.invalid) == (40, 0)


def test_units_that_are_all_alike_give_the_first_one(tmp_path: Path) -> None:
    folder = draw_form(tmp_path, schema=object_of(FIELDS), sample=record(1))
    source = keep_lines(tmp_path / "ds.jsonl", [record(1)] * 5)
    (risk,) = riskiest(open_form(str(folder)), str(source), 3).chosen
    assert risk.reasons == ("không bản ghi nào khác thường; đây là bản ghi đầu tiên",)
    assert risk.unit == "bản ghi 1"


def test_records_that_cannot_be_printed_are_counted(tmp_path: Path) -> None:
    folder = draw_form(tmp_path, schema=object_of(FIELDS), sample=record(1))
    source = keep_lines(tmp_path / "ds.jsonl", [record(1), {"ten": "B"}, record(2, ten="Dài" * 9)])
    found = riskiest(open_form(str(folder)), str(source), 3)
    assert (found.records, found.invalid) == (3, 1)
    assert "thiếu" in found.first_problems[0].message


def test_the_longest_name_of_three_hundred_units_is_found() -> None:
    lines = UNITS.read_text(encoding="utf-8").splitlines()
    longest = max((json.loads(line)["don_vi"] for line in lines), key=len)
    found = riskiest(open_form("ban-cham-diem"), str(UNITS), 12)
    assert len(found.chosen) == 12
    assert longest in [risk.unit for risk in found.chosen]
    assert all(risk.reasons for risk in found.chosen)


# ---------------------------------------------------------------- one PDF of many
def test_pdfs_are_put_into_one_with_a_bookmark_each(tmp_path: Path) -> None:
    two = preview.pdf(docx(NEXT_PAGE, NEXT_PAGE))
    target = tmp_path / "in" / "ghep.pdf"
    documents = [(f"Đơn vị {number}", two if number % 2 else PAGE) for number in range(401)]
    assert staple(documents, target) == 601
    with pikepdf.open(target) as pdf:
        assert len(pdf.pages) == 601
        assert (str(pdf.docinfo["/Title"]), str(pdf.Root.Lang)) == ("ghep", "vi")
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
            third: Any = outline.root[2].destination
        assert titles == [title for title, _ in documents]
        assert third[0] == pdf.pages[3].obj
    first = target.read_bytes()
    staple(documents, target)
    assert target.read_bytes() == first


# ---------------------------------------------------------------- watching
def test_a_saved_file_is_noticed_and_a_renamed_one_too(tmp_path: Path) -> None:
    path, other = keep(tmp_path / "a.json", 1), tmp_path / "b.json"
    calls: list[str] = []

    def act() -> list[Path]:
        calls.append(path.read_text(encoding="utf-8"))
        return [path]

    turns = iter(range(1, 9))

    def goes_on() -> bool:
        turn = next(turns, 0)
        if turn == 2:
            keep(path, 22)
        if turn == 5:  # as Word saves: another file takes the name
            keep(other, 333)
            other.replace(path)
        return bool(turn)

    watch(act, first=[path], seconds=0.01, goes_on=goes_on)
    assert calls == ["22", "333"]


def test_a_file_saved_while_it_draws_is_noticed(tmp_path: Path) -> None:
    path = keep(tmp_path / "a.json", 1)
    calls: list[str] = []

    def act() -> list[Path]:
        calls.append(path.read_text(encoding="utf-8"))
        if len(calls) == 1:
            keep(path, 4444)
        return [path]

    turns = iter([True] * 5)

    def goes_on() -> bool:
        if not calls:
            keep(path, 333)
        return next(turns, False)

    watch(act, first=[path], seconds=0.01, goes_on=goes_on)
    assert calls == ["333", "4444"]


def test_a_new_file_in_a_watched_folder_is_a_change(tmp_path: Path) -> None:
    keep(tmp_path / "1.json", 1)
    before = states([tmp_path])
    keep(tmp_path / "2.json", 1)
    assert states(before) != before
