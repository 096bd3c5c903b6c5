"""What differs between two worlds: records, and fields of records. What is identical is not looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from mock_server.domain.tables import Table
from mock_server.domain.values import to_json
from mock_server.domain.world import TABLES, World


@dataclass(frozen=True, slots=True)
class Change:
    """A record that was added, changed or removed: each field that differs, before and after, as JSON.

    A record that is not there has no fields: `before` is empty if it was added, `after` if it was removed.
    """

    table: str
    id: int
    before: dict[str, Any]
    after: dict[str, Any]


def changes(before: World, after: World) -> list[Change]:
    """The records that differ, by table and id."""
    return [change for name in TABLES for change in _in_table(name, before.table(name), after.table(name))]


def differing(before: Table[Any], after: Table[Any]) -> tuple[list[int], list[int]]:
    """The ids of the records that were added or replaced, and of those that were removed."""
    old, new = before.rows, after.rows
    if old is new:
        return [], []
    changed = [id_ for id_, record in new.items() if old.get(id_) is not record]
    return changed, [id_ for id_ in old if id_ not in new]


def _in_table(name: str, before: Table[Any], after: Table[Any]) -> Iterator[Change]:
    old, new = before.rows, after.rows
    changed, removed = differing(before, after)
    for id_ in sorted([*changed, *removed]):
        was, now = _as_json(old.get(id_)), _as_json(new.get(id_))
        if was != now:
            yield Change(name, id_, _unlike(was, now), _unlike(now, was))


def _as_json(record: Any) -> dict[str, Any]:
    names = () if record is None else [each.name for each in fields(record)]
    return {name: to_json(getattr(record, name)) for name in names}


def _unlike(record: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in other or other[name] != value}
