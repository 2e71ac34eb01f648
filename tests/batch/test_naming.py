"""Names of result files: legal on every system, never outside the folder, apart for two units."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import BundleError, DataError
from generator.naming import MAX_NAME, OutputName, file_name, same_file

# What Windows refuses (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
FORBIDDEN = frozenset('<>:"/\\|?*') | {chr(code) for code in range(32)}
DEVICES = (
    "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
    *(f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"),
)  # fmt: skip


def is_legal(name: str) -> bool:
    """Return whether Windows, macOS and Linux all take that name of a file."""
    return (
        not FORBIDDEN & set(name)
        and name not in {"", ".", ".."}
        and name[-1] not in ". "
        and name.partition(".")[0].rstrip(" ").upper() not in DEVICES
        and len(name.encode()) <= 255  # Linux counts bytes
        and len(name.encode("utf-16-le")) // 2 <= 255  # Windows counts UTF-16 units
        and unicodedata.is_normalized("NFC", name)
    )


def named(template: str, **record: Any) -> str:
    """Return the file name a bundle's ``output`` gives a record."""
    return OutputName(template, "manifest.toml").path(record)


# ---------------------------------------------------------------- one name
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Kế hoạch số 33.docx", "Kế hoạch số 33.docx"),
        ("Số 33/KH-BCĐ.docx", "Số 33-KH-BCĐ.docx"),
        ('a<b>c:d"e/f\\g|h?i*j', "a-b-c-d-e-f-g-h-i-j"),
        ("UBND thành phố\nLạc Giang\t2019", "UBND thành phố-Lạc Giang-2019"),
        ("  Trường   học  ", "Trường học"),
        ("Công ty X...", "Công ty X"),
        ("...ẩn", "ẩn"),
        ("a\x00b\x1f\x7fc", "a-b-c"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("C:\\Windows\\a.docx", "C-Windows-a.docx"),
        ("🏫 Trường", "🏫 Trường"),
        ("", ""),
        (" . . ", ""),
    ],
)
def test_a_text_becomes_one_legal_name(text: str, name: str) -> None:
    assert file_name(text) == name


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("ending", ["", ".docx", ".tar.gz", " .docx"])
def test_names_of_devices_are_marked(device: str, ending: str) -> None:
    for spelling in (device, device.lower()):
        assert file_name(spelling + ending) == f"_{spelling}{ending}"


@pytest.mark.parametrize("name", ["console.docx", "Con người.docx", "com.docx", "COM10", "nul-"])
def test_names_that_only_begin_like_devices_stay(name: str) -> None:
    assert file_name(name) == name


def test_a_long_name_is_cut_and_keeps_its_ending_and_its_difference() -> None:
    long = "Trường Tiểu học và Trung học cơ sở " * 6
    first, second = file_name(f"{long}A.docx"), file_name(f"{long}B.docx")
    assert re.fullmatch(r"Trường Tiểu học .+… [0-9a-f]{8}\.docx", first)
    assert first != second
    assert len(first) <= MAX_NAME
    assert file_name(f"{long}A.docx") == first


def test_a_long_name_without_an_ending_keeps_its_words() -> None:
    name = file_name("TT. " + "Trường mầm non " * 20)
    assert re.fullmatch(r"TT\. Trường mầm non .+… [0-9a-f]{8}", name)


@pytest.mark.parametrize("letter", ["ộ", "🏫", "a"])
def test_a_name_fits_the_bytes_of_every_system(letter: str) -> None:
    assert is_legal(file_name(letter * 119))
    assert is_legal(file_name(letter * 116 + ".docx"))


# Letters that make trouble in names come up often, others now and then.
TROUBLE = st.sampled_from(
    [*'<>:"/\\|?*. \t\n\x00\x7f\u0301\u00a0', "con", "NUL", "com¹", "ệ", "🏫"]
)
TEXTS = st.lists(TROUBLE | st.text(max_size=3), max_size=90).map("".join) | st.text()


@given(TEXTS)
def test_any_text_gives_one_legal_name_or_none(text: str) -> None:
    name = file_name(text)
    assert name == "" or is_legal(name)
    assert file_name(name) == name  # a legal name stays as it is


@given(TEXTS)
def test_a_name_is_one_step_of_a_path_everywhere(text: str) -> None:
    name = file_name(f"x{text}")
    for path in (PurePosixPath("nhà", name), PureWindowsPath("C:/nhà", name)):
        assert path.name == name


