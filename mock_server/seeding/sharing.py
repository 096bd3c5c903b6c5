"""Equal values as one object, so that records which have the same take memory for it once."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

T = TypeVar("T", str, int, date)


class Shared:
    """The values of one world; it is gone once the world is made, unlike what `intern` remembers."""

    def __init__(self) -> None:
        self._values: dict[Any, Any] = {}
        self._ids = [0]

    def one(self, value: T) -> T:
        """The first of all equal values; not for floats, as `1.0` equals `1` but not in JSON."""
        found: T = self._values.setdefault(value, value)
        return found

    def id(self, number: int) -> int:
        """The same for an id: each number up to the largest is one, of some table."""
        ids = self._ids
        while number >= len(ids):
            ids.append(len(ids))
        return ids[number]

    def told(self, template: str, words: dict[str, str]) -> str:
        """The text for these words."""
        return self.one(template.format_map(words)) if "{" in template else template
