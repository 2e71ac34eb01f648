"""Tables: grid, spans, borders and margins of each cell (ECMA-376, part 1, 17.4 and 17.7.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from generator.formatting.properties import (
    ALIGNMENTS,
    Properties,
    border,
    child,
    local,
    on,
    shading,
    value,
)
from generator.formatting.styles import CONDITIONS, Styles, TableLook, style_of
from generator.formatting.values import SIDES, Border, CellFormat, RowFormat, TableFormat
from generator.ooxml import qn
from generator.units import number

_INNER = {"top": "insideH", "bottom": "insideH", "left": "insideV", "right": "insideV"}
_SIDE = {"start": "left", "end": "right"}
_LOOK_BITS = {
    "firstRow": 0x20, "lastRow": 0x40, "firstColumn": 0x80,
    "lastColumn": 0x100, "noHBand": 0x200, "noVBand": 0x400,
}  # fmt: skip
MOST_COLUMNS = 1_000


def children(node: etree._Element, wanted: str) -> Iterator[etree._Element]:
    """Yield the rows of a table or cells of a row, those in content controls too."""
    for item in node:
        name = local(item)
        if name == wanted:
            yield item
        elif name == "sdt" and (content := child(item, "sdtContent")) is not None:
            yield from children(content, wanted)
        elif name in ("customXml", "ins", "moveTo"):
            yield from children(item, wanted)


def is_deleted(row: etree._Element) -> bool:
    """Return whether a row is deleted, in a document that keeps its changes."""
    return child(child(row, "trPr"), "del") is not None


@dataclass(slots=True)
class _Cell:
    node: etree._Element
    column: int
    columns: int
    merge: str  # "", restart, continue
    rows: int = 1


def read_table(
    table: etree._Element, styles: Styles
) -> tuple[TableFormat, dict[etree._Element, TableLook]]:
    """Return a table's layout, and for each cell what its style says there."""
    own = child(table, "tblPr")
    style = style_of(own, "tblStyle") or styles.default("table")
    properties = _table_properties([*styles.chain(style)], own)
    rows = [row for row in children(table, "tr") if not is_deleted(row)]
    cells = [_row_cells(row) for row in rows]
    _count_merged(cells)
    grid = _grid(table, cells)
    looks = _looks(styles, style, own, cells, len(grid))
    first = [True, *[False] * len(rows)]
    style_cells: dict[TableLook, list[Properties]] = {}
    layout = TableFormat(
        style=style,
        grid=grid,
        rows=tuple(
            _row(row, line, styles, looks, properties, grid, first[index], index + 1 == len(rows),
                 len(rows) - index, style_cells)
            for index, (row, line) in enumerate(zip(rows, cells, strict=True))
        ),
        align=properties.get("align", "left"),
        indent=properties.get("indent", 0),
        fixed=properties.get("fixed", False),
        floating=child(own, "tblpPr") is not None,
        cell_spacing=properties.get("cell_spacing", 0),
        right_to_left=on(child(own, "bidiVisual")),
        width=properties.get("width", 0),
        percent=properties.get("percent", 0.0),
    )  # fmt: skip
    return layout, looks


def _end(line: list[_Cell]) -> int:
    return line[-1].column + line[-1].columns if line else 0


def _table_properties(chain: list[etree._Element], own: etree._Element | None) -> Properties:
    found: Properties = {"margins": {"left": 0, "right": 0, "top": 0, "bottom": 0}, "borders": {}}
    for node in [*(child(item, "tblPr") for item in chain), own]:
        for item in () if node is None else node:
            name = local(item)
            if name == "tblBorders":
                found["borders"] |= _borders(item)
            elif name == "tblCellMar":
                found["margins"] |= _margins(item)
            elif name == "jc":
                found["align"] = ALIGNMENTS.get(value(item), value(item))
            elif name == "tblInd" and value(item, "type", "dxa") == "dxa":
                found["indent"] = number(value(item, "w"))
            elif name == "tblLayout":
                found["fixed"] = value(item, "type") == "fixed"
            elif name == "tblCellSpacing":
                found["cell_spacing"] = number(value(item, "w"))
            elif name == "tblW":
                found |= _width(item)
    return found


