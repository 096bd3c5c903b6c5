"""A broken or hostile server costs a run neither its memory nor its time."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from contract_tests.client import patience, transport
from contract_tests.client.client import Client
from contract_tests.client.errors import TimedOutError, TooLargeError, UnreachableError
from contract_tests.run.suite import CouldNotRunError, Suite
from contract_tests.settings.settings import Settings
from tests.contract_tests.builders import TOKEN, target

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
MEGABYTE = b" " * 1_000_000
IN_TIME = 30.0  # seconds within which whatever has a limit of half a second has ended, on any machine


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSES", (0.001,))
    monkeypatch.setattr(transport, "HELD", 2_000_000)
    monkeypatch.setattr(transport, "ENDLESS", 10_000_000)


@contextmanager
def sending(parts: Iterable[bytes], *, every: float = 0.0) -> Iterator[Client]:
    """A client of a server that sends these parts in answer to anything, with pauses."""
    ended = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(10_000)
                for part in parts:
                    connection.sendall(part)
                    if every and ended.wait(every):
                        return
            except OSError:
                return

    def accept(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield target(f"http://127.0.0.1:{listener.getsockname()[1]}/api", request_timeout=0.5)
        ended.set()


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


class endless:  # noqa: N801 (reads as a function)
    """These parts, and then the last one again and again, for every connection."""

    def __init__(self, *beginning: bytes, part: bytes) -> None:
        self._beginning, self._part = beginning, part

    def __iter__(self) -> Iterator[bytes]:
        return itertools.chain(self._beginning, itertools.repeat(self._part))


@pytest.mark.parametrize("beginning", [CHUNKED, OK + b"\r\n"], ids=["chunked", "until the end"])
def test_an_endless_response_is_broken_off_and_not_kept(beginning: bytes) -> None:
    part = chunk(MEGABYTE) if beginning is CHUNKED else MEGABYTE
    with sending(endless(beginning, part=part)) as client:
        tracemalloc.start()
        try:
            with pytest.raises(UnreachableError, match="no end: larger than 10 MB"):
                client.call("listDeals")
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert most < 8_000_000


def test_a_large_response_that_ends_is_not_judged() -> None:
    parts = [OK + b"Content-Length: 3000000\r\n\r\n", MEGABYTE, MEGABYTE, MEGABYTE]
    with sending(parts) as client, pytest.raises(TooLargeError, match="larger than 2 MB"):
        client.call("exportDeals")


def test_what_is_decompressed_counts() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    headers = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    assert len(bomb) < 100_000
    with sending([headers, bomb]) as client, pytest.raises(UnreachableError, match="no end"):
        client.call("listDeals")


def test_what_is_compressed_twice_is_refused() -> None:
    parts = [OK + b"Content-Encoding: gzip, gzip\r\nContent-Length: 1\r\n\r\nx"]
    with sending(parts) as client, pytest.raises(UnreachableError, match="compressed more than once"):
        client.call("listDeals")


@pytest.mark.parametrize(
    "parts",
    [
        endless(OK + b"Content-Length: 100000\r\n\r\n", part=b" "),
        endless(CHUNKED, part=b"1\r\n \r\n"),
        endless(b"HTTP/1.1 200 OK\r\n", part=b"X"),
        endless(part=b"H"),
        endless(part=b"HTTP/1.1 100 Continue\r\n\r\n"),
        endless(OK, part=b""),
    ],
    ids=["a body", "chunks", "a header", "a status line", "continue", "nothing"],
)
def test_the_time_is_that_of_the_whole_response(parts: Iterable[bytes]) -> None:
    started = time.monotonic()
    with sending(parts, every=0.05) as client, pytest.raises(TimedOutError, match=r"response within 0\.5 s"):
        client.call("listDeals")
    assert time.monotonic() - started < IN_TIME


@pytest.mark.parametrize(
    "parts",
    [
        [OK, *(b"X-%d: y\r\n" % n for n in range(1000)), b"\r\n"],
        [OK, b"X: " + b"y" * 100_000 + b"\r\n\r\n"],
    ],
    ids=["many", "long"],
)
def test_too_many_and_too_long_headers_are_named(parts: list[bytes]) -> None:
    with sending(parts) as client, pytest.raises(UnreachableError, match="too many or too long headers"):
        client.call("listDeals")


def test_an_endless_line_between_chunks_is_broken_off() -> None:
    with sending(endless(CHUNKED, part=b"0" * 100_000)) as client, pytest.raises(UnreachableError):
        client.call("listDeals")


def test_the_body_of_a_redirect_is_limited_too() -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /there\r\nTransfer-Encoding: chunked\r\n\r\n"
    with (
        sending(endless(head, part=chunk(MEGABYTE))) as client,
        pytest.raises(UnreachableError, match="no end"),
    ):
        client.call("listDeals")


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([OK + b"Content-Length: 100\r\n\r\n{}"], "the connection was closed before the end of the response"),
        ([OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"],
         "the response is not encoded as its Content-Encoding says"),
        ([b""], "the connection was closed before the end of the response"),
    ],
)  # fmt: skip
def test_a_broken_response_is_no_response(parts: list[bytes], told: str) -> None:
    with sending(parts) as client, pytest.raises(UnreachableError, match=told):
        client.call("listDeals")


def test_an_endless_response_to_the_first_request_is_told() -> None:
    with sending(endless(CHUNKED, part=chunk(MEGABYTE))) as client:
        suite = Suite(Settings(base_url=client.base_url, token=TOKEN))
        with pytest.raises(CouldNotRunError, match="the response has no end"):
            suite.open()
