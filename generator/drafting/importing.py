"""A blank form turned into a template: each blank becomes a tag that prints it as it was drawn."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from generator.drafting.blanks import BOX, DATE_LONG, DATE_SHORT, LEADER, Blank, find_blanks
from generator.drafting.naming import Names, name_of
from generator.drafting.proposed import DATE, NUMBER, Proposed
from generator.drafting.tables import Tables
from generator.errors import Problem, TemplateError
from generator.formatting import Formatting
from generator.ooxml import Package, PackageWriter, qn, read_package, to_bytes
from generator.template.tags import SPACE, TC, P, R, T, ancestor

_TAB, _SYMBOL, _BREAK = qn("w:tab"), qn("w:sym"), qn("w:br")
_BOXES = ("F06F", "F071", "F072", "F0A8")  # empty ones of Wingdings
_LEADERS = ("dot", "underscore", "hyphen", "middleDot", "heavy")
_STORIES = ("header", "footer", "footnotes", "endnotes")
_ANY_TAG = re.compile(r"\{[{%#]|[%#}]\}")


@dataclass(slots=True)
class Imported:
    """A template made of a blank form, and the fields its blanks became."""

    template: bytes = b""
    fields: dict[str, Proposed] = field(default_factory=dict)
    title: str = ""


def import_form(content: bytes, file: str) -> Imported:
    """Return the template of a blank form; its own words stay as they are.

    Raises:
        TemplateError: it is no .docx, has tags already, or has nothing to fill.
    """
    package = read_package(content, file)
    formatting = Formatting(package)
    imported = Imported()
    names = Names()
    changed: dict[str, bytes] = {}
    for part in _stories(package):
        root = formatting.root(part)
        _refuse_tags(root, file, part)
        before = len(imported.fields)
        if part == package.main_part():
            imported.title = _title(root, Path(file).stem)
        tables = Tables(root, names, imported.fields)
        tables.tag()
        for number, paragraph in enumerate(list(root.iter(P)), start=1):
            if paragraph not in tables.done:
                _tag_paragraph(paragraph, number, formatting, names, imported.fields)
        if len(imported.fields) > before:
            changed[part] = to_bytes(root)
    if not imported.fields:
        raise TemplateError(
            Problem(
                file=file,
                message="không thấy chỗ trống nào: dấu chấm, gạch dưới, tab có dấu dẫn, ô trống",
                hint="gõ thẻ {{ ten_truong }} vào chỗ cần điền rồi dùng vanban schema",
            )
        )
    fixed = (part for name, part in package.parts.items() if name not in changed)
    imported.template = PackageWriter(fixed).assemble(changed.items())
    return imported


def _stories(package: Package) -> list[str]:
    main = package.main_part()
    names = [main]
    for kind in _STORIES:
        names += package.related(main, kind)
    return list(dict.fromkeys(names))


def _refuse_tags(root: etree._Element, file: str, part: str) -> None:
    for number, paragraph in enumerate(root.iter(P), start=1):
        text = "".join(node.text or "" for node in paragraph.iter(T))
        if _ANY_TAG.search(text):
            raise TemplateError(
                Problem(
                    file=f"{file}: {part}",
                    at=f"đoạn {number} (“{text[:60]}”)",
                    message="tệp đã có thẻ, không phải biểu mẫu trống",
                    hint="dùng vanban schema cho mẫu đã có thẻ",
                )
            )


def _title(root: etree._Element, otherwise: str) -> str:
    """Return the form's title: its first lines in capitals that are no heading of every document.

    Titles of official documents are set in capitals, the office and the motto stand in a table.
    """
    for paragraph in root.iter(P):
        text = " ".join("".join(node.text or "" for node in paragraph.iter(T)).split())
        letters = [letter for letter in text if letter.isalpha()]
        in_table = ancestor(paragraph, qn("w:tc")) is not None
        if len(letters) > 3 and text == text.upper() and not in_table and not _MOTTO.search(text):
            plain = _BLANKS.sub(" ", text)
            return " ".join(plain.split()).capitalize()
    return otherwise


_MOTTO = re.compile("CỘNG H[OÒ]|ĐẢNG CỘNG SẢN|ĐỘC LẬP")
_BLANKS = re.compile(r"[.…_]{2,}")


# ---------------------------------------------------------------- one paragraph
@dataclass(frozen=True, slots=True)
class _Letters:
    """A stretch of a paragraph's text and the node it stands in."""

    node: etree._Element
    start: int
    text: str


