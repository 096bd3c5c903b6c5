"""The stream of a world, as server-sent events: its requests, and that something has changed.

It looks for news a few times a second, instead of being told. So nothing else has to know of it, a change
is noticed whoever has made it and in whatever thread, and a mock that nobody watches does nothing for it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any, Final

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from mock_server.contract import MockContract
from mock_server.control.responses import request_line, world_body
from mock_server.domain.refusals import Invalid
from mock_server.transport.scope import ENDLESS, store_of
from mock_server.worlds import Worlds

PAUSE: Final = 0.2  # seconds between two looks
HEARTBEAT: Final = 10.0  # seconds without an event until a comment shows that the stream is alive
EARLIER: Final = 50  # requests that a client sees at once, unless it says which it has seen
MOST_CHANGES: Final = 20  # of one request
NEVER: Final = -1  # that a clearing has been told
HEADERS: Final = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]


class Watch:
    """What is new in a world since it was last asked."""

    def __init__(self, worlds: Worlds, contract: MockContract, name: str, since: int | None) -> None:
        self._worlds = worlds
        self._contract = contract
        self._name = name
        self._store = worlds.named(name)
        journal = self._store.journal
        missed = since and (since <= journal.cleared or since > journal.latest)
        self._cleared = NEVER if missed else journal.cleared
        seen = journal.latest - EARLIER if since is None else since
        self._since = seen if missed else max(journal.cleared, seen)
        self._world, self._state = self._store.current, self._rest()
        self.over = False

    def news(self) -> Iterator[bytes]:
        """The events."""
        store = self._worlds.get(self._name)
        if store is None:  # until somebody names it again; the stream must not do that
            self.over = True
            yield event("deleted", {})
            return
        if store is not self._store or store.journal.cleared != self._cleared:
            before = self._store.journal
            yield from self._requests(before.cleared if store is self._store else before.latest)
            self._store, self._since, self._cleared = store, store.journal.cleared, store.journal.cleared
            yield event("cleared", {})
        yield from self._requests(store.journal.latest)
        world, state = store.current, self._rest()
        if world is not self._world or state != self._state:
            self._world, self._state = world, state
            yield event("changed", world_body(store))

    def _requests(self, last: int) -> Iterator[bytes]:
        """The requests up to this number that were not told yet."""
        for entry in self._store.journal.between(self._since, last):
            self._since = entry.number
            line = request_line(entry, self._store.past, self._contract)
            more = line["changes"][MOST_CHANGES:]
            line |= {
                "changes": line["changes"][:MOST_CHANGES],
                "changes_omitted": line["changes_omitted"] + len(more),
            }
            yield event("request", line, entry.number)

    def _rest(self) -> tuple[Any, ...]:
        """What else than the records of the world is shown."""
        store, worlds = self._store, self._worlds
        faults = [
            [(each.number, each.happened) for each in faults] for faults in (store.faults, worlds.faults)
        ]
        colleagues = [each.number for each in store.colleagues]
        return store.clock.setting, faults, colleagues, list(store.past.snapshots), set(worlds.names)


def event(name: str, data: Any, id_: int | None = None) -> bytes:
    """One event as it is sent; a client that connects again tells the last id that it has seen."""
    head = "" if id_ is None else f"id: {id_}\n"
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n".encode()


async def send_events(
    worlds: Worlds, contract: MockContract, scope: Scope, receive: Receive, send: Send
) -> None:
    """Send the events of the request's world until the client goes away or the world is deleted."""
    watch = Watch(worlds, contract, store_of(scope).name, _since(Request(scope)))
    scope["extensions"].get(ENDLESS, lambda: None)()
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    gone = asyncio.ensure_future(_gone(receive))
    time = asyncio.get_running_loop().time
    said, text = time(), b"retry: 1000\n\n"
    try:
        while not gone.done():
            text += b"".join(watch.news())
            if not text and time() - said > HEARTBEAT:
                text = b": still here\n\n"
            if text:
                await send({"type": "http.response.body", "body": text, "more_body": not watch.over})
                said, text = time(), b""
            if watch.over:
                return
            await asyncio.wait([gone], timeout=PAUSE)
    finally:
        gone.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _since(request: Request) -> int | None:
    """The number of the last request that the client has seen, if it says so."""
    told = request.headers.get("last-event-id") or request.query_params.get("since")
    if told is None:
        return None
    if not (told.isascii() and told.isdigit() and len(told) < 16):
        raise Invalid({"since": "since must be the number of a request"})
    return int(told)
