"""Texts in a CSV file that no spreadsheet program evaluates, and that an import takes back as they were.

A program may split the file at another separator than the comma, and may ignore spaces and invisible
characters before a sign. So wherever a cell may begin for such a program, a sign gets an apostrophe in
front. A text that has any of these, or spaces around it, begins with an apostrophe, which tells the
import to take the apostrophes off again and to keep the spaces.
"""

from __future__ import annotations

import re

# The full-width and small signs too: programs in some languages evaluate them as well.
_SIGN = "[=+\\-@＝＋－＠﹦﹢﹣﹫−⁼⁺⁻]"
_BEGINS = ";|\t\r\n"  # a cell may begin after these; a comma is always inside quotation marks
_INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
_SIGN_FIRST = rf"(?:[^\S\t\r\n]|['\"{_INVISIBLE}])*{_SIGN}"

_ANYWHERE = re.compile(rf"(?:\A|(?<=[{_BEGINS}])){_SIGN_FIRST}")
_INSIDE = re.compile(rf"(?<=[{_BEGINS}])(?={_SIGN_FIRST})")
_MARKED_INSIDE = re.compile(rf"(?<=[{_BEGINS}])'(?={_SIGN_FIRST})")


def protected(text: str) -> str:
    """The text as a cell that no program evaluates."""
    return f"'{_INSIDE.sub(chr(39), text)}" if _needs_protection(text) else text


def is_protected(cell: str) -> bool:
    """Whether the cell begins with an apostrophe that is not part of its text."""
    return cell[:1] == "'" and _needs_protection(cell[1:])


def unprotected(cell: str) -> str:
    """The text of a cell: without what `protected` has added, or else without spaces around it."""
    if not is_protected(cell):
        cell = cell.strip()  # the apostrophe of a formula may come after spaces
    return _MARKED_INSIDE.sub("", cell[1:]) if is_protected(cell) else cell


def _needs_protection(text: str) -> bool:
    inner = text.lstrip("'")
    return inner != inner.strip() or _ANYWHERE.search(text) is not None
