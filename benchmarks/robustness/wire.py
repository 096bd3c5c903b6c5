"""Requests as bytes on a socket, so that they can be as wrong as one likes."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 60.0  # seconds; whatever takes that long has no answer
Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it is sent; `chunked` sends the body in chunks, without its length."""

    method: str
    target: str
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    chunked: bool = False

    def as_bytes(self, host: str) -> bytes:
        """The bytes on the wire; what is not Latin-1 in the head is sent as UTF-8."""
        fields = list(self.headers)
        names = {name.lower() for name, _ in fields}
        if "host" not in names:
            fields.insert(0, ("Host", host))
        if self.chunked:
            fields.append(("Transfer-Encoding", "chunked"))
        elif (self.body or self.method in ("POST", "PUT", "PATCH")) and "content-length" not in names:
            fields.append(("Content-Length", str(len(self.body))))
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields)]
        head = b"".join(_encoded(line) + b"\r\n" for line in lines) + b"\r\n"
        return head + (_in_chunks(self.body) if self.chunked else self.body)


def _encoded(line: str) -> bytes:
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8", "surrogatepass")


def _in_chunks(body: bytes, size: int = 1000) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and the seconds that it took."""

    status: int
    headers: tuple[Header, ...]
    body: bytes
    seconds: float

    def header(self, name: str) -> str:
        """The value of a header; empty if there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class NoAnswerError(Exception):
    """The server closed the connection, or kept quiet, instead of answering."""


class Connection:
    """A connection that is kept open, and opened again when the server has closed it."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._place = (str(address.hostname), address.port or 80)
        self.host = address.netloc
        self.base = address.path
        self._socket: socket.socket | None = None

    def send(self, request: Request) -> Answer:
        """The answer to a request; raises NoAnswerError."""
        begun = time.perf_counter()
        try:
            answer = self._exchange(request.as_bytes(self.host), request.method, begun)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            seconds = time.perf_counter() - begun
            raise NoAnswerError(f"no answer after {seconds:.1f} s: {error!r}") from error
        return answer

    def ask(self, method: str, path: str, token: str, body: object = None) -> Answer:
        """The answer to a well-formed request for a path below the base, with a JSON body if there is one."""
        headers: Sequence[Header] = [("Authorization", f"Bearer {token}")] if token else []
        if body is None:
            return self.send(Request(method, self.base + path, tuple(headers)))
        content = json.dumps(body).encode()
        typed = (*headers, ("Content-Type", "application/json"))
        return self.send(Request(method, self.base + path, typed, content))

    def _exchange(self, sent: bytes, method: str, begun: float) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(self._place, timeout=PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(BrokenPipeError, ConnectionResetError):  # it may answer before it has read everything
            self._socket.sendall(sent)
        response = http.client.HTTPResponse(self._socket, method=method)
        try:
            response.begin()
            body = response.read()
        finally:
            response.close()
        if response.will_close:
            self.close()
        return Answer(response.status, tuple(response.getheaders()), body, time.perf_counter() - begun)

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
