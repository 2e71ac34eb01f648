"""Documents as colleagues type them: tables, tabs or text boxes, formatted by hand.

The words and the looks of a :class:`Letter` follow Nghị định 30/2020/NĐ-CP; a test plants one fault
by changing one of them. Nothing here uses the product.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from xml.sax.saxutils import escape

NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
LAYOUTS = ("table", "tabs", "boxes")
LEFT_COLUMN, RIGHT_COLUMN = 3700, 5654  # twips; together the text width of A4 with 30 and 15 mm
LEFT_CENTRE, RIGHT_CENTRE = 1850, 6527

Look = dict[str, Any]
_HEAD: Look = {"align": "center"}
_BODY: Look = {"size": 14, "align": "both", "first": 720, "before": 120, "line": 240}
LOOKS: Mapping[str, Look] = {
    "superior": {**_HEAD, "size": 13},
    "issuer": {**_HEAD, "size": 13, "bold": True},
    "country": {**_HEAD, "size": 13, "bold": True},
    "motto": {**_HEAD, "size": 14, "bold": True},
    "number": {**_HEAD, "size": 13, "before": 120},
    "date": {**_HEAD, "size": 14, "italic": True, "before": 120},
    "about": {**_HEAD, "size": 13, "before": 120},
    "stamp": {**_HEAD, "size": 13, "bold": True},
    "title": {**_HEAD, "size": 14, "bold": True, "before": 240},
    "summary": {**_HEAD, "size": 14, "bold": True},
    "to": {"size": 14, "left": 1134, "before": 120},
    "authority": {**_HEAD, "size": 14, "bold": True, "before": 120},
    "orders": {**_HEAD, "size": 14, "bold": True, "before": 120},
    "ground": {**_BODY, "italic": True},
    "text": _BODY,
    "roman": {**_BODY, "bold": True},
    "heading": {**_BODY, "bold": True},
    "article": {**_BODY, "bold_until": "."},
    "division": {**_HEAD, "size": 14, "bold": True, "before": 120},
    "label": {"size": 12, "bold": True, "italic": True},
    "recipient": {"size": 11},
    "post": {**_HEAD, "size": 14, "bold": True},
    "name": {**_HEAD, "size": 14, "bold": True},
    "appendix": {**_HEAD, "size": 14, "bold": True},
    "appendix_title": {**_HEAD, "size": 14, "bold": True},
    "with": {**_HEAD, "size": 14, "italic": True},
    "page": {**_HEAD, "size": 14},
}


@dataclass(frozen=True)
class Letter:
    """What a document says, and where its looks differ from what the decree asks."""

    issuer: tuple[str, ...] = ("ỦY BAN NHÂN DÂN", "XÃ PHÚ LÂM THƯỢNG")
    superior: tuple[str, ...] = ()
    country: str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    motto: str = "Độc lập - Tự do - Hạnh phúc"
    number: str = "Số: 08/KH-UBND"
    date: str = "Phú Lâm Thượng, ngày 05 tháng 02 năm 2026"
    title: str = "KẾ HOẠCH"
    summary: tuple[str, ...] = ("Triển khai Tháng chuyển đổi số cộng đồng năm 2026",)
    about: str = ""
    to: tuple[str, ...] = ()
    authority: str = ""
    orders: str = ""
    grounds: tuple[str, ...] = ()
    body: tuple[tuple[str, str], ...] = ()
    recipients: tuple[str, ...] = (
        "- Chủ tịch UBND tỉnh (để b/c);",
        "- Trưởng các thôn;",
        "- Lưu: VT, VHXH.",
    )
    label: str = "Nơi nhận:"
    posts: tuple[str, ...] = ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    name: str = "Đỗ Thị Quỳnh Chi"
    annexes: tuple[tuple[str, str, str, str], ...] = ()  # word, title, note, text
    annex_restarts: bool = True
    stamp: str = ""
    stamp_mm: tuple[float, float] | None = (30, 8)
    looks: Mapping[str, Look] = field(default_factory=dict)
    page: Mapping[str, int] = field(default_factory=dict)
    landscape: bool = False
    mirror: bool = False
    number_in: str = "header"  # header, footer, none
    number_words: tuple[str, str] = ("", "")
    number_format: str = ""
    number_start: int | None = None
    first_page_differs: bool = True
    rules_mm: Mapping[str, float | None] = field(default_factory=dict)
    about_rule: bool = False
    dashed: str = ""  # the component whose line is dashed
    drop: int = 0  # blank lines above the recipients

    def but(self, **changes: Any) -> Letter:
        """Return the letter with changes."""
        return replace(self, **changes)

    def look(self, key: str, **changes: Any) -> Letter:
        """Return the letter with another look of one component."""
        return replace(self, looks={**self.looks, key: {**self.looks.get(key, {}), **changes}})


def draw(letter: Letter, layout: str = "table") -> bytes:
    """Return the letter as a .docx laid out by a table, by tabs, or by text boxes."""
    body = _Drawing(letter, layout).body()
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELS,
        "word/document.xml": f"<w:document {NS}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": _DOCUMENT_RELS,
        "word/styles.xml": _STYLES,
        "word/theme/theme1.xml": _THEME,
        "word/settings.xml": _settings(letter),
        "word/header1.xml": f"<w:hdr {NS}>{_page_number(letter, 'header')}</w:hdr>",
        "word/header2.xml": f"<w:hdr {NS}><w:p/></w:hdr>",
        "word/footer1.xml": f"<w:ftr {NS}>{_page_number(letter, 'footer')}</w:ftr>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(
                name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{content}'
            )
    return stream.getvalue()


def rewritten(content: bytes, change: Callable[[str, str], str]) -> bytes:
    """Return a .docx whose parts are what ``change`` makes of their names and texts."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name).decode()))
    return stream.getvalue()


