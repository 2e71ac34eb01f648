"""A document for every record: names, the list of results, bad records, many processes."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import unicodedata
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

import pytest

from generator.batches import crews
from generator.batches.run import Progress, batch
from generator.bundle import ENVIRONMENT_VARIABLE, find_bundle, new_bundle, shipped
from generator.errors import DataError, ToolError, UsageError
from generator.pipeline import Form
from tests.clerk import (
    FIXTURES,
    TEXT_FIELD,
    Ran,
    draw_form,
    keep,
    keep_lines,
    object_of,
    units,
    vanban,
)
from tests.making import lines, make

UNITS_300 = FIXTURES / "ban-cham-diem" / "don-vi-300.jsonl"
OUT = Path("ket-qua")


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def manifest(folder: Path = OUT) -> list[dict[str, Any]]:
    """Return the lines of the list of results."""
    text = (folder / "manifest.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def slips(*names: object, **form: Any) -> Ran:
    """Make a slip for each name with the command ``batch``."""
    draw_form(Path("mau"), **form)
    keep_lines(Path("so-lieu.jsonl"), [{"ten": name} for name in names])
    return vanban("batch", "phieu", "so-lieu.jsonl", "-o", OUT, "--templates", "mau")


# ---------------------------------------------------------------- the real job
@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scoring sheets of the 300 units, made by this process alone."""
    folder = tmp_path_factory.mktemp("thanh-pho")
    list(batch("ban-cham-diem", str(UNITS_300), folder, jobs=1))
    return folder


def test_three_hundred_units_get_a_sheet_each_named_by_the_form(city: Path) -> None:
    records = [json.loads(line) for line in UNITS_300.read_text(encoding="utf-8").splitlines()]
    assert len(records) == 300
    expected = {
        "Bản chấm điểm{} - {}.docx".format(
            f" {record['nam']}" if record["nam"] else "", record["don_vi"].replace("/", "-")
        )
        for record in records
    }
    assert files(city).keys() == expected | {"manifest.jsonl"}


