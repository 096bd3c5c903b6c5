"""Serving the mock: a socket of our own, uvicorn on it, and a clean shutdown."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import math
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from types import FrameType
from typing import Any, NoReturn

import uvicorn

from mock_server.connections import LONGEST_HEAD, Connection, Watched

QUEUE = 128  # connections that wait to be accepted
RARELY = 20_000  # objects more than were freed: requests leave no cycles, so there is little to collect
END_WITHIN = 1.8  # seconds from the first Ctrl-C; less than two with what Python needs to end
OUT_OF_FILES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
log = logging.getLogger(__name__)


def _nothing() -> None:
    """What is called where nothing is to be done."""


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
        listening.listen(QUEUE)
    except OSError as error:
        listening.close()
        raise ListenError(f"Cannot listen on {host} port {port}: {_bind_reason(error)}") from error
    return listening


def _bind_reason(error: OSError) -> str:
    if error.errno == errno.EADDRNOTAVAIL:
        return "this machine does not have this address"
    taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
    return f"{_reason(error)}{'; try another --port' if taken else ''}"


def _reason(error: Exception) -> str:
    strerror = getattr(error, "strerror", None) or str(error)
    return strerror[0].lower() + strerror[1:]


def address_of(listening: socket.socket) -> str:
    """The address for clients on this machine: `http://127.0.0.1:4010`."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_local(listening: socket.socket) -> bool:
    """Whether only this machine can connect."""
    address: str = listening.getsockname()[0]
    return ip_address(address.partition("%")[0]).is_loopback


class _Server(uvicorn.Server):
    """Uvicorn with a callback for when it is ready, limits for connections, and an end in any case."""

    def __init__(
        self, config: uvicorn.Config, on_ready: Callable[[], None], on_end: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._on_end = on_end
        self.failure: OSError | None = None
        self._crowded = -math.inf  # when that was last in the log

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(self._on_loop_error)
        await super().startup(sockets)
        for listening in sockets or ():
            listening.listen(QUEUE)
        try:
            self._on_ready()
        except OSError as error:  # raised again when the server has ended in good order
            self.failure = error
            self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:  # every second
            now = asyncio.get_running_loop().time()
            for connection in self._connections():
                if connection.overdue(now):
                    connection.transport.abort()
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End within two seconds; a second signal ends the process at once, whatever it does."""
        self.should_exit = True
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, signal.SIG_DFL)
        last = threading.Timer(END_WITHIN, self.end_process)
        last.daemon = True
        last.start()

    def end_process(self) -> NoReturn:
        """End the process with status 0."""
        self._on_end()
        logging.shutdown()
        os._exit(0)  # Python would free a large world record by record, which takes seconds

    def _on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Make room if there are too many connections; asyncio accepts again after a second."""
        if getattr(context.get("exception"), "errno", None) not in OUT_OF_FILES:
            loop.default_exception_handler(context)
            return
        if self.should_exit:
            return
        connections = self._connections()
        if loop.time() - self._crowded > 60:
            self._crowded = loop.time()
            log.error("Too many connections (%d); those without a request are closed", len(connections))
        for connection in connections:
            if connection.idle:
                connection.transport.abort()

    def _connections(self) -> list[Watched]:
        return [each for each in self.server_state.connections if isinstance(each, Watched)]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Connections with an incomplete request are cut off, which is not worth an error in the log.
        log = logging.getLogger("uvicorn.error")
        before = log.level
        log.setLevel(logging.CRITICAL)
        await super().shutdown(sockets)
        log.setLevel(before)


def serve(
    app: Any,
    listening: socket.socket,
    on_ready: Callable[[], None],
    *,
    on_end: Callable[[], None] = _nothing,
    access_log: bool = False,
) -> NoReturn:
    """Serve until Ctrl-C or SIGTERM, and end the process with status 0; raise what `on_ready` raises.

    `on_end` is called before the end, by any thread.
    """
    server = _server(app, on_ready, on_end, access_log=access_log)
    # The world holds no garbage: looking through all of it would stop everybody, for seconds if it is large.
    gc.freeze()
    gc.set_threshold(RARELY)
    # Beside a long export another request takes turns with it for processor time: 1 ms each instead of 5.
    sys.setswitchinterval(0.001)
    server.run([listening])
    if server.failure:
        raise server.failure
    server.end_process()


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


def _server(
    app: Any,
    on_ready: Callable[[], None],
    on_end: Callable[[], None] = _nothing,
    *,
    access_log: bool = False,
) -> _Server:
    config = uvicorn.Config(
        app,
        http=Connection,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        loop="asyncio",
        ws="none",
        lifespan="on",
        backlog=1,  # how many connections asyncio accepts at once, and how often it says that it cannot
        log_config=None,
        access_log=access_log,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    return _Server(config, on_ready, on_end)
