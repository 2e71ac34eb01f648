"""Packages: documents that belong together, from one data file; what they share typed once."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from generator.batches.packages import make_package
from generator.bundle import find_bundle, new_bundle, shipped
from generator.errors import DataError, UsageError
from generator.pipeline import open_form
from generator.views.outline import plain_lines

BUILT_IN = shipped("doctemplates")


@pytest.fixture
def forms(tmp_path: Path) -> str:
    """Return a folder of forms with an annex: a plan whose summary is its parent's number."""
    folder = tmp_path / "mau"
    bundle = new_bundle("phu-luc-thu", find_bundle("ke-hoach", [BUILT_IN]), folder)
    schema = json.loads((bundle / "schema.json").read_text(encoding="utf-8"))
    schema["properties"]["kem_theo"] = {"title": "Kèm theo", "description": "", "type": "object"}
    (bundle / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    manifest = bundle / "manifest.toml"
    lines = manifest.read_text(encoding="utf-8").splitlines()
    output = 'output = "Phụ lục {{ kem_theo.ten_loai }} {{ kem_theo.so }}.docx"'
    changed = [output if line.startswith("output") else line for line in lines]
    manifest.write_text("\n".join(changed), encoding="utf-8")
    return str(folder)


def plan(**changes: Any) -> dict[str, Any]:
    sample = (BUILT_IN / "ke-hoach" / "sample.json").read_text(encoding="utf-8")
    return {**json.loads(sample), **changes}


def package(tmp_path: Path, value: Any) -> str:
    path = tmp_path / "goi.json"
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
    return str(path)


def without(record: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in keys}


def test_shared_values_reach_every_document_and_an_annex_names_its_parent(
    tmp_path: Path, forms: str
) -> None:
    data = without(plan(so=33, ky_hieu="KH-BCĐ"), "dia_danh")
    source = package(tmp_path, {
        "//": "ghi chú",
        "chung": {"dia_danh": "Chí Linh", "truong_cua_mau_khac": 1},
        "van_ban": [
            {"mau": "ke-hoach", "ten": "kh", "du_lieu": data},
            {"mau": "phu-luc-thu", "kem_theo": {"van_ban": "kh", "co_quan": "BCĐ"},
             "du_lieu": {**data, "so": 34}},
        ],
    })  # fmt: skip
    made = make_package(source, tmp_path / "ra", templates=[forms])
    assert [path.name for path in made] == [
        "Kế hoạch số 33-KH-BCĐ.docx",
        "Phụ lục Kế hoạch 33.docx",
    ]
    for path in made:
        assert "Chí Linh, ngày" in "\n".join(plain_lines(path.read_bytes(), path.name))


def test_all_problems_of_all_documents_are_told_with_their_place_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    source = package(tmp_path, {
        "chung": {"dia_danh": 5},
        "van_ban": [
            {"mau": "ke-hoach", "du_lieu": without(plan(so="x"), "dia_danh")},
            {"mau": "ke-hoach", "du_lieu": without(plan(), "luu")},
        ],
    })  # fmt: skip
    with pytest.raises(DataError) as caught:
        make_package(source, tmp_path / "ra")
    places = [problem.at.partition(", ")[2] for problem in caught.value.problems]
    assert set(places) == {
        "$.chung.dia_danh",
        "$.van_ban[0].du_lieu.so",
        "$.van_ban[1].du_lieu.luu",
    }
    assert not (tmp_path / "ra").exists()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "gói văn bản cần danh sách “van_ban”"),
        ({"van_ban": [{"mau": "ke-hoach"}]}, "thiếu “du_lieu”"),
        ({"van_ban": []}, "gói chưa có văn bản nào"),
        ({"van_ban": [5]}, "mỗi văn bản là một nhóm trường { }"),
        ([{"van_ban": []}], "một gói văn bản là một nhóm trường { }, không phải danh sách"),
    ],
)
def test_a_package_of_the_wrong_shape_is_refused(tmp_path: Path, value: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        make_package(package(tmp_path, value), tmp_path / "ra")
    assert [problem.message for problem in caught.value.problems] == [message]


@pytest.mark.parametrize(
    ("annex", "place", "message"),
    [
        ({"van_ban": "x"}, ".van_ban", "không có văn bản “x” đứng trước trong gói"),
        ({"van_ban": "sau"}, ".van_ban", "không có văn bản “sau” đứng trước trong gói"),
        ({"van_ban": "nay"}, ".van_ban", "không có văn bản “nay” đứng trước trong gói"),
        ({"van_ban": ""}, ".van_ban", "không có văn bản “” đứng trước trong gói"),
        (
            {"van_ban": ["truoc"]}, ".van_ban",
            "“van_ban” ở đây là tên văn bản chính, viết trong ngoặc kép",
        ),
        ({}, "", "“kem_theo” thiếu “van_ban”"),
        (None, "", "“kem_theo” là một nhóm trường { }"),
    ],
)  # fmt: skip
def test_an_annex_names_a_document_before_it(
    tmp_path: Path, annex: Any, place: str, message: str
) -> None:
    source = package(tmp_path, {"van_ban": [
        {"mau": "ke-hoach", "du_lieu": plan(so=1)},
        {"mau": "ke-hoach", "ten": "truoc", "du_lieu": plan(so=2)},
        {"mau": "ke-hoach", "ten": "nay", "kem_theo": annex, "du_lieu": plan(so=3)},
        {"mau": "ke-hoach", "ten": "sau", "du_lieu": plan(so=4)},
    ]})  # fmt: skip
    with pytest.raises(DataError) as caught:
        make_package(source, tmp_path / "ra")
    (problem,) = caught.value.problems
    assert problem.at.endswith(f", $.van_ban[2].kem_theo{place}")
    assert (problem.message, bool(problem.hint)) == (message, True)


def test_all_that_is_wrong_with_the_frame_is_told_at_once(tmp_path: Path) -> None:
    source = package(tmp_path, {
        "chung": None,
        "vanban": 1,
        "van_ban": [
            {"mau": 5, "ten": ["a"], "du_lieu": []},
            {"mau": "ke-hoach", "ten": " ", "du_lieu": {}},
            {"mau": "ke-hoach", "ten": "a", "du_lieu": {}, "kem": 1},
            {"mau": "ke-hoach", "ten": "a", "du_lieu": {}},
        ],
    })  # fmt: skip
    with pytest.raises(DataError) as caught:
        make_package(source, tmp_path / "ra")
    assert [(p.at.partition(", ")[2], p.message) for p in caught.value.problems] == [
        ("$.chung", "“chung” là một nhóm trường { }"),
        ("$.vanban", "không có khóa “vanban” trong gói văn bản"),
        ("$.van_ban[0].mau", "“mau” là tên mẫu, viết trong ngoặc kép"),
        ("$.van_ban[0].ten", "“ten” là tên của văn bản, viết trong ngoặc kép và không để trống"),
        ("$.van_ban[0].du_lieu", "“du_lieu” là một nhóm trường { }"),
        ("$.van_ban[1].ten", "“ten” là tên của văn bản, viết trong ngoặc kép và không để trống"),
        ("$.van_ban[2].kem", "không có khóa “kem” ở đây"),
        ("$.van_ban[3].ten", "tên “a” đã đặt cho một văn bản đứng trước"),
    ]
    assert all(problem.hint for problem in caught.value.problems)


@pytest.mark.parametrize("shared", [None, ["a"], "a"])
def test_what_is_shared_is_a_group(tmp_path: Path, shared: Any) -> None:
    value = {"chung": shared, "van_ban": [{"mau": "ke-hoach", "du_lieu": plan()}]}
    with pytest.raises(DataError, match="“chung” là một nhóm trường"):
        make_package(package(tmp_path, value), tmp_path / "ra")


def test_all_unknown_forms_of_a_package_are_told_at_once(tmp_path: Path) -> None:
    entries: list[Any] = [{"mau": name, "du_lieu": {}} for name in ("ke-hoch", "ke-hoach", "")]
    with pytest.raises(UsageError) as caught:
        make_package(package(tmp_path, {"van_ban": entries}), tmp_path / "ra")
    assert [problem.message for problem in caught.value.problems] == [
        "không có mẫu “ke-hoch”", "không có mẫu “”",
    ]  # fmt: skip


def test_an_unknown_form_in_a_package_has_its_place(tmp_path: Path) -> None:
    source = package(tmp_path, {"van_ban": [{"mau": "ke-hoch", "du_lieu": {}}]})
    with pytest.raises(UsageError) as caught:
        make_package(source, tmp_path / "ra")
    assert str(caught.value) == (
        f"{source}: dòng 4, $.van_ban[0].mau: không có mẫu “ke-hoch”\n"
        "  gợi ý: có phải bạn muốn dùng “ke-hoach”?"
    )


def test_two_documents_with_one_file_name_are_refused(tmp_path: Path) -> None:
    entry = {"mau": "ke-hoach", "du_lieu": plan()}
    with pytest.raises(DataError, match="trùng tên tệp"):
        make_package(package(tmp_path, {"van_ban": [entry, entry]}), tmp_path / "ra")


def test_the_letter_of_chi_linh_and_its_annexes_come_from_one_file(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "fixtures" / "goi" / "chi-linh.json"
    made = make_package(str(source), tmp_path)
    assert [path.name for path in made] == [
        "Công văn số 441-HD-BCĐ.docx",
        "Hướng dẫn chi tiết sơ kết năm 2019 kèm số 441-HD-BCĐ.docx",
        "Đề cương số liệu 2019.docx",
        "Bản chấm điểm 2019 - Trường Tiểu học Bình Minh.docx",
    ]
    assert source.read_text(encoding="utf-8").count("441") == 1
    texts = ["\n".join(plain_lines(path.read_bytes(), path.name)) for path in made]
    assert "công văn số 441/HD-BCĐ ngày 25/9/2019" in texts[1]
    assert "(Kèm theo Hướng dẫn số 441/HD-BCĐ ngày 25/9/2019 của BCĐ thực hiện Đề án)" in texts[2]


# ---------------------------------------------------------------- a new form
def test_a_new_form_renders_at_once(tmp_path: Path) -> None:
    folder = new_bundle("to-trinh", find_bundle("ke-hoach", [BUILT_IN]), tmp_path)
    form = open_form("to-trinh", [str(tmp_path)])
    assert form.bundle.id == "to-trinh"
    sample = json.loads((folder / "sample.json").read_text(encoding="utf-8"))
    assert "KẾ HOẠCH" in plain_lines(form.document(sample), "x")


@pytest.mark.parametrize("name", ["Tờ trình", "../x", "A", "a b", "-a", ""])
def test_a_form_id_is_a_plain_folder_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="không dùng làm tên mẫu được"):
        new_bundle(name, find_bundle("ke-hoach", [BUILT_IN]), tmp_path / "mau")
    assert not (tmp_path / "mau").exists()


def test_a_new_form_never_replaces_one(tmp_path: Path) -> None:
    (tmp_path / "to-trinh").mkdir()
    with pytest.raises(UsageError, match="thư mục đã có"):
        new_bundle("to-trinh", find_bundle("ke-hoach", [BUILT_IN]), tmp_path)


# ---------------------------------------------------------------- a record given by a program
def test_a_program_gives_dates_as_dates() -> None:
    record = plan(ngay_ban_hanh=date(2026, 3, 5))
    lines = plain_lines(open_form("ke-hoach").document(record), "x")
    assert any("ngày 05 tháng 3 năm 2026" in line for line in lines)


@pytest.mark.parametrize("value", [b"x", {1, 2}, float("nan"), object(), {1: 2}])
def test_a_value_no_data_file_can_hold_is_refused_with_its_path(value: object) -> None:
    with pytest.raises(DataError) as caught:
        open_form("ke-hoach").document(plan(luu=value))
    assert caught.value.problems[0].at == "$.luu"


def test_a_record_without_a_folder_cannot_name_files() -> None:
    with pytest.raises(DataError, match=r"không dùng được \$file"):
        open_form("ke-hoach").document(plan(noi_dung={"$file": "README.md"}))
