"""`vanban preview`, `vanban doctor` and PDF from `render` and `batch`, as a clerk types them."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from generator.batches.run import batch
from generator.preview import fonts, office
from generator.preview.pictures import page_sizes
from tests.clerk import FIXTURES, FORMS, ROOT, draw_form, keep, keep_lines, plan, units, vanban
from tests.making import make
from tests.preview.drawing import docx, paragraph
from tests.preview.test_office import MATH

PLAN = FIXTURES / "ke-hoach" / "nga-son.json"
UNITS = FIXTURES / "ban-cham-diem" / "don-vi-12.json"


@pytest.fixture(autouse=True)
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take LibreOffice away: everything here is to work without it."""
    monkeypatch.setenv(office.PROGRAM_VARIABLE, "/khong-co/soffice")


def text_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path.read_bytes()) as document:
        pages = [
            document[number].get_textpage().get_text_range() for number in range(len(document))
        ]
    return " ".join(" ".join(pages).split())


def word_file(path: Path, *words: str) -> Path:
    path.write_bytes(docx(*map(paragraph, words)))
    return path


# ---------------------------------------------------------------- one document
def test_a_form_without_data_shows_its_sample(tmp_path: Path) -> None:
    target = tmp_path / "x.pdf"
    ran = vanban("preview", "ban-cham-diem", "-o", target)
    assert (ran.code, ran.out, ran.err) == (0, "", f"Đã ghi {target} (2 trang).\n")
    assert "Công ty Cổ phần May Bình Phú".upper() in text_of(target)


def test_data_and_unit_choose_what_is_shown(tmp_path: Path) -> None:
    target = tmp_path / "x.pdf"
    ran = vanban("preview", "ban-cham-diem", UNITS, "--unit", "Phòng Nội vụ", "-o", target)
    assert ran.code == 0
    assert "PHÒNG NỘI VỤ" in text_of(target)
    ran = vanban("preview", "ban-cham-diem", UNITS, "-o", target)
    assert ran.err.startswith(
        f"{UNITS} có nhiều bản ghi; đây là bản ghi đầu tiên (xem thêm: --unit, --riskiest).\n"
    )


def test_a_word_file_is_shown_as_it_is(tmp_path: Path) -> None:
    source, target = word_file(tmp_path / "Công văn.docx", "Kính gửi"), tmp_path / "x.pdf"
    assert vanban("preview", source, "-o", target).code == 0
    assert text_of(target) == "Kính gửi"


def test_a_folder_takes_a_picture_of_each_page(tmp_path: Path) -> None:
    folder = tmp_path / "trang"
    assert vanban("preview", "ban-cham-diem", "-o", folder).code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["trang-1.png", "trang-2.png"]
    keep(folder / "ghi-chu.json", 1)
    (folder / "trang-9.png").mkdir()
    source = word_file(tmp_path / "a.docx", "một trang")
    assert vanban("preview", source, "-o", folder).code == 0
    # The page of the longer document is gone, other files are not.
    left = ["ghi-chu.json", "trang-1.png", "trang-9.png"]
    assert sorted(path.name for path in folder.iterdir()) == left
    with Image.open(folder / "trang-1.png") as image:
        assert image.size == (1191, 1684)  # A4 at 144 dots an inch


def test_a_png_shows_all_pages_on_one_picture(tmp_path: Path) -> None:
    target = tmp_path / "x.png"
    assert vanban("preview", "ban-cham-diem", "-o", target).code == 0
    with Image.open(target) as image:
        assert image.width > image.height  # two pages beside each other


def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf", "a.png", "b.png"):
        vanban("preview", "giay-moi", "-o", tmp_path / name)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_cold_start_takes_less_than_a_second_of_the_processor(tmp_path: Path) -> None:
    code = (
        "import time; from generator.cli import main\n"
        "try: main(['preview', 'ban-cham-diem', '-o', r'%s'])\n"
        "except SystemExit: print(time.process_time())"
    )
    command = [sys.executable, "-c", code % (tmp_path / "x.pdf")]
    said = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert float(said.stdout) < 2.0  # about 0.6; some room for a slow machine