def test_the_list_has_a_line_for_each_unit_in_order_with_its_digest(city: Path) -> None:
    results = manifest(city)
    assert [line["index"] for line in results] == list(range(1, 301))
    assert {line["status"] for line in results} == {"ok"}
    for line in results:
        content = (city / line["output"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == line["sha256"]


def test_each_sheet_is_of_its_own_unit(city: Path) -> None:
    for line in manifest(city)[::30]:
        unit = line["output"].partition(" - ")[2].removesuffix(".docx")
        text = unicodedata.normalize("NFC", " ".join(lines((city / line["output"]).read_bytes())))
        everything = (text + _cells(city / line["output"])).casefold()
        assert all(word.casefold() in everything for word in unit.split()), unit


def _cells(path: Path) -> str:
    from docx import Document

    tables = Document(str(path)).tables
    return " ".join(cell.text for table in tables for row in table.rows for cell in row.cells)


def test_two_processes_make_the_same_bytes(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **options: object) -> NoReturn:
        raise AssertionError("this process must leave the work to its workers")

    started: list[int] = []

    class Watched(ProcessPoolExecutor):
        def __init__(self, workers: int, **options: Any) -> None:
            started.append(workers)
            super().__init__(workers, **options)

    monkeypatch.setattr(crews, "ProcessPoolExecutor", Watched)
    for name in ("prepare", "render"):
        monkeypatch.setattr(Form, name, refuse)
    results = list(batch("ban-cham-diem", str(UNITS_300), tmp_path / "hai", jobs=2))
    assert started == [2]
    assert all(result.done for result in results)
    assert files(tmp_path / "hai") == files(city)


def test_the_order_of_the_units_changes_no_document(city: Path, tmp_path: Path) -> None:
    records = UNITS_300.read_text(encoding="utf-8").splitlines()[:60]
    random.Random(30).shuffle(records)
    keep(tmp_path / "a.jsonl", None).write_text("\n".join(records), encoding="utf-8")
    list(batch("ban-cham-diem", "a.jsonl", OUT, jobs=1))
    made = files(OUT)
    del made["manifest.jsonl"]
    assert len(made) == 60
    assert all(files(city)[name] == content for name, content in made.items())


# ---------------------------------------------------------------- sources
@pytest.mark.parametrize("source", ["list", "lines", "folder", "stdin"])
def test_every_kind_of_source_gives_the_same_documents(source: str) -> None:
    records = units()[:3]
    content = b""
    name = "nguon.json"
    if source == "list":
        keep(Path(name), records)
    elif source == "lines":
        name = "nguon.jsonl"
        keep_lines(Path(name), records)
    elif source == "folder":
        name = "nguon"
        for number, record in zip((2, 9, 10), records, strict=True):
            keep(Path(name) / f"don-vi-{number}.json", record)
    else:
        name, content = "-", json.dumps(records).encode()
    ran = vanban("batch", "ban-cham-diem", name, "-o", OUT, stdin=content)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"Đã tạo 3 văn bản, lỗi 0. Bản kê: {OUT / 'manifest.jsonl'}\n"
    assert [line["output"] for line in manifest()] == [
        f"Bản chấm điểm 2019 - {record['don_vi']}.docx" for record in records
    ]


def test_long_texts_beside_the_files_of_a_folder_are_found() -> None:
    for name in ("nga-son.json", "nga-son-noi-dung.md"):
        keep(Path("ke-hoach") / name, None).write_bytes((FIXTURES / "ke-hoach" / name).read_bytes())
    assert vanban("batch", "ke-hoach", "ke-hoach", "-o", OUT).code == 0
    assert "I. MỤC ĐÍCH, YÊU CẦU" in lines((OUT / manifest()[0]["output"]).read_bytes())


# ---------------------------------------------------------------- bad records
def test_a_bad_record_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    source = FIXTURES / "ban-cham-diem" / "mot-don-vi-hong.jsonl"
    ran = vanban("batch", "ban-cham-diem", source, "-o", OUT)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"{source}: dòng 2, $.don_vi: Đơn vị phải là chữ, ở đây là trống (null)\n"
        '  gợi ý: ghi như: "Trường Tiểu học Kim Đồng"\n'
        f"Đã tạo 2 văn bản, lỗi 1. Bản kê: {OUT / 'manifest.jsonl'}\n"
    )
    first, second, third = manifest()
    assert second == {
        "index": 2,
        "status": "failed",
        "problems": [
            {
                "file": str(source),
                "at": "dòng 2, $.don_vi",
                "message": "Đơn vị phải là chữ, ở đây là trống (null)",
                "hint": 'ghi như: "Trường Tiểu học Kim Đồng"',
            }
        ],
    }
    assert files(OUT).keys() == {first["output"], third["output"], "manifest.jsonl"}


def test_only_bad_records_exit_as_bad_data() -> None:
    ran = slips(None, 5)
    assert ran.code == 3
    assert ran.err.endswith(f"Đã tạo 0 văn bản, lỗi 2. Bản kê: {OUT / 'manifest.jsonl'}\n")
    assert [line["status"] for line in manifest()] == ["failed", "failed"]


def test_a_record_the_template_fails_on_does_not_stop_the_others() -> None:
    number = {"title": "Số", "type": "integer"}
    draw_form(
        Path("mau"),
        schema=object_of({"ten": TEXT_FIELD, "so": number}),
        template=make("{{ 10 // so }}"),
    )
    keep(Path("a.json"), [{"ten": "An", "so": 0}, {"ten": "Bình", "so": 3}])
    ran = vanban("batch", "phieu", "a.json", "-o", OUT, "--templates", "mau")
    assert ran.code == 1
    assert "— bản ghi thứ 1 của a.json" in ran.err
    assert files(OUT).keys() == {"Bình.docx", "manifest.jsonl"}


def test_what_is_to_be_looked_at_again_is_told_and_listed() -> None:
    ran = slips("BC\u00d0 138")
    assert ran.code == 0
    assert ran.err.startswith("lưu ý: so-lieu.jsonl: dòng 1, $.ten: chữ nhìn giống U+00D0 ở vị trí")
    (line,) = manifest()
    assert (line["status"], line["warnings"][0]["at"]) == ("ok", "dòng 1, $.ten")


def test_a_broken_list_makes_nothing() -> None:
    draw_form(Path("mau"))
    Path("a.json").write_text('[{"ten": "An"}, {"ten": "Bình"')
    ran = vanban("batch", "phieu", "a.json", "-o", OUT, "--templates", "mau")
    assert (ran.code, OUT.exists()) == (3, False)


# ---------------------------------------------------------------- names
def test_folders_of_the_names_are_made() -> None:
    draw_form(Path("mau"), output="xã/{{ ten }}/phiếu.docx")
    keep(Path("a.json"), [{"ten": "An/Bình"}, {"ten": "Chi"}])
    assert vanban("batch", "phieu", "a.json", "-o", OUT, "--templates", "mau").code == 0
    assert files(OUT).keys() == {
        "xã/An-Bình/phiếu.docx",
        "xã/Chi/phiếu.docx",
        "manifest.jsonl",
    }


@pytest.mark.parametrize(
    "name", ["../../ngoai", "/tmp/ngoai", "..\\ngoai", "C:\\ngoai", "a/../../../ngoai", "..", "~"]
)
def test_no_value_writes_outside_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "sau" / "nua").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "sau" / "nua")
    assert slips(name).code == 0
    (line,) = manifest()
    assert (OUT / line["output"]).resolve().parent == OUT.resolve()
    outside = [path for path in files(tmp_path) if not path.startswith("sau/nua/")]
    assert outside == []
    assert {path.name for path in Path().iterdir()} == {"ket-qua", "mau", "so-lieu.jsonl"}


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("An", "An", "An.docx"),
        ("Kim Đồng", "KIM ĐỒNG", "KIM ĐỒNG.docx"),
        ("Ngãi", unicodedata.normalize("NFD", "Ngãi"), "Ngãi.docx"),
        ("Số 1/2", "Số 1:2", "Số 1-2.docx"),
        ("An ", "An", "An.docx"),
    ],
)
def test_two_units_with_one_name_are_refused_before_anything_is_written(
    one: str, other: str, shown: str
) -> None:
    output = "{{ ten.strip() }}.docx"
    ran = slips("Trước", one, other, "Sau", output=output)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == (
        "so-lieu.jsonl: bản ghi 2 (dòng 2) và bản ghi 3 (dòng 3): "
        f"cùng cho ra một tên tệp “{shown}”\n"
        "  gợi ý: sửa cho hai đơn vị khác tên, hoặc thêm trường khác vào output của mẫu\n"
    )
    assert not OUT.exists()


