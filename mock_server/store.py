"""The store of one world: its present, its past, and its clock.

The present is one reference to an immutable value, swapped under a lock; the past is earlier references,
each with how the clock went.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar, overload

from mock_server.clock import Clock, ClockSetting, WorldClock
from mock_server.colleagues import Colleagues
from mock_server.domain.world import World
from mock_server.faults import Faults
from mock_server.journal import Budget, Journal
from mock_server.past import Cause, Past, Point
from mock_server.turns import Turns

P = ParamSpec("P")
T = TypeVar("T")


class WorldHolder:
    """Holds one world; readers use `current` and never wait."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.clock = clock
        self._world = world
        self._lock = Lock()

    @property
    def current(self) -> World:
        """The world as it is now; it never changes, a write replaces it with another."""
        return self._world

    @overload
    def commit(
        self, change: Callable[Concatenate[World, P], World], *args: P.args, **kwargs: P.kwargs
    ) -> World: ...

    @overload
    def commit(
        self,
        change: Callable[Concatenate[World, P], tuple[World, T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> tuple[World, T]: ...

    def commit(
        self,
        change: Callable[Concatenate[World, P], World | tuple[World, T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> World | tuple[World, T]:
        """Replace the world with the one that `change` makes of it; return what `change` returned.

        If it raises, the world stays as it was. Concurrent commits run one after the other.
        """
        with self._lock:
            made = change(self._world, *args, **kwargs)
            self._world = made[0] if isinstance(made, tuple) else made
        return made


@dataclass(frozen=True, slots=True, eq=False)
class StoreState:
    """What a restart keeps of a world: no history, no journal, no faults."""

    name: str
    present: Point
    first: Point
    snapshots: Mapping[str, Point]

    @property
    def points(self) -> Sequence[Point]:
        """All that it holds: the present, the beginning, and the snapshots."""
        return self.present, self.first, *self.snapshots.values()

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal as long as nothing has changed, and while this state is held."""
        return *self.snapshots, *((id(point.world), point.clock) for point in self.points)


class Store(WorldHolder):
    """A world with its past and a clock of its own; requests that write take turns."""

    clock: WorldClock

    def __init__(self, name: str, world: World, clock: Clock, budget: Budget | None = None) -> None:
        super().__init__(world, clock if isinstance(clock, WorldClock) else WorldClock(clock))
        self.name = name
        self._first = self.present.without_caches()
        self.turns = Turns()
        self.past = Past()
        self.journal = Journal(budget)
        self.faults = Faults()
        self.colleagues = Colleagues()

    @classmethod
    def restored(cls, state: StoreState, clock: Clock, budget: Budget) -> Store:
        """The store that had this state."""
        store = cls(state.name, state.first.world, WorldClock(clock, state.first.clock), budget)
        store._show(state.present)
        for name, point in state.snapshots.items():
            store.past.save(name, point)
        return store

    @property
    def present(self) -> Point:
        """What the world is now."""
        return Point(self._world, self.clock.setting)

    @property
    def state(self) -> StoreState:
        """What a restart keeps of it."""
        with self._lock:
            present, first = self.present, self._first
        return StoreState(self.name, present, first, dict(self.past.snapshots))

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing of its own would be lost with it but its journal."""
        waiting = len(self.faults) or len(self.colleagues)
        return self.past.is_empty and not waiting and self.present.is_like(self._first)

    def replace(self, before: World, after: World, cause: Cause) -> int | None:
        """Replace the world with one that was made of it, and remember why; return the number of the change.

        If the world has been replaced meanwhile, as by a reset, it stays: the reset comes later.
        """
        with self._lock:
            if self._world is before and not after.is_like(before):
                return self._change(Point(after, self.clock.setting), cause)
        return None

    def go_to(self, point: Point, cause: Cause) -> None:
        """Be like this, as at an earlier point; this can be undone, too."""
        with self._lock:
            if not point.is_like(self.present):
                self._change(point, cause)

    def move_clock(self, setting: ClockSetting, cause: Cause) -> None:
        """Let the clock go like this; this can be undone, too."""
        with self._lock:
            if setting != self.clock.setting:
                self._change(Point(self._world, setting), cause)

    def reset(self, cause: Cause) -> None:
        """Go back to how the world and its clock began; this can be undone."""
        self.go_to(self._first, cause)

    def begin_anew(self, point: Point, cause: Cause) -> None:
        """Begin like this from now on, as a reset shows; the change can be undone."""
        self._first = point.without_caches()
        self.reset(cause)

    def undo(self) -> bool:
        """Take back the latest change; whether there was one."""
        return self._step(self.past.back)

    def redo(self) -> bool:
        """Repeat the change that was taken back last; whether there was one."""
        return self._step(self.past.forth)

    def _step(self, move: Callable[[], Point | None]) -> bool:
        with self._lock:
            point = move()
            if point is not None:
                self._show(point.without_caches())  # so that the past does not keep what is made of it
        return point is not None

    def _change(self, point: Point, cause: Cause) -> int:
        number = self.past.add(self.present, point, cause)
        self._show(point)
        return number

    def _show(self, point: Point) -> None:
        self._world, self.clock.setting = point.world.as_beginning(), point.clock


class Transaction(WorldHolder):
    """What one request writes to, in its turn; others see it once it is published."""

    @classmethod
    async def begin(cls, store: Store, cause: Cause) -> Transaction:
        """Wait for a turn and begin; it ends with `publish` or `roll_back`."""
        await store.turns.take()
        return cls(store, cause)

    def __init__(self, store: Store, cause: Cause) -> None:
        super().__init__(store.current, store.clock)
        self._store = store
        self._cause = cause
        self._base = self.current
        self._open = True
        self.step: int | None = None  # the number of the change, once it is published

    def publish(self) -> None:
        """Show others what was written, and let the next one write; nothing, if this is over already."""
        if self._open:
            self.step = self._store.replace(self._base, self.current, self._cause)
            self._end()

    def roll_back(self) -> None:
        """Forget what was written, and let the next one write; nothing, if this is over already."""
        if self._open:
            self._end()

    def _end(self) -> None:
        self._open = False
        self._store.turns.pass_on()
