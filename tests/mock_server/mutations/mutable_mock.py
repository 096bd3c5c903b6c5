"""One mock for many mutations, because creating an app takes longer than a session with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce, wraps
from typing import Any

from mock_server.app import AppMutation
from mock_server.contract import MockContract
from mock_server.domain.world import World
from mock_server.mutations import Mutation
from mock_server.testing import TickingClock, build_mock
from tests.mock_server.conftest import NOW


class MutableMock:
    """A mock whose clock, world and mutation a test can set, or whose mutation is fixed.

    A mutation that changes the contract must be fixed: the contract is read when the app is created.
    """

    def __init__(self, fixed: Mutation | None = None) -> None:
        self.clock = TickingClock(NOW)
        self._switch = _Switch()
        self._mock = build_mock(fixture="empty", clock=self.clock, mutation=fixed or self._switch)
        self._fixed = fixed
        self.app = self._mock.app
        self.tokens = {role: self._mock.token(role) for role in self._mock.contract.roles}

    @property
    def world(self) -> World:
        return self._mock.world

    def begin(self, world: World, mutation: Mutation | None) -> None:
        """Reset the clock, and set the world and the mutation."""
        if not self._fixed:
            self._switch.to(mutation or _NoMutation())
        self.clock.set(NOW)
        self._mock.store.commit(lambda _: world)


class _NoMutation:
    """Changes nothing; responses are not validated, as with any mutation."""

    def contract(self, original: MockContract) -> MockContract:
        return original

    def handlers(self, original: Mapping[str, Any]) -> Mapping[str, Any]:
        return original

    def middlewares(self, _: MockContract) -> list[Callable[..., Any]]:
        return []


class _Switch:
    """A mutation that delegates to another one, which can be replaced; it changes nothing at first."""

    _wrappers: Sequence[Callable[..., Any]] = ()
    _wrapped_app: Any = None

    def contract(self, original: MockContract) -> MockContract:
        self._contract = original
        return original

    def handlers(self, original: Mapping[str, Any]) -> Mapping[str, Any]:
        self._handlers_of_app = original
        return {id_: self._dispatching(id_, handler) for id_, handler in original.items()}

    def middlewares(self, _: MockContract) -> list[Callable[..., Any]]:
        return [self._wrapped]

    def to(self, mutation: AppMutation) -> None:
        """Delegate to this mutation from now on."""
        self._handlers = mutation.handlers(self._handlers_of_app)
        self._wrappers = mutation.middlewares(self._contract)
        self._wrapped_app = None

    def _wrapped(self, app: Any) -> Any:
        async def wrapped(*request: Any) -> None:
            if self._wrapped_app is None:
                self._wrapped_app = reduce(lambda inner, wrapper: wrapper(inner), self._wrappers, app)
            await self._wrapped_app(*request)

        return wrapped

    def _dispatching(self, id_: str, handler: Any) -> Any:
        @wraps(handler)
        def dispatch(**arguments: Any) -> Any:
            return self._handlers[id_](**arguments)

        return dispatch
