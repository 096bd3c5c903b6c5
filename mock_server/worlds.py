"""All worlds by name: the base world, and copies of it that requests ask for, each made on first use."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

from mock_server.clock import Clock
from mock_server.domain.world import World
from mock_server.faults import Faults
from mock_server.journal import Budget
from mock_server.past import Point
from mock_server.store import Store, StoreState

BASE: Final = "base"
MOST_WORLDS: Final = 1000  # besides the base world
MOST_REMOVED: Final = 100  # whose names are remembered
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Naming:
    """What names may look like, and how to say it."""

    pattern: re.Pattern[str]
    says: str

    def allows(self, name: str) -> bool:
        """Whether this is a name."""
        return self.pattern.fullmatch(name) is not None


class Worlds:
    """The stores of all worlds.

    If there are too many copies, one goes that nobody has changed, or else any: what was idle longest.
    """

    def __init__(self, world: World, clock: Clock, most: int = MOST_WORLDS) -> None:
        self.journals = Budget()
        self.base = Store(BASE, world, clock, self.journals)
        self.start = self.base.present.without_caches()  # of the base world, as the mock was started
        self.faults = Faults()  # in all worlds
        self._most = most
        self.removed: deque[str] = deque(maxlen=MOST_REMOVED)  # names of copies that had to make room
        self._copies: OrderedDict[str, Store] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def restored(cls, states: Sequence[StoreState], clock: Clock) -> Worlds:
        """The worlds that had these states, the base world first."""
        base, *copies = states
        worlds = cls(base.first.world, clock)
        worlds.base, worlds.start = Store.restored(base, clock, worlds.journals), base.first
        worlds._copies = OrderedDict(
            (state.name, Store.restored(state, clock, worlds.journals)) for state in copies
        )
        return worlds

    @property
    def states(self) -> Sequence[StoreState]:
        """What a restart keeps of each world, in the order of `names`."""
        with self._lock:
            stores = [self.base, *self._copies.values()]
        return [store.state for store in stores]

    @property
    def names(self) -> Sequence[str]:
        """The names of all worlds: the base world, then the copies, the one used last at the end."""
        return [BASE, *self._copies]

    def get(self, name: str) -> Store | None:
        """The store of a world that exists already."""
        return self.base if name == BASE else self._copies.get(name)

    def used(self, name: str) -> Store | None:
        """The same, if somebody uses it: it is not idle any more."""
        if name == BASE:
            return self.base
        with self._lock:
            if name in self._copies:
                self._copies.move_to_end(name)
            return self._copies.get(name)

    def named(self, name: str) -> Store:
        """The store of a world; a copy of the base world as it is now, if there is none of this name."""
        store = self.used(name)
        if store is None:
            with self._lock:  # in which another request may have made it
                store = self.get(name) or self._add(name, self.base.present)
        return store

    def create(self, name: str, point: Point) -> Store:
        """A world of this name that begins like this, in place of the one that had it."""
        with self._lock:
            return self._add(name, point)

    def delete(self, name: str) -> bool:
        """Remove a copy; whether there was one."""
        with self._lock:
            return self._copies.pop(name, None) is not None

    def _add(self, name: str, point: Point) -> Store:
        clock = self.base.clock.copy(point.clock)
        store = self._copies[name] = Store(name, point.world, clock, self.journals)
        while len(self._copies) > self._most:
            self._remove_one(for_=store)
        return store

    def _remove_one(self, for_: Store) -> None:
        """Remove the copy with the least to lose; only if that is somebody's work it is worth a warning."""
        idle_longest, *_ = copies = [store for store in self._copies.values() if store is not for_]
        gone = next((store for store in copies if store.is_unchanged), idle_longest)
        del self._copies[gone.name]
        self.removed.append(gone.name)
        level = logging.INFO if gone.is_unchanged else logging.WARNING
        log.log(
            level, "World %s was removed to make room for %s: at most %d", gone.name, for_.name, self._most
        )
