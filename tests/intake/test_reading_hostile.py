"""Hostile tables: a clear sentence, within seconds, in bounded memory."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.errors import GeneratorError
from generator.intake.book import open_book
from generator.pipeline import Form, open_form
from generator.records.places import column_letters
from tests.intake.tables import (
    HEADING_ROW,
    HEADINGS,
    WORKBOOK_XML,
    cell,
    complaints,
    form,
    package,
    saved_as,
    sheet_xml,
    warnings,
    workbook,
)

SECONDS = 30  # of processor time, on the slowest machine; most take a hundredth


@pytest.fixture
def small(tmp_path: Path) -> Form:
    return form(tmp_path)


@pytest.fixture(autouse=True)
def _within_seconds() -> object:
    """Fail a test that took unreasonably long."""
    start = time.process_time()
    yield
    assert time.process_time() - start < SECONDS


DTD = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
NO_DTD = "chứa khai báo DTD, bị từ chối vì an toàn"
TOO_LARGE = "tệp bung ra quá lớn, bị từ chối vì an toàn"


@pytest.mark.parametrize(
    ("sheet", "parts", "message"),
    [
        (DTD + sheet_xml(cell("A1", "&b;")), {}, NO_DTD),
        (sheet_xml(""), {"xl/workbook.xml": FILE + WORKBOOK_XML.replace("Trang", "&a;")}, NO_DTD),
        (sheet_xml(""), {"xl/sharedStrings.xml": DTD + "<sst><si><t>&b;</t></si></sst>"}, NO_DTD),
        (sheet_xml(""), {"xl/styles.xml": DTD + "<styleSheet/>"}, NO_DTD),
        (sheet_xml(" " * 100_000_000), {}, TOO_LARGE),
        (sheet_xml(HEADING_ROW + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), {},
         "trang có dữ liệu tới cột XFD, nhiều hơn 2000 cột"),
        (sheet_xml("<row>" + "".join(
            cell(f"{column_letters(n)}1", f"Cột {n}") for n in range(1, 16_385)) + "</row>"), {},
         "trang có dữ liệu tới cột XFD, nhiều hơn 2000 cột"),
        (sheet_xml(f'<row>{cell("A1", "x" * 3_000_000)}</row>'), {}, "ô chứa văn bản quá dài"),
        (sheet_xml('<row r="99999999"><c r="A1"><v>1</v></c></row>'), {},
         "số thứ tự dòng không hợp lệ"),
        (sheet_xml(HEADING_ROW)[:-20], {}, "XML hỏng ở dòng 1"),
        ("", {}, "XML hỏng ở dòng 1"),
    ],
    ids=["entities in a sheet", "a local file", "entities in strings", "entities in styles",
         "a bomb", "one far cell", "16,384 columns", "a huge text", "a row beyond the sheet",
         "cut", "empty part"],
)  # fmt: skip
def test_a_workbook_made_to_harm_is_refused_in_a_sentence(
    small: Form, tmp_path: Path, sheet: str, parts: dict[str, str], message: str
) -> None:
    path = package(tmp_path / "a.xlsx", sheet, parts)
    assert [line for line in complaints(small, path) if message in line]


def test_a_million_blank_rows_are_passed_over(small: Form, tmp_path: Path) -> None:
    blank = "".join(f'<row r="{row}" spans="1:3"/>' for row in range(3, 1_000_001))
    unit = f'<row r="2">{cell("A2", "Xã A")}{cell("B2", "05")}</row>'
    path = package(tmp_path / "a.xlsx", sheet_xml(HEADING_ROW + unit + blank))
    assert [raw.value["so"] for raw in small.records(str(path))] == ["05"]


def test_a_million_styled_blank_rows_of_a_text_file_are_passed_over(
    small: Form, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Đơn vị;Số\nXã A;05\n" + ";\n" * 1_000_000, "utf-8")
    assert [raw.value["so"] for raw in small.records(str(path))] == ["05"]


def test_repeated_cells_of_an_open_document_are_counted_not_copied(
    small: Form, tmp_path: Path
) -> None:
    wide = '<table:table-cell office:value-type="string" table:number-columns-repeated="16384">'
    row = f'<table:table-row table:number-rows-repeated="1048576">{wide}<text:p>x</text:p>'
    content = (
        '<o xmlns:table="t" xmlns:office="o" xmlns:text="x"><table:table table:name="A">'
        f"{row}</table:table-cell></table:table-row></table:table></o>"
    )
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("content.xml", content)
    (told,) = complaints(small, tmp_path / "a.ods")
    assert told == "A: trang có dữ liệu tới cột XFD, nhiều hơn 2000 cột"


def test_a_file_that_lies_about_its_sizes_is_damaged(small: Form, tmp_path: Path) -> None:
    sheet = sheet_xml(HEADING_ROW + " " * 5_000_000)
    path = package(tmp_path / "a.xlsx", sheet)
    content, size = path.read_bytes(), len(sheet.encode()).to_bytes(4, "little")
    assert size in content
    path.write_bytes(content.replace(size, (100).to_bytes(4, "little")))
    assert complaints(small, path) == [": phần xl/worksheets/sheet1.xml đã hỏng"]


def test_control_characters_are_told_with_their_cell(small: Form, tmp_path: Path) -> None:
    row = f'<row r="2">{cell("A2", "Xã A")}{cell("B2", "0_x0007_5")}</row>'
    path = package(tmp_path / "a.xlsx", sheet_xml(HEADING_ROW + row))
    assert complaints(small, path) == ["Trang!B2: Số: ký tự không in được U+0007 ở vị trí 2"]


def test_macros_and_links_are_left_aside_and_reported(small: Form, tmp_path: Path) -> None:
    row = f'<row r="2">{cell("A2", "Xã A")}{cell("B2", "05")}</row>'
    parts = {"xl/vbaProject.bin": "x", "xl/externalLinks/externalLink1.xml": "<x/>"}
    path = package(tmp_path / "a.xlsm", sheet_xml(HEADING_ROW + row), parts)
    assert [raw.value["so"] for raw in small.records(str(path))] == ["05"]
    assert [line for line in warnings(small, path) if line.startswith("tệp có ")] == [
        "tệp có macro: không chạy, không đọc theo; chỉ dùng giá trị trong ô",
        "tệp có liên kết tới tệp khác: không chạy, không đọc theo; chỉ dùng giá trị trong ô",
    ]


def test_a_formula_in_a_text_file_stays_text(small: Form, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('Đơn vị,Số\n"=HYPERLINK(""http://x"",""y"")",05\n', "utf-8")
    (raw,) = small.records(str(tmp_path / "a.csv"))
    assert raw.value["don_vi"] == '=HYPERLINK("http://x","y")'


# ---------------------------------------------------------------- not what the name says
def as_text(path: Path) -> None:
    path.write_text("Đơn vị;Số\nA;1\n", "utf-8")


def as_page(path: Path) -> None:
    path.write_text("<html><table><tr><td>Đơn vị</td></tr></table></html>", "utf-8")


def as_xml(path: Path) -> None:
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    path.write_text(f'<?xml version="1.0"?><Workbook xmlns="{name}"/>', "utf-8")


def as_word(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")


def as_binary_book(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", "x")


def container(*names: str, table: bytes = b"") -> bytes:
    """Return an old Office container with a directory of empty streams."""
    free, end, of_table = b"\xff" * 4, b"\xfe" + b"\xff" * 3, b"\xfd" + b"\xff" * 3
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    header[0x1E:0x22] = (9).to_bytes(2, "little") + (6).to_bytes(2, "little")
    header[0x30:0x34] = (1).to_bytes(4, "little")  # the directory
    header[0x38:0x3C] = (4096).to_bytes(4, "little")
    header[0x3C:0x40], header[0x44:0x48] = end, end
    header[0x4C:] = bytes(4) + 108 * free  # the table of chains
    entries = b""
    for kind, name in ((5, "Root Entry"), *((2, name) for name in names)):
        spelt = name.encode("utf-16-le")
        entry = spelt.ljust(64, b"\0") + (len(spelt) + 2).to_bytes(2, "little") + bytes([kind])
        entries += entry.ljust(116, b"\0") + end + bytes(8)
    chains = table or of_table + end
    return bytes(header) + chains.ljust(512, b"\xff") + entries.ljust(512, b"\0")


def encrypted(path: Path) -> None:
    path.write_bytes(container("EncryptionInfo", "EncryptedPackage"))


def old_word(path: Path) -> None:
    path.write_bytes(container("WordDocument"))


def a_circle(path: Path) -> None:
    """Make a container whose directory goes on in itself."""
    table = b"\xfd" + b"\xff" * 3 + (1).to_bytes(4, "little")
    path.write_bytes(container("Workbook", table=table))


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def pdf(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7\n")


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("a.xlsx", as_text, "tệp mang đuôi .xlsx nhưng bên trong là văn bản thường (như .csv)"),
        ("a.xls", as_page, "tệp là trang web (HTML) mang đuôi bảng tính"),
        ("a.xls", as_xml, "tệp là bảng tính XML đời 2003"),
        ("a.xlsx", as_word, "đây là văn bản Word, không phải bảng dữ liệu"),
        ("a.xlsx", as_binary_book, "đây là sổ Excel nhị phân (.xlsb), không phải bảng dữ liệu"),
        ("a.xlsx", encrypted, "tệp bị đặt mật khẩu"),
        ("a.xls", old_word, "đây là tệp Word hoặc tệp khác, không phải bảng dữ liệu"),
        ("a.xls", a_circle, "tệp .xls đã hỏng, không đọc được"),
        ("a.csv", nothing, "tệp rỗng"),
        ("a.xlsx", nothing, "tệp rỗng"),
        ("a.csv", pdf, "đây là tệp PDF, không phải bảng dữ liệu"),
    ],
)
def test_a_file_is_called_what_it_is(
    small: Form, tmp_path: Path, name: str, make: Callable[[Path], None], message: str
) -> None:
    make(tmp_path / name)
    assert complaints(small, tmp_path / name) == [f": {message}"]


def test_workbooks_under_each_others_names_are_recognised(small: Form, tmp_path: Path) -> None:
    source = workbook(tmp_path / "a.xlsx", {"S": [HEADINGS]})
    for ending, name in (("ods", "OpenDocument (.ods)"), ("xls", "Excel đời cũ (.xls)")):
        wrong = tmp_path / f"sai-{ending}.xlsx"
        wrong.write_bytes(saved_as(source, ending, tmp_path).read_bytes())
        (told,) = complaints(small, wrong)
        assert name in told
    wrong = tmp_path / "sai.csv"
    wrong.write_bytes(source.read_bytes())
    assert complaints(small, wrong) == [": tệp mang đuôi .csv nhưng bên trong là sổ Excel (.xlsx)"]


# ---------------------------------------------------------------- damaged at random
def told(form: Form, path: Path) -> None:
    """Read a file to its end: records, or a sentence, and never another exception."""
    with contextlib.suppress(GeneratorError):
        for raw in form.records(str(path)):
            form.schema.read(raw.value)


class Whole:
    """A small form and good tables; told in short where a test fails."""

    def __init__(self, form: Form, contents: dict[str, bytes]) -> None:
        self.form, self.contents = form, contents


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Return a small form, and one good table in every format."""
    folder = tmp_path_factory.mktemp("hong")
    rows = [HEADINGS, *((f"Xã {n}", f"0{n}", n, n / 4, "11/4/2018", "Có") for n in range(5))]
    source = workbook(folder / "a.xlsx", {"S": rows})
    paths = [source, *(saved_as(source, ending, folder) for ending in ("ods", "xls", "csv"))]
    return Whole(form(folder), {path.suffix: path.read_bytes() for path in paths})