class _Drawing:
    def __init__(self, letter: Letter, layout: str) -> None:
        self._letter = letter
        self._layout = layout
        self._ids = 0

    def body(self) -> str:
        letter = self._letter
        parts = [self._head(), self._front()]
        parts += [self._p(key, text) for key, text in letter.body]
        parts += [self._tail()]
        parts += [self._annex(*annex) for annex in letter.annexes]
        last = letter.annexes and letter.annex_restarts
        return "".join(parts) + _section(letter, restart=bool(last))

    # ------------------------------------------------------------ head
    def _head(self) -> str:
        letter = self._letter
        left = [
            *(("superior", t) for t in letter.superior),
            *(("issuer", t) for t in letter.issuer),
        ]
        right = [("country", letter.country), ("motto", letter.motto)]
        below_left = [("number", letter.number)] if letter.number else []
        below_left += [("about", letter.about)] if letter.about else []
        below_left += [("stamp", letter.stamp)] if letter.stamp else []
        below_right = [("date", letter.date)] if letter.date else []
        kept = {"issuer": self._rule("issuer", 20.0), "motto": self._rule("motto", 60.5)}
        if self._layout == "table":
            return _table(
                [
                    (self._ps(left) + kept["issuer"], self._ps(right) + kept["motto"]),
                    (
                        self._ps(below_left, about=True) or "<w:p/>",
                        self._ps(below_right) or "<w:p/>",
                    ),
                ]
            )
        if self._layout == "tabs":
            rows = self._columns(left, right, LEFT_CENTRE, RIGHT_CENTRE)
            rows += [kept["issuer"] + kept["motto"]]
            rows += self._columns(below_left, below_right, LEFT_CENTRE, RIGHT_CENTRE)
            return "".join(rows)
        boxes = self._box(left + below_left, 0, LEFT_COLUMN)
        boxes += self._box(right + below_right, LEFT_COLUMN, RIGHT_COLUMN)
        return f"<w:p>{boxes}</w:p>{kept['issuer']}{kept['motto']}"

    def _columns(
        self, left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]], *stops: int
    ) -> list[str]:
        rows = []
        for at in range(max(len(left), len(right))):
            cells = [side[at] if at < len(side) else None for side in (left, right)]
            runs = "".join(
                "<w:r><w:tab/></w:r>" + (self._runs(*cell) if cell else "") for cell in cells
            )
            tabs = "".join(f'<w:tab w:val="center" w:pos="{stop}"/>' for stop in stops)
            before = max(self._look(cell[0]).get("before", 0) for cell in cells if cell)
            spacing = f'<w:spacing w:before="{before}" w:after="0" w:line="240" w:lineRule="auto"/>'
            rows.append(f"<w:p><w:pPr><w:tabs>{tabs}</w:tabs>{spacing}</w:pPr>{runs}</w:p>")
        return rows

    def _ps(self, lines: Sequence[tuple[str, str]], *, about: bool = False) -> str:
        text = "".join(
            self._stamp(words) if key == "stamp" else self._p(key, words) for key, words in lines
        )
        if about and self._letter.about_rule:
            text += self._line(18.0)
        return text

    def _stamp(self, words: str) -> str:
        """Return the stamp of urgency in its frame, a table of one cell."""
        stamp = self._p("stamp", words)
        if self._letter.stamp_mm is None:
            return stamp
        width, height = (round(mm * 1440 / 25.4) for mm in self._letter.stamp_mm)
        sides = "".join(
            f'<w:{side} w:val="single" w:sz="8" w:space="0" w:color="FF0000"/>'
            for side in ("top", "left", "bottom", "right")
        )
        return (
            f'<w:tbl><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/>'
            f"<w:tblBorders>{sides}</w:tblBorders></w:tblPr><w:tblGrid><w:gridCol "
            f'w:w="{width}"/></w:tblGrid><w:tr><w:trPr><w:trHeight w:val="{height}" '
            f'w:hRule="exact"/></w:trPr><w:tc>{stamp}</w:tc></w:tr></w:tbl><w:p/>'
        )

    def _rule(self, key: str, usual: float) -> str:
        length = self._letter.rules_mm.get(key, usual)
        if length is None:
            return ""
        centre = {"issuer": LEFT_CENTRE, "motto": RIGHT_CENTRE}.get(key)
        dash = '<a:prstDash val="dash"/>' if self._letter.dashed == key else ""
        return self._line(length, None if self._layout == "table" else centre, dash)

    def _line(self, length_mm: float, centre: int | None = None, dash: str = "") -> str:
        """Return a paragraph with a drawn line, in the middle of its column or at a place."""
        self._ids += 1
        cx = round(length_mm * 36_000)
        place = "<wp:align>center</wp:align>"
        if centre is not None:
            place = f"<wp:posOffset>{centre * 635 - cx // 2}</wp:posOffset>"
        return (
            '<w:p><w:pPr><w:spacing w:before="0" w:after="0"/><w:jc w:val="center"/></w:pPr><w:r>'
            '<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" '
            'distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" '
            'locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
            f'<wp:positionH relativeFrom="column">{place}</wp:positionH>'
            '<wp:positionV relativeFrom="paragraph"><wp:posOffset>20000</wp:posOffset>'
            f'</wp:positionV><wp:extent cx="{cx}" cy="0"/>'
            '<wp:effectExtent l="0" t="0" r="0" b="0"/>'
            f'<wp:wrapNone/><wp:docPr id="{self._ids}" name="Line {self._ids}"/>'
            "<wp:cNvGraphicFramePr/><a:graphic><a:graphicData "
            'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
            '<wps:cNvCnPr/><wps:spPr><a:xfrm><a:off x="0" y="0"/>'
            f'<a:ext cx="{cx}" cy="0"/></a:xfrm>'
            '<a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="9525"><a:solidFill>'
            f'<a:srgbClr val="000000"/></a:solidFill>{dash}</a:ln></wps:spPr>'
            "<wps:bodyPr/></wps:wsp>"
            "</a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice></mc:AlternateContent>"
            "</w:r></w:p>"
        )

    def _box(self, lines: Sequence[tuple[str, str]], x: int, width: int) -> str:
        """Return a run with a text box."""
        self._ids += 1
        cx, cy = width * 635, 360_000 * max(1, len(lines))
        return (
            '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" '
            'distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" '
            'locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
            f'<wp:positionH relativeFrom="column"><wp:posOffset>{x * 635}</wp:posOffset>'
            '</wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset>'
            f'</wp:positionV><wp:extent cx="{cx}" cy="{cy}"/>'
            '<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapTopAndBottom/>'
            f'<wp:docPr id="{self._ids}" name="Text Box {self._ids}"/><wp:cNvGraphicFramePr/>'
            "<a:graphic><a:graphicData "
            'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
            f'<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{cx}" '
            f'cy="{cy}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>'
            f"<wps:txbx><w:txbxContent>{self._ps(lines) or '<w:p/>'}</w:txbxContent></wps:txbx>"
            '<wps:bodyPr lIns="0" rIns="0"/></wps:wsp></a:graphicData></a:graphic></wp:anchor>'
            "</w:drawing></mc:Choice></mc:AlternateContent></w:r>"
        )

    # ------------------------------------------------------------ front, tail, annexes
    def _front(self) -> str:
        letter = self._letter
        parts = [self._p("title", letter.title)] if letter.title else []
        parts += [self._p("summary", line) for line in letter.summary]
        if letter.title:
            last = letter.summary[-1] if letter.summary else letter.title
            parts += [self._rule("summary", 0.92 * len(last))]  # two fifths of what it prints
        parts += [self._p("to", line) for line in letter.to]
        parts += [self._p("authority", letter.authority)] if letter.authority else []
        parts += [self._p("ground", line) for line in letter.grounds]
        parts += [self._p("orders", letter.orders)] if letter.orders else []
        return "".join(parts)

    def _tail(self) -> str:
        letter = self._letter
        left = [("label", letter.label)] if letter.label else []
        left += [("recipient", line) for line in letter.recipients]
        posts = [("post", line) for line in letter.posts]
        name = [("name", letter.name)] if letter.name else []
        if self._layout == "table":
            signed = self._ps(posts) + "<w:p/>" * 4 + self._ps(name)
            return _table([("<w:p/>" * letter.drop + self._ps(left) or "<w:p/>", signed)])
        if self._layout == "tabs":
            return "".join(self._signed_by_tabs(left, posts, name))
        room = [("name", "")] * 3
        boxes = self._box(left, 0, LEFT_COLUMN)
        boxes += self._box([*posts, *room, *name], LEFT_COLUMN, RIGHT_COLUMN)
        return f"<w:p>{boxes}</w:p>"

    def _signed_by_tabs(
        self,
        left: Sequence[tuple[str, str]],
        posts: Sequence[tuple[str, str]],
        name: Sequence[tuple[str, str]],
    ) -> list[str]:
        tab = f'<w:pPr><w:tabs><w:tab w:val="center" w:pos="{RIGHT_CENTRE}"/></w:tabs></w:pPr>'
        left = [*[("label", "")] * self._letter.drop, *left]
        last = max(len(left), len(posts) + 3)
        rows = []
        for at in range(last + 1):
            runs = self._runs(*left[at]) if at < len(left) else ""
            right = posts[at] if at < len(posts) else name[0] if at == last and name else None
            if right:
                runs += "<w:r><w:tab/></w:r>" + self._runs(*right)
            rows.append(f"<w:p>{tab}{runs}</w:p>")
        return rows

    def _annex(self, word: str, title: str, note: str, text: str) -> str:
        letter = self._letter
        parts = [self._p("appendix", word)]
        parts += [self._p("appendix_title", title)] if title else []
        parts += [self._p("with", note)] if note else []
        parts += [self._p("text", text)]
        first = letter.annexes and letter.annexes[0][0] == word
        if letter.annex_restarts:
            # The section before ends here; the last one's properties stand at the body's end.
            broken = f"<w:p><w:pPr>{_section(letter, restart=not first)}</w:pPr></w:p>"
            return broken + "".join(parts)
        return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>' + "".join(parts)

    # ------------------------------------------------------------ paragraphs
    def _look(self, key: str) -> Look:
        return {**LOOKS.get(key, _BODY), **self._letter.looks.get(key, {})}

    def _p(self, key: str, text: str) -> str:
        look = self._look(key)
        spacing = (
            f'<w:spacing w:before="{look.get("before", 0)}" w:after="{look.get("after", 0)}" '
            f'w:line="{look.get("line", 240)}" w:lineRule="{look.get("rule", "auto")}"/>'
        )
        indent = f'<w:ind w:left="{look.get("left", 0)}" w:firstLine="{look.get("first", 0)}"/>'
        align = f'<w:jc w:val="{look.get("align", "left")}"/>'
        return f"<w:p><w:pPr>{spacing}{indent}{align}</w:pPr>{self._runs(key, text)}</w:p>"

    def _runs(self, key: str, text: str) -> str:
        look = self._look(key)
        until = look.get("bold_until")
        if until and until in text:
            cut = text.index(until) + 1
            return _run(text[:cut], {**look, "bold": True}) + _run(text[cut:], look)
        return _run(text, look) if text else ""


