"""Lengths and their conversions; elsewhere a name says its unit: ``left_mm``, ``size_pt``."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

EMU_PER_MM = 36_000
TWIPS_PER_POINT = 20
TWIPS_PER_INCH = 1440
MM_PER_INCH = Decimal("25.4")


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
