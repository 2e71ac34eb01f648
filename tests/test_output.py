"""Files are written whole or not at all, and a failure says why in one sentence."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import output
from generator.errors import UsageError
from generator.output import expect_writable, make_folder, write_whole
from tests.clerk import ROOT, keep, plan, vanban

NOBODY = 65_534
OLD, NEW = b"c\xc5\xa9", b"m\xe1\xbb\x9bi" * 1000


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file with an old content, alone in its folder."""
    path = tmp_path / "ket-qua" / "van-ban.docx"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def said(path: Path, content: bytes = NEW) -> str:
    """Return what a refusal to write says, word for word."""
    with pytest.raises(UsageError) as caught:
        write_whole(path, content)
    return str(caught.value)


def is_untouched(target: Path) -> bool:
    """Return whether the old file is as it was, with nothing beside it."""
    return target.read_bytes() == OLD and list(target.parent.iterdir()) == [target]


# ---------------------------------------------------------------- whole
@given(st.binary(), st.booleans())
def test_a_file_holds_what_was_written(content: bytes, durable: bool) -> None:
    path = Path(os.environ["PYTEST_TMP"]) / "a.docx"
    write_whole(path, content, durable=durable)
    assert path.read_bytes() == content


@pytest.fixture(autouse=True)
def _folder_for_properties(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_TMP", str(tmp_path))


def test_an_old_file_gives_way_and_nothing_is_left_beside(target: Path) -> None:
    write_whole(target, NEW)
    assert target.read_bytes() == NEW
    assert list(target.parent.iterdir()) == [target]


def test_a_file_written_in_pieces_is_whole(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:7]))
    write_whole(target, NEW)
    assert target.read_bytes() == NEW


def test_a_reader_of_the_old_file_keeps_it(target: Path) -> None:
    with target.open("rb") as reader:
        write_whole(target, NEW)
        assert reader.read() == OLD


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_permissions_other_programs_give(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "a.docx", NEW)
        (tmp_path / "b.docx").touch()
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a.docx", "b.docx")]
    assert modes == [0o666 & ~mask] * 2


# ---------------------------------------------------------------- or not at all
def fail_with(monkeypatch: pytest.MonkeyPatch, name: str, code: int) -> None:
    """Make a function of the system fail."""

    def fail(*args: object, **options: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, name, fail)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (errno.ENOSPC, "đĩa đã đầy\n  gợi ý: giải phóng chỗ trên đĩa hoặc chọn nơi khác"),
        (errno.EDQUOT, "hết hạn mức đĩa\n  gợi ý: giải phóng chỗ hoặc chọn nơi khác"),
        (errno.EFBIG, "tệp lớn quá giới hạn\n  gợi ý: chọn nơi khác"),
        (errno.EIO, f"lỗi hệ thống: {os.strerror(errno.EIO)}\n"
                    "  gợi ý: kiểm tra ổ đĩa và quyền ghi"),
    ],
)  # fmt: skip
def test_a_write_that_fails_leaves_the_old_file(
    target: Path, monkeypatch: pytest.MonkeyPatch, code: int, reason: str
) -> None:
    fail_with(monkeypatch, "write", code)
    assert said(target) == f"{target}: không ghi được: {reason}"
    assert is_untouched(target)


def test_a_disk_that_fills_half_way_leaves_the_old_file(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, sizes = os.write, iter([1000, 500])

    def fill_up(handle: int, data: memoryview) -> int:
        size = next(sizes, 0)
        if not size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, data[:size])

    monkeypatch.setattr(os, "write", fill_up)
    assert "đĩa đã đầy" in said(target)
    assert is_untouched(target)


