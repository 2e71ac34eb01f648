"""Tables as Typst source: grid, spans, borders, rows that repeat or stay whole (points)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lxml import etree

from generator.formatting import CellFormat, RowFormat, TableFormat
from generator.formatting.properties import child, local, value
from generator.formatting.values import SIDES
from generator.ooxml import qn
from generator.preview.drawings import BORDERS, stroke
from generator.units import number

if TYPE_CHECKING:
    from generator.preview.writer import Writer


_SAME_WIDTH = 40  # twips by which a cell and its columns may differ
OPEN = -600.0  # at the right of lines: rounding never breaks them a second time
_ROUNDING = 0.05  # columns end on whole twips: a line that fits by less does not (LibreOffice)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """One cell written. ``edge`` is what its borders add to a height that is asked for."""

    body: str
    stroke: str = "none"
    inset: str = "0pt"
    arguments: tuple[str, ...] = ()
    rows: int = 1
    height: float = 0.0
    edge: float = 0.0
    lines: int = 0
    exact: bool = True  # whether its height is what it will be on the page
    turned: bool = False  # its text runs up or down


def write_table(writer: Writer, node: etree._Element, width: float) -> tuple[str, float]:
    """Return the source of a table in a column of a width, and its height on one endless page."""
    table = writer.formatting.table(node)
    if not table.grid or not table.rows:
        return "[]", 0.0
    if not table.fixed and any(_asks_other(cell) for row in table.rows for cell in row.cells):
        writer.note_beyond(node, "bảng tự co giãn có ô khác bề rộng cột")
    elif _asks_wider(table):
        writer.note_beyond(node, "bảng tự co giãn rộng hơn các cột")
    grid = _grid(table, width)
    lines = [_row(writer, table.rows[index:], grid) for index in range(len(table.rows))]
    spanned = _spanned(lines)
    wholes = [_is_whole(row, line) for row, line in zip(table.rows, lines, strict=True)]
    heights = [
        _row_height(row, line, known=whole and index not in spanned)
        for index, (row, line, whole) in enumerate(zip(table.rows, lines, wholes, strict=True))
    ]
    for row, line, (height, _) in zip(table.rows, lines, heights, strict=True):
        higher = height > row.height / 20 + max((cell.edge for cell in line), default=0.0) + 0.1
        if row.height and higher and any(cell.turned for cell in line):
            writer.note_beyond(row.element, "chữ chạy dọc trong ô của hàng cao hơn số đã đặt")
    kept = _kept_groups(writer, table)
    usual = _Usual.of([cell for line in lines for cell in line], whole=all(wholes))
    columns = [f"{size:.2f}pt" for size in grid] + ["0pt"] * bool(kept)
    tracks = [f"{height:.2f}pt" if fixed else "auto" for height, fixed in heights]
    rows = f"rows: ({', '.join(tracks)},), " if set(tracks) != {"auto"} else ""
    # In a table no line is kept from standing alone on its page (LibreOffice 25.2).
    rules = "set text(costs: (orphan: 0%, widow: 0%)); "
    rules += "set table.cell(breakable: false); " * usual.whole
    source = (
        f"{{{rules}table(columns: ({', '.join(columns)},), {rows}stroke: {usual.stroke}, "
        f"inset: {usual.inset},\n{_rows(table, lines, usual, kept, wholes)})}}"
    )
    left = _left(table, grid, width, writer.formatting.compatibility)
    above, below = _outer(table, "top"), _outer(table, "bottom")
    edges = [("left", left)]
    nests = next(node.iterdescendants(qn("w:tbl")), None) is not None
    if nests or is_nested(node):  # Typst pads only so deep
        source = f"{{v({above:.2f}pt)\n{source}\nv({below:.2f}pt)}}" if above + below else source
    else:  # on each page that the table reaches over
        edges += [("top", above), ("bottom", below)]
    pads = [f"{side}: {room:.2f}pt" for side, room in edges if abs(room) > 0.005]
    if pads:
        source = f"pad({', '.join(pads)}, {source})"
    return source, sum(height for height, _ in heights) + above + below


def is_nested(node: etree._Element) -> bool:
    """Return whether a table stands in another."""
    return next(node.iterancestors(qn("w:tc")), None) is not None


def _outer(table: TableFormat, side: str) -> float:
    """Return what of a table's first or last line lies outside its cells: the half of it."""
    if not table.rows:
        return 0.0
    cells = table.rows[0 if side == "top" else -1].cells
    borders = filter(None, (cell.borders[side] for cell in cells))
    return max((border.width_eighths / 16 for border in borders), default=0.0)