def _run(text: str, look: Look) -> str:
    font = look.get("font", "Times New Roman")
    half = round(look["size"] * 2)
    properties = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:cs="{font}"/>'
    properties += "<w:b/>" if look.get("bold") else ""
    properties += "<w:i/>" if look.get("italic") else ""
    properties += f'<w:color w:val="{look["color"]}"/>' if "color" in look else ""
    properties += f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'
    properties += '<w:u w:val="single"/>' if look.get("underline") else ""
    tab = "<w:tab/>" if text.startswith("\t") else ""
    words = f'<w:t xml:space="preserve">{escape(text.removeprefix(chr(9)))}</w:t>'
    return f"<w:r><w:rPr>{properties}</w:rPr>{tab}{words}</w:r>"


def _table(rows: Sequence[tuple[str, str]]) -> str:
    widths = (LEFT_COLUMN, RIGHT_COLUMN)
    lines = "".join(
        "<w:tr>"
        + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
            for width, cell in zip(widths, row, strict=True)
        )
        + "</w:tr>"
        for row in rows
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        '<w:tbl><w:tblPr><w:tblW w:w="9354" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl><w:p/>"
    )


def _section(letter: Letter, *, restart: bool = False) -> str:
    size = {"w": 11906, "h": 16838, "top": 1134, "bottom": 1134, "left": 1701, "right": 851}
    page = {**size, **letter.page}
    if letter.landscape:
        page["w"], page["h"] = page["h"], page["w"]
    start = 1 if restart else letter.number_start
    numbering = f' w:start="{start}"' if start is not None else ""
    numbering += f' w:fmt="{letter.number_format}"' if letter.number_format else ""
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId4"/>'
        '<w:headerReference w:type="first" r:id="rId5"/>'
        '<w:footerReference w:type="default" r:id="rId6"/>'
        f'<w:pgSz w:w="{page["w"]}" w:h="{page["h"]}"/>'
        f'<w:pgMar w:top="{page["top"]}" w:right="{page["right"]}" w:bottom="{page["bottom"]}" '
        f'w:left="{page["left"]}" w:header="567" w:footer="567" w:gutter="0"/>'
        + (f"<w:pgNumType{numbering}/>" if numbering else "")
        + ("<w:titlePg/>" if letter.first_page_differs else "")
        + "</w:sectPr>"
    )


