"""Tables: records by id, as persistent values that can be copied in microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final, Generic, Protocol, TypeVar

from immutables import Map, MapMutation


class Record(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=Record)

# The records of one owner: mostly a few, for which a tuple takes half the memory of a map;
# of many, as the deals of a stage, adding one must not copy them all.
Ids = tuple[int, ...] | Map[int, None]
FEW: Final = 16
NOBODY: Ids = ()


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """Records of one kind, by id and by the record that owns them.

    `owner` is the field with the owner's id (`"deal_id"`), or empty.
    """

    owner: str = ""
    rows: Map[int, R] = field(default_factory=Map)
    owned: Map[int, Ids] = field(default_factory=Map, compare=False)  # all of it follows from the rows
    next_id: int = 1

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[R]:
        """All records, by id."""
        return (self.rows[id_] for id_ in sorted(self.rows))

    def __contains__(self, id_: object) -> bool:
        return id_ in self.rows

    def __getitem__(self, id_: int) -> R:
        return self.rows[id_]

    def get(self, id_: int | None) -> R | None:
        """The record with this id, or None."""
        return None if id_ is None else self.rows.get(id_)

    def of(self, owner_id: int) -> list[R]:
        """The records that belong to this owner, by id."""
        return [self.rows[id_] for id_ in sorted(self.owned.get(owner_id, NOBODY))]

    def of_any(self, owner_ids: Iterable[int]) -> Iterator[R]:
        """The records that belong to any of these owners."""
        return (self.rows[id_] for owner_id in owner_ids for id_ in self.owned.get(owner_id, NOBODY))

    def count_of(self, owner_id: int) -> int:
        """How many records belong to this owner."""
        return len(self.owned.get(owner_id, NOBODY))

    def put(self, *records: R) -> Table[R]:
        """This table with these records added, or replacing those with the same ids."""
        rows, owned = self.rows.mutate(), self.owned.mutate()
        owner_of = attrgetter(self.owner) if self.owner else None
        next_id = self.next_id
        for record in records:
            id_ = record.id
            if owner_of:
                known, owner_id = rows.get(id_), owner_of(record)
                if known is None:
                    _give(owned, owner_id, id_)
                elif (before := owner_of(known)) != owner_id:
                    _take(owned, before, id_)
                    _give(owned, owner_id, id_)
            rows[id_] = record
            if id_ >= next_id:
                next_id = id_ + 1
        return Table(self.owner, rows.finish(), owned.finish(), next_id)

    def drop(self, *ids: int) -> Table[R]:
        """This table without the records with these ids; the ids are never used again."""
        rows, owned = self.rows.mutate(), self.owned.mutate()
        for id_ in ids:
            known = rows.pop(id_, None)
            if self.owner and known is not None:
                _take(owned, getattr(known, self.owner), id_)
        return Table(self.owner, rows.finish(), owned.finish(), self.next_id)


def _give(owned: MapMutation[int, Ids], owner_id: int, id_: int) -> None:
    ids = owned.get(owner_id, NOBODY)
    if not isinstance(ids, tuple):
        owned[owner_id] = ids.set(id_, None)
    elif len(ids) < FEW:
        owned[owner_id] = (*ids, id_)
    else:
        owned[owner_id] = Map(dict.fromkeys((*ids, id_)))


def _take(owned: MapMutation[int, Ids], owner_id: int, id_: int) -> None:
    ids = owned[owner_id]
    rest = tuple(other for other in ids if other != id_) if isinstance(ids, tuple) else ids.delete(id_)
    if rest:
        owned[owner_id] = rest
    else:
        del owned[owner_id]
