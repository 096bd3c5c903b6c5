"""How a file writes numbers and dates, as those of its cells show that can mean only one thing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# 1.50 or 2,5: not three digits after the only sign; 1.234,5: the second of two different signs
ONLY = r"\d+(?P<only>[.,])(?:\d{1,2}|\d{4,})"
LAST = r"\d{1,3}(?P<first>[.,])\d{3}(?:(?P=first)\d{3})*(?!(?P=first))(?P<last>[.,])\d+"
DECIMALS = re.compile(rf"[+-]?(?:{ONLY}|{LAST})")
THOUSANDS = re.compile(r"[+-]?\d{1,3}([.,])\d{3}(?:\1\d{3})+")  # 1.234.567
SLASHED = re.compile(r"(\d\d?)([/-])(\d\d?)\2\d{4}(?!\d)")
OTHER = {".": ",", ",": "."}


@dataclass(frozen=True, slots=True)
class Notation:
    """The separator of a file's cells, its decimal signs, and whether the day comes before the month.

    Of signs and orders there may be none, if no cell shows it, or both, if cells contradict each other.
    """

    delimiter: str = ","
    decimals: frozenset[str] = frozenset()
    day_first: frozenset[bool] = frozenset()


UNKNOWN = Notation()


def notation(delimiter: str, numbers: Iterable[str], dates: Iterable[str]) -> Notation:
    """The notation of a file with these cells in columns of numbers and of dates."""
    return Notation(
        delimiter,
        frozenset(sign for text in numbers if (sign := _decimal_sign(text.strip()))),
        frozenset(order for text in dates if (order := _day_first(text.strip())) is not None),
    )


def _decimal_sign(text: str) -> str | None:
    if found := DECIMALS.fullmatch(text):
        return found["only"] or found["last"]
    grouped = THOUSANDS.fullmatch(text)
    return OTHER[grouped[1]] if grouped else None


def _day_first(text: str) -> bool | None:
    """Whether the day is before the month; None if the text does not show it."""
    found = SLASHED.match(text)
    if found is None:
        return None
    first, second = int(found[1]), int(found[3])
    return None if (first > 12) == (second > 12) else first > 12
