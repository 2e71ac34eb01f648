"""How pages are mended: paper, margins, page numbers, the lines drawn in the head."""

from __future__ import annotations

from lxml import etree

from generator.conformity.document import Paragraph, Story
from generator.conformity.drawings import in_group, set_length, set_solid
from generator.conformity.findings import Finding
from generator.conformity.mending.edits import Bench
from generator.conformity.mending.looks import paragraphs_of
from generator.conformity.rules.case import Case, number
from generator.formatting import Section
from generator.ooxml import NAMESPACES, qn, rels_name, to_bytes
from generator.units import mm_to_twips

_SIDES = {"tren": "top", "duoi": "bottom", "trai": "left", "phai": "right"}
_HEADER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
_HEADER_KIND = f"{NAMESPACES['r']}/header"


def _section(case: Case, finding: Finding) -> tuple[int, Section]:
    at = finding.place.section or 0
    return at, case.document.sections[at]


# ---------------------------------------------------------------- paper
def paper(bench: Bench, case: Case, finding: Finding) -> str:
    """Give a section the wanted paper, turned as it was."""
    at, section = _section(case, finding)
    short, long = sorted(map(mm_to_twips, finding.wanted))
    wide = section.width > section.height
    sides = {"w": long, "h": short} if wide else {"w": short, "h": long}
    done = bench.section(at, {"pgSz": {**{k: str(v) for k, v in sides.items()}, "code": ""}})
    return "A4" if done else ""


def upright(bench: Bench, case: Case, finding: Finding) -> str:
    """Turn a section's page upright."""
    at, section = _section(case, finding)
    size = {"w": str(section.height), "h": str(section.width), "orient": "", "code": ""}
    return "trang dọc" if bench.section(at, {"pgSz": size}) else ""


def margin(bench: Bench, case: Case, finding: Finding) -> str:
    """Set the margin a finding names."""
    at, section = _section(case, finding)
    side = _SIDES[finding.id.rpartition("_")[2]]
    twips = mm_to_twips(finding.wanted)
    margins = {side: str(twips)}
    if side == "left" and section.gutter:
        margins = {"left": str(max(0, twips - section.gutter))}
        if section.gutter > twips:
            margins["gutter"] = str(twips)
    if getattr(section, side) < 0:  # kept however high the header is
        margins = {side: str(-twips)}
    whole = {
        name: str(getattr(section, name))
        for name in ("top", "right", "bottom", "left", "header", "footer", "gutter")
    }
    done = bench.section(at, {"pgMar": {**whole, **margins}})
    return f"{number(finding.wanted)} mm" if done else ""


def not_mirrored(bench: Bench, case: Case, finding: Finding) -> str:
    """Give front and back of a sheet the same margins."""
    formatting = case.document.formatting
    for node in formatting.settings.findall(qn("w:mirrorMargins")):
        formatting.settings.remove(node)
    bench.touch(formatting.package.related(formatting.main, "settings")[0])
    return "lề hai mặt như nhau"


# ---------------------------------------------------------------- page numbers
def arabic(bench: Bench, case: Case, finding: Finding) -> str:
    """Count pages 1, 2, 3."""
    at, _ = _section(case, finding)
    return "1, 2, 3 …" if bench.section(at, {"pgNumType": {"fmt": ""}}) else ""


def begin(bench: Bench, case: Case, finding: Finding) -> str:
    """Count pages from 1, in the section of the place found."""
    paragraph = finding.place.paragraph
    at = finding.place.section or 0
    if paragraph is not None:
        at = min(paragraph.section, len(case.document.sections) - 1)
        before = case.document.paragraphs[: paragraph.index]
        if not all(p.blank for p in before if p.section == paragraph.section):
            return ""  # a section break is the clerk's to set
    return "từ 1" if bench.section(at, {"pgNumType": {"start": "1"}}) else ""


