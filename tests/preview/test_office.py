"""LibreOffice as a renderer: found, asked once for many, ended as a whole when it hangs."""

from __future__ import annotations

import io
import os
import re
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from generator import preview
from generator.errors import DataError, ToolError
from generator.preview import Archive, office
from generator.preview.routes import Drawn, Order, draw, draw_all
from tests.conftest import need
from tests.judges import why_no_office
from tests.preview.drawing import docx, paragraph, section

GOOD = docx(paragraph("Kế hoạch"))
MATH = (
    '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">'
    "<m:r><m:t>x</m:t></m:r></m:oMath>"
)
BEYOND = docx(paragraph("đầu"), paragraph(MATH))
PDF = preview.pdf(GOOD)

posix = pytest.mark.skipif(
    sys.platform == "win32", reason="the false LibreOffice is a shell script"
)

# Makes the PDF that lies beside it of every .docx asked for; notes how it was called.
WORKS = """
here=$(dirname "$0")
echo "$@" >> "$here/calls"
for argument in "$@"; do case "$argument" in
  *.docx) cp "$here/page.pdf" "${argument%.docx}.pdf" ;;
esac; done
"""


@pytest.fixture
def false_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put a script in the place of LibreOffice; return its folder."""

    def put(script: str) -> Path:
        path = tmp_path / "soffice"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        (tmp_path / "page.pdf").write_bytes(PDF)
        monkeypatch.setenv(office.PROGRAM_VARIABLE, str(path))
        return tmp_path

    return put


@pytest.fixture
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take LibreOffice away."""
    monkeypatch.setenv(office.PROGRAM_VARIABLE, "/khong-co/soffice")


