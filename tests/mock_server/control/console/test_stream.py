"""The stream of a world: every request with its changes, and every other change, whoever has made it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from mock_server.control.console import stream as streaming
from mock_server.control.console.stream import EARLIER, MOST_CHANGES, Watch
from mock_server.past import Cause
from mock_server.testing import MockWorld, RunningMock, build_mock, running_mock
from mock_server.worlds import Worlds
from tests.mock_server.conftest import NOW, contract

Event = tuple[str, Any]


@pytest.fixture(scope="module")
def served() -> Iterator[RunningMock]:
    with running_mock(deals=12, now=NOW) as mock:
        yield mock


@pytest.fixture
def here(served: RunningMock, request: pytest.FixtureRequest) -> MockWorld:
    """A world for one test."""
    world = served.in_world(request.node.originalname[-60:].lstrip("_"))
    httpx.post(f"{served.url}/__admin/worlds/{world.name}", json={"from": "base"}).raise_for_status()
    return world


@contextmanager
def events(world: MockWorld, query: str = "", **headers: str) -> Iterator[Iterator[Event]]:
    """The events of a world, as a client receives them."""
    with httpx.stream("GET", f"{world.control_url}/events{query}", headers=headers, timeout=30) as answer:
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield _read(answer.iter_lines())


def _read(lines: Iterator[str]) -> Iterator[Event]:
    name = ""
    for line in lines:
        kind, _, value = line.partition(": ")
        if kind == "event":
            name = value
        elif kind == "data":
            yield name, json.loads(value)


def call(world: MockWorld, method: str, path: str, body: Any = None) -> httpx.Response:
    json_body = {} if body is None else {"json": body}
    return httpx.request(method, world.api_url + path, headers=world.headers(), **json_body)


def control(world: MockWorld, method: str, path: str, body: Any = None) -> None:
    json_body = {} if body is None else {"json": body}
    httpx.request(method, world.control_url + path, **json_body).raise_for_status()


def test_a_request_arrives_with_what_it_has_changed(here: MockWorld) -> None:
    with events(here) as received:
        call(here, "PUT", "/deals/3", {"name": "Renamed", "stage_id": 1})
        name, told = next(received)
        assert (name, told["number"], told["operation"]) == ("request", 1, "updateDeal")
        assert (told["method"], told["path"], told["status"]) == ("PUT", "/api/deals/3", 200)
        assert told["person"] == "admin@revorbit.example"
        (change,) = told["changes"]
        assert (change["table"], change["id"], change["after"]["name"]) == ("deals", 3, "Renamed")
        name, world = next(received)
        assert (name, world["name"], world["changes"]) == ("changed", here.name, 1)


def test_a_request_that_changes_nothing_is_no_change(here: MockWorld) -> None:
    with events(here) as received:
        for id_ in (1, 2):
            call(here, "GET", f"/deals/{id_}")
        assert [next(received)[1]["path"] for _ in range(2)] == ["/api/deals/1", "/api/deals/2"]


def test_no_secret_is_in_it(here: MockWorld) -> None:
    token = here.token()
    with events(here) as received:
        httpx.get(f"{here.api_url}/deals?token={token}", headers=here.headers())
        call(here, "POST", "/auth/login", {"email": "admin@revorbit.example", "password": "password"})
        text = json.dumps([next(received), next(received)])
    assert "eyJ" not in text
    assert "password" not in text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/clock", {"now": "2027-01-01"}),
        ("PUT", "/clock", {"frozen": False}),
        ("POST", "/clock/advance", {"days": 3}),
        ("POST", "/faults", {"status": 500}),
        ("PUT", "/snapshots/a", None),
        ("POST", "/worlds/another", {"from": "base"}),
        ("POST", "/undo", None),
        ("POST", "/reset", None),
    ],
)
def test_whatever_the_control_side_changes_is_told(
    here: MockWorld, method: str, path: str, body: Any
) -> None:
    call(here, "DELETE", "/deals/3")
    with events(here) as received:
        assert next(received)[0] == "request"
        control(here, method, path, body)
        name, told = next(received)
        assert (name, told["name"]) == ("changed", here.name)
    control(here, "DELETE", "/faults")


def test_a_change_by_the_code_of_a_test_is_told(here: MockWorld) -> None:
    store = here.mock.worlds.named(here.name)
    with events(here) as received:
        store.commit(lambda world: world.drop("deals", 3))
        name, told = next(received)
        assert (name, told["name"], told["deals"]) == ("changed", here.name, 11)


def test_a_stream_begins_with_the_last_requests(here: MockWorld) -> None:
    for id_ in range(EARLIER + 2):
        call(here, "GET", f"/deals/{id_}")
    with events(here) as received:
        numbers = [next(received)[1]["number"] for _ in range(EARLIER)]
    assert numbers == list(range(3, EARLIER + 3))


def test_a_client_that_comes_back_misses_nothing(here: MockWorld) -> None:
    for id_ in range(4):
        call(here, "GET", f"/deals/{id_}")
    for options in ({"query": "?since=2"}, {"Last-Event-ID": "2"}):
        with events(here, **options) as received:
            assert [next(received)[1]["number"] for _ in range(2)] == [3, 4]


@pytest.mark.parametrize("since", ["x", "-1", "1.5", "9" * 40, "٣"])
def test_what_is_no_number_is_refused(here: MockWorld, since: str) -> None:
    answer = httpx.get(f"{here.control_url}/events", params={"since": since})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["since"])


def test_a_cleared_journal_is_told_and_what_comes_then(here: MockWorld) -> None:
    call(here, "GET", "/deals/1")
    with events(here) as received:
        next(received)
        control(here, "DELETE", "/journal")
        assert next(received) == ("cleared", {})
        call(here, "GET", "/deals/2")
        assert next(received)[1]["path"] == "/api/deals/2"


def test_a_cleared_journal_is_told_also_if_a_request_follows_at_once(
    here: MockWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(here, "GET", "/deals/1")
    with events(here) as received:
        next(received)
        monkeypatch.setattr(streaming, "PAUSE", 1)  # so that both are seen in one look
        time.sleep(0.5)
        control(here, "DELETE", "/journal")
        call(here, "GET", "/deals/2")
        assert next(received) == ("cleared", {})
        assert next(received)[1]["path"] == "/api/deals/2"


def test_what_was_cleared_before_anybody_looked_is_told_in_its_place(
    here: MockWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    with events(here) as received:
        call(here, "GET", "/deals/1")
        next(received)
        monkeypatch.setattr(streaming, "PAUSE", 1)  # so that all are seen in one look
        time.sleep(0.5)
        call(here, "GET", "/deals/2")
        control(here, "DELETE", "/journal")
        call(here, "GET", "/deals/3")
        told = [next(received) for _ in range(3)]
    assert [name for name, _ in told] == ["request", "cleared", "request"]
    assert [told[0][1]["path"], told[2][1]["path"]] == ["/api/deals/2", "/api/deals/3"]


def test_what_was_cleared_is_not_told_to_who_comes_later(here: MockWorld) -> None:
    call(here, "GET", "/deals/1")
    control(here, "DELETE", "/journal")
    call(here, "GET", "/deals/2")
    for query in ("", "?since=0"):
        with events(here, query) as received:
            assert next(received)[1]["path"] == "/api/deals/2"


def test_a_client_that_comes_back_after_a_clearing_is_told(here: MockWorld) -> None:
    call(here, "GET", "/deals/1")
    with events(here) as received:
        seen = next(received)[1]["number"]
    control(here, "DELETE", "/journal")
    call(here, "GET", "/deals/2")
    with events(here, f"?since={seen}") as received:
        assert next(received) == ("cleared", {})
        assert next(received)[1]["path"] == "/api/deals/2"


def test_a_world_that_begins_anew_is_followed(here: MockWorld) -> None:
    call(here, "DELETE", "/deals/3")
    with events(here) as received:
        next(received)
        control(here, "POST", f"/worlds/{here.name}", {"fixture": "empty"})
        assert [next(received)[0] for _ in range(2)] == ["cleared", "changed"]
        call(here, "GET", "/deals/1")
        assert next(received)[1]["status"] in (401, 404)


def test_the_stream_of_a_deleted_world_ends_and_does_not_make_it_again(here: MockWorld) -> None:
    with events(here) as received:
        httpx.delete(f"{here.mock.url}/__admin/worlds/{here.name}").raise_for_status()
        assert list(received) == [("deleted", {})]
    assert here.name not in here.mock.worlds.names


def test_a_quiet_stream_shows_that_it_is_alive(here: MockWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT", 0)
    with httpx.stream("GET", f"{here.control_url}/events", timeout=30) as answer:
        comments = filter(lambda line: line.startswith(":"), answer.iter_lines())
        assert [next(comments) for _ in range(2)] == [": still here"] * 2


def test_many_may_watch_while_others_work(here: MockWorld) -> None:
    with events(here) as one, events(here) as two, events(here) as three:
        call(here, "DELETE", "/deals/5")
        assert [next(each)[1]["path"] for each in (one, two, three)] == ["/api/deals/5"] * 3


# Without a server


def watched(change: Callable[[Worlds], object]) -> list[bytes]:
    """The events after a change of the base world."""
    worlds = build_mock(deals=MOST_CHANGES + 10, now=NOW).worlds
    watch = Watch(worlds, contract(), "base", None)
    assert list(watch.news()) == []
    change(worlds)
    found = list(watch.news())
    assert list(watch.news()) == []
    return found


def test_nothing_new_is_nothing() -> None:
    assert watched(lambda _: None) == []
    assert watched(lambda worlds: worlds.base.clock.advance(timedelta(0))) == []


def test_a_large_change_is_told_in_part(here: MockWorld) -> None:
    rows = "name,value,stage_name\n" + "".join(f"Row {number},5,Lead\n" for number in range(MOST_CHANGES + 5))
    with events(here) as received:
        files = {"file": ("deals.csv", rows.encode(), "text/csv")}
        httpx.post(f"{here.api_url}/deals/import", headers=here.headers(), files=files).raise_for_status()
        told = next(received)[1]
    assert (len(told["changes"]), told["changes_omitted"]) == (MOST_CHANGES, 5)


def test_an_undone_change_is_told() -> None:
    def change_and_undo(worlds: Worlds) -> None:
        store = worlds.base
        before = store.current
        store.replace(before, before.drop("deals", 3), Cause("a test", NOW))
        store.undo()
        assert store.current is not before  # the same records, kept without what was made of them

    assert [line.split(b"\n")[0] for line in watched(change_and_undo)] == [b"event: changed"]


def test_a_stream_ends_when_its_client_goes() -> None:
    mock = build_mock(deals=1, now=NOW)
    scope = {
        "type": "http",
        "query_string": b"",
        "headers": [],
        "extensions": {"connexion_context": {"store": mock.worlds.base}},
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(asyncio.wait_for(streaming.send_events(mock.worlds, mock.contract, scope, receive, send), 30))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
