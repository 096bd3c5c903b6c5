"""However a request spells its target, it means one path, and no handler runs without the security check."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import NotFound

from deals_spec import Operation
from mock_server.contract import MockContract
from mock_server.domain.refusals import Missing
from mock_server.framework import request_context
from mock_server.handlers import Handler
from mock_server.testing import Mock, RunningMock, build_mock, running_mock
from mock_server.transport.head import MOST_FIELDS, target_of
from tests.mock_server.conftest import NOW

CONTRACT = MockContract.load()


class Watch:
    """A mutation whose handlers find nothing, and note that they ran and for whom."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, Any]] = []

    def contract(self, original: MockContract) -> MockContract:
        return original

    def middlewares(self, contract: MockContract) -> list[Callable[..., Any]]:
        return []

    def handlers(self, original: Mapping[str, Handler]) -> Mapping[str, Handler]:
        return {id_: self._noting(id_) for id_ in original}

    def _noting(self, id_: str) -> Handler:
        def noted(**_: Any) -> NoReturn:
            self.ran.append((id_, request_context.get("user")))
            raise Missing("Record", 1)

        return noted


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="module")
def mock(watch: Watch) -> Mock:
    return build_mock(fixture="empty", now=NOW, mutation=watch)


def sent_to(mock: Mock, method: str, target: bytes, role: str | None) -> int:
    """The status of the answer to a request with this target, as a server passes it on."""
    raw_path, _, query = target.partition(b"?")
    headers = [(b"host", b"mock"), (b"content-type", b"application/json")]
    if role:
        headers.append((b"authorization", mock.headers(role)["Authorization"].encode()))
    scope = {
        "type": "http",
        "method": method,
        "raw_path": raw_path,
        "path": "is not read",
        "headers": headers,
    }
    scope |= {"query_string": query, "http_version": "1.1"}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(mock.app(scope, receive, send))
    return int(sent[0]["status"])


def encoded(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda path: path,
    "no leading slash": lambda path: path[1:],
    "no leading slash, encoded": lambda path: encoded(path[:2]) + path[2:],
    "two leading slashes": lambda path: f"/{path}",
    "another host": lambda path: f"//mock{path}",
    "a trailing slash": lambda path: f"{path}/",
    "every slash twice": lambda path: path.replace("/", "//"),
    "one slash twice": lambda path: "//".join(path.rsplit("/", 1)),
    "encoded slashes": lambda path: path.replace("/", "%2f"),
    "the last slash encoded": lambda path: "%2F".join(path.rsplit("/", 1)),
    "slashes encoded twice": lambda path: path.replace("/", "%252f"),
    "letters encoded": lambda path: "/".join(map(encoded, path.split("/"))),
    "all encoded": encoded,
    "backslashes": lambda path: path.replace("/", "\\"),
    "a dot first": lambda path: f"/.{path}",
    "a dot within": lambda path: "/./".join(path.rsplit("/", 1)),
    "a dot last": lambda path: f"{path}/.",
    "out and back": lambda path: f"/docs/..{path}",
    "out and back, encoded": lambda path: f"/docs/%2e%2e{path}",
    "out of the public operation": lambda path: f"/api/auth/login/../..{path.removeprefix('/api')}",
    "up at the end": lambda path: f"{path}/x/..",
    "a parameter": lambda path: f"{path};x=1",
    "a query": lambda path: f"{path}?x=1",
    "only a query": lambda path: f"?{path}",
    "a fragment": lambda path: f"{path}#x",
    "a whole URL": lambda path: f"http://mock{path}",
    "a whole URL of another host": lambda path: f"HTTPS://a.example:1{path}",
    "a whole URL without a host": lambda path: f"http://{path}",
    "a URL without slashes": lambda path: f"http:{path}",
    "another scheme": lambda path: f"ftp://mock{path}",
    "a host and port": lambda path: "mock:80",
    "a star": lambda path: "*",
    "nothing": lambda path: "",
    "NUL last": lambda path: f"{path}%00",
    "a line break last": lambda path: f"{path}%0A",
    "a space last": lambda path: f"{path}%20",
    "capital letters": str.upper,
    "digits of another script": lambda path: path.replace("1", quote("１")),
    "a byte that is not UTF-8": lambda path: f"{path}%ff",
    "raw bytes outside ASCII": lambda path: f"{path}é",
    "a broken escape": lambda path: f"{path}%",
}


