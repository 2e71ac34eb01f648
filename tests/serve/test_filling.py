"""Forms chosen, filled in, looked at and delivered in a real browser, as a clerk does it."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from generator import open_form
from generator.bundle import find_bundle, new_bundle, shipped
from generator.views.outline import plain_lines
from tests.serve.conftest import Served, serving

SAMPLE: dict[str, Any] = json.loads(
    open_form("ke-hoach").bundle.path("sample.json").read_text(encoding="utf-8")
)
expect.set_options(timeout=20_000)


def at(page: Page, path: str) -> Locator:
    """The part of the form that stands for a path."""
    return page.locator(f".fields [data-path='{path}']")


def box(page: Page, path: str) -> Locator:
    """The box that a value is typed into."""
    return at(page, path).locator("input:not(.calendar), textarea, select").first


def open_filling(page: Page, served: Served, form: str, query: str = "") -> None:
    page.goto(f"{served.address}/soan/{form}{query}")
    page.wait_for_selector(".desk[data-ready]")


def from_menu(page: Page, words: str) -> None:
    page.locator("details.menu summary").click()
    page.get_by_role("button", name=words, exact=True).click()


def shown_sample(page: Page, served: Served, form: str) -> None:
    """Show a form with its sample."""
    open_filling(page, served, form)
    from_menu(page, "Xem thử với dữ liệu mẫu")
    expect(page.locator(".state")).to_have_text("dữ liệu mẫu, chưa lưu")


def saved(page: Page) -> str:
    """Wait until the draft is on the server; return its id."""
    expect(page.locator(".state")).to_contain_text("đã lưu nháp lúc")
    return page.url.partition("nhap=")[2]


def kept(page: Page, draft: str) -> Any:
    """Return the record of a draft as the server has it."""
    answer: Any = page.evaluate("id => fetch(`/api/drafts/${id}`).then(a => a.json())", draft)
    return answer["record"]


def paste(target: Locator, text: str) -> None:
    """Paste what was copied in another program."""
    target.evaluate(
        """(box, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const event = {clipboardData, bubbles: true, cancelable: true};
            box.focus();
            box.dispatchEvent(new ClipboardEvent("paste", event));
        }""",
        text,
    )


@contextmanager
def another_tab(page: Page) -> Iterator[Page]:
    opened = page.context.new_page()
    yield opened
    opened.close()


# ---------------------------------------------------------------- the gallery
def test_a_form_is_found_without_marks_and_opened_with_enter(page: Page) -> None:
    expect(page.locator(".form img").first).to_have_js_property("complete", value=True)
    find = page.get_by_label("Tìm mẫu")
    find.fill("quyet dinh ban hanh")
    expect(page.locator(".form:visible")).to_have_count(1)
    expect(page.locator("#khong-thay")).to_have_text("1 mẫu phù hợp.")
    find.fill("khong co dau")
    expect(page.locator("#khong-thay")).to_contain_text("Không có mẫu nào như vậy.")
    find.fill("KE HOACH")
    find.press("Enter")
    page.wait_for_url("**/soan/ke-hoach")


def test_a_data_file_dropped_on_the_gallery_asks_for_its_form(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "du-lieu.json"
    file.write_text(json.dumps(SAMPLE), encoding="utf-8")
    page.locator("#tep").set_input_files(file)
    page.locator("#chon-mau").get_by_role("button", name="Báo cáo", exact=True).click()
    page.wait_for_url("**/soan/bao-cao?nhap=*")
    page.wait_for_selector(".desk[data-ready]")
    expect(box(page, "$.luu")).to_have_value("VT, VHXH")


# ---------------------------------------------------------------- a whole document
def test_a_plan_is_filled_from_nothing_and_is_the_one_of_the_command_line(
    page: Page, served: Served, tmp_path: Path
) -> None:
    open_filling(page, served, "ke-hoach")
    box(page, "$.co_quan_ban_hanh").fill("ỦY BAN NHÂN DÂN\nXÃ PHÚ LÂM THƯỢNG")
    box(page, "$.so").press_sequentially("1208")
    expect(box(page, "$.so")).to_have_value("1208")  # it numbers, it does not count
    box(page, "$.ky_hieu").fill("KH-UBND")
    box(page, "$.dia_danh").fill("Phú Lâm Thượng")
    box(page, "$.ngay_ban_hanh").fill("5/2/2026")
    box(page, "$.trich_yeu").fill("Thử việc điền kế hoạch")
    at(page, "$.can_cu").get_by_role("button", name="Thêm mục").click()
    page.keyboard.type("Căn cứ Luật Tổ chức chính quyền địa phương")
    page.keyboard.press("Enter")
    page.keyboard.type("Theo đề nghị của Văn phòng")
    text = box(page, "$.noi_dung")
    text.fill("I. MỤC ĐÍCH\n1. Thử việc.\nViệc xong trước ngày ")
    text.press("End")
    text.press("Control+End")
    text.press("Control+b")
    page.keyboard.type("10/4/2026")
    text.press("Control+End")
    page.keyboard.type("./.")
    recipients = at(page, "$.noi_nhan")
    for name in ("Chủ tịch UBND tỉnh (để b/c)", "Trưởng các thôn"):
        recipients.get_by_role("button", name="Thêm mục").click()
        page.keyboard.type(name)
    recipients.get_by_role("button", name="Thêm nhóm có ngoặc móc").click()
    box(page, "$.noi_nhan[2].nhom[0]").fill("Phòng Kinh tế")
    box(page, "$.noi_nhan[2].ghi_chu").fill("(để p/h)")
    box(page, "$.luu").fill("VT, VP")
    at(page, "$.nguoi_ky.quyen_han").get_by_role("button", name="Thêm mục").click()
    page.keyboard.type("TM. ỦY BAN NHÂN DÂN")
    box(page, "$.nguoi_ky.chuc_vu").fill("CHỦ TỊCH")
    box(page, "$.nguoi_ky.ho_ten").fill("Đỗ Thị Quỳnh Chi")
    expect(page.locator(".problems summary")).to_have_text("Đã đủ, không có lỗi")
    with page.expect_download() as download:
        page.keyboard.press("Control+Enter")
    assert download.value.suggested_filename == "Kế hoạch số 1208-KH-UBND.docx"
    made = Path(download.value.path()).read_bytes()
    data = tmp_path / "du-lieu.json"
    record = kept(page, saved(page))
    assert record["ngay_ban_hanh"] == "2026-02-05"
    data.write_text(json.dumps(record), encoding="utf-8")
    assert plain_lines(made, "") == plain_lines(rendered(data, tmp_path / "van-ban.docx"), "")
    assert any("**" not in line and "10/4/2026./." in line for line in plain_lines(made, ""))
    new_drafts_begin_with_what_was_remembered(page, served)


def rendered(data: Path, target: Path) -> bytes:
    """Return the document of the command line."""
    said = ["render", "ke-hoach", str(data), "-o", str(target)]
    subprocess.run([sys.executable, "-m", "generator", *said], check=True, capture_output=True)
    return target.read_bytes()


def new_drafts_begin_with_what_was_remembered(page: Page, served: Served) -> None:
    open_filling(page, served, "ke-hoach")
    expect(box(page, "$.co_quan_ban_hanh")).to_have_value("ỦY BAN NHÂN DÂN\nXÃ PHÚ LÂM THƯỢNG")
    expect(box(page, "$.noi_nhan[1]")).to_have_value("Trưởng các thôn")
    expect(box(page, "$.nguoi_ky.ho_ten")).to_have_value("Đỗ Thị Quỳnh Chi")
    expect(box(page, "$.trich_yeu")).to_have_value("")
    open_filling(page, served, "to-trinh")
    expect(box(page, "$.dia_danh")).to_have_value("Phú Lâm Thượng")
    box(page, "$.nguoi_ky.ho_ten").fill("Người khác")
    page.get_by_label("Người ký đã nhớ").select_option(label="Đỗ Thị Quỳnh Chi – TM. ỦY BAN NHÂN "
                                                              "DÂN, CHỦ TỊCH")  # fmt: skip
    expect(box(page, "$.nguoi_ky.ho_ten")).to_have_value("Đỗ Thị Quỳnh Chi")
    page.get_by_role("button", name="Chọn nơi nhận đã nhớ").click()
    page.get_by_label("Trưởng các thôn").check()
    page.get_by_role("button", name="Thêm vào danh sách").click()
    expect(box(page, "$.noi_nhan[0]")).to_have_value("Trưởng các thôn")
    from_menu(page, "Thông tin cơ quan đã nhớ…")
    page.get_by_role("button", name="Quên: Trưởng các thôn").click()
    expect(page.get_by_role("button", name="Quên: Trưởng các thôn")).to_have_count(0)


def test_pdf_draft_and_data_come_under_their_names(page: Page, served: Served) -> None:
    shown_sample(page, served, "ke-hoach")
    for work, ending in (("pdf", ".pdf"), ("json", ".json"), ("draft-docx", " (dự thảo).docx")):
        with page.expect_download() as download:
            page.locator(f"[data-do={work}]").dispatch_event("click")
        assert download.value.suggested_filename == f"Kế hoạch số 08-KH-UBND{ending}"


def test_an_unfinished_document_is_refused_with_every_gap(page: Page, served: Served) -> None:
    open_filling(page, served, "giay-moi")
    page.get_by_role("button", name="Tải .docx", exact=True).click()
    expect(page.locator("#bao .problem")).to_contain_text("Chưa làm được: còn")
    gaps = page.locator(".fields .field > .problem, .fields fieldset > .problem")
    assert gaps.count() == page.locator(".problems li").count() > 3


# ---------------------------------------------------------------- problems
def test_what_is_wrong_stands_beside_its_field(page: Page, served: Served) -> None:
    shown_sample(page, served, "ke-hoach")
    box(page, "$.so").fill("chín")
    told = at(page, "$.so").locator(".problem")
    expect(told).to_have_text("Số văn bản: “chín” không phải là số – ghi như: 33")
    expect(box(page, "$.so")).to_have_attribute("aria-invalid", "true")
    described = (box(page, "$.so").get_attribute("aria-describedby") or "").split()
    assert told.get_attribute("id") in described
    assert at(page, "$.so").locator(".note").get_attribute("id") in described
    page.locator(".problems summary").click()
    page.get_by_role("link", name="Số văn bản: “chín” không phải là số").click()
    expect(box(page, "$.so")).to_be_focused()
    box(page, "$.so").fill("9")
    expect(told).to_have_count(0)
    expect(page.locator(".problems summary")).to_have_text("Đã đủ, không có lỗi")


def test_a_new_form_does_not_shout(page: Page, served: Served) -> None:
    open_filling(page, served, "giay-moi")
    expect(page.locator(".problems summary")).to_contain_text("chỗ chưa điền")
    expect(page.locator(".fields .all .problem")).to_have_count(0)
    box(page, "$.ky_hieu").focus()
    page.keyboard.press("Tab")
    expect(at(page, "$.ky_hieu").locator(".problem")).to_have_text("Thiếu Ký hiệu văn bản")


# ---------------------------------------------------------------- lists
def test_a_table_takes_rows_from_excel(page: Page, served: Served) -> None:
    shown_sample(page, served, "ban-cham-diem")
    path = "$.tu_cham.vi_pham"
    titles = "Tiêu chí\tSố hành vi\tNội dung vi phạm"
    rows = 'I.2\t1.000\tMột việc\nII.1\t2\t"Hai ""việc"""'
    paste(box(page, f"{path}[0].tieu_chi"), f"{titles}\n{rows}\n")
    expect(box(page, f"{path}[1].noi_dung")).to_have_value('Hai "việc"')
    expect(box(page, f"{path}[0].so_hanh_vi")).to_have_value("1.000")
    at(page, path).get_by_role("button", name=re.compile("^Chuyển xuống: .* 1$")).click()
    box(page, f"{path}[1].noi_dung").press("Alt+ArrowUp")
    box(page, f"{path}[0].noi_dung").press("Alt+ArrowDown")
    expect(box(page, f"{path}[1].noi_dung")).to_have_value("Một việc")
    at(page, path).get_by_role("button", name="Thêm dòng").click()
    at(page, path).get_by_role("button", name=re.compile("^Xóa: .* 3$")).click()
    record = kept(page, saved(page))
    assert record["tu_cham"]["vi_pham"] == [
        {"tieu_chi": "II.1", "so_hanh_vi": 2, "noi_dung": 'Hai "việc"'},
        {"tieu_chi": "I.2", "so_hanh_vi": 1000, "noi_dung": "Một việc"},
    ]


