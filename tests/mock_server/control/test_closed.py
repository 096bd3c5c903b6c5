"""The control side is closed: for this machine only, and for no other web page."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.testclient import TestClient

from mock_server.access import Access
from mock_server.testing import build_mock, running_mock
from tests.mock_server.conftest import NOW, Api
from tests.mock_server.control.conftest import CONTROL, Controls

ELSEWHERE = ["192.168.1.7", "10.0.0.1", "2001:db8::1", "nonsense"]
HERE = ["127.0.0.1", "127.8.8.8", "::1"]


def status_for(client: str | None, path: str) -> int:
    """The status of a request to a mock on a socket from this address."""
    mock = build_mock(deals=3, now=NOW)
    object.__setattr__(mock, "access", Access(hosts=(), only_here=True))
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


@pytest.mark.parametrize("path", ["/__admin/worlds", "/worlds/base/__admin/history"])
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


@pytest.mark.parametrize("base", ["/__admin", "/worlds/base/__admin"])
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
        for base in ("/__admin", "/worlds/base/__admin"):
            assert client.get(f"{base}/worlds").status_code == 403


def test_every_operation_of_the_contract_is_there(controls: Controls) -> None:
    for operation in CONTROL.operations.values():
        answer = controls.send(operation.method, operation.path.replace("{name}", "x"), {})
        assert answer.status_code not in (405, 500), (operation.id, answer.text)


def with_key(headers: dict[str, str], path: str = "/__admin/worlds", client: str = "192.168.1.7") -> Any:
    """The response of a mock with an admin key to a request from this address."""
    mock = build_mock(deals=3, now=NOW)
    object.__setattr__(mock, "access", Access(hosts=(), only_here=True, admin_key="correct-horse"))
    with TestClient(mock.app, client=(client, 5000), follow_redirects=False) as caller:
        return caller.get(path, headers={"Host": "mock:4010", **headers})


def test_who_has_the_key_may_control_the_mock_from_anywhere() -> None:
    assert with_key({"X-Mock-Admin-Key": "correct-horse"}).status_code == 200
    assert with_key({"Cookie": "a=b; X-Mock-Admin-Key=correct-horse"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Mock-Admin-Key": "wrong"}, {"X-Mock-Admin-Key": ""}, {"Cookie": "X-Mock-Admin-Key=wrong"}],
)
@pytest.mark.parametrize("client", ["192.168.1.7", "127.0.0.1"])
def test_without_the_key_nobody_may(headers: dict[str, str], client: str) -> None:
    answer = with_key(headers, client=client)
    assert answer.status_code == 403
    assert "X-Mock-Admin-Key" in answer.json()["message"]
    assert "correct-horse" not in answer.text


def test_the_contract_says_where_somebody_may_be_kept_out() -> None:
    answers = {id_: 403 in operation.responses for id_, operation in CONTROL.operations.items()}
    assert [id_ for id_, has_one in answers.items() if not has_one] == ["getHealth"]


def test_with_a_key_health_is_still_for_everybody() -> None:
    assert with_key({"Host": "localhost"}, "/__admin/health").status_code == 200


def test_a_browser_is_given_the_key_as_a_cookie_that_pages_cannot_read() -> None:
    answer = with_key({}, "/__admin/?key=correct-horse")
    assert (answer.status_code, answer.headers["location"]) == (303, ".")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("X-Mock-Admin-Key=correct-horse;")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert with_key({}, "/__admin?key=correct-horse").headers["location"] == "__admin/"
    assert with_key({}, "/__admin/?key=wrong").status_code == 403
    assert with_key({}, "/__admin/worlds?key=correct-horse").status_code == 403  # only for the console


def test_a_mock_may_have_no_control_side() -> None:
    mock = build_mock(deals=3, now=NOW)
    object.__setattr__(mock, "access", Access(control=False))
    with TestClient(mock.app) as caller:
        assert caller.get("/__admin/worlds").status_code == 404
        assert caller.post("/worlds/base/__admin/reset").status_code == 404
        assert caller.get("/__admin/health").status_code == 200
        assert caller.get("/api/deals", headers={"X-Mock-World": "x", **mock.headers()}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/__admin/worlds/a%0Ab", "/__admin/snapshots/a%0A", "/__admin/snapshots/%0A/restore"]
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_line_break_is_in_no_path(controls: Controls, method: str, path: str) -> None:
    assert controls.api.send(method, path).status_code == 404