@dataclass(frozen=True, slots=True)
class _Usual:
    """What most cells have, said once for the table."""

    stroke: str
    inset: str
    whole: bool

    @classmethod
    def of(cls, cells: Sequence[_Cell], *, whole: bool) -> _Usual:
        if not cells:
            return cls("none", "0pt", whole)
        strokes, insets = (Counter(getattr(c, key) for c in cells) for key in ("stroke", "inset"))
        return cls(strokes.most_common(1)[0][0], insets.most_common(1)[0][0], whole)


def _rows(
    table: TableFormat,
    lines: Sequence[Sequence[_Cell]],
    usual: _Usual,
    kept: dict[int, int],
    wholes: Sequence[bool],
) -> str:
    """Return the cells of all rows, the heading rows in a header that repeats."""
    heads = _header_rows(table)
    written = ["table.header(repeat: true,"] if heads else []
    for index, (line, whole) in enumerate(zip(lines, wholes, strict=True)):
        written += [_cell_source(cell, usual, whole) for cell in line]
        if index in kept:  # an empty cell over the rows that stay on one page
            written.append(
                f"table.cell(rowspan: {kept[index]}, breakable: false, stroke: none, "
                "inset: 0pt, []),"
            )
        if index + 1 == heads:
            written.append("),")
    return "\n".join(written)


def _cell_source(cell: _Cell, usual: _Usual, whole: bool) -> str:
    arguments = list(cell.arguments)
    if cell.stroke != usual.stroke:
        arguments.append(f"stroke: {cell.stroke}")
    if cell.inset != usual.inset:
        arguments.append(f"inset: {cell.inset}")
    if whole and not usual.whole and cell.rows == 1:
        arguments.append("breakable: false")
    if not arguments:
        return f"{cell.body},"
    return f"table.cell({', '.join([*arguments, cell.body])}),"


def _grid(table: TableFormat, width: float) -> list[float]:
    """Return the widths of the columns; a width in per cent stretches them all."""
    grid = [column / 20 for column in table.grid]
    missing = sum(not column for column in grid)
    if missing:
        rest = max(width - sum(grid), 20.0 * missing) / missing
        grid = [column or rest for column in grid]
    if table.percent and sum(grid):
        scale = width * table.percent / 100 / sum(grid)
        grid = [column * scale for column in grid]
    return grid


def _asks_other(cell: CellFormat) -> bool:
    """Return whether a cell asks for another width than its columns have."""
    asked = child(child(cell.element, "tcPr"), "tcW")
    joined = child(child(cell.element, "tcPr"), "hMerge") is not None
    if asked is None or joined or value(asked, "type", "dxa") != "dxa":
        return False
    wide = number(value(asked, "w"))
    return bool(wide and cell.width) and abs(wide - cell.width) > _SAME_WIDTH


def _asks_wider(table: TableFormat) -> bool:
    """Return whether a table is to be wider than its columns, which its cells leave open."""
    over = table.width - sum(table.grid) > _SAME_WIDTH * len(table.grid)
    return (
        not table.fixed
        and over
        and any(
            not number(value(child(child(cell.element, "tcPr"), "tcW"), "w"))
            for row in table.rows
            for cell in row.cells
        )
    )


def _left(table: TableFormat, grid: list[float], width: float, compatibility: int) -> float:
    """Return where the table begins, seen from the left edge of the text."""
    room = width - sum(grid)
    if table.align in ("center", "right"):
        return room / 2 if table.align == "center" else room
    left = table.indent / 20
    if compatibility < 15 and table.rows and table.rows[0].cells:
        left -= table.rows[0].cells[0].margins["left"] / 20  # older Words align the text instead
    return left


