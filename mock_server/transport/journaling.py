"""Writes the journal: what each request to the API was, what it was answered, and what it changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from deals_spec import Contract
from mock_server.auth import Tokens, bearer
from mock_server.domain.world import User
from mock_server.errors import Unauthorized
from mock_server.header_fields import HeaderFields, by_name, value_of
from mock_server.journal import MOST_BYTES, Entry, Message
from mock_server.transport.faulty import without_socket
from mock_server.transport.reading import PUBLIC_BODY
from mock_server.transport.routing import is_below
from mock_server.transport.scope import (
    ANSWERED_BY,
    CONTEXT,
    CUT,
    SENT_BY,
    WORLD_IN_PATH,
    operation_of,
    store_of,
)

LONGEST_WAIT: Final = 0.2  # seconds, for a body that has not arrived when its request is answered
HAS_BODY: Final = frozenset({b"content-length", b"transfer-encoding"})  # one of these says so
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
        sent = Sent(scope, receive)
        answer: list[bytes] = []
        start: Event = {"status": NO_RESPONSE, "headers": ()}
        close: Callable[[], Awaitable[None]] = scope["extensions"].get(CUT, without_socket)
        entered = False

        def enter(ended: float) -> None:
            nonlocal entered
            if not entered:
                entered = True
                took = (ended - began) * 1000
                self._enter(scope, at, took, start, sent.whole, _whole(answer))

        async def end() -> None:
            ended = time.perf_counter()
            if not sent.is_whole:
                await sent.take_the_rest(MOST_BYTES if self._sender(scope) else PUBLIC_BODY)
            enter(ended)

        async def saying(event: Event) -> None:
            nonlocal start
            if event["type"] == "http.response.start":
                start = event
            else:
                answer.append(event.get("body", b""))
                if not event.get("more_body"):
                    await end()
            await send(event)

        async def cutting() -> None:
            await end()
            await close()

        scope["extensions"][CUT] = cutting
        try:
            await self.app(scope, sent.hear, saying)
        finally:
            enter(time.perf_counter())  # if the client has gone away
            del scope["extensions"][CUT]  # a cycle: without it, the garbage collector has nothing to do

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
                asked=_asked(scope),
            )
        )

    def _sender(self, scope: Scope) -> User | None:
        """Who has sent a request that was answered before anybody has looked at its token."""
        store = store_of(scope)
        try:
            token = bearer(value_of(scope["headers"], b"authorization"))
            return Tokens(store.clock).read(token, store.current)
        except Unauthorized:
            return None

    def _operation(self, scope: Scope) -> str | None:
        """The operation of a request, also if a fault has kept it from being routed."""
        routed = operation_of(scope)
        if routed is not None:
            return routed
        path = scope["path"].removeprefix(self._contract.base_path)
        operation = self._contract.match(scope["method"], path)
        return operation.id if operation else None


def _asked(scope: Scope) -> str:
    """The path as it was sent; its world, if it had one, stands before it again."""
    below = f"/worlds/{store_of(scope).name}" if WORLD_IN_PATH in scope["extensions"] else ""
    raw_path: bytes = scope["raw_path"]
    return below + raw_path.decode("ascii", "replace")


class Sent:
    """What has been read of the body of a request."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._headers: HeaderFields = scope["headers"]
        self._receive = receive
        self._parts: list[bytes] = []
        self.is_whole = HAS_BODY.isdisjoint(dict(self._headers))

    async def hear(self) -> Event:
        """The next event of the request; what it brings is remembered."""
        event = await self._receive()
        if event["type"] == "http.request":
            self._parts.append(event.get("body", b""))
            self.is_whole = not event.get("more_body")
        return event

    @property
    def whole(self) -> bytes | None:
        """The body; None if it has not been read to its end."""
        return _whole(self._parts) if self.is_whole else None

    async def take_the_rest(self, limit: int) -> None:
        """Read what nobody has read, if that is no more than the limit and comes soon.

        Most clients send a body right after its head, and so after an early answer was made.
        """
        headers = by_name(self._headers)
        announced = headers.get("content-length", "")
        if "expect" in headers or (announced.isdecimal() and int(announced[:20]) > limit):
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_WAIT):
                while not self.is_whole and _size(self._parts) <= limit:
                    if (await self.hear())["type"] != "http.request":
                        return


def _size(parts: list[bytes]) -> int:
    return sum(map(len, parts))


def _whole(parts: list[bytes]) -> bytes | None:
    """A body, unless it is too large to be kept: copying that would keep others waiting."""
    return b"".join(parts) if _size(parts) <= MOST_BYTES else None
