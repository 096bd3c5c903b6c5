"""The header fields of requests and responses as ASGI has them: pairs of bytes, names in lower case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# The mock's own; those of the request are also names of cookies.
KEY: Final = "X-Mock-Admin-Key"
WORLD: Final = "X-Mock-World"
WARNING: Final = "X-Mock-Warning"

HOST: Final = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[^\s:@/\[\]]+))(?::[0-9]*)?")
HeaderFields = Iterable[tuple[bytes, bytes]]


def value_of(fields: HeaderFields, name: bytes) -> str | None:
    """The value of the first field of this name; for one field this is faster than an object for all."""
    for each, value in fields:
        if each == name:
            return value.decode("latin-1")
    return None


def values_of(fields: HeaderFields, name: bytes) -> list[str]:
    """The values of all fields of this name."""
    return [value.decode("latin-1") for each, value in fields if each == name]


def by_name(fields: HeaderFields) -> dict[str, str]:
    """The values by name; of a repeated field the first one."""
    found: dict[str, str] = {}
    for name, value in fields:
        found.setdefault(name.decode("latin-1"), value.decode("latin-1"))
    return found


def name_of(host: str) -> str:
    """The name or address in a `Host` field, without its port; empty if there is none."""
    found = HOST.fullmatch(host)
    return (found["six"] or found["name"]) if found else ""
