"""The API of the desk of forms: what the pages ask, and what another system may."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from urllib.parse import unquote

import httpx
import pypdfium2
import pytest

from generator import open_form
from generator.views.outline import plain_lines

SAMPLE: dict[str, Any] = json.loads(
    open_form("ke-hoach").bundle.path("sample.json").read_text(encoding="utf-8")
)


def changed(**values: Any) -> dict[str, Any]:
    return {"record": {**SAMPLE, **values}}


def name_of(answer: httpx.Response) -> str:
    return unquote(answer.headers["Content-Disposition"].partition("filename*=UTF-8''")[2])


# ---------------------------------------------------------------- forms
def test_forms_come_in_the_groups_of_a_secretarys_work(client: httpx.Client) -> None:
    groups = client.get("/api/forms").json()["groups"]
    assert [group["name"] for group in groups][:2] == ["Văn bản hành chính", "Giấy tờ hành chính"]
    plan = next(form for form in groups[0]["forms"] if form["id"] == "ke-hoach")
    assert (plan["title"], plan["type"], plan["batch"]) == ("Kế hoạch", "KH", False)
    picture = client.get(plan["picture"])
    assert picture.content.startswith(b"\x89PNG")
    assert "immutable" in picture.headers["Cache-Control"]
    assert client.get(plan["picture"]).content == picture.content


def test_a_form_tells_its_fields_for_somebody_who_fills_boxes(client: httpx.Client) -> None:
    form = client.get("/api/forms/ke-hoach").json()
    assert form["sample"] == SAMPLE
    fields = {field["key"]: field for field in form["fields"]["children"]}
    kinds = {key: fields[key]["kind"] for key in ("so", "ky_hieu", "ngay_ban_hanh", "noi_dung")}
    assert kinds == {"so": "whole", "ky_hieu": "text", "ngay_ban_hanh": "open-date",
                     "noi_dung": "long"}  # fmt: skip
    assert fields["co_quan_ban_hanh"]["kind"] == "lines"
    assert fields["co_quan_ban_hanh"]["note"].endswith("Muốn xuống dòng thì bấm Enter.")
    assert fields["noi_nhan"]["items"]["kind"] == "either"
    place = next(each for each in fields["nguoi_ky"]["children"] if "vi_tri" in each["key"])
    assert place["choices"][0] == {"value": "duoi_chuc_vu", "label": "Ngay dưới chức vụ thứ nhất"}
    assert form["fields"]["start"]["so"] is None
    assert form["fields"]["start"]["noi_nhan"] == []


@pytest.mark.parametrize("path", ["/api/forms/khong-co", "/soan/khong-co", "/api/forms/..%2Fkhoi",
                                  "/api/forms/khong-co/picture"])  # fmt: skip
def test_a_form_that_is_not_there_is_not_there(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_notes_never_speak_of_data_files(client: httpx.Client) -> None:
    def notes(field: dict[str, Any]) -> list[str]:
        inner = [*field.get("children", ()), *([field["items"]] if "items" in field else [])]
        return [field["note"], *(note for child in inner for note in notes(child))]

    for group in client.get("/api/forms").json()["groups"]:
        for form in group["forms"]:
            told = " ".join(notes(client.get(f"/api/forms/{form['id']}").json()["fields"]))
            assert not any(word in told for word in ("null", "true", "\\n", "$file", "{", "[]"))


# ---------------------------------------------------------------- a record
def test_a_review_speaks_as_the_command_line_does(client: httpx.Client) -> None:
    answer = client.post("/api/forms/ke-hoach/review", json=changed(so="chín", trich_yeu="")).json()
    told = {each["path"]: each["message"] for each in answer["problems"]}
    assert told["$.so"] == "Số văn bản: “chín” không phải là số"
    assert told["$.trich_yeu"].startswith("Trích yếu nội dung đang để rỗng")
    assert {each["field"] for each in answer["problems"]} == {"Số văn bản", "Trích yếu nội dung"}
    good = client.post("/api/forms/ke-hoach/review", json=changed()).json()
    assert good == {"problems": [], "name": "Kế hoạch số 08-KH-UBND.docx", "derived": []}


def test_a_review_has_the_computed_values(client: httpx.Client) -> None:
    form = client.get("/api/forms/de-cuong-so-lieu").json()
    answer = client.post("/api/forms/de-cuong-so-lieu/review", json={"record": form["sample"]})
    derived = answer.json()["derived"]
    assert derived
    assert all(each["title"] and each["path"].startswith("$.") for each in derived)


def test_pages_are_drawn_once_and_lead_to_their_fields(client: httpx.Client) -> None:
    told = client.post("/api/forms/ke-hoach/pages", json=changed()).json()
    assert [round(page["width"]) for page in told["pages"]] == [210, 210]
    assert told["finished"] is True
    assert told["conformity"]["dat"] is True
    area = next(area for area in told["areas"] if area["path"] == "$.nguoi_ky.ho_ten")
    assert area["page"] == 2
    assert 90 < area["x"] < 190
    again = client.post("/api/forms/ke-hoach/pages?conformity=false", json=changed()).json()
    assert again["pages"] == told["pages"]
    assert again["conformity"] is None
    other = client.post("/api/forms/ke-hoach/pages", json=changed(luu="VT, VP")).json()
    assert other["pages"][0] == told["pages"][0]  # only the page with the change is another
    assert other["pages"][1] != told["pages"][1]


def test_a_page_is_svg_that_a_browser_keeps(client: httpx.Client) -> None:
    page = client.post("/api/forms/ke-hoach/pages", json=changed()).json()["pages"][0]
    packed = client.get(f"/api/pages/{page['digest']}")
    plain = client.get(f"/api/pages/{page['digest']}", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content
    assert plain.content.startswith(b"<svg ")
    assert "immutable" in plain.headers["Cache-Control"]
    assert client.get(f"/api/pages/{'0' * 32}").status_code == 404


def test_an_unfinished_record_has_pages_too(client: httpx.Client) -> None:
    told = client.post("/api/forms/ke-hoach/pages", json={"record": {"trich_yeu": "Thử"}}).json()
    assert told["finished"] is False
    assert told["conformity"] is None
    assert "thiếu Ký hiệu văn bản" in [each["message"] for each in told["problems"]]
    assert "$.ky_hieu" in [area["path"] for area in told["areas"]]


def test_findings_of_the_standard_have_their_clause(client: httpx.Client) -> None:
    names = ["Ban", "Đoàn", "Hội", "Phòng", "Trạm"]
    record = changed(noi_dung="Nội dung.", noi_nhan=names, ky_hieu="BC-UBND")
    findings = client.post("/api/forms/ke-hoach/pages", json=record).json()["conformity"]["ket_qua"]
    assert findings
    assert all(each["dieu_khoan"] and each["noi_dung"] for each in findings)


# ---------------------------------------------------------------- documents
def test_a_document_is_the_one_the_library_makes(client: httpx.Client) -> None:
    answer = client.post("/api/forms/ke-hoach/document", json=changed())
    assert name_of(answer) == "Kế hoạch số 08-KH-UBND.docx"
    assert answer.content == open_form("ke-hoach").document(SAMPLE)


def test_a_pdf_is_for_the_archive(client: httpx.Client) -> None:
    answer = client.post("/api/forms/ke-hoach/document?format=pdf", json=changed())
    assert name_of(answer) == "Kế hoạch số 08-KH-UBND.pdf"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert b"pdfaid" in answer.content
    with pypdfium2.PdfDocument(answer.content) as pdf:
        assert len(pdf) == 2


def test_a_draft_is_made_of_anything_and_named_one(client: httpx.Client) -> None:
    answer = client.post("/api/forms/ke-hoach/document?draft=true", json={"record": {"so": 3}})
    assert name_of(answer) == "Kế hoạch (dự thảo).docx"
    assert "[thiếu: Ký hiệu văn bản]" in " ".join(plain_lines(answer.content, ""))


def test_numbers_keep_their_digits(client: httpx.Client) -> None:
    sample = client.get("/api/forms/de-cuong-so-lieu").json()["sample"]
    sample["xa_xu_ly"] = {"hinh_su": {"phat_hanh_chinh": {"trieu_dong": "SỐ"}}}
    text = json.dumps({"record": sample}).replace('"S\\u1ed0"', "12.50")
    path = "/api/forms/de-cuong-so-lieu/document?format=json"
    record = client.post(path, content=text).text
    assert '"trieu_dong":12.50' in record
    read = client.post("/api/read", files={"file": ("a.json", record)}).json()["record"]
    assert read["xa_xu_ly"]["hinh_su"]["phat_hanh_chinh"]["trieu_dong"] == "12,50"


def test_everything_wrong_is_told_at_once(client: httpx.Client) -> None:
    answer = client.post("/api/forms/ke-hoach/document", json={"record": {"so": "x"}})
    assert answer.status_code == 422
    paths = [each["path"] for each in answer.json()["problems"]]
    assert {"$.so", "$.ky_hieu", "$.nguoi_ky"} <= set(paths)


def test_data_pulls_in_no_file_of_the_server(client: httpx.Client) -> None:
    record = changed(noi_dung={"$file": "/etc/passwd"})
    answer = client.post("/api/forms/ke-hoach/document", json=record)
    assert answer.status_code == 422
    assert [each["path"] for each in answer.json()["problems"]] == ["$.noi_dung"]
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"record": ', "JSON hỏng: thiếu giá trị"),
        (b"\xff\xfe{", "yêu cầu không phải UTF-8"),
        (b"[]", "yêu cầu phải là một nhóm { }"),
        (b"{}", "yêu cầu thiếu “record”, hoặc giá trị không đúng kiểu"),
        (b'{"record": {"a": NaN}}', "NaN không phải là số"),
        (b'{"record": ' + b"[" * 5000 + b"]" * 5000 + b"}", "dữ liệu lồng quá sâu"),
    ],
    ids=["broken", "not UTF-8", "list", "no record", "NaN", "deep"],
)
def test_a_request_that_cannot_be_read_says_why(
    client: httpx.Client, body: bytes, message: str
) -> None:
    answer = client.post("/api/forms/ke-hoach/review", content=body)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["message"] == message


# ---------------------------------------------------------------- files opened
def test_a_document_made_here_gives_its_record_back(client: httpx.Client) -> None:
    made = client.post("/api/forms/ke-hoach/document", json=changed()).content
    read = client.post("/api/read", files={"file": ("Kế hoạch.docx", made)}).json()
    assert (read["form"], read["record"], read["warnings"]) == ("ke-hoach", SAMPLE, [])


def test_a_document_changed_in_word_says_so(client: httpx.Client) -> None:
    made = client.post("/api/forms/ke-hoach/document", json=changed()).content
    read = client.post("/api/read", files={"file": ("Sửa.docx", retyped(made))}).json()
    (warning,) = read["warnings"]
    assert warning["file"] == "Sửa.docx"
    assert "đã bị sửa" in warning["message"]


def retyped(content: bytes) -> bytes:
    """Return a document in which somebody has changed a name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = data.replace("Quỳnh Chi".encode(), "Quỳnh Anh".encode())
            new.writestr(name, data)
    return stream.getvalue()


