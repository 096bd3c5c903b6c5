"""Errors from every layer, rendered as the documented error body."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from http.client import responses
from itertools import islice
from typing import Any, ClassVar

from starlette.exceptions import HTTPException as StarletteError
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from werkzeug.exceptions import HTTPException as WerkzeugError

from mock_server.domain.refusals import Invalid, Missing
from mock_server.framework import ProblemException

MOST_FIELDS = 100  # invalid fields that a response names
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """An error response."""

    status: int
    message: str
    errors: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        """The documented error body, with `errors` only if fields are invalid."""
        body: dict[str, Any] = {"success": False, "message": self.message}
        if self.errors:
            body["errors"] = dict(self.errors)
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")

    def response(self) -> Response:
        """The complete response."""
        return Response(self.body(), self.status, dict(self.headers), "application/json")


class Rejection(Exception):
    """A request that is rejected before it reaches the domain."""

    status: ClassVar[int]
    headers: Mapping[str, str] = {}


class BadRequest(Rejection):
    """The request cannot be parsed."""

    status = 400


class Unauthorized(Rejection):
    """The token is missing or invalid."""

    status = 401
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}


class Forbidden(Rejection):
    """The user may not do this."""

    status = 403


class NotFound(Rejection):
    """Nothing exists at this path."""

    status = 404

    def __init__(self) -> None:
        super().__init__("Not found")


class MethodNotAllowed(Rejection):
    """The path does not support this method."""

    status = 405

    def __init__(self, allow: Mapping[str, str]) -> None:
        super().__init__("Method not allowed")
        self.headers = allow


@singledispatch
def error_response(error: Exception) -> ErrorResponse:
    """The response to an exception; an unexpected one is a server error."""
    return ErrorResponse(500, "Server error")


@error_response.register
def _(error: Rejection) -> ErrorResponse:
    return ErrorResponse(error.status, str(error), headers=error.headers)


@error_response.register
def _(error: Missing) -> ErrorResponse:
    return ErrorResponse(404, str(error))


@error_response.register
def _(error: Invalid) -> ErrorResponse:
    shown = dict(islice(error.errors.items(), MOST_FIELDS))
    more = len(error.errors) - len(shown)
    message = f"{error}: {more} more fields are invalid" if more else str(error)
    return ErrorResponse(422, message, errors=shown)


@error_response.register
def _(error: StarletteError) -> ErrorResponse:
    return ErrorResponse(error.status_code, phrase(error.status_code), headers=error.headers or {})


@error_response.register
def _(error: ProblemException) -> ErrorResponse:
    return ErrorResponse(error.status, phrase(error.status))


@error_response.register
def _(error: WerkzeugError) -> ErrorResponse:
    code = error.code or 500
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return ErrorResponse(code, phrase(code), headers=headers)


def phrase(status: int) -> str:
    """`Not found` for 404; a status that has no name is its number."""
    name = responses.get(status, f"Status {status}")
    return "Server error" if status == 500 else name.capitalize()


class Errors:
    """ASGI middleware: an exception from any layer below becomes its documented response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def noticing(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, noticing)
        except ClientDisconnect:
            return  # nobody is left to receive a response
        except Exception as error:
            if started:
                raise
            reply = error_response(error)
            if reply.status >= 500:
                log.error("Unhandled exception in %s %s", scope["method"], scope["path"], exc_info=error)
            await reply.response()(scope, receive, send)