def test_every_clash_is_told_at_once() -> None:
    source = FIXTURES / "ban-cham-diem" / "trung-ten.json"
    with pytest.raises(DataError) as caught:
        list(batch("ban-cham-diem", str(source), OUT))
    assert [problem.at for problem in caught.value.problems] == [
        "bản ghi 1 (dòng 2) và bản ghi 3 (dòng 79)",
        "bản ghi 1 (dòng 2) và bản ghi 4 (dòng 124)",
    ]
    assert not OUT.exists()


def test_a_bad_record_takes_no_name() -> None:
    draw_form(Path("mau"), schema=object_of({"ten": TEXT_FIELD, "so": {"type": "integer"}}))
    keep(Path("a.json"), [{"ten": "An", "so": "x"}, {"ten": "An", "so": 1}])
    ran = vanban("batch", "phieu", "a.json", "-o", OUT, "--templates", "mau")
    assert ran.code == 1
    assert files(OUT).keys() == {"An.docx", "manifest.jsonl"}


def test_the_name_of_the_list_is_not_for_documents() -> None:
    ran = slips("MANIFEST", output="{{ ten }}.jsonl")
    assert ran.code == 3
    assert ran.err == "so-lieu.jsonl: tên tệp “MANIFEST.jsonl” dành cho bản kê kết quả\n"
    assert not OUT.exists()


# ---------------------------------------------------------------- faults of form and folder
@pytest.mark.parametrize("text", ["{{ ten", "{% if ten %}", "{{ ten|khong_co }}"])
def test_a_fault_of_the_template_stops_before_anything(text: str) -> None:
    ran = slips("An", template=make(text))
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith(f"{Path('mau/phieu/template.docx')}: word/document.xml: đoạn 1")
    assert not OUT.exists()


def test_a_file_where_the_folder_should_be_is_told() -> None:
    OUT.write_bytes(b"x")
    ran = slips("An")
    assert ran.code == 2
    assert ran.err == (
        f"{OUT}: không ghi được: đã có tệp trùng tên với thư mục cần tạo\n  gợi ý: chọn tên khác\n"
    )
    assert OUT.read_bytes() == b"x"


# ---------------------------------------------------------------- workers
def test_a_small_batch_starts_no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> NoReturn:
        raise AssertionError("a few records are done before a worker has started")

    monkeypatch.setattr(crews, "ProcessPoolExecutor", refuse)
    assert slips("An", "Bình").code == 0


def many(count: int = 250) -> str:
    """Keep records enough for two workers; the last has a bad value."""
    keep_lines(Path("nhieu.jsonl"), [*({"ten": f"Tổ {n}"} for n in range(count)), {"ten": 5}])
    return "nhieu.jsonl"


