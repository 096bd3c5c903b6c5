"""Two applications on one server: what is below a path goes to the other one."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.transport.routing import is_below


class Below:
    """ASGI middleware: requests below `base` go to the application that `other` returns."""

    def __init__(self, app: ASGIApp, base: str, other: Callable[[], ASGIApp]) -> None:
        self.app = app
        self._base = base
        self._other = other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        other = scope["type"] == "http" and is_below(self._base, scope["path"])
        await (self._other() if other else self.app)(scope, receive, send)
