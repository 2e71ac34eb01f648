"""Our Vietnamese registered in num2words: importing this module replaces its own ``vi``.

>>> from num2words import num2words
>>> num2words(1005, lang="vi")
'một nghìn không trăm linh năm'

num2words gives the interface other programs know; the filters call ``words`` directly, which spares
them its 30 ms import.
"""

from __future__ import annotations

from decimal import Decimal

from num2words import CONVERTER_CLASSES

from generator.vietnamese.numbers import Number, parse_number
from generator.vietnamese.words import counted, money_words, ordinal, words

_CURRENCIES = {"VND": "đồng", "USD": "đô la Mỹ", "EUR": "euro"}


class Num2WordVietnamese:
    """The converter num2words looks up under ``vi``."""

    def str_to_number(self, value: str) -> Number:
        """Return the number of text as num2words writes it, with a decimal point.

        >>> Num2WordVietnamese().str_to_number("12.5")
        Decimal('12.5')
        """
        return parse_number(value, decimal_mark=".", units=())

    def to_cardinal(self, number: float | Decimal) -> str:
        """Return a whole number or an exact decimal in words.

        >>> Num2WordVietnamese().to_cardinal(-12.5)
        'âm mười hai phẩy năm'
        """
        return words(number)

    def to_ordinal(self, number: int) -> str:
        """Return an ordinal in words.

        >>> Num2WordVietnamese().to_ordinal(1)
        'thứ nhất'
        """
        return ordinal(number)

    def to_ordinal_num(self, number: int) -> str:
        """Return an ordinal in figures.

        >>> Num2WordVietnamese().to_ordinal_num(21)
        'thứ 21'
        """
        return f"thứ {counted(number)}"

    def to_year(self, number: int) -> str:
        """Return a year in words.

        >>> Num2WordVietnamese().to_year(2025)
        'hai nghìn không trăm hai mươi lăm'
        """
        return words(number)

    def to_currency(self, val: float | Decimal, currency: str = "VND", **_: object) -> str:
        """Return an amount in words, in small letters as num2words has them.

        >>> Num2WordVietnamese().to_currency(1500000)
        'một triệu năm trăm nghìn đồng chẵn'
        >>> Num2WordVietnamese().to_currency(12.5, currency="USD")
        'mười hai phẩy năm đô la Mỹ'

        Raises:
            NotImplementedError: a currency without a Vietnamese name here, as num2words has it.
        """
        if currency not in _CURRENCIES:
            raise NotImplementedError(f'Currency code "{currency}" not implemented for "vi"')
        text = money_words(val, _CURRENCIES[currency])
        return text[0].lower() + text[1:]


CONVERTER_CLASSES["vi"] = Num2WordVietnamese()