def _header_rows(table: TableFormat) -> int:
    """Return how many rows repeat on each page: those at the top that ask for it."""
    count = 0
    while count < len(table.rows) and table.rows[count].header:
        count += 1
    return count if count < len(table.rows) else 0


def _kept_groups(writer: Writer, table: TableFormat) -> dict[int, int]:
    """Return for each first row of a group how many rows stay on one page, {} when none do.

    Word keeps a row with the next when the first paragraph of its first cell asks for it.
    """
    heads = _header_rows(table)
    groups = dict.fromkeys(range(heads), 1)
    start = heads
    for index in range(heads, len(table.rows)):
        if index + 1 == len(table.rows) or not _kept(writer, table.rows[index]):
            groups[start] = index - start + 1
            start = index + 1
    return groups if any(count > 1 for count in groups.values()) else {}


def _kept(writer: Writer, row: RowFormat) -> bool:
    for cell in row.cells:
        for node in cell.element:
            if local(node) == "p":
                return writer.formatting.paragraph(node).keep_next
    return False


def _row(writer: Writer, rows: Sequence[RowFormat], grid: list[float]) -> list[_Cell]:
    """Return the cells of the first of some rows, those it leaves out at its ends included."""
    found: list[_Cell] = []
    column = 0
    for cell in rows[0].cells:
        if cell.column > column:
            found.append(_blank(cell.column - column))
        column = cell.column + cell.columns
        if cell.rows:
            wide = sum(grid[cell.column : column])
            if cell.text_direction in _TURNS:
                found.append(_turned(writer, cell, wide, rows[: cell.rows]))
            else:
                found.append(_cell(writer, cell, wide, _exact_height(rows[: cell.rows])))
    if column < len(grid):
        found.append(_blank(len(grid) - column))
    return found


def _exact_height(rows: Sequence[RowFormat]) -> float:
    """Return how high rows are whatever stands in them, 0 where one of them may grow."""
    exact = all(row.height_rule == "exact" and row.height for row in rows)
    return sum(row.height for row in rows) / 20 if exact else 0.0


def _blank(columns: int) -> _Cell:
    return _Cell(body="[]", arguments=(f"colspan: {columns}",) if columns > 1 else ())


_TURNS = {"btLr": -90, "tbRl": 90}


def _turned(writer: Writer, cell: CellFormat, width: float, rows: Sequence[RowFormat]) -> _Cell:
    """Return a cell whose text runs up or down, as long as the rows are high."""
    margins = {side: cell.margins[side] / 20 for side in SIDES}
    lines = _border_lines(writer, cell)
    long = sum(row.height for row in rows) / 20 - margins["top"] - margins["bottom"]
    wide = max(width - margins["left"] - margins["right"], 1.0)
    story = writer.story(cell.element, max(long, 1.0), cell=True)
    if not all(row.height for row in rows):
        writer.note_beyond(cell.element, "chữ chạy dọc trong ô của hàng không đặt chiều cao")
    elif story.height > wide + lines["right"]:
        writer.note_beyond(cell.element, "chữ chạy dọc không vừa bề rộng ô")
    align = _VERTICAL.get(cell.vertical_align, "top")
    body = (
        f"rotate({_TURNS[cell.text_direction]}deg, reflow: true, block(width: {long:.2f}pt, "
        f"height: {wide:.2f}pt, align({align}, {{{story.source}}})))"
    )
    room = {"top": margins["top"] + lines["top"] / 2, "left": margins["left"], "right": 0.0,
            "bottom": 0.0}  # fmt: skip
    return _Cell(
        body=f"{{{body}}}",
        stroke=_strokes(cell),
        inset=_inset(room),
        arguments=_arguments(replace(cell, vertical_align="top")),
        rows=cell.rows,
        edge=(lines["top"] + lines["bottom"]) / 2,
        turned=True,
    )


def _border_lines(writer: Writer, cell: CellFormat) -> dict[str, float]:
    """Return how wide the lines around a cell are; those that cannot be drawn are noted."""
    for border in cell.borders.values():
        if border and border.style not in BORDERS:
            writer.note_border(cell.element, border)
    return {
        side: border.width_eighths / 8 if (border := cell.borders[side]) else 0.0 for side in SIDES
    }


