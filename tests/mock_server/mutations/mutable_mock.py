"""A mock with one mutation after another: making an app takes longer than a session with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce, wraps
from typing import Any

from mock_server.app import AppMutation
from mock_server.contract import MockContract
from mock_server.domain.world import World
from mock_server.mutations import Mutation
from mock_server.testing import TickingClock, build_mock
from tests.mock_server.conftest import NOW


class MutableMock:
    """A mock whose clock, world and mutation a test sets; or one that keeps the mutation it is made with.

    What a mutation changes in the contract is read when the app is made, so such a one is kept.
    """

    def __init__(self, kept: Mutation | None = None) -> None:
        self.clock = TickingClock(NOW)
        self._switch = _Switch()
        self._mock = build_mock(fixture="empty", clock=self.clock, mutation=kept or self._switch)
        self._kept = kept
        self.app = self._mock.app
        self.tokens = {role: self._mock.token(role) for role in self._mock.contract.roles}

    @property
    def world(self) -> World:
        return self._mock.world

    def begin(self, world: World, mutation: Mutation | None) -> None:
        """Set the clock back, and put this world and this mutation in place."""
        if not self._kept:
            self._switch.to(mutation or _NoMutation())
        self.clock.set(NOW)
        self._mock.worlds.commit(lambda _: world)


class _NoMutation:
    """No mutation at all, in the place of one: the answers are not checked, as with any."""

    def contract(self, sound: MockContract) -> MockContract:
        return sound

    def handlers(self, sound: Mapping[str, Any]) -> Mapping[str, Any]:
        return sound

    def middlewares(self, _: MockContract) -> list[Callable[..., Any]]:
        return []


class _Switch:
    """In the place of a mutation: does what the one does that it is switched to."""

    def contract(self, sound: MockContract) -> MockContract:
        self._contract = sound
        return sound

    def handlers(self, sound: Mapping[str, Any]) -> Mapping[str, Any]:
        self._sound = sound
        return {id_: self._dispatching(id_, handler) for id_, handler in sound.items()}

    def middlewares(self, _: MockContract) -> list[Callable[..., Any]]:
        return [self._stand_in_front]

    def to(self, mutation: AppMutation) -> None:
        """From now on this mutation is on."""
        self._handlers = mutation.handlers(self._sound)
        self._wrappers = mutation.middlewares(self._contract)
        self._front: Any = None

    def _stand_in_front(self, app: Any) -> Any:
        async def front(*request: Any) -> None:
            if self._front is None:
                self._front = reduce(lambda inner, wrapper: wrapper(inner), self._wrappers, app)
            await self._front(*request)

        return front

    def _dispatching(self, id_: str, handler: Any) -> Any:
        @wraps(handler)
        def dispatch(**arguments: Any) -> Any:
            return self._handlers[id_](**arguments)

        return dispatch
