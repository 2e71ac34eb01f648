"""Values as WordprocessingML: characters, runs, paragraphs, tables (ECMA-376, part 1, 17.3–17.4).

Every value that reaches a document passes through here: what is not legal in XML is refused by
name, a newline becomes a line break, a tab a tab, everything else arrives character for character.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jinja2 import Undefined
from markupsafe import Markup

from generator.body import Level, Paragraph, Span, Table, parse_body, parse_spans
from generator.metrics import text_width_mm
from generator.patterns import regex
from generator.units import twips_to_mm
from generator.vietnamese import TextFormError
from generator.vietnamese.plain import plain

# XML 1.0 (fifth edition), 2.2: what is not a Char; carriage returns are handled apart.
ILLEGAL = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PRESERVE = '<w:t xml:space="preserve">'
_BREAK = f"</w:t><w:br/>{_PRESERVE}"
_TAB = f"</w:t><w:tab/>{_PRESERVE}"


class Xml(Markup):
    """Finished WordprocessingML, written as it is."""

    __slots__ = ()


def escape(text: str) -> str:
    """Return a text as XML character data or attribute value.

    >>> escape('A & B < "C" ]]>')
    'A &amp; B &lt; &quot;C&quot; ]]&gt;'
    """
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )


def check_legal(text: str) -> None:
    """Refuse characters that no XML document can hold.

    Raises:
        TextFormError: a control character or half a surrogate pair, named by code.
    """
    bad = ILLEGAL.search(text)
    if bad:
        raise TextFormError(f"ký tự không in được U+{ord(bad[0]):04X} ở vị trí {bad.start() + 1}")


def text_xml(text: str) -> str:
    """Return a text as the content of ``w:t``, line breaks and tabs included.

    >>> text_xml("một & hai")
    'một &amp; hai'
    """
    if text.isprintable():  # all common text: letters, digits, marks, plain spaces
        return escape(text)
    check_legal(text)
    flat = escape(text.replace("\r\n", "\n").replace("\r", "\n"))
    return flat.replace("\n", _BREAK).replace("\t", _TAB)


def plain_text(value: object) -> str:
    """Return what a value prints as where the template asks for no filter.

    Raises:
        TextFormError: ``None``, a truth value, a list: none has one printed form.
        UndefinedError: a field the record does not have.
    """
    if isinstance(value, Undefined):
        # A strict undefined raises here, naming the missing field; {{ x if y }} without y is blank.
        return str(value)
    if value is None:
        raise TextFormError("giá trị đang để trống; dùng bộ lọc “cham” để in chỗ trống")
    return plain(value)


def to_text(value: object) -> str:
    """Return any value as the content of ``w:t``; finished XML passes as it is.

    A program may give docxtpl's ``Listing``: escaped text whose line breaks and tabs count.
    """
    if isinstance(value, Xml):
        return str(value)
    if isinstance(value, Markup):  # escaped already by the tags that wrote it
        return str(value) if _stays_inline(str(value)) else text_xml(captured_text(value))
    finished = _html(value)
    if finished is not None:
        check_legal(finished)
        return finished.replace("\n", _BREAK).replace("\t", _TAB)
    return text_xml(plain_text(value))


_ELEMENT = regex(r"<(/?)([\w:]+)[^<>]*?(/?)>")


def _stays_inline(xml: str) -> bool:
    """Return whether captured XML may stand inside ``w:t``: it leaves runs only to reopen them."""
    open_elements = ["w:r", "w:t"]
    for closing, name, empty in _ELEMENT.findall(xml):
        if name == "w:p" or (closing and open_elements[-1:] != [name]):
            return False
        if closing:
            open_elements.pop()
        elif not empty:
            open_elements.append(name)
    return open_elements == ["w:r", "w:t"] and _ENTITIES.sub("", xml).count("&") == 0


_ENTITIES = regex(r"&(?:amp|lt|gt|quot|#[0-9]+);")


def captured_text(value: Markup) -> str:
    """Return the plain text of what a macro or a ``set`` block captured.

    Raises:
        TextFormError: it holds more than text.
    """
    text = str(value).replace(_BREAK, "\n").replace(_TAB, "\t")
    if "<" in text:
        raise TextFormError("khối được ghi lại có cả đoạn văn hoặc định dạng, không dùng như chữ")
    from html import unescape  # its table of names is long, and few texts come this way

    return unescape(text)


def joined(parts: Iterable[object]) -> str:
    """Return values put together in one text, each printed as a tag would print it."""
    return "".join(
        captured_text(part) if isinstance(part, Markup) else plain_text(part) for part in parts
    )


def _html(value: object) -> str | None:
    """Return the XML of an object that carries its own, such as docxtpl's ``RichText``."""
    carried = getattr(value, "__html__", None)
    return str(carried()) if callable(carried) else None


