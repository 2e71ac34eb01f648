"""Measure our pages against LibreOffice's: page counts, line breaks, the place of every word.

``python -m benchmarks.pages`` draws all forms (blank, with their samples, with the fixtures) and
200 generated records with both, and prints one table; ``--worst DIR`` puts the pages that differ
most there, side by side. It needs LibreOffice 25.2 or later and pdftotext, pdftoppm (poppler).
"""

from __future__ import annotations

import argparse
import gc
import html
import json
import random
import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import preview
from generator.errors import GeneratorError
from tests.judges import office

if TYPE_CHECKING:
    from generator.pipeline import Form

ROOT = Path(__file__).parents[1]
WORK = ROOT / "build" / "pages"
GENERATED = 200
SEED = 30_2020  # of the generated records
MM_PER_PT = 25.4 / 72
NEAR_MM = 1.0
_WORD = re.compile(
    r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>'
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word on the page, in millimetres from the top left corner."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two drawings of one document share."""

    name: str
    pages: int
    reference_pages: int
    lines: int
    same_lines: int
    words: int
    near_words: int
    worst_page: int  # from 1; 0 when no word stands apart
    apart: int  # words of that page that stand apart


# ---------------------------------------------------------------- documents
def documents(count: int, seed: int = SEED) -> Iterator[tuple[str, bytes]]:
    """Yield name and content: forms blank, from samples and fixtures, then generated records."""
    from generator.pipeline import open_form

    forms = [open_form(path.name) for path in sorted((ROOT / "doctemplates").iterdir())
             if (path / "template.docx").is_file()]  # fmt: skip
    for form in forms:
        yield from _made(form, "trong", {})
        yield from _made(form, "mau", _sample(form))
        for path in sorted((ROOT / "fixtures" / form.bundle.id).glob("*.json*")):
            for number, record in enumerate(_records(path)[:2]):
                yield from _made(form, f"{path.stem}-{number}", record, str(path.parent))
    chance = random.Random(seed)
    made = 0
    for turn in range(count * 20):
        form = forms[turn % len(forms)]
        record = _varied(_sample(form), chance)
        for name, content in _made(form, f"sinh-{turn:04d}", record):
            yield name, content
            made += 1
        if made == count:
            return


def _sample(form: Form) -> Any:
    return json.loads(form.bundle.path("sample.json").read_text(encoding="utf-8"))


def _records(path: Path) -> list[Any]:
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        value = json.loads(text)
    except ValueError:  # broken on purpose
        return []
    return value if isinstance(value, list) else [value]


def _made(
    form: Form, name: str, record: Any, folder: str | None = None
) -> Iterator[tuple[str, bytes]]:
    try:
        yield f"{form.bundle.id}--{name}", form.document(record, folder=folder)
    except (GeneratorError, TypeError, AttributeError):
        return  # a broken fixture, or a variation the schema does not allow


_WORDS = [
    "Ủy",
    "ban",
    "nhân",
    "dân",
    "Công",
    "an",
    "phường",
    "xã",
    "thị",
    "trấn",
    "cơ",
    "quan",
    "đơn",
    "vị",
    "doanh",
    "nghiệp",
    "nhà",
    "trường",
    "khu",
    "dân",
    "cư",
    "phong",
    "trào",
    "toàn",
    "dân",
    "bảo",
    "vệ",
    "an",
    "ninh",
    "Tổ",
    "quốc",
    "năm",
    "kế",
    "hoạch",
    "thực",
    "hiện",
    "nhiệm",
    "vụ",
    "công",
    "tác",
    "phòng",
    "ngừa",
    "tội",
    "phạm",
    "tệ",
    "nạn",
    "xã",
    "hội",
    "xây",
    "dựng",
    "điển",
    "hình",
    "tiên",
    "tiến",
    "báo",
    "cáo",
    "kết",
    "quả",
    "tổng",
    "hợp",
    "số",
    "liệu",
    "theo",
    "quy",
    "định",
    "của",
    "pháp",
    "luật",
    "Nghị",
    "định",
    "số",
    "30/2020/NĐ-CP",
    "ngày",
    "05/3/2020",
    "Chính",
    "phủ",
    "về",
    "công",
    "tác",
    "văn",
    "thư;",
    "hướng",
    "dẫn,",
    "kiểm",
    "tra,",
    "đôn",
    "đốc",
    "việc",
    "triển",
    "khai",
    "(nếu",
    "có)",
    "tại",
    "địa",
    "phương",
    "100%",
    "15.972",
    "QĐ-UBND",
    "“an",
    "toàn",
    "về",
    "an",
    "ninh,",
    "trật",
    "tự”",
    "–",
    "giai",
    "đoạn",
    "2021-2026",
    "trực",
    "thuộc",
    "Trung",
    "ương.",
]


def _text(chance: random.Random, least: int, most: int) -> str:
    start = chance.randrange(len(_WORDS))
    count = chance.randint(least, most)
    words = [_WORDS[(start + n * chance.choice((1, 1, 1, 7))) % len(_WORDS)] for n in range(count)]
    return " ".join(words)


def _varied(value: Any, chance: random.Random) -> Any:
    """Return a record like another: names and texts of other lengths, lists of other lengths."""
    if isinstance(value, dict):
        return {key: _varied(item, chance) for key, item in value.items()}
    if isinstance(value, list):
        kept = [_varied(item, chance) for item in value]
        turn = chance.random()
        if turn < 0.3 and kept:
            return kept + [
                _varied(chance.choice(value), chance) for _ in range(chance.randint(1, 6))
            ]
        return kept[: max(1, len(kept) - 1)] if turn < 0.5 else kept
    if isinstance(value, str) and " " in value and chance.random() < 0.5:
        return "\n".join(_varied_line(line, chance) for line in value.split("\n"))
    return value


def _varied_line(line: str, chance: random.Random) -> str:
    words = line.split(" ")
    if len(words) < 3 or line.lstrip().startswith("|") or chance.random() < 0.4:
        return line
    if chance.random() < 0.5:
        return f"{line} {_text(chance, 1, 25)}"
    return " ".join([words[0], _text(chance, 2, max(3, len(words)))])


# ---------------------------------------------------------------- measuring
def words_of(pdf: Path) -> list[list[Word]]:
    """Return the words of each page."""
    said = subprocess.run(
        ["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, text=True, check=True
    ).stdout
    return [
        [
            Word(html.unescape(text), *(float(at) * MM_PER_PT for at in place))
            for *place, text in _WORD.findall(page)
        ]
        for page in said.split("<page ")[1:]
    ]


def lines_of(words: Sequence[Word]) -> list[str]:
    """Return the lines of a page: words on one height whose gap is no column's."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.y1, word.x0)):
        for row in reversed(rows[-12:]):
            if abs(row[-1].y1 - word.y1) < 1.0:
                row.append(word)
                break
        else:
            rows.append([word])
    found = []
    for row in rows:
        line: list[Word] = []
        for word in sorted(row, key=lambda word: word.x0):
            if line and word.x0 - line[-1].x1 > 6.0:
                found.append(" ".join(each.text for each in line))
                line = []
            line.append(word)
        found.append(" ".join(each.text for each in line))
    return found


def compare(name: str, ours: Path, reference: Path) -> Comparison:
    """Return what two PDFs of one document share."""
    mine, theirs = words_of(ours), words_of(reference)
    same = total = near = count = 0
    worst = (0, 0)
    for number, page in enumerate(theirs):
        own = mine[number] if number < len(mine) else []
        lines = Counter(lines_of(page))
        total += sum(lines.values())
        same += sum((lines & Counter(lines_of(own))).values())
        close = _near(own, page)
        near += close
        count += len(page)
        worst = max(worst, (len(page) - close, number + 1))
    return Comparison(
        name,
        len(mine),
        len(theirs),
        total,
        same,
        count,
        near,
        worst[1] if worst[0] else 0,
        worst[0],
    )


def _near(own: Sequence[Word], reference: Sequence[Word]) -> int:
    """Return how many words of a page have one of ours within a millimetre."""
    places: dict[str, list[Word]] = {}
    for word in own:
        places.setdefault(word.text, []).append(word)
    found = 0
    for word in reference:
        left = places.get(word.text, [])
        best = min(left, key=lambda each: _distance(each, word), default=None)
        if best is not None and _distance(best, word) <= NEAR_MM:
            left.remove(best)
            found += 1
    return found


def _distance(one: Word, other: Word) -> float:
    return max(abs(one.x0 - other.x0), abs(one.y1 - other.y1))


# ---------------------------------------------------------------- running
def main() -> None:
    """Draw everything twice and print what agrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=GENERATED, help="generated documents")
    parser.add_argument("--seed", type=int, default=SEED, help="of the generated documents")
    parser.add_argument("--worst", type=Path, help="folder for pictures of the worst pages")
    parser.add_argument("--keep", action="store_true", help="reuse LibreOffice's last pages")
    options = parser.parse_args()
    made = _draw_all(options.count, options.seed, keep=options.keep)
    found = [
        compare(path.stem, path.with_suffix(".ours.pdf"), path.with_suffix(".pdf")) for path in made
    ]
    _report(found)
    if options.worst:
        _pictures(found, options.worst)


def _draw_all(count: int, seed: int, *, keep: bool) -> list[Path]:
    WORK.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    known = sorted(WORK.glob("*.docx")) if keep else []
    if known:
        paths = [path for path in known if path.with_suffix(".pdf").exists()]
    else:
        for old in WORK.glob("*"):
            old.unlink()
        for name, content in documents(count, seed):
            paths.append(WORK / f"{name}.docx")
            paths[-1].write_bytes(content)
        began = time.perf_counter()
        for start in range(0, len(paths), 50):
            office.to_pdfs(paths[start : start + 50], WORK, seconds=600)
        print(f"LibreOffice: {len(paths)} documents in {time.perf_counter() - began:.1f} s")
    gc.set_threshold(50_000)  # as the command does
    preview.pdf(paths[0].read_bytes(), paths[0].name)  # warm: imports and faces are there
    began, processor = time.perf_counter(), time.process_time()
    for path in paths:
        content = preview.pdf(path.read_bytes(), path.name)
        path.with_suffix(".ours.pdf").write_bytes(content)
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    pages = sum(len(words_of(path.with_suffix(".ours.pdf"))) for path in paths)
    print(
        f"vanban: {len(paths)} documents, {pages} pages in {seconds:.1f} s, "
        f"{1000 * seconds / pages:.1f} ms a page, processor {1000 * processor / pages:.1f} ms"
    )
    return paths


def _report(found: Sequence[Comparison]) -> None:
    groups = {
        "forms, blank and filled": [each for each in found if "--sinh-" not in each.name],
        "generated": [each for each in found if "--sinh-" in each.name],
    }
    for title, group in groups.items():
        if not group:
            continue
        pages = sum(each.pages == each.reference_pages for each in group)
        lines, same = sum(each.lines for each in group), sum(each.same_lines for each in group)
        words, near = sum(each.words for each in group), sum(each.near_words for each in group)
        print(
            f"{title}: {len(group)} documents; same page count {pages / len(group):.1%}; "
            f"same lines {same / lines:.2%} of {lines}; "
            f"words within {NEAR_MM:g} mm {near / words:.2%} of {words}"
        )
    for each in sorted(found, key=lambda each: -(each.words - each.near_words))[:15]:
        if each.words > each.near_words or each.pages != each.reference_pages:
            print(
                f"  {each.name}: pages {each.pages}/{each.reference_pages}, lines "
                f"{each.same_lines}/{each.lines}, words {each.near_words}/{each.words}, "
                f"worst page {each.worst_page}"
            )


def _pictures(found: Sequence[Comparison], folder: Path) -> None:
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    for each in sorted(found, key=lambda each: -each.apart)[:8]:
        if not each.apart:
            continue
        sides = []
        for kind in (".ours.pdf", ".pdf"):
            target = folder / f"{each.name}{kind.replace('.', '-')}"
            subprocess.run(
                ["pdftoppm", "-r", "70", "-png", "-singlefile", "-f", str(each.worst_page),
                 "-l", str(each.worst_page), str(WORK / f"{each.name}{kind}"), str(target)],
                check=True,
            )  # fmt: skip
            if target.with_name(target.name + ".png").exists():
                sides.append(Image.open(target.with_name(target.name + ".png")))
        sheet = Image.new(
            "RGB", (sum(side.width for side in sides), max(side.height for side in sides)), "white"
        )
        left = 0
        for side in sides:
            sheet.paste(side, (left, 0))
            left += side.width
        sheet.save(folder / f"{each.name}-{each.worst_page}.png")
        for kind in (".ours.pdf", ".pdf"):
            (folder / f"{each.name}{kind.replace('.', '-')}.png").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
