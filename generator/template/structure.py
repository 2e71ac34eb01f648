"""Loops and conditions over document structure: which paragraphs, cells and rows a tag commands.

docxtpl's letters (``{%p``, ``{%tr``, ``{%tc``, ``{%r``) say it outright. Without a letter, a
paragraph or a row that holds nothing but control tags commands what stands between it and its
partners, and disappears. Whatever the data, a cell keeps a paragraph at its end and a table a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from generator.errors import Problem
from generator.ooxml import qn
from generator.template.tags import (
    OPENERS,
    PI,
    PPR,
    TBL,
    TC,
    TR,
    P,
    T,
    Tag,
    TagTable,
    ancestor,
    detach,
    lift_to_run,
    replace,
    words_left,
)

_LEVELS = {"p": P, "tr": TR, "tc": TC}
_MIDDLE = {"else": ("for", "if"), "elif": ("if",)}
_CELL_MARKS = ("vm", "hm", "colspan", "colwidth", "cellbg")
_INDENT = "thut"
KEYWORDS = (
    *OPENERS, *(f"end{name}" for name in OPENERS), *_MIDDLE, *_CELL_MARKS, _INDENT, "include",
)  # fmt: skip
# Elements whose content must end with a paragraph (ECMA-376, part 1, 17.4.65 and the like).
_STORIES = frozenset(
    map(qn, ("w:tc", "w:hdr", "w:ftr", "w:footnote", "w:endnote", "w:txbxContent"))
)


def arrange(root: etree._Element, table: TagTable, *, letters_only: bool = False) -> None:
    """Move every tag of a marked part to the level it commands.

    With ``letters_only`` a paragraph or row of control tags stays unless a letter says otherwise.
    """
    _merge_paragraphs(root, table)
    _cell_marks(root, table)
    _indents(root, table)
    whole = _match(root, table)
    _lift_letters(root, table)
    if not letters_only:
        _lift_control_only(root, table)
    if not whole:  # told already: nothing will be printed of it
        return
    for story in [root, *root.iter()]:
        if story.tag in _STORIES:
            _keep_paragraph(story, table)
    for grid in root.iter(TBL):
        _keep_row(grid, table)


# ---------------------------------------------------------------- {%- and -%}
def _merge_paragraphs(root: etree._Element, table: TagTable) -> None:
    """Join paragraphs at ``{%-`` and ``-%}`` as docxtpl does; inside a line, trim the blanks."""
    for node in table.nodes(root):
        tag = table.of(node)
        paragraph = ancestor(node, P)
        if paragraph is None:
            continue
        if tag.joins_before:
            previous = paragraph.getprevious()
            if _is_edge(node, paragraph, first=True) and previous is not None and previous.tag == P:
                _append(previous, paragraph)
                paragraph = previous
            else:
                _trim(node, before=True)
        if tag.joins_after:
            following = paragraph.getnext()
            if _is_edge(node, paragraph, first=False) and following is not None:
                if following.tag == P:
                    _append(paragraph, following)
            else:
                _trim(node, before=False)


def _append(first: etree._Element, second: etree._Element) -> None:
    first.extend([child for child in second if child.tag != PPR])
    second.getparent().remove(second)


def _is_edge(node: etree._Element, paragraph: etree._Element, *, first: bool) -> bool:
    """Return whether no word stands before (or behind) a tag in its paragraph."""
    words: list[str] = []
    seen = False
    for item in paragraph.iter():
        if item is node:
            seen = True
        elif item.tag == T and seen is not first:
            words.append(item.text or "")
        if item.tag is PI and seen is not first and item is not node:
            words.append("tag")
        if item.tag is PI and (seen is not first or (item is node and not first)):
            words.append(item.tail or "")
    text = node.getparent()
    if first and text.tag == T:
        words.append(text.text or "")
    return not "".join(words).strip()


def _trim(node: etree._Element, *, before: bool) -> None:
    if not before:
        node.tail = (node.tail or "").lstrip()
        return
    previous = node.getprevious()
    if previous is not None:
        previous.tail = (previous.tail or "").rstrip()
    else:
        parent = node.getparent()
        parent.text = (parent.text or "").rstrip()


# ---------------------------------------------------------------- {% vm %} {% hm %} …
def _cell_marks(root: etree._Element, table: TagTable) -> None:
    for node in table.nodes(root):
        tag = table.of(node)
        action = _CELL_MARK_ACTIONS.get(tag.keyword)
        if action is None:
            continue
        cell = ancestor(node, TC)
        if cell is None:
            table.problems.append(
                tag.problem("thẻ này chỉ dùng trong ô của bảng", "chuyển thẻ vào một ô")
            )
        else:
            action(cell, node, tag, table)


def _colspan(cell: etree._Element, node: etree._Element, tag: Tag, table: TagTable) -> None:
    detach(node)
    _set_property(cell, "w:gridSpan", {"w:val": _attribute(_argument(tag), tag, table, "_span")})


def _colwidth(cell: etree._Element, node: etree._Element, tag: Tag, table: TagTable) -> None:
    """Give the column a weight; ``repair_grids`` shares the table's width by the weights."""
    detach(node)
    table.tags.append(Tag("{{", "", _argument(tag), tag.place, mode="_weight"))
    mark = f"\ue000{len(table.tags) - 1}\ue001"
    _set_property(cell, "w:tcW", {"w:w": mark, "w:type": "dxa"})