def _page_number(letter: Letter, place: str) -> str:
    if letter.number_in != place:
        return "<w:p/>"
    look = {**LOOKS["page"], **letter.looks.get("page", {})}
    before, after = (_run(words, look) if words else "" for words in letter.number_words)
    field_run = _run("2", look)
    return (
        f'<w:p><w:pPr><w:jc w:val="{look["align"]}"/></w:pPr>{before}'
        f'<w:fldSimple w:instr=" PAGE ">{field_run}</w:fldSimple>{after}</w:p>'
    )


def _settings(letter: Letter) -> str:
    mirror = "<w:mirrorMargins/>" if letter.mirror else ""
    return (
        f'<w:settings {NS}>{mirror}<w:defaultTabStop w:val="720"/><w:compat><w:compatSetting '
        'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        "</w:compat></w:settings>"
    )


_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
    '+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_KIND}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_KIND}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{_KIND}.settings+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{_KIND}.header+xml"/>'
    f'<Override PartName="/word/header2.xml" ContentType="{_KIND}.header+xml"/>'
    f'<Override PartName="/word/footer1.xml" ContentType="{_KIND}.footer+xml"/>'
    '<Override PartName="/word/theme/theme1.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.theme+xml"/></Types>'
)
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)
_DOCUMENT_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_REL}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId2" Type="{_REL}/settings" Target="settings.xml"/>'
    f'<Relationship Id="rId3" Type="{_REL}/theme" Target="theme/theme1.xml"/>'
    f'<Relationship Id="rId4" Type="{_REL}/header" Target="header1.xml"/>'
    f'<Relationship Id="rId5" Type="{_REL}/header" Target="header2.xml"/>'
    f'<Relationship Id="rId6" Type="{_REL}/footer" Target="footer1.xml"/>'
    "</Relationships>"
)
# The defaults of a new document of Word: letters of 11 points in the theme's font.
_STYLES = (
    f"<w:styles {NS}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:asciiTheme="
    '"minorHAnsi" w:hAnsiTheme="minorHAnsi" w:cstheme="minorBidi"/><w:sz w:val="22"/></w:rPr>'
    '</w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="160" w:line="259" '
    'w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" '
    'w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style></w:styles>'
)
_FONTS = '<a:latin typeface="{}"/><a:ea typeface=""/><a:cs typeface=""/>'
_COLOURS = "".join(
    f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>'
    for name, value in (
        ("dk1", "000000"), ("lt1", "FFFFFF"), ("dk2", "44546A"), ("lt2", "E7E6E6"),
        ("accent1", "4472C4"), ("accent2", "ED7D31"), ("accent3", "A5A5A5"),
        ("accent4", "FFC000"), ("accent5", "5B9BD5"), ("accent6", "70AD47"),
        ("hlink", "0563C1"), ("folHlink", "954F72"),
    )
)  # fmt: skip
_FILL = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
_THEME = (
    '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Office">'
    f'<a:themeElements><a:clrScheme name="Office">{_COLOURS}</a:clrScheme>'
    f'<a:fontScheme name="Office"><a:majorFont>{_FONTS.format("Calibri Light")}</a:majorFont>'
    f"<a:minorFont>{_FONTS.format('Calibri')}</a:minorFont></a:fontScheme>"
    f'<a:fmtScheme name="Office"><a:fillStyleLst>{_FILL * 3}</a:fillStyleLst><a:lnStyleLst>'
    f"{f'<a:ln>{_FILL}</a:ln>' * 3}</a:lnStyleLst><a:effectStyleLst>"
    f"{'<a:effectStyle><a:effectLst/></a:effectStyle>' * 3}</a:effectStyleLst>"
    f"<a:bgFillStyleLst>{_FILL * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
)
