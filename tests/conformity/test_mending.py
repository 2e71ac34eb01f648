"""Each fault that can be mended is gone after mending, and nothing else has changed."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from generator.conformity.checking import check_document
from generator.conformity.findings import Finding
from generator.conformity.mending.edits import Bench
from generator.conformity.mending.mend import Mended, Outcome, mend_document
from generator.conformity.mending.table import ASPECTS, TABLE, Guard, Mend, mend_of
from generator.conformity.profile import load_profile, profile_ids
from generator.conformity.rules.case import Case
from generator.ooxml import read_package
from generator.pipeline import open_form
from tests.clerk import FORMS
from tests.conformity.drawing import LAYOUTS, Letter, draw, rewritten
from tests.conformity.letters import LETTERS, PLAN
from tests.conformity.resaving import resaved
from tests.conformity.revisions import accepted, parts_of, rejected, written
from tests.conformity.test_faults import CASES, FAULTS, Change, body, but, item, look
from tests.conftest import SchemaErrors, ToPdfs, need
from tests.forms.reading import sample
from tests.judges import audit_errors, structure_errors, why_no_office


def mend(content: bytes, *, yes: bool = True, track: bool = False) -> Mended:
    return mend_document(content, "thu.docx", approve=lambda finding: yes, track=track)


def ids(content: bytes) -> set[str]:
    return {finding.id for finding in check_document(content, "thu.docx").findings}


def by_hand(key: str, letter: Letter) -> bool:
    """Tell whether a planted fault is a person's to mend: its rule has no mend, or not here."""
    if key == "so_ky_hieu.mau" and letter.number == "Số: 08-KH/UBND":
        return True  # which of its marks is the wrong one?
    if key == "phu_luc.so_trang":
        return True  # planted without a section of its own, which is the clerk's to begin
    (finding,) = {f.id: f for f in check_document(draw(letter), "thu.docx").findings}.values()
    return mend_of(key, finding.wanted) is None


# ---------------------------------------------------------------- every fault
@pytest.mark.parametrize(("key", "letter", "change", "layout"), CASES)
def test_a_planted_fault_is_mended_or_left_as_it_was(
    key: str, letter: Letter, change: Change, layout: str
) -> None:
    source = draw(change(letter), layout)
    mended = mend(source)
    if by_hand(key, change(letter)):
        assert mended.content == source
        assert {result.outcome for result in mended.results} == {Outcome.BY_HAND}
        return
    assert ids(mended.content) == set()
    assert mended.new == ()
    assert {result.outcome for result in mended.results} == {Outcome.MENDED}
    assert mend(mended.content).content == mended.content
    words_are_as_told(source, mended)


@pytest.mark.parametrize(("key", "letter", "change", "layout"), CASES)
def test_tracked_changes_accepted_are_the_mend_and_rejected_the_source(
    key: str, letter: Letter, change: Change, layout: str
) -> None:
    source = draw(change(letter), layout)
    mended = mend(source, track=True)
    if Outcome.UNTRACKED in {result.outcome for result in mended.results}:
        assert mended.content == source
        return
    assert accepted(mended.content) == written(mend(source).content)
    assert rejected(mended.content) == written(source)
    assert mend(mended.content, track=True).content == mended.content


def words_are_as_told(source: bytes, mended: Mended) -> None:
    """Compare each paragraph's words: those of the report changed, and by what it says."""
    before, after = texts(source), texts(mended.content)
    if any(r.finding.id in ("so_trang.vi_tri", "so_trang.thieu") for r in mended.results):
        # A page number is no word of the document, wherever it stands.
        before, after = (
            {place: text for place, text in found.items() if place[0] == "word/document.xml"}
            for found in (before, after)
        )
    told: dict[tuple[str, int], Counter[str]] = {}
    for change in mended.words:
        place = change.paragraph.part, change.paragraph.number
        if place in before:
            letters = told.setdefault(place, Counter(before[place]))
            letters.subtract(change.removed)
            letters.update(change.inserted)
    assert before.keys() == after.keys()
    assert {place for place in before if before[place] != after[place]} == told.keys()
    assert all(+letters == Counter(after[place]) for place, letters in told.items())


