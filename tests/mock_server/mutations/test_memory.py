"""Mutations that remember: from one request to the next, and never from one mock to another."""

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
    answered, before, after = exchanges_of(importing, base_world(), all_variations()["import-is-slow"])
    assert '"created":1' in answered.body
    assert '"total":0' in before.body
    assert '"total":1' in after.body


async def hurrying(client: ScriptedClient) -> None:
    for _ in range(200):
        await client.get("/deals/stages")


def test_a_burst_is_two_requests_and_says_when_to_try_again() -> None:
    answers = exchanges_of(hurrying, base_world(), all_variations()["requests-are-rate-limited"])
    refused = [place for place, answer in enumerate(answers) if answer.status == 429]
    assert refused == [98, 99, 198, 199]
    assert answers[98].headers["retry-after"] == "1"


async def counting(client: ScriptedClient) -> None:
    await client.get("/deals/stats")
    await client.post("/deals", {"name": "One more", "stage_id": 1})
    await client.get("/deals/stats")


def test_what_one_mock_remembers_no_other_knows() -> None:
    cached = all_defects()["stats-are-cached"]
    first, _, again = exchanges_of(counting, base_world(), cached)
    assert first.body == again.body
    world_without = base_world().drop("deals", 1)
    other, _, _ = exchanges_of(counting, world_without, cached)
    assert other.body != first.body