# ---------------------------------------------------------------- other views
def test_a_template_stands_beside_the_document_made_from_it(tmp_path: Path) -> None:
    target = tmp_path / "x.pdf"
    assert vanban("preview", "giay-moi", "--tags", "-o", target).code == 0
    found = text_of(target)
    for words in ("giá trị", "vòng lặp", "điều kiện", "khối dùng chung", "Mẫu, trang 1",
                  "Văn bản, trang 1", 'include "khoi/', "GIẤY MỜI"):  # fmt: skip
        assert words in found


def test_two_versions_stand_beside_each_other(tmp_path: Path) -> None:
    old = word_file(tmp_path / "cu.docx", "Họp lúc 8 giờ")
    new = word_file(tmp_path / "moi.docx", "Họp lúc 14 giờ")
    target = tmp_path / "x.pdf"
    ran = vanban("preview", new, "--compare", old, "-o", target)
    assert "Bản sau bỏ hoặc sửa 1 chữ, có 1 chữ mới hoặc đã sửa.\n" in ran.err
    found = text_of(target)
    assert found.index("cu.docx, trang 1") < found.index("moi.docx, trang 1")
    ran = vanban("preview", new, "--compare", new, "-o", target)
    assert "Chữ của hai bản giống hệt nhau.\n" in ran.err


def test_all_forms_come_on_one_sheet(tmp_path: Path) -> None:
    target = tmp_path / "x.pdf"
    ran = vanban("preview", "--all", "-o", target)
    assert (ran.code, ran.err) == (
        0, f"{len(FORMS)} mẫu trên một tờ.\nĐã ghi {target} (1 trang).\n"
    )  # fmt: skip
    found = text_of(target)
    assert [form for form in FORMS if f"{form} (" not in found] == []


def test_a_form_that_cannot_be_shown_leaves_the_others_on_the_sheet(tmp_path: Path) -> None:
    draw_form(tmp_path, "tot")
    draw_form(tmp_path, "hong", template=make("{{ ten"))
    target = tmp_path / "x.pdf"
    ran = vanban("preview", "--all", "--templates", tmp_path, "-o", target)
    assert ran.code == 1
    assert "thẻ mở {{ không có dấu đóng }}" in ran.err
    found = text_of(target)
    assert "tot (1 trang)" in found
    assert "hong (" not in found


def test_the_riskiest_units_come_with_their_reasons(tmp_path: Path) -> None:
    target = tmp_path / "x.pdf"
    ran = vanban("preview", "ban-cham-diem", UNITS, "--riskiest", "3", "-o", target)
    assert ran.code == 0
    lines = ran.err.splitlines()
    assert [line[:2] for line in lines] == ["1.", "2.", "3.", "Đã"]
    assert all("(trung bình" in line for line in lines[:3])
    assert len(page_sizes(target.read_bytes())) == 3
    assert lines[0].split(": ")[0] in text_of(target)


