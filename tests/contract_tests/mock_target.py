"""The mock as a target of the suite's own tests."""

from __future__ import annotations

from typing import Any

from mock_server.contract import MockContract
from mock_server.testing import PASSWORD, build_mock

SEED = 42


def mock_app(*, deals: int = 60, mutation: str | None = None, contract: MockContract | None = None) -> Any:
    """The mock with so many deals, as an ASGI application."""
    return build_mock(deals=deals, seed=SEED, mutation=mutation, contract=contract).app


def mock_people(**settings: Any) -> dict[str, Any]:
    """Settings of a run as the mock's administrator, with a second person."""
    mock = build_mock(deals=1, seed=SEED)
    admin = mock.token("admin")
    people = {"token": admin, "admin_token": admin, "other_token": mock.token("rep")}
    people["expired_token"] = mock.expired_token("admin")
    return {**people, "email": mock.person("admin").email, "password": PASSWORD, **settings}


def primary_quote(*, deals: int = 60) -> int | None:
    """The primary quote of the documentation's example."""
    return build_mock(deals=deals, seed=SEED).world.deals[10].primary_quote_id