def _tag_paragraph(
    paragraph: etree._Element,
    number: int,
    formatting: Formatting,
    names: Names,
    fields: dict[str, Proposed],
) -> None:
    letters = list(_letters(paragraph))
    text = "".join(each.text for each in letters)
    stops = formatting.paragraph(paragraph).tabs
    blanks = find_blanks(text, leaders=any(stop.leader in _LEADERS for stop in stops))
    changes: list[tuple[Blank, str]] = []
    for blank in blanks:
        lead = text[: blanks[0].start]
        if ":" not in lead:
            lead = f"{_words_beside(paragraph)} {lead}"
        name = name_of(blank, lead)
        key = names.unique(name.key, lead.split(":")[0])
        fields[key] = Proposed(key, name.kind, name.title, _note(blank, number), nullable=True)
        changes.append((blank, tag_for(key, name.kind, blank)))
    if changes:
        _rewrite(letters, changes)


def _note(blank: Blank, number: int) -> str:
    before, after = " ".join(blank.before.split())[-50:], " ".join(blank.after.split())[:30]
    return f"đoạn {number}, “{before} …… {after}”".replace(" ”", "”")


def tag_for(key: str, kind: str, blank: Blank) -> str:
    """Return the tag of a field, which prints the blank as drawn where it has no value."""
    drawn = "" if blank.kind == LEADER else blank.drawn.replace('"', "'").replace("\n", "")
    if blank.kind == DATE_LONG:
        capital = "|hoa_dau" if drawn.startswith("N") else ""
        return f'{{{{ {key}|ngay_dai{capital} if {key} else "{drawn}" }}}}'
    if blank.kind == DATE_SHORT or kind == DATE:
        return f'{{{{ {key}|ngay if {key} else "{drawn}" }}}}'
    if blank.kind == BOX:
        return f'{{{{ "☒" if {key} else "{drawn}" }}}}'
    number = "|so" if kind == NUMBER else ""
    return f'{{{{ {key}{number}|cham("{drawn}") }}}}'


def _letters(paragraph: etree._Element) -> Iterator[_Letters]:
    """Yield the text of a paragraph, tabs included, that of text boxes inside it left out."""
    start = 0
    for node in paragraph.iter(T, _TAB, _SYMBOL, _BREAK):
        if ancestor(node, P) is not paragraph or node.getparent().tag != R:
            continue
        text = _text_of(node)
        yield _Letters(node, start, text)
        start += len(text)


def _text_of(node: etree._Element) -> str:
    if node.tag == _SYMBOL:
        wingdings = node.get(qn("w:font"), "").startswith("Wingdings")
        return "☐" if wingdings and node.get(qn("w:char"), "").upper() in _BOXES else ""
    return {_TAB: "\t", _BREAK: "\n"}.get(node.tag) or node.text or ""


def _words_beside(paragraph: etree._Element) -> str:
    """Return the words of the nearest cell on the left that has any, as the label they are."""
    cell = ancestor(paragraph, TC)
    for left in cell.itersiblings(TC, preceding=True) if cell is not None else ():
        words = " ".join("".join(node.text or "" for node in left.iter(T)).split())
        if any(letter.isalpha() for letter in words):
            return f"{words.rstrip(':')}:"
    return ""


def _rewrite(letters: list[_Letters], changes: list[tuple[Blank, str]]) -> None:
    """Put each tag where its blank starts; every other letter stays in its run."""
    starts = [blank.start for blank, _ in changes]  # in order, and no blank reaches another
    ends = [blank.end for blank, _ in changes]
    for each in letters:
        first = bisect_right(ends, each.start)
        inside = changes[first : bisect_left(starts, each.start + len(each.text))]
        if not inside:
            continue
        if each.node.tag != T:
            blank, tag = inside[0]
            _replace(each.node, tag if blank.start >= each.start else "")
            continue
        pieces, position = [], 0
        for blank, tag in inside:
            pieces.append(each.text[position : max(blank.start - each.start, 0)])
            pieces.append(tag if blank.start >= each.start else "")
            position = min(blank.end - each.start, len(each.text))
        each.node.text = "".join((*pieces, each.text[position:]))
        each.node.set(SPACE, "preserve")


def _replace(node: etree._Element, tag: str) -> None:
    """Put a tag before a tab that draws dots, which fill the rest of the line, or for a symbol."""
    if tag:
        text = etree.Element(T, {SPACE: "preserve"})
        text.text = tag
        node.addprevious(text)
    if node.tag == _SYMBOL:
        node.getparent().remove(node)
