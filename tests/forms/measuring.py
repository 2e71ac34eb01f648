"""What is wrong with a document, measured from its file and from its printed pages.

Each function takes a document and the rules of its standard (``fixtures/the-thuc``) and yields a
sentence for each fault. Two millimetres beside each other are compared to half a millimetre.
"""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from tests.forms.gallery import Document, opened_form
from tests.forms.reading import FIXTURES
from tests.judges import Line, Page, Rule
from tests.judges.looks import Look, paragraph_looks

NEAR_MM = 0.6
FONTS = {"TimesNewRoman", "LiberationSerif", "TeXGyreTermes", "Tinos", "FreeSerif"}
# They stand outside the text area on purpose: the stamp above, the address below.
OUTSIDE = {"LuuHanh", "DiaChi"}
# What the recipients and the signature are made of, from the first line to the last.
CLOSING = {
    "NoiNhanNhan", "NoiNhanMuc", "KyHieuSoanThao", "QuyenHan", "HoTen",
    "DangNoiNhan", "DangNoiNhanMuc", "DangQuyenHan", "DangChucVu",
}  # fmt: skip
HEADINGS = {
    "TenLoai", "TrichYeu", "MucLaMa", "Khoan", "ChuongSo", "ChuongTieuDe", "ThamQuyen",
    "LenhBanHanh", "PhuLucTu", "PhuLucTieuDe", "BangDau", "BangNhom", "KinhGuiNhan",
    "DangTenLoai", "DangTrichYeu", "DangKinhGuiNhan",
}  # fmt: skip
Rules = dict[str, Any]
Placed = tuple[Look, tuple[Line, ...]]


@cache
def rules(standard: str) -> Rules:
    """Return the rules of a standard by the id that manifests give it."""
    path = FIXTURES / "the-thuc" / f"{standard.replace('_', '-')}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def rules_of(made: Document) -> Rules:
    return rules(opened_form(made.form).bundle.standard)


@cache
def _component_of(standard: str) -> dict[str, tuple[str, Rules]]:
    return {
        style: (name, component)
        for name, component in rules(standard)["thanh_phan"].items()
        for style in component["kieu"]
    }


def component_of(made: Document, style: str) -> tuple[str, Rules] | None:
    return _component_of(opened_form(made.form).bundle.standard).get(style)


# ---------------------------------------------------------------- paper, margins, fonts
def paper_faults(made: Document) -> Iterator[str]:
    said = rules_of(made)["trang"]
    for number, section in enumerate(made.sections, start=1):
        size = sorted((section.width_mm, section.height_mm))
        if any(abs(a - b) > NEAR_MM for a, b in zip(size, said["kho_mm"], strict=True)):
            yield f"section {number}: paper {size}"
        for side in ("tren", "duoi", "trai", "phai"):
            found = getattr(section, f"{_SIDES[side]}_mm")
            least, most = said[f"{side}_mm"]
            if not least - 0.1 <= found <= most + 0.1:
                yield f"section {number}: margin {side} {found} mm"
    for page in made.pages:
        size = sorted((page.width_mm, page.height_mm))
        if any(abs(a - b) > NEAR_MM for a, b in zip(size, said["kho_mm"], strict=True)):
            yield f"page {page.number}: {size}"


_SIDES = {"tren": "top", "duoi": "bottom", "trai": "left", "phai": "right"}


def area_faults(made: Document) -> Iterator[str]:
    """Yield what is printed outside the margins: clipped, or pushed over them."""
    section = made.sections[-1]
    outside = {word for look in made.looks if look.style in OUTSIDE for word in look.text.split()}
    for page in made.pages:
        left, right = section.left_mm, page.width_mm - section.right_mm
        top, bottom = section.top_mm, page.height_mm - section.bottom_mm
        for line in page.lines:
            if is_page_number(line, page) or outside >= set(line.text.split()):
                continue
            if line.x0_mm < left - NEAR_MM or line.x1_mm > right + NEAR_MM:
                yield f"page {page.number}: {line.x0_mm}-{line.x1_mm} mm: {line.text}"
            if not top < line.baseline_mm < bottom + NEAR_MM:
                if line.text in outside_text(made):
                    continue
                yield f"page {page.number}: at {line.baseline_mm} mm: {line.text}"


