"""The store: one reference to an immutable world, swapped under a lock; and transactions on it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Concatenate, ParamSpec, TypeVar, overload

from mock_server.domain.world import World

P = ParamSpec("P")
T = TypeVar("T")


class Worlds:
    """Holds the world; readers use `current` and never wait."""

    def __init__(self, world: World) -> None:
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


class Transaction(Worlds):
    """What one request writes to; others see it once it is published."""

    def __init__(self, origin: Worlds) -> None:
        super().__init__(origin.current)
        self._origin = origin
        self._base = self.current

    def publish(self) -> None:
        """Make this world the current one, unless that has been replaced meanwhile: a reset comes later."""
        self._origin.commit(lambda world: self.current if world is self._base else world)
        self._base = self.current

    def roll_back(self) -> None:
        """Forget what was written; publishing changes nothing any more."""
        self.commit(lambda _: self._base)