def test_a_table_of_any_columns_is_pasted_whole(page: Page, served: Served) -> None:
    open_filling(page, served, "phu-luc")
    page.get_by_role("button", name="Thêm: Bảng có cột khai trong dữ liệu").click()
    rows = at(page, "$.bang.hang")
    rows.get_by_role("button", name="Thêm hàng").click()
    paste(box(page, "$.bang.hang[0][0]"), "1\tThôn 1\t1.200\t2026\n2\tThôn 2\t12,5\t")
    assert kept(page, saved(page))["bang"]["hang"] == [
        [1, "Thôn 1", 1200, "2026"], [2, "Thôn 2", 12.5, None],
    ]  # fmt: skip


def test_none_at_all_is_another_thing_than_not_known_yet(page: Page, served: Served) -> None:
    open_filling(page, served, "tong-hop-cham-diem")
    units = at(page, "$.don_vi")
    units.get_by_role("button", name="Ghi là không có").click()
    assert kept(page, saved(page))["don_vi"] == []
    units.get_by_role("button", name="Bỏ trống, để điền sau").click()
    assert kept(page, saved(page))["don_vi"] is None


def test_lines_pasted_into_a_list_are_its_items(page: Page, served: Served) -> None:
    open_filling(page, served, "cong-van")
    at(page, "$.kinh_gui").get_by_role("button", name="Thêm mục").click()
    paste(box(page, "$.kinh_gui[0]"), "Sở Nội vụ\nSở Tài chính\n")
    at(page, "$.kinh_gui").get_by_role("button", name="Xóa: Một nơi được kính gửi 1").click()
    expect(box(page, "$.kinh_gui[0]")).to_have_value("Sở Tài chính")


