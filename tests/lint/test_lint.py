"""Linting: every fault of a form is found at once, with its place and a remedy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from generator.bundle import shipped, template_folders
from generator.lint.findings import ERROR, NOTE, WARNING, Finding
from generator.lint.linting import LintReport, lint_form
from generator.ooxml import qn as name
from generator.ooxml import read_package
from tests.clerk import FORMS, TEXT_FIELD, draw_form, keep, object_of, vanban
from tests.making import make, saved

PEOPLE = {
    "title": "Danh sách", "description": "Người dự.", "type": "array",
    "items": object_of({"ten": TEXT_FIELD}),
}  # fmt: skip
FIELDS = {"ten": TEXT_FIELD, "ds": PEOPLE, "nguoi": object_of({"chuc_vu": TEXT_FIELD})}
SAMPLE = {"ten": "An", "ds": [{"ten": "Bình"}], "nguoi": {"chuc_vu": "Trưởng phòng"}}
WHOLE = ("{{ ten }} {{ nguoi.chuc_vu }}", "{%p for x in ds %}", "{{ x.ten }}", "{%p endfor %}")


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def lint(root: Path, template: bytes | None = None, **drawn: Any) -> LintReport:
    """Return the report of a form drawn with that template; its schema has ``FIELDS``."""
    drawn = {"schema": object_of(FIELDS), "sample": SAMPLE, "standard": "không có"} | drawn
    folder = draw_form(root, template=template or make(*WHOLE), **drawn)
    return lint_form(folder, template_folders())


def found(report: LintReport, finding_id: str) -> list[Finding]:
    """Return the findings with an id."""
    return [finding for finding in report.findings if finding.id == finding_id]


def one(report: LintReport, finding_id: str) -> Finding:
    """Return the only finding with an id."""
    (finding,) = found(report, finding_id)
    return finding


# ---------------------------------------------------------------- what is in order
def test_a_form_in_order_has_nothing_but_notes(tmp_path: Path) -> None:
    report = lint(tmp_path)
    assert report.clean
    assert {finding.severity for finding in report.findings} <= {NOTE}


@pytest.mark.parametrize("form", FORMS)
def test_every_built_in_form_is_clean_with_its_hardest_data(form: str) -> None:
    report = lint_form(shipped("doctemplates") / form, template_folders())
    assert [f"{each.id} {each.place}" for each in report.findings if each.severity is ERROR] == []


# ---------------------------------------------------------------- tags, all at once
def test_all_faults_of_a_template_are_told_at_once(tmp_path: Path) -> None:
    body = ("{{ tne }}", "{{ ten|in_hoaa }}", "{% for x in ds %}- {{ x.ten }}", "Hết {{ ten ")
    report = lint(tmp_path, make(*body))
    assert {finding.id for finding in report.findings if finding.severity is ERROR} == {
        "truong.khong_co", "the.bo_loc", "the.ket_thuc", "the.mo",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "finding_id", "tag", "remedy"),
    [
        ("{{ tne }}", "truong.khong_co", "{{ tne }}", "có phải bạn muốn gõ “ten”?"),
        ("{{ nguoi.chuc_vuu }}", "truong.khong_co", "{{ nguoi.chuc_vuu }}",
         "có phải bạn muốn gõ “chuc_vu”?"),
        ("{{ ds.ten }}", "truong.khong_co", "{{ ds.ten }}",
         "viết {% for x in ds %} rồi dùng x.ten"),
        ("{{ ten|in_hoaa }}", "the.bo_loc", "{{ ten|in_hoaa }}", "có phải bạn muốn gõ “in_hoa”?"),
        ("{% if ten %}", "the.ket_thuc", "{% if ten %}", "thêm {% endif %}"),
        ("{% fro x in ds %}", "the.lenh", "{% fro x in ds %}", "có phải bạn muốn gõ “for”?"),
        ("{%tr for x in ds %}", "the.ngoai_bang", "{%tr for x in ds %}",
         "bỏ chữ cái hoặc dời thẻ"),
        ("{{ ten + }}", "the.cu_phap", "{{ ten + }}",
         "sửa lại như {{ ho_ten }}, {% if so %} hoặc {% for x in danh_sach %}"),
    ],
)  # fmt: skip
def test_a_fault_names_its_place_its_words_and_a_remedy(
    tmp_path: Path, body: str, finding_id: str, tag: str, remedy: str
) -> None:
    report = lint(tmp_path, make("Trang một", f"Chữ trước {body} chữ sau", *WHOLE))
    finding = found(report, finding_id)[0]
    assert finding.severity is ERROR
    assert finding.paragraph == 2
    assert finding.part == "word/document.xml"
    assert finding.tag == tag
    assert finding.words == f"Chữ trước {body} chữ sau"
    assert finding.remedy == remedy


def test_a_broken_tag_hides_neither_the_sample_nor_unused_fields(tmp_path: Path) -> None:
    more = {"thua": TEXT_FIELD, "co_the_dung": TEXT_FIELD}
    report = lint(
        tmp_path, make(*WHOLE, "Mở {{ co_the_dung + mà không đóng"),
        schema=object_of(FIELDS | more), sample=SAMPLE | {"ten": 5},
    )  # fmt: skip
    assert found(report, "the.mo")
    assert [finding.at for finding in found(report, "truong.khong_dung")] == ["$.thua"]
    assert any("$.ten" in finding.at for finding in found(report, "vi_du.sai"))


def test_a_field_that_a_loop_or_set_made_is_known(tmp_path: Path) -> None:
    body = ("{% set t = nguoi %}{{ t.chuc_vu }}{{ ten }}", "{%p for x in ds if x.ten %}",
            "{{ loop.index }} {{ x.ten }}", "{%p endfor %}")  # fmt: skip
    assert lint(tmp_path, make(*body)).clean


def test_a_loop_s_name_means_nothing_behind_it(tmp_path: Path) -> None:
    report = lint(tmp_path, make(*WHOLE, "{{ x.ten }}"))
    assert one(report, "truong.khong_co").paragraph == 5


def test_a_field_asked_for_before_use_need_not_be_declared(tmp_path: Path) -> None:
    asked = "{% if la is defined and la %}{{ la }} {{ khac }}{% endif %}"
    assert lint(tmp_path, make(*WHOLE, asked)).clean
    report = lint(tmp_path, make(*WHOLE, "{% if la is defined %}{% else %}{{ khac }}{% endif %}"))
    assert one(report, "truong.khong_co").tag == "{{ khac }}"


def test_a_field_that_nothing_prints_is_a_warning(tmp_path: Path) -> None:
    report = lint(tmp_path, make("{{ ten }}"))
    unused = found(report, "truong.khong_dung")
    assert [(each.at, each.severity) for each in unused] == [
        ("$.ds", WARNING), ("$.nguoi", WARNING),
    ]  # fmt: skip
    assert "sẽ không in ra" in unused[0].message


def test_a_group_printed_whole_uses_all_in_it(tmp_path: Path) -> None:
    body = ("{% macro hang(x) %}{{ x.ten }}{% endmacro %}", "{{ ten }} {{ nguoi|length }}",
            "{%p for x in ds %}", "{{ hang(x) }}", "{%p endfor %}")  # fmt: skip
    assert not found(lint(tmp_path, make(*body)), "truong.khong_dung")


# ---------------------------------------------------------------- what Word did
def in_text_box(text: str) -> Any:
    """Return a paragraph with a text box that holds a text."""
    return parse_xml(
        f'<w:p {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:pict><v:shape>'
        f"<v:textbox><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>"
        "</v:textbox></v:shape></w:pict></w:r></w:p>"
    )


def in_control(text: str, properties: str = "") -> Any:
    """Return a content control that holds a text."""
    return parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtPr>{properties}</w:sdtPr><w:sdtContent><w:p><w:r>"
        f"<w:t>{text}</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )


def in_field(text: str) -> Any:
    """Return a paragraph with a field code."""
    return parse_xml(
        f'<w:p {nsdecls("w")}><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>'
        f'DOCPROPERTY "{text}"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def inserted(text: str) -> Any:
    """Return a paragraph with a tracked insertion."""
    return parse_xml(
        f'<w:p {nsdecls("w")}><w:ins w:id="1" w:author="An"><w:r><w:t>{text}</w:t></w:r></w:ins>'
        "</w:p>"
    )


@pytest.mark.parametrize(
    ("element", "finding_id", "severity", "words"),
    [
        (in_text_box("{{ ten }}"), "the.cho_dat", NOTE, "hộp chữ"),
        (in_control("{{ ten }}"), "the.cho_dat", NOTE, "ô điều khiển"),
        (in_control("{{ ten }}", '<w:dataBinding w:xpath="/a"/>'), "the.o_buoc", WARNING,
         "data binding"),
        (in_field("{{ ten }}"), "the.cho_dat", NOTE, "mã trường"),
        (inserted("{{ ten }}"), "mau.theo_doi", WARNING, "Track Changes"),
    ],
    ids=["hop-chu", "o-dieu-khien", "o-buoc", "truong", "theo-doi"],
)  # fmt: skip
def test_where_a_tag_stands_is_told(
    tmp_path: Path, element: Any, finding_id: str, severity: Any, words: str
) -> None:
    document = Document()
    for text in WHOLE:
        document.add_paragraph(text)
    document.element.body.insert(0, element)
    finding = one(lint(tmp_path, saved(document)), finding_id)
    assert finding.severity is severity
    assert words in finding.message


def test_a_form_may_refuse_what_is_still_under_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    document = Document()
    document.element.body.insert(0, inserted("{{ ten }}"))
    for text in WHOLE:
        document.add_paragraph(text)
    report = lint(tmp_path, saved(document), review_marks="refuse")
    finding = one(report, "mau.theo_doi")
    assert (finding.severity, finding.paragraph) == (ERROR, 1)
    keep(tmp_path / "a.json", SAMPLE)
    ran = vanban("render", "phieu/", "a.json", "-o", "a.docx")
    assert ran.code == 4
    assert "đoạn 1 (“{{ ten }}”): còn chỗ sửa đang theo dõi (Track Changes)" in ran.err
    lint(tmp_path, saved(document), review_marks="accept")
    ran = vanban("render", "phieu/", "a.json", "-o", "a.docx")
    assert ran.code == 0
    assert "lưu ý: phieu/template.docx: mẫu còn dấu vết sửa (Track Changes)" in ran.err
    assert "mẫu còn dấu vết sửa" in vanban("preview", "phieu/", "-o", "a.pdf").err


def test_a_manifest_says_accept_or_refuse(tmp_path: Path) -> None:
    finding = one(lint(tmp_path, review_marks="có"), "ban_ke.sai")
    assert 'review_marks = "accept" hoặc "refuse"' in finding.remedy


def test_tags_in_headers_and_footnotes_are_filled_and_told(tmp_path: Path) -> None:
    document = Document()
    for text in WHOLE:
        document.add_paragraph(text)
    document.sections[0].header.paragraphs[0].text = "{{ ten }}"
    finding = one(lint(tmp_path, saved(document)), "the.cho_dat")
    assert (finding.part, finding.message) == ("word/header1.xml", "thẻ nằm ở đầu trang")


def test_a_tag_in_a_comment_is_an_error_at_its_words(tmp_path: Path) -> None:
    document = Document()
    for text in WHOLE:
        document.add_paragraph(text)
    run = document.add_paragraph("x").runs[0]
    document.add_comment(run, text="Sửa {{ ten }} ở đây", author="An")
    finding = one(lint(tmp_path, saved(document)), "the.khong_dien")
    assert finding.severity is ERROR
    assert (finding.part, finding.tag) == ("word/comments.xml", "{{ ten }}")
    assert finding.words == "Sửa {{ ten }} ở đây"


def test_split_tags_are_read_and_noted(tmp_path: Path) -> None:
    report = lint(tmp_path, make(*WHOLE, split=True))
    assert report.clean
    assert len(found(report, "the.bi_cat")) == 4


# ---------------------------------------------------------------- tables
def table_with_loop(merge: Callable[[Any], None]) -> bytes:
    """Return a template whose table loops over ``ds`` in its second row."""
    document = Document()
    document.add_paragraph("{{ ten }} {{ nguoi.chuc_vu }}")
    table = document.add_table(5, 2)
    for row, text in enumerate(("Tên", "{%tr for x in ds %}", "{{ x.ten }}", "{%tr endfor %}", "")):
        table.cell(row, 0).text = text
    merge(table)
    return saved(document)


def merge_down(table: Any, *rows: int) -> None:
    for number, row in enumerate(rows):
        properties = table.cell(row, 1)._tc.get_or_add_tcPr()
        value = ' w:val="restart"' if number == 0 else ""
        properties.append(parse_xml(f"<w:vMerge {nsdecls('w')}{value}/>"))


def test_a_cell_merged_past_its_loop_is_an_error(tmp_path: Path) -> None:
    report = lint(tmp_path, table_with_loop(lambda table: merge_down(table, 2, 4)))
    finding = one(report, "bang.o_gop")
    assert finding.severity is ERROR
    assert "{% vm %}" in finding.remedy


def test_cells_merged_outside_the_loop_or_around_it_are_fine(tmp_path: Path) -> None:
    report = lint(tmp_path, table_with_loop(lambda table: merge_down(table, 0, 2, 4)))
    assert not found(report, "bang.o_gop")


def test_a_cell_merged_across_columns_of_the_data_is_an_error(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("{{ ten }} {{ nguoi.chuc_vu }}")
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "Tên chung"
    for cell, text in zip(
        table.rows[1].cells, ("{%tc for x in ds %}", "{{ x.ten }}", "{%tc endfor %}"), strict=True
    ):
        cell.text = text
    finding = one(lint(tmp_path, saved(document)), "bang.o_gop")
    assert (finding.words, finding.severity) == ("Tên chung", ERROR)


# ---------------------------------------------------------------- styles
def test_styles_that_are_named_and_missing_are_told(tmp_path: Path) -> None:
    document = Document()
    for text in WHOLE:
        document.add_paragraph(text)
    document.paragraphs[0]._p.get_or_add_pPr().insert(
        0, parse_xml(f'<w:pStyle {nsdecls("w")} w:val="KhongCo"/>')
    )
    finding = one(lint(tmp_path, saved(document)), "kieu.thieu")
    assert (finding.severity, finding.paragraph) == (WARNING, 1)
    assert "“KhongCo”" in finding.message


def test_the_style_of_a_comment_s_mark_is_not_missed(tmp_path: Path) -> None:
    document = Document()
    for text in WHOLE:
        document.add_paragraph(text)
    document.add_comment(document.paragraphs[0].runs[0], text="xem lại", author="An", initials="A")
    report = lint(tmp_path, saved(document))
    assert not found(report, "kieu.thieu")
    assert one(report, "mau.ghi_chu").paragraph == 1


def test_long_text_tells_the_styles_its_levels_need(tmp_path: Path) -> None:
    report = lint(tmp_path, make(*WHOLE, "{{p ten }}"))
    assert "MucLaMa" in one(report, "kieu.thieu").message


# ---------------------------------------------------------------- the other files
def test_a_sample_that_does_not_validate_is_told_with_its_place(tmp_path: Path) -> None:
    report = lint(tmp_path, sample=SAMPLE | {"ten": 5})
    finding = one(report, "vi_du.sai")
    assert finding.severity is ERROR
    assert "$.ten" in finding.at


def test_a_broken_manifest_hides_neither_schema_nor_template(tmp_path: Path) -> None:
    folder = draw_form(tmp_path, template=make("{{ tne }}"))
    keep(folder / "schema.json", {"properties": []})
    (folder / "manifest.toml").write_text('id = "phieu"\ntitle = ', encoding="utf-8")
    report = lint_form(folder, template_folders())
    assert {finding.id for finding in report.findings} == {"ban_ke.sai", "schema.sai"}
    assert "Invalid" not in str(report)


def test_derived_values_and_checks_that_name_no_field_are_told(tmp_path: Path) -> None:
    folder = draw_form(tmp_path)
    text = (folder / "manifest.toml").read_text(encoding="utf-8")
    more = (
        '[[derive]]\nname = "tong"\ntitle = "Tổng"\nexpression = "khong_co + 1"\n'
        '[[check]]\nrule = "chua_co > 0"\nmessage = "x"\n'
    )
    (folder / "manifest.toml").write_text(text + more, encoding="utf-8")
    report = lint_form(folder, template_folders())
    assert "“khong_co”" in one(report, "tinh_toan.sai").message


def test_an_output_name_is_compared_with_the_schema_too(tmp_path: Path) -> None:
    report = lint(tmp_path, output="{{ tenn }}.docx")
    assert one(report, "truong.khong_co").remedy == "có phải bạn muốn gõ “ten”?"
    broken = lint(tmp_path, output="{{ ten|khong_co }}.docx")
    assert one(broken, "ten_tep.sai").message == "tên tệp viết sai: dùng bộ lọc không có"


def test_a_form_behind_one_of_the_same_name_is_told(tmp_path: Path) -> None:
    draw_form(tmp_path / "truoc")
    folder = draw_form(tmp_path / "sau")
    report = lint_form(folder, template_folders([str(tmp_path / "truoc")]))
    assert one(report, "mau.bi_che").severity is WARNING


# ---------------------------------------------------------------- the hardest data
def test_a_blank_that_the_schema_allows_and_the_template_cannot_print_is_found(
    tmp_path: Path,
) -> None:
    blank = TEXT_FIELD | {"type": ["string", "null"]}
    report = lint(
        tmp_path, make("Tên: {{ ten }}"), schema=object_of({"ten": blank}), sample={"ten": "An"}
    )
    finding = one(report, "du_lieu_kho.khong_in")
    assert (finding.severity, finding.tag) == (ERROR, "{{ ten }}")
    printed = lint(
        tmp_path, make('{{ ten|cham("…") }}'), schema=object_of({"ten": blank}),
        sample={"ten": "An"}, output="a.docx",
    )  # fmt: skip
    assert printed.clean


def test_the_layout_of_the_print_is_measured(tmp_path: Path) -> None:
    report = lint(tmp_path, standard="nd30_2020")
    assert any(finding.id.startswith("the_thuc.trang.") for finding in report.findings)
    assert not report.clean


# ---------------------------------------------------------------- the command
def test_the_command_tells_what_where_and_what_next(tmp_path: Path) -> None:
    draw_form(tmp_path, template=make("Tên: {{ tne }} {{ ten }}"), standard="")
    ran = vanban("lint", "phieu")
    assert ran.code == 1
    assert (
        ran.out
        == """\
