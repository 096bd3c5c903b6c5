"""Text of a server made harmless, and fitted to a width."""

from __future__ import annotations

import re
from typing import Final

from rich.cells import cell_len, chop_cells

BREAKABLE: Final = ",;}&"  # after these, a word that is too long for a line is broken
# What a CI system takes for a command in a log: GitHub's at the start of a line, those of others anywhere.
COMMAND: Final = re.compile(r"^\s*:(?=:)|#(?=#(?:\[|vso\[|teamcity\[))")


def visible(text: str, keep: str = "") -> str:
    """The text with every character escaped that is not printable, so that none takes effect.

    Line breaks and tabs become spaces unless they are to be kept.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else _escaped(c) for c in text)


def without_commands(line: str) -> str:
    """A line of a log in which no CI system finds a command."""
    return COMMAND.sub(lambda found: found[0][:-1] + f"\\x{ord(found[0][-1]):02x}", line)


def wrapped(text: str, room: int, *, at: str = " ") -> list[str]:
    """The text in lines of so many columns, broken at `at`; only a word that is too long is broken itself."""
    lines, line = [], ""
    for piece in (part for word in _pieces(text, at) for part in _broken(word, room)):
        if line and cell_len(line) + cell_len(piece.rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def _pieces(text: str, at: str) -> list[str]:
    parts = text.split(at)
    return [part + at for part in parts[:-1]] + parts[-1:]


def _broken(word: str, room: int) -> list[str]:
    if cell_len(word.rstrip()) <= room:
        return [word]
    parts = re.findall(rf"[^{BREAKABLE}]*[{BREAKABLE}]*", word)
    return [piece for part in parts if part for piece in chop_cells(part, room)]


def _escaped(character: str) -> str:
    return " " if character in "\r\n\t" else character.encode("unicode_escape").decode("ascii")
