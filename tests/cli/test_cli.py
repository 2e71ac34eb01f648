"""The commands as a secretary types them: what they print and where, help, faults, exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import __version__
from generator.batches import run as batches
from generator.bundle import ENVIRONMENT_VARIABLE, shipped
from generator.cli.table import COMMANDS
from generator.language.filters import FILTERS
from generator.pipeline import Form
from tests.clerk import (
    FIXTURES,
    FORMS,
    ROOT,
    TEXT_FIELD,
    draw_form,
    keep,
    object_of,
    plan,
    units,
    vanban,
)
from tests.making import lines, make
from tests.records.test_schema_messages import BROKEN

PLAN = FIXTURES / "ke-hoach" / "nga-son.json"
DATA = FIXTURES / "ke-hoach"


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)


def tail(out: str) -> str:
    """Return the last line of an output."""
    return out.rstrip("\n").rpartition("\n")[2]


# ---------------------------------------------------------------- help
HELP = """\
Cách dùng: vanban [TÙY CHỌN] LỆNH …

  Tạo văn bản hành chính từ tệp dữ liệu: kế hoạch, báo cáo, bản chấm điểm của
  từng đơn vị.

Tùy chọn:
  --version  In số phiên bản rồi thoát.
  --help     In trang trợ giúp này rồi thoát.

Các lệnh:
  list      Liệt kê các mẫu.
  show      Xem các trường của một mẫu, hoặc nội dung mẫu (hay tệp .docx) dạng
            chữ.
  filters   Liệt kê các bộ lọc dùng trong mẫu, mỗi bộ lọc một ví dụ.
  init      Tạo tệp dữ liệu để điền cho một mẫu: tệp JSON, hoặc sổ Excel.
  validate  Kiểm tra dữ liệu, không tạo văn bản.
  explain   Giải thích một giá trị tính được: phép tính, các số và chỗ lấy số.
  render    Tạo một văn bản Word hoặc PDF từ dữ liệu (- là đầu vào chuẩn).
  batch     Tạo văn bản cho mọi đơn vị của một tệp hoặc thư mục dữ liệu.
  package   Tạo cả gói văn bản từ một tệp: văn bản chính và các phần kèm theo.
  rollup    Tổng hợp số liệu của nhiều đơn vị vào bảng, báo cáo của cấp trên.
  preview   Xem trang in của một mẫu hoặc một tệp Word; không có dữ liệu thì
            dùng ví dụ.
  check     Kiểm tra thể thức của tệp Word, thư mục tệp Word, hoặc một mẫu.
  new       Tạo một mẫu mới bằng cách chép một mẫu có sẵn, để sửa trong Word.
  import    Biến biểu mẫu trống (dấu chấm, ô trống) thành mẫu có thẻ.
  schema    Soạn nháp schema và ví dụ cho một tệp Word đã có thẻ.
  lint      Kiểm tra một mẫu trước khi dùng: thẻ, trường, ví dụ, thể thức.
  serve     Mở trang làm việc trong trình duyệt.
  account   Tài khoản của máy chủ cơ quan: thêm, đổi, xóa, nhật ký.
  doctor    Kiểm tra máy: phông chữ, bộ vẽ trang, LibreOffice, các gói tùy
            chọn.
  demo      Chạy thử việc chính: một kế hoạch và bản chấm điểm của 300 đơn vị.

  Bắt đầu: vanban list, rồi vanban init ke-hoach -o ke-hoach.json.
"""
BATCH_HELP = """\
Cách dùng: vanban batch [TÙY CHỌN] MẪU DỮ_LIỆU

  Tạo văn bản cho mọi đơn vị của một tệp hoặc thư mục dữ liệu.