def test_workers_find_forms_given_by_a_relative_folder_and_tell_bad_records() -> None:
    draw_form(Path("mau"))
    heard: list[Progress] = []
    results = list(batch("phieu", many(), OUT, templates=["mau"], jobs=2, progress=heard.append))
    assert [result.index for result in results] == list(range(251))
    assert [result.index for result in results if not result.done] == [250]
    assert results[250].problems[0].message == "Tên phải là chữ, ở đây là số 5"
    assert heard == [
        Progress(phase, done, failed, 251)
        for phase in ("tạo", "ghi")
        for done, failed in ((100, 0), (200, 0), (251, 1))
    ]


def test_a_folder_in_the_place_of_a_document_stops_that_one_alone() -> None:
    draw_form(Path("mau"))
    (OUT / "Tổ 7.docx").mkdir(parents=True)
    results = list(batch("phieu", many(), OUT, templates=["mau"], jobs=2))
    assert [result.index for result in results if not result.done] == [7, 250]
    assert str(results[7].problems[0]) == (
        f"{OUT / 'Tổ 7.docx'}: không ghi được: đã có thư mục trùng tên\n  gợi ý: chọn tên khác"
    )


def die(desk: object) -> NoReturn:
    """Be a worker that the system kills."""
    os._exit(9)


def test_a_killed_worker_is_told_and_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    draw_form(Path("mau"))
    monkeypatch.setattr(crews, "_begin", die)
    with pytest.raises(ToolError) as caught:
        list(batch("phieu", many(), OUT, templates=["mau"], jobs=2))
    assert caught.value.exit_code == 5
    assert str(caught.value) == (
        "một tiến trình làm việc bị ngắt giữa chừng (thiếu bộ nhớ, hoặc bị tắt)\n"
        "  gợi ý: chạy lại lệnh, thêm --resume để làm tiếp; nếu còn bị, thêm --jobs 1"
    )
    assert not OUT.exists()


def test_a_fault_of_the_template_is_told_once_and_has_its_own_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_bundle(
        "thu", find_bundle("ke-hoach", [shipped("doctemplates")]), tmp_path / "doctemplates"
    )
    (folder / "template.docx").write_bytes(make("{{ khong_co }}"))
    manifest = folder / "manifest.toml"
    lines = manifest.read_text(encoding="utf-8").splitlines()
    named = [line for line in lines if not line.startswith("output")]
    manifest.write_text("\n".join(['output = "{{ so }}.docx"', *named]), encoding="utf-8")
    sample = json.loads((folder / "sample.json").read_text(encoding="utf-8"))
    records = [{**sample, "so": number} for number in range(1, 4)]
    (tmp_path / "ba.json").write_text(json.dumps(records), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = vanban("batch", "thu", "ba.json", "-o", "ra")
    assert ran.code == 4
    assert ran.err.count("không có trường “khong_co”") == 1


def test_a_document_open_elsewhere_fails_alone_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = keep_lines(tmp_path / "ba.jsonl", units()[:3])
    first = list(batch("ban-cham-diem", str(source), tmp_path / "ra"))
    before = files(tmp_path / "ra")
    replace = Path.replace

    def held(self: Path, target: Path) -> Path:
        if target.name == first[1].output:
            raise PermissionError(errno.EACCES, "")
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", held)
        results = list(batch("ban-cham-diem", str(source), tmp_path / "ra"))
    assert [result.done for result in results] == [True, False, True]
    assert "không có quyền ghi" in results[1].problems[0].message
    again = list(batch("ban-cham-diem", str(source), tmp_path / "ra", resume=True))
    assert all(result.kept for result in again)  # its bytes were right already
    assert files(tmp_path / "ra") == before


def test_a_source_that_the_list_would_replace_is_refused(tmp_path: Path) -> None:
    source = keep_lines(tmp_path / "manifest.jsonl", units()[:2])
    before = source.read_bytes()
    with pytest.raises(UsageError, match="dành cho bản kê"):
        list(batch("ban-cham-diem", str(source), tmp_path))
    assert source.read_bytes() == before


def test_a_bad_record_is_told_with_its_unit(tmp_path: Path) -> None:
    bad = [units()[0], {**units()[1], "nam": "năm nay"}]
    source = keep_lines(tmp_path / "hai.jsonl", bad)
    results = list(batch("ban-cham-diem", str(source), tmp_path / "ra"))
    unit = units()[1]["don_vi"]
    assert results[1].problems[0].at == f"dòng 2, $.nam (đơn vị “{unit}”)"
