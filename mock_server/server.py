"""Serving the mock: a socket of our own, uvicorn on it, and a clean shutdown."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from mock_server.errors import ErrorResponse

LONGEST_HEAD = 1_000_000  # bytes; so even a very long URL gets a proper 404


class ListenError(Exception):
    """The address cannot be listened on."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 picks a free port."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        # asyncio disables Nagle's algorithm only if the protocol is named: 1 ms a response, not 40.
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise ListenError(f"Cannot listen on {host}: {_reason(error)}") from error
    try:
        if hasattr(signal, "SIGHUP"):  # elsewhere (Windows) it would let two mocks share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise ListenError(
            f"Cannot listen on {host} port {port}: {_reason(error)}; try another --port"
        ) from error
    return listening


def _reason(error: Exception) -> str:
    strerror = getattr(error, "strerror", None) or str(error)
    return strerror[0].lower() + strerror[1:]


def address_of(listening: socket.socket) -> str:
    """The address for clients on this machine: `http://127.0.0.1:4010`."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Protocol(H11Protocol):
    """HTTP by h11, which accepts any method; an invalid request gets the documented error body."""

    def send_400_response(self, msg: str) -> None:
        body = ErrorResponse(400, "The request is not valid HTTP").body()
        head = [("content-type", "application/json"), ("content-length", str(len(body)))]
        close = [("connection", "close")]
        for event in (
            h11.Response(status_code=400, headers=head + close, reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class _Server(uvicorn.Server):
    """Uvicorn with a callback for when it is ready."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Connections with an incomplete request are cut off, which is not worth an error in the log.
        log = logging.getLogger("uvicorn.error")
        before = log.level
        log.setLevel(logging.CRITICAL)
        await super().shutdown(sockets)
        log.setLevel(before)


def serve(
    app: Any, listening: socket.socket, on_ready: Callable[[], None], *, access_log: bool = False
) -> None:
    """Serve until Ctrl-C or SIGTERM; both are a normal exit."""
    server = _server(app, on_ready, access_log=access_log)
    if threading.current_thread() is threading.main_thread():
        # Uvicorn raises the signal again after its shutdown; these handlers ignore it.
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, server.handle_exit)
    server.run([listening])


@contextmanager
def serving(app: Any, listening: socket.socket) -> Iterator[None]:
    """Serve in a background thread until the block ends."""
    ready = threading.Event()
    server = _server(app, ready.set)
    thread = threading.Thread(target=server.run, args=([listening],), name="deals-mock", daemon=True)
    thread.start()
    try:
        while not ready.wait(0.05):
            if not thread.is_alive():
                raise RuntimeError("The mock did not start; see its log")
        yield
    finally:
        server.should_exit = True
        thread.join()


def _server(app: Any, on_ready: Callable[[], None], *, access_log: bool = False) -> _Server:
    config = uvicorn.Config(
        app,
        http=_Protocol,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        loop="asyncio",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=access_log,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    return _Server(config, on_ready)
