"""Routing: which operation of the contract a request belongs to; others go no further.

Connexion's own routing copies each request and tries one path after the other. What the layers below read
of it is what this leaves here; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.contract import MockContract
from mock_server.errors import MethodNotAllowed, NotFound
from mock_server.transport.scope import ROUTING


class Routing:
    """ASGI middleware: the operation and its path parameters; 404, 405 with `Allow`, or OPTIONS.

    Paths must match exactly: no trailing slash, no `//`, no encoded slash. HEAD is not in the
    contract, so it is not allowed. What is not below the base path is not ours, and has no operation.
    """

    def __init__(self, app: ASGIApp, contract: MockContract) -> None:
        self.app = app
        self._contract = contract
        self._base = contract.base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if "//" in scope["path"]:
            raise NotFound  # Flask would treat it as a single slash
        operation_id: str | None = None
        if is_below(self._base, scope["path"]):
            operations, scope["path_params"] = self._route(scope)
            if scope["method"] == "OPTIONS":
                await Response(status_code=204, headers=allow(operations))(scope, receive, send)
                return
            if scope["method"] not in operations:
                raise MethodNotAllowed(allow(operations))
            operation_id = operations[scope["method"]]
        scope.setdefault("extensions", {})[ROUTING] = {
            "api_base_path": self._base if operation_id else None,
            "operation_id": operation_id,
        }
        await self.app(scope, receive, send)

    def _route(self, scope: Scope) -> tuple[Mapping[str, str], dict[str, Any]]:
        found = self._contract.route(scope["path"].removeprefix(self._base))
        if found is None or b"%2f" in scope.get("raw_path", b"").lower():
            raise NotFound
        return found


def allow(methods: Iterable[str]) -> dict[str, str]:
    """The header that names the methods of a path."""
    return {"Allow": ", ".join((*methods, "OPTIONS"))}


def is_below(base: str, path: str) -> bool:
    """Whether this path is the base path or below it."""
    return path == base or path.startswith(f"{base}/")
