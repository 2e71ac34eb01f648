"""A whole document as Typst source: sections with their pages, headers, footers, footnotes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from lxml import etree

from generator.errors import DataError, Problem
from generator.formatting import Formatting, RunFormat, Section
from generator.formatting.properties import value
from generator.ooxml import CORE_PROPERTIES, qn
from generator.preview.archive import Archive
from generator.preview.fonts import MAIN, Typeface, resolve
from generator.preview.ink import inks_of
from generator.preview.limits import check_length, check_page
from generator.preview.looks import points, quoted, usual_rule
from generator.preview.survey import Undrawable
from generator.preview.writer import Story, Writer

_SAME_EDGE = 0.5  # points
_SURE = 0.9  # of a page: what is less high needs no second
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_CREATED = "{http://purl.org/dc/terms/}created"


@dataclass(frozen=True, slots=True)
class Source:
    """A document ready for the drawing program."""

    text: str
    files: dict[str, bytes]
    typefaces: tuple[Typeface, ...]
    sections: tuple[Section, ...]
    beyond: tuple[Undrawable, ...] = ()  # what in it cannot be drawn, found while it was written
    replaced: tuple[str, ...] = ()  # faces drawn in others, so that lines may break apart


def write_document(formatting: Formatting, archive: Archive | None = None) -> Source:
    """Return a document as Typst source with the pictures and faces it needs.

    Raises:
        TemplateError: a part of the package is no XML.
        DataError: a page larger than a metre, too many of them, or a sign that no face has.
    """
    package = formatting.package
    writer = Writer(formatting, inks_of(formatting.styles), formatting.sections[0])
    writer.notes = _notes(formatting)
    body = []
    for index, section in enumerate(formatting.sections):
        check_page(section, package.file)
        body.append(_section(writer, section, index))
    _refuse_missing(writer)
    text = "\n".join(
        [
            _document_rules(formatting, archive),
            _prelude(),
            *writer.definitions.values(),
            *body,
            "#[#metadata(0)<end-of-document>]",
        ]
    )
    typefaces = {face.family: face for face in (resolve(MAIN),)} | writer.typefaces
    return Source(
        text,
        writer.files,
        tuple(typefaces.values()),
        formatting.sections,
        tuple(dict.fromkeys(writer.beyond)),
        tuple(sorted(writer.replaced)),
    )


def _refuse_missing(writer: Writer) -> None:
    """Raise one error that names every sign no face can draw, and where it stands first."""
    first = {sign: (face, place) for sign, face, place in reversed(writer.missing)}
    if first:
        raise DataError(
            Problem(
                file=writer.formatting.package.file,
                at=place,
                message=f"phông {face} và các phông thay thế không có ký tự "
                f"“{sign}” (U+{ord(sign):04X})",
                hint="thay ký tự ấy trong tài liệu, hoặc cài phông có nó",
            )
            for sign, (face, place) in reversed(first.items())
        )


@cache
def _prelude() -> str:
    return files("generator.preview").joinpath("prelude.typ").read_text(encoding="utf-8")


def _document_rules(formatting: Formatting, archive: Archive | None) -> str:
    rules = [
        '#set text(lang: "vi", hyphenate: false, kerning: false, ligatures: false, '
        "fallback: false)",
        f"#{usual_rule()}",
        f"#let R(it) = {{ {usual_rule()}; it }}",
    ]
    about = archive or Archive(title=_core(formatting, _TITLE))
    metadata = []
    if about.title:
        metadata.append(f"title: {quoted(about.title)}")
    if about.issuer:
        metadata.append(f"author: {quoted(about.issuer)}")
    if about.number:
        metadata.append(f"keywords: ({quoted(about.number)},)")
        metadata.append(f"description: {quoted(f'Số, ký hiệu: {about.number}')}")
    issued = _issued(formatting, about)
    when = issued and f"datetime(year: {issued.year}, month: {issued.month}, day: {issued.day})"
    metadata.append(f"date: {when or 'none'}")
    return "\n".join([*rules, f"#set document({', '.join(metadata)})"])


def _core(formatting: Formatting, name: str) -> str:
    """Return what the document's own properties say, "" where they are silent."""
    for relation in formatting.relations(""):
        if relation.kind == CORE_PROPERTIES and relation.target in formatting.package.parts:
            return formatting.root(relation.target).findtext(name) or ""
    return ""


def _issued(formatting: Formatting, about: Archive) -> date | None:
    """Return the day for the metadata: the document's date, else when its file was made."""
    if about.issued:
        return about.issued
    with suppress(ValueError):
        return date.fromisoformat(_core(formatting, _CREATED)[:10])
    return None


def _notes(formatting: Formatting) -> dict[str, etree._Element]:
    found: dict[str, etree._Element] = {}
    for part in filter(None, [formatting.footnotes]):
        for node in formatting.root(part).iterfind(qn("w:footnote")):
            if value(node, "type", "normal") == "normal":
                found[value(node, "id")] = node
    return found


def _note_rule(writer: Writer) -> str:
    """Return the line above footnotes: two inches, in the middle of a line of its own height."""
    if not writer.notes:
        return ""
    paragraph = next(iter(next(iter(writer.notes.values())).iter(qn("w:p"))), None)
    run = RunFormat() if paragraph is None else writer.formatting.mark(paragraph)
    ink = writer.inks.of(run)
    return (
        f"#set footnote.entry(clearance: 0pt, separator: block(height: "
        f"{points(ink.ascent + ink.descent)}, width: 100%, align(left + horizon, "
        "line(length: 144pt, stroke: 0.5pt))))"
    )


