"""Time each filter on common input: `python benchmarks/filters.py`; fails above 20 µs a call.

Input is what documents hold: the example of each filter's documentation, and beside it the texts,
dates and amounts of one real-sized record. The best of five rounds counts, so that another program
on the machine does not.
"""

from __future__ import annotations

import sys
import timeit
from datetime import date
from decimal import Decimal
from typing import Any

from generator.language.filters import FILTERS

LIMIT_US = 20.0
ROUNDS = 5
CALLS = 2_000

TITLE = "Tổng kết 10 năm thực hiện Đề án xây dựng khu dân cư an toàn về an ninh trật tự"
COMMON: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("num", (15972,)),
    ("num", (Decimal("12.5"),)),
    ("num", ("1.234,5", 2)),
    ("num", (15972.0,)),
    ("num", (None,)),
    ("pad2", (8,)),
    ("pct", (Decimal("99.6"),)),
    ("pct_of", (14000, 14056)),
    ("ratio", (8, 8)),
    ("words", (1_234_567,)),
    ("words", ("12,5",)),
    ("words", (10**36 - 1,)),
    ("ordinal", (21,)),
    ("money", (1_500_000,)),
    ("money_words", (1_500_000,)),
    ("date", (date(2018, 4, 11),)),
    ("date", ("2018-04-11",)),
    ("date_long", (date(2018, 4, 11),)),
    ("date_long", ("11/4/2018",)),
    ("date_words", (date(2018, 4, 11),)),
    ("day_month", (date(2018, 4, 11),)),
    ("month_year", (date(2018, 4, 11),)),
    ("quarter", (date(2018, 4, 11),)),
    ("weekday", (date(2018, 4, 11),)),
    ("place_date", ("Hà Nội", date(2018, 4, 11))),
    ("date_range", (date(2018, 4, 11), date(2019, 4, 11))),
    ("year_range", (2008, 2018)),
    ("doc_no", (5, "BC-UBND")),
    ("blank", (None,)),
    ("blank", (12,)),
    ("roman", (14,)),
    ("letter", (5,)),
    ("item", (3,)),
    ("change", (15, 12, "vụ")),
    ("phone", ("0912345678",)),
    ("id12", ("034099001234",)),
    ("name", ("nguyễn văn an",)),
    ("upper", (TITLE,)),
    ("cap", (TITLE,)),
    ("clean", (TITLE,)),
    ("tone", (TITLE,)),
    ("legacy", ("Uû ban nh©n d©n huyÖn Nga S¬n",)),
    ("legacy", ("Ủy ban nhân dân huyện Nga Sơn",)),
    ("sort_vi", (["Đông Sơn", "Ba Đình", "Ân Thi"],)),
    ("sort_name", (["Trần Văn An", "Lê Bình", "Lê Thị An"],)),
    ("join_vi", (["Công an", "Quân sự", "Tư pháp"],)),
    ("slug", (TITLE,)),
)


def microseconds(name: str, arguments: tuple[Any, ...]) -> float:
    """Return the time of one call in microseconds, the best of several rounds."""
    call = FILTERS[name]
    rounds = timeit.repeat(lambda: call(*arguments), number=CALLS, repeat=ROUNDS)
    return min(rounds) / CALLS * 1e6


def main() -> int:
    """Print a line for each filter and input; return 1 if one is too slow."""
    slow = 0
    for name, arguments in COMMON:
        taken = microseconds(name, arguments)
        slow += taken > LIMIT_US
        shown = ", ".join(map(repr, arguments))
        print(f"{taken:8.2f} µs  {name}({shown if len(shown) < 70 else shown[:69] + '…'})")
    print(f"{slow} of {len(COMMON)} above {LIMIT_US:.0f} µs")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
