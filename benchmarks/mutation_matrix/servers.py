"""The servers under test: the mock, with or without a mutation, and the second implementation.

Each runs in a process forked from one that has everything loaded, so that it starts at once.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from benchmarks.mutation_matrix.catalogue import SECOND_IMPLEMENTATION, UNMODIFIED_MOCK, Mutation
from mock_server.app import create_app
from mock_server.auth import LIFETIME, Tokens, one_of_each_role
from mock_server.clock import FrozenClock, SystemClock
from mock_server.contract import MockContract
from mock_server.domain.world import User
from mock_server.handlers.login import PASSWORD
from mock_server.server import address_of, listen, serve
from mock_server.worldfile import load_world
from mock_server.worlds import Worlds
from tests.contract_tests import second_seed
from tests.contract_tests.second_implementation import second_implementation

DEALS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: base URL, an administrator's token, and the suite's options for its accounts."""

    url: str
    token: str
    accounts: tuple[str, ...]


@cache
def contract() -> MockContract:
    """The contract that the mock implements."""
    return MockContract.load()


@contextlib.contextmanager
def running(name: str) -> Iterator[Server]:
    """A reference server."""
    server = {UNMODIFIED_MOCK: running_mock, SECOND_IMPLEMENTATION: _running_second_implementation}[name]
    with server() as it:
        yield it


@contextlib.contextmanager
def running_mock(mutation: Mutation | None = None) -> Iterator[Server]:
    """The mock on a free port, with this mutation."""
    app, users = _build_mock(mutation)
    token, accounts = _mock_accounts(users)
    with _serving(app) as root:
        yield Server(root + contract().base_path, token, accounts)


@lru_cache(maxsize=1)  # the suite and its peers run against the same app, each in a fresh process
def _build_mock(mutation: Mutation | None) -> tuple[Any, dict[str, User]]:
    """The mock as an ASGI application, and a user of each role."""
    world = load_world("default", datetime.now(UTC), deals=DEALS, contract=contract())
    users = {each.role: each for each in one_of_each_role(contract().roles, world)}
    return create_app(contract(), Worlds(world), SystemClock(), departure=mutation), users


def _mock_accounts(users: dict[str, User]) -> tuple[str, tuple[str, ...]]:
    """The administrator's token, and every account option of the suite."""
    clock = SystemClock()
    admin, rep = (Tokens(clock).issue(users[role]) for role in ("admin", "rep"))
    expired = Tokens(FrozenClock(clock.now() - 2 * LIFETIME)).issue(users["admin"])
    options = ["--token", admin, "--other-token", rep, "--expired-token", expired, "--quote-id", "1"]
    return admin, (*options, "--email", users["manager"].email, "--password", PASSWORD)


@contextlib.contextmanager
def _running_second_implementation() -> Iterator[Server]:
    """The suite's own second implementation: other code that reads the documentation differently."""
    admin = second_seed.ADMIN_TOKEN
    options = ["--token", second_seed.TOKEN, "--other-token", second_seed.OTHER_TOKEN, "--admin-token", admin]
    with _serving(second_implementation()) as root:
        yield Server(f"{root}/v2", admin, tuple(options))


@contextlib.contextmanager
def _serving(app: Any) -> Iterator[str]:
    """The address at which a process of its own serves this application."""
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