# ---------------------------------------------------------------- wrong use
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "x.pdf"], "chưa nói xem gì\n  gợi ý: ghi tên mẫu hoặc tệp .docx, hoặc --all"),
        (["ke-hoach"], "thiếu tùy chọn --output\n  gợi ý: ghi -o xem.pdf, hoặc --open"),
        (["ke-hoach", "-o", "x.doc"], "x.doc: chỉ ghi được tệp .pdf, .png hoặc thư mục"),
        (["--all", "--tags", "-o", "x.pdf"], "--all và --tags không dùng cùng lúc"),
        (["ke-hoach", "--all", "-o", "x.pdf"], "--all xem mọi mẫu, không nhận tên mẫu"),
        (["ke-hoach", "--riskiest", "3", "-o", "x.pdf"], "--riskiest cần tệp dữ liệu"),
        (["a.docx", "b.json", "-o", "x.pdf"], "a.docx: đây là tệp Word, không phải mẫu"),
        (["ke-hoach", "-", "--watch", "-o", "x.pdf"], "--watch không dùng với đầu vào chuẩn"),
        (["ke-hoach", "--unit", "A", "-o", "x.pdf"], "--unit chọn một đơn vị của tệp dữ liệu"),
        (["khong-co.docx", "-o", "x.pdf"], "khong-co.docx: không có tệp này"),
        (["ke-hoac", "-o", "x.pdf"], "không có mẫu “ke-hoac”"),
        (["ke-hoach", "--renderer", "word", "-o", "x.pdf"], "--renderer không dùng được"),
    ],
)  # fmt: skip
def test_wrong_use_is_told(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = vanban("preview", *arguments)
    assert ran.code == 2
    assert words in ran.err
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- bad files
def bad_files() -> Iterator[tuple[str, bytes, int, str]]:
    good = docx(paragraph("a"))
    yield "cut", good[:-40], 3, "không phải tệp .docx, hoặc tệp đã hỏng"
    yield "doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), 3, "tệp Word đời cũ (.doc)"
    yield "empty", b"", 3, "không phải tệp .docx"
    stream = io.BytesIO(good)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/big.xml", bytes(70_000_000))
    yield "bomb", stream.getvalue(), 3, "một phần quá lớn"
    yield "macro", docx(paragraph("a"), parts={"vbaProject.bin": b"x"}), 3, "có macro"
    yield "math", docx(paragraph(MATH)), 5, "đoạn 1: bộ vẽ có sẵn không vẽ được công thức toán"


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [case[1:] for case in bad_files()],
    ids=[c[0] for c in bad_files()],
)
@pytest.mark.parametrize("renderer", ["auto", "embedded"])
def test_a_bad_file_gets_a_clear_error_and_no_pages(
    content: bytes, code: int, words: str, renderer: str, tmp_path: Path
) -> None:
    source, target = tmp_path / "a.docx", tmp_path / "x.pdf"
    source.write_bytes(content)
    ran = vanban("preview", source, "-o", target, "--renderer", renderer)
    assert ran.code == code
    assert ran.err.startswith(f"{source}: ")
    assert words in ran.err
    assert "gợi ý: " in ran.err
    assert not target.exists()


def test_a_missing_renderer_is_told_with_exit_code_5(tmp_path: Path) -> None:
    source = word_file(tmp_path / "a.docx", "a")
    ran = vanban("preview", source, "-o", tmp_path / "x.pdf", "--renderer", "libreoffice")
    assert (ran.code, ran.err.splitlines()[0]) == (5, "chưa cài LibreOffice")


