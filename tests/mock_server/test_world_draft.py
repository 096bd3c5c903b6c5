"""A draft becomes a world whose records are frozen, and leaves nothing else behind."""

from __future__ import annotations

import gc
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from mock_server.garbage import nothing_to_collect
from mock_server.seeding import seed_world
from mock_server.seeding.draft import WorldDraft
from mock_server.seeding.sharing import Shared
from mock_server.worldfile.records import TYPES

NOW = datetime(2026, 2, 9, 12, tzinfo=UTC)


def test_a_finished_world_cannot_be_changed() -> None:
    world = seed_world(deals=20, seed=42, now=NOW)
    for table in ("deals", "quotes", "tasks", "notes", "emails"):
        record = world.table(table)[1]
        assert type(record) is TYPES[table]
        with pytest.raises(FrozenInstanceError):
            record.id = 2


def test_nothing_but_the_world_stays_in_memory_when_garbage_is_not_collected() -> None:
    gc.collect()
    with nothing_to_collect():
        seed_world(deals=20, seed=1, now=NOW)
        assert not [each for each in gc.get_objects() if isinstance(each, WorldDraft | Shared)]
