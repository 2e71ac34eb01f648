"""The desk of batches: over HTTP as a program uses it, and in a browser as a clerk does."""

from __future__ import annotations

import hashlib
import io
import json
import signal
import sys
import time
import zipfile
from pathlib import Path

import httpx
import openpyxl
import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from generator.batches.binding import bind
from generator.batches.run import batch
from generator.serve.accounts import Accounts
from generator.serve.app import ACCOUNTS
from tests.serve.conftest import Served, serving
from tests.serve.desks import (
    FORM,
    PATIENCE,
    filled_book,
    finished,
    forgets,
    looks_well_in_the_dark_and_enlarged,
    patient,
    reached,
    sent,
    some_units,
    violations,
)

MANY = 120  # units whose pages take long enough to be stopped amid


def create(client: httpx.Client, *files: tuple[str, bytes], form: str = FORM) -> str:
    answer = client.post("/api/batches", data={"form": form}, files=sent(*files))
    assert answer.status_code == 201, answer.text
    return f"/api/batches/{answer.json()['id']}"


def sentences(answer: httpx.Response) -> list[str]:
    return [f"{each['message']} | {each['hint']}" for each in answer.json()["problems"]]


# ---------------------------------------------------------------- the workbook to fill
def test_the_workbook_to_fill_has_a_row_for_each_pasted_name(client: httpx.Client) -> None:
    names = "Phường An Lạc\n\n  Xã Bến Gỗ \n"
    answer = client.post(f"/api/forms/{FORM}/workbook", json={"units": names})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["Dữ liệu"]
    assert [row[0].value for row in sheet.iter_rows(6, 8)] == ["Phường An Lạc", "Xã Bến Gỗ", None]
    assert f"{FORM}.xlsx" in answer.headers["content-disposition"]


def test_a_blank_workbook_needs_no_names(client: httpx.Client) -> None:
    answer = client.get("/api/forms/giay-nghi-phep/workbook")
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames[0] == "Dữ liệu"


@pytest.mark.parametrize(
    ("form", "names", "status", "said"),
    [
        (FORM, "Xã A\nxã a", 422, "đơn vị “xã a” đã có ở dòng 1 | bỏ một chỗ"),
        ("giay-nghi-phep", "Xã A", 400, "không lập cho từng đơn vị"),
        ("khong-co", "", 404, "không có mẫu này"),
        ("..", "", 404, ""),
    ],
)
def test_a_workbook_that_cannot_be_made_says_why(
    client: httpx.Client, form: str, names: str, status: int, said: str
) -> None:
    answer = client.post(f"/api/forms/{form}/workbook", json={"units": names})
    assert answer.status_code == status
    assert said in "".join(sentences(answer))


# ---------------------------------------------------------------- taken in
@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["bai.exe"], "không đọc dữ liệu từ loại tệp này"),
        (["a.jsonl", "b.jsonl"], "mỗi lô là một sổ, hoặc nhiều tệp .json, hoặc nhiều tệp .docx"),
        (["a.json", "b.docx"], "mỗi lô là một sổ, hoặc nhiều tệp .json, hoặc nhiều tệp .docx"),
    ],
)
def test_files_that_make_no_batch_are_refused_and_not_kept(
    client: httpx.Client, served: Served, names: list[str], said: str
) -> None:
    before = client.get("/api/batches").json()
    files = sent(*((name, b"{}") for name in names))
    answer = client.post("/api/batches", data={"form": FORM}, files=files)
    assert answer.status_code == 422
    assert said in sentences(answer)[0]
    assert client.get("/api/batches").json() == before
    kept = [*served.folder.glob("khong-gian/*/hang-loat/*")]
    assert len(kept) == len(before)


@pytest.mark.parametrize("form", ["", "khong-co", "../../doctemplates/ban-cham-diem"])
def test_a_form_is_known_by_its_id_alone(client: httpx.Client, form: str) -> None:
    answer = client.post(
        "/api/batches", data={"form": form}, files=sent(("a.jsonl", some_units(1)))
    )
    assert answer.status_code in (404, 422)


def test_a_sent_name_never_becomes_a_path(client: httpx.Client, served: Served) -> None:
    wrong = json.dumps({"don_vi": None})
    name = "../../../tro ra ngoài.jsonl"
    address = create(client, (name, wrong.encode()))
    work = finished(client, address, "check")
    assert work["files"] == ["tro ra ngoài.jsonl"]
    (kept,) = served.folder.glob(f"khong-gian/0/hang-loat/{work['id']}/nguon/*")
    assert kept.name == "t000000.jsonl"
    found = client.get(f"{address}/problems")
    assert {each["file"] for each in found.json()["problems"]} == {"tro ra ngoài.jsonl"}
    assert str(served.folder) not in found.text + json.dumps(work)


