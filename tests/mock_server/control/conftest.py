"""The control side of a small mock of each test's own."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mock_server.control.contract import ControlContract
from tests.mock_server.conftest import Api, mock_on, seeded

CONTROL = ControlContract.packaged()


class Controls:
    """The control side of a mock, for one of its worlds."""

    def __init__(self, api: Api, world: str | None = None) -> None:
        self.api = api
        self._below = f"/worlds/{world}/__admin" if world else "/__admin"

    def of(self, world: str) -> Controls:
        """The same for another world."""
        return Controls(self.api, world)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Any request."""
        json = {"json": body} if body is not None else {}
        return self.api.as_("nobody").send(method, self._below + path, headers=headers, **json)

    def get(self, path: str) -> Any:
        """The body of a response that must succeed."""
        return self._ok("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self._ok("POST", path, body)

    def put(self, path: str, body: Any = None) -> Any:
        return self._ok("PUT", path, body)

    def _ok(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.send(method, path, body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()


@pytest.fixture
def mock() -> Api:
    """A mock with a dozen deals, called by the admin."""
    return mock_on(seeded(deals=12))


@pytest.fixture
def controls(mock: Api) -> Controls:
    return Controls(mock)
