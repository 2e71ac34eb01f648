"""Files that cannot or must not be checked: a clear sentence, exit code 3, bounded work."""

from __future__ import annotations

import io
import socket
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clerk import vanban
from tests.conformity.drawing import draw, rewritten
from tests.conformity.letters import PLAN

GOOD = draw(PLAN)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
SECONDS = 10.0


def document(change: Callable[[str], str]) -> bytes:
    """Return the good document with another main part."""
    return rewritten(GOOD, lambda name, text: change(text) if "document.xml" in name else text)


def with_part(name: str, content: bytes) -> bytes:
    stream = io.BytesIO(GOOD)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def main_part(text: str) -> Callable[[str], str]:
    return lambda old: text if "<w:body>" in old else old


def entities(text: str) -> str:
    pairs = zip("abcdefghi", "bcdefghij", strict=True)
    laughs = '<!ENTITY a "ha">'
    laughs += "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in pairs)
    if "<w:body>" not in text:
        return text
    declared = text.replace("<w:document", f"<!DOCTYPE w:document [{laughs}]><w:document", 1)
    return declared.replace("Nâng cao", "&j;")


def external_entity(text: str) -> str:
    doctype = '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document'
    return text.replace("<w:document", doctype, 1).replace("Nâng cao", "&x;")


DAMAGED: dict[str, tuple[bytes, str]] = {
    "rong": (b"", "không phải tệp .docx"),
    "cut": (GOOD[: len(GOOD) // 2], "không phải tệp .docx"),
    "van-ban-thuong": ("Kế hoạch".encode(), "không phải tệp .docx"),
    "doi-cu": (OLE, "Word đời cũ (.doc) hoặc tệp đặt mật khẩu"),
    "xml-hong": (document(main_part("<w:document")), "XML hỏng"),
    "cuoi-ngat-nguong": (document(entities), "XML hỏng"),
    "doc-trom": (document(external_entity), "DTD"),
    "bom": (with_part("word/bom.xml", bytes(70 * 1024 * 1024)), "quá lớn"),
    "macro": (with_part("word/vbaProject.bin", b"macro"), "chứa macro"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_bad_file_gives_a_sentence_and_exit_code_three(tmp_path: Path, name: str) -> None:
    content, message = DAMAGED[name]
    path = tmp_path / f"{name}.docx"
    path.write_bytes(content)
    started = time.monotonic()
    ran = vanban("check", path)
    assert ran.code == 3
    assert message in ran.err
    assert name in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""
    assert time.monotonic() - started < SECONDS


@pytest.mark.parametrize("suffix", [".docm", ".doc"])
def test_macros_and_old_files_are_known_by_their_names_too(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(GOOD if suffix == ".docm" else OLE)
    assert vanban("check", path).code == 3


def test_links_to_elsewhere_are_never_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(name: str, text: str) -> str:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        link = (
            f'<Relationship Id="x1" Type="{kind}/attachedTemplate" '
            'Target="http://192.0.2.1/t.dotm" TargetMode="External"/>'
            f'<Relationship Id="x2" Type="{kind}/image" '
            'Target="file:///etc/passwd" TargetMode="External"/>'
        )
        return text.replace("</Relationships>", f"{link}</Relationships>")

    def refuse(*arguments: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    path = tmp_path / "lien-ket.docx"
    path.write_bytes(rewritten(GOOD, change))
    assert vanban("check", path).code == 0


def test_deep_nesting_is_refused_or_read_in_bounded_time(tmp_path: Path) -> None:
    cell = "<w:tbl><w:tr><w:tc>"
    deep = cell * 150 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 150
    path = tmp_path / "sau.docx"
    path.write_bytes(document(lambda text: text.replace("<w:body>", f"<w:body>{deep}", 1)))
    started = time.monotonic()
    ran = vanban("check", path)
    assert ran.code in (0, 1, 3)
    assert "lỗi ngoài dự kiến" not in ran.err
    assert time.monotonic() - started < SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "“" * 20_000,
        "(" * 20_000,
        " " * 50_000 + "a",
        "a " * 40_000,
        "Số: " * 5_000,
        "ngày " * 10_000,
        "V/v " * 10_000,
        "A" * 60_000,
        " " * 50_000,
        "a" + "\t" * 50_000 + "/",
        "òa" * 30_000,
        "1." * 20_000,
        "hoà" * 20_000,
        "kính gửi " * 8_000,
    ],
)
def test_a_hostile_paragraph_costs_little(tmp_path: Path, text: str) -> None:
    path = tmp_path / "dai.docx"
    path.write_bytes(document(lambda old: old.replace("Nâng cao", text, 1)))
    started = time.monotonic()
    ran = vanban("check", path)
    assert ran.code in (0, 1)
    assert time.monotonic() - started < SECONDS


def test_strange_numbers_in_properties_are_survived(tmp_path: Path) -> None:
    def change(text: str) -> str:
        wild = text.replace('w:before="120"', 'w:before="99999999999999999999"', 1)
        wild = wild.replace('w:firstLine="720"', 'w:firstLine="abc"', 1)
        wild = wild.replace('w:val="28"', 'w:val="-3.5e9"', 2)
        return wild.replace('w:w="3700"', 'w:w="nhiều"')

    path = tmp_path / "so-la.docx"
    path.write_bytes(document(change))
    ran = vanban("check", path)
    assert ran.code in (0, 1)
    assert "lỗi ngoài dự kiến" not in ran.err


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


CELLS = f"<w:tc>{paragraph('CHỦ TỊCH')}<w:p/></w:tc><w:tc>{paragraph('Nguyễn Văn A')}</w:tc>"
MANY: dict[str, str] = {
    "quoc-hieu": paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") * 8_000,
    "phu-luc": paragraph("Phụ lục") * 8_000,
    "noi-nhan": paragraph("Nơi nhận:") * 8_000,
    "chu-ky": paragraph("CHỦ TỊCH") * 8_000,
    "can-cu": paragraph("Căn cứ Luật Đất đai;") * 8_000,
    "bang": f"<w:tbl><w:tr>{CELLS}</w:tr></w:tbl>" * 2_000,
    "hang": f"<w:tbl>{f'<w:tr>{CELLS}</w:tr>' * 3_000}</w:tbl>",
    "doan-trong": "<w:p/>" * 20_000,
    "chu-vun": f"<w:p>{'<w:r><w:rPr><w:b/></w:rPr><w:t>a “</w:t></w:r>' * 15_000}</w:p>",
    "xuong-dong": f"<w:p><w:r>{'<w:t>A</w:t><w:br/>' * 15_000}</w:r></w:p>",
}


@pytest.mark.parametrize("name", MANY)
def test_the_same_thing_thousands_of_times_costs_little(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.docx"
    path.write_bytes(document(lambda text: text.replace("<w:body>", f"<w:body>{MANY[name]}", 1)))
    started = time.process_time()
    assert vanban("check", path, "--format", "json").code in (0, 1)
    assert time.process_time() - started < SECONDS
