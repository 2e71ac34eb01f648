"""Where a command may write: not onto what it reads, and only under names every system can have."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path, PureWindowsPath

import pytest

from generator.naming import fault_of_name
from tests.clerk import FIXTURES, ROOT, draw_form, keep, units, vanban

PLAN = FIXTURES / "ke-hoach" / "nga-son.json"
READ = "tệp này đang được đọc, không ghi đè lên\n  gợi ý: chọn tên khác cho tệp kết quả\n"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def held() -> dict[Path, bytes]:
    """Return every file here with its content."""
    return {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}


# ---------------------------------------------------------------- what is being read
@pytest.mark.parametrize(
    ("command", "target"),
    [
        ("render ke-hoach a.docx -o a.docx", "a.docx"),
        ("render ke-hoach a.docx -o ./khac/../a.docx", "khac/../a.docx"),
        ("render ke-hoach a.docx -o lien-ket.docx", "lien-ket.docx"),
        ("render ke-hoach kho -o kho/a.docx", "kho/a.docx"),
        ("render ke-hoach a.docx -o a.docx --draft", "a.docx"),
        ("render mau/phieu mau/phieu/sample.json -o mau/phieu/template.docx",
         "mau/phieu/template.docx"),
        ("render mau/phieu mau/phieu/sample.json -o mau/khoi/kem-theo.docx",
         "mau/khoi/kem-theo.docx"),
        ("check a.docx --fix -o a.docx", "a.docx"),
        ("check a.docx --mark a.docx", "a.docx"),
        ("check mau/phieu --mark mau/phieu/template.docx", "mau/phieu/template.docx"),
        ("lint mau/phieu --mark mau/phieu/template.docx", "mau/phieu/template.docx"),
        ("validate ban-cham-diem so.xlsx --mark so.xlsx", "so.xlsx"),
        ("batch ke-hoach a.docx -o ra --combine a.docx", "a.docx"),
        ("rollup tong-hop-so-lieu a.docx -o a.docx", "a.docx"),
        ("rollup tong-hop-so-lieu kho -o kho/a.docx", "kho/a.docx"),
    ],
)  # fmt: skip
def test_what_is_read_is_not_written_over(command: str, target: str) -> None:
    assert vanban("render", "ke-hoach", PLAN, "-o", "a.docx").code == 0
    assert vanban("init", "ban-cham-diem", "-o", "so.xlsx").code == 0
    draw_form(Path("mau"))
    for copy in ("kho", "mau/khoi", "khac"):
        Path(copy).mkdir()
    shutil.copy("a.docx", "kho/a.docx")
    shutil.copy(ROOT / "doctemplates" / "khoi" / "kem-theo.docx", "mau/khoi/kem-theo.docx")
    Path("lien-ket.docx").hardlink_to("a.docx")
    before = held()
    ran = vanban(*command.split())
    assert (ran.code, ran.out, ran.err) == (2, "", f"{Path(target)}: {READ}")
    assert held() == before


def test_a_form_and_a_folder_of_pictures_may_have_one_name() -> None:
    for _ in range(2):
        ran = vanban("preview", "giay-moi", "-o", "giay-moi")
        assert ran.code == 0, ran.err
    assert Path("giay-moi/trang-1.png").is_file()


def test_a_document_beside_its_data_is_made_anew() -> None:
    keep(Path("kho/a.json"), {"ten": "An"})
    draw_form(Path("mau"))
    for _ in range(2):
        ran = vanban("render", "mau/phieu", "kho", "-o", "kho/a.docx")
        assert ran.code == 0, ran.err


@pytest.mark.parametrize("data", ["kho", "kho/Đội 1.docx"])
def test_a_batch_does_not_replace_the_documents_it_reads(data: str) -> None:
    keep(Path("a.json"), [{"ten": "Đội 1"}])
    draw_form(Path("mau"))
    assert vanban("batch", "mau/phieu", "a.json", "-o", "kho").code == 0
    before = held()
    ran = vanban("batch", "mau/phieu", data, "-o", "kho")
    assert (ran.code, ran.out, ran.err) == (
        2, "",
        "kho: đây là thư mục của các văn bản đang đọc, không ghi đè lên\n"
        "  gợi ý: chọn thư mục khác cho kết quả\n",
    )  # fmt: skip
    assert held() == before
    assert vanban("batch", "mau/phieu", data, "-o", "moi").code == 0


# ---------------------------------------------------------------- names
WRONG: dict[str, Callable[[str], tuple[str, ...]]] = {
    "render": lambda name: ("render", "ke-hoach", str(PLAN), "-o", f"{name}.docx"),
    "preview": lambda name: ("preview", "ke-hoach", "-o", f"{name}.pdf"),
    "init": lambda name: ("init", "ke-hoach", "-o", f"{name}.json"),
    "rollup": lambda name: ("rollup", "tong-hop-so-lieu", "a.json", "-o", f"{name}.docx"),
    "validate": lambda name: ("validate", "ban-cham-diem", "so.csv", "--mark", f"{name}.xlsx"),
    "check --fix": lambda name: ("check", "b.docx", "--fix", "-o", f"{name}.docx"),
    "check --mark": lambda name: ("check", "ke-hoach", "--mark", f"{name}.docx"),
    "lint": lambda name: ("lint", "ke-hoach", "--mark", f"{name}.docx"),
    "new": lambda name: ("new", "moi", "--from", "ke-hoach", "--to", name),
    "demo": lambda name: ("demo", "-o", name),
    "package": lambda name: ("package", "a.json", "-o", name),
    "batch": lambda name: ("batch", "ke-hoach", str(PLAN), "-o", name),
    "batch zip": lambda name: ("batch", "ke-hoach", str(PLAN), "-o", f"{name}.zip"),
    "batch --combine": lambda name: (
        "batch", "ke-hoach", str(PLAN), "-o", "ra", "--combine", f"{name}.docx",
    ),
}  # fmt: skip


@pytest.mark.parametrize("command", WRONG)
def test_no_command_makes_a_file_that_windows_cannot_have(command: str) -> None:
    (Path("b.docx")).write_bytes((ROOT / "doctemplates/ke-hoach/template.docx").read_bytes())
    Path("so.csv").write_text("a", encoding="utf-8")
    before = held()
    wrong = WRONG[command]("x?y")
    ran = vanban(*wrong)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"{wrong[-1]}: tên “{wrong[-1]}” có ký tự ? mà Windows không cho đặt\n"
        f"  gợi ý: đặt tên khác, chẳng hạn {wrong[-1].replace('?', '-')}\n"
    )
    assert held() == before


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("CON.docx", "tên “CON.docx” là tên Windows giữ cho thiết bị\n"
         "  gợi ý: đặt tên khác, chẳng hạn _CON.docx"),
        ("ho:so/a.docx", "tên “ho:so” có ký tự : mà Windows không cho đặt\n"
         "  gợi ý: đặt tên khác, chẳng hạn ho-so"),
        ("a\tb.docx", "tên “a\\tb.docx” có ký tự điều khiển mà Windows không cho đặt\n"
         "  gợi ý: đặt tên khác, chẳng hạn a-b.docx"),
        ("ho-so./a.docx", "tên “ho-so.” kết thúc bằng dấu chấm hoặc dấu cách\n"
         "  gợi ý: đặt tên khác, chẳng hạn ho-so"),
    ],
)  # fmt: skip
def test_a_name_that_is_refused_is_told_why_and_what_would_do(name: str, said: str) -> None:
    ran = vanban("render", "ke-hoach", PLAN, "-o", name)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith(f": {said}\n")
    assert list(Path().iterdir()) == []


def test_a_folder_that_is_there_keeps_its_name(tmp_path: Path) -> None:
    if Path(tmp_path.anchor).drive:
        pytest.skip("no such folder on Windows")
    Path("ho:so").mkdir()
    assert vanban("render", "ke-hoach", PLAN, "-o", "ho:so/moi/a.docx").code == 0
    assert Path("ho:so/moi/a.docx").is_file()


def test_a_drive_is_no_name() -> None:
    path = PureWindowsPath("C:/Hồ sơ 2026/ke-hoach.v2.docx")
    names = [step.name for step in (path, *path.parents) if step.name]
    assert names == ["ke-hoach.v2.docx", "Hồ sơ 2026"]
    assert [fault_of_name(name) for name in names] == ["", ""]


# ---------------------------------------------------------------- a folder of documents
@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("kq.rar", "không ghi được vào tệp .rar: kết quả gồm nhiều tệp\n"
         "  gợi ý: ghi tên thư mục hoặc tệp .zip"),
        ("kq.tar.GZ", "không ghi được vào tệp .gz: kết quả gồm nhiều tệp\n"
         "  gợi ý: ghi tên thư mục hoặc tệp .zip"),
        ("kq.docx", "không ghi được vào tệp .docx: kết quả gồm nhiều tệp\n"
         "  gợi ý: ghi tên thư mục hoặc tệp .zip; gộp thành một tệp thì thêm --combine"),
    ],
)  # fmt: skip
def test_a_batch_makes_no_folder_with_the_name_of_a_file(place: str, said: str) -> None:
    ran = vanban("batch", "ke-hoach", PLAN, "-o", place)
    assert (ran.code, ran.out, ran.err) == (2, "", f"{place}: {said}\n")
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("command", [("package", "a.json"), ("demo",)])
def test_what_makes_a_folder_makes_no_zip(command: tuple[str, ...]) -> None:
    ran = vanban(*command, "-o", "kq.zip")
    assert (ran.code, ran.out, ran.err) == (
        2, "",
        "kq.zip: không ghi được vào tệp .zip: kết quả gồm nhiều tệp\n  gợi ý: ghi tên thư mục\n",
    )  # fmt: skip
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("place", ["nam.2025", "kq.zip", "co-san.rar"])
def test_a_folder_may_have_a_dot_in_its_name(place: str) -> None:
    Path("co-san.rar").mkdir()
    keep(Path("a.json"), units()[:1])
    assert vanban("batch", "ban-cham-diem", "a.json", "-o", place).code == 0
