"""The head of a request: one place decides what path it asks for; all below read `scope["path"]`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.errors import ErrorResponse
from mock_server.transport.routing import is_below
from mock_server.transport.scope import WORLD_IN_PATH

MOST_FIELDS = 100
TOO_MANY_FIELDS = f"The request has more than {MOST_FIELDS} header fields"
NO_PATH = "The request target must be a path that begins with a slash, or a whole URL"

WORLD = re.compile(r"/worlds/(?P<name>[^/]*)(?P<path>/.*)", re.DOTALL)
URL = re.compile(rb"https?://(?P<host>[^/]+)(?P<path>/.*)?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Target:
    """What a request asks for: the path as it was sent, and the host if that was sent with it."""

    raw_path: bytes
    host: bytes | None = None

    @property
    def path(self) -> str:
        """The path, decoded once; what is not UTF-8 becomes U+FFFD, which no path of the mock has."""
        return unquote_to_bytes(self.raw_path).decode("utf-8", "replace")


def target_of(sent: bytes) -> Target | None:
    """The target that was sent, without its query; None if it has no path (RFC 9112, section 3.2)."""
    if sent.startswith(b"/"):
        return Target(sent)
    if url := URL.fullmatch(sent):
        return Target(url["path"] or b"/", url["host"])
    return None


class RequestHead:
    """ASGI middleware, the first of all: sets the path, the host and the world in the path, or answers 400.

    What is below `bases` is also there for each world: `/worlds/NAME/api/deals` is `/api/deals` for all
    layers below.
    """

    def __init__(self, app: ASGIApp, bases: Collection[str]) -> None:
        self.app = app
        self._bases = bases

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        target = target_of(scope.get("raw_path") or quote(scope["path"]).encode())
        if len(scope["headers"]) > MOST_FIELDS:
            await ErrorResponse(400, TOO_MANY_FIELDS).response()(scope, receive, send)
        elif target is None:
            await ErrorResponse(400, NO_PATH).response()(scope, receive, send)
        else:
            await self.app(self._in_world(_asking_for(target, scope)), receive, send)

    def _in_world(self, scope: Scope) -> Scope:
        found = WORLD.fullmatch(scope["path"])
        if found is None or not any(is_below(base, found["path"]) for base in self._bases):
            return scope
        raw_path = b"/" + scope["raw_path"].split(b"/", 3)[3]
        extensions = {**(scope.get("extensions") or {}), WORLD_IN_PATH: found["name"]}
        return {**scope, "path": found["path"], "raw_path": raw_path, "extensions": extensions}


def _asking_for(target: Target, scope: Scope) -> Scope:
    """The request with this target; a host in the target counts instead of the `Host` field."""
    found: dict[str, Any] = {"path": target.path, "raw_path": target.raw_path}
    if target.host is not None:
        others = [(name, value) for name, value in scope["headers"] if name != b"host"]
        found["headers"] = [(b"host", target.host), *others]
    return {**scope, **found}
