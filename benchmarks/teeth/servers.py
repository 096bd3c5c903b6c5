"""The servers that are judged: the mock, as it is or departing, and the second implementation.

Each is a process of its own, forked from one that has loaded everything: it begins at once, and ends whole.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from mock_server.app import create_app
from mock_server.auth import LIFETIME, Tokens, one_of_each_role
from mock_server.clock import FrozenClock, SystemClock
from mock_server.contract import Contract
from mock_server.domain.world import User
from mock_server.handlers.login import PASSWORD
from mock_server.mutations import Mutation
from mock_server.server import address_of, listen, serve
from mock_server.worldfile import load_world
from mock_server.worlds import Worlds
from tests.contract_tests import second_seed
from tests.contract_tests.second_implementation import second_implementation

CONTRACT = Contract.load()
DEALS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A server to judge: where it is, an administrator's token, and what the suite is told of its people."""

    url: str
    token: str
    people: tuple[str, ...]


@contextlib.contextmanager
def mock(departure: Mutation | None) -> Iterator[Server]:
    """A running mock, and all its people."""
    app, people = _mock(departure)
    clock = SystemClock()
    token, other = (Tokens(clock).issue(people[role]) for role in ("admin", "rep"))
    expired = Tokens(FrozenClock(clock.now() - 2 * LIFETIME)).issue(people["admin"])
    told = ["--token", token, "--other-token", other, "--expired-token", expired, "--quote-id", "1"]
    told += ["--email", people["manager"].email, "--password", PASSWORD]
    with _listening(app) as root:
        yield Server(root + CONTRACT.base_path, token, tuple(told))


@lru_cache(maxsize=1)  # several peers on the same mock: each gets a copy, in a process of its own
def _mock(departure: Mutation | None) -> tuple[Any, dict[str, User]]:
    world = load_world("default", datetime.now(UTC), deals=DEALS, contract=CONTRACT)
    people = {each.role: each for each in one_of_each_role(CONTRACT.roles, world)}
    return create_app(CONTRACT, Worlds(world), SystemClock(), mutation=departure), people


@contextlib.contextmanager
def second() -> Iterator[Server]:
    """The implementation that the suite's own tests have beside the mock: other readings, other code."""
    told = ["--token", second_seed.TOKEN, "--other-token", second_seed.OTHER_TOKEN]
    told += ["--admin-token", second_seed.ADMIN_TOKEN]
    with _listening(second_implementation()) as root:
        yield Server(f"{root}/v2", second_seed.ADMIN_TOKEN, tuple(told))


@contextlib.contextmanager
def _listening(app: Any) -> Iterator[str]:
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    with listen("127.0.0.1", 0) as listening:
        server = context.Process(target=serve, args=(app, listening, ready.set), daemon=True)
        server.start()
        try:
            ready.wait(20)
            yield address_of(listening)
        finally:
            server.kill()
            server.join()


# What is legal as it stands, and is judged as a whole.
SOUND: Final = {"the-sound-mock": lambda: mock(None), "the-second-implementation": second}