def to_text_bytes(value: object) -> bytes:
    """Return :func:`to_text` in UTF-8, by the shortest way for the common case."""
    if type(value) is str and value.isprintable():
        return escape(value).encode()
    return to_text(value).encode()


def to_attribute(value: object) -> Xml:
    """Return any value as character data outside ``w:t``: an attribute, a property."""
    if isinstance(value, Xml):
        return value
    text = joined([value])
    check_legal(text)
    return Xml(escape(text).replace("\n", "&#10;").replace("\t", "&#9;").replace("\r", "&#13;"))


# ---------------------------------------------------------------- rich text
Looks = Mapping[tuple[bool, bool, bool], str]
"""(bold, italic, superscript) -> the ``w:rPr`` of a run with that look."""

PLAIN_LOOKS: Looks = {
    (bold, italic, raised): (
        "<w:rPr>"
        + "<w:b/><w:bCs/>" * bold
        + "<w:i/><w:iCs/>" * italic
        + '<w:vertAlign w:val="superscript"/>' * raised
        + "</w:rPr>"
    ).replace("<w:rPr></w:rPr>", "")
    for bold in (False, True)
    for italic in (False, True)
    for raised in (False, True)
}


def runs_xml(spans: Iterable[Span], looks: Looks = PLAIN_LOOKS) -> str:
    """Return stretches of text as runs."""
    return "".join(
        f"<w:r>{looks[span.bold, span.italic, span.superscript]}"
        f"{_PRESERVE}{text_xml(span.text)}</w:t></w:r>"
        for span in spans
    )


def line_xml(value: object, looks: Looks) -> Xml:
    """Return a text with ``**đậm**``, ``*nghiêng*`` and ``^mũ^`` marks as runs.

    A program may give docxtpl's ``RichText``, which is runs already.
    """
    if isinstance(value, Markup) and "<" not in value:
        value = captured_text(value)
    finished = _html(value)
    if finished is not None:
        return Xml(finished)
    return Xml(runs_xml(parse_spans(plain_text(value)), looks))


_TABLE_STYLE = "BangVanBan"
_TABLE_BORDERS = (
    "<w:tblBorders>"
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + "</w:tblBorders>"
)