def test_many_files_come_in_portions_and_are_one_batch(client: httpx.Client) -> None:
    lines = some_units(3).decode().splitlines()
    first, *rest = [("số liệu.json", line.encode()) for line in lines]  # as every unit calls it
    answer = client.post("/api/batches", data={"form": FORM, "whole": False}, files=sent(first))
    address = f"/api/batches/{answer.json()['id']}"
    assert client.get(address).json()["check"] is None
    assert client.post(f"{address}/start", json={}).status_code == 409  # not whole yet
    client.post(f"{address}/files", files=sent(*rest)).raise_for_status()
    work = finished(client, address, "check")
    assert work["check"]["result"]["good"] == 3
    assert work["files"] == ["số liệu.json", "số liệu (2).json", "số liệu (3).json"]
    assert client.post(f"{address}/files", files=sent(*rest)).status_code == 409


# ---------------------------------------------------------------- from a workbook to print
def test_a_workbook_is_checked_cell_by_cell_and_made(
    client: httpx.Client, served: Served, tmp_path: Path
) -> None:
    book = filled_book(tmp_path / "Sổ chấm điểm.xlsx", 5, [("F7", "ngày mai"), ("G9", "hai")])
    address = create(client, (book.name, book.read_bytes()))
    work = finished(client, address, "check")
    assert work["check"]["result"] == {"good": 3, "errors": 2, "warnings": 0, "units": 2}
    found = client.get(f"{address}/problems?most=1&from=1").json()["problems"]
    assert [(each["sheet"], each["cell"]) for each in found] == [("Dữ liệu", "G9")]

    marked = client.get(f"{address}/corrected.xlsx")
    assert "S%E1%BB%95%20ch%E1%BA%A5m" in marked.headers["content-disposition"]
    copy = openpyxl.load_workbook(io.BytesIO(marked.content))
    assert copy["Dữ liệu"]["F7"].comment.text.startswith("Lỗi: Ngày ban hành")
    assert copy.sheetnames[-1] == "Lỗi"

    client.post(f"{address}/riskiest").raise_for_status()
    risky = finished(client, address, "riskiest")["riskiest"]["result"]
    assert risky["invalid"] == 2
    assert all(each["unit"] and each["reasons"] and each["pages"] for each in risky["units"])
    picture = client.get(f"{address}/riskiest/1/1.png")
    assert picture.content.startswith(b"\x89PNG")
    assert client.get(f"{address}/riskiest/9/1.png").status_code == 404

    making = {"formats": ["docx", "pdf"], "combine": "pdf"}
    client.post(f"{address}/start", json=making).raise_for_status()
    work = finished(client, address, "make")
    assert work["make"]["result"] == {"done": 3, "failed": 2, "warnings": 0, "kept": 0}

    rows = [json.loads(line) for line in client.get(f"{address}/manifest.jsonl").text.splitlines()]
    good = [row for row in rows if row["status"] == "ok"]
    names = [name for row in good for name in (row["output"], row["also"][0]["output"])]
    with zipfile.ZipFile(io.BytesIO(client.get(f"{address}/result.zip").content)) as archive:
        assert archive.namelist() == [*names, "manifest.jsonl"]
        for row in good:
            assert hashlib.sha256(archive.read(row["output"])).hexdigest() == row["sha256"]
        assert str(served.folder) not in archive.read("manifest.jsonl").decode()
    failed = client.get(f"{address}/results?status=failed").json()["results"]
    assert [row["index"] for row in failed] == [2, 4]
    assert failed[0]["problems"][0]["file"] == "Sổ chấm điểm.xlsx"
    with pypdfium2.PdfDocument(client.get(f"{address}/print.pdf").content) as printed:
        assert len(printed) == 6
    one = client.get(f"{address}/documents/1")
    assert hashlib.sha256(one.content).hexdigest() == good[0]["sha256"]
    assert client.get(f"{address}/documents/2").status_code == 404
    assert client.get(f"{address}/print.docx").status_code == 404

    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
    assert not [*served.folder.glob(f"khong-gian/0/hang-loat/{work['id']}")]


