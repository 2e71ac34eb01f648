"""The desk of roll-ups: over HTTP as a program uses it, and in a browser as a clerk does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from generator.bundle import shipped
from generator.rollup import Asked, Rollup
from tests.serve.conftest import Served
from tests.serve.desks import (
    finished,
    forgets,
    looks_well_in_the_dark_and_enlarged,
    patient,
    sent,
    violations,
)

TABLE, REPORT = "tong-hop-so-lieu", "bao-cao"
FIXTURES = shipped("fixtures") / "tong-hop"
LINES = (FIXTURES / "so-lieu.jsonl").read_text(encoding="utf-8").splitlines()[:8]
NAMES = [json.loads(line)["don_vi"] for line in LINES]
FIGURES = [json.loads(line)["dang_ky"]["ho_cam_ket"] for line in LINES]
FAMILIES = f"{sum(FIGURES):,}".replace(",", ".")
HEAD = {"co_quan_tong_hop": "Công an thành phố Lạc Giang"}
LATE = "Thôn Mới 25 - An Lạc"


def roster(late: str = "") -> bytes:
    """Return a list of the units and one that hands nothing in; ``late`` is one that came late."""
    rows = [f'"{name}",{"20/10/2026" if name == late else ""}' for name in [*NAMES, LATE]]
    return "\n".join(["Đơn vị,Ngày nộp", *rows]).encode()


def create(
    client: httpx.Client,
    *files: tuple[str, bytes],
    form: str = TABLE,
    units: bytes = b"",
    **told: Any,
) -> str:
    data = {"form": form, "told": json.dumps({"head": HEAD} | told)}
    listed = sent(("danh sách.csv", units), field="units") if units else []
    answer = client.post("/api/rollups", data=data, files=[*sent(*files), *listed])
    assert answer.status_code == 201, answer.text
    return f"/api/rollups/{answer.json()['id']}"


def everything(start: int = 0, end: int = len(LINES)) -> bytes:
    return "\n".join(LINES[start:end]).encode()


# ---------------------------------------------------------------- over HTTP
def test_forms_that_roll_up_say_what_they_ask_for(client: httpx.Client) -> None:
    listed = [each["id"] for each in client.get("/api/rollups/forms").json()]
    assert set(listed[:-1]) == {TABLE, "tong-hop-cham-diem"}
    assert listed[-1] == REPORT  # made of tables: the last to be made
    asked = client.get(f"/api/rollups/forms/{TABLE}").json()
    keys = {each["key"] for each in asked["fields"]["children"]}
    # Its rows, who is missing and the year come from the units.
    assert keys == {"ten_loai", "ten_de_an", "kem_theo", "co_quan_tong_hop"}
    assert asked["feeds"][0] == "Đề cương báo cáo số liệu sơ kết Đề án"
    assert client.get("/api/rollups/forms/ke-hoach").status_code == 400


def test_units_are_added_up_and_the_missing_late_and_doubled_named(
    client: httpx.Client, served: Served, tmp_path: Path
) -> None:
    files = [("xã một.jsonl", everything(0, 4)), ("xã hai.jsonl", everything(4))]
    address = create(
        client, *files, ("nộp lại.json", LINES[3].encode()), units=roster(NAMES[5]),
        due="10/10/2026",
    )  # fmt: skip
    work = finished(client, address, "collect")
    found = work["collect"]["result"]
    assert (work["collect"]["state"], found["units"], found["expected"]) == ("done", 8, 9)
    assert (found["missing"], found["late"]) == ([LATE], [NAMES[5]])
    assert found["doubled"] == [NAMES[3]]
    notes = [f"{each['file']}: {each['message']}" for each in found["notes"]]
    assert f"nộp lại.json: {NAMES[3]}: nộp hai lần, số liệu như ở xã một.jsonl, dòng 4" in notes

    explained = client.get(f"{address}/explain", params={"name": "dang_ky.ho_cam_ket"}).json()
    first, *_, last = explained["lines"]
    assert first.strip() == f"{NAMES[0]}: {FIGURES[0]}, xã một.jsonl, dòng 1, $.dang_ky.ho_cam_ket"
    total = next(each for each in found["totals"] if each["name"] == "dang_ky.ho_cam_ket")
    assert total["value"] == FAMILIES
    assert last == f"{total['title']} = {FAMILIES}, 8 đơn vị"
    wrong = client.get(f"{address}/explain", params={"name": "dang_ky.ho_cam_ke"})
    assert wrong.status_code == 400
    assert "có phải “dang_ky.ho_cam_ket”?" in wrong.text
    assert str(served.folder) not in json.dumps(work) + json.dumps(explained)

    # The very files of the command line.
    source, units, head = (tmp_path / name for name in ("nguon.jsonl", "ds.csv", "dau.json"))
    source.write_bytes(everything())
    units.write_bytes(roster(NAMES[5]))
    head.write_text(json.dumps(HEAD), encoding="utf-8")
    same = Rollup(TABLE, asked=Asked(head=str(head), units=str(units)))
    assert work["formats"] == ["docx", "pdf", "xlsx", "json"]
    for kind in ("docx", "xlsx", "json"):
        made = client.get(f"{address}/document", params={"format": kind})
        assert made.content == same.make([str(source)], f".{kind}").content
    pdf = client.get(f"{address}/document?format=pdf").content
    with pypdfium2.PdfDocument(pdf) as pages:
        assert len(pages) == found["pages"]
    assert client.get(f"{address}/pages/1.png").content.startswith(b"\x89PNG")
    assert client.get(f"{address}/pages/{found['pages'] + 1}.png").status_code == 404
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_a_unit_that_comes_twice_unlike_stops_it_until_one_file_is_left_out(
    client: httpx.Client,
) -> None:
    other = json.loads(LINES[2])
    other["tuyen_truyen"]["so_luot"] += 1
    files = [("một.jsonl", everything()), ("khác.json", json.dumps(other).encode())]
    address = create(client, *files, units=roster())
    work = finished(client, address, "collect")
    assert work["collect"]["state"] == "failed"
    (problem,) = work["collect"]["problems"]
    assert problem["file"] == "khác.json"
    assert "lần kia ở một.jsonl, dòng 3" in problem["message"]
    assert work["collect"]["result"]["missing"] == [LATE]
    (name,) = [each["name"] for each in work["files"] if each["shown"] == "khác.json"]
    assert client.delete(f"{address}/files/{name}").status_code == 204
    assert client.delete(f"{address}/files/{name}").status_code == 404
    client.post(f"{address}/start", json={"head": HEAD}).raise_for_status()
    assert finished(client, address, "collect")["collect"]["result"]["units"] == 8


def test_what_the_head_lacks_is_told_and_the_workbook_is_there_all_the_same(
    client: httpx.Client,
) -> None:
    address = create(client, ("một.jsonl", everything()), head={})
    work = finished(client, address, "collect")
    wrong = [each for each in work["collect"]["result"]["notes"] if each["severity"] == "error"]
    assert [each["file"] for each in wrong] == ["Đầu văn bản"]
    assert wrong[0]["hint"].endswith("điền ở mục “Đầu văn bản”")
    assert work["formats"] == ["xlsx"]


def test_a_report_takes_its_figures_from_the_tables_on_the_way(client: httpx.Client) -> None:
    head = json.loads((FIXTURES / "bao-cao.json").read_text(encoding="utf-8"))
    head["noi_dung"] = "Có {{ so_lieu.tong_cong.dang_ky.ho_cam_ket|so }} hộ ký cam kết./."
    address = create(client, ("số liệu.jsonl", everything()), form=REPORT, head=head)
    work = finished(client, address, "collect")
    assert work["collect"]["state"] == "done", work["collect"]["problems"]
    assert work["formats"] == ["docx", "pdf", "json"]
    record = client.get(f"{address}/document?format=json").json()
    assert record["noi_dung"] == f"Có {FAMILIES} hộ ký cam kết./."


@pytest.mark.parametrize(
    ("form", "told", "name", "status"),
    [
        ("khong-co", "{}", "a.json", 404),
        ("ke-hoach", "{}", "a.json", 422),
        (TABLE, "{hỏng", "a.json", 422),
        (TABLE, '{"head": {"co_quan_tong_hop": "\\ud800"}}', "a.json", 422),
        (TABLE, '{"missing": "lạ"}', "a.json", 422),
        (TABLE, "{}", "a.png", 422),
    ],
)
def test_what_cannot_be_rolled_up_is_refused_and_not_kept(
    client: httpx.Client, form: str, told: str, name: str, status: int
) -> None:
    before = client.get("/api/rollups").json()
    data, files = {"form": form, "told": told}, sent((name, b"{}"))
    assert client.post("/api/rollups", data=data, files=files).status_code == status
    assert client.get("/api/rollups").json() == before


def test_a_day_that_is_none_is_refused_before_anything_begins(client: httpx.Client) -> None:
    address = create(client, ("một.jsonl", everything()))
    finished(client, address, "collect")
    answer = client.post(f"{address}/start", json={"due": "31/2/2026"})
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["message"].startswith("hạn nộp:")


# ---------------------------------------------------------------- as a clerk
def test_a_clerk_rolls_units_up(page: Page, served: Served, tmp_path: Path) -> None:
    patient(page)
    other = json.loads(LINES[2])
    other["tuyen_truyen"]["so_luot"] += 1
    contents = {
        "xã một.jsonl": everything(0, 4), "xã hai.jsonl": everything(4),
        "gửi nhầm.json": json.dumps(other).encode(), "danh sách.csv": roster(),
    }  # fmt: skip
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    page.goto(f"{served.address}/tong-hop")
    page.get_by_label("Mẫu tổng hợp").select_option(TABLE)
    expect(page.locator("#lay-tu")).to_contain_text("Đề cương báo cáo số liệu")
    assert violations(page) == []
    page.get_by_label("Chọn danh sách").set_input_files(tmp_path / "danh sách.csv")
    names = ("xã một.jsonl", "xã hai.jsonl", "gửi nhầm.json")
    page.get_by_label("Chọn tệp số liệu").set_input_files([tmp_path / name for name in names])
    expect(page.locator("#cac-tep summary")).to_have_text("3 tệp đã gửi")
    expect(page.locator("#ten-danh-sach")).to_have_text("danh sách.csv")
    page.get_by_label("Cơ quan tổng hợp").fill(HEAD["co_quan_tong_hop"])
    page.keyboard.press("Control+Enter")
    expect(page.locator("#ket-luan")).to_contain_text("Chưa cộng được")
    expect(page.locator("#loi")).to_contain_text("nộp hai lần với số liệu khác nhau")
    assert violations(page) == []

    page.locator("#cac-tep summary").click()
    page.get_by_role("button", name="Bỏ tệp gửi nhầm.json").click()
    expect(page.locator("#cac-tep summary")).to_have_text("2 tệp đã gửi")
    page.get_by_role("button", name="Tổng hợp").click()
    expect(page.locator("#ket-luan")).to_have_text(
        "Đã cộng số liệu của 8 đơn vị trong 9 đơn vị phải nộp."
    )
    expect(page.get_by_role("region", name="Chưa nộp")).to_have_text(LATE)
    expect(page.get_by_role("img", name="Bảng tổng hợp, trang 1", exact=True)).to_be_visible()
    for kind in ("docx", "pdf", "xlsx", "json"):
        with page.expect_download() as made:
            page.get_by_role("link", name=f"Tải .{kind}").click()
        assert made.value.suggested_filename == f"Bảng tổng hợp số liệu sơ kết Đề án.{kind}"
    page.get_by_label("Tìm số liệu").fill("ho ky cam ket")
    page.get_by_role("button", name=f"Số hộ ký cam kết: {FAMILIES}").click()
    first = f"{NAMES[0]}: {FIGURES[0]}, xã một.jsonl"
    expect(page.locator("#giai-thich pre")).to_contain_text(first)
    assert violations(page) == []

    page.reload()
    expect(page.locator("#ket-luan")).to_contain_text("Đã cộng số liệu của 8 đơn vị")
    expect(page.get_by_label("Cơ quan tổng hợp")).to_have_value(HEAD["co_quan_tong_hop"])
    looks_well_in_the_dark_and_enlarged(page)
    page.get_by_role("button", name="← Bản khác").click()
    forgets(page, page.locator("#truoc tbody tr"), "đã cộng 8 đơn vị")
