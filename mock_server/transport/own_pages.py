"""The mock's own pages, besides the API: shown only under a name of this machine, and never in a frame.

The owner of a web page can let its host name point to your machine (DNS rebinding). The browser then
takes the mock for a part of that page, which could read the tokens at `/docs`. But it would have to send
its own name in `Host`. The API may be called under any name, such as that of a service in a container.
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.errors import Forbidden
from mock_server.header_fields import name_of
from mock_server.transport.routing import is_below

NO_FRAMES = {"Content-Security-Policy": "frame-ancestors 'none'", "X-Frame-Options": "DENY"}


class OwnPages:
    """ASGI middleware: 403 for the mock's own pages under a name that is not in `hosts`.

    Without `hosts` any name will do: an application without a socket cannot be reached by a browser.
    """

    def __init__(self, app: ASGIApp, base_path: str, hosts: Collection[str] | None) -> None:
        self.app = app
        self._base = base_path
        self._hosts = None if hosts is None else {host.lower() for host in ("localhost", *hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_below(self._base, scope["path"]):
            await self.app(scope, receive, send)
            return
        name = name_of(Headers(scope=scope).get("host", ""))
        if not self._knows(name):
            raise Forbidden(_refusal(name))

        async def without_frames(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(NO_FRAMES)
            await send(message)

        await self.app(scope, receive, without_frames)

    def _knows(self, name: str) -> bool:
        """An address is always known: a page that has one as its host is served from there."""
        return self._hosts is None or name.lower() in self._hosts or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _refusal(name: str) -> str:
    if not name:
        return "The Host header must name this machine, such as localhost or 127.0.0.1"
    shown = name if len(name) <= 80 else f"{name[:80]}…"
    return (
        f"This page is not shown under the name {shown}, so that no other web page can read it: "
        f"use localhost or an IP address, or start the mock with --allow-host {shown}"
    )
