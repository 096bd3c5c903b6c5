"""Cross-origin requests: any origin may call the API and read the contract, and nothing else of the mock."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.errors import ErrorResponse
from mock_server.header_fields import WARNING, value_of

READABLE = ["Content-Disposition", "Retry-After", "Preference-Applied", WARNING]


class ApiCors:
    """ASGI middleware: any origin may call the API, with credentials, and read its errors and file names.

    A path that the mock does not have counts as the API's: its 404 is read where it was mistyped.
    """

    def __init__(self, app: ASGIApp, is_own_page: Callable[[str], bool]) -> None:
        self._is_own_page = is_own_page
        self._closed = app
        self._open = _Cors(
            app,
            allow_origin_regex=".*",  # unlike "*", this repeats the origin, as requests with credentials need
            allow_credentials=True,
            allow_methods=["*"],
            allow_headers=["*"],
            allow_private_network=True,  # a page on the web may reach a mock on this machine
            expose_headers=READABLE,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_own_page(scope["path"]):
            await self._closed(scope, receive, send)
        elif value_of(scope["headers"], b"origin") is not None:
            await self._open(scope, receive, send)
        else:
            await self._closed(scope, receive, _varying(send))


def _varying(send: Send) -> Send:
    """Sends what a cache must not give to a page of another origin."""

    async def varying(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).add_vary_header("Origin")
        await send(message)

    return varying


class _Cors(CORSMiddleware):
    """With the documented error body."""

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        headers = {name: value for name, value in response.headers.items() if "content" not in name}
        message = bytes(response.body).decode()  # "Disallowed CORS method"
        return ErrorResponse(response.status_code, message, headers=headers).response()