def test_a_data_file_finds_the_forms_it_fits(client: httpx.Client) -> None:
    read = client.post("/api/read", files={"file": ("a.json", json.dumps(SAMPLE))}).json()
    assert read["form"] == "ke-hoach"
    assert {"id": "bao-cao", "title": "Báo cáo"} in read["forms"]
    asked = client.post(
        "/api/read", files={"file": ("a.json", json.dumps(SAMPLE))}, data={"form": "bao-cao"}
    )
    assert [each["id"] for each in asked.json()["forms"]] == ["bao-cao"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b'{"khong_mau_nao_co": 1}', "dữ liệu không khớp với mẫu nào"),
        ("a.json", json.dumps([SAMPLE, SAMPLE]).encode(), "tệp có 2 bản ghi, ở đây chỉ mở một"),
        ("a.json", b"[1]", "tệp không chứa bản ghi nào"),
        ("a.json", b"PK\x03\x04", "đây là tệp Word, Excel hoặc tệp nén, không phải tệp dữ liệu"),
        ("a.docx", b"no document", ""),
        ("../../a.xlsx", b"", "bảng có nhiều đơn vị"),
    ],
    ids=["no form", "many", "no record", "a package", "no document", "a table"],
)
def test_a_file_that_cannot_be_opened_says_why(
    client: httpx.Client, name: str, content: bytes, message: str
) -> None:
    answer = client.post("/api/read", files={"file": (name, content)})
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["file"] == name.rpartition("/")[2]
    assert problem["message"].startswith(message)