# ---------------------------------------------------------------- the template of names
def test_the_record_fills_the_name() -> None:
    assert named("Bản chấm điểm {{ nam }} - {{ don_vi }}.docx", nam=2019, don_vi="Đội 3") == (
        "Bản chấm điểm 2019 - Đội 3.docx"
    )


def test_slashes_of_the_template_make_folders_and_those_of_values_do_not() -> None:
    assert named("{{ nam }}/{{ ten }}.docx", nam=2019, ten="a/b") == "2019/a-b.docx"
    assert named('{{ "a/b" }}/{{ ten }}', ten="c") == "a-b/c"
    assert named("{% if ten %}{{ ten }}{% endif %}/{# a/b #}x", ten="c") == "c/x"


@pytest.mark.parametrize(
    "value",
    ["..", "../..", "/etc/passwd", "..\\..\\x", "C:\\x", "~/x", "a/../../../x", "\\\\may\\o"],
)
def test_no_value_leads_out_of_the_folder(value: str) -> None:
    path = named("ket-qua/{{ ten }}.docx", ten=value)
    assert path.startswith("ket-qua/")
    assert path.count("/") == 1
    assert "\\" not in path
    assert ".." not in path.split("/")
    assert PureWindowsPath("D:/nhà", path).is_relative_to("D:/nhà")


@given(TEXTS, TEXTS)
def test_any_values_stay_in_the_folders_of_the_template(one: str, other: str) -> None:
    if not file_name(one):
        with pytest.raises(DataError, match="tên tệp kết quả rỗng"):
            named("a/{{ x }}/{{ y }}.docx", x=one, y=other)
        return
    steps = named("a/{{ x }}/{{ y }}.docx", x=one, y=other).split("/")
    assert len(steps) == 3
    assert steps[0] == "a"
    assert all(map(is_legal, steps))


@pytest.mark.parametrize(
    "template", ["", "{{ ten }}/", "/{{ ten }}", "a//b", "../{{ ten }}", "./a"]
)
def test_an_empty_step_is_refused(template: str) -> None:
    with pytest.raises(DataError) as caught:
        named(template, ten="An")
    assert str(caught.value) == "tên tệp kết quả rỗng\n  gợi ý: điền các trường dùng trong tên tệp"


def test_a_blank_field_in_a_name_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        named("{{ ten }}.docx", ten=None)
    assert str(caught.value) == (
        "không đặt được tên tệp kết quả: giá trị đang để trống; "
        "dùng bộ lọc “cham” để in chỗ trống\n"
        "  gợi ý: điền các trường dùng trong tên tệp (xem output trong manifest.toml)"
    )


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ khong }}", "không đặt được tên tệp kết quả: không có trường “khong”"),
        ("{{ ten.__class__ }}", "không đặt được tên tệp kết quả: biểu thức không được phép"),
        ("{{ ten + 1 }}", "không tính được tên tệp kết quả: không dùng phép + giữa chữ và số được"),
        ("{{ 1 / 0 }}", "không tính được tên tệp kết quả: phép chia cho 0"),
        (
            "{% for x in range(10 ** 9) %}{% endfor %}",
            "không tính được tên tệp kết quả: lặp quá nhiều lần",
        ),
        ('{% include "a" %}', "không tính được tên tệp kết quả: chỗ này không chèn được khối"),
    ],
)
def test_an_expression_that_fails_is_told(template: str, said: str) -> None:
    with pytest.raises(DataError) as caught:
        named(template, ten="An")
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("template", ["{{ ten }", "{% if %}", "{{ ten|khong_co }}", "{% endif %}"])
def test_a_template_that_does_not_parse_is_a_fault_of_the_form(template: str) -> None:
    with pytest.raises(BundleError) as caught:
        OutputName(template, "manifest.toml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.at) == ("manifest.toml", "output")
    assert problem.message.startswith("tên tệp viết sai: ")
    assert problem.hint == 'viết như output = "{{ don_vi }}.docx"'


# ---------------------------------------------------------------- two names, one file
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kim Đồng.docx", "KIM ĐỒNG.docx"),  # Windows and macOS fold capitals
        ("Nga\u0303i.docx", "Ngãi.docx"),  # macOS folds decomposed letters
        ("straße", "STRASSE"),
    ],
)
def test_names_that_some_system_takes_for_one_are_one(one: str, other: str) -> None:
    assert same_file(one) == same_file(other)


def test_other_names_stay_apart() -> None:
    names = ["Hoà.docx", "Hòa.docx", "Hoa.docx", "Hòa 2.docx"]
    assert len(set(map(same_file, names))) == 4
