"""Writes the journal: what each request to the API was, what it was answered, and what it changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from deals_spec import Contract
from mock_server.journal import MOST_BYTES, Entry, Message
from mock_server.transport.faulty import without_socket
from mock_server.transport.known_routes import is_below
from mock_server.transport.scope import ANSWERED_BY, CONTEXT, CUT, SENT_BY, store_of

NO_RESPONSE: Final = 0  # the status of a request whose connection was cut, in HAR, too


class Journaling:
    """ASGI middleware: adds an entry to the journal of the world, before its client can know the end."""

    def __init__(self, app: ASGIApp, contract: Contract) -> None:
        self.app = app
        self._contract = contract

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_below(self._contract.base_path, scope["path"]):
            await self.app(scope, receive, send)
            return
        # One dictionary for all layers, so that the operation and the user are visible here.
        scope["extensions"] = dict(scope["extensions"])
        began, at = time.perf_counter(), datetime.now(UTC)
        sent: list[bytes] = []
        answer: list[bytes] = []
        start: Event = {"status": NO_RESPONSE, "headers": ()}
        close: Callable[[], None] = scope["extensions"].get(CUT, without_socket)
        entered = False

        def enter() -> None:
            nonlocal entered
            if not entered:
                entered = True
                took = (time.perf_counter() - began) * 1000
                self._enter(scope, at, took, start, _whole(sent), _whole(answer))

        async def hearing() -> Event:
            event = await receive()
            sent.append(event.get("body", b""))
            return event

        async def saying(event: Event) -> None:
            nonlocal start
            if event["type"] == "http.response.start":
                start = event
            else:
                answer.append(event.get("body", b""))
                if not event.get("more_body"):
                    enter()
            await send(event)

        def cutting() -> None:
            enter()
            close()

        scope["extensions"][CUT] = cutting
        try:
            await self.app(scope, hearing, saying)
        finally:
            enter()  # if the client has gone away

    def _enter(
        self, scope: Scope, at: datetime, took: float, start: Event, sent: bytes | None, answer: bytes | None
    ) -> None:
        store = store_of(scope)
        context: dict[str, Any] = scope["extensions"][CONTEXT]
        user, transaction = context.get("user"), context.get("transaction")
        store.journal.add(
            Entry(
                number=store.journal.next_number(),
                at=at,
                milliseconds=took,
                method=scope["method"],
                path=scope["path"],
                query=scope["query_string"].decode("utf-8", "replace"),
                status=start["status"],
                request=Message(scope["headers"], sent),
                response=Message(start["headers"], answer),
                operation=self._operation(scope),
                person=user.email if user else None,
                step=transaction.step if transaction else None,
                answered_by=context.get(ANSWERED_BY, "api"),
                sent_by=context.get(SENT_BY, "client"),
            )
        )

    def _operation(self, scope: Scope) -> str | None:
        """The operation of a request, also if a fault has kept it from being routed."""
        routed: str | None = scope["extensions"].get("connexion_routing", {}).get("operation_id")
        if routed is not None:
            return routed
        path = scope["path"].removeprefix(self._contract.base_path)
        operation = self._contract.match(scope["method"], path)
        return operation.id if operation else None


def _whole(parts: list[bytes]) -> bytes | None:
    """A body, unless it is too large to be kept: copying that would keep others waiting."""
    return b"".join(parts) if sum(map(len, parts)) <= MOST_BYTES else None