Tùy chọn:
  -o, --output NƠI          Nơi chứa kết quả: thư mục, tệp .zip, hoặc địa chỉ
                            như s3://kho/thu-muc.
  --jobs SỐ                 Số tiến trình chạy cùng lúc; không ghi thì dùng
                            mọi nhân của máy.  [từ 1 trở lên]
  --resume, --changed-only  Làm tiếp lần trước: chỉ tạo văn bản còn thiếu,
                            hoặc có dữ liệu hay mẫu đã đổi.
  --dry-run                 Chạy thử: kiểm tra và tạo thử tất cả, không ghi
                            gì.
  --verify                  Đọc lại từng văn bản, so với dữ liệu rồi mới ghi.
  --force-layout            Vẫn tạo văn bản dù mẫu đã biết là chưa đạt thể
                            thức.
  --cluster ĐỊA_CHỈ         Chạy trên cụm máy Dask: tcp://máy:8786, hoặc
                            local:SỐ cho máy này.
  --format docx,pdf         Loại tệp: docx, pdf, hay cả hai, cách nhau bằng
                            dấu phẩy.  [mặc định: docx]
  --combine TỆP.docx|.pdf   Ghép thêm mọi văn bản thành một tệp Word hoặc PDF
                            để in một lượt, theo thứ tự dữ liệu.
  --renderer BỘ_VẼ          Bộ vẽ trang: embedded (có sẵn), libreoffice, hoặc
                            auto (tự chọn).
  --templates THƯ_MỤC       Thư mục mẫu tìm trước; ghi được nhiều lần.
  --help                    In trang trợ giúp này rồi thoát.
