"""A whole document as Typst source: sections with their pages, headers, footers, footnotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from lxml import etree

from generator.errors import DataError, Problem
from generator.formatting import Formatting, RunFormat, Section
from generator.formatting.properties import child, value
from generator.ooxml import CORE_PROPERTIES, qn
from generator.preview.archive import Archive
from generator.preview.borders import page_border, undrawn_page_border
from generator.preview.columns import balanced
from generator.preview.fonts import MAIN, Typeface, resolve
from generator.preview.ink import inks_of
from generator.preview.limits import check_length, check_page
from generator.preview.looks import points, quoted, usual_rule
from generator.preview.survey import Undrawable, forget_places, is_mirrored
from generator.preview.writer import Story, Writer

_INLINE = tuple(map(qn, ("w:r", "w:hyperlink", "w:fldSimple", "w:ins", "w:sdt", "w:smartTag")))
_SAME_EDGE = 0.5  # points
_PAGE = "khổ giấy của phần văn bản"
_LEAST_COLUMN = 10.0  # points
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


def write_document(
    formatting: Formatting, archive: Archive | None = None, *, marked: bool = False
) -> Source:
    """Return a document as Typst source with the pictures and faces it needs.

    ``marked`` makes a link of each text between letters that tell its place in a record.

    Raises:
        TemplateError: a part of the package is no XML.
        DataError: a page larger than a metre, too many of them, or a sign that no face has.
    """
    package = formatting.package
    writer = Writer(formatting, inks_of(formatting.styles), formatting.sections[0], marked=marked)
    writer.notes = _notes(formatting)
    body = []
    for section in formatting.sections:
        check_page(section, package.file)
    for index, run in enumerate(_page_runs(formatting.sections)):
        body.append(_pages(writer, run, index))
    _refuse_missing(writer)
    forget_places()
    text = "\n".join(
        [
            _document_rules(),
            _prelude(),
            *writer.definitions.values(),
            *body,
            "#[#metadata(0)<end-of-document>]",
            # Last: what stands after a rule that differs is laid out anew in each document.
            _about(formatting, archive),
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


def _document_rules() -> str:
    return "\n".join(
        [
            '#set text(lang: "vi", hyphenate: false, kerning: false, ligatures: false, '
            "fallback: false)",
            f"#{usual_rule()}",
            f"#let R(it) = {{ {usual_rule()}; it }}",
        ]
    )


def _about(formatting: Formatting, archive: Archive | None) -> str:
    """Return the rule that sets what a PDF's metadata say of the document."""
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
    return f"#set document({', '.join(metadata)})"


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


def _page_runs(sections: Sequence[Section]) -> list[list[Section]]:
    """Return sections in runs that share pages: a continuous one begins where the last ended.

    On paper of another size it begins a new page whatever it says (Word).
    """
    runs: list[list[Section]] = []
    for section in sections:
        paper = (section.width, section.height)
        last = runs[-1][-1] if runs else None
        if last and section.break_kind == "continuous" and paper == (last.width, last.height):
            runs[-1].append(section)
        else:
            runs.append([section])
    return runs


def _frame(section: Section) -> tuple[object, ...]:
    """Return what all sections of one page must share."""
    running = [
        {kind: part for kind, part in parts.items() if kind != "first"}
        for parts in (section.headers, section.footers)
    ]
    edges = (section.top, section.bottom, section.left, section.right, section.gutter)
    return (*edges, section.header, section.footer, section.page_format, running, section.borders)


def _story(writer: Writer, run: Sequence[Section], room: float) -> Story:
    """Return the text of sections that share pages, one below the other."""
    first, sources, height = run[0], [], 0.0
    story: Story | None = None
    for section in run:
        writer.section = section
        if section is not first and (_frame(section) != _frame(first) or section.page_start):
            what = "phần văn bản bắt đầu giữa trang có lề, đầu trang, chân trang khác phần trước"
            writer.beyond.append(Undrawable(_PAGE, what))
        upper = story
        story = writer.part_story(
            _printed(section), _column_width(section), writer.formatting.main, paged=True,
            upper=upper,
        )  # fmt: skip
        if section.columns > 1:
            _check_columns(writer, section, story)
        if section.columns > 1 and len(run) > 1:
            tall = balanced(story.rows, section.columns)
            if section is not run[-1] and height + tall > room:
                writer.beyond.append(Undrawable(_PAGE, "nhiều cột chữ vắt qua hai trang"))
            gap = max(upper.below, story.rows[0].gap) if upper and story.rows else 0.0
            source = _in_columns(section, story, gap, None if section is run[-1] else tall)
            story = story._replace(source=source, height=gap + tall)
        height += story.height
        sources.append(story.source)
    writer.section = first
    return Story("\n".join(sources), height)


