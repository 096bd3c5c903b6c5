"""Colleagues: somebody else who changes a deal just after a client has read it, to try stale screens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

MOST_COLLEAGUES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """What somebody else does after a request; openapi/admin.yaml explains the fields."""

    number: int
    does: str  # "move", "edit" or "delete"
    operation: str | None = None
    deal: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    stage_id: int | None = None


class Colleagues:
    """Those who wait for a request in one world."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._waiting: dict[int, Colleague] = {}

    def __iter__(self) -> Iterator[Colleague]:
        return iter(list(self._waiting.values()))

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, **wanted: Any) -> Colleague:
        """Let somebody wait for the next request that fits."""
        number = next(self._numbers)
        colleague = self._waiting[number] = Colleague(number=number, **wanted)
        return colleague

    def waiting_for(self, operation: str) -> list[Colleague]:
        """Those whom a request to an operation concerns."""
        return [each for each in self if each.operation in (None, operation)]

    def remove(self, number: int) -> bool:
        """Let somebody wait no longer; whether there was one."""
        return self._waiting.pop(number, None) is not None

    def clear(self) -> None:
        """Let nobody wait."""
        self._waiting.clear()
