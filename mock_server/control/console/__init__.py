"""The console, `/__admin/`: one page to look at a world and to control it, and the stream that feeds it.

The page does everything by the operations of openapi/admin.yaml, as any other client would.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.contract import MockContract
from mock_server.control.console.page import render
from mock_server.control.console.stream import send_events
from mock_server.control.contract import ControlContract
from mock_server.errors import MethodNotAllowed
from mock_server.transport.routing import allow
from mock_server.transport.scope import store_of
from mock_server.worlds import Worlds

HERE: Final = Path(__file__).parent
METHODS: Final = ("GET",)
FRESH: Final = {"Cache-Control": "no-store"}  # the page has tokens, and shows what is there now

Place = Callable[[Scope, Receive, Send], Awaitable[None]]


class Console:
    """ASGI middleware beside the control side's operations: the page, its files, and the stream."""

    def __init__(
        self, app: ASGIApp, base: str, worlds: Worlds, contract: MockContract, own: ControlContract
    ) -> None:
        self.app = app
        self._worlds = worlds
        self._contract = contract
        self._own = own
        self._places: dict[str, Place] = {
            base: RedirectResponse(f"{base.strip('/')}/"),  # relative: it may be below /worlds/NAME
            f"{base}/": self._page,
            f"{base}/console.css": _file("console.css", "text/css"),
            f"{base}/console.js": _file("console.js", "text/javascript"),
            f"{base}/journal.js": _file("journal.js", "text/javascript"),
            f"{base}/events": self._events,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        place = self._places.get(scope["path"]) if scope["type"] == "http" else None
        if place is None:
            await self.app(scope, receive, send)
        elif scope["method"] not in METHODS:
            raise MethodNotAllowed(allow(METHODS))
        else:
            await place(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = render(store_of(scope), self._worlds, self._contract, self._own)
        await Response(page, media_type="text/html", headers=FRESH)(scope, receive, send)

    async def _events(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send_events(self._worlds, self._contract, scope, receive, send)


def _file(name: str, kind: str) -> Response:
    return Response((HERE / name).read_bytes(), media_type=kind, headers=FRESH)
