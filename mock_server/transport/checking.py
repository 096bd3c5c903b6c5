"""Checks responses: what leaves the mock conforms to the contract, or is a server error."""

from __future__ import annotations

import codecs
import json
import logging
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from werkzeug.http import parse_options_header

from mock_server.checked_json import Written
from mock_server.contract import CompiledOperation, MockContract
from mock_server.errors import ErrorResponse
from mock_server.header_fields import value_of
from mock_server.schemas import Validator
from mock_server.transport.aside import aside
from mock_server.transport.atomic import transaction_of
from mock_server.transport.scope import CONTEXT, WRITTEN, operation_of

SHORT = 4_000  # bytes of a body or an outline: what was wrong with it is remembered
PIECE = 250_000  # bytes that are sent at once: others need not wait until a long body is on its way
log = logging.getLogger(__name__)


def breach(operation: CompiledOperation, status: int, content_type: str, *body: bytes) -> str | None:
    """How this response, its body in pieces, violates the contract, or None; checked parts may be marks."""
    if status not in operation.responses:
        return "the contract does not declare this status"
    declared = operation.responses[status]
    kind, _ = parse_options_header(content_type)
    if not declared and not any(body):
        return None
    if kind not in declared:
        return f"the contract does not declare the content type {kind or '(none)'}"
    check = _wrong if sum(map(len, body)) <= SHORT else _wrong.__wrapped__
    return check(declared[kind], kind, *body)


@lru_cache(maxsize=1000)
def _wrong(schema: Validator, kind: str, *body: bytes) -> str | None:
    """What is wrong with a body; the outline of a response is mostly that of an earlier one."""
    try:
        value = _value(kind, body, schema)
    except ValueError as error:
        return f"the body cannot be read: {error}"
    return "; ".join(schema.errors(value).values()) or None


def _value(kind: str, body: Sequence[bytes], schema: Validator) -> Any:
    """The value of a body; raises ValueError if it has none."""
    if kind == "application/json":
        return json.loads(b"".join(body))
    texts = codecs.iterdecode(body, "utf-8")
    if schema.takes_any_text:
        return "".join(text[:0] for text in texts)  # a long one would be copied several times in one go
    return "".join(texts)


class ResponseChecker:
    """ASGI middleware that checks every response of the contract's operations."""

    def __init__(self, app: ASGIApp, contract: MockContract) -> None:
        self.app = app
        self._contract = contract

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # One dictionary for all layers, so that the routing below is visible here.
        scope["extensions"] = dict(scope.get("extensions") or {})
        held: list[Message] = []

        async def checking(message: Message) -> None:
            operation_id = operation_of(scope)
            if operation_id is None:
                await send(message)
                return
            held.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                await self._release(self._contract.compiled[operation_id], held, scope, send)

        await self.app(scope, receive, checking)

    async def _release(
        self, operation: CompiledOperation, held: list[Message], scope: Scope, send: Send
    ) -> None:
        start, *parts = held
        content_type = value_of(start["headers"], b"content-type") or ""
        body = [part.get("body", b"") for part in parts]
        size = sum(map(len, body))
        checked = _outline(scope, body)
        found = await aside(size, breach, operation, start["status"], content_type, *checked)
        transaction = transaction_of(scope)
        if found:
            log.error("%s returned %s, but %s", operation.id, start["status"], found)
            if transaction:
                transaction.roll_back()
            await ErrorResponse(500, "Server error").response()(scope, _nothing, send)
            return
        if transaction:
            transaction.publish()
        await send(start)
        sent = 0
        for piece in _short(body):
            sent += len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": sent < size})
        if not size:
            await send({"type": "http.response.body"})


def _outline(scope: Scope, body: list[bytes]) -> list[bytes]:
    """The outline of this very body; the body itself if it was written in another way."""
    made: Written | None = scope["extensions"].get(CONTEXT, {}).get(WRITTEN)
    return [made.outline] if made and made.pieces == body else body


def _short(body: list[bytes]) -> Iterator[bytes]:
    """The pieces of a body, none of them empty or long."""
    return (piece[at : at + PIECE] for piece in body for at in range(0, len(piece), PIECE))


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
