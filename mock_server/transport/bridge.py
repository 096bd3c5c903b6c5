"""The bridge from ASGI to Flask."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from a2wsgi.wsgi import build_environ
from starlette.types import Receive, Scope, Send

from mock_server.transport.scope import WORLD_IN_PATH

Answer = tuple[int, list[tuple[bytes, bytes]], bytes]


class FlaskBridge:
    """Calls Flask directly in the event loop: its pages only compute."""

    def __init__(self, wsgi_app: Any) -> None:
        self._wsgi_app = wsgi_app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        status, headers, body = self._answer(scope)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, scope: Scope) -> Answer:
        started: list[tuple[str, list[tuple[str, str]]]] = []
        environ: Any = build_environ(_plain(scope), BytesIO())  # type: ignore[arg-type]
        chunks = self._wsgi_app(environ, lambda *start: started.append(start[:2]))
        try:
            body = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        status, headers = started[0]
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return int(status.split(" ")[0]), raw, body


def _plain(scope: Scope) -> Scope:
    """The request in a form that WSGI supports: an ASCII query and no protocol upgrade.

    The world in the path is the root, so that pages can link to what is below it.
    """
    query = scope["query_string"]
    headers = [header for header in scope["headers"] if header[0] != b"upgrade"]
    world = (scope.get("extensions") or {}).get(WORLD_IN_PATH)
    return {
        **scope,
        "root_path": "" if world is None else f"/worlds/{world}",
        "query_string": query if query.isascii() else b"",
        "headers": headers,
    }


async def _live(receive: Receive, send: Send) -> None:
    """Acknowledge startup and shutdown; there is nothing to do for either."""
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})
