"""What a record's faults say: line, JSON path, the field's title, what is wrong, what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from generator.errors import BundleError, DataError, GeneratorError
from generator.pipeline import Form, open_form
from generator.records.data import read_records
from generator.records.schema import Schema
from tests.clerk import FIXTURES, FORMS, keep, keep_lines, object_of, plan


@pytest.fixture(scope="module")
def forms() -> dict[str, Form]:
    return {name: open_form(name) for name in ("ke-hoach", "ban-cham-diem")}


# ---------------------------------------------------------------- the broken fixtures
NOTEPAD = "mở bằng Notepad, chọn Save As, mục Encoding chọn UTF-8, rồi chạy lại"
BROKEN = {
    "ke-hoach/thieu-nguoi-ky.json": [
        ("dòng 1, $.nguoi_ky: thiếu Người ký", 'thêm khóa "nguoi_ky"'),
    ],
    "ke-hoach/sai-kieu.json": [
        ("dòng 4, $.so: Số văn bản: “ba mươi ba” không phải là số", "ghi như: 33"),
        ("dòng 10, $.noi_nhan: Nơi nhận phải là danh sách trong ngoặc vuông [ ], "
         "ở đây là “Các xã, thị trấn”", "ghi danh sách trong ngoặc vuông [ ]"),
        ("dòng 13, $.nguoi_ky.chuc_vu: Chức vụ của người ký phải là chữ, "
         "ở đây là một danh sách [ ]", 'ghi như: "TRƯỞNG BAN"'),
        ("dòng 16, $.nguoi_ky.ho_ten: Họ tên người ký phải là chữ, ở đây là số 138",
         'ghi như: "Nguyễn Thị Minh An"'),
    ],
    "ke-hoach/truong-la.json": [
        ("dòng 1, $.trich_yeu: thiếu Trích yếu nội dung", 'thêm khóa "trich_yeu"'),
        ("dòng 8, $.trich_yew: không có trường “trich_yew” trong mẫu này",
         'có phải bạn muốn gõ "trich_yeu"?'),
    ],
    "ke-hoach/json-hong.json": [
        ("dòng 5, cột 3: JSON hỏng: thiếu dấu phẩy giữa hai mục", "thêm dấu phẩy cuối mục trước"),
    ],
    "ke-hoach/json-cut.json": [
        ("dòng 9, cột 15: JSON hỏng: chuỗi mở ngoặc kép mà không đóng", 'thêm dấu " cuối chuỗi'),
    ],
    "ke-hoach/khoa-lap.json": [("dòng 5, $.so: khóa “so” ghi hai lần", "giữ lại một chỗ")],
    "ke-hoach/rong.json": [
        ("tệp không có bản ghi nào", "tạo tệp mẫu để điền bằng lệnh vanban init"),
    ],
    "ke-hoach/ma-hoa-cp1258.json": [
        ("dòng 2: tệp không phải UTF-8; bảng mã của tệp: Windows-1258 (cp1258)", NOTEPAD),
    ],
    "ke-hoach/ky-tu-dieu-khien.json": [
        ("dòng 6, $.dia_danh: Địa danh: ký tự không in được U+0007 ở vị trí 4",
         'ghi như: "Nga Sơn"'),
    ],
    "ke-hoach/nua-ky-tu.json": [
        ("dòng 18, $.luu: Lưu: ký tự không in được U+D83D ở vị trí 10", 'ghi như: "VT, VP"'),
    ],
    "ke-hoach/ngay-khong-co.json": [
        ("dòng 7, $.ngay_ban_hanh: Ngày ban hành: “2018-02-30” là ngày không có thật",
         'ghi như: "2018-04-11"'),
    ],
    "ke-hoach/thieu-tep-noi-dung.json": [
        ("dòng 9, $.noi_dung: tệp “khong-co-tep-nay.md”: không có tệp này",
         "kiểm tra lại tên tệp và thư mục"),
    ],
    "ke-hoach/tep-ra-ngoai.json": [
        ("dòng 9, $.noi_dung: tệp “../../../../etc/hostname” nằm ngoài thư mục của tệp dữ liệu",
         "chép tệp vào cùng thư mục với tệp dữ liệu"),
    ],
    "ban-cham-diem/thieu-nguoi-ky.json": [
        ("dòng 1, $.ky_don_vi: thiếu Người ký của đơn vị", 'thêm khóa "ky_don_vi"'),
    ],
    "ban-cham-diem/sai-kieu.json": [
        ("dòng 6, $.nam: Năm bình xét: “năm nay” không phải là số", "ghi như: 2019"),
        ("dòng 13, $.tu_cham.vi_pham[0].so_hanh_vi: Số hành vi: “hai” không phải là số",
         "ghi số nguyên"),
        ("dòng 24, $.tham_dinh.vi_pham[0].so_hanh_vi: Số hành vi nhỏ hơn 1: số 0",
         "ghi số từ 1 trở lên"),
    ],
    "ban-cham-diem/truong-la.json": [
        ("dòng 19, $.tham_dinh.vi_pham: thiếu Danh sách vi phạm", 'thêm khóa "vi_pham"'),
        ("dòng 22, $.tham_dinh.vi_phạm: không có trường “vi_phạm” trong mẫu này",
         'có phải bạn muốn gõ "vi_pham"?'),
    ],
    "ban-cham-diem/thieu-tieu-chi.json": [
        ("dòng 12, $.tu_cham.vi_pham[0].tieu_chi: Tiêu chí không nhận “II.6”",
         'chọn một trong: "I.1", "I.2", "I.3", "I.4", "II.1", "II.2", "II.3", "II.4", "II.5"'),
    ],
    "ban-cham-diem/rong.json": [
        ("tệp không có bản ghi nào", "tạo tệp mẫu để điền bằng lệnh vanban init"),
    ],
    "ban-cham-diem/dong-hong.jsonl": [
        ("dòng 2, cột 896: JSON hỏng: tệp dừng giữa chừng", "thêm dấu } hoặc ] còn thiếu ở cuối"),
    ],
    "ban-cham-diem/mot-don-vi-hong.jsonl": [
        ("dòng 2, $.don_vi: Đơn vị phải là chữ, ở đây là trống (null)",
         'ghi như: "Trường Tiểu học Kim Đồng"'),
    ],
}  # fmt: skip


def complaints(form: Form, source: str) -> list[str]:
    """Return all that is said of a source's records."""
    said: list[str] = []
    try:
        for record in read_records(source):
            try:
                form.prepare(record)
            except GeneratorError as error:
                said += map(str, error.problems)
    except GeneratorError as error:
        said += map(str, error.problems)
    return said


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_fixture_says_all_its_faults_at_once(
    name: str, forms: dict[str, Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FIXTURES)
    expected = [f"{name}: {said}\n  gợi ý: {hint}" for said, hint in BROKEN[name]]
    assert complaints(forms[name.partition("/")[0]], name) == expected


@pytest.mark.parametrize("form", ["ke-hoach", "ban-cham-diem"])
def test_every_other_fixture_is_sound(form: str, forms: dict[str, Form]) -> None:
    names = {f"{form}/{path.name}" for path in (FIXTURES / form).glob("*.json*")}
    assert {name for name in BROKEN if name.startswith(form)} < names
    for name in names - BROKEN.keys():
        assert complaints(forms[form], str(FIXTURES / name)) == []


def test_a_look_alike_letter_is_told_but_printed(forms: dict[str, Form]) -> None:
    (record,) = read_records(str(FIXTURES / "ke-hoach" / "chu-nhin-giong.json"))
    (warning,) = forms["ke-hoach"].prepare(record).warnings
    assert (warning.at, warning.message, warning.hint) == (
        "dòng 23, $.nguoi_ky.ho_ten",
        "chữ nhìn giống U+00D0 ở vị trí 1; nên là “Đ”",
        "vẫn in đúng như dữ liệu; sửa trong tệp nếu gõ nhầm",
    )


def test_a_dot_between_thousands_is_no_decimal_mark(tmp_path: Path) -> None:
    whole: dict[str, Any] = {"type": "integer"}
    assert faults_of(tmp_path, whole, Decimal("3.000")) == [
        ("Điểm số: 3.000 có thể đọc là 3 hoặc 3000", "ghi 3 hoặc 3000, không có dấu chấm")
    ]
    for plain in ("3.0", "0.000", "3000.000"):  # as programs write them
        assert faults_of(tmp_path, whole, Decimal(plain)) == []
    assert faults_of(tmp_path, {"type": "number"}, Decimal("3.000")) == []


# ---------------------------------------------------------------- one sentence for each keyword
def faults_of(folder: Path, field: dict[str, Any], value: Any) -> list[tuple[str, str]]:
    """Return what the field ``x`` with that schema says of a value."""
    path = keep(folder / "schema.json", object_of({"x": {"title": "Điểm số", **field}}))
    _, faults = Schema(path, shared=folder).read({"x": value})
    assert all(fault.path[:1] == ("x",) for fault in faults)
    return [(fault.message, fault.hint) for fault in faults]


@pytest.mark.parametrize(
    ("field", "value", "message", "hint"),
    [
        ({"type": "string"}, 5, "phải là chữ, ở đây là số 5", "ghi chữ"),
        ({"type": "integer"}, True, "phải là số nguyên, ở đây là true", "ghi số nguyên"),
        ({"type": "boolean"}, "có", "phải là true hoặc false, ở đây là “có”",
         "ghi true hoặc false"),
        ({"type": ["string", "null"]}, [], "phải là chữ, ở đây là một danh sách [ ]", "ghi chữ"),
        ({"type": ["integer", "array"]}, {},
         "phải là số nguyên hoặc danh sách trong ngoặc vuông [ ], ở đây là một nhóm trường { }",
         "ghi số nguyên hoặc danh sách trong ngoặc vuông [ ]"),
        ({"type": "string", "examples": ["An"]}, None, "phải là chữ, ở đây là trống (null)",
         'ghi như: "An"'),
        ({"type": "string", "format": "date"}, 2018,
         "phải là ngày (2018-04-11 hoặc 11/4/2018), ở đây là số 2018",
         "ghi ngày (2018-04-11 hoặc 11/4/2018)"),
        ({"enum": ["A", 5, None]}, "B", "không nhận “B”", 'chọn một trong: "A", 5, null'),
        ({"const": "A"}, "B", "không nhận “B”", "ghi A"),
        ({"type": "string", "pattern": "^[A-Z]+$", "examples": ["KH"]}, "kh",
         "viết không đúng mẫu: “kh”", 'ghi như: "KH"'),
        ({"type": "string", "format": "email"}, "an", "viết không đúng dạng: “an”", "ghi chữ"),
        ({"type": "string", "minLength": 1}, "", "đang để rỗng hoặc quá ngắn: “”", "điền giá trị"),
        ({"type": ["string", "null"], "minLength": 2}, "a", "đang để rỗng hoặc quá ngắn: “a”",
         "điền giá trị, hoặc ghi null nếu chừa trống"),
        ({"type": "string", "maxLength": 2}, "abc", "dài quá 2 ký tự", "rút gọn lại"),
        ({"type": "integer", "minimum": 1}, 0, "nhỏ hơn 1: số 0", "ghi số từ 1 trở lên"),
        ({"type": "number", "maximum": 12.5}, "13,25", "lớn hơn 12,5: số 13,25",
         "ghi số từ 12,5 trở xuống"),
        ({"type": "number", "exclusiveMinimum": 0}, 0, "phải lớn hơn 0, ở đây là số 0",
         "ghi số lớn hơn"),
        ({"type": "number", "exclusiveMaximum": 10}, 10, "phải nhỏ hơn 10, ở đây là số 10",
         "ghi số nhỏ hơn"),
        ({"type": "number", "multipleOf": 0.5}, "1,2", "phải chia hết cho 0,5, ở đây là số 1,2",
         "sửa con số"),
        ({"type": "array", "minItems": 2}, ["a"], "cần ít nhất 2 mục, ở đây có 1", "thêm mục"),
        ({"type": "array", "maxItems": 1}, [1, 2], "nhận nhiều nhất 1 mục, ở đây có 2", "bớt mục"),
        ({"type": "array", "uniqueItems": True}, [1, 1], "có mục lặp lại", "bỏ mục lặp"),
        ({"not": {}, "description": "Không dùng nữa."}, "a", "không hợp lệ: “a”",
         "Không dùng nữa."),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)  # fmt: skip
def test_each_keyword_has_its_sentence_and_remedy(
    tmp_path: Path, field: dict[str, Any], value: Any, message: str, hint: str
) -> None:
    assert faults_of(tmp_path, field, value) == [(f"Điểm số {message}", hint)]


def test_long_values_are_quoted_in_short(tmp_path: Path) -> None:
    ((message, _),) = faults_of(tmp_path, {"enum": ["A"]}, "dài " * 50)
    assert message == f"Điểm số không nhận “{('dài ' * 50)[:59]}…”"
    ((message, _),) = faults_of(tmp_path, {"type": "string"}, 10**4000)
    assert message == f"Điểm số phải là chữ, ở đây là số 1{'0' * 58}…"


def test_each_item_of_a_list_is_told_by_its_own_place(tmp_path: Path) -> None:
    field = {"type": "array", "items": {"title": "Một mục", "type": "string"}}
    assert [message for message, _ in faults_of(tmp_path, field, ["a", 5, None])] == [
        "Một mục phải là chữ, ở đây là số 5",
        "Một mục phải là chữ, ở đây là trống (null)",
    ]


PARTS = object_of(
    {
        "ten": {"title": "Tên", "type": "string"},
        "so": {"title": "Số", "type": ["integer", "null"]},
        "ky": {**object_of({"ho_ten": {"title": "Họ tên", "type": "string"}}), "title": "Người ký"},
    }
)


def told(folder: Path, record: Any) -> list[tuple[str, str, str]]:
    """Return path, sentence and remedy of each fault of a record with parts."""
    path = keep(folder / "schema.json", PARTS)
    _, faults = Schema(path, shared=folder).read(record)
    return [(".".join(map(str, f.path)), f.message, f.hint) for f in faults]


def test_a_missing_field_is_named_by_its_title(tmp_path: Path) -> None:
    assert sorted(told(tmp_path, {"ky": {}})) == [
        ("ky.ho_ten", "thiếu Họ tên", 'thêm khóa "ho_ten"'),
        ("so", "thiếu Số", 'thêm khóa "so"; nếu chừa trống để điền tay thì ghi null'),
        ("ten", "thiếu Tên", 'thêm khóa "ten"'),
    ]


def test_an_unknown_field_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    record = {"ten": "An", "so": 1, "ky": {"ho_ten": "An", "hoten": 1, "Họ Tên": 1}, "xyz": 1}
    record |= {"tuoi": 1, "?": 1}  # nearer to nothing than to anything
    known = "các khóa dùng được: ten, so, ky"
    assert sorted(told(tmp_path, record)) == [
        ("?", "không có trường “?” trong mẫu này", known),
        ("ky.Họ Tên", "không có trường “Họ Tên” trong mẫu này", 'có phải bạn muốn gõ "ho_ten"?'),
        ("ky.hoten", "không có trường “hoten” trong mẫu này", 'có phải bạn muốn gõ "ho_ten"?'),
        ("tuoi", "không có trường “tuoi” trong mẫu này", known),
        ("xyz", "không có trường “xyz” trong mẫu này", known),
    ]


@pytest.mark.parametrize("record", [5, "An", None, [], True])
def test_a_record_that_is_no_group_of_fields_is_refused(tmp_path: Path, record: Any) -> None:
    ((path, message, _),) = told(tmp_path, record)
    assert path == ""
    assert message.startswith("Phiếu phải là nhóm trường trong ngoặc nhọn { }, ở đây là ")


def test_a_value_is_refused_once(forms: dict[str, Form], tmp_path: Path) -> None:
    source = keep(tmp_path / "a.json", plan(so="ba", trich_yeu={"$file": "khong.md"}))
    assert len(complaints(forms["ke-hoach"], str(source))) == 2


def test_lines_and_paths_of_a_list_and_of_json_lines(
    forms: dict[str, Form], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    records = [plan(), plan(so="ba")]
    keep(Path("a.json"), records).write_text(
        json.dumps(records, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    keep_lines(Path("a.jsonl"), records)
    (in_list,) = complaints(forms["ke-hoach"], "a.json")
    (in_lines,) = complaints(forms["ke-hoach"], "a.jsonl")
    line = Path("a.json").read_text(encoding="utf-8").split("\n").index('  "so": "ba",') + 1
    assert in_list.startswith(f"a.json: dòng {line}, $[1].so: Số văn bản: “ba” không phải là số")
    assert in_lines.startswith("a.jsonl: dòng 2, $.so: Số văn bản: “ba” không phải là số")


def test_a_message_never_carries_what_a_terminal_would_obey(
    forms: dict[str, Form], tmp_path: Path
) -> None:
    source = keep(tmp_path / "a.json", plan(ky_hieu="\x9b2J\n\u202e", **{"\x85": 1}))
    said = complaints(forms["ke-hoach"], str(source))
    assert len(said) == 2
    assert all(line.isprintable() for text in said for line in text.split("\n  gợi ý: "))
    assert any("Ký hiệu văn bản viết không đúng mẫu: “\\x9b2J\\n\\u202e”" in text for text in said)


# ---------------------------------------------------------------- titles everywhere
def fields(node: Any, path: str = "$") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every field of a schema, items of lists included."""
    for key, child in node.get("properties", {}).items():
        yield f"{path}.{key}", child
        yield from fields(child, f"{path}.{key}")
    if "items" in node:
        yield f"{path}[]", node["items"]
        yield from fields(node["items"], f"{path}[]")


@pytest.mark.parametrize("form", FORMS)
def test_every_field_has_a_vietnamese_title_and_description(form: str) -> None:
    bare = [
        path
        for path, field in fields(open_form(form).schema.raw)
        if not (field.get("title") and field.get("description"))
    ]
    assert bare == []


# ---------------------------------------------------------------- schemas that are no schemas
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "không đọc được: viết sai cú pháp JSON ở dòng 1, cột 2"),
        ("5", "phải là một nhóm { } mô tả các trường"),
        ("true", "phải là một nhóm { } mô tả các trường"),
        ("[" * 100_000, "lồng quá sâu"),
        ('{"not":' * 600 + "{}" + "}" * 600, "lồng quá sâu"),
        ('{"properties": []}', "$.properties: “properties” của JSON Schema phải là nhóm trường "
         "trong ngoặc nhọn { }, ở đây là một danh sách [ ]"),
        ('{"required": null}', "$.required: “required” của JSON Schema phải là danh sách trong "
         "ngoặc vuông [ ], ở đây là trống (null)"),
        ('{"properties": {"a": {"type": "chu"}}}',
         "$.properties.a.type: “type” của JSON Schema không nhận “chu”"),
        ('{"properties": {"a": {"pattern": "("}}}',
         "$.properties.a.pattern: “pattern” của JSON Schema viết sai biểu thức: “(”"),
        ('{"$ref": 5}', "$ref phải là chữ"),
        ('{"$ref": "#/$defs/x"}', "$ref không có đích: #/$defs/x"),
        ('{"$ref": "#"}', "$ref lồng vào chính nó: #"),
        ('{"$ref": "../../mat.json"}', "$ref chỉ ra ngoài thư mục mẫu: ../../mat.json"),
    ],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_a_schema_that_cannot_be_used_is_told(tmp_path: Path, text: str, message: str) -> None:
    keep(tmp_path / "mat.json", {})
    path = tmp_path / "mau" / "phieu" / "schema.json"
    keep(path, None).write_text(text)
    with pytest.raises(BundleError) as caught:
        Schema(path, shared=tmp_path / "khoi")
    assert str(caught.value) == f"{path}: {message}\n  gợi ý: sửa tệp schema của mẫu"


def test_references_that_double_at_each_step_are_refused(tmp_path: Path) -> None:
    both = [{"properties": {k: {"$ref": f"#/$defs/{n + 1}"} for k in "ab"}} for n in range(35)]
    laughs = {"$ref": "#/$defs/0", "$defs": {**dict(enumerate(both)), 35: {}}}
    path = keep(tmp_path / "schema.json", laughs)
    with pytest.raises(BundleError, match="quá nhiều trường"):
        Schema(path, shared=tmp_path)


def test_true_and_false_are_schemas(tmp_path: Path) -> None:
    path = keep(tmp_path / "schema.json", object_of({"a": True, "b": False}, required=[]))
    schema = Schema(path, shared=tmp_path)
    assert schema.read({"a": [1]}) == ({"a": [1]}, [])
    assert [fault.message for fault in schema.read({"b": 1})[1]] == ["b không hợp lệ: số 1"]


def test_common_parts_come_from_the_shared_schema(tmp_path: Path) -> None:
    keep(tmp_path / "khoi" / "chung.json", {"$defs": {"ten": {"title": "Tên chung"}}})
    path = keep(
        tmp_path / "mau" / "phieu" / "schema.json",
        object_of({"ten": {"$ref": "../khoi/chung.json#/$defs/ten", "title": "Tên riêng"}}),
    )
    apart = Schema(path, shared=tmp_path / "khoi")  # a form that came without the blocks
    assert apart.root.children["ten"].title == "Tên riêng"  # what stands beside a reference wins
    keep(tmp_path / "mau" / "khoi" / "chung.json", {"$defs": {"ten": {"type": "integer"}}})
    beside = Schema(path, shared=tmp_path / "khoi")
    assert beside.root.children["ten"].types == {"integer"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dia_danh": "An Bình,"}, "Địa danh: mẫu tự đặt dấu phẩy sau địa danh"),
        ({"luu": "Lưu: VT."}, "Lưu: mẫu tự in chữ Lưu và dấu chấm, chỉ gõ nơi lưu"),
        ({"noi_nhan": ["- Như Điều 3"]}, "mẫu tự đặt gạch đầu dòng và dấu chấm phẩy"),
        ({"noi_nhan": ["Như Điều 3;"]}, "mẫu tự đặt gạch đầu dòng và dấu chấm phẩy"),
        ({"noi_nhan": ["Lưu: VT"]}, "dòng Lưu ghi ở khóa luu"),
        ({"so": 1234567}, "Số văn bản lớn hơn 99999"),
    ],
)
def test_marks_that_the_form_sets_itself_are_refused_in_the_data(
    forms: dict[str, Form], change: dict[str, Any], said: str
) -> None:
    sample = forms["ke-hoach"].bundle.path("sample.json").read_text(encoding="utf-8")
    with pytest.raises(DataError) as caught:
        forms["ke-hoach"].document({**json.loads(sample), **change})
    assert said in str(caught.value)
