"""The end of a request: the handler of its operation is called, and what it returns becomes the response.

Connexion would pass each request to Flask as WSGI, where it is routed a second time and its handler is
wrapped in decorators made anew: two thirds of all the work for a request. What these do for handlers whose
arguments have been read above is little, and is here: path parameters by their Python names, what the layers
above have found, JSON.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any, Final

from flask import Flask, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from deals_spec import Operation
from mock_server.checked_json import written
from mock_server.domain.long_work import MANY, REFUSED, TakesLong
from mock_server.framework import pythonic
from mock_server.garbage import long_work
from mock_server.transport.scope import CONTEXT, WRITTEN, operation_of, store_of

JSON_HEADERS: Final = [("Content-Type", "application/json")]


@dataclass(frozen=True, slots=True)
class Call:
    """How a handler is called: which arguments it has (None: any), and which of them are in the path."""

    handler: Callable[..., Any]
    accepted: frozenset[str] | None
    in_path: Mapping[str, str]  # names in the contract → arguments

    @classmethod
    def of(cls, operation: Operation, handler: Callable[..., Any]) -> Call:
        """The call of an operation's handler, by its signature."""
        in_path = {name: pythonic(name) for name in operation.path_parameters}
        arguments = signature(handler).parameters
        takes_any = any(each.kind is Parameter.VAR_KEYWORD for each in arguments.values())
        return cls(handler, None if takes_any else frozenset(arguments), in_path)

    def answer(self, path: Mapping[str, Any], context: Mapping[str, Any]) -> Any:
        """What the handler returns for these path parameters and for what is known of the request."""
        accepted = context.keys() if self.accepted is None else self.accepted
        found = {name: value for name, value in context.items() if name in accepted}
        return self.handler(**found, **{self.in_path[name]: value for name, value in path.items()})


class Operations:
    """ASGI application: operations of the contract are handled here, in Flask's context; the rest is Flask's.

    Handlers only compute, so they run in the event loop; a thread would delay most of them without speeding
    up other requests. Where an operation `is_long`, it has a thread; one that turns out to be (`TakesLong`)
    is begun again in a thread. Anything that has to wait (a delay, a stream) belongs in an ASGI middleware
    above.
    """

    def __init__(
        self, flask: Flask, calls: Mapping[str, Call], pages: ASGIApp, is_long: Callable[[str, Scope], bool]
    ) -> None:
        self._flask = flask
        self._calls = calls
        self._pages = pages
        self._is_long = is_long

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation_id = operation_of(scope)
        if operation_id is None:
            await self._pages(scope, receive, send)
            return
        call = self._calls[operation_id]
        response = None if self._is_long(operation_id, scope) else self._soon(call, scope)
        if response is None:
            response = await asyncio.to_thread(self._in_time, call, scope)
        await send(response.start)
        *first, last = response.pieces
        for piece in first:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": last})

    def _soon(self, call: Call, scope: Scope) -> Answer | None:
        """The answer; None if it would take long to make, and nothing has been done."""
        before = REFUSED.set(True)
        try:
            return self._answer(call, scope)
        except TakesLong:
            return None
        finally:
            REFUSED.reset(before)

    def _in_time(self, call: Call, scope: Scope) -> Answer:
        """The answer, made in a thread."""
        with long_work():
            return self._answer(call, scope)

    def _answer(self, call: Call, scope: Scope) -> Answer:
        context: dict[str, Any] = scope["extensions"][CONTEXT]
        with self._flask.app_context():
            returned = call.answer(scope.get("path_params", {}), context)
        if isinstance(returned, Response):
            return Answer.of(returned)
        value, status = returned if isinstance(returned, tuple) else (returned, 200)
        made = context[WRITTEN] = written(value)
        return Answer(status, JSON_HEADERS, made.pieces)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, ready to be sent."""

    status: int
    headers: list[tuple[str, str]]
    pieces: Sequence[bytes]  # of the body; at least one

    @classmethod
    def of(cls, response: Response) -> Answer:
        """A handler's own response, such as a file."""
        headers = [(name, value) for name, value in response.headers if name != "Content-Length"]
        return cls(response.status_code, headers, [*response.iter_encoded()] or [b""])

    @property
    def start(self) -> dict[str, Any]:
        """The event that begins it."""
        headers = [*self.headers, ("Content-Length", str(sum(map(len, self.pieces))))]
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return {"type": "http.response.start", "status": self.status, "headers": raw}


def has_many_deals(scope: Scope) -> bool:
    """Whether what looks at all deals of the request's world takes long."""
    return len(store_of(scope).current.deals) > MANY
