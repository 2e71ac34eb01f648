"""The desk of those who look after forms: templates, findings, data to try, changes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from generator.bundle import find_bundle, new_bundle, shipped
from tests.clerk import FORMS, vanban
from tests.serve.conftest import Served, serving
from tests.serve.desks import overflow, violations
from tests.serve.office import office_serving

expect.set_options(timeout=30_000)
WATCHING = "tự xem lại khi tệp của mẫu được lưu"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A form with a filter that is none, a field that is none, and a font that is not allowed."""
    plan = find_bundle("ke-hoach", [shipped("doctemplates")])
    made = new_bundle("mau-thu", plan, tmp_path_factory.mktemp("mẫu"))
    document = docx.Document(str(made / "template.docx"))
    document.add_paragraph("Đơn vị: {{ don_vi_la }} và {{ so|khong_co }}")
    document.add_paragraph("Tại {{ dia_danh|cham(5) }}").runs[0].font.name = "Arial"
    document.save(str(made / "template.docx"))
    return made


@pytest.fixture(scope="module")
def served(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("máy"), "--templates", str(folder.parent)) as server:
        yield server


@pytest.fixture
def mended(folder: Path) -> Iterator[Path]:
    """The form without what keeps it from being printed, and as it was afterwards."""
    before = (folder / "template.docx").read_bytes()
    without_unknown_tags(folder)
    yield folder
    (folder / "template.docx").write_bytes(before)


def without_unknown_tags(folder: Path) -> None:
    document = docx.Document(str(folder / "template.docx"))
    (paragraph,) = [each for each in document.paragraphs if "don_vi_la" in each.text]
    paragraph._p.getparent().remove(paragraph._p)
    document.save(str(folder / "template.docx"))


def lint(client: httpx.Client, form: str = "mau-thu") -> Any:
    return client.get(f"/api/forms/{form}/lint").raise_for_status().json()


# ---------------------------------------------------------------- over HTTP
def test_every_form_is_listed_with_its_proof(client: httpx.Client, folder: Path) -> None:
    rows = {each["id"]: each for each in client.get("/api/maintained").json()["forms"]}
    assert set(rows) == {*FORMS, "mau-thu"}
    assert (rows["ke-hoach"]["proof"], rows["ke-hoach"]["shipped"]) == ("đạt", True)
    assert (rows["mau-thu"]["proof"], rows["mau-thu"]["shipped"]) == ("chưa kiểm", False)


def test_a_form_that_cannot_be_opened_is_listed_and_told_of(
    client: httpx.Client, folder: Path
) -> None:
    broken = folder.parent / "hong"
    broken.mkdir()
    (broken / "manifest.toml").write_text("id = ", encoding="utf-8")
    try:
        rows = {each["id"]: each for each in client.get("/api/maintained").json()["forms"]}
        assert rows["hong"]["proof"] == ""
        assert rows["hong"]["problems"][0]["message"].startswith("viết sai cú pháp TOML")
        assert client.get("/lam-mau/hong").status_code == 200
        assert lint(client, "hong")["report"]["ket_qua"][0]["id"] == "ban_ke.sai"
        refused = client.post("/api/forms/hong/try", json={})
        assert refused.json()["problems"][0]["file"] == "manifest.toml"
    finally:
        (broken / "manifest.toml").unlink()
        broken.rmdir()


def test_the_template_is_shown_with_its_tags_coloured(client: httpx.Client) -> None:
    told = client.get("/api/forms/mau-thu/template").json()
    assert [each["words"] for each in told["legend"]][:2] == ["giá trị", "vòng lặp"]
    svg = client.get(f"/api/pages/{told['pages'][0]['digest']}").text
    assert told["legend"][0]["colour"].lower() in svg
    assert json.loads(told["sample"])["ky_hieu"] == "KH-UBND"
    files = [page["file"] for page in told["pages"]]
    assert files[0] == "template.docx"
    assert {"dau-de.docx", "noi-nhan.docx"} < set(files)  # one block takes in the other


