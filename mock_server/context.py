"""What a handler can use besides its arguments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app

from mock_server.auth import Tokens
from mock_server.clock import Clock
from mock_server.contract import MockContract
from mock_server.domain.world import User, World
from mock_server.framework import request_context
from mock_server.worlds import Worlds


@dataclass(frozen=True, slots=True)
class MockContext:
    """The parts of the mock that handlers use."""

    contract: MockContract
    worlds: Worlds
    clock: Clock
    tokens: Tokens
    keeps: bool  # whether the JSON of a deal is kept with the world; a mutation may change what it is made of

    @property
    def world(self) -> World:
        """The world as it is now."""
        return self.worlds.current

    @property
    def now(self) -> datetime:
        """The time by the mock's clock, in UTC."""
        return self.clock.now()

    @property
    def viewer(self) -> User:
        """The user who sent the request; only for operations that need a token."""
        viewer: User = request_context["user"]
        return viewer


def current_mock() -> MockContext:
    """The mock that handles the current request, whose writes are one transaction."""
    context: MockContext = current_app.extensions["mock"]
    transaction = request_context.get("transaction")
    return replace(context, worlds=transaction) if transaction else context
