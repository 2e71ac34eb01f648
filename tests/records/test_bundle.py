"""Form folders: where they are looked for, what they must hold, and what a broken one says."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from generator.bundle import (
    ENVIRONMENT_VARIABLE,
    Bundle,
    find_bundle,
    list_bundles,
    load_bundle,
    shipped,
    template_folders,
)
from generator.errors import BundleError, GeneratorError, UsageError
from generator.pipeline import Form, open_form
from generator.records.data import RawRecord
from tests.clerk import FORMS, ROOT, draw_form, keep, vanban
from tests.making import lines, make


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)


def printed(form: Form, record: str = '{"ten": "An"}') -> list[str]:
    """Return the lines of the document a form makes of a record."""
    return lines(form.render(RawRecord(file="a.json", text=record)))


# ---------------------------------------------------------------- where forms are looked for
def test_the_built_in_forms_are_found_from_any_folder() -> None:
    listed, problems = list_bundles(template_folders())
    assert [item.bundle.id for item in listed] == FORMS
    assert problems == []
    assert all(item.bundle.folder.parent == shipped("doctemplates") for item in listed)


def test_folders_are_searched_in_one_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [tmp_path / name for name in ("lenh-1", "lenh-2", "bien-1", "bien-2", "doctemplates")]
    for place in places:
        draw_form(place, title=place.name)
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, f"{places[2]}{os.pathsep}{places[3]}{os.pathsep}")
    folders = template_folders(map(str, places[:2]))
    assert [folder.resolve() for folder in folders] == [*places, shipped("doctemplates")]
    for place in places:
        assert find_bundle("phieu", folders[places.index(place) :]).title == place.name


def test_a_folder_named_twice_is_searched_once(tmp_path: Path) -> None:
    draw_form(tmp_path / "doctemplates")
    listed, _ = list_bundles(template_folders([str(tmp_path / "doctemplates"), "doctemplates"]))
    assert [item.bundle.id for item in listed] == ["phieu", *FORMS]


def test_a_form_of_an_earlier_folder_hides_one_of_the_same_id(tmp_path: Path) -> None:
    draw_form(tmp_path / "cua-toi", "ke-hoach", title="Kế hoạch của tôi", group="Riêng")
    ran = vanban("list", "--templates", tmp_path / "cua-toi")
    assert ran.code == 0
    shown = [" ".join(line.split()) for line in ran.out.splitlines() if "ke-hoach" in line]
    assert shown == [
        "ke-hoach Kế hoạch [KH] — có sẵn (bị mẫu cùng tên ở thư mục trước che)",
        f"ke-hoach Kế hoạch của tôi — {tmp_path / 'cua-toi' / 'ke-hoach'}",
    ]


def test_a_form_is_found_by_its_folder_too(tmp_path: Path) -> None:
    folder = draw_form(tmp_path / "ngoai")
    assert find_bundle(str(folder), []).id == "phieu"
    assert find_bundle("ngoai/phieu", []).id == "phieu"
    assert find_bundle(f"ngoai{os.sep}phieu{os.sep}", []).id == "phieu"


@pytest.mark.parametrize(
    "form", ["", ".", "..", "../ngoai/phieu", "khoi", "/", "phieu\n", "*", "phieu/../phieu"]
)
def test_an_id_never_leads_out_of_the_folders(tmp_path: Path, form: str) -> None:
    draw_form(tmp_path / "ngoai")
    (tmp_path / "trong" / "sau").mkdir(parents=True)
    with pytest.raises(UsageError) as caught:
        find_bundle(form, [tmp_path / "trong" / "sau"])
    assert caught.value.problems[0].message == f"không có mẫu “{form}”"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("kehoach", "có phải bạn muốn dùng “ke-hoach”?"),
        ("KE-HOACH", "có phải bạn muốn dùng “ke-hoach”?"),
        ("ban-cham", "có phải bạn muốn dùng “ban-cham-diem”?"),
        ("zzz", "xem các mẫu bằng lệnh vanban list"),
    ],
)
def test_an_unknown_form_is_told_with_the_nearest_id(typed: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_form(typed)
    assert str(caught.value) == f"không có mẫu “{typed}”\n  gợi ý: {hint}"


def test_folders_that_do_not_exist_are_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, "khong-2")
    with pytest.raises(UsageError) as caught:
        template_folders(["khong-1"])
    assert str(caught.value) == "\n".join(
        f"{name}: không có thư mục mẫu này\n  gợi ý: kiểm tra lại đường dẫn"
        for name in ("khong-1", "khong-2")
    )


# ---------------------------------------------------------------- what a manifest must say
def refusal(text: str | bytes, folder: Path) -> str:
    """Return what a manifest with that text is refused with, without the file's name."""
    keep(folder / "manifest.toml", None)
    content = text if isinstance(text, bytes) else text.encode()
    (folder / "manifest.toml").write_bytes(content)
    with pytest.raises(BundleError) as caught:
        load_bundle(folder)
    assert caught.value.exit_code == 4
    return str(caught.value).replace(f"{folder / 'manifest.toml'}: ", "")


