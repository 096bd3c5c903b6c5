"""A failed request leaves no trace, and no concurrent write is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.worldfile import save_world
from tests.mock_server.conftest import Api, contract, mock_on, seeded
from tests.mock_server.example_requests import call, path_with
from tests.mock_server.listing_oracle import whole_list

READS = [op for op in contract().operations.values() if op.method == "GET"]
WRITES = [op for op in contract().operations.values() if op.method != "GET" and not op.public]
THREADS = 8


def at_once(write: Callable[[int], httpx.Response], times: int) -> list[httpx.Response]:
    """The responses to this many requests, from threads that switch as often as possible."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(write, range(times)))
    finally:
        sys.setswitchinterval(usual)


# No trace

texts = st.text(max_size=5)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
fields = st.dictionaries(
    st.sampled_from(
        ["name", "stage_id", "title", "content", "quote_id", "order", "value", "probability", "is_won"]
    ),
    anything | st.just("x") | st.integers(0, 9),
    max_size=5,
)


@pytest.fixture(scope="module")
def small() -> Api:
    return mock_on(seeded(deals=12))


@settings(max_examples=150)
@given(st.sampled_from(WRITES), st.integers(0, 14), fields | anything)
def test_a_write_either_succeeds_or_leaves_the_world_as_it_was(
    small: Api, operation: Any, id_: int, body: Any
) -> None:
    path = path_with(operation, id_, 1)
    before = small.world
    answer = small.send(operation.method, f"/api{path}", json=body)
    assert answer.status_code in (200, 201, 400, 404, 422)
    assert answer.json()["success"] == (answer.status_code < 300)
    if answer.status_code >= 400:
        assert small.world is before


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.id)
def test_reading_changes_nothing(reader: Api, operation: Any) -> None:
    before = reader.world
    assert call(reader, operation).status_code == 200
    assert reader.world is before


def test_a_rejected_import_leaves_no_company_and_no_contact_behind(api: Api) -> None:
    before = save_world(api.world)
    api.upload(b"name,stage_name,company_name,contact_name\nA,Nowhere,New Ltd,New Person\n")
    assert save_world(api.world) == before


def test_two_mocks_share_nothing(reader: Api, api: Api) -> None:
    api.delete("/deals/10")
    assert reader.get("/deals/10").status_code == 200


# Many at once


def test_no_new_deal_is_lost_when_many_come_at_once(api: Api) -> None:
    answers = at_once(lambda n: api.post("/deals", {"name": f"At once {n}", "stage_id": 1}), 40)
    assert {answer.status_code for answer in answers} == {201}
    ids = {answer.json()["data"]["id"] for answer in answers}
    assert ids == set(range(201, 241))
    assert set(api.ids(search="at once")) == ids


def test_updates_of_different_fields_at_once_all_last(api: Api) -> None:
    changes: list[dict[str, Any]] = [{"notes": "n"}, {"tags": "t"}, {"value": 7}, {"company_id": 2}]
    body = {"name": "All", "stage_id": 3}
    answers = at_once(lambda n: api.put("/deals/10", {**body, **changes[n % len(changes)]}), 24)
    assert {answer.status_code for answer in answers} == {200}
    deal = api.data("/deals/10")
    assert {name: deal[name] for change in changes for name in change} == {
        "notes": "n",
        "tags": "t",
        "value": 7,
        "company_id": 2,
    }


def test_notes_and_tasks_of_one_deal_at_once_are_all_there(api: Api) -> None:
    before = len(api.data("/deals/10/tasks")), len(api.data("/deals/10")["deal_notes"])
    bodies = [("tasks", {"title": "x"}), ("notes", {"content": "x"})]
    at_once(lambda n: api.post(f"/deals/10/{bodies[n % 2][0]}", bodies[n % 2][1]), 40)
    after = len(api.data("/deals/10/tasks")), len(api.data("/deals/10")["deal_notes"])
    assert after == (before[0] + 20, before[1] + 20)


def test_of_many_who_delete_one_deal_one_succeeds(api: Api) -> None:
    statuses = [answer.status_code for answer in at_once(lambda _: api.delete("/deals/10"), 16)]
    assert sorted(statuses) == [200] + [404] * 15


def test_a_stage_is_never_deleted_from_under_a_deal(api: Api) -> None:
    stages = [api.post("/pipeline-stages", {"name": "Brief"}).json()["data"]["id"] for _ in range(8)]

    def delete_or_enter(number: int) -> httpx.Response:
        stage = stages[number // 2]
        if number % 2:
            return api.delete(f"/pipeline-stages/{stage}")
        return api.put(f"/deals/{stage}/stage", {"stage_id": stage})

    statuses = [answer.status_code for answer in at_once(delete_or_enter, 16)]
    assert [sorted(pair) for pair in zip(statuses[::2], statuses[1::2], strict=True)] == [[200, 422]] * 8
    assert all(deal["stage_id"] in api.world.stages for deal in whole_list(api))


def test_a_reader_always_sees_a_whole_world(api: Api) -> None:
    """While deals are created and deleted, each board is consistent: its columns contain what they count."""

    def read_or_write(number: int) -> httpx.Response:
        if number % 4 == 0:
            return api.get("/deals/pipeline")
        if number % 4 == 1:
            return api.get("/deals", sort_by="value", per_page=100)
        return api.post("/deals", {"name": "x", "stage_id": number % 6 + 1, "value": 1})

    for answer in at_once(read_or_write, 40):
        assert answer.status_code in (200, 201)
        for column in answer.json()["data"] if "deals_count" in answer.text else ():
            assert column["deals_count"] == len(column["deals"])


def test_the_first_requests_may_come_at_once() -> None:
    fresh = mock_on(seeded(deals=12))
    answers = at_once(lambda _: fresh.get("/deals/10"), 16)
    assert {answer.status_code for answer in answers} == {200}