def outside_text(made: Document) -> str:
    """Return the words of the foot of the first page, which stand below the margin."""
    with zipfile.ZipFile(io.BytesIO(made.content)) as package:
        feet = [name for name in package.namelist() if re.match(r"word/footer\d*\.xml", name)]
    return " ".join(look.text for foot in feet for look in paragraph_looks(made.content, foot))


def font_faults(made: Document) -> Iterator[str]:
    for page in made.pages:
        for line in page.lines:
            if line.font not in FONTS:
                yield f"page {page.number}: {line.font}: {line.text}"
    for look in made.looks:
        component = component_of(made, look.style)
        colours = {"000000", "auto", component[1].get("mau", "000000") if component else "000000"}
        for run in look.runs:
            if run.font != "Times New Roman" or run.colour not in colours:
                yield f"{look.style}: {run.font} {run.colour}: {run.text}"


# ---------------------------------------------------------------- page numbers
def is_page_number(line: Line, page: Page) -> bool:
    return line.text.isdigit() and line.baseline_mm < 20 and page.number > 1


def page_number_faults(made: Document) -> Iterator[str]:
    """Yield numbers missing, wrong, on a first page, or not in the middle of the top margin."""
    least, most = rules_of(made)["trang"]["so_trang_co"]
    if not all(section.first_page_differs for section in made.sections):
        yield "the first page has the header of the others"
    first_pages = expected = 0
    for page in made.pages:
        numbers = [line for line in page.lines if is_page_number(line, page)]
        if not numbers:
            first_pages, expected = first_pages + 1, 1
            if first_pages > len(made.sections):
                yield f"page {page.number}: no number"
            continue
        expected += 1
        (line,) = numbers
        if line.text != str(expected):
            yield f"page {page.number}: number {line.text}, not {expected}"
        if not least <= line.size_pt <= most or line.bold or line.italic:
            yield f"page {page.number}: number in {line.size_pt} pt"
        middle = (made.sections[-1].left_mm + page.width_mm - made.sections[-1].right_mm) / 2
        if abs(line.center_mm - middle) > NEAR_MM:
            yield f"page {page.number}: number at {line.center_mm} mm, middle is {middle}"
    if first_pages == 0:
        yield "a number on the first page"


# ---------------------------------------------------------------- components
_ALIGN = {"giua": {"center"}, "deu": {"both"}, "trai": {"left", "start"}}


def look_faults(made: Document) -> Iterator[str]:
    """Yield paragraphs of the file whose size, weight, slant or place the standard forbids."""
    for look in made.looks:
        found = component_of(made, look.style)
        if found is None:
            yield f"style “{look.style}” is of no component: {look.text}"
            continue
        name, said = found
        if "can" in said and look.align not in _ALIGN[said["can"]]:
            yield f"{name}: aligned {look.align}: {look.text}"
        if said.get("in_hoa") and look.text != look.text.upper():
            yield f"{name}: not in capitals: {look.text}"
        for run in look.runs:
            yield from _letter_faults(name, said, run)


def _letter_faults(name: str, said: Rules, letters: Any) -> Iterator[str]:
    least, most = said["co"]
    if not least <= letters.size_pt <= most:
        yield f"{name}: {letters.size_pt} pt: {letters.text}"
    running = name in {"noi_dung", "can_cu", "dieu", "trich_yeu_cong_van", "khoan_co_tieu_de"}
    if running:  # words inside a sentence may be marked
        return
    for look, key in (("bold", "dam"), ("italic", "nghieng")):
        if key in said and getattr(letters, look) is not said[key]:
            yield f"{name}: {look} is {getattr(letters, look)}: {letters.text}"


def placed(made: Document) -> list[Placed]:
    """Return each paragraph with the lines that print it; none where no lines do."""
    lines = [
        (line, _letters(line.text))
        for page in made.pages
        for line in page.lines
        if not is_page_number(line, page)
    ]
    starting: dict[str, list[int]] = {}
    for index, (_, letters) in enumerate(lines):
        starting.setdefault(letters, []).append(index)
    used: set[int] = set()
    found: list[Placed] = []
    for look in made.looks:
        indices = _matching(_letters(look.text), lines, starting, used)
        used |= set(indices)
        found.append((look, tuple(lines[index][0] for index in indices)))
    return found


