"""A write that is not answered has not happened: its response is made and checked before others see it."""

from __future__ import annotations

from asyncio import Lock

from starlette.types import ASGIApp, Receive, Scope, Send

from deals_spec.operation import SAFE_METHODS
from mock_server.domain.refusals import Refusal
from mock_server.worlds import Worlds

UNDO = "undo"  # in the request's extensions: what takes back a write whose response turns out to be wrong


class AtomicWrites:
    """ASGI middleware: one write at a time, whose world is put back if no response can be made.

    Reads do not wait: they see the world before the write or after it.
    """

    def __init__(self, app: ASGIApp, worlds: Worlds) -> None:
        self.app = app
        self._worlds = worlds
        self._turn = Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        async with self._turn:
            before = self._worlds.current

            def undo() -> None:
                self._worlds.commit(lambda _: before)

            scope.setdefault("extensions", {})[UNDO] = undo
            try:
                await self.app(scope, receive, send)
            except Refusal:  # the rules have refused it before anything changed
                raise
            except BaseException:
                undo()
                raise
