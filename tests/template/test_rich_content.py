"""Pictures, QR codes and links from data: what a record may hold, and what the document shows."""

from __future__ import annotations

import base64
import io
import json
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from generator.errors import DataError, TemplateError
from generator.images import MAX_BYTES, Image, data_uri, decode_image, read_image
from generator.pipeline import Form, open_form
from generator.readback import verify
from generator.vietnamese import TextFormError
from tests.conftest import SchemaErrors
from tests.judges.validators import integrity_errors
from tests.making import compiled, fill, lines, make, opened, png, png_chunk, saved

EMU_A_MM = 36_000


def jpeg(width: int = 40, height: int = 30, orientation: int = 0) -> bytes:
    """Return the head and the end of a JPEG: what is read of one."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"
    segments = [(0xC0, frame)]
    if orientation:
        tiff = b"II*\0" + struct.pack("<IHHHII", 8, 1, 0x0112, 3, 1, orientation) + b"\0" * 4
        segments.insert(0, (0xE1, b"Exif\0\0" + tiff))
    packed = (struct.pack(">BBH", 0xFF, kind, len(data) + 2) + data for kind, data in segments)
    return b"\xff\xd8" + b"".join(packed) + b"\xff\xda\0\2\0\xff\xd9"


# ---------------------------------------------------------------- pictures read
@pytest.mark.parametrize(
    ("data", "kind"), [(png(), "png"), (jpeg(), "jpeg"), (jpeg(40, 30, 1), "jpeg")]
)
def test_a_picture_tells_its_kind_and_size(data: bytes, kind: str) -> None:
    image = read_image(data)
    assert (image.kind, image.width, image.height) == (kind, 40, 30)
    assert decode_image(data_uri(image)) == image
    assert decode_image(base64.b64encode(data).decode()) == image


FLAWED: dict[str, tuple[bytes, str]] = {
    "no picture": (b"GIF89a" + b"\0" * 40, "không phải ảnh PNG hoặc JPEG"),
    "XML": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "không phải ảnh PNG hoặc JPEG"),
    "nothing": (b"", "không phải ảnh PNG hoặc JPEG"),
    "a PNG cut off": (png()[:-20], "bị hỏng hoặc bị cắt cụt"),
    "a PNG with a wrong checksum": (png()[:20] + b"\x01" + png()[21:], "bị hỏng"),
    "a PNG without size": (png(0, 3), "bị hỏng"),
    "a PNG of a billion dots": (
        png()[:8] + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
        + png_chunk(b"IEND", b""), "ảnh 60000 × 60000 điểm là quá lớn"),
    "a JPEG cut off": (jpeg()[:-2], "bị hỏng hoặc bị cắt cụt"),
    "a JPEG without a frame": (b"\xff\xd8\xff\xda\0\2\xff\xd9", "bị hỏng"),
    "a JPEG of a billion dots": (jpeg(60_000, 60_000), "là quá lớn"),
    "a photograph on its side": (jpeg(40, 30, 6), "ảnh chụp nằm nghiêng"),
    "too many bytes": (png() + b"\0" * MAX_BYTES, "nhiều nhất 8 MB"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "told"), FLAWED.values(), ids=FLAWED)
def test_a_picture_that_would_not_print_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(TextFormError, match=told):
        read_image(data)


@pytest.mark.parametrize("text", ["không phải base64", "data:image/png;base64,@@@", "aGVsbG8="])
def test_text_that_is_no_picture_is_refused(text: str) -> None:
    with pytest.raises(TextFormError, match="không phải ảnh"):
        decode_image(text)


def test_every_cut_of_a_picture_is_read_or_refused_without_a_crash() -> None:
    for whole in (png(), jpeg(40, 30, 1)):
        for end in range(len(whole)):
            with pytest.raises(TextFormError):
                read_image(whole[:end])


# ---------------------------------------------------------------- pictures printed
def image(width: int = 40, height: int = 30, shade: int = 200) -> Image:
    return read_image(png(width, height, shade))


def extents(content: bytes) -> list[tuple[float, float]]:
    """Return width and height of each drawing of the body, in millimetres."""
    sizes = opened(content).element.body.iter(qn("wp:extent"))
    return [(int(s.get("cx")) / EMU_A_MM, int(s.get("cy")) / EMU_A_MM) for s in sizes]


@pytest.mark.parametrize(
    ("size", "printed"),
    [
        ("", (10.58, 7.94)),
        ("(60)", (60, 45)),
        ("(rong=60)", (60, 45)),
        ("(cao=60)", (80, 60)),
        ("(60, 30)", (40, 30)),
        ("(rong=12.5)", (12.5, 9.375)),
    ],
)
def test_a_picture_keeps_its_shape_within_the_size_asked_for(
    size: str, printed: tuple[float, float]
) -> None:
    content = compiled(make(f"{{{{ x|hinh{size} }}}}")).render({"x": image()})
    assert extents(content) == [pytest.approx(printed, abs=0.01)]


def test_a_large_picture_without_a_size_is_as_wide_as_the_text() -> None:
    content = compiled(make("{{ x|hinh }}")).render({"x": image(2_000, 10)})
    assert extents(content)[0][0] == pytest.approx(165, abs=0.01)


@pytest.mark.parametrize("size", ["0", "-1", "5000", "'a'", "true"])
def test_a_size_is_millimetres_of_a_sheet(size: str) -> None:
    with pytest.raises(DataError, match="cỡ ảnh phải từ 1 đến 1000 mm"):
        fill(f"{{{{ x|hinh({size}) }}}}", context={"x": image()})


def media(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {n: archive.read(n) for n in archive.namelist() if n.startswith("word/media/")}


def test_words_around_a_picture_keep_their_runs() -> None:
    document = Document()
    document.add_paragraph().add_run("trước {{ x|hinh(20) }} sau").bold = True
    content = compiled(saved(document)).render({"x": image()})
    runs = [(run.text, run.bold) for run in opened(content).paragraphs[0].runs]
    assert runs == [("trước ", True), ("", True), (" sau", True)]


def test_the_same_picture_lies_in_the_file_once_and_each_drawing_has_its_number() -> None:
    body = ("{% for i in ds %}", "{{ i|hinh(20) }}", "{% endfor %}")
    content = compiled(make(*body)).render({"ds": [image(), image(shade=9), image()]})
    assert len(media(content)) == 2
    document = opened(content)
    numbers = [node.get("id") for node in document.element.body.iter(qn("wp:docPr"))]
    assert len(set(numbers)) == 3
    shown = [document.part.related_parts[blip.get(qn("r:embed"))].blob
             for blip in document.element.body.iter(qn("a:blip"))]  # fmt: skip
    assert shown == [png(), png(shade=9), png()]


def test_pictures_stand_in_headers_and_cells_and_behind_conditions() -> None:
    document = Document(io.BytesIO(make(rows=[["{{ x|hinh(10) }}", "{{ x|hinh(10) if co }}"]])))
    document.sections[0].header.paragraphs[0].text = "{{ x|hinh(10) }}"
    template = compiled(saved(document))
    for co, drawings in ((True, 2), (False, 1)):
        content = template.render({"x": image(), "co": co})
        assert len(extents(content)) == drawings
        header = opened(content).sections[0].header
        (blip,) = header._element.iter(qn("a:blip"))
        assert header.part.related_parts[blip.get(qn("r:embed"))].blob == png()


def test_a_document_as_template_gets_names_of_its_own() -> None:
    first = compiled(make("{{ x|hinh(10) }}{_{ y|hinh(10) }_}")).render({"x": image()})
    second = compiled(first).render({"y": image(shade=9)})
    assert sorted(media(second).values()) == sorted([png(), png(shade=9)])
    assert len(opened(second).element.body.findall(f".//{qn('a:blip')}")) == 2


def test_the_same_record_gives_the_same_bytes() -> None:
    template = compiled(make("{{ x|hinh(20) }} {{ 'a'|qr }} {{ 'https://vidu.vn'|lien_ket }}"))
    assert template.render({"x": image()}) == template.render({"x": image()})


@pytest.mark.parametrize(
    "tag",
    [
        "{{p x|hinh }}",
        "{% set a = x|hinh %}{{ a }}",
        "{{ (x|hinh) ~ 'chữ' }}",
        "{{ [x|hinh]|join }}",
        "{{ x|hinh|upper }}",
        "{% if x|hinh %}a{% endif %}",
        "{{ (x|hinh if x|qr else 1)|upper }}",
    ],
)
def test_a_picture_that_would_not_be_printed_is_refused(tag: str) -> None:
    with pytest.raises(TemplateError, match="ảnh, mã QR và liên kết chỉ in được ở cuối một thẻ"):
        fill(tag, context={"x": image()})


def test_a_picture_in_a_shapes_text_for_the_blind_is_refused() -> None:
    document = Document()
    document.add_paragraph().add_run().add_picture(io.BytesIO(png()))
    for node in document.element.body.iter(qn("wp:docPr")):
        node.set("descr", "{{ x|hinh }}")
    with pytest.raises(TemplateError, match="ảnh, mã QR và liên kết chỉ in được"):
        compiled(saved(document))


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, "không có ảnh; bọc thẻ bằng {% if"), (5, "“5” không phải là ảnh"),
     ("x", "không phải ảnh")],
)  # fmt: skip
def test_what_is_no_picture_is_an_error_at_its_tag(value: object, told: str) -> None:
    with pytest.raises(DataError, match=f"đoạn 1, thẻ .*{told}"):
        fill("{{ x|hinh }}", context={"x": value})


# ---------------------------------------------------------------- QR codes
def test_a_qr_code_is_a_picture_of_its_text() -> None:
    content = compiled(make("{{ x|qr(30) }}")).render({"x": "https://vidu.vn/?a=1&b=“2”"})
    assert extents(content) == [(30, 30)]
    (description,) = [n.get("descr") for n in opened(content).element.body.iter(qn("wp:docPr"))]
    assert description == "Mã QR: https://vidu.vn/?a=1&b=“2”"
    (data,) = media(content).values()
    assert read_image(data).width == read_image(data).height


def test_a_qr_code_reads_back_to_its_modules() -> None:
    import segno
    from PIL import Image as Picture

    (data,) = media(compiled(make("{{ x|qr }}")).render({"x": "Văn bản số 5"})).values()
    grey = Picture.open(io.BytesIO(data)).convert("L")
    side = len(segno.make_qr("Văn bản số 5", error="m", boost_error=False).matrix)
    assert grey.size == ((side + 8) * 8,) * 2
    drawn = [[grey.getpixel((8 * (x + 4) + 4, 8 * (y + 4) + 4)) == 0 for x in range(side)]
             for y in range(side)]  # fmt: skip
    expected = segno.make_qr("Văn bản số 5", error="m", boost_error=False).matrix
    assert drawn == [[bool(module) for module in row] for row in expected]


@pytest.mark.parametrize("text", ["", "  ", "x" * 1_001])
def test_a_qr_code_needs_a_text_that_fits(text: str) -> None:
    with pytest.raises(DataError, match="QR"):
        fill("{{ x|qr }}", context={"x": text})


def test_pictures_without_end_are_stopped() -> None:
    with pytest.raises(TemplateError, match="lặp quá nhiều lần"):
        fill("{% for i in range(99999) %}{{ (x ~ i)|qr }}{% endfor %}", context={"x": "a"})
    heavy = [Image(bytes([n]) * MAX_BYTES, "png", 1, 1) for n in range(7)]
    with pytest.raises(DataError, match="tổng cộng nhiều nhất 48 MB"):
        fill("{% for i in x %}{{ i|hinh }}{% endfor %}", context={"x": heavy})


# ---------------------------------------------------------------- links
def test_a_link_keeps_the_tags_looks_and_adds_its_own() -> None:
    document = Document()
    run = document.add_paragraph("Xem ").add_run("{{ x|lien_ket('trang & ảnh') }}.")
    run.italic = True
    content = compiled(saved(document)).render({"x": "https://vidu.vn/?a=1&b=2"})
    result = opened(content)
    (link,) = result.element.body.iter(qn("w:hyperlink"))
    assert result.part.rels[link.get(qn("r:id"))].target_ref == "https://vidu.vn/?a=1&b=2"
    properties = link.find(f".//{qn('w:rPr')}")
    assert [child.tag for child in properties] == [qn("w:i"), qn("w:color"), qn("w:u")]
    assert result.paragraphs[0].text == "Xem trang & ảnh."


def test_a_link_without_words_prints_its_address() -> None:
    assert fill("{{ x|lien_ket }}", context={"x": "mailto:a@vidu.vn"}) == ["mailto:a@vidu.vn"]


def test_a_link_inside_a_link_is_refused() -> None:
    document = Document()
    paragraph = document.add_paragraph()
    link = paragraph._p.makeelement(qn("w:hyperlink"))
    link.append(paragraph.add_run("{{ x|lien_ket }}")._r)
    paragraph._p.append(link)
    with pytest.raises(TemplateError, match="chỉ in được ở cuối một thẻ"):
        compiled(saved(document))


# ---------------------------------------------------------------- a form with pictures
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["ten", "anh", "trang"],
    "properties": {
        "ten": {"type": "string", "title": "Tên", "description": "tên"},
        "anh": {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/*",
                "title": "Ảnh", "description": "ảnh thẻ"},
        "anh_them": {"type": "array", "title": "Ảnh thêm", "description": "các ảnh khác",
                     "items": {"type": "string", "contentEncoding": "base64", "title": "Ảnh",
                               "contentMediaType": "image/png", "description": "một ảnh"}},
        "con_dau": {"type": ["string", "null"], "contentEncoding": "base64",
                    "contentMediaType": "image/png", "title": "Con dấu", "description": "dấu"},
        "trang": {"type": "string", "title": "Trang", "description": "địa chỉ trang"},
    },
}  # fmt: skip
BODY = ("{{ ten }}: {{ anh|hinh(30) }}", "{% for a in anh_them %}", "{{ a|hinh(cao=10) }}",
        "{% endfor %}", "{% if con_dau %}", "{{ con_dau|hinh(20) }}", "{% endif %}",
        "{{ trang|lien_ket('trang') }} {{ trang|qr(20) }}")  # fmt: skip


@pytest.fixture
def form(tmp_path: Path) -> Form:
    folder = tmp_path / "the-ten"
    folder.mkdir()
    (folder / "template.docx").write_bytes(make(*BODY))
    (folder / "schema.json").write_text(json.dumps(SCHEMA, ensure_ascii=False), "utf-8")
    (folder / "sample.json").write_text("{}", "utf-8")
    (folder / "manifest.toml").write_text(
        'id = "the-ten"\ntitle = "Thẻ tên"\ntype = ""\nstandard = "nd30-2020"\nsource = "x"\n'
        'output = "{{ ten }}.docx"\n', "utf-8")  # fmt: skip
    return open_form(str(folder))


def record(folder: Path, form: Form, **values: Any) -> Any:
    """Return a record read from a file in ``folder``."""
    data = {"ten": "An", "anh": "anh.png", "trang": "https://vidu.vn", **values}
    (folder / "du-lieu.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    (raw,) = form.records(str(folder / "du-lieu.json"))
    return raw


@pytest.mark.parametrize("given", ["anh.png", {"$file": "anh.png"}, data_uri(read_image(png())),
                                   base64.b64encode(png()).decode()])  # fmt: skip
def test_a_record_names_a_picture_or_holds_it(tmp_path: Path, form: Form, given: Any) -> None:
    (tmp_path / "anh.png").write_bytes(png())
    raw = record(tmp_path, form, anh=given, anh_them=[given], con_dau=None)
    content = form.render(raw)
    assert len(extents(content)) == 3
    assert png() in media(content).values()
    assert verify(content, form, form.prepare(raw).record) == ()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("khong-co.png", "tệp “khong-co.png”: không có tệp này"),
        ("../ngoai.png", "nằm ngoài thư mục của tệp dữ liệu"),
        ("/etc/ngoai.png", "nằm ngoài thư mục của tệp dữ liệu"),
        ({"$file": "hong.png"}, "tệp “hong.png”: không phải ảnh PNG hoặc JPEG"),
        ("chữ", "Ảnh: không phải ảnh"),
        (5, "Ảnh"),
    ],
)
def test_a_picture_that_cannot_be_read_is_told_with_its_field(
    tmp_path: Path, form: Form, given: Any, told: str
) -> None:
    (tmp_path / "hong.png").write_bytes(b"hong")
    (tmp_path.parent / "ngoai.png").write_bytes(png())
    raw = record(tmp_path, form, anh=given)
    with pytest.raises(DataError) as caught:
        form.prepare(raw)
    assert told in str(caught.value)
    assert "$.anh" in str(caught.value)


def test_a_record_from_a_program_reads_no_files(form: Form) -> None:
    with pytest.raises(DataError, match=r"thì không dùng được \$file"):
        form.document({"ten": "An", "anh": "anh.png", "trang": "https://vidu.vn"})


def test_a_draft_prints_a_hole_where_a_picture_is_missing(tmp_path: Path, form: Form) -> None:
    raw = record(tmp_path, form, anh="khong-co.png", anh_them=[])
    draft = form.draft(raw)
    assert any("khong-co.png" in str(warning) for warning in draft.warnings)
    assert re.search(r"An: .*Ảnh", "\n".join(lines(draft.content)))


def test_a_document_with_pictures_and_links_is_valid(
    tmp_path: Path, form: Form, schema_errors: SchemaErrors
) -> None:
    (tmp_path / "anh.png").write_bytes(png())
    raw = record(tmp_path, form, anh_them=["anh.png"] * 2, con_dau="anh.png")
    path = tmp_path / "ra.docx"
    path.write_bytes(form.render(raw))
    assert schema_errors([path]) == []
    assert integrity_errors(path) == []