def _letters(text: str) -> str:
    return "".join(text.split())


def _matching(
    letters: str, lines: list[tuple[Line, str]], starting: dict[str, list[int]], used: set[int]
) -> list[int]:
    """Return the lines of a paragraph: the first place where some begin it and others go on."""
    starts = (starting.get(letters[:end], ()) for end in range(1, min(len(letters), 160) + 1))
    for start in sorted(index for indices in starts for index in indices if index not in used):
        left = letters.removeprefix(lines[start][1])
        taken = _continued(left, lines, used, [start])
        if taken:
            return taken
    return []


def _continued(
    left: str, lines: list[tuple[Line, str]], used: set[int], taken: list[int]
) -> list[int]:
    """Return the lines of a paragraph from its first one on; none when it breaks off."""
    while left:
        last = taken[-1]
        after = next(
            (
                index
                for index in range(last + 1, min(last + 80, len(lines)))
                if index not in used
                and left.startswith(lines[index][1])
                and _follows(lines[last][0], lines[index][0])
            ),
            None,
        )
        if after is None:
            return []
        left = left.removeprefix(lines[after][1])
        taken.append(after)
    return taken


def _follows(line: Line, other: Line) -> bool:
    below = other.page == line.page and 0 < other.baseline_mm - line.baseline_mm < 14
    over = other.page == line.page + 1 and other.baseline_mm < 60
    return below or over


def print_faults(made: Document, found: list[Placed]) -> Iterator[str]:
    """Yield components not printed whole, or in letters the standard forbids."""
    for look, lines in found:
        component = component_of(made, look.style)
        if component is None or "\t" in look.text:
            continue
        name, said = component
        if not lines and not look.in_table and name not in {"noi_dung", "khoan_hai_so"}:
            yield f"{name}: not found on the page: {look.text[:80]}"
        for line in lines:
            if not line.mixed:
                yield from _letter_faults(name, said, line)


def word_faults(made: Document) -> Iterator[str]:
    """Yield words of the file that no page shows whole: broken, clipped or covered."""
    wanted = Counter(word for look in made.looks for word in _words(look.text))
    shown = Counter(
        word for page in made.pages for line in page.lines for word in _words(line.text)
    )
    for word, times in (wanted - shown).items():
        yield f"“{word}” {times} times less than in the file"


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s/–-]+", text) if word.strip(".,")]


# ---------------------------------------------------------------- rules under names
def rule_faults(made: Document, found: list[Placed]) -> Iterator[str]:
    by_style = _by_style(found)
    yield from _rule(made, by_style, ("TieuNgu", "DangTieuDe"), 0.98, 1.03)
    yield from _rule(made, by_style, ("CoQuanBanHanh",), 1 / 3, 1 / 2)
    below = next((style for style in ("KemTheo", "TrichYeu", "TenLoai") if style in by_style), None)
    if below:
        yield from _rule(made, by_style, (below,), 1 / 3, 1 / 2)
    for line in by_style.get("VanBanVeViec", ()):
        if _rule_under(made, line):
            yield f"a rule under V/v: {line.text}"


def _by_style(found: list[Placed]) -> dict[str, list[Line]]:
    """Return the last line of each paragraph, by style."""
    lasts: dict[str, list[Line]] = {}
    for look, lines in found:
        if lines:
            lasts.setdefault(look.style, []).append(lines[-1])
    return lasts


def _rule(
    made: Document,
    by_style: dict[str, list[Line]],
    styles: tuple[str, ...],
    least: float,
    most: float,
) -> Iterator[str]:
    for line in [line for style in styles for line in by_style.get(style, ())]:
        rule = _rule_under(made, line)
        if rule is None:
            yield f"no rule under: {line.text}"
            continue
        share = rule.length_mm / line.width_mm
        if not least - 0.02 <= share <= most + 0.02:
            yield f"the rule is {share:.2f} of: {line.text}"
        if abs(rule.center_mm - line.center_mm) > 1:
            yield f"the rule is {rule.center_mm - line.center_mm:.1f} mm beside: {line.text}"