def test_a_table_of_excel_becomes_one_in_long_text(page: Page, served: Served) -> None:
    open_filling(page, served, "cong-van")
    paste(box(page, "$.noi_dung"), "Thôn\tSố hộ\nMột\t1.200\n")
    expect(box(page, "$.noi_dung")).to_have_value("| Thôn | Số hộ |\n|---|---|\n| Một | 1.200 |\n")


# ---------------------------------------------------------------- numbers and dates
@pytest.mark.parametrize(
    ("form", "path", "cases"),
    [
        ("giay-nghi-phep", "$.ngay_ban_hanh", [
            ("05022026", "05/02/2026", "2026-02-05"), ("4/2026", "4/2026", "4/2026"),
            ("31/2/2026", "31/2/2026", "31/2/2026"), ("", "", None),
        ]),
        ("giay-nghi-phep", "$.so", [("1234", "1234", 1234), ("12a", "12a", "12a")]),
        ("tong-hop-cham-diem", "$.don_vi[0].tu_cham", [
            ("1234567,5", "1.234.567,5", 1234567.5), ("12,50", "12,50", "12,50"),
            ("12.5", "12.5", "12.5"), ("-3", "-3", -3),
        ]),
    ],
)  # fmt: skip
def test_dates_and_numbers_are_typed_the_vietnamese_way(
    page: Page, served: Served, form: str, path: str, cases: list[tuple[str, str, object]]
) -> None:
    shown_sample(page, served, form)
    typed = box(page, path)
    for keys, shown, value in cases:
        typed.fill("")
        typed.press_sequentially(keys)
        typed.blur()
        expect(typed).to_have_value(shown)
        page.keyboard.press("Control+s")
        draft = saved(page)
        assert value_at(kept(page, draft), path) == value