"""
# What click says by itself, and what option names and file names may keep.
ENGLISH = re.compile(r"(?i)\b(?:usage|options?|commands?|args|required|default|show|exit|range)\b")
KEPT = re.compile(r"--?[a-z]+|vanban \w+|\.\w+|^  [a-z]+ ", re.MULTILINE)


def test_the_help_page_word_for_word() -> None:
    ran = vanban("--help")
    assert (ran.code, ran.out, ran.err) == (0, HELP, "")


def test_the_help_page_of_a_command_word_for_word() -> None:
    assert vanban("batch", "--help").out == BATCH_HELP


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_a_vietnamese_help_page(command: str) -> None:
    ran = vanban(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Cách dùng: vanban {command} [TÙY CHỌN]")
    assert not ENGLISH.findall(KEPT.sub("", ran.out))
    options = [line for line in ran.out.splitlines() if line.startswith("  -")]
    assert options[-1].endswith("In trang trợ giúp này rồi thoát.")


@pytest.mark.parametrize("command", [(), *((name,) for name in sorted(COMMANDS))])
def test_help_fits_a_narrow_terminal(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    wide = [line for line in vanban(*command, "--help").out.splitlines() if len(line) > 50]
    assert wide == []  # click lays out no narrower than 50


def test_the_version_is_printed() -> None:
    assert vanban("--version").out == f"vanban {__version__}\n"


def test_without_a_command_the_help_page_is_a_message() -> None:
    ran = vanban()
    assert (ran.code, ran.out, ran.err) == (2, "", HELP)


# ---------------------------------------------------------------- wrong use
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("lst", "không có lệnh “lst”\n  gợi ý: có phải bạn muốn gõ list?\n"),
        ("zzz", "không có lệnh “zzz”\n  gợi ý: xem vanban --help\n"),
        ("render", "thiếu tham số MẪU\n  gợi ý: xem vanban render --help\n"),
        ("render ke-hoach", "thiếu tham số DỮ_LIỆU\n  gợi ý: xem vanban render --help\n"),
        ("render ke-hoach a.json", "thiếu tùy chọn --output\n  gợi ý: xem vanban render --help\n"),
        ("render ke-hoach a.json -o", "tùy chọn -o cần có giá trị đi kèm\n"
         "  gợi ý: xem vanban --help\n"),
        ("render ke-hoach a.json --otput b", "không có tùy chọn --otput\n"
         "  gợi ý: có phải bạn muốn gõ --output?\n"),
        ("render ke-hoach a.json --nhap", "không có tùy chọn --nhap\n"
         "  gợi ý: xem vanban render --help\n"),
        ("render ke-hoach a.json --pdf", "không có tùy chọn --pdf\n"
         "  gợi ý: đặt tên tệp kết quả có đuôi .pdf: -o ten-tep.pdf\n"),
        ("batch ke-hoach a.json --pdf", "không có tùy chọn --pdf\n"
         "  gợi ý: ghi --format pdf\n"),
        ("validate ke-hoach a.json --json", "không có tùy chọn --json\n"
         "  gợi ý: ghi --format json\n"),
        ("rollup tong-hop-so-lieu a.json --pdf", "không có tùy chọn --pdf\n"
         "  gợi ý: xem vanban rollup --help\n"),
        ("list thừa", "thừa hoặc sai tham số\n  gợi ý: xem vanban list --help\n"),
        ("batch ke-hoach a.json -o b --jobs 0", "giá trị của tùy chọn --jobs không dùng được\n"
         "  gợi ý: ghi số từ 1 trở lên\n"),
        ("batch ke-hoach a.json -o b --jobs hai", "giá trị của tùy chọn --jobs không dùng được\n"
         "  gợi ý: ghi số từ 1 trở lên\n"),
        ("serve --port 0", "giá trị của tùy chọn --port không dùng được\n"
         "  gợi ý: ghi số từ 1 đến 65535\n"),
        ("validate ke-hoach a.json --format xml", "giá trị của tùy chọn --format không dùng được\n"
         "  gợi ý: chọn một trong: text, json\n"),
        ("render ke-hoac a.json -o b.docx", "không có mẫu “ke-hoac”\n"
         "  gợi ý: có phải bạn muốn dùng “ke-hoach”?\n"),
        ("show zzz", "không có mẫu “zzz”\n  gợi ý: xem các mẫu bằng lệnh vanban list\n"),
        ("render ke-hoach a.json -o b.docx", "a.json: không có tệp này\n"
         "  gợi ý: kiểm tra lại tên tệp và thư mục\n"),
        ("render ke-hoach a.json -o b.odt", "b.odt: chỉ ghi được tệp .docx hoặc .pdf\n"
         "  gợi ý: đặt tên kết thúc bằng .docx hoặc .pdf\n"),
        ("list --templates khong", "khong: không có thư mục mẫu này\n"
         "  gợi ý: kiểm tra lại đường dẫn\n"),
        ("show khong.docx --text", "khong.docx: không có tệp này\n"
         "  gợi ý: kiểm tra lại tên tệp và thư mục\n"),
    ],
)  # fmt: skip
def test_wrong_use_is_told_in_one_sentence(tmp_path: Path, arguments: str, said: str) -> None:
    ran = vanban(*arguments.split())
    assert (ran.code, ran.out, ran.err) == (2, "", said)
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- list, show, filters
def test_list_prints_the_forms_in_groups() -> None:
    ran = vanban("list")
    assert (ran.code, ran.err) == (0, "")
    assert "Văn bản hành chính\n" in ran.out
    assert re.search(r"^  ke-hoach +Kế hoạch \[KH\]  — có sẵn$", ran.out, re.MULTILINE)
    assert re.search(r"^  ban-cham-diem +Bản chấm điểm An toàn", ran.out, re.MULTILINE)


def test_show_prints_the_fields_as_a_tree() -> None:
    draw_form(
        Path("mau"),
        schema=object_of(
            {
                "ten": TEXT_FIELD,
                "so": {"title": "Số", "type": ["integer", "null"]},
                "ky": {**object_of({"ho_ten": {"title": "Họ tên", "type": "string"}})},
                "ds": {"title": "Danh sách", "type": "array", "items": object_of({"a": {}})},
            },
            required=["ten", "so"],
        ),
        template=make(
            "{{ ten }}, {{ ky.ho_ten }}", "{{ ten }}{% for x in ds %}{{ x.a }}{% endfor %}"
        ),
    )
    ran = vanban("show", "phieu", "--templates", "mau")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "Phiếu (phieu)\n"
        "Nguồn: mẫu thử\n"
        "\n"
        "ten: Tên — chữ; bắt buộc; dùng 2 chỗ trong mẫu\n"
        "so: Số — số nguyên; bắt buộc, để trống được; không in trực tiếp\n"
        "ky: Phiếu — nhóm trường trong ngoặc nhọn { }; không bắt buộc; dùng 1 chỗ trong mẫu\n"
        "  ho_ten: Họ tên — chữ; bắt buộc; dùng 1 chỗ trong mẫu\n"
        "ds: Danh sách — danh sách trong ngoặc vuông [ ]; không bắt buộc; dùng 1 chỗ trong mẫu\n"
        "  a: a — ; bắt buộc; dùng 1 chỗ trong mẫu\n"
    )


@pytest.mark.parametrize("form", FORMS)
def test_show_names_every_field_of_a_form(form: str) -> None:
    ran = vanban("show", form)
    assert (ran.code, ran.err) == (0, "")
    schema = json.loads(vanban("show", form, "--json").out)
    for key, field in schema["properties"].items():
        assert f"\n{key}: {field['title']} — " in ran.out


def test_show_json_is_a_schema_without_references() -> None:
    ran = vanban("show", "ke-hoach", "--json")
    assert json.loads(ran.out)["properties"]["so"]["title"] == "Số văn bản"
    assert "$ref" not in ran.out


def test_show_text_prints_a_template_paragraph_by_paragraph() -> None:
    draw_form(Path("mau"), template=make("Kính gửi: {{ ten }}", "{% if ten %}", "x", "{% endif %}"))
    ran = vanban("show", "phieu", "--text", "--templates", "mau")
    assert (ran.code, ran.err) == (0, "")
    assert [line.partition("  ")[2] for line in ran.out.splitlines() if line[:1] == "("] == [
        "Kính gửi: {{ ten }}",
        "{% if ten %}",
        "x",
        "{% endif %}",
    ]


def test_show_text_prints_any_docx() -> None:
    vanban("render", "ke-hoach", PLAN, "-o", "a.docx")
    ran = vanban("show", "a.docx", "--text")
    assert (ran.code, ran.err) == (0, "")
    assert "(TenLoai)  KẾ HOẠCH\n" in ran.out
    assert "{{" not in ran.out


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"not a docx"])
def test_show_text_of_what_is_no_docx_is_told(content: bytes) -> None:
    Path("a.docx").write_bytes(content)
    ran = vanban("show", "a.docx", "--text")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith("a.docx: không phải tệp .docx, hoặc tệp đã hỏng\n")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("check hong.docx", 3),
        ("validate ke-hoach hong.docx", 3),
        ("preview hong.docx -o a.pdf", 3),
        ("preview ke-hoach --compare hong.docx -o a.pdf", 3),
        ("preview mau/phieu -o a.pdf", 4),
        ("import hong.docx -o moi", 4),
        ("schema hong.docx", 4),
        ("lint hong.docx", 4),
    ],
)
def test_a_damaged_document_is_bad_data_and_a_damaged_template_is_not(
    command: str, code: int
) -> None:
    Path("hong.docx").write_bytes(b"PK\3\4")
    (draw_form(Path("mau")) / "template.docx").write_bytes(b"PK\3\4")
    ran = vanban(*command.split())
    assert (ran.code, "không phải tệp .docx, hoặc tệp đã hỏng" in ran.out + ran.err) == (code, True)


def test_filters_shows_every_filter_with_an_example() -> None:
    ran = vanban("filters")
    assert (ran.code, ran.err) == (0, "")
    pairs = re.findall(r"^(\w+) / (\w+): \S", ran.out, re.MULTILINE)
    assert {name for pair in pairs for name in pair} == set(FILTERS)
    assert "num / so: " in ran.out
    assert "    {{ 15972|so }} → 15.972\n" in ran.out


# ---------------------------------------------------------------- init
def holes(node: Any) -> list[str]:
    """Return the places of a skeleton that are still to be filled."""
    if isinstance(node, dict):
        return [hole for key, item in node.items() if key[:2] != "//" for hole in holes(item)]
    if isinstance(node, list):
        return [hole for item in node for hole in holes(item)]
    return [node] if isinstance(node, str) and node.startswith("‹") else []


@pytest.mark.parametrize("form", FORMS)
def test_a_skeleton_names_every_place_and_renders_only_when_filled(form: str) -> None:
    ran = vanban("init", form, "-o", "moi.json")
    assert (ran.code, ran.out) == (0, "")
    of_units = form in ("ban-cham-diem", "de-cuong-so-lieu")
    batch, render = f"batch {form} moi.json -o ket-qua", f"render {form} moi.json -o van-ban.docx"
    makes = batch if of_units else render
    assert ran.err == f"Đã tạo moi.json. Điền xong, chạy: vanban {makes}\n"
    left = holes(json.loads(Path("moi.json").read_text(encoding="utf-8")))
    assert left
    ran = vanban("render", form, "moi.json", "-o", "a.docx")
    assert ran.code == 3
    told = re.findall(r"\$\S+: (.+): chưa điền$", ran.err, re.MULTILINE)
    assert told == [hole.strip("‹›") for hole in left]
    assert not Path("a.docx").exists()


def test_a_filled_skeleton_renders_with_its_notes_still_there() -> None:
    draw_form(
        Path("mau"),
        schema=object_of(
            {
                "ten": TEXT_FIELD,
                "ghi_chu": {"title": "Ghi chú", "type": ["string", "null"]},
                "loai": {"title": "Loại", "type": "string", "enum": ["A", "B"], "default": "A"},
                "them": {"title": "Thêm", "type": "string", "minLength": 1},
                "ds": {"title": "Danh sách", "type": "array", "items": TEXT_FIELD},
            },
            required=["ten", "ds"],
        ),
    )
    assert vanban("init", "phieu", "-o", "moi.json", "--templates", "mau").code == 0
    text = Path("moi.json").read_text(encoding="utf-8")
    assert json.loads(text) == {
        "//": "Phiếu. Thay mỗi ‹…› bằng giá trị thật; trường không bắt buộc để null nếu không có; "
        "các dòng // chỉ để chú thích.",
        "//ten": "Tên (bắt buộc): Tên đơn vị.",
        "ten": "‹Tên›",
        "//ghi_chu": "Ghi chú (không bắt buộc): ",
        "ghi_chu": None,
        "//loai": "Loại (không bắt buộc):  Chọn một trong: A, B.",
        "loai": "A",
        "//them": "Thêm (không bắt buộc): ",  # null is no value there: a note alone
        "//ds": "Danh sách (bắt buộc): ",
        "ds": ["‹Tên›"],
    }
    Path("moi.json").write_text(text.replace("‹Tên›", "An"), encoding="utf-8")
    ran = vanban("render", "phieu", "moi.json", "-o", "a.docx", "--templates", "mau")
    assert (ran.code, ran.err) == (0, "Đã ghi a.docx.\n")
    assert lines(Path("a.docx").read_bytes()) == ["Tên: An"]


@pytest.mark.parametrize("form", FORMS)
def test_the_sample_renders_as_it_is(form: str) -> None:
    assert vanban("init", form, "--sample", "-o", "vi-du/mau.json").code == 0
    assert vanban("validate", form, "vi-du/mau.json").err == "1 bản ghi hợp lệ.\n"
    assert vanban("render", form, "vi-du/mau.json", "-o", "a.docx").code == 0


@pytest.mark.parametrize("option", [(), ("--sample",)])
def test_init_never_overwrites(option: tuple[str, ...]) -> None:
    Path("moi.json").write_text("của tôi")
    ran = vanban("init", "ke-hoach", "-o", "moi.json", *option)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "moi.json: tệp đã có, không ghi đè\n  gợi ý: chọn tên khác\n"
    assert Path("moi.json").read_text() == "của tôi"


# ---------------------------------------------------------------- validate
def test_validate_counts_good_records_and_writes_nothing(tmp_path: Path) -> None:
    ran = vanban("validate", "ban-cham-diem", FIXTURES / "ban-cham-diem" / "don-vi-12.json")
    assert (ran.code, ran.out, ran.err) == (0, "", "12 bản ghi hợp lệ.\n")
    assert list(tmp_path.iterdir()) == []


def test_validate_tells_all_problems_of_all_records() -> None:
    keep(Path("a.json"), [plan(so="ba"), plan(), plan(luu="", la=1)])
    ran = vanban("validate", "ke-hoach", "a.json")
    assert (ran.code, ran.out) == (3, "")
    assert re.findall(r"^a\.json: dòng 1, (\S+):", ran.err, re.MULTILINE) == [
        "$[0].so",
        "$[2].luu",
        "$[2].la",
    ]


def test_validate_warns_of_letters_that_look_alike() -> None:
    ran = vanban("validate", "ke-hoach", DATA / "chu-nhin-giong.json")
    assert ran.code == 0
    assert ran.err == (
        f"lưu ý: {DATA / 'chu-nhin-giong.json'}: dòng 23, $.nguoi_ky.ho_ten: "
        "chữ nhìn giống U+00D0 ở vị trí 1; nên là “Đ”\n"
        "  gợi ý: vẫn in đúng như dữ liệu; sửa trong tệp nếu gõ nhầm\n"
        "1 bản ghi hợp lệ.\n"
    )


# ---------------------------------------------------------------- render
def test_render_writes_a_document_and_says_so() -> None:
    ran = vanban("render", "ke-hoach", PLAN, "-o", "ra/sau/Kế hoạch.docx")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "Đã ghi ra/sau/Kế hoạch.docx.\n"
    assert "I. MỤC ĐÍCH, YÊU CẦU" in lines(Path("ra/sau/Kế hoạch.docx").read_bytes())
    assert [path.name for path in Path("ra/sau").iterdir()] == ["Kế hoạch.docx"]


def test_render_gives_the_same_bytes_twice() -> None:
    for name in ("a.docx", "b.DOCX"):
        assert vanban("render", "ke-hoach", PLAN, "-o", name).code == 0
    assert Path("a.docx").read_bytes() == Path("b.DOCX").read_bytes()


def test_render_reads_standard_input() -> None:
    ran = vanban("render", "ke-hoach", "-", "-o", "a.docx", stdin=json.dumps(plan()).encode())
    assert (ran.code, ran.err) == (0, "Đã ghi a.docx.\n")


def test_render_makes_one_document_only() -> None:
    keep(Path("a.json"), units()[:2])
    ran = vanban("render", "ban-cham-diem", "a.json", "-o", "a.docx")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "a.json: tệp có 2 bản ghi, lệnh render chỉ làm một văn bản\n"
        "  gợi ý: chọn một đơn vị bằng --unit, hoặc dùng: "
        "vanban batch ban-cham-diem a.json -o THƯ_MỤC\n"
    )


def test_a_folder_of_records_is_called_one_and_its_name_can_be_pasted() -> None:
    for number, unit in enumerate(units()[:2]):
        keep(Path(f"thư mục/{number}.json"), unit)
    ran = vanban("render", "ban-cham-diem", "thư mục", "-o", "a.docx")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("thư mục: thư mục có 2 bản ghi, lệnh render chỉ làm một văn bản\n")
    assert 'vanban batch ban-cham-diem "thư mục" -o THƯ_MỤC' in ran.err


BAD = [name.removeprefix("ke-hoach/") for name in BROKEN if name.startswith("ke-hoach/")]


@pytest.mark.parametrize("name", BAD)
def test_bad_data_leaves_an_existing_document_as_it_was(tmp_path: Path, name: str) -> None:
    Path("a.docx").write_bytes(b"old")
    ran = vanban("render", "ke-hoach", DATA / name, "-o", "a.docx")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(f"{DATA / name}: ")
    assert Path("a.docx").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.docx"]


def test_a_template_that_fails_leaves_an_existing_document_as_it_was(tmp_path: Path) -> None:
    draw_form(tmp_path / "mau", template=make("{{ khong_co }}"))
    keep(Path("a.json"), {"ten": "An"})
    Path("a.docx").write_bytes(b"old")
    ran = vanban("render", "phieu", "a.json", "-o", "a.docx", "--templates", "mau")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == (
        f"{Path('mau/phieu/template.docx')}: word/document.xml: đoạn 1, thẻ {{{{ khong_co }}}}: "
        "không có trường “khong_co”\n"
        "  gợi ý: thêm trường vào dữ liệu, hoặc trong mẫu viết {% if … is defined %}\n"
    )
    assert Path("a.docx").read_bytes() == b"old"


def test_a_folder_that_cannot_be_made_is_told() -> None:
    Path("tep").touch()
    ran = vanban("render", "ke-hoach", PLAN, "-o", "tep/a.docx")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "tep: không ghi được: đã có tệp trùng tên với thư mục cần tạo\n  gợi ý: chọn tên khác\n"
    )


# ---------------------------------------------------------------- demo
def test_the_demonstration_does_the_main_job() -> None:
    ran = vanban("demo", "-o", "thu")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("1. Kế hoạch: thu/Kế hoạch số 33-KH-BCĐ.docx\n")
    assert re.search(r"^2\. Bản chấm điểm: 300 đơn vị trong [\d.]+ giây", ran.out, re.MULTILINE)
    assert len(list(Path("thu").rglob("*.docx"))) == 301
    assert max(map(len, ran.out.splitlines())) <= 130


# ---------------------------------------------------------------- faults of our own
@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A product with a fault inside; returns the folder where reports go."""

    def fail(*args: object, **options: object) -> NoReturn:
        raise RuntimeError("không ngờ tới \ud83d")

    monkeypatch.setattr(Form, "prepare", fail)
    monkeypatch.setattr(batches, "_make", fail)
    reports = tmp_path / "bao-cao-loi"
    reports.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(reports))
    return reports


