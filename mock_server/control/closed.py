"""The control side is closed: for this machine only, or for those who have the key; for no other web page."""

from __future__ import annotations

import secrets
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from deals_spec.operation import SAFE_METHODS
from mock_server.access import Access
from mock_server.errors import Forbidden, NotFound
from mock_server.header_fields import KEY

HEALTH: Final = "/health"  # read-only and harmless: a container's health check comes from another machine
FROM_ELSEWHERE: Final = "Only this machine may control the mock"
FROM_ANOTHER_PAGE: Final = "Another web page may not control the mock"
WITHOUT_KEY: Final = (
    f"To control this mock, send the admin key that it printed when it started, in the header {KEY}; "
    "in a browser, open the console with ?key=KEY once"
)


class ClosedControl:
    """ASGI middleware: 403 for clients that may not control the mock, and for writes by other pages.

    A browser that opens the console with the right key in the query (`?key=`) is given it as a cookie.
    """

    def __init__(self, app: ASGIApp, access: Access, base: str) -> None:
        self.app = app
        self._access = access
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != self._base + HEALTH:
            headers = Headers(scope=scope)
            if not self._access.control:
                raise NotFound
            if self._access.admin_key:
                is_console = scope["path"] in (self._base, f"{self._base}/")
                if is_console and _is(self._access.admin_key, _key_in_query(scope)):
                    await _with_cookie(self._access.admin_key, scope)(scope, receive, send)
                    return
                if not _is(self._access.admin_key, _key_in_head(headers)):
                    raise Forbidden(WITHOUT_KEY)
            elif self._access.only_here and not _is_here(scope):
                raise Forbidden(FROM_ELSEWHERE)
            if scope["method"] not in SAFE_METHODS and not _is_own_origin(headers):
                raise Forbidden(FROM_ANOTHER_PAGE)
        await self.app(scope, receive, send)


def _is(key: str, given: str) -> bool:
    return secrets.compare_digest(key.encode(), given.encode("utf-8", "replace"))


def _key_in_head(headers: Headers) -> str:
    cookies: dict[str, str] = cookie_parser(headers.get("cookie", ""))
    return headers.get(KEY) or cookies.get(KEY, "")


def _key_in_query(scope: Scope) -> str:
    if scope["method"] != "GET":
        return ""
    return str(parse_qs(scope["query_string"].decode("latin-1")).get("key", [""])[-1])


def _with_cookie(key: str, scope: Scope) -> Response:
    """To the console without the key in its address, which would stay in the browser's history."""
    last = scope["path"].rpartition("/")[2]
    answer = RedirectResponse(f"{last}/" if last else ".", 303, {"Cache-Control": "no-store"})
    answer.set_cookie(KEY, key, httponly=True, samesite="strict")
    return answer


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