def value_at(record: Any, path: str) -> Any:
    for key, place in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        record = record[key or int(place)]
    return record


# ---------------------------------------------------------------- drafts
def test_a_crash_loses_nothing(page: Page, served: Served) -> None:
    open_filling(page, served, "ke-hoach")
    box(page, "$.trich_yeu").fill("Trước khi hỏng")
    draft = saved(page)
    page.route("**/api/drafts/*", lambda route: route.abort())
    box(page, "$.trich_yeu").fill("Gõ khi máy chủ đã tắt")
    expect(page.locator(".state")).to_contain_text("chưa lưu được (không liên lạc")
    with another_tab(page) as again:  # the first one is as good as dead
        open_filling(again, served, "ke-hoach", f"?nhap={draft}")
        expect(box(again, "$.trich_yeu")).to_have_value("Gõ khi máy chủ đã tắt")
        saved(again)
        assert kept(again, draft)["trich_yeu"] == "Gõ khi máy chủ đã tắt"


def test_a_new_draft_that_never_reached_the_server_is_offered_again(
    page: Page, served: Served
) -> None:
    open_filling(page, served, "nghi-quyet")
    page.route("**/api/drafts", lambda route: route.abort())
    box(page, "$.trich_yeu").fill("Chưa kịp lưu")
    expect(page.locator(".state")).to_contain_text("chưa lưu được (không liên lạc")
    with another_tab(page) as again:
        again.goto(f"{served.address}/soan/nghi-quyet")
        again.get_by_role("button", name="Soạn tiếp").click()
        expect(box(again, "$.trich_yeu")).to_have_value("Chưa kịp lưu")
        saved(again)