def test_findings_are_those_of_lint_each_with_its_place(client: httpx.Client, folder: Path) -> None:
    told = lint(client)
    (said,) = json.loads(vanban("lint", folder, "--format", "json").out)
    assert [each | {"tep": ""} for each in told["report"]["ket_qua"]] == [
        each | {"tep": ""} for each in said["ket_qua"]
    ]
    assert {each["tep"] for each in told["report"]["ket_qua"]} == {"template.docx"}
    (sheet,) = told["sheets"]
    assert sheet["name"] == "template.docx"
    places = {number: area for area in sheet["areas"] for number in area["findings"]}
    ids = [each["id"] for each in told["report"]["ket_qua"]]
    tag, other = places[ids.index("truong.khong_co")], places[ids.index("the.bo_loc")]
    assert tag["x"] < other["x"]  # on the same line, the field first
    assert abs(tag["y"] - other["y"]) < 1
    assert 20 < tag["width"] < 45


def test_what_breaks_the_standard_is_shown_on_the_document(
    client: httpx.Client, mended: Path
) -> None:
    told = lint(client)
    numbers = [n for n, each in enumerate(told["report"]["ket_qua"])
               if each["id"] == "the_thuc.chu.phong"]  # fmt: skip
    sheet = next(each for each in told["sheets"] if each["name"] == "Bản in với dữ liệu ví dụ")
    assert numbers
    assert {number for area in sheet["areas"] for number in area["findings"]} >= {*numbers[:1]}
    assert client.get(f"/api/pages/{sheet['pages'][0]['digest']}").status_code == 200


def test_data_to_try_is_read_as_typed(client: httpx.Client, mended: Path) -> None:
    sample = (mended / "sample.json").read_text(encoding="utf-8")
    good = client.post("/api/forms/mau-thu/try", content=sample).json()
    assert good["finished"] is True
    assert any(area["path"] == "$.dia_danh" for area in good["areas"])
    broken = client.post("/api/forms/mau-thu/try", content='{\n "so": 5,\n}')
    assert broken.status_code == 422
    assert broken.json()["problems"][0]["at"] == "dòng 3, cột 1"
    holes = client.post("/api/forms/mau-thu/try", content='[{"so": "chín"}]').json()
    assert "$.so" in {each["path"] for each in holes["problems"]}
    assert client.post("/api/forms/mau-thu/try", content="[1]").status_code == 422
    file = client.post("/api/forms/mau-thu/try", content='{"trich_yeu": {"$file": "/etc/hosts"}}')
    assert "localhost" not in file.text


def test_a_change_is_told_and_one_missed_too(client: httpx.Client, folder: Path) -> None:
    address = "/api/forms/mau-thu/changes"
    now = client.get("/api/forms/mau-thu/template").json()["stamp"]
    with client.stream("GET", address, params={"since": now}) as events:
        threading.Timer(0.5, (folder / "template.docx").touch).start()
        told = first_event(events)
    assert told != now
    with client.stream("GET", address, headers={"Last-Event-ID": now}) as events:
        assert first_event(events) == told


def first_event(answer: httpx.Response) -> str:
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    return next(line for line in answer.iter_lines() if line.startswith("data: "))[6:]


def test_a_clerk_has_no_such_desk(tmp_path: Path) -> None:
    with office_serving(tmp_path) as office, office.program("lan") as clerk:
        addresses = ["/lam-mau", "/lam-mau/ke-hoach", "/api/maintained"]
        addresses += [f"/api/forms/ke-hoach/{each}" for each in ("template", "lint", "changes")]
        assert {clerk.get(address).status_code for address in addresses} == {403}
        assert clerk.post("/api/forms/ke-hoach/try", json={}).status_code == 403
        assert "/lam-mau" not in clerk.get("/kiem-tra").text


@pytest.mark.parametrize("path", ["template", "lint", "changes"])
def test_a_form_that_is_not_there_is_not_there(client: httpx.Client, path: str) -> None:
    assert client.get(f"/api/forms/khong-co/{path}").status_code == 404
    assert client.get(f"/api/forms/..%2Fmẫu/{path}").status_code == 404


