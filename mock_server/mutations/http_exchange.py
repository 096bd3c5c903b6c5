"""HTTP requests and responses, for mutations that wrap the whole exchange."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deals_spec import Contract
from mock_server.mutations.memories import Memories
from mock_server.transport.scope import store_of


@dataclass(frozen=True, slots=True)
class HttpReply:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The JSON body, parsed."""
        return json.loads(self.body)

    def with_json(self, value: Any) -> HttpReply:
        """This response with another JSON body."""
        return replace(self, body=json.dumps(value, ensure_ascii=False).encode())

    def with_headers(self, **headers: str) -> HttpReply:
        """This response with other headers (`content_type="text/html"`)."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to an operation; `memory` is kept as long as its world is there."""

    operation: str
    scope: Scope
    body: bytes
    memory: dict[Any, Any]
    app: ASGIApp

    async def forward(self) -> HttpReply:
        """Forward the request to the mock, and return its response."""
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await self.app(_copied(self.scope), _receiving(self.body), collect)
        headers = dict(Headers(raw=messages[0]["headers"]).items())
        headers.pop("content-length", None)
        return HttpReply(
            messages[0]["status"], headers, b"".join(part.get("body", b"") for part in messages[1:])
        )

    @property
    def path(self) -> str:
        """The path."""
        path: str = self.scope["path"]
        return path

    @property
    def query(self) -> dict[str, str]:
        """The query parameters as they were sent."""
        return dict(parse_qsl(self.scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def json(self) -> Any:
        """The JSON body, parsed; None if it is not valid JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the body; empty if it is not an object."""
        value = self.json
        return value if isinstance(value, dict) else {}

    @property
    def text(self) -> str:
        """All text that a user may have entered: the query and the body."""
        return " ".join([*self.query.values(), json.dumps(self.json, ensure_ascii=False)])

    @property
    def authorization(self) -> str:
        """The Authorization header."""
        return Headers(scope=self.scope).get("authorization", "")

    def with_query(self, **query: str) -> HttpRequest:
        """This request with other query parameters."""
        text = urlencode({**self.query, **query}).encode()
        return replace(self, scope={**self.scope, "query_string": text})

    def with_fields(self, **fields: Any) -> HttpRequest:
        """This request with other fields in its body."""
        return replace(self, body=json.dumps({**self.fields, **fields}).encode())

    def without_fields(self, *fields: str) -> HttpRequest:
        """This request without these fields in its body."""
        left = {name: value for name, value in self.fields.items() if name not in fields}
        return replace(self, body=json.dumps(left).encode())

    def with_path(self, path: str) -> HttpRequest:
        """This request with another path."""
        return replace(self, scope={**self.scope, "path": path, "raw_path": path.encode()})

    def with_authorization(self, value: str) -> HttpRequest:
        """This request with another Authorization header."""
        others = [header for header in self.scope["headers"] if header[0] != b"authorization"]
        headers = [*others, (b"authorization", value.encode("latin-1"))]
        return replace(self, scope={**self.scope, "headers": headers})


class HttpWrapper:
    """ASGI middleware that passes the requests to some operations to a function."""

    def __init__(
        self,
        app: ASGIApp,
        contract: Contract,
        only: Collection[str],
        wrap: Callable[[HttpRequest], Awaitable[HttpReply]],
    ) -> None:
        self.app = app
        self._contract = contract
        self._only = only
        self._wrap = wrap
        self._memories = Memories()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation = self._operation(scope)
        if operation not in self._only or operation is None:
            await self.app(scope, receive, send)
            return
        body = await _whole_body(receive)
        if body is None:
            return  # the client has disconnected
        memory = self._memories.of(store_of(scope))
        reply = await self._wrap(HttpRequest(operation, scope, body, memory, self.app))
        await Response(reply.body, reply.status, dict(reply.headers))(scope, receive, send)

    def _operation(self, scope: Scope) -> str | None:
        if scope["type"] != "http":
            return None
        return operation_at(self._contract, scope["method"], scope["path"])


def operation_at(contract: Contract, method: str, path: str) -> str | None:
    """The ID of the operation that a request matches; its path begins with the base path."""
    if not path.startswith(contract.base_path):
        return None
    operation = contract.match(method, path.removeprefix(contract.base_path))
    return operation.id if operation else None


async def _whole_body(receive: Receive) -> bytes | None:
    chunks: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def _copied(scope: Scope) -> Scope:
    """A copy of the scope, because the app writes to it, and a request may be forwarded twice."""
    return {**scope, "extensions": dict(scope.get("extensions") or {})}


def _receiving(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
