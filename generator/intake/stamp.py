"""The hidden sheet of an intake workbook: its form, its version, and the key of each column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from generator.bundle import Bundle
from generator.errors import BundleError, DataError, Problem
from generator.intake.cells import Row, Sheet, Value, refused
from generator.intake.layout import INDEX_SHEET, LAYOUT_NUMBER

_MOST_LINES = 5_000
_HEADINGS = ("trang", "dong_tieu_de", "dong_dau", "cot", "khoa", "tieu_de")


@dataclass(frozen=True, slots=True, kw_only=True)
class StampedColumn:
    """A column as the workbook was made: where it stood, its heading and its key."""

    sheet: str
    heading_row: int
    first_row: int
    letter: str
    key: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a workbook says of itself."""

    form: str
    version: str
    columns: tuple[StampedColumn, ...]


def read_stamp(sheets: Iterable[Sheet], file: str) -> Stamp | None:
    """Return what the hidden sheet says, ``None`` for a workbook that has none.

    Raises:
        DataError: it was made by a later program, or somebody changed it.
    """
    sheet = next((sheet for sheet in sheets if sheet.name == INDEX_SHEET), None)
    if sheet is None:
        return None
    rows: list[Row] = []
    for row in sheet.rows():
        rows.append(row)
        if len(rows) > _MOST_LINES:
            break
    lines = [_texts(cells) for _, cells in rows]
    start = next((i for i, line in enumerate(lines) if tuple(line[:6]) == _HEADINGS), None)
    said = {line[0]: line[1] for line in lines[:start] if line[0]}
    if start is None or "mau" not in said:
        raise _changed(file)
    if said.get("vanban") != str(LAYOUT_NUMBER):
        raise refused(
            file, "tệp Excel này do phiên bản vanban khác tạo", "tạo lại bằng lệnh vanban init"
        )
    try:
        columns = tuple(_column(line) for line in lines[start + 1 :])
    except ValueError as error:
        raise _changed(file) from error
    return Stamp(form=said["mau"], version=said.get("phien_ban", "1"), columns=columns)


def _texts(cells: Mapping[int, Value]) -> list[str]:
    return [str(cells.get(column, "")) for column in range(1, 7)]


def _column(line: list[str]) -> StampedColumn:
    sheet, heading_row, first_row, letter, key, title = line
    return StampedColumn(
        sheet=sheet, heading_row=int(heading_row), first_row=int(first_row), letter=letter,
        key=key, title=title,
    )  # fmt: skip


def _changed(file: str) -> DataError:
    return refused(
        file,
        f"trang ẩn {INDEX_SHEET} của tệp đã bị sửa",
        "chép dữ liệu sang tệp mới tạo bằng lệnh vanban init",
        INDEX_SHEET,
    )


# ---------------------------------------------------------------- other forms and versions
def check_form(stamp: Stamp, bundle: Bundle, file: str) -> None:
    """Refuse a workbook made for another form."""
    if stamp.form != bundle.id:
        raise refused(
            file,
            f"tệp Excel này làm cho mẫu “{stamp.form}”, không phải “{bundle.id}”",
            f"chạy lệnh với mẫu {stamp.form}, hoặc tạo tệp mới: "
            f"vanban init {bundle.id} -o {bundle.id}.xlsx",
        )


def renamed_keys(stamp: Stamp, bundle: Bundle, file: str, current: set[str]) -> dict[str, str]:
    """Return the key of today for each key of the workbook; "" for one that was dropped.

    The manifest's table ``[rename."1"]`` brings a workbook of version 1 to the present version:
    ``"nguoi_ky.ten" = "nguoi_ky.ho_ten"``, ``"ghi_chu" = ""``. A key stands for all below it.

    Raises:
        DataError: a version the manifest has no table for, with what changed.
        BundleError: the table is no table of texts.
    """
    keys = {column.key for column in stamp.columns}
    if stamp.version == bundle.version:
        return {key: key for key in keys}
    tables = bundle.manifest.get("rename", {})
    if stamp.version not in tables:
        raise _refused_version(stamp, bundle, file, keys, current)
    table = checked_renames(tables[stamp.version], bundle)
    return {key: renamed_key(key, table) for key in keys}


def renamed_key(key: str, table: Mapping[str, str]) -> str:
    """Return the key of today for a key of another version, "" for one that was dropped."""
    for old, new in sorted(table.items(), key=lambda item: -len(item[0])):
        if key == old or (key.startswith(old) and key[len(old)] in ".[?{"):
            return new + key[len(old) :] if new else ""
    return key


def checked_renames(table: Any, bundle: Bundle) -> Mapping[str, str]:
    """Return a table of renamed keys as the manifest has it.

    Raises:
        BundleError: it is no table of texts.
    """
    if isinstance(table, dict) and all(isinstance(new, str) for new in table.values()):
        return table
    raise BundleError(
        Problem(
            file=str(bundle.folder / "manifest.toml"),
            message="bảng [rename] phải gồm các bảng theo phiên bản, mỗi dòng một khóa cũ và mới",
            hint='viết như: [rename."1"] rồi "ten_cu" = "ten_moi"',
        )
    )


def _refused_version(
    stamp: Stamp, bundle: Bundle, file: str, old: set[str], current: set[str]
) -> DataError:
    titles = {column.key: column.title for column in stamp.columns}
    gone = [titles[key] for key in titles if key not in current and key[:1] not in "#="]
    come = sorted(key for key in current - old if key[:1] not in "#=")
    changes = [
        f"{word}: {', '.join(names[:8])}{', …' if len(names) > 8 else ''}"
        for word, names in (("đã bỏ", gone), ("đã thêm", come))
        if names
    ]
    newer = _is_later(stamp.version, bundle.version)
    message = f"tệp Excel làm cho phiên bản {stamp.version} của mẫu, mẫu đang dùng là phiên bản"
    return refused(
        file,
        f"{message} {bundle.version}" + (f" ({'; '.join(changes)})" if changes else ""),
        "cập nhật mẫu lên phiên bản ấy"
        if newer
        else "tạo tệp mới bằng lệnh vanban init rồi chép dữ liệu sang",
    )


def _is_later(one: str, other: str) -> bool:
    numbers = [[int(part) for part in re.findall(r"\d+", text)] for text in (one, other)]
    return numbers[0] > numbers[1]