def gone(pid: int) -> bool:
    """Return whether a process ends within a moment."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").is_file():
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
            if state[0] == "Z":  # ended; nobody here waits for it
                return True
        time.sleep(0.02)
    return False


# ---------------------------------------------------------------- the program
@posix
def test_many_documents_go_through_one_run_with_a_profile_of_our_own(
    false_office: Callable[[str], Path],
) -> None:
    folder = false_office(WORKS)
    made = office.to_pdfs({"a": GOOD, "b": GOOD, "tên lạ/../x": GOOD})
    assert made == dict.fromkeys(("a", "b", "tên lạ/../x"), PDF)
    (call,) = (folder / "calls").read_text(encoding="utf-8").splitlines()
    assert "--headless" in call
    profile = re.search(r"-env:UserInstallation=file://(\S+)", call)
    assert profile is not None
    settings = Path(profile[1], "user/registrymodifications.xcu").read_text(encoding="utf-8")
    assert '<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true' in settings


@posix
def test_more_documents_than_it_takes_in_one_run_are_all_made() -> None:
    need(why_no_office())
    names = [str(number) for number in range(260)]
    assert list(office.to_pdfs(dict.fromkeys(names, GOOD))) == names


def test_one_that_hangs_is_ended_with_all_it_started(false_office: Callable[[str], Path]) -> None:
    folder = false_office('sleep 600 & echo $! > "$(dirname "$0")/child"\nwait')
    began = time.monotonic()
    with pytest.raises(ToolError, match="chạy quá 1 giây, đã bị dừng"):
        office.to_pdfs({"a": GOOD}, seconds=1)
    assert time.monotonic() - began < 10
    assert gone(int((folder / "child").read_text(encoding="ascii")))


@posix
def test_a_child_it_left_behind_is_ended_too(false_office: Callable[[str], Path]) -> None:
    folder = false_office(WORKS + 'sleep 600 & echo $! > "$here/child"')
    assert office.to_pdfs({"a": GOOD}) == {"a": PDF}
    assert gone(int((folder / "child").read_text(encoding="ascii")))


@posix
def test_one_that_breaks_down_says_what_it_said(false_office: Callable[[str], Path]) -> None:
    false_office("echo 'no space for the profile'; kill -SEGV $$")
    with pytest.raises(ToolError, match=r"không tạo được PDF nào \(no space for the profile\)"):
        office.to_pdfs({"a": GOOD})


@posix
def test_a_program_that_cannot_be_started_is_named(false_office: Callable[[str], Path]) -> None:
    folder = false_office("")
    (folder / "soffice").write_bytes(b"\x7fELF of another machine")
    with pytest.raises(ToolError, match="không chạy được"):
        office.to_pdfs({"a": GOOD})


@posix
def test_a_document_it_cannot_open_does_not_stop_the_others(
    false_office: Callable[[str], Path],
) -> None:
    false_office(WORKS.replace("*.docx)", "*/1.docx) echo 'Error: no' ;;\n  *.docx)"))
    found = draw_all([Order(GOOD, "a.docx"), Order(GOOD, "b.docx")], "libreoffice")
    assert found[0] == Drawn(PDF, "libreoffice")
    assert isinstance(found[1], DataError)
    assert str(found[1]).startswith("b.docx: LibreOffice không mở được tệp này")


def calls(folder: Path) -> int:
    """Return how often the false LibreOffice was started."""
    return len((folder / "calls").read_text(encoding="utf-8").splitlines())


@posix
def test_documents_behind_a_breakdown_go_through_another_run(
    false_office: Callable[[str], Path],
) -> None:
    counted = "*.docx) number=$((number + 1)); [ $number -gt 2 ] && exit 139;"
    folder = false_office(WORKS.replace("*.docx)", counted))
    names = [f"{number}.docx" for number in range(6)]
    assert [*office.to_pdfs(dict.fromkeys(names, GOOD)).items()] == [(name, PDF) for name in names]
    assert calls(folder) == 3


@posix
@pytest.mark.parametrize("bad", [0, 1, 3])
@pytest.mark.parametrize("begun", ["", 'printf %%PDF-1.7 > "${argument%.docx}.pdf";'])
def test_a_document_it_breaks_down_at_is_told_and_the_others_are_made(
    false_office: Callable[[str], Path], bad: int, begun: str
) -> None:
    breaks = f"*/{bad}.docx) {begun} kill -SEGV $$ ;;\n  *.docx)"
    folder = false_office(WORKS.replace("*.docx)", breaks))
    orders = [Order(GOOD, f"{number}.docx") for number in range(4)]
    found = draw_all(orders, "libreoffice")
    assert [isinstance(each, DataError) for each in found] == [n == bad for n in range(4)]
    assert str(found[bad]).startswith(f"{bad}.docx: LibreOffice không mở được tệp này")
    assert calls(folder) <= 3


@posix
def test_it_is_not_started_for_ever(false_office: Callable[[str], Path]) -> None:
    folder = false_office(WORKS.replace("*.docx)", "*.docx) exit 139 ;;\n  *.docx)"))
    with pytest.raises(ToolError, match="dừng mà không tạo được PDF nào"):
        office.to_pdfs({str(number): GOOD for number in range(50)})
    assert calls(folder) == 6
    (folder / "calls").unlink()
    false_office(WORKS.replace("*.docx)", "*/[1-9].docx) exit 139 ;;\n  *.docx)"))
    assert list(office.to_pdfs({str(number): GOOD for number in range(10)})) == ["0"]
    assert calls(folder) <= 20


@posix
def test_it_is_found_where_the_system_puts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(office.PROGRAM_VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    place = tmp_path / "LibreOffice.app" / "soffice"
    monkeypatch.setattr(office, "_PLACES", (str(place),))
    monkeypatch.setattr(office, "_PATTERNS", ())
    assert office.program() is None
    place.parent.mkdir()
    place.write_text("#!/bin/sh\n", encoding="ascii")
    place.chmod(0o755)
    assert office.program() == str(place)


# ---------------------------------------------------------------- the choice of a renderer
@posix
def test_what_the_embedded_renderer_draws_never_goes_to_libreoffice(
    false_office: Callable[[str], Path],
) -> None:
    folder = false_office(WORKS)
    assert draw(GOOD).by == "embedded"
    assert not (folder / "calls").exists()


@posix
def test_what_it_cannot_draw_goes_to_libreoffice_and_is_named(
    false_office: Callable[[str], Path],
) -> None:
    false_office(WORKS)
    drawn = draw(BEYOND, "a.docx")
    assert (drawn.by, drawn.pdf) == ("libreoffice", PDF)
    assert [str(each) for each in drawn.beyond] == ["đoạn 2: công thức toán"]


@pytest.mark.usefixtures("no_office")
def test_without_libreoffice_the_error_names_what_cannot_be_drawn() -> None:
    with pytest.raises(ToolError) as caught:
        draw(BEYOND, "a.docx")
    assert str(caught.value).startswith(
        "a.docx: đoạn 2: bộ vẽ có sẵn không vẽ được công thức toán\n  gợi ý: cài LibreOffice 25.2"
    )
    with pytest.raises(ToolError, match="bỏ --renderer embedded để dùng LibreOffice"):
        draw(BEYOND, "a.docx", renderer="embedded")
    with pytest.raises(ToolError, match="chưa cài LibreOffice"):
        draw(GOOD, renderer="libreoffice")


@posix
def test_macros_never_reach_libreoffice(false_office: Callable[[str], Path]) -> None:
    folder = false_office(WORKS)
    with pytest.raises(DataError, match="có macro"):
        draw(docx(paragraph("a"), parts={"vbaProject.bin": b"x"}), renderer="libreoffice")
    assert not (folder / "calls").exists()


@posix
def test_a_page_of_two_metres_never_reaches_libreoffice(
    false_office: Callable[[str], Path],
) -> None:
    folder = false_office(WORKS)
    with pytest.raises(DataError, match="khổ giấy 2117 × 297 mm"):
        draw(docx(paragraph(MATH), sect=section(width=120_000)))
    assert not (folder / "calls").exists()


# ---------------------------------------------------------------- the real one
def test_libreoffice_gives_the_same_bytes_for_the_same_document() -> None:
    need(why_no_office())
    first = office.to_pdfs({"a": GOOD})["a"]
    time.sleep(1.1)  # it writes the second of its work
    assert office.to_pdfs({"a": GOOD})["a"] == first
    assert b"19800101000000" in first


def test_it_writes_a_pdf_for_the_archive_with_what_the_record_says() -> None:
    need(why_no_office())
    about = Archive(title="Công văn", issuer="UBND xã", number="12/UBND", issued=date(2026, 3, 5))
    first = draw(BEYOND, archive=about).pdf
    with pikepdf.open(io.BytesIO(first)) as pdf:
        meta = pdf.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "B")
        assert meta["pdfuaid:part"] == "1"
        assert (meta["dc:title"], meta["dc:creator"]) == ("Công văn", ["UBND xã"])
        assert meta["xmp:CreateDate"] == "2026-03-05T00:00:00Z"
        assert str(pdf.docinfo["/CreationDate"]) == "D:20260305000000Z"
        assert pdf.Root.MarkInfo.Marked
    time.sleep(1.1)  # it writes the second of its work
    assert draw(BEYOND, archive=about).pdf == first


def test_its_version_is_told() -> None:
    need(why_no_office())
    command = office.program()
    assert command is not None
    assert office.version(command) >= office.LEAST_VERSION