def texts(content: bytes) -> dict[tuple[str, int], str]:
    """Return the words of every paragraph, headers and footers too, read without the checker."""
    package = read_package(content, "thu.docx")
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    found: dict[tuple[str, int], str] = {}
    for name in package.parts:
        if re.fullmatch(r"word/(document|header\d+|footer\d+)\.xml", name):
            root = package.xml(name)
            for copy in list(root.iter("{*}Fallback")):
                copy.getparent().remove(copy)
            for number, paragraph in enumerate(root.iter(f"{w}p"), 1):
                runs = (node for node in paragraph.iter(f"{w}t") if _owner(node, w) is paragraph)
                found[name, number] = "".join(node.text or "" for node in runs)
    return found


def _owner(node: etree._Element, w: str) -> etree._Element:
    return next(node.iterancestors(f"{w}p"))


# ---------------------------------------------------------------- other profiles
def test_a_page_on_its_side_is_turned_with_its_margins_put_right() -> None:
    turned = {"top": 1701, "bottom": 851, "left": 1134, "right": 1134}
    source = draw(PLAN.but(landscape=True, page=turned), "boxes")
    assert ids(source) == {"trang.huong"}
    mended = mend(source)
    assert mended.after.findings == ()
    tracked = mend(source, track=True)
    assert accepted(tracked.content) == written(mended.content)
    assert rejected(tracked.content) == written(source)


def test_an_old_document_gets_the_sizes_of_its_time() -> None:
    old = PLAN.but(
        date="Phú Lâm Thượng, ngày 05 tháng 02 năm 2018", number_in="footer",
        grounds=(*PLAN.grounds[:2], PLAN.grounds[2][:-1] + ","),
    ).look("ground", italic=False).look("page", align="right").look("issuer", size=12)  # fmt: skip
    source = draw(old)
    assert ids(source) == {"chu.cung_co"}
    assert mend(source, yes=False).after.findings == ()


def party(old: str, new: str) -> bytes:
    """Return the Party document of the built-in form with one stretch of its XML changed."""
    made = open_form("van-ban-dang").document(sample("van-ban-dang"))

    def change(name: str, text: str) -> str:
        assert name != "word/document.xml" or old in text
        return text.replace(old, new) if name == "word/document.xml" else text

    return rewritten(made, change)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("Số 06-CT/TU", "Số: 06-CT/TU", "so_ky_hieu.mau"),
        ("Số 06-CT/TU", "Số 6-CT/TU", "so_ky_hieu.so_khong"),
        ("ngày 04 tháng 8", "ngày 4 tháng 8", "dia_danh.so_khong"),
    ],
)
def test_a_party_document_is_mended_by_the_rules_of_the_party(old: str, new: str, key: str) -> None:
    source = party(old, new)
    assert ids(source) == {key}
    mended = mend(source)
    assert mended.after.findings == ()
    words_are_as_told(source, mended)


@pytest.mark.parametrize("form", FORMS)
def test_a_built_in_form_measured_by_foreign_rules_is_mended_in_good_order(form: str) -> None:
    """The forms' real tables, text boxes and appendices, where much is wrong for the Party."""
    source = open_form(form).document(sample(form))
    for profile in ("dang_2026", "tt01_2011"):
        mended, tracked = (
            mend_document(source, form, profile=profile, approve=lambda _: True, track=track)
            for track in (False, True)
        )
        words_are_as_told(source, mended)
        assert mended.new == ()
        again = mend_document(mended.content, form, profile=profile, approve=lambda _: True)
        assert again.content == mended.content
        assert rejected(tracked.content) == written(source)
        if Outcome.UNTRACKED not in {result.outcome for result in tracked.results}:
            assert accepted(tracked.content) == written(mended.content)


def test_two_rules_that_contradict_each_other_come_to_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never_content(bench: Bench, case: Case, finding: Finding) -> str:
        size = {"sz": {"val": "20" if finding.found != "10 pt" else "22"}}
        line = finding.place.paragraph
        assert line is not None
        return "x" if bench.look(line, 0, len(line.text), size) else ""

    monkeypatch.setitem(TABLE, "so_ky_hieu.co_chu", Mend(never_content, Guard.SAFE, "đổi cỡ"))
    source = draw(PLAN.look("number", size=12))
    mended = mend(source)
    assert [r.outcome for r in mended.results] == [Outcome.BY_HAND]
    assert mend(mended.content).content == mended.content