def hidden_first(bench: Bench, case: Case, finding: Finding) -> str:
    """Give a section's first page a header of its own, where nothing but a number is lost."""
    at, section = _section(case, finding)
    firsts = []
    for parts in (section.headers, section.footers):
        usual, first = (case.document.stories.get(parts.get(kind, "")) for kind in _KINDS)
        if usual is not None and not _number_alone(usual):
            return ""
        if first is not None and _shows(first):
            firsts.append(first)
    if firsts and (bench.tracks or not all(map(_number_alone, firsts))):
        return ""
    for story in firsts:
        _clear(bench, story)
    done = bench.section(at, {"titlePg": {"val": ""}}) or bool(firsts)
    return "không hiển thị ở trang thứ nhất" if done else ""


_KINDS = ("default", "first")
_DIGITS = "0123456789IVXLCivxlc "  # what a page number shows until Word counts it anew


def _clear(bench: Bench, story: Story) -> None:
    """Take a page number out of its header or footer."""
    if story.page_field is not None:
        for node in list(story.page_field.node):
            if node.tag != qn("w:pPr"):
                story.page_field.node.remove(node)
        bench.touch(story.part)


def _shows(story: Story) -> bool:
    return story.page_field is not None or any(not p.blank for p in story.paragraphs)


def _number_alone(story: Story) -> bool:
    return all(p is story.page_field or _empty(p) for p in story.paragraphs)


def _empty(paragraph: Paragraph) -> bool:
    drawn = (qn("w:drawing"), qn("w:pict"), qn("w:object"))
    return paragraph.blank and next(paragraph.node.iter(*drawn), None) is None


def number_alone(bench: Bench, case: Case, finding: Finding) -> str:
    """Take words and marks away from around a page number."""
    done = False
    for paragraph in paragraphs_of(finding):
        for piece in paragraph.pieces:
            text = piece.text
            if text.strip() and not any(map(str.isalnum, text)):
                end = piece.start + len(text)
                done |= bench.words(finding.id, paragraph, piece.start, end, "")
    return "chỉ có chữ số" if done else ""


def into_header(bench: Bench, case: Case, finding: Finding) -> str:
    """Move a page number that stands alone in the footer to the middle of the header."""
    paragraph = finding.place.paragraph
    if paragraph is None or finding.wanted != "header" or paragraph.text.strip(_DIGITS):
        return ""
    document = case.document
    story = document.stories[paragraph.part]
    if not _number_alone(story) or not _put_numbers(bench, case, paragraph.part):
        return ""
    _clear(bench, story)
    return "giữa lề trên"


def numbered(bench: Bench, case: Case, finding: Finding) -> str:
    """Put page numbers in the middle of the header, where that is empty."""
    rule = case.profile.rules.get("so_trang.vi_tri")
    if rule is not None and rule["gia_tri"] != "dau_trang":
        return ""
    return "số trang ở giữa lề trên" if _put_numbers(bench, case, "") else ""


def _put_numbers(bench: Bench, case: Case, footer: str) -> bool:
    """Put the number into each section's header (or those with that footer); all or nothing."""
    document = case.document
    headers: dict[str, Story] = {}
    lacking: list[int] = []
    for at, section in enumerate(document.sections):
        if footer and section.footers.get("default") != footer:
            continue
        part = section.headers.get("default")
        if part is None:
            lacking.append(at)
        elif any(not _empty(p) for p in document.stories[part].paragraphs):
            return False
        else:
            headers[part] = document.stories[part]
    size = _number_size(case)
    for part, story in headers.items():
        node = next((p.node for p in story.paragraphs), None)
        if node is None:
            node = etree.SubElement(document.formatting.root(part), qn("w:p"))
        _write_number(node, size)
        bench.touch(part)
    if lacking:
        _new_header(bench, lacking[0], size)  # later sections take it from the first one
    return bool(headers or lacking)


def _number_size(case: Case) -> float:
    row = case.profile.components.get("so_trang")
    low, high = row["co_chu"] if row is not None else (14, 14)
    body = max((x.size for u in case.found.units for b in u.body for x in b.paragraph.lines[:1]),
               default=high)  # fmt: skip
    return float(min(max(body, low), high))


