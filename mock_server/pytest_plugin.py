"""The pytest plugin: a running mock, and a world of its own for each test.

Override `deals_mock_options` in a `conftest.py` to start the mock with other data or another clock:

    @pytest.fixture(scope="session")
    def deals_mock_options():
        return {"deals": 20, "now": "2026-02-09T12:00:00Z"}
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # everybody's pytest loads this module: only those who use it wait for the mock's imports
    from mock_server.testing import MockOptions, MockWorld, RunningMock


@pytest.fixture(scope="session")
def deals_mock_options() -> MockOptions:
    """The options of the mock, as `mock_server.testing` describes them."""
    return {}


@pytest.fixture(scope="session")
def deals_mock_server(deals_mock_options: MockOptions) -> Iterator[RunningMock]:
    """The mock of this run (of this process, with `pytest -n`), on a free port."""
    from mock_server.testing import running_mock

    with running_mock(**deals_mock_options) as mock:
        yield mock


@pytest.fixture
def deals_mock(deals_mock_server: RunningMock, request: pytest.FixtureRequest) -> Iterator[MockWorld]:
    """A world of the mock that only this test knows, deleted at its end."""
    name = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]
    yield deals_mock_server.in_world(name)
    deals_mock_server.worlds.delete(name)