# ---------------------------------------------------------------- levels
def test_without_agreement_only_safe_faults_are_mended() -> None:
    letter = PLAN.but(number="Số: 8/KH-UBND")
    letter = body("Nâng cao", "Nâng  cao")(item(2, "- Lưu: VT, VHXH")(letter))
    mended = mend(draw(letter), yes=False)
    outcomes = {result.finding.id: result.outcome for result in mended.results}
    assert outcomes == {
        "so_ky_hieu.so_khong": Outcome.MENDED,
        "van_ban.hai_dau_cach": Outcome.ASKS,
        "noi_nhan.dau_cau": Outcome.ASKS,
    }
    assert ids(mended.content) == {"van_ban.hai_dau_cach", "noi_nhan.dau_cau"}


def test_each_rule_is_asked_about_once() -> None:
    asked: list[str] = []
    letter = but(recipients=("- Trưởng các thôn.", "- Công an xã.", "- Lưu: VT, VHXH"))(PLAN)

    def approve(finding: Finding) -> bool:
        asked.append(finding.id)
        return True

    mended = mend_document(draw(letter), "thu.docx", approve=approve)
    assert asked == ["noi_nhan.dau_cau"]
    assert mended.after.findings == ()


def test_a_line_follows_the_letters_whose_size_was_mended() -> None:
    """The motto grows, so its line would be too short: that is mended without asking."""
    letter = PLAN.but(rules_mm={"motto": 52.0}).look("motto", size=12)
    mended = mend(draw(letter), yes=False)
    assert mended.after.findings == ()


WORDS_ONLY_A_PERSON_CHANGES = {
    "van_ban.viet_hoa", "van_ban.dat_dau", "van_ban.ngoac", "so_ky_hieu.loai", "ho_ten.hoc_vi",
    "quyen_han.chu_tat", "quyen_han.dung_truoc", "quyen_han.ket_hop", "thu_tu.khoan",
    "dia_danh.ngay_sai", "kem_theo.khop", "quoc_hieu.noi_dung", "noi_nhan.luu",
}  # fmt: skip


def test_words_numbers_and_signatures_have_no_mend() -> None:
    assert not WORDS_ONLY_A_PERSON_CHANGES & set(TABLE)
    assert "chu" not in ASPECTS
    assert all(mend_of(rule, "gì đó") is None for rule in WORDS_ONLY_A_PERSON_CHANGES)


def test_every_mend_serves_a_rule_of_some_profile_and_is_tried() -> None:
    rules = {rule for name in profile_ids() for rule in load_profile(name).rules}
    assert set(TABLE) <= rules
    planted = {key for key, *_ in FAULTS}
    elsewhere = {
        "trang.huong", "chu.cung_co", "noi_dung.gian_dong_pt",
        "tieu_de_dang.ke_dai",
    }  # fmt: skip
    assert set(TABLE) - planted == elsewhere


def test_the_page_for_clerks_names_every_mend() -> None:
    page = (Path(__file__).parents[2] / "docs" / "kiem-tra.md").read_text(encoding="utf-8")
    for guard in Guard:
        section = page.partition(f"<!-- {guard.value} -->")[2].partition("<!-- -->")[0]
        for rule, one in (*TABLE.items(), *((f"*.{a}", m) for a, m in ASPECTS.items())):
            assert (f"`{rule}`" in section) == (one.guard is guard), rule