def test_two_units_of_one_name_stop_the_batch_with_both_places(client: httpx.Client) -> None:
    twice = b"\n".join([some_units(1)] * 2)
    address = create(client, ("hai lần.jsonl", twice))
    finished(client, address, "check")
    client.post(f"{address}/start", json={}).raise_for_status()
    work = finished(client, address, "make")
    assert work["make"]["state"] == "failed"
    (problem,) = work["make"]["problems"]
    assert problem["file"] == "hai lần.jsonl"
    assert problem["at"] == "bản ghi 1 (dòng 1) và bản ghi 2 (dòng 2)"
    assert client.get(f"{address}/result.zip").status_code == 404


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_the_file_to_print_is_the_one_that_the_command_line_makes(
    client: httpx.Client, tmp_path: Path, kind: str
) -> None:
    data = some_units(3)
    address = create(client, ("đơn vị.jsonl", data))
    finished(client, address, "check")
    client.post(f"{address}/start", json={"combine": kind}).raise_for_status()
    finished(client, address, "make")
    source, place, whole = (tmp_path / name for name in ("a.jsonl", "ra", f"in-mot-luot.{kind}"))
    source.write_bytes(data)
    made = [*batch(FORM, str(source), place, formats=[kind])]
    bind(str(place), [each.output for each in made], whole)
    assert client.get(f"{address}/print.{kind}").content == whole.read_bytes()


# ---------------------------------------------------------------- stopped, killed, gone on with
def test_a_stopped_batch_goes_on_and_ends_with_what_the_command_line_makes(
    client: httpx.Client, tmp_path: Path
) -> None:
    data = some_units(MANY)
    address = create(client, ("đơn vị.jsonl", data))
    other = create(client, ("khác.jsonl", some_units(1)))
    finished(client, address, "check")
    finished(client, other, "check")
    client.post(f"{address}/start", json={"formats": ["docx", "pdf"]}).raise_for_status()
    assert client.post(f"{address}/start", json={}).status_code == 409
    # One step of an account at a time: the other batch waits for its turn.
    client.post(f"{other}/start", json={}).raise_for_status()
    assert client.get(other).json()["make"]["state"] == "waiting"
    reached(client, address, "make", {"running"}, least=20)
    client.post(f"{address}/stop").raise_for_status()
    stopped = client.get(address).json()["make"]
    assert stopped["state"] == "stopped"
    assert finished(client, other, "make")["make"]["result"]["done"] == 1

    client.post(f"{address}/resume", json={}).raise_for_status()
    assert finished(client, address, "make")["make"]["result"]["done"] == MANY
    assert client.post(f"{address}/resume").status_code == 409
    source = tmp_path / "nguon.jsonl"
    source.write_bytes(data)
    expected = [*batch(FORM, str(source), tmp_path / "ra")]
    made = client.get(f"{address}/manifest.jsonl").text.splitlines()
    assert [json.loads(line)["sha256"] for line in made] == [each.sha256 for each in expected]


