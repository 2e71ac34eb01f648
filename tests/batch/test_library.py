"""Batches in a host program: the examples of the page, threads, dry runs, proofs, progress."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from generator.batches import run as batches
from generator.batches.run import Progress, batch
from generator.errors import UsageError
from tests.batch.killing import tree
from tests.clerk import FIXTURES, ROOT, TEXT_FIELD, draw_form, keep_lines, object_of, units, vanban
from tests.making import make

UNITS_300 = FIXTURES / "ban-cham-diem" / "don-vi-300.jsonl"
EXAMPLES = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs" / "library.md").read_text(encoding="utf-8"), re.DOTALL
)
SAID = [
    r"(Bản chấm điểm.* - .*\.docx [0-9a-f]{8}\n){30}",
    r"30\n",
    r"120\n",
    r"30 True\n",
    r"Bản chấm điểm.*\.docx\nTrue\n",
    r"",
]


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("example", "said"), list(zip(EXAMPLES, SAID, strict=True)))
def test_the_examples_of_the_page_work(example: str, said: str, tmp_path: Path) -> None:
    lines = UNITS_300.read_text(encoding="utf-8").splitlines(keepends=True)[:30]
    Path("don-vi.jsonl").write_text("".join(lines), encoding="utf-8")
    Path("chay.py").write_text(example, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "chay.py"], env={"PYTHONPATH": str(ROOT)}, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.fullmatch(said, ran.stdout)


def test_batches_in_threads_do_not_disturb_each_other(tmp_path: Path) -> None:
    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": f"Tổ {n}"} for n in range(250)])

    def one(number: int) -> list[int]:
        jobs = 2 if number % 4 == 0 else 1
        output = f"ra/{number}.zip" if number % 3 == 0 else f"ra/{number}"
        return [r.index for r in batch("phieu", "a.jsonl", output, templates=["mau"], jobs=jobs)]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(one, range(6))) == [[*range(250)]] * 6
    first = tree(Path("ra/1"))
    assert len(first) == 251
    for output in Path("ra").iterdir():
        assert tree(output) == first


def test_results_may_be_taken_by_another_thread_than_the_one_that_asked() -> None:
    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": f"Tổ {n}"} for n in range(250)])
    results = batch("phieu", "a.jsonl", "ra", templates=["mau"])
    next(results)
    with ThreadPoolExecutor(1) as threads:
        assert len(threads.submit(list, results).result()) == 249


# ---------------------------------------------------------------- dry runs
def texts(*lengths: int) -> str:
    """Draw a form of one long text; keep a record for each length."""
    draw_form(Path("mau"), schema=object_of({"ten": TEXT_FIELD, "noi_dung": TEXT_FIELD}),
              template=make("{{ noi_dung }}"))  # fmt: skip
    records = [{"ten": f"Tổ {n}", "noi_dung": "chữ " * length} for n, length in enumerate(lengths)]
    keep_lines(Path("a.jsonl"), records)
    return "a.jsonl"


def test_a_dry_run_tells_everything_and_writes_nothing() -> None:
    texts(100, 120, 90, 20_000, 110)
    before = tree(Path())
    ran = vanban("batch", "phieu", "a.jsonl", "--dry-run", "--templates", "mau")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == (
        "lưu ý: Tổ 3.docx: dài khoảng 29 trang, trong khi phần lớn khoảng 1 trang\n"
        "  gợi ý: xem lại dữ liệu: có thể thừa, thiếu hoặc dán nhầm một đoạn dài\n"
        "Chạy thử, chưa ghi gì: tạo được 5 văn bản, lỗi 0.\n"
    )
    assert tree(Path()) == before


def test_a_dry_run_finds_clashes_and_bad_records() -> None:
    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": "An"}, {"ten": 5}, {"ten": "AN"}])
    ran = vanban("batch", "phieu", "a.jsonl", "--dry-run", "--templates", "mau")
    assert ran.code == 3
    assert "bản ghi 1 (dòng 1) và bản ghi 3 (dòng 3)" in ran.err
    keep_lines(Path("a.jsonl"), [{"ten": "An"}, {"ten": 5}])
    ran = vanban("batch", "phieu", "a.jsonl", "-o", "ra", "--dry-run", "--templates", "mau")
    assert (ran.code, Path("ra").exists()) == (1, False)
    assert ran.err.endswith("Chạy thử, chưa ghi gì: tạo được 1 văn bản, lỗi 1.\n")


def test_an_output_is_asked_for_except_in_a_dry_run() -> None:
    draw_form(Path("mau"))
    for none in ((), ("-o", "")):
        ran = vanban("batch", "phieu", "a.jsonl", "--templates", "mau", *none)
        assert (ran.code, ran.err) == (
            2, "thiếu tùy chọn --output\n  gợi ý: ghi -o THƯ_MỤC, hoặc --dry-run\n"
        )  # fmt: skip


# ---------------------------------------------------------------- proofs
def test_the_proof_of_each_document_is_in_the_list() -> None:
    keep_lines(Path("a.jsonl"), units())
    assert vanban("batch", "ban-cham-diem", "a.jsonl", "-o", "ra", "--verify").code == 0
    said = Path("ra/manifest.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in said.splitlines()]
    assert all(row["verified"] > 10 for row in rows)
    list(batch("ban-cham-diem", "a.jsonl", "khong"))
    assert tree(Path("ra")).keys() == tree(Path("khong")).keys()
    again = list(batch("ban-cham-diem", "a.jsonl", "khong", resume=True, verify=True))
    assert tree(Path("khong")) == tree(Path("ra"))  # documents without a proof are proved now
    assert all(result.verified for result in again)


def test_a_document_that_does_not_say_its_record_is_not_put_in_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from generator.template.render import CompiledTemplate

    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": "An"}, {"ten": "Bình"}])
    render = CompiledTemplate.render

    def wrong(self: CompiledTemplate, context: Any, record: Any = None) -> bytes:
        return render(self, {**context, "ten": context["ten"].replace("An", "Ân")}, record)

    monkeypatch.setattr(CompiledTemplate, "render", wrong)
    ran = vanban("batch", "phieu", "a.jsonl", "-o", "ra", "--templates", "mau", "--verify")
    assert ran.code == 1
    assert {path.name for path in Path("ra").iterdir()} == {"Bình.docx", "manifest.jsonl"}
    assert "Ân" in ran.err


# ---------------------------------------------------------------- telling
def test_progress_comes_in_order_and_tells_what_failed() -> None:
    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": f"Tổ {n}" if n % 50 else n} for n in range(1_700)])
    heard: list[Progress] = []
    list(batch("phieu", "a.jsonl", "ra", templates=["mau"], progress=heard.append))
    made = [at for at in heard if at.phase == "tạo"]
    assert [at.done for at in made] == [*range(100, 1_701, 100)]
    assert [at.failed for at in made] == [*range(2, 35, 2)]
    assert {at.total for at in heard} == {1_700}
    assert heard[-1] == Progress("ghi", 1_700, 34, 1_700)


def test_the_same_fault_of_many_records_is_told_once_with_examples() -> None:
    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": f"Tổ {n}"} for n in range(3)] + [{}] * 40)
    ran = vanban("batch", "phieu", "a.jsonl", "-o", "ra", "--templates", "mau")
    assert ran.code == 1
    assert ran.err.count("a.jsonl: dòng ") == 5
    assert (
        "  … và 35 chỗ nữa cũng như vậy\n"
        "Xem đủ mọi chỗ: vanban validate phieu a.jsonl\n"
        "Đã tạo 3 văn bản, lỗi 40." in ran.err
    )
    listed = vanban("validate", "phieu", "a.jsonl", "--templates", "mau")
    assert listed.err.count("a.jsonl: dòng ") == 40
    assert (Path("ra/manifest.jsonl").read_text(encoding="utf-8")).count("failed") == 40


def test_faults_that_are_all_told_need_no_other_command() -> None:
    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": "Tổ 1"}] + [{}] * 5)
    ran = vanban("batch", "phieu", "a.jsonl", "-o", "ra", "--templates", "mau")
    assert ran.err.count("a.jsonl: dòng ") == 5
    assert "vanban validate" not in ran.err


def test_chunks_of_long_records_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_CHUNK_TEXT", 1_000)
    texts(*[200] * 6)
    heard: list[Progress] = []
    list(batch("phieu", "a.jsonl", "ra", templates=["mau"], progress=heard.append))
    assert [at.done for at in heard if at.phase == "ghi"] == [2, 4, 6]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"formats": ["doc"]}, "không tạo được loại tệp doc"),
        ({"formats": []}, "chưa chọn loại tệp"),
        ({"formats": "docx"}, "formats phải là danh sách"),
        ({"renderer": "word"}, "không có bộ vẽ “word”"),
        ({"source": [{"ten": "Tổ 1"}]}, "source phải là đường dẫn tới tệp dữ liệu"),
        ({"jobs": -2}, "số tiến trình không thể âm"),
        ({"output": ""}, "chưa ghi nơi để kết quả"),
        ({"combine": "a.docx", "source": "a.docx"}, "tệp này đang được đọc, không ghi đè lên"),
    ],
)
def test_what_no_batch_can_do_is_refused_before_anything_is_made(
    given: dict[str, Any], said: str
) -> None:
    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": "Tổ 1"}])
    asked: dict[str, Any] = {"source": "a.jsonl", "output": "ra", "templates": ["mau"]} | given
    with pytest.raises(UsageError, match=said):
        batch("phieu", **asked)
    assert not Path("ra").exists()


def test_paths_may_be_given_as_paths() -> None:
    draw_form(Path("mau"))
    keep_lines(Path("a.jsonl"), [{"ten": "Tổ 1"}])
    (made,) = batch("phieu", Path("a.jsonl"), Path("ra"), templates=["mau"])
    assert made.done
