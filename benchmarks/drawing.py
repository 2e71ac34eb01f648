"""One sheet and one report, drawn with python-docx once for each engine's language of tags."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt

from benchmarks.records import COLUMNS, TABLES

Row = list[str]
FIELD, END = "\1", "\2"  # around the name of a mail-merge field


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How an engine writes a value, the rows of a table and the paragraphs of a list."""

    value: Callable[[str], str]
    rows: Callable[[str], list[Row]]
    lines: Callable[[str], list[str]]
    lines_in_a_table: bool = False  # mail merge repeats rows alone


def _alone(text: str) -> Row:
    return [text] + [""] * (len(COLUMNS) - 1)


def _around(opening: str, cells: Row, closing: str) -> Row:
    return [opening + cells[0], *cells[1:-1], cells[-1] + closing]


LANGUAGES = {
    "jinja": Language(
        value=lambda name: f"{{{{ {name} }}}}",
        rows=lambda name: [
            _alone(f"{{%tr for c in {name} %}}"),
            [f"{{{{ c.{key} }}}}" for key in COLUMNS],
            _alone("{%tr endfor %}"),
        ],
        lines=lambda name: [f"{{%p for d in {name} %}}", "- {{ d.ten }};", "{%p endfor %}"],
    ),
    "mustache": Language(
        value=lambda name: f"{{{name}}}",
        rows=lambda name: [
            _around(f"{{#{name}}}", [f"{{{key}}}" for key in COLUMNS], f"{{/{name}}}")
        ],
        lines=lambda name: [f"{{#{name}}}", "- {ten};", f"{{/{name}}}"],
    ),
    "docx-templates": Language(
        value=lambda name: f"{{INS {name}}}",
        rows=lambda name: [
            _alone(f"{{FOR c IN {name}}}"),
            [f"{{INS $c.{key}}}" for key in COLUMNS],
            _alone("{END-FOR c}"),
        ],
        lines=lambda name: [f"{{FOR d IN {name}}}", "- {INS $d.ten};", "{END-FOR d}"],
    ),
    "carbone": Language(
        value=lambda name: f"{{d.{name}}}",
        rows=lambda name: [
            [f"{{d.{name}[i].{key}}}" for key in COLUMNS],
            _alone(f"{{d.{name}[i+1].{COLUMNS[0]}}}"),
        ],
        lines=lambda name: [f"- {{d.{name}[i].ten}};", f"- {{d.{name}[i+1].ten}};"],
    ),
    "mail-merge": Language(
        value=lambda name: f"{FIELD}{name}{END}",
        rows=lambda name: [[f"{FIELD}{name}_{key}{END}" for key in COLUMNS]],
        lines=lambda name: [f"- {FIELD}{name}_ten{END};"],
        lines_in_a_table=True,
    ),
}