# ---------------------------------------------------------------- drafts
def test_no_tab_overwrites_anothers_draft(client: httpx.Client) -> None:
    body = {"form": "ke-hoach", "record": {"trich_yeu": "Kế hoạch\nthử", "so": 1}}
    made = client.post("/api/drafts", json=body)
    assert made.status_code == 201
    path = f"/api/drafts/{made.json()['id']}"
    first = client.put(path, content='{"revision": 1, "record": {"so": 12.50}}').json()
    assert first["revision"] == 2
    late = client.put(path, json={"revision": 1, "record": {}})
    assert late.status_code == 409
    assert late.json()["problems"][0]["message"] == "bản nháp này vừa được sửa ở trang khác"
    assert client.get(path).text.endswith('"revision": 2, "record": {"so":12.50}}\n')


def test_drafts_are_listed_with_what_tells_them_apart(client: httpx.Client) -> None:
    for subject in ("Một", "Hai"):
        record = {"trich_yeu": f"Việc thứ\n{subject}"}
        client.post("/api/drafts", json={"form": "ke-hoach", "record": record})
    listed = client.get("/api/drafts").json()["drafts"]
    assert [(each["title"], each["name"]) for each in listed[:2]] == [
        ("Kế hoạch", "Việc thứ Hai"),
        ("Kế hoạch", "Việc thứ Một"),
    ]
    path = f"/api/drafts/{listed[0]['id']}"
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404
    assert client.delete(path).status_code == 404
    assert client.put(path, json={"revision": 1, "record": {}}).status_code == 404