def _check_columns(writer: Writer, section: Section, story: Story) -> None:
    """Note what of columns cannot be drawn."""
    if not section.columns_equal:
        writer.beyond.append(Undrawable(_PAGE, "cột chữ rộng hẹp khác nhau, có đường kẻ ở giữa"))
    if "footnote(" in story.source or "pagebreak(" in story.source:
        what = "chú thích, ngắt trang hoặc ngắt cột trong phần nhiều cột chữ"
        writer.beyond.append(Undrawable(_PAGE, what))


def _in_columns(section: Section, story: Story, gap: float, height: float | None) -> str:
    """Return text in columns amid a page, of one height where it is given."""
    gutter = points(section.column_space / 20)
    body = f"columns({section.columns}, gutter: {gutter}, {{{story.source}}})"
    if height is None:
        return f"v({points(gap)})\n{body}"
    return f"block(above: {points(gap)}, below: 0pt, height: {points(height + 0.5)}, {body})"


def _printed(section: Section) -> Sequence[etree._Element]:
    """Return a section's blocks, but for an empty last one that only ends it (LibreOffice 25.2)."""
    *others, last = section.blocks or (None,)
    ends = last is not None and child(child(last, "pPr"), "sectPr") is not None
    empty = ends and next(last.iterchildren(*_INLINE), None) is None
    return others if empty and others else section.blocks


def _column_width(section: Section) -> float:
    width = section.text_width / 20
    if section.columns > 1:
        width = (width - section.column_space / 20 * (section.columns - 1)) / section.columns
    return max(width, _LEAST_COLUMN)


def _pages(writer: Writer, run: Sequence[Section], index: int) -> str:
    section = writer.section = run[0]
    headers = {kind: _part(writer, part, section) for kind, part in section.headers.items()}
    footers = {kind: _part(writer, part, section) for kind, part in section.footers.items()}
    top, bottom, spacers = _edges(writer, section, headers, footers)
    left, right = (section.left + section.gutter) / 20, section.right / 20
    room = max(section.height / 20 - top - bottom, 1.0)
    story = _story(writer, run, room)
    columns = section.columns if len(run) == 1 else 1
    writer.pages += story.height / room / columns
    check_length(writer.lines, writer.pages, writer.formatting.package.file)
    size = f"width: {points(section.width / 20)}, height: {points(section.height / 20)}"
    sides = ("inside", "outside") if is_mirrored(writer.formatting) else ("left", "right")
    margin = (
        f"margin: (top: {points(top)}, bottom: {points(bottom)}, "
        f"{sides[0]}: {points(left)}, {sides[1]}: {points(right)})"
    )
    single = len(run) == len(writer.formatting.sections) and _fits(story, room)
    head = _running(headers, section, index, "top", section.header / 20, top, writer, single)
    foot = _running(footers, section, index, "bottom", section.footer / 20, bottom, writer, single)
    if section.page_start is not None and head != "none":
        # A header comes before the text that sets the counter.
        head = (
            f"{{context if here().page() == locate(<section-{index}>).page() "
            f"{{ counter(page).update({section.page_start}) }}; {head}}}"
        )
    rules = [
        *([f"#set columns(gutter: {points(section.column_space / 20)})"] if columns > 1 else []),
        f"#set page({size}, {margin}, columns: {columns}, header-ascent: 0pt, "
        f"footer-descent: 0pt, header: {head}, footer: {foot}{_behind(writer, section, index)})",
    ]
    if index:
        to = {"evenPage": ', to: "even"', "oddPage": ', to: "odd"'}.get(section.break_kind, "")
        rules.append(f"#pagebreak(weak: true{to})")
    if section.page_start is not None:
        rules.append(f"#counter(page).update({section.page_start})")
    rules.append(f"#[#metadata(0)<section-{index}>]")
    # In a scope of its own: rules left standing would be looked through for each of those after.
    return "\n".join(["#[", *rules, f"#{{\n{spacers}{story.source}\n}}", "]"])


def _behind(writer: Writer, section: Section, index: int) -> str:
    """Return the argument that draws a border around the pages."""
    what = undrawn_page_border(section, running=bool(section.headers or section.footers))
    if what:
        writer.beyond.append(Undrawable(_PAGE, what))
    if what or not section.borders:
        return ", background: none"
    border = page_border(section)
    first = f"here().page() == locate(<section-{index}>).page()"
    on = {"firstPage": first, "notFirstPage": f"not ({first})"}.get(section.borders_on)
    return f", background: context if {on} {{ {border} }}" if on else f", background: {border}"


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
            writer.beyond.append(Undrawable(_PAGE, what))
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
