"""The mock as a target of the suite's own tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mock_server.app import create_app
from mock_server.auth import LIFETIME, Tokens
from mock_server.clock import FrozenClock, SystemClock
from mock_server.contract import Contract
from mock_server.mutations import all_defects, all_variations
from mock_server.seeding import seed_world
from mock_server.worlds import Worlds

CLOCK = SystemClock()
SEED = 42
NOW = datetime(2026, 2, 9, 10, 30, tzinfo=UTC)


def mock_app(*, deals: int = 60, frozen: bool = False, departure: str | None = None) -> Any:
    """The mock with so many deals, as an ASGI application."""
    clock = FrozenClock(NOW) if frozen else CLOCK
    world = seed_world(deals=deals, seed=SEED, now=clock.now())
    departs = {**all_defects(), **all_variations()}[departure] if departure else None
    return create_app(Contract.load(), Worlds(world), clock, mutation=departs)


def mock_people(**settings: Any) -> dict[str, Any]:
    """Settings of a run as the mock's administrator, with a second person."""
    tokens = Tokens(CLOCK)
    users = {
        user.role: user for user in reversed(tuple(seed_world(deals=1, seed=SEED, now=CLOCK.now()).users))
    }
    admin, rep = (tokens.issue(users[role]) for role in ("admin", "rep"))
    people = {"token": admin, "admin_token": admin, "other_token": rep}
    people["expired_token"] = Tokens(FrozenClock(CLOCK.now() - 2 * LIFETIME)).issue(users["admin"])
    return {**people, "email": users["admin"].email, "password": "password", **settings}


def primary_quote(*, deals: int = 60) -> int | None:
    """The primary quote of the documentation's example."""
    return seed_world(deals=deals, seed=SEED, now=CLOCK.now()).deals[10].primary_quote_id