ALIVE = [HealthCheck.function_scoped_fixture]


@settings(max_examples=150, suppress_health_check=ALIVE)
@given(
    ending=st.sampled_from([".xlsx", ".ods", ".xls", ".csv"]),
    seed=st.integers(0, 2**32),
    cut=st.booleans(),
)
def test_a_damaged_file_is_read_or_refused_in_a_sentence(
    whole: Whole, tmp_path: Path, ending: str, seed: int, cut: bool
) -> None:
    chance = random.Random(seed)
    content = bytearray(whole.contents[ending])
    for _ in range(chance.randint(1, 20)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    if cut:
        del content[chance.randrange(len(content)) :]
    path = tmp_path / f"a{ending}"
    path.write_bytes(content)
    told(whole.form, path)


XML_PIECES = st.sampled_from(
    ["<row>", "</row>", '<row r="2">', '<row r="x">', "<c>", "</c>", '<c r="A1">', '<c r="ZZZZ9">',
     '<c t="s">', '<c t="b">', '<c t="d">', '<c t="e">', '<c s="9">', "<v>", "</v>", "<is>",
     "</is>", "<t>", "</t>", "<f>", "</f>", "1", "-1e9", "1e999", "nan", "x", " ", "<rPh>",
     "</rPh>", "&amp;", "_x0000_", "_xD800_", '<mergeCell ref="A1:B2"/>', '<mergeCell ref="1"/>',
     '<col min="1" max="9" hidden="1"/>', "Đơn vị"]
)  # fmt: skip


@settings(max_examples=200, suppress_health_check=ALIVE)
@given(st.lists(XML_PIECES, max_size=25))
def test_any_xml_in_a_sheet_is_read_or_refused_in_a_sentence(
    whole: Whole, tmp_path: Path, pieces: list[str]
) -> None:
    told(whole.form, package(tmp_path / "a.xlsx", sheet_xml(HEADING_ROW + "".join(pieces))))


@settings(max_examples=200, suppress_health_check=ALIVE)
@given(
    st.binary(max_size=200)
    | st.text(alphabet='Đơn vị,;Số\n\r\t"=\0\ufeff|1', max_size=60).map(str.encode)
)
def test_any_text_file_is_read_or_refused_in_a_sentence(
    whole: Whole, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    told(whole.form, tmp_path / "a.csv")


FOUND = sorted((Path(__file__).parents[2] / "fixtures" / "hong").glob("*"))


def test_there_are_cases_found_by_chance() -> None:
    assert FOUND


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_a_case_once_found_stays_mended(path: Path) -> None:
    told(open_form("ban-cham-diem"), path)


# ---------------------------------------------------------------- memory
READ = """
import resource, sys
from pathlib import Path
from generator.pipeline import open_form
count = sum(1 for raw in open_form(sys.argv[1]).records(sys.argv[2]) if not raw.faults)
status = Path("/proc/self/status")
text = status.read_text() if status.exists() else ""
peak = next((int(line.split()[1]) for line in text.splitlines() if "VmHWM" in line), None)
print(count, peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_mb(form: Form, source: Path) -> tuple[int, float]:
    said = subprocess.run(
        [sys.executable, "-c", READ, str(form.bundle.folder), str(source)],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    return int(said[0]), int(said[1]) / 1024


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_memory_does_not_grow_with_the_rows(small: Form, tmp_path: Path, ending: str) -> None:
    peaks = {}
    for count in (5_000, 50_000):
        path = tmp_path / f"{count}{ending}"
        with path.open("w", encoding="utf-8") as stream:
            stream.write("Đơn vị;Số\n" if ending == ".csv" else "")
            for number in range(count):
                line = f"Đơn vị thứ {number};{number}"
                record = f'{{"don_vi": "Đơn vị thứ {number}", "so": "{number}"}}'
                stream.write(f"{line if ending == '.csv' else record}\n")
        read, peaks[count] = peak_mb(small, path)
        assert read == count
    assert peaks[50_000] < peaks[5_000] + 8  # megabytes: the file alone is 2, as objects 40


def test_sheets_of_a_book_are_read_as_often_as_wanted(tmp_path: Path) -> None:
    sheet = open_book(workbook(tmp_path / "a.xlsx", {"S": [["a"], [1]]}), "a").sheets[0]
    assert list(sheet.rows()) == list(sheet.rows()) == [(1, {1: "a"}), (2, {1: 1})]