@pytest.mark.parametrize("keep", [True, False])
def test_two_tabs_never_overwrite_each_other(page: Page, served: Served, keep: bool) -> None:
    open_filling(page, served, "ke-hoach")
    box(page, "$.trich_yeu").fill("Tab một")
    draft = saved(page)
    with another_tab(page) as other:
        open_filling(other, served, "ke-hoach", f"?nhap={draft}")
        box(other, "$.trich_yeu").fill("Tab hai")
        saved(other)
        box(page, "$.trich_yeu").fill("Tab một, sửa tiếp")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Bản nháp này vừa được sửa ở tab khác.")
        if keep:
            dialog.get_by_role("button", name="Giữ bản đang sửa thành bản nháp riêng").click()
            page.wait_for_url(lambda url: "nhap=" in url and draft not in url)
            assert kept(page, saved(page))["trich_yeu"] == "Tab một, sửa tiếp"
        else:
            dialog.get_by_role("button", name="Lấy bản vừa sửa ở tab kia").click()
            expect(box(page, "$.trich_yeu")).to_have_value("Tab hai")
        assert kept(page, draft)["trich_yeu"] == "Tab hai"


def test_drafts_wait_in_the_gallery(page: Page, served: Served) -> None:
    open_filling(page, served, "cong-dien")
    box(page, "$.trich_yeu").fill("Về việc ứng phó bão")
    page.keyboard.press("Control+s")
    expect(page.locator("#bao .good")).to_have_text("Đã lưu bản nháp.")
    page.goto(served.address)
    line = page.locator(".drafts li", has_text="Về việc ứng phó bão")
    expect(page.locator(".recent li").first).to_have_text("Công điện")
    line.get_by_role("link").click()
    expect(box(page, "$.trich_yeu")).to_have_value("Về việc ứng phó bão")
    page.goto(served.address)
    line.get_by_role("button").click()
    line.get_by_role("button", name="Xóa").click()
    expect(line).to_have_count(0)


def test_a_document_made_here_is_opened_again(page: Page, served: Served, tmp_path: Path) -> None:
    made = tmp_path / "Kế hoạch.docx"
    made.write_bytes(open_form("ke-hoach").document(SAMPLE))
    open_filling(page, served, "cong-van")
    page.locator("#mo-tep").set_input_files(made)
    page.wait_for_url("**/soan/ke-hoach?nhap=*")
    expect(box(page, "$.so")).to_have_value("8")
    data = tmp_path / "du-lieu.json"
    data.write_text(json.dumps(SAMPLE | {"so": 12}), encoding="utf-8")
    page.locator("#mo-tep").set_input_files(data)
    expect(box(page, "$.so")).to_have_value("12")


# ---------------------------------------------------------------- pages
def test_a_value_leads_to_its_field_and_a_field_to_its_value(page: Page, served: Served) -> None:
    shown_sample(page, served, "ke-hoach")
    name = page.locator(".area[data-path='$.nguoi_ky.ho_ten']")
    expect(name).to_have_count(1)
    name.click()
    expect(box(page, "$.nguoi_ky.ho_ten")).to_be_focused()
    expect(name).to_have_class(re.compile(r"\bon\b"))
    box(page, "$.luu").focus()
    expect(page.locator(".area.on")).to_have_attribute("data-path", "$.luu")


def test_only_a_page_that_changed_is_fetched(page: Page, served: Served) -> None:
    shown_sample(page, served, "ke-hoach")
    expect(page.locator(".page[src]")).to_have_count(2)
    first, second = (page.locator(".page").nth(number).get_attribute("src") for number in (0, 1))
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    box(page, "$.luu").fill("VT")
    expect(page.locator(".page").nth(1)).not_to_have_attribute("src", second or "")
    assert page.locator(".page").nth(0).get_attribute("src") == first
    assert len([url for url in fetched if "/api/pages/" in url]) == 1


