"""Lets a colleague change the deal that a client has just read, before the client has the whole response."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deals_spec import Contract, Operation
from mock_server.auth import Tokens
from mock_server.colleagues import Colleague
from mock_server.domain.pipeline import stages_in_order
from mock_server.domain.world import Deal, User, World
from mock_server.store import Store
from mock_server.transport.routing import is_below
from mock_server.transport.scope import CONTEXT, SENT_BY, STORE, store_of

OPERATIONS: Final = {"move": "moveDealToStage", "edit": "updateDeal", "delete": "deleteDeal"}
EDITED: Final = "Edited by"


class ColleagueAtWork:
    """ASGI middleware: after a successful read of a deal, whoever waits for it sends a request of their own.

    That request passes the same layers as any other, and is in the journal. The end of the response waits
    for it, so that whatever the client asks next comes later.
    """

    def __init__(self, app: ASGIApp, contract: Contract) -> None:
        self.app = app
        self._contract = contract

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        base = self._contract.base_path
        store = store_of(scope) if scope["type"] == "http" else None
        if store is None or not store.colleagues or not is_below(base, scope["path"]):
            await self.app(scope, receive, send)
            return
        operation = self._contract.match(scope["method"], scope["path"].removeprefix(base))
        if operation is None or operation.writes:
            await self.app(scope, receive, send)
            return
        untouched = dict(scope)  # layers below write to it
        parts: list[bytes] = []
        status = 0

        async def holding(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            parts.append(message.get("body", b""))
            is_end = message["type"] == "http.response.body" and not message.get("more_body")
            if is_end and status == 200:
                reader: User | None = scope["extensions"][CONTEXT].get("user")
                await self._visit(untouched, store, operation, reader, b"".join(parts))
            await send(message)

        await self.app(scope, receive, holding)

    async def _visit(
        self, scope: Scope, store: Store, operation: Operation, reader: User | None, answer: bytes
    ) -> None:
        """Let everybody act who waits for a deal that was read."""
        read = list(dict.fromkeys(_deals_read(operation, scope["path"], answer)))
        for colleague in store.colleagues.waiting_for(operation.id):
            world = store.current
            ids = [id_ for id_ in read if colleague.deal in (None, id_) and id_ in world.deals]
            person = next((user for user in world.users if user != reader), reader)
            if ids and person and store.colleagues.remove(colleague.number):
                request = _request(colleague, world.deals[ids[0]], person, world)
                await self._send(scope, store, person, *request)

    async def _send(
        self, scope: Scope, store: Store, person: User, kind: str, deal_id: int, body: Any
    ) -> None:
        operation = self._contract.operations[kind]
        path = self._contract.base_path + operation.path.replace("{id}", str(deal_id))
        token = Tokens(store.clock).issue(person)
        sent = json.dumps(body).encode() if body is not None else b""
        own: dict[str, Any] = {
            "method": operation.method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [
                (b"authorization", f"Bearer {token}".encode()),
                (b"content-type", b"application/json"),
                (b"content-length", str(len(sent)).encode()),
            ],
            "extensions": {CONTEXT: {STORE: store, SENT_BY: "colleague"}},
        }

        async def receive() -> Message:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def unheard(_: Message) -> None:
            """The colleague's own response is in the journal."""

        await self.app({**scope, **own}, receive, unheard)


def _request(
    colleague: Colleague, deal: Deal, person: User, world: World
) -> tuple[str, int, dict[str, Any] | None]:
    """The operation, the deal and the body of what a colleague does."""
    body: dict[str, Any] | None = None
    if colleague.does == "move":
        body = {"stage_id": colleague.stage_id or _next_stage(deal, world)}
    elif colleague.does == "edit":
        edited = {"name": f"{EDITED} {person.name}"}
        body = {"name": deal.name, "stage_id": deal.stage_id, **(colleague.fields or edited)}
    return OPERATIONS[colleague.does], deal.id, body


def _next_stage(deal: Deal, world: World) -> int:
    """The stage to the right of a deal's on the board; the first, if there is none."""
    ids = [stage.id for stage in stages_in_order(world)]
    return ids[(ids.index(deal.stage_id) + 1) % len(ids)]


def _deals_read(operation: Operation, path: str, answer: bytes) -> Iterator[int]:
    """The ids of the deals that a response shows, in order; the one in the path first."""
    in_path = dict(zip(reversed(operation.path.split("/")), reversed(path.split("/")), strict=False)).get(
        "{id}"
    )
    if in_path is not None:
        yield int(in_path)
    try:
        yield from _ids(json.loads(answer))
    except ValueError:  # a file
        return


def _ids(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        if "id" in value and "stage_name" in value:
            yield value["id"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _ids(part)
