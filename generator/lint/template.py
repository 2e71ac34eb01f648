"""The Word file of a form: what the compiler refuses, and what Word did to the tags in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from generator.body import Level
from generator.conformity.findings import Severity
from generator.lint.findings import (
    ERROR,
    NOTE,
    WARNING,
    Finding,
    of_problem,
    of_template,
)
from generator.lint.merging import blocks_across_tables, merged_cells
from generator.ooxml import Package, qn, read_package
from generator.template.compiler import Examined, examine_template
from generator.template.incoming import EDIT
from generator.template.tags import INSTR, Found, P, Place, R, T, ancestor, excerpt, scan

_STORIES = ("header", "footer", "footnotes", "endnotes")
_KINDS = {
    "header": "đầu trang", "footer": "chân trang", "footnotes": "chú thích cuối trang",
    "endnotes": "chú thích cuối văn bản",
}  # fmt: skip
_STYLE_USES = (qn("w:pStyle"), qn("w:rStyle"), qn("w:tblStyle"))
_FALLBACK = qn("mc:Fallback")
_TAG_LIKE = re.compile(r"\{[{%][^{}]*[%}]\}")


@dataclass(frozen=True, slots=True)
class TemplateReport:
    """A template looked over; ``examined`` has its tags for whoever knows the schema."""

    examined: Examined
    findings: tuple[Finding, ...]


def check_template(
    content: bytes, file: str, blocks: dict[str, bytes], *, takes_marks: bool = True
) -> TemplateReport:
    """Return everything to say of a .docx as a template, its fields aside.

    ``takes_marks`` says whether its form takes tracked changes and comments as settled.

    Raises:
        TemplateError: it is no .docx.
    """
    package = read_package(content, file)
    examined = examine_template(content, file, lambda name: blocks[name])
    strays = list(_strays(package))
    refused = [
        finding
        for finding in of_template(examined.problems)
        if not (finding.id == "the.khong_dien" and any(s.part == finding.at for s in strays))
    ]
    stories = list(_stories(package))
    found = [finding for part, kind in stories for finding in _story(package, part, kind)]
    return TemplateReport(
        examined,
        (
            *refused,
            *strays,
            *found,
            *_missing_styles(package, stories, examined),
            *_marks(examined, WARNING if takes_marks else ERROR),
            *(of_problem(note, "mau.bo_bot", NOTE) for note in examined.notes),
        ),
    )


def _marks(examined: Examined, severity: Severity) -> Iterator[Finding]:
    """Yield the paragraphs with review marks, which a form may take or refuse."""
    for mark in examined.marks:
        finding_id = "mau.theo_doi" if mark.message == EDIT.message else "mau.ghi_chu"
        yield of_problem(mark, finding_id, severity)


def _stories(package: Package) -> Iterator[tuple[str, str]]:
    main = package.main_part()
    yield main, ""
    for kind in _STORIES:
        for part in dict.fromkeys(package.related(main, kind)):
            yield part, kind


def _story(package: Package, part: str, kind: str) -> Iterator[Finding]:
    root = package.xml(part)
    for number, paragraph in enumerate(root.iter(P), start=1):
        holders = [node for node in paragraph.iter(T, INSTR) if ancestor(node, P) is paragraph]
        text = "".join(node.text or "" for node in holders)
        place = Place(f"{package.file}: {part}", number, excerpt(text))
        if "{" in text and ancestor(paragraph, _FALLBACK) is None:
            tags = scan(text, lambda message, hint: None)
            yield from _habits(paragraph, holders, tags, place, kind)
    for torn, finding_id, severity in (
        *((torn, "bang.o_gop", ERROR) for torn in merged_cells(root)),
        *((torn, "bang.hai_bang", WARNING) for torn in blocks_across_tables(root)),
    ):
        place = Place(f"{package.file}: {part}", torn.paragraph, torn.words)
        yield of_problem(place.problem(torn.message, hint=torn.remedy), finding_id, severity)


# ---------------------------------------------------------------- what Word did to the tags
def _habits(
    paragraph: etree._Element,
    holders: Sequence[etree._Element],
    tags: Sequence[Found],
    place: Place,
    kind: str,
) -> Iterator[Finding]:
    if not tags:
        return
    split = _split(holders, tags)
    told: list[tuple[str, Severity, str, str]] = []
    if split:
        told.append(
            ("the.bi_cat", NOTE, f"Word đã cắt {split} thẻ trong đoạn này thành nhiều mảnh",
             "không cần làm gì: thẻ vẫn được nhận ra đủ")
        )  # fmt: skip
    if kind:
        told.append(("the.cho_dat", NOTE, f"thẻ nằm ở {_KINDS[kind]}", _FILLED))
    if ancestor(paragraph, qn("w:txbxContent")) is not None:
        told.append(("the.cho_dat", NOTE, "thẻ nằm trong hộp chữ", _FILLED))
    if any(node.tag == INSTR for node in holders):
        told.append(("the.cho_dat", NOTE, "thẻ nằm cạnh hoặc trong mã trường (field)", _FIELD))
    told += _control(paragraph)
    for finding_id, severity, message, remedy in told:
        yield of_problem(place.problem(message, hint=remedy), finding_id, severity)


_FILLED = "không cần làm gì: chỗ này được điền"
_FIELD = "được điền; mở kết quả trong Word rồi bấm F9 để trường tính lại"


def _control(paragraph: etree._Element) -> Iterator[tuple[str, Severity, str, str]]:
    """Yield what to say of a content control around the paragraph, or inside it."""
    controls = [*paragraph.iterancestors(qn("w:sdt")), *paragraph.iter(qn("w:sdt"))]
    if any(control.find(f"{_SDT}/{qn('w:dataBinding')}") is not None for control in controls):
        yield (
            "the.o_buoc", WARNING,
            "thẻ nằm trong ô điều khiển nối với dữ liệu khác (data binding)",
            "Word có thể ghi đè giá trị đã điền: bấm chuột phải vào ô, chọn Remove Content Control",
        )  # fmt: skip
    elif controls:
        yield "the.cho_dat", NOTE, "thẻ nằm trong ô điều khiển (content control)", _FILLED


_SDT = qn("w:sdtPr")


def _split(holders: Sequence[etree._Element], tags: Sequence[Found]) -> int:
    """Return how many tags lie in more than one run."""
    runs: list[etree._Element | None] = []
    for node in holders:
        runs += [ancestor(node, R)] * len(node.text or "")
    return sum(len(set(runs[tag.start : tag.end])) > 1 for tag in tags)


# ---------------------------------------------------------------- tags where nobody fills them
def _strays(package: Package) -> Iterator[Finding]:
    """Yield the tags in Word's own comments, paragraph by paragraph."""
    for part in package.related(package.main_part(), "comments"):
        for number, paragraph in enumerate(package.xml(part).iter(P), start=1):
            text = "".join(node.text or "" for node in paragraph.iter(T))
            tag = _TAG_LIKE.search(text)
            if tag:
                place = Place(f"{package.file}: {part}", number, excerpt(text))
                yield of_problem(
                    place.problem(
                        "thẻ nằm trong ghi chú (comment) của Word, không điền được",
                        tag[0],
                        "chuyển thẻ vào nội dung, hoặc xóa ghi chú",
                    ),
                    "the.khong_dien",
                    ERROR,
                )


