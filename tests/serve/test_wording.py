"""What messages say of the command line is said of the page there."""

from __future__ import annotations

from pathlib import Path

import pytest

import generator
from generator.errors import Problem
from generator.serve.wording import WORDS, on_page

SOURCES = "".join(
    path.read_text(encoding="utf-8")
    for path in Path(generator.__file__).parent.rglob("*.py")
    if path.parent.name != "serve"
)


@pytest.mark.parametrize(("command", "page"), WORDS, ids=[command for command, _ in WORDS])
def test_each_remedy_of_the_command_line_is_still_said_somewhere(command: str, page: str) -> None:
    assert command in SOURCES
    assert "--" not in page


def test_a_remedy_is_one_of_the_page() -> None:
    problem = Problem(message="thiếu Ngày", hint="khai trong tệp --head, hoặc --set TRƯỜNG=GIÁ_TRỊ")
    assert on_page(problem).hint == "điền ở mục “Đầu văn bản”"


def test_other_words_stay_as_they_are() -> None:
    problem = Problem(message="tệp rỗng", file="a--b.json", hint="gửi lại")
    assert on_page(problem) == problem
