"""Rules of a form: when they apply, what they say, where they point."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import BundleError, DataError, Problem
from generator.pipeline import Form, open_form
from generator.records.data import RawRecord
from tests.clerk import FIXTURES, FORMS, keep, keep_lines, vanban
from tests.figures.drawing import RECORD, record, slip


def check(**keys: Any) -> str:
    said = {"rule": "vu == phat + nhac", "message": "tổng không khớp"} | keys
    lines = [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in said.items() if v is not None]
    return "\n[[check]]\n" + "\n".join(lines) + "\n"


def found(form: Form, raw: RawRecord) -> tuple[list[Problem], list[Problem]]:
    """Return the errors and the warnings of a record."""
    try:
        return [], list(form.prepare(raw, named=False).warnings)
    except DataError as error:
        return list(error.problems), []


def said(root: Path, table: str, **changes: Any) -> list[str]:
    errors, _ = found(slip(root, table), record(**changes))
    return [f"{problem.at}: {problem.message}" for problem in errors]


# ================================================================ the kinds that forms need
@pytest.mark.parametrize(
    ("keys", "changes", "told"),
    [
        ({}, {"vu": 48}, "dòng 3, $.vu: Tổng số vụ: tổng không khớp: 48 ≠ 20 + 27 = 47"),
        (
            {"rule": "tong(phat, nhac) == vu", "at": "vu"},
            {"vu": 48},
            "dòng 3, $.vu: Tổng số vụ: tổng không khớp: 20 + 27 = 47 ≠ 48",
        ),
        (
            {"rule": "phat <= vu", "message": "phần hơn tổng"},
            {"phat": 50},
            "dòng 4, $.phat: Số vụ phạt tiền: phần hơn tổng: 50 > 47",
        ),
        (
            {"rule": "ty_le(phat, vu) <= 100", "message": "quá 100%"},
            {"phat": 50},
            "dòng 4, $.phat: Số vụ phạt tiền: quá 100%: 100 × 50 / 47 ≈ 106,383 > 100",
        ),
        (
            {"rule": "tu_ngay <= den_ngay", "message": "sai thứ tự"},
            {"tu_ngay": "2018-07-01"},
            "dòng 7, $.tu_ngay: Từ ngày: sai thứ tự: 01/7/2018 sau 10/6/2018",
        ),
        (
            {"rule": "tu_ngay < den_ngay", "message": "sai thứ tự"},
            {"tu_ngay": "2018-06-10"},
            "dòng 7, $.tu_ngay: Từ ngày: sai thứ tự: 10/6/2018 không trước 10/6/2018",
        ),
        (
            {"rule": "dem(hang) == so_dong", "at": "so_dong", "message": "đếm lại"},
            {"so_dong": 8},
            "dòng 6, $.so_dong: Số dòng: đếm lại: 2 ≠ 8",
        ),
        (
            {"rule": "so == tong(phan.n)", "each": "hang[]", "message": "dòng {{ ten }}"},
            {"hang": [{"so": 1, "phan": [{"n": 1}]}, {"ten": "Hai", "so": 9, "phan": [{"n": 4}]}]},
            "dòng 24, $.hang[1].so: Số của dòng: dòng Hai: 9 ≠ 4",
        ),
        (
            {"rule": "khong_lap(hang.ten)", "at": "hang", "message": "ghi hai lần"},
            {"hang": [{"ten": "A"}, {"ten": "a"}]},
            "dòng 13, $.hang: Các dòng: ghi hai lần",
        ),
        (
            {"rule": "vu >= phat and vu >= nhac", "message": "phần hơn tổng"},
            {"nhac": 90},
            "dòng 3, $.vu: Tổng số vụ: phần hơn tổng: 47 < 90",
        ),
        (
            {"rule": "ten in ['A', 'B']", "message": "chọn A hoặc B"},
            {"ten": "Phường Kim Sơn"},
            "dòng 2, $.ten: Tên đơn vị: chọn A hoặc B: “Phường Kim Sơn” không thuộc [“A”, “B”]",
        ),
        (
            {"message": "{{ vu|so2 }} vụ không đúng tổng số vụ"},
            {"vu": 8},
            "dòng 3, $.vu: 08 vụ không đúng tổng số vụ: 8 ≠ 20 + 27 = 47",
        ),
        (
            {"rule": "a < b", "each": "nhom", "at": "b", "message": "b phải hơn"},
            {"nhom": {"a": 4, "b": 4}},
            "dòng 11, $.nhom.b: Số b: b phải hơn: 4 ≥ 4",
        ),
    ],
)
def test_a_broken_rule_shows_both_sides_and_its_place(
    tmp_path: Path, keys: dict[str, Any], changes: dict[str, Any], told: str
) -> None:
    assert said(tmp_path, check(**keys), **changes) == [told]
    assert said(tmp_path, check(**keys), **KEPT.get(keys.get("rule", ""), {})) == []


# What keeps a rule that the record of the tests breaks by itself.
KEPT: Mapping[str, dict[str, Any]] = {"ten in ['A', 'B']": {"ten": "A"}}


def test_a_message_that_no_record_can_break_is_never_printed(tmp_path: Path) -> None:
    form = slip(tmp_path, check() + check(rule="phat <= vu") + check(rule="tu_ngay <= den_ngay"))
    assert found(form, record()) == ([], [])


def test_a_warning_stops_nothing(tmp_path: Path) -> None:
    errors, warnings = found(slip(tmp_path, check(severity="warning")), record(vu=48))
    assert errors == []
    assert [w.message for w in warnings] == ["Tổng số vụ: tổng không khớp: 48 ≠ 20 + 27 = 47"]
    assert warnings[0].hint == "đối chiếu lại các số này"


@pytest.mark.parametrize("name", ["vu", "phat", "nhac"])
def test_a_rule_over_a_blank_is_not_applied(tmp_path: Path, name: str) -> None:
    assert said(tmp_path, check(), **{name: None}) == []


def test_a_blank_in_the_sentence_is_shown_as_one(tmp_path: Path) -> None:
    lines = said(tmp_path, check(message="{{ ten }} ghi sai"), vu=48, ten=None)
    assert lines == ["dòng 3, $.vu: Tổng số vụ: …… ghi sai: 48 ≠ 20 + 27 = 47"]


def test_unless_the_rule_asks_for_it(tmp_path: Path) -> None:
    table = check(blank="fail", at="phat", message="cần đủ số")
    assert said(tmp_path, table, phat=None) == ["dòng 4, $.phat: Số vụ phạt tiền: cần đủ số"]
    assert said(tmp_path, check(rule="phat is not none", message="cần có"), phat=None) == [
        "dòng 4, $.phat: Số vụ phạt tiền: cần có"
    ]


def test_a_rule_in_a_blank_group_or_list_has_nothing_to_check(tmp_path: Path) -> None:
    table = check(rule="a > 99", each="nhom") + check(rule="so > 99", each="hang[]")
    assert said(tmp_path, table, nhom=None, hang=None) == []


def test_one_rule_for_several_places(tmp_path: Path) -> None:
    table = check(rule="so < 5", each=["hang[]"]) + check(rule="n < 5", each=["hang[].phan[]"])
    places = [line.split(": ")[0] for line in said(tmp_path, table)]
    assert [place.split("$")[1] for place in places] == [
        ".hang[0].so", ".hang[0].phan[0].n", ".hang[0].phan[1].n", ".hang[1].so",
        ".hang[1].phan[0].n",
    ]  # fmt: skip


def test_rules_see_computed_values(tmp_path: Path) -> None:
    derive = '\n[[derive]]\nname = "tat_ca"\ntitle = "Tất cả"\nexpression = "tong(hang.so)"\n'
    table = derive + check(rule="vu >= tat_ca", message="ít hơn")
    assert said(tmp_path, table, vu=1) == ["dòng 3, $.vu: Tổng số vụ: ít hơn: 1 < 40"]


def test_a_rule_that_the_values_do_not_fit_says_so(tmp_path: Path) -> None:
    (line,) = said(tmp_path, check(rule="ty_le(phat, vu) <= 100"), vu=0)
    assert "không kiểm tra được “ty_le(phat, vu) <= 100”" in line
    assert "không tính được tỷ lệ của 20 trên 0" in line


def test_broken_rules_are_told_together_with_what_is_wrong_with_the_data(tmp_path: Path) -> None:
    table = check() + check(rule="tu_ngay <= den_ngay", message="sai thứ tự")
    table += check(rule="so_dong is not none", message="thiếu", blank="fail")
    lines = said(tmp_path, table, vu=48, tu_ngay="30/2/2018", so_dong="hai", la="x")
    assert [line.split(": ")[0].split("$")[1] for line in lines] == [
        ".vu", ".so_dong", ".tu_ngay", ".la",
    ]  # fmt: skip
    assert lines[0].endswith("48 ≠ 20 + 27 = 47")  # and no rule doubts what is wrong already


def test_warnings_are_told_with_the_errors(tmp_path: Path) -> None:
    form = slip(tmp_path, check(severity="warning"))
    for wrong in ({"tu_ngay": "30/2/2018"}, {"la": 1}):
        with pytest.raises(DataError) as caught:
            form.prepare(record(vu=48, **wrong))
        assert len(caught.value.problems) == 1
        assert [warning.message for warning in caught.value.warnings] == [
            "Tổng số vụ: tổng không khớp: 48 ≠ 20 + 27 = 47"
        ]
        again = pickle.loads(pickle.dumps(caught.value))
        assert (again.problems, again.warnings) == (caught.value.problems, caught.value.warnings)


def test_a_record_that_is_none_has_one_problem(tmp_path: Path) -> None:
    form = slip(tmp_path, check())
    for text in ("[]", "5", '"x"', "null"):
        errors, _ = found(form, RawRecord(file="a.json", text=text))
        assert len(errors) == 1


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (check(rule=None), "thiếu khóa rule"),
        (check(message=None), "thiếu khóa message"),
        (check(rule="vu = phat"), "biểu thức"),
        (check(rule="vu == phatt"), "không có trường “phatt”, có phải “phat”?"),
        (check(severity="nặng"), "severity là “nặng”, chọn một trong: error, warning"),
        (check(blank="bỏ"), "blank là “bỏ”, chọn một trong: skip, fail"),
        (check(each="nhomm"), "each: không có nhóm “nhomm”"),
        (check(each="hang"), "each: “hang” là danh sách, thêm [] ở cuối"),
        (check(each="nhom[]"), "each: không có nhóm “nhom[]”"),
        (check(at="vuu"), "at: không có trường “vuu”"),
        (check(message="{{ vuu }}"), "không có trường “vuu”, có phải “vu”?"),
        (check(message="{{ vu"), "message viết sai"),
        (check(message="{{ vu|khong_co }}"), "message viết sai"),
        (check(mesage="x"), "không có khóa “mesage”, có phải “message”?"),
        ("\n[check]\nrule = 1\n", "check phải là các bảng [[check]]"),
    ],
)
def test_what_a_manifest_may_not_say(tmp_path: Path, table: str, told: str) -> None:
    with pytest.raises(BundleError) as caught:
        slip(tmp_path, table)
    assert told in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(
    vu=st.none() | st.integers(0, 50),
    phat=st.none() | st.integers(0, 50),
    nhac=st.none() | st.integers(0, 50),
)
def test_a_total_is_refused_exactly_when_it_differs(
    tmp_path_factory: pytest.TempPathFactory, vu: int | None, phat: int | None, nhac: int | None
) -> None:
    form = _total(tmp_path_factory)
    errors, _ = found(form, record(vu=vu, phat=phat, nhac=nhac))
    known = vu is not None and phat is not None and nhac is not None
    assert bool(errors) == (known and vu != (phat or 0) + (nhac or 0))


_FORMS: dict[str, Form] = {}


def _total(factory: pytest.TempPathFactory) -> Form:
    return _FORMS.setdefault("total", slip(factory.mktemp("total"), check()))


# ================================================================ at the command line
def test_the_batch_names_the_unit(tmp_path: Path) -> None:
    folder = slip(tmp_path / "mau", check()).bundle.folder
    data = keep_lines(tmp_path / "a.jsonl", [RECORD, RECORD | {"ten": "Xã Mộc", "vu": 1}])
    ran = vanban("batch", folder, data, "-o", tmp_path / "ra")
    assert ran.code == 1
    assert (
        "dòng 2, $.vu (đơn vị “Xã Mộc”): Tổng số vụ: tổng không khớp: 1 ≠ 20 + 27 = 47" in ran.err
    )


def test_validate_prints_warnings(tmp_path: Path) -> None:
    folder = slip(tmp_path / "mau", check(severity="warning")).bundle.folder
    ran = vanban("validate", folder, keep(tmp_path / "a.json", RECORD | {"vu": 1}))
    assert ran.code == 0
    assert "tổng không khớp: 1 ≠ 20 + 27 = 47" in ran.err


# ================================================================ the built-in forms
@pytest.mark.parametrize("name", FORMS)
def test_the_samples_keep_their_own_rules(name: str) -> None:
    form = open_form(name)
    for raw in form.records(str(form.bundle.path("sample.json"))):
        assert form.prepare(raw).warnings == ()


GOOD = [
    "de-cuong-so-lieu/mot-phuong.json", "de-cuong-so-lieu/mot-truong.json",
    "de-cuong-so-lieu/trong.json", "thong-ke-khong-dat/nghe-an.json",
    "thong-ke-khong-dat/trong.json", "tong-hop-cham-diem/lac-giang.json",
    "tong-hop-cham-diem/trong.json", "ke-hoach/nga-son.json", "ke-hoach/nghe-an.json",
    "cong-van/chi-linh.json", "huong-dan/chi-linh.json", "huong-dan/trong.json",
]  # fmt: skip


@pytest.mark.parametrize("path", GOOD)
def test_the_real_records_keep_the_rules(path: str) -> None:
    form = open_form(path.partition("/")[0])
    for raw in form.records(str(FIXTURES / path)):
        assert form.prepare(raw).warnings == ()


def changed(path: str, *changes: tuple[str, Any]) -> list[str]:
    """Return what is found in a real record with some values changed."""
    name = path.partition("/")[0]
    value = json.loads((FIXTURES / path).read_text(encoding="utf-8"))
    for where, new in changes:
        *steps, last = where.split(".")
        at = value
        for step in steps:
            at = at[int(step) if step.isdigit() else step]
        at[int(last) if last.isdigit() else last] = new
    form = open_form(name)
    raw = RawRecord(file="a.json", text=json.dumps(value), folder=str(FIXTURES / name))
    errors, warnings = found(form, raw)
    return [problem.message for problem in errors + warnings]


WARD = "de-cuong-so-lieu/mot-phuong.json"


@pytest.mark.parametrize(
    ("path", "where", "new", "told"),
    [
        (WARD, "xa_xu_ly.hinh_su.vu", 8, "8 ≠ 4 + 2 + 1 = 7"),
        (WARD, "xa_xu_ly.te_nan.doi_tuong", 99, "99 ≠"),
        (WARD, "an_ninh.kinh_te.nam_nay.vu", 90, "khác số bàn giao + số xã, phường xử lý: 90 ≠"),
        (WARD, "phoi_hop.mat_tran.tien_bo", 77, "phải bằng số đã tiến bộ + chưa tiến bộ"),
        (WARD, "phoi_hop.doan_thanh_nien.da_cam_hoa", 77, "đã cảm hóa + đang cảm hóa"),
        (WARD, "phoi_hop.phu_nu.con_giao_duc", 77, "tiến bộ + còn tiếp tục"),
        (WARD, "phoi_hop.buu_dien.don_thu_co_gia_tri", 99, "99 > 29"),
        (WARD, "phoi_hop.giao_duc.tong_so_lop", 1, "> 1"),
        (WARD, "dang_ky.tong_so_ho", 10, "2.815 > 10"),
        (WARD, "mo_hinh.duy_tri", 1, "cộng lại hơn số mô hình củng cố, duy trì"),
        ("tong-hop-cham-diem/lac-giang.json", "don_vi.0.ten", "Chi cục Thuế thành phố Lạc Giang",
         "có đơn vị ghi hai lần"),
        ("tong-hop-cham-diem/lac-giang.json", "don_vi.0.ket_qua", "Không xét",
         "không được xét nên không có điểm thẩm định"),
        ("thong-ke-khong-dat/nghe-an.json", "thong_ke.0.nam", 2025, "không xếp theo năm tăng dần"),
        ("ke-hoach/nga-son.json", "ngay_ban_hanh", "2018-06-01",
         "có thời hạn trước ngày ban hành: 31/5/2018 trước 01/6/2018"),
        ("huong-dan/chi-linh.json", "han_nop", "2030-01-01",
         "sau hạn của cấp trên: 01/01/2030 sau"),
    ],
)  # fmt: skip
def test_the_rules_of_the_forms(path: str, where: str, new: Any, told: str) -> None:
    messages = changed(path, (where, new))
    assert any(told in message for message in messages), messages


def test_the_clerk_gets_all_that_does_not_add_up_at_once() -> None:
    ran = vanban("validate", "de-cuong-so-lieu", FIXTURES / "de-cuong-so-lieu" / "tong-sai.json")
    assert ran.code == 3
    for told in ("8 ≠ 4 + 2 + 1 = 7", "2.815 > 2.800", "số vụ về tệ nạn xã hội khác số bàn giao"):
        assert told in ran.err
    assert "2 lỗi" in ran.err
    assert "2 lưu ý" in ran.err


def test_a_leave_that_ends_before_it_begins() -> None:
    form = open_form("giay-nghi-phep")
    raw = next(iter(form.records(str(form.bundle.path("sample.json")))))
    value = raw.parse() | {"tu_ngay": "2025-02-10", "den_ngay": "2025-02-01"}
    errors, _ = found(form, RawRecord(file="a.json", text=json.dumps(value)))
    assert "ngày bắt đầu nghỉ sau ngày cuối: 10/02/2025 sau 01/02/2025" in errors[0].message


def test_the_roll_up_names_the_unit_whose_total_is_wrong() -> None:
    form = open_form("tong-hop-so-lieu")
    raw = next(iter(form.records(str(form.bundle.path("sample.json")))))
    value = raw.parse()
    value["cac_don_vi"][0].setdefault("phoi_hop", {})["mat_tran"] = {
        "nhan_quan_ly": 5, "tien_bo": 1, "chua_tien_bo": 1,
    }  # fmt: skip
    errors, _ = found(form, RawRecord(file="a.json", text="", value=value))
    assert f"({value['cac_don_vi'][0]['don_vi']})" in errors[0].message
    assert errors[0].message.endswith("5 ≠ 1 + 1 = 2")