@pytest.mark.parametrize("command", ["render", "validate", "batch"])
def test_our_own_fault_is_told_without_a_traceback_and_reported_in_a_file(
    broken: Path, command: str
) -> None:
    output = {"render": ("-o", "ra.docx"), "batch": ("-o", "ra")}.get(command, ())
    ran = vanban(command, "ke-hoach", PLAN, *output)
    (report,) = broken.iterdir()
    assert (ran.code, ran.out) == (70, "")
    assert ran.err == (
        "chương trình gặp lỗi ngoài dự kiến (RuntimeError)\n"
        f"  gợi ý: gửi tệp {report} cho người phát triển\n"
    )
    assert report.name.startswith("vanban-loi-")
    text = report.read_text(encoding="utf-8")
    assert text.startswith("Traceback (most recent call last):\n")
    assert text.endswith("RuntimeError: không ngờ tới \\ud83d\n")
    assert list(Path().glob("ra*")) == []


@pytest.mark.parametrize(
    "words",
    [
        ("preview", "a" * 300, "-o", "ra.pdf"),
        ("preview", "cong-van", "-o", "a" * 300 + ".doc"),
        ("render", "ke-hoach", "a" * 300 + "/a.json", "-o", "ra.docx"),
    ],
    ids=lambda words: words[0],
)
def test_a_path_that_the_system_refuses_is_no_fault_of_ours(words: tuple[str, ...]) -> None:
    ran = vanban(*words)
    assert ran.code == 2
    assert "tên quá dài" in ran.err


