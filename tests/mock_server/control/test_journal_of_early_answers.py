"""The journal of requests that were answered before anybody has read them."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest

from mock_server.testing import RunningMock, running_mock
from mock_server.transport import journaling
from mock_server.transport.reading import PUBLIC_BODY
from tests.mock_server.conftest import NOW, Api
from tests.mock_server.control.conftest import Controls

RENAMED = {"name": "Renamed", "stage_id": 3}


UNREAD = {
    "an unknown path": ("/api/nothing", {}),
    "one response on demand": ("/api/deals", {"Prefer": "code=422"}),
    "a field too many": ("/api/deals?colour=red", {"Content-Type": "text/plain"}),
}


@pytest.mark.parametrize(("path", "more"), UNREAD.values(), ids=list(UNREAD))
def test_a_request_that_was_answered_early_is_there_whole(
    mock: Api, controls: Controls, path: str, more: dict[str, str]
) -> None:
    mock.as_("rep").send("POST", path, json=RENAMED, headers=more)
    [entry] = controls.get("/journal")["data"]
    assert json.loads(entry["request"]["body"]) == RENAMED
    assert entry["person"] == "rep@revorbit.example"
    assert controls.post("/journal/count", {"person": "rep@revorbit.example"}) == {"count": 1}


def test_a_request_without_a_token_is_nobodys(mock: Api, controls: Controls) -> None:
    mock.as_("nobody").send("POST", "/api/deals", json=RENAMED)
    [entry] = controls.get("/journal")["data"]
    assert (json.loads(entry["request"]["body"]), entry["person"]) == (RENAMED, None)


def test_a_fault_does_not_hide_what_was_sent(mock: Api, controls: Controls) -> None:
    controls.post("/faults", {"status": 503})
    mock.as_("rep").send("POST", "/api/deals", json=RENAMED)
    [entry] = controls.get("/journal")["data"]
    assert (entry["status"], entry["answered_by"]) == (503, "fault")
    assert (json.loads(entry["request"]["body"]), entry["person"]) == (RENAMED, "rep@revorbit.example")


HELD_BACK = {
    "a wrong token": ("/api/deals", {"Authorization": "Bearer none"}),
    "an unknown path": ("/api/nothing", {}),
    "one response on demand": ("/api/deals", {"Prefer": "code=422"}),
    "a fault": ("/api/deals/10/tasks", {}),
    "a cut connection": ("/api/deals/10/notes", {}),
}


@pytest.fixture(scope="module")
def served() -> Iterator[RunningMock]:
    with running_mock(deals=12, now=NOW) as mock:
        yield mock


def late(mock: RunningMock, path: str, headers: dict[str, str], more: bytes = b"") -> bytes:
    """What is answered to a request whose body comes a little after its head, as most clients send it."""
    fields = {"Host": "localhost", "Content-Length": "5", **mock.headers("rep"), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    url = urlsplit(mock.url)
    with (
        socket.create_connection((url.hostname, url.port), timeout=10) as connection,
        suppress(ConnectionError),
    ):
        connection.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode())
        time.sleep(0.03)
        if more:
            connection.sendall(more)
        return connection.recv(65536)
    return b""


@pytest.mark.parametrize(("path", "headers"), HELD_BACK.values(), ids=list(HELD_BACK))
def test_a_body_that_comes_after_its_head_is_there(
    served: RunningMock, path: str, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journaling, "LONGEST_WAIT", 10)  # also on a busy machine
    world = served.in_world("late")
    httpx.post(f"{world.control_url}/faults", json={"operation": "createDealTask", "status": 503})
    httpx.post(f"{world.control_url}/faults", json={"operation": "createDealNote", "cut": "connection"})
    late(served, f"/worlds/late{path}", headers, b"hello")
    [entry] = httpx.get(f"{world.control_url}/journal?limit=1").json()["data"]
    assert entry["request"]["body"] == "hello"


def test_an_answer_does_not_wait_for_a_body_that_never_comes(served: RunningMock) -> None:
    assert late(served, "/worlds/never/api/nothing", {}).startswith(b"HTTP/1.1 404")
    [entry] = httpx.get(f"{served.url}/worlds/never/__admin/journal").json()["data"]
    assert entry["request"]["body"] is None


def test_a_client_that_asks_first_is_not_told_to_send_what_nobody_wants(served: RunningMock) -> None:
    answer = late(served, "/worlds/asks/api/nothing", {"Expect": "100-continue"})
    assert answer.startswith(b"HTTP/1.1 404")


def test_of_a_stranger_no_more_is_kept_than_reading_would_take(mock: Api, controls: Controls) -> None:
    mock.as_("nobody").send("POST", "/api/nothing", content=b"x" * (PUBLIC_BODY + 1))
    mock.as_("rep").send("POST", "/api/nothing", content=b"x" * (PUBLIC_BODY + 1))
    bodies = [entry["request"]["body"] for entry in controls.get("/journal")["data"]]
    assert bodies == ["x" * (PUBLIC_BODY + 1), None]
