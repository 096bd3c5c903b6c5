"""Writes the journal: what each request to the API was, what it was answered, and what it changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from deals_spec import Contract
from mock_server.auth import Tokens, bearer
from mock_server.domain.world import User
from mock_server.errors import Unauthorized
from mock_server.journal import MOST_BYTES, Entry, Message
from mock_server.transport.faulty import without_socket
from mock_server.transport.known_routes import is_below
from mock_server.transport.scope import ANSWERED_BY, CONTEXT, CUT, SENT_BY, WORLD_IN_PATH, store_of

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
        sent = Sent()
        answer: list[bytes] = []
        start: Event = {"status": NO_RESPONSE, "headers": ()}
        close: Callable[[], None] = scope["extensions"].get(CUT, without_socket)
        entered = False

        def enter() -> None:
            nonlocal entered
            if not entered:
                entered = True
                took = (time.perf_counter() - began) * 1000
                self._enter(scope, at, took, start, sent.whole if _has_body(scope) else b"", _whole(answer))

        async def hearing() -> Event:
            return sent.heard(await receive())

        async def saying(event: Event) -> None:
            nonlocal start
            if event["type"] == "http.response.start":
                start = event
            else:
                answer.append(event.get("body", b""))
                if not event.get("more_body"):
                    if _has_body(scope) and not _waits(scope):
                        await sent.take_the_rest(receive)
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
        user, transaction = context.get("user") or self._sender(scope), context.get("transaction")
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
                below=f"/worlds/{store.name}" if WORLD_IN_PATH in scope["extensions"] else "",
            )
        )

    def _sender(self, scope: Scope) -> User | None:
        """Who has sent a request that was answered before anybody has looked at its token."""
        store = store_of(scope)
        try:
            token = bearer(Headers(scope=scope).get("authorization"))
            return Tokens(store.clock).read(token, store.current)
        except Unauthorized:
            return None

    def _operation(self, scope: Scope) -> str | None:
        """The operation of a request, also if a fault has kept it from being routed."""
        routed: str | None = scope["extensions"].get("connexion_routing", {}).get("operation_id")
        if routed is not None:
            return routed
        path = scope["path"].removeprefix(self._contract.base_path)
        operation = self._contract.match(scope["method"], path)
        return operation.id if operation else None


class Sent:
    """What has been read of the body of a request."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._is_whole = False

    def heard(self, event: Event) -> Event:
        """Remember what this event brings; the event."""
        if event["type"] == "http.request":
            self._parts.append(event.get("body", b""))
            self._is_whole = not event.get("more_body")
        return event

    @property
    def whole(self) -> bytes | None:
        """The body; None if it has not been read to its end."""
        return _whole(self._parts) if self._is_whole else None

    async def take_the_rest(self, receive: Receive) -> None:
        """Read what has arrived of a body that nobody has read, without waiting for more of it."""
        while not self._is_whole and sum(map(len, self._parts)) <= MOST_BYTES:
            next_ = asyncio.ensure_future(receive())
            await asyncio.sleep(0)  # lets it run until it has to wait
            if not next_.done():
                next_.cancel()
                return
            if self.heard(next_.result())["type"] != "http.request":
                return


def _has_body(scope: Scope) -> bool:
    """Whether a request comes with a body."""
    return not {b"content-length", b"transfer-encoding"}.isdisjoint(name for name, _ in scope["headers"])


def _waits(scope: Scope) -> bool:
    """Whether the client sends the body only if it is asked for it."""
    return any(name == b"expect" for name, _ in scope["headers"])


def _whole(parts: list[bytes]) -> bytes | None:
    """A body, unless it is too large to be kept: copying that would keep others waiting."""
    return b"".join(parts) if sum(map(len, parts)) <= MOST_BYTES else None
