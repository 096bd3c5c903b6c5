"""The header fields of requests and responses as ASGI has them: pairs of bytes, names in lower case."""

from __future__ import annotations

from collections.abc import Iterable

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
