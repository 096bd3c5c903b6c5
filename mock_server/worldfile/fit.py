"""Whether a world fits together, and a contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mock_server.contract import MockContract
from mock_server.domain.changes import differing
from mock_server.domain.world import World
from mock_server.worldfile.records import (
    POINTERS,
    TYPES,
    Misfit,
    against_contract,
    called,
    misfits,
    pointing,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A record that does not fit, because of this field."""

    table: str
    id: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{called(self.table, self.id)}: {self.field}: {self.reason}"


class Fit:
    """Looks at worlds, and at a record that many of them share only once."""

    def __init__(self, contract: MockContract | None) -> None:
        self._contract = contract
        self._fitting: dict[int, Any] = {}  # holds the records, so that no other gets such an `id()`

    def problem(self, world: World, parent: World | None = None) -> Problem | None:
        """The first problem of a world; None if there is none.

        If the world has been made of a parent that fits, only what could have changed that is looked at.
        """
        for table, record in _suspects(world, parent or World()):
            for field, reason in self._of_record(world, table, record):
                return Problem(table, record.id, field, reason)
        return None

    def _of_record(self, world: World, table: str, record: Any) -> Iterator[Misfit]:
        yield from misfits(world, table, record)
        if self._contract is not None and id(record) not in self._fitting:
            yield from against_contract(self._contract, table, record)
            self._fitting[id(record)] = record


def _suspects(world: World, parent: World) -> Iterator[tuple[str, Any]]:
    """The records that are new, and those that may point to one that is gone."""
    for table in TYPES:
        records = world.table(table)
        changed, removed = differing(parent.table(table), records)
        yield from ((table, records[id_]) for id_ in sorted(changed))
        if removed or (changed and table == "quotes" and parent.quotes):  # which belong to a deal
            for other in TYPES:
                yield from ((other, record) for record in _pointing_to(world, other, table, removed))


def _pointing_to(world: World, other: str, table: str, gone: list[int]) -> Iterator[Any]:
    """The records of one table that may point to those of another; by its owner, if it has one there."""
    records = world.table(other)
    fields = [field for field in pointing(other) if POINTERS[field] == table]
    if fields == [records.owner]:
        yield from (record for id_ in gone for record in records.of(id_))
    elif fields:
        yield from records