def path_of(operation: Operation) -> str:
    return CONTRACT.base_path + re.sub(r"\{\w+\}", "1", operation.path)


@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=list(SPELLINGS))
@pytest.mark.parametrize("role", [None, "rep", "admin"])
def test_no_handler_runs_without_the_security_check(
    mock: Mock, watch: Watch, spelled: Callable[[str], str], role: str | None
) -> None:
    watch.ran.clear()
    for operation in CONTRACT.operations.values():
        status = sent_to(mock, operation.method, spelled(path_of(operation)).encode(), role)
        assert status < 500, operation.id
    for id_, user in watch.ran:
        operation = CONTRACT.operations[id_]
        assert operation.public or user == mock.person(role or ""), id_
        assert operation.required_role != "admin" or role == "admin", id_


def test_flask_has_no_way_to_a_handler_around_the_check(mock: Mock, watch: Watch) -> None:
    watch.ran.clear()
    flask = mock.app.flask
    for operation in CONTRACT.operations.values():
        if not operation.public:
            with pytest.raises(NotFound):
                flask.test_client().open(path_of(operation), method=operation.method)
    assert watch.ran == []


@pytest.mark.parametrize(
    "target",
    [
        "/api/deals",
        "http://mock/api/deals",
        "https://a.example:1/api/deals",
        "/%61pi/%64eals",
        "http://[::1]/api/deals",
    ],
)
def test_a_path_and_a_whole_url_ask_for_the_same(mock: Mock, watch: Watch, target: str) -> None:
    watch.ran.clear()
    sent_to(mock, "GET", target.encode(), "rep")
    assert watch.ran == [("listDeals", mock.person("rep"))]


@given(st.text())
def test_a_path_means_the_same_alone_and_in_a_url(text: str) -> None:
    path = b"/" + quote(text).encode()
    alone, whole = target_of(path), target_of(b"http://host:1" + path)
    assert alone
    assert whole
    assert (whole.path, whole.raw_path, whole.host) == (alone.path, alone.raw_path, b"host:1")
    assert alone.path == f"/{text}"


@given(st.binary())
def test_what_has_a_path_has_one_that_begins_with_a_slash(sent: bytes) -> None:
    target = target_of(sent)
    assert target is None or target.path.startswith("/")


@pytest.fixture(scope="module")
def served() -> Iterator[RunningMock]:
    with running_mock(deals=3, now=NOW) as mock:
        yield mock


def answered(mock: RunningMock, head: str) -> tuple[int, bytes]:
    """Status and body of the answer to a request with this head, sent on a socket of its own."""
    address = urlsplit(mock.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=20) as connection:
        connection.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode("latin-1"))
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    start, _, body = answer.partition(b"\r\n\r\n")
    return int(start.split(b" ")[1]), body


@pytest.mark.parametrize(
    "line",
    [
        "GET api/deals",
        "GET deals",
        "POST api/deals",
        "GET ?page=1",
        "GET *",
        "OPTIONS *",
        "CONNECT mock:80",
        "GET http:///api/deals",
        "GET ftp://mock/api/deals",
    ],
)
def test_a_target_without_a_path_is_a_bad_request(served: RunningMock, line: str) -> None:
    for token in ("", f"\r\nAuthorization: {served.headers()['Authorization']}"):
        status, body = answered(served, f"{line} HTTP/1.1\r\nHost: mock{token}")
        assert status == 400
        assert json.loads(body) == {
            "success": False,
            "message": "The request target must be a path that begins with a slash, or a whole URL",
        }


def test_a_whole_url_as_the_target_is_answered(served: RunningMock) -> None:
    token = served.headers()["Authorization"]
    status, body = answered(
        served, f"GET http://any.example/api/deals?per_page=2 HTTP/1.1\r\nHost: x\r\nAuthorization: {token}"
    )
    assert status == 200
    assert len(json.loads(body)["data"]) == 2


@pytest.mark.parametrize(("fields", "status"), [(MOST_FIELDS, 401), (MOST_FIELDS + 1, 400)])
def test_the_number_of_header_fields_is_limited(served: RunningMock, fields: int, status: int) -> None:
    more = "".join(f"\r\nX-{number}: x" for number in range(fields - 2))  # besides Host and Connection
    assert answered(served, f"GET /api/deals HTTP/1.1\r\nHost: x{more}")[0] == status
