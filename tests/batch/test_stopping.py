"""A batch that is stopped anywhere goes on later and ends with the same bytes."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from generator import UsageError
from generator.batches import journal
from generator.batches import run as batches
from generator.batches.journal import Chunk, Known
from generator.batches.locks import BusyError
from generator.batches.run import batch
from generator.pipeline import Form
from tests.batch.killing import tree
from tests.clerk import FIXTURES, ROOT, draw_form, keep_lines, vanban
from tests.conftest import IN_CI

FORM = "ban-cham-diem"
UNITS_300 = FIXTURES / FORM / "don-vi-300.jsonl"
KILLS = 200 if IN_CI else 20
UNITS = 60  # of the real form, in chunks of ten: a killed run is over in a few tenths of a second
OUT = Path("ket-qua")


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def slips(count: int = 60) -> str:
    """Draw a small form and keep a record for each slip; the fifth is bad."""
    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": f"Tổ {n}" if n != 4 else n} for n in range(count)])
    return "a.jsonl"


def make(output: Path | str = OUT, **options: Any) -> list[batches.Result]:
    """Make the slips."""
    return list(batch("phieu", "a.jsonl", output, templates=["mau"], **options))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_CHUNK", 10)


# ---------------------------------------------------------------- kill -9
@pytest.mark.parametrize(
    ("output", "jobs", "kills"),
    [("ra", 1, KILLS * 7 // 10), ("ra.zip", 1, KILLS * 2 // 10), ("ra", 2, KILLS // 10)],
    ids=["folder", "zip", "two processes"],
)
def test_a_batch_killed_at_random_points_ends_with_the_same_bytes(
    output: str, jobs: int, kills: int
) -> None:
    lines = UNITS_300.read_text(encoding="utf-8").splitlines(keepends=True)
    Path("a.jsonl").write_text("".join(lines[:UNITS]), encoding="utf-8")
    driver = [sys.executable, "-m", "tests.batch.killing", str(Path("a.jsonl").resolve())]
    arguments = [str(Path(output).resolve()), str(jobs), str(kills), "1945"]
    ran = subprocess.run(
        [*driver, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["kills"] == kills
    assert said["documents"] == UNITS


# ---------------------------------------------------------------- exactly what is missing
@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Hear which records are prepared."""
    heard: list[int] = []
    prepare = Form.prepare

    def listen(self: Form, raw: Any, **options: Any) -> Any:
        heard.append(raw.index)
        return prepare(self, raw, **options)

    monkeypatch.setattr(Form, "prepare", listen)
    return heard


def stop_at(monkeypatch: pytest.MonkeyPatch, number: int, step: str) -> None:
    """Stop the run as a killed one stops, at a chunk of one of its two steps."""
    whole = getattr(batches, step)

    def stopped(desk: Any, task: Any) -> Any:
        if (task if isinstance(task, int) else task.number) == number:
            raise KeyboardInterrupt
        return whole(desk, task)

    monkeypatch.setattr(batches, step, stopped)


@pytest.mark.parametrize("step", ["_make", "_deliver"])
@pytest.mark.usefixtures("small_chunks")
def test_resume_makes_what_is_missing_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, filled: list[int], step: str
) -> None:
    slips()
    make("mau-chuan")
    with monkeypatch.context() as patch:
        stop_at(patch, 3, step)
        with pytest.raises(KeyboardInterrupt):
            make()
    filled.clear()
    results = make(resume=True)
    assert filled == ([*range(30, 60)] if step == "_make" else [])
    assert [result.kept for result in results].count(True) == (0 if step == "_make" else 29)
    assert tree(OUT) == tree(Path("mau-chuan"))
    assert not list(OUT.glob(".*"))


@pytest.mark.usefixtures("small_chunks")
def test_a_document_lost_or_changed_since_is_made_again() -> None:
    slips()
    make()
    before = tree(OUT)
    (OUT / "Tổ 7.docx").unlink()
    (OUT / "Tổ 33.docx").write_bytes(b"x")
    results = make(resume=True)
    assert [r.index for r in results if not r.kept and r.done] == [7, 33]
    assert tree(OUT) == before


