"""Cross-origin requests: any origin may call the API, and no origin anything else."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.transport.known_routes import is_below


class ApiCors:
    """ASGI middleware: any origin may call the API, and read its errors and file names."""

    def __init__(self, app: ASGIApp, base_path: str) -> None:
        self._base = base_path
        self._closed = app
        self._open = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["*"],
            allow_headers=["*"],
            allow_private_network=True,  # a page on the web may reach a mock on this machine
            expose_headers=["Content-Disposition", "Retry-After"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["type"] == "http" and is_below(self._base, scope["path"])
        await (self._open if is_api else self._closed)(scope, receive, send)
