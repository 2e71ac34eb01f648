"""What a check of a form finds: an id, how much it weighs, the place, the words, the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from generator.conformity.findings import Severity
from generator.errors import Problem
from generator.template.tags import Tag, TagProblem

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend in a form, or to know of it.

    ``file`` is a file of the form, ``part`` the part inside a .docx, ``paragraph`` counts from 1 in
    it (0 for the whole part), ``tag`` is quoted as typed, ``words`` are those around it.
    """

    id: str
    severity: Severity
    message: str
    remedy: str = ""
    file: str = ""
    part: str = ""
    paragraph: int = 0
    at: str = ""  # the place in a file that is no .docx, or in a document made from the form
    tag: str = ""
    words: str = ""

    @property
    def place(self) -> str:
        """Where it is, as a maintainer reads it."""
        inside = f"đoạn {self.paragraph}" if self.paragraph else ""
        part = "" if self.part == MAIN_PART else self.part
        named = f"thẻ {self.tag}" if self.tag else ""
        words = f"“{self.words}”" if self.words and self.words != self.tag else ""
        return ", ".join(filter(None, (self.file, part, self.at, inside, named, words)))


MAIN_PART = "word/document.xml"

# How the sentences of the compiler start -> the finding's id.
_KINDS = (
    ("thẻ mở", "the.mo"),
    ("dấu đóng", "the.mo"),
    ("không hiểu lệnh", "the.lenh"),
    ("không có bộ lọc", "the.bo_loc"),
    ("không có phép thử", "the.phep_thu"),
    ("lệnh “raw”", "the.ket_thuc"),
    ("lệnh “", "the.ket_thuc"),
    ("“", "the.ket_thuc"),
    ("lệnh {", "the.hai_cap"),
    ("thẻ không nằm trong", "the.ngoai_bang"),
    ("thẻ này chỉ dùng", "the.ngoai_bang"),
    ("phần còn lại", "the.mat_chu"),
    ("có thẻ ở phần", "the.khong_dien"),
    ("thẻ ở chỗ", "the.khong_dien"),
    ("khối", "khoi.sai"),
    ("không tìm thấy khối", "khoi.sai"),
    ("tên khối", "khoi.sai"),
)
_OTHER = "the.cu_phap"


def of_template(problems: Iterable[Problem]) -> list[Finding]:
    """Return the findings of what the compiler refuses."""
    return [of_problem(problem, _kind(problem.message)) for problem in problems]


def _kind(message: str) -> str:
    return next((kind for start, kind in _KINDS if message.startswith(start)), _OTHER)


def of_problem(problem: Problem, finding_id: str, severity: Severity = ERROR) -> Finding:
    """Return a problem as a finding."""
    file, _, part = problem.file.partition(": ")
    finding = Finding(
        id=finding_id,
        severity=severity,
        message=problem.message,
        remedy=problem.hint,
        file=file,
        part=part,
        at=problem.at,
    )
    if not isinstance(problem, TagProblem):
        return finding
    return replace(
        finding, at="", paragraph=problem.paragraph, tag=problem.tag, words=problem.words
    )


def of_tag(tag: Tag, finding_id: str, severity: Severity, message: str, remedy: str) -> Finding:
    """Return a finding at a tag."""
    return of_problem(tag.problem(message, remedy), finding_id, severity)