def _cellbg(cell: etree._Element, node: etree._Element, tag: Tag, table: TagTable) -> None:
    detach(node)
    fill = _attribute(_argument(tag), tag, table)
    _set_property(cell, "w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": fill})


def _vm(cell: etree._Element, node: etree._Element, tag: Tag, table: TagTable) -> None:
    """Merge the cells of a loop's rows; with an argument, those of equal neighbours."""
    first, argument = "loop.first", _argument(tag)
    if argument:  # loop.changed may be asked once a row: its answer is kept
        first = f"_dau_{len(table.tags)}"
        cell.addprevious(_statement(f"set {first} = loop.changed({argument})", tag, table))
    merge = _attribute(f"'restart' if {first} else 'continue'", tag, table)
    _set_property(cell, "w:vMerge", {"w:val": merge})
    text = node.getparent()
    detach(node)
    start = _statement(f"if {first}", tag, table)
    start.tail, text.text = text.text, None
    text.insert(0, start)
    text.append(_statement("endif", tag, table))


def _hm(cell: etree._Element, node: etree._Element, tag: Tag, table: TagTable) -> None:
    detach(node)
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    width = span.get(qn("w:val")) if span is not None else "1"
    count = _attribute(f"{width} * loop.length", tag, table, "_span")
    _set_property(cell, "w:gridSpan", {"w:val": count})
    cell.addprevious(_statement("if loop.first", tag, table))
    cell.addnext(_statement("endif", tag, table))


_CELL_MARK_ACTIONS = {
    "colspan": _colspan, "colwidth": _colwidth, "cellbg": _cellbg, "vm": _vm, "hm": _hm,
}  # fmt: skip
# Order of the children of w:tcPr (ECMA-376, part 1, 17.4.69).
_TCPR_ORDER = {
    qn(f"w:{name}"): rank
    for rank, name in enumerate(
        (
            "cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap",
            "tcMar", "textDirection", "tcFitText", "vAlign", "hideMark",
        )
    )
}  # fmt: skip


def _argument(tag: Tag) -> str:
    return tag.body[len(tag.keyword) :].strip()


def _attribute(expression: str, tag: Tag, table: TagTable, mode: str = "_attribute") -> str:
    table.tags.append(Tag("{{", "", expression, tag.place, mode=mode))
    return f"\ue000{len(table.tags) - 1}\ue001"


def _statement(body: str, tag: Tag, table: TagTable) -> etree._ProcessingInstruction:
    return table.node(Tag("{%", "", body, tag.place, injected=True))


