"""Which world a request is about: one place reads it, all below find its store in the request."""

from __future__ import annotations

import re
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.errors import ErrorResponse
from mock_server.store import Store
from mock_server.transport.known_routes import is_below
from mock_server.worlds import NAME, NAME_SAYS, Worlds

HEADER: Final = "X-Mock-World"  # also the name of the cookie
BELOW: Final = re.compile(r"/worlds/([^/]*)(/.*)", re.DOTALL)
NONE_NAMED: Final = (
    f"This mock wants every request to name a world: in the header {HEADER}, a cookie of this name, "
    "or the base URL (/worlds/NAME/api)"
)
CONTEXT: Final = "connexion_context"  # what handlers see of a request, in its scope
STORE: Final = "store"  # the part of it that holds the world


def store_of(scope: Scope) -> Store:
    """The store of the world that a request is about."""
    store: Store = scope["extensions"][CONTEXT][STORE]
    return store


class WorldChoice:
    """ASGI middleware: the world that the path, the header or the cookie names; else the base world.

    The path of a world (`/worlds/NAME/api/deals`) is the API's own path for all layers below. If names are
    `required`, a request to the API without one is answered with 400.
    """

    def __init__(self, app: ASGIApp, worlds: Worlds, base_path: str, *, required: bool = False) -> None:
        self.app = app
        self._worlds = worlds
        self._base = base_path
        self._required = required

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name, scope = _named_in_path(scope, self._base)
        name = _named_in_head(scope) if name is None else name
        reason = self._refusal(name, scope)
        if reason:
            await ErrorResponse(400, reason).response()(scope, receive, send)
            return
        store = self._worlds.named(name) if name else self._worlds.base
        extensions = {**(scope.get("extensions") or {}), CONTEXT: {STORE: store}}
        await self.app({**scope, "extensions": extensions}, receive, send)

    def _refusal(self, name: str | None, scope: Scope) -> str:
        if name is not None:
            return "" if NAME.fullmatch(name) else NAME_SAYS
        is_api_call = is_below(self._base, scope["path"]) and scope["method"] != "OPTIONS"
        return NONE_NAMED if self._required and is_api_call else ""


def _named_in_path(scope: Scope, base: str) -> tuple[str | None, Scope]:
    found = BELOW.fullmatch(scope["path"])
    if not found or not is_below(base, found[2]):
        return None, scope
    raw = scope["raw_path"].split(b"/", 3)[3]
    return found[1], {**scope, "path": found[2], "raw_path": b"/" + raw}


def _named_in_head(scope: Scope) -> str | None:
    headers = Headers(scope=scope)
    if HEADER in headers:
        return headers[HEADER].strip()
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(HEADER)
    except CookieError:  # others' cookies may be anything
        return None
    return cookie.value if cookie else None
