"""Known routes only: requests with a path or method that the contract does not have go no further."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.contract import MockContract
from mock_server.errors import MethodNotAllowed, NotFound


class KnownRoutesOnly:
    """ASGI middleware: 404 for unknown paths, 405 with `Allow` for other methods, and OPTIONS.

    Paths must match exactly: no trailing slash, no `//`, no encoded slash. HEAD is not in the
    contract, so it is not allowed.
    """

    def __init__(self, app: ASGIApp, contract: MockContract) -> None:
        self.app = app
        self._contract = contract
        self._base = contract.base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "//" in scope["path"]:
            raise NotFound  # Flask would treat it as a single slash
        if scope["type"] == "http" and is_below(self._base, scope["path"]):
            methods = self._methods(scope)
            if scope["method"] == "OPTIONS":
                await Response(status_code=204, headers=allow(methods))(scope, receive, send)
                return
            if scope["method"] not in methods:
                raise MethodNotAllowed(allow(methods))
        await self.app(scope, receive, send)

    def _methods(self, scope: Scope) -> tuple[str, ...]:
        methods = self._contract.methods(scope["path"].removeprefix(self._base))
        if not methods or b"%2f" in scope.get("raw_path", b"").lower():
            raise NotFound
        return methods


def allow(methods: tuple[str, ...]) -> dict[str, str]:
    """The header that names the methods of a path."""
    return {"Allow": ", ".join((*methods, "OPTIONS"))}


def is_below(base: str, path: str) -> bool:
    """Whether this path is the base path or below it."""
    return path == base or path.startswith(f"{base}/")
