"""The same batch on a Dask cluster: a real scheduler and two worker processes of this machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from generator import ToolError, UsageError, __version__
from generator.batches.cluster import workers_at
from generator.batches.run import batch
from generator.pipeline import Form, open_form
from tests.batch.killing import tree
from tests.clerk import FIXTURES, ROOT, draw_form, keep_lines, vanban

FORM = "ban-cham-diem"
UNITS_300 = str(FIXTURES / FORM / "don-vi-300.jsonl")


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@contextmanager
def started(*command: str, code: Path = ROOT) -> Iterator[subprocess.Popen[str]]:
    """Run a part of Dask in a process of its own, with the program found in ``code``."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=os.environ | {"PYTHONPATH": str(code)}, cwd=code,
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def worker(address: str, code: Path = ROOT) -> Iterator[subprocess.Popen[str]]:
    with started(
        "distributed.cli.dask_worker", address, "--nworkers", "1", "--nthreads", "1",
        "--no-nanny", "--no-dashboard", code=code,
    ) as process:  # fmt: skip
        yield process


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Start a scheduler; yield its address."""
    with started(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "Scheduler at:" in line:
                yield line.split("Scheduler at:")[1].strip()
                return


@pytest.fixture
def two_workers(scheduler: str) -> Iterator[list[subprocess.Popen[str]]]:
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(scheduler)) for _ in range(2)]
        wait_for(scheduler, 2)
        yield workers
    wait_for(scheduler, 0)


def wait_for(scheduler: str, count: int) -> None:
    from distributed import Client

    with Client(scheduler, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        for _ in range(600):
            if len(client.nthreads()) == count:
                return
            time.sleep(0.1)
    raise AssertionError(f"not {count} workers after a minute")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The scoring sheets of the 300 units, made here."""
    folder = tmp_path_factory.mktemp("thanh-pho")
    list(batch(FORM, UNITS_300, folder))
    return tree(folder)


@pytest.mark.usefixtures("two_workers")
def test_a_cluster_makes_the_same_bytes(
    scheduler: str, city: dict[str, bytes], tmp_path: Path
) -> None:
    ran = vanban("batch", FORM, UNITS_300, "-o", f"file://{tmp_path}/ra", "--cluster", scheduler)
    assert (ran.code, ran.err) == (
        0, f"Đã tạo 300 văn bản, lỗi 0. Bản kê: {tmp_path}/ra/manifest.jsonl\n"
    )  # fmt: skip
    assert tree(tmp_path / "ra") == city


@pytest.mark.usefixtures("two_workers")
def test_a_form_of_ones_own_goes_to_the_workers_with_its_blocks(
    scheduler: str, tmp_path: Path
) -> None:
    from tests.making import make

    draw_form(Path("mau"), template=make('{% include "khoi/rieng.docx" %}', "Tên: {{ ten }}"))
    (tmp_path / "mau" / "khoi").mkdir()
    (tmp_path / "mau" / "khoi" / "rieng.docx").write_bytes(make("Của riêng {{ ten }}"))
    keep_lines(Path("a.jsonl"), [{"ten": f"Tổ {n}"} for n in range(5)] + [{"ten": 5}])
    here = list(batch("phieu", "a.jsonl", "tai-cho", templates=["mau"]))
    there = list(
        batch("phieu", "a.jsonl", f"file://{tmp_path}/ra", templates=["mau"], cluster=scheduler)
    )
    assert here == there
    assert tree(tmp_path / "ra") == tree(tmp_path / "tai-cho")


