"""The mock's own pages are shown under names of this machine only; the API is called under any name."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from mock_server.access import Access
from mock_server.app import create_app
from mock_server.testing import RunningMock, build_mock, running_mock
from mock_server.transport.own_pages import name_of
from tests.mock_server.conftest import NOW
from tests.mock_server.test_targets import answered

PAGES = [
    "/",
    "/docs",
    "/docs/contract.json",
    "/docs/assets/swagger-ui.css",
    "/openapi.yaml",
    "/__admin/health",
    "/__admin/",
    "/__admin/console.js",
    "/__admin/journal.js",
]
OURS = ["localhost", "LOCALHOST:4010", "127.0.0.1", "127.0.0.1:4010", "[::1]", "[::1]:4010", "192.168.1.9:80"]
STRANGE = [
    "evil.example",
    "evil.example:4010",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil.example",
    "evil.example@127.0.0.1",
    "[::1].evil.example",
    "[evil.example]",
    "127.0.0.1:4010:evil",
    "127.0.0.1, evil.example",
    "localhost evil.example",
    "mock",
    "",
]


@pytest.fixture(scope="module")
def served() -> Iterator[RunningMock]:
    with running_mock(deals=1, now=NOW) as mock:
        yield mock


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_shown_under_a_name_of_this_machine(served: RunningMock, page: str) -> None:
    for host in OURS:
        assert answered(served, f"GET {page} HTTP/1.1\r\nHost: {host}")[0] in (200, 302), host


@pytest.mark.parametrize("page", [*PAGES, "/nothing", "/__admin/nothing"])
@pytest.mark.parametrize("host", STRANGE)
def test_no_page_is_shown_under_another_name(served: RunningMock, page: str, host: str) -> None:
    status, body = answered(served, f"GET {page} HTTP/1.1\r\nHost: {host}")
    assert status == 403
    assert json.loads(body)["success"] is False
    assert b"localhost" in body  # what to use instead


def test_the_answer_says_how_to_allow_a_name(served: RunningMock) -> None:
    _, body = answered(served, "GET /docs HTTP/1.1\r\nHost: evil.example:4010")
    assert json.loads(body)["message"] == (
        "This page is not shown under the name evil.example, so that no other web page can read it: "
        "use localhost or an IP address, or start the mock with --allow-host evil.example"
    )
    _, body = answered(served, f"GET /docs HTTP/1.1\r\nHost: {'x' * 5000}")
    assert len(body) < 500


def test_a_request_without_a_host_sees_no_page(served: RunningMock) -> None:
    assert answered(served, "GET /docs HTTP/1.0")[0] == 403


def test_the_host_in_the_target_counts_instead_of_the_field(served: RunningMock) -> None:
    assert answered(served, "GET http://evil.example/docs HTTP/1.1\r\nHost: localhost")[0] == 403
    assert answered(served, "GET http://localhost/docs HTTP/1.1\r\nHost: evil.example")[0] == 200


@pytest.mark.parametrize("host", [*OURS, *STRANGE])
def test_the_api_is_called_under_any_name(served: RunningMock, host: str) -> None:
    head = f"GET /api/deals HTTP/1.1\r\nHost: {host}\r\nAuthorization: {served.headers()['Authorization']}"
    assert answered(served, head)[0] == 200


def test_a_name_can_be_allowed() -> None:
    mock = build_mock(fixture="empty", now=NOW)
    app = create_app(mock.contract, mock.worlds, access=Access(hosts=["Mock.Example"]))
    for host, status in (("mock.example", 200), ("MOCK.example:80", 200), ("a.mock.example", 403)):
        answer = TestClient(app, base_url="http://localhost").get("/docs", headers={"Host": host})
        assert answer.status_code == status


def test_an_application_without_a_socket_is_called_under_any_name() -> None:
    mock = build_mock(fixture="empty", now=NOW)
    assert TestClient(mock.app, base_url="http://mock").get("/docs").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_no_page_is_shown_in_a_frame(page: str) -> None:
    client = TestClient(build_mock(fixture="empty", now=NOW).app)
    headers = client.get(page, follow_redirects=False).headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"] == "frame-ancestors 'none'"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("a.example:80", "a.example"),
        ("a.example:", "a.example"),
        ("[::1]:80", "::1"),
        ("::1", ""),
        (":80", ""),
    ],
)
def test_the_name_of_a_host_is_read_without_its_port(host: str, name: str) -> None:
    assert name_of(host) == name
