"""A walk over the API, written down: what a client asks, and what it gets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, reduce, wraps
from typing import Any

import httpx

from mock_server.app import create_app
from mock_server.auth import Tokens
from mock_server.contract import Contract
from mock_server.domain.world import World
from mock_server.mutations import Mutation
from mock_server.mutations.http_exchange import operation_at, routes_of
from mock_server.worlds import Worlds
from tests.mock_server.conftest import NOW, PEOPLE, contract


@dataclass(frozen=True)
class Exchange:
    """A request, and its answer; without an operation, if the contract has none for it."""

    operation: str | None
    asked: str
    status: int
    content_type: str
    headers: Mapping[str, str]
    body: str


class TickingClock:
    """Stands still during a request, and goes on by a second before the next."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


class Sound:
    """No mutation at all, in the place of one: the answers are not checked, as with any."""

    def contract(self, sound: Contract) -> Contract:
        return sound

    def handlers(self, sound: Mapping[str, Any]) -> Mapping[str, Any]:
        return sound

    def middlewares(self, _: Contract) -> list[Any]:
        return []


class Switch:
    """A seat for one mutation after another: making an app takes longer than walking over it."""

    def contract(self, sound: Contract) -> Contract:
        self._contract = sound
        return sound

    def handlers(self, sound: Mapping[str, Any]) -> Mapping[str, Any]:
        self._sound = sound
        return {id_: self._dispatching(id_, handler) for id_, handler in sound.items()}

    def middlewares(self, _: Contract) -> list[Any]:
        return [self._stand_in_front]

    def to(self, mutation: Any) -> None:
        """From now on this mutation is on."""
        self._handlers = mutation.handlers(self._sound)
        self._wrappers = mutation.middlewares(self._contract)
        self._front = None

    def _stand_in_front(self, app: Any) -> Any:
        async def front(*request: Any) -> None:
            if self._front is None:
                self._front = reduce(lambda inner, wrapper: wrapper(inner), self._wrappers, app)
            await self._front(*request)

        return front

    def _dispatching(self, id_: str, handler: Any) -> Any:
        @wraps(handler)
        def dispatch(**arguments: Any) -> Any:
            return self._handlers[id_](**arguments)

        return dispatch


@dataclass
class Office:
    """A mock, its clock and its store."""

    app: Any
    clock: TickingClock
    worlds: Worlds
    switch: Switch | None = None


def office(mutation: Any) -> Office:
    """A mock of its own with a mutation."""
    clock, worlds = TickingClock(), Worlds(World())
    app = create_app(contract(), worlds, clock, mutation=mutation)
    return Office(app, clock, worlds, mutation if isinstance(mutation, Switch) else None)


@cache
def shared() -> Office:
    """The one mock for all mutations that are not in the contract."""
    return office(Switch())


@dataclass
class Walker:
    """Somebody who walks over the API, and writes it down."""

    client: httpx.AsyncClient
    office: Office
    tokens: Mapping[str, str]
    exchanges: list[Exchange] = field(default_factory=list)
    person: str = "admin"

    async def send(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """Any request; `token` stands in for the person's."""
        self.office.clock.at += timedelta(seconds=1)
        token = kwargs.pop("token", self.tokens.get(self.person))
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= kwargs.pop("headers", {})
        answer = await self.client.request(method, f"/api{path}", headers=headers, **kwargs)
        operation = operation_at(routes(), {"method": method, "path": answer.request.url.path})
        kind = answer.headers.get("content-type", "")
        asked = f"{method} {path} {kwargs}"
        self.exchanges.append(
            Exchange(operation, asked, answer.status_code, kind, dict(answer.headers), answer.text)
        )
        return answer

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.send("GET", path, **({"params": query} if query else {}))

    async def post(self, path: str, body: Any = None, **kwargs: Any) -> httpx.Response:
        return await self.send("POST", path, **({} if body is None else {"json": body}), **kwargs)

    async def put(self, path: str, body: Any) -> httpx.Response:
        return await self.send("PUT", path, json=body)

    async def delete(self, path: str, **kwargs: Any) -> httpx.Response:
        return await self.send("DELETE", path, **kwargs)

    async def upload(self, text: str) -> httpx.Response:
        return await self.post("/deals/import", files={"file": ("deals.csv", text.encode(), "text/csv")})


Walk = Callable[[Walker], Awaitable[None]]


@cache
def routes() -> Any:
    return routes_of(contract().operations)


def walked(walk: Walk, world: World, mutation: Mutation | None = None) -> list[Exchange]:
    """What is written down of this walk over the world, under a mutation or none."""
    there = shared() if mutation is None or mutation.changes is None else office(mutation)
    if there.switch:
        there.switch.to(mutation or Sound())
    there.clock.at = NOW
    there.worlds.commit(lambda _: world)
    tokens = {person: Tokens(there.clock).issue(world.users[id_]) for person, id_ in PEOPLE.items()}

    async def go() -> list[Exchange]:
        transport = httpx.ASGITransport(there.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock", trust_env=False) as client:
            walker = Walker(client, there, tokens)
            await walk(walker)
            return walker.exchanges

    return asyncio.run(go())


def world_after(walk: Walk, world: World) -> World:
    """The world that a walk over the sound mock makes of this one."""
    walked(walk, world)
    return shared().worlds.current
