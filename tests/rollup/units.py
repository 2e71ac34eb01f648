"""Small units' data for the roll-up's tests, and the roll-up as a call."""

from __future__ import annotations

import atexit
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from runpy import run_path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from generator.pipeline import Form, open_form
from generator.rollup import Asked, Rollup
from tests.clerk import FIXTURES, keep, keep_lines

DATA = FIXTURES / "tong-hop"
SUMS, SCORES = "tong-hop-so-lieu", "tong-hop-cham-diem"
OFFICE = "co_quan_tong_hop=Công an thành phố Lạc Giang"
PARENT = {
    "ten_loai": "Hướng dẫn", "so": 41, "ky_hieu": "HD-BCĐ", "ngay_ban_hanh": "2026-09-25",
    "co_quan": "BCĐ thực hiện Đề án",
}  # fmt: skip


@cache
def form_of(name: str) -> Form:
    return open_form(name)


@cache
def drawn() -> Path:
    """Return a folder with the data of 20 communes, 10 to 60 units each."""
    folder = Path(mkdtemp(prefix="vanban-tong-hop-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    run_path(str(DATA / "make.py"))["write"](folder)
    return folder


def unit(name: str, **sections: Any) -> dict[str, Any]:
    """Return a unit's data with the sections given."""
    return {"nam": 2026, "kem_theo": PARENT, "don_vi": name, **sections}


def households(name: str, signed: int | None, all_: int | None) -> dict[str, Any]:
    return unit(name, dang_ky={"ho_cam_ket": signed, "tong_so_ho": all_, **NOTHING})


# The other figures of the section, so that none of them is missing.
NOTHING = dict.fromkeys(
    ("nganh_doan_the", "thon", "to_doi", "can_bo_cong_nhan_vien", "nguoi_lao_dong",
     "hoc_sinh_sinh_vien"), 0,
)  # fmt: skip


def rolled(
    sources: Sequence[str | Path], form: str = SUMS, office: str = OFFICE, **asked: Any
) -> dict[str, Any]:
    """Return the superior's record, as the JSON file has it."""
    settings = [office, *asked.pop("settings", ())] if form == SUMS else asked.pop("settings", ())
    work = Rollup(form, (), Asked(settings=settings, **asked))
    content = work.make([str(source) for source in sources], ".json").content
    found: dict[str, Any] = json.loads(content, parse_float=Decimal)
    return found


def totals(record: Mapping[str, Any], form: str = SUMS) -> dict[str, Any]:
    """Return what templates read of a superior's record."""
    opened = form_of(form)
    read, faults = opened.read(record, None)
    assert not faults
    return opened.context(read)


def as_text(value: Any) -> str:
    """Return a value as JSON, decimals as a Vietnamese clerk types them."""
    return json.dumps(value, ensure_ascii=False, default=lambda each: f"{each:f}".replace(".", ","))


def roster(path: Path, groups: Mapping[str, str | None]) -> Path:
    """Write a list of units with their groups."""
    return keep_lines(path, [{"don_vi": name, "nhom": group} for name, group in groups.items()])


def files(folder: Path, records: Iterable[Mapping[str, Any]]) -> list[Path]:
    """Write a file for each unit."""
    return [keep(folder / f"{number}.json", each) for number, each in enumerate(records)]