class BodyStyle:
    """How a template wants long text: its plain paragraph, its runs, its text width, its styles.

    ``plain`` is the ``w:pPr`` content of the paragraph that holds the tag, ``styles`` the style ids
    the template defines, ``keep_last`` whether a table follows, with which the last paragraph
    stays, ``closes`` whether nothing follows in the cell, which must not end with a table.
    """

    __slots__ = ("_closes", "_keep_last", "_looks", "_plain", "_styles", "_width_twips")

    def __init__(
        self,
        *,
        plain: str,
        looks: Looks,
        styles: frozenset[str],
        width_twips: int,
        keep_last: bool,
        closes: bool,
    ) -> None:
        self._plain = plain
        self._looks = looks
        self._styles = styles
        self._width_twips = width_twips
        self._keep_last = keep_last
        self._closes = closes

    def xml(self, value: object) -> Xml:
        """Return a long text (or a list of them) as paragraphs and tables.

        Raises:
            TextFormError: a value that cannot be printed.
        """
        if isinstance(value, Markup) and str(value).lstrip().startswith(("<w:p", "<w:tbl")):
            return Xml(value)  # paragraphs that a macro or a set block captured
        if isinstance(value, Markup):
            value = captured_text(value)
        texts = value if isinstance(value, (list, tuple)) else [value]
        blocks = [block for text in texts for block in parse_body(plain_text(text))]
        parts = []
        for number, block in enumerate(blocks, start=1):
            last = number == len(blocks)
            table_follows = self._keep_last if last else isinstance(blocks[number], Table)
            if isinstance(block, Paragraph):
                leads = table_follows if last else block.heading or block.text.endswith(":")
                parts.append(self._paragraph(block, keep=leads))
            else:  # Word makes one table of two that no paragraph keeps apart
                apart = table_follows or (last and self._closes)
                parts.append(self._table(block) + "<w:p/>" * apart)
        return Xml("".join(parts))

    def _paragraph(self, block: Paragraph, *, keep: bool) -> str:
        style, spans = block.level.value, block.spans
        if block.level is Level.PLAIN or style not in self._styles:
            # A template without a style for the level prints it plainly, a heading in bold.
            properties = self._plain
            spans = tuple(_bold(spans)) if block.heading else spans
        else:
            properties = f'<w:pStyle w:val="{style}"/>'
        if keep and "<w:keepNext" not in properties:
            style_end = properties.find("/>") + 2 if properties.startswith("<w:pStyle") else 0
            properties = f"{properties[:style_end]}<w:keepNext/>{properties[style_end:]}"
        return f"<w:p><w:pPr>{properties}</w:pPr>{runs_xml(spans, self._looks)}</w:p>"

    def _table(self, table: Table) -> str:
        styled = _TABLE_STYLE in self._styles
        style = f'<w:tblStyle w:val="{_TABLE_STYLE}"/>' if styled else ""
        borders = "" if styled else _TABLE_BORDERS
        widths = _column_widths(table, self._width_twips)
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        rows = "".join(
            self._row(cells, widths, table.align, heading=index == 0)
            for index, cells in enumerate(table.rows)
        )
        return (
            f'<w:tbl><w:tblPr>{style}<w:tblW w:w="{sum(widths)}" w:type="dxa"/>{borders}'
            '<w:tblLayout w:type="fixed"/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        )

    def _row(
        self,
        cells: tuple[tuple[Span, ...], ...],
        widths: list[int],
        align: tuple[str, ...],
        *,
        heading: bool,
    ) -> str:
        properties = "<w:cantSplit/>" + "<w:tblHeader/>" * heading
        columns = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            f'<w:p><w:pPr><w:jc w:val="{"center" if heading else side}"/></w:pPr>'
            f"{runs_xml(_bold(spans) if heading else spans, self._looks)}</w:p></w:tc>"
            for spans, width, side in zip(cells, widths, align, strict=True)
        )
        return f"<w:tr><w:trPr>{properties}</w:trPr>{columns}</w:tr>"


def _bold(spans: Iterable[Span]) -> list[Span]:
    return [Span(span.text, True, span.italic, span.superscript) for span in spans]


def _column_widths(table: Table, total_twips: int) -> list[int]:
    """Return column widths in proportion to their text, none narrower than its longest word.

    A heading may wrap, so only its words count; the rows below should not.
    """
    texts = [
        ["".join(span.text for span in row[column]) for row in table.rows]
        for column in range(len(table.align))
    ]
    words = [
        max(text_width_mm(word, 14, bold=True) for cell in cells for word in cell.split() or [""])
        for cells in texts
    ]
    lines = [max(text_width_mm(cell, 14) for cell in cells[1:] or cells) for cells in texts]
    least = [word + 5 for word in words]
    wanted = [max(low, min(line + 5, 90)) for low, line in zip(least, lines, strict=True)]
    room = float(twips_to_mm(total_twips)) - sum(least)
    spare = [more - low for more, low in zip(wanted, least, strict=True)]
    if sum(spare) <= room:
        shares = wanted
    elif room <= 0:  # even the longest words do not fit side by side
        shares = least
    else:
        shares = [low + room * more / sum(spare) for low, more in zip(least, spare, strict=True)]
    scale = total_twips / sum(shares)
    widths = [int(width * scale) for width in shares]
    widths[-1] += total_twips - sum(widths)
    return widths