# ---------------------------------------------------------------- many faults at once
SCATTERED: tuple[Change, ...] = (
    but(number_in="footer"),
    but(number_format="upperRoman"),
    but(first_page_differs=False),
    but(number_words=("- ", " -")),
    but(mirror=True),
    but(page={"top": 850, "left": 1134}),
    but(page={"w": 12240, "h": 15840, "right": 400}),
    but(rules_mm={"issuer": 45.0}),
    but(dashed="motto"),
    look("text", font="Arial", first=284),
    look("text", align="left", line=480),
    look("text", size=12),
    look("title", size=16, bold=False, align="left"),
    look("summary", italic=True, color="FF0000"),
    look("country", italic=True),
    look("issuer", bold=False, size=11),
    look("date", italic=False, bold=True),
    look("number", size=14),
    look("post", size=12, bold=False),
    look("name", bold=False, font="Calibri"),
    look("label", italic=False, size=14),
    look("recipient", size=13, italic=True),
    look("ground", italic=False, before=20),
    look("page", size=10, italic=True, align="right"),
    lambda letter: letter.but(label="Nơi nhận"),
    lambda letter: letter.but(motto="Độc lập – Tự do – Hạnh phúc"),
    lambda letter: letter.but(number=letter.number.replace("/", " / ")),
    lambda letter: letter.but(date=letter.date.replace(", ngày", " ngày")),
    lambda letter: letter.but(body=_everywhere(letter, ", ", " ,  ")),
    lambda letter: letter.but(body=_everywhere(letter, "ủ", "u\u0309")),
    lambda letter: letter.but(body=_everywhere(letter, "các", "các\u200b")),
    lambda letter: letter.but(recipients=(*letter.recipients[:-1], letter.recipients[-1][:-1])),
)


def _everywhere(letter: Letter, old: str, new: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, text.replace(old, new, 2)) for key, text in letter.body)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(LETTERS)),
    layout=st.sampled_from(LAYOUTS),
    changes=st.lists(st.sampled_from(SCATTERED), min_size=1, max_size=12),
)
def test_any_faults_together_are_mended(name: str, layout: str, changes: list[Change]) -> None:
    letter = LETTERS[name]
    for change in changes:
        letter = change(letter)
    source = draw(letter, layout)
    mended = mend(source)
    left = {f.id for f in mended.after.findings}
    hand = {r.finding.id for r in mended.results if r.outcome is Outcome.BY_HAND}
    assert left <= hand
    assert not left & set(TABLE)
    assert mend(mended.content).content == mended.content
    words_are_as_told(source, mended)
    tracked = mend(source, track=True)
    assert rejected(tracked.content) == written(source)
    assert mend(tracked.content, track=True).content == tracked.content


def worst(letter: Letter) -> Letter:
    for change in SCATTERED:
        letter = change(letter)
    return letter


@pytest.mark.parametrize("layout", LAYOUTS)
def test_mended_and_tracked_documents_are_valid(
    layout: str, tmp_path: Path, schema_errors: SchemaErrors
) -> None:
    """Sixty documents with all faults at once: no validator finds anything afterwards."""
    made = []
    for name, letter in LETTERS.items():
        for track in (False, True):
            path = tmp_path / f"{name}-{track}.docx"
            path.write_bytes(mend(draw(worst(letter), layout), track=track).content)
            made.append(path)
            assert structure_errors(path) == []
    assert schema_errors(made[::5]) == []
    assert [error for path in made[::5] for error in audit_errors(path)] == []


def test_libreoffice_prints_what_was_mended(tmp_path: Path, to_pdfs: ToPdfs) -> None:
    for layout in LAYOUTS:
        content = draw(worst(PLAN), layout)
        (tmp_path / f"{layout}.docx").write_bytes(mend(content).content)
        (tmp_path / f"{layout}-track.docx").write_bytes(mend(content, track=True).content)
    assert len(to_pdfs(sorted(tmp_path.glob("*.docx")), tmp_path)) == 2 * len(LAYOUTS)


# ---------------------------------------------------------------- the package
def test_other_parts_keep_their_bytes() -> None:
    source = draw(worst(PLAN))
    before, after = parts_of(source), parts_of(mend(source).content)
    assert list(after) == list(before)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "word/document.xml", "word/settings.xml", "word/header1.xml", "word/footer1.xml"
    }  # fmt: skip


def test_namespaces_that_word_asks_for_by_name_stay_declared() -> None:
    def named(name: str, text: str) -> str:
        return text.replace(
            "<w:document ",
            '<w:document xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
            'mc:Ignorable="w14" ',
        )

    source = rewritten(draw(PLAN.but(number="Số: 8/KH-UBND")), named)
    mended = parts_of(mend(source).content)["word/document.xml"]
    assert b'mc:Ignorable="w14"' in mended
    assert etree.fromstring(mended).nsmap.keys() >= {"w", "w14", "mc", "wp", "wps"}


