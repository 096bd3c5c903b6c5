"""The store holds one world, and replaces it with another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from threading import Thread

import pytest

from mock_server.clock import FrozenClock, SystemClock
from mock_server.domain.world import Company, World
from mock_server.store import Store


def add_company(world: World, name: str) -> tuple[World, Company]:
    company = Company(id=world.companies.next_id, name=name)
    return world.put("companies", company), company


def test_a_commit_returns_what_the_change_made() -> None:
    store = Store("x", World(), SystemClock())
    world, company = store.commit(add_company, "Acme")
    assert store.current is world
    assert world.companies.get(1) == company
    assert store.commit(lambda before: before.drop("companies", 1)) is store.current
    assert len(store.current.companies) == 0


def test_a_change_that_fails_leaves_the_world_as_it_was() -> None:
    before = World()
    store = Store("x", before, SystemClock())
    with pytest.raises(ZeroDivisionError):
        store.commit(lambda world: (world, 1 / 0))
    assert store.current is before


def test_no_commit_is_lost_when_many_come_at_once() -> None:
    store = Store("x", World(), SystemClock())
    many = [Thread(target=lambda: [store.commit(add_company, "x") for _ in range(50)]) for _ in range(8)]
    for thread in many:
        thread.start()
    for thread in many:
        thread.join()
    assert len(store.current.companies) == 400


def test_a_frozen_clock_stands_still_in_utc() -> None:
    noon = datetime(2026, 1, 15, 12, tzinfo=timezone(timedelta(hours=2)))
    assert FrozenClock(noon).now() == datetime(2026, 1, 15, 10, tzinfo=UTC)
    assert FrozenClock(noon).now().tzinfo is UTC
    assert FrozenClock(datetime(2026, 1, 15)).now() == datetime(2026, 1, 15, tzinfo=UTC)


def test_the_real_clock_runs_in_utc() -> None:
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=5)