def workers_of(folder: Path) -> list[int]:
    """Return the processes that work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if "generator.serve.job" in command and str(folder) in command:
            found.append(int(process.name))
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of POSIX")
def test_a_batch_survives_a_server_that_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path) as first, first.client() as client:
        address = create(client, ("đơn vị.jsonl", some_units(MANY)))
        finished(client, address, "check")
        client.post(f"{address}/start", json={"formats": ["pdf"]}).raise_for_status()
        reached(client, address, "make", {"running"}, least=20)
        assert workers_of(tmp_path)
        first.process.send_signal(signal.SIGKILL)
        first.process.wait(20)
    until = time.monotonic() + PATIENCE
    while workers_of(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    assert workers_of(tmp_path) == []  # nobody goes on without a server
    with serving(tmp_path) as second, second.client() as client:
        (listed,) = client.get("/api/batches").json()
        assert (listed["step"], listed["state"]) == ("make", "stopped")
        work = client.get(address).json()
        assert work["make"]["done"] >= 20
        client.post(f"{address}/resume").raise_for_status()
        assert finished(client, address, "make")["make"]["result"]["done"] == MANY
        content = client.get(f"{address}/result.zip").content
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert len(archive.namelist()) == MANY + 1


def test_another_account_of_the_office_sees_nothing_of_it(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / ACCOUNTS)
    keys = []
    for name in ("an", "binh"):
        accounts.add(name, "một câu đủ dài", "van-thu")
        keys.append(accounts.key_for_program(name, "thử", time.time() + 600))
    mine, others = ({"Authorization": f"Bearer {key}"} for key in keys)
    with serving(tmp_path, "--host", "127.0.0.1") as office, office.client() as client:
        client.headers.update(mine)
        address = create(client, ("đơn vị.jsonl", some_units(1)))
        finished(client, address, "check")
        client.headers.update(others)
        assert client.get("/api/batches").json() == []
        for method, path in (
            ("GET", ""), ("GET", "/problems"), ("GET", "/results"), ("POST", "/stop"),
            ("POST", "/resume"), ("POST", "/riskiest"), ("DELETE", ""),
        ):  # fmt: skip
            assert client.request(method, address + path).status_code == 404
        client.headers.update(mine)
        assert len(client.get("/api/batches").json()) == 1
    deeds = [(who, deed) for _, who, deed, _ in accounts.deeds()]
    assert deeds == [("an", "gửi dữ liệu hàng loạt")]


# ---------------------------------------------------------------- as a clerk
def test_a_clerk_makes_a_batch(page: Page, served: Served, tmp_path: Path) -> None:
    patient(page)
    page.goto(f"{served.address}/hang-loat")
    page.get_by_label("Mẫu văn bản").select_option(FORM)
    page.get_by_label("Tên các đơn vị").fill("Phường An Lạc\nXã Bến Gỗ")
    assert violations(page) == []
    with page.expect_download() as book:
        page.get_by_role("button", name="Tải sổ Excel").click()
    assert book.value.suggested_filename == f"{FORM}.xlsx"

    source = filled_book(tmp_path / "Sổ tháng 10.xlsx", 6, [("F7", "ngày mai")])
    page.get_by_label("Chọn tệp số liệu").set_input_files(source)
    expect(page.locator("#ket-luan")).to_have_text(
        "1 lỗi ở 1 đơn vị; 5 bản ghi tạo được. Sửa rồi thả lại sổ, hoặc tạo trước các bản đúng."
    )
    row = page.locator("#cac-loi tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Dữ liệu!F7")
    with page.expect_download() as marked:
        page.get_by_role("link", name="Tải bản có đánh dấu chỗ cần sửa").click()
    assert marked.value.suggested_filename == "Sổ tháng 10 – cần sửa.xlsx"

    page.get_by_role("button", name="Xem các bản này").click()
    expect(page.get_by_role("img", name="trang 1").first).to_be_visible()
    expect(page.get_by_role("button", name="Tạo tất cả")).to_be_enabled()
    page.get_by_label("PDF").first.check()
    page.get_by_role("group", name="Tệp in một lượt").get_by_label("PDF").check()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#ket-qua")).to_have_text(
        "Đã tạo 5 văn bản; 1 bản ghi không tạo được, xem bên dưới."
    )
    expect(page.locator("#khong-tao tbody tr")).to_contain_text("“ngày mai” không phải là ngày")
    expect(page.locator("#da-tao tbody tr")).to_have_count(5)
    assert violations(page) == []
    with page.expect_download() as whole:
        page.get_by_role("link", name="Tải tất cả (.zip)").click()
    with zipfile.ZipFile(whole.value.path()) as archive:
        assert len(archive.namelist()) == 11
    with page.expect_download() as printed:
        page.get_by_role("link", name="Tải tệp in một lượt (PDF)").click()
    assert printed.value.suggested_filename == "Sổ tháng 10 – in một lượt.pdf"

    page.reload()
    expect(page.locator("#ket-qua")).to_contain_text("Đã tạo 5 văn bản")
    looks_well_in_the_dark_and_enlarged(page)
    page.get_by_role("button", name="← Lô khác").click()
    forgets(page, page.locator("#truoc tbody tr"), "đã tạo 5, 1 lỗi")


def test_a_clerk_stops_a_batch_and_goes_on(page: Page, served: Served, tmp_path: Path) -> None:
    patient(page)
    source = tmp_path / "đơn vị.jsonl"
    source.write_bytes(some_units(MANY))
    page.goto(f"{served.address}/hang-loat?mau={FORM}")
    page.get_by_label("Chọn tệp số liệu").set_input_files(source)
    page.get_by_label("PDF").first.check()
    page.get_by_role("button", name="Tạo tất cả").click()
    page.get_by_role("button", name="Dừng").click()
    expect(page.locator("#ket-qua")).to_contain_text("Bấm “Làm tiếp” để làm nốt.")
    page.get_by_role("button", name="Làm tiếp").click()
    expect(page.locator("#ket-qua")).to_have_text(f"Đã tạo {MANY} văn bản.")