# ---------------------------------------------------------------- in a browser
def open_form(page: Page, served: Served) -> None:
    page.goto(f"{served.address}/lam-mau/mau-thu")
    expect(page.locator("#theo-doi")).to_have_text(WATCHING)


def test_the_list_shows_what_lint_finds(page: Page, served: Served) -> None:
    page.goto(f"{served.address}/lam-mau")
    row = page.locator("tr[data-form=mau-thu]")
    expect(row.locator("td").nth(2)).to_have_text("của cơ quan")
    expect(page.locator("tr[data-form=ban-sao] .lint")).to_have_text("Dùng được, không có lỗi nào.")
    row.get_by_role("link").click()
    page.wait_for_url("**/lam-mau/mau-thu")


def test_findings_have_pictures_and_places_on_the_template(page: Page, served: Served) -> None:
    open_form(page, served)
    first = page.locator("#phat-hien > ol > li").first
    expect(first).to_contain_text("không có bộ lọc “khong_co”")
    expect(first.locator(".crop img")).to_have_js_property("complete", value=True)
    assert first.locator(".crop img").evaluate("image => image.naturalWidth") > 0
    first.get_by_role("button", name="Xem trên mẫu").click()
    expect(page.locator(".paper").first.locator(".area.on")).to_have_count(1)
    page.locator(".paper").first.locator(".area").first.click()
    expect(page.locator("#phat-hien > ol > li.on")).to_contain_text("don_vi_la")
    expect(page.locator(".paper").nth(1).locator(".notice")).to_contain_text("Không in được")


def test_the_page_is_shown_anew_when_the_template_is_saved(
    page: Page, served: Served, folder: Path
) -> None:
    before = (folder / "template.docx").read_bytes()
    open_form(page, served)
    expect(page.locator("#phat-hien")).to_contain_text("don_vi_la")
    try:
        without_unknown_tags(folder)
        expect(page.locator("#theo-doi")).to_contain_text("đã xem lại lúc")
        expect(page.locator("#phat-hien")).not_to_contain_text("don_vi_la")
        expect(page.locator("#phat-hien")).to_contain_text("Phông chữ không phải Times New Roman")
        expect(page.locator(".paper").nth(1).locator(".page[src]").first).to_be_visible()
    finally:
        (folder / "template.docx").write_bytes(before)


def test_data_is_tried_and_a_printed_value_leads_to_it(
    page: Page, served: Served, mended: Path
) -> None:
    open_form(page, served)
    document = page.locator(".paper").nth(1)
    expect(document.locator(".area").first).to_be_visible()
    document.locator(".area[data-path='$.nguoi_ky.ho_ten']").click()
    typed = page.locator("#du-lieu")
    selected = "box => box.value.slice(box.selectionStart, box.selectionEnd)"
    assert typed.evaluate(selected) == '"ho_ten"'
    typed.fill('{"so": 5,}')
    page.keyboard.press("Control+Enter")
    expect(page.locator("#loi-thu")).to_contain_text("dòng 1, cột 10: JSON hỏng")
    page.get_by_role("button", name="Lấy lại dữ liệu ví dụ").click()
    expect(page.locator("#loi-thu")).to_contain_text("Dữ liệu hợp lệ")


def test_no_fault_that_axe_sees(browser: Browser, served: Served) -> None:
    context = browser.new_context(
        viewport={"width": 911, "height": 512}, color_scheme="dark", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(served.start)
    page.goto(f"{served.address}/lam-mau")
    assert violations(page) == []
    assert overflow(page) == 0
    open_form(page, served)
    expect(page.locator(".found > li").first).to_be_visible()
    assert violations(page) == []
    assert overflow(page) == 0
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert violations(page) == []
    page.get_by_role("button", name="Thử dữ liệu").click()
    page.get_by_role("button", name="Văn bản", exact=True).click()
    assert violations(page) == []
    context.close()