# ---------------------------------------------------------------- watching
def test_watch_draws_again_when_data_template_or_block_is_saved(tmp_path: Path) -> None:
    form = draw_form(tmp_path, template=make('{% include "khoi/dau.docx" %}', "Tên: {{ ten }}"))
    (tmp_path / "khoi").mkdir()
    block = tmp_path / "khoi" / "dau.docx"
    block.write_bytes(make("Đầu trang"))
    data, target = keep(tmp_path / "d.json", {"ten": "An"}), tmp_path / "x.pdf"
    command = [sys.executable, "-m", "generator", "preview", form, data, "--watch", "-o", target]
    said = (tmp_path / "said").open("w+", encoding="utf-8")
    process = subprocess.Popen(
        [str(each) for each in command], cwd=ROOT, stderr=said,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip

    def waits_for(words: str) -> None:
        for _ in range(600):
            if target.exists() and words in text_of(target):
                return
            time.sleep(0.05)
        pytest.fail(f"{words} not drawn: {(tmp_path / 'said').read_text(encoding='utf-8')}")

    def heard(words: str) -> None:
        for _ in range(600):
            if words in (tmp_path / "said").read_text(encoding="utf-8"):
                return
            time.sleep(0.05)
        pytest.fail(f"not said: {words}")

    try:
        heard("Đang theo dõi các tệp")
        assert text_of(target) == "Đầu trang Tên: An"
        keep(data, {"ten": "Bình Minh"})
        waits_for("Tên: Bình Minh")
        (form / "template.docx").write_bytes(
            make('{% include "khoi/dau.docx" %}', "Họ tên: {{ ten }}")
        )
        waits_for("Họ tên: Bình Minh")
        block.write_bytes(make("Đầu trang mới"))
        waits_for("Đầu trang mới")
        data.write_text('{"ten": ', encoding="utf-8")
        heard("JSON hỏng")  # it goes on
        keep(data, {"ten": "Cường"})
        waits_for("Họ tên: Cường")
        if sys.platform != "win32":
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130
    finally:
        process.kill()
        process.wait()
        said.close()


def test_open_shows_the_file_with_the_system_s_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("generator.cli.preview.launch", lambda path: shown.append(str(path)))
    target = tmp_path / "x.pdf"
    assert vanban("preview", "giay-moi", "-o", target, "--open").code == 0
    assert vanban("preview", "giay-moi", "--open").code == 0
    assert shown[0] == str(target)
    assert Path(shown[1]).read_bytes() == target.read_bytes()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="Linux asks xdg-open")
@pytest.mark.parametrize("program", ["", "echo tiếng Anh >&2; exit 3"])
def test_where_nothing_shows_pdf_files_open_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, capfd: pytest.CaptureFixture[str]
) -> None:
    if program:
        (tmp_path / "xdg-open").write_text(f"#!/bin/sh\n{program}\n", encoding="utf-8")
        (tmp_path / "xdg-open").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin" if program else str(tmp_path))
    ran = vanban("preview", "giay-moi", "-o", tmp_path / "x.pdf", "--open")
    assert ran.code == 0
    assert f"Không mở được {tmp_path / 'x.pdf'}: máy chưa có chương trình xem." in ran.err
    assert "tiếng Anh" not in capfd.readouterr().err


# ---------------------------------------------------------------- render to PDF
def test_render_writes_an_archive_pdf_with_what_the_record_says(tmp_path: Path) -> None:
    target = tmp_path / "ke-hoach.pdf"
    ran = vanban("render", "ke-hoach", PLAN, "-o", target, "--verify")
    assert ran.code == 0
    assert ran.err.startswith(f"Đã ghi {target}. Đã đối chiếu ")
    record = json.loads(PLAN.read_text(encoding="utf-8"))
    with pikepdf.open(target) as pdf:
        meta = pdf.open_metadata()
        assert meta["dc:title"] == "Kế hoạch: " + " ".join(record["trich_yeu"].split())
        assert list(meta["dc:creator"]) == [" ".join(record["co_quan_ban_hanh"].split())]
        assert meta["pdf:Keywords"] == f"{record['so']}/{record['ky_hieu']}"
        assert str(meta["xmp:CreateDate"]).startswith(record["ngay_ban_hanh"])
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == (
            "2", "A", "1",
        )  # fmt: skip
    again = tmp_path / "again.pdf"
    vanban("render", "ke-hoach", PLAN, "-o", again)
    assert again.read_bytes() == target.read_bytes()


@pytest.mark.parametrize("form", FORMS)
def test_every_form_becomes_an_archive_pdf(form: str, tmp_path: Path) -> None:
    target = tmp_path / "x.pdf"
    sample = ROOT / "doctemplates" / form / "sample.json"
    ran = vanban("render", form, sample, "-o", target)
    assert (ran.code, ran.err) == (0, f"Đã ghi {target}.\n")
    with pikepdf.open(target) as pdf:
        meta = pdf.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfuaid:part"]) == ("2", "1")


