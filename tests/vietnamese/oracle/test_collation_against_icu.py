from __future__ import annotations

import itertools
import json
import random
import subprocess

from generator.vietnamese.collation import collation_key
from generator.vietnamese.syllables import TONED
from tests.vietnamese.oracle import tools

VOWELS = [form for forms in TONED.values() for form in forms]
CONSONANTS = "bcdđfghjklmnpqrstvwxz"
ALPHABET = [*VOWELS, *CONSONANTS, *CONSONANTS.upper()]
MARKS = " -–,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$_0123456789"
SYLLABLES = (
    "Nguyễn nguyên NGUYÊN Trần trán trắng Đặng đăng dang Dàng hòa hoà Hoa hóa qua quá Quả "
    "thuý thúy Thuỷ ăn ân an Ấn Ơn ốn ươn ừ Ư u ự ư yên Yến ỷ ý xã Xà xa"
)


def in_order_of_icu(words: list[str]) -> list[str]:
    done = subprocess.run(
        [tools.node(), str(tools.HERE / "sort_words.mjs")],
        input=json.dumps(words),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return [str(word) for word in json.loads(done.stdout)]


def assert_same_order(words: list[str]) -> None:
    ours = sorted(words, key=collation_key)
    theirs = in_order_of_icu(words)
    assert [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]] == []


def test_every_letter_with_every_tone_in_both_cases() -> None:
    letters = [*ALPHABET]
    random.Random(1).shuffle(letters)
    assert len(letters) == 144 + 42
    assert_same_order(letters)


def test_every_pair_of_letters() -> None:
    pairs = ["".join(pair) for pair in itertools.product(ALPHABET, repeat=2)]
    random.Random(2).shuffle(pairs)
    assert_same_order(pairs)


def test_the_marks_and_digits_of_documents() -> None:
    chance = random.Random(3)
    words = ["".join(chance.choices(MARKS + "aAáb", k=chance.randint(1, 5))) for _ in range(20_000)]
    assert_same_order([*MARKS, *words])


def test_phrases_of_syllables_in_every_writing() -> None:
    chance = random.Random(4)
    phrases = [
        chance.choice(" -").join(chance.choices(SYLLABLES.split(), k=chance.randint(1, 4)))
        for _ in range(30_000)
    ]
    assert_same_order(phrases)


def test_random_words_of_the_whole_alphabet() -> None:
    chance = random.Random(5)
    words = ["".join(chance.choices(ALPHABET, k=chance.randint(1, 12))) for _ in range(30_000)]
    assert_same_order(words)


def test_letters_of_neighbours_and_typographic_marks() -> None:
    chance = random.Random(6)
    others = "éüñçöïÉÜÑ“”‘’«»…²³°§€₫\u00a0\u2011—·"
    words = ["".join(chance.choices(others + "aeo1 ", k=chance.randint(1, 4))) for _ in range(5000)]
    assert_same_order(words)
