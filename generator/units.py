"""Lengths and their conversions; elsewhere a name says its unit: ``left_mm``, ``size_pt``."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

EMU_PER_MM = 36_000
TWIPS_PER_POINT = 20
TWIPS_PER_INCH = 1440
MM_PER_INCH = Decimal("25.4")
LARGEST = 10_000_000  # twips; more is not a length but a mistake or an attack


def mm_to_emu(length_mm: Decimal | float) -> int:
    """Return a length in English Metric Units, the unit of DrawingML (ECMA-376, 20.1.10.16).

    >>> mm_to_emu(10)
    360000
    """
    return int((Decimal(str(length_mm)) * EMU_PER_MM).to_integral_value(ROUND_HALF_UP))


def mm_to_twips(length_mm: Decimal | float) -> int:
    """Return a length in twentieths of a point, the unit of WordprocessingML.

    >>> mm_to_twips(25.4)
    1440
    """
    return int(
        (Decimal(str(length_mm)) * TWIPS_PER_INCH / MM_PER_INCH).to_integral_value(ROUND_HALF_UP)
    )


def twips_to_mm(twips: int) -> Decimal:
    """Return a length of WordprocessingML in millimetres.

    >>> twips_to_mm(1440)
    Decimal('25.4')
    """
    return twips * MM_PER_INCH / TWIPS_PER_INCH


def number(text: str | None, default: int = 0) -> int:
    """Return a whole number of a file, whose writers may give decimals or units; bounded.

    >>> number("12.4"), number("1in"), number("x", 5)
    (12, 1440, 5)
    """
    if not text:
        return default
    try:
        return int(text) if len(text) < 9 else max(-LARGEST, min(LARGEST, int(float(text))))
    except (ValueError, OverflowError):
        return _measure(text, default)


_UNITS = {"pt": 20.0, "in": 1440.0, "cm": 1440 / 2.54, "mm": 144 / 2.54, "pc": 240.0, "pi": 240.0}


def _measure(text: str, default: int) -> int:
    try:
        twips = float(text[:-2]) * _UNITS[text[-2:]] if text[-2:] in _UNITS else float(text)
        return max(-LARGEST, min(LARGEST, round(twips)))
    except (ValueError, OverflowError):
        return default
