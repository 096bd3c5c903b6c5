"""Fixtures of the suite's own tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract_tests.client import patience
from tests.contract_tests.builders import TOKEN
from tests.contract_tests.little_server import LittleServer, LittleWorld, little_server
from tests.contract_tests.openings import CERTIFICATES, PROXIES


@pytest.fixture
def world() -> LittleWorld:
    """The data of the little server."""
    return LittleWorld(TOKEN)


@pytest.fixture
def server(world: LittleWorld) -> Iterator[LittleServer]:
    """A little server with this data."""
    with little_server(world) as server:
        yield server


@pytest.fixture
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's environment, and no pauses."""
    for name in (*PROXIES, *map(str.upper, PROXIES), *CERTIFICATES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(patience, "PAUSES", (0.001,))
