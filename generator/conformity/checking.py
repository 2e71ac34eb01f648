"""One document checked: read within limits, recognised, measured by its profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.conformity.components import LETTER, MAIN, Recognised
from generator.conformity.document import Line, read_document
from generator.conformity.findings import Finding, Place, Severity
from generator.conformity.profile import (
    Profile,
    choose_profile,
    load_profile,
    profile_ids,
    with_layer,
)
from generator.conformity.recognise import recognise
from generator.conformity.rules import (
    address,
    appendix,
    body,
    drawn,
    header,
    letter,
    looks,
    numbers,
    page,
    signature,
    sizes,
    stamp,
    text,
)
from generator.conformity.rules.case import Case
from generator.errors import DataError, Problem, TemplateError
from generator.ooxml import Package, read_package

_FAMILIES: Sequence[Callable[[Case], Iterator[Finding]]] = (
    page.check,
    looks.check,
    sizes.check,
    header.check,
    drawn.check,
    letter.check,
    stamp.check,
    numbers.check,
    address.check,
    body.check,
    signature.check,
    appendix.check,
    text.check,
)
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
_MACROS = ("vbaProject.bin", "vbaData.xml")


@dataclass(frozen=True, slots=True)
class Layer:
    """An agency's or a form's own rules, with the name of their file."""

    file: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the check of one document came to."""

    file: str
    profile: Profile
    findings: tuple[Finding, ...]
    waived: tuple[Finding, ...] = ()
    out_of_scope: str = ""
    kind: str = ""  # the document's type
    found: Recognised | None = field(default=None, compare=False, repr=False)

    def count(self, severity: Severity) -> int:
        """Return how many findings weigh so much."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def conforms(self) -> bool:
        """Whether no finding is an error."""
        return self.count(Severity.ERROR) == 0


def check_document(
    content: bytes,
    file: str,
    *,
    profile: str = "",
    layers: Sequence[Layer] = (),
) -> Report:
    """Return the findings of a .docx; the profile follows from its date and issuer unless given.

    Raises:
        DataError: it is no .docx, damaged, encrypted, holds macros, or unpacks beyond the limits.
        UsageError: no such profile.
    """
    return check_package(open_package(content, file), file, profile=profile, layers=layers)


def check_package(
    package: Package,
    file: str,
    *,
    profile: str = "",
    layers: Sequence[Layer] = (),
) -> Report:
    """Return the findings of a .docx read already; as :func:`check_document`."""
    try:
        document = read_document(package)
        found = recognise(document, _type_names())
    except TemplateError as error:
        raise DataError(error.problems) from error
    rules = load_profile(profile) if profile else choose_profile(found.issued, party=found.party)
    for layer in layers:
        rules = with_layer(rules, layer.content, layer.file)
    if found.normative and not profile:
        return Report(
            file=file,
            profile=rules,
            findings=(),
            out_of_scope="văn bản quy phạm pháp luật (số có năm ban hành): thể thức theo Luật Ban "
            "hành văn bản quy phạm pháp luật, không theo Nghị định 30/2020/NĐ-CP",
            found=found,
        )
    case = Case(found, rules)
    every = sorted(
        (*_unrecognised(case), *(f for family in _FAMILIES for f in family(case))), key=_rank
    )
    return Report(
        file=file,
        profile=rules,
        findings=tuple(f for f in every if f.id not in rules.waived),
        waived=tuple(f for f in every if f.id in rules.waived),
        kind=found.main.type_name,
        found=found,
    )


def _rank(finding: Finding) -> tuple[int, int, str]:
    paragraph = finding.place.paragraph
    return _ORDER[finding.severity], paragraph.number if paragraph else 0, finding.id


def _type_names() -> list[str]:
    profiles = map(load_profile, profile_ids())
    names = [name for p in profiles for names in p.types.values() for name in names]
    return list(dict.fromkeys([*names, LETTER]))


def open_package(content: bytes, file: str) -> Package:
    """Return the package of a document to be checked.

    Raises:
        DataError: as for :func:`check_document`.
    """
    try:
        package = read_package(content, file)
        main = package.main_part()
    except TemplateError as error:
        raise DataError(error.problems) from error
    macros = [name for name in package.parts if name.endswith(_MACROS)]
    if macros or Path(file).suffix.lower() == ".docm":
        raise DataError(
            Problem(
                file=file,
                message="chứa macro (.docm), không kiểm tra",
                hint="mở bằng Word rồi lưu lại dạng .docx không có macro",
            )
        )
    if not main.endswith(".xml"):
        raise DataError(Problem(file=file, message="không phải văn bản Word (.docx)"))
    return package


def _unrecognised(case: Case) -> Iterator[Finding]:
    """Say what the check could not recognise, so that silence means something."""
    unit = case.main
    told: list[tuple[str, str, Line | None]] = []
    if unit.kind == MAIN and not unit.has_head:
        told.append(
            (
                "Không nhận ra phần đầu văn bản (Quốc hiệu, số, ký hiệu, ngày tháng)",
                "chỉ kiểm tra trang giấy, chữ và phần nội dung",
                None,
            )
        )
    elif unit.kind == MAIN and not unit.type_name and unit.one("ten_loai"):
        title = unit.parts["ten_loai"][0]
        told.append(
            (
                f"“{title.words[:60]}” không có trong các loại văn bản hành chính",
                "thành phần thiếu không tính là lỗi; văn bản chuyên ngành theo quy định của ngành",
                title.lines[0],
            )
        )
    told += (
        (f"Không nhận ra dòng “{line.text[:60]}”", "dòng này không được kiểm tra", line)
        for line in unit.unknown[:5]
    )
    for message, consequence, line in told:
        where = Place(line.paragraph, line.text[:60], line.start) if line else Place()
        yield Finding(
            id="van_ban.khong_nhan_ra",
            component="van_ban",
            severity=Severity.NOTE,
            clause=f"{case.profile.short}",
            message=f"{message}; {consequence}",
            remedy="Nếu đây là văn bản hành chính, xem lại vị trí và cách ghi.",
            places=(where,),
        )
