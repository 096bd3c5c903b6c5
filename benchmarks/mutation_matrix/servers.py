"""The servers under test: the mock, with or without a mutation, and the second implementation.

Each runs in a process forked from one that has everything loaded, so that it starts at once.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from benchmarks.mutation_matrix.catalogue import SECOND_IMPLEMENTATION, UNMODIFIED_MOCK, Mutation
from mock_server.server import address_of, listen, serve
from mock_server.testing import PASSWORD, Mock, build_mock
from tests.contract_tests import second_seed
from tests.contract_tests.second_implementation import second_implementation

DEALS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: base URL, an administrator's token, and the suite's options for its accounts."""

    url: str
    token: str
    accounts: tuple[str, ...]


@contextlib.contextmanager
def running(name: str) -> Iterator[Server]:
    """A reference server."""
    server = {UNMODIFIED_MOCK: forked_mock, SECOND_IMPLEMENTATION: _running_second_implementation}[name]
    with server() as it:
        yield it


@contextlib.contextmanager
def forked_mock(mutation: Mutation | None = None) -> Iterator[Server]:
    """The mock on a free port, with this mutation."""
    mock = _build_mock(mutation)
    with _serving(mock.app) as root:
        yield Server(root + mock.contract.base_path, mock.token("admin"), _accounts(mock))


@lru_cache(
    maxsize=2
)  # the suite and its peers run against the same app, each in a fresh process; one is sound
def _build_mock(mutation: Mutation | None) -> Mock:
    mock = build_mock(deals=DEALS, mutation=mutation)
    _ = mock.app  # made here, so that every process forked from this one has it
    return mock


def _accounts(mock: Mock) -> tuple[str, ...]:
    """Every account option of the suite."""
    options = ["--token", mock.token("admin"), "--other-token", mock.token("rep")]
    options += ["--expired-token", mock.expired_token("admin"), "--quote-id", "1"]
    return (*options, "--email", mock.person("manager").email, "--password", PASSWORD)


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
        server = context.Process(target=_serve_quietly, args=(app, listening, ready.set), daemon=True)
        server.start()
        try:
            ready.wait(20)
            yield address_of(listening)
        finally:
            server.kill()
            server.join()


def _serve_quietly(app: Any, listening: socket.socket, on_ready: Callable[[], None]) -> None:
    logging.getLogger("mock_server").setLevel(logging.ERROR)  # the suite sends unknown names by the hundred
    serve(app, listening, on_ready)