def test_a_fault_without_room_for_a_report_is_told_all_the_same(
    broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **options: object) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", fail)
    ran = vanban("validate", "ke-hoach", PLAN)
    assert (ran.code, ran.out) == (70, "")
    assert ran.err == (
        "chương trình gặp lỗi ngoài dự kiến (RuntimeError)\n"
        "  gợi ý: gửi câu này cho người phát triển: không ngờ tới \\ud83d\n"
    )


def test_an_interrupt_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(Form, "prepare", interrupt)
    ran = vanban("validate", "ke-hoach", PLAN)
    assert (ran.code, ran.out, ran.err.lstrip("\n")) == (130, "", "Đã dừng theo yêu cầu.\n")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(sorted(plan())),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=6,
    ),
)
def test_whatever_a_field_holds_the_answer_is_a_document_or_a_sentence(
    key: str, value: Any
) -> None:
    text = json.dumps(plan(**{key: value}))
    ran = vanban("render", "ke-hoach", "-", "-o", "bat-ky.docx", stdin=text.encode())
    assert ran.code in (0, 3), ran.err
    assert "Traceback" not in ran.err
    assert tail(ran.err).startswith("Đã ghi " if ran.code == 0 else ("  gợi ý: ", "(đầu vào): "))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.binary(max_size=60) | st.text(alphabet='{}[]":,0eE+-.a\\n \n', max_size=40).map(str.encode)
)
def test_whatever_a_file_holds_the_answer_is_a_sentence(content: bytes) -> None:
    ran = vanban("validate", "ke-hoach", "-", stdin=content)
    assert ran.code == 3, ran.err
    assert ran.err.startswith("(đầu vào): ")