def _set_property(cell: etree._Element, name: str, values: dict[str, str]) -> None:
    properties = cell.find(qn("w:tcPr"))
    if properties is None:
        properties = etree.Element(qn("w:tcPr"))
        cell.insert(0, properties)
    old = properties.find(qn(name))
    if old is not None:
        properties.remove(old)
    rank = _TCPR_ORDER[qn(name)]
    before = [child for child in properties if _TCPR_ORDER.get(child.tag, len(_TCPR_ORDER)) < rank]
    new = etree.Element(qn(name), {qn(key): value for key, value in values.items()})
    properties.insert(len(before), new)


# ---------------------------------------------------------------- {% thut … %}
_BEFORE_INDENT = frozenset(
    qn(f"w:{name}")
    for name in (
        "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr",
        "suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap",
        "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd",
        "snapToGrid", "spacing",
    )
)  # fmt: skip


def _indents(root: etree._Element, table: TagTable) -> None:
    """Let paragraphs take their indent on both sides from a tag, in millimetres."""
    for node in table.nodes(root):
        tag = table.of(node)
        if tag.keyword != _INDENT:
            continue
        paragraph = ancestor(node, P)
        if paragraph is None:
            table.problems.append(tag.problem("thẻ này chỉ dùng trong đoạn văn"))
            continue
        detach(node)
        mark = _attribute(_argument(tag), tag, table, "_indent")
        properties = paragraph.find(PPR)
        if properties is None:
            properties = etree.Element(PPR)
            paragraph.insert(0, properties)
        old = properties.find(qn("w:ind"))
        if old is not None:
            properties.remove(old)
        rank = sum(child.tag in _BEFORE_INDENT for child in properties)
        properties.insert(
            rank, etree.Element(qn("w:ind"), {qn("w:left"): mark, qn("w:right"): mark})
        )


# ---------------------------------------------------------------- blocks
def _match(root: etree._Element, table: TagTable) -> bool:
    """Find the partners of each block; complain of ends and starts that stand alone.

    Returns whether every block is whole.
    """
    open_blocks: list[list[Tag]] = []
    whole = True
    for node in table.nodes(root):
        tag = table.of(node)
        if tag.kind != "{%":
            continue
        word = tag.keyword
        if tag.opens:
            tag.partners = [tag]
            open_blocks.append(tag.partners)
        elif word in _MIDDLE or (word.startswith("end") and word[3:] in OPENERS):
            wanted = _MIDDLE.get(word, (word[3:],))
            if not open_blocks or open_blocks[-1][0].keyword not in wanted:
                table.problems.append(_misplaced(tag, open_blocks))
                whole = False
                continue
            tag.partners = open_blocks[-1]
            tag.partners.append(tag)
            if word not in _MIDDLE:
                open_blocks.pop()
        elif word not in KEYWORDS:
            from difflib import get_close_matches

            near = get_close_matches(word, KEYWORDS, 1)
            hint = (
                f"có phải bạn muốn gõ “{near[0]}”?" if near else "xem danh sách thẻ trong tài liệu"
            )
            table.problems.append(tag.problem(f"không hiểu lệnh “{word}”", hint))
    for block in open_blocks:
        word = block[0].keyword
        table.problems.append(
            block[0].problem(f"lệnh “{word}” không có “end{word}”", f"thêm {{% end{word} %}}")
        )
    return whole and not open_blocks


def _misplaced(tag: Tag, open_blocks: list[list[Tag]]) -> Problem:
    if not open_blocks:
        return tag.problem(f"“{tag.keyword}” không có lệnh mở đầu", "thêm lệnh mở hoặc xóa thẻ này")
    start = open_blocks[-1][0]
    return tag.problem(
        f"“{tag.keyword}” không khớp với {start.source} ở đoạn {start.place.paragraph}",
        f"đóng lệnh “{start.keyword}” bằng {{% end{start.keyword} %}} trước",
    )


def _lift_letters(root: etree._Element, table: TagTable) -> None:
    for node in table.nodes(root):
        tag = table.of(node)
        if tag.letter == "r":
            lift_to_run(node)
    for letter, name in _LEVELS.items():
        owners: dict[etree._Element, list[etree._Element]] = {}
        for node in table.nodes(root):
            if table.of(node).letter == letter:
                owner = ancestor(node, name)
                if owner is None:
                    table.problems.append(_outside(table.of(node)))
                else:
                    owners.setdefault(owner, []).append(node)
        for owner, nodes in owners.items():
            _lift(owner, nodes, table)


