"""JSON of which parts have been made, and checked, before: each is made once for as long as its record stays.

A body is written twice in one go: whole, as it is sent; and as an outline, with a mark in the place of each
part. If the outline fits the contract with the mark in place of the part's schema, so does the body.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any, Final

PART: Final = "Deal"  # the schema of the parts
# No text of a user can be equal to it.
MARK: Final = f"a checked {PART}, {secrets.token_hex(16)}"
FORMAT: Final[dict[str, Any]] = {"ensure_ascii": False, "allow_nan": False, "separators": (",", ":")}


@dataclass(frozen=True, slots=True)
class CheckedJson:
    """The JSON of a record that has been checked against its schema."""

    json: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """A body as it is sent, and its outline."""

    body: bytes
    outline: bytes


def written(value: Any) -> Written:
    """A value as JSON; it may contain `CheckedJson` anywhere."""
    parts: list[bytes] = []

    def mark(part: object) -> str:
        if not isinstance(part, CheckedJson):
            raise TypeError(f"{type(part).__name__} is no JSON")
        parts.append(part.json)
        return MARK

    outline = json.dumps(value, default=mark, **FORMAT).encode()
    if not parts:
        return Written(outline, outline)
    around = outline.split(json.dumps(MARK).encode())
    body = b"".join(chain.from_iterable(zip_longest(around, parts, fillvalue=b"")))
    return Written(body, outline)


def with_mark(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that also accepts the mark."""
    return {"if": {"const": MARK}, "else": schema}