def test_a_good_document_comes_back_as_it_was() -> None:
    for letter in LETTERS.values():
        source = draw(letter)
        assert mend(source).content == source


def test_mending_twice_gives_the_same_bytes() -> None:
    source = draw(worst(PLAN))
    for track in (False, True):
        assert mend(source, track=track).content == mend(source, track=track).content


def test_a_header_is_made_for_page_numbers_where_there_is_none() -> None:
    """The document loses the reference to its header, so that no section has one."""
    long = PLAN.but(body=(*(PLAN.body[:1] * 20), ("text", "Các đơn vị tổ chức thực hiện./.")))
    source = rewritten(
        draw(long),
        lambda name, text: re.sub(r"<w:(?:header|footer)Reference[^>]*>", "", text),
    )
    assert ids(source) == {"so_trang.thieu"}
    mended = mend(source)
    assert mended.after.findings == ()
    assert set(parts_of(mended.content)) - set(parts_of(source)) == {"word/header3.xml"}


def test_the_copy_of_a_text_box_for_old_programs_is_mended_too() -> None:
    def with_fallback(name: str, text: str) -> str:
        """Give each text box the copy that Word writes."""
        box = re.compile(r"(<w:txbxContent>.*?</w:txbxContent>)(.*?</mc:Choice>)", re.S)
        copied = r"\1\2<mc:Fallback><w:pict>\1</w:pict></mc:Fallback>"
        return box.sub(copied, text) if name == "word/document.xml" else text

    source = rewritten(draw(PLAN.but(number="Số: 8/KH-UBND"), "boxes"), with_fallback)
    text = parts_of(source)["word/document.xml"].decode()
    assert text.count("Số: 8/KH-UBND") == 2
    mended = parts_of(mend(source).content)["word/document.xml"].decode()
    assert re.sub("<[^>]+>", "", mended).count("Số: 08/KH-UBND") == 2


def test_words_bound_to_a_data_part_are_left_to_the_clerk() -> None:
    def bound(name: str, text: str) -> str:
        run = re.compile(r"(<w:r>(?:(?!</w:r>).)*Số: 8/KH-UBND</w:t></w:r>)")
        control = (
            r'<w:sdt><w:sdtPr><w:dataBinding w:xpath="/so" w:storeItemID="{0}"/></w:sdtPr>'
            r"<w:sdtContent>\1</w:sdtContent></w:sdt>"
        )
        return run.sub(control, text)

    source = rewritten(draw(PLAN.but(number="Số: 8/KH-UBND")), bound)
    mended = mend(source)
    assert mended.content == source
    assert [r.outcome for r in mended.results] == [Outcome.BY_HAND]


def test_a_colleagues_tracked_changes_stay_his() -> None:
    def tracked(name: str, text: str) -> str:
        run = re.compile(r"(<w:r>(?:(?!</w:r>).)*Số: 8/KH-UBND</w:t></w:r>)")
        return run.sub(r'<w:ins w:id="7" w:author="Lan">\1</w:ins>', text)

    source = rewritten(draw(PLAN.but(number="Số: 8/KH-UBND")), tracked)
    mended = mend(source, track=True)
    text = parts_of(mended.content)["word/document.xml"].decode()
    assert mended.after.findings == ()
    assert text.count('w:author="Lan"') == 1
    assert '<w:ins w:id="7" w:author="Lan"><w:r>' in text
    assert accepted(mended.content) == accepted(mend(source).content)


def test_documents_saved_again_by_libreoffice_are_mended(tmp_path: Path) -> None:
    """Its files have other headers, styles, fallbacks and orders of properties than ours."""
    need(why_no_office())
    for layout in LAYOUTS:
        (tmp_path / f"{layout}.docx").write_bytes(draw(worst(PLAN), layout))
    saved = resaved(sorted(tmp_path.glob("*.docx")), tmp_path / "out")
    for path in saved:
        source = path.read_bytes()
        mended, tracked = mend(source), mend(source, track=True)
        assert mended.after.findings == (), path.name
        assert mend(mended.content).content == mended.content
        assert rejected(tracked.content) == written(source)
        words_are_as_told(source, mended)