@pytest.mark.parametrize("name", ["fsync", "close", "replace"])
def test_whichever_step_fails_the_old_file_stays(
    target: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    fail_with(monkeypatch, name, errno.EIO)
    with pytest.raises(UsageError):
        write_whole(target, NEW, durable=True)
    monkeypatch.undo()
    assert is_untouched(target)


def test_an_interrupt_leaves_the_old_file(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(handle: int, data: memoryview) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "write", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(target, NEW)
    assert is_untouched(target)


WRITE = "from generator.output import write_whole; from pathlib import Path; import sys; "


def test_a_process_killed_in_the_middle_leaves_the_old_file(target: Path) -> None:
    # Killed between the last byte and the new name: no cleaning up is possible then.
    code = WRITE + (
        "import os, signal; Path.replace = lambda *a: os.kill(os.getpid(), signal.SIGKILL); "
        "write_whole(Path(sys.argv[1]), b'new')"
    )
    killed = subprocess.run([sys.executable, "-c", code, target], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert target.read_bytes() == OLD
    (left,) = set(target.parent.iterdir()) - {target}
    assert left.name.startswith(output.TEMPORARY_PREFIX)  # so that it is known for what it is


def test_a_limit_on_the_size_of_files_is_told(target: Path) -> None:
    code = WRITE + (
        "from generator.errors import UsageError\n"
        "try: write_whole(Path(sys.argv[1]), bytes(100_000))\n"
        "except UsageError as error: print(error.problems[0].message)"
    )

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as Python itself does
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    ran = subprocess.run(
        [sys.executable, "-B", "-c", code, target],
        cwd=ROOT, check=True, capture_output=True, encoding="utf-8", preexec_fn=limit,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert ran.stdout == "không ghi được: tệp lớn quá giới hạn\n"
    assert is_untouched(target)


# ---------------------------------------------------------------- a real full disk
@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB, where this user may make one."""
    place = tmp_path / "dia"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("only root may mount a disk of its own")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_is_told_and_the_old_document_stays(small_disk: Path) -> None:
    document = keep(small_disk / "a.docx", None)
    document.write_bytes(OLD)
    (small_disk / "day.bin").write_bytes(bytes(56 * 1024))
    data = keep(small_disk.parent / "a.json", plan())
    ran = vanban("render", "ke-hoach", data, "-o", document)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"{document}: không ghi được: đĩa đã đầy\n"
        "  gợi ý: giải phóng chỗ trên đĩa hoặc chọn nơi khác\n"
    )
    assert document.read_bytes() == OLD
    assert sorted(path.name for path in small_disk.iterdir()) == ["a.docx", "day.bin"]


# ---------------------------------------------------------------- places that cannot be written
def test_a_file_where_a_folder_is_needed_is_told(tmp_path: Path) -> None:
    keep(tmp_path / "tep", None)
    assert said(tmp_path / "tep" / "a.docx") == (
        f"{tmp_path / 'tep' / 'a.docx'}: không ghi được: một phần đường dẫn là tệp, không phải "
        "thư mục\n  gợi ý: kiểm tra lại đường dẫn"
    )
    with pytest.raises(UsageError, match="đã có tệp trùng tên với thư mục cần tạo"):
        make_folder(tmp_path / "tep")
    with pytest.raises(UsageError, match="một phần đường dẫn là tệp, không phải thư mục"):
        make_folder(tmp_path / "tep" / "sau")


def test_a_folder_where_the_file_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.docx").mkdir()
    assert said(tmp_path / "a.docx") == (
        f"{tmp_path / 'a.docx'}: không ghi được: đã có thư mục trùng tên\n  gợi ý: chọn tên khác"
    )
    assert list(tmp_path.iterdir()) == [tmp_path / "a.docx"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a" * 300, "tên quá dài"),
        ("a" * 300 + "/in.docx", "tên quá dài"),
        ("tep/in.docx", "một phần đường dẫn là tệp, không phải thư mục"),
        ("co-san", "đã có thư mục trùng tên"),
    ],
)
def test_a_place_can_be_tried_before_the_work(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "tep").write_bytes(b"")
    (tmp_path / "co-san").mkdir()
    with pytest.raises(UsageError, match=f"không ghi được: {reason}"):
        expect_writable(tmp_path / name)
    expect_writable(tmp_path / "moi" / "in.docx")
    expect_writable(tmp_path / "tep")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["co-san", "tep"]


def test_a_drive_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", lambda path: False)
    with pytest.raises(UsageError, match="không có ổ đĩa hoặc thư mục này"):
        expect_writable(Path("Z:/in.docx"))


def test_a_name_longer_than_the_system_takes_is_told(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 300)
    assert said(path) == (f"{path}: không ghi được: tên quá dài\n  gợi ý: chọn thư mục ngắn hơn")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (errno.EACCES, "không có quyền ghi"),
        (errno.EPERM, "không có quyền ghi"),
        (errno.EROFS, "ổ đĩa chỉ cho đọc"),
    ],
)
def test_a_folder_without_write_access_is_told(
    target: Path, monkeypatch: pytest.MonkeyPatch, code: int, reason: str
) -> None:
    fail_with(monkeypatch, "open", code)  # root may write everywhere: no chmod shows this
    assert f"{target}: không ghi được: {reason}" in said(target)
    monkeypatch.undo()
    assert is_untouched(target)


def test_a_folder_of_somebody_else_is_told() -> None:
    own = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to others
        target = Path(folder) / "van-ban.docx"
        target.write_bytes(OLD)
        Path(folder).chmod(0o555)
        if own == 0:
            os.seteuid(NOBODY)  # root may write everywhere
        try:
            assert "không có quyền ghi" in said(target)
        finally:
            os.seteuid(own)
            Path(folder).chmod(0o755)
        assert is_untouched(target)


def test_folders_are_made_with_those_above(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b" / "c")
    make_folder(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()