def test_only_units_whose_record_changed_are_written_again(filled: list[int]) -> None:
    slips(20)
    make()
    lines = Path("a.jsonl").read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].replace("Tổ 3", "Tổ ba")
    spaced = lines[9].replace(":", " : ")  # the same record, typed otherwise
    changed = ['{"ten": "Tổ mới"}', *lines[:9], spaced, *lines[10:]]
    Path("a.jsonl").write_text("\n".join(changed), encoding="utf-8")
    kept_before = (OUT / "Tổ 9.docx").stat().st_mtime_ns
    filled.clear()
    ran = vanban("batch", "phieu", "a.jsonl", "-o", OUT, "--templates", "mau", "--changed-only")
    assert filled == [0, 4, 5]  # the new one, the changed one, and the bad one is told again
    assert ran.err.splitlines()[-1] == (
        f"Đã tạo 2 văn bản, giữ nguyên 18, lỗi 1. Bản kê: {OUT / 'manifest.jsonl'}"
    )
    assert (OUT / "Tổ 9.docx").stat().st_mtime_ns == kept_before
    make("moi")
    assert tree(Path("moi")).items() <= tree(OUT).items()  # beside them, the unit of the old name


@pytest.mark.parametrize("changed", ["template", "version"])
def test_a_changed_form_or_version_makes_all_anew(
    monkeypatch: pytest.MonkeyPatch, filled: list[int], changed: str
) -> None:
    slips(8)
    make()
    filled.clear()
    if changed == "template":
        from tests.making import make as drawn

        Path("mau/phieu/template.docx").write_bytes(drawn("Tên đơn vị: {{ ten }}"))
    else:
        monkeypatch.setattr("generator.batches.journal.__version__", "99")
    make(resume=True)
    assert filled == [*range(8)]
    make("moi")
    assert tree(Path("moi")) == tree(OUT)


def test_a_changed_text_beside_the_data_is_a_changed_record(tmp_path: Path) -> None:
    for name in ("nga-son.json", "nga-son-noi-dung.md"):
        (tmp_path / name).write_bytes((FIXTURES / "ke-hoach" / name).read_bytes())
    list(batch("ke-hoach", "nga-son.json", OUT))
    (again,) = batch("ke-hoach", "nga-son.json", OUT, resume=True)
    assert again.kept
    with (tmp_path / "nga-son-noi-dung.md").open("a", encoding="utf-8") as text:
        text.write("\nThêm một đoạn.\n")
    (again,) = batch("ke-hoach", "nga-son.json", OUT, resume=True)
    assert not again.kept


def test_without_resume_everything_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    slips(8)
    make()
    assert not any(result.kept for result in make())


def test_a_torn_file_of_the_journal_is_made_again(
    monkeypatch: pytest.MonkeyPatch, small_chunks: None
) -> None:
    slips(30)
    with monkeypatch.context() as patch:
        stop_at(patch, 2, "_make")
        with pytest.raises(KeyboardInterrupt):
            make()
    for path in (OUT / ".~vanban").glob("*.made"):  # as a power cut leaves it
        path.write_bytes(path.read_bytes()[: -100 if path.name.startswith("00000000") else 50])
    make(resume=True)
    make("moi")
    assert tree(OUT) == tree(Path("moi"))


NO_JSON = ["[" * 100_000, '{"a": ' * 100_000, "9" * 5_000, "\0", "Đã ký"]
NO_ROWS = [
    "1", "null", "[]", '{"index": "1"}', '{"index": null}', '{"record": {"a": 1}}',
    r'{"record": "\ud800"}', '{"output": 5}', r'{"output": "a\u0000"}', '{"bytes": -1}',
    '{"also": 1}', '{"also": [1]}', '{"also": [{"output": 1}]}', '{"problems": [{"loi": 1}]}',
    '{"problems": {"a": 1}}', '{"verified": true}', '{"warnings": 5}', '{"kept": 1}',
]  # fmt: skip


@pytest.mark.parametrize("row", [*NO_JSON, *NO_ROWS])
def test_lines_that_are_not_ours_are_no_documents(row: str) -> None:
    line = row if "record" in row else row.replace("{", '{"record": "x", ', 1)
    with closing(Known([line.encode()])) as known:
        assert not known.any
    with closing(Known([b'{"record": "x", "output": "a.docx", "verified": 5}'])) as known:
        assert known.any


