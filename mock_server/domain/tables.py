"""Tables: records by id, as persistent values that can be copied in microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

from mock_server.domain.id_sets import NO_IDS, Ids, each, minus, plus
from mock_server.domain.pages import BITS, BLANK, LAST, Pages, PagesMutation


class Record(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """Records of one kind, by id and by the record that owns them.

    Ids begin with 1. `owner` is the field with the owner's id (`"deal_id"`), or empty.
    """

    # Single records are looked up in the pages of `rows` right here: a call more for each is felt in a list.

    owner: str = ""
    rows: Pages[R] = field(default_factory=Pages)
    owned: Pages[Ids] = field(default_factory=Pages, compare=False)  # all of it follows from the rows
    next_id: int = 1

    def __len__(self) -> int:
        return self.rows.size

    def __iter__(self) -> Iterator[R]:
        """All records, by id."""
        return iter(self.rows.values())  # in short steps of the interpreter: others are served meanwhile

    def __contains__(self, id_: object) -> bool:
        return self.get(id_) is not None  # type: ignore[arg-type]

    def __getitem__(self, id_: int) -> R:
        found: R | None = self.rows.pages[id_ >> BITS][id_ & LAST]
        if found is None:
            raise KeyError(id_)
        return found

    def get(self, id_: int | None) -> R | None:
        """The record with this id, or None."""
        if id_ is None:
            return None
        try:
            found: R | None = self.rows.pages.get(id_ >> BITS, BLANK)[id_ & LAST]
        except TypeError:  # a number such as 1e300, which JSON Schema takes for an integer
            return None
        return found

    def of(self, owner_id: int) -> list[R]:
        """The records that belong to this owner, by id."""
        pages = self.rows.pages
        return [pages[id_ >> BITS][id_ & LAST] for id_ in sorted(each(self.owned.get(owner_id, NO_IDS)))]

    def of_any(self, owner_ids: Iterable[int]) -> Iterator[R]:
        """The records that belong to any of these owners."""
        pages = self.rows.pages
        every = (id_ for owner_id in owner_ids for id_ in each(self.owned.get(owner_id, NO_IDS)))
        return (pages[id_ >> BITS][id_ & LAST] for id_ in every)

    def count_of(self, owner_id: int) -> int:
        """How many records belong to this owner."""
        return len(each(self.owned.get(owner_id, NO_IDS)))

    def put(self, *records: R) -> Table[R]:
        """This table with these records added, or replacing those with the same ids."""
        rows, owned = self.rows.mutate(), self.owned.mutate()
        owner_of = attrgetter(self.owner) if self.owner else None
        next_id = self.next_id
        for record in records:
            id_ = record.id
            if owner_of:
                known, owner_id = rows.get(id_) if id_ < next_id else None, owner_of(record)
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
            known = rows.pop(id_)
            if self.owner and known is not None:
                _take(owned, getattr(known, self.owner), id_)
        return Table(self.owner, rows.finish(), owned.finish(), self.next_id)


def _give(owned: PagesMutation[Ids], owner_id: int, id_: int) -> None:
    owned[owner_id] = plus(owned.get(owner_id, NO_IDS), id_)


def _take(owned: PagesMutation[Ids], owner_id: int, id_: int) -> None:
    rest = minus(owned.get(owner_id), id_)
    if rest is NO_IDS:
        owned.pop(owner_id)
    else:
        owned[owner_id] = rest
