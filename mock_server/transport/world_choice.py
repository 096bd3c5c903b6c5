"""Which world a request is about: one place reads it, all below find its store in the request."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.errors import ErrorResponse
from mock_server.header_fields import WORLD, value_of
from mock_server.store import Store
from mock_server.transport.routing import is_below
from mock_server.transport.scope import CONTEXT, NAMED, STORE, WORLD_IN_PATH
from mock_server.worlds import BASE, Naming, Worlds

NONE_NAMED: Final = (
    f"This mock wants every request to name a world: in the header {WORLD}, a cookie of this name, "
    "or the base URL (/worlds/NAME/api)"
)


class WorldChoice:
    """ASGI middleware: the world that the path, the header or the cookie names; else the base world.

    The API makes it on first use; the control side decides for itself. If names are `required`, a request to
    the API without one is answered with 400.
    """

    def __init__(
        self, app: ASGIApp, worlds: Worlds, naming: Naming, base_path: str, *, required: bool = False
    ) -> None:
        self.app = app
        self._worlds = worlds
        self._naming = naming
        self._base = base_path
        self._required = required

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        extensions = scope.get("extensions") or {}
        name = extensions.get(WORLD_IN_PATH)
        name = _named_in_head(scope) if name is None else name
        reason = self._refusal(name, scope)
        if reason:
            await ErrorResponse(400, reason).response()(scope, receive, send)
            return
        name = BASE if name is None else name
        context = {NAMED: name, STORE: self._store(name, scope)}
        await self.app({**scope, "extensions": {**extensions, CONTEXT: context}}, receive, send)

    def _store(self, name: str, scope: Scope) -> Store:
        if is_below(self._base, scope["path"]):
            return self._worlds.named(name)
        return self._worlds.used(name) or self._worlds.base

    def _refusal(self, name: str | None, scope: Scope) -> str:
        if name is not None:
            return "" if self._naming.allows(name) else self._naming.says
        is_call = is_below(self._base, scope["path"]) and scope["method"] != "OPTIONS"
        return NONE_NAMED if self._required and is_call else ""


def _named_in_head(scope: Scope) -> str | None:
    named = value_of(scope["headers"], WORLD.lower().encode())
    if named is not None:
        return named.strip()
    try:
        cookie = SimpleCookie(value_of(scope["headers"], b"cookie")).get(WORLD)
    except CookieError:  # others' cookies may be anything
        return None
    return cookie.value if cookie else None