def _outside(tag: Tag) -> Problem:
    names = {"p": "đoạn", "tr": "hàng của bảng", "tc": "ô của bảng"}
    return tag.problem(f"thẻ không nằm trong {names[tag.letter]} nào", "bỏ chữ cái hoặc dời thẻ")


def _lift(owner: etree._Element, nodes: list[etree._Element], table: TagTable) -> None:
    """Put tags where their paragraph, cell or row stood; what else it holds will not print."""
    for node in nodes:
        tag = table.of(node)
        if owner.tag == P:
            tag.paragraph = owner
        detach(node)
    lost = words_left(owner)
    if lost:
        first = table.of(nodes[0])
        problem = first.problem(
            f"phần còn lại của đoạn hoặc hàng chứa thẻ này sẽ không in ra: “{lost[:60]}”",
            "để thẻ này đứng một mình",
        )
        table.problems.append(problem)
        table.lost.append(problem)
    replace(owner, nodes)


def _lift_control_only(root: etree._Element, table: TagTable) -> None:
    """Let paragraphs and rows that hold only control tags disappear, whole blocks at a time."""
    for name in (TR, P):  # rows first: a row of control tags is made of paragraphs of control tags
        homes = _liftable(_homes(list(root.iter(name)), table), table)
        for owner, nodes in homes.items():
            for node in nodes:
                detach(node)
            replace(owner, nodes)


Homes = dict[etree._Element, list[etree._Element]]


def _homes(owners: Iterable[etree._Element], table: TagTable) -> Homes:
    """Return the elements that hold control tags and nothing else, with their tags."""
    homes: Homes = {}
    for owner in owners:
        nodes = table.nodes(owner)
        tags = [table.of(node) for node in nodes]
        if not nodes or any(tag.kind == "{{" or tag.injected for tag in tags):
            continue
        commands = any(tag.partners for tag in tags)  # a note alone does not take a row away
        if (commands or owner.tag == P) and not words_left(owner, tags=False):
            homes[owner] = nodes
    return homes


def _liftable(homes: Homes, table: TagTable) -> Homes:
    """Return the homes whose tags have all their partners in homes under the same parent."""
    while True:
        parent_of = {
            id(table.of(node)): owner.getparent()
            for owner, nodes in homes.items()
            for node in nodes
        }
        kept = {
            owner: nodes
            for owner, nodes in homes.items()
            if all(
                parent_of.get(id(partner)) is owner.getparent()
                for node in nodes
                for partner in (table.of(node).partners or [table.of(node)])
            )
        }
        if len(kept) == len(homes):
            return kept
        homes = kept


# ---------------------------------------------------------------- what must remain
def _keep_paragraph(story: etree._Element, table: TagTable) -> None:
    """See to it that a cell, header or note ends with a paragraph whatever the data."""
    content = [child for child in story if child.tag != qn("w:tcPr")]
    if _torn(content, table):
        return
    _Closing(P, lambda: etree.Element(P), table).close(content, story)


def _keep_row(grid: etree._Element, table: TagTable) -> None:
    """See to it that a table keeps a row: an empty one where its data has none."""
    skip = (qn("w:tblPr"), qn("w:tblGrid"))
    content = [child for child in grid if child.tag not in skip]
    if any(child.tag == TR for child in _certain(content, table)):
        return
    rows = [child for child in content if child.tag == TR]
    if not rows or _torn(content, table):
        return
    _Closing(TR, lambda: _empty_row(rows[0]), table).close(content, grid)


def _torn(content: list[etree._Element], table: TagTable) -> bool:
    """Return whether a block begins or ends elsewhere: the proof of well-formedness tells it."""
    blocks = [table.of(child).partners for child in content if child.tag is PI]
    here = Counter(map(id, blocks))
    return any(here[id(block)] != len(block) for block in blocks if block)


