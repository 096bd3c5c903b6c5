"""Which world a request to the control side is about: it must be there, unless the request changes it."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.control.contract import ControlContract
from mock_server.control.refusals import NoSuchWorld
from mock_server.store import Store
from mock_server.transport.scope import CONTEXT, NAMED, STORE
from mock_server.worlds import Worlds

# They are about all worlds, or the one in their path: whatever the request names besides does not matter.
OF_ALL_WORLDS: Final = frozenset({"getHealth", "listWorlds", "createWorld", "deleteWorld", "listDefects"})
ONLY_READ: Final = frozenset({"countRequests"})  # although their method is no reading one


class NamedWorld:
    """ASGI middleware: finds the world that a request names; one that changes a world makes it on first use.

    So nobody makes a world by reading under a name that is mistyped, nor removes another to make room for it.
    """

    def __init__(self, app: ASGIApp, contract: ControlContract, worlds: Worlds) -> None:
        self.app = app
        self._contract = contract
        self._worlds = worlds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            context = scope["extensions"][CONTEXT]
            context[STORE] = self._store(context[NAMED], scope)
        await self.app(scope, receive, send)

    def _store(self, name: str, scope: Scope) -> Store:
        path = scope["path"].removeprefix(self._contract.base_path)
        operation = self._contract.match(scope["method"], path)
        if operation and operation.id in OF_ALL_WORLDS:
            return self._worlds.used(name) or self._worlds.base
        if operation and operation.writes and operation.id not in ONLY_READ:
            return self._worlds.named(name)
        store = self._worlds.used(name)
        if store is None:
            raise NoSuchWorld(name, self._worlds.names)
        return store
