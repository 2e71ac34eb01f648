"""What stands between a document's head and its content: title, summary, addressees, grounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.conformity.components import COPY, LETTER, Unit, is_centred
from generator.conformity.document import Line, Paragraph
from generator.conformity.levels import read_level
from generator.conformity.patterns import (
    BULLET,
    ENACTS,
    GROUND,
    TO,
    TYPED_RULE,
    WIRES,
    WITH,
    plain,
)


@dataclass(slots=True)
class Front:
    """Reads the lines between head and content into the components of a unit.

    Each method takes the index of a line and returns that of the first line it leaves.
    """

    unit: Unit
    lines: list[Line]
    types: Mapping[str, str]  # names of document types as ``plain`` writes them -> name
    paragraphs: Sequence[Paragraph]

    def title(self, position: int) -> int:
        """Read the type name and the summary below it; a letter has none."""
        if "trich_yeu_cong_van" in self.unit.parts:
            self.unit.type_name = LETTER
        if self.unit.kind == COPY or position >= len(self.lines):
            return position
        line = self.lines[position]
        name = self.types.get(plain(line.text))
        looks = line.text.isupper() and len(line.text) < 120 and not read_level(line.text)[1]
        if name is None and not (looks and (is_centred(line) or line.share("bold") > 0.5)):
            return position
        if line.box.kind == "cell" and name is None:
            return position
        self.unit.add("ten_loai", [line])
        while name is None and self._title_goes_on(position):
            position += 1
            self.unit.extend("ten_loai", self.lines[position])
        line = self.lines[position]
        if name is not None and "trich_yeu_cong_van" not in self.unit.parts:
            self.unit.type_name = name
        if self._rule_follows(position):
            return position + 1
        return self._summary(position + 1)

    def _title_goes_on(self, position: int) -> bool:
        """Tell whether a title that is no known type runs over the next line."""
        if position + 1 >= len(self.lines) or self._rule_follows(position):
            return False
        below = self.lines[position + 1]
        return (
            below.text.isupper()
            and is_centred(below)
            and below.box.kind == "page"
            and not read_level(below.text)[1]
            and ENACTS.fullmatch(below.text) is None
        )

    def _summary(self, position: int) -> int:
        while position < len(self.lines) and not self._ends_summary(position):
            self.unit.extend("trich_yeu", self.lines[position])
            position += 1
            if self._rule_follows(position - 1):
                break
        if position < len(self.lines) and TYPED_RULE.fullmatch(self.lines[position].text):
            key = "gach" if set(self.lines[position].text) <= set("-–—") else "ke_ky_tu"
            self.unit.add(key, [self.lines[position]])
            position += 1
        return position

    def _ends_summary(self, position: int) -> bool:
        line = self.lines[position]
        text = line.text
        if any(test.match(text) for test in (TO, GROUND, WITH)) or line.box.kind == "cell":
            return True
        if ENACTS.fullmatch(text) or TYPED_RULE.fullmatch(text) or read_level(text)[1]:
            return True
        if text.isupper() and self._enacts_soon(position):
            return True
        if "trich_yeu" not in self.unit.parts:
            # The line under the title, unless it is plainly running text.
            runs_on = not is_centred(line) and line.share("bold") < 0.5
            return runs_on and (len(text) > 150 or text.endswith((".", ":", ";")))
        return not (is_centred(line) and line.share("bold") > 0.5)

    def _enacts_soon(self, position: int) -> bool:
        return any(ENACTS.fullmatch(line.text) for line in self.lines[position + 1 : position + 40])

    def appendix(self) -> int:
        """Read the word "Phụ lục" and the title below it."""
        self.unit.add("phu_luc", [self.lines[0]])
        position = 1
        while position < len(self.lines) and position < 6:
            line = self.lines[position]
            if WITH.match(line.text) or line.box.kind == "cell" or read_level(line.text)[1]:
                break
            if not (is_centred(line) or line.text.isupper()) or self._rule_follows(position - 1):
                break
            self.unit.extend("phu_luc_tieu_de", line)
            position += 1
        return position

    def rest(self, position: int) -> int:
        """Find the self.lines "Kèm theo", "Kính gửi", the issuing authority and its grounds."""
        while position < len(self.lines):
            line = self.lines[position]
            text = line.text
            if WITH.match(text):
                position = self._with(position)
            elif TO.match(text) and "kinh_gui" not in self.unit.parts:
                position = self._addressees(position)
            elif WIRES.fullmatch(text) and self.unit.type_name == "Công điện":
                position = self._addressees(position, "loi_dien")
            elif ENACTS.fullmatch(text) and "ten_loai" in self.unit.parts:
                self.unit.add("lenh", [line])
                return position + 1
            elif (
                text.isupper()
                and not self.unit.parts.get("can_cu")
                and "ten_loai" in self.unit.parts
                and line.box.kind == "page"
                and self._enacts_soon(position)
            ):
                self.unit.extend("tham_quyen", line)
                position += 1
            elif self._is_ground(position):
                self.unit.add("can_cu", _paragraph_lines(self.lines, position))
                position += len(_paragraph_lines(self.lines, position))
            elif TYPED_RULE.fullmatch(text):
                position += 1
            else:
                return position
        return position

    def _with(self, position: int) -> int:
        self.unit.add("kem_theo", [self.lines[position]])
        while not self.lines[position].text.endswith(")") and position + 1 < len(self.lines):
            position += 1
            self.unit.extend("kem_theo", self.lines[position])
            if len(self.unit.parts["kem_theo"][-1].lines) > 4:
                break
        return position + 1

    def _addressees(self, position: int, key: str = "kinh_gui") -> int:
        first = self.lines[position]
        self.unit.add(key, [first])
        table = first.box.outermost.table
        position += 1
        while position < len(self.lines):
            line, before = self.lines[position], self.lines[position - 1]
            inside = table and line.box.outermost.table == table
            listed = BULLET.match(line.text) or line.paragraph.label
            goes_on = before is not first and before.text.endswith(";") and len(line.text) < 120
            opens = before is first and first.text.endswith(":") and line.text.endswith(";")
            same = line.paragraph is before.paragraph
            if not (inside or listed or goes_on or opens or same):
                break
            self.unit.add(f"{key}_muc", [line])
            position += 1
        return position

    def _is_ground(self, position: int) -> bool:
        line = self.lines[position]
        if not GROUND.match(line.text) or line.box.kind != "page":
            return False
        words = line.paragraph.words
        if words.endswith(";") or "can_cu" in self.unit.parts:
            return not words.endswith(":")
        # A single "Căn cứ …" that runs on into a request is content.
        enacted = self._enacts_soon(position)
        return enacted or (line.share("italic") > 0.9 and not words.endswith(":"))

    def _rule_follows(self, position: int) -> bool:
        """Tell whether a line is drawn between this line and the next words."""
        lines = self.lines
        here = lines[position].paragraph.index
        until = lines[position + 1].paragraph.index if position + 1 < len(lines) else here + 3
        between = self.paragraphs[here:until]
        return any(paragraph.rules or "bottom" in paragraph.form.borders for paragraph in between)


def _paragraph_lines(lines: list[Line], position: int) -> list[Line]:
    paragraph = lines[position].paragraph
    end = position
    while end < len(lines) and lines[end].paragraph is paragraph:
        end += 1
    return lines[position:end]