def _write_number(paragraph: etree._Element, size: float) -> None:
    """Make a paragraph show the page's number, in the middle."""
    own = paragraph.find(qn("w:pPr"))
    if own is None:
        own = etree.Element(qn("w:pPr"))
        paragraph.insert(0, own)
    for name in ("w:ind", "w:jc"):
        for old in own.findall(qn(name)):
            own.remove(old)
    centre = etree.Element(qn("w:jc"))
    centre.set(qn("w:val"), "center")
    behind = own.find(qn("w:rPr"))
    if behind is None:
        own.append(centre)
    else:
        behind.addprevious(centre)
    field = etree.SubElement(paragraph, qn("w:fldSimple"))
    field.set(qn("w:instr"), " PAGE ")
    run = etree.SubElement(field, qn("w:r"))
    look = etree.SubElement(run, qn("w:rPr"))
    font = etree.SubElement(look, qn("w:rFonts"))
    for name in ("ascii", "hAnsi", "cs"):
        font.set(qn(f"w:{name}"), "Times New Roman")
    for name in ("sz", "szCs"):
        etree.SubElement(look, qn(f"w:{name}")).set(qn("w:val"), str(round(size * 2)))
    etree.SubElement(run, qn("w:t")).text = "2"


def _new_header(bench: Bench, at: int, size: float) -> None:
    """Add a header with a page number to a section that has none."""
    formatting = bench.document.formatting
    package, main = bench.document.package, formatting.main
    folder = main.rpartition("/")[0]
    names = (f"{folder}/header{n}.xml".lstrip("/") for n in range(1, 10_000))
    part = next(name for name in names if name not in package.parts)
    header = etree.Element(qn("w:hdr"), nsmap={"w": NAMESPACES["w"], "r": NAMESPACES["r"]})
    _write_number(etree.SubElement(header, qn("w:p")), size)
    rels = rels_name(main)
    relations = package.xml(rels) if rels in package.parts else etree.Element(
        qn("rel:Relationships"), nsmap={None: NAMESPACES["rel"]}
    )  # fmt: skip
    taken = {node.get("Id") for node in relations}
    rid = next(f"rIdSoTrang{n}" for n in range(1, 10_000) if f"rIdSoTrang{n}" not in taken)
    etree.SubElement(
        relations, qn("rel:Relationship"), {"Id": rid, "Type": _HEADER_KIND, "Target": f"/{part}"}
    )
    types = package.xml("[Content_Types].xml")
    etree.SubElement(
        types, qn("ct:Override"), {"PartName": f"/{part}", "ContentType": _HEADER_TYPE}
    )
    reference = etree.Element(qn("w:headerReference"))
    reference.set(qn("w:type"), "default")
    reference.set(qn("r:id"), rid)
    bench.section_node(at).insert(0, reference)
    bench.touch(main)
    bench.add(part, to_bytes(header))
    bench.add(rels, to_bytes(relations))
    bench.add("[Content_Types].xml", to_bytes(types))


# ---------------------------------------------------------------- drawn lines
def rule_length(bench: Bench, case: Case, finding: Finding) -> str:
    """Make a drawn line as long as wanted, its middle where it was."""
    length_mm, drawing = finding.wanted
    # A border is as long as its paragraph, a line of a group as the group: the clerk's to change.
    if drawing is None or in_group(drawing.node):
        return ""
    if not bench.drawing(finding.place.part, drawing.node):
        return ""
    set_length(drawing.node, length_mm)
    return f"{number(length_mm)} mm"


def rule_solid(bench: Bench, case: Case, finding: Finding) -> str:
    """Make drawn lines solid."""
    ready = [one.node for one in finding.wanted if bench.drawing(finding.place.part, one.node)]
    for node in ready:
        set_solid(node)
    return "nét liền" if ready else ""