phieu

1. LỖI  không có trường “tne” trong schema.json
   Ở phieu/template.docx, đoạn 1, thẻ {{ tne }}, “Tên: {{ tne }} {{ ten }}”
   Cách sửa: có phải bạn muốn gõ “ten”?
   (truong.khong_co)

  Chưa dùng được: 1 lỗi.
"""
    )


def test_the_report_for_programs_has_every_part_of_a_finding(tmp_path: Path) -> None:
    folder = draw_form(tmp_path, template=make("Tên: {{ tne }}"))
    (report,) = json.loads(vanban("lint", folder, "--format", "json").out)
    item = next(each for each in report["ket_qua"] if each["id"] == "truong.khong_co")
    assert (report["dat"], item["muc_do"], item["phan"], item["doan"]) == (
        False, "error", "word/document.xml", 1,
    )  # fmt: skip
    assert item["the"] == "{{ tne }}"
    assert item["trich"] == "Tên: {{ tne }}"
    assert item["cach_sua"]


def test_a_folder_of_forms_gets_a_line_for_each(tmp_path: Path) -> None:
    draw_form(tmp_path / "mau", "lanh", standard="")
    draw_form(tmp_path / "mau", "hong", template=make("{{ tne }}"), standard="")
    ran = vanban("lint", tmp_path / "mau")
    assert ran.code == 1
    assert ran.out.rstrip().endswith("1 dùng được, 1 chưa dùng được.")


def test_a_clean_form_leaves_with_zero(tmp_path: Path) -> None:
    assert vanban("lint", draw_form(tmp_path, standard="")).code == 0


def test_a_template_without_a_form_is_checked_too(tmp_path: Path) -> None:
    file = tmp_path / "mau.docx"
    file.write_bytes(make("{{ ten|khong_co }}"))
    ran = vanban("lint", file)
    assert ran.code == 1
    assert "không có bộ lọc “khong_co”" in ran.out


def test_a_form_without_its_manifest_is_still_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = draw_form(tmp_path / "doctemplates", standard="")
    (folder / "manifest.toml").unlink()
    monkeypatch.chdir(tmp_path)
    for target in (folder.name, folder, "doctemplates"):
        ran = vanban("lint", target)
        assert ran.code == 1
        assert "thiếu tệp này" in ran.out
    ran = vanban("show", folder.name)
    assert (ran.code, ran.out) == (4, "")
    assert "thiếu tệp này, mỗi mẫu phải có một tệp\n  gợi ý: chép manifest.toml" in ran.err


@pytest.mark.parametrize("target", ["khong-co", "ke-hoac"])
def test_an_unknown_form_is_wrong_use(target: str) -> None:
    ran = vanban("lint", target)
    assert ran.code == 2
    assert f"không có mẫu hoặc thư mục mẫu “{target}”" in ran.err


# ---------------------------------------------------------------- comments in Word
def comments(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the words each comment stands at, and what it says."""
    package = read_package(content, "a.docx")
    root = package.xml("word/document.xml")
    for comment in package.xml("word/comments.xml"):
        number = comment.get(name("w:id"))
        said = "\n".join("".join(p.itertext()) for p in comment)
        inside, words = False, ""
        for node in root.iter():
            if node.get(name("w:id")) == number and node.tag == qn("w:commentRangeStart"):
                inside = True
            elif node.get(name("w:id")) == number and node.tag == qn("w:commentRangeEnd"):
                inside = False
            elif inside and node.tag == qn("w:t"):
                words += node.text or ""
        yield words, said