def _strokes(cell: CellFormat) -> str:
    if not any(cell.borders.values()):
        return "none"
    return f"({', '.join(f'{side}: {stroke(cell.borders[side])}' for side in SIDES)})"


def _inset(room: Mapping[str, float]) -> str:
    return f"({', '.join(f'{side}: {room[side]:g}pt' for side in SIDES)})"


def _cell(writer: Writer, cell: CellFormat, width: float, exact: float) -> _Cell:
    """Return a cell; in a row of an ``exact`` height, what does not fit is cut off."""
    margins = {side: cell.margins[side] / 20 for side in SIDES}
    lines = _border_lines(writer, cell)
    # Half of a line lies inside the cell, as if it were part of the margin; the text keeps its
    # width nevertheless (LibreOffice 25.2), so that a line at the left only moves it.
    room = {side: margins[side] + lines[side] / 2 for side in SIDES}
    room["right"] = max(margins["right"] - lines["left"] / 2, 0.0)
    inner = max(width - margins["left"] - margins["right"] - _ROUNDING, 1.0)
    story = writer.cell(cell.element, inner)
    height = story.height + room["top"] + room["bottom"]
    if story.bare:
        room |= {
            "top": room["top"] + story.above,
            "right": OPEN,
            "bottom": room["bottom"] + story.below,
        }
    body = story.source
    tall = exact + (lines["top"] + lines["bottom"]) / 2
    if exact and height > tall + _ROUNDING:
        clip = max(tall - room["top"] - room["bottom"], 0.0)
        body = f"block(width: 100%, height: {clip:.2f}pt, clip: true, {{{body}}})"
        cell = replace(cell, vertical_align="top")
    return _Cell(
        body=f"{{{body}}}",
        stroke=_strokes(cell),
        inset=_inset(room),
        arguments=_arguments(cell),
        rows=cell.rows,
        height=height if cell.rows == 1 else 0.0,
        edge=(lines["top"] + lines["bottom"]) / 2,
        lines=story.lines,
        exact=story.exact,
    )


_VERTICAL = {"center": "horizon", "both": "horizon", "bottom": "bottom"}


def _arguments(cell: CellFormat) -> tuple[str, ...]:
    found = []
    if cell.columns > 1:
        found.append(f"colspan: {cell.columns}")
    if cell.rows > 1:
        found.append(f"rowspan: {cell.rows}, breakable: true")
    if cell.shading:
        found.append(f'fill: rgb("#{cell.shading}")')
    if cell.vertical_align in _VERTICAL:
        found.append(f"align: {_VERTICAL[cell.vertical_align]}")
    return tuple(found)


def _is_whole(row: RowFormat, cells: Sequence[_Cell]) -> bool:
    """Return whether a row never breaks over two pages: it may not, or there is nothing to."""
    if row.cant_split or (row.height_rule == "exact" and row.height):
        return True
    return all(cell.exact and cell.rows == 1 and cell.lines <= 1 for cell in cells)


def _spanned(lines: Sequence[Sequence[_Cell]]) -> set[int]:
    """Return the rows that a cell of several rows covers, which may make them higher."""
    return {
        row
        for index, line in enumerate(lines)
        for cell in line
        if cell.rows > 1
        for row in range(index, index + cell.rows)
    }


_MOST_KNOWN = 400.0  # a row higher than this may meet the end of its page


def _row_height(row: RowFormat, cells: Sequence[_Cell], *, known: bool) -> tuple[float, bool]:
    """Return a row's height, and whether the row is given it.

    It is when it must be, and where it is ``known``: Typst then has not to find it.
    """
    content = max((cell.height for cell in cells), default=0.0)
    known = known and 0 < content < _MOST_KNOWN and all(cell.exact for cell in cells)
    if not row.height or row.height_rule == "auto":
        return content, known
    asked = row.height / 20 + max((cell.edge for cell in cells), default=0.0)
    return (asked, True) if row.height_rule == "exact" or asked > content else (content, known)
