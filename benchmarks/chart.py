"""The picture of the results: bars on a logarithmic scale, as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

_WIDTH, _BAR, _LEFT, _RIGHT = 760, 26, 190, 90


def bars(title: str, values: Mapping[str, float], ours: str) -> str:
    """Return an SVG with a bar for each value, ours in another colour; the scale is logarithmic."""
    low = 10 ** math.floor(math.log10(min(values.values())))
    decades = math.ceil(math.log10(max(values.values()) / low))
    room = _WIDTH - _LEFT - _RIGHT
    height = 70 + _BAR * len(values)

    def x(value: float) -> float:
        return _LEFT + room * math.log10(value / low) / decades

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="24" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for decade in range(decades + 1):
        value = low * 10**decade
        parts += [
            f'<path d="M{x(value):.1f} 38V{height - 24}" stroke="#dddddd"/>',
            f'<text x="{x(value):.1f}" y="{height - 8}" text-anchor="middle" fill="#666666">'
            f"{value:,.0f}</text>",
        ]
    for number, (name, value) in enumerate(values.items()):
        y = 42 + _BAR * number
        color = "#b3261e" if name == ours else "#5b7ea8"
        parts += [
            f'<text x="{_LEFT - 8}" y="{y + 15}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{_LEFT}" y="{y + 2}" width="{max(x(value) - _LEFT, 1):.1f}" '
            f'height="{_BAR - 8}" fill="{color}"/>',
            f'<text x="{x(value) + 6:.1f}" y="{y + 15}">{value:,.0f}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"
