"""The mock as its clients see it: over HTTP, as a user, with a fixed clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from mock_server.contract import MockContract
from mock_server.domain.world import World
from mock_server.store import Store
from mock_server.testing import build_mock
from mock_server.worlds import Worlds

NOW = datetime(2026, 2, 9, 12, tzinfo=UTC)  # the day on which the page's example is as the page shows it
PEOPLE = {"admin": 1, "manager": 2, "rep": 3}  # the first user of each role, whose tokens the mock prints


@cache
def contract() -> MockContract:
    """The contract, loaded once for all tests."""
    return MockContract.load()


@cache
def seeded(deals: int = 200, seed: int = 42) -> World:
    """The seeded world; it never changes, so all tests can share it."""
    return build_mock(deals=deals, seed=seed, now=NOW).world


@dataclass
class Api:
    """The mock, and the user who calls it."""

    client: TestClient
    worlds: Worlds
    tokens: Mapping[str, str]
    person: str = "admin"

    @property
    def store(self) -> Store:
        """The store of the base world."""
        return self.worlds.base

    @property
    def world(self) -> World:
        return self.store.current

    def as_(self, person: str) -> Api:
        """The same mock, called by another user (`"nobody"` has no token)."""
        return Api(self.client, self.worlds, self.tokens, person)

    def sign_in(self, email: str) -> Api:
        """The same mock, called by the user who signs in with this address."""
        answer = self.as_("nobody").post("/auth/login", {"email": email, "password": "password"})
        return Api(self.client, self.worlds, {email: answer.json()["token"]}, email)

    def send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **kwargs: Any
    ) -> httpx.Response:
        """Any request."""
        token = self.tokens.get(self.person)
        who = {"Authorization": f"Bearer {token}"} if token else {}
        return self.client.request(method, path, headers={**who, **(headers or {})}, **kwargs)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.send("GET", f"/api{path}", params=query)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> httpx.Response:
        return self.send("POST", f"/api{path}", **({"json": body} if body is not None else {}), **kwargs)

    def put(self, path: str, body: Any) -> httpx.Response:
        return self.send("PUT", f"/api{path}", json=body)

    def delete(self, path: str) -> httpx.Response:
        return self.send("DELETE", f"/api{path}")

    def data(self, path: str, **query: Any) -> Any:
        """The data of a successful response."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def ids(self, **query: Any) -> list[int]:
        """The ids of the deals on a page of the list, in order."""
        return [deal["id"] for deal in self.data("/deals", **{"per_page": 100, **query})]

    def create(self, **fields: Any) -> dict[str, Any]:
        """A new deal, as the response shows it."""
        answer = self.post("/deals", {"name": "A deal", "stage_id": 1, **fields})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()["data"]
        return made

    def move(self, deal_id: int, to: int) -> dict[str, Any]:
        """The deal, moved to another stage."""
        answer = self.put(f"/deals/{deal_id}/stage", {"stage_id": to})
        assert answer.status_code == 200, answer.text
        moved: dict[str, Any] = answer.json()["data"]
        return moved

    def upload(self, content: bytes, name: str = "deals.csv") -> httpx.Response:
        """Import a file."""
        return self.post("/deals/import", files={"file": (name, content, "text/csv")})


Start = Callable[[World], Api]


def mock_on(world: World, *, strict: bool = False) -> Api:
    """A mock on any world, called by the admin."""
    mock = build_mock(world=world, now=NOW, strict=strict)
    client = TestClient(mock.app, raise_server_exceptions=False)
    return Api(client, mock.worlds, {role: mock.token(role) for role in mock.contract.roles})


@pytest.fixture(scope="session")
def start() -> Start:
    """Starts a mock on any world."""
    return mock_on


@pytest.fixture(scope="session")
def reader() -> Api:
    """A mock on the seeded world for tests that only read."""
    return mock_on(seeded())


@pytest.fixture(scope="session")
def used() -> Api:
    """The mock behind `api`: creating one takes far longer than replacing its world."""
    return mock_on(seeded())


@pytest.fixture
def api(used: Api) -> Api:
    """A mock on the unchanged seeded world, called by the admin."""
    used.store.commit(lambda _: seeded())
    return used


@pytest.fixture(scope="session")
def strict_mock() -> Api:
    """The mock behind `strict`."""
    return mock_on(seeded(), strict=True)


@pytest.fixture
def strict(strict_mock: Api) -> Api:
    """A mock on the unchanged seeded world that refuses what it does not understand."""
    strict_mock.store.commit(lambda _: seeded())
    return strict_mock