def draw_sheet(language: Language) -> bytes:
    """Return the scoring sheet, two pages when it is filled."""
    value, document = language.value, _new()
    left, right = document.add_table(rows=1, cols=2).rows[0].cells
    _cell(left, value("co_quan_chu_quan"), value("co_quan"))
    _cell(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
    left, right = document.add_table(rows=1, cols=2).rows[0].cells
    _cell(left, f"Số: {value('so')}")
    _cell(right, f"{value('dia_danh')}, ngày {value('ngay')} tháng {value('thang')} "
                 f"năm {value('nam')}")  # fmt: skip
    _line(document, "BẢN CHẤM ĐIỂM", bold=True, center=True)
    _line(document, f"Kết quả thực hiện nhiệm vụ {value('ky')} của {value('don_vi')}", center=True)
    _line(document, f"1. Căn cứ {value('can_cu')} ngày {value('ngay_can_cu')} về việc ban hành "
                    "tiêu chuẩn chấm điểm thi đua.")  # fmt: skip
    _line(document, "2. Đơn vị tự chấm điểm và gửi kết quả về Hội đồng thẩm định trước ngày "
                    f"{value('han_nop')}.")  # fmt: skip
    _line(document, f"3. Đầu mối liên hệ: {value('dau_moi')}.")
    heads = [
        [number, *(value(f"{part}_{key}") for key in COLUMNS[1:])]
        for number, part in (("I", "a"), ("II", "b"))
    ]
    total = ["", "TỔNG CỘNG", *(value(f"tong_{key}") for key in COLUMNS[2:])]
    rows = [heads[0], *language.rows("muc_a"), heads[1], *language.rows("muc_b"), total]
    _table(document, rows)
    _line(document, f"Xếp loại: {value('xep_loai')} ({value('tong_tham_dinh')}/"
                    f"{value('tong_chuan')} điểm).")  # fmt: skip
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    for cell, side in zip(cells, ("trai", "phai"), strict=True):
        _cell(cell, value(f"chuc_vu_{side}"), "(Ký, ghi rõ họ tên)", "", value(f"nguoi_{side}"))
    _line(document, "Nơi nhận:", bold=True)
    lines = language.lines("noi_nhan")
    if language.lines_in_a_table:
        _cell(document.add_table(rows=1, cols=1).rows[0].cells[0], *lines)
        lines = [""]
    for text in lines:
        _line(document, text)
    return _saved(document)


_SENTENCES = (
    "Trong kỳ báo cáo, đơn vị đã bám sát sự lãnh đạo, chỉ đạo của cấp trên, chủ động triển khai "
    "đồng bộ các nhiệm vụ, giải pháp trọng tâm theo kế hoạch đề ra.",
    "Công tác cải cách hành chính tiếp tục được quan tâm.",
    "Bên cạnh những kết quả đạt được, vẫn còn một số hạn chế cần khắc phục.",
    "Thời gian tới, đơn vị tập trung rà soát, sắp xếp tổ chức bộ máy theo hướng tinh gọn.",
)
_KEYS = ("don_vi", "co_quan", "ky", "can_cu", "xep_loai", "nguoi_phai", "dia_danh", "han_nop", "so")


def draw_report(language: Language) -> bytes:
    """Return the long report: ten parts of 59 paragraphs and a table, 28 pages."""
    document = _new()
    for part in range(TABLES):
        _line(document, f"PHẦN {part + 1}. KẾT QUẢ THỰC HIỆN NHIỆM VỤ", bold=True)
        for n in range(59):
            text = _SENTENCES[(3 * n + part) % len(_SENTENCES)]
            if n % 3 == 0:
                text = f"Theo {language.value(_KEYS[(n + part) % len(_KEYS)])}: {text}"
            _line(document, text)
        _table(document, language.rows(f"bang_{part}"))
    return _saved(document)


# ---------------------------------------------------------------- Word
def _new() -> Any:
    """Return an empty document with the parts and the few styles of a file saved by Word."""
    document: Any = Document()
    for part, kinds in ((document.part, ("customXml", "stylesWithEffects")),
                        (document.part.package, ("thumbnail",))):  # fmt: skip
        for relation in list(part.rels.values()):
            if relation.reltype.endswith(kinds):
                del part.rels[relation.rId]
    for style in list(document.styles.element.findall(qn("w:style"))):
        kept = style.get(qn("w:styleId")) in ("TableNormal", "TableGrid")
        if style.get(qn("w:type")) == "table" and not kept:
            document.styles.element.remove(style)
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin = Mm(30), Mm(15)
    document.styles["Normal"].font.name = "Times New Roman"
    document.styles["Normal"].font.size = Pt(13)
    return document


def _line(document: Any, text: str, *, bold: bool = False, center: bool = False) -> None:
    _fill(document.add_paragraph(), text, bold=bold, center=center)


def _cell(cell: Any, *texts: str) -> None:
    _fill(cell.paragraphs[0], texts[0], center=True)
    for text in texts[1:]:
        _fill(cell.add_paragraph(), text, center=True)


def _table(document: Any, rows: Sequence[Row]) -> None:
    titles = ["STT", "Tiêu chuẩn cụ thể", "Điểm chuẩn", "Điểm tự chấm", "Điểm thẩm định"]
    widths = [Cm(1.3), Cm(8.2), Cm(2.2), Cm(2.4), Cm(2.4)]
    table = document.add_table(rows=0, cols=len(COLUMNS), style="Table Grid")
    table.autofit = False
    for texts in (titles, *rows):
        for cell, text, width in zip(table.add_row().cells, texts, widths, strict=True):
            cell.width = width
            _cell(cell, text)


def _fill(paragraph: Any, text: str, *, bold: bool = False, center: bool = False) -> None:
    if center:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(3)
    for number, piece in enumerate(text.replace(END, FIELD).split(FIELD)):
        if number % 2:
            _field(paragraph, piece)
        elif piece:
            _look(paragraph.add_run(piece), bold=bold)


def _look(run: Any, *, bold: bool) -> None:
    run.font.name, run.font.size, run.bold = "Times New Roman", Pt(13), bold or None


def _field(paragraph: Any, name: str) -> None:
    """Add a MERGEFIELD as Word writes it: five runs."""
    code = OxmlElement("w:instrText")
    code.text = f" MERGEFIELD {name} "
    shown = OxmlElement("w:t")
    shown.text = f"«{name}»"
    for child in (_mark("begin"), code, _mark("separate"), shown, _mark("end")):
        run = paragraph.add_run()
        _look(run, bold=False)
        run._r.append(deepcopy(child))


def _mark(kind: str) -> Any:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    return mark


def _saved(document: Any) -> bytes:
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()