def _width(node: etree._Element) -> Properties:
    """Return a table's width in twips, or in per cent of the text width."""
    kind, amount = value(node, "type", "dxa"), value(node, "w", "0")
    if amount.endswith("%"):
        return {"width": 0, "percent": float(number(amount[:-1]))}
    if kind == "pct":  # fiftieths of a per cent
        return {"width": 0, "percent": number(amount) / 50}
    return {"width": number(amount) if kind == "dxa" else 0, "percent": 0.0}


def _borders(node: etree._Element) -> dict[str, Border | None]:
    return {_SIDE.get(local(item), local(item)): border(item) for item in node if local(item)}


def _margins(node: etree._Element) -> dict[str, int]:
    return {
        _SIDE.get(local(item), local(item)): number(value(item, "w"))
        for item in node
        if local(item) and value(item, "type", "dxa") != "pct"
    }


def _row_cells(row: etree._Element) -> list[_Cell]:
    properties = child(row, "trPr")
    column = _span(child(properties, "gridBefore"), 0)
    found: list[_Cell] = []
    for node in children(row, "tc"):
        own = child(node, "tcPr")
        merge = child(own, "vMerge")
        columns = _span(child(own, "gridSpan"), 1)
        kind = "" if merge is None else value(merge, default="continue")
        beside = child(own, "hMerge")
        if beside is not None and value(beside, default="continue") == "continue" and found:
            found[-1].columns += columns  # how older Words join cells of a row
            column += columns
            continue
        found.append(_Cell(node, column, columns, kind))
        column += columns
    return found


def _span(node: etree._Element | None, default: int) -> int:
    return default if node is None else max(default, min(MOST_COLUMNS, number(value(node), 1)))


def _count_merged(cells: list[list[_Cell]]) -> None:
    """Count the rows each merged cell covers; a continuation without a start stands alone."""
    open_cells: dict[int, _Cell] = {}
    for line in cells:
        still: dict[int, _Cell] = {}
        for cell in line:
            above = open_cells.get(cell.column)
            if cell.merge == "continue" and above and above.columns == cell.columns:
                above.rows += 1
                cell.rows = 0
                still[cell.column] = above
            elif cell.merge:
                still[cell.column] = cell
        open_cells = still


def _grid(table: etree._Element, cells: list[list[_Cell]]) -> tuple[int, ...]:
    """Return the widths of the grid columns, those that only cells tell of included."""
    node = child(table, "tblGrid")
    widths = [] if node is None else [
        max(0, number(value(item, "w"))) for item in node.iterfind(qn("w:gridCol"))
    ]  # fmt: skip
    count = max((_end(line) for line in cells), default=0)
    widths = widths[:MOST_COLUMNS] + [0] * max(0, min(count, MOST_COLUMNS) - len(widths))
    for line in cells:
        for cell in line:
            told = child(child(cell.node, "tcPr"), "tcW")
            if cell.columns == 1 and cell.column < len(widths) and not widths[cell.column]:
                widths[cell.column] = number(value(told, "w"))
    return tuple(widths)


def _looks(
    styles: Styles,
    style: str,
    own: etree._Element | None,
    cells: list[list[_Cell]],
    columns: int,
) -> dict[etree._Element, TableLook]:
    apart = styles.conditions(style)
    if not apart:
        plain = TableLook(style)
        return {cell.node: plain for line in cells for cell in line}
    flags = _look_flags(child(own, "tblLook"))
    return {
        cell.node: TableLook(
            style,
            tuple(
                name
                for name in CONDITIONS
                if name in apart and name in _holding(cell, row, len(cells), columns, flags)
            ),
        )
        for row, line in enumerate(cells)
        for cell in line
    }


def _look_flags(node: etree._Element | None) -> Mapping[str, bool]:
    try:
        bits = int(value(node, default="0"), 16)
    except ValueError:
        bits = 0
    return {
        name: value(node, name) in ("1", "true", "on") if value(node, name) else bool(bits & bit)
        for name, bit in _LOOK_BITS.items()
    }