def test_a_draft_is_drawn_with_its_stamp_and_never_over_a_final_pdf(tmp_path: Path) -> None:
    source, target = keep(tmp_path / "d.json", plan(so=None)), tmp_path / "x.pdf"
    assert vanban("render", "ke-hoach", source, "-o", target, "--draft").code in (0, 5)
    target.write_bytes(b"%PDF")
    ran = vanban("render", "ke-hoach", source, "-o", target, "--draft")
    assert ran.code == 2
    assert "bản dự thảo không ghi đè lên" in ran.err
    assert target.read_bytes() == b"%PDF"


def test_another_ending_is_refused(tmp_path: Path) -> None:
    ran = vanban("render", "ke-hoach", PLAN, "-o", tmp_path / "x.odt")
    assert ran.code == 2
    assert "chỉ ghi được tệp .docx hoặc .pdf" in ran.err


# ---------------------------------------------------------------- batches as PDF
def names(folder: Path, ending: str) -> list[str]:
    return sorted(path.stem for path in folder.glob(f"*.{ending}"))


def test_a_batch_writes_both_formats_and_says_so_in_the_list(tmp_path: Path) -> None:
    output = tmp_path / "kq"
    ran = vanban("batch", "ban-cham-diem", UNITS, "-o", output, "--format", "docx,pdf")
    assert ran.code == 0
    assert names(output, "docx") == names(output, "pdf")
    assert len(names(output, "pdf")) == 12
    rows = [
        json.loads(line) for line in (output / "manifest.jsonl").read_text("utf-8").splitlines()
    ]
    for row in rows:
        (copy,) = row["also"]
        assert copy["output"] == row["output"].removesuffix(".docx") + ".pdf"
        assert copy["bytes"] == (output / copy["output"]).stat().st_size
    assert not (output / ".~vanban").exists()


def test_pdf_alone_leaves_no_word_files(tmp_path: Path) -> None:
    output = tmp_path / "kq.zip"
    assert vanban("batch", "ban-cham-diem", UNITS, "-o", output, "--format", "pdf").code == 0
    with zipfile.ZipFile(output) as archive:
        kinds = {name.rpartition(".")[2] for name in archive.namelist()}
        row = json.loads(archive.read("manifest.jsonl").splitlines()[0])
    assert kinds == {"pdf", "jsonl"}
    assert row["output"].endswith(".pdf")
    assert "also" not in row


def test_resume_makes_again_a_document_of_which_one_format_is_gone(tmp_path: Path) -> None:
    output = tmp_path / "kq"
    both = ("batch", "ban-cham-diem", UNITS, "-o", output, "--format", "docx,pdf")
    vanban(*both)
    gone = sorted(output.glob("*.pdf"))[3]
    content = gone.read_bytes()
    gone.unlink()
    assert vanban(*both, "--resume").err.startswith("Đã tạo 1 văn bản, giữ nguyên 11, lỗi 0.")
    assert gone.read_bytes() == content
    # Asked for PDF alone, the list tells of PDF alone; what is there already stays.
    ran = vanban(*both[:-1], "pdf", "--resume")
    assert ran.err.startswith("Đã tạo 0 văn bản, giữ nguyên 12, lỗi 0.")
    rows = [
        json.loads(line) for line in (output / "manifest.jsonl").read_text("utf-8").splitlines()
    ]
    assert {row["output"][-4:] for row in rows} == {".pdf"}


def test_processes_give_the_same_bytes_as_one(tmp_path: Path) -> None:
    source = keep_lines(tmp_path / "d.jsonl", [each | {"don_vi": f"Tổ {n}"} for n, each in
                                               enumerate(units() * 4)])  # fmt: skip
    found = []
    for jobs in (1, 2):
        output = tmp_path / f"kq-{jobs}"
        results = list(batch("ban-cham-diem", str(source), output, jobs=jobs, formats=("pdf",)))
        assert all(result.done for result in results)
        found.append({path.name: path.read_bytes() for path in output.glob("*.pdf")})
    assert found[0] == found[1]
    assert len(found[0]) == 48