def _section(writer: Writer, section: Section, index: int) -> str:
    writer.section = section
    width = section.text_width / 20
    if section.columns > 1:
        width = (width - section.column_space / 20 * (section.columns - 1)) / section.columns
    headers = {kind: _part(writer, part, section) for kind, part in section.headers.items()}
    footers = {kind: _part(writer, part, section) for kind, part in section.footers.items()}
    top, bottom, spacers = _edges(writer, section, headers, footers)
    left, right = (section.left + section.gutter) / 20, section.right / 20
    story = writer.part_story(section.blocks, width, writer.formatting.main, paged=True)
    room = max(section.height / 20 - top - bottom, 1.0)
    writer.pages += story.height / room / section.columns
    check_length(writer.lines, writer.pages, writer.formatting.package.file)
    size = f"width: {points(section.width / 20)}, height: {points(section.height / 20)}"
    margin = (
        f"margin: (top: {points(top)}, bottom: {points(bottom)}, "
        f"left: {points(left)}, right: {points(right)})"
    )
    single = len(writer.formatting.sections) == 1 and _fits(story, room)
    head = _running(headers, section, index, "top", section.header / 20, top, writer, single)
    foot = _running(footers, section, index, "bottom", section.footer / 20, bottom, writer, single)
    if section.page_start is not None and head != "none":
        # A header comes before the text that sets the counter.
        head = (
            f"{{context if here().page() == locate(<section-{index}>).page() "
            f"{{ counter(page).update({section.page_start}) }}; {head}}}"
        )
    rules = [
        f"#set page({size}, {margin}, columns: {section.columns}, header-ascent: 0pt, "
        f"footer-descent: 0pt, header: {head}, footer: {foot})"
    ]
    if index and section.break_kind != "continuous":
        to = {"evenPage": ', to: "even"', "oddPage": ', to: "odd"'}.get(section.break_kind, "")
        rules.append(f"#pagebreak(weak: true{to})")
    if section.page_start is not None:
        rules.append(f"#counter(page).update({section.page_start})")
    rules.append(f"#[#metadata(0)<section-{index}>]")
    return "\n".join([*rules, f"#{{\n{spacers}{story.source}\n}}"])


def _fits(story: Story, room: float) -> bool:
    """Return whether blocks surely stand on one page, so that Typst need not ask which it is."""
    certain = not any(word in story.source for word in ("pagebreak(", "footnote(", "rowspan"))
    return certain and story.height < _SURE * room


def _part(writer: Writer, part: str, section: Section) -> Story:
    root = writer.formatting.root(part)
    return writer.part_story(root, section.text_width / 20, part)


def _kinds(formatting: Formatting, section: Section) -> list[str]:
    kinds = ["default"]
    if section.title_page:
        kinds.append("first")
    if formatting.even_and_odd:
        kinds.append("even")
    return kinds


def _edges(
    writer: Writer, section: Section, headers: Mapping[str, Story], footers: Mapping[str, Story]
) -> tuple[float, float, str]:
    """Return the text's margins at top and bottom, and what makes them wider on the first page."""
    found, spacers = [], ""
    for side, margin, distance, stories in (
        ("top", section.top, section.header, headers),
        ("bottom", section.bottom, section.footer, footers),
    ):
        edges = {
            kind: _edge(margin, distance, [stories[kind]] if kind in stories else [])
            for kind in _kinds(writer.formatting, section)
        }
        first = edges.pop("first", edges["default"])
        usual = max(edges.values())
        if usual - min(*edges.values(), first, usual) > _SAME_EDGE:
            what = "đầu trang hoặc chân trang cao thấp khác nhau giữa các trang"
            writer.beyond.append(Undrawable("khổ giấy của phần văn bản", what))
        if first - usual > _SAME_EDGE:
            room = f"block(height: {points(first - usual)})"
            spacers += f"place({side}, float: true, clearance: 0pt, {room})\n"
        found.append(usual)
    return found[0], found[1], spacers


def _edge(margin: int, distance: int, stories: list[Story]) -> float:
    """Return where the text begins: a header higher than its margin pushes it (17.6.11)."""
    tallest = max((story.height for story in stories), default=0.0)
    if margin < 0 or not tallest:
        return abs(margin) / 20
    return max(margin / 20, distance / 20 + tallest)


def _running(
    stories: dict[str, Story],
    section: Section,
    index: int,
    side: str,
    distance: float,
    margin: float,
    writer: Writer,
    single: bool,
) -> str:
    """Return what stands at the top or bottom of each page of a section."""

    def placed(kind: str) -> str:
        story = stories.get(kind)
        if story is None or not story.source:
            return "none"
        if distance + story.height > margin:  # reaches into the text's room, kept free for it
            away = points(distance if side == "top" else -distance)
            height = points(story.height)
            body = f"block(width: 100%, height: {height}, {{{story.source}}})"
            return f"place({side} + left, dy: {away}, {body})"
        return (
            f"block(width: 100%, height: 100%, inset: ({side}: {points(distance)}), "
            f"align({side}, {{{story.source}}}))"
        )

    usual = placed("default")
    if writer.formatting.even_and_odd:
        usual = (
            f"(if calc.even(counter(page).get().first()) {{ {placed('even')} }} else {{ {usual} }})"
        )
    if not section.title_page:
        return usual if usual.startswith(("block", "place", "none")) else f"context {usual}"
    first = placed("first")
    if single or first == usual:
        return first
    return (
        f"context {{ if here().page() == locate(<section-{index}>).page() {{ {first} }} "
        f"else {{ {usual} }} }}"
    )
