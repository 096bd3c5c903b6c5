"""Seeding: the same believable world for the same seed and clock, in any process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mock_server.domain.world import World
from mock_server.garbage import nothing_to_collect
from mock_server.seeding.business_calendar import BusinessCalendar
from mock_server.seeding.deals import DealGenerator
from mock_server.seeding.draft import WorldDraft
from mock_server.seeding.example import EXAMPLE_ID, add_example
from mock_server.seeding.people import USERS, people_for
from mock_server.seeding.profiles import STAGES
from mock_server.seeding.sampling import Dice

__all__ = ["STAGES", "USERS", "seed_world"]


def seed_world(*, deals: int, seed: int, now: datetime) -> World:
    """A world with this many deals around the time `now`, which must have a time zone."""
    with nothing_to_collect():
        draft, people = WorldDraft(), people_for(deals, seed)
        generator = DealGenerator(draft, people, BusinessCalendar(now), Dice(f"{seed}:deals"))
        for deal_id in _ids(deals):
            if deal_id == EXAMPLE_ID:
                add_example(draft)
            else:
                generator.generate(deal_id)
        return draft.world(people)


def _ids(deals: int) -> Iterator[int]:
    """Ids from 1; the documented example is always one of them, however few deals there are."""
    yield from range(1, min(deals, EXAMPLE_ID))
    if deals:
        yield EXAMPLE_ID
    yield from range(EXAMPLE_ID + 1, deals + 1)
