"""The template language: docxtpl's dialect of Jinja, and where this engine goes beyond it."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docxtpl import DocxTemplate, Listing, RichText

from generator.errors import DataError, TemplateError
from tests.making import TEMPLATE, cells, compiled, fill, lines, make, opened, saved

PEOPLE = [{"ten": "An", "tuoi": 30}, {"ten": "Bình", "tuoi": 41}]


# ---------------------------------------------------------------- values
def test_a_tag_prints_the_value_of_its_field() -> None:
    assert fill("Kính gửi: {{ noi }}.", context={"noi": "Sở Nội vụ"}) == ["Kính gửi: Sở Nội vụ."]


def test_a_tag_is_found_however_word_split_it() -> None:
    assert fill("Số {{ so }}/{{ ky_hieu }}.", context={"so": 5, "ky_hieu": "KH"}, split=True) == [
        "Số 5/KH."
    ]


def test_text_behind_a_split_tag_keeps_its_own_formatting() -> None:
    document = Document()
    paragraph = document.add_paragraph()
    paragraph.add_run("{{ a").italic = True
    paragraph.add_run(" }} nghiêng").bold = True
    runs = opened(compiled(saved(document)).render({"a": "x"})).paragraphs[0].runs
    assert [(run.text, run.italic, run.bold) for run in runs] == [
        ("x", True, None),
        (" nghiêng", None, True),
    ]


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (2018, "2018"),
        (Decimal("12.5"), "12,5"),
        (Decimal("12.50"), "12,50"),
        (date(2018, 4, 11), "11/4/2018"),
        (0, "0"),
    ],
)
def test_a_value_without_a_filter_prints_in_vietnamese_form(value: object, printed: str) -> None:
    assert fill("{{ x }}", context={"x": value}) == [printed]


def test_smart_quotes_inside_a_tag_are_straightened() -> None:
    assert fill("{{ x if x == “a” else ‘b’ }}", context={"x": "c"}) == ["b"]


def test_braces_inside_quotes_do_not_end_a_tag() -> None:
    assert fill("{{ '}}' }}{{ x }}", context={"x": 1}) == ["}}1"]


def test_escaped_braces_print_as_braces() -> None:
    assert fill("{_{ ten }_} {_% if %_}", context={}) == ["{{ ten }} {% if %}"]


def test_filters_have_an_english_name_and_a_vietnamese_alias() -> None:
    assert fill("{{ x|num }} {{ x|so }}", context={"x": 15972}) == ["15.972 15.972"]


# ---------------------------------------------------------------- loops and conditions
def test_paragraphs_of_control_tags_disappear_without_a_letter() -> None:
    assert fill(
        "{% for p in ds %}", "- {{ p.ten }}", "{% endfor %}", "Hết", context={"ds": PEOPLE}
    ) == ["- An", "- Bình", "Hết"]


def test_a_condition_chooses_between_paragraphs() -> None:
    body = ("{% if co %}", "Có", "{% elif nua %}", "Nửa", "{% else %}", "Không", "{% endif %}")
    assert fill(*body, context={"co": True, "nua": False}) == ["Có"]
    assert fill(*body, context={"co": False, "nua": True}) == ["Nửa"]
    assert fill(*body, context={"co": False, "nua": False}) == ["Không"]


def test_control_tags_inside_a_line_stay_in_the_line() -> None:
    assert fill("Điểm{% if x %} (đạt){% endif %}.", context={"x": True}) == ["Điểm (đạt)."]


def test_rows_of_control_tags_disappear_without_a_letter() -> None:
    rows = [["STT", "Tên"], ["{% for p in ds %}", ""], ["{{ loop.index }}", "{{ p.ten }}"],
            ["{% endfor %}", ""]]  # fmt: skip
    content = compiled(make(rows=rows)).render({"ds": PEOPLE})
    assert cells(content) == [["STT", "Tên"], ["1", "An"], ["2", "Bình"]]


def test_a_comment_alone_in_its_paragraph_disappears() -> None:
    assert fill("a", "{# ghi chú #}", "b", context={}) == ["a", "b"]


def test_a_cell_keeps_a_paragraph_when_its_condition_fails() -> None:
    document = Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "{% if co %}"
    cell.add_paragraph("x")
    cell.add_paragraph("{% endif %}")
    template = compiled(saved(document))
    assert [
        p.text for p in opened(template.render({"co": False})).tables[0].cell(0, 0).paragraphs
    ] == [""]
    assert [
        p.text for p in opened(template.render({"co": True})).tables[0].cell(0, 0).paragraphs
    ] == ["x"]


def test_a_table_keeps_a_row_when_its_loop_is_empty() -> None:
    rows = [["{% for p in ds %}", ""], ["{{ p.ten }}", "{{ p.tuoi }}"], ["{% endfor %}", ""]]
    assert cells(compiled(make(rows=rows)).render({"ds": []})) == [["", ""]]


def test_tags_work_in_headers_footers_and_content_controls() -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "Đầu {{ x }}"
    document.sections[0].footer.paragraphs[0].text = "Chân {{ x }}"
    document.element.body.insert(0, parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>Ô {{{{ x }}}}</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt>"
    ))  # fmt: skip
    result = opened(compiled(saved(document)).render({"x": "&"}))
    section = result.sections[0]
    assert section.header.paragraphs[0].text == "Đầu &"
    assert section.footer.paragraphs[0].text == "Chân &"
    assert "Ô &" in "".join(
        node.text or "" for node in result.element.body.iter() if node.tag.endswith("}t")
    )


def test_tags_work_in_text_boxes() -> None:
    document = Document()
    document.paragraphs or document.add_paragraph("ngoài {{ x }}")
    document.paragraphs[0]._p.append(parse_xml(
        f"<w:r {nsdecls('w')} xmlns:v='urn:schemas-microsoft-com:vml'><w:pict><v:shape><v:textbox>"
        "<w:txbxContent><w:p><w:r><w:t>trong {{ x }}</w:t></w:r></w:p></w:txbxContent>"
        "</v:textbox></v:shape></w:pict></w:r>"
    ))  # fmt: skip
    result = opened(compiled(saved(document)).render({"x": 7}))
    words = [node.text for node in result.element.body.iter() if node.tag.endswith("}t")]
    assert words == ["ngoài ", "7", "trong ", "7"] or "".join(map(str, words)) == "ngoài 7trong 7"


def test_document_properties_are_filled() -> None:
    document = Document()
    document.core_properties.title = "Kế hoạch {{ so }}"
    assert opened(compiled(saved(document)).render({"so": 5})).core_properties.title == "Kế hoạch 5"


def test_macros_and_captured_blocks_work() -> None:
    assert fill(
        "{% macro chao(ten) %}Chào {{ ten }}{% endmacro %}{{ chao(x) }}",
        "{% set y %}<{{ x }}>{% endset %}{{ y }}",
        context={"x": "A & B"},
    ) == ["Chào A & B", "<A & B>"]


# ---------------------------------------------------------------- columns from data
WEIGHED = [
    ["{%tc for c in cot %}", "{% colwidth c.rong %}{{ c.ten }}", "{%tc endfor %}"],
    ["{%tc for c in cot %}", "{{ loop.index }}", "{%tc endfor %}"],
]


def _widths(content: bytes) -> tuple[list[int], list[list[int]]]:
    """The grid of the first table, and the widths its cells declare, in twentieths of a point."""
    table = opened(content).tables[0]._tbl
    grid = [int(column.get(qn("w:w"))) for column in table.iter(qn("w:gridCol"))]
    cells = [
        [int(size.get(qn("w:w"))) for size in row.iter(qn("w:tcW"))]
        for row in table.iter(qn("w:tr"))
    ]
    return grid, cells


def _columns(*weights: float) -> dict[str, Any]:
    return {"cot": [{"ten": f"Cột {n}", "rong": rong} for n, rong in enumerate(weights, 1)]}


@pytest.mark.parametrize("weights", [(1, 2, 5), (1, 1), (3,), (1, 2.5, 1, 1, 1, 0.5), (7, 7, 7)])
def test_columns_share_the_tables_width_by_weight(weights: tuple[float, ...]) -> None:
    content = make(rows=WEIGHED)
    total = sum(_widths(content)[0])
    grid, cells = _widths(compiled(content).render(_columns(*weights)))
    assert sum(grid) == total
    assert cells == [grid, grid]
    for width, weight in zip(grid, weights, strict=True):
        assert width == pytest.approx(total * weight / sum(weights), abs=1)


def test_weights_beyond_all_measure_share_the_width_all_the_same() -> None:
    grid, _ = _widths(compiled(make(rows=WEIGHED)).render(_columns(1e308, 1e308, 1)))
    assert grid[0] == pytest.approx(grid[1], abs=1)
    assert grid[2] == 0


def test_a_column_of_fixed_width_keeps_it_beside_weighed_ones() -> None:
    rows = [["STT", "{%tc for c in cot %}", "{% colwidth c.rong %}{{ c.ten }}", "{%tc endfor %}"]]
    content = make(rows=rows)
    before, _ = _widths(content)
    grid, _ = _widths(compiled(content).render(_columns(1, 3)))
    rest = sum(before) - before[0]
    assert grid == [before[0], round(rest / 4), rest - round(rest / 4)]


def test_a_cell_over_columns_is_as_wide_as_they_are() -> None:
    rows = [["{% colspan cot|length %}Nhóm", "x", "x"], *WEIGHED]
    document = Document(io.BytesIO(make(rows=rows)))
    for cell in document.tables[0].rows[0].cells[1:]:
        cell._tc.getparent().remove(cell._tc)
    grid, cells = _widths(compiled(saved(document)).render(_columns(1, 2, 5, 2)))
    assert cells[0] == [sum(grid)]


@pytest.mark.parametrize("weight", [0, -1, "rộng", None, True])
def test_a_weight_must_be_a_number_above_zero(weight: object) -> None:
    with pytest.raises(DataError, match="độ rộng của cột phải là số lớn hơn 0"):
        compiled(make(rows=WEIGHED)).render({"cot": [{"ten": "Cột", "rong": weight}]})


def test_equal_neighbours_are_merged_downwards() -> None:
    rows = [
        ["{%tr for h in hang %}", ""],
        ["{% vm h.khoi %}{{ h.khoi }}", "{{ h.ten }}"],
        ["{%tr endfor %}", ""],
    ]
    hang = [{"khoi": khoi, "ten": str(n)} for n, khoi in enumerate(["A", "A", "B", "A", "A", "A"])]
    result = compiled(make(rows=rows)).render({"hang": hang})
    merges = [mark.get(qn("w:val")) for mark in opened(result).element.iter(qn("w:vMerge"))]
    assert merges == ["restart", "continue", "restart", "restart", "continue", "continue"]
    words = ["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in _first_cells(result)]
    assert words == ["A", "", "B", "A", "", ""]


def test_a_template_may_refuse_a_record_in_its_own_words() -> None:
    template = compiled(make('{% if a > b %}{{ ("A lớn hơn B: " ~ a)|loi }}{% endif %}xong'))
    assert lines(template.render({"a": 1, "b": 2})) == ["xong"]
    with pytest.raises(DataError, match="A lớn hơn B: 3"):
        template.render({"a": 3, "b": 2})


def _first_cells(content: bytes) -> list[Any]:
    rows = opened(content).element.iter(qn("w:tr"))
    return [next(row.iter(qn("w:tc"))) for row in rows]


@pytest.mark.parametrize(
    ("use", "printed"),
    [
        ("{{ v }}", "A & <b>"),
        ("{{ v|in_hoa }}", "A & <B>"),
        ("{{ v|upper }}", "A & <B>"),
        ("{{ v|hoa_dau }}", "A & <b>"),
        ("{{ v|replace('A', 'x') }}", "x & <b>"),
        ("{{ v ~ '!' }}", "A & <b>!"),
        ("{{ m(a)|in_hoa }}", "A & <B>"),
        ("{{r m(a) }}", "A & <b>"),
        ("{% filter upper %}{{ a }}{% endfilter %}", "A & <B>"),
    ],
)
def test_what_a_block_captured_is_text_to_filters_and_escaped_once(use: str, printed: str) -> None:
    body = "{% macro m(x) %}{{ x }}{% endmacro %}{% set v %}{{ a }}{% endset %}" + use
    assert fill(body, context={"a": "A & <b>"}) == [printed]


def test_paragraphs_captured_by_a_macro_print_as_paragraphs() -> None:
    body = ("{%p macro m(z) %}", "mm {{ z }}", "{%p endmacro %}", "{{p m(a) }}", "{{p m(1) }}")
    assert fill(*body, context={"a": "A & B"}) == ["mm A & B", "mm 1"]
    with pytest.raises(DataError, match="có cả đoạn văn"):
        fill(*body[:3], "{{ m(a) }}", context={"a": "x"})


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("d ~ ' ha'", "12,5 ha"),
        ("l|join(', ')", "x, 1,5"),
        ("d|string", "12,5"),
        ("'3,5'|float", "3,5"),
        ("'15.972'|int", "15972"),
        ("2.5|round", "3"),
        ("'%d hộ, %s'|format(250000, 'đủ')", "250000 hộ, đủ"),
        ("'{} và {}'.format('a', l|length)", "a và 2"),
        ("[[1], [2, 3]]|sum(start=[])|length", "3"),
        ("[{'a': 1}, {'a': 2}]|sum(attribute='a')", "3"),
        ("l|map('string')|join('; ')", "x; 1,5"),
        ("t ~ ''", "11/4/2018"),
    ],
)
def test_expressions_print_values_as_tags_do(expression: str, printed: str) -> None:
    context = {"d": Decimal("12.5"), "l": ["x", Decimal("1.5")], "t": date(2018, 4, 11)}
    assert fill(f"{{{{ {expression} }}}}", context=context) == [printed]


@pytest.mark.parametrize("expression", ["a ~ n", "[n]|join", "n|string", "n|trim"])
def test_a_blank_is_never_spelt_out_by_an_expression(expression: str) -> None:
    with pytest.raises(DataError, match="đang để trống"):
        fill(f"{{{{ {expression} }}}}", context={"a": "x", "n": None})


@pytest.mark.parametrize(
    "expression",
    ["9**9**9", "'a' * 999999999", "[0] * 300000000", "'%0900000000d' % 1", "'a'.ljust(10**9)"],
)
def test_an_expression_cannot_fill_the_memory(expression: str) -> None:
    with pytest.raises(TemplateError):
        fill(f"{{{{ {expression} }}}}", context={})


# ---------------------------------------------------------------- the same text as docxtpl
DIALECT: list[tuple[str, list[str], list[list[str]]]] = [
    ("value", ["Tên: {{ ten }} ({{ ds|length }})"], []),
    ("paragraph loop", ["{%p for p in ds %}", "- {{ p.ten }}", "{%p endfor %}"], []),
    ("paragraph if", ["{%p if co %}", "có", "{%p else %}", "không", "{%p endif %}"], []),
    ("inline", ["a{% for p in ds %}, {{ p.ten }}{% endfor %}."], []),
    ("run", ["x {%r if co %}y{%r endif %} z"], []),
    ("row loop", [], [["{%tr for p in ds %}", ""], ["{{ p.ten }}", "{{ p.tuoi }}"],
                      ["{%tr endfor %}", ""]]),
    ("column loop", [], [["{%tc for p in ds %}", "{{ p.ten }}", "{%tc endfor %}"]]),
    ("column span", [], [["{% colspan 2 %}{{ ten }}"]]),
    ("background", [], [["{% cellbg 'FF0000' %}{{ ten }}", "b"]]),
    ("vertical merge", [], [["{%tr for p in ds %}", ""], ["{% vm %}{{ ten }}", "{{ p.ten }}"],
                            ["{%tr endfor %}", ""]]),
    ("horizontal merge", [], [["{%tc for p in ds %}", "{% hm %}{{ ten }}", "{%tc endfor %}"]]),
    ("merged paragraphs", ["Nhà ở", "{%- if co -%}", "thành phố", "{%- else -%}", "quê",
                           "{%- endif -%}", "và yên."], []),
    ("newline and tab", ["{{ dong }}"], []),
    ("set", ["{% set y = ten %}{{ y }}"], []),
    ("escaped by hand", ["{{ ten|e }}"], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("paragraphs", "rows"), [d[1:] for d in DIALECT], ids=[d[0] for d in DIALECT]
)
@pytest.mark.parametrize("co", [True, False])
def test_a_docxtpl_template_gives_the_same_text(
    paragraphs: list[str], rows: list[list[str]], co: bool
) -> None:
    content = make(*paragraphs, rows=rows)
    context: dict[str, Any] = {"ten": "A & B", "ds": PEOPLE, "co": co, "dong": "một\nhai\tba"}
    peer = DocxTemplate(io.BytesIO(content))
    peer.render(context, autoescape=True)
    stream = io.BytesIO()
    peer.save(stream)
    ours = compiled(content).render(context)
    assert [line for line in lines(ours) if line] == [
        line for line in lines(stream.getvalue()) if line
    ]
    if rows:
        assert cells(ours) == cells(stream.getvalue())


def test_docxtpls_rich_text_and_listing_give_the_same_text() -> None:
    rich = RichText("đậm & ", bold=True)
    rich.add("thường")
    context = {"rich": rich, "listing": Listing("một\nhai & ba")}
    content = make("a {{r rich }} b", "{{ listing }}")
    assert lines(compiled(content).render(context)) == ["a đậm & thường b", "một\nhai & ba"]


# ---------------------------------------------------------------- rich text
def test_rich_text_keeps_the_tags_formatting_and_adds_to_it() -> None:
    document = Document()
    document.add_paragraph().add_run("{{r x }}").italic = True
    runs = opened(compiled(saved(document)).render({"x": "a **b** km^2^"})).paragraphs[0].runs
    assert [(r.text, r.bold, r.italic, r.font.superscript) for r in runs] == [
        ("a ", None, True, None),
        ("b", True, True, None),
        (" km", None, True, None),
        ("2", None, True, True),
    ]


def test_long_text_becomes_paragraphs_in_the_templates_styles() -> None:
    document = Document()
    for name in ("MucLaMa", "GachDau"):
        document.styles.add_style(name, 1)
    document.add_paragraph("{{p noi_dung }}")
    text = "Thực hiện kế hoạch.\n\nI. MỤC ĐÍCH\n- Một **hai**."
    result = opened(compiled(saved(document)).render({"noi_dung": text})).paragraphs
    assert [(p.text, p.style.style_id) for p in result] == [
        ("Thực hiện kế hoạch.", "Normal"),
        ("I. MỤC ĐÍCH", "MucLaMa"),
        ("- Một hai.", "GachDau"),
    ]


# ---------------------------------------------------------------- shared blocks
def test_an_include_stands_for_the_blocks_content() -> None:
    block = make("Khối {{ x }}", rows=[["ô {{ x }}"]])
    content = compiled(
        make("trước", '{% include "khoi/a.docx" %}', "sau"), {"khoi/a.docx": block}
    ).render({"x": "&"})
    assert lines(content) == ["trước", "Khối &", "sau"]
    assert cells(content) == [["ô &"]]


def test_a_block_brings_the_styles_its_host_lacks() -> None:
    document = Document()
    document.styles.add_style("KieuRieng", 1).font.bold = True
    document.add_paragraph("x", style="KieuRieng")
    content = compiled(
        make('{% include "khoi/a.docx" %}', "cuối"), {"khoi/a.docx": saved(document)}
    ).render({})
    paragraph = opened(content).paragraphs[0]
    assert paragraph.style.name == "KieuRieng"
    assert paragraph.style.font.bold


def test_blocks_see_parameters_set_before_them() -> None:
    content = compiled(
        make("{% set ten = don_vi %}", '{% include "khoi/a.docx" %}'),
        {"khoi/a.docx": make("{{ ten }}")},
    ).render({"don_vi": "Trường Hoa Sen"})
    assert lines(content) == ["Trường Hoa Sen"]


# ---------------------------------------------------------------- faults, all at once
def faults(content: bytes, **blocks: bytes) -> str:
    with pytest.raises(TemplateError) as caught:
        compiled(content, blocks)
    return str(caught.value)


def test_every_fault_of_a_template_is_told_at_once() -> None:
    told = faults(make("{{ x|sso }}", "{% fro x in y %}", "{{ a b }}", "{% if x %}", "mở {{ ra"))
    place = f"{TEMPLATE}: word/document.xml"
    assert told.splitlines() == [
        f"{place}: đoạn 1, thẻ {{{{ x|sso }}}}: không có bộ lọc “sso”",
        "  gợi ý: có phải bạn muốn gõ “so”?",
        f"{place}: đoạn 2, thẻ {{% fro x in y %}}: không hiểu lệnh “fro”",
        "  gợi ý: có phải bạn muốn gõ “for”?",
        f"{place}: đoạn 3, thẻ {{{{ a b }}}}: thừa chữ sau biểu thức, hoặc thiếu dấu nối",
        "  gợi ý: sửa lại như {{ ho_ten }}, {% if so %} hoặc {% for x in danh_sach %}",
        f"{place}: đoạn 4, thẻ {{% if x %}}: lệnh “if” không có “endif”",
        "  gợi ý: thêm {% endif %}",
        f"{place}: đoạn 5 (“mở {{{{ ra”): thẻ mở {{{{ không có dấu đóng }}}} trong cùng đoạn",
        "  gợi ý: gõ }} ở cuối thẻ; muốn in đúng dấu {{ thì gõ {_{",
    ]


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("{{ n + 'a' }}", "không dùng phép + giữa số và chữ được"),
        ("{{ 'a' + n }}", "không dùng phép + giữa chữ và số được, muốn nối thành chữ thì dùng ~"),
        ("{{ -'a' }}", "không dùng phép - với chữ được"),
        ("{{ 'a' * 'b' }}", "không nhân với chữ được"),
        ("{{ 1 if n < 'a' }}", "không so sánh số với chữ được"),
        ("{% for x in n %}{% endfor %}", "cần danh sách, gặp số"),
        ("{{ 1 if 3 in n }}", "cần danh sách, gặp số"),
        ("{{ n|length }}", "cần danh sách hoặc chữ, gặp số"),
        ("{% for x in range('3') %}{% endfor %}", "cần số nguyên, gặp chữ"),
        ("{{ n() }}", "số không phải là hàm, bỏ dấu ( ) sau nó"),
        ("{{ n|replace }}", "thiếu, thừa hoặc sai giá trị trong dấu ( ) của “replace”"),
        ("{{ n|int(1, 2, 3) }}", "thiếu, thừa hoặc sai giá trị trong dấu ( )"),
        ("{{ ds|map('nope')|list }}", "không có bộ lọc “nope”"),
        ("{{ ds|select('nope')|list }}", "không có phép thử “nope”"),
        ("{{ '%d'|format('a') }}", "giá trị không hợp với phép tính hoặc bộ lọc"),
    ],
)
def test_what_stops_an_expression_is_told_in_vietnamese(tag: str, said: str) -> None:
    with pytest.raises(TemplateError) as caught:
        compiled(make(tag)).render({"n": 5, "ds": [1]})
    told = str(caught.value).splitlines()[0]
    first = tag.removesuffix("{% endfor %}")
    assert told.startswith(f"{TEMPLATE}: word/document.xml: đoạn 1, thẻ {first}")
    assert told.endswith(f": không tính được biểu thức: {said}")


def test_a_result_beyond_all_bounds_is_told_as_such() -> None:
    with pytest.raises(TemplateError, match=r"kết quả phép tính quá lớn$"):
        compiled(make("{{ 10 ** 1000000 }}")).render({})


def test_a_loop_over_the_edge_of_a_cell_is_refused() -> None:
    told = faults(make("{% for x in y %} a", rows=[["b {% endfor %}"]]))
    assert "mở và đóng ở hai cấp khác nhau của văn bản" in told


@pytest.mark.parametrize(
    ("before", "cells", "after"),
    [
        ("{% if x %} a", ["b {% elif y %} c"], "{% endif %}"),
        ("{% if x %} a", ["b {% else %} c"], "{% endif %}"),
        ("{% if x %} a {% elif y %} b", ["{% else %} c {% endif %}"], ""),
    ],
)
def test_branches_that_leave_other_elements_open_are_refused(
    before: str, cells: list[str], after: str
) -> None:
    document = opened(make(before, rows=[cells]))
    document.add_paragraph(after)
    assert "mở và đóng ở hai cấp khác nhau của văn bản" in faults(saved(document))


def test_a_row_that_a_paragraph_ends_is_refused() -> None:
    document = opened(make(rows=[["{%tr if x %}"], ["a"]]))
    cell = document.tables[0].rows[1].cells[0]
    cell.add_paragraph("{%p endif %}")
    assert "mở và đóng ở hai cấp khác nhau của văn bản" in faults(saved(document))


def test_the_body_of_a_loop_with_else_leaves_what_it_found() -> None:
    document = opened(make("{% for x in ds %}", rows=[["{% else %}"]]))
    cell = document.tables[0].rows[0].cells[0]
    inner = cell.add_table(1, 1).rows[0].cells[0]
    inner.paragraphs[0].text = "{% endfor %}"
    inner.add_paragraph("{% if co %}")
    cell.add_paragraph("{% else %}")
    document.add_paragraph("{% endif %}")
    assert "lệnh {% for x in ds %} (đoạn 1) mở và đóng ở hai cấp" in faults(saved(document))


def test_a_stray_closing_mark_is_refused() -> None:
    assert "dấu đóng }} không có thẻ mở" in faults(make("thừa }}"))


def test_an_unknown_block_and_a_block_inside_itself_are_refused() -> None:
    assert "không tìm thấy khối chung “khoi/b.docx”" in faults(make('{% include "khoi/b.docx" %}'))
    again = make('{% include "khoi/a.docx" %}')
    with pytest.raises(TemplateError, match="lồng vào chính nó"):
        compiled(again, {"khoi/a.docx": again})


@pytest.mark.parametrize(
    "paragraph",
    ["{%p if x %} chữ thừa", "Điều 1. {%p if x %}", "{%p if x %}{{ x }}"],
)
def test_what_a_paragraph_tag_would_swallow_is_refused(paragraph: str) -> None:
    told = faults(make(paragraph, "a", "{%p endif %}"))
    assert "phần còn lại của đoạn hoặc hàng chứa thẻ này sẽ không in ra" in told


def test_a_loop_opened_and_closed_in_the_row_it_repeats_is_refused() -> None:
    told = faults(make(rows=[["{%tr for x in ds %}{{ x }}", "{%tr endfor %}"]]))
    assert "sẽ không in ra: “[thẻ]”" in told


@pytest.mark.parametrize("mark", ["w:sym", "w:tab", "w:footnoteReference"])
def test_a_paragraph_with_a_symbol_beside_its_tags_stays(mark: str) -> None:
    document = Document()
    paragraph = document.add_paragraph("{% if x %}")
    paragraph.add_run()._r.append(parse_xml(f"<{mark} {nsdecls('w')}/>"))
    paragraph.add_run("{% endif %}")
    body = opened(compiled(saved(document)).render({"x": True})).element.body
    assert len(body.findall(f".//{qn(mark)}")) == 1


def test_a_row_for_the_pen_with_a_note_in_it_stays() -> None:
    content = compiled(make(rows=[["a", "b"], ["{# để điền tay #}", ""]])).render({})
    assert cells(content) == [["a", "b"], ["", ""]]


def test_a_tag_in_an_attribute_of_an_element_with_content_is_filled() -> None:
    document = Document()
    inner = "<w:r><w:t>đây</w:t></w:r>"
    link = f'<w:hyperlink {nsdecls("w")} w:anchor="{{{{ x }}}}">{inner}</w:hyperlink>'
    document.add_paragraph("xem ")._p.append(parse_xml(link))
    body = opened(compiled(saved(document)).render({"x": 'a"b'})).element.body
    assert body.find(f".//{qn('w:hyperlink')}").get(qn("w:anchor")) == 'a"b'


def test_a_tag_where_nothing_can_be_put_is_refused_and_never_printed() -> None:
    document = Document()
    table = document.add_table(1, 1)
    table._tbl.tblPr.append(parse_xml(f'<w:tblCaption {nsdecls("w")} w:val="{{{{ x }}}}"/>'))
    assert "thẻ ở chỗ không điền được: {{ x }}" in faults(saved(document))


@pytest.mark.parametrize(
    "paragraphs",
    [
        ("{% if x %}", "{% else x %}", "{% endif %}"),
        ("{% for i in x %}", "{% endfor i %}"),
        ("{% if x %}" * 120, "{% endif %}" * 120),
        ("{{ " + "(" * 500 + "x" + ")" * 500 + " }}",),
    ],
)
def test_tags_that_make_no_whole_are_refused_without_a_crash(paragraphs: tuple[str, ...]) -> None:
    with pytest.raises(TemplateError):
        fill(*paragraphs, context={"x": [1]})


def test_a_missing_field_is_an_error_at_its_tag() -> None:
    with pytest.raises(TemplateError) as caught:
        fill("một", "Họ tên: {{ nguoi_ky.ho_ten }}", context={"nguoi_ky": {}})
    assert str(caught.value).splitlines()[0] == (
        f"{TEMPLATE}: word/document.xml: đoạn 2, thẻ {{{{ nguoi_ky.ho_ten }}}} "
        "(“Họ tên: {{ nguoi_ky.ho_ten }}”), dữ liệu $.nguoi_ky.ho_ten: "
        "không có trường “ho_ten” trong nhóm đang xét"
    )


def test_a_missing_field_in_a_condition_is_an_error_too() -> None:
    with pytest.raises(TemplateError, match="không có trường “co”"):
        fill("{% if co %}", "x", "{% endif %}", context={})


# ---------------------------------------------------------------- the sandbox
@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ x.__init__.__globals__ }}",
        "{{ x['__class__'] }}",
        "{{ ''|attr('__class__') }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum.__globals__ }}",
        "{{ '{0.__class__}'.format(x) }}",
        "{% for i in range(999999999) %}{% endfor %}",
        "{{ x.clear() }}",
        "{% import 'os' as os %}",
        "{% extends 'x' %}",
    ],
)
def test_a_template_cannot_reach_python(attack: str) -> None:
    with pytest.raises(TemplateError):
        fill(attack, context={"x": {"a": 1}})


def test_safe_does_not_let_data_write_xml() -> None:
    with pytest.raises(TemplateError, match="không có bộ lọc “safe”"):
        fill("{{ x|safe }}", context={"x": "<w:p/>"})


@pytest.mark.parametrize(
    "inside",
    [
        ("{%p with q=0 %}", "{%p if q %}", "s", "{%p endif %}", "{%p endwith %}"),
        ("{%p set q %}", "s", "{%p endset %}"),
        ("{%p macro m() %}", "s", "{%p endmacro %}"),
    ],
)
def test_a_cell_of_blocks_that_print_nothing_keeps_a_paragraph(inside: tuple[str, ...]) -> None:
    document = Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = inside[0]
    for text in inside[1:]:
        cell.add_paragraph(text)
    (printed,) = opened(compiled(saved(document)).render({})).tables[0]._cells
    assert [child.tag for child in printed._tc][-1] == qn("w:p")


@pytest.mark.parametrize("columns", [0, 64, "2", 10**9])
def test_a_span_is_a_number_of_columns_that_word_has(columns: object) -> None:
    with pytest.raises(DataError, match="số cột gộp phải từ 1 đến 63"):
        compiled(make(rows=[["{% colspan n %}x"]])).render({"n": columns})
