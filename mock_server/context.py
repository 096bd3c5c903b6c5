"""What a handler can use besides its arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from mock_server.auth import Tokens
from mock_server.contract import MockContract
from mock_server.domain.world import User, World
from mock_server.framework import request_context
from mock_server.store import WorldHolder


@dataclass(frozen=True, slots=True)
class MockContext:
    """The parts of the mock that handlers use."""

    contract: MockContract
    keeps: bool  # whether the JSON of a deal is kept with the world; a mutation may change what it is made of

    @property
    def store(self) -> WorldHolder:
        """The world that the request is about; its writes are one transaction."""
        store: WorldHolder = request_context.get("transaction") or request_context["store"]
        return store

    @property
    def world(self) -> World:
        """The world as it is now."""
        return self.store.current

    @property
    def now(self) -> datetime:
        """The time by the clock of this world, in UTC."""
        return self.store.clock.now()

    @property
    def tokens(self) -> Tokens:
        """The tokens of this world."""
        return Tokens(self.store.clock)

    @property
    def viewer(self) -> User:
        """The user who sent the request; only for operations that need a token."""
        viewer: User = request_context["user"]
        return viewer


def current_mock() -> MockContext:
    """The mock that handles the current request."""
    context: MockContext = current_app.extensions["mock"]
    return context
