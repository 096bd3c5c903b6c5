"""The control side is closed: for this machine only, and for no other web page."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from deals_spec.operation import SAFE_METHODS
from mock_server.errors import Forbidden

# Read-only and harmless: a container's or a cluster's health check comes from another machine.
OPEN: Final = "/__admin/health"
FROM_ELSEWHERE: Final = "Only this machine may control the mock"
FROM_ANOTHER_PAGE: Final = "Another web page may not control the mock"


class ClosedControl:
    """ASGI middleware: 403 for clients elsewhere, and for writes by pages of another origin.

    Without `hosts` any client will do: an application without a socket cannot be reached from elsewhere.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] | None) -> None:
        self.app = app
        self._reachable = hosts is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if self._reachable and scope["path"] != OPEN and not _is_here(scope):
                raise Forbidden(FROM_ELSEWHERE)
            if scope["method"] not in SAFE_METHODS and not _is_own_origin(Headers(scope=scope)):
                raise Forbidden(FROM_ANOTHER_PAGE)
        await self.app(scope, receive, send)


def _is_here(scope: Scope) -> bool:
    client = scope.get("client")
    try:
        return client is not None and ip_address(client[0].partition("%")[0]).is_loopback
    except ValueError:
        return False


def _is_own_origin(headers: Headers) -> bool:
    """Whether a request comes from the mock's own page, or from no page at all."""
    if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")
