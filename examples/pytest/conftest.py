"""The mock for these tests: `deals_mock` comes with the package, nothing has to be imported for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from deals_client import DealsClient


@pytest.fixture(scope="session")
def deals_mock_options():
    """A hundred deals, and always the same day."""
    return {"deals": 100, "now": "2026-02-09T12:00:00Z"}


@pytest.fixture
def client(deals_mock) -> Iterator[DealsClient]:
    """Our client, signed in as the admin, in the world of this test."""
    with DealsClient(deals_mock.api_url, deals_mock.token("admin")) as client:
        yield client


@pytest.fixture
def control(deals_mock) -> Callable[..., Any]:
    """Sends something to the control side of this test's world."""

    def send(path: str, **body: Any) -> Any:
        return httpx.post(f"{deals_mock.control_url}{path}", json=body).raise_for_status().json()

    return send
