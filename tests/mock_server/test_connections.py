"""Connections: whatever a client sends, or does not send, others are served and the log stays quiet."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from mock_server import connections
from mock_server.connections import LONGEST_HEAD
from mock_server.testing import RunningMock, running_mock
from tests.mock_server.conftest import NOW

GET = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
CHUNKED = b"POST /api/deals HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
BAD_CHUNK = b"zz\r\n"
LONG_AFTER = 30  # seconds; what is dropped after half a second is dropped long before, even on a busy machine


@pytest.fixture(scope="module")
def served() -> Iterator[RunningMock]:
    with running_mock(deals=1, now=NOW) as mock:
        yield mock


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.5)


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fails if the mock logs an error."""
    yield
    errors = [each for each in caplog.get_records("call") if each.levelno >= logging.ERROR]
    assert [each.getMessage() for each in errors] == []


def connected(mock: RunningMock) -> socket.socket:
    address = urlsplit(mock.url)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=LONG_AFTER)


def read_to_end(connection: socket.socket) -> bytes:
    """Everything until the mock ends the connection."""
    received = b""
    with suppress(ConnectionError):
        while part := connection.recv(65536):
            received += part
    return received


def is_open(connection: socket.socket) -> bool:
    """Whether the mock still takes what is sent."""
    try:
        connection.sendall(b"1\r\nx\r\n")
    except ConnectionError:
        return False
    return True


