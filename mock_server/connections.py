"""HTTP on a connection: uvicorn's protocol, with the documented error body and without endless waiting."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from mock_server.errors import ErrorResponse
from mock_server.transport.scope import CUT, ENDLESS

LONGEST_HEAD = 65_536  # bytes of the request line and the header fields
PATIENCE = 20.0  # seconds that a client may take to send a request, or stop reading an answer
NOT_HTTP = "The request is not valid HTTP"
TOO_LONG = f"The request line and the headers are longer than {LONGEST_HEAD} bytes"


class Connection(H11Protocol):
    """HTTP by h11, which accepts any method.

    Uvicorn limits only how long a connection may be idle after an answer.
    """

    _since: float | None = None  # when the request began that has not arrived whole, if there is one
    _endless = False  # whether the response goes on until the client goes away
    _unread = 0  # bytes of answers that the client has not taken yet, and since when they are as many
    _unread_since = 0.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._app = self.app
        self.app = self._cuttable

    async def _cuttable(self, scope: Any, receive: Any, send: Any) -> None:
        """The application, which finds in the request what it can tell the connection."""
        signals = {CUT: self.transport.abort, ENDLESS: self._answer_endlessly}
        scope["extensions"] = {**(scope.get("extensions") or {}), **signals}
        await self._app(scope, receive, send)

    def _answer_endlessly(self) -> None:
        self._endless = True

    def shutdown(self) -> None:
        """End as soon as the response has ended; one without an end, at once."""
        super().shutdown()
        if self._endless:
            self.transport.close()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        if self._since is None:
            self._since = self.loop.time()
        super().data_received(data)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._endless = False
        more = self.conn.their_state is not h11.IDLE or self.conn.trailing_data[0]
        self._since = self.loop.time() if more else None

    @property
    def idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def overdue(self, now: float) -> bool:
        """Whether the client has kept the mock waiting for too long, with a request or with an answer."""
        unread = self.transport.get_write_buffer_size()
        if unread != self._unread:
            self._unread, self._unread_since = unread, now
        if unread and now - self._unread_since > PATIENCE:
            return True
        expected = self.conn.their_state in (h11.IDLE, h11.SEND_BODY)
        return expected and self._since is not None and now - self._since > PATIENCE

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