def test_zoom_and_findings(page: Page, served: Served) -> None:
    shown_sample(page, served, "ke-hoach")
    expect(page.locator(".percent")).to_contain_text("vừa khung")
    page.get_by_role("button", name="Phóng to").click()
    expect(page.locator(".percent")).to_have_text("100 %")
    assert round(page.locator(".sheet").first.bounding_box()["width"]) == 794  # type: ignore[index]
    page.get_by_role("button", name="Vừa khung").click()
    expect(page.locator(".findings summary")).to_have_text("Thể thức: đạt")
    box(page, "$.ky_hieu").fill("BC-UBND")
    expect(page.locator(".findings summary")).to_have_text("Thể thức: chưa đạt, 1 lỗi")
    page.locator(".findings summary").click()
    expect(page.locator(".findings li").first).to_contain_text("Căn cứ: ")


def test_a_page_is_printed_from_a_hidden_frame(page: Page, served: Served) -> None:
    page.add_init_script("window.print = () => { top.document.body.dataset.printed = origin; };")
    shown_sample(page, served, "ke-hoach")
    page.keyboard.press("Control+p")
    expect(page.locator("body")).to_have_attribute("data-printed", served.address)
    expect(page.locator("iframe.printing")).to_have_attribute("src", re.compile("^blob:"))


# ---------------------------------------------------------------- pictures
def picture() -> bytes:
    """Return a PNG of one red dot."""
    chunks = [(b"IHDR", struct.pack(">2I5B", 1, 1, 8, 2, 0, 0, 0)),
              (b"IDAT", zlib.compress(b"\0\xff\0\0")), (b"IEND", b"")]  # fmt: skip
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.fixture
def with_picture(tmp_path: Path) -> Iterator[Served]:
    """A server with a form that asks for a picture."""
    plan = find_bundle("ke-hoach", [shipped("doctemplates")])
    folder = new_bundle("co-anh", plan, tmp_path / "mẫu")
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    schema["properties"]["anh"] = {
        "title": "Ảnh", "type": ["string", "null"], "contentEncoding": "base64",
        "contentMediaType": "image/png",
    }  # fmt: skip
    (folder / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    with serving(tmp_path / "máy chủ", "--templates", str(tmp_path / "mẫu")) as server:
        yield server


def test_a_picture_is_chosen_seen_and_taken_away(
    browser: Browser, with_picture: Served, tmp_path: Path
) -> None:
    page = browser.new_page()
    page.goto(with_picture.start)
    shown_sample(page, with_picture, "co-anh")
    good, bad = tmp_path / "a.png", tmp_path / "b.png"
    good.write_bytes(picture())
    bad.write_bytes(picture()[:-5])
    box(page, "$.anh").set_input_files(bad)
    expect(at(page, "$.anh").locator(".problem")).to_contain_text("ảnh bị hỏng hoặc bị cắt cụt")
    box(page, "$.anh").set_input_files(good)
    expect(at(page, "$.anh").locator(".problem")).to_have_count(0)
    expect(at(page, "$.anh").locator("img")).to_be_visible()
    assert kept(page, saved(page))["anh"].startswith("data:image/png;base64,")
    at(page, "$.anh").get_by_role("button", name="Bỏ ảnh").click()
    expect(at(page, "$.anh").locator("img")).to_be_hidden()
    page.close()


# ---------------------------------------------------------------- for everybody
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_fault_that_axe_sees(browser: Browser, served: Served, scheme: Any) -> None:
    context = browser.new_context(
        reduced_motion="reduce", viewport={"width": 1366, "height": 768}, color_scheme=scheme
    )
    page = context.new_page()
    page.goto(served.start)
    assert violations(page) == []
    shown_sample(page, served, "ban-cham-diem")
    box(page, "$.nam").fill("năm nay")
    expect(at(page, "$.nam").locator(".problem")).to_have_count(1)
    page.locator(".problems summary").click()
    expect(page.locator(".page[src]").first).to_be_visible()
    assert violations(page) == []
    context.close()


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


def test_an_ordinary_screen_at_150_percent_has_room(browser: Browser, served: Served) -> None:
    context = browser.new_context(viewport={"width": 911, "height": 512})
    page = context.new_page()
    page.goto(served.start)
    assert overflow(page) == 0
    shown_sample(page, served, "tong-hop-cham-diem")
    assert overflow(page) == 0
    expect(page.get_by_role("button", name="Tải .docx", exact=True)).to_be_in_viewport()
    expect(page.locator(".sheet").first).to_be_in_viewport()
    context.close()


def overflow(page: Page) -> int:
    """Return by how much the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