@pytest.mark.parametrize(
    "head",
    [
        *NO_JSON,
        *NO_ROWS,
        *(f'{{"rows": [{row}], "sizes": []}}' for row in NO_ROWS),
        '{"rows": [], "sizes": 1}',
        '{"rows": [], "sizes": ["1"]}',
        '{"rows": [], "sizes": [1, -1]}',
        '{"rows": [], "sizes": [5]}',
    ],
)
def test_a_file_that_is_not_ours_is_no_chunk(head: str) -> None:
    assert Chunk.unpacked(head.encode() + b"\n") is None
    assert Chunk.unpacked(b'{"rows": [{"index": 1}], "sizes": [1]}\n1') is not None


@pytest.mark.parametrize("name", ["manifest.jsonl", ".~vanban/00000000.made"])
@pytest.mark.parametrize("content", ['{"record": {"a": 1}}', "1", "[" * 100_000])
def test_a_run_goes_on_over_a_file_that_is_not_ours(name: str, content: str) -> None:
    slips(8)
    make()
    made = tree(OUT)
    (OUT / name).parent.mkdir(exist_ok=True)
    (OUT / name).write_text(content + "\n", encoding="utf-8")
    make(resume=True)
    assert tree(OUT) == made


# ---------------------------------------------------------------- full disks, lost permission
@contextlib.contextmanager
def disk_of(size: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield a folder that holds so many bytes: a file system of that size, or one that acts so."""
    folder = Path("dia").resolve()
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    with contextlib.suppress(OSError):
        if subprocess.run(mount, capture_output=True, check=False).returncode == 0:
            try:
                yield folder
            finally:
                subprocess.run(["umount", "-l", str(folder)], check=True)
            return
    write = os.write

    def limited(handle: int, data: Any) -> int:
        if sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) > size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, data)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", limited)
        yield folder


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.9, 1.0])
@pytest.mark.usefixtures("small_chunks")
def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_room(
    monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    slips(120)
    make("mau-chuan")
    whole = tree(Path("mau-chuan"))
    size = int(share * sum(map(len, whole.values())))
    command = ["batch", "phieu", "a.jsonl", "--templates", "mau", "--jobs", "1"]
    with disk_of(size, monkeypatch) as disk:
        ran = vanban(*command, "-o", disk / "ra")
        assert ran.code == 2
        assert "không ghi được: đĩa đã đầy\n  gợi ý: giải phóng chỗ" in ran.err
        assert "Traceback" not in ran.err
        if share > 0.1:
            assert ran.err.endswith("Làm tiếp: chạy lại lệnh này, thêm --resume.\n")
        assert all(whole[name] == content for name, content in tree(disk / "ra").items())
        if (disk / "ra").exists():  # the clerk finds room
            (disk / "ra").rename(disk / "tam")
            subprocess.run(["cp", "-a", str(disk / "tam"), str(OUT)], check=True)
    assert vanban(*command, "-o", OUT, "--resume").code == 1
    assert tree(OUT) == whole
    assert not list(OUT.glob(".*"))


def test_a_limit_of_the_system_on_files_is_told_from_workers_too() -> None:
    slips(3_000)
    command = [sys.executable, "-m", "generator", "batch", "phieu", "a.jsonl", "--templates", "mau"]
    limited = "import os,resource,sys; resource.setrlimit(resource.RLIMIT_FSIZE, (40_000,) * 2); "
    start = [sys.executable, "-c", limited + "os.execv(sys.argv[1], sys.argv[1:])"]
    ran = subprocess.run(
        [*start, *command, "-o", "ra", "--jobs", "2"],
        capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 40_000
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "không ghi được: tệp lớn quá giới hạn" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_full_disk_of_temporary_files_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    slips(400)
    whole = sqlite3.connect

    def small(*arguments: Any, **options: Any) -> sqlite3.Connection:
        base: sqlite3.Connection = whole(*arguments, **options)
        base.execute("PRAGMA max_page_count = 2")
        return base

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", small)
        with pytest.raises(UsageError, match="không ghi được: đĩa đã đầy"):
            make()
    make(resume=True)


def test_permission_lost_half_way_is_told_and_the_run_goes_on(
    monkeypatch: pytest.MonkeyPatch, small_chunks: None
) -> None:
    slips()
    opened, rest = os.open, [25]

    def lose(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if flags & os.O_CREAT and "ket-qua" in str(path):
            rest[0] -= 1
            if rest[0] < 0:
                raise PermissionError(errno.EACCES, "", str(path))
        return opened(path, flags, *more, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", lose)
        with pytest.raises(UsageError, match="không có quyền ghi"):
            make()
    make(resume=True)
    make("moi")
    assert tree(OUT) == tree(Path("moi"))


# ---------------------------------------------------------------- Ctrl+C
def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.mark.parametrize("after", [0.0, 0.1, 0.3, 0.6, 1.0, 1.5])
def test_ctrl_c_stops_without_a_word_of_the_workers(after: float) -> None:
    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": f"Tổ {n}"} for n in range(20_000)])
    command = [sys.executable, "-m", "generator", "batch", "phieu", "a.jsonl", "-o", str(OUT)]
    run = subprocess.Popen(
        [*command, "--templates", "mau", "--jobs", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    while not children(run.pid):  # the first of the processes it starts
        time.sleep(0.002)
    time.sleep(after)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all of them
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert said.lstrip("\n") in (
        "Đã dừng theo yêu cầu.\n",
        "Đã dừng giữa chừng. Làm tiếp: chạy lại lệnh này, thêm --resume.\n",
    )


def test_closing_the_iterator_stops_the_work_and_leaves_it_to_go_on(small_chunks: None) -> None:
    slips()
    results = batch("phieu", "a.jsonl", OUT, templates=["mau"])
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert not (OUT / "manifest.jsonl").exists()
    make(resume=True)
    make("moi")
    assert tree(OUT) == tree(Path("moi"))


def test_every_error_of_a_run_leaves_it_ready_to_go_on(
    monkeypatch: pytest.MonkeyPatch, small_chunks: None
) -> None:
    slips()
    with monkeypatch.context() as patch:
        patch.setattr(journal.Journal, "keep", fails_at_the_third())
        with pytest.raises(RuntimeError):
            make()
    make(resume=True)
    make("moi")
    assert tree(OUT) == tree(Path("moi"))


def fails_at_the_third() -> Any:
    keep, times = journal.Journal.keep, [0]

    def fail(self: Any, *arguments: Any) -> None:
        times[0] += 1
        if times[0] == 3:
            raise RuntimeError
        keep(self, *arguments)

    return fail


# ---------------------------------------------------------------- one run at a time
def test_a_second_run_into_one_output_is_refused(small_chunks: None) -> None:
    slips()
    first = batch("phieu", "a.jsonl", OUT, templates=["mau"])
    next(first)
    ran = vanban("batch", "phieu", "a.jsonl", "-o", OUT, "--templates", "mau", "--resume")
    assert (ran.code, ran.out, ran.err) == (
        2,
        "",
        f"{OUT}: không ghi được: một lần chạy khác (tiến trình {os.getpid()}) đang ghi vào đây\n"
        "  gợi ý: chờ lần chạy đó xong, hoặc chọn nơi khác\n",
    )
    assert [*first][-1].done
    make("moi")
    assert tree(OUT) == tree(Path("moi"))
    assert not list(OUT.glob(".*"))


def test_the_lock_of_a_killed_run_holds_nobody(small_chunks: None) -> None:
    slips()
    child = os.fork()
    if not child:
        results = batch("phieu", "a.jsonl", OUT, templates=["mau"])
        next(results)
        os.kill(os.getpid(), signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert (OUT / ".~vanban" / "lock").exists()
    make(resume=True)
    assert not list(OUT.glob(".*"))


def test_runs_that_take_turns_never_share_a_work_folder() -> None:
    """Whoever finds the lock's file removed under his hands looks again."""
    slips(3)
    with ThreadPoolExecutor(8) as pool:
        ends = [*pool.map(lambda _: turn(), range(40))]
    assert ends.count("busy") < len(ends) == 40
    assert not list(OUT.glob(".*"))


def turn() -> str:
    try:
        make()
    except BusyError:
        return "busy"
    return "done"
