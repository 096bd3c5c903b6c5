"""HTTP on a connection: uvicorn's protocols, with the documented error body and without endless waiting.

Requests are read by httptools, which is fast. What it refuses goes to h11, which accepts any method and
lenient forms of a head, or knows why it does not.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import h11
import httptools
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mock_server.errors import ErrorResponse
from mock_server.transport.scope import CUT, ENDLESS

LONGEST_HEAD = 65_536  # bytes of the request line and the header fields
PATIENCE = 20.0  # seconds that a client may take to send a request, or stop reading an answer
NOT_HTTP = "The request is not valid HTTP"
CONTINUE = b"HTTP/1.1 100 "
TOO_LONG = f"The request line and the headers are longer than {LONGEST_HEAD} bytes"


class NotForHttptoolsError(Exception):
    """A head that httptools would accept, and h11 may not; or one that asks for an upgrade."""


class Joined:
    """The transport of one response: its head is sent together with its body, if that comes at once.

    Each sending is a call to the system, which costs as much as all the rest of uvicorn.
    """

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send this, after what is held back; hold it back if it is a head."""
        if self._held or not data.startswith(b"HTTP/1.1 ") or data.startswith(CONTINUE):
            data, self._held = self._held + data, b""
            self._transport.write(data)
        else:
            self._held = data
            self._loop.call_soon(self._flush)

    def close(self) -> None:
        """Send what is held back, and close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._held:
            self.write(b"")


class Watched(asyncio.Protocol):
    """What is the same for both protocols: the end of patience, and what an application can tell them.

    Uvicorn limits only how long a connection may be idle after an answer.
    """

    loop: asyncio.AbstractEventLoop
    transport: Any
    cycle: Any
    app: Callable[..., Any]
    _since: float | None = None  # when the request began that has not arrived whole, if there is one
    _endless = False  # whether the response goes on until the client goes away
    _unread = 0  # bytes of answers that the client has not taken yet, and since when they are as many
    _unread_since = 0.0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._let_it_be_told()
        self._since = self.loop.time()

    def shutdown(self) -> None:
        """End as soon as the response has ended; one without an end, at once."""
        super().shutdown()  # type: ignore[misc]  # the protocol that this is mixed into has it
        if self._endless:
            self.transport.close()

    def _let_it_be_told(self) -> None:
        """Give the application what it can tell the connection, in the extensions of each request."""
        app = self.app

        async def telling(scope: Any, receive: Any, send: Any) -> None:
            signals = {CUT: self._cut, ENDLESS: self._answer_endlessly}
            scope["extensions"] = {**(scope.get("extensions") or {}), **signals}
            await app(scope, receive, send)

        self.app = telling

    async def _cut(self) -> None:
        self.transport.abort()

    def _answer_endlessly(self) -> None:
        self._endless = True

    @property
    def idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or bool(self.cycle.response_complete)

    def overdue(self, now: float) -> bool:
        """Whether the client has kept the mock waiting for too long, with a request or with an answer."""
        unread = self.transport.get_write_buffer_size()
        if unread != self._unread:
            self._unread, self._unread_since = unread, now
        if unread and now - self._unread_since > PATIENCE:
            return True
        return self._expects_more() and self._since is not None and now - self._since > PATIENCE

    def _expects_more(self) -> bool:
        """Whether the client has not sent the whole of a request."""
        return True


class Connection(Watched, HttpToolsProtocol):
    """HTTP by httptools, or by `H11Connection` from the first request on that httptools refuses."""

    _in_message = False  # whether a request has begun that has not arrived whole
    _in_body = False  # whether its head has arrived
    _shared = False  # whether the latest data contains the end of another request
    _head = b""  # what has arrived of a head, as far as it is known

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        if self._since is None:
            self._since = self.loop.time()
        self._shared = False
        if not self._in_body:
            self._head = self._head + data if self._in_message else data
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self._refused()
            return
        if self._in_message and not self._in_body and len(self._head) > LONGEST_HEAD:
            self._end_with(TOO_LONG)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_message = True
        self._since = self._since or self.loop.time()
        if self._shared:
            self._head = b""  # what of it is in this data is not known

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_body:  # a field after the body is not read
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        version, hosts = self.parser.get_http_version(), [n for n, _ in self.headers if n == b"host"]
        is_plain = not self.parser.should_upgrade() and version in ("1.0", "1.1")
        if not is_plain or len(hosts) > 1 or (version == "1.1" and not hosts):
            raise NotForHttptoolsError
        self._in_body, self._head = True, b""
        target, self.url = self.url, b"/"  # it may be anything; below, one place decides what it means
        super().on_headers_complete()
        self.cycle.transport = Joined(self.transport, self.loop)
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope["raw_path"], _, scope["query_string"] = target.partition(b"?")
        scope["path"] = scope["raw_path"].decode("ascii", "replace")

    def on_message_complete(self) -> None:
        self._in_message = self._in_body = False
        self._shared, self._since = True, None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._endless = False
        if not self._in_message:
            self._since = None

    def _refused(self) -> None:
        """Let h11 judge what httptools has refused, if that is the head of a request, and known whole."""
        if self._in_body or self._shared or not self._head or not self.idle:
            self._end_with(NOT_HTTP)
            return
        self.connections.discard(self)
        other = H11Connection(self.config, self.server_state, self.app_state, self.loop)
        self.transport.set_protocol(other)
        other.connection_made(self.transport)
        other.data_received(self._head)

    def _end_with(self, message: str) -> None:
        """Answer with the documented error body, unless an answer has already begun, and end."""
        if not self.idle and not self._in_body:  # the answer to an earlier request is on its way
            self.cycle.keep_alive = False
            self.transport.pause_reading()
            return
        if not self._in_body or not self.cycle.response_started:
            body = ErrorResponse(400, message).body()
            head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close"
            self.transport.write(f"HTTP/1.1 400 Bad Request\r\n{head}\r\n\r\n".encode() + body)
        if self.cycle is not None:
            self.cycle.disconnected = True  # so that the application's own answer is not sent, too
            self.cycle.message_event.set()
        self.transport.close()


class H11Connection(Watched, H11Protocol):
    """HTTP by h11."""

    def data_received(self, data: bytes) -> None:
        if self._since is None:
            self._since = self.loop.time()
        super().data_received(data)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._endless = False
        more = self.conn.their_state is not h11.IDLE or self.conn.trailing_data[0]
        self._since = self.loop.time() if more else None

    def _expects_more(self) -> bool:
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY)

    def _unsupported_upgrade_warning(self) -> None:
        """Log nothing: a server may ignore an upgrade, such as the one to HTTP/2 that Java asks for."""

    def send_400_response(self, msg: str) -> None:
        """Answer with the documented error body, unless an answer has already begun."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            too_long = getattr(sys.exception(), "error_status_hint", 400) == 431
            self._send_error(ErrorResponse(400, TOO_LONG if too_long else NOT_HTTP).body())
        if self.cycle is not None:
            self.cycle.disconnected = True  # so that the application's own answer is not sent, too
        self.transport.close()

    def _send_error(self, body: bytes) -> None:
        head = [("content-type", "application/json"), ("content-length", str(len(body)))]
        close = [("connection", "close")]
        to_head = self.conn.our_state is h11.SEND_RESPONSE and self.scope["method"] == "HEAD"
        for event in (
            h11.Response(status_code=400, headers=head + close, reason=b"Bad Request"),
            h11.Data(data=b"" if to_head else body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
