"""The rules as data: every one with its clause, chosen by date and issuer, narrowed by layers."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from generator.conformity.checking import Layer, Report, check_document
from generator.conformity.findings import Severity
from generator.conformity.profile import (
    FOLDER,
    choose_profile,
    load_profile,
    profile_ids,
    read_layer,
)
from generator.errors import DataError, UsageError
from generator.pipeline import open_form
from generator.vietnamese.documents import COPY_TYPES, DOCUMENT_TYPES
from tests.conformity.drawing import LAYOUTS, Letter, draw, rewritten
from tests.conformity.letters import LETTERS, PLAN
from tests.forms.reading import sample


def report(letter: Letter, layout: str = "table", **options: object) -> Report:
    return check_document(draw(letter, layout), "thu.docx", **options)  # type: ignore[arg-type]


def ids(found: Report) -> set[str]:
    return {finding.id for finding in found.findings}


def test_five_profiles_are_there() -> None:
    assert set(profile_ids()) == {
        "nd30_2020", "tt01_2011", "ttlt55_2005", "dang_2018", "dang_2026",
    }  # fmt: skip


@pytest.mark.parametrize("name", profile_ids())
def test_every_row_of_a_profile_names_its_clause(name: str) -> None:
    data = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    rows = {**data["thanh_phan"], **data["quy_tac"]}
    assert [key for key, row in rows.items() if not row.get("dieu_khoan", "").strip()] == []


def test_the_types_of_the_decree_are_those_of_its_table() -> None:
    table = {kind.code: kind.name.removesuffix(" (cá biệt)")
             for kind in (*DOCUMENT_TYPES, *COPY_TYPES) if kind.code}  # fmt: skip
    assert {code: names[0] for code, names in load_profile("nd30_2020").types.items()} == table


@pytest.mark.parametrize(
    ("issued", "party", "name"),
    [
        (date(2026, 1, 5), False, "nd30_2020"),
        (date(2020, 3, 5), False, "nd30_2020"),
        (date(2020, 3, 4), False, "tt01_2011"),
        (date(2011, 3, 4), False, "ttlt55_2005"),
        (None, False, "nd30_2020"),
        (date(2019, 1, 1), True, "dang_2018"),
        (date(2026, 8, 4), True, "dang_2026"),
    ],
)
def test_a_profile_is_chosen_by_the_documents_own_date(
    issued: date | None, party: bool, name: str
) -> None:
    assert choose_profile(issued, party=party).id == name


def test_an_old_document_is_measured_by_the_rules_of_its_time() -> None:
    old = PLAN.but(
        date="Phú Lâm Thượng, ngày 05 tháng 02 năm 2018", number_in="footer",
        grounds=(*PLAN.grounds[:2], PLAN.grounds[2][:-1] + ","),
    ).look("ground", italic=False).look("page", align="right").look("issuer", size=13)  # fmt: skip
    for layout in LAYOUTS:
        found = report(old, layout)
        assert found.profile.id == "tt01_2011"
        assert ids(found) == set(), layout
    # The same paper under the decree of today.
    assert ids(report(old, profile="nd30_2020")) == {
        "so_trang.vi_tri", "so_trang.can_le", "can_cu.nghieng", "can_cu.dau_cau",
    }  # fmt: skip


def test_a_row_to_be_confirmed_never_makes_an_error() -> None:
    old = PLAN.but(date="Phú Lâm Thượng, ngày 05 tháng 02 năm 2018").look("title", size=13)
    weights = {f.id: f.severity for f in report(old).findings}
    assert weights["ten_loai.co_chu"] is Severity.WARNING
    assert weights["can_cu.nghieng"] is Severity.ERROR
    everything = report(PLAN.look("text", size=10), profile="ttlt55_2005").findings
    assert {f.severity for f in everything} == {Severity.WARNING}
    assert "chờ đối chiếu" in everything[0].clause


def party(old: str = "", new: str = "") -> Report:
    """Check the Party document of the built-in form, with one stretch of its XML changed."""
    made = open_form("van-ban-dang").document(sample("van-ban-dang"))

    def change(name: str, text: str) -> str:
        assert name != "word/document.xml" or not old or old in text
        return text.replace(old, new) if old and name == "word/document.xml" else text

    return check_document(rewritten(made, change), "thu.docx")


def test_a_party_document_follows_the_rules_of_the_party() -> None:
    assert party().profile.id == "dang_2026"
    assert ids(party()) == set()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("T/M BAN", "TM. BAN", "quyen_han.chu_tat"),
        ("Số 06-CT/TU", "Số: 06-CT/TU", "so_ky_hieu.mau"),
        ("Số 06-CT/TU", "Số 06/CT-TU", "so_ky_hieu.mau"),
        ("Số 06-CT/TU", "Số 6-CT/TU", "so_ky_hieu.so_khong"),
        ("Số 06-CT/TU", "Số 06-NQ/TU", "so_ky_hieu.loai"),
        ("-----", "", "trich_yeu.gach"),
        (">*<", "><", "co_quan_ban_hanh.dau_sao"),
        ("- Lưu Văn phòng Tỉnh ủy.", "- Lưu: VT.", "noi_nhan.luu"),
        ("ngày 04 tháng 8", "ngày 4 tháng 8", "dia_danh.so_khong"),
    ],
)
def test_a_fault_in_a_party_document_is_found(old: str, new: str, key: str) -> None:
    assert ids(party(old, new)) == {key}


def test_a_normative_document_is_out_of_scope() -> None:
    found = report(PLAN.but(number="Số: 05/2020/NĐ-CP"))
    assert "quy phạm pháp luật" in found.out_of_scope
    assert found.findings == ()


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(UsageError, match="nd30_2020"):
        report(PLAN, profile="nd30")


# ---------------------------------------------------------------- an agency's own rules
def layer(tmp_path: Path, text: str) -> Layer:
    path = tmp_path / "co-quan.toml"
    path.write_text(text, encoding="utf-8")
    return Layer(str(path), read_layer(path))


def test_an_agency_narrows_a_range(tmp_path: Path) -> None:
    own = layer(tmp_path, "[thanh_phan.noi_dung]\nco_chu = [13, 13]\n")
    assert "noi_dung.co_chu" in ids(report(PLAN, layers=[own]))
    assert ids(report(PLAN)) == set()


def test_an_agency_cannot_leave_the_national_range(tmp_path: Path) -> None:
    own = layer(
        tmp_path,
        "[thanh_phan.noi_dung]\nco_chu = [12, 14]\n"
        '[quy_tac."trang.le_trai"]\nkhoang_mm = [20, 30]\n'
        '[quy_tac.le]\nx = 1\n[bo_qua]\n"ho_ten.hoc_vi" = ""\n',
    )
    with pytest.raises(DataError) as error:
        report(PLAN, layers=[own])
    told = "\n".join(map(str, error.value.problems))
    assert "thanh_phan.noi_dung.co_chu: 12–14 nằm ngoài mức cho phép là 13–14" in told
    assert "quy_tac.trang.le_trai.khoang_mm" in told
    assert "quy_tac.le: không có mục này" in told
    assert "thiếu lý do bỏ qua" in told


def test_an_agency_lists_its_abbreviations_and_superiors(tmp_path: Path) -> None:
    own = layer(
        tmp_path,
        'ten = "UBND xã Phú Lâm Thượng"\ncap_tren = ["UBND tỉnh Lâm Sơn"]\n'
        '[viet_tat]\nco_quan = ["UBND"]\ndon_vi = ["KT", "VHXH"]\n',
    )
    assert ids(report(PLAN, layers=[own])) == set()
    strange = PLAN.but(number="Số: 08/KH-UBNDX")
    assert ids(report(strange, layers=[own])) == {"so_ky_hieu.viet_tat"}
    letter = LETTERS["cong-van-xa"].but(number="Số: 57/UBND-ABC")
    assert ids(report(letter, layers=[own])) == {"so_ky_hieu.viet_tat"}
    under = PLAN.but(superior=("UBND TỈNH LÂM SƠN",))
    assert ids(report(under)) == {"co_quan_chu_quan.khong_co"}
    assert ids(report(under, layers=[own])) == set()


def test_an_agency_sets_a_rule_aside_with_its_reason(tmp_path: Path) -> None:
    own = layer(tmp_path, '[bo_qua]\n"ho_ten.hoc_vi" = "ngành y tế cho phép ghi học vị"\n')
    found = report(PLAN.but(name="TS. Đỗ Quang Thiện"), layers=[own])
    assert ids(found) == set()
    assert [finding.id for finding in found.waived] == ["ho_ten.hoc_vi"]


def test_a_layer_with_an_unknown_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="không có khóa này"):
        layer(tmp_path, "[trang]\nle_trai = 30\n")
    with pytest.raises(DataError, match="viết sai cú pháp"):
        layer(tmp_path, "ten = ")


# ---------------------------------------------------------------- pages
def test_a_page_on_its_side_needs_a_table() -> None:
    turned = {"top": 1701, "bottom": 851, "left": 1134, "right": 1134}
    text = PLAN.but(landscape=True, page=turned)
    assert ids(report(text, "boxes")) == {"trang.huong"}
    assert ids(report(text, "table")) == set()  # its head is one
