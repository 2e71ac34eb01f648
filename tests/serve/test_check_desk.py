"""Any Word document checked, marked and mended: over HTTP, and in a browser as a clerk does it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import docx
import httpx
import pytest
from lxml import etree
from playwright.sync_api import Browser, Page, expect

from generator.conformity.checking import check_document
from generator.conformity.report import document_value
from generator.serve.checks import MOST
from generator.views.pointing import of_findings
from tests.clerk import vanban
from tests.conformity.drawing import draw
from tests.conformity.letters import DECISION, PLAN
from tests.conformity.test_fix_command import BAD
from tests.conftest import need
from tests.judges import why_no_office
from tests.serve.conftest import Served
from tests.serve.desks import overflow, sent, violations

expect.set_options(timeout=20_000)
WRONG = draw(BAD)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "kế hoạch.docx"
    path.write_bytes(WRONG)
    return path


def checked(client: httpx.Client, content: bytes = WRONG, **fields: str) -> Any:
    files = sent(("kế hoạch.docx", content), field="file")
    answer = client.post("/api/checks", files=files, data=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def name_of(answer: httpx.Response) -> str:
    return unquote(answer.headers["Content-Disposition"].partition("filename*=UTF-8''")[2])


# ---------------------------------------------------------------- over HTTP
def test_findings_are_those_of_the_command_line(client: httpx.Client, bad: Path) -> None:
    found = checked(client)
    (told,) = json.loads(vanban("check", bad, "--format", "json").out)
    assert found["report"] | {"tep": str(bad)} == told
    assert found["verdict"] == "Chưa đạt: 4 lỗi."
    assert found["profile"] == {"id": "nd30_2020", "name": "Nghị định số 30/2020/NĐ-CP"}
    assert client.get(f"/api/checks/{found['id']}").json() == found


def test_a_profile_is_chosen(client: httpx.Client) -> None:
    names = [each["id"] for each in client.get("/api/profiles").json()]
    assert names[0] == "nd30_2020"
    assert {"dang_2018", "tt01_2011"} < set(names)
    assert checked(client, profile="tt01_2011")["report"]["quy_dinh"] == "tt01_2011"
    files = sent(("a.docx", WRONG), field="file")
    refused = client.post("/api/checks", files=files, data={"profile": "../x"})
    assert refused.status_code == 400
    assert refused.json()["problems"][0]["message"] == "không có bộ quy định “../x”"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.docx", b"khong phai docx", "không phải tệp .docx"),
        ("a.docm", WRONG, "chứa macro (.docm), không kiểm tra"),
        ("a.docx", b"", "không phải tệp .docx"),
    ],
)
def test_what_is_no_document_is_refused_and_not_kept(
    client: httpx.Client, served: Served, name: str, content: bytes, message: str
) -> None:
    kept = served.folder / "khong-gian" / "0" / "kiem-tra"
    before = sorted(kept.iterdir()) if kept.is_dir() else []
    files = sent((f"C:\\thư mục\\{name}", content), field="file")
    refused = client.post("/api/checks", files=files)
    assert refused.status_code == 422
    (problem,) = refused.json()["problems"]
    assert problem["message"].startswith(message)
    assert problem["file"] == name
    assert (sorted(kept.iterdir()) if kept.is_dir() else []) == before


def test_each_finding_has_its_place_on_a_page(client: httpx.Client) -> None:
    found = checked(client)
    told = client.get(f"/api/checks/{found['id']}/pages").json()
    assert [round(page["width"]) for page in told["pages"]] == [210, 210]
    assert told["said"] == []
    at = {number: [a for a in told["areas"] if number in a["findings"]] for number in range(4)}
    ids = [each["id"] for each in found["report"]["ket_qua"]]
    (number,) = at[ids.index("so_ky_hieu.so_khong")]
    assert (number["page"], round(number["x"] + number["width"] / 2)) == (1, 63)  # left column
    assert len(at[ids.index("chu.phong")]) > 6  # a line each
    (name,) = at[ids.index("ho_ten.hoc_vi")]
    assert name["page"] == 2
    picture = client.get(f"/api/pages/{told['pages'][0]['digest']}")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<svg ")


def test_pages_beyond_the_embedded_renderer_are_libreoffices() -> None:
    need(why_no_office())
    document = docx.Document(io.BytesIO(WRONG))
    document.paragraphs[-1]._p.append(_equation())
    out = io.BytesIO()
    document.save(out)
    report = check_document(out.getvalue(), "a.docx")
    assert report.found is not None
    read = report.found.document
    findings = dict(enumerate(report.findings))
    view = of_findings(findings, read.package, read.formatting.root)
    assert view.said[0].startswith("Dùng LibreOffice, vì bộ vẽ có sẵn không vẽ được: ")
    assert view.pages[0].svg.startswith(b"<svg ")
    assert b"data:image/png" in view.pages[0].svg
    ids = [finding.id for finding in report.findings]
    places = {number: spot for spot in view.spots for number in spot.numbers}
    spot = places[ids.index("so_ky_hieu.so_khong")]
    assert (spot.page, round(spot.x + spot.width / 2)) == (1, 63)


def _equation() -> Any:
    return etree.fromstring(
        '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">'
        "<m:r><m:t>x</m:t></m:r></m:oMath>"
    )


def test_a_copy_has_word_comments(client: httpx.Client) -> None:
    found = checked(client)
    answer = client.get(f"/api/checks/{found['id']}/marked")
    assert name_of(answer) == "kế hoạch – ghi chú.docx"
    comments = [each.text for each in docx.Document(io.BytesIO(answer.content)).comments]
    assert any(text.startswith("Lỗi: Số văn bản thiếu hoặc thừa số 0 ở đầu.") for text in comments)


def test_what_can_be_mended_is_told_by_kind(client: httpx.Client) -> None:
    kinds = checked(client)["mends"]
    assert [(kind["says"], kind["asks"]) for kind in kinds] == [
        ("thêm, bỏ số 0 ở đầu số văn bản", False),
        ("đổi phông sang Times New Roman", False),
        ("sửa dấu cuối dòng nơi nhận", True),
    ]


def test_a_copy_is_mended_as_far_as_agreed_and_checked_again(client: httpx.Client) -> None:
    found = checked(client)
    address = f"/api/checks/{found['id']}/mended"
    assert client.get(address).status_code == 404
    done = client.post(address, json={}).json()
    outcomes = {each["id"]: each["ket_qua"] for each in done["results"]}
    assert outcomes == {
        "so_ky_hieu.so_khong": "da_sua", "chu.phong": "da_sua",
        "noi_nhan.dau_cau": "can_dong_y", "ho_ten.hoc_vi": "sua_tay",
    }  # fmt: skip
    assert [(each["truoc"], each["sau"]) for each in done["words"]] == [
        ("Số: 8/KH-UBND", "Số: 08/KH-UBND")
    ]
    assert (done["before"], done["after"]["verdict"]) == ("Chưa đạt: 4 lỗi.", "Chưa đạt: 2 lỗi.")
    agreed = client.post(address, json={"agreed": ["noi_nhan.dau_cau"]}).json()
    assert agreed["after"]["verdict"] == "Chưa đạt: 1 lỗi."
    copy = client.get(address)
    assert name_of(copy) == "kế hoạch – đã sửa.docx"
    report = document_value(check_document(copy.content, "kế hoạch.docx"))
    assert agreed["after"]["report"] == report
    pages = client.get(f"/api/checks/{found['id']}/pages?version=mended").json()
    assert {number for area in pages["areas"] for number in area["findings"]} == {0}


def test_mends_can_be_tracked_changes(client: httpx.Client) -> None:
    found = checked(client)
    address = f"/api/checks/{found['id']}/mended"
    client.post(address, json={"agreed": ["*"], "track": True})
    document = docx.Document(io.BytesIO(client.get(address).content))
    assert b"<w:ins " in document.part.blob


def test_the_oldest_make_room_and_one_can_be_forgotten(client: httpx.Client) -> None:
    ids = [checked(client, draw(PLAN))["id"] for _ in range(MOST + 1)]
    assert client.get(f"/api/checks/{ids[0]}").status_code == 404
    assert client.get(f"/api/checks/{ids[1]}").status_code == 200
    assert client.delete(f"/api/checks/{ids[1]}").status_code == 204
    assert client.get(f"/api/checks/{ids[1]}").status_code == 404


# ---------------------------------------------------------------- in a browser
def open_check(page: Page, served: Served, file: Path) -> None:
    page.goto(f"{served.address}/kiem-tra")
    page.locator("#tep").set_input_files(file)
    expect(page.locator("#ket-luan")).to_be_visible()
    expect(page.locator(".page[src]").first).to_be_visible()


def test_a_document_is_checked_mended_and_taken_away(page: Page, served: Served, bad: Path) -> None:
    open_check(page, served, bad)
    expect(page.locator("#ket-luan")).to_have_text(
        "Chưa đạt: 4 lỗi. Kiểm tra theo Nghị định số 30/2020/NĐ-CP."
    )
    first = page.locator("#phat-hien li").first
    expect(first).to_contain_text("Số văn bản thiếu hoặc thừa số 0 ở đầu")
    expect(first).to_contain_text("“Số: 8/KH-UBND”")
    expect(first).to_contain_text("Căn cứ: NĐ 30/2020, Phụ lục I, Phần I, mục II.3.c")
    first.get_by_role("button").click()
    expect(page.locator(".area.on")).to_have_count(1)
    page.locator(".area").last.click()  # the signer's name, on the second page
    expect(page.locator("#phat-hien li.on")).to_contain_text("học hàm, học vị")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải bản có ghi chú của Word").click()
    assert download.value.suggested_filename == "kế hoạch – ghi chú.docx"
    page.get_by_label("sửa dấu cuối dòng nơi nhận (1 chỗ)").check()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#so-sanh")).to_have_text(
        "3 đã sửa, 1 phải sửa tay. Trước khi sửa: Chưa đạt: 4 lỗi. Sau khi sửa: Chưa đạt: 1 lỗi."
    )
    expect(page.locator("#phat-hien li")).to_have_count(1)
    expect(page.locator(".area")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải bản đã sửa").click()
    copy = Path(download.value.path()).read_bytes()
    assert [each.id for each in check_document(copy, "").findings] == ["ho_ten.hoc_vi"]
    page.get_by_role("button", name="Bản gốc").click()
    expect(page.locator("#phat-hien li")).to_have_count(4)


def test_another_profile_checks_the_same_document_again(
    page: Page, served: Served, bad: Path
) -> None:
    open_check(page, served, bad)
    page.locator("#quy-dinh").select_option("tt01_2011")
    expect(page.locator("#ket-luan")).to_contain_text("Kiểm tra theo Thông tư số 01/2011/TT-BNV")


def test_a_good_document_and_a_broken_file(page: Page, served: Served, tmp_path: Path) -> None:
    good, broken = tmp_path / "tốt.docx", tmp_path / "hỏng.docx"
    good.write_bytes(draw(DECISION))
    broken.write_bytes(WRONG[:500])
    open_check(page, served, good)
    expect(page.locator("#ket-luan")).to_have_class("good")
    expect(page.locator("#phan-sua")).to_be_hidden()
    page.get_by_role("button", name="Văn bản khác").click()
    page.locator("#tep").set_input_files(broken)
    expect(page.locator("#khong-duoc .problem")).to_contain_text("hỏng.docx: ")
    expect(page.locator("#tha")).to_be_visible()


def test_no_fault_that_axe_sees(browser: Browser, served: Served, bad: Path) -> None:
    context = browser.new_context(
        viewport={"width": 911, "height": 512}, color_scheme="dark", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(served.start)
    page.goto(f"{served.address}/kiem-tra")
    assert violations(page) == []
    open_check(page, served, bad)
    page.locator("#phat-hien li").first.click()
    page.locator("#sua button").click()
    expect(page.locator("#da-sua")).to_be_visible()
    assert violations(page) == []
    assert overflow(page) == 0
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert violations(page) == []
    context.close()
