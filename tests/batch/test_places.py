"""Where documents go: .zip files and addresses of fsspec, with the same bytes as in a folder."""

from __future__ import annotations

import errno
import logging
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from moto.server import ThreadedMotoServer

from generator import ToolError, UsageError
from generator.batches import outputs
from generator.batches import run as batches
from generator.batches.outputs import Digest, open_place
from generator.batches.run import batch
from tests.batch.killing import tree
from tests.clerk import FIXTURES, draw_form, keep_lines, vanban

FORM = "ban-cham-diem"
UNITS = "don-vi.jsonl"
_LINES = (FIXTURES / FORM / "don-vi-300.jsonl").read_bytes().splitlines(keepends=True)[:220]
OUT = Path("ket-qua")


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(UNITS).write_bytes(b"".join(_LINES))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The scoring sheets of 220 units and their list, as a folder gets them."""
    folder = tmp_path_factory.mktemp("thanh-pho")
    (folder / UNITS).write_bytes(b"".join(_LINES))
    list(batch(FORM, str(folder / UNITS), folder / "ra"))
    return tree(folder / "ra")


def at(address: str) -> dict[str, bytes]:
    """Return every file below an address."""
    system, root = fsspec.url_to_fs(address)
    return {path.removeprefix(f"{root}/"): system.cat_file(path) for path in system.find(root)}


# ---------------------------------------------------------------- .zip
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_zip_holds_what_the_folder_holds_in_the_order_of_the_source(
    city: dict[str, bytes], jobs: int
) -> None:
    results = list(batch(FORM, UNITS, "ra/ket-qua.zip", jobs=jobs))
    with zipfile.ZipFile("ra/ket-qua.zip") as package:
        assert package.testzip() is None
        assert package.namelist() == [*(r.output for r in results), "manifest.jsonl"]
        assert {name: package.read(name) for name in package.namelist()} == city
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert [path.name for path in Path("ra").iterdir()] == ["ket-qua.zip"]


def test_a_zip_has_the_same_bytes_each_time_and_gives_way_whole() -> None:
    list(batch(FORM, UNITS, "a.zip"))
    first = Path("a.zip").read_bytes()
    assert vanban("batch", FORM, UNITS, "-o", "a.zip", "--resume").err == (
        "Đã tạo 220 văn bản, lỗi 0. Bản kê: manifest.jsonl trong a.zip\n"
    )
    assert Path("a.zip").read_bytes() == first


def test_a_zip_that_meets_a_full_disk_leaves_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": f"Tổ {n}"} for n in range(20)])
    Path("a.zip").write_bytes(b"old")
    whole = zipfile.ZipFile.writestr

    def full(self: zipfile.ZipFile, entry: zipfile.ZipInfo, content: bytes) -> None:
        if entry.filename == "Tổ 7.docx":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole(self, entry, content)

    command = ["batch", "phieu", "a.jsonl", "-o", "a.zip", "--templates", "mau"]
    with monkeypatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "writestr", full)
        ran = vanban(*command)
    assert ran.code == 2
    assert ran.err.startswith("a.zip: không ghi được: đĩa đã đầy")
    assert Path("a.zip").read_bytes() == b"old"
    assert vanban(*command, "--resume").code == 0
    with zipfile.ZipFile("a.zip") as package:
        assert len(package.namelist()) == 21
    assert {path.name for path in Path().iterdir()} == {"a.zip", "a.jsonl", "mau", UNITS}


def test_two_units_with_one_name_leave_no_zip() -> None:
    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": "An"}, {"ten": "AN"}])
    ran = vanban("batch", "phieu", "a.jsonl", "-o", "a.zip", "--templates", "mau")
    assert ran.code == 3
    assert {path.name for path in Path().iterdir()} == {"a.jsonl", "mau", UNITS}


def test_a_folder_with_the_name_of_the_zip_is_told_before_the_work() -> None:
    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": "An"}])
    Path("a.zip").mkdir()
    ran = vanban("batch", "phieu", "a.jsonl", "-o", "a.zip", "--templates", "mau")
    assert (ran.code, ran.err) == (
        2, "a.zip: không ghi được: đã có thư mục trùng tên\n  gợi ý: chọn tên khác\n"
    )  # fmt: skip


# ---------------------------------------------------------------- fsspec
def test_memory_gets_the_same_files_and_nothing_else(city: dict[str, bytes]) -> None:
    list(batch(FORM, UNITS, "memory://thanh-pho", jobs=2))
    assert at("memory://thanh-pho") == city


def test_a_file_address_is_a_folder_of_this_machine(city: dict[str, bytes], tmp_path: Path) -> None:
    ran = vanban("batch", FORM, UNITS, "-o", f"file://{tmp_path}/ra")
    assert ran.err.endswith(f"Bản kê: {tmp_path}/ra/manifest.jsonl\n")
    assert tree(tmp_path / "ra") == city


def test_an_address_nobody_knows_is_wrong_use() -> None:
    ran = vanban("batch", FORM, UNITS, "-o", "kho://thu-muc")
    assert (ran.code, ran.err) == (
        2, "kho://thu-muc/.~vanban: địa chỉ không dùng được\n  gợi ý: ghi như s3://kho/thu-muc\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    "address", ["memory://", "memory:///", "s3://", "s3:// ", "://x", "://", "file://", "file:///"]
)
def test_an_address_without_a_store_or_a_folder_is_no_folder_here(address: str) -> None:
    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": "An"}])
    ran = vanban("batch", "phieu", "a.jsonl", "-o", address, "--templates", "mau")
    assert (ran.code, ran.err) == (
        2, f"{address}: địa chỉ không dùng được\n  gợi ý: ghi như s3://kho/thu-muc\n"
    )  # fmt: skip
    assert {path.name for path in Path().iterdir()} == {"a.jsonl", "mau", UNITS}
    with pytest.raises(UsageError, match="địa chỉ không dùng được"):
        open_place(address)


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*args: object, **options: object) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.core.url_to_fs", missing)
    with pytest.raises(ToolError, match="chưa cài gói") as caught:
        open_place("s3://kho/ra")
    assert caught.value.problems[0].hint == 'với s3:// chạy: pip install "vanban[s3]"'


def test_a_store_that_is_no_object_store_gets_whole_files_too() -> None:
    """A drive that fsspec mounts: files are written beside and renamed."""
    place = outputs.Remote("memory://o-mang/ra")
    place._whole = False
    written: list[str] = []
    pipe = place._system.pipe_file

    class Heard:
        def __getattr__(self, name: str) -> Any:
            return getattr(fsspec.filesystem("memory"), name)

        def pipe_file(self, path: str, content: bytes) -> None:
            written.append(path)
            pipe(path, content)

    place._system = Heard()
    place.write_all({"xã/An.docx": b"An"})
    place.write("manifest.jsonl", [b"a\n", b"b\n"])
    assert written == ["/o-mang/ra/xã/.~vanban-An.docx"]
    assert at("memory://o-mang") == {"ra/xã/An.docx": b"An", "ra/manifest.jsonl": b"a\nb\n"}
    assert list(place.lines("manifest.jsonl")) == [b"a\n", b"b\n"]
    assert place.holding({"xã/An.docx": Digest(2, ""), "Không.docx": Digest(2, "")}) == {
        "xã/An.docx"
    }


# ---------------------------------------------------------------- S3
@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server that speaks S3, with a bucket; yield the bucket's address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    keys = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "k",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, value in keys.items():
            patch.setenv(name, value)
        fsspec.filesystem("s3").mkdir("kho")
        yield "s3://kho"
        fsspec.filesystem("s3").clear_instance_cache()
    server.stop()


@pytest.mark.parametrize("jobs", [1, 2])
def test_s3_gets_the_same_objects_and_nothing_else(
    s3: str, city: dict[str, bytes], jobs: int
) -> None:
    list(batch(FORM, UNITS, f"{s3}/ra-{jobs}", jobs=jobs))
    assert at(f"{s3}/ra-{jobs}") == city


def test_a_run_to_s3_goes_on_from_anywhere(
    s3: str, city: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = batches._deliver

    def stopped(desk: Any, number: int) -> Any:
        if number == 1:
            raise KeyboardInterrupt
        return whole(desk, number)

    with monkeypatch.context() as patch:
        patch.setattr(batches, "_deliver", stopped)
        with pytest.raises(KeyboardInterrupt):
            list(batch(FORM, UNITS, f"{s3}/tiep"))
    results = list(batch(FORM, UNITS, f"{s3}/tiep", resume=True))
    assert [result.kept for result in results].count(True) == 100
    assert at(f"{s3}/tiep") == city
    assert all(result.kept for result in batch(FORM, UNITS, f"{s3}/tiep", resume=True))
    assert at(f"{s3}/tiep") == city


def test_a_bucket_that_does_not_exist_is_told(s3: str) -> None:
    with pytest.raises(UsageError) as caught:
        list(batch(FORM, UNITS, "s3://khong-co/ra"))
    assert caught.value.problems[0].file == "s3://khong-co/ra/.~vanban/00000000.made"
    assert caught.value.problems[0].message.startswith("không ghi được: ")