# ---------------------------------------------------------------- as a program
PROGRAM = [sys.executable, "-m", "generator"]


def environment(**changes: str) -> dict[str, str]:
    """Return an environment in which the program is found from any folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **changes}


def test_it_runs_as_a_module_from_any_folder() -> None:
    ran = subprocess.run(
        [*PROGRAM, "render", "ke-hoach", PLAN, "-o", "a.docx"],
        env=environment(), capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "Đã ghi a.docx.\n")
    vanban("render", "ke-hoach", PLAN, "-o", "b.docx")
    assert Path("a.docx").read_bytes() == Path("b.docx").read_bytes()


def test_vietnamese_is_written_in_utf8_whatever_the_console() -> None:
    ran = subprocess.run(
        [*PROGRAM, "list", "thừa"],
        env=environment(PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0"),
        capture_output=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 2
    assert ran.stderr.decode() == "thừa hoặc sai tham số\n  gợi ý: xem vanban list --help\n"


@pytest.mark.parametrize("command", ["show ban-cham-diem --json", "--help"])
def test_a_reader_that_leaves_early_is_no_fault(command: str) -> None:
    with subprocess.Popen(
        [*PROGRAM, *command.split()],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        said = running.stderr.read()
    assert (running.returncode, said) == (0, b"")


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals here")
def test_progress_is_shown_on_a_terminal_only() -> None:
    source = str(FIXTURES / "ban-cham-diem" / "don-vi-12.json")
    command = [*PROGRAM, "batch", "ban-cham-diem", source]
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [*command, "-o", "ra"], env=environment(TERM="xterm"), stdout=subprocess.PIPE, stderr=theirs
    ) as running:
        os.close(theirs)
        shown = bytearray()
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # Linux: the last writer left
                break
            if not piece:
                break
            shown += piece
        assert running.stdout is not None
        assert running.stdout.read() == b""
    os.close(ours)
    text = shown.decode()
    assert "Tạo" in text
    assert "lỗi 0" in text
    assert "12/12" in text
    assert "Đã tạo 12 văn bản, lỗi 0. Bản kê: ra/manifest.jsonl" in text


def test_a_clone_and_its_tests_stand_in_one_tree() -> None:
    assert shipped("doctemplates") == ROOT / "doctemplates"


# ---------------------------------------------------------------- a quick start
_TELL_MODULES = """
import sys
from generator.cli import main
try:
    main()
finally:
    print(*(name for name in sys.modules if name.startswith("generator.")), file=sys.stderr)
"""


def imported_by(*arguments: str | Path) -> set[str]:
    """Return the modules of ours that a command has imported when it is done."""
    command = [sys.executable, "-c", _TELL_MODULES, *map(str, arguments)]
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    return {name.removeprefix("generator.") for name in ran.stderr.splitlines()[-1].split()}


def test_the_help_page_imports_no_command() -> None:
    own = {"errors", "cli", "cli.screen", "cli.table", "cli.words"}
    assert imported_by("--help") == own


def test_a_first_document_waits_for_nothing_its_form_does_not_need(tmp_path: Path) -> None:
    form = draw_form(tmp_path)
    found = imported_by("render", form, form / "sample.json", "-o", tmp_path / "phieu.docx")
    assert (tmp_path / "phieu.docx").exists()
    assert "template.render" in found
    for stage in ("draft", "scoring", "figures.derive", "expressions", "figures.totals",
                  "figures.checks", "template.uses", "records.places", "intake.book", "preview",
                  "printing", "readback", "batches.outputs"):  # fmt: skip
        assert find_spec(f"generator.{stage}") is not None
        assert stage not in found