def test_a_draft_is_of_a_form_that_is_there(client: httpx.Client) -> None:
    answer = client.post("/api/drafts", json={"form": "../khoi", "record": {}})
    assert answer.status_code == 404


# ---------------------------------------------------------------- standing details
def test_what_an_agency_always_writes_is_remembered_once(client: httpx.Client) -> None:
    path = "/api/forms/ke-hoach/standing"
    client.post(path, json=changed())
    other = {**SAMPLE["nguoi_ky"], "ho_ten": "Bùi Văn Thử"}
    kept = client.post(path, json=changed(nguoi_ky=other, luu="VT")).json()
    assert kept["agency"]["dia_danh"] == "Phú Lâm Thượng"
    assert kept["forms"]["ke-hoach"]["luu"] == "VT"
    assert [each["ho_ten"] for each in kept["signers"]] == ["Bùi Văn Thử", "Đỗ Thị Quỳnh Chi"]
    assert kept["recipients"] == SAMPLE["noi_nhan"]
    again = client.post(path, json=changed()).json()
    assert [each["ho_ten"] for each in again["signers"]] == ["Đỗ Thị Quỳnh Chi", "Bùi Văn Thử"]
    emptied = client.put("/api/standing", json={**again, "signers": []}).json()
    assert client.get("/api/standing").json() == emptied == {**again, "signers": []}


def test_forms_used_last_come_first(client: httpx.Client) -> None:
    for form in ("to-trinh", "ke-hoach"):
        client.post("/api/drafts", json={"form": form, "record": {}})
    recent = [each["form"] for each in client.get("/api/recent").json()["recent"]]
    assert recent[:2] == ["ke-hoach", "to-trinh"]


@pytest.mark.parametrize(
    "record", [{"luu": "VT\0"}, {"\0": 1}, {"noi_nhan": [{"nhom": ["\x005"]}]}]
)
def test_a_nul_is_kept_nowhere(client: httpx.Client, record: dict[str, Any]) -> None:
    answer = client.post("/api/drafts", json={"form": "ke-hoach", "record": record})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["message"] == "yêu cầu có ký tự \\u0000"
    text = {"luu": "viết \\u0000 thì được"}
    kept = client.post("/api/drafts", json={"form": "ke-hoach", "record": text}).json()
    assert client.get(f"/api/drafts/{kept['id']}").json()["record"] == text
