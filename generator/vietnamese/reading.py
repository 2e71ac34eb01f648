"""Words read back into the number they say."""

from __future__ import annotations

from decimal import Decimal

from generator.vietnamese import TextFormError, shown
from generator.vietnamese.numbers import Number
from generator.vietnamese.words import BILLION, DIGITS, NORTHERN, cardinal, tables

_CANONICAL = {"lẻ": "linh", "ngàn": "nghìn", "tỉ": "tỷ"}
_VALUES = {word: digit for digit, word in enumerate(DIGITS)} | {"mốt": 1, "tư": 4, "lăm": 5}
_UNITS = {"nghìn": 1000, "triệu": 1_000_000}
# 10^100 takes fewer words than this.
_MOST_WORDS = 400


def read_words(text: str) -> Number:
    """Return the number that words say; undoes ``words`` in every style.

    >>> read_words("một nghìn không trăm linh năm"), read_words("âm hai mươi mốt")
    (1005, -21)
    >>> read_words("Mười hai phẩy không năm")
    Decimal('12.05')

    Raises:
        TextFormError: words that are no number, or a reading no official text has ("năm mươi một").
    """
    tokens = [_CANONICAL.get(token, token) for token in text.lower().split()]
    negative = tokens[:1] in (["âm"], ["trừ"])
    spoken = tokens[1:] if negative else tokens
    number: Number | None
    if "phẩy" in spoken:
        comma = spoken.index("phẩy")
        whole, places = _whole(spoken[:comma]), _places(spoken[comma + 1 :])
        number = None if whole is None or places is None else Decimal(f"{whole}.{places}")
    else:
        number = _whole(spoken)
    if number is None:
        raise TextFormError(f"{shown(text)} không phải là số viết bằng chữ")
    if not negative:
        return number
    # Decimal's own minus would round to the caller's precision.
    return number.copy_negate() if isinstance(number, Decimal) else -number


def _whole(tokens: list[str]) -> int | None:
    """Return the number whose own reading the tokens are, or ``None``."""
    number = _value(tokens) if len(tokens) <= _MOST_WORDS else None
    if number is None:
        return None
    # "hai mươi bốn" is the other style's "hai mươi tư".
    spoken = " ".join(tokens).replace("mươi bốn", "mươi tư")
    return number if cardinal(number, NORTHERN) == spoken else None


def _value(tokens: list[str]) -> int | None:
    """Add up the tokens without judging their order: the caller reads the result out again."""
    total = below_billion = group = digit = 0
    for token in tokens:
        if token in _VALUES:
            digit = _VALUES[token]
        elif token == "mười":
            group += 10
        elif token == "mươi":
            group, digit = group + 10 * digit, 0
        elif token == "trăm":
            group, digit = group + 100 * digit, 0
        elif token in _UNITS:
            below_billion += (group + digit) * _UNITS[token]
            group = digit = 0
        elif token == "tỷ":
            # All that was said so far counts billions: "một nghìn tỷ", "một tỷ tỷ".
            total = (total + below_billion + group + digit) * BILLION
            below_billion = group = digit = 0
        elif token != "linh":
            return None
    return total + below_billion + group + digit


def _places(tokens: list[str]) -> str | None:
    """Return the digits behind the comma, said one by one or as a number of two or three."""
    if tokens and all(token in DIGITS for token in tokens):
        return "".join(str(DIGITS.index(token)) for token in tokens)
    spoken = " ".join(tokens).replace("mươi bốn", "mươi tư")
    shorter, longer = tables(NORTHERN)
    if spoken in longer:
        return f"{longer.index(spoken):03d}"
    return f"{shorter.index(spoken):02d}" if spoken in shorter else None
