"""What differs between two worlds: records, and fields of records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import chain, zip_longest
from typing import Any

from mock_server.domain.tables import Table
from mock_server.domain.values import to_json
from mock_server.domain.world import TABLES, World

Touches = Mapping[str, Collection[int]]  # ids by table


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
    before: World, after: World, touched: Touches | None = None, most: int | None = None
) -> tuple[list[Change], int]:
    """The records that differ, by table and id: at most so many, and how many more may.

    If it is known which records were `touched` (by table), no others are looked at.
    """
    found: list[Change] = []
    suspects = [pair for name in TABLES for pair in _suspects(name, before, after, touched)]
    for index, (name, id_) in enumerate(suspects):
        if len(found) == most:
            return found, len(suspects) - index
        was, now = _as_json(before.table(name).get(id_)), _as_json(after.table(name).get(id_))
        if was != now:
            found.append(Change(name, id_, _unlike(was, now), _unlike(now, was)))
    return found, 0


def _suspects(name: str, before: World, after: World, touched: Touches | None) -> Iterator[tuple[str, int]]:
    if touched is None:
        ids: Iterable[int] = chain(*differing(before.table(name), after.table(name)))
    else:
        ids = touched.get(name, ())
    return ((name, id_) for id_ in sorted(ids))


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


def _as_json(record: Any) -> dict[str, Any]:
    names = () if record is None else [each.name for each in fields(record)]
    return {name: to_json(getattr(record, name)) for name in names}


def _unlike(record: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in other or other[name] != value}