def _rule_under(made: Document, line: Line) -> Rule | None:
    for rule in made.pages[line.page - 1].rules:
        near = 0 < rule.y_mm - line.baseline_mm < 4 and rule.length_mm < 130
        if near and abs(rule.center_mm - line.center_mm) < 12:
            return rule
    return None


# ---------------------------------------------------------------- places
def head_faults(made: Document, found: list[Placed]) -> Iterator[str]:
    """Yield what stands in the wrong place of the two-column head (NĐ 30, Phụ lục I, mục IV)."""
    firsts: dict[str, Line] = {}
    for look, lines in found:
        if lines:
            firsts.setdefault(look.style, lines[0])
    nation = firsts.get("QuocHieu") or firsts.get("DangTieuDe")
    motto, number = firsts.get("TieuNgu"), firsts.get("SoKyHieu") or firsts.get("DangSoKyHieu")
    place = firsts.get("DiaDanhNgay") or firsts.get("DiaDanhNgayDai")
    issuer = firsts.get("CoQuanChuQuan") or firsts.get("CoQuanBanHanh") or firsts.get("DangCoQuan")
    middle = made.pages[0].width_mm / 2
    if nation and nation.center_mm < middle:
        yield "quốc hiệu is not on the right"
    if nation and motto and abs(nation.center_mm - motto.center_mm) > NEAR_MM:
        yield "tiêu ngữ is not centred under quốc hiệu"
    if nation and issuer and nation.page == issuer.page:
        if abs(nation.baseline_mm - issuer.baseline_mm) > NEAR_MM:
            yield f"the issuer is {issuer.baseline_mm - nation.baseline_mm:.1f} mm off quốc hiệu"
        if issuer.center_mm > middle:
            yield "the issuer is not on the left"
    if number and place and abs(number.baseline_mm - place.baseline_mm) > NEAR_MM:
        yield "số and địa danh are not on one line"
    if nation and place and abs(nation.center_mm - place.center_mm) > 3:
        yield f"địa danh is {place.center_mm - nation.center_mm:.1f} mm beside quốc hiệu"


def middle_faults(made: Document, found: list[Placed]) -> Iterator[str]:
    """Yield titles that are not in the middle of the text."""
    titles = (
        "TenLoai",
        "TrichYeu",
        "PhuLucTu",
        "PhuLucTieuDe",
        "KemTheo",
        "DangTenLoai",
        "ChuongSo",
    )
    section = made.sections[-1]
    for look, lines in found:
        for line in lines if look.style in titles else ():
            width = made.pages[line.page - 1].width_mm
            middle = (section.left_mm + width - section.right_mm) / 2
            if abs(line.center_mm - middle) > NEAR_MM:
                yield f"{look.style} at {line.center_mm:.1f} mm, not {middle:.1f}: {line.text}"


def break_faults(made: Document, found: list[Placed]) -> Iterator[str]:
    """Yield headings of several lines whose last is a word or two, or whose breaks part a date."""
    headings = {
        "CoQuanChuQuan", "CoQuanBanHanh", "VanBanVeViec", "TrichYeu", "KemTheo", "PhuLucTieuDe",
        "DangCapTren", "DangCoQuan", "DangVeViec", "DangTrichYeu",
    }  # fmt: skip
    for look, lines in found:
        if look.style not in headings or len(lines) < 2 or "\n" in look.text:
            continue
        if lines[-1].width_mm < 0.45 * max(line.width_mm for line in lines):
            yield f"{look.style}: last line “{lines[-1].text}”"


def body_faults(made: Document, found: list[Placed]) -> Iterator[str]:
    """Yield text without its indent, its justified right edge or its distances."""
    running = {"noi_dung", "can_cu", "dieu"}
    for look, lines in found:
        component = component_of(made, look.style)
        if component and component[0] in running and not look.in_table:
            yield from _paragraph_faults(rules_of(made)["chu"], look)
            yield from _edge_faults(made, look, lines)


