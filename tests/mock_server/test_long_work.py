"""Nobody waits for somebody else's long work: it is done in a thread, and its result stays with the world."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from mock_server.checked_json import AT_ONCE, DEAL, MARKS, CheckedJson, written
from mock_server.contract import MockContract
from mock_server.domain import orders
from mock_server.domain.listing import EVERY_DEAL, Sort, page_of_deals
from mock_server.domain.long_work import MANY, REFUSED, TakesLong
from mock_server.domain.spreadsheet import AT_ONCE as LINES
from mock_server.domain.spreadsheet import export, exported
from mock_server.handlers import Handler
from mock_server.testing import build_mock
from mock_server.transport.aside import LARGE
from mock_server.transport.checking import PIECE
from tests.mock_server.conftest import NOW, Api, mock_on, seeded

LONG_READS = {
    "the export": "/api/deals/export",
    "the board": "/api/deals/pipeline",
    "another order": "/api/deals?sort_by=value",
    "another filter": "/api/deals?search=a&stage_ids=1,2",
}
ONCE = ("another order", "another filter")  # from then on they are kept with the world


@pytest.fixture(scope="module")
def large() -> Api:
    """A mock with so many deals that to look at all of them takes long."""
    return mock_on(seeded(MANY + 100))


@pytest.fixture
def passed_on(monkeypatch: pytest.MonkeyPatch) -> list[Callable[..., Any]]:
    """What has been passed to a thread."""
    works: list[Callable[..., Any]] = []
    to_thread = asyncio.to_thread

    async def remembering(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        works.append(work)
        return await to_thread(work, *args, **kwargs)

    monkeypatch.setattr(asyncio, "to_thread", remembering)
    return works


@pytest.mark.parametrize("read", LONG_READS)
def test_a_long_read_has_a_thread(large: Api, passed_on: list[Any], read: str) -> None:
    assert large.send("GET", LONG_READS[read]).status_code == 200
    assert passed_on
    passed_on.clear()
    assert large.send("GET", LONG_READS[read]).status_code == 200
    assert bool(passed_on) == (read not in ONCE)


@pytest.mark.parametrize("read", LONG_READS)
def test_with_few_deals_no_read_has_a_thread(reader: Api, passed_on: list[Any], read: str) -> None:
    assert reader.send("GET", LONG_READS[read]).status_code == 200
    assert not passed_on


@pytest.mark.parametrize("path", ["/api/deals/10", "/api/deals/stats", "/api/deals?per_page=100"])
def test_what_takes_the_same_time_at_any_size_has_no_thread(
    large: Api, passed_on: list[Any], path: str
) -> None:
    large.get("/deals")
    passed_on.clear()
    assert large.send("GET", path).status_code == 200
    assert not passed_on


def test_a_long_read_that_is_begun_again_is_answered_as_any_other(large: Api) -> None:
    query = {"sort_by": "title", "sort_dir": "DESC", "search": "e"}
    first, second = large.get("/deals", **query), large.get("/deals", **query)
    assert first.status_code == 200
    assert first.content == second.content


def test_a_write_passes_nothing_on(large: Api, passed_on: list[Any]) -> None:
    large.create()
    assert not passed_on


def test_a_write_to_all_deals_of_a_large_stage_has_a_thread_and_is_made_once(passed_on: list[Any]) -> None:
    world = seeded(MANY + 100)
    in_lead = [replace(deal, stage_id=1) for deal in world.deals]
    crowded = mock_on(world.put("deals", *in_lead))
    assert crowded.put("/pipeline-stages/1", {"name": "Lead", "is_won": True}).status_code == 200
    assert passed_on
    assert {deal.probability for deal in crowded.world.deals} == {100}
    assert len(crowded.worlds.base.past.done) == 1


def test_what_a_mutation_has_begun_is_not_begun_again(passed_on: list[Any]) -> None:
    calls = 0

    def counted(handler: Handler) -> Handler:
        def counting(query: Any) -> Any:
            nonlocal calls
            calls += 1
            return handler(query=query)

        return counting

    class Counting:
        def contract(self, original: MockContract) -> MockContract:
            return original

        def handlers(self, original: Mapping[str, Handler]) -> Mapping[str, Handler]:
            return {**original, "listDeals": counted(original["listDeals"])}

        def middlewares(self, contract: MockContract) -> list[Callable[..., Any]]:
            return []

    mock = build_mock(world=seeded(MANY + 100), now=NOW, mutation=Counting())
    headers = {"Authorization": f"Bearer {mock.token('admin')}"}
    assert TestClient(mock.app).get("/api/deals?search=b", headers=headers).status_code == 200
    assert calls == 1
    assert passed_on


def test_a_large_body_is_read_in_a_thread(api: Api, passed_on: list[Any]) -> None:
    assert api.post("/deals", {"name": "A", "stage_id": 1, "unknown": "x" * LARGE}).status_code == 201
    assert [work.__name__ for work in passed_on] == ["body_value"]


def test_long_work_is_refused_only_where_somebody_said_so() -> None:
    whole = seeded(MANY + 100).without_caches()
    before = REFUSED.set(True)
    try:
        with pytest.raises(TakesLong):
            page_of_deals(whole, EVERY_DEAL, Sort("value"), 1, 25)
    finally:
        REFUSED.reset(before)
    assert page_of_deals(whole, EVERY_DEAL, Sort("value"), 1, 25)[1] == MANY + 100


def test_an_order_that_was_made_while_others_wrote_is_there_for_their_worlds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is made in a thread, of a world that is the past when it is done."""
    before = seeded().without_caches()
    after = before.put("deals", before.deals[7]).drop("deals", 9)
    page_of_deals(before, EVERY_DEAL, Sort("value"), 1, 25)
    monkeypatch.delattr(orders.Order, "of")
    assert page_of_deals(after, EVERY_DEAL, Sort("value"), 1, 25)[1] == len(after.deals)


@pytest.mark.parametrize("number", [AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE])
def test_a_body_of_many_parts_comes_in_pieces(number: int) -> None:
    parts = [CheckedJson(DEAL, b'{"id":%d}' % id_) for id_ in range(number)]
    made = written({"data": parts, "more": [1, parts[0]]})
    plain = [{"id": id_} for id_ in range(number)]
    assert json.loads(made.body) == {"data": plain, "more": [1, {"id": 0}]}
    assert json.loads(made.outline)["data"] == [MARKS[DEAL]] * number
    assert max(map(len, made.pieces)) < 20 * AT_ONCE
    assert (len(made.pieces) == 1) == (number < AT_ONCE)


def test_a_file_of_many_lines_comes_in_pieces() -> None:
    rows = [{"a": id_} for id_ in range(3 * LINES)]
    pieces = list(exported(rows, ["a"]))
    assert "".join(pieces) == export(rows, ["a"])
    assert [piece.count("\n") for piece in pieces] == [LINES, LINES, LINES, 1]


def test_a_long_answer_is_sent_in_pieces() -> None:
    mock = build_mock(world=seeded(MANY + 100), now=NOW)
    pieces = []

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(event: Message) -> None:
            pieces.append(event.get("body", b""))
            await send(event)

        await mock.app(scope, receive, noted)

    whole = TestClient(noting).get("/api/deals/pipeline", headers=mock.headers())
    assert int(whole.headers["Content-Length"]) == len(whole.content) > PIECE
    assert b"".join(pieces) == whole.content
    assert max(map(len, pieces)) < len(whole.content) / 4
    assert sum(column["deals_count"] for column in whole.json()["data"]) == len(mock.world.deals)
