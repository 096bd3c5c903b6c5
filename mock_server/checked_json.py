"""JSON of which parts have been made, and checked, before: each is made once for as long as its record stays.

A body is written twice in one go: whole, as it is sent; and as an outline, with a mark in the place of each
part. If the outline fits the contract with the mark in place of the part's schema, so does the body.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any, Final

DEAL: Final = "Deal"
DETAILS: Final = "DealDetails"
PARTS: Final = (DEAL, DETAILS)  # the schemas of the parts
SECRET: Final = secrets.token_hex(16)  # so that no text of a user can be equal to a mark
MARKS: Final = {part: f"a checked {part}, {SECRET}" for part in PARTS}
MARKED: Final = re.compile("|".join(f'"{mark}"' for mark in MARKS.values()).encode())
AT_ONCE: Final = 256  # parts: no longer copied at once than others can wait, which many megabytes would be
FORMAT: Final[dict[str, Any]] = {"ensure_ascii": False, "allow_nan": False, "separators": (",", ":")}


@dataclass(frozen=True, slots=True)
class CheckedJson:
    """The JSON of a record that has been checked against the schema of this name, one of `PARTS`."""

    part: str
    json: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """A body as it is sent, piece by piece, and its outline."""

    pieces: Sequence[bytes]
    outline: bytes

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(self.pieces)


def written(value: Any) -> Written:
    """A value as JSON; it may contain `CheckedJson` anywhere."""
    parts: list[bytes] = []

    def mark(part: object) -> str:
        if not isinstance(part, CheckedJson):
            raise TypeError(f"{type(part).__name__} is no JSON")
        parts.append(part.json)
        return MARKS[part.part]

    outline = json.dumps(value, default=mark, **FORMAT).encode()
    if not parts:
        return Written([outline], outline)
    if len(parts) > AT_ONCE:
        return Written([*_pieces(outline, parts)], outline)
    around = MARKED.split(outline)
    return Written([b"".join(chain.from_iterable(zip_longest(around, parts, fillvalue=b"")))], outline)


def _pieces(outline: bytes, parts: Sequence[bytes]) -> Iterator[bytes]:
    """The outline with its parts in the places of the marks, some of them at once."""
    marks = MARKED.finditer(outline)
    at = 0
    for begin in range(0, len(parts), AT_ONCE):
        piece: list[bytes] = []
        for part, mark in zip(parts[begin : begin + AT_ONCE], marks, strict=False):
            piece += (outline[at : mark.start()], part)
            at = mark.end()
        yield b"".join(piece)
    yield outline[at:]


def with_mark(part: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a part, which also accepts its mark."""
    return {"if": {"const": MARKS[part]}, "else": schema}
