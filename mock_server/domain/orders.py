"""Sorted orders of the deals, kept with the world so that a page takes the same time at any size.

A write costs an order nothing: what is written is remembered, and an order that is asked for catches up.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from operator import itemgetter
from typing import Any, Final, Protocol

from mock_server.domain.long_work import looks_at
from mock_server.domain.sorted_items import SortedItems
from mock_server.domain.sorting import in_order
from mock_server.domain.tables import Table

Entry = tuple[Any, int]  # key, id
KEY: Final = itemgetter(0)
ID: Final = itemgetter(1)


class HoldsDeals(Protocol):
    """The part of a world that orders need."""

    @property
    def deals(self) -> Table[Any]: ...


# The entry of a deal in a world, with the key None if it has no value; None if the order is without the deal.
Place = Callable[[Any, Any], Entry | None]

JOINED: Final = frozenset({"stages", "contacts", "companies", "users"})
MOST_KEPT: Final = 24  # orders of one world
MOST_WRITTEN: Final = 500  # records that an order catches up with
BULK: Final = 8  # if more than one deal in eight was written, sorting again is cheaper


@dataclass(frozen=True, slots=True)
class Order:
    """Ids of deals sorted by one field; deals without a value are kept apart and come last."""

    entries: SortedItems
    nulls: SortedItems

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Order:
        """The order of these entries; a key of None means no value."""
        valued, nulls = _apart(entries)
        # Two sorts by parts are faster than one of pairs: a sort is stable.
        valued = in_order(in_order(valued, ID), KEY)
        return cls(SortedItems.of(valued), SortedItems.of(sorted(nulls)))

    def __len__(self) -> int:
        return len(self.entries) + len(self.nulls)

    def page(self, offset: int, limit: int, descending: bool = False) -> list[int]:
        """The ids at these positions: nulls last and ties by ascending id, in both directions."""
        read = self._descending if descending else self._ascending
        ids = read(offset, limit)
        start = max(0, offset - len(self.entries))
        return ids + self.nulls.slice(start, start + limit - len(ids))

    def only(self, ids: Container[int]) -> Order:
        """This order with only the deals that have these ids."""
        return Order(
            SortedItems.of([entry for entry in self.entries if entry[1] in ids]),
            SortedItems.of([id_ for id_ in self.nulls if id_ in ids]),
        )

    def changed(self, gone: Iterable[Entry], new: Iterable[Entry]) -> Order:
        """This order without some of its entries, and with new ones."""
        (valued, nulls), (new_valued, new_nulls) = _apart(gone), _apart(new)
        return Order(self.entries.changed(valued, new_valued), self.nulls.changed(nulls, new_nulls))

    def _ascending(self, offset: int, limit: int) -> list[int]:
        return [id_ for _, id_ in self.entries.slice(offset, offset + limit)]

    def _descending(self, offset: int, limit: int) -> list[int]:
        """Go through the groups of equal keys from the end, each by ascending id."""
        ids: list[int] = []
        size = len(self.entries)
        while len(ids) < limit and offset < size:
            # The mirrored position is in the same group, so any offset costs two bisections.
            key = self.entries[size - 1 - offset][0]
            low, high = self.entries.below((key,)), self.entries.up_to((key, inf))
            start = low + offset - (size - high)
            group = self.entries.slice(start, min(high, start + limit - len(ids)))
            ids += [id_ for _, id_ in group]
            offset += len(group)
        return ids


def _apart(entries: Iterable[Entry]) -> tuple[list[Entry], list[int]]:
    """The entries with a key, and the ids of those without."""
    valued: list[Entry] = []
    nulls: list[int] = []
    for entry in entries:
        if entry[0] is None:
            nulls.append(entry[1])
        else:
            valued.append(entry)
    return valued, nulls


class State:
    """What the deals were between two writes; each is unlike any other, also if worlds part and rejoin."""

    __slots__ = ()


@dataclass(slots=True)
class Shelf:
    """Orders by name, each with the state that it is of: of any world that has come from the same one.

    So an order that a thread has made while others wrote is there for the worlds that they have made.
    """

    orders: Mapping[Hashable, tuple[Order, State]] = field(default_factory=dict)


Written = tuple[State, int, Any]  # the state before, the id, and the deal as it was before, or None


class Orders:
    """The orders requested last, by name: a cache for one world, and for those that are made of it."""

    __slots__ = ("_shelf", "_state", "_written")

    def __init__(self, shelf: Shelf | None = None, written: tuple[Written, ...] = ()) -> None:
        self._shelf = Shelf() if shelf is None else shelf
        self._state = State()
        self._written = written  # the last of what was written, whole writes only

    def get(self, name: Hashable, world: HoldsDeals, place: Place, make: Callable[[], Order]) -> Order:
        """The order of the world's deals with this name, kept or made; `place` returns a deal's entry."""
        kept = self._shelf.orders.get(name)
        order = None if kept is None else self._caught_up(*kept, world, place)
        if order is None:
            looks_at(len(world.deals))
            order = make()
        # Threads share the shelf: what they read never changes. Of two at once one may have to make its order
        # again; it is never a wrong one, as each has the state that it is of.
        others = {**self._shelf.orders}
        others.pop(name, None)
        while len(others) >= MOST_KEPT:
            del others[next(iter(others))]  # the least recently used
        self._shelf.orders = {**others, name: (order, self._state)}
        return order

    def _caught_up(self, order: Order, state: State, world: HoldsDeals, place: Place) -> Order | None:
        """The order with what has been written since; None if that is too much, or not known."""
        missed = self._since(state)
        if missed is None:
            return None
        # Of a deal that was written twice, the order has what was there before the first time.
        before = {id_: deal for _, id_, deal in reversed(missed)}
        if len(before) * BULK > len(world.deals):
            return None
        gone, new = [], []
        for id_, deal in before.items():
            old, now = _entry(deal, world, place), _entry(world.deals.get(id_), world, place)
            if old != now:
                gone += [old] if old else []
                new += [now] if now else []
        return order.changed(gone, new) if gone or new else order

    def _since(self, state: State) -> Sequence[Written] | None:
        """What has been written since there was this state; None if that is not known."""
        if state is self._state:
            return ()
        at = next((at for at, each in enumerate(self._written) if each[0] is state), None)
        return None if at is None else self._written[at:]

    def carried(self, table: str, old: HoldsDeals, touched: Sequence[int]) -> Orders:
        """The orders for a new world, which differs from the old one in these records."""
        if table in JOINED:
            return Orders()
        if table != "deals":
            return self
        if len(touched) > MOST_WRITTEN:
            return Orders(self._shelf)
        written = (*self._written, *((self._state, id_, old.deals.get(id_)) for id_ in touched))
        first = max(0, len(written) - MOST_WRITTEN)
        while first and written[first][0] is written[first - 1][0]:  # half of a write is no state
            first += 1
        return Orders(self._shelf, written[first:])


def _entry(deal: Any, world: HoldsDeals, place: Place) -> Entry | None:
    """Where a deal stands; what is joined to it is the same in all worlds since the order was made."""
    return None if deal is None else place(world, deal)
