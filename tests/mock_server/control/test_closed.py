"""The control side is closed: for this machine only, and for no other web page."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.testclient import TestClient

from mock_server.testing import build_mock, running_mock
from tests.mock_server.conftest import NOW, Api
from tests.mock_server.control.conftest import CONTROL, Controls

ELSEWHERE = ["192.168.1.7", "10.0.0.1", "2001:db8::1", "nonsense"]
HERE = ["127.0.0.1", "127.8.8.8", "::1"]


def status_for(client: str | None, path: str) -> int:
    """The status of a request to a mock on a socket from this address."""
    mock = build_mock(deals=3, now=NOW)
    object.__setattr__(mock, "hosts", ())
    found: list[int] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            found.append(message["status"])

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost:4010")],
        "client": client and (client, 5000),
        "server": ("127.0.0.1", 4010),
        "scheme": "http",
        "http_version": "1.1",
    }
    asyncio.run(mock.app(scope, receive, send))
    return found[0]


@pytest.mark.parametrize("path", ["/__admin/worlds", "/worlds/x/__admin/history"])
def test_only_this_machine_may_control_the_mock(path: str) -> None:
    assert [status_for(client, path) for client in [*ELSEWHERE, None]] == [403] * 5
    assert [status_for(client, path) for client in HERE] == [200] * 3


def test_health_is_for_everybody() -> None:
    assert status_for("192.168.1.7", "/__admin/health") == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_web_page_changes_nothing(mock: Api, controls: Controls, headers: dict[str, str]) -> None:
    mock.delete("/deals/3")
    answer = controls.send("POST", "/undo", **headers)
    assert (answer.status_code, "web page" in answer.json()["message"]) == (403, True)
    assert len(mock.world.deals) == 11


def test_the_own_page_may_change_something(mock: Api, controls: Controls) -> None:
    mock.delete("/deals/3")
    headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert controls.send("POST", "/undo", **headers).status_code == 200


@pytest.mark.parametrize("base", ["/__admin", "/worlds/x/__admin"])
def test_no_other_origin_may_read_it(mock: Api, base: str) -> None:
    origin = {"Origin": "https://evil.example"}
    assert not any(
        name.startswith("access-control")
        for name in mock.send("GET", f"{base}/worlds", headers=origin).headers
    )
    asked = {**origin, "Access-Control-Request-Method": "POST"}
    answer = mock.send("OPTIONS", f"{base}/undo", headers=asked)
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_no_other_host_name_reaches_it() -> None:
    with running_mock(deals=3) as mock, TestClient(mock.app, base_url="http://evil.example") as client:
        for base in ("/__admin", "/worlds/x/__admin"):
            assert client.get(f"{base}/worlds").status_code == 403


def test_every_operation_of_the_contract_is_there(controls: Controls) -> None:
    for operation in CONTROL.operations.values():
        answer = controls.send(operation.method, operation.path.replace("{name}", "x"), {})
        assert answer.status_code not in (405, 500), (operation.id, answer.text)
