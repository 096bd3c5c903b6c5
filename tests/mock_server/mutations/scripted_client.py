"""Sessions with the API: scripted lists of requests, and the recorded exchanges."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx

from mock_server.domain.world import World
from mock_server.mutations import Mutation
from mock_server.mutations.http_exchange import operation_at
from tests.mock_server.conftest import contract
from tests.mock_server.mutations.mutable_mock import MutableMock


@dataclass(frozen=True)
class Exchange:
    """A request and its response; `operation` is None if the contract has no such operation."""

    operation: str | None
    request: str
    status: int
    content_type: str
    headers: Mapping[str, str]
    body: str


@dataclass
class ScriptedClient:
    """A client that sends the requests of a session and records the exchanges."""

    http: httpx.AsyncClient
    mock: MutableMock
    exchanges: list[Exchange] = field(default_factory=list)
    person: str = "admin"

    @property
    def tokens(self) -> Mapping[str, str]:
        return self.mock.tokens

    async def send(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """Send a request; `token` overrides the token of the current person."""
        self.mock.clock.tick()  # the clock does not move during a request
        token = kwargs.pop("token", self.tokens.get(self.person))
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= kwargs.pop("headers", {})
        response = await self.http.request(method, f"/api{path}", headers=headers, **kwargs)
        operation = operation_at(contract(), method, response.request.url.path)
        kind = response.headers.get("content-type", "")
        request = f"{method} {path} {kwargs}"
        self.exchanges.append(
            Exchange(operation, request, response.status_code, kind, dict(response.headers), response.text)
        )
        return response

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


Session = Callable[[ScriptedClient], Awaitable[None]]


@cache
def shared() -> MutableMock:
    """One mock for all mutations that do not change the contract."""
    return MutableMock()


def exchanges_of(session: Session, world: World, mutation: Mutation | None = None) -> list[Exchange]:
    """The exchanges of this session with a mock of this world, with a mutation or without."""
    mock = MutableMock(mutation) if mutation and mutation.changes else shared()
    mock.begin(world, mutation)

    async def run() -> list[Exchange]:
        transport = httpx.ASGITransport(mock.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock", trust_env=False) as http:
            client = ScriptedClient(http, mock)
            await session(client)
            return client.exchanges

    return asyncio.run(run())


def world_after(session: Session, world: World) -> World:
    """The world after a session with the unmodified mock."""
    exchanges_of(session, world)
    return shared().world
