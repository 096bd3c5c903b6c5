"""Pages that were read from the list of deals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from contract_tests.client.exchange import Exchange
from contract_tests.scene.expectations import NotJudged
from contract_tests.scene.json_search import Record


@dataclass(frozen=True)
class Page:
    """One page of the list."""

    exchange: Exchange
    records: list[Record]
    total: int
    current_page: Any
    last_page: Any
    per_page: Any

    @property
    def ids(self) -> list[Any]:
        """The ids of its deals, in order."""
        return [record["id"] for record in self.records]


@dataclass(frozen=True)
class Listing:
    """All pages of a list, or the first pages of a long one."""

    pages: list[Page]
    complete: bool
    records: list[Record] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "records", [record for page in self.pages for record in page.records])

    @property
    def ids(self) -> list[Any]:
        """The ids of its deals, in order."""
        return [record["id"] for record in self.records]

    @property
    def deals(self) -> list[Record]:
        """Each deal once, for counting; the laws of paging judge whether a deal is repeated."""
        return list({record["id"]: record for record in self.records}.values())

    def whole(self) -> Listing:
        """Itself, if it was read to its end: only then can it be compared with another."""
        if not self.complete:
            raise NotJudged("the list is too long to be read whole")
        return self

    @property
    def total(self) -> int:
        """The total that the server reports."""
        return self.pages[0].total

    @property
    def exchange(self) -> Exchange:
        """The request for its first page."""
        return self.pages[0].exchange


def matched(records: list[Record], one: str, other: str) -> dict[Any, Any]:
    """Values of a field, each with a value of another that occurs with it; no value occurs twice."""
    pairs: dict[Any, Any] = {}
    for value, match in distinct(records, one, other):
        if value not in pairs and match not in pairs.values():
            pairs[value] = match
    return pairs


def distinct(records: list[Record], *names: str) -> Iterator[tuple[Any, ...]]:
    """The different combinations of values in these fields, without empty values."""
    seen: dict[tuple[Any, ...], None] = {}
    for record in records:
        found = tuple(record.get(name) for name in names)
        if None not in found and "" not in found:
            seen.setdefault(found, None)
    return iter(seen)
