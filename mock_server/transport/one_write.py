"""One write at a time in each world: what changes it by the control side waits for the API's writes, too."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deals_spec.operation import SAFE_METHODS
from mock_server.transport.scope import store_of


class OneWriteAtATime:
    """ASGI middleware: what is no read waits for its turn in the world of the request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        held: list[Message] = []

        async def holding(message: Message) -> None:
            held.append(message)

        async with store_of(scope).turns:
            await self.app(scope, receive, holding)
        for message in held:  # a client that reads slowly keeps nobody waiting
            await send(message)
