"""Lets faults happen: before a request reaches the API, or to the response on its way back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deals_spec import Contract
from mock_server.errors import ErrorResponse, phrase
from mock_server.faults import Faults, Trouble
from mock_server.transport.preferences import examples
from mock_server.transport.routing import is_below
from mock_server.transport.scope import ANSWERED_BY, CONTEXT, CUT, SENT_BY, store_of


class ConnectionCutError(ConnectionError):
    """The connection is cut on purpose, where there is no socket that could be closed."""


class Faulty:
    """ASGI middleware: the faults of the request's world, and those of all worlds (`everywhere`).

    `with_defect` returns the application that has a defect of the catalogue.
    """

    def __init__(
        self, app: ASGIApp, contract: Contract, everywhere: Faults, with_defect: Callable[[str], ASGIApp]
    ) -> None:
        self.app = app
        self._contract = contract
        self._everywhere = everywhere
        self._with_defect = with_defect

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        base = self._contract.base_path
        if scope["type"] != "http" or not is_below(base, scope["path"]) or scope["method"] == "OPTIONS":
            await self.app(scope, receive, send)
            return
        own = store_of(scope).faults
        is_colleague = SENT_BY in scope["extensions"][CONTEXT]  # who has no trouble
        if is_colleague or not (own or self._everywhere):
            await self.app(scope, receive, send)
            return
        operation = self._contract.match(scope["method"], scope["path"].removeprefix(base))
        trouble = Trouble()
        for faults in (own, self._everywhere):
            faults.add_to(trouble, operation.id if operation else None, time.monotonic())
        await asyncio.sleep(trouble.delay)
        if trouble.cut or trouble.status is not None:
            scope["extensions"][CONTEXT][ANSWERED_BY] = "fault"
        if trouble.cut == "connection":
            await _cut(scope)
            return
        if trouble.cut == "body":
            send = _half(scope, send)
        defect = own.defect or self._everywhere.defect
        answer = self._with_defect(defect) if defect else self.app
        if trouble.status is not None:
            answer = self._response(operation.id if operation else None, trouble.status, trouble.retry_after)
        await answer(scope, receive, send)

    def _response(self, operation_id: str | None, status: int, retry_after: int | None) -> Response:
        """The contract's example of a status, or else the documented error body."""
        operation = self._contract.operations.get(operation_id or "")
        shown = examples(self._contract.document, operation) if operation else ()
        example = next((each for each in shown if each.status == status), None)
        response = example.response() if example else ErrorResponse(status, phrase(status)).response()
        if retry_after is not None:
            response.headers["Retry-After"] = str(retry_after)
        return response


async def without_socket() -> None:
    """What cuts the connection of an application that is called in its process."""
    raise ConnectionCutError


async def _cut(scope: Scope) -> None:
    await scope["extensions"][CUT]()
    await asyncio.sleep(0.01)  # until the server has noticed, so that it does not complain


def _half(scope: Scope, send: Send) -> Send:
    """Sends the response up to the middle of its body, and closes the connection then."""
    held: list[Message] = []

    async def half(message: Message) -> None:
        held.append(message)
        if message["type"] != "http.response.body" or message.get("more_body"):
            return
        start, *parts = held
        body = b"".join(part.get("body", b"") for part in parts)
        await send(start)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await _cut(scope)

    return half
