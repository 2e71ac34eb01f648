"""Vietnamese text forms: numbers, words, dates, names and letters as official documents have them.

Pure functions: no files, no Word, no locale, no clock. Every one refuses a value it cannot write
with a ``TextFormError`` and prints a declared blank (``None``) as the form does.

Done by others: exact arithmetic by ``decimal``, composed forms by ``unicodedata``, the interface
for numbers in words by num2words. Written here, because no library has it right: the words, the
decree's dates and document numbers, syllables and tone marks, the old encodings, the collation.
"""

from __future__ import annotations


class TextFormError(ValueError):
    """A value that cannot be written in the form asked for.

    ``str()`` is one Vietnamese sentence that names the value and, once it is known, the filter.

    >>> error = TextFormError("“12.5” không phải là số")
    >>> error.filter_name = "so"
    >>> str(error)
    '“12.5” không phải là số (bộ lọc “so”)'
    """

    filter_name: str = ""

    def __str__(self) -> str:
        """Return the sentence, followed by the filter when a filter refused the value."""
        sentence = super().__str__()
        return f"{sentence} (bộ lọc “{self.filter_name}”)" if self.filter_name else sentence


class Blank(str):
    """The printed form of a declared blank; filters hand it on untouched.

    So the order of filters does not matter: ``x|so|cham("Không có")`` and ``x|cham("Không có")|so``
    print the same, for a number and for a blank.
    """

    __slots__ = ()


# What a form prints where nothing has been written yet: two ellipses, for a value as for each open
# part of a date ("ngày …… tháng …… năm ……"): about 10 mm at 14 pt, room for two figures by hand.
BLANK = Blank("……")


def shown(value: object) -> str:
    """Return ``value`` as an error message quotes it, shortened.

    >>> shown("12.5"), shown(None), shown(float("nan"))
    ('“12.5”', 'giá trị trống', '“nan”')
    """
    if value is None:
        return "giá trị trống"
    text = str(value)
    return f"“{text}”" if len(text) <= 60 else f"“{text[:59]}…”"
