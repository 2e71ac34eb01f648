from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from num2words import CONVERTER_CLASSES, num2words

from generator.vietnamese.num2words_vi import Num2WordVietnamese
from generator.vietnamese.words import cardinal, words
from tests.vietnamese.oracle import tools

# One million and one small numbers, and numbers of every length up to 10^36.
SMALL = range(1_000_001)
LARGE_COUNT = 200_000
DECIMAL_COUNT = 50_000
ICU_BELOW = 100_000

READ_WITH_ICU = """
import sys, icu
speller = icu.RuleBasedNumberFormat(icu.URBNFRuleSetTag.SPELLOUT, icu.Locale("vi"))
for line in sys.stdin:
    sys.stdout.write(speller.format(int(line)) + "\\n")
"""


@cache
def large_numbers() -> tuple[int, ...]:
    """Return numbers whose lengths are evenly spread and which often hold groups of zeros."""
    chance = random.Random(2020)
    groups = [*(f"{group:03d}" for group in range(1000)), *["000"] * 300, *["005"] * 100]
    return tuple(
        chance.choice((1, -1))
        * int("".join((str(chance.randrange(1, 1000)), *chance.choices(groups, k=length))))
        for length in (chance.randint(2, 11) for _ in range(LARGE_COUNT))
    )


def decimals() -> Iterator[str]:
    """Return decimals of up to twelve places, without zeros at the end."""
    chance = random.Random(30)
    for _ in range(DECIMAL_COUNT):
        places = f"{chance.randrange(10 ** chance.randint(1, 12))}{chance.randint(1, 9)}"
        yield f"{chance.randrange(10**6)}.{places.rjust(chance.randint(1, 12), '0')}"


def differences(
    numbers: Callable[[], Iterable[int | str]],
    ours: Callable[[str], str],
    judge: list[str],
    folder: Path,
) -> list[tuple[str, str, str]]:
    """Let the judge read the numbers of a file aloud beside us; return the first ten quarrels."""
    questions = folder / "numbers.txt"
    with questions.open("w") as file:
        file.writelines(f"{number}\n" for number in numbers())
    quarrels: list[tuple[str, str, str]] = []
    with (
        questions.open() as asked,
        subprocess.Popen(judge, stdin=asked, stdout=subprocess.PIPE, encoding="utf-8") as process,
    ):
        assert process.stdout is not None
        for number, answer in zip(numbers(), process.stdout, strict=True):
            said = ours(str(number))
            if said != answer.rstrip("\n") and len(quarrels) < 10:
                quarrels.append((str(number), said, answer.rstrip("\n")))
    assert process.returncode == 0
    return quarrels


def spoken(number: int) -> str:
    assert isinstance(CONVERTER_CLASSES["vi"], Num2WordVietnamese)
    return str(num2words(number, lang="vi"))


def npm() -> list[str]:
    script = tools.HERE / "read_numbers.mjs"
    return [tools.node(), str(script), str(tools.package("read-vietnamese-number"))]


def test_every_number_to_a_million_reads_as_npm_reads_it(tmp_path: Path) -> None:
    assert differences(lambda: SMALL, lambda text: cardinal(int(text)), npm(), tmp_path) == []


def test_random_large_numbers_read_as_npm_reads_them(tmp_path: Path) -> None:
    assert len(set(large_numbers())) > LARGE_COUNT * 0.95
    assert 10**35 < max(map(abs, large_numbers())) < 10**36
    assert differences(large_numbers, lambda text: words(int(text)), npm(), tmp_path) == []


def test_decimals_read_as_npm_reads_them(tmp_path: Path) -> None:
    assert differences(decimals, lambda text: words(text.replace(".", ",")), npm(), tmp_path) == []


def test_num2words_speaks_as_npm_does(tmp_path: Path) -> None:
    sample = range(0, 1_000_001, 97)
    assert differences(lambda: sample, lambda text: spoken(int(text)), npm(), tmp_path) == []


def test_icu_agrees_where_it_is_right(tmp_path: Path) -> None:
    """ICU drops "không trăm" behind triệu and tỷ: above a million only groups without it count."""
    judge = [tools.python_with_icu(), "-c", READ_WITH_ICU]
    assert differences(icu_is_right, lambda text: words(int(text), "lẻ"), judge, tmp_path) == []


def icu_is_right() -> Iterator[int]:
    yield from range(ICU_BELOW)
    chance = random.Random(72)
    for _ in range(ICU_BELOW):
        groups = [chance.randrange(1, 1000), *(chance.randrange(100, 1000) for _ in range(4))]
        yield int("".join(f"{group:03d}" for group in groups[: chance.randint(1, 5)]))
