"""The tags of a template against its schema: fields nobody declares, fields nobody prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from generator.expressions.scopes import Known
from generator.lint.findings import ERROR, WARNING, Finding, of_tag
from generator.records.schema import Field
from generator.template.tags import Tag
from generator.template.uses import Use, uses_of


def unknown_fields(tags: Sequence[Tag], known: Known) -> Iterator[Finding]:
    """Yield a finding for each field that a tag reads and the form does not have."""
    for tag, uses in zip(tags, uses_of(tags), strict=True):
        told: set[str] = set()
        for use in uses:
            message, remedy = "", ""
            if not use.guarded and not any(_fault(need, known)[0] for need in use.needs):
                message, remedy = _fault(use.path, known)
            if message and message not in told:
                told.add(message)
                yield of_tag(tag, "truong.khong_co", ERROR, message, remedy)


def _fault(path: str, known: Known) -> tuple[str, str]:
    """Return what is wrong with a path and what to do, two empty texts where nothing is."""
    at, walked = known, ""
    for step in path.split("."):
        name = step.replace("[]", "")
        if at.anything or not at.children or (walked and hasattr(dict, name)):
            break  # a value: its own parts are not the schema's matter
        where = f" trong “{walked}”" if walked else ""
        if walked and at.is_list and not walked.endswith("[]"):
            lacking = f"“{walked}” là danh sách, không lấy “{name}” từ cả danh sách được"
            return lacking, f"viết {{% for x in {walked} %}} rồi dùng x.{name}"
        if name not in at.children:
            return f"không có trường “{name}”{where} trong schema.json", _nearest(name, at)
        at, walked = at.children[name], f"{walked}.{step}" if walked else step
        if step.endswith("[]") and at.children and not at.is_list and not at.anything:
            return f"“{walked[:-2]}” là nhóm trường, không lặp qua được", "bỏ vòng lặp này"
    return "", ""


def _nearest(name: str, at: Known) -> str:
    near = get_close_matches(name, at.children, 1, 0.6)
    if near:
        return f"có phải bạn muốn gõ “{near[0]}”?"
    return "thêm trường vào schema.json, hoặc bỏ thẻ này"


def unused_fields(root: Field, used: Iterable[Use], file: str) -> Iterator[Finding]:
    """Yield a finding for each field of a schema that nothing uses; a group counts as one."""
    uses = list(used)
    touched = {use.path for use in uses}
    whole = {use.path for use in uses if use.whole}
    for path, field in _unused(root, "", touched, whole):
        yield Finding(
            id="truong.khong_dung",
            severity=WARNING,
            file=file,
            at=f"$.{path}",
            message=f"trường “{path}” ({field.title}) khai trong schema.json mà mẫu không dùng: "
            "giá trị nhập vào sẽ không in ra",
            remedy=f"đặt thẻ {{{{ {path.rpartition('[]')[2].lstrip('.') or path} }}}} vào mẫu, "
            "hoặc bỏ trường khỏi schema.json",
        )


def _unused(
    at: Field, path: str, touched: set[str], whole: set[str]
) -> Iterator[tuple[str, Field]]:
    for key, child in at.children.items():
        where = f"{path}.{key}" if path else key
        if where in whole or f"{where}[]" in whole:
            continue
        inside = (f"{where}.", f"{where}[")
        if where not in touched and not any(name.startswith(inside) for name in touched):
            yield where, child
        elif child.children:
            yield from _unused(child, where, touched, whole)
        elif child.items is not None:
            yield from _unused(child.items, f"{where}[]", touched, whole)