def _certain(content: list[etree._Element], table: TagTable) -> list[etree._Element]:
    """Return the elements that stand outside every block."""
    depth, certain = 0, []
    for child in content:
        if child.tag is PI:
            tag = table.of(child)
            depth += tag.opens - tag.is_end
        elif not depth:
            certain.append(child)
    return certain


def _empty_row(row: etree._Element) -> etree._Element:
    copy = deepcopy(row)
    for cell in copy.iter(TC):
        for child in list(cell):
            if child.tag != qn("w:tcPr"):
                cell.remove(child)
        cell.append(etree.Element(P))
    return copy


@dataclass(frozen=True, slots=True)
class _Closing:
    """Makes sequences end with a paragraph (or a row) in every case, by else branches."""

    name: str
    make: Callable[[], etree._Element]
    table: TagTable

    def close(
        self, content: list[etree._Element], parent: etree._Element, *, backed: bool = False
    ) -> None:
        """See to it that ``content``, children of ``parent``, ends as it must.

        ``backed`` content may print nothing: what stands before it ends as it must.
        """
        content = self._printing(content)
        if not content:
            if not backed:
                parent.append(self.make())
        elif content[-1].tag is not PI:
            self._close_behind(content[-1])
        else:
            start = self._start(content)
            # A certain paragraph before the block ends the cell when the block prints nothing.
            backed = self._ends(content[:start], empty=backed)
            self._close_branches(content[start:], parent, backed=backed)

    def _printing(self, content: list[etree._Element]) -> list[etree._Element]:
        """Return a sequence without the tags and blocks at its end that print nothing."""
        while content and content[-1].tag is PI:
            start = len(content) - 1
            if self._tag(content[-1]).is_end:
                start = self._start(content)
                if self._tag(content[start]).keyword not in ("set", "macro"):
                    break
            content = content[:start]
        return content

    def _ends(self, content: list[etree._Element], *, empty: bool) -> bool:
        """Return whether a sequence ends as it must in every case; ``empty`` if it has no end."""
        while content and content[-1].tag is PI and self._tag(content[-1]).kind != "{{":
            start = -1
            if self._tag(content[-1]).is_end:
                start = self._start(content)
                branches = self._branches(content[start:])
                if not all(self._ends(branch, empty=True) for _, branch in branches):
                    return False
            content = content[:start]
        return content[-1].tag == self.name if content else empty

    def _close_behind(self, last: etree._Element) -> None:
        if last.tag != self.name:
            last.addnext(self.make())

    def _tag(self, node: etree._Element) -> Tag:
        return self.table.of(node)

    def _start(self, content: list[etree._Element]) -> int:
        """Return where the block that ends a sequence starts."""
        opener = self._tag(content[-1]).partners[0]
        return next(
            (
                i
                for i, child in enumerate(content)
                if child.tag is PI and self._tag(child) is opener
            ),
            0,
        )

    def _branches(
        self, block: list[etree._Element]
    ) -> list[tuple[etree._Element, list[etree._Element]]]:
        """Return the branches of a block, each with the tag before it."""
        tags = self._tag(block[0]).partners
        marks = [i for i, child in enumerate(block) if child.tag is PI and self._tag(child) in tags]
        return [(block[first], block[first + 1 : second]) for first, second in pairwise(marks)]

    def _close_branches(
        self, block: list[etree._Element], parent: etree._Element, *, backed: bool
    ) -> None:
        tags = self._tag(block[-1]).partners
        if tags[0].keyword not in ("if", "for", "with"):
            return
        for first, branch in self._branches(block):
            if branch:
                self.close(branch, parent, backed=backed)
            elif not backed:
                first.addnext(self.make())
        sure = tags[0].keyword == "with" or any(tag.keyword == "else" for tag in tags)
        if not backed and not sure:
            otherwise = Tag("{%", "", "else", tags[0].place, partners=tags)
            block[-1].addprevious(self.table.node(otherwise))
            tags.insert(-1, otherwise)
            block[-1].addprevious(self.make())