# ---------------------------------------------------------------- styles
def _missing_styles(
    package: Package, stories: Iterable[tuple[str, str]], examined: Examined
) -> Iterator[Finding]:
    """Yield the styles that paragraphs name, or long text needs, and the template lacks."""
    known, told = examined.styles, set()
    for part, _ in stories:
        paragraphs = list(package.xml(part).iter(P))
        for number, paragraph in enumerate(paragraphs, start=1):
            for use in paragraph.iter(*_STYLE_USES):
                name = use.get(qn("w:val"), "")
                run = ancestor(use, R)
                if run is not None and run.find(qn("w:commentReference")) is not None:
                    continue  # gone with its comment
                if name and name not in known and name not in told:
                    told.add(name)
                    text = "".join(node.text or "" for node in paragraph.iter(T))
                    place = Place(f"{package.file}: {part}", number, excerpt(text))
                    yield of_problem(
                        place.problem(
                            f"đoạn dùng kiểu “{name}” mà tệp mẫu không có",
                            hint="tạo kiểu ấy trong Word, hoặc chọn kiểu khác cho đoạn",
                        ),
                        "kieu.thieu",
                        WARNING,
                    )
    long_texts = [tag for tag in examined.tags if tag.kind == "{{" and tag.letter == "p"]
    lacking = [level.value for level in Level if level.value not in known]
    if long_texts and lacking:
        yield of_problem(
            long_texts[0].problem(
                f"nội dung dài cần các kiểu chưa có trong tệp mẫu: {', '.join(lacking)}",
                "chép các kiểu ấy từ một mẫu có sẵn (Design, Styles, Organizer); thiếu kiểu nào "
                "thì đoạn cấp ấy in như đoạn thường",
            ),
            "kieu.thieu",
            WARNING,
        )
