"""Data files: every source and encoding that is read, and how each broken one is told."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import DataError, GeneratorError, UsageError
from generator.records import data
from generator.records.data import (
    STDIN,
    RawRecord,
    decode,
    load_files,
    parse_json,
    positions,
    read_records,
    show_path,
)
from generator.records.schema import Fault, Schema
from tests.clerk import TEXT_FIELD, draw_form, keep, keep_lines, object_of, vanban
from tests.making import make

FILE = "so-lieu.json"


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def said(refused: Callable[[], Any], kind: type[GeneratorError] = DataError) -> str:
    """Return what a refusal says, word for word."""
    with pytest.raises(kind) as caught:
        refused()
    return str(caught.value)


def values(source: str) -> list[Any]:
    """Return the records of a source."""
    return [record.parse() for record in read_records(source)]


# ---------------------------------------------------------------- sources
def test_a_file_holds_one_record() -> None:
    Path(FILE).write_text('\n  {"ten": "An"}\n')
    (record,) = read_records(FILE)
    assert (record.parse(), record.index, record.file) == ({"ten": "An"}, 0, FILE)


def test_a_file_holds_a_list_of_records_each_with_its_own_line() -> None:
    Path(FILE).write_text('[\n {"ten": "An"},\n\n {"ten":\n "Bình"}, {"ten": "Chi"}\n]')
    records = list(read_records(FILE))
    assert [record.parse()["ten"] for record in records] == ["An", "Bình", "Chi"]
    assert [(record.index, record.first_line) for record in records] == [(0, 2), (1, 4), (2, 5)]


def test_json_lines_hold_a_record_a_line_and_blank_lines_are_skipped() -> None:
    Path("a.jsonl").write_bytes(b'{"ten": "An"}\r\n\r\n  \n{"ten": "B\xc3\xacnh"}')
    records = list(read_records("a.jsonl"))
    assert [record.parse()["ten"] for record in records] == ["An", "Bình"]
    assert [(record.index, record.first_line) for record in records] == [(0, 1), (1, 4)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "A.JSONL"])
def test_the_ending_of_the_name_tells_json_lines(name: str) -> None:
    keep_lines(Path(name), [1, 2])
    assert values(name) == [1, 2]


def test_a_folder_holds_a_file_a_unit_in_the_order_people_number_them(tmp_path: Path) -> None:
    for name in ("Đơn vị 10.json", "Đơn vị 9.JSON", "đơn vị 1.json", "ghi chú.txt"):
        keep(tmp_path / "xa" / name, {"ten": name})
    records = list(read_records("xa"))
    assert [record.file for record in records] == [
        str(Path("xa") / name) for name in ("đơn vị 1.json", "Đơn vị 9.JSON", "Đơn vị 10.json")
    ]
    assert [record.index for record in records] == [0, 1, 2]


def test_files_of_a_folder_may_hold_lists_and_are_counted_on(tmp_path: Path) -> None:
    keep(tmp_path / "xa" / "1.json", [{"ten": "An"}, {"ten": "Bình"}])
    keep(tmp_path / "xa" / "2.json", {"ten": "Chi"})
    records = list(read_records("xa"))
    assert [(record.index, record.listed) for record in records] == [(0, 0), (1, 1), (2, None)]


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO('[{"ten": "Đức"}, {"ten": "Ân"}]'.encode("utf-16"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    assert values(STDIN) == [{"ten": "Đức"}, {"ten": "Ân"}]


def test_a_fault_on_standard_input_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert said(lambda: values(STDIN)).startswith("(đầu vào): tệp không có bản ghi nào\n")


@given(st.lists(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
), min_size=1), st.sampled_from([None, 0, 2]))  # fmt: skip
def test_records_of_a_list_are_what_the_list_holds(records: list[Any], indent: int | None) -> None:
    file = keep(Path("any.json"), None)
    file.write_text(json.dumps(records, indent=indent), encoding="utf-8")
    assert values("any.json") == records


EMPTY = ": tệp không có bản ghi nào\n  gợi ý: tạo tệp mẫu để điền bằng lệnh vanban init"


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", ""), ("a.json", " \n\t"), ("a.json", "[ ]"), ("a.jsonl", "\n \n"), ("a.jsonl", "")],
)
def test_a_file_without_a_record_is_refused(name: str, content: str) -> None:
    Path(name).write_text(content)
    assert said(lambda: values(name)) == name + EMPTY


def test_a_folder_without_a_json_file_is_refused() -> None:
    Path("xa").mkdir()
    assert said(lambda: values("xa")) == (
        "xa: thư mục không có tệp .json nào\n  gợi ý: mỗi đơn vị một tệp"
    )


def test_tables_that_a_folder_leaves_out_are_named_once() -> None:
    for name in ("a.json", "b.json"):
        keep(Path("xa") / name, {"so": 1})
    for name in ("b.xlsx", "c.CSV", "~$b.xlsx", "noi-dung.md", "ke-hoach.docx"):
        Path("xa", name).touch()
    first, second = read_records("xa")
    assert [str(warning) for warning in first.warnings] == [
        "xa: không đọc bảng tính trong thư mục: b.xlsx, c.CSV\n"
        "  gợi ý: thư mục chỉ lấy các tệp .json; đưa riêng từng bảng tính"
    ]
    assert second.warnings == ()
    Path("xa", "a.json").unlink()
    Path("xa", "b.json").unlink()
    assert said(lambda: values("xa")).endswith("gợi ý: đưa riêng từng bảng tính")


def test_a_missing_file_is_wrong_use() -> None:
    assert said(lambda: values("khong-co.json"), UsageError) == (
        "khong-co.json: không có tệp này\n  gợi ý: kiểm tra lại tên tệp và thư mục"
    )


def test_a_folder_where_a_file_should_be_is_wrong_use() -> None:
    Path("xa/1.json").mkdir(parents=True)
    assert said(lambda: values("xa"), UsageError) == (
        f"{Path('xa/1.json')}: không mở được (đây là thư mục)\n"
        "  gợi ý: kiểm tra quyền đọc, hoặc đóng chương trình đang giữ tệp"
    )


def test_a_folder_that_cannot_be_listed_is_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied")

    Path("xa").mkdir()
    monkeypatch.setattr(Path, "iterdir", refuse)  # root may list everything: no chmod shows this
    assert said(lambda: values("xa"), UsageError).startswith("xa: không mở được (không có quyền")


# ---------------------------------------------------------------- encodings
RECORD = '{"ten": "Nguyễn Văn Ngọc, Đông Hưng"}'


@pytest.mark.parametrize(
    "content",
    [
        RECORD.encode(),
        RECORD.encode("utf-8-sig"),
        RECORD.encode("utf-16"),
        b"\xfe\xff" + RECORD.encode("utf-16-be"),
        RECORD.encode("utf-16-le"),
        RECORD.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 bom", "utf-16 le", "utf-16 be", "utf-16 le no bom", "utf-16 be no bom"],
)
def test_the_encodings_of_windows_programs_are_read(content: bytes) -> None:
    Path(FILE).write_bytes(content)
    assert values(FILE) == [{"ten": "Nguyễn Văn Ngọc, Đông Hưng"}]


@given(st.text(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_text_of_those_encodings_arrives(text: str, encoding: str) -> None:
    whole = json.dumps({"ten": text}, ensure_ascii=False)
    assert decode(whole.encode(encoding), FILE) == whole


NOTEPAD = "  gợi ý: mở bằng Notepad, chọn Save As, mục Encoding chọn UTF-8, rồi chạy lại"


def test_windows_1258_is_named() -> None:
    # As Windows stores it: the letter, then the tone as a mark of its own; đ, ơ, ư have places.
    old = '{\n"ten": "L\xea Thi\u0323 Th\u01a1m \u0110i\u0323nh"}'.encode("cp1258")
    assert said(lambda: decode(old, FILE)) == (
        f"{FILE}: dòng 2: tệp không phải UTF-8; bảng mã của tệp: Windows-1258 (cp1258)\n{NOTEPAD}"
    )


@pytest.mark.parametrize("content", [b'{"a":\n\n"\xff\xfe\xff"}', RECORD.encode("utf-16") + b"x"])
def test_any_other_encoding_is_refused_by_line(content: bytes) -> None:
    line = content.count(b"\n") + 1 if content[:1] == b"{" else 1
    assert said(lambda: decode(content, FILE)) == (
        f"{FILE}: dòng {line}: tệp không phải UTF-8; bảng mã của tệp: không rõ\n{NOTEPAD}"
    )


# ---------------------------------------------------------------- broken JSON
UNQUOTED = "số hoặc ngày viết có dấu , . / - mà không có ngoặc kép"
QUOTE_IT = 'đặt cả giá trị trong ngoặc kép: "1.234,5", "05/3/2026"'


@pytest.mark.parametrize(
    ("text", "at", "message", "hint"),
    [
        ('{"a": 1\n "b": 2}', "dòng 2, cột 2", "thiếu dấu phẩy giữa hai mục",
         "thêm dấu phẩy cuối mục trước"),
        ('{"a": 1,\n}', "dòng 2, cột 1", "thiếu tên khóa trong dấu ngoặc kép thẳng",
         'bỏ dấu phẩy thừa ở dòng trước, và gõ khóa trong dấu " thẳng, không dùng “ ”'),
        ("{“a”: 1}", "dòng 1, cột 2", "thiếu tên khóa trong dấu ngoặc kép thẳng",
         'bỏ dấu phẩy thừa ở dòng trước, và gõ khóa trong dấu " thẳng, không dùng “ ”'),
        ('{"a": 1.234,5}', "dòng 1, cột 13", UNQUOTED, QUOTE_IT),
        ('{"a": 12,5}', "dòng 1, cột 10", UNQUOTED, QUOTE_IT),
        ('{"a": 3.000.000}', "dòng 1, cột 12", UNQUOTED, QUOTE_IT),
        ('{"a": [1, 5/3/2026]}', "dòng 1, cột 12", UNQUOTED, QUOTE_IT),
        ('{"a": 2026-03-05}', "dòng 1, cột 11", UNQUOTED, QUOTE_IT),
        ('{"a": [1, 2 3]}', "dòng 1, cột 13", "thiếu dấu phẩy giữa hai mục",
         "thêm dấu phẩy cuối mục trước"),
        ('{"a": }', "dòng 1, cột 7", "thiếu giá trị",
         "sau dấu hai chấm hoặc dấu phẩy phải có giá trị"),
        ('{"a" 1}', "dòng 1, cột 6", "thiếu dấu hai chấm sau tên khóa", 'viết "khóa": giá trị'),
        ('{"a":\n\n  "An', "dòng 3, cột 3", "chuỗi mở ngoặc kép mà không đóng",
         'thêm dấu " cuối chuỗi'),
        ('{"a": "An\n"}', "dòng 1, cột 10", "có xuống dòng hoặc dấu tab nằm trong chuỗi",
         "trong chuỗi gõ \\n để xuống dòng, \\t thay cho tab"),
        ('{"a": 1} {"b": 2}', "dòng 1, cột 10", "thừa nội dung sau khi bản ghi đã kết thúc",
         "nhiều bản ghi thì đặt trong [ ]"),
        ('{"a": "C:\\x"}', "dòng 1, cột 10", "dấu \\ đứng trước ký tự không hợp lệ",
         "muốn in dấu \\ thì gõ \\\\"),
        ('{"a": "\\u12"}', "dòng 1, cột 9", "mã \\u viết không đủ bốn chữ số",
         "viết như \\u0110"),
    ],
)  # fmt: skip
def test_broken_json_is_told_with_line_and_column(
    text: str, at: str, message: str, hint: str
) -> None:
    assert said(lambda: parse_json(text, FILE)) == f"{FILE}: {at}: JSON hỏng: {message}\n" + (
        f"  gợi ý: {hint}"
    )


def test_a_broken_list_gives_no_record_at_all() -> None:
    Path(FILE).write_text('[{"ten": "An"},\n {"ten": "Bình"')
    assert said(lambda: next(read_records(FILE))).startswith(f"{FILE}: dòng 2, cột 16: JSON hỏng")


def test_a_line_in_another_encoding_is_told_with_its_number() -> None:
    Path("a.jsonl").write_bytes(b'{"a": 1}\n' * 3 + b'{"a": "\xd0\xcc"}\n{"a": 1}\n')
    assert said(lambda: list(read_records("a.jsonl"))).startswith(
        "a.jsonl: dòng 4: tệp không phải UTF-8"
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_json_lines_are_read_in_the_encodings_of_windows(encoding: str) -> None:
    Path("a.jsonl").write_bytes('{"ten": "Đức"}\r\n{"ten": "Ân"}\r\n'.encode(encoding))
    assert values("a.jsonl") == [{"ten": "Đức"}, {"ten": "Ân"}]


def test_a_line_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "_LONGEST_LINE", 100)
    Path("a.jsonl").write_text('{"a": 1}\n' + " " * 1000)
    assert said(lambda: list(read_records("a.jsonl"))).startswith("a.jsonl: dòng 2: dòng quá dài")


def test_a_broken_line_of_json_lines_is_told_and_the_others_are_read() -> None:
    Path("a.jsonl").write_text('{"a": 1}\n\n{"a" 2}\n{"a": 3}\n')
    first, second, third = read_records("a.jsonl")
    assert (first.parse(), third.parse()) == ({"a": 1}, {"a": 3})
    assert said(second.parse).startswith("a.jsonl: dòng 3, cột 6: JSON hỏng: thiếu dấu hai chấm")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"so": 1,\n"so": 2}', 2),
        ('{"a": {"so": 1,\n "so": 2},\n"b": {"so": 3}}', 2),  # not the last “so” of the file
        ('{"a": "\\"so\\": 1",\n"b": {"so": 1},\n"c": {"so": 1,\n\n"so": 1}}', 5),
        ('{"s\\u006f": 1,\n"so": 2}', 2),  # one key, spelt in two ways
        ('[{"so": 1},\n{"so": 2, "so": 3}]', 2),
    ],
)
def test_a_key_given_twice_is_told_by_its_second_line(text: str, line: int) -> None:
    assert said(lambda: parse_json(text, FILE)) == (
        f"{FILE}: dòng {line}: khóa “so” ghi hai lần\n  gợi ý: giữ lại một chỗ"
    )


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('{"so": 1, "so": 2, "nam": 3, "nam": 4}', ["so", "nam"]),
        ('{"a": {"so": 1, "so": 2}, "so": 3}', ["a.so"]),
        ('{"a": {"so": 1}, "a": {"so": 2}}', ["a"]),
        ('{"a": {"so": 1, "so": 2}, "a": {"so": 3}}', ["a.so", "a"]),
        ('{"ds": [{"so": 1}, {"so": 2, "so": 3, "so": 4}]}', ["ds[1].so"]),
    ],
)
def test_every_key_given_twice_is_a_fault_of_its_record(text: str, paths: list[str]) -> None:
    record = RawRecord(file=FILE, text=text)
    value, faults = record.parse_loosely()
    assert [show_path(fault.path, "")[1:] for fault in faults] == paths
    assert value == json.loads(text)


@pytest.mark.parametrize("text", ['{"so": 1, "so": }', '{"so": 1, "so": NaN}', "[" * 200])
def test_broken_json_has_no_faults_but_its_own(text: str) -> None:
    record = RawRecord(file=FILE, text=text)
    assert said(record.parse_loosely) == said(record.parse)


def test_a_key_given_twice_hides_no_other_fault() -> None:
    text = '[{"so": 1,\n"so": "ba",\n"ky": 5},\n{"so": 2}]'
    Path("a.json").write_text(text, encoding="utf-8")
    number = {"title": "Số", "type": "integer"}
    draw_form(Path("mau"), schema=object_of({"ten": TEXT_FIELD, "so": number}))
    ran = vanban("validate", "phieu", "a.json", "--templates", "mau")
    assert [line for line in ran.err.splitlines() if not line.startswith(" ")] == [
        "a.json: dòng 1, $[0].ten: thiếu Tên",
        "a.json: dòng 2, $[0].so: khóa “so” ghi hai lần",
        "a.json: dòng 2, $[0].so: Số: “ba” không phải là số",
        "a.json: dòng 3, $[0].ky: không có trường “ky” trong mẫu này",
        "a.json: dòng 4, $[1].ten: thiếu Tên",
        "5 lỗi, 0 lưu ý; 0 bản ghi hợp lệ.",
    ]


def test_a_strange_key_given_twice_is_told_as_well() -> None:
    text = '{"a":"x" ,":y":1,":y":2}'
    assert "khóa “:y” ghi hai lần" in said(lambda: parse_json(text, FILE))


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused_where_it_stands(name: str) -> None:
    text = f'{{"ghi chú": "{name}",\n"so": {name}}}'
    assert said(lambda: parse_json(text, FILE)) == (
        f"{FILE}: dòng 2: {name} không phải là số\n  gợi ý: ghi con số thật"
    )


@pytest.mark.parametrize(
    "number",
    ["1e309", "-1e999999999", "1e-999999999", "1.5e99999999999999999999", "9" * 5000],
    ids=lambda number: number[:12],
)
def test_a_number_that_would_fill_the_memory_is_refused(number: str) -> None:
    assert said(lambda: parse_json(f'{{"ten": "{number}",\n"so": {number}}}', FILE)) == (
        f"{FILE}: dòng 2: có số quá dài, không đọc được\n  gợi ý: kiểm tra các con số"
    )


@pytest.mark.parametrize("depth", [101, 300, 900, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_beyond_reason_is_refused(depth: int, opening: str, closing: str) -> None:
    text = opening * depth + "1" + closing * depth
    deep = f"{FILE}: dữ liệu lồng quá sâu\n  gợi ý: kiểm tra các dấu ngoặc"
    assert said(lambda: parse_json(text, FILE)) == deep
    assert said(lambda: parse_json(opening * depth, FILE)) in (deep, said_cut(depth, opening))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": “KH”}', "dùng ngoặc kép cong “ ”"),
        ('{"a": "KH”\n}', "chuỗi đóng bằng ngoặc kép cong ”"),
        ('{"a": "kế hoạch "Tháng" năm"}', "dấu ngoặc kép nằm trong chuỗi"),
        ('{"a": 08}', "số viết thừa số 0 ở đầu"),
        ('{"a": 1', "tệp dừng giữa chừng"),
        ('{"a": NULL}', "null, true, false phải viết thường"),
        ('{"a": // ghi chú\n1}', "JSON không có ghi chú kiểu này"),
        ('{"a": [1,]}', "thừa dấu phẩy trước dấu đóng ]"),
    ],
)
def test_the_usual_slips_are_named_from_the_characters_at_the_place(
    text: str, message: str
) -> None:
    assert f"JSON hỏng: {message}\n" in said(lambda: parse_json(text, FILE))


def test_a_word_file_given_as_data_is_called_so() -> None:
    Path("a.json").write_bytes(make("x"))
    assert "đây là tệp Word, Excel hoặc tệp nén" in said(lambda: list(read_records("a.json")))


def test_a_file_that_cannot_be_read_fails_alone_in_its_folder() -> None:
    folder = Path("nhieu")
    folder.mkdir()
    (folder / "1.json").write_text('{"a": 1}')
    (folder / "2.json").write_bytes(b'{"a": "\xd0\xcc"}')
    first, second = read_records("nhieu")
    assert first.parse() == {"a": 1}
    assert "không phải UTF-8" in said(second.parse)


@pytest.mark.parametrize("left", ["2.json.txt", "con/2.json"])
def test_a_folder_with_data_that_would_be_left_out_is_refused(left: str) -> None:
    folder = Path("nhieu")
    (folder / left).parent.mkdir(parents=True)
    for name in ("1.json", left):
        (folder / name).write_text('{"a": 1}')
    assert "sẽ bị bỏ sót" in said(lambda: list(read_records("nhieu")))


def said_cut(depth: int, opening: str) -> str:
    """Return what a text says that ends with all its brackets open."""
    at = f"dòng 1, cột {depth * len(opening) + 1}"
    hint = "sau dấu hai chấm hoặc dấu phẩy phải có giá trị"
    return f"{FILE}: {at}: JSON hỏng: thiếu giá trị\n  gợi ý: {hint}"


def test_a_hundred_levels_are_read() -> None:
    assert parse_json("[" * 100 + "]" * 100, FILE)[0][0][0] is not None


def test_many_short_records_are_not_deep() -> None:
    assert len(parse_json("[" + ",".join(["[{}]"] * 5000) + "]", FILE)) == 5000


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_decimals_arrive_exactly(number: Decimal) -> None:
    assert parse_json(f"[{number:f}]", FILE) == [number]


# ---------------------------------------------------------------- places
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(JSON_VALUES, st.sampled_from([None, 0, 3]), st.booleans())
def test_every_value_is_found_at_its_line_and_column(
    value: Any, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    lines = text.split("\n")
    for path, (line, column) in positions(text).items():
        expected = value
        for step in path:
            expected = expected[step]
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        assert json.JSONDecoder().raw_decode(rest)[0] == expected


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ((), "$"),
        (("nguoi_ky", "ho_ten"), "$.nguoi_ky.ho_ten"),
        (("noi_nhan", 2), "$.noi_nhan[2]"),
        (("vi_phạm",), "$.vi_phạm"),
        (("hai chữ",), '$["hai chữ"]'),
        (("\x1b[31m",), '$["\\u001b[31m"]'),  # a terminal would obey it
    ],
)
def test_a_path_is_written_as_json_path(path: tuple[str | int, ...], shown: str) -> None:
    assert show_path(path) == shown


def test_faults_are_told_in_the_order_of_the_file() -> None:
    Path(FILE).write_text('[\n {"b": 1,\n  "a": [2,\n   3]}]')
    (record,) = read_records(FILE)
    faults = [Fault(path=path, message=str(path)) for path in (("a", 1), ("b",), ("c",), ())]
    assert [problem.at for problem in record.problems(faults)] == [
        "dòng 2, $[0].c",  # not there: the place of what should hold it
        "dòng 2, $[0]",
        "dòng 2, $[0].b",
        "dòng 4, $[0].a[1]",
    ]


# ---------------------------------------------------------------- values
SLIP = object_of(
    {
        "ten": {"title": "Tên", "type": "string"},
        "so": {"title": "Số", "type": "integer", "examples": [33]},
        "diem": {"title": "Điểm", "type": ["number", "null"], "examples": [12.5]},
        "ngay": {"title": "Ngày", "type": "string", "format": "date", "examples": ["2018-04-11"]},
        "noi_dung": {"title": "Nội dung", "type": "string", "contentMediaType": "text/x-vanban"},
        "y_kien": {
            "title": "Các ý kiến", "type": "array",
            "items": {"title": "Ý kiến", "type": "string", "contentMediaType": "text/x-vanban"},
        },
    },
    required=[],
)  # fmt: skip


@pytest.fixture(scope="module")
def slip(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    path = keep(tmp_path_factory.mktemp("phieu") / "schema.json", SLIP)
    return Schema(path, shared=path.parent)


def read(schema: Schema, **record: Any) -> Any:
    """Return a good record as the schema reads it."""
    value, faults = schema.read(record)
    assert faults == []
    return value


def refused(schema: Schema, **record: Any) -> tuple[str, str]:
    """Return the one sentence that refuses a record, and its hint."""
    _, (fault,) = schema.read(record)
    return fault.message, fault.hint


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("so", "33", 33),
        ("so", " 15.972 ", 15972),
        ("so", Decimal("1.0"), 1),
        ("so", Decimal("1E+5"), 100_000),
        ("diem", "12,5", Decimal("12.5")),
        ("diem", "1.234,50", Decimal("1234.50")),
        ("diem", 7, 7),
        ("ngay", "11/4/2018", "2018-04-11"),
        ("ngay", " 2018-04-11 ", "2018-04-11"),
        ("ten", "12,5", "12,5"),  # text stays text
        ("ten", " An ", " An "),
    ],
)
def test_numbers_and_dates_are_read_as_people_write_them(
    slip: Schema, key: str, text: object, value: object
) -> None:
    assert read(slip, **{key: text})[key] == value


def test_text_is_composed(slip: Schema) -> None:
    decomposed = unicodedata.normalize("NFD", "Nguyễn Đức Thọ")
    assert read(slip, ten=decomposed, y_kien=[decomposed]) == {
        "ten": "Nguyễn Đức Thọ",
        "y_kien": ["Nguyễn Đức Thọ"],
    }


def test_a_number_that_two_people_would_read_as_two_is_refused(slip: Schema) -> None:
    assert refused(slip, diem="12.5") == (
        "Điểm: “12.5” có thể đọc là 12,5 hoặc 125: hãy viết dấu phẩy trước phần thập phân, "
        "dấu chấm giữa từng nhóm ba chữ số",
        "ghi như: 12.5",
    )


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("so", "ba mươi ba", "Số: “ba mươi ba” không phải là số"),
        ("so", "", "Số: “” không phải là số"),
        ("so", "1,5", "Số phải là số nguyên, ở đây là số 1,5"),
        ("ngay", "30/2/2018", "Ngày: “30/2/2018” là ngày không có thật"),
        (
            "ngay",
            "11/4/18",
            "Ngày: “11/4/18” chỉ ghi hai chữ số của năm, có thể là 11/4/2018 hoặc 18/4/2011: "
            "hãy ghi đủ năm",
        ),
        ("ngay", "", "Ngày: “” không phải là ngày"),
    ],
)
def test_text_that_is_no_number_or_date_is_refused(
    slip: Schema, key: str, value: str, message: str
) -> None:
    assert refused(slip, **{key: value})[0] == message


@pytest.mark.parametrize(
    ("value", "code", "position"),
    [("Nga\x07 Sơn", "U+0007", 4), ("\x00", "U+0000", 1), ("a\ud83d", "U+D83D", 2)],
)
def test_characters_no_document_can_hold_are_refused_by_code(
    slip: Schema, value: str, code: str, position: int
) -> None:
    assert refused(slip, ten=value)[0] == f"Tên: ký tự không in được {code} ở vị trí {position}"


@pytest.mark.parametrize("key", ["\ud83d", "\x1b[2J"])
def test_such_characters_in_a_key_are_refused_too(slip: Schema, key: str) -> None:
    message, hint = refused(slip, **{key: 1})
    assert message == f"tên khóa: ký tự không in được U+{ord(key[0]):04X} ở vị trí 1"
    assert hint == "gõ lại tên khóa"


@pytest.mark.parametrize("key", ["ten", "so", "ngay"])
def test_a_place_left_as_the_skeleton_made_it_is_refused(slip: Schema, key: str) -> None:
    title = {"ten": "Tên", "so": "Số", "ngay": "Ngày"}[key]
    assert refused(slip, **{key: f"‹{title}›"})[0] == f"{title}: chưa điền"


def test_keys_that_start_with_two_slashes_are_notes(slip: Schema) -> None:
    noted = {"//": "ghi chú", "//ten": {"bất kỳ": ["\x07"]}, "ten": "An"}
    assert read(slip, **noted) == {"ten": "An"}


# ---------------------------------------------------------------- long text in files of its own
def loaded(schema: Schema, folder: Path, **record: Any) -> tuple[Any, list[Fault]]:
    """Return a record with the texts of its files, and what is wrong with those."""
    return load_files(record, schema, str(folder))


@pytest.mark.parametrize("name", ["noi-dung.md", "./phu/../noi-dung.md", "phu/sau.md"])
def test_a_text_may_lie_in_a_file_beside_the_data(slip: Schema, tmp_path: Path, name: str) -> None:
    (tmp_path / "phu").mkdir()
    for file in ("noi-dung.md", "phu/sau.md"):
        (tmp_path / file).write_bytes("I. MỤC ĐÍCH\r\n- Một.\r\n".encode("utf-8-sig"))
    assert loaded(slip, tmp_path, noi_dung={"$file": name}) == (
        {"noi_dung": "I. MỤC ĐÍCH\n- Một."},
        [],
    )


def test_texts_inside_a_list_may_lie_in_files_too(slip: Schema, tmp_path: Path) -> None:
    (tmp_path / "1.md").write_text("Đồng ý.", encoding="utf-8")
    value, faults = loaded(slip, tmp_path, y_kien=["Không.", {"$file": "1.md"}])
    assert (value, faults) == ({"y_kien": ["Không.", "Đồng ý."]}, [])


def test_a_link_that_stays_inside_is_followed(slip: Schema, tmp_path: Path) -> None:
    (tmp_path / "that.md").write_text("Một.", encoding="utf-8")
    (tmp_path / "tat.md").symlink_to(tmp_path / "that.md")
    assert loaded(slip, tmp_path, noi_dung={"$file": "tat.md"})[0] == {"noi_dung": "Một."}


@pytest.mark.parametrize(
    "name", ["../mat.md", "phu/../../mat.md", "{mat}", "tat.md", "tat/mat.md", "a\x00b", "\ud83d"]
)
def test_a_file_outside_the_folder_of_the_data_is_refused(
    slip: Schema, tmp_path: Path, name: str
) -> None:
    secret = tmp_path / "mat.md"
    secret.write_text("mật", encoding="utf-8")
    home = tmp_path / "nha"
    home.mkdir()
    (home / "tat.md").symlink_to(secret)
    (home / "tat").symlink_to(tmp_path, target_is_directory=True)
    name = name.format(mat=secret)
    value, (fault,) = loaded(slip, home, noi_dung={"$file": name})
    assert value == {"noi_dung": ""}
    assert fault.path == ("noi_dung",)
    assert fault.message.endswith(" nằm ngoài thư mục của tệp dữ liệu")
    assert fault.hint == "chép tệp vào cùng thư mục với tệp dữ liệu"


def test_a_folder_whose_name_only_begins_alike_is_outside(slip: Schema, tmp_path: Path) -> None:
    keep(tmp_path / "nha-ben" / "a.md", "mật")
    _, (fault,) = loaded(slip, tmp_path / "nha", noi_dung={"$file": "../nha-ben/a.md"})
    assert "nằm ngoài" in fault.message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("khong-co.md", "tệp “khong-co.md”: không có tệp này"),
        (".", "tệp “.”: không mở được (đây là thư mục)"),
        ("a" * 5000, f"tệp “{'a' * 59}…”: không mở được (tên quá dài)"),
        ("la.md", "tệp “la.md”: tệp không phải UTF-8; bảng mã của tệp: không rõ"),
        (5, "$file phải là tên tệp"),
        (None, "$file phải là tên tệp"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(
    slip: Schema, tmp_path: Path, name: object, message: str
) -> None:
    (tmp_path / "la.md").write_bytes(b"\xff\xff")
    _, (fault,) = loaded(slip, tmp_path, noi_dung={"$file": name})
    assert (fault.path, fault.message) == (("noi_dung",), message)


def test_a_short_field_takes_no_file(slip: Schema, tmp_path: Path) -> None:
    value, faults = loaded(slip, tmp_path, ten={"$file": "a.md"})
    assert (value, faults) == ({"ten": {"$file": "a.md"}}, [])
    assert refused(slip, **value)[0] == "Tên phải là chữ, ở đây là một nhóm trường { }"