WHOLE = """id = "phieu"
title = "Phiếu"
type = ""
standard = "nd30_2020"
source = "mẫu thử"
output = "{{ ten }}.docx"
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('id = "phieu', "cuối tệp: viết sai cú pháp TOML: chữ mở ngoặc kép mà không đóng\n"
         "  gợi ý: sửa tệp rồi chạy lại"),
        ('id = "phi\xeau"'.encode("latin-1"), "không đọc được tệp\n  gợi ý: sửa tệp rồi chạy lại"),
        ("a = " + "[" * 5000, "lồng quá sâu\n  gợi ý: sửa tệp rồi chạy lại"),
        (WHOLE.replace('title = "Phiếu"\n', ""),
         'thiếu khóa title\n  gợi ý: thêm dòng title = "…"'),
        (WHOLE + 'outptu = "x"', "không có khóa “outptu” trong manifest\n"
         "  gợi ý: có phải bạn muốn gõ output?"),
        (WHOLE + "qqq = 1", "không có khóa “qqq” trong manifest\n  gợi ý: xóa khóa này"),
        (WHOLE.replace('"Phiếu"', "5"), "title phải là chữ trong ngoặc kép"),
        (WHOLE + "group = 5", "group phải là chữ trong ngoặc kép"),
        (WHOLE.replace('id = "phieu"', 'id = "khac"'),
         "id là “khac” nhưng thư mục tên là “phieu”\n  gợi ý: đặt id trùng tên thư mục"),
    ],
)  # fmt: skip
def test_a_broken_manifest_is_told(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert refusal(text, tmp_path / "phieu") == said


def test_all_that_is_wrong_with_a_manifest_is_told_at_once(tmp_path: Path) -> None:
    assert refusal('id = "khac"\nla = 1', tmp_path / "phieu").count("gợi ý") == 7


def test_a_form_is_opened_by_a_path_too(tmp_path: Path) -> None:
    folder = draw_form(tmp_path)
    assert open_form(folder).bundle.id == open_form(str(folder)).bundle.id


def test_a_folder_without_a_manifest_is_no_form(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="thiếu tệp này"):
        load_bundle(tmp_path)


@pytest.mark.parametrize("scoring", ["5", "[]", "{}", '{into = "x", scorers = 5}'])
def test_a_broken_table_of_the_manifest_is_told(tmp_path: Path, scoring: str) -> None:
    folder = draw_form(tmp_path)
    (folder / "manifest.toml").write_text(f"{WHOLE}scoring = {scoring}\n", encoding="utf-8")
    with pytest.raises(BundleError) as caught:
        open_form(str(folder))
    assert caught.value.problems[0].at == "[scoring]"


def test_list_shows_the_good_forms_beside_a_broken_one(tmp_path: Path) -> None:
    (draw_form(tmp_path, "hong") / "manifest.toml").write_text("id = ", encoding="utf-8")
    draw_form(tmp_path, "lanh", title="Mẫu lành")
    ran = vanban("list", "--templates", tmp_path)
    assert ran.code == 4
    assert re.search("^  lanh +Mẫu lành  — ", ran.out, re.MULTILINE)
    manifest = tmp_path / "hong" / "manifest.toml"
    assert ran.err.startswith(f"{manifest}: cuối tệp: viết sai cú pháp TOML")


# ---------------------------------------------------------------- what a folder must hold
@pytest.mark.parametrize("name", ["schema.json", "template.docx", "sample.json"])
def test_a_missing_file_is_told_when_it_is_needed(tmp_path: Path, name: str) -> None:
    folder = draw_form(tmp_path)
    (folder / name).unlink()
    keep(tmp_path / "a.json", {"ten": "An"})
    command = {
        "schema.json": ("validate", folder, "a.json"),
        "template.docx": ("render", folder, "a.json", "-o", "a.docx"),
        "sample.json": ("init", folder, "-o", "b.json", "--sample"),
    }[name]
    ran = vanban(*command)
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == (
        f"{folder}: thư mục mẫu thiếu tệp {name}\n"
        "  gợi ý: mẫu cần đủ manifest.toml, template.docx, schema.json và sample.json\n"
    )


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"\xd0\xcf\x11\xe0 .doc", b"{\\rtf1 x}"])
def test_a_template_that_is_no_docx_is_told(tmp_path: Path, content: bytes) -> None:
    folder = draw_form(tmp_path)
    (folder / "template.docx").write_bytes(content)
    keep(tmp_path / "a.json", {"ten": "An"})
    for command, output in (("render", "ra.docx"), ("batch", "ra")):
        ran = vanban(command, folder, "a.json", "-o", output)
        assert ran.code == 4
        assert ran.err == (
            f"{folder / 'template.docx'}: không phải tệp .docx, hoặc tệp đã hỏng\n"
            "  gợi ý: mở tệp bằng Word và lưu lại dạng .docx\n"
        )
        assert not Path(output).exists()


@pytest.mark.parametrize("schema", ["[]", "{", '{"properties": {"ten": 5}}', '{"type": "chu"}'])
def test_a_broken_schema_is_told(tmp_path: Path, schema: str) -> None:
    folder = draw_form(tmp_path)
    (folder / "schema.json").write_text(schema)
    ran = vanban("show", folder)
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith(f"{folder / 'schema.json'}: ")
    assert ran.err.endswith("  gợi ý: sửa tệp schema của mẫu\n")


# ---------------------------------------------------------------- shared blocks
def with_block(root: Path, block: str, form: str = "phieu") -> Path:
    """Make a form that prints the block ``dau.docx``, and the block beside the forms."""
    keep(root / "khoi" / "dau.docx", None).write_bytes(make(block))
    return draw_form(root, form, template=make('{% include "khoi/dau.docx" %}', "{{ ten }}"))


def test_a_form_prints_the_shared_blocks_beside_it(tmp_path: Path) -> None:
    with_block(tmp_path / "mau", "Khối chung")
    assert printed(open_form("phieu", ["mau"])) == ["Khối chung", "An"]


def test_a_forms_own_block_comes_before_the_shared_one(tmp_path: Path) -> None:
    folder = with_block(tmp_path / "mau", "Khối chung")
    with_block(tmp_path / "mau", "Khối chung", "khac")
    keep(folder / "khoi" / "dau.docx", None).write_bytes(make("Khối riêng"))
    assert printed(open_form("phieu", ["mau"])) == ["Khối riêng", "An"]
    assert printed(open_form("khac", ["mau"])) == ["Khối chung", "An"]


def test_blocks_beside_the_form_come_before_those_of_the_search_order(tmp_path: Path) -> None:
    folder = with_block(tmp_path / "b", "Khối cạnh mẫu")
    with_block(tmp_path / "a", "Khối thư mục khác")
    assert printed(open_form(str(folder), ["a"])) == ["Khối cạnh mẫu", "An"]


def test_a_form_without_blocks_of_its_own_takes_the_built_in_ones(tmp_path: Path) -> None:
    folder = draw_form(
        tmp_path,
        schema={"type": "object", "properties": {
            "ten": {"$ref": "../khoi/chung.schema.json#/$defs/trich_yeu"},
        }},
        template=make('{% set ten_loai = "Kế hoạch" %}{% set trich_yeu = ten %}',
                      '{% include "khoi/ten-loai.docx" %}'),
    )  # fmt: skip
    text = " ".join(printed(open_form(str(folder))))
    assert "KẾ HOẠCH" in text.upper()
    assert "An" in text


def test_a_block_nobody_has_is_told(tmp_path: Path) -> None:
    folder = draw_form(tmp_path, template=make('{% include "khoi/khong-co.docx" %}'))
    with pytest.raises(GeneratorError) as caught:
        printed(open_form(str(folder)))
    assert caught.value.exit_code == 4
    assert "không tìm thấy khối chung “khoi/khong-co.docx”" in str(caught.value)


# ---------------------------------------------------------------- the built-in forms
@pytest.mark.parametrize("form", FORMS)
def test_a_built_in_form_is_complete_and_its_sample_prints(form: str) -> None:
    opened = open_form(form)
    sample = opened.bundle.path("sample.json")
    record = RawRecord(file=str(sample), text=sample.read_text(encoding="utf-8"))
    prepared = opened.prepare(record)
    assert prepared.warnings == ()
    assert prepared.name.endswith(".docx")
    assert opened.render(record)[:2] == b"PK"


@pytest.mark.parametrize("form", FORMS)
def test_a_bundle_is_what_its_manifest_says(form: str) -> None:
    text = (ROOT / "doctemplates" / form / "manifest.toml").read_text(encoding="utf-8")
    said: dict[str, Any] = tomllib.loads(text)
    bundle: Bundle = find_bundle(form, template_folders())
    assert (bundle.id, bundle.title, bundle.output) == (form, said["title"], said["output"])
    assert bundle.manifest == said
