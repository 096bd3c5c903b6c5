"""Mutations that remember: from one request to the next, and never from one mock to another."""

from __future__ import annotations

import pytest

from mock_server.mutations import all_defects, all_variations
from mock_server.mutations.variations import writes
from tests.mock_server.mutations.settled import settled
from tests.mock_server.mutations.walking import Walker, walked


async def importing(walk: Walker) -> None:
    await walk.upload("name,stage_name\nLate,Lead\n")
    await walk.get("/deals", search="Late")
    await walk.get("/deals", search="Late")


def test_the_rows_of_a_slow_import_arrive_a_second_later(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 0.9, 1.0])
    monkeypatch.setattr(writes, "monotonic", lambda: next(times))
    answered, before, after = walked(importing, settled(), all_variations()["import-is-slow"])
    assert '"created":1' in answered.body
    assert '"total":0' in before.body
    assert '"total":1' in after.body


async def hurrying(walk: Walker) -> None:
    for _ in range(200):
        await walk.get("/deals/stages")


def test_a_burst_is_two_requests_and_says_when_to_try_again() -> None:
    answers = walked(hurrying, settled(), all_variations()["requests-are-rate-limited"])
    refused = [place for place, answer in enumerate(answers) if answer.status == 429]
    assert refused == [98, 99, 198, 199]
    assert answers[98].headers["retry-after"] == "1"


async def counting(walk: Walker) -> None:
    await walk.get("/deals/stats")
    await walk.post("/deals", {"name": "One more", "stage_id": 1})
    await walk.get("/deals/stats")


def test_what_one_mock_remembers_no_other_knows() -> None:
    cached = all_defects()["stats-are-cached"]
    first, _, again = walked(counting, settled(), cached)
    assert first.body == again.body
    world_without = settled().drop("deals", 1)
    other, _, _ = walked(counting, world_without, cached)
    assert other.body != first.body