def test_the_marked_copy_has_a_comment_at_each_fault_and_the_same_words(tmp_path: Path) -> None:
    document = Document()
    paragraph = document.add_paragraph("Tên: ")
    paragraph.add_run("{{ tne }}")
    paragraph.add_run(" đủ")
    document.add_paragraph("{{ ten|in_hoaa }}")
    folder = draw_form(tmp_path, template=saved(document), standard="")
    before = (folder / "template.docx").read_bytes()
    ran = vanban("lint", folder, "--mark", tmp_path / "xem.docx")
    assert ran.code == 1
    assert dict(comments((tmp_path / "xem.docx").read_bytes())) == {
        "{{ tne }}": "Lỗi: không có trường “tne” trong schema.json.\n"
        "Cách sửa: có phải bạn muốn gõ “ten”?\n(truong.khong_co)",
        "{{ ten|in_hoaa }}": "Lỗi: không có bộ lọc “in_hoaa”.\n"
        "Cách sửa: có phải bạn muốn gõ “in_hoa”?\n(the.bo_loc)",
    }
    assert (folder / "template.docx").read_bytes() == before


def test_a_comment_on_a_text_box_stands_outside_it(tmp_path: Path) -> None:
    document = Document()
    document.element.body.insert(0, in_text_box("{{ tne }}"))
    document.add_paragraph("{{ ten }}")
    folder = draw_form(tmp_path, template=saved(document), standard="")
    vanban("lint", folder, "--mark", tmp_path / "xem.docx")
    marked = (tmp_path / "xem.docx").read_bytes()
    ((_, said),) = comments(marked)
    assert "đoạn 2, thẻ {{ tne }}" in said
    root = read_package(marked, "a.docx").xml("word/document.xml")
    assert not root.findall(f".//{qn('w:txbxContent')}//{qn('w:commentReference')}")


def test_what_is_in_another_file_is_told_at_the_first_paragraph(tmp_path: Path) -> None:
    folder = draw_form(tmp_path, output="{{ tenn }}.docx", standard="")
    vanban("lint", folder, "--mark", tmp_path / "xem.docx")
    ((words, said),) = comments((tmp_path / "xem.docx").read_bytes())
    assert words == "Tên: {{ ten }}"
    assert "manifest.toml" in said


def test_the_template_itself_is_never_marked(tmp_path: Path) -> None:
    folder = draw_form(tmp_path, template=make("{{ tne }}"))
    assert vanban("lint", folder, "--mark", folder / "template.docx").code == 2
