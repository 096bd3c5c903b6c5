"""What differs between two worlds: records, and fields of records."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import chain, zip_longest
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


def changes(
    before: World, after: World, touched: Mapping[str, Collection[int]] | None = None
) -> list[Change]:
    """The records that differ, by table and id.

    If it is known which records were `touched` (by table), no others are looked at.
    """
    return [
        change
        for name in TABLES
        for change in _in_table(
            name, before.table(name), after.table(name), None if touched is None else touched.get(name, ())
        )
    ]


def differing(before: Table[Any], after: Table[Any]) -> tuple[list[int], list[int]]:
    """The ids of the records that were added or replaced, and of those that were removed."""
    old, new = before.rows, after.rows
    if old is new:
        return [], []
    # Maps of the same ids have them in the same order, so that few pairs are left to look up.
    pairs = zip_longest(old.values(), new.values())
    found = {each.id for pair in pairs if pair[0] is not pair[1] for each in pair if each is not None}
    changed = [id_ for id_ in found if id_ in new and old.get(id_) is not new[id_]]
    return changed, [id_ for id_ in found if id_ not in new]


def _in_table(
    name: str, before: Table[Any], after: Table[Any], touched: Collection[int] | None
) -> Iterator[Change]:
    old, new = before.rows, after.rows
    for id_ in sorted(chain(*differing(before, after)) if touched is None else touched):
        was, now = _as_json(old.get(id_)), _as_json(new.get(id_))
        if was != now:
            yield Change(name, id_, _unlike(was, now), _unlike(now, was))


def _as_json(record: Any) -> dict[str, Any]:
    names = () if record is None else [each.name for each in fields(record)]
    return {name: to_json(getattr(record, name)) for name in names}


def _unlike(record: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in other or other[name] != value}