def test_worker_processes_leave_nothing_in_the_system_s_folder(tmp_path: Path) -> None:
    source = keep_lines(
        tmp_path / "d.jsonl", [each | {"don_vi": f"Tổ {n}"} for n, each in enumerate(units() * 4)]
    )
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    command = [sys.executable, "-m", "generator", "batch", "ban-cham-diem", source, "-o",
               tmp_path / "kq", "--format", "pdf", "--jobs", "2"]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), "TEMP": str(temporary)}
    subprocess.run(list(map(str, command)), cwd=ROOT, env=env, check=True, capture_output=True)
    assert list(temporary.iterdir()) == []


def test_combine_puts_all_units_into_one_pdf_in_their_order(tmp_path: Path) -> None:
    whole = tmp_path / "ghep.pdf"
    ran = vanban("batch", "ban-cham-diem", UNITS, "-o", tmp_path / "kq", "--combine", whole)
    assert ran.code == 0
    assert f"Đã ghép 12 văn bản, 24 trang: {whole}\n" in ran.err
    with pikepdf.open(whole) as pdf, pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
    asked = [record["don_vi"].replace("/", "-") for record in units()]
    assert [title for title, unit in zip(titles, asked, strict=True) if unit not in title] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--format", "docx,odt"], "không tạo được loại tệp odt"),
        (["--format", ","], "chưa chọn loại tệp"),
        (["--combine", "x.odt"], "x.odt: chỉ ghép được thành tệp .docx hoặc .pdf"),
    ],
)
def test_other_formats_are_refused(options: list[str], words: str, tmp_path: Path) -> None:
    ran = vanban("batch", "ban-cham-diem", UNITS, "-o", tmp_path / "kq", *options)
    assert ran.code == 2
    assert words in ran.err
    assert not (tmp_path / "kq").exists()


def test_a_unit_whose_pages_cannot_be_drawn_does_not_stop_the_others(tmp_path: Path) -> None:
    form = draw_form(tmp_path)
    source = keep(tmp_path / "d.json", [{"ten": "An"}, {"ten": "Chữ \u4e00"}, {"ten": "Bình"}])
    ran = vanban("batch", form, source, "-o", tmp_path / "kq", "--format", "docx,pdf")
    assert ran.code == 1
    assert f"{source}: bản ghi 2 (dòng 1), đoạn 1 của văn bản" in ran.err
    assert "không có ký tự “\u4e00” (U+4E00)" in ran.err
    assert names(tmp_path / "kq", "pdf") == names(tmp_path / "kq", "docx") == ["An", "Bình"]


def test_two_batches_draw_at_the_same_time_in_threads(tmp_path: Path) -> None:
    def run(name: str) -> None:
        list(batch("ban-cham-diem", str(UNITS), tmp_path / name, formats=("pdf",)))

    threads = [threading.Thread(target=run, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in "ab"
    )
    assert first == second
    assert len(first) == 13


# ---------------------------------------------------------------- doctor
def test_doctor_tells_which_face_is_used_and_that_it_has_all_letters() -> None:
    ran = vanban("doctor")
    assert ran.code == 0
    face = fonts.resolve("Times New Roman").family
    line = next(line for line in ran.out.splitlines() if "Phông Times New Roman" in line)
    assert line.startswith("✓ ")
    assert face in line or "có trên máy" in line
    assert "đủ 146/146 chữ tiếng Việt" in line
    assert "! LibreOffice: chưa cài" in ran.out


def test_doctor_says_what_is_missing_and_leaves_with_5(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "installed", lambda family, files="*": None)
    fonts.resolve.cache_clear()
    try:
        ran = vanban("doctor", "--json")
    finally:
        fonts.resolve.cache_clear()
    assert ran.code == 5
    (lacking,) = [row for row in json.loads(ran.out) if row["state"] == "thiếu"]
    assert lacking["what"] == "Phông Times New Roman"
    assert "cài một trong các phông" in lacking["hint"]
