"""What a hostile sender gets: a clear refusal. What another account gets: nothing."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from generator.bundle import shipped
from tests.serve.conftest import serving
from tests.serve.desks import FORM, UNITS, finished, sent, some_units
from tests.serve.office import Office, office_serving

ROLL_UP = "tong-hop-cham-diem"
SAMPLE = json.loads(shipped("doctemplates/ke-hoach/sample.json").read_text(encoding="utf-8"))
DTD = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
BOMB = " " * 150_000_000
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office_serving(tmp_path_factory.mktemp("thù địch"), "--workers", "2") as server:
        yield server


@pytest.fixture
def lan(office: Office) -> Iterator[httpx.Client]:
    with office.program("lan") as client:
        yield client


# ---------------------------------------------------------------- hostile files
def package(**parts: str) -> bytes:
    """Return an Office package of some parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return target.getvalue()


def document(body: str, head: str = "") -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{relations}" Target="word/document.xml"/>'
            "</Relationships>",
        )
        archive.writestr(
            "word/document.xml",
            f'{head}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        )
    return target.getvalue()


def picture() -> bytes:
    """Return a picture of four hundred million dots in a few kilobytes."""
    target = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(target, "PNG")
    return target.getvalue()


DEEP = b"[" * 200_000 + b"]" * 200_000
WRONG = {
    "a bomb.docx": document(f"<w:p><w:r><w:t>{BOMB}</w:t></w:r></w:p>"),
    "entities.docx": document("<w:p><w:r><w:t>&b;</w:t></w:r></w:p>", DTD),
    "no body.docx": package(word__document_xml="<x/>"),
    "a program.docx": b"MZ\x90\x00" + bytes(range(256)) * 64,
    "cut.docx": document("<w:p/>")[:-40],
    "empty.docx": b"",
    "a picture.docx": picture(),
    "a bomb.xlsx": package(xl__workbook_xml=BOMB),
    "entities.xlsx": package(xl__workbook_xml=f"{DTD}<workbook>&b;</workbook>"),
    "a program.xlsx": b"MZ" + b"\x00" * 10_000,
    "deep.json": DEEP,
    "a huge number.json": b'{"a": ' + b"9" * 500_000 + b"}",
    "far exponent.json": b'{"nam": 1e999999999}',
    "not text.json": bytes(range(256)),
    "deep.jsonl": DEEP,
    "nothing.csv": b"\x00" * 5_000,
}
NAMES = [
    "../../../etc/passwd{}",
    "..\\..\\windows\\win.ini{}",
    "/etc/passwd{}",
    "C:\\x{}",
    "x" * 300 + "{}",
    "‮xcod.exe{}",
    "CON{}",
    "a\tb\x1b[31m{}",
    "{}",
]
SENT_TO = {
    "/api/read": "file",
    "/api/checks": "file",
    "/api/batches": "files",
    "/api/rollups": "files",
}
FORMS = {"/api/batches": FORM, "/api/rollups": ROLL_UP}


def send(client: httpx.Client, address: str, name: str, content: bytes) -> httpx.Response:
    data = {"form": FORMS[address]} if address in FORMS else {}
    return client.post(address, files={SENT_TO[address]: (name, content)}, data=data)


def outcome(client: httpx.Client, address: str, answer: httpx.Response) -> dict[str, Any]:
    """Return what is told in the end of something sent; long work is waited for."""
    told: dict[str, Any] = answer.json()
    if answer.status_code != 201 or address not in FORMS:
        return told
    step = "check" if address == "/api/batches" else "collect"
    work: dict[str, Any] = finished(client, f"{address}/{told['id']}", step)[step]
    if address == "/api/batches" and work["state"] == "done":
        told = client.get(f"{address}/{told['id']}/problems").json()
        return told | {"state": "done"}
    notes = (work.get("result") or {}).get("notes", [])
    return {"problems": [*work.get("problems", []), *notes], "state": work["state"]}


def nothing_of_the_server(office: Office, text: str) -> None:
    paths = (str(office.served.folder), str(office.temporary), sys.prefix, "/khong-gian")
    assert [each for each in (*paths, "Traceback") if each in text] == []


# Long work has a process for each file: it gets those that reach its readers in their own way.
@pytest.mark.parametrize(
    ("address", "name"),
    [(address, name) for address in SENT_TO for name in WRONG if address not in FORMS]
    + [(address, name) for address in FORMS for name in WRONG if "a program" not in name],
)
def test_a_hostile_file_gets_a_sentence(
    office: Office, lan: httpx.Client, address: str, name: str
) -> None:
    answer = send(lan, address, name, WRONG[name])
    assert answer.status_code in (201, 400, 413, 422), answer.text
    told = outcome(lan, address, answer)
    assert told["problems"], told
    assert all(problem["message"] for problem in told["problems"])
    text = json.dumps(told, ensure_ascii=False)
    assert "ngoài dự kiến" not in text
    nothing_of_the_server(office, text)


@pytest.mark.parametrize(
    ("address", "name"),
    [(address, name) for address in SENT_TO for name in NAMES if address not in FORMS]
    + [(address, NAMES[0]) for address in FORMS],
)
def test_a_hostile_name_stays_a_name(
    office: Office, lan: httpx.Client, address: str, name: str
) -> None:
    before = {path for path in office.served.folder.parent.rglob("*") if path.suffix == ".json"}
    answer = send(lan, address, name.format(".json"), UNITS.read_bytes()[:200])
    assert answer.status_code in (201, 400, 422), answer.text
    nothing_of_the_server(office, json.dumps(outcome(lan, address, answer), ensure_ascii=False))
    fresh = {path.name for path in office.served.folder.parent.rglob("*.json")} - {
        path.name for path in before
    }
    assert not any(re.search(r"passwd|win|CON|xcod|x{9}", path) for path in fresh)


# ---------------------------------------------------------------- hostile requests
def many_parts(count: int, head: str = "") -> bytes:
    about = f'Content-Disposition: form-data; name="files"; filename="a.json"{head}'
    return f"--x\r\n{about}\r\n\r\n1\r\n".encode() * count + b"--x--\r\n"


@pytest.mark.parametrize(
    "body",
    [
        many_parts(50_000),
        many_parts(1, "\r\nX-A: " + "a" * 5_000_000),
        many_parts(1, "\r\nX-A: a" * 200_000),
        b"--x\r\n" + b"-" * 3_000_000,
        b"--y--",
        b"",
    ],
    ids=["many parts", "a long header", "many headers", "no part", "another boundary", "empty"],
)
@pytest.mark.parametrize("address", SENT_TO)
def test_a_bomb_of_parts_is_refused(lan: httpx.Client, address: str, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = lan.post(address, content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.json()["problems"]


@pytest.mark.parametrize(
    "body", [DEEP, b"9" * 100_000, b'{"record": ' + b"[" * 90_000, b"", b"\xff"],
    ids=["deep", "a number", "deep and cut", "empty", "no letters"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "/api/forms/ke-hoach/review"), ("POST", "/api/forms/ke-hoach/pages"),
        ("POST", "/api/forms/ke-hoach/document"), ("POST", "/api/forms/ke-hoach/standing"),
        ("POST", "/api/drafts"), ("PUT", "/api/standing"), ("POST", "/api/forms/ke-hoach/workbook"),
    ],
)  # fmt: skip
def test_json_that_is_none_is_refused(
    office: Office, lan: httpx.Client, method: str, address: str, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = lan.request(method, address, content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    nothing_of_the_server(office, answer.text)


@pytest.mark.parametrize("letter", ["\\ud800", "\\u0000", "\\uffff", "\\u202e", "\\u001b"])
def test_letters_that_are_none_break_nothing(lan: httpx.Client, letter: str) -> None:
    headers = {"Content-Type": "application/json"}
    record = json.dumps(SAMPLE | {"trich_yeu": "X@X"}, ensure_ascii=False).replace("@", letter)
    for address in ("review", "pages", "document", "standing"):
        content = f'{{"record": {record}}}'.encode()
        answer = lan.post(f"/api/forms/ke-hoach/{address}", content=content, headers=headers)
        assert answer.status_code in (200, 422), answer.text
    content = f'{{"form": "ke-hoach", "record": {record}}}'.encode()
    assert lan.post("/api/drafts", content=content, headers=headers).status_code in (201, 422)


def test_a_stranger_may_send_next_to_nothing(office: Office) -> None:
    with httpx.Client(base_url=office.served.address) as stranger:
        data = {"ten": "lan", "mat_khau": "x" * 100_000}
        assert stranger.post("/dang-nhap", data=data).status_code == 413
        for letter in ("\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "'"):
            answer = stranger.post("/dang-nhap", data={"ten": letter, "mat_khau": letter})
            assert answer.status_code in (401, 422)


def test_afterwards_the_server_answers_and_nothing_is_left(
    office: Office, lan: httpx.Client
) -> None:
    answer = lan.post("/api/forms/ke-hoach/document", json={"record": SAMPLE})
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")
    # A process keeps the faces it draws with as long as it lives.
    left = [path for path in office.temporary.rglob("*") if path.is_file()]
    assert [path for path in left if not path.parent.name.startswith("vanban-fonts-")] == []


def test_a_server_that_ends_leaves_no_temporary_file(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("sạch")
    with office_serving(folder, "--workers", "1") as short, short.program("lan") as lan:
        assert lan.post("/api/forms/ke-hoach/pages", json={"record": SAMPLE}).status_code == 200
        assert any(short.temporary.rglob("*"))
    assert [*short.temporary.rglob("*")] == []


# ---------------------------------------------------------------- somebody else's work
@pytest.fixture(scope="module")
def of_lan(office: Office) -> dict[str, str]:
    """One of each kind of thing, lan's."""
    with office.program("lan") as lan:
        draft = lan.post("/api/drafts", json={"form": "ke-hoach", "record": SAMPLE}).json()
        units = ("so-lieu.jsonl", some_units(2))
        batch = lan.post("/api/batches", files={"files": units}, data={"form": FORM}).json()
        rollup = lan.post("/api/rollups", files={"files": units}, data={"form": ROLL_UP}).json()
        made = lan.post("/api/forms/ke-hoach/document", json={"record": SAMPLE}).content
        check = lan.post("/api/checks", files={"file": ("ke-hoach.docx", made)}).json()
        pages = lan.post("/api/forms/ke-hoach/pages", json={"record": SAMPLE}).json()["pages"]
        finished(lan, f"/api/batches/{batch['id']}", "check")
        lan.post(f"/api/batches/{batch['id']}/start", json={"formats": ["docx"]})
        finished(lan, f"/api/batches/{batch['id']}", "make")
        finished(lan, f"/api/rollups/{rollup['id']}", "collect")
    return {
        "draft": draft["id"], "batch": batch["id"], "rollup": rollup["id"], "check": check["id"],
        "digest": pages[0]["digest"], "number": "1", "unit": "1", "kind": "pdf",
        "name": "t000000.jsonl",
    }  # fmt: skip


def addresses_of_things(office: Office) -> list[tuple[str, str, bool]]:
    """Return method, address and whether files are sent, of everything about one thing."""
    things = {"draft", "batch", "rollup", "check", "digest"}
    with office.program("minh") as minh:
        described = minh.get("/api/openapi.json").json()["paths"]
    return [
        (method.upper(), path, "multipart/form-data" in str(route.get("requestBody")))
        for path, methods in described.items()
        for method, route in methods.items()
        if things & set(re.findall(r"{(\w+)}", path))
    ]


def test_the_work_of_another_account_is_not_there(office: Office, of_lan: dict[str, str]) -> None:
    asked = addresses_of_things(office)
    files = {"files": ("a.jsonl", b"{}"), "file": ("a.docx", b"x"), "units": ("a.csv", b"x")}
    seen = []
    with office.program("hoa") as hoa, office.program("lan") as lan:
        for method, path, sends in asked:
            address = path.format(**of_lan)
            body: dict[str, Any] = {}
            if sends:
                body = {"files": files}
            elif method in ("POST", "PUT"):
                body = {"json": {"revision": 1, "record": {}}}
            answer = hoa.request(method, address, params={"name": "x"}, **body)
            seen.append((method, path, answer.status_code))
        for address in ("/api/drafts", "/api/batches", "/api/rollups"):
            assert of_lan["batch"] not in hoa.get(address).text
            assert of_lan["draft"] not in hoa.get(address).text
        own = [
            lan.get(path.format(**of_lan)).status_code
            for path in ("/api/drafts/{draft}", "/api/batches/{batch}", "/api/rollups/{rollup}",
                         "/api/checks/{check}", "/api/pages/{digest}",
                         "/api/batches/{batch}/result.zip")
        ]  # fmt: skip
    assert len(seen) > 30
    assert [each for each in seen if each[2] != 404] == []
    assert own == [200] * len(own)


@pytest.mark.parametrize(
    "name", ["..", "%2e%2e", "0" * 16, "tai-khoan.sqlite", "0123456789abcdeF", "x"]
)
def test_no_other_name_is_a_thing(office: Office, lan: httpx.Client, name: str) -> None:
    for address in ("drafts", "batches", "rollups", "checks", "pages"):
        answer = lan.get(f"/api/{address}/{name}/")
        answer = lan.get(f"/api/{address}/{name}") if answer.status_code == 307 else answer
        assert answer.status_code in (404, 422)
        nothing_of_the_server(office, answer.text)


# ---------------------------------------------------------------- roles, the log, space
def test_files_whose_sender_gave_up_are_forgotten(tmp_path: Path) -> None:
    desks = {"batches": (FORM, "check"), "rollups": (ROLL_UP, "collect")}
    left, stays = set(), set()
    with serving(tmp_path) as first, first.client() as client:
        for desk, (form, step) in desks.items():
            ids = []
            for whole in (False, False, True):
                sending = {"form": form, "whole": whole}
                files = sent(("đơn vị.json", some_units(1)))
                answer = client.post(f"/api/{desk}", data=sending, files=files)
                ids.append(answer.raise_for_status().json()["id"])
            abandoned, fresh, begun = ids
            finished(client, f"/api/{desk}/{begun}", step)
            left |= {abandoned, begun}
            stays |= {fresh, begun}
    two_days_ago = time.time() - 2 * 86_400
    for folder in tmp_path.glob("khong-gian/*/*/*"):
        if folder.name in left:
            os.utime(folder, (two_days_ago, two_days_ago))
    with serving(tmp_path) as second, second.client() as client:
        listed = [each["id"] for desk in desks for each in client.get(f"/api/{desk}").json()]
    assert set(listed) == stays


def test_a_clerk_does_not_look_after_forms(office: Office, lan: httpx.Client) -> None:
    with office.program("minh") as minh:
        described = minh.get("/api/openapi.json").json()["paths"]
        assert minh.get("/api/maintained").status_code == 200
    theirs = [
        (method.upper(), path.format(form="ke-hoach"))
        for path, methods in described.items()
        for method, route in methods.items()
        if "maintain" in route.get("tags", [])
    ]
    pages = [("GET", "/lam-mau"), ("GET", "/lam-mau/ke-hoach")]
    assert len(theirs) >= 5
    for method, address in [*theirs, *pages]:
        answer = lan.request(method, address, json={} if method == "POST" else None)
        assert (answer.status_code, "dành cho người làm mẫu" in answer.text) == (403, True)


def test_only_so_many_forms_are_watched_at_once(office: Office) -> None:
    address = "/api/forms/ke-hoach/changes"
    with office.program("minh") as minh, ExitStack() as watching:
        streams = [watching.enter_context(minh.stream("GET", address)) for _ in range(8)]
        events = [stream.iter_lines() for stream in streams]
        assert [next(each) for each in events] == ["retry: 1000"] * 8
        refused = minh.get(address)
        assert (refused.status_code, "đang theo dõi 8 mẫu" in refused.text) == (409, True)


def test_the_log_tells_who_made_what(office: Office, of_lan: dict[str, str]) -> None:
    with httpx.Client(base_url=office.served.address) as browser:
        browser.post("/dang-nhap", data={"ten": "hoa", "mat_khau": "sai"})
        browser.post("/dang-nhap", data={"ten": "a\nb\tc\x1b", "mat_khau": "x"})
    done = office.deeds()
    assert ("hoa", "đăng nhập không được", "127.0.0.1") in done
    assert ("a?b?c?", "đăng nhập không được", "127.0.0.1") in done
    assert ("lan", "tạo hàng loạt", f"{FORM} {of_lan['batch']}") in done
    assert ("lan", "gửi số liệu tổng hợp", f"{ROLL_UP} {of_lan['rollup']}") in done
    assert ("lan", "kiểm tra thể thức", "ke-hoach.docx") in done
    assert any(deed == "làm văn bản" and name.endswith(".docx") for _, deed, name in done)


def test_who_keeps_too_much_must_make_room(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("chật")
    with office_serving(folder, "--space-limit", "1") as small, small.program("lan") as lan:
        record = SAMPLE | {"trich_yeu": "x" * 1_200_000}
        draft = lan.post("/api/drafts", json={"form": "ke-hoach", "record": record}).json()["id"]
        fuller = lan.post("/api/drafts", json={"form": "ke-hoach", "record": record})
        while fuller.status_code == 201:  # the size was counted just before
            time.sleep(1)
            fuller = lan.post("/api/drafts", json={"form": "ke-hoach", "record": record})
        assert (fuller.status_code, "đã dùng hết chỗ được cấp (1 MB)" in fuller.text) == (507, True)
        for each in lan.get("/api/drafts").json()["drafts"]:
            assert lan.delete(f"/api/drafts/{each['id']}").status_code == 204
        assert draft
        assert lan.post("/api/drafts", json={"form": "ke-hoach", "record": {}}).status_code == 201