def test_a_worker_killed_half_way_loses_nothing_and_doubles_nothing(
    scheduler: str, two_workers: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    records = Path(UNITS_300).read_text(encoding="utf-8").splitlines(keepends=True)
    many = [line.replace('"don_vi": "', f'"don_vi": "{n} ') for n in range(10) for line in records]
    Path("a.jsonl").write_text("".join(many), encoding="utf-8")
    list(batch(FORM, "a.jsonl", "tai-cho"))
    killed: list[Any] = []

    def kill_one(progress: Any) -> None:
        if progress.done >= 500 and not killed:
            killed.append(progress)
            two_workers[0].send_signal(signal.SIGKILL)

    output = f"file://{tmp_path}/ra"
    results = list(batch(FORM, "a.jsonl", output, cluster=scheduler, progress=kill_one))
    assert killed[0].phase == "tạo"
    assert [result.index for result in results] == list(range(3_000))
    assert tree(tmp_path / "ra") == tree(tmp_path / "tai-cho")
    assert not list((tmp_path / "ra").glob(".*"))


@pytest.mark.parametrize("change", ["version", "blocks"])
def test_a_worker_of_another_version_is_refused(
    scheduler: str, tmp_path: Path, change: str
) -> None:
    for part in ("generator", "doctemplates"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    if change == "version":
        path = tmp_path / "generator" / "__init__.py"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f'"{__version__}"', '"0.0.7"'), encoding="utf-8")
    else:
        path = tmp_path / "doctemplates" / "khoi" / "chung.schema.json"
        path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with worker(scheduler), worker(scheduler, tmp_path):
        wait_for(scheduler, 2)
        with pytest.raises(ToolError) as caught:
            list(batch(FORM, UNITS_300, f"file://{tmp_path}/ra", cluster=scheduler))
    wait_for(scheduler, 0)
    why = {
        "version": f"vanban 0.0.7, máy chủ dùng vanban {__version__}",
        "blocks": "các tệp của mẫu khác với tệp đã gửi",
    }[change]
    assert str(caught.value) == (
        f"một máy làm việc không dùng được: {why}\n"
        "  gợi ý: cài cùng một phiên bản vanban trên mọi máy rồi chạy lại, thêm --resume"
    )
    assert not (tmp_path / "ra").exists() or not tree(tmp_path / "ra")


def its_name(form: Form) -> str:
    """Return what the steps of the next test work with."""
    return form.bundle.id


def length(desk: str, task: str) -> int:
    """Return what a step makes of a task."""
    assert desk == FORM
    return len(task)


@pytest.mark.usefixtures("two_workers")
def test_what_was_sent_to_workers_is_not_kept(scheduler: str) -> None:
    sent, size = 80, 300_000
    with workers_at(scheduler, open_form(FORM), "file:///tmp/ra", its_name) as run:
        tracemalloc.start()
        made = list(run(length, (chr(97 + number % 26) * size for number in range(sent))))
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert made == [size] * sent
    assert held < sent * size / 4


def test_processes_of_this_machine_can_be_the_cluster(
    city: dict[str, bytes], tmp_path: Path
) -> None:
    script = tmp_path / "chay.py"
    script.write_text(
        "from generator.cli import main\nif __name__ == '__main__': main()\n", encoding="utf-8"
    )
    ran = subprocess.run(
        [sys.executable, str(script), "batch", FORM, UNITS_300, "-o", f"file://{tmp_path}/ra",
         "--cluster", "local:2"],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (
        0, f"Đã tạo 300 văn bản, lỗi 0. Bản kê: {tmp_path}/ra/manifest.jsonl\n"
    )  # fmt: skip
    assert tree(tmp_path / "ra") == city


@pytest.mark.parametrize("output", ["ra", "ra.zip", "memory://ra"])
def test_an_output_that_workers_do_not_share_is_refused(output: str) -> None:
    with pytest.raises(UsageError, match="các máy làm việc không cùng ghi được vào nơi này"):
        list(batch(FORM, UNITS_300, output, cluster="tcp://127.0.0.1:1"))


def test_an_address_where_nobody_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.batches.cluster._PATIENCE", 1)
    with pytest.raises(UsageError, match="không nối được với tcp://127"):
        list(batch(FORM, UNITS_300, "file:///tmp/ra", cluster="tcp://127.0.0.1:1"))


@pytest.mark.parametrize("address", ["local:0", "local:-1", "local:", "local:hai", "local:1.5"])
def test_a_number_of_processes_that_is_none_is_refused_at_once(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.batches.cluster._client", lambda *_: pytest.fail("started"))
    ran = vanban("batch", FORM, UNITS_300, "-o", "file:///tmp/ra", "--cluster", address)
    assert (ran.code, ran.err) == (
        2, f"--cluster {address} không nói rõ chạy mấy tiến trình\n"
        "  gợi ý: ghi số từ 1 trở lên, như local:2\n"
    )  # fmt: skip


def test_a_scheduler_without_workers_is_told(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.batches.cluster._PATIENCE", 2)
    with pytest.raises(ToolError) as caught:
        list(batch(FORM, UNITS_300, f"file://{tmp_path}/ra", cluster=scheduler))
    assert str(caught.value) == (
        "đợi 4 giây mà cụm máy chưa có máy làm việc nào\n"
        "  gợi ý: chạy dask worker trên các máy làm việc rồi chạy lại lệnh"
    )


def test_a_dry_run_does_not_go_to_a_cluster() -> None:
    with pytest.raises(UsageError, match="chạy thử không dùng cụm máy"):
        batch(FORM, UNITS_300, "", dry_run=True, cluster="local:2")