def _holding(cell: _Cell, row: int, rows: int, columns: int, flags: Mapping[str, bool]) -> set[str]:
    """Return the conditions that hold for a cell."""
    top, bottom = flags["firstRow"] and row == 0, flags["lastRow"] and row == rows - 1
    left = flags["firstColumn"] and cell.column == 0
    right = flags["lastColumn"] and cell.column + cell.columns >= columns
    found = {
        name
        for name, holds in (
            ("firstRow", top), ("lastRow", bottom), ("firstCol", left), ("lastCol", right),
            ("nwCell", top and left), ("neCell", top and right),
            ("swCell", bottom and left), ("seCell", bottom and right),
        )
        if holds
    }  # fmt: skip
    if not flags["noHBand"] and not top and not bottom:
        found.add(f"band{(row - flags['firstRow']) % 2 + 1}Horz")
    if not flags["noVBand"] and not left and not right:
        found.add(f"band{(cell.column - flags['firstColumn']) % 2 + 1}Vert")
    return found


def _row(
    row: etree._Element,
    line: list[_Cell],
    styles: Styles,
    looks: Mapping[etree._Element, TableLook],
    table: Properties,
    grid: tuple[int, ...],
    is_first: bool,
    is_last: bool,
    rows_left: int,
    style_cells: dict[TableLook, list[Properties]],
) -> RowFormat:
    own = child(row, "trPr")
    exceptions = child(row, "tblPrEx")
    if exceptions is not None:
        more = _table_properties([], exceptions)
        table = {**table, "borders": table["borders"] | more["borders"]}
    height = child(own, "trHeight")
    return RowFormat(
        element=row,
        cells=tuple(
            _cell(cell, styles, looks[cell.node], table, grid, style_cells, is_first,
                  is_last or cell.rows >= rows_left)
            for cell in line
        ),
        header=on(child(own, "tblHeader")),
        cant_split=on(child(own, "cantSplit")),
        height=0 if height is None else number(value(height)),
        height_rule=value(height, "hRule", "atLeast"),
        columns_before=_span(child(own, "gridBefore"), 0),
        columns_after=_span(child(own, "gridAfter"), 0),
    )  # fmt: skip


def _cell(
    cell: _Cell,
    styles: Styles,
    look: TableLook,
    table: Properties,
    grid: tuple[int, ...],
    style_cells: dict[TableLook, list[Properties]],
    is_first: bool,
    is_last: bool,
) -> CellFormat:
    outer = {
        "top": is_first,
        "bottom": is_last,
        "left": cell.column == 0,
        "right": cell.column + cell.columns >= len(grid),
    }
    borders: dict[str, Border | None] = {
        side: table["borders"].get(side if outer[side] else _INNER[side]) for side in SIDES
    }
    if look not in style_cells:
        style_cells[look] = [
            _cell_properties(child(node, "tcPr")) for node in styles.table_nodes(look)
        ]
    merged: Properties = {"margins": table["margins"]}
    for told in (*style_cells[look], _cell_properties(child(cell.node, "tcPr"))):
        merged |= {**told, "margins": merged["margins"] | told["margins"]}
        for side in SIDES:
            inner = side if outer[side] else _INNER[side]
            for name in (inner, side):
                if name in told["borders"]:
                    borders[side] = told["borders"][name]
    return CellFormat(
        element=cell.node,
        column=cell.column,
        columns=cell.columns,
        rows=cell.rows,
        width=sum(grid[cell.column : cell.column + cell.columns]),
        borders=borders,
        margins=merged["margins"],
        shading=merged.get("shading", ""),
        vertical_align=merged.get("vertical_align", "top"),
        text_direction=merged.get("text_direction", ""),
        no_wrap=merged.get("no_wrap", False),
        diagonal=bool(merged["borders"].get("tl2br") or merged["borders"].get("tr2bl")),
    )


def _cell_properties(node: etree._Element | None) -> Properties:
    """Return the flat properties of a ``w:tcPr``."""
    found: Properties = {"borders": {}, "margins": {}}
    for item in () if node is None else node:
        name = local(item)
        if name == "tcBorders":
            found["borders"] = _borders(item)
        elif name == "tcMar":
            found["margins"] = _margins(item)
        elif name == "shd":
            found["shading"] = shading(item)
        elif name == "vAlign":
            found["vertical_align"] = value(item)
        elif name == "textDirection":
            found["text_direction"] = "" if value(item) == "lrTb" else value(item)
        elif name == "noWrap":
            found["no_wrap"] = on(item)
    return found
