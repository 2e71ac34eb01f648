"""Bad input, one kind at a time: what is said, with unit and cell."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from generator.pipeline import open_form
from generator.records.data import RawRecord
from generator.rollup.sources import _by_keys
from tests.clerk import Ran, keep, keep_lines, vanban
from tests.rollup.units import OFFICE, SUMS, households, unit

A, B = households("Xã A", 119, 120), households("Xã B", 80, 80)
SIGNED = "II.2. Đăng ký xây dựng đơn vị an toàn, Số hộ ký cam kết"
LIST = (
    {"don_vi": "Xã A", "nhom": "Cụm 1", "ngay_nop": "2026-10-09"},
    {"don_vi": "Xã B", "nhom": "Cụm 1", "ngay_nop": "11/10/2026"},
    {"don_vi": "Xã C"},
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(records: Sequence[Any], *options: str) -> Ran:
    keep_lines(Path("a.jsonl"), records)
    ran = vanban("rollup", SUMS, "a.jsonl", "--set", OFFICE, "-o", "kq.json", *options)
    assert Path("kq.json").exists() == (ran.code == 0)
    return ran


def refused(ran: Ran, *lines: str) -> None:
    assert (ran.code, ran.err) == (3, "".join(line + "\n" for line in lines))


def test_a_figure_missing_where_a_sum_needs_it_stops_the_run_when_asked() -> None:
    refused(
        run([households("Xã A", None, 120), B], "--missing", "stop"),
        f"a.jsonl: dòng 1, $.dang_ky.ho_cam_ket: Xã A: thiếu số liệu {SIGNED}",
        "  gợi ý: điền số, không phát sinh thì ghi 0; hoặc chạy với --missing mark",
    )


def test_a_figure_missing_is_marked_with_the_number_of_units() -> None:
    ran = run([households("Xã A", None, 120), B])
    assert (ran.code, ran.err.splitlines()[:2]) == (
        0,
        [
            f"lưu ý: {SIGNED}: thiếu số liệu của 1 đơn vị",
            "  gợi ý: muốn biết đơn vị và ô nào thì chạy với --missing stop",
        ],
    )


def test_mixed_periods() -> None:
    refused(
        run([A, B | {"nam": 2025}]),
        "Năm báo cáo không như nhau: 2026: Xã A (a.jsonl, dòng 1, $.nam); "
        "2025: Xã B (a.jsonl, dòng 2, $.nam)",
        "  gợi ý: chỉ cộng số liệu cùng kỳ; bỏ tệp của kỳ khác ra",
    )


def test_a_period_other_than_the_tables_own() -> None:
    refused(
        run([A], "--set", "nam=2025"),
        "Năm báo cáo không như nhau: 2025: bảng tổng hợp; 2026: Xã A (a.jsonl, dòng 1, $.nam)",
        "  gợi ý: chỉ cộng số liệu cùng kỳ; bỏ tệp của kỳ khác ra",
    )


def test_the_same_unit_twice_with_different_figures() -> None:
    refused(
        run([A, households("xã  a", 118, 120)]),
        "a.jsonl: dòng 2, $.dang_ky.ho_cam_ket: xã a: nộp hai lần với số liệu khác nhau "
        f"({SIGNED}); lần kia ở a.jsonl, dòng 1",
        "  gợi ý: giữ lại bản đúng",
    )


def test_the_same_unit_twice_with_the_same_figures_counts_once() -> None:
    ran = run([A, B, A])
    assert (ran.code, ran.err.splitlines()) == (
        0,
        [
            "lưu ý: a.jsonl: dòng 3, $: Xã A: nộp hai lần, số liệu như ở a.jsonl, dòng 1",
            "  gợi ý: chỉ cộng một lần",
            "Đã tổng hợp 2 đơn vị: kq.json",
        ],
    )


def test_a_file_given_twice_counts_once() -> None:
    keep(Path("a.json"), A)
    ran = vanban("rollup", SUMS, "a.json", "a.json", "--set", OFFICE, "-o", "kq.json")
    assert ran.code == 0
    assert ran.err.endswith("Đã tổng hợp 1 đơn vị: kq.json\n")


def test_an_unknown_unit() -> None:
    keep_lines(Path("ds.jsonl"), LIST)
    refused(
        run([A, households("Xã D", 1, 1)], "--units", "ds.jsonl"),
        "a.jsonl: dòng 2, $: đơn vị “Xã D” không có trong danh sách",
        "  gợi ý: có phải “Xã C”? Sửa tên, hoặc thêm đơn vị vào danh sách",
    )


def test_units_that_sent_nothing_and_units_that_sent_late_are_named() -> None:
    keep_lines(Path("ds.jsonl"), LIST)
    ran = run([B, A], "--units", "ds.jsonl", "--due", "10/10/2026")
    assert ran.err.splitlines() == [
        "lưu ý: a.jsonl: dòng 1, $: Xã B: nộp muộn: ngày 11/10/2026, hạn 10/10/2026",
        "  gợi ý: số liệu vẫn được cộng",
        "lưu ý: chưa nộp 1/3 đơn vị: Xã C",
        "  gợi ý: số cộng không gồm các đơn vị này",
        "Đã tổng hợp 2 đơn vị: kq.json",
    ]


def test_a_negative_count() -> None:
    refused(
        run([households("Xã A", -1, 120), B]),
        "a.jsonl: dòng 1, $.dang_ky.ho_cam_ket: Xã A: Số hộ ký cam kết nhỏ hơn 0: số -1",
        "  gợi ý: ghi số từ 0 trở lên",
    )


def test_a_number_beyond_counting() -> None:
    refused(
        run([households("Xã A", 5, 10**18), B]),
        "a.jsonl: dòng 1, $.dang_ky.tong_so_ho: Xã A: II.2. Đăng ký xây dựng đơn vị an toàn, "
        "Tổng số hộ trên địa bàn: số quá lớn (1.000.000.000.000.000.000)",
        "  gợi ý: xem lại con số này",
    )


def test_a_number_of_a_thousand_digits_is_refused_at_once() -> None:
    Path("a.json").write_text(
        '{"nam": 2026, "don_vi": "Xã A", "tuyen_truyen": {"so_luot": 1e999999}}', encoding="utf-8"
    )
    ran = vanban("rollup", SUMS, "a.json", "--set", OFFICE, "-o", "kq.json")
    assert ran.code == 3
    assert "a.json: dòng 1" in ran.err


def test_a_unit_that_breaks_a_rule_of_its_own_form() -> None:
    refused(
        run([A, households("Xã B", 90, 80)]),
        "a.jsonl: dòng 2, $.dang_ky.ho_cam_ket: Xã B: số hộ ký cam kết không thể hơn tổng số hộ: "
        "90 > 80",
        "  gợi ý: đối chiếu lại các số này",
    )


def test_a_unit_without_a_name() -> None:
    nameless = {key: value for key, value in A.items() if key != "don_vi"}
    refused(
        run([nameless]),
        "a.jsonl: dòng 1, $.don_vi: thiếu tên đơn vị",
        "  gợi ý: tổng hợp cần tên của từng đơn vị",
    )


def test_a_unit_without_a_group_where_groups_are_added_up() -> None:
    keep_lines(Path("ds.jsonl"), LIST)
    refused(
        run([households("Xã C", 1, 1)], "--units", "ds.jsonl", "--by-group"),
        "a.jsonl: dòng 1, $: Xã C: đơn vị không thuộc nhóm nào",
        "  gợi ý: ghi nhóm của đơn vị trong danh sách (--units), cột Nhóm",
    )


def test_everything_wrong_is_told_at_once() -> None:
    ran = run([households("Xã A", -1, 1), B | {"nam": 2025}, households("Xã C", 5, 1), B])
    assert ran.code == 3
    for said in ("nhỏ hơn 0", "nộp hai lần", "không thể hơn tổng số hộ", "không như nhau"):
        assert ran.err.count(said) == 1


def test_many_problems_are_counted_in_the_end() -> None:
    ran = run([households(f"Xã {number}", -1, 1) for number in range(600)])
    assert ran.err.splitlines()[-1] == "… và 100 lỗi khác"


def test_a_file_that_is_read_is_not_written_over() -> None:
    keep(Path("xa/a.json"), A)
    keep(Path("dau.json"), {"co_quan_tong_hop": "UBND"})
    Path("phai-nop.txt").write_text(A["don_vi"], encoding="utf-8")
    before = {path: path.read_bytes() for path in Path().rglob("*.*")}
    for source in ("xa", "xa/a.json"):
        for target in ("./xa/a.json", "dau.json", "phai-nop.txt"):
            ran = vanban(
                "rollup", SUMS, source, "--head", "dau.json", "--units", "phai-nop.txt",
                "-o", target,
            )  # fmt: skip
            assert (ran.code, ran.out) == (2, "")
            assert ran.err == (
                f"{Path(target)}: tệp này đang được đọc, không ghi đè lên\n"
                "  gợi ý: chọn tên khác cho tệp kết quả\n"
            )
    assert before == {path: path.read_bytes() for path in Path().rglob("*.*")}


def test_the_head_lacks_a_field() -> None:
    keep(Path("a.json"), A)
    ran = vanban("rollup", SUMS, "a.json", "-o", "kq.json")
    refused(
        ran,
        "(chưa khai): $.co_quan_tong_hop: thiếu Cơ quan tổng hợp",
        '  gợi ý: thêm khóa "co_quan_tong_hop"; khai trong tệp --head, hoặc --set TRƯỜNG=GIÁ_TRỊ',
    )


def test_the_head_may_not_bring_rows_of_its_own() -> None:
    refused(
        run([A], "--set", "cac_don_vi=[]"),
        "$.cac_don_vi: không khai cac_don_vi ở đây: lấy từ số liệu của đơn vị",
        "  gợi ý: bỏ khóa này",
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ke-hoach", "a.json", "-o", "k.json"), "mẫu ke-hoach không tổng hợp từ số liệu"),
        ((SUMS, "a.json", "-o", "k.txt"), "không ghi được loại tệp “.txt”"),
        ((SUMS, "a.json"), "thiếu tùy chọn --output"),
        ((SUMS, "b.json", "-o", "k.json"), "b.json: không có tệp này"),
        ((SUMS, "a.json", "--due", "31/2/2026", "-o", "k.json"), "--due:"),
        ((SUMS, "a.json", "--set", "nam", "-o", "k.json"), "--set “nam” viết sai"),
        ((SUMS, "a.json", "--class", "Đạt=80", "-o", "k.json"), "không xếp loại đơn vị"),
        ((SUMS, "a.json", "--explain", "dang_ky.tho"), "có phải “dang_ky.thon”?"),
        (("bao-cao", "a.json", "-o", "k.xlsx"), "mẫu bao-cao không có bảng số liệu"),
    ],
)
def test_wrong_use(arguments: Sequence[str], said: str) -> None:
    keep(Path("a.json"), A)
    ran = vanban("rollup", *arguments)
    assert ran.code in (2, 4)
    assert said in ran.err
    assert not Path(arguments[-1]).with_suffix(".xlsx").exists()


def test_a_file_of_another_kind_in_the_folder() -> None:
    keep(Path("xa/1.json"), A)
    Path("xa/ghi-chu.pdf").write_bytes(b"%PDF-1.7")
    ran = vanban("rollup", SUMS, "xa", "--set", OFFICE, "-o", "kq.json")
    refused(
        ran,
        f"{Path('xa/ghi-chu.pdf')}: không đọc số liệu từ loại tệp này",
        "  gợi ý: dùng .xlsx, .csv, .json, .jsonl, hoặc .docx do vanban tạo; bỏ tệp khác ra",
    )


def test_a_document_of_another_form() -> None:
    keep(Path("a.json"), unit("Xã A"))
    sample = Path(__file__).parents[2] / "doctemplates" / "giay-moi" / "sample.json"
    assert vanban("render", "giay-moi", sample, "-o", "giay.docx").code == 0
    ran = vanban("rollup", SUMS, "a.json", "giay.docx", "--set", OFFICE, "-o", "kq.json")
    refused(
        ran,
        "giay.docx: tệp của mẫu “giay-moi”, tổng hợp này lấy “de-cuong-so-lieu”, "
        "“tong-hop-so-lieu”",
        "  gợi ý: chọn đúng tệp, hoặc bỏ tệp này ra",
    )


def test_a_broken_line_does_not_hide_the_others() -> None:
    Path("a.jsonl").write_text('{"nam": 2026,\n{"nam": }\n', encoding="utf-8")
    ran = vanban("rollup", SUMS, "a.jsonl", "--set", OFFICE, "-o", "kq.json")
    assert ran.code == 3
    assert "a.jsonl: dòng 1" in ran.err
    assert "a.jsonl: dòng 2" in ran.err


def test_a_key_given_twice_is_told_with_the_other_faults_of_its_unit() -> None:
    text = json.dumps(A, ensure_ascii=False)
    Path("a.json").write_text(f'{text[:-1]},\n"nam": "x"}}', encoding="utf-8")
    ran = vanban("rollup", SUMS, "a.json", "--set", OFFICE, "-o", "kq.json")
    told = [line for line in ran.err.splitlines() if line.startswith("a.json: ")]
    assert ran.code == 3
    assert [line.partition(", $.nam: ")[2] for line in told] == [
        f"{A['don_vi']}: khóa “nam” ghi hai lần",
        f"{A['don_vi']}: Năm báo cáo: “x” không phải là số",
    ]


def test_a_key_given_twice_does_not_change_the_form_a_record_is_of() -> None:
    forms = [open_form("de-cuong-so-lieu"), open_form(SUMS)]
    for text in ('{"cac_don_vi": []}', '{"cac_don_vi": [], "cac_don_vi": []}'):
        raw = RawRecord(file="a.json", text=text)
        assert _by_keys(raw, forms).form is forms[1]


def test_a_day_that_is_none_in_the_list() -> None:
    keep_lines(Path("ds.jsonl"), [{"don_vi": "Xã A", "ngay_nop": "31/2/2026"}])
    ran = run([A], "--units", "ds.jsonl")
    assert ran.code == 3
    assert "ds.jsonl: mục 1: ngày nộp của Xã A:" in ran.err
