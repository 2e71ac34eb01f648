"""How components look: size, weight, slant, capitals, alignment; fonts and colours everywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from generator.conformity.components import Component, Unit
from generator.conformity.document import Line, Paragraph
from generator.conformity.findings import Finding, Place, Severity
from generator.conformity.levels import Level
from generator.conformity.profile import Rule
from generator.conformity.rules.case import Case, Findings, at, number, span
from generator.conformity.rules.text import LEGACY_FONT

_TOLERANCE_PT = 0.01
# What may stand right below a clause with a title.
BELOW_CLAUSE = frozenset((Level.TEXT, Level.POINT, Level.DASH, Level.PLUS, Level.SUBCLAUSE))
# Levels the standard does not name look like the text they stand in.
LEVEL_ROW = {
    Level.PART: "phan_chuong",
    Level.CHAPTER: "phan_chuong",
    Level.SUBSECTION: "muc",
    Level.DASH: "noi_dung",
    Level.PLUS: "noi_dung",
    Level.STAR: "noi_dung",
    Level.SUBCLAUSE: "noi_dung",
    Level.LETTER_HEADING: "noi_dung",
}
_SAME_LOOK = {"kinh_gui_muc": "kinh_gui", "chuc_vu_khac": "quyen_han"}
_ALIGNED = {
    "giua": ("center",),
    "trai": ("left", "both", "start"),
    "phai": ("right", "end"),
    "deu": ("both", "distribute"),
}
_ALIGN_WORDS = {
    "giua": "căn giữa",
    "trai": "căn trái",
    "phai": "căn phải",
    "deu": "căn đều hai lề",
    "center": "căn giữa",
    "left": "căn trái",
    "right": "căn phải",
    "both": "căn đều hai lề",
    "distribute": "căn đều hai lề",
}
_WITH_STRESS = frozenset(("khoan", "khoan_tieu_de", "muc_la_ma", "diem", "kinh_gui", "can_cu"))
_ONE_LINE = 95  # a shorter text fits on one line, where justified and left are the same


def check(case: Case) -> Findings:
    """Yield what is wrong with the look of each component, the same fault once for all places."""
    gathered: dict[tuple[str, str, str], list[tuple[Place, str]]] = defaultdict(list)
    rows: dict[tuple[str, str, str], tuple[Rule, object]] = {}
    for key, row, lines in _components(case):
        for aspect, found, wanted, line in _faults(row, lines):
            mark = (key, aspect, found)
            gathered[mark].append((at(line), found))
            rows[mark] = row, wanted
    for (key, aspect, found), hits in gathered.items():
        row, wanted = rows[key, aspect, found]
        yield _finding(case, key, aspect, row, wanted, found, [place for place, _ in hits])
    yield from _fonts(case)
    yield from _colours(case)


def _components(case: Case) -> Iterator[tuple[str, Rule, list[Line]]]:
    known = case.profile.components
    for unit in case.found.units:
        for key, components in unit.parts.items():
            for component in components:
                yield from _rows_of(case, key, component)
        yield from _body(case, unit)
    for story in case.document.stories.values():
        if story.page_field is not None and "so_trang" in known:
            yield "so_trang", known["so_trang"], story.page_field.lines


def _rows_of(case: Case, key: str, component: Component) -> Iterator[tuple[str, Rule, list[Line]]]:
    known = case.profile.components
    if key == "quyen_han" and "chuc_vu" in known and len(component.lines) > 1:
        yield "quyen_han", known["quyen_han"], component.lines[:1]
        yield "chuc_vu", known["chuc_vu"], component.lines[1:]
        return
    row = known.get(_SAME_LOOK.get(key, key))
    if row is not None:
        yield key, row, component.lines


def _body(case: Case, unit: Unit) -> Iterator[tuple[str, Rule, list[Line]]]:
    known = case.profile.components
    for position, item in enumerate(unit.body):
        key = LEVEL_ROW.get(item.level, item.level.value)
        following = unit.body[position + 1 : position + 2]
        if item.level is Level.CLAUSE and item.heading:
            # A clause with a title has something below it; else it is an item of a list.
            below = bool(following) and following[0].level in BELOW_CLAUSE
            if below or all(line.share("bold") > 0.95 for line in item.paragraph.lines):
                key = "khoan_tieu_de"
        if key == "noi_dung" and _is_note(item.paragraph):
            continue
        row = known.get(key)
        if row is not None:
            yield key, row, item.paragraph.lines


def _is_note(paragraph: Paragraph) -> bool:
    """Tell a note of its own in parentheses, set apart in the middle of the page."""
    text = paragraph.text.strip()
    return text[:1] + text[-1:] == "()" and paragraph.form.align == "center"


def _faults(row: Rule, lines: list[Line]) -> Iterator[tuple[str, str, object, Line]]:
    """Yield aspect, what was found, what is wanted, and the line."""
    for line in lines:
        yield from _size_faults(row, line)
        yield from _style_faults(row, line)
    yield from _case_faults(row, lines)
    yield from _align_faults(row, lines)


def _size_faults(row: Rule, line: Line) -> Iterator[tuple[str, str, object, Line]]:
    if "co_chu" not in row.values:
        return
    low, high = row["co_chu"]
    sizes = {
        piece.look.size_pt
        for piece in line.pieces
        if not piece.look.vert_align and any(map(str.isalnum, piece.text))
    }
    for size in sorted(sizes):
        if not low - _TOLERANCE_PT <= size <= high + _TOLERANCE_PT:
            nearest = low if size < low else high
            yield "co_chu", f"{number(size)} pt", nearest, line


def _style_faults(row: Rule, line: Line) -> Iterator[tuple[str, str, object, Line]]:
    for aspect, test, yes, no in (
        ("dam", "bold", "in đậm", "không đậm"),
        ("nghieng", "italic", "in nghiêng", "đứng"),
        ("gach_chan", "underline", "gạch chân", "không gạch chân"),
    ):
        wanted = row.get(aspect)
        if wanted is None:
            continue
        subject = label_of(line) if row.key == "dieu" and aspect == "dam" else line
        share = subject.share(test)
        if wanted and share < 0.95:
            yield aspect, no if share < 0.05 else f"{yes} một phần", True, line
        elif not wanted and share > _allowed(row, line):
            yield aspect, yes if share > 0.95 else f"{yes} một phần", False, line


def _allowed(row: Rule, line: Line) -> float:
    """Return the share of a line that may stand out: words are stressed inside running text."""
    return 0.95 if row.key in _WITH_STRESS else 0.05


def label_of(line: Line) -> Line:
    """Return the label of an article ("Điều 1."), which alone must be bold."""
    end = line.text.find(".") + 1 or len(line.text)
    pieces = [piece for piece in line.pieces if piece.start < line.start + end]
    return Line(line.paragraph, line.text[:end], line.start, 0, 1, tuple(pieces[:1] or pieces))


def _case_faults(row: Rule, lines: list[Line]) -> Iterator[tuple[str, str, object, Line]]:
    wanted = row.get("chu")
    if not lines or wanted not in ("hoa", "thuong"):
        return
    text = "".join(
        piece.text.upper() if piece.look.caps else piece.text
        for line in lines
        for piece in line.pieces
    )
    if wanted == "hoa" and any(map(str.islower, text)):
        yield "chu", "chữ thường", "hoa", lines[0]
    elif wanted == "thuong" and text.isupper() and sum(map(str.isalpha, text)) > 3:
        yield "chu", "chữ hoa", "thuong", lines[0]


def _align_faults(row: Rule, lines: list[Line]) -> Iterator[tuple[str, str, object, Line]]:
    wanted = row.get("can_le")
    seen: set[int] = set()
    for line in lines:
        paragraph = line.paragraph
        if not wanted or id(paragraph) in seen or line.columns > 1 or "\t" in paragraph.text:
            continue
        seen.add(id(paragraph))
        if paragraph.form.align in _ALIGNED[wanted]:
            continue
        if wanted == "deu" and len(paragraph.text) < _ONE_LINE:
            continue
        if wanted == "giua" and _centred_by_hand(paragraph):
            continue
        yield "can_le", _ALIGN_WORDS.get(paragraph.form.align, paragraph.form.align), wanted, line


def _centred_by_hand(paragraph: Paragraph) -> bool:
    """Tell whether an indent puts a line of the page where its column is centred."""
    return paragraph.box.kind == "page" and paragraph.form.left > 1500


_ASPECT_WORDS = {
    "co_chu": ("cỡ chữ", "chọn cỡ chữ {}"),
    "dam": ("chữ đậm", "{}"),
    "nghieng": ("chữ nghiêng", "{}"),
    "gach_chan": ("gạch chân", "{}"),
    "chu": ("chữ hoa, chữ thường", "gõ lại bằng {}"),
    "can_le": ("căn lề", "{}"),
}


def _expected(row: Rule, aspect: str) -> str:
    if aspect == "co_chu":
        return span(row["co_chu"], "pt")
    if aspect == "can_le":
        return _ALIGN_WORDS[row["can_le"]]
    words = {
        ("dam", True): "in đậm",
        ("dam", False): "không đậm",
        ("nghieng", True): "in nghiêng",
        ("nghieng", False): "kiểu chữ đứng",
        ("gach_chan", True): "có gạch chân",
        ("gach_chan", False): "không gạch chân",
        ("chu", "hoa"): "chữ in hoa",
        ("chu", "thuong"): "chữ in thường",
    }
    return words[aspect, row[aspect]]


def _finding(
    case: Case,
    key: str,
    aspect: str,
    row: Rule,
    wanted: object,
    found: str,
    where: list[Place],
) -> Finding:
    expected = _expected(row, aspect)
    unsure = bool(row.unsure & {"*", aspect})
    name = case.profile.title(_SAME_LOOK.get(key, key))
    note = "; điều khoản còn chờ đối chiếu" if unsure or "dieu_khoan" in row.unsure else ""
    return Finding(
        id=f"{key}.{aspect}",
        component=key,
        severity=Severity.WARNING if unsure else row.severity,
        clause=f"{case.profile.short}, {row.clause}{note}",
        message=f"{name}: sai {_ASPECT_WORDS[aspect][0]}",
        expected=expected,
        found=found,
        remedy=_remedy(aspect, expected),
        places=tuple(where),
        wanted=wanted,
    )


def _remedy(aspect: str, expected: str) -> str:
    return f"{_ASPECT_WORDS[aspect][1].format(expected)}".capitalize() + "."


def _fonts(case: Case) -> Findings:
    rule = case.profile.rules.get("chu.phong")
    if rule is None:
        return
    allowed = {name.lower() for name in rule["gia_tri"]}
    strange: dict[str, list[Place]] = defaultdict(list)
    for paragraph in case.words_paragraphs:
        for piece in paragraph.pieces:
            if piece.text.strip():
                name = piece.look.ascii if piece.text.isascii() else piece.look.h_ansi
                if LEGACY_FONT.match(name):
                    continue  # told of as a matter of encoding
                if name.lower() not in allowed and any(map(str.isalnum, piece.text)):
                    words = piece.text.strip()
                    start = piece.start + piece.text.index(words[0])
                    strange[name].append(at(paragraph, words, start))
    for name, where in strange.items():
        yield from case.profile.finding(
            "chu.phong",
            "Phông chữ không phải Times New Roman",
            *_once(where),
            expected=", ".join(rule["gia_tri"]),
            found=name,
            remedy=f"Chọn các chữ này rồi đổi phông sang {rule['gia_tri'][0]}.",
            wanted=rule["gia_tri"][0],
        )


def _colours(case: Case) -> Findings:
    rule = case.profile.rules.get("chu.mau")
    if rule is None:
        return
    strange: dict[str, list[Place]] = defaultdict(list)
    for paragraph in case.words_paragraphs:
        if case.found.roles_of(paragraph) & set(rule.get("tru", ())):
            continue
        for piece in paragraph.pieces:
            color = piece.look.color
            if color and color.upper() != rule["gia_tri"] and piece.text.strip():
                words = piece.text.strip()
                start = piece.start + piece.text.index(words[0])
                strange[color.upper()].append(at(paragraph, words, start))
    for color, where in strange.items():
        yield from case.profile.finding(
            "chu.mau",
            "Chữ không phải màu đen",
            *_once(where),
            expected="màu đen",
            found=f"mã màu #{color}",
            remedy="Chọn các chữ này rồi đổi màu sang đen.",
            wanted=rule["gia_tri"],
        )


def _once(where: Iterable[Place]) -> list[Place]:
    """Return the places, one for each paragraph: runs of one look may be cut anywhere."""
    kept: dict[int, Place] = {}
    for place in where:
        kept.setdefault(id(place.paragraph), place)
    return list(kept.values())
