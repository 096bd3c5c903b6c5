"""A write that is not answered has not happened; a long one keeps nobody waiting, and appears at once."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest

from mock_server.domain.world import World
from mock_server.past import Cause
from mock_server.store import Transaction
from mock_server.testing import running_mock
from mock_server.transport import checking
from tests.mock_server.conftest import NOW, Api, seeded


def with_a_stage_called(name: Any) -> Any:
    """A change that no request could make: responses with this stage are not as the contract says."""

    def change(world: World) -> World:
        return world.put("stages", replace(world.stages[1], name=name))

    return change


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/deals", {"name": "x", "stage_id": 1}),
        ("PUT", "/api/deals/10/stage", {"stage_id": 1}),
        ("PUT", "/api/pipeline-stages/1", {"color": "#000000"}),
    ],
)
def test_a_write_whose_response_is_wrong_changes_nothing(
    api: Api, method: str, path: str, body: Any, caplog: pytest.LogCaptureFixture
) -> None:
    api.store.commit(with_a_stage_called(5))
    before = api.world
    answer = api.send(method, path, json=body)
    assert (answer.status_code, answer.json()["message"]) == (500, "Server error")
    assert api.world is before


def test_a_write_whose_response_cannot_be_made_changes_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = api.world

    def broken(*_: Any) -> Any:
        raise RuntimeError("no response")

    monkeypatch.setattr("mock_server.handlers.deals.saved_deal", broken)
    assert api.post("/deals", {"name": "x", "stage_id": 1}).status_code == 500
    assert api.world is before


def test_a_long_import_keeps_no_reader_waiting_and_appears_at_once() -> None:
    rows = "".join(f"Deal {n},Lead,{n}\r\n" for n in range(20_000))
    file = ("deals.csv", f"name,stage_name,value\r\n{rows}", "text/csv")
    with running_mock(deals=200) as mock, httpx.Client(headers=mock.headers()) as client:
        took: list[float] = []

        def upload() -> None:
            begin = time.monotonic()
            httpx.post(
                f"{mock.api_url}/deals/import", files={"file": file}, headers=mock.headers(), timeout=600
            )
            took.append(time.monotonic() - begin)

        thread = threading.Thread(target=upload)
        thread.start()
        waits, totals = [], set()
        while thread.is_alive():
            begin = time.monotonic()
            totals.add(client.get(f"{mock.api_url}/deals?per_page=1").json()["total"])
            client.get(f"{mock.api_url}/deals/10").raise_for_status()
            waits.append(time.monotonic() - begin)
        thread.join()
        totals.add(client.get(f"{mock.api_url}/deals?per_page=1").json()["total"])

    assert totals == {200, 20_200}
    assert len(waits) > 5
    assert sorted(waits)[len(waits) // 2] < took[0] / 20


def test_writes_during_a_long_one_are_not_lost() -> None:
    rows = "".join(f"Deal {n},Lead\r\n" for n in range(5_000))
    file = ("deals.csv", f"name,stage_name\r\n{rows}", "text/csv")
    with running_mock(deals=0) as mock:

        def send(number: int) -> None:
            how: dict[str, Any] = {"headers": mock.headers(), "timeout": 600}
            if number % 5:
                body = {"name": f"One {number}", "stage_id": 1}
                httpx.post(f"{mock.api_url}/deals", json=body, **how).raise_for_status()
            else:
                httpx.post(f"{mock.api_url}/deals/import", files={"file": file}, **how).raise_for_status()

        threads = [threading.Thread(target=send, args=(number,)) for number in range(15)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(mock.world.deals) == 3 * 5_000 + 12


def test_nobody_sees_a_write_before_its_response_has_been_checked(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[World] = []
    check = checking.breach

    def watched(*response: Any) -> str | None:
        seen.append(api.world)
        return check(*response)

    monkeypatch.setattr(checking, "breach", watched)
    before = api.world
    api.post("/deals", {"name": "x", "stage_id": 1})
    assert seen == [before]
    assert len(api.world.deals) == len(before.deals) + 1


def test_a_reset_during_a_write_comes_after_it(api: Api) -> None:
    before = api.world
    transaction = Transaction(api.store, Cause("a test", NOW))
    transaction.commit(with_a_stage_called("Renamed"))
    api.store.commit(lambda _: World())
    api.store.commit(lambda _: seeded(deals=12))
    transaction.publish()
    assert api.world is seeded(deals=12) is not before


@pytest.mark.parametrize("path", ["/api/deals/10/stage", "/__admin/snapshots/x"])
def test_a_client_that_does_not_read_its_response_keeps_no_writer_waiting(api: Api, path: str) -> None:
    async def write(send: Any) -> None:
        body = b'{"stage_id": 1}'
        token = f"Bearer {api.tokens['admin']}".encode()
        headers = [(b"authorization", token), (b"content-type", b"application/json"), (b"host", b"x")]
        scope = {
            "type": "http", "method": "PUT", "path": path, "raw_path": path.encode(), "query_string": b"",
            "root_path": "", "headers": headers, "client": ("127.0.0.1", 1), "server": ("x", 80),
            "scheme": "http", "http_version": "1.1",
        }  # fmt: skip
        await api.client.app(scope, reading(body), send)

    def reading(body: bytes) -> Any:
        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        return receive

    async def never(_: Any) -> None:
        await asyncio.Event().wait()

    async def anything(_: Any) -> None:
        """Take the response."""

    async def two_clients() -> None:
        slow = asyncio.create_task(write(never))
        await asyncio.sleep(0.1)
        await asyncio.wait_for(write(anything), 10)
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)

    asyncio.run(two_clients())
