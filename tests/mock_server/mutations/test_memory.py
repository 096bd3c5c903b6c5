"""Mutations with memory: kept between requests, but not shared between mocks."""

from __future__ import annotations

import pytest

from mock_server.mutations import all_defects, all_variations
from mock_server.mutations.variations import writes
from tests.mock_server.mutations.base_world import base_world
from tests.mock_server.mutations.scripted_client import ScriptedClient, exchanges_of


async def importing(client: ScriptedClient) -> None:
    await client.upload("name,stage_name\nLate,Lead\n")
    await client.get("/deals", search="Late")
    await client.get("/deals", search="Late")


def test_the_rows_of_a_slow_import_arrive_a_second_later(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 0.9, 1.0])
    monkeypatch.setattr(writes, "monotonic", lambda: next(times))
    imported, before, after = exchanges_of(importing, base_world(), all_variations()["import-is-slow"])
    assert '"created":1' in imported.body
    assert '"total":0' in before.body
    assert '"total":1' in after.body


async def many_requests(client: ScriptedClient) -> None:
    for _ in range(200):
        await client.get("/deals/stages")


def test_two_requests_in_a_row_are_limited_with_retry_after() -> None:
    exchanges = exchanges_of(many_requests, base_world(), all_variations()["requests-are-rate-limited"])
    limited = [place for place, exchange in enumerate(exchanges) if exchange.status == 429]
    assert limited == [98, 99, 198, 199]
    assert exchanges[98].headers["retry-after"] == "1"


async def counting(client: ScriptedClient) -> None:
    await client.get("/deals/stats")
    await client.post("/deals", {"name": "One more", "stage_id": 1})
    await client.get("/deals/stats")


def test_mocks_do_not_share_memory() -> None:
    cached = all_defects()["stats-are-cached"]
    first, _, again = exchanges_of(counting, base_world(), cached)
    assert first.body == again.body
    world_without = base_world().drop("deals", 1)
    other, _, _ = exchanges_of(counting, world_without, cached)
    assert other.body != first.body
