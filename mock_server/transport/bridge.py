"""The bridge from ASGI to Flask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

from a2wsgi.wsgi import build_environ
from starlette.types import Receive, Scope, Send

from mock_server.transport.scope import store_of

MANY_DEALS: Final = 2_000  # fewer take less time than a thread is worth
Answer = tuple[int, list[tuple[bytes, bytes]], bytes]


class FlaskBridge:
    """Calls Flask directly in the event loop, or in a thread if the operation `is_long`.

    Handlers only compute, so a thread would delay most of them without speeding up other requests.
    Anything that has to wait (a delay, a stream) belongs in an ASGI middleware above.
    """

    def __init__(self, wsgi_app: Any, is_long: Callable[[str, Scope], bool]) -> None:
        self._wsgi_app = wsgi_app
        self._is_long = is_long

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        operation_id = scope.get("extensions", {}).get("connexion_routing", {}).get("operation_id")
        if operation_id is not None and self._is_long(operation_id, scope):
            status, headers, body = await asyncio.to_thread(self._answer, scope)
        else:
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


def has_many_deals(scope: Scope) -> bool:
    """Whether what looks at all deals of the request's world takes long."""
    return len(store_of(scope).current.deals) > MANY_DEALS


def _plain(scope: Scope) -> Scope:
    """The request in a form that WSGI supports: an ASCII query and no protocol upgrade."""
    query = scope["query_string"]
    headers = [header for header in scope["headers"] if header[0] != b"upgrade"]
    return {**scope, "query_string": query if query.isascii() else b"", "headers": headers}


async def _live(receive: Receive, send: Send) -> None:
    """Acknowledge startup and shutdown; there is nothing to do for either."""
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})
