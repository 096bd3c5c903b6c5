"""Sorted orders of the deals, kept with the world so that a page takes the same time at any size."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, Protocol

from mock_server.domain.tables import Table

Entry = tuple[Any, int]  # key, id


class HoldsDeals(Protocol):
    """The part of a world that orders need."""

    @property
    def deals(self) -> Table[Any]: ...


Key = Callable[[Any, Any], Any]  # the sort key of a deal in a world; None if it has no value

JOINED = frozenset({"stages", "contacts", "companies", "users"})
BULK = 8  # if a write touches more than one deal in eight, sorting again is cheaper


@dataclass(frozen=True, slots=True)
class Order:
    """Ids of deals sorted by one field; deals without a value are kept apart and come last."""

    entries: Sequence[Entry] = ()
    nulls: Sequence[int] = ()

    @classmethod
    def of(cls, pairs: Iterable[Entry]) -> Order:
        """The order of these (key, id) pairs; a key of None means no value."""
        entries: list[Entry] = []
        nulls: list[int] = []
        for key, id_ in pairs:
            if key is None:
                nulls.append(id_)
            else:
                entries.append((key, id_))
        return cls(sorted(entries), sorted(nulls))

    def __len__(self) -> int:
        return len(self.entries) + len(self.nulls)

    def page(self, offset: int, limit: int, descending: bool = False) -> list[int]:
        """The ids at these positions: nulls last and ties by ascending id, in both directions."""
        read = self._descending if descending else self._ascending
        ids = read(offset, limit)
        start = max(0, offset - len(self.entries))
        return ids + list(self.nulls[start : start + limit - len(ids)])

    def only(self, ids: Container[int]) -> Order:
        """This order with only the deals that have these ids."""
        return Order(
            [entry for entry in self.entries if entry[1] in ids],
            [id_ for id_ in self.nulls if id_ in ids],
        )

    def changed(self, moves: Iterable[tuple[Entry | None, Entry | None]]) -> Order:
        """This order after replacing each old entry with the new one; None means that there is no deal."""
        entries, nulls = list(self.entries), list(self.nulls)
        for old, new in moves:
            if old is not None:
                _remove(old, entries, nulls)
            if new is not None:
                _insert(new, entries, nulls)
        return Order(entries, nulls)

    def _ascending(self, offset: int, limit: int) -> list[int]:
        return [id_ for _, id_ in self.entries[offset : offset + limit]]

    def _descending(self, offset: int, limit: int) -> list[int]:
        """Go through the groups of equal keys from the end, each by ascending id."""
        ids: list[int] = []
        size = len(self.entries)
        while len(ids) < limit and offset < size:
            # The mirrored position is in the same group, so any offset costs two bisections.
            key = self.entries[size - 1 - offset][0]
            low = bisect_left(self.entries, (key,))
            high = bisect_right(self.entries, (key, inf))
            start = low + offset - (size - high)
            group = self.entries[start : min(high, start + limit - len(ids))]
            ids += [id_ for _, id_ in group]
            offset += len(group)
        return ids


def _remove(entry: Entry, entries: list[Entry], nulls: list[int]) -> None:
    if entry[0] is None:
        del nulls[bisect_left(nulls, entry[1])]
    else:
        del entries[bisect_left(entries, entry)]


def _insert(entry: Entry, entries: list[Entry], nulls: list[int]) -> None:
    if entry[0] is None:
        insort(nulls, entry[1])
    else:
        insort(entries, entry)


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders requested so far: a cache for one world."""

    _known: dict[str, tuple[Key, Order]] = field(default_factory=dict)

    def get(self, name: str, world: HoldsDeals, key: Key) -> Order:
        """The world's deals sorted by this field; `key` returns a deal's sort key, or None."""
        known = self._known.get(name)
        if known is None:
            deals = world.deals.rows.values()
            known = (key, Order.of((key(world, deal), deal.id) for deal in deals))
            self._known[name] = known
        return known[1]

    def carried(self, table: str, old: HoldsDeals, new: HoldsDeals, touched: Iterable[int]) -> Orders:
        """The orders for the new world, which differs from the old one in these records."""
        if table in JOINED:
            return Orders()
        if table != "deals":
            return self
        ids = set(touched)
        if len(ids) * BULK > len(new.deals):
            return Orders()
        return Orders(
            {
                name: (key, _carried(order, key, old, new, ids))
                for name, (key, order) in self._known.copy().items()  # other threads may add to it
            }
        )


def _carried(order: Order, key: Key, old: HoldsDeals, new: HoldsDeals, ids: set[int]) -> Order:
    pairs = [(_entry(old, id_, key), _entry(new, id_, key)) for id_ in ids]
    moves = [(before, after) for before, after in pairs if before != after]
    return order.changed(moves) if moves else order


def _entry(world: HoldsDeals, id_: int, key: Key) -> Entry | None:
    deal = world.deals.get(id_)
    return None if deal is None else (key(world, deal), id_)
