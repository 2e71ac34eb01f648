from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.vietnamese import TextFormError
from generator.vietnamese.documents import (
    COPY_TYPES,
    DOCUMENT_TYPES,
    TYPES_BY_CODE,
    doc_no,
    find_type,
    read_doc_no,
)

CODES = "NQ QĐ CT QC QyĐ TC TB HD CTr KH PA ĐA DA BC BB TTr HĐ CĐ BGN BTT GUQ GM GGT GNP PG PC PB"


def test_the_29_types_of_the_decree_and_their_27_codes() -> None:
    assert len(DOCUMENT_TYPES) == 29
    assert [kind.order for kind in DOCUMENT_TYPES] == list(range(1, 30))
    assert [kind.code for kind in DOCUMENT_TYPES if kind.code] == CODES.split()
    assert [kind.name for kind in DOCUMENT_TYPES if not kind.code] == ["Công văn", "Thư công"]
    assert [kind.code for kind in COPY_TYPES] == ["SY", "TrS", "SL"]
    assert len(TYPES_BY_CODE) == 30
    assert all(kind.clause.startswith("NĐ 30/2020") for kind in TYPES_BY_CODE.values())


def test_a_type_is_found_by_name_or_code() -> None:
    assert find_type("Quy định").code == "QyĐ"
    assert find_type("quyết định").code == find_type("QĐ").code == "QĐ"
    with pytest.raises(TextFormError, match="“Thông tư” không có trong 29 loại"):
        find_type("Thông tư")


@pytest.mark.parametrize(
    ("number", "symbol", "line"),
    [
        (5, "BC-UBND", "Số: 05/BC-UBND"),
        (9.0, "QĐ-BNV", "Số: 09/QĐ-BNV"),
        ("5", "BNV-VP", "Số: 05/BNV-VP"),  # công văn: no type code
        (12, "UBND-VX", "Số: 12/UBND-VX"),
        (441, "HD-BCĐ", "Số: 441/HD-BCĐ"),
        (1234, "QĐ-UBND", "Số: 1234/QĐ-UBND"),  # never grouped
        ("05a", "QĐ-UBND", "Số: 05a/QĐ-UBND"),
        (85, "KH-BCA-V05", "Số: 85/KH-BCA-V05"),
        (12, "CT/TU", "Số 12-CT/TU"),  # the Party: no colon
        (6, "CT/TU", "Số 06-CT/TU"),
        (30, "2020/NĐ-CP", "Số: 30/2020/NĐ-CP"),
        (None, "KH-BCĐ", "Số:        /KH-BCĐ"),
        (None, "KH/TU", "Số        -KH/TU"),
    ],
)
def test_the_number_line(number: object, symbol: str, line: str) -> None:
    assert doc_no(number, symbol) == line


def test_a_number_inside_a_sentence_has_its_own_label() -> None:
    assert doc_no(33, "KH-BCĐ", "") == "33/KH-BCĐ"
    assert doc_no(33, "KH-BCĐ", "số ") == "số 33/KH-BCĐ"


@pytest.mark.parametrize("symbol", ["", "BC UBND", "BC -UBND", "BC-", "/UBND", "BC–UBND", None, 5])
def test_a_symbol_has_groups_and_hyphens_only(symbol: str) -> None:
    with pytest.raises(TextFormError, match="không phải là ký hiệu văn bản"):
        doc_no(5, symbol)


@pytest.mark.parametrize("number", [0, -1, 1.5, "năm", "05/BC", "", True, 12345678])
def test_a_document_number_counts_from_one(number: object) -> None:
    with pytest.raises(TextFormError, match="không phải là số văn bản"):
        doc_no(number, "BC-UBND")


@pytest.mark.parametrize(
    "text", ["", "Số:", "05", "05-BC-UBND", "05/CT/TU", "Số: 05/BC UBND", "x/BC-UBND"]
)
def test_a_number_that_is_none_is_not_read(text: str) -> None:
    with pytest.raises(TextFormError):
        read_doc_no(text)


def test_the_type_is_told_by_the_symbol() -> None:
    assert read_doc_no("Số: 05/BC-UBND").type == find_type("BC")
    assert read_doc_no("số 05/BNV-VP").type is None
    normative = read_doc_no("30/2020/QĐ-UBND").type
    assert normative is not None
    assert normative.code == "QĐ"


@given(
    st.none() | st.integers(1, 9999),
    st.sampled_from(["BC-UBND", "UBND-VX", "CT/TU", "QyĐ-BNV-V05", "2019/QĐ-UBND"]),
)
def test_a_number_line_reads_back(number: int | None, symbol: str) -> None:
    read = read_doc_no(doc_no(number, symbol))
    assert read.symbol == symbol
    assert (read.number and int(read.number)) == number
    if number is not None and read.style == "hành chính":
        assert re.fullmatch(r"Số: (0[1-9]|[1-9]\d+)/\w+(-\w+)*", doc_no(number, symbol))