def message_of(answer: bytes) -> str:
    """The message of one answer with the documented error body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    error = json.loads(body)
    assert error == {"success": False, "message": error["message"]}
    return str(error["message"])


HALVES = {
    "a byte": b"G",
    "half a head": b"GET / HTTP/1.1\r\nHost: x\r\nX-A",
    "half a body": b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
    "no chunk": CHUNKED,
    "half a chunk": CHUNKED + b"5\r\nab",
    "half an unread body": b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
}


@pytest.mark.usefixtures("impatient", "quiet")
@pytest.mark.parametrize("sent", HALVES.values(), ids=list(HALVES))
@pytest.mark.parametrize("before", [b"", GET, GET * 3], ids=["at first", "after a request", "after more"])
def test_half_a_request_is_dropped_after_a_time(served: RunningMock, before: bytes, sent: bytes) -> None:
    with connected(served) as connection:
        connection.sendall(before + sent)
        read_to_end(connection)


@pytest.mark.usefixtures("impatient", "quiet")
def test_a_connection_on_which_nothing_comes_is_dropped_after_a_time(served: RunningMock) -> None:
    with connected(served) as connection:
        assert read_to_end(connection) == b""


@pytest.mark.usefixtures("impatient", "quiet")
@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\nX: ", CHUNKED], ids=["head", "body"])
def test_a_request_that_comes_in_drops_is_dropped(served: RunningMock, start: bytes) -> None:
    with connected(served) as connection:
        connection.sendall(start)
        end = time.monotonic() + LONG_AFTER
        while is_open(connection):
            assert time.monotonic() < end
            time.sleep(0.05)


@pytest.mark.usefixtures("impatient", "quiet")
def test_a_client_that_does_not_read_is_dropped(served: RunningMock) -> None:
    with connected(served) as connection:
        connection.sendall(GET * 400)
        time.sleep(4)
        assert read_to_end(connection).count(b"HTTP/1.1 200") < 400


@pytest.mark.usefixtures("impatient")
def test_a_client_may_wait_longer_between_two_requests(served: RunningMock) -> None:
    with connected(served) as connection:
        for _ in range(2):
            connection.sendall(b"OPTIONS /api/deals HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 204")
            time.sleep(2.5)


@pytest.mark.usefixtures("quiet")
def test_a_bad_chunk_is_answered_once(served: RunningMock) -> None:
    token = f"Authorization: {served.headers()['Authorization']}\r\n\r\n".encode()
    with connected(served) as connection:
        connection.sendall(CHUNKED[:-2] + token)
        time.sleep(0.2)  # the handler waits for the body
        connection.sendall(BAD_CHUNK)
        assert message_of(read_to_end(connection)) == "The request is not valid HTTP"


@pytest.mark.usefixtures("quiet")
def test_a_bad_chunk_with_the_head_is_answered_once(served: RunningMock) -> None:
    with connected(served) as connection:
        connection.sendall(CHUNKED + BAD_CHUNK)
        assert message_of(read_to_end(connection)) == "The request is not valid HTTP"


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    "next_", [BAD_CHUNK, b"1\r\nx\r\n" + BAD_CHUNK, b"1\r\nxyz", b"0\r\n\r\n\x00\x00\r\n\r\n"]
)
def test_a_bad_chunk_after_an_early_answer_ends_the_connection(served: RunningMock, next_: bytes) -> None:
    with connected(served) as connection:
        connection.sendall(CHUNKED)
        assert connection.recv(65536).startswith(b"HTTP/1.1 401")
        connection.sendall(next_)
        assert b"HTTP/1.1 500" not in read_to_end(connection)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    "sent",
    [
        b"GET /" + b"a" * LONGEST_HEAD,
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * LONGEST_HEAD,
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a:\r\n" * LONGEST_HEAD,
    ],
    ids=["path", "field", "fields"],
)
def test_a_head_that_is_too_long_is_told_the_limit(served: RunningMock, sent: bytes) -> None:
    with connected(served) as connection:
        connection.sendall(sent[: LONGEST_HEAD + 1])
        told = message_of(read_to_end(connection))
        assert told == f"The request line and the headers are longer than {LONGEST_HEAD} bytes"


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\r\n" * 9 + b"x"]
)
def test_what_is_not_http_is_told_so(served: RunningMock, sent: bytes) -> None:
    with connected(served) as connection:
        connection.sendall(sent + b"\r\n\r\n")
        assert message_of(read_to_end(connection)) == "The request is not valid HTTP"


def test_an_upgrade_is_ignored_without_a_word(served: RunningMock, caplog: pytest.LogCaptureFixture) -> None:
    with connected(served) as connection:
        connection.sendall(
            b"GET /api/deals HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            b"Upgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n\r\n"
        )
        assert connection.recv(65536).startswith(b"HTTP/1.1 401")
    assert caplog.messages == []


@pytest.mark.usefixtures("quiet")
def test_a_connection_goes_on_after_an_upgrade_that_is_ignored(served: RunningMock) -> None:
    upgrade = b"Connection: Upgrade\r\nUpgrade: h2c\r\n"
    login = b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + upgrade
    with connected(served) as connection:
        for _ in range(2):
            connection.sendall(login + b"Content-Length: 2\r\n\r\n{}" + GET)
            assert [head[:12] for head in heads_of(connection, 2)] == [b"HTTP/1.1 422", b"HTTP/1.1 200"]


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"BREW /api/deals HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 405 Method Not Allowed"),
        (b"GET /api/nothing HTTP/1.1\nHost: x\n\n", b"HTTP/1.1 404 Not Found"),
        (b"GET /api/nothing HTTP/1.1\r\nHost: x\r\nX: 1\r\n 2\r\n\r\n", b"HTTP/1.1 404 Not Found"),
        (b"GET /api/nothing HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", b"HTTP/1.1 404 Not Found"),
    ],
    ids=["method", "ends of lines", "a folded field", "an old version"],
)
def test_unusual_requests_are_answered(served: RunningMock, sent: bytes, answer: bytes) -> None:
    with connected(served) as connection:
        connection.sendall(GET)
        assert heads_of(connection, 1) == [b"HTTP/1.1 200 OK"]
        for part in (sent[:3], sent[3:]):
            connection.sendall(part)
            time.sleep(0.05)
        assert heads_of(connection, 1) == [answer]


@pytest.mark.usefixtures("quiet")
def test_what_is_refused_behind_a_request_does_not_reach_into_its_answer(served: RunningMock) -> None:
    with connected(served) as connection:
        connection.sendall(GET + b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n")
        received = read_to_end(connection)
        head, _, body = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK")
        assert json.loads(body)["openapi"]


@pytest.mark.usefixtures("quiet")
def test_fields_after_a_body_are_not_read(served: RunningMock) -> None:
    with connected(served) as connection:
        connection.sendall(CHUNKED + b"0\r\nAuthorization: Bearer x\r\n\r\n")
        assert b"Missing token" in connection.recv(65536)


def heads_of(connection: socket.socket, number: int) -> list[bytes]:
    """The first lines of so many answers; each is read whole."""
    heads = []
    stream = connection.makefile("rb")
    for _ in range(number):
        heads.append(stream.readline().rstrip())
        fields = dict(line.rstrip().lower().split(b": ", 1) for line in iter(stream.readline, b"\r\n"))
        stream.read(int(fields[b"content-length"]))
    return heads