def _paragraph_faults(said: Rules, look: Look) -> Iterator[str]:
    if max(look.before_pt, look.after_pt) < said["cach_doan_pt"]:
        yield f"{max(look.before_pt, look.after_pt)} pt between paragraphs: {look.text[:60]}"
    if not any(abs(look.first_line_mm - width) < 0.1 for width in said["thut_mm"]):
        yield f"first line indented {look.first_line_mm} mm: {look.text[:60]}"
    key = "cach_dong" if look.line_rule == "auto" else "cach_dong_pt"
    least, most = said.get(key, (0, 0))
    if not least <= look.line <= most:
        yield f"lines {look.line} apart ({look.line_rule}): {look.text[:60]}"


def _edge_faults(made: Document, look: Look, lines: tuple[Line, ...]) -> Iterator[str]:
    section, least = made.sections[-1], min(rules_of(made)["chu"]["thut_mm"])
    for line, _ in pairwise(lines if "\n" not in look.text else ()):
        right = made.pages[line.page - 1].width_mm - section.right_mm
        if abs(line.x1_mm - right) > 1:
            yield f"page {line.page}: ends at {line.x1_mm} mm: {line.text}"
    if lines and lines[0].x0_mm < section.left_mm + least - NEAR_MM:
        yield f"page {lines[0].page}: starts at {lines[0].x0_mm} mm: {lines[0].text}"


# ---------------------------------------------------------------- ends of pages
def closing_faults(made: Document, found: list[Placed]) -> Iterator[str]:
    """Yield recipients and signatures that are split, stand alone, or are out of line."""
    closing = [lines for look, lines in found if look.style in CLOSING and lines]
    if not closing:
        return
    pages = {line.page for lines in closing for line in lines}
    if len(pages) > 1:
        yield f"recipients and signature on pages {sorted(pages)}"
    first = min((line for lines in closing for line in lines), key=lambda line: line.baseline_mm)
    page = made.pages[min(pages) - 1]
    above = [
        line
        for line in page.lines
        if line.baseline_mm < first.baseline_mm - 1 and not is_page_number(line, page)
    ]
    if not above:
        yield f"page {page.number}: recipients and signature stand alone"
    label = _first(found, ("NoiNhanNhan", "DangNoiNhan"))
    authority = _first(found, ("QuyenHan", "DangQuyenHan", "DangChucVu"))
    if label and authority and authority.center_mm > page.width_mm / 2:
        off = label.baseline_mm - authority.baseline_mm
        if abs(off) > NEAR_MM:
            yield f"nơi nhận is {off:.1f} mm off the signature"
    if label and abs(label.x0_mm - made.sections[-1].left_mm) > NEAR_MM:
        yield f"nơi nhận starts at {label.x0_mm} mm"


def _first(found: list[Placed], styles: tuple[str, ...]) -> Line | None:
    return next((lines[0] for look, lines in found if look.style in styles and lines), None)


def orphan_faults(made: Document, found: list[Placed]) -> Iterator[str]:
    """Yield headings that end a page while what they head stands on the next."""
    for look, lines in found:
        heads = look.style in HEADINGS or look.keep_next
        number = look.in_table and look.text.isdigit()  # the same figure stands in other cells
        if not lines or not heads or number or lines[-1].page == len(made.pages):
            continue
        page = made.pages[lines[-1].page - 1]
        below = [line for line in page.lines if line.baseline_mm > lines[-1].baseline_mm + 0.5]
        if not [line for line in below if line.text not in outside_text(made)]:
            yield f"page {page.number} ends with {look.style}: {look.text[:60]}"


def keep_faults(made: Document) -> Iterator[str]:
    """Yield headings that the file does not keep with what they head."""
    for look in made.looks:
        if look.style in HEADINGS and not look.keep_next:
            yield f"{look.style}: {look.text[:60]}"


def cell_faults(made: Document) -> Iterator[str]:
    """Yield lines that run over the side of a cell."""
    for page in made.pages:
        for line in page.lines:
            for edge in page.edges:
                beside = edge.top_mm < line.baseline_mm - 1 < edge.bottom_mm
                if beside and line.x0_mm + 0.3 < edge.x_mm < line.x1_mm - 0.3:
                    yield f"page {page.number}: over the side at {edge.x_mm} mm: {line.text}"
